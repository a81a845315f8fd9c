"""The tables as Markdown, readable in a terminal too."""

from __future__ import annotations

from zones.report.report_tables import ReportTable
from zones.report.table_layout import text_width
from zones.words.wording import number_format


def to_markdown(table: ReportTable, *, title: bool = True) -> str:
    """Return a table as aligned Markdown, readable in a terminal too.

    Cells are text: a pipe, backslash or angle bracket in them cannot become markup.
    """
    printed = table.printed()
    head = [_escape(str(c)) for c in printed.columns]
    rows = [[_escape(cell) for cell in row] for row in printed.itertuples(index=False)]
    widths = [max(map(text_width, column)) for column in zip(head, *rows, strict=True)]
    machine = table.frame.drop(columns="figure_id", errors="ignore").columns
    numeric = [bool(number_format(str(c))) for c in machine]
    rule = [("-" * (w - 1) + ":") if n else "-" * w for w, n in zip(widths, numeric, strict=True)]
    lines = [
        "| " + " | ".join(map(_pad, row, widths, numeric)) + " |" for row in (head, rule, *rows)
    ]
    if not title:
        return "\n".join(lines) + "\n"
    notes = "\n".join(f"- {note}" for note in table.notes)
    return "\n".join([f"## {table.title}", "", *lines, "", notes, ""])


def _escape(text: str) -> str:
    for mark, safe in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(mark, safe)
    return " ".join(text.split())


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - text_width(text))
    return space + text if right else text + space
