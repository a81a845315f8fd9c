"""Company extracts as users have them: every kind of file, headings, faults, rows used and located."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.datum import gcj02_to_bd09, wgs84_to_gcj02
from geodata.errors import BadInputError, DataFileError, ZonegapError
from geodata.registry import table_path
from geodata.user_tables import files
from geodata.user_tables.companies import (
    COLUMNS,
    COMPANIES,
    load_registrations,
    locate_registrations,
)
from geodata.user_tables.headings import STEMS, read_heading

HEADER = [
    "企业名称",
    "登记状态",
    "注册资本",
    "所属省份",
    "所属城市",
    "统一社会信用代码",
    "企业地址",
]
ROWS = [
    ["甲科技有限公司", "存续", "5000万人民币", "浙江省", "杭州市", "91330106MA00000001", "浙江省杭州市余杭区文一西路1号"],
    ["乙,网络有限公司", "在业", "1000万美元", "广东省", "深圳市", "91440300MA00000002", "深圳市南山区\n科技园"],
    ["丙（上海）有限公司", "存续", "-", "上海市", "上海市", "91310000MA00000003", "上海市浦东新区"],
]  # fmt: skip
TITLES: dict[str, list[list[str]]] = {
    "none": [],
    "one": [["企业查询结果导出"]],
    "three": [["企业查询结果"], [], ["导出日期：2020-01-02", "共3家企业"]],
}

Writer = Callable[[Path, list[list[str]]], None]


def text_writer(encoding: str, delimiter: str = ",", mark: bytes = b"") -> Writer:
    def write(path: Path, rows: list[list[str]]) -> None:
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerows(rows)
        path.write_bytes(mark + text.getvalue().encode(encoding))

    return write


def write_xlsx(path: Path, rows: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for i, row in enumerate(rows, start=1):
        for j, cell in enumerate(row, start=1):
            if cell:
                sheet.cell(i, j, cell)
    book.save(path)


def write_xls(path: Path, rows: list[list[str]]) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("企业")
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if cell:
                sheet.write(i, j, cell)
    book.save(str(path))


def write_parquet(path: Path, rows: list[list[str]]) -> None:
    pd.DataFrame(rows[1:], columns=rows[0]).to_parquet(path)


WRITERS: dict[str, tuple[str, Writer]] = {
    "utf-8": ("a.csv", text_writer("utf-8")),
    "utf-8 with mark": ("a.csv", text_writer("utf-8-sig")),
    "utf-16": ("a.txt", text_writer("utf-16", "\t")),
    "utf-16 big": ("a.csv", text_writer("utf-16-be", mark=b"\xfe\xff")),
    "gb18030": ("a.csv", text_writer("gb18030")),
    "gb18030 tsv": ("a.tsv", text_writer("gb18030", "\t")),
    "semicolon": ("a.csv", text_writer("utf-8", ";")),
    "xlsx": ("a.xlsx", write_xlsx),
    "xls": ("a.xls", write_xls),
    "text called xls": ("a.xls", text_writer("gb18030", "\t")),
}  # fmt: skip


@pytest.mark.parametrize("titles", TITLES)
@pytest.mark.parametrize("kind", WRITERS)
def test_every_kind_of_file_gives_the_same_companies(
    tmp_path: Path, kind: str, titles: str
) -> None:
    name, write = WRITERS[kind]
    write(tmp_path / name, [*TITLES[titles], HEADER, *ROWS])
    frame, report = load_registrations(tmp_path / name)
    first = len(TITLES[titles]) + 2
    assert list(frame.columns) == COLUMNS
    assert frame.index.tolist() == [first, first + 1, first + 2]
    assert frame["name"].tolist() == [row[0] for row in ROWS]
    assert frame["address"].tolist() == [row[6].replace("\n", " ") for row in ROWS]
    assert frame["capital_text"].tolist() == [row[2] for row in ROWS]
    assert frame["capital_yi_cny"].round(4).tolist()[:2] == [0.5, 0.6878]
    assert (report.rows, report.account.header_row, report.blank_capital) == (3, first - 1, 1)
    assert frame[["lon", "lat"]].isna().all(axis=None)


def test_parquet(tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", [HEADER, *ROWS])
    frame, _ = load_registrations(tmp_path / "a.parquet")
    assert frame.index.tolist() == [2, 3, 4]
    assert frame["name"].tolist() == [row[0] for row in ROWS]


def test_numbers_and_days_of_a_spreadsheet_are_text_without_a_point(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["B2"], sheet["C2"], sheet["D2"] = "公司名称", "注册资本（万元）", "统一社会信用代码"
    sheet["B3"], sheet["C3"], sheet["D3"] = "甲", 5000, 913301060000000001
    sheet["B4"], sheet["C4"], sheet["D4"] = 360, 0.5, "91330106MA00000001"
    book.save(tmp_path / "a.xlsx")
    frame, report = load_registrations(tmp_path / "a.xlsx")
    assert frame["name"].tolist() == ["甲", "360"]
    assert np.allclose(frame["capital_yi_cny"], [0.5, 0.00005])
    assert report.unusable_codes == 1  # Excel keeps 15 digits of 18


# column -> what means it, of the table that companies have
STEMS_OF = [
    (meaning, stem) for meanings in COMPANIES.columns.values() for meaning in meanings
    for stem in STEMS[meaning]
]  # fmt: skip


@pytest.mark.parametrize(("meaning", "stem"), STEMS_OF)
def test_every_stem(meaning: str, stem: str) -> None:
    for variant in (stem, stem.upper(), f" {stem} ", f"{stem}*", stem.replace("c", "C_", 1)):
        assert read_heading(variant).meaning == meaning


@pytest.mark.parametrize(
    ("heading", "meaning", "unit"),
    [
        ("注册资本（万元）", "capital", "万元"), ("注册资本万元", "capital", "万元"), ("注册资本(万美元)", "capital", "万美元"),
        ("Registered Capital", "capital", ""), ("registered_capital", "capital", ""), ("Company Name", "company_name", ""),
        ("法定代表人", "", ""), ("实缴资本", "", ""), ("最新年报地址", "", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_headings(heading: str, meaning: str, unit: str) -> None:
    found = read_heading(heading)
    assert (found.meaning, found.unit) == (meaning, unit)


def firms(folder: Path, text: str) -> Path:
    path = folder / "firms.csv"
    path.write_text(text, encoding="utf-8")
    return path


BAD = [
    ("公司名称,公司名称,注册资本\na,b,1万元\n", "row 1: columns '公司名称' and '公司名称' both mean name; accepted: one of them"),
    ("注册资本,注册地址\n1万元,杭州\n", "row 1: no column for the name of the companies"),
    ("甲,乙\n1,2\n", "no header in the first 30 rows (the first has '甲', '乙'); accepted: a row that names"),
    ("公司名称,经度\n甲,120\n", "column '经度' without its partner; accepted: 纬度, 纬度坐标"),
    ("公司名称,注册资本\n", "row 1: no rows below the header"),
    ("公司名称,注册资本\n甲,1万元,x\n", "row 2: 3 cells; accepted: 2, as in the header"),
    ("题\n公司名称,注册资本\n\n甲,1万元\n,2万元\n", "row 5, column '公司名称': ''; a value is required"),
    ("公司名称,经度,纬度\n甲,120.1,30.2\n", "row 1: columns '经度', '纬度' without a datum; accepted: --datum, a column 坐标系"),
    ("公司名称,经度,纬度,坐标系\n甲,120.1,30.2,\n", "row 2, column '坐标系': ''; a value is required for a position: WGS-84"),
    ("公司名称,经度,纬度,坐标系\n甲,120.1,30.2,西安80\n", "row 2, column '坐标系': '西安80'; accepted: WGS-84, GCJ-02, BD-09"),
    ("公司名称,经度,纬度,坐标系\n甲,30.2,120.1,WGS84\n", "row 2, column '经度': '30.2'; accepted: 73 to 136; it looks like the 纬度: are the two swapped?"),
    ("公司名称,经度,纬度,坐标系\n甲,120.1,,WGS84\n", "row 2, column '纬度': ''; a value is required beside '经度'"),
    ("公司名称,经度,纬度,坐标系\n甲,东经120,30,WGS84\n", "row 2, column '经度': '东经120'; accepted: a number"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BAD)
def test_faults_name_file_row_column_value_and_what_is_accepted(
    tmp_path: Path, text: str, message: str
) -> None:
    path = firms(tmp_path, text)
    with pytest.raises(BadInputError) as caught:
        load_registrations(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


def test_all_faults_at_once_twenty_shown_in_order(tmp_path: Path) -> None:
    rows = "".join(f"甲{i},1,99,WGS-84\n" for i in range(30))
    with pytest.raises(BadInputError) as caught:
        load_registrations(firms(tmp_path, "公司名称,经度,纬度,坐标系\n" + rows))
    lines = str(caught.value).splitlines()
    assert len(lines) == 21
    assert len(caught.value.faults) == 60
    assert "row 2, " in lines[0]
    assert "and 40 more of 60 faults" in lines[-1]


FILES = [
    (b"", "the file is empty"),
    (b"<html><table>", "a web page or XML file; open it in Excel or WPS and save it as xlsx"),
    (b"PK\x03\x04rubbish", "a damaged xlsx file"),
    (b"\xd0\xcf\x11\xe0rubbish", "cannot be read as xls"),
    (b"PAR1rubbish", "a damaged parquet file"),
    (b"\xff\xff\x80\x80", "no text in UTF-8, UTF-16, GB18030 or Big5"),
    (b"n\0\xff\xff", "holds zero bytes, so it is no text in UTF-8"),
    (b"\xff\xfe\x00\xd8\x00", "not readable as UTF-16"),
    (
        b'name,city\n"' + b"a" * 200_000,
        "row 2: a cell of more than 131,072 characters; most likely a quote",
    ),
]


@pytest.mark.parametrize(("data", "message"), FILES)
def test_files_that_are_no_table(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with pytest.raises(DataFileError) as caught:
        load_registrations(path)
    assert message in str(caught.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="no such file"):
        load_registrations(tmp_path / "none.xlsx")
    with pytest.raises(DataFileError, match="is a folder"):
        load_registrations(tmp_path)


def test_limits_hold_before_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_xlsx(tmp_path / "a.xlsx", [HEADER, *ROWS])
    with zipfile.ZipFile(tmp_path / "a.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b" " * 3_000_000)
    monkeypatch.setattr(files, "MAX_UNPACKED_MB", 2)
    with pytest.raises(DataFileError, match="unpacks to 3 MB; accepted: up to 2 MB"):
        load_registrations(tmp_path / "a.xlsx")
    monkeypatch.setattr(files, "MAX_FILE_MB", 0.001)
    with pytest.raises(DataFileError, match=r"a.xlsx: 0 MB; accepted: up to 0.001 MB"):
        load_registrations(tmp_path / "a.xlsx")


def test_a_lie_about_the_unpacked_size_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 3_000_000)
    size = (3_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (1000).to_bytes(4, "little")))
    with pytest.raises(DataFileError, match="damaged xlsx"):
        load_registrations(path)


def test_sheets_of_one_shape_are_read_and_the_others_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "说明"
    book.worksheets[0]["A1"] = "导出说明"
    for name in ("企业", "更多", "藏"):
        sheet = book.create_sheet(name)
        sheet.append(HEADER)
        sheet.append(ROWS[0])
    book["藏"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    _, report = load_registrations(tmp_path / "a.xlsx")
    account = report.account
    assert (account.sheets, account.unread_sheets) == (("企业", "更多"), (("说明", 1),))
    assert (account.rows, account.used, report.rows) == (2, 1, 2), "one code stands twice"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.text(alphabet="公司名称注册资本省份,\t\n\"'万元1=. ;|", max_size=200).map(str.encode),
    )
)
def test_any_bytes_give_a_table_or_a_documented_error(tmp_path: Path, data: bytes) -> None:
    for start in (
        b"",
        "公司名称,注册资本,经度,纬度,坐标系\n".encode(),
        b"PK\x03\x04",
        b"PAR1",
        b"\xd0\xcf\x11\xe0",
    ):
        path = tmp_path / "any"
        path.write_bytes(start + data)
        try:
            frame, report = load_registrations(path)
        except ZonegapError:
            continue
        assert len(frame) + len(report.deregistered) + len(report.duplicates) == report.rows


def test_what_is_left_out_is_reported(tmp_path: Path) -> None:
    statuses = [
        "存续",
        "注销",
        "吊销，未注销",
        "清算",
        "停业",
        "迁出",
        "简易注销公告中",
        "撤销",
        "Deregistered",
        "未注销",
    ]
    rows = [f"公司{i},{s},{i},9133{i % 8:014}" for i, s in enumerate(statuses)]
    path = firms(
        tmp_path,
        "名称,经营状态,注册资本(万元),信用代码\n"
        + "\n".join(
            [*rows, "合计,,45,", "名称,经营状态,注册资本(万元),信用代码", "数据来源：某库,,,"]
        ),
    )
    frame, report = load_registrations(path)
    assert report.rows == 10
    assert report.deregistered["status"].tolist() == [
        "注销",
        "吊销，未注销",
        "撤销",
        "Deregistered",
    ]
    assert frame["status"].tolist() == ["存续", "清算", "停业", "迁出", "简易注销公告中", "未注销"]
    left_out = {str(said.words): said.rows for said in report.account.left_out}
    assert left_out == {"sums, remarks, headers": (12, 13, 14), "deregistered": (3, 4, 9, 10)}
    assert (report.account.rows, report.account.used) == (13, 6)
    everything, again = load_registrations(path, keep_deregistered=True)
    assert len(again.deregistered) == 0
    # rows 10 and 11 carry the codes of rows 2 and 3
    assert again.duplicates["first_row"].to_dict() == {10: 2, 11: 3}
    assert len(everything) == 8


def test_duplicates_keep_the_first_and_lost_digits_are_not_compared(tmp_path: Path) -> None:
    path = firms(
        tmp_path,
        "name,credit_code\na,91330106ma1\nb,9.13E+17\nc,9.13E+17\nd, 91330106MA1 \ne,\nf,-\n",
    )
    frame, report = load_registrations(path)
    assert frame["name"].tolist() == ["a", "b", "c", "e", "f"]
    assert report.duplicates["first_row"].to_dict() == {5: 2}
    assert report.unusable_codes == 2


def test_unparsed_capital_is_listed_by_row_with_its_reason(tmp_path: Path) -> None:
    frame, report = load_registrations(
        firms(tmp_path, "标题\nname,注册资本\na,100万银元\nb,\nc,7\n")
    )
    assert report.unparsed_capital["value"].to_dict() == {3: "100万银元", 5: "7"}
    assert report.unparsed_capital.loc[5, "reason"].startswith("no unit")
    assert report.blank_capital == 1
    assert frame["capital_yi_cny"].isna().all()


def test_a_column_of_currencies(tmp_path: Path) -> None:
    frame, report = load_registrations(
        firms(tmp_path, "name,注册资本(万元),币种\na,100,美元\nb,100,\nc,100,人民币\nd,100,银元\n")
    )
    assert np.allclose(frame["capital_yi_cny"][:3], [0.01 * 6.8778, 0.01, 0.01])
    assert report.unparsed_capital.index.tolist() == [5]
    # a currency that is not understood is not taken for 人民币, without a unit in the heading either
    _, report = load_registrations(firms(tmp_path, "name,注册资本,币种\na,100万,银元\n"))
    assert report.unparsed_capital.index.tolist() == [2]


def test_positions_in_three_datums_are_one_place(tmp_path: Path) -> None:
    gcj = wgs84_to_gcj02(120.15, 30.28)
    bd = gcj02_to_bd09(*gcj)
    rows = [
        f"a,{120.15},{30.28},CGCS2000",
        f"b,{gcj[0]},{gcj[1]},火星坐标系",
        f"c,{bd[0]},{bd[1]},bd09ll",
        "d,,,",
    ]
    frame, _ = load_registrations(firms(tmp_path, "name,lon,lat,datum\n" + "\n".join(rows)))
    assert np.allclose(frame["lon"][:3], 120.15, atol=1e-8)
    assert np.allclose(frame["lat"][:3], 30.28, atol=1e-8)
    assert np.isnan(frame["lon"].iloc[3])
    headed = firms(tmp_path, f"name,经度(GCJ-02),纬度(GCJ-02)\nb,{gcj[0]},{gcj[1]}\n")
    assert np.allclose(load_registrations(headed)[0]["lon"], 120.15, atol=1e-8)


def test_located_by_position_address_or_name_and_unresolved_rows_stay(tmp_path: Path) -> None:
    rows = [
        "甲公司,杭州市余杭区文一西路,Zhejiang,杭州市,,,",
        "深圳乙公司,,,,,,",
        "丙公司,,浙江,,120.15,30.28,WGS-84",
        "丁公司,鼓楼区中山路,,,,,",
        "戊公司,南山区,浙江省,深圳市,,,",
    ]
    path = firms(tmp_path, "name,address,省份,城市,lon,lat,datum\n" + "\n".join(rows))
    found, _, _ = locate_registrations(load_registrations(path)[0])
    assert found["geocode_level"].tolist() == ["county", "city", "place", "", ""]
    assert found["geocode_method"].iloc[2] == "given"
    assert found.loc[4, ["lon", "lat", "uncertainty_km"]].tolist() == [120.15, 30.28, 0.0]
    assert found["province_adcode"].tolist() == ["330000", "440000", "330000", "", "330000"]
    assert found.loc[[5, 6], "lon"].isna().all()
    assert (found.loc[[5, 6], "geocode_reason"] != "").all()


def test_the_made_up_extract_has_the_published_marginals() -> None:
    frame, report = load_registrations(table_path("registrations_synthetic_564"))
    assert (len(frame), report.made_up, report.account.header_row) == (564, True, 2)
    inside = frame["province"].isin(["北京市", "浙江省", "广东省"])
    assert inside.sum() == 206
    assert np.isclose(frame["capital_yi_cny"][inside].sum(), 1818.05, rtol=0, atol=1e-6)
    assert np.isclose(frame["capital_yi_cny"][~inside].sum(), 618.8, rtol=0, atol=1e-6)
    assert frame["name"].str.fullmatch(r"示例科技\d{4}有限公司").all()
    assert frame["name"].is_unique
    assert (frame["capital_yi_cny"] > 0).all()
