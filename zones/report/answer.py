"""The answer of a study: how many zones lie beyond, in which interval, and their shares."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from geodata.words import Listed, Message, Words
from zones.pipeline import StudyResult
from zones.report.headings import SHARED_BY_NAMES, value
from zones.thresholds import count_beyond

BEYOND = Message(
    "{threshold_km:g} km, {layer}: {beyond:,.0f} of {zones:,} zones beyond, 90 % interval "
    "{low:,}–{high:,}"
)
SHARES = Message(
    "{beyond_zones_pct:.1f} % of zones, {beyond_area_pct:.1f} % of zone area, {beyond_gdp_pct:.1f} "
    "% of zone GDP"
)
SHARE = Message("{beyond_zones_pct:.1f} % of zones; area and GDP are not known")
INTERVALS = Message(
    "90 % interval {intervals}; outer band, all one way at once: {surely:,.0f}–{possibly:,.0f}"
)
INTERVAL = Message("{low:,}–{high:,} ({shared_by})")


@dataclass(frozen=True)
class Answer:
    """What a study says at one threshold.

    Attributes
    ----------
    count
        The zones beyond, with the widest of the 90 % intervals.
    shares
        Of zones, area and GDP.
    intervals
        The 90 % interval by which zones err alike, and the band of all positions wrong one way.
    """

    count: Words
    shares: Words
    intervals: Words


def counts_table(result: StudyResult) -> pd.DataFrame:
    """Return the counts of a study's thresholds with their shares, band and 90 % interval.

    Returns
    -------
    pandas.DataFrame
        As `zones.thresholds.count_beyond` gives it, with ``low_5_pct`` and ``high_95_pct``: the
        widest interval, whichever zones err alike.
    """
    zones, study = result.zones, result.study
    counts = count_beyond(
        zones["nearest_km"],
        zones["uncertainty_km"],
        study.thresholds_km,
        zones[["area_ha", "gdp_estimate_yi_cny"]],
    )
    found = [result.interval(study.hub_layer, threshold_km) for threshold_km in counts.index]
    counts[["low_5_pct", "high_95_pct"]] = found
    return counts


def answers(result: StudyResult) -> list[Answer]:
    """Return what a study says at each of its thresholds."""
    study = result.study
    layer = value(study.hub_layer, study.language)
    said: list[Answer] = []
    for _, row in counts_table(result).reset_index().iterrows():
        low, high = int(row["low_5_pct"]), int(row["high_95_pct"])
        count = BEYOND.fill(layer=layer, zones=len(result.zones), low=low, high=high, **row)
        known = math.isfinite(row["beyond_area_pct"]) and math.isfinite(row["beyond_gdp_pct"])
        found = result.intervals(study.hub_layer, row["threshold_km"])
        by_kind = Listed(
            INTERVAL.fill(
                shared_by=SHARED_BY_NAMES[str(kind)],
                low=int(spread["low_5_pct"]),
                high=int(spread["high_95_pct"]),
            )
            for kind, spread in found.iterrows()
        )
        shares = (SHARES if known else SHARE).fill(**row)
        said.append(Answer(count, shares, INTERVALS.fill(intervals=by_kind, **row)))
    return said
