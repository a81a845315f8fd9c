"""Which zonegap and which tables: what `--version` says and each output names."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version

from geodata.registry import TABLES, registry
from zones.words.console_words import message

try:
    VERSION = version("zonegap")
except PackageNotFoundError:  # run from a source tree that is not installed
    VERSION = "0+unknown"


def registry_digest() -> str:
    """Return the first 8 digits of the SHA-256 of the registry, which holds every table's own.

    Line ends do not count: a checkout on Windows may have changed them.
    """
    text = (TABLES / "registry.json").read_text(encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def version_text() -> str:
    """Return what ``zonegap --version`` prints."""
    catalogue = registry()["zones"]
    return "\n".join(
        [
            f"zonegap {VERSION}",
            message("version_tables", count=len(registry()), digest=registry_digest()),
            message("version_catalogue", date=catalogue.date, rows=catalogue.rows),
        ]
    )
