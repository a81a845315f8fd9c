"""The command ``zonegap geocode``: a table of addresses or company names in, positions out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from geodata.gazetteer import FIRST_YEAR, LAST_YEAR
from geodata.vocabulary import LEVELS, TEXT_KINDS
from geodata.words import Listed, Message, Words
from zonegap.command.help import OUTPUT
from zonegap.command.options import (
    UNRESOLVED_EXIT,
    Force,
    MessageLang,
    Rate,
    argument,
    number,
    option,
    parts_of,
    say_account,
    web_options,
    with_study_options,
    word,
)
from zonegap.console import progress_bar, remark, say_whose, show
from zones.writing import (
    Guard,
    add_csv,
    is_stream,
    sources_beside,
    stream,
    write_csv,
)

ALL = "all"  # of --keep


@with_study_options("geocode.provider geocode.cache geocode.key_file")
def geocode(
    options: dict[str, Any],
    file: Annotated[
        Path, argument("TABLE", Message("Table of any kind that is read: xlsx, ods, csv, dta ..."))
    ],
    out: Annotated[
        Path, option("--out", "FILE", Message("CSV file to write; - for standard output."), OUTPUT)
    ],
    column: Annotated[
        list[str] | None,
        option(
            "--column",
            "NAME",
            Message(
                "Column of addresses or names; repeat, most trusted first. Without it the one "
                "that is headed so."
            ),
        ),
    ] = None,
    province_column: Annotated[
        str | None,
        option(
            "--province-column",
            "NAME",
            Message("Column of provinces, binding; '' for none. Without it the one headed so."),
        ),
    ] = None,
    city_column: Annotated[
        str | None, option("--city-column", "NAME", Message("The same of cities."))
    ] = None,
    county_column: Annotated[
        str | None, option("--county-column", "NAME", Message("The same of counties."))
    ] = None,
    keep: Annotated[
        str | None,
        option(
            "--keep",
            "COLUMNS",
            Message("Further columns to write, comma-separated, or: all. Only those read without."),
            OUTPUT,
        ),
    ] = None,
    year: Annotated[
        int,
        option(
            "--year",
            "YEAR",
            Message("Year of the names, {first} to {last}.", first=FIRST_YEAR, last=LAST_YEAR),
            parser=number(FIRST_YEAR, LAST_YEAR, whole=True),
        ),
    ] = LAST_YEAR,
    kind: Annotated[
        str,
        word(
            "--kind",
            TEXT_KINDS,
            "KIND",
            Message("How texts are read (auto: by the heading, else by their words)"),
        ),
    ] = TEXT_KINDS[0],
    strict: Annotated[
        bool,
        option(
            "--strict", None, Message("Exit with 4 when a row stays unresolved or failed."), OUTPUT
        ),
    ] = False,
    rate: Rate = None,
    force: Force = False,
    lang: MessageLang = None,
) -> None:
    """Locate addresses or company names, offline; every row keeps its reason."""
    from geodata.address_geocoder import geocode_texts
    from geodata.user_tables.addresses import load_texts
    from geodata.web.geocode import web_geocode_texts
    from zones.report.licences import (
        licence_of_texts,
        reserved_with_sources,
        staged_with_sources,
        write_text_sources,
    )

    web = web_options(options, rate)
    given = (file, options["key_file"], options["cache"])
    guard = Guard(tuple(each for each in given if each is not None), force)
    with reserved_with_sources(out, guard):
        binding = {"province": province_column, "city": city_column, "county": county_column}
        table = load_texts(file, column or (), binding)
        kept = [] if keep in (None, ALL) else [name for name in parts_of(str(keep)) if name]
        # a register may name persons: what was not asked for does not go on
        passed = table.with_columns(None if keep == ALL else kept)
        say_account(table.account)
        bound = [table.bound.get(name) for name in binding]
        located = geocode_texts(
            table.texts, *bound, credit_codes=table.credit_codes, year=year,
            kind=table.kinds if kind == TEXT_KINDS[0] else kind, progress=progress_bar,
        )  # fmt: skip
        failed = 0
        if web:
            found = web_geocode_texts(located, table.texts, bound[0], bound[1], web)
            located, failed = found.located, found.counts["failed"]
            remark(
                Message(
                    "{provider}: taken {taken:,}, kept {kept:,}, refused {refused:,}, failed "
                    "{failed:,}, not asked {not_asked:,}, requests {requests:,}",
                    provider=web.provider,
                    **{name.replace(" ", "_"): count for name, count in found.counts.items()},
                )
            )
            if failed:
                remark(Message("run again to ask for the failed ones once more"))
        dropped = [c for c in table.given.columns if c and c not in passed.columns]
        if dropped:
            remark(
                Message(
                    "columns not kept: {columns}; accepted: --keep with their names, or --keep all",
                    columns=Listed(dropped),
                )
            )
        taken = {c: f"input_{c}" for c in passed.columns if c in located.columns}
        for old, new in taken.items():
            remark(Message("your column {old} is written as {new}", old=old, new=new))
        both = passed.rename(columns=taken).join(located.round({"lon": 6, "lat": 6}))
        say: Callable[[Words | str], None] = show
        if is_stream(out):
            with stream(out) as pipe:
                add_csv(both, pipe, newline="\n")
            say = remark
        else:
            with staged_with_sources(out, guard) as (table_file, about):
                write_csv(both, table_file)
                write_text_sources(located, file.name, about, out.name)
        levels = located["geocode_level"]
        for level, words in LEVELS.items():
            say(Message("{level}: {count:,}", level=words, count=int((levels == level).sum())))
        unresolved = int((levels == "").sum())
        ambiguous = int(((levels == "") & (located["geocode_candidates"] != "")).sum())
        say(
            Message(
                "unresolved: {unresolved:,} of {rows:,} rows, {ambiguous:,} with candidates",
                unresolved=unresolved, rows=len(located), ambiguous=ambiguous,
            )
        )  # fmt: skip
        if is_stream(out):
            remark(licence_of_texts(located))
        else:
            show(str(out))
            say_whose(sources_beside(out))
        if strict and (unresolved or failed):
            raise typer.Exit(UNRESOLVED_EXIT)
