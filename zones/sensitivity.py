"""What moves the answers, and what the published count implies about the hubs behind it.

They move with hub layer, distance, GDP vintage and land year; with each hub, when the count is
made without it; and with the positions, each drawn again from its measured error.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from geodata.loaders import load_position_errors, load_published_figures
from geodata.words import Joined, Listed, Message, Name, Words
from zones.distance.great_circle import FloatArray, destination
from zones.distance.nearest_hub import nearest
from zones.gdp import gdp_density, zone_gdp
from zones.hubs import HUB_LAYERS
from zones.inputs import located, need_columns
from zones.parameters import (
    CLUSTERS,
    DEFAULT_LAYER,
    DISTANCE_METHODS,
    DRAWS,
    EARTH_RADIUS_KM,
    ELLIPSOID_FACTOR,
    GDP_VINTAGES,
    LAND_YEARS,
    PUBLISHED_BEYOND_ID,
    SEED,
    THRESHOLD_KM,
    YI_PER_TRILLION,
)
from zones.pipeline import StudyResult
from zones.thresholds import beyond, beyond_band, count_beyond


def sensitivity_table(result: StudyResult) -> pd.DataFrame:
    """Return every combination of hub layer, distance method, GDP vintage and land year.

    Returns
    -------
    pandas.DataFrame
        One combination a row: ``beyond`` with its band at the study's first threshold,
        ``zone_gdp_trillion_cny``, the part of it beyond the threshold and the part outside the
        three clusters' provinces, unless the study keeps zones of one of the two only.
    """
    zones, threshold_km = result.zones, result.study.thresholds_km[0]
    outside = ~zones["province_adcode"].isin(CLUSTERS.values())
    estimates = {
        (gdp, land): zone_gdp(zones, gdp_density(result.provinces, gdp, land)) / YI_PER_TRILLION
        for gdp, land in itertools.product(GDP_VINTAGES, LAND_YEARS)
    }
    rows = []
    for layer, method in itertools.product(result.layers(), DISTANCE_METHODS):
        distance_km = result.distance_under(layer, method)
        counts = count_beyond(distance_km, zones["uncertainty_km"], [threshold_km]).iloc[0]
        far = beyond(distance_km, threshold_km)
        for (gdp, land), estimate in estimates.items():
            total = estimate.sum(min_count=1)
            rows.append(
                {
                    "hub_layer": layer,
                    "distance_method": method,
                    "gdp": gdp,
                    "land": land,
                    "threshold_km": threshold_km,
                    "beyond": int(counts["beyond"]),
                    "surely": int(counts["surely"]),
                    "possibly": int(counts["possibly"]),
                    "zone_gdp_trillion_cny": total,
                    "gdp_beyond_trillion_cny": estimate[far].sum(),
                    "beyond_gdp_pct": 100.0 * estimate[far].sum() / total,
                    "gdp_other_provinces_pct": 100.0 * estimate[outside].sum() / total,
                }
            )
    table = pd.DataFrame(rows)
    if result.study.filtered and (outside.all() or not outside.any()):
        return table.drop(columns="gdp_other_provinces_pct")
    return table


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
        # how far its zones are from the nearest of the other hubs; infinitely where none is left
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
    """Return what the count would be without each of the study's hubs.

    Of some zones of a table, only the hubs that are the nearest of one: all others change nothing.
    """
    study = result.study
    table = leave_one_hub_out(
        result.zones, result.hubs, study.thresholds_km[0], method=study.distance_method
    )
    if study.filtered:
        table = table[table["zones_served"] > 0].reset_index(drop=True)
    return table.assign(threshold_km=study.thresholds_km[0])


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
    zones = located(zones, "zones")
    need_columns(zones, "zones", ["lon", "lat", "nearest_km", "uncertainty_km"])
    # draw the ratio of error and radius from its measured distribution, and a direction, for
    # each zone and draw
    errors = load_position_errors()
    random = np.random.default_rng(seed)
    shape = (len(zones), DRAWS)
    ratio = np.interp(random.random(shape), errors["share"], errors["error_ratio"])
    bearing_deg = 360.0 * random.random(shape)
    # no place is farther from another than half the way round
    farthest_km = np.pi * EARTH_RADIUS_KM
    moved_km = np.minimum(ratio * zones["uncertainty_km"].to_numpy()[:, None], farthest_km)
    # choose the moves that are long enough to carry a zone across the threshold. They are made on
    # the sphere; on the ellipsoid a distance is at most ELLIPSOID_FACTOR times as long
    margin_km = (zones["nearest_km"] - threshold_km).abs().to_numpy()[:, None]
    row, draw = np.nonzero(moved_km * ELLIPSOID_FACTOR >= margin_km)
    # move them and measure again
    lon, lat = destination(
        zones["lon"].to_numpy()[row], zones["lat"].to_numpy()[row],
        bearing_deg[row, draw], moved_km[row, draw],
    )  # fmt: skip
    moved = pd.DataFrame({"lon": lon, "lat": lat})
    now = (nearest(moved, hubs, method=method)["nearest_km"] > threshold_km).to_numpy(int)
    before = (zones["nearest_km"] > threshold_km).to_numpy(int)
    # count of each draw: that of all zones in their places, and the crossings of this draw
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


# between the layers of the sentence
ALTERNATIVES = Message(", or in ")
IMPLICATION = {
    "end": Message("."),
    "layer": Message("{places} ({beyond:,} [{surely:,}–{possibly:,}])"),
    "fits": Message(
        "{published:,} zones beyond {threshold_km:g} km fits hubs in {inside}; it does not fit "
        "hubs only in {outside}"
    ),
    "fits_all": Message(
        "{published:,} zones beyond {threshold_km:g} km fits every hub layer compared, "
        "{inside}: the count does not tell them apart"
    ),
    "fits_none": Message(
        "{published:,} zones beyond {threshold_km:g} km fits no hub layer compared, neither hubs "
        "in {outside}"
    ),
    "edge": Message(
        ": it implies companies near the edge cities, whose loss alone moves the count ({edge}), "
        "and says nothing of how many lie behind them."
    ),
}


def implication(result: StudyResult) -> Words | None:
    """Say which built-in hub layers fit the published count.

    The sentence is put together from the counts of this study at the report's own threshold, so
    it changes with them. It is None where it would mean nothing: with zones other than the
    whole catalogue, or with hubs of some provinces only.
    """
    study = result.study
    if study.zones_table is not None or study.filtered or study.hub_provinces is not None:
        return None
    published = int(load_published_figures()["value"][PUBLISHED_BEYOND_ID])
    inside: list[Words] = []
    outside: list[Words] = []
    for layer in HUB_LAYERS.values():
        if layer.sentence is None:
            continue
        distance_km = result.distance_under(layer.key, study.distance_method)
        row = count_beyond(distance_km, result.zones["uncertainty_km"], [THRESHOLD_KM]).iloc[0]
        band = int(row["surely"]), int(row["possibly"])
        place = IMPLICATION["layer"].fill(
            places=layer.sentence, beyond=int(row["beyond"]), surely=band[0], possibly=band[1]
        )
        (inside if band[0] <= published <= band[1] else outside).append(place)
    key = "fits_none" if not inside else "fits" if outside else "fits_all"
    sentence = IMPLICATION[key].fill(
        published=published,
        threshold_km=THRESHOLD_KM,
        inside=Listed(inside, ALTERNATIVES),
        outside=Listed(outside, ALTERNATIVES),
    )
    if not inside:
        return sentence + IMPLICATION["end"]
    return sentence + IMPLICATION["edge"].fill(edge=_hubs_that_move_the_count(result))


def _hubs_that_move_the_count(result: StudyResult) -> Words:
    """Return the hubs of the default layer whose loss moves the count, each with how much."""
    study, hubs = result.study, result.hubs_of(DEFAULT_LAYER)
    table = leave_one_hub_out(result.zones, hubs, THRESHOLD_KM, method=study.distance_method)
    moving = table[table["more_beyond"] > 0]
    return Listed(
        Joined((Name(str(hubs["hub_en"][hub]), str(hub)), f" +{more}"))
        for hub, more in zip(moving["hub"], moving["more_beyond"], strict=True)
    )
