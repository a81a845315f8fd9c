"""Wrong command lines end with a documented exit code and one sentence, in one language."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from geodata.words import LANGUAGES
from tests.wrong_lines import faults_of, language_of, mixed, tried

LINES, SEED = 25, 16


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each line runs in a fork")
def test_wrong_command_lines_and_study_files(tmp_path: Path) -> None:
    import zones.pipeline
    import zones.report.files  # noqa: F401, each line then reads no libraries

    codes, found = tried(LINES, SEED, tmp_path)
    assert found == []
    assert codes.total() == LINES
    assert codes[2] > LINES / 2


def test_what_is_a_fault() -> None:
    english, chinese = "zonegap: no such option --x at all here\n", "zonegap: 没有这个选项\n"
    assert mixed(english, [], "en") == mixed(chinese, [], "zh") == mixed(chinese, [], "") == []
    for text, asked in ((english, "zh"), (chinese, "en"), (chinese + english, ""),
                        (chinese + english, "zh")):  # fmt: skip
        assert mixed(text.replace("--x ", ""), [], asked), (text, asked)
    assert mixed("zonegap: 湖北省武汉: no such option at all\n", ["湖北省武汉"], "en") == []
    assert faults_of(5, "", "x") == ["exit code 5"]
    assert faults_of(1, "", "Traceback (most") == ["traceback"]
    assert faults_of(1, "", "zonegap 0.1.0自身出错") == ["an error that was never meant"]
    assert faults_of(2, "", " ") == ["no message"]
    assert language_of(["run"], {}) == "en"
    assert language_of(["run", "--lang", "zh"], {}) in LANGUAGES
