"""Positions that a user's table gives, each with its datum: to WGS-84, and held against addresses.

A position far from the place that its own row names is reported, and stays. Whether the stated
datum is right cannot be told from one row: the datums differ by 0.1 to 1.2 km, an address is known
to some 10 km. Over many places the shift can be told from the scatter, and only then is it said.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata.datum import (
    Degrees,
    bd09_to_gcj02,
    gcj02_to_wgs84,
    to_wgs84,
    wgs84_to_gcj02,
)
from geodata.gazetteer import KM_PER_DEGREE
from geodata.schema import Column, cell_fault
from geodata.user_tables.headers import Header
from geodata.vocabulary import CHINA_LAT_DEG, CHINA_LON_DEG, DATUMS, TIMES_UNCERTAINTY
from geodata.words import Listed, Message, Words

# The words that name each datum; CGCS2000 and WGS-84 differ by centimetres and count as one.
_DATUM_OF = {
    word: datum
    for datum, words in zip(
        DATUMS,
        (
            "wgs84 epsg4326 4326 gps cgcs2000 国家2000",
            "gcj02 gcj 火星坐标系 火星坐标 火星 高德 高德坐标 高德坐标系 腾讯 腾讯坐标系 国测局",
            "bd09 bd09ll 百度 百度坐标 百度坐标系",
        ),
        strict=True,
    )
    for word in words.split()
}
_NO_LETTERS = re.compile(r"[\s_:\-]+")
_BOUNDS = {
    "lon": Column("number", False, *CHINA_LON_DEG),
    "lat": Column("number", False, *CHINA_LAT_DEG),
}


def read_positions(
    cells: pd.DataFrame, header: Header
) -> tuple[Degrees, Degrees, list[tuple[int, Words]]]:
    """Return longitude and latitude in WGS-84 degrees, nan where blank, and the faults by row.

    Parameters
    ----------
    cells
        Text columns ``lon``, ``lat``, ``datum``, indexed by row.
    header
        Their headings. The datum may stand in that of the longitude, too: 经度(GCJ-02).
    """
    faults: list[tuple[int, Words]] = []
    stated = datum_of(header.remarks.get("lon", ""))
    # only rows that give a position; half a position is a fault, found below
    given = (cells["lon"] != "") | (cells["lat"] != "")
    values = cells[given]
    if values.empty:
        return np.full(len(cells), np.nan), np.full(len(cells), np.nan), faults
    # without a column of datums the headings must state one for all rows
    if "datum" not in header.places and not stated:
        both = f"{header.headings['lon']!r}, {header.headings['lat']!r}"
        text = Message(
            "row {row}: columns {both} without a datum; accepted: a column 坐标系 or datum with "
            "one of {datums}",
            row=header.row, both=both, datums=Listed(DATUMS),
        )  # fmt: skip
        faults.append((header.row, text))
    # the row's own datum goes before that of the heading
    datums = values["datum"].map({d: datum_of(d) or stated for d in values["datum"].unique()})
    if "datum" in header.places:
        heading = header.headings["datum"]
        for row, cell in values.loc[datums == "", "datum"].items():
            names = Listed(DATUMS)
            accepted = Message("accepted: {values}", values=names)
            if cell == "":
                accepted = Message("a value is required for a position: {values}", values=names)
            faults.append((int(str(row)), cell_fault(row, heading, cell, accepted)))
    for column, other in (("lon", "lat"), ("lat", "lon")):
        faults += _number_faults(values, column, other, header)
    # a table with a fault is refused as a whole, so its positions are not needed
    lon, lat = np.full((2, len(cells)), np.nan)
    if not faults:
        there = given.to_numpy()
        lon[there], lat[there] = to_wgs84(
            values["lon"].to_numpy(dtype=float),
            values["lat"].to_numpy(dtype=float),
            datums.to_numpy(),
        )
    return lon, lat, faults


def datum_of(text: str) -> str:
    """Return the datum that a text names, "" for none."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _DATUM_OF.get(_NO_LETTERS.sub("", plain), "")


def _number_faults(
    values: pd.DataFrame, column: str, other: str, header: Header
) -> list[tuple[int, Words]]:
    """Return the cells of one column that are no degrees within China, by row."""
    faults: list[tuple[int, Words]] = []
    heading, bounds, partner = header.headings[column], _BOUNDS[column], _BOUNDS[other]
    for row, cell in values[column].items():
        accepted = bounds.fault(cell)
        if cell == "":
            accepted = Message("a value is required beside {other!r}", other=header.headings[other])
        elif accepted is not None and partner.fault(cell) is None:
            accepted = accepted + Message(
                "; it looks like the {other}: are the two swapped?", other=header.headings[other]
            )
        if accepted is not None:
            faults.append((int(str(row)), cell_fault(row, heading, cell, accepted)))
    return faults


# A position is compared only with a place named down to the county.
FINE_LEVELS = ("place", "county")
_NEAR_KM = 10.0  # farther ones cannot show a shift of one kilometre
_MIN_PLACES = 30  # with fewer the scatter of the addresses hides the shift
_SURE = 4.0  # standard errors by which the multiple must differ from 0


