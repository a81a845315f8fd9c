"""The study's tables as they go into a report: title, headings with units, notes, formats."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from zones.implication import implication
from zones.leave_one_out import hubs_left_out_table
from zones.monte_carlo import position_table
from zones.own_zones import own_zones_sentences
from zones.parameters import DRAWS, SEED
from zones.pipeline import StudyResult
from zones.registered_companies import table_notes
from zones.report.gap_tables import (
    cluster_table,
    curve_table,
    group_table,
    province_table,
    type_table,
)
from zones.report.reconciliation import chinese_words, reconciliation_table
from zones.report.source_line import sources
from zones.sensitivity import sensitivity_table
from zones.versions import VERSION
from zones.words.wording import GROUPING_NAMES, heading, number_format, pick, value
from zones.words.wording_notes import NOTES, TITLES

Builder = Callable[[StudyResult], pd.DataFrame]
BUILDERS: dict[str, tuple[Builder, tuple[str, ...]]] = {
    "types": (type_table, ("beyond", "band", "gdp")),
    "provinces": (province_table, ("beyond", "band", "gdp", "over", "listed")),
    "clusters_vs_rest": (cluster_table, ("beyond", "band", "gdp", "other", "listed")),
    "groups": (group_table, ("groups", "band", "gdp", "other")),
    "threshold_curve": (curve_table, ("beyond", "band", "gdp", "layers")),
    "sensitivity": (sensitivity_table, ("band", "layers", "gdp", "other", "implication")),
    "hubs_left_out": (hubs_left_out_table, ("hubs_left_out",)),
    "position_uncertainty": (position_table, ("band", "simulated", "layers", "implication")),
    "reconciliation": (reconciliation_table, ("band", "layers", "gdp", "implication")),
}


CROWDED_PCT = 80.0  # of urban land; from here on the estimate of zone GDP is said to be a bound


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
        Words of the frame -> what is printed instead, where `zones.words.wording` has none.
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
    """Return the tables of a study."""
    return [report_table(key, result) for key in BUILDERS]


def report_table(key: str, result: StudyResult) -> ReportTable:
    """Return one table of a study by its key."""
    builder, note_keys = BUILDERS[key]
    words = {name: pick(pair, result.study.language) for name, pair in GROUPING_NAMES.items()}
    if result.study.language == "en":
        words |= {str(k): str(v) for k, v in result.provinces["province_en"].items()}
        words |= {str(k): str(v) for k, v in result.hubs["hub_en"].items()}
    elif key == "reconciliation":
        words |= chinese_words(result)
    return plain_table(key, builder(result), result, (*note_keys, "source"), words)


def plain_table(
    key: str,
    frame: pd.DataFrame,
    result: StudyResult,
    note_keys: Collection[str],
    words: Mapping[str, str],
    **facts: str,
) -> ReportTable:
    """Return a frame as a table of the study, with its title and notes in the study's language."""
    study = result.study
    if "implication" in note_keys:
        facts["implication"] = implication(result)
    if "over" in note_keys:
        facts["over"] = _crowded_provinces(frame, words, study.language)
    about = {
        "threshold_km": study.thresholds_km[0],
        "layer": _layer_words(result),
        "method": value(study.distance_method, study.language),
        "gdp": value(study.gdp, study.language),
        "land": value(study.land, study.language),
        "version": VERSION,
        "draws": DRAWS,
        "seed": SEED,
        "sources": sources(study),
        **facts,
    }
    empty = {name for name, text in facts.items() if not text}  # what has nothing to say here
    *words_of_table, source = (
        pick(NOTES[n], study.language).format(**about) for n in note_keys if n not in empty
    )
    notes = (
        *words_of_table,
        *own_zones_sentences(result, study.language),
        *table_notes(key, result.registrations, result.hubs, study.language),
        source,
    )
    return ReportTable(key, frame, pick(TITLES[key], study.language), notes, study.language, words)


def _layer_words(result: StudyResult) -> str:
    """Return the hub layer's name, with the provinces it is narrowed to."""
    study = result.study
    layer = value(study.hub_layer, study.language)
    if study.hub_provinces is None:
        return layer
    names = study.hub_provinces
    if study.language == "en":
        names = tuple(str(result.provinces["province_en"][name]) for name in names)
    only = pick((" ({} only)", "（仅{}）"), study.language)
    return layer + only.format(pick((", ", "、"), study.language).join(names))


def _crowded_provinces(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> str:
    """Return the provinces whose zones' approved area is most of their urban land."""
    crowded = frame[frame["share_land_pct"] > CROWDED_PCT]
    one = pick(("{} {:.0f} %", "{}{:.0f}%"), language)
    return pick((", ", "、"), language).join(
        one.format(words.get(name, name), share)
        for name, share in zip(crowded["province"], crowded["share_land_pct"], strict=True)
    )
