"""The command ``zonegap where-next``: which cities would bring the most zones within reach."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from geodata.errors import UsageError
from geodata.words import Message
from zonegap.command.help import OUTPUT
from zonegap.command.options import (
    Json,
    Weight,
    not_both,
    number,
    option,
    result_of,
    study_command,
)
from zonegap.console import say_whose, show_table
from zones.study import Study
from zones.writing import BOM, Guard, csv_text, is_stream, sources_beside, stream


@study_command(
    "zones hubs registrations distance geocode.openstreetmap geocode.datum output.language"
)
def where_next(
    study: Study,
    guard: Guard,
    k: Annotated[
        int,
        option("--k", "K", Message("Up to this many new cities."), parser=number(1, whole=True)),
    ] = 5,
    weight: Weight = "zones",
    out: Annotated[
        Path | None,
        option("--out", "FILE", Message("CSV file to write; - for standard output."), OUTPUT),
    ] = None,
    as_json: Json = False,
) -> None:
    """Choose the 1 to k cities that, given a hub, bring the most zones within the threshold.

    The optimum is exact (maximal covering location problem); the greedy order stands beside it.
    """
    from zones.report.licences import reserved_with_sources, staged_with_sources, write_sources
    from zones.report.tables import where_next_table

    if out is not None and is_stream(out) and as_json:
        raise UsageError(not_both("--json", f"--out {out}"))
    if out is None:
        show_table(where_next_table(result_of(study), k=k, weight=weight), as_json=as_json)
        return
    with reserved_with_sources(out, guard):
        result = result_of(study)
        table = where_next_table(result, k=k, weight=weight)
        frame = table.frame.round(6)
        if is_stream(out):
            with stream(out) as pipe:
                pipe.write(csv_text(frame, newline="\n"))
            return
        with staged_with_sources(out, guard) as (place, about):
            text = BOM + csv_text(frame)
            place.write_text(text, encoding="utf-8", newline="")
            write_sources(result, about, {"tables": [out.name]})
    show_table(table, as_json=as_json)
    say_whose(sources_beside(out))
