"""The command ``zonegap data``: what the built-in tables are and where they come from."""

from __future__ import annotations

from typing import Annotated

import typer

from geodata.errors import UsageError
from geodata.registry import registry, table_path
from zones.command.cli_options import Json, MessageLang
from zones.command.console import say
from zones.command.usage import completing
from zones.study import did_you_mean


def _tables(incomplete: str) -> list[str]:
    return completing(registry())(incomplete)


def data(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help="A table; all without a name.",
            autocompletion=_tables,
        ),
    ] = None,
    as_json: Json = False,
    lang: MessageLang = None,
) -> None:
    """List the built-in tables with rows, source and licence, each checked by its hash."""
    import json

    entries = registry()
    if name is not None and name not in entries:
        text = f"TABLE: {name!r}; accepted: {', '.join(sorted(entries))}"
        raise UsageError(text + did_you_mean(name, entries))
    for n in sorted(entries) if name is None else [name]:
        path, entry = table_path(n), entries[n]
        if as_json:
            about = entry.__dict__ | {"name": n, "path": str(path)}
            say(json.dumps(about, ensure_ascii=False))
            continue
        say(f"{n}: {entry.title}; {entry.rows:,} rows; {entry.date}; {entry.licence}")
        if name is not None:
            say(f"  source: {entry.source}")
            say(f"  columns: {', '.join(entry.columns)}")
            say(f"  sha256: {entry.sha256}\n  file: {path}")
