"""The command ``zonegap geocode``: a table of addresses or company names in, positions out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import BadInputError, UsageError
from geodata.gazetteer import FIRST_YEAR, LAST_YEAR
from geodata.vocabulary import TEXT_KINDS as KINDS
from zones.command.cli_help import OUTPUT, WEB
from zones.command.cli_options import (
    UNRESOLVED_EXIT,
    Cache,
    KeyFile,
    MessageLang,
    WebProvider,
    option,
    web_options,
    word,
)
from zones.command.console import note, say
from zones.command.usage import number
from zones.progress import progress_bar
from zones.words.console_words import level_word, message


def geocode(
    file: Annotated[Path, typer.Argument(metavar="TABLE", help="CSV file: UTF-8 or GB18030.")],
    column: Annotated[
        list[str],
        option("--column", "NAME", "Column of addresses or names; repeat, most trusted first."),
    ],
    out: Annotated[Path, option("--out", "FILE", "CSV file to write.", OUTPUT)],
    province_column: Annotated[
        str | None, option("--province-column", "NAME", "Column of provinces, binding.")
    ] = None,
    city_column: Annotated[
        str | None, option("--city-column", "NAME", "Column of cities, binding.")
    ] = None,
    year: Annotated[
        int,
        option(
            "--year",
            "YEAR",
            f"Year of the names, {FIRST_YEAR} to {LAST_YEAR}.",
            parser=number(FIRST_YEAR, LAST_YEAR, whole=True),
        ),
    ] = LAST_YEAR,
    kind: Annotated[
        str, word("--kind", KINDS, "KIND", "How texts are read (auto: by their words)")
    ] = (KINDS[0]),
    strict: Annotated[
        bool,
        option("--strict", None, "Exit with 4 when a row stays unresolved or failed.", OUTPUT),
    ] = False,
    provider: WebProvider = None,
    cache: Cache = None,
    key_file: KeyFile = None,
    rate: Annotated[
        float | None,
        option("--rate", "N", "Web requests a second at most.", WEB, parser=number(0)),
    ] = None,
    lang: MessageLang = None,
) -> None:
    """Locate addresses or company names, offline; every row keeps its reason.

    With --provider, a web geocoder is asked as well; its answers are taken where the offline
    result bears them out.
    """
    from geodata.geocode_texts import geocode_texts
    from geodata.messages import missing_columns
    from geodata.text_tables import read_csv
    from geodata.web.web_geocode import web_geocode_texts
    from zones.csv_text import BOM, csv_text
    from zones.staging import write_atomic

    web = web_options(provider, cache, key_file, rate)
    if out.resolve() == file.resolve():
        text = f"--out: {out} is the input itself; accepted: another file"
        raise UsageError(text)
    table = read_csv(file, None)
    wanted = [*column, *(c for c in (province_column, city_column) if c)]
    missing = [c for c in wanted if c not in table.columns]
    if missing:
        raise BadInputError(str(file), missing_columns(missing, table))
    texts = [table[c] for c in column]
    provinces = table[province_column] if province_column else None
    cities = table[city_column] if city_column else None
    located = geocode_texts(texts, provinces, cities, year=year, kind=kind, progress=progress_bar)
    failed = 0
    if web:
        found = web_geocode_texts(located, texts, provinces, cities, web)
        located, failed = found.located, found.counts["failed"]
        counts = ", ".join(f"{name} {count:,}" for name, count in found.counts.items())
        note(f"{web.provider}: {counts}")
        if failed:
            note(message("web_again"))
    taken = {c: f"input_{c}" for c in table.columns if c in located.columns}
    for old, new in taken.items():
        note(message("column_renamed", old=old, new=new))
    both = table.rename(columns=taken).join(located.round({"lon": 6, "lat": 6}))
    write_atomic(out, BOM + csv_text(both))
    levels = located["geocode_level"]
    for level in ("place", "county", "city", "province"):
        count = int((levels == level).sum())
        say(message("level_count", level=level_word(level), count=count))
    unresolved = int((levels == "").sum())
    ambiguous = int(((levels == "") & (located["geocode_candidates"] != "")).sum())
    say(message("unresolved", unresolved=unresolved, rows=len(table), ambiguous=ambiguous))
    say(str(out))
    if strict and (unresolved or failed):
        raise typer.Exit(UNRESOLVED_EXIT)
