"""Answers of web geocoders held against the offline result, in Python, the command and a study."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from geodata.address_geocoder import COLUMNS, geocode_texts
from geodata.datum import wgs84_to_gcj02
from geodata.gazetteer import gazetteer
from geodata.web.amap import AMap
from geodata.web.answer import WebAnswer, nothing_found
from geodata.web.ask import WebOptions
from geodata.web.baidu import Baidu
from geodata.web.geocode import (
    TIMES_UNCERTAINTY,
    Offline,
    WebResult,
    _other_province,
    check,
    web_geocode_texts,
    web_geocode_zones,
)
from geodata.zone_geocoder import zone_points, zone_seats
from tests.helpers import zonegap
from tests.stub_geocoder import KEY, Reply, Script, Stub, amap, baidu, serve
from zonegap.command.app import main
from zonegap.console import progress_bar
from zones.distance.great_circle import haversine_km
from zones.pipeline import StudyResult

YUHANG = gazetteer(2024).by_adcode["330110"]
OFFLINE = Offline(YUHANG.lon, YUHANG.lat, 14.9, "330000", "330110")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("AMAP", "BAIDU", "TIANDITU"):
        monkeypatch.setenv(f"ZONEGAP_{name}_KEY", KEY)


def at_km(away_km: float, azimuth_deg: float = 180.0) -> WebAnswer:
    """Return an answer in WGS-84 so far from the seat of 余杭区."""
    lon, lat, _ = Geod(ellps="WGS84").fwd(YUHANG.lon, YUHANG.lat, azimuth_deg, 1000.0 * away_km)
    return WebAnswer(float(lon), float(lat), "WGS-84", "门址", "330110", 0.5, "{}")


def test_the_limit_is_three_times_the_uncertainty_and_the_answers_radius() -> None:
    limit_km = TIMES_UNCERTAINTY * 14.9 + 0.5
    near, far = (check(at_km(limit_km + more), (OFFLINE,), "AMap") for more in (-0.3, 0.3))
    assert near.outcome == "taken"
    assert near.reason == f"AMap taken: {limit_km - 0.3:.1f} km from the offline position"
    assert far.outcome == "refused"
    assert "more than 45.2 km (3 x 14.9 + 0.5)" in far.reason


def test_nothing_found_swapped_and_abroad() -> None:
    assert check(nothing_found("GCJ-02"), (OFFLINE,), "AMap").outcome == "kept"
    swapped = WebAnswer(30.28, 120.02, "GCJ-02", "", "", 1.0, "")
    assert (
        "longitude and latitude swapped (30.2800, 120.0200)"
        in check(swapped, (OFFLINE,), "AMap").reason
    )
    for lon, lat in ((0.0, 0.0), (151.2, -33.9), (-180.0, 91.0), (1e300, 30.0)):
        verdict = check(WebAnswer(lon, lat, "GCJ-02", "", "", 1.0, ""), (OFFLINE,), "AMap")
        assert verdict.outcome == "refused"
        assert "outside China" in verdict.reason


def test_no_finer_answer_changes_nothing() -> None:
    coarse = at_km(3.0)
    coarse = WebAnswer(coarse.lon, coarse.lat, "WGS-84", "区县", "330110", 15.0, "{}")
    verdict = check(coarse, (OFFLINE,), "AMap")
    assert verdict.outcome == "kept"
    assert "is no finer (15 km), 3.0 km away" in verdict.reason


def test_another_province_by_its_own_code_or_by_its_place() -> None:
    home = gazetteer(2024).by_adcode
    wide = Offline(YUHANG.lon, YUHANG.lat, 300.0, "330000", "330000")
    nanjing = home["320100"]
    by_code = WebAnswer(YUHANG.lon, YUHANG.lat, "WGS-84", "", "320102", 1.0, "")
    by_place = WebAnswer(nanjing.lon, nanjing.lat, "WGS-84", "", "", 1.0, "")
    assert "it names 江苏省, not 浙江省" in check(by_code, (wide,), "AMap").reason
    assert "it lies in 江苏省, not 浙江省" in check(by_place, (wide,), "AMap").reason
    fake = WebAnswer(YUHANG.lon, YUHANG.lat, "WGS-84", "", "990000", 1.0, "")
    assert check(fake, (wide,), "AMap").outcome == "taken"


def test_the_rule_for_provinces_holds_as_measured() -> None:
    """Points of zones whose province is known: nearly none is called outside; 95 % are caught."""
    points = [(p.lon, p.lat, key[1]) for key, p in zone_points().items()]
    points += [(s.lon, s.lat, key[1]) for key, s in zone_seats().items() if s.has_position]
    broken = sum(bool(_other_province(lon, lat, "", home)) for lon, lat, home in points)
    seats = [d for d in gazetteer(2024).current if d.has_seat]
    codes = np.array([d.province_adcode or d.adcode for d in seats])
    lons, lats = np.array([d.lon for d in seats]), np.array([d.lat for d in seats])
    caught = 0
    for lon, lat, home in points:
        away_km = haversine_km(lon, lat, lons, lats)
        next_door = str(codes[np.where(codes == home, np.inf, away_km).argmin()])
        caught += bool(_other_province(lon, lat, "", next_door))
    assert (len(points), broken) == (1873, 2)
    assert round(100 * caught / len(points)) == 95


def texts(
    script: Script,
    rows: list[str],
    tmp_path: Path,
    provider: str = "amap",
    **columns: list[str],
) -> tuple[pd.DataFrame, WebResult, Stub]:
    index = pd.Index([f"r{i}" for i in range(len(rows))])
    series = [pd.Series(rows, index=index)]
    provinces, cities = (
        pd.Series(columns[c], index=index) if c in columns else None
        for c in ("provinces", "cities")
    )
    located = geocode_texts(series, provinces, cities)
    before = located.copy()
    options = WebOptions(provider, tmp_path / "answers", rate_per_s=1000.0)
    with serve(script) as stub, pytest.MonkeyPatch.context() as patch:
        patch.setattr({"amap": AMap, "baidu": Baidu}[provider], "url", stub.url)
        done = web_geocode_texts(located, series, provinces, cities, options)
    pd.testing.assert_frame_equal(located, before)
    assert list(done.located.columns) == COLUMNS
    assert done.located.index.equals(index)
    return located, done, stub


def gcj(lon: float, lat: float) -> tuple[float, float]:
    there = wgs84_to_gcj02(lon, lat)
    return float(there[0]), float(there[1])


def test_a_good_answer_is_taken_in_wgs84(tmp_path: Path) -> None:
    lon, lat = YUHANG.lon + 0.03, YUHANG.lat - 0.02
    body = amap(*(f"{v:.6f}" for v in gcj(lon, lat)))
    _, done, stub = texts(
        lambda asked, count: Reply(body), ["浙江省杭州市余杭区文一西路969号"] * 3, tmp_path
    )
    assert len(stub.asked) == 1  # equal rows are asked for once
    row = done.located.iloc[1]
    assert (row["lon"], row["lat"]) == pytest.approx((lon, lat), abs=2e-6)
    assert row["geocode_level"] == "place"
    assert row["geocode_method"] == "web-amap"
    assert row["geocode_source"] == "AMap (GCJ-02)"
    assert row["uncertainty_km"] == 0.5
    assert row["geocode_county"] == "余杭区"
    assert done.counts == {
        "taken": 3, "kept": 0, "refused": 0, "failed": 0, "not asked": 0, "requests": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (amap(118.78, 32.04, adcode="320102"), "it names 江苏省, not 浙江省"),
        (amap(118.78, 32.04, adcode=""), "it lies in 江苏省, not 浙江省"),
        (amap(120.7, 28.0), "km from the offline position, more than"),
        (amap(30.28, 120.02), "longitude and latitude swapped"),
        (amap("NaN", 30.0), "AMap failed: its longitude is not a finite number"),
        (amap("甲", "乙"), "AMap failed: its longitude is not a finite number"),
        (amap(120.02, 30.28, level="国家"), "is no finer (2000 km)"),
    ],
)
def test_wrong_answers_leave_the_offline_position(
    body: dict[str, object], what: str, tmp_path: Path
) -> None:
    located, done, _ = texts(
        lambda asked, count: Reply(body), ["浙江省杭州市余杭区文一西路969号"], tmp_path
    )
    assert what in done.located["geocode_reason"].iloc[0]
    same = [c for c in COLUMNS if c != "geocode_reason"]
    pd.testing.assert_frame_equal(done.located[same], located[same])
    assert done.counts["taken"] == 0


def test_province_and_city_go_with_the_query_where_it_lacks_them(tmp_path: Path) -> None:
    _, _, stub = texts(
        lambda asked, count: Reply(amap(0, 0)),
        ["文一西路969号", "浙江省杭州市文一西路1号", "", "-", "稠州北路1号"],
        tmp_path,
        provinces=["浙江省", "浙江省", "浙江省", "浙江省", "浙江省"],
        cities=["杭州市", "杭州", "杭州市", "杭州市", "义乌市"],
    )
    assert [a["address"] for a in stub.asked] == [
        "浙江省杭州市文一西路969号", "浙江省杭州市文一西路1号", "浙江省杭州市-",
        "浙江省义乌市稠州北路1号",
    ]  # fmt: skip
    # services do not take a county-level city as the city to prefer
    assert [a.get("city", "") for a in stub.asked] == ["杭州市", "杭州", "杭州市", ""]


def test_a_row_with_nothing_to_check_against_is_not_asked_for(tmp_path: Path) -> None:
    located, done, stub = texts(lambda asked, count: Reply(amap(120, 30)), ["某处"], tmp_path)
    assert located["geocode_level"].iloc[0] == ""
    assert stub.asked == []
    assert "AMap not asked: nothing known offline" in done.located["geocode_reason"].iloc[0]


def test_an_open_row_is_settled_by_an_answer_near_one_candidate(tmp_path: Path) -> None:
    located = geocode_texts([pd.Series(["鼓楼区中山路1号"])])
    codes = located["geocode_candidates"].iloc[0].split(";")
    assert located["geocode_level"].iloc[0] == ""
    assert len(codes) > 1
    candidate = gazetteer(2024).by_adcode[codes[1]]
    body = baidu(*gcj(candidate.lon, candidate.lat))
    _, done, _ = texts(lambda asked, count: Reply(body), ["鼓楼区中山路1号"], tmp_path, "baidu")
    row = done.located.iloc[0]
    assert row["adcode"] == candidate.adcode
    assert row["geocode_county"] == "鼓楼区"
    assert row["geocode_method"] == "web-baidu"
    assert "from the nearest candidate" in row["geocode_reason"]
    _, done, _ = texts(
        lambda asked, count: Reply(baidu(87.6, 43.8)), ["鼓楼区中山路2号"], tmp_path, "baidu"
    )
    assert done.located["geocode_level"].iloc[0] == ""
    assert "refused" in done.located["geocode_reason"].iloc[0]


def test_a_long_text_is_cut_for_baidu_and_that_is_said(tmp_path: Path) -> None:
    text = "浙江省杭州市余杭区" + "文一西路九百六十九号" * 5
    _, done, stub = texts(
        lambda asked, count: Reply(baidu(*gcj(YUHANG.lon, YUHANG.lat))), [text], tmp_path, "baidu"
    )
    assert stub.asked[0]["address"] == text[:28]
    assert "asked with the first 84 bytes" in done.located["geocode_reason"].iloc[0]


def test_the_county_comes_with_the_answer_where_only_the_city_was_known(tmp_path: Path) -> None:
    body = amap(*gcj(YUHANG.lon, YUHANG.lat))
    located, done, _ = texts(lambda asked, count: Reply(body), ["杭州市文一西路1号"], tmp_path)
    assert located["geocode_county"].iloc[0] == ""
    assert done.located[["adcode", "geocode_county"]].iloc[0].tolist() == ["330110", "余杭区"]


def test_zones_of_the_study(result: StudyResult, tmp_path: Path) -> None:
    table = result.zones.head(40)
    columns = [
        "lon", "lat", "adcode", "geocode_level", "geocode_method", "geocode_source",
        "uncertainty_km", "spans", "geocode_candidates", "geocode_reason",
    ]  # fmt: skip
    places = {
        (row["name"] if row["province"][:2] in row["name"] else row["province"] + row["name"]): row
        for _, row in table.iterrows()
    }

    def answer(asked: dict[str, str], count: int) -> Reply:
        row = places[asked["address"]]
        lon, lat = gcj(row["lon"] + 0.01, row["lat"])
        return Reply(amap(lon, lat, level="开发区", adcode=row["adcode"]))

    options = WebOptions("amap", tmp_path / "answers", rate_per_s=1000.0)
    with serve(answer) as stub, pytest.MonkeyPatch.context() as patch:
        patch.setattr(AMap, "url", stub.url)
        done = web_geocode_zones(table[columns], table, options)
    extent_km = np.sqrt(table["area_ha"] / 100 / math.pi)
    taken = done.located["geocode_method"] == "web-amap"
    assert taken.sum() == done.counts["taken"] > 20
    assert done.counts["taken"] + done.counts["kept"] == 40
    radius_km = done.located.loc[taken, "uncertainty_km"]
    assert np.allclose(radius_km, (6.0 + extent_km[taken]).round(1))
    assert (radius_km < table.loc[taken, "uncertainty_km"]).all()
    assert (done.located["spans"] == table["spans"]).all()


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
