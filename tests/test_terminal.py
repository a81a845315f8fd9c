"""What a terminal sees while the command works."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_cli import zonegap
from tests.test_console import folder  # noqa: F401


def on_a_terminal(*arguments: str, cwd: Path, **environment: str) -> str:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "zonegap", *arguments], cwd=cwd, stdout=subprocess.DEVNULL,
        stderr=theirs, env=os.environ | {"TERM": "xterm-256color"} | environment,
    )  # fmt: skip
    os.close(theirs)
    chunks = []
    try:
        while chunk := os.read(ours, 65536):
            chunks.append(chunk)
    except OSError:  # Linux: the other end is closed
        pass
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return b"".join(chunks).decode("utf-8")


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"PYTHONIOENCODING": "ascii"}])
def test_progress_on_a_terminal_only_in_plain_signs(
    folder: Path,  # noqa: F811
    environment: dict[str, str],
) -> None:
    environment |= {"ZONEGAP_LANG": "en"}
    options = ["geocode", "firms.csv", "--column", "地址", "--out", "o.csv"]
    shown = on_a_terminal(*options, cwd=folder, **environment)
    assert "working" in shown
    assert "100%" in shown
    assert shown.isascii()
    assert not re.search(r"\x1b\[[0-9;]*m", shown)  # no colour, so none to switch off
    assert zonegap(*options, cwd=folder, **environment).stderr == ""


def test_steps_of_a_run_on_a_terminal(folder: Path) -> None:  # noqa: F811
    shown = on_a_terminal("run", "small.toml", cwd=folder, ZONEGAP_LANG="en")
    steps = re.findall(r"\[(\d)/3\] ([a-z ,]+) \.\.\.", shown)
    assert [n for n, _ in steps] == ["1", "2", "3"]
    shown = on_a_terminal("run", "small.toml", cwd=folder, ZONEGAP_LANG="zh")
    assert "[1/3] 开发区定位与测距 ..." in shown
