"""A user's matrix in place of distances: travel times, lengths by road, any cost of the way.

Straight lines stand in for access since they need nothing but two positions, are the same for
everyone, and are what the report of 2020 counted by; a matrix brings what roads and railways make
of them. It names the zones and hubs of the study; nothing is measured, so neither the interval nor
the band of the positions is known, and no distance to a hub that it does not name.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.errors import BadInputError, UsageError
from geodata.user_tables.account import Account, Row, row_label
from geodata.user_tables.matrix import load_matrix
from geodata.user_tables.tables import Wish
from geodata.words import Listed, Message, Words, in_context
from zones.study import ASKED, Study
from zones.thresholds import beyond

UNIT_WORDS = {
    "km": Message("km"),
    "min": in_context("unit of time", "min"),
    "h": in_context("unit of time", "h"),
}
NOT_OF_STUDY = {
    "zone": Message("rows of zones that the study has not"),
    "hub": Message("rows of hubs that the study has not"),
}
SUFFIXES = ("市", "地区", "盟", "自治州")  # of a city that a table names by its short name


@dataclass(frozen=True, eq=False)
class Measured:
    """The zones by a matrix.

    Attributes
    ----------
    zones
        Those that the matrix names, with ``nearest_hub`` ("" where there is no way to any hub),
        ``nearest_<unit>`` (inf there) and ``beyond_<threshold><unit>``.
    unmeasured
        The others.
    unit
        km, min or h.
    account
        Of the matrix.
    """

    zones: pd.DataFrame
    unmeasured: pd.DataFrame
    unit: str
    account: Account


def by_matrix(zones: pd.DataFrame, hubs: pd.DataFrame, study: Study) -> Measured:
    """Return the zones of a study by its matrix.

    A pair that is blank or not there has no way; the least of a zone's values is that of its
    nearest hub. A zone that the matrix does not name at all is in no count.

    Parameters
    ----------
    zones
        Indexed by identifier, with ``name`` and, where present, ``code`` and ``name_en``.
    hubs
        The study's, indexed by name, with ``hub_en`` and ``adcode``.
    study
        With `matrix`.

    Raises
    ------
    DataFileError, BadInputError
        As `geodata.user_tables.matrix.load_matrix`; where a name stands for several zones or hubs,
        or none of the study's is there.
    UsageError
        When the thresholds of a unit of time are not stated.
    """
    assert study.matrix is not None
    wish = Wish(columns=dict(study.matrix_columns))
    pairs, unit, account = load_matrix(study.matrix, wish, study.matrix_unit or "")
    if study.matrix_thresholds is None and unit != "km":
        raise UsageError(
            Message(
                "{file}: in {unit}; accepted: thresholds in it, {option} or {key}",
                file=study.matrix, unit=UNIT_WORDS[unit],
                option=ASKED["matrix_thresholds"].option, key=ASKED["matrix_thresholds"].key,
            )
        )  # fmt: skip
    places = {
        "zone": _places(zones, ["code", "name", "name_en"]),
        "hub": _places(hubs, ["adcode", "hub_en"], suffixes=SUFFIXES),
    }
    found = pd.DataFrame({
        name: _found(pairs[name], known, name, str(study.matrix)) for name, known in places.items()
    })  # fmt: skip
    # every row of the matrix is one of a zone and a hub of the study, or is said to be none
    left = found.notna().all(axis=1)
    for name, why in NOT_OF_STUDY.items():
        rows = found.index[found[name].isna() & (name == "zone" or found["zone"].notna())]
        account.leave_out(why, map(row_label, rows))
    if not left.any():
        fault = Message("no row names a zone and a hub of the study; hubs of the study: {hubs}",
                        hubs=Listed(map(str, hubs.index[:5])))  # fmt: skip
        raise BadInputError(str(study.matrix), [fault])
    found = found[left].astype(int).assign(value=pairs.loc[left, "value"])
    _say_odd(found, hubs, account)
    return _nearest(zones, hubs, found, unit, account, study)


def _say_odd(found: pd.DataFrame, hubs: pd.DataFrame, account: Account) -> None:
    """Note pairs that stand twice, and hubs that the matrix does not name."""
    twice = found.index[found.duplicated(["zone", "hub"], keep=False)]
    if len(twice):
        account.check(
            Message("pairs that stand more than once: the least counts"), map(row_label, twice)
        )
    absent = hubs.index[~np.isin(np.arange(len(hubs)), found["hub"])]
    if len(absent):
        named = Listed([*map(str, absent[:5]), *(["…"] if len(absent) > 5 else [])])
        account.check(
            Message(
                "hubs of the study that the matrix does not name: {count:,} ({names})",
                count=len(absent),
                names=named,
            )
        )


def _nearest(  # noqa: PLR0913, PLR0917
    zones: pd.DataFrame, hubs: pd.DataFrame, found: pd.DataFrame, unit: str, account: Account,
    study: Study,
) -> Measured:  # fmt: skip
    """Return the zones with the least of their values and its hub; the first hub wins a tie."""
    ways = found[found["value"].notna()].sort_values(["value", "hub"], kind="stable")
    best = ways.drop_duplicates("zone").set_index("zone")
    there = np.isin(np.arange(len(zones)), found["zone"])
    place = np.flatnonzero(there)
    column, least = f"nearest_{unit}", best["value"].reindex(place)
    names = pd.Series(hubs.index.astype(str))
    nearest_hub = best["hub"].map(names).reindex(place).fillna("")
    measured = zones[there].copy()
    measured["nearest_hub"] = nearest_hub.to_numpy()
    measured[column] = least.fillna(np.inf).to_numpy()
    for threshold in thresholds_of(study):
        measured[f"beyond_{threshold:g}{unit}"] = beyond(measured[column], threshold)
    return Measured(measured, zones[~there], unit, account)


def thresholds_of(study: Study) -> tuple[float, ...]:
    """Return the thresholds of a study in its unit."""
    if study.matrix is None or study.matrix_thresholds is None:
        return study.thresholds_km
    return study.matrix_thresholds


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _places(
    frame: pd.DataFrame, columns: list[str], suffixes: tuple[str, ...] = ()
) -> list[dict[str, int | None]]:
    """Return what names each row -> its place, None where it names several; the surest first."""
    # the index, then each column, so that a name that is another row's identifier is no doubt
    named: list[pd.Series[str]] = [pd.Series(frame.index.astype(str))]
    named += [pd.Series(frame[c].astype(str).to_numpy()) for c in columns if c in frame]
    if suffixes:
        short = named[0]
        for suffix in suffixes:
            short = short.str.removesuffix(suffix)
        named.append(short)
    known = []
    for texts in named:
        places: dict[str, int | None] = {}
        for place, text in enumerate(map(_plain, texts)):
            if text:
                places[text] = None if text in places else place
        known.append(places)
    return known


def _found(
    cells: pd.Series[str], known: list[dict[str, int | None]], name: str, file: str
) -> pd.Series[float]:
    """Return the place of each cell's zone or hub, nan of none of the study's."""
    found: dict[str, float] = {}
    several: dict[str, Words] = {}
    rows: dict[str, Row] = {}
    for row, text in cells.drop_duplicates().items():
        plain = _plain(text)
        places = next((each for each in known if plain in each), {})
        place = places.get(plain, np.nan)
        rows[text] = row_label(row)
        if place is None:
            several[text] = Message(
                "row {row}: {name!r} names several of the study; accepted: its identifier or code",
                row=rows[text], name=text,
            )  # fmt: skip
            place = np.nan
        found[text] = place
    if several:
        raise BadInputError(file, list(several.values()))
    return cells.map(found).astype(float)
