"""Bad inputs by role: what is given, the exit code, and a part of the message.

A text is written as UTF-8, bytes as they are; ``{"a.b": ...}`` lists are made by the names below.
"""

from __future__ import annotations

import io
import zipfile

import pandas as pd

Case = tuple[str, str | bytes | list[str], int, str]

Z = "开发区名称,省份,核准面积(公顷),批准时间,经度,纬度,坐标系\n"
R = "公司名称,注册资本(万元),注册地址,经度,纬度,坐标系\n"
H = "hub,province,lon,lat,datum\n"
GOOD_ZONE = "西安高新技术产业开发区,陕西省,2235,1991-03,,,\n"
GOOD_FIRM = "示例科技,100,浙江省杭州市,,,\n"


def xlsx(frame: pd.DataFrame) -> bytes:
    """Return a frame as an xlsx file."""
    out = io.BytesIO()
    frame.to_excel(out, index=False, engine="xlsxwriter")
    return out.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    """Return a frame as a parquet file."""
    out = io.BytesIO()
    frame.to_parquet(out, index=False)
    return out.getvalue()


def packed(name: str, content: bytes) -> bytes:
    """Return a zip file with one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


BOOK = xlsx(pd.DataFrame({"开发区名称": ["甲开发区"], "省份": ["火星"]}))
PARQUET = parquet(pd.DataFrame({"name": ["甲开发区"], "province": ["火星"]}))
# an encrypted workbook is an OLE file; this one is only its first bytes
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

FILES: list[tuple[str | bytes, str]] = [
    (b"", "the file is empty"),
    (b" \r\n\t ", "the file is empty"),
    (b"<html><table><tr><td>name</td></tr></table></html>", "a web page or XML file"),
    (b"\xef\xbb\xbf<?xml version='1.0'?>", "a web page or XML file"),
    (b"PK\x03\x04 no archive", "a damaged xlsx file"),
    (BOOK[: len(BOOK) // 2], "a damaged xlsx file"),
    (BOOK[:200] + b"\0" * 50 + BOOK[250:], "a damaged xlsx file"),
    (packed("readme.txt", b"hello"), "a packed file (zip); unpack it first"),
    (OLE, "a damaged xls file"),
    (b"PAR1 no table PAR1", "a damaged parquet file"),
    (PARQUET[:-20], "a damaged parquet file"),
    (b"\xff\xfe\x00\xd8\x41\x00", "not readable as UTF-16"),
    (b"name,province\n\x00\x00,x\n", "no text in UTF-8"),
    (b"\xef\xbb\xbfname,province\n\x00\x00,x\n", "zero bytes"),
    (b"name\n\xff\xff\xff\xff\x81", "no text in UTF-8"),
]
ZONES: list[tuple[str | bytes, str]] = [
    ("甲,乙\n1,2\n", "no header in the first 30 rows (the first has '甲', '乙')"),
    ("省份,面积(公顷)\n陕西省,5\n", "row 1: no column for the name of the zones"),
    ("开发区名称,开发区名称,省份\n甲,乙,陕西省\n", "'开发区名称' and '开发区名称' both mean name"),
    (Z, "row 1: no rows below the header; accepted: at least one"),
    ("某省目录\n" + Z, "row 2: no rows below the header"),
    (Z + ",陕西省,10,,,,\n", "row 2, column '开发区名称': ''; a value is required"),
    (Z + "甲,火星省,10,,,,\n", "row 2, column '省份': '火星省'; accepted: 北京市, 天津市"),
    (Z + GOOD_ZONE + "甲,Marsland,10,,,,\n", "row 3, column '省份': 'Marsland'"),
    (Z + "甲,陕西省,many,,,,\n", "row 2, column '核准面积(公顷)': 'many'; accepted: a number"),
    (Z + '甲,陕西省,"1,20",,,,\n', "'1,20'; accepted: a number; a comma is no decimal point here"),
    (Z + "甲,陕西省,100-200,,,,\n", "'100-200'; accepted: one number, no range and no sum"),
    (Z + "甲,陕西省,5顷,,,,\n", "'5顷'; accepted: a number, or a number and one of 公顷, ha"),
    (Z + "甲,陕西省,1_200,,,,\n", "'1_200'; accepted: a number"),
    (Z + "甲,陕西省,35%,,,,\n", "'35%'; accepted: a number; it is a percentage"),
    (Z + "甲,陕西省,-5,,,,\n", "'-5'; accepted: 0.01 to 100000"),
    (Z + "甲,陕西省,0,,,,\n", "'0'; accepted: 0.01 to 100000"),
    (Z + "甲,陕西省,inf,,,,\n", "'inf'; accepted: a number"),
    (Z + "甲,陕西省,1e9,,,,\n", "'1e9'; accepted: 0.01 to 100000"),
    (Z + "甲,陕西省,6000000,,,,\n", "'6000000'; accepted: 0.01 to 100000; it looks like 平方米"),
    (
        "名称,面积(平方公里)\n陕西西安,2235\n",
        "'2235'; accepted: 0.0001 to 1000; it looks like 公顷",
    ),
    (
        "名称,核准面积\n陕西西安,2235\n",
        "column '核准面积' without a unit of area; accepted: one of 公顷, ha",
    ),
    ("name,area\nx,5\n", "column 'area' without a unit of area"),
    ("名称,面积(个)\n陕西西安,5\n", "column '面积(个)' without a unit of area"),
    (Z + "甲,陕西省,10,1991-13,,,\n", "'1991-13'; accepted: a month as YYYY-MM"),
    (Z + "甲,陕西省,10,去年,,,\n", "column '批准时间': '去年'; accepted: a month as YYYY-MM"),
    (
        Z + "甲,陕西省,10,33305,,,\n",
        "column '批准时间': '33305'; accepted: a month as YYYY-MM; it may be a spreadsheet's number of the day 1991-03-08",
    ),
    (
        Z + "甲,陕西省,10,1991-3-45,,,\n",
        "'1991-3-45'; accepted: a month as YYYY-MM; there is no such day",
    ),
    (Z + "甲,陕西省,10,,108.9,34.2,\n", "column '坐标系': ''; a value is required for a position"),
    (Z + "甲,陕西省,10,,108.9,34.2,北京54\n", "'北京54'; accepted: WGS-84, GCJ-02, BD-09"),
    (
        Z + "甲,陕西省,10,,34.2,108.9,WGS84\n",
        "column '经度': '34.2'; accepted: 73 to 136; it looks like the 纬度: are the two swapped?",
    ),
    (
        Z + "甲,陕西省,10,,34.2,108.9,WGS84\n",
        "column '纬度': '108.9'; accepted: 3 to 54; it looks like the 经度",
    ),
    (Z + "甲,陕西省,10,,108.9,,WGS84\n", "column '纬度': ''; a value is required beside '经度'"),
    (Z + "甲,陕西省,10,,1089000,34.2,WGS84\n", "'1089000'; accepted: 73 to 136"),
    (Z + "甲,陕西省,10,,108°54′,34.2,WGS84\n", "column '经度': '108°54′'; accepted: a number"),
    (Z + "甲,陕西省,10,,-108.9,34.2,WGS84\n", "'-108.9'; accepted: 73 to 136"),
    ("名称,经度\n甲,108.9\n", "column '经度' without its partner; accepted: 纬度"),
    ("名称,经度,纬度\n甲,108.9,34.2\n", "columns '经度', '纬度' without a datum"),
    (Z + "甲,陕西省,10\n", "row 2: 3 cells; accepted: 7, as in the header"),
    (Z + "甲,陕西省,10,,,,,extra\n", "row 2: 8 cells; accepted: 7"),
    (
        "id,name\nA,陕西西安\nA,陕西渭南\n",
        "row 3, column 'id': 'A'; must be unique, stands in row 2 too",
    ),
    ("name,province,province_adcode\n甲,陕西省,440000\n", "'440000'; accepted: 610000, 陕西省"),
    ("name,province_adcode\n甲,990000\n", "'990000'; accepted: a provincial code"),
    ("name\n宇宙开发区\n", "none of the 1 zones has a place (no province stated"),
    ("名称\n" + '"甲' + "乙" * 140_000 + '"\n', "a cell of more than 131,072 characters"),
    (BOOK, "row 2, column '省份': '火星'; accepted: 北京市"),
    (PARQUET, "row 2, column 'province': '火星'; accepted: 北京市"),
    ((Z + "甲,火星省,10,,,,\n").encode("gb18030"), "column '省份': '火星省'"),
    ((Z + "甲,火星省,10,,,,\n").encode("utf-16"), "column '省份': '火星省'"),
    ((Z + "甲,火星省,10,,,,\n").replace(",", "\t"), "column '省份': '火星省'"),
    (Z + "甲,火星省,10,,,,\n" * 25, "and 5 more of 25 faults"),
    (Z + "甲,火星省,10,,,,\n" + "乙,陕西省,x,x,,,\n", "row 3, column '批准时间': 'x'"),
    (Z + "甲," + "长" * 200 + ",10,,,,\n", "长…'; accepted: 北京市"),
]
REGISTRATIONS: list[tuple[str | bytes, str]] = [
    ("a,b\n1,2\n", "no header in the first 30 rows"),
    ("注册资本,注册地址\n1万元,杭州\n", "row 1: no column for the name of the companies"),
    ("公司名称,公司名称,地址\n甲,乙,丙\n", "both mean name; accepted: one of them"),
    ("公司名称,地址,地址\n甲,乙,丙\n", "'地址' and '地址' both mean address"),
    (R, "row 1: no rows below the header"),
    (R + ",100,浙江省杭州市,,,\n", "row 2, column '公司名称': ''; a value is required"),
    (R + GOOD_FIRM + ",100,浙江省杭州市,,,\n", "row 3, column '公司名称'"),
    (R + "甲,100,浙江省杭州市,120.1,30.2,\n", "a value is required for a position: WGS-84"),
    (R + "甲,100,浙江省杭州市,30.2,120.1,WGS84\n", "are the two swapped?"),
    (R + "甲,100,浙江省杭州市,x,30.2,WGS84\n", "column '经度': 'x'; accepted: a number"),
    (
        R + "甲,100,浙江省杭州市,,30.2,WGS84\n",
        "column '经度': ''; a value is required beside '纬度'",
    ),
    (R + "甲,100,浙江省杭州市,0,0,WGS84\n", "column '经度': '0'; accepted: 73 to 136"),
    (R + "甲,100,浙江省杭州市,120.1,30.2,UTM\n", "'UTM'; accepted: WGS-84, GCJ-02, BD-09"),
    (R + "甲,100,浙江省杭州市,120.1X,30.2,WGS84\n", "'120.1X'; accepted: a number"),
    (R + "甲,100\n", "row 2: 2 cells; accepted: 6, as in the header"),
    (R + "甲,100,浙江省杭州市,,,,多\n", "row 2: 7 cells; accepted: 6"),
    ("公司名称,经度\n甲,120\n", "without its partner; accepted: 纬度"),
    ("公司名称,纬度,坐标系\n甲,30,WGS84\n", "without its partner; accepted: 经度"),
    ("公司名称,经度,纬度\n甲,120,30\n", "without a datum; accepted: --datum, a column 坐标系"),
]
HUBS: list[tuple[str | bytes, str]] = [
    (H, "row 1: no rows below the header"),
    (H + "火星基地,,,,\n", "hub '火星基地' has no place"),
    (H + "杭州,浙江省,30.2,120.1,WGS-84\n", "are the two swapped?"),
    (H + "杭州,浙江省,120.1,30.2,\n", "column 'datum': ''; a value is required for a position"),
    (H + "杭州,浙江省,120.1,30.2,ED50\n", "'ED50'; accepted: WGS-84"),
    ("hub,lon,lat\n杭州,120.1,30.2\n", "without a datum"),
    ("hub,lon,datum\n杭州,120.1,WGS-84\n", "without its partner"),
    (H + "杭州,浙江省,120.1\n", "row 2: 3 cells; accepted: 5"),
    (H + "杭州,浙江省,one,two,WGS-84\n", "column 'lat': 'two'; accepted: a number"),
]
GEOCODE: list[tuple[str | bytes, str]] = [
    ("", "the file is empty"),
    ("a,b\n1,2\n", "no column '地址' in the first 30 rows (the first has 'a', 'b')"),
    ("序号,住址\n1,2\n", "no column '地址' in the first 30 rows (the first has '序号', '住址')"),
    ("公司名称,住址\n1,2\n", "row 1: no column '地址', which is named for address or name"),
    ("地址,地址\n1,2\n", "column '地址' stands twice"),
    ("地址,b\n1,2,3\n", "row 2: 3 cells; accepted: 2, as in the header"),
    ("地址,b\n1\n1,2\n1,2,3,4\n", "row 4: 4 cells; accepted: 2"),
    (b"\xff\xff\x00\x81", "holds zero bytes, so it is no text in UTF-8"),
    ("地址\n" + "乙" * 140_000 + "\n", "a cell of more than 131,072 characters"),
]
BOUNDARIES: list[tuple[str | bytes, str]] = [
    (b"", "accepted: a file of lines or areas: GeoJSON"),
    (b"hello", "accepted: a file of lines or areas: GeoJSON"),
    (
        b'{"type": "FeatureCollection", "features": []}',
        "accepted: a file of lines or areas: GeoJSON",
    ),
    (b'{"type": "Polygon", "coordinates": [[[1', "accepted: a file of lines or areas"),
]
STUDY: list[tuple[str, int, str]] = [
    ("[zones", 2, "not a TOML file"),
    ("zones = 3", 2, "zones: 3; accepted: a section [zones]"),
    ("[zone]\ntable = 'x'", 2, "Did you mean 'zones'?"),
    ("[zones]\ntabel = 'x'", 2, "unknown key zones.tabel; accepted: table"),
    ("[zones]\ntable = 3", 2, "zones.table: 3; accepted: path"),
    ("[zones]\ntable = 'none.csv'", 3, "none.csv: no such file"),
    ("[zones]\ntable = '.'", 3, "is a folder; accepted: a table as xlsx"),
    (
        "[zones]\nencoding = 'gb18030'",
        2,
        "zones.encoding, zones.columns, zones.source: only with zones.table",
    ),
    ("[zones]\ntable = 'good.csv'\nencoding = 'klingon'", 3, "not readable as klingon"),
    ("[zones]\ntable = 'good.csv'\nencoding = 'rot13'", 3, "not readable as rot13"),
    ("[zones]\ntable = 'good.csv'\nencoding = 'ascii'", 3, "not readable as ascii"),
    (
        "[zones]\ntable = 'good.csv'\ncolumns = 'x'",
        2,
        "zones.columns: 'x'; accepted: table of text",
    ),
    ("[zones]\ntable = 'good.csv'\ncolumns = {nam = '名'}", 2, "'nam'; accepted: name"),
    (
        "[zones]\ntable = 'good.csv'\ncolumns = {name = '园区名'}",
        3,
        "no column '园区名', which is named for name",
    ),
    ("[hubs]\nlayer = 'town'", 2, "hubs.layer: 'town'; accepted: prefectures"),
    ("[hubs]\nprovinces = ['Zhejang']", 2, "Did you mean 'Zhejiang'?"),
    ("[zones]\nprovinces = ['Hubie']", 2, "Did you mean 'Hubei'?"),
    ("[zones]\nlevels = ['nationl']", 2, "zones.levels: 'nationl'; accepted: National"),
    ("[zones]\napproved = '2010..2000'", 2, "zones.approved: '2010..2000'; accepted: years"),
    ("[zones]\napproved = '2019..'", 2, "no zone of 2,543 is left (approved from 2019 on)"),
    ("[hubs]\nlayer = 'file'", 2, 'hubs.file and hubs.layer = "file": only with each other'),
    ("[distance]\nthresholds_km = []", 2, "accepted: numbers of at least 0"),
    ("[distance]\nthresholds_km = [-1]", 2, "accepted: numbers of at least 0"),
    ("[distance]\nthresholds_km = [nan]", 2, "accepted: numbers of at least 0"),
    ("[distance]\nthresholds_km = [500, 500]", 2, "stands twice"),
    ("[distance]\nthresholds_km = ['500']", 2, "accepted: list of numbers"),
    ("[distance]\nmethod = 'planar'", 2, "distance.method: 'planar'"),
    ("[gdp]\ngdp = '2019'", 2, "gdp.gdp: '2019'; accepted: 2018-first"),
    ("[gdp]\nland = 'built-up-2018'", 2, "Did you mean 'built-up-2017'?"),
    ("[geocode]\nyear = 1900", 2, "geocode.year: 1900; accepted: 1980 to 2024"),
    ("[geocode]\nyear = 2018.5", 2, "accepted: whole number"),
    ("[geocode]\nprovider = 'google'", 2, "geocode.provider: 'google'"),
    ("[output]\nlanguage = 'fr'", 2, "output.language: 'fr'; accepted: en, zh"),
    ("[output]\nformats = ['pdf']", 2, "output.formats: 'pdf'"),
    ("[registrations]\nfile = 'none.xlsx'", 3, "none.xlsx: no such file"),
    ("[registrations]\nkeep_deregistered = 'no'", 2, "accepted: true or false"),
    ("x" * 1_100_000, 3, "1 MB; accepted: up to 1 MB"),
]
OPTIONS: list[tuple[list[str], int, str]] = [
    (["threshold", "--km", "far"], 2, "--km: 'far'; accepted: numbers in km"),
    (["threshold", "--km", "-5"], 2, "at least 0"),
    (["threshold", "--km", ""], 2, "--km: ''; accepted"),
    (["threshold", "--count", "-1"], 2, "--count: '-1'; accepted: a whole number of at least 0"),
    (["threshold", "--by", "colour"], 2, "--by: 'colour'; accepted: province"),
    (["threshold", "--by", "type", "--count", "3"], 2, "two questions"),
    (["threshold", "--km", "300", "--count", "3"], 2, "--km and --count: two questions"),
    (["threshold", "--zones", "none.xlsx"], 3, "none.xlsx: no such file"),
    (["threshold", "--zones", "/dev/null"], 3, "is no regular file"),
    (["threshold", "--registrations", "none.xlsx"], 3, "none.xlsx: no such file"),
    (["threshold", "--hubs-file", "none.csv"], 3, "none.csv: no such file"),
    (["geocode", "none.csv", "--column", "a", "--out", "b.csv"], 3, "none.csv: no such file"),
    (["geocode", "a.csv", "--column", "a", "--out", "a.csv"], 3, "a.csv: no such file"),
    (["map", "--boundaries", "none.shp", "--boundary-credit", "me"], 3, "none.shp: no such file"),
    (["map", "--boundary-credit", "me"], 2, "only with --boundaries FILE"),
    (["where-next", "--weight", "colour"], 2, "colour"),
    (["panel", "--by", "village"], 2, "village"),
    (["panel", "--years", "2010..1990"], 2, "2010 to 1990"),
    (["none.toml"], 2, "no such command"),
    (["threshold", "none.toml"], 3, "none.toml: no such file"),
]
CHINESE: list[tuple[str, str | bytes, str]] = [
    ("zones", Z + ",陕西省,10,,,,\n", "第2行，“开发区名称”列：''；不能为空"),
    ("zones", Z + "甲,火星省,10,,,,\n", "第2行，“省份”列：'火星省'；应为：北京市、天津市"),
    ("zones", Z + "甲,陕西省,6000000,,,,\n", "应在0.01至100000之间；单位疑为平方米"),
    ("zones", Z + "甲,陕西省,10,,34.2,108.9,WGS84\n", "疑为纬度：两列是否颠倒？"),
    ("zones", "名称,核准面积\n陕西西安,2235\n", "'核准面积'列未注明面积单位"),
    ("zones", Z + "甲,火星省,10,,,,\n" * 25, "另有5处错误，共25处"),
    ("zones", b"", "文件为空"),
    ("zones", BOOK[:300], "文件已损坏，或不是xlsx文件"),
    ("registrations", "注册资本,注册地址\n1万元,杭州\n", "没有企业的名称列"),
    ("registrations", "公司名称,经度,纬度\n甲,120,30\n", "未注明坐标系"),
    ("hubs", H + "火星基地,,,,\n", "枢纽'火星基地'无法定位"),
    ("geocode", "a,b\n1,2\n", "前30行没有列'地址'（首行为'a'、'b'）"),
    ("boundaries", b"hello", "应为线或面文件：GeoJSON"),
]


def cases() -> list[Case]:
    """Return all cases: role, what is given, exit code, part of the message."""
    found: list[Case] = []
    for role in ("zones", "registrations", "hubs"):
        found += [(role, content, 3, message) for content, message in FILES]
    for role, table in (
        ("zones", ZONES),
        ("registrations", REGISTRATIONS),
        ("hubs", HUBS),
        ("geocode", GEOCODE),
        ("boundaries", BOUNDARIES),
    ):
        found += [(role, content, 3, message) for content, message in table]
    hubs = H + "杭州,浙江省,120.1,30.2,WGS-84\n"
    found.append(("registrations", hubs, 2, "a list of hubs, not of companies"))
    found += [("study", text, code, message) for text, code, message in STUDY]
    found += [("options", options, code, message) for options, code, message in OPTIONS]
    found += [(f"{role} zh", content, 3, message) for role, content, message in CHINESE]
    return found
