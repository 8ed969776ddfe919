"""Start-up: `ourtake --version` and `--help` beside `llm --version` (PyPI package llm), in turn, in one run. Prints
medians and ratios.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 7


def seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


def main() -> None:
    folder = Path(sys.executable).parent
    commands = {
        "llm --version": [str(folder / "llm"), "--version"],
        "ourtake --version": [str(folder / "ourtake"), "--version"],
        "ourtake --help": [str(folder / "ourtake"), "--help"],
    }
    for command in commands.values():
        seconds(command)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            times[name].append(seconds(command))
    for name, measured in times.items():
        pairs = [own / other for own, other in zip(measured, times["llm --version"], strict=True)]
        print(f"{name:<20} median {statistics.median(measured):.3f} s, {statistics.median(pairs):.2f} of llm --version")


if __name__ == "__main__":
    main()
