"""The tables as a Word document: three-line tables (三线表), fonts for Chinese set throughout."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from geodata.words import in_context
from zones.report.headings import number_format
from zones.report.markdown import broken_heading, column_shares
from zones.report.tables import ReportTable
from zones.writing import FIXED_DATE, printable, write_fixed_zip

TABLE_NUMBER = in_context("in front of a table's title", "Table {number}")
LATIN, HAN = "Times New Roman", "SimSun"  # 宋体; Word falls back to the system's Song type
THICK, THIN = 12, 6  # eighths of a point: 1.5 pt above and below the table, 0.75 pt below its head
PAGE_CM, MARGIN_CM = (29.7, 21.0), 1.8  # A4, landscape
LINE_CM = PAGE_CM[0] - 2 * MARGIN_CM
# points by numbers of columns and rows: wide and long tables take smaller type
SIZES_PT = ((6, 24, 10.0), (9, 30, 8.5), (99, 10**9, 7.0))


def write_docx(tables: list[ReportTable], path: Path) -> None:
    """Write the document, landscape A4, a title above and notes below each table.

    Parameters
    ----------
    tables
        In the order of the document.
    path
        The file to write.
    """
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    document: Any = docx.Document()
    _set_fonts(document)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(PAGE_CM[0]), Cm(PAGE_CM[1])
    section.left_margin = section.right_margin = Cm(MARGIN_CM)
    section.top_margin = section.bottom_margin = Cm(MARGIN_CM)
    for number, table in enumerate(tables, start=1):
        label = TABLE_NUMBER.fill(number=number).in_language(table.language)
        title = document.add_paragraph()
        title.paragraph_format.keep_with_next = True
        title.alignment = 1
        run = title.add_run(printable(f"{label}  {table.title}"))
        run.bold = True
        run.font.size = Pt(11)
        _add_table(document, table)
        for note in table.notes:
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.add_run(printable(note)).font.size = Pt(8)
        if number < len(tables):
            document.add_page_break()
    properties = document.core_properties
    properties.title, properties.author = "zonegap", "zonegap"
    properties.created = properties.modified = FIXED_DATE
    raw = io.BytesIO()
    document.save(raw)
    write_fixed_zip(raw, path)


def _set_fonts(document: Any) -> None:
    """Name Latin and East Asian fonts in the style and the document's defaults.

    Word's own template points East Asian text at its theme, which shows Chinese in a Japanese
    face on many machines; naming the font everywhere is the cure.
    """
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(10)
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for properties in (style.element.get_or_add_rPr(), *defaults.iter(qn("w:rPr"))):
        fonts = properties.find(qn("w:rFonts"))
        if fonts is None:
            fonts = properties.makeelement(qn("w:rFonts"), {})
            properties.insert(0, fonts)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for kind, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", HAN)):
            fonts.set(qn(f"w:{kind}"), font)


def _add_table(document: Any, table: ReportTable) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    printed = table.printed()
    machine = table.frame.drop(columns="figure_id", errors="ignore").columns
    size = next(
        Pt(points) for columns, rows, points in SIZES_PT
        if len(machine) <= columns and len(printed) <= rows
    )  # fmt: skip
    grid = document.add_table(rows=0, cols=len(machine))
    grid.autofit = False
    widths = [Cm(LINE_CM * share) for share in column_shares(table)]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    styles = [_cell_style(document, size, bool(number_format(str(name)))) for name in machine]
    rows = [
        [broken_heading(str(c)) for c in printed.columns],
        *printed.itertuples(index=False, name=None),
    ]
    for cells in rows:
        row = grid.add_row()
        whole = OxmlElement("w:cantSplit")  # a row never breaks across pages
        row._tr.get_or_add_trPr().append(whole)
        for cell, text, style, width in zip(row.cells, cells, styles, widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph._p.style = style  # by its id: by its object every style is gone through
            paragraph.add_run(printable(str(text)))
    head = OxmlElement("w:tblHeader")  # the head stands again on every page
    head.set(qn("w:val"), "true")
    grid.rows[0]._tr.get_or_add_trPr().append(head)
    _lines(grid)


def _cell_style(document: Any, size: Any, right: bool) -> str:
    """Return the id of the paragraph style of a table's cells: size, no space, alignment."""
    name = f"Table {'number' if right else 'text'} {size.pt:g}"
    if name not in document.styles:
        style = document.styles.add_style(name, 1)  # a paragraph style
        style.font.size = size
        style.paragraph_format.space_after = 0
        style.paragraph_format.alignment = 2 if right else 0
    style_id: str = document.styles[name].style_id
    return style_id


def _lines(grid: Any) -> None:
    """Draw the three lines: above and below the table, and below its head."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def line(parent: Any, side: str, eighths: int) -> None:
        edge = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", str(eighths)), ("color", "000000")):
            edge.set(qn(f"w:{key}"), value)
        parent.append(edge)

    borders = OxmlElement("w:tblBorders")
    line(borders, "top", THICK)
    line(borders, "bottom", THICK)
    # Word wants the schema's order: the borders stand before layout and look
    grid._tbl.tblPr.find(qn("w:tblW")).addnext(borders)
    for cell in grid.rows[0].cells:
        edges = OxmlElement("w:tcBorders")
        line(edges, "bottom", THIN)
        cell._tc.get_or_add_tcPr().append(edges)
