"""Every table against the registry: bytes, shape, licence, and its section in the README."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import geodata.registry as registry_module
from geodata.errors import DataFileError
from geodata.registry import TABLES, registry, sha256, table_path


@pytest.mark.parametrize("name", sorted(registry()))
def test_table_is_what_the_registry_says(name: str) -> None:
    entry = registry()[name]
    assert sha256(entry.path) == entry.sha256
    assert all([entry.title, entry.source, entry.date, entry.licence])
    if entry.path.suffix == ".json":
        data = json.loads(entry.path.read_text(encoding="utf-8"))
        assert (tuple(data), len(data["rings"])) == (entry.columns, entry.rows)
        return
    with entry.path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))[entry.title_rows :]
    assert (tuple(header), len(rows)) == (entry.columns, entry.rows)
    assert {len(row) for row in rows} == {len(header)}


def test_no_table_is_unregistered() -> None:
    files = {p.name for p in TABLES.iterdir() if p.suffix in {".csv", ".json"}}
    assert files - {"registry.json"} == {entry.file for entry in registry().values()}


@pytest.mark.parametrize("name", sorted(registry()))
def test_readme_describes_table_and_columns(name: str) -> None:
    entry = registry()[name]
    text = (TABLES / "README.md").read_text(encoding="utf-8")
    _, found, section = text.partition(f"\n## {entry.file}\n")
    assert found, f"README.md has no section for {entry.file}"
    section = section.partition("\n## ")[0]
    for column in entry.columns:
        assert f"`{column}`" in section, f"{entry.file}: column {column} is not described"
    for label in ("Source:", "Date:", "Licence:"):
        assert label in section


def test_unknown_table_names_the_known_ones() -> None:
    with pytest.raises(DataFileError, match="no table 'zonez'; registered: .*zones"):
        table_path("zonez")


def test_missing_and_changed_tables_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "TABLES", tmp_path)
    with pytest.raises(DataFileError, match=r"zones\.csv: the table is missing"):
        table_path("zones")
    (tmp_path / "zones.csv").write_text("id\n", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"zones\.csv: SHA-256 is .*, registered is"):
        table_path("zones")
