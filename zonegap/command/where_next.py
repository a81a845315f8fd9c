"""The command ``zonegap where-next``: which cities would bring the most zones within reach."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from geodata.words import Message
from zonegap.command.help import OUTPUT
from zonegap.command.options import Json, Weight, number, option, result_of, study_command
from zonegap.console import say_whose, show_table
from zones.study import Study


@study_command(
    "zones hubs registrations distance geocode.openstreetmap geocode.datum output.language"
)
def where_next(
    study: Study,
    k: Annotated[
        int,
        option("--k", "K", Message("Up to this many new cities."), parser=number(1, whole=True)),
    ] = 5,
    weight: Weight = "zones",
    out: Annotated[
        Path | None, option("--out", "FILE", Message("CSV file to write."), OUTPUT)
    ] = None,
    as_json: Json = False,
) -> None:
    """Choose the 1 to k cities that, given a hub, bring the most zones within the threshold.

    The optimum is exact (maximal covering location problem); the greedy order stands beside it.
    """
    from zones.report.licences import sources_beside, staged_with_sources, write_sources
    from zones.report.tables import where_next_table
    from zones.writing import BOM, csv_text

    result = result_of(study)
    table = where_next_table(result, k=k, weight=weight)
    if out is not None:
        with staged_with_sources(out) as (file, about):
            text = BOM + csv_text(table.frame.round(6))
            file.write_text(text, encoding="utf-8", newline="")
            write_sources(result, about, {"tables": [out.name]})
    show_table(table, as_json=as_json)
    if out is not None:
        say_whose(sources_beside(out))
