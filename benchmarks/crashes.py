"""Kill the command at random moments, run it on full disks: outputs are old or new, never half.

Run: python benchmarks/crashes.py [--kills 200] [--full-disks 50]. Needs Linux; the full disks need
the right to mount a tmpfs (root). Each killed run is followed by a check of the folder as it is,
and, where the kill fell into the move of the files, by the next command, which must complete it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

STUDY = """
[zones]
table = "zones.csv"
[distance]
thresholds_km = [{km}]
[output]
formats = ["csv", "xlsx", "docx", "tex", "md"]
figures = []
"""
OLD_KM, NEW_KM = 500, 300
SEED = 2018
DISK_KB = range(40, 1400)


def run_once(work: Path, km: int, out: Path) -> subprocess.Popen[bytes]:
    """Start a run of the study into a folder."""
    study = work / f"study-{km}.toml"
    study.write_text(STUDY.format(km=km), encoding="utf-8")
    command = [sys.executable, "-m", "zonegap", "run", str(study), "--out", str(out)]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )


def state(out: Path) -> dict[str, str]:
    """Return name and SHA-256 of every output; what a stage holds is none."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not path.relative_to(out).parts[0].startswith(".zonegap-")
    }


def agrees_with_manifest(out: Path) -> bool:
    """Whether every output that the manifest names is there with its hash."""
    about = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    found = state(out)
    return all(found.get(name) == digest for name, digest in about["outputs"].items())


def stages(out: Path) -> list[Path]:
    """Return what killed runs have left."""
    return sorted(out.glob(".zonegap-*"))


def kind_of(out: Path, old: dict[str, str], new: dict[str, str]) -> str:
    """Return what a folder holds: old, new, moving (each file old or new), or broken."""
    found = state(out)
    if found == old:
        return "old"
    if found == new:
        return "new"
    whole = set(found) == set(old) and all(found[n] in (old[n], new[n]) for n in found)
    complete = any((stage / "complete").exists() for stage in stages(out))
    return "moving" if whole and complete else "broken"


def kills(work: Path, times: int) -> Counter[str]:
    """Kill runs over a good folder; return how often what was found."""
    old_folder, new_folder, out = work / "old", work / "new", work / "out"
    seconds = []
    for folder, km in ((old_folder, OLD_KM), (new_folder, NEW_KM)):
        start = time.perf_counter()
        assert run_once(work, km, folder).wait() == 0
        seconds.append(time.perf_counter() - start)
    old, new = state(old_folder), state(new_folder)
    dice, counts = random.Random(SEED), Counter[str]()
    for number in range(times):
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(old_folder, out)
        process = run_once(work, NEW_KM, out)
        if number % 4 == 3:
            # the move takes milliseconds: one in four waits for it and is killed inside or near
            wait_for_move(process, out)
            time.sleep(dice.random() * 0.01)
        else:
            time.sleep(dice.random() * max(seconds) * 1.05)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        after = kind_of(out, old, new)
        counts[f"right after the kill: {after}"] += 1
        if after == "moving":
            # each file is whole; the next command of any kind finishes the move first
            recover(work, out)
            after = "completed" if state(out) == new else "broken"
            counts[f"after the next command: {after}"] += 1
        good = after in ("old", "new", "completed") and agrees_with_manifest(out)
        counts["good" if good else "BAD"] += 1
        if number % 20 == 19:
            print(
                f"{number + 1} killed: {dict(sorted(counts.items()))}", file=sys.stderr, flush=True
            )
    return counts


def cache_kills(work: Path, times: int) -> Counter[str]:
    """Kill processes that store web answers; every answer they said was stored must be there."""
    dice, counts = random.Random(SEED), Counter[str]()
    for number in range(times):
        path = work / f"cache-{number}.sqlite"
        stored, _ = filled_cache(path, dice.random() * 0.5)
        good = cache_holds(path, stored)
        counts["good" if good else "BAD"] += 1
        counts["answers stored"] += stored
    return counts


