"""The registry of tables: where each lies, its hash, shape, columns, source and licence."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import DataFileError

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
        text = f"{path}: the registry of tables is missing; install zonegap again"
        raise DataFileError(text) from None
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
        text = f"no table {name!r}; registered: {', '.join(sorted(entries))}"
        raise DataFileError(text)
    entry = entries[name]
    if not entry.path.is_file():
        text = f"{entry.path}: the table is missing; install zonegap again"
        raise DataFileError(text)
    found = sha256(entry.path)
    if found != entry.sha256:
        text = (
            f"{entry.path}: SHA-256 is {found}, registered is {entry.sha256}; the file was "
            "changed. Install zonegap again, or register the change: "
            "python -m geodata.prepare.make_registry"
        )
        raise DataFileError(text)
    return entry.path
