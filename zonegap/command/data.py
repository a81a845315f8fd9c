"""The command ``zonegap data``: what the built-in tables are and where they come from."""

from __future__ import annotations

from typing import Annotated

from geodata.registry import registry, table_path
from geodata.words import Listed, Message, in_context
from zonegap.command.options import Json, MessageLang, argument, completing
from zonegap.console import show
from zones.study import check_accepted

# what the registry calls it -> what the command does
LABELS = {
    "Publisher": Message("publisher"),
    "Title": in_context("label of a source", "title"),
    "Edition": Message("edition"),
    "Table": in_context("label of a source", "table"),
    "Copy used": Message("copy used"),
    "Changed by us": Message("changed by us"),
    "Licence": in_context("label of a source", "licence"),
    "Date": in_context("label of a source", "date"),
    "Columns": in_context("label of a source", "columns"),
    "SHA-256": Message("sha256"),
    "File": in_context("label of a source", "file"),
}


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
    names = sorted(entries) if name is None else [name]
    if as_json:
        # at once: who reads the first line only takes nothing from the others
        lines = (entries[n].__dict__ | {"name": n, "path": str(table_path(n))} for n in names)
        show("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
        return
    for n in names:
        path, entry = table_path(n), entries[n]
        show(
            Message(
                "{name}: {title}; {rows:,} rows; {date}; {licence}",
                name=n, title=entry.title, rows=entry.rows, date=entry.date, licence=entry.licence,
            )
        )  # fmt: skip
        if name is not None:
            about = entry.provenance() | {
                "Columns": Listed(entry.columns), "SHA-256": entry.sha256, "File": path,
            }  # fmt: skip
            for label, text in about.items():
                show(Message("  {label}: {text}", label=LABELS[label], text=text))
