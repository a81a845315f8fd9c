"""Which province, city and county the rows of a user's table state, and where their positions lie.

Columns bind: what they say goes before what a name says. Positions are told apart by the seats of
the counties, since the package holds no outlines: the nearest seat names the province. Near the
line between two provinces that can be the neighbour's; `province_at` says how often.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.addresses import Scope, ScopeError, scope_of
from geodata.gazetteer import CATALOGUE_YEAR, LAST_YEAR, Gazetteer, gazetteer
from geodata.vocabulary import EARTH_RADIUS_KM
from geodata.words import Message, Words

# Between the seats of two neighbouring counties of two provinces a position may belong to either.
BORDER_KM = 50.0
# No place of a province is farther from all seats of the province.
FARTHEST_FROM_SEAT_KM = 300.0
# A position lies outside China when the nearest seat is farther than so many times the distance
# between that seat and its neighbours, and so many km more: no zone of the catalogue does, while
# Haiphong, Hanoi, Noida and Seoul do.
OUTSIDE_TIMES, OUTSIDE_KM = 0.6, 50.0


class Bound:
    """What the columns of divisions say, each distinct row once.

    Parameters
    ----------
    year
        Of the names.
    """

    def __init__(self, year: int = LAST_YEAR) -> None:
        self.names: Gazetteer = gazetteer(year)
        self._found: dict[tuple[str, ...], Scope | Words] = {}

    def of(self, province: str = "", city: str = "", county: str = "") -> Scope | Words:
        """Return the scope of one row, or why its cells say nothing usable."""
        key = province, city, county
        if key not in self._found:
            try:
                self._found[key] = scope_of(province, city, self.names, county)
            except ScopeError as error:
                self._found[key] = self._chained(province, city, county) or error.message
        return self._found[key]

    def _chained(self, province: str, city: str, county: str) -> Scope | None:
        """Return the scope of a province cell that holds a whole chain: 浙江省杭州市."""
        if not province:
            return None
        try:
            home = scope_of("", province, self.names)
            if not city and not county:
                return home
            assert home.province is not None
            inside = scope_of(home.province.name, city, self.names, county)
        except ScopeError:
            return None
        same_city = home.city is None or inside.city in (None, home.city)
        return inside if same_city else None


def with_regions(cells: pd.DataFrame, bound: Bound) -> pd.DataFrame:
    """Return the cells with those of a column ``region`` put where they belong.

    地区, 所在地 and the like name a province in one table and a county in another: each cell goes
    to the first of province, city and county that it names and that the table leaves blank.
    """
    if "region" not in cells or not (cells["region"] != "").any():
        return cells
    cells = cells.copy()
    distinct = cells[["province", "region"]].drop_duplicates()
    goes: dict[tuple[str, str], str] = {}
    for province, region in distinct.itertuples(index=False):
        for column, given in (
            ("province", {"province": region}), ("city", {"province": province, "city": region}),
            ("county", {"province": province, "county": region}),
        ):  # fmt: skip
            if column == "province" and province:
                continue
            found = bound.of(**given)
            # what names a city is no province, though it binds as well
            finer = isinstance(found, Scope) and found.finest is not found.province
            if region and isinstance(found, Scope) and not (column == "province" and finer):
                goes[province, region] = column
                break
    keys = list(zip(cells["province"], cells["region"], strict=True))
    for column in ("province", "city", "county"):
        here = np.array([goes.get(key) == column for key in keys], dtype=bool)
        here &= (cells[column] == "").to_numpy()
        cells.loc[here, column] = cells.loc[here, "region"]
    return cells


def with_codes(cells: pd.DataFrame, bound: Bound) -> tuple[pd.DataFrame, list[Any]]:
    """Return the cells with what their codes of divisions say, and the rows of unknown codes.

    A code of six digits fills province, city and county of a row that leaves city and county blank.
    """
    blank = (cells["city"] == "") & (cells["county"] == "") & (cells["adcode"] != "")
    if not blank.any():
        return cells, []
    cells, unknown = cells.copy(), []
    by_code = {d.adcode: d for year in (CATALOGUE_YEAR, LAST_YEAR) for d in gazetteer(year).current}
    for row, code in zip(cells.index[blank], cells.loc[blank, "adcode"], strict=True):
        division = by_code.get(str(code)[:6].ljust(6, "0"))
        if division is None:
            unknown.append(row)
            continue
        parent = by_code.get(division.city_adcode)
        if division.level == "county":
            cells.loc[row, "county"] = division.name
            cells.loc[row, "city"] = parent.name if parent is not None else ""
        elif division.level == "city":
            cells.loc[row, "city"] = division.name
        if not cells.loc[row, "province"]:
            cells.loc[row, "province"] = by_code[division.province_adcode].name
    return cells, unknown


def provinces_by_cell(cells: pd.Series[str]) -> dict[str, str]:
    """Return the province that each distinct cell names, in Chinese or English; "" for none."""
    bound = Bound()
    found: dict[str, str] = {}
    for cell in cells.unique():
        scope = bound.of(province=cell)
        home = scope.province if isinstance(scope, Scope) else None
        found[cell] = home.name if home is not None and cell else ""
    return found


# ---- positions


@functools.cache
def _seats() -> tuple[NDArray[np.float64], NDArray[Any], NDArray[np.float64]]:
    """Return unit vectors of all seats of counties, their provinces, and how far apart they lie.

    The last is the mean distance in km to the three nearest other seats.
    """
    from scipy.spatial import cKDTree

    counties = [
        d for d in gazetteer(LAST_YEAR).current
        if d.has_seat and d.level in ("county", "city")
    ]  # fmt: skip
    vectors = _unit_vectors(
        np.array([d.lon for d in counties]), np.array([d.lat for d in counties])
    )
    names = {d.adcode: d.name for d in gazetteer(LAST_YEAR).provinces.values()}
    provinces = np.array([names[d.province_adcode] for d in counties])
    # a city's seat stands beside that of its district: the nearest few are passed over
    apart = np.asarray(cKDTree(vectors).query(vectors, k=7)[0])
    return vectors, provinces, _arc_km(apart[:, 4:]).mean(axis=1)


def _unit_vectors(lon: NDArray[Any], lat: NDArray[Any]) -> NDArray[np.float64]:
    east, north = np.radians(lon), np.radians(lat)
    return np.column_stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    )


def _arc_km(chord: Any) -> NDArray[np.float64]:
    half = np.clip(np.asarray(chord, np.float64) / 2.0, 0.0, 1.0)
    arc: NDArray[np.float64] = 2.0 * EARTH_RADIUS_KM * np.arcsin(half)
    return arc


def province_at(
    lon: NDArray[Any], lat: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[np.bool_]]:
    """Return the province that positions lie in, by the nearest seat of a county.

    Parameters
    ----------
    lon, lat
        n values, WGS-84 degrees.

    Returns
    -------
    tuple
        The province's name, the distance in km of that seat, and whether the position lies
        outside China: farther from the seat than its neighbours lie from each other.
    """
    from scipy.spatial import cKDTree

    vectors, provinces, apart_km = _seats()
    chord, nearest = cKDTree(vectors).query(_unit_vectors(lon, lat))
    away_km = _arc_km(chord)
    outside = away_km > OUTSIDE_TIMES * apart_km[nearest] + OUTSIDE_KM
    return provinces[nearest], away_km, outside


def outside_province(
    lon: NDArray[Any], lat: NDArray[Any], stated: NDArray[Any]
) -> NDArray[np.float64]:
    """Return how many km positions lie outside the provinces that their rows state.

    Parameters
    ----------
    lon, lat
        n values, WGS-84 degrees.
    stated
        The provinces' names; "" for none.

    Returns
    -------
    numpy.ndarray
        The distance to the nearest seat of the stated province where the position surely lies
        outside; 0 elsewhere. Sure is a seat of another province nearer by more than `BORDER_KM`,
        or none of its own within `FARTHEST_FROM_SEAT_KM`.
    """
    from scipy.spatial import cKDTree

    vectors, provinces, _ = _seats()
    points = _unit_vectors(lon, lat)
    _, nearest_km, _ = province_at(lon, lat)
    away_km = np.zeros(len(points))
    for province in np.unique(stated):
        if province == "":
            continue
        here = stated == province
        own = cKDTree(vectors[provinces == province])
        own_km = _arc_km(own.query(points[here])[0])
        sure = (own_km - nearest_km[here] > BORDER_KM) | (own_km > FARTHEST_FROM_SEAT_KM)
        away_km[here] = np.where(sure, own_km, 0.0)
    return away_km


def outside_words(km: float, province: str) -> Words:
    """Return the sentence of one position outside its stated province."""
    return Message("{km:,.0f} km from {province}", km=km, province=province)
