"""The command ``zonegap panel``: zones by county or prefecture and year, to join to one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geodata.gazetteer import CATALOGUE_YEAR, FIRST_YEAR, LAST_YEAR
from geodata.words import Message
from zonegap.command.help import OUTPUT
from zonegap.command.options import number, option, result_of, study_command, word
from zonegap.console import note, remark, say_whose
from zones.parameters import PANEL_YEARS, UNITS
from zones.study import Study
from zones.writing import STDOUT, Guard, csv_text, is_stream, sources_beside, stream


def period_of(text: str) -> tuple[int, int]:
    """Return the first and last year of a period such as 1990..2018, or of one year."""
    first, dots, last = text.partition("..")
    ends = (first, last if dots else first)
    if not all(end.isascii() and end.isdigit() and len(end) == 4 for end in ends):
        raise typer.BadParameter(
            str(
                Message(
                    "{value!r}; accepted: {accepted}",
                    value=text, accepted=Message("years as 1990..2018, both included"),
                )
            )
        )  # fmt: skip
    return int(ends[0]), int(ends[1])


@study_command(
    "zones hubs registrations distance geocode.openstreetmap geocode.datum output.language"
)
def panel(
    study: Study,
    guard: Guard,
    by: Annotated[str, word("--by", UNITS, "UNIT", Message("Rows of"))] = UNITS[0],
    codes: Annotated[
        int,
        option(
            "--codes",
            "YEAR",
            Message("Year of the codes, 1980 to 2024; 2018 without it."),
            parser=number(FIRST_YEAR, LAST_YEAR, whole=True),
        ),
    ] = CATALOGUE_YEAR,
    years: Annotated[
        str,
        option(
            "--years",
            "PERIOD",
            Message("Years of the panel, both ends included: 1984..2018."),
            parser=period_of,
        ),
    ] = "..".join(map(str, PANEL_YEARS)),
    balanced: Annotated[
        bool,
        option(
            "--balanced",
            None,
            Message("Every unit of that year; without it those that ever have a zone."),
        ),
    ] = False,
    out: Annotated[
        Path | None,
        option(
            "--out",
            "FILE",
            Message("File to write, .csv, .parquet or .dta; - for CSV to standard output."),
            OUTPUT,
        ),
    ] = None,
) -> None:
    """Count the zones of each county or prefecture at the end of each year."""
    from zones.panel import panel as made
    from zones.report.licences import (
        metadata,
        reserved_with_sources,
        staged_with_sources,
        write_sources,
    )
    from zones.report.panel import check_format, panel_notes, rounded, write_panel

    out = STDOUT if out is None else out
    if not is_stream(out):
        check_format(out)
    with reserved_with_sources(out, guard):
        result = result_of(study)
        period = years if isinstance(years, tuple) else period_of(years)
        frame = made(result, by, codes=codes, years=period, balanced=balanced)
        if is_stream(out):
            with stream(out) as pipe:
                pipe.write(csv_text(rounded(frame), newline="\n"))
        else:
            with staged_with_sources(out, guard) as (place, about):
                write_panel(frame, place, out.suffix.lower(), metadata(result))
                write_sources(result, about, {"tables": [out.name]})
    for sentence in panel_notes(result, by, codes, period):
        note(sentence)
    if not is_stream(out):
        remark(
            Message(
                "{units:,} units, {rows:,} rows: {out}",
                units=frame["adcode"].nunique(), rows=len(frame), out=out,
            )
        )  # fmt: skip
        say_whose(sources_beside(out))
