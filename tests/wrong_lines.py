"""Wrong command lines and study files by a seed, and what the command may do with each.

Run: python -m tests.wrong_lines [--lines 300] [--seed 2018]. Each line runs in a process of its
own (a fork, so that libraries are read once): its exit code must be documented, its messages in one
language and no traceback, its inputs untouched, and nothing half-made left.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import os
import random
import re
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import NoReturn

SEED = 2018
DOCUMENTED = {0, 1, 2, 3, 4, 130, 141}
LIMIT_S = 120.0
FILES: dict[str, str | bytes] = {
    "zones.csv": "开发区名称,省份,面积(公顷)\n西安高新技术产业开发区,陕西省,2235\n",
    "bad_zones.csv": "开发区名称,省份,面积(公顷)\n西安高新技术产业开发区,火星,-3\n",
    "hubs.csv": "hub,province,lon,lat,datum\n杭州,浙江省,120.1,30.2,WGS-84\n",
    "firms.csv": "公司名称,注册资本(万元),注册地址\n示例科技,100,浙江省杭州市\n",
    "points.csv": "lon_wgs84,lat_wgs84\n110,30\n111,31\n",
    "bad_points.csv": "lon,lat\n110,x\n",
    "empty.csv": "",
    "binary.xlsx": bytes(range(256)) * 4,
    "lines.geojson": '{"type":"LineString","coordinates":[[100,30],[110,35]]}',
    "broken.geojson": '{"type":"LineString","coordinates":[[100,30],',
    "key.txt": "0123456789abcdef-TestKey",
    "good.toml": '[zones]\ntable = "zones.csv"\n',
    "bad.toml": "[zones\ntable = 3\n",
}
VALUES = (
    "", " ", "nonsense", "-1", "0", "1", "3", "500", "1e999", "nan", "inf", "1_000", "٣", "500,x",
    "300,500", "2010..2000", "..", "2010..", "中文", "湖北", "Hubei", "火星", "a\nb", "\x1b[31m红",
    "x" * 3000, "\udcff", "-", ".", "..", "/", "/dev/null", "/dev/full", "/nonexistent/x", "new",
    "new.csv", "new.html", "new.parquet", "new.xlsx", "folder", "folder/new.csv", "--out", "amap",
    "https://[::1/{x}", "https://x/{x}{y}{z}", "tcp://nowhere", "WGS-84", "GCJ-02", "cores", "file",
    "listed", "registrations", "synthetic", "national", "geodesic", "dask", "numba", "province", "zh",
    "csv,docx", "png", "true", "none", "auto", "all", *FILES,
)  # fmt: skip
STRAYS = ("--unknown", "--km", "-x", "--", "extra", "--lang", "--lang=fr", "--out=", "--help=1",
          "--version=2", "--no-strict", "-h-h", "--kmm", "--force=yes")  # fmt: skip


def one_line(dice: random.Random) -> tuple[list[str], dict[str, str]]:
    """Return what is typed and the variables of the environment, wrong more often than not."""
    import typer

    from zonegap.command.app import COMMANDS, app

    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    name = dice.choice([*COMMANDS] * 4 + ["runn", "", "--json", "help"])
    line = [name]
    if name in commands:
        options = [p for p in commands[name].params if p.param_type_name == "option"]
        arguments = [p for p in commands[name].params if p.param_type_name == "argument"]
        if dice.random() < (0.9 if name == "geocode" else 0.5):
            line += [dice.choice(VALUES) for _ in arguments]
        for option in dice.sample(options, min(len(options), dice.choice([0, 1, 1, 2, 3]))):
            line.append(dice.choice(option.opts))
            if not option.is_flag or dice.random() < 0.05:
                line += [] if dice.random() < 0.05 else [dice.choice(VALUES)]
    if dice.random() < 0.15:
        line.insert(dice.randrange(len(line) + 1), dice.choice(STRAYS))
    if dice.random() < 0.3:
        line += ["--lang", "zh"]
    if dice.random() < 0.4:
        line.insert(1, "study.toml")
    languages = [{}, {}, {"ZONEGAP_LANG": "zh"}, {"LANG": "zh_CN.UTF-8"}, {"ZONEGAP_LANG": "fr"}]
    return line, dice.choice(languages)


STUDY_VALUES = (
    "3", "-1", "0.5", "nan", "inf", "true", '""', '"x"', '"zones.csv"', '"湖北"', "[]", "[500]",
    '["湖北"]', '[1, "a"]', "{a = 1}", "1979-05-27", "07:32:00", "[[1]]", "9" * 400,
    f'"{"y" * 3000}"', '"a\\u0000b"', '"cores"', '"zh"', "1e400", '["csv"]', '"../x"',
    '"/dev/null"',
)  # fmt: skip


def one_study(dice: random.Random) -> bytes:
    """Return a study file: keys that there are and are not, values of every type, broken TOML."""
    from zones.study import ASKED

    sections: dict[str, list[str]] = {}
    for asked in dice.sample(list(ASKED.values()), dice.choice([0, 1, 1, 2, 3])):
        section, _, key = asked.key.partition(".")
        if dice.random() < 0.1:
            key = dice.choice([key.upper(), key + "s", "'键'", "a.b", key[:-1]])
        sections.setdefault(section, []).append(f"{key} = {dice.choice(STUDY_VALUES)}")
    if dice.random() < 0.1:
        sections.setdefault(dice.choice(["zone", "Zones", "[zones]", "'区'"]), [])
    lines = [line for name, keys in sections.items() for line in (f"[{name}]", *keys)]
    raw = "\n".join(lines).encode("utf-8", "surrogatepass")
    if dice.random() < 0.15 and raw:
        place = dice.randrange(len(raw))
        raw = raw[:place] + bytes([dice.randrange(256)]) + raw[place + dice.randrange(3) :]
    return raw


def fill(folder: Path, study: bytes) -> dict[str, str]:
    """Write the files that lines name; return their hashes."""
    for name, content in (*FILES.items(), ("study.toml", study)):
        raw = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(raw)
    (folder / "folder").mkdir()
    return hashes(folder)


def hashes(folder: Path) -> dict[str, str]:
    """Return name and SHA-256 of every file."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run_forked(line: list[str], folder: Path, variables: dict[str, str]) -> tuple[int, str, str]:
    """Run a line in a fork of this process; return its exit code and what it printed."""
    out, err = folder.parent / "stdout", folder.parent / "stderr"
    child = os.fork()
    if child == 0:
        _become(line, folder, variables, out, err)
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            said = [path.read_text(encoding="utf-8", errors="replace") for path in (out, err)]
            return os.waitstatus_to_exitcode(status), said[0], said[1]
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1, "", "no end"


