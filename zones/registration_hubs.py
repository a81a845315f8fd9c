"""Hubs from a list of companies: those at one place are one hub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from geodata.errors import BadInputError
from geodata.gazetteer import LAST_YEAR, gazetteer
from geodata.messages import listed, say
from geodata.own_tables.registration_places import GIVEN, locate_registrations
from geodata.own_tables.registrations import load_registrations
from geodata.registry import table_path
from geodata.schema import cell_fault
from geodata.vocabulary import PROVINCES
from zones.parameters import CLUSTERS, SYNTHETIC, SYNTHETIC_TABLE
from zones.registered_companies import OTHER, Registrations

HUB_COLUMNS = (
    "hub hub_en cluster province_adcode adcode companies lon lat uncertainty_km geocode_level"
).split()
_SAME_PLACE_DIGITS = 6  # of degrees: 0.1 m


def registrations_file(given: Path) -> Path:
    """Return the file to read: ``synthetic`` stands for the built-in made-up extract."""
    return table_path(SYNTHETIC_TABLE) if given == SYNTHETIC else given


def located_registrations(given: Path, *, keep_deregistered: bool = False) -> Registrations:
    """Load an extract or a list of hubs and locate its rows.

    Raises
    ------
    DataFileError, BadInputError
        See `geodata.own_tables.registrations.load_registrations`. In a list of hubs every row must
        have a place in a known province; of companies the others stay, counted, with the reason.
    """
    file = registrations_file(given)
    frame, report = load_registrations(file, keep_deregistered=keep_deregistered)
    located, doubt = locate_registrations(frame)
    if report.is_hub_list:
        nowhere = located["geocode_level"].isin(["", "province"])
        faults = [
            say(
                "row {row}: hub {name!r} has no place ({reason}); accepted: lon, lat and datum",
                row=row,
                name=name,
                reason=reason,
            )
            for row, name, reason in located.loc[nowhere, ["name", "geocode_reason"]].itertuples()
        ]
        unknown = ~nowhere & (located["province_adcode"] == "")
        faults += [
            cell_fault(row, "province", cell, say("accepted: {values}", values=listed(PROVINCES)))
            for row, cell in located.loc[unknown, "province"].items()
        ]
        if faults:
            raise BadInputError(str(file), faults)
    return Registrations(located, report, doubt)


def registration_hubs(
    registrations: Registrations, provinces: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return the hubs that located companies make.

    Parameters
    ----------
    registrations
        Of a list of hubs every row is a hub by its own name; of companies those at one place are
        one hub.
    provinces
        Full Chinese names. When None: of a list of hubs all, of companies the three clusters'.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``hub``, in the order of the file: ``hub_en``, ``cluster`` ("Other" outside the
        three), ``province_adcode``, ``adcode``, ``companies``, ``lon``, ``lat``,
        ``uncertainty_km`` (90 % radius of the position; 0 where the file gives it) and
        ``geocode_level``. A company known no better than by its province makes no hub.
    """
    names, located = gazetteer(LAST_YEAR), registrations.located
    is_hub_list = registrations.report.is_hub_list
    used = located[located["lon"].notna() & (located["geocode_level"] != "province")]
    if provinces is not None:
        used = used[used["province_adcode"].isin([names.provinces[p].adcode for p in provinces])]
    elif not is_hub_list:
        used = used[used["province_adcode"].isin(CLUSTERS.values())]
    if is_hub_list:
        hubs = used.assign(companies=1)
    else:
        place = [used[c].round(_SAME_PLACE_DIGITS) for c in ("lon", "lat")]
        groups = used.groupby(place, sort=False)
        hubs = used[~pd.concat(place, axis=1).duplicated()].assign(
            companies=groups.size().to_numpy()
        )
    labels = [_label(row) for row in hubs[_LABEL_COLUMNS].itertuples(index=False)]
    hubs = hubs.assign(hub=_distinct(zh for zh, _ in labels), hub_en=[en for _, en in labels])
    cluster_of = {adcode: cluster for cluster, adcode in CLUSTERS.items()}
    hubs["cluster"] = hubs["province_adcode"].map(cluster_of).fillna(OTHER)
    return hubs[HUB_COLUMNS].set_index("hub")


_LABEL_COLUMNS = ["name", "companies", "geocode_method", "adcode"]


def _label(row: tuple[object, ...]) -> tuple[str, str]:
    """Return a hub's name in Chinese and English: of the place, or of the company at a position."""
    name, companies, method, adcode = row
    if method == GIVEN:
        more = int(str(companies)) - 1
        return (f"{name}等{more + 1}家", f"{name} and {more} more") if more else (name, name)  # type: ignore[return-value]
    names = gazetteer(LAST_YEAR)
    division = names.by_adcode[str(adcode)]
    if division.level != "county":
        return division.name, division.name_en
    parent = names.by_adcode.get(division.city_adcode) or names.by_adcode[division.province_adcode]
    return parent.name + division.name, f"{division.name_en}, {parent.name_en}"


def _distinct(labels: Iterable[str]) -> list[str]:
    """Return the labels, further ones of one name with a number: 昆山市, 昆山市 (2)."""
    times: Counter[str] = Counter()
    out = []
    for label in labels:
        times[label] += 1
        out.append(label if times[label] == 1 else f"{label} ({times[label]})")
    return out
