"""Every bad input ends with its message and exit code, and writes nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from geodata.schema import Column
from geodata.user_tables import files
from geodata.words import Message, use_language
from tests.bad_inputs import GOOD_ZONE, Case, Z, cases
from zonegap.command.app import main

CASES = cases()


def test_there_are_at_least_100(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{len(CASES)} bad inputs\n")
    assert len(CASES) >= 100
    assert len({(role, repr(given), message) for role, given, _, message in CASES}) == len(CASES)


def run(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["zonegap", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    use_language("en")
    return int(ended.value.code or 0)


def arguments_of(role: str, given: str | bytes | list[str], folder: Path) -> list[str]:
    if isinstance(given, list):
        return given
    path = folder / ("study.toml" if role == "study" else "given.dat")
    path.write_bytes(given if isinstance(given, bytes) else given.encode())
    role, _, language = role.partition(" ")
    options = ["--lang", language] if language else []
    return options_by_role(role, str(path)) + options


def options_by_role(role: str, path: str) -> list[str]:
    return {
        "zones": ["threshold", "--zones", path],
        "registrations": ["threshold", "--registrations", path],
        "hubs": ["threshold", "--hubs-file", path],
        "geocode": ["geocode", path, "--column", "地址", "--out", "out.csv"],
        "boundaries": ["map", "--boundaries", path, "--boundary-credit", "me", "--out", "m.html"],
        "study": ["threshold", path],
    }[role]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}: {c[3][:50]}")
def test_bad_input(
    case: Case,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    role, given, code, message = case
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.csv").write_text(Z + GOOD_ZONE, encoding="utf-8")
    arguments = arguments_of(role, given, tmp_path)
    before = sorted(tmp_path.iterdir())
    found = run(arguments, monkeypatch)
    said = capsys.readouterr().err
    assert message in said, said[:2000]
    assert found == code
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 25, "at most 20 faults are shown"
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("role", ["zones", "registrations", "hubs", "geocode", "boundaries"])
def test_a_large_file_is_refused_before_it_is_read(
    role: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(401 * 1_000_000)  # a hole: it takes no room
    opened, read_path = [], Path.open
    monkeypatch.setattr(Path, "open", lambda p, *a, **k: opened.append(p) or read_path(p, *a, **k))
    assert run(options_by_role(role, str(path)), monkeypatch) == 3
    assert path not in opened
    said = capsys.readouterr().err
    limit = 200 if role == "boundaries" else 400
    assert f"large.csv: 401 MB; accepted: up to {limit} MB" in said


def test_an_xlsx_or_parquet_that_unpacks_too_far_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.bad_inputs import BOOK, PARQUET

    monkeypatch.setattr(files, "MAX_UNPACKED_MB", 0.0001)
    for content in (BOOK, PARQUET):
        path = tmp_path / "bomb.xlsx"
        path.write_bytes(content)
        assert run(["threshold", "--zones", str(path)], monkeypatch) == 3
        assert "accepted: up to 0.0001 MB" in capsys.readouterr().err


def test_a_table_with_too_many_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from geodata.user_tables import tables

    monkeypatch.setattr(tables, "MAX_ROWS", 10)
    monkeypatch.setattr(tables, "_ROWS_AT_ONCE", 4)
    path = tmp_path / "long.csv"
    path.write_text(Z + GOOD_ZONE * 30, encoding="utf-8")
    assert run(["threshold", "--zones", str(path)], monkeypatch) == 3
    assert "row 13: more than 10 rows" in capsys.readouterr().err


def test_percent_and_share() -> None:
    share = Column("number", low=0.0, high=1.0)
    assert share.fault("0.35") is None
    assert str(share.fault("35")) == (
        "accepted: 0 to 1; it looks like a percentage: as a share it is 0.35"
    )
    assert str(share.fault("35 %")) == (
        "accepted: a number; it is a percentage: as a share it is 0.35"
    )
    assert str(share.fault("350")) == "accepted: 0 to 1"


def test_a_sentence_without_facts_keeps_its_braces() -> None:
    assert str(Message("nothing {here}")) == "nothing {here}"
