"""The tables of a study that goes by a matrix: those that need no position, in its unit.

The tables' builders know distances in km. They are given the matrix's values in their place, with
positions that do not err; what comes back is named by the matrix's unit, and what only positions
give is taken off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.words import Message, Words
from zones.matrix import UNIT_WORDS
from zones.parameters import THRESHOLD_KM
from zones.pipeline import StudyResult
from zones.thresholds import count_beyond

TABLES = (
    "types", "provinces", "cities", "counties", "regions", "per_head", "by_city", "by_county",
    "clusters_vs_rest", "groups", "threshold_curve",
)  # fmt: skip
# note of a table of distances -> of one by a matrix, None for none
NOTES_INSTEAD = {
    "beyond": "beyond_matrix", "groups": "groups_matrix", "band": "no_band", "layers": None,
    "straight": None,
}  # fmt: skip
CURVE_STEPS = 60
NOT_BY_MATRIX = Message(
    "not with distance.matrix, which tells of its own zones and hubs only; accepted: without it"
)
_BAND = ["surely", "possibly", "low_5_pct", "high_95_pct"]


def as_distances(result: StudyResult) -> StudyResult:
    """Return a result by a matrix as the tables' builders take it."""
    plain = replace(
        result.study, matrix=None, matrix_thresholds=None, matrix_unit=None, matrix_columns=(),
        matrix_source=None, thresholds_km=result.thresholds,
    )  # fmt: skip
    zones = result.zones.assign(
        nearest_km=result.zones[f"nearest_{result.unit}"], uncertainty_km=0.0
    )
    return replace(result, study=plain, zones=zones)


def in_unit(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return a table that a builder has made, in the matrix's unit and without the band.

    A median beyond every number, since most have no way to any hub, is nan.
    """
    named = {f"{name}_km": f"{name}_{unit}" for name in ("threshold", "median", "nearest")}
    frame = frame.drop(columns=[name for name in _BAND if name in frame]).rename(columns=named)
    for name in frame.columns.intersection([f"median_{unit}"]):
        frame[name] = frame[name].replace(np.inf, np.nan)
    return frame


def builder(
    key: str, build: Callable[[StudyResult], pd.DataFrame]
) -> Callable[[StudyResult], pd.DataFrame]:
    """Return what makes a table by a matrix, from what makes it by distances."""
    return _curve if key == "threshold_curve" else build


def _curve(result: StudyResult) -> pd.DataFrame:
    """Return the counts over thresholds of round steps, up to where none but the unreached is."""
    zones, own = result.zones, result.study.thresholds_km
    end = float(zones["nearest_km"].replace(np.inf, np.nan).max())
    step = round_step(max(end if np.isfinite(end) else 0.0, *own), CURVE_STEPS)
    steps = set(np.arange(0.0, max(end, 0.0) + step, step).round(6).tolist()) | set(own)
    weights = zones[["area_ha", "gdp_estimate_yi_cny"]]
    counts = count_beyond(zones["nearest_km"], zones["uncertainty_km"], sorted(steps), weights)
    return counts.reset_index()


def round_step(end: float, steps: int) -> float:
    """Return the least of 1, 2, 5 times a power of ten by which so few steps reach an end."""
    least = max(end, 1e-6) / steps
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= least * (1 - 1e-12)))


def notes_instead(keys: Iterable[str]) -> list[str]:
    """Return the notes of a table by a matrix, from those of one by distances."""
    found = (NOTES_INSTEAD.get(key, key) for key in keys)
    return [key for key in found if key is not None]


def matrix_facts(result: StudyResult) -> dict[str, object]:
    """Return what notes and answers say of a study's matrix."""
    study = result.study
    assert study.matrix is not None
    return {
        "threshold": result.thresholds[0],
        "unit": UNIT_WORDS[result.unit],
        "matrix": study.matrix_source or study.matrix.name,
        "published_km": THRESHOLD_KM,
    }


SENTENCES = {
    "read": Message(
        "Zones and hubs by the matrix {matrix}, in {unit}; it states no errors, so neither 90 % "
        "interval nor band is known, and nothing is compared with the report."
    ),
    "unmeasured": Message(
        "Zones that the matrix does not name: {count:,}; they are in no count, sum, map or figure."
    ),
    "no_way": Message(
        "Zones from which no way to any hub is in the matrix: {count:,}; they count as beyond."
    ),
    "left_out": Message(
        "Not with a matrix: tables of sensitivity, intervals and comparison, figures, other hub "
        "layers."
    ),
}


def matrix_sentences(result: StudyResult) -> list[Words]:
    """Return what a reader of a result by a matrix should know; nothing of one by distances."""
    if result.study.matrix is None:
        return []
    said: list[Words] = [SENTENCES["read"].fill(**matrix_facts(result))]
    no_way = int(np.isinf(result.zones[f"nearest_{result.unit}"]).sum())
    for key, count in (("unmeasured", len(result.unmeasured)), ("no_way", no_way)):
        if count:
            said.append(SENTENCES[key].fill(count=count))
    return [*said, SENTENCES["left_out"]]
