"""The command ``zonegap threshold``: how many zones lie beyond, and where so many do."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from geodata.errors import UsageError
from geodata.words import Message
from zonegap.command.options import Json, not_both, number, option, result_of, study_command, word
from zonegap.console import show, show_table
from zones.parameters import GROUPINGS
from zones.study import Study

if TYPE_CHECKING:
    from zones.pipeline import StudyResult

# at which distance so many are beyond
COUNTS = {
    "inverse": Message("{count:,} zones, {layer}: {low_km:.3f} to {high_km:.3f} km"),
    "open": Message("{count:,} zones, {layer}: from {low_km:.3f} km on"),
    "tie": Message(
        "{count:,} zones, {layer}: no distance gives exactly so many; fewer from {low_km:.3f} km"
    ),
}


@study_command(
    "zones hubs registrations distance geocode.openstreetmap geocode.datum output.language",
    matrix=True,
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
    """Count the zones beyond each threshold, with the 90 % interval and the band."""
    if by is not None and count is not None:
        raise UsageError(not_both("--by", "--count"))
    if "thresholds_km" in asked and count is not None:
        raise UsageError(not_both("--km", "--count"))
    if count is not None and study.matrix is not None:
        raise UsageError(not_both("--count", "distance.matrix"))
    result = result_of(study)
    if count is not None:
        _print_inverse(result, count, as_json)
    elif by is not None:
        _print_groups(result, by, as_json)
    else:
        _print_counts(result, as_json)


def _print_counts(result: StudyResult, as_json: bool) -> None:
    from zones.report.answer import answers, counts_table

    if as_json:
        show(counts_table(result).reset_index().to_json(orient="records", indent=1))
        return
    for answer in answers(result):
        language = result.study.language
        show(answer.count.in_language(language))
        for line in (answer.shares, answer.intervals):
            show("  " + line.in_language(language))


def _print_groups(result: StudyResult, by: str, as_json: bool) -> None:
    from zones.groups import group_counts
    from zones.report.matrix_tables import as_distances, in_unit
    from zones.report.tables import report_table

    table = report_table("groups", result)
    by_matrix = result.study.matrix is not None
    known = as_distances(result) if by_matrix else result
    frame = group_counts(known.zones, known.study.thresholds_km, [by])
    frame = in_unit(frame, result.unit) if by_matrix else frame
    show_table(replace(table, frame=frame), as_json=as_json)


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
