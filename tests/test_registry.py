"""Every table against the registry: bytes, shape, licence, and its section in the README."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import pytest

import geodata.registry as registry_module
from geodata.errors import DataFileError
from geodata.registry import LICENCES, TABLES, registry, sha256, table_path
from prepare.make_registry import provenance_list

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", sorted(registry()))
def test_table_is_what_the_registry_says(name: str) -> None:
    entry = registry()[name]
    assert sha256(entry.path) == entry.sha256
    assert all([entry.title, entry.source, *entry.provenance().values()])
    if entry.path.suffix == ".json":
        data = json.loads(entry.path.read_text(encoding="utf-8"))
        assert (tuple(data), len(list(data.values())[-1])) == (entry.columns, entry.rows)
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
    assert f"\n{provenance_list(entry)}" in section, "run python -m prepare.make_registry"


def licences(expression: str) -> set[str]:
    return set(expression.split(" AND "))


@pytest.mark.parametrize("name", sorted(registry()))
def test_reuse_states_the_licence_of_the_registry(name: str) -> None:
    entry = registry()[name]
    stated = tomllib.loads((ROOT / "REUSE.toml").read_text(encoding="utf-8"))["annotations"]
    named = [a for a in stated if f"geodata/tables/{entry.file}" in a["path"]]
    assert [licences(a["SPDX-License-Identifier"]) for a in named] == [licences(entry.spdx)]
    uris = tuple(LICENCES[licence] for licence in entry.spdx.split(" AND "))
    assert entry.licence_uri == tuple(uri for uri in uris if uri)


def test_every_licence_has_its_text_and_stands_in_the_metadata() -> None:
    texts = {path.stem for path in (ROOT / "LICENSES").glob("*.txt")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert texts == set(LICENCES) == licences(project["license"])
    for path in (ROOT / "LICENSES").glob("*.txt"):
        assert len(path.read_text(encoding="utf-8")) > 500, path.name


def test_a_chain_of_rights_is_credited_wherever_a_row_of_it_remains() -> None:
    """Seats of Vonng/adcode are under CC BY 4.0; positions from OpenStreetMap share alike."""
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    with table_path("divisions").open(encoding="utf-8", newline="") as file:
        if any(row["position_source"] == "adcode" for row in csv.DictReader(file)):
            assert "https://github.com/Vonng/adcode" in notice
            assert "Vonng/adcode" in registry()["divisions"].licence
    with table_path("zone_positions").open(encoding="utf-8", newline="") as file:
        shared = any("OpenStreetMap" in row["geocode_source"] for row in csv.DictReader(file))
    assert shared == ("ODbL-1.0" in registry()["zone_positions"].spdx)


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
