"""The answer of a study: how many zones lie beyond, in which interval, and their shares."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from geodata.words import Joined, Listed, Message, Words
from zones.matrix import UNIT_WORDS
from zones.pipeline import StudyResult
from zones.report.headings import SHARED_BY_NAMES, value
from zones.report.matrix_tables import as_distances, in_unit, matrix_sentences
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


BEYOND_MATRIX = Message(
    "{threshold:g} {unit} by the matrix, {layer}: {beyond:,.0f} of {zones:,} zones beyond"
)


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
        widest interval, whichever zones err alike. By a matrix the threshold is in its unit, and
        neither band nor interval is there.
    """
    zones, study = result.zones, result.study
    if study.matrix is not None:
        known = as_distances(result)
        weights = known.zones[["area_ha", "gdp_estimate_yi_cny"]]
        near, none = known.zones["nearest_km"], known.zones["uncertainty_km"]
        table = count_beyond(near, none, result.thresholds, weights).reset_index()
        return in_unit(table, result.unit).set_index(f"threshold_{result.unit}")
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
    if study.matrix is not None:
        for threshold, row in counts_table(result).iterrows():
            facts = {**row, "threshold": threshold, "unit": UNIT_WORDS[result.unit]}
            count = BEYOND_MATRIX.fill(layer=layer, zones=len(result.zones), **facts)
            known = math.isfinite(row["beyond_area_pct"]) and math.isfinite(row["beyond_gdp_pct"])
            not_known = Listed(matrix_sentences(result)[:-1], Joined((" ",)))
            said.append(Answer(count, (SHARES if known else SHARE).fill(**row), not_known))
        return said
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
