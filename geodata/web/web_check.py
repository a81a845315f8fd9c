"""Hold web geocoders' answers against what is known offline.

An answer is taken when it lies in the right province, no farther from the offline position than
both are unsure, and is finer than that position. Everything else is refused, with the reason.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from geodata.gazetteer import LAST_YEAR, Division, gazetteer
from geodata.towns import KM_PER_DEGREE
from geodata.web.web_answer import WebAnswer

# Mainland and islands with their waters; a swapped pair always falls outside.
LON_DEG, LAT_DEG = (73.0, 136.0), (3.0, 54.0)
# `uncertainty_km` holds the true place in about 90 % of cases; three times it, nearly always.
TIMES_UNCERTAINTY = 3.0
# A point is outside its province when some other province has a county seat nearer by more than
# this. Of 1,873 points of zones whose province is known, 2 break the rule; of these points under
# the name of the province next to them, 95 % do.
PROVINCE_MARGIN_KM = 20.0


class Offline(NamedTuple):
    """What is known of a row without the web.

    Attributes
    ----------
    lon, lat
        WGS-84 degrees.
    uncertainty_km
        Radius that holds the true place in about 90 % of cases.
    province_adcode
        Code of its province.
    adcode
        Code of its division; "" where unknown.
    """

    lon: float
    lat: float
    uncertainty_km: float
    province_adcode: str
    adcode: str


class Verdict(NamedTuple):
    """Whether an answer is taken, and the sentence that says so.

    Attributes
    ----------
    outcome
        ``taken``: the web's position takes the place of the offline one; ``kept``: it says
        nothing, or nothing finer; ``refused``: it contradicts.
    lon, lat
        The answer in WGS-84 degrees.
    near
        What it was held against: the position, or the nearest candidate.
    reason
        In the service's name.
    """

    outcome: str
    lon: float
    lat: float
    near: Offline
    reason: str


def check(answer: WebAnswer, offline: tuple[Offline, ...], service: str) -> Verdict:
    """Hold one answer against the offline position, or against each candidate of an open row.

    Parameters
    ----------
    answer
        As given.
    offline
        What is known of the row, at least one; several where its name may mean several divisions.
    service
        Its title, for the reason.
    """

    def verdict(outcome: str, text: str) -> Verdict:
        return Verdict(outcome, lon, lat, near, f"{service} {text}")

    lon, lat, near = math.nan, math.nan, offline[0]
    if not answer.found:
        return verdict("kept", "finds nothing")
    if not _in_china(answer.lon, answer.lat):
        swapped = _in_china(answer.lat, answer.lon)
        why = "longitude and latitude swapped" if swapped else "outside China"
        return verdict("refused", f"refused: {why} ({answer.lon:.4f}, {answer.lat:.4f})")
    lon, lat = answer.wgs84()
    sizes = [(_distance_km(lon, lat, o), o) for o in offline]
    away_km, near = min(sizes, key=lambda pair: pair[0])
    fault = _other_province(lon, lat, answer.adcode, near.province_adcode)
    if fault:
        return verdict("refused", f"refused: {fault}")
    limit_km = TIMES_UNCERTAINTY * near.uncertainty_km + answer.radius_km
    where = "the offline position" if len(offline) == 1 else "the nearest candidate"
    if away_km > limit_km:
        return verdict(
            "refused",
            f"refused: {away_km:.1f} km from {where}, more than {limit_km:.1f} km "
            f"({TIMES_UNCERTAINTY:g} x {near.uncertainty_km:g} + {answer.radius_km:g})",
        )
    if len(offline) == 1 and answer.radius_km >= near.uncertainty_km:
        return verdict("kept", f"is no finer ({answer.radius_km:g} km), {away_km:.1f} km away")
    return verdict("taken", f"taken: {away_km:.1f} km from {where}")


def _distance_km(lon: float, lat: float, offline: Offline) -> float:
    _, _, metres = _ellipsoid().inv(lon, lat, offline.lon, offline.lat)
    return float(metres) / 1000.0


@functools.cache
def _ellipsoid() -> Geod:
    return Geod(ellps="WGS84")


def _in_china(lon: float, lat: float) -> bool:
    return LON_DEG[0] <= lon <= LON_DEG[1] and LAT_DEG[0] <= lat <= LAT_DEG[1]


def _other_province(lon: float, lat: float, adcode: str, province_adcode: str) -> str:
    """Return what speaks for another province than the one known, "" where nothing does."""
    provinces = gazetteer(LAST_YEAR).by_adcode
    known = provinces[province_adcode].name
    named = provinces.get(f"{adcode[:2]}0000")
    if named is not None and named.adcode != province_adcode:
        return f"it names {named.name}, not {known}"
    seats = _seats()
    east = (seats.lon - lon) * math.cos(math.radians(lat))
    away_km = np.hypot(east, seats.lat - lat) * KM_PER_DEGREE  # flat: good to tell near from far
    nearest = int(np.argmin(away_km))
    own = seats.provinces == province_adcode
    margin_km = float(away_km[own].min() - away_km[nearest])
    if margin_km > PROVINCE_MARGIN_KM:
        other = provinces[str(seats.provinces[nearest])].name
        return f"it lies in {other}, not {known} (a county seat is nearer by {margin_km:.0f} km)"
    return ""


class _Seats(NamedTuple):
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    provinces: NDArray[np.str_]


@functools.cache
def _seats() -> _Seats:
    """Return the seats of all divisions of today with their provinces' codes."""
    known: list[Division] = [d for d in gazetteer(LAST_YEAR).current if d.has_seat]
    lon, lat = (np.array([getattr(d, name) for d in known]) for name in ("lon", "lat"))
    return _Seats(lon, lat, np.array([d.province_adcode or d.adcode for d in known]))