def _become(
    line: list[str], folder: Path, variables: dict[str, str], out: Path, err: Path
) -> NoReturn:
    """Run a line in this process, and end it."""
    code = 99
    try:
        os.chdir(folder)
        for number, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        for name in ("ZONEGAP_LANG", "LANG", "LC_ALL", "LC_MESSAGES"):
            os.environ.pop(name, None)
        os.environ.update(variables)
        sys.argv = ["zonegap", *line]
        from zonegap.command.app import main

        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


# words of more than one language in one message: four English ones in a row, or Chinese signs
_ENGLISH = re.compile(r"(?:\b[a-z]{2,}\b ){3}\b[a-z]{2,}\b")
_CHINESE = re.compile("[\u4e00-\u9fff]{2,}")


def faults_of(code: int, out: str, err: str) -> list[str]:
    """Return what is wrong with how a line ended."""
    faults = {
        f"exit code {code}": code not in DOCUMENTED,
        "traceback": "Traceback" in out + err,
        "an error that was never meant": "an error of zonegap" in err or "自身出错" in err,
        "no message": code not in (0, 141) and not err.strip(),
    }
    return [fault for fault, is_so in faults.items() if is_so]


def mixed(err: str, quoted: list[str], language: str) -> list[str]:
    """Return messages that are of another language than the one asked for, or of two.

    Parameters
    ----------
    err
        What was said.
    quoted
        What was typed, or stands in a file: a message may repeat it in any language.
    language
        What was asked for; "" where either may be.
    """
    said = err
    for text in sorted({*quoted}, key=len, reverse=True):
        if len(text) > 1:
            said = said.replace(text, "").replace(repr(text)[1:-1], "")
    lines = [_own_words(each) for each in said.splitlines()]
    has_chinese = any(map(_CHINESE.search, lines))
    if language == "en" or not has_chinese:
        wrong = _ENGLISH if language == "zh" else _CHINESE
    else:
        wrong = _ENGLISH
    return [f"mixed: {each}" for each in lines if wrong.search(each)]


def language_of(line: list[str], variables: dict[str, str]) -> str:
    """Return the language that a line asks for, "" where a study file may, or it is not clear."""
    if variables == {"ZONEGAP_LANG": "fr"} or "study.toml" in line or "--lang" in line[:-1]:
        asked = [after for word, after in itertools.pairwise(line) if word == "--lang"]
        return "zh" if asked == ["zh"] and line[-1] == "zh" and "--" not in line else ""
    return "zh" if variables else "en"


def _own_words(text: str) -> str:
    """Return a message without what it lists, which may be names in both languages."""
    return re.sub(r"'[^']*'|accepted: .*|columns: .*|“[^”]*”", "", text)


def tried(
    count: int, seed: int, work: Path
) -> tuple[Counter[int], list[tuple[list[str], list[str]]]]:
    """Run so many wrong lines; return their exit codes, and the lines with faults."""
    codes: Counter[int] = Counter()
    found = []
    texts = [row for t in FILES.values() if isinstance(t, str) for row in t.splitlines()]
    for number in range(count):
        dice = random.Random(f"{seed} {number}")
        line, variables = one_line(dice)
        study = one_study(dice)
        folder = work / str(number) / "here"
        folder.mkdir(parents=True)
        before = fill(folder, study)
        code, out, err = run_forked(line, folder, variables)
        faults = faults_of(code, out, err)
        quoted = [*line, *texts, *study.decode("utf-8", "replace").splitlines()]
        faults += mixed(err, quoted, language_of(line, variables))
        after = hashes(folder)
        if any(after.get(name) != digest for name, digest in before.items()):
            faults.append("an input was touched")
        if any(part.startswith(".zonegap-") for name in after for part in name.split("/")):
            faults.append("left behind")
        codes[code] += 1
        if faults:
            found.append((line, [*faults, str(variables), study.decode("utf-8", "replace"), err]))
    return codes, found


def main() -> None:
    """Run them and print what was found; exit 1 when there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=300)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    import zones.pipeline
    import zones.report.files  # noqa: F401

    with tempfile.TemporaryDirectory() as folder:
        codes, found = tried(options.lines, options.seed, Path(folder))
    for line, faults in found:
        print(line, *faults, sep="\n  ")  # noqa: T201
    print(f"{options.lines} lines, exit codes {dict(sorted(codes.items()))}: {len(found)} faults")  # noqa: T201
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
