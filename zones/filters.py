"""Which zones of a table a study keeps: by province, level, type and month of approval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from geodata.errors import UsageError, not_accepted
from geodata.gazetteer import CATALOGUE_YEAR, gazetteer
from geodata.vocabulary import LEVEL_WORDS, NOT_STATED, NOT_STATED_WORDS, TYPE_WORDS
from geodata.words import LANGUAGES, Joined, Listed, Message, Name, Words
from zones.study import ASKED, ZONE_FILTERS, Study, did_you_mean, ends_of_period

# field of the study -> column of the zones
COLUMNS = dict(zip(ZONE_FILTERS, ("province", "level", "type", "approved"), strict=True))
SAID = {
    "province": Message("province {values}"),
    "level": Message("level {values}"),
    "type": Message("type {values}"),
    "approved": Message("approved {values}"),
}
PERIODS = {
    "between": Message("from {first} to {last}"),
    "since": Message("from {first} on"),
    "until": Message("up to {last}"),
    "in": Message("in {first}"),
}
BETWEEN_FILTERS = Message("; ")
KEPT = Message("{kept:,} of {rows:,} zones: {filters}.")
NO_DATE = Message(
    "Zones left out because they state no date of approval, though all else fits: {count:,}."
)
NO_PROVINCE = Message(
    "Zones left out because their province is not known, though all else fits: {count:,}."
)
NONE_LEFT = Message("no zone of {rows:,} is left ({filters}); {accepted}")
THERE_ARE = Message("{key}: there are {values}")


@dataclass(frozen=True)
class Kept:
    """What the filters of a study keep of its table.

    Attributes
    ----------
    rows
        Zones in the table.
    kept
        Zones that all filters keep.
    alone
        Key of the study file -> zones that this filter alone would keep.
    values
        The same key -> its values as the table has them; a period as the study has it.
    not_stated
        Column -> zones that all other filters keep and that state nothing there: no date, or no
        known province.
    """

    rows: int
    kept: int
    alone: dict[str, int] = field(default_factory=dict)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    not_stated: dict[str, int] = field(default_factory=dict)

    def sentences(self) -> list[Words]:
        """Say which zones of how many these are, and which are left out for what they lack."""
        said: list[Words] = [
            KEPT.fill(kept=self.kept, rows=self.rows, filters=_listed(self.values))
        ]
        for column, words in (("approved", NO_DATE), ("province", NO_PROVINCE)):
            if self.not_stated.get(column):
                said.append(words.fill(count=self.not_stated[column]))
        return said


def filtered_zones(zones: pd.DataFrame, study: Study) -> tuple[pd.DataFrame, Kept | None]:
    """Return the zones that a study asks for, and what its filters keep; None without filters.

    Parameters
    ----------
    zones
        With ``province`` (full Chinese name), ``level``, ``type`` and ``approved`` (YYYY-MM, YYYY
        or "").
    study
        A level or type is one of the table's, or its name in a language of the product, in
        capitals or not. A zone that states only its year of approval counts by the year.

    Raises
    ------
    UsageError
        When a level or type is none of the table's, or no zone is left; names those there are.
    """
    if not study.filtered:
        return zones, None
    masks: dict[str, pd.Series[bool]] = {}
    values: dict[str, tuple[str, ...]] = {}
    for name, column in COLUMNS.items():
        asked = getattr(study, name)
        if asked is None:
            continue
        if column == "approved":
            masks[name], values[name] = _approved_in(zones[column], asked), (asked,)
        else:
            values[name] = tuple(_values(name, zones[column], asked))
            masks[name] = zones[column].isin(values[name])
    table = pd.DataFrame(masks)
    keep = table.all(axis=1)
    by_key = {ASKED[name].key: found for name, found in values.items()}
    if not keep.any():
        raise UsageError(_none_left(zones, table, by_key))
    lacking = {}
    for name in set(masks) & {"zones_approved", "zones_provinces"}:
        fits = table.drop(columns=name).all(axis=1)
        lacking[COLUMNS[name]] = int((fits & (zones[COLUMNS[name]] == "")).sum())
    alone = {ASKED[name].key: int(mask.sum()) for name, mask in masks.items()}
    return zones[keep], Kept(len(zones), int(keep.sum()), alone, by_key, lacking)


def _values(name: str, column: pd.Series[str], asked: Iterable[str]) -> list[str]:
    """Return the values of a column that are meant, those that the table has not got unchanged."""
    there = [str(value) for value in column.unique() if value]
    known = {
        text.casefold(): value
        for value in there
        for text in (value, *(words_of(value).in_language(code) for code in LANGUAGES))
    }
    found = []
    for text in asked:
        if text.casefold() not in known and COLUMNS[name] != "province":
            accepted = Listed(map(words_of, there))
            fault = not_accepted(ASKED[name].key, text, accepted)
            raise UsageError(fault + did_you_mean(text.casefold(), known))
        found.append(known.get(text.casefold(), text))
    return list(dict.fromkeys(found))


def _approved_in(approved: pd.Series[str], period: str) -> pd.Series[bool]:
    """Return which dates lie in a period; of unlike precision, the common part is compared."""
    first, last = ends_of_period(period)

    def inside(date: str) -> bool:
        after = date[: len(first)] >= first[: len(date)]
        return date != "" and after and (not last or date[: len(last)] <= last[: len(date)])

    return approved.map({date: inside(date) for date in approved.unique()}).astype(bool)


def _none_left(
    zones: pd.DataFrame, masks: pd.DataFrame, values: dict[str, tuple[str, ...]]
) -> Message:
    """Return that no zone is left, and which values there are beside the other filters."""
    there: list[Words] = []
    for name in masks:
        fits = masks.drop(columns=name).all(axis=1)
        found = [str(v) for v in zones.loc[fits, COLUMNS[str(name)]].unique() if v]
        if not found:
            continue
        key = ASKED[str(name)].key
        if name == "zones_approved":
            found = [f"{min(found)}..{max(found)}"]
        there.append(THERE_ARE.fill(key=key, values=Listed(map(words_of, found))))
    accepted = Listed(there, BETWEEN_FILTERS) if there else Message("no zone states these")
    return NONE_LEFT.fill(rows=len(zones), filters=_listed(values), accepted=accepted)


def _listed(values: dict[str, tuple[str, ...]]) -> Listed:
    """Return the filters as words: province Hubei; level National."""
    columns = {ASKED[name].key: column for name, column in COLUMNS.items()}
    said = []
    for key, found in values.items():
        column = columns[key]
        words = _period_words(found[0]) if column == "approved" else Listed(map(words_of, found))
        said.append(SAID[column].fill(values=words))
    return Listed(said, BETWEEN_FILTERS)


def _period_words(period: str) -> Message:
    first, last = ends_of_period(period)
    key = "in" if first == last else "between" if first and last else "since" if first else "until"
    return PERIODS[key].fill(first=first, last=last)


def words_of(value: str) -> Words:
    """Return the words of a province, level or type; its own text where it is none known."""
    known = {**LEVEL_WORDS, **TYPE_WORDS, NOT_STATED: NOT_STATED_WORDS}
    if value in known:
        return known[value]
    province = gazetteer(CATALOGUE_YEAR).provinces.get(value)
    return Joined((value,)) if province is None else Name(province.name_en, value)
