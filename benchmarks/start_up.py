"""How long the command takes from start to end, and what of it is imports.

Each command runs as a process of its own, after one run to warm the caches; medians. Imports are
those of `python -X importtime`, added up by package (each module's own time, so nothing counts
twice). With --before FOLDER another checkout of this repository is measured in turn with this one,
in the same environment.

Run: python benchmarks/start_up.py [--before FOLDER] [--rounds 9] > docs/start-up.md
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from machine import machine

HERE = Path(__file__).parent.parent
# command, what it may take in seconds
COMMANDS = {
    "--help": 0.3,
    "--version": None,
    "threshold": 1.0,
    "threshold --km 300": 1.0,
    "threshold --by province": 1.0,
    "distance": 1.0,
    "run": 20.0,
}
PROFILED = ("--help", "threshold")
SHOWN = 8  # packages in a profile
# where main stands: here, and in checkouts from before there was a package of this name
ENTRIES = {"zonegap/command/app.py": "zonegap.command.app", "zones/cli.py": "zones.cli"}
OWN = ("geodata", "zones", "maps", "zonegap")
INTRODUCTION = """# Start-up

Made by `benchmarks/start_up.py`. {cpu}, {cores} cores, load at the start {load}; python {python}.
Whole processes, medians of {rounds} (of `run`, 3).
"""
BEFORE = """*Before* is the last commit at which each command imported all it might need and located
the built-in zones by their names each time. `run` did less then: no figures, a plainer map.
"""


def entry(checkout: Path) -> str:
    """Return the module of a checkout that has the command."""
    return next(module for file, module in ENTRIES.items() if (checkout / file).is_file())


def process(command: str, checkout: Path, folder: str, *flags: str) -> str:
    """Run a command of a checkout; return what it printed on stderr."""
    python = [sys.executable, *flags, "-c", f"import {entry(checkout)} as c; c.main()"]
    out = ["--out", f"{folder}/out"] if command == "run" else []
    environment = {**os.environ, "PYTHONPATH": str(checkout), "ZONEGAP_LANG": "en"}
    done = subprocess.run(
        [*python, *command.split(), *out],
        cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        check=True, encoding="utf-8",
    )  # fmt: skip
    return done.stderr


def seconds(command: str, checkouts: list[Path], rounds: int, folder: str) -> list[float]:
    """Return the median time of a command in each checkout, called in turn."""
    times: list[list[float]] = [[] for _ in checkouts]
    for turn in range(rounds + 1):
        for checkout, each in zip(checkouts, times, strict=True):
            start = time.perf_counter()
            process(command, checkout, folder)
            if turn:
                each.append(time.perf_counter() - start)
    return [statistics.median(each) for each in times]


def profile(command: str, checkout: Path, rounds: int, folder: str) -> dict[str, float]:
    """Return ms of imports by package, medians of a few runs."""
    runs = []
    for _ in range(rounds):
        by_package: Counter[str] = Counter()
        for line in process(command, checkout, folder, "-X", "importtime").splitlines():
            parts = line.removeprefix("import time:").split("|")
            package = parts[-1].strip().split(".")[0]
            own_finder = package.startswith("__editable__")  # of this environment, not of ours
            if len(parts) == 3 and parts[0].strip().isdigit() and not own_finder:
                standard = package.lstrip("_") in sys.stdlib_module_names
                standard |= package in sys.stdlib_module_names
                name = "zonegap" if package in OWN else package
                by_package["Python's own" if standard else name] += int(parts[0]) / 1000
        runs.append(by_package)
    names = {name for run in runs for name in run}
    return {name: statistics.median(run[name] for run in runs) for name in names}


def main() -> None:
    """Measure and print a page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", type=Path, help="an earlier checkout to measure beside")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    checkouts = [HERE] if options.before is None else [options.before.resolve(), HERE]
    heads = ["now"] if options.before is None else ["before", "now"]
    about = machine()
    print(INTRODUCTION.format(**about, rounds=options.rounds))
    if options.before is not None:
        print(BEFORE)
    print("| zonegap |", " | ".join(heads), "| at most |")
    print("| --- |", " | ".join("---" for _ in heads), "| --- |")
    with tempfile.TemporaryDirectory() as folder:
        for command, most in COMMANDS.items():
            rounds = min(options.rounds, 3) if command == "run" else options.rounds
            each = seconds(command, checkouts, rounds, folder)
            cells = " | ".join(f"{s:.2f} s" for s in each)
            print(
                f"| `{command}` | {cells} | {'' if most is None else f'{most:g} s'} |", flush=True
            )
        for command in PROFILED:
            tables = [profile(command, c, 5, folder) for c in checkouts]
            total = Counter(dict.fromkeys({n for t in tables for n in t}, 0.0))
            for table in tables:
                total.update(table)
            shown = [name for name, _ in total.most_common(SHOWN)]
            print(f"\n## Imports of `zonegap {command}`, ms\n")
            print("| package |", " | ".join(heads), "|")
            print("| --- |", " | ".join("---" for _ in heads), "|")
            for name in shown:
                cells = " | ".join(f"{t[name]:.0f}" if name in t else "–" for t in tables)
                print(f"| {name} | {cells} |")
            print("| all |", " | ".join(f"{sum(t.values()):.0f}" for t in tables), "|")


if __name__ == "__main__":
    main()
