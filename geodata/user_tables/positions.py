"""Positions that a user's table gives, each with its datum: to WGS-84, and held against addresses.

A position far from the place that its own row names is reported, and stays. Whether the stated
datum is right cannot be told from one row: the datums differ by 0.1 to 1.2 km, an address is known
to some 10 km. Over many places the shift can be told from the scatter, and only then is it said.
"""

from __future__ import annotations

import re
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
from geodata.user_tables.account import Row, row_label
from geodata.user_tables.headings import datum_of, is_unusable_datum
from geodata.user_tables.tables import Pair, UserTable
from geodata.vocabulary import CHINA_LAT_DEG, CHINA_LON_DEG, DATUMS, TIMES_UNCERTAINTY
from geodata.words import Listed, Message, Words

IN_CHINA = {"lon": CHINA_LON_DEG, "lat": CHINA_LAT_DEG}
ANYWHERE = {"lon": (-180.0, 180.0), "lat": (-90.0, 90.0)}
# one cell that holds both: 120.1,30.2 or (120.1 30.2) or POINT (120.1 30.2)
_NUMBER = r"([+-]?\d{1,3}(?:\.\d{0,20})?)"
_BOTH = re.compile(
    rf"(?:POINT\s*)?[(\[]?\s*{_NUMBER}\s*[°EeNn]?\s*[,，;；/\s]\s*{_NUMBER}\s*[°EeNn]?\s*[)\]]?"
)
_AROUND = re.compile(
    r"POINT|SRID=4326;|[\"'{}\[\]():]|lng|longitude|lon|latitude|lat", re.IGNORECASE
)
_MOST = 0.9  # of the cells: a heading such as 位置 may hold positions or addresses


def read_positions(
    table: UserTable, bounds: dict[str, tuple[float, float]]
) -> tuple[Degrees, Degrees, list[tuple[Row, Words]]]:
    """Return longitude and latitude in WGS-84 degrees, nan where blank, and the faults by row.

    Where a table gives several pairs, a row takes the first that it fills: WGS-84 goes before
    GCJ-02 before BD-09.

    Parameters
    ----------
    table
        As `geodata.user_tables.tables.read_table` gives it.
    bounds
        Of degrees that are accepted: `IN_CHINA` or `ANYWHERE`.
    """
    cells = table.cells
    lon, lat = np.full((2, len(cells)), np.nan)
    faults: list[tuple[Row, Words]] = []
    for n, pair in enumerate(table.header.pairs):
        texts = _texts_of(table, n, pair)
        if texts is None:
            continue
        given = (texts["lon"] != "") | (texts["lat"] != "")
        if n and not faults:
            _compare(table, n, texts[given.to_numpy()], lon, lat)
        # a row that an earlier pair has placed needs no other
        given &= np.isnan(lon)
        values = texts[given.to_numpy()]
        if values.empty:
            continue
        bad = _faults_of(table, pair, values, bounds)
        if bad:
            faults += bad
            break
        datums = _datums(table, pair, values)
        there = given.to_numpy()
        lon[there], lat[there] = to_wgs84(
            values["lon"].to_numpy(dtype=float),
            values["lat"].to_numpy(dtype=float),
            datums.to_numpy(),
        )
    return lon, lat, faults


_SAME_KM = 1.0  # two pairs of one row that lie nearer say the same


def _compare(table: UserTable, n: int, texts: pd.DataFrame, lon: Degrees, lat: Degrees) -> None:
    """Note the rows whose further pair lies elsewhere than the one that is taken."""
    pair, first = table.header.pairs[n], table.header.pairs[0]
    numbers = texts.apply(pd.to_numeric, errors="coerce").dropna()
    datums = _datums(table, pair, numbers)
    numbers = numbers[(datums != "").to_numpy()]
    if numbers.empty:
        return
    x, y = to_wgs84(
        numbers["lon"].to_numpy(float), numbers["lat"].to_numpy(float),
        datums[numbers.index].to_numpy(),
    )  # fmt: skip
    place = table.cells.index.get_indexer(numbers.index)
    east = (x - lon[place]) * np.cos(np.radians(y))
    away_km = np.hypot(east, y - lat[place]) * KM_PER_DEGREE
    about: dict[Row, Words] = {
        row_label(row): Message("{km:,.0f} km apart", km=km)
        for row, km in zip(numbers.index, away_km, strict=True)
        if km > _SAME_KM
    }
    if about:
        headings = Listed(h.text for h in (first.headings[0], pair.headings[0]))
        table.account.check(
            Message("positions in {headings} differ; the first is taken", headings=headings),
            about, about,
        )  # fmt: skip


