"""The command ``zonegap geocode``: a table of addresses or company names in, positions out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import BadInputError, UsageError
from geodata.gazetteer import FIRST_YEAR, LAST_YEAR
from geodata.messages import use_language
from zones.cli_options import UNRESOLVED_EXIT, Cache, KeyFile, Lang, WebProvider, web_options


def geocode(
    file: Annotated[Path, typer.Argument(help="CSV file: UTF-8 or GB18030.")],
    column: Annotated[
        list[str],
        typer.Option("--column", help="Column of addresses or names; repeat, most trusted first."),
    ],
    out: Annotated[Path, typer.Option("--out", help="CSV file to write.")],
    province_column: Annotated[
        str | None, typer.Option("--province-column", help="Column of provinces, binding.")
    ] = None,
    city_column: Annotated[
        str | None, typer.Option("--city-column", help="Column of cities, binding.")
    ] = None,
    year: Annotated[
        int, typer.Option("--year", help="Year of the names.", min=FIRST_YEAR, max=LAST_YEAR)
    ] = LAST_YEAR,
    kind: Annotated[
        str, typer.Option("--kind", help="address, company, or auto by the words of each text.")
    ] = "auto",
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 4 when a row stays unresolved or failed.")
    ] = False,
    provider: WebProvider = None,
    cache: Cache = None,
    key_file: KeyFile = None,
    rate: Annotated[
        float | None, typer.Option("--rate", help="Web requests a second at most.")
    ] = None,
    lang: Lang = None,
) -> None:
    """Locate addresses or company names, offline; every row keeps its reason.

    With --provider, a web geocoder is asked as well; its answers are taken where the offline
    result bears them out.

    Example: zonegap geocode firms.csv --column 注册地址 --column 公司名称 --out firms_located.csv
    """
    from geodata.geocode_texts import geocode_texts
    from geodata.schema import missing_columns
    from geodata.text_tables import read_csv
    from geodata.web_geocode import web_geocode_texts
    from zones.csv_text import BOM, csv_text
    from zones.staging import write_atomic

    use_language(str(lang or "en"))
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
    located = geocode_texts(texts, provinces, cities, year=year, kind=kind)
    failed = 0
    if web:
        found = web_geocode_texts(located, texts, provinces, cities, web)
        located, failed = found.located, found.counts["failed"]
        counts = ", ".join(f"{name} {count:,}" for name, count in found.counts.items())
        typer.echo(f"{web.provider}: {counts}", err=True)
        if failed:
            typer.echo("run again to ask for the failed ones once more", err=True)
    taken = {c: f"input_{c}" for c in table.columns if c in located.columns}
    for old, new in taken.items():
        typer.echo(f"your column {old} is written as {new}", err=True)
    both = table.rename(columns=taken).join(located.round({"lon": 6, "lat": 6}))
    write_atomic(out, BOM + csv_text(both))
    levels = located["geocode_level"]
    for level in ("place", "county", "city", "province"):
        typer.echo(f"{level}: {int((levels == level).sum()):,}")
    unresolved = int((levels == "").sum())
    ambiguous = int(((levels == "") & (located["geocode_candidates"] != "")).sum())
    typer.echo(f"unresolved: {unresolved:,} of {len(table):,} rows, {ambiguous:,} with candidates")
    typer.echo(str(out))
    if strict and (unresolved or failed):
        raise typer.Exit(UNRESOLVED_EXIT)
