"""The answer of a study in two lines: how many zones lie beyond, and their shares."""

from __future__ import annotations

import math

from geodata.words import Message, Words
from zones.pipeline import StudyResult
from zones.report.headings import value
from zones.thresholds import count_beyond

BEYOND = Message(
    "{threshold_km:g} km, {layer}: {beyond:,.0f} of {zones:,} zones beyond "
    "({beyond_zones_pct:.1f} %), surely {surely:,.0f}, possibly {possibly:,.0f}"
)
SHARES = Message("{beyond_area_pct:.1f} % of zone area, {beyond_gdp_pct:.1f} % of zone GDP")
AND_SHARES = Message("{count}; {shares}")


def answers(result: StudyResult) -> list[tuple[Words, Words | None]]:
    """Return for each threshold of a study the count with its band, and the shares beyond.

    The shares are None where the zones state no area.
    """
    zones, study = result.zones, result.study
    counts = count_beyond(
        zones["nearest_km"],
        zones["uncertainty_km"],
        study.thresholds_km,
        zones[["area_ha", "gdp_estimate_yi_cny"]],
    )
    layer = value(study.hub_layer, study.language)
    said: list[tuple[Words, Words | None]] = []
    for _, row in counts.reset_index().iterrows():
        count = BEYOND.fill(layer=layer, zones=len(zones), **row)
        known = math.isfinite(row["beyond_area_pct"]) and math.isfinite(row["beyond_gdp_pct"])
        said.append((count, SHARES.fill(**row) if known else None))
    return said
