"""Which hub moves the count most: each hub left out in turn."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zones.distance.nearest_hub import nearest
from zones.pipeline import StudyResult
from zones.thresholds import beyond


def leave_one_hub_out(
    zones: pd.DataFrame, hubs: pd.DataFrame, threshold_km: float, *, method: str = "great-circle"
) -> pd.DataFrame:
    """Count the zones beyond the threshold without each hub.

    Parameters
    ----------
    zones
        With ``lon``, ``lat`` in WGS-84 degrees.
    hubs
        With ``lon``, ``lat``; its index names the hubs.
    threshold_km
        Beyond means strictly farther than this.
    method
        ``great-circle`` or ``geodesic``.

    Returns
    -------
    pandas.DataFrame
        One hub a row, the one whose loss adds most zones first, then in the order of `hubs`:
        ``hub``, ``zones_served`` (nearest to it), ``beyond`` (without it), ``more_beyond``
        (than with it), ``median_added_km`` (median of the way its zones then go farther; nan
        where it serves none or no other hub is left).

    Notes
    -----
    Only the zones that a hub serves can change when it goes, so only they are measured again.
    """
    places = hubs[["lon", "lat"]].reset_index(drop=True)  # names may repeat, row numbers do not
    found = nearest(zones, places, method=method)
    with_all = int(beyond(found["nearest_km"], threshold_km).sum())
    rows = []
    for number, name in enumerate(hubs.index):
        served = (found["nearest_hub"] == number).to_numpy()
        again_km = found["nearest_km"][served]
        if len(hubs) > 1 and served.any():
            again_km = nearest(zones[served], places.drop(number), method=method)["nearest_km"]
        elif served.any():
            again_km = pd.Series(np.inf, index=zones.index)
        # dropped, not skipped: pandas 2 warns of a median over nothing but nan
        added_km = (again_km - found["nearest_km"][served]).replace(np.inf, np.nan).dropna()
        more = int(beyond(again_km, threshold_km).sum())
        more -= int(beyond(found["nearest_km"][served], threshold_km).sum())
        rows.append((name, int(served.sum()), with_all + more, more, added_km.median()))
    columns = ["hub", "zones_served", "beyond", "more_beyond", "median_added_km"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("more_beyond", ascending=False, kind="stable", ignore_index=True)


def hubs_left_out_table(result: StudyResult) -> pd.DataFrame:
    """Return the study's hubs, each left out in turn."""
    study = result.study
    table = leave_one_hub_out(
        result.zones, result.hubs, study.thresholds_km[0], method=study.distance_method
    )
    return table.assign(threshold_km=study.thresholds_km[0])
