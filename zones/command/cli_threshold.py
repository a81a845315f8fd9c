"""The command ``zonegap threshold``: how many zones lie beyond, and where so many do."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from geodata.errors import UsageError
from zones.command.cli_options import (
    DistanceMethod,
    Hubs,
    HubsFile,
    Json,
    Km,
    Lang,
    RegistrationsFile,
    StudyFile,
    ZonesFile,
    option,
    study_of,
    word,
)
from zones.command.console import say
from zones.command.usage import number
from zones.parameters import GROUPINGS

if TYPE_CHECKING:
    from zones.pipeline import StudyResult


def threshold(
    study_file: StudyFile = None,
    km: Km = None,
    zones: ZonesFile = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    registrations: RegistrationsFile = None,
    method: DistanceMethod = None,
    count: Annotated[
        int | None,
        option(
            "--count",
            "N",
            "Say, by hub layer, at which distance this many are beyond.",
            parser=number(0, whole=True),
        ),
    ] = None,
    by: Annotated[str | None, word("--by", GROUPINGS, "GROUPING", "Count by")] = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Count the zones beyond each threshold, with the band their positions leave open."""
    from zones.pipeline import run_study

    study = study_of(
        study_file,
        km,
        zones_table=zones,
        hub_layer=hubs,
        hub_file=hubs_file,
        distance_method=method,
        language=lang,
        registrations=registrations,
    )
    if by is not None and count is not None:
        text = "--by and --count: two questions; accepted: one of them"
        raise UsageError(text)
    if km is not None and count is not None:
        text = "--km and --count: two questions; accepted: one of them"
        raise UsageError(text)
    result = run_study(study)
    if count is not None:
        _print_inverse(result, count, as_json)
    elif by is not None:
        _print_groups(result, by, as_json)
    else:
        _print_counts(result, as_json)


def _print_counts(result: StudyResult, as_json: bool) -> None:
    from zones.thresholds import count_beyond
    from zones.words.wording import pick, value
    from zones.words.wording_notes import COUNTS

    zones, study = result.zones, result.study
    counts = count_beyond(
        zones["nearest_km"],
        zones["uncertainty_km"],
        study.thresholds_km,
        zones[["area_ha", "gdp_yi_cny"]],
    )
    if as_json:
        say(counts.reset_index().to_json(orient="records", indent=1))
        return
    layer = value(study.hub_layer, study.language)
    for _, row in counts.reset_index().iterrows():
        line = pick(COUNTS["beyond"], study.language)
        say(line.format(layer=layer, zones=len(zones), **row))


def _print_groups(result: StudyResult, by: str, as_json: bool) -> None:
    from zones.report.report_tables import report_table
    from zones.report.table_md import to_markdown

    table = report_table("groups", result)
    chosen = table.frame[table.frame["grouping"].isin([by, ""])]
    table = replace(table, frame=chosen)
    if as_json:
        say(table.frame.to_json(orient="records", force_ascii=False, indent=1))
    else:
        say(to_markdown(table), end="")


def _print_inverse(result: StudyResult, count: int, as_json: bool) -> None:
    from zones.thresholds import threshold_for_count
    from zones.words.wording import pick, value
    from zones.words.wording_notes import COUNTS

    study = result.study
    rows = []
    for layer in result.layers():
        distance_km = result.distance_under(layer, study.distance_method)
        low_km, high_km = threshold_for_count(distance_km, count)
        rows.append({"hub_layer": layer, "count": count, "low_km": low_km, "high_km": high_km})
    if as_json:
        no_end = [row | {"high_km": None} if row["high_km"] == math.inf else row for row in rows]
        say(json.dumps(no_end, indent=1))
        return
    for row in rows:
        tie, no_end_km = row["low_km"] == row["high_km"], row["high_km"] == math.inf
        line = pick(COUNTS["tie" if tie else "open" if no_end_km else "inverse"], study.language)
        say(line.format(layer=value(str(row["hub_layer"]), study.language), **row))
