"""`make bench`: how long a caller waits. Measured in one run with the real SDK in Chromium and the simulator.

Prints the median and the 95th percentile of at least 20 calls, and the memory of what ran, beside the floor of the
same run: an empty request to the desk's server and one to the simulator.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench import calls, media
from bench.figures import print_table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--calls", type=int, default=25, help="calls each way (at least 20 for a fair percentile)")
    parser.add_argument("--only", choices=["calls", "media"], help="one part alone")
    options = parser.parse_args()
    if options.only != "media":
        with tempfile.TemporaryDirectory() as folder:
            print_table(calls.measure(Path(folder), count=options.calls))
    if options.only != "calls":
        return media.main([])
    return 0


if __name__ == "__main__":
    sys.exit(main())
