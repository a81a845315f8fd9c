"""The registry of built-in tables: where each lies, its hash, columns, source and licence."""

from __future__ import annotations

import csv
import functools
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import DataFileError
from geodata.words import Listed, Message

TABLES = Path(__file__).parent / "tables"

# SPDX identifier, as in REUSE.toml and LICENSES/ -> where its text or terms can be read; none for
# facts, which need no licence
LICENCES = {
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "BSD-2-Clause": "https://opensource.org/license/bsd-2-clause",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "ISC": "https://opensource.org/license/isc-license-txt",
    "LicenseRef-ECB": (
        "https://www.ecb.europa.eu/services/using-our-site/disclaimer/html/index.en.html"
    ),
    "LicenseRef-Facts": "",
    "LicenseRef-Natural-Earth": "https://www.naturalearthdata.com/about/terms-of-use/",
    "MIT": "https://opensource.org/license/mit",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "Unicode-3.0": "https://www.unicode.org/license.txt",
}
_ODBL = re.compile(r"openstreetmap|opendatacommons|odbl|\bosm\b|开放街道", re.IGNORECASE)


def names_odbl(text: str) -> bool:
    """Whether a text on whose something is names OpenStreetMap or its licence, the ODbL."""
    return _ODBL.search(text) is not None


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
    title, source, date
        One line each: what the table is, from where, of when.
    publisher, source_title, edition, table
        Publisher, title and edition of the source, and which part was used.
    copy_used
        The copy that was read: a package with its version, a repository with its commit.
    changed_by_us
        What the project did to it.
    licence
        Its terms in words.
    spdx, licence_uri
        The same as an SPDX expression, as in REUSE.toml, and where the terms can be read.
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
    publisher: str
    source_title: str
    edition: str
    table: str
    copy_used: str
    changed_by_us: str
    licence: str
    spdx: str
    licence_uri: tuple[str, ...]
    title_rows: int = 0

    @property
    def path(self) -> Path:
        """Where the table lies."""
        return TABLES / self.file

    def provenance(self) -> dict[str, str]:
        """Return whose it is and under which terms, label by label, as every document shows it."""
        uris = f" ({', '.join(self.licence_uri)})" if self.licence_uri else ""
        return {
            "Publisher": self.publisher,
            "Title": self.source_title,
            "Edition": self.edition,
            "Table": self.table,
            "Copy used": self.copy_used,
            "Changed by us": self.changed_by_us,
            "Licence": self.licence + uris,
            "Date": self.date,
        }


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
    lists = ("columns", "licence_uri")
    return {k: TableEntry(**v | {n: tuple(v[n]) for n in lists}) for k, v in entries.items()}


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