def filled_cache(path: Path, seconds: float | None) -> tuple[int, int]:
    """Let a process store answers until it is killed or fails; how many it said, its exit code."""
    command = [sys.executable, __file__, "--fill", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        last = process.stdout.readline()
        if seconds is not None:
            time.sleep(seconds)
            process.kill()
        lines = process.stdout.read().split(b"\n")
        whole = [line for line in (last.strip(), *lines[:-1]) if line]
    return (int(whole[-1]) if whole else 0), process.returncode


def fill(path: Path) -> None:
    """Store answers without end, saying each number once it is stored."""
    from geodata.errors import ZonegapError
    from geodata.web.answer import WebAnswer, WebQuery
    from geodata.web.cache import AnswerCache

    answer = WebAnswer(120.1, 30.2, "GCJ-02", "street", "330106", 1.0, "{}" * 2000)
    try:
        cache = AnswerCache(path)
        for number in range(1, 1_000_000):
            cache.put("amap", WebQuery(f"query {number}", ""), answer, "2026-01-01")
            print(number, flush=True)
    except ZonegapError as error:
        sys.exit(error.exit_code)


def cache_holds(path: Path, stored: int) -> bool:
    """Whether the cache opens and has every answer that was said to be stored."""
    from geodata.web.answer import WebQuery
    from geodata.web.cache import AnswerCache

    cache = AnswerCache(path)
    numbers = range(1, stored + 1)
    found = all(cache.get("amap", WebQuery(f"query {n}", "")) is not None for n in numbers)
    cache.close()
    return found


def wait_for_move(process: subprocess.Popen[bytes], out: Path) -> None:
    """Wait until the new outputs are complete in their stage, or the run ends."""
    while process.poll() is None and not any((s / "complete").exists() for s in stages(out)):
        time.sleep(0.0005)


def recover(work: Path, out: Path) -> None:
    """Start a command on the folder that fails before it writes: the move must be completed."""
    from zones.writing import staged

    try:
        with staged(out):
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass


def full_disks(work: Path, times: int) -> Counter[str]:
    """Run on disks too small for new outputs beside the old; return how often what was found."""
    old_folder, new_folder = work / "old", work / "new"
    old, new = state(old_folder), state(new_folder)
    used_kb = sum(p.stat().st_size for p in old_folder.rglob("*") if p.is_file()) // 1024
    disk, dice, counts = work / "disk", random.Random(SEED), Counter[str]()
    disk.mkdir()
    for _ in range(times):
        size_kb = used_kb + dice.choice(DISK_KB)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(disk)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            return Counter({"no tmpfs can be mounted here": 1})
        try:
            out = disk / "out"
            shutil.copytree(old_folder, out)
            process = run_once(work, NEW_KM, out)
            _, said = process.communicate()
            found = kind_of(out, old, new)
            right = found == ("new" if process.returncode == 0 else "old")
            told = process.returncode == 0 or b"No space left" in said or b"cannot" in said
            clean = b"Traceback" not in said and not stages(out)
            counts[f"exit {process.returncode}, outputs {found}"] += 1
            good = right and told and clean and agrees_with_manifest(out)
            counts["good" if good else "BAD"] += 1
            if not good:
                print(size_kb, process.returncode, found, stages(out), said.decode()[-400:])
            # then the cache of web answers fills what is left of the disk
            stored, code = filled_cache(disk / "cache.sqlite", None)
            kept = cache_holds(disk / "cache.sqlite", stored)
            counts[f"cache readable: {kept and code == 3}"] += 1
            counts["BAD"] += not (kept and code == 3)
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    return counts


def main() -> None:
    """Print the counts; exit 1 when one run was not good."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--full-disks", type=int, default=50)
    parser.add_argument("--fill", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        fill(options.fill)
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        rows = "开发区名称,省份,面积(公顷)\n西安高新技术产业开发区,陕西省,2235\n"
        rows += "昆山经济技术开发区,江苏省,1000\n拉萨经济技术开发区,西藏自治区,250\n"
        (work / "zones.csv").write_text(rows, encoding="utf-8")
        bad = 0
        for name, counts in (
            ("kills", kills(work, options.kills)),
            ("kills of the cache", cache_kills(work, options.kills)),
            ("full disks", full_disks(work, options.full_disks)),
        ):
            bad += counts["BAD"]
            print(name, dict(sorted(counts.items())))
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
