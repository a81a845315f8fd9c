"""Files of users: each kind read back by what another program wrote, each refusal, each bomb.

Every file is made here. Bombs run in a process of their own, with a limit of memory.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from geodata.errors import DataFileError
from geodata.user_tables.files import (
    Sheet,
    hidden_sheets,
    open_tables,
    sheet_of_frame,
)
from geodata.user_tables.headings import GEOMETRY_LAT, GEOMETRY_LON
from geodata.user_tables.zones import load_zone_table

HEAD = ["名称", "省份", "备注"]
ROWS = [["西安高新技术产业开发区", "陕西省", "a"], ["昆山经济技术开发区", "江苏省", ""]]
TABLE = [HEAD, *ROWS]
POINTS = [(108.9, 34.25), (120.95, 31.383333333333333)]


def refused(path: Path, **options: object) -> str:
    """Return why a file is refused, on opening or while its rows are read."""

    def read() -> None:
        list(open_tables(path, **options)[0].rows())  # type: ignore[arg-type]

    with pytest.raises(DataFileError) as caught:
        read()
    assert str(path) in str(caught.value)
    return str(caught.value)


def by(path: Path, delimiter: str = ",", **options: object) -> Sheet:
    """Return a text cut by a delimiter."""
    sheets = open_tables(path, **options)  # type: ignore[arg-type]
    (found,) = [sheet for sheet in sheets if sheet.delimiter == delimiter]
    return found


# --- one table in every kind, by the programs that write them


def write_xlsx(path: Path, table: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in table:
        book.worksheets[0].append([cell or None for cell in row])
    book.save(path)


def write_xls(path: Path, table: list[list[str]]) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    for n, row in enumerate(table):
        for m, cell in enumerate(row):
            if cell:
                sheet.write(n, m, cell)
    book.save(str(path))


def ods_cells(table: list[list[str]]) -> str:
    return "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            if cell
            else "<table:table-cell/>"
            for cell in row
        )
        + "</table:table-row>"
        for row in table
    )


def write_ods(path: Path, tables: dict[str, str]) -> None:
    names = ("office", "table", "text", "style")
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names
    )
    styles = (
        '<office:automatic-styles><style:style style:name="no" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    body = ""
    for name, rows in tables.items():
        style = ' table:style-name="no"' if name.startswith("!") else ""
        shown = name.removeprefix("!")
        body += f'<table:table table:name="{shown}"{style}>{rows}</table:table>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}>{styles}'
            f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
            "</office:document-content>",
        )


def xlsb_record(number: int, data: bytes = b"") -> bytes:
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    length = len(data)
    sizes = b""
    while True:
        length, low = length >> 7, length & 0x7F
        sizes += bytes([low | (0x80 if length else 0)])
        if not length:
            return head + sizes + data


def xlsb_text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def write_xlsb(path: Path, cells: dict[tuple[int, int], str], merged: bytes = b"") -> None:
    """Write the least that is an xlsb file; MS-XLSB names the records."""
    rows = b""
    for row, group in itertools.groupby(sorted(cells), key=lambda place: place[0]):
        rows += xlsb_record(0, struct.pack("<I", row) + bytes(13))
        for _, column in group:
            rows += xlsb_record(6, struct.pack("<II", column, 0) + xlsb_text(cells[row, column]))
    size = xlsb_record(148, struct.pack("<IIII", 0, 3, 0, 3))
    sheet = xlsb_record(129) + size + xlsb_record(145) + rows + xlsb_record(146)
    if merged:
        sheet += (
            xlsb_record(177, struct.pack("<I", 1)) + xlsb_record(176, merged) + xlsb_record(178)
        )
    sheet += xlsb_record(130)
    book = (
        xlsb_record(131) + xlsb_record(143)
        + xlsb_record(156, struct.pack("<II", 0, 1) + xlsb_text("rId1") + xlsb_text("表"))
        + xlsb_record(144) + xlsb_record(132)
    )  # fmt: skip
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        )
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)


def as_frame(table: list[list[str]]) -> pd.DataFrame:
    return pd.DataFrame(table[1:], columns=table[0])


def write_arrow(path: Path, table: list[list[str]], *, stream: bool = False) -> None:
    made = pa.Table.from_pandas(as_frame(table), preserve_index=False)
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.OSFile(str(path), "wb") as sink, new(sink, made.schema, options=options) as writer:
        writer.write_table(made)


def shapes(table: list[list[str]]) -> gpd.GeoDataFrame:
    frame = as_frame(table)
    points = [shapely.Point(105 + n / 7, 30 + n / 3) for n in range(len(frame))]
    return gpd.GeoDataFrame(frame, geometry=points, crs=4326)


def write_geopackage(path: Path, table: list[list[str]]) -> None:
    named = path.with_suffix(".gpkg")
    shapes(table).to_file(named, driver="GPKG")
    named.replace(path)


def write_text(encoding: str, mark: str = ",") -> Callable[[Path, list[list[str]]], None]:
    def write(path: Path, table: list[list[str]]) -> None:
        lines = [mark.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table]
        path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))

    return write


def stata(version: int) -> Callable[[Path, list[list[str]]], None]:
    def write(path: Path, table: list[list[str]]) -> None:
        as_frame(table).to_stata(path, version=version, write_index=False)  # type: ignore[arg-type]

    return write


WRITERS: dict[str, tuple[str, Callable[[Path, list[list[str]]], object]]] = {
    "xlsx": ("xlsx", write_xlsx),
    "xls": ("xls", write_xls),
    "ods": ("ods", lambda path, table: write_ods(path, {"s": ods_cells(table)})),
    "xlsb": ("xlsb", lambda path, table: write_xlsb(
        path, {(n, m): c for n, row in enumerate(table) for m, c in enumerate(row) if c})),
    "csv": ("csv", write_text("utf-8")),
    "csv with mark": ("csv", write_text("utf-8-sig")),
    "csv utf-16": ("csv", write_text("utf-16")),
    "csv utf-32": ("csv", write_text("utf-32")),
    "parquet": ("parquet", lambda path, table: as_frame(table).to_parquet(path)),
    "arrow": ("arrow", write_arrow),
    "arrow stream": ("arrow", lambda path, table: write_arrow(path, table, stream=True)),
    "feather": ("arrow", lambda path, table: as_frame(table).to_feather(path)),
    "dta 118": ("dta", stata(118)),
    "dta 119": ("dta", stata(119)),
    "GeoPackage": ("GeoPackage", write_geopackage),
    "GeoJSON": ("GeoJSON", lambda path, table: shapes(table).to_file(path, driver="GeoJSON")),
    "GeoParquet": ("GeoParquet", lambda path, table: shapes(table).to_parquet(path)),
}  # fmt: skip
# a heading that a dta file and a layer take as it is; cells that every kind can hold
CELL = st.text(
    st.sampled_from("西安高新技术产业开发区名称省份abcXYZ0189，。（）\"',;| "), max_size=12
).map(str.strip)
ANY_TABLE = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6
    ).map(lambda rows: [[f"c{n}" for n in range(width)], *rows])
)


def whole(rows: list[list[str]], width: int) -> list[list[str]]:
    """Return rows of one width, without the blank ones at the end: no spreadsheet keeps them."""
    filled = [[*row, *[""] * (width - len(row))] for row in rows]
    while filled and not any(filled[-1]):
        filled.pop()
    return filled


@pytest.mark.parametrize("kind", WRITERS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(table=ANY_TABLE)
def test_any_table_is_read_back_from_every_kind(
    tmp_path: Path, kind: str, table: list[list[str]]
) -> None:
    path = tmp_path / "table.dat"
    path.unlink(missing_ok=True)
    expected, write = WRITERS[kind]
    write(path, table)
    sheet = open_tables(path)[0]
    assert sheet.kind == expected
    rows = list(sheet.rows())
    assert rows == list(sheet.rows()), "a second time, too"
    if sheet.geometry:
        assert rows[0][-2:] == [GEOMETRY_LON, GEOMETRY_LAT]
        positions = [(str(repr(105 + n / 7)), repr(30 + n / 3)) for n in range(len(table) - 1)]
        assert [tuple(row[-2:]) for row in rows[1:]] == positions
        rows = [row[:-2] for row in rows]
    assert whole(rows, len(table[0])) == whole(table, len(table[0]))
    (framed,) = [sheet_of_frame(as_frame(table), "frame")]
    assert list(framed.rows()) == table


# --- text


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_a_text_gives_a_sheet_for_each_delimiter(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "a.xlsx"
    write_text("utf-8", mark)(path, TABLE)
    assert [sheet.delimiter for sheet in open_tables(path)] == [",", "\t", ";", "|"]
    sheet = by(path, mark)
    assert (sheet.name, sheet.kind, sheet.encoding) == ("", "csv", "UTF-8")
    assert list(sheet.rows()) == TABLE


def test_blank_rows_and_lines_in_cells_keep_the_numbers_right(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n\n"x\ny",2\n', encoding="utf-8")
    assert list(by(path).rows()) == [["a", "b"], [], ["x\ny", "2"]]


@pytest.mark.parametrize(
    ("text", "row", "says"),
    [
        ('a,b\n1,"open\n2,x\n3,y\n', 2, "quote not closed"),
        ('a,b\n\n"1\n1",x\n2,"open\n3,y\n', 4, "quote not closed"),
        ('a,b\n1,"closed" tail\n', 2, "text stands behind a closing quote"),
        ('a,b\n1,2\n3,"open\n' + "4,x\n" * 40_000, 3, "a quote is not closed"),
        ("a,b\n1," + "x" * 131_073, 2, "a cell of more than 131,072 characters"),
    ],
)
def test_an_open_quote_is_named_by_the_row_where_it_opens(
    tmp_path: Path, text: str, row: int, says: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    why = refused(path)
    assert f"row {row}: " in why
    assert says in why


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_two_marks_are_none(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    marks = "\ufeff" if encoding in ("utf-8-sig", "utf-16") else "\ufeff\ufeff"
    path.write_bytes((marks + '"名称",b\n1,2\n').encode(encoding))
    assert list(by(path).rows()) == [["名称", "b"], ["1", "2"]]


SIMPLE = "园区名称,省份,城市,面积\n示例高新技术产业开发区,浙江省,杭州市,120\n经济技术开发区,陕西省,西安市,90\n"
TRADITIONAL = (
    "園區名稱,縣市,經度,緯度\n新竹科學園區,新竹縣,121.0,24.8\n臺南園區,臺南市,120.3,23.1\n"
)


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (SIMPLE, "utf-8", "UTF-8"),
        (SIMPLE, "gbk", "GB18030"),
        (SIMPLE, "utf-16-le", "UTF-16-LE"),
        (SIMPLE, "utf-16-be", "UTF-16-BE"),
        (TRADITIONAL, "big5", "Big5"),
        (TRADITIONAL + "香港園區㗎,沙田區,114.2,22.4\n", "big5hkscs", "Big5-HKSCS"),
        ("name,x\nabc,1\n", "ascii", "UTF-8"),
    ],
)
def test_an_encoding_is_told_by_the_characters(
    tmp_path: Path, text: str, encoding: str, found: str
) -> None:
    path = tmp_path / "a.csv"
    for times in (1, 300):
        path.write_bytes((text * times).encode(encoding))
        sheet = by(path)
        assert sheet.encoding == found
        assert [",".join(row) for row in sheet.rows()] == (text * times).splitlines()


def test_headings_decide_between_encodings(tmp_path: Path) -> None:
    # traditional characters in GBK: neither decoding has only daily ones
    path = tmp_path / "a.csv"
    known = {"名稱", "縣市"}
    path.write_bytes("名稱,縣市\n".encode("gbk"))
    assert "no text in UTF-8, UTF-16, GB18030 or Big5" in refused(path)
    assert by(path, knows=known.__contains__).encoding == "GB18030"
    assert by(path, encoding="gbk").encoding == "gbk"
    path.write_bytes("名稱,縣市\n".encode("big5"))
    assert by(path, knows=known.__contains__).encoding == "Big5"


def test_one_bad_byte_in_utf_8_is_named_and_never_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    good = "名称,省份\n杭州高新区,浙江省\n宁波高新区,浙江省\n"
    raw = good.encode()
    at = raw.index("波".encode()) + 1
    path.write_bytes(raw[:at] + b"?" + raw[at + 1 :])
    assert "line 3, character 2: a byte that is no UTF-8" in refused(path)
    # the end was cut off inside a character
    path.write_bytes(raw[:-3])
    assert "line 3, character 9: a byte that is no UTF-8" in refused(path)


def test_text_that_is_in_no_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for raw in (
        "名前,場所\nひらがなカタカナの会社,東京\n".encode("shift-jis"),
        "nom,région\nsociété,Île-de-France à côté\n".encode("latin-1"),
        "名称,省份\n杭州高新区,浙江省\n".encode() + "名称,省份\n杭州高新区,浙江省\n".encode("gbk"),
    ):
        path.write_bytes(raw)
        assert "no text in UTF-8, UTF-16, GB18030 or Big5" in refused(path)
    for raw in (b"a,b\n1,\x00\n", b"\xef\xbb\xbfa,b\n1,\x00\n"):
        path.write_bytes(raw)
        assert "holds zero bytes, so it is no text in UTF-8" in refused(path)


@given(
    st.text(
        st.sampled_from("开发区高新技术产业名称省份浙江陕西杭州西安面积公顷级别国家"), min_size=4
    ),
    st.integers(1, 50),
)
def test_daily_chinese_in_gbk_is_never_taken_for_another(text: str, times: int) -> None:
    from geodata.user_tables.text_files import encoding_of

    raw = (text + ",\n").encode("gbk") * times
    # a few characters are UTF-8, too, as long as no other stands beside them
    assume(set(text) & set("高区省浙杭"))
    assert encoding_of(lambda _: iter([raw])) == "GB18030"


# --- spreadsheets


def part_of(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def with_part(path: Path, name: str, text: str | bytes) -> None:
    """Write a part of an archive anew."""
    made = path.with_suffix(".new")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, text if entry.filename == name else old.read(entry))
    made.replace(path)


SHEET1 = "xl/worksheets/sheet1.xml"


def test_what_a_workbook_shows_beside_its_values(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "省级"
    sheet["B3"], sheet["C4"], sheet["D5"] = 1, "=B3*2", "=1/0"
    sheet.merge_cells("B7:C9")
    hidden = book.create_sheet("藏")
    hidden["A1"] = "x"
    hidden.sheet_state = "hidden"
    book.create_sheet("藏2").sheet_state = "veryHidden"
    book.save(path)
    (found,) = open_tables(path)
    assert (found.name, found.kind, found.encoding) == ("省级", "xlsx", "")
    assert found.merged == ((6, 1, 8, 2),)
    assert found.formulas_without_value() == ((3, 2), (4, 3))
    assert whole(list(found.rows()), 4)[:3] == [[""] * 4, [""] * 4, ["", "1", "", ""]]
    assert hidden_sheets(path) == ("藏", "藏2")
    # a stored value, also an empty text
    xml = re.sub("<f>B3.2</f><v ?/?>(</v>)?", "<f>B3*2</f><v>2</v>", part_of(path, SHEET1))
    xml = re.sub('<c r="D5">(.*?)<v ?/?>(</v>)?', r'<c r="D5" t="str">\1<v></v>', xml)
    with_part(path, SHEET1, xml)
    assert open_tables(path)[0].formulas_without_value() == ()


def test_an_xls_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    book = xlwt.Workbook()
    sheet = book.add_sheet("省级")
    date = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    sheet.write_merge(0, 1, 0, 2, "标题")
    sheet.write(3, 1, 2235)
    sheet.write(3, 2, 0.5)
    sheet.write(3, 3, dt.date(1991, 3, 6), date)
    sheet.write(3, 4, True)
    hidden = book.add_sheet("藏")
    hidden.visibility = 1
    hidden.write(0, 0, "x")
    book.save(str(path))
    (found,) = open_tables(path)
    assert (found.name, found.kind) == ("省级", "xls")
    assert found.merged == ((0, 0, 1, 2),)
    rows = list(found.rows())
    assert [len(row) and row[0] for row in rows[:3]] == ["标题", 0, 0]
    assert rows[3] == ["", "2235", "0.5", "1991-03-06", "True"]
    assert hidden_sheets(path) == ("藏",)


def test_an_ods_and_an_xlsb_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    cell = '<table:table-cell office:value-type="string"><text:p>甲</text:p></table:table-cell>'
    spanned = cell.replace(" office", ' table:number-columns-spanned="2" '
                           'table:number-rows-spanned="3" office', 1)  # fmt: skip
    formula = '<table:table-cell table:formula="of:=1+1"/>'
    rows = f"<table:table-row>{cell}{spanned}</table:table-row>" + (
        '<table:table-row table:number-rows-repeated="2">'
        f'<table:table-cell table:number-columns-repeated="3"/>{cell}</table:table-row>'
        f"<table:table-row>{formula}</table:table-row>"
    )
    write_ods(path, {"省级": rows, "!藏": ods_cells(TABLE)})
    (found,) = open_tables(path)
    assert (found.name, found.kind, found.merged) == ("省级", "ods", ((0, 1, 2, 2),))
    assert found.formulas_without_value() == ((3, 0),)
    assert [len(row) and row[-1] for row in found.rows()][1:3] == ["甲", "甲"]
    assert hidden_sheets(path) == ("藏",)

    write_xlsb(path, {(0, 1): "甲", (3, 0): "乙"}, struct.pack("<IIII", 0, 2, 1, 3))
    (found,) = open_tables(path)
    assert (found.name, found.kind, found.merged) == ("表", "xlsb", ((0, 1, 2, 3),))
    assert list(found.rows()) == [["", "甲"], ["", ""], ["", ""], ["乙", ""]]


def test_cells_far_away_without_a_value_and_a_lying_size_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, TABLE)
    xml = part_of(path, SHEET1)
    styled = '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    for changed in (
        xml.replace('ref="A1:C3"', 'ref="A1:XFD1048576"'),
        xml.replace('ref="A1:C3"', 'ref="A1"'),
        xml.replace("</sheetData>", styled),
    ):
        assert changed != xml
        with_part(path, SHEET1, changed)
        assert whole(list(open_tables(path)[0].rows()), 3) == TABLE
    # cells that do not say where they are
    with_part(path, SHEET1, re.sub(r' r="[A-Z]*\d+"', "", xml))
    assert whole(list(open_tables(path)[0].rows()), 3) == TABLE


# --- bombs: each in a process of its own, with 1 GB of address space beside what it begins with

LIMITED = """
import resource, sys, time
from pathlib import Path
import numpy, pandas, pyarrow, pyarrow.parquet, python_calamine, xlrd
from geodata.errors import DataFileError
from geodata.user_tables.files import open_tables
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 1_000_000_000,) * 2)
start = time.process_time()
try:
    rows = sum(1 for sheet in open_tables(Path(sys.argv[1]))[:1] for _ in sheet.rows())
    print("rows", rows)
