"""`zonegap distance` of points in any table: kinds of files, headings, datums, rows without one."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from geodata.datum import to_wgs84
from geodata.errors import BadInputError
from geodata.user_tables import tables
from geodata.user_tables.points import load_point_table
from geodata.user_tables.tables import Wish
from tests.test_point_tables import expected
from zonegap.command.app import main
from zones.hubs import hub_layer

PLACES = pd.DataFrame(
    {"编号": ["007", "008", "009", "010"], "名称": ["西安", "仰光", "无", "喀什"],
     "lon": [108.94, 96.16, np.nan, 75.99], "lat": [34.34, 16.8, np.nan, 39.47]},
)  # fmt: skip
PLACED = PLACES.dropna(subset="lon")


def distances(table: pd.DataFrame) -> pd.Series:
    """Return the distances by the formula that is written a second time in the tests."""
    return expected(table, hub_layer("cores"))["nearest_km"]


class Said:
    """What a command printed."""

    def __init__(self, out: str, err: str, code: int) -> None:
        self.out, self.err, self.code = out, err, code


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Give a function that measures to the four core cities in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Said:
        line = ["zonegap", "distance", *arguments, "--hubs", "cores"]
        monkeypatch.setattr("sys.argv", line)
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(said.out, said.err, int(ended.value.code or 0))

    return command


def written(kind: str) -> str:
    """Write the places as a file of a kind; return its name."""
    named = PLACES.rename(columns={"lon": "经度", "lat": "纬度"})
    shapes = [None if np.isnan(p[0]) else Point(p) for p in PLACES[["lon", "lat"]].to_numpy()]
    shapes[0] = box(108.89, 34.29, 108.99, 34.39)  # its middle is the place
    layer = gpd.GeoDataFrame(PLACES[["编号", "名称"]], geometry=shapes, crs=4326)
    name = f"points.{kind}"
    if kind in ("csv", "txt"):
        named.to_csv(name, index=False, encoding="gb18030" if kind == "txt" else "utf-8")
    elif kind == "tsv":
        named.to_csv(name, index=False, sep="\t")
    elif kind == "xlsx":
        named.to_excel(name, index=False)
    elif kind == "dta":
        # Stata has no Chinese names before format 118
        named.to_stata(name, write_index=False, version=118)
    elif kind == "parquet":
        named.to_parquet(name)
    elif kind == "arrow":
        named.to_feather(name)
    elif kind == "geo.parquet":
        layer.to_crs(3857).to_parquet(name)
    else:
        layer.to_crs(4490 if kind == "gpkg" else 4326).to_file(name)
    return name


@pytest.mark.parametrize(
    "kind",
    ["csv", "txt", "tsv", "xlsx", "dta", "parquet", "arrow", "geo.parquet", "gpkg", "geojson"],
)
def test_every_kind_of_file_is_measured(run, kind: str) -> None:
    name = written(kind)
    stated = () if "geo" in kind or kind == "gpkg" else ("--datum", "WGS-84")
    done = run(name, *stated, "--out", "sub/out.csv", "--km", "1000")
    assert done.code == 0, done.err
    found = pd.read_csv("sub/out.csv", dtype={"编号": str}, encoding="utf-8-sig")
    assert found["编号"].tolist() == ["007", "008", "009", "010"]  # in order, and still text
    there = found["nearest_km"].notna()
    assert there.tolist() == [True, True, False, True]
    assert found["nearest_hub"].notna().tolist() == there.tolist()
    # to the metre; the middle of a square in another projection is 2 m off
    atol = 0.003 if kind == "geo.parquet" else 0.00051
    np.testing.assert_allclose(found.loc[there, "nearest_km"], distances(PLACED), atol=atol)
    beyond = int((distances(PLACED) > 1000).sum())
    assert done.out == f"1000 km, cores: {beyond} of 3 points beyond ({beyond / 0.03:.1f} %)\n"
    assert f" {name}: 4 of 4 rows used as points" in done.err
    assert "points without a position: their distance is empty: 1 (row 4)" in done.err
    assert Path("sub/out.SOURCES.md").is_file()


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("heading", ["lng_{}", "经度_{}", "经度({})", "option"])
def test_the_datum_is_of_a_heading_or_an_option(run, datum: str, heading: str) -> None:
    table = PLACED.assign(lon=[108.94, 120.0, 75.99], lat=[34.34, 30.0, 39.47])
    east = heading.format(datum.replace("-", "").lower() if "lng" in heading else datum)
    north = east.replace("lng", "lat").replace("经", "纬")
    stated = []
    if heading == "option":
        east, north, stated = "x", "y", ["--datum", datum]
    table.rename(columns={"lon": east, "lat": north}).to_csv("p.csv", index=False)
    done = run("p.csv", *stated, "--out", "out.parquet")
    assert done.code == 0, done.err
    lon, lat = to_wgs84(table["lon"], table["lat"], datum)
    found = pd.read_parquet("out.parquet")
    np.testing.assert_allclose(
        found["nearest_km"], distances(table.assign(lon=lon, lat=lat)), rtol=1e-12
    )
    assert f"({datum}, " in done.err


def test_a_datum_is_asked_for_and_the_points_own_goes_first(run) -> None:
    PLACED.to_csv("p.csv", index=False)
    done = run("p.csv", "--out", "o.csv")
    assert (done.code, "without a datum; accepted: --datum" in done.err) == (3, True)
    PLACED.assign(datum="WGS-84").to_csv("p.csv", index=False)
    assert run("p.csv", "--out", "o.csv").code == 0
    assert run("p.csv", "--datum", "BD-09", "--out", "q.csv").code == 0
    assert Path("o.csv").read_bytes() == Path("q.csv").read_bytes()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\na\n", "at least longitude and latitude"),
        ("名称,lon,备注\na,1,\n", "column 'lon' without its partner"),
        ("name,id,remark\na,1,\n", "no header in the first 30 rows"),
        ("lon,lat\n1,91\n", "row 2, column 'lat': '91'; accepted: -90 to 90"),
        ("lon,lat\n1,\n", "row 2, column 'lat': ''; a value is required beside 'lon'"),
        ("lon,lat\n一,2\n", "row 2, column 'lon': '一'; accepted: a number"),
        ('id,lon,lat\n"1,2,3\n2,3,4\n', "row 2: quote not closed"),
    ],
)
def test_what_is_no_table_of_points_is_named(run, text: str, message: str) -> None:
    Path("p.csv").write_text(text, encoding="utf-8")
    done = run("p.csv", "--datum", "WGS-84", "--out", "o.csv")
    assert (done.code, message in done.err) == (3, True), done.err
    assert not Path("o.csv").exists()


def test_all_cells_stay_as_they_stand_and_are_no_formulas(run) -> None:
    rows = [
        "某省学校名单,,,,", "编号,经度,纬度,备注,备注", "007,120.10,30.20,=1+1,a", ",,,,",
        "008,,,,", "009,113.0,23.0, 甲 ,b", "注：示例,,,,", ",,,,",
    ]  # fmt: skip
    Path("p.csv").write_text("\n".join(rows), encoding="utf-8")
    done = run("p.csv", "--datum", "WGS-84", "--out", "o.csv")
    assert done.code == 0, done.err
    lines = Path("o.csv").read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines[0] == "编号,经度,纬度,备注,备注,nearest_hub,nearest_km"
    assert [line.rsplit(",", 2)[0] for line in lines[1:4]] == [
        "007,120.10,30.20,'=1+1,a", "008,,,,", "009,113.0,23.0, 甲 ,b",
    ]  # fmt: skip
    assert lines[2].endswith(",,,,,,")
    assert lines[4:] == [""]
    assert "sums, remarks, headers: 1 (row 7)" in done.err
    # the one between two points, for whoever pastes the column back; not the one at the end
    assert "blank rows between others: 1 (row 4)" in done.err
    assert "header in row 2" in done.err


def test_columns_are_chosen_each_once(run) -> None:
    written("csv")
    given = ["points.csv", "--datum", "WGS-84", "--out", "-"]
    assert run(*given, "--columns", "名称,编号").out.splitlines()[:2] == [
        "名称,编号,nearest_hub,nearest_km", "西安,007,北京市,905.11",
    ]  # fmt: skip
    assert run(*given, "--columns", "").out.splitlines()[0] == "nearest_hub,nearest_km"
    for name in ("points.csv", "p.parquet"):
        PLACED.to_parquet("p.parquet")
        done = run(name, *given[1:], "--columns", "lon, lon")
        assert (done.code, "--columns: 'lon' is named twice" in done.err) == (2, True)
    done = run(*given, "--columns", "名")
    assert (done.code, "column '名' is missing; columns: 编号, 名称" in done.err) == (3, True)
    PLACED.assign(nearest_km=1).to_csv("p.csv", index=False)
    done = run("p.csv", *given[1:])
    assert (done.code, "column 'nearest_km' is there already" in done.err) == (2, True)


@pytest.mark.parametrize("source", ["points.csv", "p.parquet"])
def test_standard_output_is_one_table(run, source: str) -> None:
    written("csv")
    PLACED.to_parquet("p.parquet")
    before = sorted(path.name for path in Path().iterdir())
    done = run(source, "--datum", "WGS-84", "--out", "-", "--km", "300")
    found = pd.read_csv(io.StringIO(done.out)).dropna(subset="nearest_km")
    np.testing.assert_allclose(found["nearest_km"], distances(PLACED), atol=0.0005)
    assert "300 km, cores: 3 of 3 points beyond" in done.err
    assert "nearest_hub and nearest_km: CC BY 4.0" in done.err
    assert sorted(path.name for path in Path().iterdir()) == before


def test_a_streamed_table_is_written_as_csv_too(run) -> None:
    table = PLACED.assign(n=pd.array([1, None, 3], dtype="Int64"), text=["=1", "b", None])
    table.to_parquet("p.parquet", index=False)
    assert run("p.parquet", "--datum", "CGCS2000", "--out", "o.csv").code == 0
    lines = Path("o.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "编号,名称,lon,lat,n,text,nearest_hub,nearest_km"
    assert lines[1].startswith("007,西安,108.94,34.34,1,'=1,北京市,")
    assert lines[2].startswith("008,仰光,96.16,16.8,,b,")
    PLACED.assign(shape=[b"x"] * 3).to_parquet("p.parquet", index=False)
    done = run("p.parquet", "--datum", "WGS-84", "--out", "o.csv")
    assert (done.code, "column 'shape' cannot be written as CSV" in done.err) == (2, True)


def test_columns_of_parquet_keep_their_types_under_any_heading(run) -> None:
    shapes = gpd.GeoSeries([Point(108.94, 34.34), None, Point(75.99, 39.47)], crs=4490)
    day = pd.to_datetime(["2020-01-01", "2021-01-01", None])
    layer = gpd.GeoDataFrame({"n": [1, 2, 3], "day": day}, geometry=shapes)
    layer.to_parquet("p.parquet")
    assert run("p.parquet", "--out", "o.parquet").code == 0
    found = gpd.read_parquet("o.parquet")
    assert found.crs == layer.crs
    assert found[["n", "day"]].equals(layer[["n", "day"]])
    assert found.geometry.geom_equals(layer.geometry).tolist() == [True, False, True]
    np.testing.assert_allclose(found["lon"], [108.94, np.nan, 75.99])
    assert found["nearest_km"].isna().tolist() == [False, True, False]
    # lon and lat of no datum give way to a geometry, which states its own
    moved = layer.assign(lon=[1.0, None, 1.0], lat=[2.0, None, 2.0])
    moved.to_parquet("m.parquet")
    done = run("m.parquet", "--out", "m.csv")
    assert (done.code, "points without a position" in done.err) == (0, True), done.err
    table = pd.read_csv("m.csv")
    assert list(table) == ["n", "day", "lon", "lat", "nearest_hub", "nearest_km"]
    np.testing.assert_allclose(table["nearest_km"], found["nearest_km"], atol=0.0005)
    # of a text, degrees are numbers and all else is text
    written("csv")
    assert run("points.csv", "--datum", "WGS-84", "--out", "t.arrow").code == 0
    typed = pd.read_feather("t.arrow")
    assert typed["编号"].tolist() == ["007", "008", "009", "010"]
    np.testing.assert_array_equal(typed["经度"], PLACES["lon"])


def test_the_tools_own_table_needs_no_datum_and_keeps_its_terms(run) -> None:
    rows = {
        "lon": [120.0, np.nan], "lat": [30.0, np.nan], "geocode_level": ["county", ""],
        "geocode_method": ["name", ""], "geocode_source": ["OpenStreetMap node 1", ""],
    }  # fmt: skip
    pd.DataFrame(rows).to_csv("located.csv", index=False)
    done = run("located.csv", "--out", "o.csv")
    assert done.code == 0, done.err
    assert "(WGS-84, by the file)" in done.err
    assert "- Licence: ODbL" in Path("o.SOURCES.md").read_text("utf-8")


def test_a_study_file_is_told_by_its_suffix(run) -> None:
    Path("s.toml").write_text("[hubs\n", encoding="utf-8")
    done = run("s.toml", "--out", "o.csv")
    assert (done.code, "s.toml" in done.err, "not a TOML file" in done.err) == (2, True, True)
    written("csv")
    Path("points.csv").rename("points")  # a table without a suffix
    assert run("points", "--datum", "WGS-84", "--out", "-").out.count("\n") == 5
    done = run("nowhere.csv", "--out", "o.csv")
    assert (done.code, "nowhere.csv: no such file" in done.err) == (3, True)
    # refused before a large table is read
    done = run("points", "--datum", "WGS-84", "--out", "o.xlsx")
    assert (done.code, done.err.startswith("zonegap: --out: o.xlsx")) == (2, True)


def test_frames_and_sheets_of_one_shape(tmp_path: Path) -> None:
    found = load_point_table(PLACES, Wish(datum="WGS-84"))
    np.testing.assert_array_equal(found.lon, PLACES["lon"])
    assert found.given["编号"].tolist() == PLACES["编号"].tolist()
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        PLACES.to_excel(book, sheet_name="甲", index=False)
        PLACED.assign(备注="x").to_excel(book, sheet_name="乙", index=False)
        pd.DataFrame({"a": [1]}).to_excel(book, sheet_name="丙", index=False)
    found = load_point_table(tmp_path / "two.xlsx", Wish(datum="WGS-84"))
    assert found.account.sheets == ("甲", "乙")
    assert found.given["备注"].tolist() == [""] * 4 + ["x"] * 3
    assert found.given.index[-1] == "乙!4"
    assert [name for name, _ in found.account.unread_sheets] == ["丙"]


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 10)
    monkeypatch.setattr(tables, "_ROWS_AT_ONCE", 4)
    path = tmp_path / "p.csv"
    path.write_text("lon_wgs84,lat_wgs84\n" + "1,2\n" * 30, encoding="utf-8")
    with pytest.raises(BadInputError, match="more than 10 rows"):
        load_point_table(path)


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "shp"])
def test_points_without_any_attribute_are_measured(run, kind: str) -> None:
    places = PLACED[["lon", "lat"]].to_numpy()
    layer = gpd.GeoDataFrame(geometry=[Point(place) for place in places], crs=4326)
    layer.to_file(f"bare.{kind}")
    if kind == "shp":  # GDAL writes a number of its own where there is nothing: no field at all
        head = struct.pack("<4BLHH20x", 3, 126, 1, 1, len(places), 33, 1)
        Path("bare.dbf").write_bytes(head + b"\r" + b" " * len(places) + b"\x1a")
    said = run(f"bare.{kind}", "--out", "o.csv")
    assert said.code == 0, said.err
    found = pd.read_csv("o.csv")
    np.testing.assert_allclose(found["nearest_km"], distances(PLACED), atol=1e-3)
