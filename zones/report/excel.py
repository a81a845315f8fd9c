"""Excel workbooks: the report's tables with a sheet of notes, and frames as they are."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geodata.errors import ZonegapError
from geodata.words import Message, in_context
from zones.report.headings import heading, number_format
from zones.report.markdown import cell_widths
from zones.report.tables import ReportTable
from zones.writing import FIXED_DATE, printable, write_fixed_zip

# Excel's formats for those of `zones.report.headings`; full precision stays in the cells
NUMBER_FORMATS = {
    ",.0f": "#,##0",
    ",.1f": "#,##0.0",
    ",.2f": "#,##0.00",
    ".1f": "0.0",
    ".2f": "0.00",
    ".3f": "0.000",
    "+.1f": "+0.0;-0.0;0.0",
    ".2g": "0.00",
    ",.5g": "#,##0.###",
    ",.6g": "#,##0.###",
    ",.10g": "#,##0.###",
}
WIDEST, NARROWEST = 48, 9
NOTES_SHEET = in_context("name of a sheet", "notes")


# text is always text
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MOST_ROWS, LONGEST_CELL = 1_048_575, 32_767  # of a sheet below its headings, of a cell


def write_sheets(frames: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write frames as they are, one sheet each under their own headings.

    Parameters
    ----------
    frames
        Name of the sheet -> numbers and texts; text is always text, never a formula.
    path
        The file to write.

    Raises
    ------
    ZonegapError
        When a frame has more rows, or a text more characters, than Excel can hold.
    """
    import xlsxwriter

    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, AS_TEXT | {"constant_memory": True}) as book:
        book.set_properties({"title": "zonegap", "created": FIXED_DATE})
        bold = book.add_format({"bold": True, "bottom": 1})
        for name, frame in frames.items():
            if len(frame) > MOST_ROWS:
                raise ZonegapError(
                    Message(
                        "{path}: {rows:,} rows, more than a sheet of Excel holds; accepted: csv",
                        path=path.name, rows=len(frame),
                    )
                )  # fmt: skip
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            numeric = [pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]
            for column, heading_ in enumerate(frame.columns):
                sheet.write_string(0, column, str(heading_), bold)
            # row by row: that is how a sheet is written without being held in memory
            for row, cells in enumerate(frame.itertuples(index=False, name=None), start=1):
                for column, cell in enumerate(cells):
                    if numeric[column]:
                        if not pd.isna(cell):
                            sheet.write_number(row, column, cell)
                        continue
                    text = printable(str(cell))
                    if len(text) > LONGEST_CELL:
                        raise ZonegapError(
                            Message(
                                "{path}: {column} of row {row:,} has {length:,} characters, more "
                                "than a cell of Excel holds; accepted: csv",
                                path=path.name, column=frame.columns[column], row=row,
                                length=len(text),
                            )
                        )  # fmt: skip
                    if text:
                        sheet.write_string(row, column, text)
    write_fixed_zip(raw, path)


def write_xlsx(tables: list[ReportTable], path: Path) -> None:
    """Write the workbook; text is always text, never a formula.

    Parameters
    ----------
    tables
        One sheet each, named by its key.
    path
        The file to write.
    """
    import xlsxwriter

    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, AS_TEXT) as book:
        book.set_properties({"title": "zonegap", "created": FIXED_DATE})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        formats = {k: book.add_format({"num_format": v}) for k, v in NUMBER_FORMATS.items()}
        for table in tables:
            sheet = book.add_worksheet(table.key)
            sheet.freeze_panes(1, 0)
            printed = table.printed()
            widths = cell_widths(table)
            frame = table.frame.drop(columns="figure_id", errors="ignore").round(6)
            for column, name in enumerate(frame.columns):
                digits = number_format(str(name))
                sheet.write_string(0, column, heading(str(name), table.language), bold)
                for row, cell in enumerate(frame.iloc[:, column], start=1):
                    if isinstance(cell, str):
                        sheet.write_string(row, column, printed.iloc[row - 1, column])
                    elif not pd.isna(cell):
                        whole = float(cell).is_integer() and digits.startswith(",.")
                        shown = formats[",.0f"] if whole and "g" in digits else formats.get(digits)
                        sheet.write_number(row, column, float(cell), shown)
                sheet.set_column(column, column, min(max(widths[column] + 2, NARROWEST), WIDEST))
        notes = book.add_worksheet(NOTES_SHEET.in_language(tables[0].language))
        notes.set_column(0, 0, 22)
        notes.set_column(1, 1, 110)
        lines = [(t.key, text) for t in tables for text in (t.title, *t.notes)]
        for row, (key, text) in enumerate(lines):
            notes.write_string(row, 0, key)
            notes.write_string(row, 1, text)
    write_fixed_zip(raw, path)
