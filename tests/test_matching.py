"""Companies matched with zones: counts by hand, all ways to write them, what is refused."""

from __future__ import annotations

import doctest
import io
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import zonegap as zg
import zones.matching
from geodata.errors import UsageError, ZonegapError
from geodata.words import use_language
from tests.helpers import brute_force_km
from zonegap.command.app import main
from zones.matching import match_companies
from zones.parameters import EARTH_RADIUS_KM
from zones.report.excel import write_sheets
from zones.report.licences import position_sources, position_tables
from zones.writing import write_dta

DEGREE_KM = EARTH_RADIUS_KM * np.pi / 180  # along a meridian
FIRMS = """公司名称,注册资本,注册地址,统一社会信用代码,经营状态,经度_WGS84,纬度_WGS84
示例甲有限公司,1000万人民币,苏州工业园区星湖街1号,,存续,,
示例乙有限公司,500万人民币,江苏省苏州市苏州工业园区月亮湾路2号,,存续,120.75,31.28
示例丙有限公司,5000万人民币,北京市大兴区亦庄荣华南路8号,,存续,,
示例丁有限公司,2000万人民币,昆明市经开区信息产业基地,,存续,,
示例便利店,10万人民币,苏州工业园区东环路2号,92320505MA00000001,存续,120.61,31.31
示例戊有限公司,100万人民币,深圳市南山区科技园,,注销,,
示例己有限公司,,某地,,存续,,
示例庚有限公司,300万人民币,浙江省,,存续,,
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in a folder that holds the made-up companies."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZONEGAP_LANG", "en")
    Path("firms.csv").write_text(FIRMS, encoding="utf-8")

    def line(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["zonegap", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    yield line
    use_language("en")


def own_zones(**more: object) -> pd.DataFrame:
    """Return made-up zones on one meridian, a degree apart, the last of them without a place."""
    return pd.DataFrame(
        {
            "name": ["甲区", "乙区", "丙区", "丁区"], "lon": [110.0, 110.0, 110.0, np.nan],
            "lat": [30.0, 31.0, 32.0, np.nan], "uncertainty_km": [5.0, 5.0, 5.0, np.nan],
        } | more,
        index=["Z1", "Z2", "Z3", "Z4"],
    )  # fmt: skip


def at(*latitudes: float, capital: str = "100万元") -> pd.DataFrame:
    """Return companies at positions on that meridian."""
    return pd.DataFrame(
        {
            "公司名称": [f"示例{i}有限公司" for i in range(len(latitudes))],
            "注册资本": capital, "经度_WGS84": 110.0, "纬度_WGS84": latitudes,
        }
    )  # fmt: skip


def test_distances_and_counts_by_hand() -> None:
    found = match_companies(at(30.0, 30.25, 31.4), own_zones(), k=2, within_km=100)
    rows = found.companies
    assert rows["nearest_1_zone"].tolist() == ["甲区", "甲区", "乙区"]
    assert rows["nearest_2_zone_id"].tolist() == ["Z2", "Z2", "Z3"]
    near = [0.0, 0.25 * DEGREE_KM, 0.4 * DEGREE_KM]
    assert np.allclose(rows["nearest_1_km"], near, rtol=0, atol=0.001)
    assert np.allclose(
        rows["nearest_2_km"], [DEGREE_KM, 0.75 * DEGREE_KM, 0.6 * DEGREE_KM], atol=1e-3
    )
    assert rows["zones_within_100km"].tolist() == [1, 2, 2]
    assert rows["zones_within_100km_ids"].tolist() == ["Z1", "Z1;Z2", "Z2;Z3"]
    zones = found.zones.set_index("id")
    assert zones["companies_within_100km"].tolist() == [2, 2, 1, 0]
    assert np.allclose(zones["capital_within_100km_yi_cny"], [0.02, 0.02, 0.01, 0.0])
    assert (zones["companies_named"] == 0).all()


def test_within_is_at_most_and_k_all_there_are() -> None:
    one = zg.pairs_within(
        pd.DataFrame({"lon": [110.0], "lat": [30.0]}), own_zones().iloc[[1]], 1000
    )["distance_km"][0]
    assert one == pytest.approx(DEGREE_KM, abs=1e-9)
    found = match_companies(at(30.0), own_zones(), k=99, within_km=float(one))
    assert found.companies.iloc[0].filter(like="zones_within").tolist() == [2, "Z1;Z2"]
    below = match_companies(at(30.0), own_zones(), within_km=float(np.nextafter(one, 0)))
    assert below.companies.iloc[0].filter(like="zones_within").tolist() == [1, "Z1"]
    assert found.k == 3
    assert "nearest_3_km" in found.companies
    assert "nearest_4_km" not in found.companies


def test_the_catalogue_against_all_pairs(run: Run) -> None:
    """Named zones as a reader finds them, distances by another formula, sums over both tables."""
    found = match_companies("firms.csv", within_km=25)
    rows = found.companies.set_index("row")
    named = rows["zone_named"]
    assert named.tolist() == [
        "苏州工业园区", "苏州工业园区", "北京经济技术开发区", "昆明经济技术开发区", "", "", "", "",
    ]  # fmt: skip
    assert rows["zone_evidence"].tolist()[:4] == [
        "full name", "full name", "own word", "place word and kind",
    ]  # fmt: skip
    zones = found.zones.set_index("id")
    # one row stands where the file says, and names its zone all the same
    given = rows.loc[3]
    assert (given["geocode_method"], given["uncertainty_km"]) == ("given", 0.0)
    by_hand = brute_force_km(pd.DataFrame([given]), zones.loc[[given["zone_named_id"]]])[0, 0]
    assert given["zone_named_km"] == pytest.approx(by_hand, abs=0.001)
    assert given["zone_named_km"] > 1
    assert rows.loc[[2, 4, 5], "zone_named_km"].tolist() == [0.0, 0.0, 0.0]
    # who has no place, or is known by the province only, has no distance
    unmeasured = rows.index[rows["zones_within_25km"].isna()].tolist()
    assert unmeasured == [7, 8, 9]
    measured = rows.drop(unmeasured)
    all_km = brute_force_km(measured, zones)
    assert (measured["zones_within_25km"] == (all_km <= 25).sum(axis=1)).all()
    assert np.allclose(measured["nearest_3_km"], np.sort(all_km, axis=1)[:, 2], atol=0.001)
    assert (zones["companies_within_25km"] == (all_km <= 25).sum(axis=0)).all()
    capital = measured["capital_yi_cny"].to_numpy()
    assert np.allclose(zones["capital_within_25km_yi_cny"], (all_km <= 25).T @ capital, atol=1e-6)
    # totals: the two tables tell one story
    assert zones["companies_named"].sum() == (named != "").sum() == 4
    assert zones.loc["G321090", ["companies_named", "capital_named_yi_cny"]].tolist() == [2, 0.15]
    assert zones["companies_within_25km"].sum() == measured["zones_within_25km"].sum()
    said = [sentence.in_language("en") for sentence in found.sentences()]
    assert said[:5] == [
        "companies: 7 of 8 rows used",
        "zone named in the address: 4",
        "  by its full name: 2",
        "  by place word and kind: 1",
        "  by a word of its own: 1",
    ]
    assert "no distance: 2, without a place or known by their province only" in said


def test_a_sole_proprietor_keeps_no_address_no_position_no_zone(run: Run) -> None:
    for out in ("m.csv", "m.xlsx"):
        code, _, said = run("match", "firms.csv", "--out", out, "--force")
        assert code == 0
        assert "sole proprietors (by credit code, name or type): 1; their addresses" in said
    tables = [
        pd.read_csv("m.csv", dtype=str),
        pd.read_excel("m.xlsx", "companies", dtype=str, engine="openpyxl"),
    ]
    for table in tables:
        row = table[table["name"] == "示例便利店"].iloc[0]
        assert pd.isna(row["address"])
        assert pd.isna(row["zone_named"])
        assert row["geocode_level"] == "county"
        assert float(row["lon"]) != 120.61
    assert "东环路" not in Path("m.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "dta"])
def test_what_is_written_reads_back(run: Run, kind: str) -> None:
    code, out, said = run("match", "firms.csv", "--out", f"m.{kind}", "--k", "2")
    assert code == 0, said
    assert "zone named in the address: 4" in out
    expected = match_companies("firms.csv", k=2)
    read = {
        "csv": lambda name, sheet: pd.read_csv(name, keep_default_na=False, na_values={}),
        "xlsx": lambda name, sheet: pd.read_excel(
            name, sheet, keep_default_na=False, engine="openpyxl"
        ),
        "dta": lambda name, sheet: pd.read_stata(name),
    }[kind]
    files = {"companies": f"m.{kind}", "zones": "m.xlsx" if kind == "xlsx" else f"m_zones.{kind}"}
    for sheet, name in files.items():
        table, frame = read(name, sheet), getattr(expected, sheet)
        assert table.columns.tolist() == frame.columns.tolist()
        for column in frame:
            if pd.api.types.is_numeric_dtype(frame[column]):
                numbers = pd.to_numeric(table[column].replace("", np.nan)).astype(float)
                assert np.allclose(numbers, frame[column].astype(float), equal_nan=True), column
            else:
                assert table[column].astype(str).tolist() == frame[column].tolist(), column
        # an earlier result may be replaced, and says whose it is
        page = Path(name).with_suffix(".SOURCES.md").read_text(encoding="utf-8")
        assert f"## {name}\n" in page
        assert "web geocoder," not in page
        assert "your file firms.csv" in page
    assert run("match", "firms.csv", "--out", f"m.{kind}")[0] == 0


def test_the_zones_written_are_zones_to_read(run: Run) -> None:
    assert run("match", "firms.csv", "--out", "m.xlsx")[0] == 0
    assert run("match", "firms.csv", "--out", "m.dta", "--force")[0] == 0
    back, account = zg.read_zones("m_zones.dta", datum="WGS-84")
    assert account.used == 2543
    again = match_companies("firms.csv", back)
    plain = match_companies("firms.csv")
    assert again.companies["zone_named"].tolist() == plain.companies["zone_named"].tolist()
    nearest = [c for c in plain.companies if c.endswith("_km")]
    pd.testing.assert_frame_equal(again.companies[nearest], plain.companies[nearest], atol=0.01)


def test_standard_output_is_the_companies(run: Run) -> None:
    code, out, said = run("match", "firms.csv", "--out", "-")
    table = pd.read_csv(io.StringIO(out))
    assert code == 0
    assert len(table) == 8
    assert "zone named in the address: 4" in said
    assert not list(Path().glob("*SOURCES*"))


def test_long_lists_of_zones_are_kept_whole(run: Run) -> None:
    """All zones lie within: more characters than a plain column of Stata holds."""
    assert run("match", "firms.csv", "--out", "m.dta", "--within-km", "5000.5")[0] == 0
    table = pd.read_stata("m.dta")
    assert len(table["zones_within_5000_5km_ids"][0].split(";")) == 2543
    assert table["zones_within_5000_5km"][0] == 2543


# ---- zones of one's own


def test_own_zones_are_named_by_their_whole_names_in_their_city() -> None:
    zones = own_zones(
        name=["示例东开发区", "经济开发区", "苏州工业园区", "示例西园区"],
        province_adcode=["320000", "320000", "320000", "330000"],
        adcode=["320505", "320505", "320506", "330106"],
    )
    firms = pd.DataFrame(
        {
            "公司名称": list("甲乙丙丁戊己"),
            "注册地址": [
                "江苏省苏州市虎丘区示例东开发区1号",  # the whole name, in its city
                "江苏省无锡市滨湖区示例东开发区1号",  # in another city
                "江苏省苏州市虎丘区经济开发区1号",  # a bare kind says no place
                "苏州市园区星湖街1号", "浙江省杭州市西湖区示例西园区大道1号",  # a road
                "苏州工业园区星湖街2号",  # one of the catalogue, too
            ],
        }
    )  # fmt: skip
    found = match_companies(firms, zones)
    assert found.companies["zone_named_id"].tolist()[:3] == ["Z1", "", ""]
    assert found.companies["zone_named_id"].tolist()[4:] == ["", "Z3"]
    assert found.companies["zone_evidence"].tolist()[0] == "full name"
    twice = pd.concat([zones, zones.iloc[[0]].set_axis(["Z5"])])
    assert match_companies(firms, twice).companies["zone_named_id"][0] == ""
    # a zone of the catalogue that is none of these is said
    elsewhere = match_companies(firms, own_zones())
    assert elsewhere.elsewhere >= 1
    assert "which is none of these zones" in elsewhere.sentences()[-1].in_language("en")


def test_a_zone_without_a_place_can_be_named() -> None:
    zones = own_zones(
        name=["甲园", "乙园", "丙园", "示例西园区"], province_adcode="330000", adcode="330106"
    )
    firms = pd.DataFrame({"公司名称": ["甲"], "注册地址": ["浙江省杭州市西湖区示例西园区1号"]})
    row = match_companies(firms, zones, k=1).companies.iloc[0]
    assert row["zone_named_id"] == "Z4"
    assert row["nearest_1_zone_id"] in ("Z1", "Z2", "Z3")
    assert np.isnan(row["zone_named_km"])
    assert np.isnan(row["zone_named_radius_km"])


def test_own_zones_and_filters_on_the_command_line(run: Run) -> None:
    table = pd.DataFrame(
        {"园区名称": ["苏州工业园区", "示例东园区"], "省份": "江苏省", "经度_WGS84": [120.7, 119.0],
         "纬度_WGS84": [31.3, 33.0]}
    )  # fmt: skip
    table.to_csv("own.csv", index=False)
    code, _, said = run("match", "firms.csv", "--zones", "own.csv", "--out", "m.csv")
    assert code == 0
    assert "recognised in addresses by their whole names" in " ".join(said.split())
    assert "--k 3: there are 2 zones with a place" in said
    zones = pd.read_csv("m_zones.csv")
    assert zones["companies_named"].tolist() == [2, 0]
    code, out, said = run("match", "firms.csv", "--province", "云南", "--out", "n.csv")
    assert "which is none of these zones: 3" in out
    assert pd.read_csv("n_zones.csv")["companies_named"].sum() == 1


# ---- refused


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["firms.csv", "--out", "m.txt"], 2, "accepted: another file .csv, .xlsx, .dta, or -"),
        (["firms.csv", "--out", "firms.csv"], 2, "firms.csv is the input itself"),
        (["firms.csv", "--out", "m.csv", "--k", "0"], 2, "--k: '0'; accepted: a whole number"),
        (["firms.csv", "--out", "m.csv", "--within-km", "-1"], 2, "--within-km: '-1'"),
        (["firms.csv"], 2, "--out is missing"),
        (["none.csv", "--out", "m.csv"], 3, "none.csv"),
        (["hubs.csv", "--out", "m.csv"], 2, "a list of hubs, not of companies"),
        (["firms.csv", "--out", "taken.csv"], 2, "taken_zones.csv: is there and is no earlier"),
        (["x_zones.csv", "--out", "x.csv"], 2, "x_zones.csv is the input itself"),
    ],
)  # fmt: skip
def test_refused_in_one_sentence(run: Run, arguments: list[str], code: int, message: str) -> None:
    Path("hubs.csv").write_text("hub,lon_WGS84,lat_WGS84\n甲,120,30\n", encoding="utf-8")
    Path("taken_zones.csv").write_text("mine\n", encoding="utf-8")
    Path("x_zones.csv").write_text(FIRMS, encoding="utf-8")
    before = sorted(Path().iterdir())
    ended, _, said = run("match", *arguments)
    assert (ended, message in said) == (code, True), said
    assert sorted(Path().iterdir()) == before
    assert Path("taken_zones.csv").read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"k": 0}, "k: 0; accepted: a whole number of at least 1"),
        ({"k": True}, "k: True"),
        ({"within_km": -1.0}, "within_km: -1.0; accepted: a number of at least 0"),
        ({"method": "planar"}, "method: 'planar'"),
        ({"zones": own_zones().iloc[[3]]}, "at least one zone with a place"),
        ({"zones": own_zones().drop(columns="uncertainty_km")}, "column 'uncertainty_km'"),
        ({"zones": own_zones().set_axis(["Z1"] * 4)}, "labels stand twice"),
    ],
)
def test_refused_in_python(more: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        match_companies(at(30.0), **({"zones": own_zones()} | more))


def test_what_excel_cannot_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZonegapError, match="a of row 1 has 32,768 characters"):
        write_sheets({"s": pd.DataFrame({"a": ["x" * 32_768]})}, tmp_path / "s.xlsx")
    monkeypatch.setattr("zones.report.excel.MOST_ROWS", 1)
    with pytest.raises(ZonegapError, match="2 rows, more than a sheet of Excel holds"):
        write_sheets({"s": pd.DataFrame({"a": ["x", "y"]})}, tmp_path / "s.xlsx")


def test_texts_stay_texts(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["=1+1", "0012", "x\x01y"], "b": [1.5, np.nan, -2]})
    write_sheets({"s": frame}, tmp_path / "s.xlsx")
    back = pd.read_excel(tmp_path / "s.xlsx", dtype={"a": str}, engine="openpyxl")
    assert back["a"].tolist() == ["=1+1", "0012", "xy"]
    write_dta(frame, tmp_path / "s.dta")
    assert pd.read_stata(tmp_path / "s.dta")["a"].tolist() == ["=1+1", "0012", "x\x01y"]


# ---- whose it is


def test_a_position_at_a_named_zone_is_whose_the_zone_is() -> None:
    firms = pd.DataFrame({"公司名称": ["甲"], "注册地址": ["苏州工业园区星湖街1号"]})
    located = zg.located_registrations(firms).located
    assert located["geocode_source"].tolist() == ["zone G321090"]
    ((source, count),) = position_sources(located)
    assert (source.begins, count) != ("zone G321090", 1)
    assert source.licences
    assert {"zones", "zone_positions", "zone_words"} <= position_tables(located)
    assert "towns" not in position_tables(located)


def test_examples() -> None:
    assert doctest.testmod(zones.matching).failed == 0
