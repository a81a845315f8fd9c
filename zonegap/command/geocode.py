"""The command ``zonegap geocode``: a table of addresses or company names in, positions out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from zonegap.console import bar_over_parts, remark, say_whose, show
from zones.writing import (
    Guard,
    add_csv_blocks,
    is_stream,
    sources_beside,
    stream,
    write_csv_blocks,
)

if TYPE_CHECKING:
    import pandas as pd

    from geodata.user_tables.addresses import TextTable
    from geodata.web.ask import WebOptions
    from zones.report.licences import TextCounts

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
    from geodata.address_geocoder import COLUMNS, TextGeocoder
    from geodata.user_tables.addresses import open_texts
    from zones.report.licences import TextCounts, reserved_with_sources, staged_with_sources

    web = web_options(options, rate)
    given = (file, options["key_file"], options["cache"])
    guard = Guard(tuple(each for each in given if each is not None), force)
    with reserved_with_sources(out, guard):
        binding = {"province": province_column, "city": city_column, "county": county_column}
        table = open_texts(file, column or (), binding)
        # a register may name persons: what was not asked for does not go on
        kept = None if keep == ALL else [name for name in parts_of(keep or "") if name]
        passed = table.kept(kept)
        say_account(table.account)
        taken = {c: f"input_{c}" for c in passed if c in COLUMNS}
        _say_columns([c for c in table.headings if c and c not in passed], taken)
        geocoder = TextGeocoder(
            len(table.kinds), year=year, kind=table.kinds if kind == TEXT_KINDS[0] else kind
        )
        counts, asked = TextCounts(), Counter[str]()

        def blocks() -> Iterator[pd.DataFrame]:
            """Read, locate and give some rows at a time: a long table is never held whole."""
            with bar_over_parts(table.rows) as progress:
                for block in table.blocks():
                    bound = [block.bound.get(name) for name in binding]
                    located = geocoder.locate(
                        block.texts, *bound, credit_codes=block.credit_codes, progress=progress
                    )[COLUMNS]
                    if web:
                        located = _asked(located, block, web, asked)
                    counts.add(located)
                    own = block.with_columns(kept).rename(columns=taken)
                    yield own.join(located.round({"lon": 6, "lat": 6}))

        say: Callable[[Words | str], None] = show
        if is_stream(out):
            with stream(out) as pipe:
                add_csv_blocks(blocks(), pipe, newline="\n")
            say = remark
        else:
            with staged_with_sources(out, guard) as (table_file, about):
                write_csv_blocks(blocks(), table_file)
                counts.write_sources(file.name, about, out.name)
        if web:
            _say_asked(web.provider, asked)
        _say_counts(counts, say)
        if is_stream(out):
            remark(counts.licence())
        else:
            show(str(out))
            say_whose(sources_beside(out))
        if strict and (counts.levels[""] or asked["failed"]):
            raise typer.Exit(UNRESOLVED_EXIT)


def _say_columns(dropped: list[str], renamed: dict[str, str]) -> None:
    """Say which columns of the table are not in the output, or under another heading."""
    if dropped:
        remark(
            Message(
                "columns not kept: {columns}; accepted: --keep with their names, or --keep all",
                columns=Listed(dropped),
            )
        )
    for old, new in renamed.items():
        remark(Message("your column {old} is written as {new}", old=old, new=new))


def _say_counts(counts: TextCounts, say: Callable[[Words | str], None]) -> None:
    """Say how many rows were located by level, and how many were not."""
    for level, words in LEVELS.items():
        say(Message("{level}: {count:,}", level=words, count=counts.levels[level]))
    say(
        Message(
            "unresolved: {unresolved:,} of {rows:,} rows, {ambiguous:,} with candidates",
            unresolved=counts.levels[""], rows=counts.rows, ambiguous=counts.ambiguous,
        )
    )  # fmt: skip


def _asked(
    located: pd.DataFrame, block: TextTable, web: WebOptions, asked: Counter[str]
) -> pd.DataFrame:
    """Return the rows with what a web geocoder adds, and count how that went."""
    from geodata.web.geocode import web_geocode_texts

    provinces, cities = block.bound.get("province"), block.bound.get("city")
    found = web_geocode_texts(located, block.texts, provinces, cities, web)
    asked.update(found.counts)
    return found.located


def _say_asked(provider: str, asked: Counter[str]) -> None:
    """Say what became of the questions to a web geocoder."""
    remark(
        Message(
            "{provider}: taken {taken:,}, kept {kept:,}, refused {refused:,}, failed "
            "{failed:,}, not asked {not_asked:,}, requests {requests:,}",
            provider=provider,
            **{name.replace(" ", "_"): count for name, count in asked.items()},
        )
    )
    if asked["failed"]:
        remark(Message("run again to ask for the failed ones once more"))
