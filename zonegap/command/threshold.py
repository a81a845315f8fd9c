"""The command ``zonegap threshold``: how many zones lie beyond, and where so many do."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from geodata.errors import UsageError
from geodata.words import Message, Words
from zonegap.command.options import Json, not_both, number, option, study_command, word
from zonegap.console import progress_bar, show, show_table
from zones.parameters import GROUPINGS
from zones.study import Study

if TYPE_CHECKING:
    from zones.pipeline import StudyResult

# what is said of each count
COUNTS = {
    "beyond": Message(
        "{threshold_km:g} km, {layer}: {beyond:,.0f} of {zones:,} zones beyond "
        "({beyond_zones_pct:.1f} %), surely {surely:,.0f}, possibly {possibly:,.0f}"
    ),
    "shares": Message("; {beyond_area_pct:.1f} % of zone area, {beyond_gdp_pct:.1f} % of zone GDP"),
    "inverse": Message("{count:,} zones, {layer}: {low_km:.3f} to {high_km:.3f} km"),
    "open": Message("{count:,} zones, {layer}: from {low_km:.3f} km on"),
    "tie": Message(
        "{count:,} zones, {layer}: no distance gives exactly so many; fewer from {low_km:.3f} km"
    ),
}


@study_command(
    "zones.table zones.source hubs registrations distance geocode.openstreetmap output.language"
)
def threshold(
    study: Study,
    asked: set[str],
    count: Annotated[
        int | None,
        option(
            "--count",
            "N",
            Message("Say, by hub layer, at which distance this many are beyond."),
            parser=number(0, whole=True),
        ),
    ] = None,
    by: Annotated[str | None, word("--by", GROUPINGS, "GROUPING", Message("Count by"))] = None,
    as_json: Json = False,
) -> None:
    """Count the zones beyond each threshold, with the band their positions leave open."""
    from zones.pipeline import run_study

    if by is not None and count is not None:
        raise UsageError(not_both("--by", "--count"))
    if "thresholds_km" in asked and count is not None:
        raise UsageError(not_both("--km", "--count"))
    result = run_study(study, progress=progress_bar)
    if count is not None:
        _print_inverse(result, count, as_json)
    elif by is not None:
        _print_groups(result, by, as_json)
    else:
        _print_counts(result, as_json)


def _print_counts(result: StudyResult, as_json: bool) -> None:
    from zones.report.headings import value
    from zones.thresholds import count_beyond

    zones, study = result.zones, result.study
    counts = count_beyond(
        zones["nearest_km"],
        zones["uncertainty_km"],
        study.thresholds_km,
        zones[["area_ha", "gdp_estimate_yi_cny"]],
    )
    if as_json:
        show(counts.reset_index().to_json(orient="records", indent=1))
        return
    layer = value(study.hub_layer, study.language)
    for _, row in counts.reset_index().iterrows():
        line: Words = COUNTS["beyond"].fill(layer=layer, zones=len(zones), **row)
        # a table without areas has no shares of them
        if math.isfinite(row["beyond_area_pct"]) and math.isfinite(row["beyond_gdp_pct"]):
            line += COUNTS["shares"].fill(**row)
        show(line.in_language(study.language))


def _print_groups(result: StudyResult, by: str, as_json: bool) -> None:
    from zones.report.tables import report_table

    table = report_table("groups", result)
    chosen = table.frame[table.frame["grouping"].isin([by, ""])]
    show_table(replace(table, frame=chosen), as_json=as_json)


def _print_inverse(result: StudyResult, count: int, as_json: bool) -> None:
    from zones.report.headings import value
    from zones.thresholds import threshold_for_count

    study = result.study
    rows = []
    for layer in result.layers():
        distance_km = result.distance_under(layer, study.distance_method)
        low_km, high_km = threshold_for_count(distance_km, count)
        rows.append({"hub_layer": layer, "count": count, "low_km": low_km, "high_km": high_km})
    if as_json:
        no_end = [row | {"high_km": None} if row["high_km"] == math.inf else row for row in rows]
        show(json.dumps(no_end, indent=1))
        return
    for row in rows:
        tie, no_end_km = row["low_km"] == row["high_km"], row["high_km"] == math.inf
        line = COUNTS["tie" if tie else "open" if no_end_km else "inverse"]
        layer = value(str(row["hub_layer"]), study.language)
        show(line.fill(layer=layer, **row).in_language(study.language))
