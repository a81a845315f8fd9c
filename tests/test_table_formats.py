"""The tables as Excel, Word and LaTeX, read back by other means than those that wrote them."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import docx
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zones.pipeline import StudyResult
from zones.report.excel import write_xlsx
from zones.report.latex import escape, to_tex, write_tex
from zones.report.markdown import column_shares
from zones.report.tables import ReportTable, report_tables
from zones.report.word import LINE_CM, write_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMULAS = ["=1+1", "+86 10", "-5", "@SUM(A1)", "https://example.org/a b", "007"]


@pytest.fixture(scope="module")
def tables(result: StudyResult) -> list[ReportTable]:
    return report_tables(result)


@pytest.fixture(scope="module")
def folder(tables: list[ReportTable], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("formats")
    write_xlsx(tables, path / "tables.xlsx")
    write_docx(tables, path / "tables.docx")
    write_tex(tables, path / "tables.tex")
    return path


def machine(table: ReportTable) -> pd.DataFrame:
    return table.frame.drop(columns="figure_id", errors="ignore")


def test_workbook_holds_the_numbers(folder: Path, tables: list[ReportTable]) -> None:
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    assert book.sheetnames == [*(t.key for t in tables), "notes"]
    numbers = 0
    for table in tables:
        sheet, frame = book[table.key], machine(table)
        assert sheet.freeze_panes == "A2"
        assert (sheet.max_row, sheet.max_column) == (len(frame) + 1, frame.shape[1])
        for column, name in enumerate(frame.columns, start=1):
            for row, expected in enumerate(frame[name], start=2):
                cell = sheet.cell(row, column)
                if isinstance(expected, str):
                    assert cell.data_type == "s"
                elif pd.isna(expected):
                    assert cell.value is None
                else:
                    numbers += 1
                    assert cell.value == pytest.approx(expected, abs=1e-6)
    assert numbers > 300
    notes = {str(row[1]) for row in book["notes"].iter_rows(values_only=True)}
    assert notes == {text for t in tables for text in (t.title, *t.notes)}


def test_text_of_a_workbook_is_never_a_formula(tmp_path: Path) -> None:
    table = ReportTable("t", pd.DataFrame({"province": FORMULAS}), "Title", (), "en")
    write_xlsx([table], tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["t"]
    assert [sheet.cell(row, 1).value for row in range(2, 8)] == FORMULAS
    assert {sheet.cell(row, 1).data_type for row in range(2, 8)} == {"s"}


def test_document_shows_what_the_other_formats_show(
    folder: Path, tables: list[ReportTable]
) -> None:
    document = docx.Document(str(folder / "tables.docx"))
    assert len(document.tables) == len(tables)
    for made, table in zip(document.tables, tables, strict=True):
        printed = table.printed()
        texts = [[cell.text.replace("\n", "") for cell in row.cells] for row in made.rows]
        assert texts == [list(printed.columns), *printed.astype(str).to_numpy().tolist()]
    text = [p.text for p in document.paragraphs]
    for number, table in enumerate(tables, start=1):
        assert f"Table {number}  {table.title}" in text
        assert set(table.notes) <= set(text)


def test_document_has_three_lines_a_repeated_head_and_chinese_fonts(folder: Path) -> None:
    with zipfile.ZipFile(folder / "tables.docx") as parts:
        body = ElementTree.fromstring(parts.read("word/document.xml"))
        styles = ElementTree.fromstring(parts.read("word/styles.xml"))
    for table in body.iter(f"{W}tbl"):
        properties = table.find(f"{W}tblPr")
        assert properties is not None
        order = [child.tag.removeprefix(W) for child in properties]
        schema = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblLook"]
        assert order == [name for name in schema if name in order]
        borders = properties.find(f"{W}tblBorders")
        assert borders is not None
        assert [edge.tag.removeprefix(W) for edge in borders] == ["top", "bottom"]
        rows = table.findall(f"{W}tr")
        assert [bool(row.findall(f".//{W}tblHeader")) for row in rows] == [
            True, *[False] * (len(rows) - 1)
        ]  # fmt: skip
        heads = rows[0].findall(f".//{W}tcBorders/{W}bottom")
        assert len(heads) == len(rows[0].findall(f"{W}tc"))
    defaults = styles.find(f".//{W}docDefaults//{W}rFonts")
    assert defaults is not None
    assert defaults.get(f"{W}eastAsia") == "SimSun"
    assert not any("Theme" in key for key in defaults.attrib)


def test_latex_has_a_row_for_each_row(folder: Path, tables: list[ReportTable]) -> None:
    text = (folder / "tables.tex").read_text(encoding="utf-8")
    assert text.count(r"\begin{longtable}") == text.count(r"\end{longtable}") == len(tables)
    assert text.count("{") == text.count("}")
    for table in tables:
        body = to_tex(table).split(r"\endlastfoot")[1].split(r"\end{longtable}")[0]
        rows = [line for line in body.splitlines() if line.endswith(r"\\")]
        assert len(rows) == len(table.frame)
        cells = {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows}
        assert cells == {machine(table).shape[1]}


def test_columns_of_a_printed_page_fit_the_line(folder: Path, tables: list[ReportTable]) -> None:
    made = docx.Document(str(folder / "tables.docx")).tables
    for table, grid in zip(tables, made, strict=True):
        shares = column_shares(table)
        assert sum(shares) == pytest.approx(1.0)
        assert min(shares) > 0.02
        line_cm = sum(column.width for column in grid.columns) / 360_000
        assert line_cm == pytest.approx(LINE_CM, abs=0.01)
        in_tex = re.findall(r"p\{([\d.]+)\\dimexpr", to_tex(table))
        assert len(in_tex) == len(shares)
        assert 0.99 < sum(map(float, in_tex)) <= 1.0


def test_english_pages_say_table_and_chinese_ones_do_not(tmp_path: Path) -> None:
    for language, says in (("en", True), ("zh", False)):
        table = ReportTable("t", pd.DataFrame({"zones": [1]}), "T", (), language)
        write_tex([table], tmp_path / "t.tex")
        text = (tmp_path / "t.tex").read_text(encoding="utf-8")
        assert (r"\renewcommand{\tablename}{Table}" in text) is says


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF)))
def test_escaped_text_has_no_bare_special_character(text: str) -> None:
    bare = escape(text)
    for name in ("textbackslash", "textasciicircum", "textasciitilde", "textless", "textgreater"):
        bare = bare.replace(rf"\{name}{{}}", "")
    bare = bare.replace(r"\textbar{}", "")
    bare = re.sub(r"\\[{}$&#_%]", "", bare)
    assert not re.search(r"[\\{}$&#^_~%<>|]", bare)


def test_the_same_tables_give_the_same_bytes(
    folder: Path, tables: list[ReportTable], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_: __import__("time").gmtime(2_000_000_000))
    write_xlsx(tables, tmp_path / "tables.xlsx")
    write_docx(tables, tmp_path / "tables.docx")
    for name in ("tables.xlsx", "tables.docx"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
