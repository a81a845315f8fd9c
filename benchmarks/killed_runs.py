"""End commands at random moments, on full disks and in folders that cannot be written.

Run: python benchmarks/killed_runs.py [--kills 400] [--disks 50] [--cache-kills 50] [--seed 2018].
Needs Linux; full and read-only disks need the right to mount (root), folders without rights
`setpriv`. After each run: inputs are as they were, outputs are old or new and whole, files of
others are there, and what a killed run left behind is cleared by the next one.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

SEED = 2018
SIGNALS = ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")
STUDY = """
[zones]
table = "zones.csv"
[distance]
thresholds_km = [500]
[output]
formats = ["csv", "md"]
figures = []
"""
ZONES = "开发区名称,省份,面积(公顷)\n西安高新技术产业开发区,陕西省,2235\n"
ZONES += "昆山经济技术开发区,江苏省,1000\n拉萨经济技术开发区,西藏自治区,250\n"
MINE = "mine"  # a file of somebody else among the outputs
LIMIT_S = 240.0  # longer than any run takes: a run that is still there hangs
END_S = 20.0  # how long processes that a run started may outlive it
POINTS = ("--datum", "WGS-84")


@dataclass(frozen=True)
class Command:
    """A command that writes, and the change of its question that makes its outputs new.

    Attributes
    ----------
    line
        What is typed; the output goes to `out`.
    new
        What is typed besides for the new outputs.
    each
        Whether each file is old or new on its own, as the parts of a folder are.
    """

    line: tuple[str, ...]
    new: tuple[str, ...]
    out: str = "out"
    each: bool = False

    def typed(self, *, new: bool) -> list[str]:
        """Return the whole line."""
        line = [*self.line, "--out", f"here/{self.out}", *(self.new if new else ())]
        return [sys.executable, "-m", "zonegap", *line]


CORES = ("--hubs", "cores")
COMMANDS = {
    "run": Command(("run", "study.toml"), ("--km", "300")),
    "distance, a file": Command(("distance", "points.parquet", *POINTS), CORES, "o.parquet"),
    "distance, a folder": Command(("distance", "parts", *POINTS), CORES, each=True),
    "distance, dask": Command(
        ("distance", "parts", *POINTS, "--engine", "dask", "--workers", "1"), CORES, each=True
    ),
    "geocode": Command(("geocode", "addresses.csv"), ("--keep", "all"), "o.csv"),
    "map": Command(("map", "study.toml"), ("--km", "300"), "o.html"),
}


def make_inputs(work: Path, rows: int = 3000) -> None:
    """Write made-up inputs of all commands."""
    import numpy as np
    import pandas as pd

    dice = np.random.default_rng(SEED)
    (work / "study.toml").write_text(STUDY, encoding="utf-8")
    (work / "zones.csv").write_text(ZONES, encoding="utf-8")
    addresses = [f"杭州市滨江区示例路{number}号,-" for number in range(rows)]
    (work / "addresses.csv").write_text("\n".join(["地址,备注", *addresses]), encoding="utf-8")
    (work / "parts").mkdir()
    places = [work / "points.parquet", *(work / "parts" / f"part-{n}.parquet" for n in range(4))]
    for place in places:
        lon, lat = dice.uniform(80, 130, rows), dice.uniform(20, 50, rows)
        pd.DataFrame({"lon": lon, "lat": lat}).to_parquet(place)


def hashes(folder: Path, *, hidden: bool = False) -> dict[str, str]:
    """Return name and SHA-256 of every file; of what runs hide while they work on request."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (hidden or not _is_hidden(path.relative_to(folder)))
    }


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".zonegap-") for part in path.parts)


def left_behind(folder: Path) -> list[Path]:
    """Return what runs have hidden and not cleared."""
    # folders that vanish meanwhile are passed over
    return [
        Path(parent) / name
        for parent, folders, files in os.walk(folder)
        for name in (*folders, *files)
        if name.startswith(".zonegap-")
    ]


