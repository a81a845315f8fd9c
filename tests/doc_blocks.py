"""The code blocks of a page: files it gives, commands it prints, what they are said to print."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from zonegap.command.app import main
from zonegap.console import VARIABLE

ROOT = Path(__file__).parent.parent
_BOTH = "2>&1"  # behind a command: what it says beside its results, too
_FENCE = re.compile(
    r"^```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_INSTALL = re.compile(r"(?:python3? -m (?:venv|pip)|\. \.venv|py -m|make)\b")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, the file it is to be saved as, its text."""

    language: str
    title: str
    body: str


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(m["language"], m["title"] or "", m["body"]) for m in _FENCE.finditer(text)]


def run_line(line: str, folder: Path) -> str:
    """Run one command line of a page in a folder and return what it prints; messages if it fails."""
    words = shlex.split(line)
    both = words[-1] == _BOTH
    if both:
        words.pop()
    if words[0] == "python":
        done = subprocess.run(
            [sys.executable, *words[1:]],
            cwd=folder, capture_output=True, encoding="utf-8", check=True,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        return done.stdout
    assert words[0] == "zonegap", f"a page prints a command that the test does not know: {line}"
    out, err = _stream(), _stream()
    if both:
        err = out
    code: int | str | None = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv(VARIABLE, "en")  # a page says --lang where it means another language
        patch.setattr(sys, "argv", words)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main()
            except SystemExit as ended:
                code = ended.code
    return _text(err if code else out)


def _stream() -> io.TextIOWrapper:
    """Return a stream that shows Chinese."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def check_block(commands: str, expected: str | None, folder: Path) -> None:
    """Run the commands of a block; hold what they print against the block that follows."""
    lines = [line for line in commands.splitlines() if line and not _INSTALL.match(line)]
    printed = "".join(run_line(line, folder) for line in lines)
    if expected is not None:
        pattern = _pattern(expected)
        assert re.fullmatch(pattern, printed.replace("\\", "/")), f"{commands}\nprinted:\n{printed}"


def _pattern(expected: str) -> str:
    """Return the pattern of a text in which "..." stands for lines, at a line's end for its rest."""
    parts = []
    for line in expected.rstrip("\n").split("\n"):
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        elif line.endswith(" ..."):
            parts.append(re.escape(line.removesuffix("...")) + r".*\n")
        else:
            parts.append(re.escape(line) + r"\n")
    return "".join(parts) + r"\n*"
