"""Web geocoders from the command line and in a study."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from geodata.web.amap import AMap
from tests.stub_geocoder import KEY, Reply, amap, serve
from tests.test_cli import zonegap
from tests.test_web_geocode import (
    YUHANG,
    _environment,  # noqa: F401
    gcj,
)
from zonegap.command.app import main
from zonegap.console import progress_bar


def command(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["zonegap", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        main()
    return int(caught.value.code or 0)


def test_the_command_resumes_and_gives_equal_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = tmp_path / "firms.csv", tmp_path / "located.csv"
    rows = [f"甲{i},浙江省杭州市余杭区文一西路{i}号" for i in range(12)]
    table.write_text("公司,地址\n" + "\n".join(rows), encoding="utf-8")
    arguments = (
        "geocode", table, "--column", "地址", "--out", out, "--provider", "amap",
        "--cache", tmp_path / "c", "--rate", 1000,
    )  # fmt: skip
    limit = 5

    def script(asked: dict[str, str], count: int) -> Reply:
        if count > limit:
            return Reply({"status": "0", "infocode": "10003", "info": "x"})
        return Reply(amap(*gcj(YUHANG.lon, YUHANG.lat)))

    with serve(script) as stub:
        monkeypatch.setattr(AMap, "url", stub.url)
        assert command(monkeypatch, *arguments) == 1
        assert "5 of 12 answers are kept" in capsys.readouterr().err
        assert not out.exists()
        limit = 100
        assert command(monkeypatch, *arguments) == 0
        assert len(stub.asked) == 6 + 7
    assert "amap: taken 12" in capsys.readouterr().err
    first = out.read_bytes()
    monkeypatch.delenv("ZONEGAP_AMAP_KEY")
    assert command(monkeypatch, *arguments) == 0  # no server, no key: all from the cache
    assert out.read_bytes() == first
    frame = pd.read_csv(out)
    assert set(frame["geocode_method"]) == {"web-amap"}


def test_failed_rows_are_said_and_strict_counts_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "firms.csv"
    table.write_text("地址\n浙江省杭州市余杭区文一西路\n", encoding="utf-8")
    arguments = (
        "geocode", table, "--column", "地址", "--out", tmp_path / "o.csv", "--provider", "amap",
        "--cache", tmp_path / "c",
    )  # fmt: skip
    with serve(lambda asked, count: Reply(amap("nan", "nan"))) as stub:
        monkeypatch.setattr(AMap, "url", stub.url)
        assert command(monkeypatch, *arguments) == 0
        assert command(monkeypatch, *arguments, "--strict") == 4
    text = capsys.readouterr().err
    assert "failed 1" in text
    assert "run again to ask for the failed ones once more" in text


def test_options_without_a_provider_and_unknown_ones(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("地址\n浙江省\n", encoding="utf-8")
    base = ("geocode", str(table), "--column", "地址", "--out", str(tmp_path / "o.csv"))
    done = zonegap(*base, "--cache", "c")
    assert (done.returncode, "only with --provider" in done.stderr) == (2, True)
    assert zonegap(*base, "--provider", "google").returncode == 2
    done = zonegap(*base, "--provider", "amap", "--cache", str(tmp_path / "c"), ZONEGAP_AMAP_KEY="")
    assert done.returncode == 2
    assert "set the environment variable ZONEGAP_AMAP_KEY" in done.stderr
    assert not (tmp_path / "o.csv").exists()


def test_the_study_asks_too_and_its_manifest_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zones_csv = tmp_path / "zones.csv"
    from geodata.registry import table_path

    lines = table_path("zones").read_text(encoding="utf-8").splitlines()
    zones_csv.write_text("\n".join(lines[:4]), encoding="utf-8")
    study = tmp_path / "study.toml"
    study.write_text(
        '[zones]\ntable = "zones.csv"\n[geocode]\nprovider = "amap"\ncache = "answers"\n'
        'key_file = "key"\n[output]\nformats = ["csv"]\n',
        encoding="utf-8",
    )
    (tmp_path / "key").write_text(KEY, encoding="utf-8")
    (tmp_path / "key").chmod(0o600)
    monkeypatch.delenv("ZONEGAP_AMAP_KEY")
    with serve(lambda asked, count: Reply(amap(*gcj(116.52, 39.79), "开发区", "110115"))) as stub:
        monkeypatch.setattr(AMap, "url", stub.url)
        assert command(monkeypatch, "run", study, "--out", tmp_path / "out") == 0
        assert len(stub.asked) == 3
    about = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert about["parameters"]["provider"] == "amap"
    assert "key_file" not in about["parameters"]
    taken = about["counts"]["geocode_method"].get("web-amap", 0)
    assert taken >= 1
    said = about["warnings"]
    assert any(f"positions of {taken} zones are from a web geocoder (amap)" in w for w in said)
    refused = 3 - taken
    assert any(f"not taken: {refused} contradict the offline position" in w for w in said)
    hits = [p for p in tmp_path.rglob("*") if p.is_file() and KEY.encode() in p.read_bytes()]
    assert hits == [tmp_path / "key"]


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_on_a_terminal_only(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    assert list(progress_bar(iter("abc"), 3)) == ["a", "b", "c"]
    captured = capsys.readouterr()
    assert captured.out == ""
    assert ("100%" in captured.err) is terminal
    assert captured.err.isascii()