except DataFileError as error:
    print("refused", error)
assert time.process_time() - start < 10
"""


def limited(path: Path) -> str:
    """Read a file with little memory and say how that ended."""
    if not sys.platform.startswith("linux"):
        pytest.skip("limits of memory are Linux'")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("form", ["plain", "small size stated", "without places", "prefixed"])
def test_a_value_in_the_last_cell_of_an_xlsx_is_named(tmp_path: Path, form: str) -> None:
    path = tmp_path / "bomb.xlsx"
    write_xlsx(path, [["x"]])
    xml = part_of(path, SHEET1)
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    if form == "without places":
        far = '<row r="1048576">' + "<c/>" * 16383 + "<c><v>1</v></c></row></sheetData>"
    xml = xml.replace("</sheetData>", far)
    if form == "small size stated":
        xml = xml.replace('ref="A1"', 'ref="A1:B2"')
    if form == "prefixed":
        xml = re.sub(r"<(/?)(\w)", r"<\1m:\2", xml).replace("xmlns=", "xmlns:m=")
    with_part(path, SHEET1, xml)
    said = limited(path)
    assert "sheet 'Sheet': the value in XFD1048576 makes a table of 17,179,869,184 cells" in said


def test_long_texts_that_cells_repeat_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for row in range(100_000):
        sheet.write_string(row, 0, "字" * 10_000)
    book.close()
    assert "its texts take more than 2,000 MB" in limited(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("xl/sharedStrings.xml").compress_size < 1000


def test_a_value_in_the_last_cell_of_an_xls_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xls"
    book = xlwt.Workbook()
    book.add_sheet("s").write(65535, 255, "x")
    book.save(str(path))
    assert limited(path) == "rows 65536\n"
    # rows are as long as their values reach: else 17 million cells would be made
    assert [len(row) for row in open_tables(path)[0].rows()][-2:] == [0, 256]


@pytest.mark.parametrize(
    "rows",
    [
        '<table:table-row table:number-rows-repeated="100000"><table:table-cell '
        'table:number-columns-repeated="1000" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell></table:table-row>",
        '<table:table-row table:number-rows-repeated="90000"><table:table-cell/></table:table-row>'
        '<table:table-row><table:table-cell table:number-columns-repeated="1000"/><table:table-cell'
        ' office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>',
    ],
)
def test_repeated_cells_of_an_ods_are_counted(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "bomb.ods"
    write_ods(path, {"s": rows})
    assert "sheet 's': the value in A" in limited(path)
    write_ods(path, {"s": rows.replace('"1000"', '"199"')})
    assert limited(path).startswith("refused" if "100000" in rows else "rows")
    # without a value they are nothing
    write_ods(path, {"s": ods_cells(TABLE) + '<table:table-row table:number-rows-repeated="1048000">'
                     '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'})  # fmt: skip
    assert limited(path) == "rows 3\n"


def test_a_value_in_the_last_cell_of_an_xlsb_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsb"
    write_xlsb(path, {(0, 0): "a", (1048575, 16383): "x"})
    assert "sheet '表': the value in XFD1048576 makes" in limited(path)


def test_texts_that_a_parquet_file_repeats_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "bomb.parquet"
    index = pa.array(np.zeros(20_000, dtype=np.int32))
    column = pa.DictionaryArray.from_arrays(index, pa.array(["x" * 900_000]))
    pq.write_table(pa.table({"a": column}), path, store_schema=False)
    assert path.stat().st_size < 1_000_000
    assert "unpacks to" in limited(path)
    pq.write_table(pa.table({"a": ["x" * 1_100_000, "y"]}), path)
    assert "column 'a' has a cell of 1.1 MB; accepted: up to 1 MB" in refused(path)


def test_an_arrow_file_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    for new in (pa.ipc.new_file, pa.ipc.new_stream):
        path = tmp_path / "bomb.arrow"
        table = pa.table({"a": pa.array(["x" * 900_000] * 300)})
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.OSFile(str(path), "wb") as sink, new(sink, table.schema, options=options) as writer:
            for _ in range(10):
                writer.write_table(table)
        assert path.stat().st_size < 3_000_000
        assert "unpacks to 2,700 MB; accepted: up to 2000 MB" in limited(path)


def test_a_damaged_xls_never_ends_the_process(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    write_xls(path, [[f"{n}公司{m}" for m in range(6)] for n in range(60)])
    raw = path.read_bytes()
    random = np.random.default_rng(5)
    refusals = 0
    for _ in range(150):
        bad = bytearray(raw)
        for place in random.integers(0, len(raw), 12):
            bad[place] = random.integers(0, 256)
        path.write_bytes(bad if random.random() < 0.8 else bad[: random.integers(600, len(raw))])
        try:
            for sheet in open_tables(path):
                list(sheet.rows())
        except DataFileError:
            refusals += 1
    assert refusals > 20


# --- files of another kind, told by their content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \r\n", "the file is empty"),
        (b"<!DOCTYPE html><table></table>", "a web page or XML file; open it in Excel or WPS"),
        ("\ufeff<html></html>".encode("utf-16"), "a web page or XML file"),
        (b'<?xml version="1.0"?><kml xmlns="x"></kml>', "a KML file; open it in QGIS"),
        (
            b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related;\r\n",
            "a web archive (MHTML); open it in Excel or WPS",
        ),
        (b"%PDF-1.7\n", "a PDF file; accepted: a table as xlsx"),
        (b"{\\rtf1 x}", "a Word document"),
        (b"\x89PNG\r\n", "a picture"),
        (b"$FL2@(#) SPSS", "an SPSS file"),
        (b"FEA1....FEA1", "a Feather file of version 1"),
        (b'{"name": "x"}', "JSON that is no GeoJSON; save it as csv or xlsx"),
        (b'[{"name": "x"}]', "JSON that is no GeoJSON"),
        (b"\x1f\x8b\x08\x00", "a packed file (gzip); unpack it first"),
        (b"7z\xbc\xaf\x27\x1c", "a packed file (7z)"),
        (b"SQLite format 3\x00", "GeoPackage file"),
        (b"PK\x03\x04 no archive", "a damaged xlsx file"),
        (b"PAR1 no table PAR1", "a damaged parquet file"),
        (b"ARROW1 no table", "a damaged arrow file"),
        (b"\xff\xff\xff\xff\x10\x00\x00\x00 no stream", "a damaged arrow file"),
        (b"<stata_dta><header><release>118</release>", "a damaged dta file"),
        (b"<stata_dta>", "a damaged dta file"),
        (b"\x72\x02\x01\x00" + bytes(200), "a damaged dta file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "xls"),
        (b'{"type": "FeatureCollection", "features": [{"type": "Feature"', "a damaged GeoJSON file"),
    ],
)  # fmt: skip
def test_other_files_are_named(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert says in refused(path)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("word/document.xml", "a Word document"),
        ("Index/Document.iwa", "a Numbers file; export it as xlsx"),
        ("doc.kml", "a KMZ file; open it in QGIS"),
        ("readme.txt", "a packed file (zip); unpack it first"),
        ("xl/readme.txt", "cannot be read as xlsx"),
    ],
)
def test_packed_files_are_named_by_their_parts(tmp_path: Path, part: str, says: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "x")
    assert says in refused(path)


def test_an_sqlite_database_is_no_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE t (a)")
        base.commit()
    assert "an SQLite database; accepted" in refused(path)


def test_protected_and_damaged_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    # an encrypted workbook is packed as old ones are, with this part
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    assert "protected by a password; save it without one" in refused(path)
    write_xlsx(path, TABLE)
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    assert "a damaged xlsx file" in refused(path)
    path.write_bytes(raw[:200] + bytes(50) + raw[250:])
    assert "a damaged xlsx file" in refused(path)
    path.write_bytes(raw)
    with_part(path, SHEET1, '<!DOCTYPE x [<!ENTITY a "b">]><worksheet><c/></worksheet>')
    assert "a damaged xlsx file" in refused(path)


# --- by column


def test_parquet_keeps_texts_that_are_bytes_and_coded_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    coded = pa.array(["甲", "乙", None, "甲"]).dictionary_encode()
    made = {
        "名称": pa.array(["甲".encode(), b"", None, b"x"]),
        "coded": coded,
        "float": pa.array([12.3, None, 5, float("nan")], pa.float32()),
        "long": pa.array([123456789012345678, None, 1, 2]),
        "day": pa.array([dt.date(1991, 3, 6), None, None, None]),
        "none": pa.nulls(4),
    }
    pq.write_table(pa.table(made), path, row_group_size=3)
    (sheet,) = open_tables(path)
    assert list(sheet.rows()) == [
        ["名称", "coded", "float", "long", "day", "none"],
        ["甲", "甲", "12.3", "123456789012345678", "1991-03-06", ""],
        ["", "乙", "", "", "", ""],
        ["", "", "5", "1", "", ""],
        ["x", "甲", "", "2", "", ""],
    ]
    pq.write_table(pa.table({"名称": ["甲"], "形状": [b"\xff\x00"]}), path)
    assert "column '形状' holds bytes that are no text in UTF-8; remove it" in refused(path)


def test_stata_shows_labels_and_digits_as_stata_does(tmp_path: Path) -> None:
    path = tmp_path / "a.dta"
    frame = pd.DataFrame({
        "name": ["甲", "乙", "丙"],
        "level": [1, 2, 3],
        "area": np.array([12.3, np.nan, 5], dtype="float32"),
        "since": pd.to_datetime(["1991-03-06", None, "2000-10-01"]),
    })  # fmt: skip
    frame.to_stata(
        path, version=118, write_index=False, convert_dates={"since": "td"},
        value_labels={"level": {1: "国家级", 2: "省级"}},
    )  # fmt: skip
    (sheet,) = open_tables(path)
    assert (sheet.kind, sheet.encoding) == ("dta", "UTF-8")
    assert list(sheet.rows()) == [
        ["name", "level", "area", "since"],
        ["甲", "国家级", "12.3", "1991-03-06"],
        ["乙", "省级", "", ""],
        ["丙", "3", "5", "2000-10-01"],
    ]


@pytest.mark.parametrize("version", [114, 117])
@pytest.mark.parametrize(("encoding", "found"), [("gbk", "GB18030"), ("utf-8", "UTF-8")])
def test_old_stata_files_do_not_say_their_encoding(
    tmp_path: Path, version: int, encoding: str, found: str
) -> None:
    def old(text: str) -> str:
        return text.encode(encoding).decode("latin-1")

    path = tmp_path / "a.dta"
    names = ["杭州高新技术产业开发区", "宁波经济技术开发区"]
    frame = pd.DataFrame({"name": [old(n) for n in names], "level": [1, 2]})
    frame.to_stata(
        path, version=version, write_index=False, value_labels={"level": {1: old("国家级")}}
    )
    (sheet,) = open_tables(path)
    assert sheet.encoding == found
    assert list(sheet.rows()) == [["name", "level"], [names[0], "国家级"], [names[1], "2"]]
    assert list(open_tables(path, encoding)[0].rows()) == list(sheet.rows())


def test_a_frame_is_a_sheet_whatever_its_index(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "名称": ["甲", None],
            "n": pd.array([1, None], dtype="Int64"),
            "x": [1.5, 2.0],
            "d": pd.to_datetime(["1991-03-06", None]),
            "c": pd.Categorical(["a", "b"]),
            7: ["", "z"],
        },
        index=["q", "q"],
    )
    sheet = sheet_of_frame(frame, "zones")
    assert (sheet.name, sheet.kind) == ("zones", "frame")
    assert list(sheet.rows()) == [
        ["名称", "n", "x", "d", "c", "7"],
        ["甲", "1", "1.5", "1991-03-06", "a", ""],
        ["", "", "2", "", "b", "z"],
    ]
    assert list(sheet_of_frame(pd.DataFrame({"a": []}), "e").rows()) == [["a"]]


# --- geometry


def zones_of(crs: object, areas: bool = False) -> gpd.GeoDataFrame:
    points = gpd.GeoSeries([shapely.Point(*place) for place in POINTS], crs=4326)
    frame = gpd.GeoDataFrame({"名称": ["甲", "乙"], "n": [1, 2]}, geometry=points)
    if areas:
        frame = frame.set_geometry(frame.to_crs(3857).buffer(1000).to_crs(4326))
    return frame if crs is None else frame.to_crs(crs)


def degrees(sheet: Sheet) -> list[tuple[float, float]]:
    rows = list(sheet.rows())
    assert rows[0][-2:] == [GEOMETRY_LON, GEOMETRY_LAT]
    return [(float(lon), float(lat)) for *_, lon, lat in rows[1:]]


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", "EPSG:3857", "EPSG:4509", "EPSG:32649"])
@pytest.mark.parametrize("kind", ["GPKG", "GeoJSON", "ESRI Shapefile", "parquet", "frame"])
def test_any_coordinate_system_becomes_wgs84(tmp_path: Path, crs: str, kind: str) -> None:
    frame = zones_of(crs)
    path = tmp_path / f"a{ {'GPKG': '.gpkg', 'GeoJSON': '.geojson'}.get(kind, '.shp') }"
    if kind == "frame":
        sheet = sheet_of_frame(frame, "a frame")
    else:
        if kind == "parquet":
            frame.to_parquet(path)
        elif kind == "ESRI Shapefile":
            frame.to_file(path, driver=kind, encoding="utf-8")
        else:
            # GeoJSON names its system in a member of its own
            frame.to_file(path, driver=kind)
        (sheet,) = open_tables(path)
    assert sheet.geometry is not None
    assert sheet.geometry.crs == crs
    assert not sheet.geometry.points_inside
    np.testing.assert_allclose(degrees(sheet), POINTS, atol=2e-6)
    assert [row[:2] for row in sheet.rows()] == [["名称", "n"], ["甲", "1"], ["乙", "2"]]


def test_a_point_inside_stands_for_an_area(tmp_path: Path) -> None:
    frame = zones_of(None, areas=True)
    hole = frame.geometry.iloc[0].difference(shapely.Point(*POINTS[0]).buffer(0.005))
    frame = frame.set_geometry([hole, None])
    frame.to_file(tmp_path / "a.gpkg")
    for sheet in (open_tables(tmp_path / "a.gpkg")[0], sheet_of_frame(frame, "f")):
        assert sheet.geometry is not None
        assert sheet.geometry.points_inside
        rows = list(sheet.rows())
        assert rows[2][-2:] == ["", ""]
        assert hole.contains(shapely.Point(float(rows[1][-2]), float(rows[1][-1])))


def test_every_layer_is_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    zones_of(None).to_file(path, layer="国家级")
    zones_of(3857).to_file(path, layer="省级", mode="a")
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), path, layer="表", append=True)
    sheets = open_tables(path)
    assert [(s.name, s.kind, s.geometry and s.geometry.crs) for s in sheets] == [
        ("国家级", "GeoPackage", "EPSG:4326"), ("省级", "GeoPackage", "EPSG:3857"),
        ("表", "GeoPackage", None),
    ]  # fmt: skip
    assert list(sheets[2].rows()) == [["a"], ["1"]]


def test_a_geometry_without_a_coordinate_system_is_refused(tmp_path: Path) -> None:
    bare = zones_of(None).set_crs(None, allow_override=True)
    says = "its geometry states no coordinate system; state one"
    with pytest.raises(DataFileError, match="a frame: " + says):
        sheet_of_frame(bare, "a frame")
    with pytest.warns(UserWarning, match="crs"):
        bare.to_file(tmp_path / "a.gpkg")
    bare.to_parquet(tmp_path / "a.parquet")
    for name in ("a.gpkg", "a.parquet"):
        assert says in refused(tmp_path / name)
    # by its standard GeoJSON is WGS-84, whatever it does not say
    zones_of(None).to_file(tmp_path / "a.geojson", driver="GeoJSON")
    text = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    text.pop("crs", None)
    (tmp_path / "a.geojson").write_text(json.dumps(text), encoding="utf-8")
    assert degrees(open_tables(tmp_path / "a.geojson")[0]) == POINTS
    local = 'LOCAL_CS["site",UNIT["metre",1]]'
    with pytest.raises(DataFileError, match="no way to WGS-84"):
        sheet_of_frame(bare.set_crs(local), "a frame")
    with pytest.raises(DataFileError, match=r"row 2: its geometry lies outside of EPSG:4326"):
        sheet_of_frame(zones_of(3857).set_crs(4326, allow_override=True), "a frame")


LONG = "核准面积_公顷"


@pytest.mark.parametrize(("encoding", "cut"), [("gbk", "核准面积_"), ("utf-8", "核准面")])
@pytest.mark.parametrize("stated", [True, False])
def test_a_shapefile_is_read_with_and_without_its_encoding(
    tmp_path: Path, encoding: str, cut: str, stated: bool
) -> None:
    path = tmp_path / "a.shp"
    frame = zones_of(None)
    frame.insert(2, "省份", ["浙江省杭州市高新技术产业开发区", "陕西省西安市经济技术开发区"])
    frame.to_file(path, encoding=encoding)
    # the writer's own cut of a long name is another: put the bytes as other programs cut them
    raw = path.with_suffix(".dbf").read_bytes()
    old, new = b"n".ljust(11, b"\0"), LONG.encode(encoding)[:10].ljust(11, b"\0")
    assert raw.count(old + b"N") == 1
    path.with_suffix(".dbf").write_bytes(raw.replace(old + b"N", new + b"N"))
    if not stated:
        path.with_suffix(".cpg").unlink()
    (sheet,) = open_tables(path)
    rows = list(sheet.rows())
    assert rows[0][:3] == ["名称", cut, "省份"]
    assert rows[1][:3] == ["甲", "1", "浙江省杭州市高新技术产业开发区"]
    assert sheet.encoding.casefold().replace("gb18030", "gbk").replace("cp936", "gbk") == encoding
    assert "cut at 10 bytes" in str(sheet.notes[0])
    assert cut in str(sheet.notes[0])
    # the same in an archive, whatever it and its parts are called
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in tmp_path.glob("a.*"):
            if part.suffix != ".zip":
                archive.write(part, f"图层/开发区{part.suffix.upper()}")
    (packed,) = open_tables(tmp_path / "a.zip")
    assert list(packed.rows()) == rows
    assert packed.geometry == sheet.geometry


@pytest.mark.parametrize("part", [".shx", ".dbf", ".prj"])
def test_a_missing_part_of_a_shapefile_is_named(tmp_path: Path, part: str) -> None:
    path = tmp_path / "a.shp"
    zones_of(None).to_file(path, encoding="utf-8")
    path.with_suffix(part).unlink()
    assert f"{part} of this Shapefile is missing; put it beside the file" in refused(path)
    shutil.copy(path, tmp_path / "b.dat")
    assert "name the file that ends in .shp" in refused(tmp_path / "b.dat")


def test_doubtful_archives_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, TABLE)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(SHEET1.upper(), "x")
    assert "a damaged xlsx file" in refused(path)


def test_what_else_begins_like_a_cell_needs_no_second_look(tmp_path: Path) -> None:
    from geodata.user_tables import spreadsheets

    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("s")
    sheet.set_column(0, 3, 20)
    sheet.write_row(0, 0, HEAD)
    sheet.conditional_format("A1:C9", {"type": "blanks", "format": book.add_format()})
    book.close()
    assert "<conditionalFormatting" in part_of(path, SHEET1)
    (part,) = spreadsheets._look_through(path, "xlsx").values()
    assert not part.exact


def test_a_delimiter_that_is_not_meant_does_no_harm(tmp_path: Path) -> None:
    # by commas, a quote would be closed inside a cell
    path = tmp_path / "a.csv"
    path.write_text('名称\t省份\t备注\n甲\t浙江省\t一,"二"三\n', encoding="utf-8")
    zones, _ = load_zone_table(path)
    assert zones[["name", "province", "remark"]].to_numpy().tolist() == [
        ["甲", "浙江省", '一,"二"三']
    ]
    path.write_text('名称,省份\n甲,"浙江省\n', encoding="utf-8")
    with pytest.raises(DataFileError, match="row 2: quote not closed"):
        load_zone_table(path)


def test_an_arrow_file_that_lies_of_its_texts_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    made = pa.table({"a": ["abc", "defg"]})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, made.schema) as writer:
        writer.write_table(made)
    raw = path.read_bytes()
    ends = struct.pack("<iii", 0, 3, 7)
    assert raw.count(ends) == 1
    path.write_bytes(raw.replace(ends, struct.pack("<iii", 0, 3, 1 << 30)))
    assert "a damaged arrow file" in refused(path)


def test_a_geopackage_whose_fault_is_no_text(tmp_path: Path) -> None:
    """SQLite's message quotes the file, in bytes that are no UTF-8."""
    path = tmp_path / "a.gpkg"
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE gpkg_contents (a)")
        base.commit()
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"CREATE TABLE gpkg", b"CREATE TA\xfcLE gpkg"))
    assert "a damaged GeoPackage file" in refused(path)
