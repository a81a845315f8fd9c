"""How the count spreads when every position is drawn again from its measured error."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.loaders import load_position_errors
from zones.distance.great_circle import FloatArray, destination
from zones.distance.nearest_hub import nearest
from zones.inputs import need_columns
from zones.parameters import DRAWS, EARTH_RADIUS_KM, ELLIPSOID_FACTOR, SEED
from zones.pipeline import StudyResult
from zones.thresholds import beyond_band

QUANTILES = {"low_5_pct": 0.05, "median": 0.5, "high_95_pct": 0.95}


def simulate_beyond(
    zones: pd.DataFrame,
    hubs: pd.DataFrame,
    threshold_km: float,
    *,
    method: str = "great-circle",
    seed: int = SEED,
) -> FloatArray:
    """Count the zones beyond the threshold with every position drawn anew, many times.

    Parameters
    ----------
    zones
        With ``lon``, ``lat`` (WGS-84 degrees), ``nearest_km`` under `hubs` and `method`, and
        ``uncertainty_km``.
    hubs
        With ``lon``, ``lat``.
    threshold_km
        Beyond means strictly farther than this.
    method
        ``great-circle`` or ``geodesic``.
    seed
        Of the random numbers; the same seed gives the same counts.

    Returns
    -------
    numpy.ndarray
        The count of each draw, shape (`zones.parameters.DRAWS`,).

    Notes
    -----
    Each zone moves on its own, in a uniform direction, by its ``uncertainty_km`` times a ratio
    drawn from the measured errors (`geodata.loaders.load_position_errors`), whose tail is longer
    than a normal distribution's. By the triangle inequality only a move of at least
    ``|nearest_km - threshold_km|`` can carry a zone across the threshold, so only such moves are
    measured.
    """
    need_columns(zones, "zones", ["lon", "lat", "nearest_km", "uncertainty_km"])
    errors = load_position_errors()
    random = np.random.default_rng(seed)
    shape = (len(zones), DRAWS)
    ratio = np.interp(random.random(shape), errors["share"], errors["error_ratio"])
    bearing_deg = 360.0 * random.random(shape)
    # no place is farther from another than half the way round
    farthest_km = np.pi * EARTH_RADIUS_KM
    moved_km = np.minimum(ratio * zones["uncertainty_km"].to_numpy()[:, None], farthest_km)
    margin_km = (zones["nearest_km"] - threshold_km).abs().to_numpy()[:, None]
    # a way on the ellipsoid is at most this factor longer than on the sphere
    row, draw = np.nonzero(moved_km * ELLIPSOID_FACTOR >= margin_km)
    lon, lat = destination(
        zones["lon"].to_numpy()[row], zones["lat"].to_numpy()[row],
        bearing_deg[row, draw], moved_km[row, draw],
    )  # fmt: skip
    moved = pd.DataFrame({"lon": lon, "lat": lat})
    now = (nearest(moved, hubs, method=method)["nearest_km"] > threshold_km).to_numpy(int)
    before = (zones["nearest_km"] > threshold_km).to_numpy(int)
    change = np.bincount(draw, weights=now - before[row], minlength=DRAWS)
    return np.asarray(before.sum() + change)


def position_table(result: StudyResult) -> pd.DataFrame:
    """Return, for each hub layer, the count, its band and the spread of the simulated counts.

    Returns
    -------
    pandas.DataFrame
        One layer a row: ``hub_layer``, ``distance_method``, ``threshold_km``, ``beyond``,
        ``surely``, ``possibly``, and of the simulated counts ``low_5_pct``, ``median``,
        ``high_95_pct``.
    """
    study = result.study
    method, threshold_km = study.distance_method, study.thresholds_km[0]
    rows = []
    for layer in result.layers():
        nearest_km = result.distance_under(layer, method)
        zones = result.zones.assign(nearest_km=nearest_km)
        flags = beyond_band(nearest_km, zones["uncertainty_km"], threshold_km).sum()
        counts = simulate_beyond(zones, result.hubs_of(layer), threshold_km, method=method)
        spread = {name: float(np.quantile(counts, q)) for name, q in QUANTILES.items()}
        rows.append(
            {
                "hub_layer": layer,
                "distance_method": method,
                "threshold_km": threshold_km,
                **flags.astype(int),
                **spread,
            }
        )
    return pd.DataFrame(rows)
