"""The panel as a file: csv, Parquet or Stata's dta with labels in both languages, and its notes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geodata.errors import UsageError, not_accepted
from geodata.registry import product_version
from geodata.unit_codes import BY_CODE, BY_NEAREST, BY_SEAT, BY_SUCCESSION, UNKNOWN
from geodata.vocabulary import LEVEL_KEYS, LEVEL_WORDS, TYPE_KEYS, TYPE_WORDS
from geodata.words import Joined, Listed, Message, Words, in_all_languages, in_context
from zones.panel import OTHER, panel_zones
from zones.pipeline import StudyResult
from zones.report.files import add_metadata
from zones.report.notes import examples
from zones.writing import FIXED_DATE, write_csv

FORMATS = (".csv", ".parquet", ".dta")
# of Stata: characters of a name, and of a label
LONGEST_NAME, LONGEST_LABEL = 32, 80

LABELS: dict[str, Words] = {
    "adcode": Message("Code of the unit (GB/T 2260)"),
    "name": Message("Name, Chinese"),
    "name_en": Message("Name, English"),
    "city_adcode": Message("Code of its prefecture-level city"),
    "province_adcode": Message("Code of its province"),
    "province": Message("Province"),
    "year": Message("Year"),
    "zones": Message("Zones at the end of the year"),
    "zones_new": Message("Zones approved in the year"),
    "area_ha": Message("Approved area (ha)"),
    "area_new_ha": Message("Area approved in the year (ha)"),
    "first_year": Message("Year of the first zone"),
    "median_km": Message("Median distance (km)"),
}
ZONES_OF, AREA_OF = Message("Zones: {kind}"), Message("Area (ha): {kind}")
BEYOND = Message("Zones beyond {threshold_km:g} km")
BEYOND_PCT = Message("Zones beyond {threshold_km:g} km (%)")
OTHER_WORDS = in_context("level or type of a zone", "other")
KINDS: dict[str, Words] = {
    **{LEVEL_KEYS[word]: words for word, words in LEVEL_WORDS.items()},
    **{TYPE_KEYS[word]: words for word, words in TYPE_WORDS.items()},
    f"level_{OTHER}": OTHER_WORDS,
    f"type_{OTHER}": OTHER_WORDS,
}
_THRESHOLD = re.compile(r"beyond_([\d.e+]+)km(_pct)?")
DATA_LABEL = "zonegap {version}: development zones by unit and year; see SOURCES"

FOUND = {
    BY_CODE: Message("{count:,} by the code that their county of today had"),
    BY_SEAT: Message("{count:,} by the code of their seat in zone_seats"),
    BY_SUCCESSION: Message("{count:,} by the nearest seat of the counties that became it"),
    BY_NEAREST: Message(
        "{count:,} by the nearest seat, since their county was founded later or its predecessor "
        "is not known"
    ),
    UNKNOWN: Message("{count:,} not, in a row without a code"),
}
CODES = Message("Codes of {year}: zones were placed {how}.")
BETWEEN = in_context("between the ways zones were placed", "; ")
AS_OF = Message(
    "Level, type and area are those of the table, not of the year; zones closed before it are not "
    "in it, and a zone raised to national level counts from the approval that the table states."
)
EXTENDED = Message(
    "Zones with two months of approval count from the first with their whole area{names}."
)
UNDATED = Message("Zones without a date of approval, in no year: {count:,}.")
NO_AREA = Message("Zones that state no area, with 0 in the sums of area: {count:,}.")
EARLIER = Message("Zones approved before {year}, in the stock from its beginning: {count:,}.")
LATER = Message("Zones approved after {year}, not in the panel: {count:,}.")


def panel_notes(result: StudyResult, by: str, codes: int, years: tuple[int, int]) -> list[Words]:
    """Return what a reader of a panel should know, one sentence each; see `zones.panel.panel`."""
    zones, dated = result.zones, panel_zones(result, by, codes)
    counts = dated["unit_by"].value_counts()
    how = Listed(
        (FOUND[key].fill(count=int(counts[key])) for key in FOUND if key in counts), BETWEEN
    )
    said: list[Words] = [CODES.fill(year=codes, how=how), AS_OF]
    two = dated.loc[dated["extended"] != "", "name"]
    if len(two):
        said.append(EXTENDED.fill(names=examples(two)))
    first, last = years
    for words, count, facts in (
        (UNDATED, len(zones) - len(dated), {}),
        (NO_AREA, int(dated["area_ha"].isna().sum()), {}),
        (EARLIER, int((dated["approved_year"] < first).sum()), {"year": first}),
        (LATER, int((dated["approved_year"] > last).sum()), {"year": last}),
    ):
        if count:
            said.append(words.fill(count=count, **facts))
    return said


def check_format(path: Path) -> None:
    """Raise UsageError unless the ending of a file is one that is written."""
    if path.suffix.lower() not in FORMATS:
        raise UsageError(not_accepted("--out", path.name, Listed(FORMATS)))


def write_panel(frame: pd.DataFrame, path: Path, ending: str, about: Mapping[str, str]) -> None:
    """Write a panel.

    Parameters
    ----------
    frame
        As `zones.panel.panel` gives it.
    path
        The file.
    ending
        One of `FORMATS`.
    about
        Whose it is; the schema of a Parquet file gets it.
    """
    frame = rounded(frame)
    if ending == ".csv":
        write_csv(frame, path)
    elif ending == ".parquet":
        frame.to_parquet(path, index=False)
        add_metadata(path, about)
    else:
        labels = {stata_name(column): label(column) for column in frame.columns}
        # a byte-sized count needs no eight of them
        whole = dict.fromkeys(frame.select_dtypes("int64"), "int16")
        frame.astype(whole).set_axis(list(labels), axis="columns").to_stata(
            path, write_index=False, version=118, time_stamp=FIXED_DATE,
            data_label=DATA_LABEL.format(version=product_version())[:LONGEST_LABEL],
            variable_labels=labels,
        )  # fmt: skip


def rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a panel as it is written: area to 0.01 ha, distance to 1 m."""
    digits = {c: 2 for c in frame.columns if c.endswith("_ha")}
    return frame.round({**digits, "median_km": 3})


def stata_name(column: str) -> str:
    """Return a name that Stata accepts."""
    return re.sub(r"\W", "_", column, flags=re.ASCII)[:LONGEST_NAME]


def label(column: str) -> str:
    """Return the label of a column in every language, as far as Stata holds it."""
    return " / ".join(dict.fromkeys(in_all_languages(column_words(column))))[:LONGEST_LABEL]


def column_words(column: str) -> Words:
    """Return what a column of the panel is."""
    if column in LABELS:
        return LABELS[column]
    threshold = _THRESHOLD.fullmatch(column)
    if threshold:
        words = BEYOND_PCT if threshold[2] else BEYOND
        return words.fill(threshold_km=float(threshold[1]))
    if column.startswith("area_"):
        return AREA_OF.fill(kind=KINDS[column.removeprefix("area_").removesuffix("_ha")])
    if column.startswith("zones_"):
        return ZONES_OF.fill(kind=KINDS[column.removeprefix("zones_")])
    return Joined((column,))
