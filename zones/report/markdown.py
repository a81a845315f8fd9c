"""The tables as Markdown, readable in a terminal too; how wide columns of a printed table are."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from zones.report.headings import number_format
from zones.report.tables import ReportTable

if TYPE_CHECKING:
    from zones.report.tables import ReportTable


WIDEST = 34  # characters of a column before its cells wrap
LONG_HEADING = 12  # characters of a heading that will not stand on one line
HEAD_LINES = 3  # a heading may wrap to so many lines before it widens its column


def text_width(text: str) -> int:
    """Return the columns a text takes in a terminal: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def broken_heading(heading: str) -> str:
    """Return a Chinese heading with its unit on a new line; it would break anywhere."""
    return heading.replace("（", "\n（") if text_width(heading) > LONG_HEADING else heading


def cell_widths(table: ReportTable) -> list[int]:
    """Return the width of each column's widest cell, in characters, without the heading."""
    printed = table.printed()
    return [max((text_width(str(c)) for c in printed[name]), default=0) for name in printed]


def column_shares(table: ReportTable) -> list[float]:
    """Return each column's share of the line, by the text it holds; they add up to 1."""
    widths = []
    for name, cells in zip(table.printed().columns, cell_widths(table), strict=True):
        whole = text_width(str(name))
        word = max(text_width(word) for word in str(name).split())
        # a Chinese heading has no spaces and may break anywhere
        head = max(word if word < whole else 0, -(-whole // HEAD_LINES))
        widths.append(min(max(cells, head), WIDEST) + 1)
    return [width / sum(widths) for width in widths]


def to_markdown(table: ReportTable, *, title: bool = True) -> str:
    """Return a table as aligned Markdown, readable in a terminal too.

    Cells are text: a pipe, backslash or angle bracket in them cannot become markup.
    """
    printed = table.printed()
    head = [escape(str(c)) for c in printed.columns]
    rows = [[escape(cell) for cell in row] for row in printed.itertuples(index=False)]
    widths = [max(map(text_width, column)) for column in zip(head, *rows, strict=True)]
    machine = table.frame.drop(columns="figure_id", errors="ignore").columns
    numeric = [bool(number_format(str(c))) for c in machine]
    rule = [("-" * (w - 1) + ":") if n else "-" * w for w, n in zip(widths, numeric, strict=True)]
    lines = [
        "| " + " | ".join(map(_pad, row, widths, numeric)) + " |" for row in (head, rule, *rows)
    ]
    if not title:
        return "\n".join(lines) + "\n"
    notes = "\n".join(f"- {as_text(note)}" for note in table.notes)
    return "\n".join([f"## {as_text(table.title)}", "", *lines, "", notes, ""])


def escape(text: str) -> str:
    """Return text as one line of a cell, with no character that Markdown would take as markup."""
    for mark, safe in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(mark, safe)
    return " ".join(text.split())


# what `escape` leaves, since in a cell of a terminal's table it is no markup
_MARKUP = re.compile(r"[\[\]*`]")


def as_text(text: str) -> str:
    """Return a sentence in which nothing that a user has written can become markup."""
    return _MARKUP.sub(r"\\\g<0>", escape(text))


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - text_width(text))
    return space + text if right else text + space
