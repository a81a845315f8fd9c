"""The radius that holds the true place of an address in about 90 % of cases.

It depends on what the address names and on how large its county is. A county's size is not in the
tables; how far the seats around it lie stands for it: the mean distance to the seven nearest other
seats, in Tibet ten times that of the Yangtze delta. Factor and exponent of each kind of evidence
are measured on addresses with known positions (`benchmarks/addresses.py --calibrate`).
"""

from __future__ import annotations

import functools

import numpy as np

from geodata.gazetteer import LAST_YEAR, Division, gazetteer
from geodata.registry import table_records
from geodata.vocabulary import EARTH_RADIUS_KM

NEIGHBOURS = 7
# Kinds of evidence: rows of the table of radii.
COUNTY, COUNTY_TOWN, TOWN, CITY, CODE = "county", "county, town not found", "town", "city", "code"
PROVINCE, SPECIAL_REGION = "province", "special region"


@functools.cache
def neighbours_km() -> dict[str, float]:
    """Return how far the seats around lie, km, by code of 2024: of counties, and of cities.

    Municipalities and counties directly under a province are cities.
    """
    from scipy.spatial import cKDTree

    current = [d for d in gazetteer(LAST_YEAR).current if d.has_seat]
    counties = [d for d in current if d.level == "county"]
    cities = [
        d for d in current if d.level == "city" or (d.level == "province" and d.name.endswith("市"))
    ]
    found: dict[str, float] = {}
    for group in (cities, counties):
        east = np.radians([d.lon for d in group])
        north = np.radians([d.lat for d in group])
        vectors = np.column_stack(
            [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
        )
        chord, _ = cKDTree(vectors).query(vectors, k=NEIGHBOURS + 1)
        arc_km = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.asarray(chord)[:, 1:] / 2.0)
        found |= {d.adcode: float(km) for d, km in zip(group, arc_km.mean(axis=1), strict=True)}
    return found


@functools.cache
def _terms() -> dict[str, tuple[float, float]]:
    return {
        row["evidence"]: (float(row["factor"]), float(row["exponent"]))
        for row in table_records("address_radii")
    }


@functools.cache
def address_radius_km(evidence: str, division: Division) -> float:
    """Return the radius in km: factor times the seats' distance to the power of the exponent.

    Parameters
    ----------
    evidence
        What the address names: `COUNTY`; `COUNTY_TOWN`, a county and a town in it whose place is
        not known; `TOWN`, one that is known; `CITY`; `CODE`, nothing, the county is that of the
        credit code; `PROVINCE`.
    division
        That holds the place.
    """
    if evidence == PROVINCE and division.name.endswith("行政区"):
        evidence = SPECIAL_REGION
    factor, exponent = _terms()[evidence]
    known = neighbours_km()
    # a division that has none of its own stands in the middle of those that are known
    apart_km = known.get(division.current_adcode) or float(np.median([*known.values()]))
    return float(round(factor * apart_km**exponent, 1))
