"""Consoles: Chinese or English messages, encodings without Chinese, pipes, what a terminal sees."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from geodata.errors import UsageError
from geodata.words import language_in_use
from tests.helpers import zonegap
from zonegap import console
from zonegap.command.app import main
from zonegap.console import choose_language, prepare_streams

SMALL = "[output]\nformats = ['csv']\nfigures = []\n"
FIRMS = "公司,地址\n甲公司,浙江省杭州市余杭区文一西路1号\n乙公司,鼓楼区中山路2号\n"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "firms.csv").write_text(FIRMS, encoding="utf-8")
    return tmp_path


def here(
    monkeypatch: pytest.MonkeyPatch, folder: Path, arguments: list[str], encoding: str = "utf-8"
) -> tuple[int, str, str]:
    """Run the command in this process on a console of an encoding: exit code, output, messages."""
    streams = io.BytesIO(), io.BytesIO()
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["zonegap", *arguments])
        for name, raw in zip(("stdout", "stderr"), streams, strict=True):
            patch.setattr(sys, name, io.TextIOWrapper(raw, encoding, write_through=True))
        patch.setenv("PYTHONIOENCODING", encoding)
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = (raw.getvalue().decode(encoding) for raw in streams)  # whole and valid
    return int(ended.value.code or 0), out, err


COMMANDS = [
    ["run", "small.toml", "--lang", "zh"],
    ["run", "small.toml", "--registrations", "synthetic"],
    ["threshold", "--lang", "zh"],
    ["threshold", "--by", "province"],
    ["tables", "--lang", "zh", "--formats", "csv"],
    ["reconcile", "--lang", "zh"],
    ["data"],
    ["data", "zones", "--lang", "zh"],
    ["geocode", "firms.csv", "--column", "地址", "--out", "located.csv", "--lang", "zh"],
    ["where-next", "--k", "1", "--lang", "zh"],
    ["run", "--hubs", "核心", "--lang", "zh"],
    ["tables", "--help"],
]


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_console_without_some_signs_does_not_crash(
    monkeypatch: pytest.MonkeyPatch, folder: Path, encoding: str, arguments: list[str]
) -> None:
    code, out, err = here(monkeypatch, folder, arguments, encoding)
    assert code == (2 if "核心" in arguments else 0), err
    if encoding == "gbk" and "zh" in arguments and "csv" not in arguments:
        assert CHINESE.search(out + err)


def test_signs_that_a_console_lacks_are_said_plainly(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    for encoding in ("gbk", "ascii"):
        assert "Area (km2)" in here(monkeypatch, folder, ["gdp"], encoding)[1]
    assert "Area (km²)" in here(monkeypatch, folder, ["gdp"], "gb18030")[1]


def test_a_chinese_console_in_a_process_of_its_own(folder: Path) -> None:
    for encoding in ("gbk", "ascii"):
        done = subprocess.run(
            [sys.executable, "-m", "zonegap", "run", "small.toml", "--lang", "zh"],
            capture_output=True, cwd=folder, env=os.environ | {"PYTHONIOENCODING": encoding},
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        text = (done.stdout + done.stderr).decode(encoding)  # whole and valid
        assert ("说明：" in text) == (encoding == "gbk")


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ([], {"LANG": "zh_TW.UTF-8", "LC_MESSAGES": "de_DE"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8", "ZONEGAP_LANG": "en"}, "en"),
        ([], {"ZONEGAP_LANG": "zh-Hans"}, "zh"),
        (["run", "--lang", "zh"], {"ZONEGAP_LANG": "en"}, "zh"),
        (["run", "--lang=en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        (["run", "--lang", "en", "--lang", "zh"], {}, "zh"),
        (["run", "--lang"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["run", "--lang", "fr"], {"LANG": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_the_language_of_messages(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    environment: dict[str, str],
    language: str,
) -> None:
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), "utf-8"))
    choose_language(arguments, environment)
    assert language_in_use() == language


def test_a_console_without_chinese_is_told_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), "ascii"))
    choose_language(["--lang", "zh"], {})
    assert language_in_use() == "en"


def test_the_language_of_windows_menus_counts_where_no_variable_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(console, "_windows_locale", lambda: "zh_CN")
    choose_language([], {})
    assert language_in_use() == "zh"
    choose_language([], {"LANG": "en_US"})
    assert language_in_use() == "en"


def test_an_unknown_language_of_the_environment_is_named() -> None:
    with pytest.raises(UsageError, match="ZONEGAP_LANG: 'fr'; accepted: en, zh"):
        choose_language([], {"ZONEGAP_LANG": "fr"})
    done = zonegap("data", ZONEGAP_LANG="fr")
    assert (done.returncode, done.stderr) == (2, "zonegap: ZONEGAP_LANG: 'fr'; accepted: en, zh\n")


def test_a_redirected_output_of_a_western_windows_keeps_its_chinese(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for encoding, given, kept in (
        ("cp1252", {}, "utf-8"),
        ("cp936", {}, "cp936"),
        ("cp1252", {"PYTHONIOENCODING": "cp1252"}, "cp1252"),
    ):
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding, write_through=True))
        prepare_streams(given)
        sys.stdout.write("杭州²")
        sign = "²" if kept == "utf-8" else "2"
        names = "??" if given else "杭州"
        assert raw.getvalue().decode(kept) == names + ("²" if given else sign)


def test_chinese_messages_of_the_command(folder: Path) -> None:
    plain = zonegap("run", "small.toml", "--out", "a", cwd=folder, LC_ALL="C.UTF-8")
    chinese = zonegap("run", "small.toml", "--out", "b", cwd=folder, LC_ALL="zh_CN.UTF-8")
    assert (plain.returncode, chinese.returncode) == (0, 0)
    # results and files are those of the study's language: equal to the byte
    assert plain.stdout == chinese.stdout.replace("b/", "a/").replace("b\\", "a\\")
    for path in sorted((folder / "a").rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (folder / "b" / path.relative_to(folder / "a")).read_bytes()
    notes = chinese.stderr.splitlines()
    assert len(notes) == len(plain.stderr.splitlines()) > 2
    assert all(line.startswith("说明：") for line in notes)
    assert any("由语言模型凭一般知识回忆写成" in line for line in notes)
    assert "淄博误印为湽博" in chinese.stderr
    assert not re.search("printed|digitised", chinese.stderr)

    def numbers(text: str) -> list[str]:
        return sorted(re.findall(r"\d[\d,.]*\d|\d", text))

    assert numbers(chinese.stderr) == numbers(plain.stderr)
    manifest = json.loads((folder / "b" / "manifest.json").read_text(encoding="utf-8"))
    assert [f"note: {w}" for w in manifest["warnings"]] == plain.stderr.splitlines()


def test_chinese_errors_of_the_command(folder: Path) -> None:
    for arguments, code, text in (
        (["run", "--hubs", "core"], 2, "--hubs：'core'；可接受：prefectures、listed"),
        (["run", "none.toml"], 3, "none.toml：文件不存在"),
        (["thresold"], 2, "没有命令'thresold'；可接受：run"),
        (["threshold", "--km", "far"], 2, "--km：'far'；可接受：以公里计、逗号分隔的数"),
    ):
        done = zonegap(*arguments, cwd=folder, ZONEGAP_LANG="zh")
        assert done.returncode == code
        assert text in done.stderr
    done = zonegap(
        "geocode", "firms.csv", "--column", "地址", "--out", "o.csv", "--lang", "zh", cwd=folder
    )
    assert "区县：1" in done.stdout
    assert "未定位：2行中的1行，其中1行有候选" in done.stdout


def test_a_study_file_in_chinese_is_answered_in_chinese(folder: Path) -> None:
    (folder / "zh.toml").write_text(
        "[output]\nlanguage = 'zh'\nfigures = []\nformats = ['csv']", "utf-8"
    )
    done = zonegap("run", "zh.toml", cwd=folder, LC_ALL="C.UTF-8", LANG="")
    assert done.stderr.startswith("说明：")
    done = zonegap("run", "zh.toml", cwd=folder, ZONEGAP_LANG="en")
    assert done.stderr.startswith("note: ")


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
    folder: Path,
    environment: dict[str, str],
) -> None:
    environment |= {"ZONEGAP_LANG": "en"}
    options = ["geocode", "firms.csv", "--column", "地址", "--keep", "all", "--out", "o.csv"]
    shown = on_a_terminal(*options, cwd=folder, **environment)
    assert "working" in shown
    assert "100%" in shown
    # the account names the user's own columns
    assert all(line.isascii() for line in shown.splitlines() if "working" in line)
    assert not re.search(r"\x1b\[[0-9;]*m", shown)  # no colour, so none to switch off
    said = zonegap(*options, cwd=folder, **environment).stderr
    assert "working" not in said
    assert said.endswith("whose it is: o.SOURCES.md\n")


def test_steps_of_a_run_on_a_terminal(folder: Path) -> None:
    shown = on_a_terminal("run", "small.toml", cwd=folder, ZONEGAP_LANG="en")
    steps = re.findall(r"\[(\d)/3\] ([a-z ,]+) \.\.\.", shown)
    assert [n for n, _ in steps] == ["1", "2", "3"]
    shown = on_a_terminal("run", "small.toml", cwd=folder, ZONEGAP_LANG="zh")
    assert "[1/3] 开发区定位与测距 ..." in shown
