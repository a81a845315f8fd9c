"""How many zones lie beyond a threshold, with the band their positions leave open."""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geodata.errors import UsageError
from geodata.words import Listed, Message
from zones.inputs import need_columns
from zones.parameters import THRESHOLD_KM


def beyond(
    zones: pd.DataFrame | pd.Series[float] | ArrayLike, threshold_km: float = THRESHOLD_KM
) -> pd.Series[bool]:
    """Return which zones lie strictly farther than the threshold.

    Parameters
    ----------
    zones
        Distances to the nearest hub in km, none missing, or a frame with them as ``nearest_km``.
    threshold_km
        At least 0.

    Returns
    -------
    pandas.Series
        Of bool, on the index of `zones`, named ``beyond``.

    Raises
    ------
    UsageError
        When the threshold is negative or not finite, the frame has no such column, or a distance
        is missing.

    Examples
    --------
    >>> beyond(pd.Series([499.9, 500.0, 500.1], ["a", "b", "c"]), 500).to_dict()
    {'a': False, 'b': False, 'c': True}
    """
    _check_threshold(threshold_km)
    if isinstance(zones, pd.DataFrame):
        need_columns(zones, "zones", ["nearest_km"])
        zones = zones["nearest_km"]
    distance_km = pd.Series(zones)
    missing = distance_km.isna()
    if missing.any():
        rows = Listed(repr(label) for label in distance_km.index[missing][:5])
        raise UsageError(
            Message(
                "zones: no distance in {count} rows ({rows}); accepted: km",
                count=int(missing.sum()),
                rows=rows,
            )
        )
    return (distance_km > threshold_km).rename("beyond")


def _check_threshold(threshold_km: object) -> None:
    number = isinstance(threshold_km, numbers.Real) and not isinstance(threshold_km, bool)
    if not (number and 0 <= threshold_km < math.inf):  # type: ignore[operator]
        raise UsageError(
            Message(
                "threshold_km: {threshold_km!r}; accepted: a number of at least 0",
                threshold_km=threshold_km,
            )
        )


def beyond_band(
    nearest_km: pd.Series[float], uncertainty_km: pd.Series[float], threshold_km: float
) -> pd.DataFrame:
    """Return which zones lie beyond the threshold, surely and possibly.

    Parameters
    ----------
    nearest_km
        Distance of each zone to its nearest hub.
    uncertainty_km
        Radius that holds each zone's true place in about 90 % of cases; same index.
    threshold_km
        Beyond means strictly farther than this.

    Returns
    -------
    pandas.DataFrame
        Of bool, on the index of `nearest_km`: ``beyond``; ``surely`` (beyond even if the zone
        were nearer by its uncertainty); ``possibly`` (beyond if it were farther by it).
    """
    return pd.DataFrame(
        {
            "beyond": beyond(nearest_km, threshold_km),
            "surely": beyond(nearest_km - uncertainty_km, threshold_km),
            "possibly": beyond(nearest_km + uncertainty_km, threshold_km),
        }
    )


def count_beyond(
    nearest_km: pd.Series[float],
    uncertainty_km: pd.Series[float],
    thresholds_km: float | Iterable[float],
    weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count the zones beyond each threshold, with the band.

    Parameters
    ----------
    nearest_km
        Distance of each zone to its nearest hub.
    uncertainty_km
        Radius that holds each zone's true place in about 90 % of cases; same index.
    thresholds_km
        One, or several: one row of the result each.
    weights
        Columns to sum over the zones beyond, as a share of their total, e.g. ``area_ha``; the
        share is nan where no zone has a value.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``threshold_km``: ``beyond``, ``surely`` and ``possibly`` (see `beyond_band`),
        ``beyond_zones_pct``, and ``beyond_<weight>_pct`` for each weight.
    """
    several = list(thresholds_km) if isinstance(thresholds_km, Iterable) else [thresholds_km]
    if not several:
        raise UsageError(Message("thresholds_km: none; accepted: at least one"))
    rows = []
    for threshold_km in several:
        flags = beyond_band(nearest_km, uncertainty_km, threshold_km)
        far = flags["beyond"]
        row = {"threshold_km": float(threshold_km), **flags.sum().astype(int)}
        row["beyond_zones_pct"] = 100.0 * far.mean()
        if weights is not None:
            for name, weight in weights.items():
                label = re.sub(r"_ha$|(_estimate)?_yi_cny$", "", str(name))
                row[f"beyond_{label}_pct"] = 100.0 * weight[far].sum() / weight.sum(min_count=1)
        rows.append(row)
    return pd.DataFrame(rows).set_index("threshold_km")


def threshold_for_count(nearest_km: pd.Series[float], count: int) -> tuple[float, float]:
    """Return the thresholds between which exactly `count` zones lie beyond.

    Returns
    -------
    tuple
        (low, high) in km: every threshold t with low <= t < high has `count` zones beyond. Where
        ties make the count impossible, low equals high: below it more, from it on fewer.

    Raises
    ------
    UsageError
        When the count is negative or exceeds the number of zones.
    """
    if not (isinstance(count, numbers.Integral) and 0 <= count <= len(nearest_km)):
        raise UsageError(
            Message(
                "count: {count!r}; accepted: 0 to {zones}, the number of zones",
                count=count,
                zones=len(nearest_km),
            )
        )
    beyond(nearest_km, 0.0)  # none may be missing
    ordered = np.sort(nearest_km.to_numpy())[::-1]
    low = float(ordered[count]) if count < len(ordered) else 0.0
    high = float(ordered[count - 1]) if count else float("inf")
    return low, high
