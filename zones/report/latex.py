"""The tables as LaTeX with booktabs; compiles under xelatex with ctex."""

from __future__ import annotations

import re
from pathlib import Path

from geodata.words import has_chinese_names
from zones.report.headings import number_format
from zones.report.markdown import broken_heading, column_shares
from zones.report.tables import ReportTable
from zones.writing import printable

HEAD = r"""\documentclass[10pt,a4paper,landscape]{ctexart}
\usepackage{booktabs,longtable,array}
\usepackage[margin=1.6cm]{geometry}
\setlength{\tabcolsep}{3pt}
\setlength{\LTcapwidth}{\textwidth}
"""
ENGLISH = r"""\renewcommand{\tablename}{Table}
"""
BEGIN = r"""\begin{document}
"""
_SPECIAL = re.compile(r"[\\{}$&#^_~%<>|]")
_NAMED = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
# type sizes by numbers of columns and rows
SIZES = ((6, 24, r"\small"), (9, 30, r"\footnotesize"), (99, 10**9, r"\scriptsize"))


def write_tex(tables: list[ReportTable], path: Path) -> None:
    """Write one document with a long table for each; a table can be cut out and pasted."""
    body = "\n".join(map(to_tex, tables))
    # ctex says 表 by itself
    head = HEAD if has_chinese_names(tables[0].language) else HEAD + ENGLISH
    path.write_text(f"{head}{BEGIN}{body}\\end{{document}}\n", encoding="utf-8", newline="\n")


def to_tex(table: ReportTable) -> str:
    """Return one table as a longtable with three lines, its title and its notes."""
    printed = table.printed()
    machine = table.frame.drop(columns="figure_id", errors="ignore").columns
    numeric = [bool(number_format(str(name))) for name in machine]
    # columns that, with the gaps between them, fill the line exactly
    line = rf"\dimexpr\textwidth-{2 * (len(numeric) - 1)}\tabcolsep\relax"
    columns = "".join(
        rf">{{\ragged{'left' if number else 'right'}\arraybackslash}}p{{{_down(share)}{line}}}"
        for number, share in zip(numeric, column_shares(table), strict=True)
    )
    head = (
        " & ".join(
            r"\newline ".join(map(escape, broken_heading(str(name)).split("\n")))
            for name in printed.columns
        )
        + r" \\"
    )
    rows = [
        # {} before it: a cell that begins with [ or * would be an argument of the \\ before
        "{}" + " & ".join(map(escape, map(str, row))) + r" \\"
        for row in printed.itertuples(index=False)
    ]
    size = next(
        size for columns_, rows_, size in SIZES if len(numeric) <= columns_ and len(rows) <= rows_
    )
    notes = "\n\n".join(rf"\noindent {{\footnotesize {escape(note)}}}" for note in table.notes)
    return "\n".join(
        [
            rf"{{{size}",
            rf"\begin{{longtable}}{{@{{}}{columns}@{{}}}}",
            rf"\caption{{{escape(table.title)}}}\label{{tab:{table.key.replace('_', '-')}}}\\",
            r"\toprule",
            head,
            r"\midrule",
            r"\endfirsthead",
            r"\toprule",
            head,
            r"\midrule",
            r"\endhead",
            r"\bottomrule",
            r"\endlastfoot",
            *rows,
            r"\end{longtable}}",
            notes,
            r"\clearpage",
            "",
        ]
    )


def _down(share: float) -> str:
    """Return a share with four digits, never rounded up: the columns must fit the line."""
    return f"{int(share * 10_000) / 10_000:.4f}"


def escape(text: str) -> str:
    """Return text that LaTeX prints as it stands, without characters that no file of text has."""
    plain = " ".join(printable(text).split())
    return _SPECIAL.sub(lambda m: _NAMED.get(m[0], "\\" + m[0]), plain)
