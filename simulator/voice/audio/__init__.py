"""Samples: where they come from, how they wait, what is in them. Nothing here knows of calls or of browsers.

Everything is mono, signed 16 bit, `ports.SAMPLE_RATE` samples a second, in frames of 20 ms.
"""
