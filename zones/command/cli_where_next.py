"""The command ``zonegap where-next``: which cities would bring the most zones within reach."""

from __future__ import annotations

from typing import Annotated

from zones.command.cli_options import (
    DistanceMethod,
    Hubs,
    HubsFile,
    Json,
    Km,
    Lang,
    OutFile,
    RegistrationsFile,
    StudyFile,
    Weight,
    ZonesFile,
    option,
    study_of,
)
from zones.command.console import say
from zones.command.usage import number


def where_next(
    study_file: StudyFile = None,
    k: Annotated[
        int, option("--k", "K", "Up to this many new cities.", parser=number(1, whole=True))
    ] = 5,
    weight: Weight = "zones",
    out: OutFile = None,
    km: Km = None,
    zones: ZonesFile = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    registrations: RegistrationsFile = None,
    method: DistanceMethod = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Choose the 1 to k cities that, given a hub, bring the most zones within the threshold.

    The optimum is exact (maximal covering location problem); the greedy order stands beside it.
    """
    from zones.csv_text import BOM, csv_text
    from zones.pipeline import run_study
    from zones.report.table_md import to_markdown
    from zones.report.where_next_table import where_next_table
    from zones.staging import write_atomic

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
    table = where_next_table(run_study(study), k=k, weight=weight)
    if out is not None:
        write_atomic(out, BOM + csv_text(table.frame.round(6)))
    if as_json:
        say(table.frame.to_json(orient="records", force_ascii=False, indent=1))
    else:
        say(to_markdown(table), end="")