@dataclass
class Folders:
    """Old and new outputs of a command, each with a file of somebody else, and its inputs."""

    work: Path
    command: Command
    cpu_s: float = 0.0  # of processor, which a busy machine does not change
    old: dict[str, str] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)

    @classmethod
    def made(cls, work: Path, command: Command) -> Folders:
        """Make inputs, and the outputs both ways."""
        work.mkdir()
        make_inputs(work)
        one = cls(work, command)
        one.inputs = hashes(work)
        (work / "here").mkdir()
        for new in (False, True):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = one.run(new=new)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            one.cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            assert done.returncode == 0, done.stderr
            # a file of somebody else, where one can be
            for folder in {one.out.parent, one.out} - {work}:
                if folder.is_dir():
                    (folder / MINE).write_text("my notes", encoding="utf-8")
            if new:
                one.new = hashes(one.here)
            else:
                one.old = hashes(one.here)
                shutil.copytree(one.here, work.parent / f"{work.name}-old")
        return one

    @property
    def here(self) -> Path:
        """Where the output goes."""
        return self.work / "here"

    @property
    def out(self) -> Path:
        """The output."""
        return self.here / self.command.out

    def reset(self) -> None:
        """Bring back the old outputs."""
        shutil.rmtree(self.here, ignore_errors=True)
        self.fill(self.here)

    def fill(self, here: Path) -> None:
        """Put the old outputs into a folder, older than any input that is changed."""
        shutil.copytree(self.work.parent / f"{self.work.name}-old", here, dirs_exist_ok=True)

    def run(self, *, new: bool, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        line = [*before, *self.command.typed(new=new)]
        return subprocess.run(
            line, cwd=self.work, capture_output=True, text=True, check=False, timeout=LIMIT_S,
            errors="replace",
        )  # fmt: skip

    def found(self) -> str:
        """Return what the outputs are: old, new, moving (the next run goes on), or broken."""
        found = hashes(self.here)
        if found == self.old:
            return "old"
        if found == self.new:
            return "new"
        complete = any((left / "complete").exists() for left in left_behind(self.here))
        whole = set(found) == set(self.old) | set(self.new) and all(
            found[name] in (self.old.get(name), self.new.get(name)) for name in found
        )
        if whole and self.command.each:
            return "each old or new"
        return "moving" if whole and complete else "broken"

    def inputs_are_untouched(self) -> bool:
        """Whether no input was changed and nothing was put beside them."""
        found = hashes(self.work, hidden=True)
        return {name: d for name, d in found.items() if not name.startswith("here/")} == self.inputs


def end_at_random(folders: Folders, name: str, dice: random.Random) -> list[str]:
    """End a run by a signal; return what was found, faults in capitals.

    A run that was ready before is none; the next one is ended earlier.
    """
    words = _ended_by_chance(folders, name, dice)
    while not words:
        folders.cpu_s *= 0.8
        words = _ended_by_chance(folders, name, dice)
    return words


def _ended_by_chance(folders: Folders, name: str, dice: random.Random) -> list[str]:
    folders.reset()
    number = getattr(signal, name)
    process = subprocess.Popen(
        folders.command.typed(new=True), cwd=folders.work, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
    )  # fmt: skip
    if dice.random() < 0.25:
        # the move takes milliseconds: one in four waits for it and is ended inside or near
        _wait_for_move(process, folders.here)
        time.sleep(dice.random() * 0.01)
    else:
        _wait_for_work(process, dice.random() * folders.cpu_s)
    if process.poll() is not None:
        process.communicate()
        return []
    # one process as `kill` does, or all of them as a terminal that is closed
    (os.kill if dice.random() < 0.5 else os.killpg)(process.pid, number)
    try:
        _, said = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return ["HANGS"]
    return judged(folders, name, process, said)


def judged(folders: Folders, name: str, process: subprocess.Popen[str], said: str) -> list[str]:
    """Return what a run that was ended left, faults in capitals; then let the next one go on."""
    number, code = getattr(signal, name), process.returncode
    tidy = code == 128 + number
    # before the program had begun: Python says what it likes
    early = name != "SIGKILL" and (code == -number or said.startswith("Fatal Python error: init_"))
    words = ["tidy" if tidy else "early" if early else "killed" if code == -number else f"{code}"]
    found, left = folders.found(), left_behind(folders.here)
    words.append(found)
    faults = {
        f"EXIT {code}": code not in (0, -number, 128 + number) and not early,
        "TRACEBACK": ("Traceback" in said or "Exception" in said) and not early,
        "SAYS NOTHING": tidy and not "".join(said.splitlines()[-1:]).startswith("stopped"),
        "LEFT BEHIND": tidy and left,
        "BROKEN": found == "broken" or (found in ("old", "moving") and code == 0),
        "INPUTS TOUCHED": not folders.inputs_are_untouched(),
    }
    words += [fault for fault, is_so in faults.items() if is_so]
    if not _all_ended(process.pid):
        words.append("PROCESSES LEFT")
        os.killpg(process.pid, signal.SIGKILL)
    if left or found not in ("old", "new"):
        again = folders.run(new=True)
        words.append("then made anew")
        if again.returncode or folders.found() != "new":
            words.append(f"NOT MADE ANEW {again.stderr}")
        if left_behind(folders.here):
            words.append("NOT CLEARED")
    return words if not any(map(is_fault, words)) else [*words, said]


def is_fault(word: str) -> bool:
    """Whether a word is a fault: those are in capitals."""
    return word[:4].isupper()


def _wait_for_move(process: subprocess.Popen[str], here: Path) -> None:
    """Wait until new outputs are complete in their stage, or the run ends."""
    while process.poll() is None and not any((s / "complete").exists() for s in left_behind(here)):
        time.sleep(0.0005)


def _wait_for_work(process: subprocess.Popen[str], cpu_s: float) -> None:
    """Wait until a process has had so much of the processor, or has ended."""
    while process.poll() is None:
        with suppress(OSError):
            about = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8")
            user, system = about.rpartition(")")[2].split()[11:13]
            if (int(user) + int(system)) / os.sysconf("SC_CLK_TCK") >= cpu_s:
                return
        time.sleep(0.003)


def _all_ended(group: int) -> bool:
    """Whether no process of a run is left soon after it has ended."""
    deadline = time.monotonic() + END_S
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def kills(work: Path, times: int, seed: int) -> Counter[str]:
    """End runs of every command by every signal in turn; return how often what was found."""
    dice, counts = random.Random(seed), Counter[str]()
    every = [Folders.made(work / f"{n}", c) for n, c in enumerate(COMMANDS.values())]
    names = list(COMMANDS)
    for number in range(times):
        which = number % len(every)
        name = SIGNALS[number // len(every) % len(SIGNALS)]
        words = end_at_random(every[which], name, dice)
        _count(counts, number, f"{names[which]}: {name}", words)
    return counts


def _count(counts: Counter[str], number: int, what: str, words: list[str]) -> None:
    """Count what was found, and show each fault and now and then the counts."""
    bad = any(map(is_fault, words))
    counts["BAD" if bad else "good"] += 1
    counts[", ".join(words[:2])] += 1
    for word in words[2:]:
        counts[word if not is_fault(word) else word[:40]] += word != words[-1] or not bad
    if bad:
        print(what, words, flush=True)
    if number % 20 == 19:
        print(f"{number + 1}: {dict(sorted(counts.items()))}", file=sys.stderr, flush=True)


# ---- disks


def faulty_disks(work: Path, times: int, seed: int) -> Iterator[tuple[str, Counter[str]]]:
    """Run every command on full and read-only disks, without rights, and over a limit of size."""
    every = [Folders.made(work / f"{n}", c) for n, c in enumerate(COMMANDS.values())]
    for kind in (full_disk, read_only, file_limit):
        dice, counts = random.Random(seed), Counter[str]()
        for number in range(times):
            which = number % len(every)
            words = kind(every[which], dice)
            _count(counts, number, f"{kind.__name__}, {list(COMMANDS)[which]}", words)
        yield kind.__name__, counts


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """Mount a disk in memory."""
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def full_disk(folders: Folders, dice: random.Random) -> list[str]:
    """Run on a disk that holds the old outputs and only a part of the new ones."""
    folders.reset()
    old_kb = sum(-(-p.stat().st_size // 4096) * 4 for p in folders.here.rglob("*") if p.is_file())
    room_kb = 4 * int(dice.random() * max(old_kb, 100) / 4 * 1.1) + 24
    shutil.rmtree(folders.here)
    folders.here.mkdir()
    with mounted(folders.here, f"size={old_kb + room_kb}k"):
        folders.fill(folders.here)
        return faulty(folders, folders.run(new=True))


def read_only(folders: Folders, dice: random.Random) -> list[str]:
    """Run on a disk that is mounted read-only, or without the right to write, from a moment on."""
    folders.reset()
    if dice.random() < 0.5:
        shutil.rmtree(folders.here)
        folders.here.mkdir()
        with mounted(folders.here, "size=100m"):
            folders.fill(folders.here)
            remount = ["mount", "-o", "remount,ro", str(folders.here)]
            subprocess.run(remount, check=True, capture_output=True)
            return faulty(folders, folders.run(new=True))
    # without capabilities root has no more rights than others
    powerless = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    places = [folders.here, *(p for p in folders.here.rglob("*") if p.is_dir())]
    process = subprocess.Popen(
        [*powerless, *folders.command.typed(new=True)], cwd=folders.work, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace",
    )  # fmt: skip
    try:
        _wait_for_work(process, dice.choice([0.0, dice.random() * folders.cpu_s]))
        for place in places:
            place.chmod(0o555)
        _, said = process.communicate(timeout=LIMIT_S)
    finally:
        for place in places:
            place.chmod(0o755)
    done = subprocess.CompletedProcess([], process.returncode, "", said)
    # the right was taken while files were written: what is then left the next run clears
    return faulty(folders, done, clears_itself=False)


def file_limit(folders: Folders, dice: random.Random) -> list[str]:
    """Run where a file may not be larger than so much, as a quota has it."""
    folders.reset()
    largest = max(p.stat().st_size for p in folders.here.rglob("*") if p.is_file())
    limit = int(largest * (0.05 + dice.random()))
    return faulty(folders, folders.run(new=True, before=("prlimit", f"--fsize={limit}")))


def faulty(
    folders: Folders, done: subprocess.CompletedProcess[str], *, clears_itself: bool = True
) -> list[str]:
    """Return what a run on such a disk left, faults in capitals."""
    found, said = folders.found(), done.stderr
    words = [f"exit {done.returncode}", found]
    if done.returncode not in (0, 1, 3) or (done.returncode == 0) != (found == "new"):
        words.append(f"WRONG {found}")
    if found == "broken" or (found == "each old or new" and not folders.command.each):
        words.append("BROKEN")
    if "Traceback" in said or "an error of zonegap" in said:
        words.append("TRACEBACK")
    sentences = [line for line in said.splitlines() if line.startswith("zonegap: ")]
    if done.returncode and len(sentences) != 1:
        words.append("SENTENCES")
    elif done.returncode and "here" not in sentences[0]:
        words.append("UNNAMED")
    if clears_itself and left_behind(folders.here):
        words.append("LEFT BEHIND")
    if not folders.inputs_are_untouched():
        words.append("INPUTS TOUCHED")
    if not clears_itself and left_behind(folders.here):
        again = folders.run(new=True)
        if again.returncode or folders.found() != "new" or left_behind(folders.here):
            words.append(f"NOT CLEARED {again.stderr}")
    return words if not any(map(is_fault, words)) else [*words, said]


# ---- the cache of web answers


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


def full_cache_disks(work: Path, times: int, seed: int) -> Counter[str]:
    """Store web answers until the disk is full; every answer that was stored must be there."""
    dice, counts, disk = random.Random(seed), Counter[str](), work / "disk"
    disk.mkdir()
    for _ in range(times):
        with mounted(disk, f"size={dice.randrange(40, 1400)}k"):
            stored, code = filled_cache(disk / "cache.sqlite", None)
            good = cache_holds(disk / "cache.sqlite", stored) and code == 3
            counts["good" if good else "BAD"] += 1
            counts["answers stored"] += stored
    return counts


def main() -> None:
    """Print the counts; exit 1 when one run was not good."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=400)
    parser.add_argument("--disks", type=int, default=50)
    parser.add_argument("--cache-kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--fill", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        fill(options.fill)
        return
    for name in SIGNALS[1:]:  # what a shell's background ignores, the runs would ignore, too
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    bad = 0

    def tell(name: str, counts: Counter[str]) -> None:
        nonlocal bad
        bad += counts["BAD"]
        print(name, dict(sorted(counts.items())), flush=True)

    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for part in ("kills", "cache", "disks"):
            (work / part).mkdir()
        if options.kills:
            tell("kills", kills(work / "kills", options.kills, options.seed))
        if options.cache_kills:
            tell("kills of the cache", cache_kills(work / "cache", options.cache_kills))
        if options.disks:
            for name, counts in faulty_disks(work / "disks", options.disks, options.seed):
                tell(name, counts)
            cache = full_cache_disks(work / "cache", options.disks, options.seed)
            tell("full disks of the cache", cache)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