def outside_bounds(table: UserTable, bounds: dict[str, tuple[float, float]]) -> bool:
    """Whether a table has positions in degrees that lie outside of some bounds."""
    for n, pair in enumerate(table.header.pairs):
        if pair.lon == pair.lat:
            continue
        lon, lat = (
            pd.to_numeric(table.cells[f"{side}_{n}"], errors="coerce") for side in ("lon", "lat")
        )
        degrees = lon.between(*ANYWHERE["lon"]) & lat.between(*ANYWHERE["lat"])
        inside = lon.between(*bounds["lon"]) & lat.between(*bounds["lat"])
        swapped = lat.between(*bounds["lon"]) & lon.between(*bounds["lat"])
        if bool((degrees & ~inside & ~swapped).any()):
            return True
    return False


def _texts_of(table: UserTable, n: int, pair: Pair) -> pd.DataFrame | None:
    """Return the two texts of a pair; None where its one column holds no positions."""
    cells = table.cells
    if pair.lon != pair.lat:
        both = {"lon": cells[f"lon_{n}"], "lat": cells[f"lat_{n}"]}
        # degrees may carry their sign: 120.1°E
        return pd.DataFrame({side: _plain_degrees(c) for side, c in both.items()})
    column = cells[f"lon_{n}"]
    # what stands around the numbers: POINT (104 30), {"lng": 104, "lat": 30}, [104, 30]
    bare = column.str.replace(_AROUND, " ", regex=True).str.strip()
    parts = bare.str.extract(rf"^{_BOTH.pattern}$", flags=re.IGNORECASE).fillna("")
    filled = column != ""
    if not filled.any() or float((parts.loc[filled, 0] != "").mean()) < _MOST:
        heading = pair.headings[0].text
        table.account.check(Message("{heading}: no positions in it, not read", heading=heading))
        return None
    first, second = (pd.to_numeric(parts[k], errors="coerce") for k in (0, 1))
    # by their range where that tells, else as the heading says
    east, north = CHINA_LON_DEG, CHINA_LAT_DEG
    turned = bool((first.between(*north) & second.between(*east)).sum() * 2 > filled.sum())
    turned = turned or (pair.lat_first and not bool((first.between(*east)).any()))
    texts = parts.set_axis(["lat", "lon"] if turned else ["lon", "lat"], axis=1)
    order = Message("latitude, longitude") if turned else Message("longitude, latitude")
    table.account.guess(
        Message("{heading} holds {order}", heading=pair.headings[0].text, order=order)
    )
    # a cell that is no pair stays as it is, and is a fault
    lost = filled & (texts["lon"] == "")
    texts.loc[lost, "lon"] = column[lost]
    return texts


_DEGREE_SIGNS = re.compile(r"^\s*([+-]?\d+(?:\.\d*)?)\s*(?:°|度)?\s*[EeNn东北]?\s*$")


def _plain_degrees(column: pd.Series[str]) -> pd.Series[str]:
    """Return decimal degrees without the signs that may follow them; other cells as they are."""
    signed = column.str.contains(r"[°度EeNn东北]\s*$", regex=True)
    if not signed.any():
        return column
    plain: pd.Series[str] = column.str.replace(_DEGREE_SIGNS, r"\1", regex=True)
    kept: pd.Series[str] = plain.where(signed, column)
    return kept


def _datums(table: UserTable, pair: Pair, values: pd.DataFrame) -> pd.Series[str]:
    """Return the datum of each row: its own goes before that of heading, option or file."""
    if "datum" not in table.header.places or pair.ground == "file":
        return pd.Series(pair.datum, index=values.index)
    stated = table.cells.loc[values.index, "datum"]
    datums: pd.Series[str] = stated.map({d: datum_of(d) or pair.datum for d in stated.unique()})
    return datums


