"""Makes calls/static/calls/wait.wav: what callers hear while they wait, as telephones carry it (8,000 Hz, mono).

Our own, so that nobody asks whose it is: four chords, plucked softly, one note after the other.
"""

from __future__ import annotations

import array
import math
import wave
from pathlib import Path

RATE = 8000
NOTE_SECONDS = 0.4
# As steps above A3, each chord twice up and down.
CHORDS = ((0, 3, 7, 12), (5, 8, 12, 17), (-4, 0, 3, 8), (-2, 2, 5, 10))
FADES_IN, LASTS = 0.02, 2.2
LOUDNESS = 5200


def notes() -> list[float]:
    """The frequencies in their order."""
    order = (0, 1, 2, 3, 2, 1, 2, 3)
    return [220 * 2 ** (chord[place] / 12) for chord in CHORDS for place in order]


def samples() -> array.array[int]:
    tones = notes()
    length = int(len(tones) * NOTE_SECONDS * RATE)
    mixed = [0.0] * length
    for number, hertz in enumerate(tones):
        begin = int(number * NOTE_SECONDS * RATE)
        for step in range(int(LASTS * RATE)):
            time = step / RATE
            loud = min(1.0, time / FADES_IN) * math.exp(-2.2 * time)
            tone = math.sin(2 * math.pi * hertz * time) + 0.3 * math.sin(4 * math.pi * hertz * time)
            # What is still heard at the end goes on at the beginning: it is played again and again.
            mixed[(begin + step) % length] += LOUDNESS * loud * tone
    return array.array("h", (round(max(-32000.0, min(32000.0, value))) for value in mixed))


def main() -> None:
    path = Path(__file__).parent.parent / "calls" / "static" / "calls" / "wait.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples().tobytes())


if __name__ == "__main__":
    main()
