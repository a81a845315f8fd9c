"""Hold the positions that a company extract gives against its own addresses.

A position far from the place that its own row names is reported, and stays. Whether the stated
datum is right cannot be told from one row: the datums differ by 0.1 to 1.2 km, an address is known
to some 10 km. Over many places the shift can be told from the scatter, and only then is it said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.datum import Degrees, bd09_to_gcj02, gcj02_to_wgs84, wgs84_to_gcj02
from geodata.towns import KM_PER_DEGREE

# `uncertainty_km` holds the true place in about 90 % of cases; three times it, nearly always.
TIMES_UNCERTAINTY = 3.0
# A position is compared only with a place named down to the county.
FINE = ("place", "county")
_NEAR_KM = 10.0  # farther ones say nothing of a shift of one kilometre
_MIN_PLACES = 30
_SURE = 4.0  # standard errors


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
        Of `fits`.
    looks_like
        That other datum.
    places
        How many places bear it.
    """

    shift_km: float
    fits: float
    standard_error: float
    looks_like: str
    places: int


def far_from_address(given: pd.DataFrame, offline: pd.DataFrame) -> pd.Series[str]:
    """Return what contradicts a given position by far, "" where nothing does.

    Parameters
    ----------
    given
        ``lon``, ``lat`` of the file in WGS-84 degrees.
    offline
        What `geodata.geocode_texts.geocode_texts` makes of the rows' own texts; same index.
    """
    away_km = _away_km(given, offline)
    radius_km = offline["uncertainty_km"].astype(float)
    far = (away_km > TIMES_UNCERTAINTY * radius_km).to_numpy()
    named = offline["geocode_province"] + offline["geocode_city"].fillna("")
    named = named + offline["geocode_county"].fillna("")
    reasons = [
        f"the given position is {km:,.0f} km from {place}, which the row names" if is_far else ""
        for km, place, is_far in zip(away_km, named, far, strict=True)
    ]
    return pd.Series(reasons, index=given.index, dtype=object)


def datum_doubt(given: pd.DataFrame, offline: pd.DataFrame) -> DatumDoubt | None:
    """Return which other datum the positions show, None where they show none.

    Each place's mean distance from its address is set against the shift that GCJ-02 or BD-09
    taken for WGS-84, or the reverse, would bring there: the least-squares multiple is 0 without
    a mistake and 1 with it, whatever direction the shift has at each place. Companies of one
    county count as one place, since they share its seat's own error.

    Parameters
    ----------
    given, offline
        As for `far_from_address`.
    """
    fine = offline["geocode_level"].isin(FINE) & (_away_km(given, offline) <= _NEAR_KM)
    if not fine.any():
        return None
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
    for name, (other_lon, other_lat) in _mistakes(lon, lat).items():
        shift = pd.DataFrame(
            {"sx": (lon - other_lon) * east, "sy": (lat - other_lat) * KM_PER_DEGREE}
        )
        means = residual.join(shift).groupby(places).mean()
        if len(means) < _MIN_PLACES:
            return None
        doubt = _fit(means, name)
        if doubt is not None:
            found.append(doubt)
    return min(found, key=lambda doubt: abs(doubt.fits - 1.0), default=None)


def _fit(means: pd.DataFrame, name: str) -> DatumDoubt | None:
    power = means["sx"] ** 2 + means["sy"] ** 2
    product = means["x"] * means["sx"] + means["y"] * means["sy"]
    fits = float(product.sum() / power.sum())
    left = product - fits * power
    error = float(np.sqrt((left**2).sum()) / power.sum())
    if fits < _SURE * error or abs(fits - 1.0) > 2.0 * error + 0.25:
        return None
    return DatumDoubt(float(np.sqrt(power.mean())), fits, error, name, len(means))


def _mistakes(lon: Degrees, lat: Degrees) -> dict[str, tuple[Degrees, Degrees]]:
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
