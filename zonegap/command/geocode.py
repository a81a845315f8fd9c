"""The command ``zonegap geocode``: a table of addresses or company names in, positions out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from geodata.errors import UsageError
from geodata.gazetteer import FIRST_YEAR, LAST_YEAR
from geodata.vocabulary import LEVELS, TEXT_KINDS
from geodata.words import Listed, Message
from zonegap.command.help import OUTPUT
from zonegap.command.options import (
    UNRESOLVED_EXIT,
    MessageLang,
    Rate,
    argument,
    number,
    option,
    web_options,
    with_study_options,
    word,
)
from zonegap.console import progress_bar, remark, say_whose, show

ALL = "all"  # of --keep


@with_study_options("geocode.provider geocode.cache geocode.key_file")
def geocode(
    options: dict[str, Any],
    file: Annotated[Path, argument("TABLE", Message("Table: xlsx, xls, csv, tsv, parquet."))],
    column: Annotated[
        list[str],
        option(
            "--column", "NAME", Message("Column of addresses or names; repeat, most trusted first.")
        ),
    ],
    out: Annotated[Path, option("--out", "FILE", Message("CSV file to write."), OUTPUT)],
    province_column: Annotated[
        str | None, option("--province-column", "NAME", Message("Column of provinces, binding."))
    ] = None,
    city_column: Annotated[
        str | None, option("--city-column", "NAME", Message("Column of cities, binding."))
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
        word("--kind", TEXT_KINDS, "KIND", Message("How texts are read (auto: by their words)")),
    ] = TEXT_KINDS[0],
    strict: Annotated[
        bool,
        option(
            "--strict", None, Message("Exit with 4 when a row stays unresolved or failed."), OUTPUT
        ),
    ] = False,
    rate: Rate = None,
    lang: MessageLang = None,
) -> None:
    """Locate addresses or company names, offline; every row keeps its reason."""
    from geodata.address_geocoder import geocode_texts
    from geodata.user_tables.headers import read_table
    from geodata.web.geocode import web_geocode_texts
    from zones.report.licences import sources_beside, staged_with_sources, write_text_sources
    from zones.writing import BOM, csv_text

    web = web_options(options, rate)
    if out.resolve() == file.resolve():
        raise UsageError(
            Message("--out: {out} is the input itself; accepted: another file", out=out)
        )
    read = [*column, *(c for c in (province_column, city_column) if c)]
    listed = "" if keep in (None, ALL) else str(keep).replace("，", ",")
    kept = [name.strip() for name in listed.split(",") if name.strip()]
    table = read_table(file, [*read, *kept])
    texts = [table[c] for c in column]
    provinces = table[province_column] if province_column else None
    cities = table[city_column] if city_column else None
    located = geocode_texts(texts, provinces, cities, year=year, kind=kind, progress=progress_bar)
    failed = 0
    if web:
        found = web_geocode_texts(located, texts, provinces, cities, web)
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
    # a register may name persons: what was not asked for does not go on
    passed = [c for c in table.columns if keep == ALL or c in (*read, *kept)]
    dropped = [c for c in table.columns if c not in passed]
    if dropped:
        remark(
            Message(
                "columns not kept: {columns}; accepted: --keep with their names, or --keep all",
                columns=Listed(dropped),
            )
        )
    table = table[passed]
    taken = {c: f"input_{c}" for c in table.columns if c in located.columns}
    for old, new in taken.items():
        remark(Message("your column {old} is written as {new}", old=old, new=new))
    both = table.rename(columns=taken).join(located.round({"lon": 6, "lat": 6}))
    text = BOM + csv_text(both)
    with staged_with_sources(out) as (table_file, about):
        table_file.write_text(text, encoding="utf-8", newline="")
        write_text_sources(located, file.name, about, out.name)
    levels = located["geocode_level"]
    for level, words in LEVELS.items():
        show(Message("{level}: {count:,}", level=words, count=int((levels == level).sum())))
    unresolved = int((levels == "").sum())
    ambiguous = int(((levels == "") & (located["geocode_candidates"] != "")).sum())
    show(
        Message(
            "unresolved: {unresolved:,} of {rows:,} rows, {ambiguous:,} with candidates",
            unresolved=unresolved, rows=len(table), ambiguous=ambiguous,
        )
    )  # fmt: skip
    show(str(out))
    say_whose(sources_beside(out))
    if strict and (unresolved or failed):
        raise typer.Exit(UNRESOLVED_EXIT)