@dataclass(frozen=True)
class DatumDoubt:
    """A stated datum that the positions contradict.

    Attributes
    ----------
    shift_km
        Mean length of the shift between the datums at these places.
    fits
        The shift that is found, as a multiple of the one that another datum would bring: near 1.
    standard_error
        The standard error of `fits`.
    looks_like
        The other datum, which the positions seem to have.
    places
        The number of places that were compared.
    """

    shift_km: float
    fits: float
    standard_error: float
    looks_like: str
    places: int


def far_from_address(given: pd.DataFrame, offline: pd.DataFrame) -> dict[Any, Words]:
    """Return what contradicts given positions by far, by row.

    Parameters
    ----------
    given
        ``lon``, ``lat`` of the file in WGS-84 degrees.
    offline
        What `geodata.address_geocoder.geocode_texts` makes of the rows' own texts; same index.
    """
    away_km = _away_km(given, offline)
    radius_km = offline["uncertainty_km"].astype(float)
    far = (away_km > TIMES_UNCERTAINTY * radius_km).to_numpy()
    named = offline["geocode_province"] + offline["geocode_city"].fillna("")
    named = named + offline["geocode_county"].fillna("")
    why = Message("the given position is {km:,.0f} km from {place}, which the row names")
    return {
        row: why.fill(km=km, place=place)
        for row, km, place, is_far in zip(given.index, away_km, named, far, strict=True)
        if is_far
    }


def datum_doubt(given: pd.DataFrame, offline: pd.DataFrame) -> DatumDoubt | None:
    """Return which other datum the positions show, None where they show none.

    For each wrong datum the shift that it would bring is known at every place, east and north.
    One number is fitted to all places by least squares: by which multiple of that shift the
    positions lie away from their addresses. It is 0 without a mistake and 1 with it. The shift
    has another direction at each place, so a mistake cannot be confused with a drift that all
    addresses share. Companies of one county count as one place: their addresses are all known by
    the seat of the county, so they share its error and are not independent.

    Parameters
    ----------
    given, offline
        As for `far_from_address`.
    """
    # only rows whose address is known finely, and whose position is not plainly wrong
    fine = offline["geocode_level"].isin(FINE_LEVELS) & (_away_km(given, offline) <= _NEAR_KM)
    if not fine.any():
        return None
    # what is explained: how far each position lies east and north of its address, in km
    lon, lat = given.loc[fine, "lon"].to_numpy(), given.loc[fine, "lat"].to_numpy()
    east = KM_PER_DEGREE * np.cos(np.radians(lat))
    residual = pd.DataFrame(
        {
            "x": (lon - offline.loc[fine, "lon"].to_numpy(float)) * east,
            "y": (lat - offline.loc[fine, "lat"].to_numpy(float)) * KM_PER_DEGREE,
        }
    )
    places = offline.loc[fine, "adcode"].to_numpy()
    found = []
    for name, (other_lon, other_lat) in _positions_by_true_datum(lon, lat).items():
        # what would explain it: the shift that this mistake brings at each position, in km
        shift = pd.DataFrame(
            {"sx": (lon - other_lon) * east, "sy": (lat - other_lat) * KM_PER_DEGREE}
        )
        # one row a county
        means = residual.join(shift).groupby(places).mean()
        if len(means) < _MIN_PLACES:
            return None
        doubt = _fit(means, name)
        if doubt is not None:
            found.append(doubt)
    # more than one shift may fit; the one whose multiple is nearest to 1 explains most
    return min(found, key=lambda doubt: abs(doubt.fits - 1.0), default=None)


def _fit(means: pd.DataFrame, name: str) -> DatumDoubt | None:
    """Fit the multiple of one shift; None where it is not surely there, or not near 1."""
    # least squares through the origin, both axes together: sum(d . s) / sum(s . s) for the
    # distances d = (x, y) and the shifts s = (sx, sy)
    power = means["sx"] ** 2 + means["sy"] ** 2
    product = means["x"] * means["sx"] + means["y"] * means["sy"]
    fits = float(product.sum() / power.sum())
    # its standard error from what the fit does not explain, place by place: places may scatter
    # differently (White's estimator)
    left = product - fits * power
    error = float(np.sqrt((left**2).sum()) / power.sum())
    # clearly more than nothing, and equal to the whole shift within its error
    if fits < _SURE * error or abs(fits - 1.0) > 2.0 * error + 0.25:
        return None
    return DatumDoubt(float(np.sqrt(power.mean())), fits, error, name, len(means))


def _positions_by_true_datum(lon: Degrees, lat: Degrees) -> dict[str, tuple[Degrees, Degrees]]:
    """Return the true positions if the stated datum, already taken off, was another one."""
    return {
        "GCJ-02": gcj02_to_wgs84(lon, lat),
        "BD-09": gcj02_to_wgs84(*bd09_to_gcj02(lon, lat)),
        "WGS-84": wgs84_to_gcj02(lon, lat),
    }


def _away_km(given: pd.DataFrame, offline: pd.DataFrame) -> pd.Series[float]:
    """Return the distance of each position from its row's own place; flat is good enough."""
    lat = given["lat"].astype(float)
    east = (given["lon"] - offline["lon"].astype(float)) * np.cos(np.radians(lat))
    away = np.hypot(east, lat - offline["lat"].astype(float)) * KM_PER_DEGREE
    return pd.Series(away, index=given.index)
