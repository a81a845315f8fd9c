"""Small tables as users bring them: read rightly, or refused; nothing dropped without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.datum import gcj02_to_bd09, wgs84_to_gcj02
from geodata.errors import BadInputError, DataFileError, UsageError, ZonegapError
from geodata.loaders import load_zone_positions
from geodata.user_tables.account import Account
from geodata.user_tables.headings import STEMS, read_heading
from geodata.user_tables.hubs import load_hub_table
from geodata.user_tables.zones import load_zone_table, locate_zone_table
from geodata.words import in_all_languages
from tests.helpers import brute_force_km, zonegap
from zones.hubs import hub_layer
from zones.pipeline import run_study
from zones.study import Study

HUB_ROWS = "乌鲁木齐,新疆维吾尔自治区,87.6,43.8,WGS-84\n西安,陕西省,108.9,34.3,WGS-84\n北京,北京市,116.4,39.9,WGS-84\n"
TWO = [
    ("吐鲁番市示例站", "新疆维吾尔自治区", 90.2, 42.0),
    ("恩施市示例机场", "湖北省", 110.3, 31.0),
]


def put(folder: Path, text: str, name: str = "t.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def beyond_by_brute_force(places: list[tuple[float, float]], km: float = 500.0) -> int:
    """Count the built-in zones beyond all of some places, without tree or reader."""
    hubs = pd.DataFrame(places, columns=["lon", "lat"])
    return int((brute_force_km(load_zone_positions(), hubs).min(axis=1) > km).sum())


def count(path: Path) -> int:
    result = run_study(Study(hub_layer="file", hub_file=path))
    return int((result.zones["nearest_km"] > 500.0).sum())


# ---- hubs


@pytest.mark.parametrize(
    "heading", ["hub", "name", "名称", "站名", "PORT_NAME", "school", "公司名称"]
)
def test_every_row_is_a_hub_whatever_the_heading(tmp_path: Path, heading: str) -> None:
    path = put(tmp_path, f"{heading},province,lon,lat,datum\n{HUB_ROWS}")
    places = [(87.6, 43.8), (108.9, 34.3), (116.4, 39.9)]
    assert count(path) == beyond_by_brute_force(places)


@pytest.mark.parametrize("heading", ["名称", "城市", "地区", "name", "hub"])
def test_a_column_of_names_is_enough_for_hubs(tmp_path: Path, heading: str) -> None:
    hubs, account = load_hub_table(put(tmp_path, f"{heading}\n杭州\n苏州\n武汉\n"))
    assert hubs["name"].tolist() == ["杭州", "苏州", "武汉"]
    assert hubs["adcode"].tolist() == ["330100", "320500", "420100"]
    assert account.used == 3


def bd09(lon: float, lat: float) -> tuple[float, float]:
    x, y = gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))
    return float(x), float(y)


def gcj02(lon: float, lat: float) -> tuple[float, float]:
    x, y = wgs84_to_gcj02(lon, lat)
    return float(x), float(y)


def wgs84(lon: float, lat: float) -> tuple[float, float]:
    return lon, lat


DATUM_HEADINGS: list[tuple[str, str, Callable[[float, float], tuple[float, float]]]] = [
    ("经度_WGS84", "纬度_WGS84", wgs84), ("lon84", "lat84", wgs84), ("WGS84经度", "WGS84纬度", wgs84),
    ("lng_gcj02", "lat_gcj02", gcj02), ("经度(GCJ-02)", "纬度(GCJ-02)", gcj02), ("高德经度", "高德纬度", gcj02),
    ("bd_lng", "bd_lat", bd09), ("经度_BD09", "纬度_BD09", bd09), ("Map_BD_Lng", "Map_BD_Lat", bd09),
    ("lonCGCS2000", "latCGCS2000", wgs84), ("经度/WGS-84", "纬度/WGS-84", wgs84),
]  # fmt: skip


@pytest.mark.parametrize(("lon", "lat", "shifted"), DATUM_HEADINGS)
def test_a_datum_in_the_heading(
    tmp_path: Path, lon: str, lat: str, shifted: Callable[[float, float], tuple[float, float]]
) -> None:
    rows = ["{},{},{},{}".format(name, province, *shifted(x, y)) for name, province, x, y in TWO]
    hubs, _ = load_hub_table(put(tmp_path, f"hub,province,{lon},{lat}\n" + "\n".join(rows)))
    assert np.allclose(hubs[["lon", "lat"]], [(x, y) for *_, x, y in TWO], rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    "pair",
    [
        "POINT_X,POINT_Y",
        "x,y",
        "经度,纬度",
        "东经,北纬",
        "经度(谷歌),纬度(谷歌)",
        "lng_bd09mc,lat_bd09mc",
    ],
)
def test_a_position_without_a_usable_datum_is_refused(tmp_path: Path, pair: str) -> None:
    path = put(tmp_path, f"hub,{pair}\n甲,90.2,42.0\n")
    with pytest.raises(BadInputError, match="datum"):
        load_hub_table(path)
    # and taken where the user states it
    assert hub_layer("file", file=path, datum="WGS-84")["lon"].tolist() == [90.2]


def test_hubs_need_no_province_and_may_lie_abroad(tmp_path: Path) -> None:
    path = put(tmp_path, "hub,lon,lat,datum\n港一,121.9,30.6,WGS-84\nRotterdam,4.1,51.95,WGS-84\n")
    hubs, _ = load_hub_table(path)
    assert hubs["province_adcode"].tolist() == ["330000", ""]
    assert count(path) == beyond_by_brute_force([(121.9, 30.6), (4.1, 51.95)])


@pytest.mark.parametrize(
    "row", ["示例总部,北京市,113.3,23.1,WGS-84", "示例总部,浙江省,135.0,20.0,WGS-84"]
)
def test_a_hub_far_from_its_province_is_named(tmp_path: Path, row: str) -> None:
    _, account = load_hub_table(put(tmp_path, f"hub,province,lon,lat,datum\n{row}\n"))
    (check,) = account.checks
    assert check.rows == (2,)
    assert row.split(",")[1] in check.about[2].in_language("zh")


def test_provinces_are_exact() -> None:
    zones = load_zone_positions()
    chosen = ["江苏省", "浙江省"]
    hubs = hub_layer("prefectures", provinces=chosen)
    assert set(hubs["province_adcode"]) == {"320000", "330000"}
    assert len(hubs) == 13 + 11
    result = run_study(Study(hub_provinces=tuple(chosen)))
    assert len(result.zones) == len(zones)
    with pytest.raises(UsageError, match="no hub in 青海省"):
        hub_layer("cores", provinces=["北京市", "青海省"])


def test_added_hubs_stand_beside_the_layer(tmp_path: Path) -> None:
    path = put(tmp_path, "name,lon,lat,datum\n新枢纽,104.07,30.67,WGS-84\n")
    base = run_study(Study())
    by_file = run_study(Study(hubs_add=str(path)))
    assert by_file.hubs.index.tolist() == [*base.hubs.index, "新枢纽"]
    for layer in by_file.layers():
        assert "新枢纽" in by_file.hubs_of(layer).index
    by_name = run_study(Study(hubs_add="成都，西安"))
    assert by_name.hubs.index.tolist()[-2:] == ["成都", "西安"]
    assert (by_name.zones["nearest_km"] <= base.zones["nearest_km"]).all()
    done = zonegap("threshold", "--add-hubs", "nosuch.csv")
    assert (done.returncode, "nosuch.csv: no such file" in done.stderr) == (3, True)


# ---- quotes and companies


@pytest.mark.parametrize("option", ["--hubs-file", "--zones", "--registrations"])
def test_an_open_quote_is_refused(tmp_path: Path, option: str) -> None:
    text = 'name,province,备注\n甲公司,浙江省,"未写完\n乙公司,广东省,\n丙公司,北京市,\n'
    done = zonegap("threshold", option, str(put(tmp_path, text)))
    assert (done.returncode, "row 2" in done.stderr, "quote" in done.stderr) == (3, True, True)


def test_companies_of_other_provinces_only(tmp_path: Path) -> None:
    text = "公司名称,注册资本,注册地址,所属省份\n甲公司,1000万元,济南市历下区某路1号,山东省\n"
    done = zonegap("threshold", "--registrations", str(put(tmp_path, text)))
    assert done.returncode == 2
    for said in ("1 companies", "1 in Shandong", "'注册地址'", "--hubs-file"):
        assert said in done.stderr


def test_companies_outside_the_three_are_counted_aloud(tmp_path: Path) -> None:
    text = "公司名称,注册地址\n甲公司,济南市历下区某路1号\n乙公司,杭州市西湖区某路1号\n"
    done = zonegap("threshold", "--registrations", str(put(tmp_path, text)))
    assert done.returncode == 0
    assert (
        "companies outside Beijing, Zhejiang, Guangdong: they make no hub: 1 (row 2)"
        in " ".join(done.stderr.split())
    )


# ---- zones


def test_city_and_county_bind(tmp_path: Path) -> None:
    text = (
        "开发区名称,所在省,所在市,所在县,面积（公顷）\n示例绿色产业园,湖北省,宜昌市,枝江市,500\n"
        "高新技术产业园区,湖北省,荆门市,,500\n示例果业园,湖北省,恩施土家族苗族自治州,来凤县,90\n"
    )
    zones, report = load_zone_table(put(tmp_path, text))
    located = locate_zone_table(zones, 2018, report.account)
    assert located["adcode"].tolist() == ["420583", "420800", "422827"]
    assert located["geocode_level"].tolist() == ["county", "city", "county"]
    assert zones["area_ha"].tolist() == [500.0, 500.0, 90.0]


def test_the_province_follows_from_the_city(tmp_path: Path) -> None:
    zones, _ = load_zone_table(
        put(tmp_path, "园区名称,城市\n示例高新园,合肥市\n城关工业园区,六安市\n")
    )
    assert zones["province"].tolist() == ["安徽省", "安徽省"]


def test_two_pairs_of_positions(tmp_path: Path) -> None:
    x, y = gcj02(126.5, 50.2)
    text = (
        "序号,开发区名称,省份,批准级别,核准面积_公顷,经度_GCJ02,纬度_GCJ02,经度_WGS84,纬度_WGS84\n"
        f"1,示例装备产业园,黑龙江省,国务院,300,{x},{y},126.5,50.2\n"
        f"2,示例轻工产业园,黑龙江省,省政府,150,{x},{y},,\n"
    )
    zones, report = load_zone_table(put(tmp_path, text))
    assert np.allclose(zones["lon"], 126.5, rtol=0, atol=1e-7), (
        "the second pair fills what is blank"
    )
    assert zones["level"].tolist() == ["国家级", "省级"]
    assert zones["area_ha"].tolist() == [300.0, 150.0]
    assert [c.heading for c in report.account.not_read] == ["序号"]


def test_sheets_of_one_shape_and_merged_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, rows in {
        "国家级": [("合肥高新技术产业开发区", 1850), ("芜湖经济技术开发区", 1219)],
        "省级": [("安徽无为经济开发区", 600)],
    }.items():
        sheet = book.create_sheet(name)
        sheet.append(["开发区名称", "省份", "面积(公顷)"])
        for zone, area in rows:
            sheet.append([zone, None, area])
        sheet.cell(2, 2).value = "安徽省"
        if len(rows) > 1:
            sheet.merge_cells(start_row=2, end_row=3, start_column=2, end_column=2)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "t.xlsx")
    zones, report = load_zone_table(tmp_path / "t.xlsx")
    assert zones["province"].tolist() == ["安徽省"] * 3
    assert zones["area_ha"].sum() == 3669.0
    assert zones["row"].tolist() == ["国家级!2", "国家级!3", "省级!2"]
    assert report.account.sheets == ("国家级", "省级")


def test_a_merged_area_is_not_counted_twice(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["开发区名称", "面积(公顷)"], ["甲园", 100], ["乙园", None]):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(
        BadInputError, match="row 2, column '面积.公顷.': one cell merged over rows 2"
    ):
        load_zone_table(tmp_path / "t.xlsx")


def test_a_header_of_two_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["开发区名称", "省份", "位置(WGS-84)", None], [None, None, "经度", "纬度"],
                ["示例甲园", "陕西省", 110.2, 38.9]):  # fmt: skip
        sheet.append(row)
    for cells in ("A1:A2", "B1:B2", "C1:D1"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "t.xlsx")
    text = put(tmp_path, "开发区名称,省份,位置(WGS-84),\n,,经度,纬度\n示例甲园,陕西省,110.2,38.9\n")
    for path in (tmp_path / "t.xlsx", text):
        zones, report = load_zone_table(path)
        assert zones[["name", "lon", "lat"]].to_numpy().tolist() == [["示例甲园", 110.2, 38.9]]
        assert report.account.header_row == 2


@pytest.mark.parametrize(
    "text",
    ["name,region,lon,lat,datum\nExample Zone,Hai Phong,106.77,20.83,WGS-84\n",
     "name,state,lon,lat,datum\nExample SEZ,Uttar Pradesh,77.39,28.53,WGS-84\n",
     "name,lon,lat,datum\nParque,-99.1,19.4,WGS-84\n"],
)  # fmt: skip
def test_zones_abroad_are_refused_and_it_is_said_first(tmp_path: Path, text: str) -> None:
    done = zonegap("threshold", "--zones", str(put(tmp_path, text)))
    assert done.returncode == 3
    assert "zonegap measures development zones in China" in done.stderr.splitlines()[0]


def test_what_contradicts_the_province_is_said(tmp_path: Path) -> None:
    text = (
        "name,province,lon,lat,datum\n延长县示例工业园,陕西省,80.38,40.66,WGS-84\n"
        "西安高新技术产业开发区,广东省,,,\n昆山经济技术开发区,江苏省,,,\n"
    )
    zones, report = load_zone_table(put(tmp_path, text))
    locate_zone_table(zones, 2018, report.account)
    said = {row: check for check in report.account.checks for row in check.about}
    assert sorted(said) == [2, 3]
    assert "the name says 陕西省, the row 广东省" in str(said[3].about[3])


def test_an_output_is_an_input_and_keeps_its_uncertainty(tmp_path: Path) -> None:
    done = zonegap(
        "run", "--level", "national", "--province", "浙江,安徽", "--out", str(tmp_path / "o")
    )
    assert done.returncode == 0, done.stderr
    first = run_study(Study(zones_levels=("国家级",), zones_provinces=("浙江省", "安徽省")))
    for name in ("zones.csv", "zones.parquet", "zones.gpkg"):
        again = run_study(Study(zones_table=tmp_path / "o" / name))
        both = [frame.zones.sort_values("code") for frame in (first, again)]
        for column in ("lon", "lat", "uncertainty_km", "area_ha"):
            # the files hold six digits of a degree
            assert np.allclose(*[f[column] for f in both], rtol=0, atol=1e-5), (name, column)
        assert both[0]["geocode_method"].tolist() == both[1]["geocode_method"].tolist()


def test_rows_keep_their_order(tmp_path: Path) -> None:
    path = put(tmp_path, "name,province\n示例无名园区,\n合肥高新技术产业开发区,安徽省\n")
    result = run_study(Study(zones_table=path))
    assert result.all_zones()["name"].tolist() == ["示例无名园区", "合肥高新技术产业开发区"]
    done = zonegap("distance", "--zones", str(path))
    assert [line.split(",")[1] for line in done.stdout.splitlines()[1:]] == [
        "示例无名园区", "合肥高新技术产业开发区",
    ]  # fmt: skip


def test_degrees_under_an_unknown_heading_are_not_overlooked(tmp_path: Path) -> None:
    path = put(tmp_path, "hub,中心经度误差,中心纬度误差\n甲,120.1,30.2\n乙,113.2,23.1\n")
    with pytest.raises(BadInputError, match="column '中心经度误差' holds degrees"):
        load_hub_table(path)


def test_degrees_in_one_cell(tmp_path: Path) -> None:
    for heading, cell in (("经纬度_GCJ02", '"{0},{1}"'), ("坐标(GCJ-02)", '"{1}，{0}"')):
        cells = cell.format(*gcj02(120.1, 30.2))
        hubs, account = load_hub_table(put(tmp_path, f"hub,{heading}\n甲,{cells}\n"))
        assert np.allclose(hubs[["lon", "lat"]], [[120.1, 30.2]], rtol=0, atol=1e-7)
        assert len(account.guesses) == 1, "the order is said"


# ---- headings

LOOK_ALIKES = (
    "经度范围 经度误差 longitudinal along lat_diff flat platform latency 坐标轴 shape_area 园区简介 曾用名 "
    "法定代表人 company_id filename username 名称拼音 省会距离 省外收入 province_gdp 市场 市值 城市群 city_tier "
    "县域GDP 区间 区位 区号 area_code 地址邮编 地址链接 人均面积 面积占比 资本增速 组织机构代码 工商注册号 状态码 "
    "城市等级 用地类型 成立年限 经营期限"
).split()


@pytest.mark.parametrize("heading", LOOK_ALIKES)
def test_what_only_looks_alike_is_not_taken(heading: str) -> None:
    assert read_heading(heading).meaning in ("", "other_area")


@pytest.mark.parametrize("stem", [s for stems in STEMS.values() for s in stems])
def test_every_stem_is_found_in_every_writing(stem: str) -> None:
    meaning = read_heading(stem).meaning
    for heading in (stem.upper(), f" {stem} ", f"*{stem}", f"{stem}*", f"{stem}\n"):
        assert read_heading(heading).meaning == meaning


# ---- any table of known columns

NAMES = ["杭州湾示例园", "乙园", "丙开发区", "示例产业园", "丁"]
KINDS = [
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "gb18030",
    "tab",
    "semicolon",
    "xlsx",
    "parquet",
    "dta",
    "gpkg",
]
UNITS = {
    "(公顷)": 1.0, "/公顷": 1.0, "_公顷": 1.0, "（平方公里）": 100.0, "(亩)": 1 / 15, "（单位：万平方米）": 1.0, " km²": 100.0,
}  # fmt: skip
LON = {"WGS-84": ["经度_WGS84", "wgs84_lng", "lon84", "经度（WGS-84）", "GPS经度"],
       "GCJ-02": ["经度_GCJ02", "gcj02_lng", "lng_gcj02", "高德经度", "经度(GCJ-02)"],
       "BD-09": ["bd_lng", "经度_BD09", "百度经度", "Lng(BD09)", "lngBD09"]}  # fmt: skip
TO_LAT = str.maketrans({"经": "纬"})
SHIFT = {"WGS-84": wgs84, "GCJ-02": gcj02, "BD-09": bd09}


def lat_of(heading: str) -> str:
    return (
        heading.translate(TO_LAT)
        .replace("lng", "lat")
        .replace("Lng", "Lat")
        .replace("lon", "lat")
        .replace("Long", "Lat")
    )


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, str, str]:
    """Return a table, what it means, the kind of file and titles above it."""
    rows = draw(st.integers(1, 6))
    datum = draw(st.sampled_from(list(SHIFT)))
    true = pd.DataFrame({
        "name": draw(st.lists(st.sampled_from(NAMES), min_size=rows, max_size=rows)),
        "lon": draw(st.lists(st.floats(104, 114).map(lambda x: round(x, 5)), min_size=rows, max_size=rows)),
        "lat": draw(st.lists(st.floats(26, 37).map(lambda x: round(x, 5)), min_size=rows, max_size=rows)),
        "area_ha": draw(st.lists(st.integers(50, 9000).map(float), min_size=rows, max_size=rows)),
    })  # fmt: skip
    shifted = [SHIFT[datum](x, y) for x, y in zip(true["lon"], true["lat"], strict=True)]
    in_column = draw(st.booleans())
    lon = draw(st.sampled_from(["经度", "lng", "Longitude"] if in_column else LON[datum]))
    unit = draw(st.sampled_from(list(UNITS)))
    columns = {
        draw(
            st.sampled_from(["开发区名称", "园区名称", "name", "名称", "Zone Name", "KFQMC"])
        ): true["name"],
        lon: [repr(x) for x, _ in shifted],
        lat_of(lon): [repr(y) for _, y in shifted],
        f"核准面积{unit}": [repr(a / UNITS[unit]) for a in true["area_ha"]],
    }
    if in_column:
        word = draw(st.sampled_from({"WGS-84": ["WGS84", "CGCS2000", "EPSG:4326"], "GCJ-02": ["gcj02", "高德"],
                                     "BD-09": ["百度", "BD-09"]}[datum]))  # fmt: skip
        columns["坐标系"] = [word] * rows
    if draw(st.booleans()):
        columns["备注"] = ["甲"] * rows
    order = draw(st.permutations(list(columns)))
    return (
        pd.DataFrame(columns)[order],
        true,
        draw(st.sampled_from(KINDS)),
        draw(st.sampled_from(["", "某省开发区名单"])),
    )


def write(table: pd.DataFrame, kind: str, title: str, folder: Path) -> Path:
    path = folder / f"t.{kind if kind in ('xlsx', 'parquet', 'dta', 'gpkg') else 'csv'}"
    path.unlink(missing_ok=True)
    if kind == "parquet":
        table.to_parquet(path)
    elif kind == "dta":
        # Stata's names hold no brackets: only what it can hold
        renamed = table.rename(
            columns={c: c.translate(str.maketrans("(（/ -", "_____", ")）²")) for c in table}
        )
        renamed.to_stata(path, version=118, write_index=False)
    elif kind == "gpkg":
        pyogrio.write_dataframe(table, path, driver="GPKG")
    elif kind == "xlsx":
        book = openpyxl.Workbook()
        if title:
            book.worksheets[0].append([title])
        for row in [list(table), *table.to_numpy().tolist()]:
            book.worksheets[0].append(row)
        book.save(path)
    else:
        mark = {"tab": "\t", "semicolon": ";"}.get(kind, ",")
        text = (title + "\n" if title else "") + table.to_csv(index=False, sep=mark)
        path.write_bytes(text.encode({"tab": "utf-8", "semicolon": "gb18030"}.get(kind, kind)))
    return path


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables())
def test_what_is_located_is_what_was_put_in_or_the_table_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: tuple[pd.DataFrame, pd.DataFrame, str, str],
) -> None:
    table, true, kind, title = drawn
    folder = tmp_path_factory.mktemp("t", numbered=True)
    try:
        path = write(table, kind, title, folder)
    except (ValueError, NotImplementedError):
        return  # the kind cannot hold it
    try:
        zones, report = load_zone_table(path)
    except ZonegapError:
        # refused aloud: only names that Stata cannot hold lose a unit or a datum
        if kind != "dta":
            raise
        return
    assert zones["name"].tolist() == true["name"].tolist()
    assert np.allclose(zones[["lon", "lat"]], true[["lon", "lat"]], rtol=0, atol=2e-7)
    assert np.allclose(zones["area_ha"], true["area_ha"], rtol=1e-9, atol=0)
    account = report.account
    assert account.used == len(true) == account.rows - sum(len(s.rows) for s in account.left_out)


# ---- the account


def test_the_account_in_both_languages_and_in_the_manifest(tmp_path: Path) -> None:
    text = (
        "名单\n园区名称,所在市,核准面积/亩,经度_GCJ02,纬度_GCJ02,规划面积（公顷）,负责人\n"
        "甲园,宜昌市,1500,111.3,30.7,10,张\n乙园,荆门市,3000,112.2,31.0,20,李\n合计,,4500,,,,\n"
    )
    _, report = load_zone_table(put(tmp_path, text))
    account = report.account
    said = [[str(word), *map(str, parts)] for word, parts in account.lines()]
    assert said[0] == ["read", "t.csv: 2 of 3 rows used as zones", "header in row 2"]
    assert said[1] == ["left out", "sums, remarks, headers: 1 (row 5)"]
    flat = " ".join(" ".join(line) for line in said)
    assert "area <- 核准面积/亩 (亩, by the heading)" in flat
    assert "longitude and latitude <- 经度_GCJ02 and 纬度_GCJ02 (GCJ-02, by the heading)" in flat
    assert "规划面积（公顷）: area is read from another column" in flat
    assert "张" not in str(account.as_json()), "no cell is quoted"
    english, chinese = in_all_languages(account.lines()[0][1][0])
    assert (english, chinese) == (
        "t.csv: 2 of 3 rows used as zones", "t.csv：3行中的2行，作为开发区",
    )  # fmt: skip
    about = account.as_json()
    assert about["rows"] == {
        "in_file": 3, "used": 2, "left_out": {"sums, remarks, headers": [5]},
    }  # fmt: skip


@pytest.mark.parametrize(
    "command", [["threshold"], ["gdp"], ["reconcile"], ["where-next", "--k", "1"], ["distance"]]
)
def test_every_command_prints_the_account(tmp_path: Path, command: list[str]) -> None:
    path = put(tmp_path, "园区名称,省份,负责人\n合肥高新技术产业开发区,安徽省,甲\n宇宙园,,乙\n")
    done = zonegap(*command, "--zones", str(path))
    assert done.returncode == 0, done.stderr
    assert "t.csv: 2 of 2 rows used as zones" in done.stderr
    assert "负责人" in done.stderr
    assert "zones without a place" in done.stderr


def test_a_frame_is_read_as_a_file(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"园区名称": ["甲园"], "经度_WGS84": [120.1], "纬度_WGS84": [30.2]}, index=["x"]
    )
    zones, report = load_zone_table(frame)
    assert zones[["lon", "lat"]].to_numpy().tolist() == [[120.1, 30.2]]
    assert isinstance(report.account, Account)
    square = gpd.GeoDataFrame(
        {"园区名称": ["甲园"]}, geometry=gpd.points_from_xy([1.3e7], [3.5e6]), crs=3857
    )
    there = square.to_crs(4326).geometry.iloc[0]
    zones, _ = load_zone_table(square)
    assert np.allclose(zones[["lon", "lat"]], [[there.x, there.y]], rtol=0, atol=1e-9)


def test_damage_is_refused_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("名称,省份\n甲,浙江省\n".encode() + b"\xff\xfe\n")
    with pytest.raises(DataFileError):
        load_zone_table(tmp_path / "t.csv")