def _faults_of(
    table: UserTable, pair: Pair, values: pd.DataFrame, bounds: dict[str, tuple[float, float]]
) -> list[tuple[Row, Words]]:
    """Return what is not accepted in the rows of one pair."""
    faults: list[tuple[Row, Words]] = []
    header = table.header
    if "datum" not in header.places and not pair.datum:
        headings = Listed(repr(text) for text in dict.fromkeys(h.text for h in pair.headings))
        text = Message(
            "row {row}: columns {both} without a datum; accepted: --datum, a column 坐标系 or "
            "datum, or a heading as in 经度_WGS84, with one of {datums}",
            row=header.row, both=headings, datums=Listed(DATUMS),
        )  # fmt: skip
        faults.append((header.row, text))
    elif "datum" in header.places and pair.ground != "file":
        stated = table.cells.loc[values.index, "datum"]
        datums = _datums(table, pair, values)
        for row, cell in stated[(datums == "").to_numpy()].items():
            names = Listed(DATUMS)
            accepted = Message("accepted: {values}", values=names)
            if cell == "":
                accepted = Message("a value is required for a position: {values}", values=names)
            faults.append((row_label(row), cell_fault(row, table.heading("datum"), cell, accepted)))
        for row, cell in stated[stated.map({d: is_unusable_datum(d) for d in stated.unique()})
                                .to_numpy() & (datums != "").to_numpy()].items():  # fmt: skip
            accepted = Message("accepted: {values}", values=Listed(DATUMS))
            faults.append((row_label(row), cell_fault(row, table.heading("datum"), cell, accepted)))
    for side, other in (("lon", "lat"), ("lat", "lon")):
        faults += _number_faults(values, side, other, pair, bounds)
    # zeros stand for none in exports: nothing lies there but the sea
    zeros = (pd.to_numeric(values["lon"], errors="coerce") == 0.0) & (
        pd.to_numeric(values["lat"], errors="coerce") == 0.0
    )
    if not faults:
        faults += [
            (row_label(row), Message(
                "row {row}: longitude 0, latitude 0 is no place; accepted: blank cells for none",
                row=row,
            ))
            for row in values.index[zeros]
        ]  # fmt: skip
    return faults


def read_uncertainty(table: UserTable) -> tuple[pd.Series[float], list[tuple[Row, Words]]]:
    """Return the 90 % radius in km that a table states for its positions, nan where blank."""
    cells = table.cells["uncertainty"]
    blank = pd.Series(np.nan, index=cells.index)
    if "uncertainty" not in table.header.places or not (cells != "").any():
        return blank, []
    heading = table.header.headings["uncertainty"]
    per_km = {"km": 1.0, "m": 1e-3}.get(heading.unit)
    if per_km is None:
        fault = Message(
            "row {row}: column {heading!r} without a unit; accepted: km or m in the heading, as "
            "in uncertainty_km",
            row=table.header.row, heading=heading.text,
        )  # fmt: skip
        return blank, [(table.header.row, fault)]
    bounds = Column("number", False, 0.0, 3000.0 / per_km)
    faults: list[tuple[Row, Words]] = []
    for row, cell in cells.items():
        accepted = bounds.fault(cell)
        if accepted is not None:
            faults.append((row_label(row), cell_fault(row, heading.text, cell, accepted)))
    if faults:
        return blank, faults
    return pd.to_numeric(cells.where(cells != "", np.nan)).astype(float) * per_km, []


def _number_faults(
    values: pd.DataFrame, side: str, other: str, pair: Pair,
    bounds: dict[str, tuple[float, float]],
) -> list[tuple[Row, Words]]:  # fmt: skip
    """Return the cells of one side that are no degrees within the bounds, by row."""
    texts = {"lon": pair.headings[0].text, "lat": pair.headings[1].text}
    low, high = bounds[side]
    numbers = pd.to_numeric(values[side], errors="coerce")
    # the few that may be at fault are looked at one by one
    odd = ~(numbers.between(low, high) & values[side].str.fullmatch(_PLAIN_NUMBER))
    accepts, partner = (Column("number", False, *bounds[s]) for s in (side, other))
    faults: list[tuple[Row, Words]] = []
    for row, cell in values.loc[odd.to_numpy(), side].items():
        accepted = accepts.fault(cell)
        if cell == "":
            accepted = Message("a value is required beside {other!r}", other=texts[other])
        elif accepted is not None and partner.fault(cell) is None:
            accepted = accepted + Message(
                "; it looks like the {other}: are the two swapped?", other=texts[other]
            )
        elif accepted is not None and pair.headings[0].is_bare:
            accepted = accepted + Message(
                "; a grid in metres is no position here: save the table with longitude and "
                "latitude, or as GeoPackage with its coordinate system"
            )
        if accepted is not None:
            faults.append((row_label(row), cell_fault(row, texts[side], cell, accepted)))
    return faults


_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


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
