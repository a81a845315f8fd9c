"""The registry of built-in tables: where each lies, its hash, columns, source and licence."""

from __future__ import annotations

import csv
import functools
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import DataFileError
from geodata.words import Listed, Message

TABLES = Path(__file__).parent / "tables"


@dataclass(frozen=True)
class TableEntry:
    """What the registry says of one table.

    Attributes
    ----------
    file
        File name inside ``geodata/tables``.
    sha256
        Hexadecimal digest of the file's bytes.
    rows
        Number of rows below the header.
    columns
        Column names in file order.
    title, source, date, licence
        One line each, for manifests and map credits.
    title_rows
        Rows above the header.
    """

    file: str
    sha256: str
    rows: int
    columns: tuple[str, ...]
    title: str
    source: str
    date: str
    licence: str
    title_rows: int = 0

    @property
    def path(self) -> Path:
        """Where the table lies."""
        return TABLES / self.file


@functools.cache
def registry() -> dict[str, TableEntry]:
    """Return every registered table by its name, e.g. ``zones``."""
    path = TABLES / "registry.json"
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataFileError(
            Message("{path}: the registry of tables is missing; install zonegap again", path=path)
        ) from None
    return {k: TableEntry(**{**v, "columns": tuple(v["columns"])}) for k, v in entries.items()}


def sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def table_path(name: str) -> Path:
    """Return the path of a registered table after checking its hash.

    Raises
    ------
    DataFileError
        When the table is not registered, is missing, or has other bytes than registered.
    """
    entries = registry()
    if name not in entries:
        raise DataFileError(
            Message(
                "no table {name!r}; registered: {accepted}",
                name=name,
                accepted=Listed(sorted(entries)),
            )
        )
    entry = entries[name]
    if not entry.path.is_file():
        raise DataFileError(
            Message("{path}: the table is missing; install zonegap again", path=entry.path)
        )
    found = sha256(entry.path)
    if found != entry.sha256:
        raise DataFileError(
            Message(
                "{path}: SHA-256 is {found}, registered is {registered}; the file was changed. "
                "Install zonegap again, or register the change: python -m prepare.make_registry",
                path=entry.path,
                found=found,
                registered=entry.sha256,
            )
        )
    return entry.path


def table_rows(name: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header of a registered table and its rows, each with its line in the file.

    Raises
    ------
    DataFileError
        As `table_path`.
    """
    with table_path(name).open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        for _ in range(registry()[name].title_rows):
            next(lines)
        return next(lines), [(lines.line_num, cells) for cells in lines]


def table_records(name: str) -> Iterator[dict[str, str]]:
    """Give the rows of a registered table by column; raises as `table_path`."""
    header, rows = table_rows(name)
    return (dict(zip(header, cells, strict=True)) for _, cells in rows)


@functools.cache
def product_version() -> str:
    """Return the version of zonegap; "0+unknown" of a source tree that is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("zonegap")
    except PackageNotFoundError:
        return "0+unknown"


def registry_digest() -> str:
    """Return the first 8 digits of the SHA-256 of the registry, which holds every table's own.

    Line ends do not count: a checkout on Windows may have changed them.
    """
    text = (TABLES / "registry.json").read_text(encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()[:8]
