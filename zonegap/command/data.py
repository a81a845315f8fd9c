"""The command ``zonegap data``: what the built-in tables are and where they come from."""

from __future__ import annotations

from typing import Annotated

from geodata.registry import registry, table_path
from geodata.words import Message
from zonegap.command.options import Json, MessageLang, argument, completing
from zonegap.console import show
from zones.study import check_accepted


def _tables(incomplete: str) -> list[str]:
    return completing(registry())(incomplete)


def data(
    name: Annotated[
        str | None,
        argument("TABLE", Message("A table; all without a name."), autocompletion=_tables),
    ] = None,
    as_json: Json = False,
    lang: MessageLang = None,
) -> None:
    """List the built-in tables with rows, source and licence, each checked by its hash."""
    import json

    entries = registry()
    if name is not None:
        check_accepted("TABLE", name, sorted(entries))
    for n in sorted(entries) if name is None else [name]:
        path, entry = table_path(n), entries[n]
        if as_json:
            about = entry.__dict__ | {"name": n, "path": str(path)}
            show(json.dumps(about, ensure_ascii=False))
            continue
        show(f"{n}: {entry.title}; {entry.rows:,} rows; {entry.date}; {entry.licence}")
        if name is not None:
            for label, text in entry.provenance().items():
                show(f"  {label.lower()}: {text}")
            show(f"  columns: {', '.join(entry.columns)}")
            show(f"  sha256: {entry.sha256}\n  file: {path}")
