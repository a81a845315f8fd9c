"""Outputs: complete or untouched, equal bytes for equal input, what the manifest says."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.registry import registry, sha256
from zones.pipeline import StudyResult
from zones.report.files import write_run, zone_frame
from zones.report.markdown import to_markdown
from zones.report.provenance import recorded_outputs, unchanged_leftovers
from zones.report.sources import SCOPE
from zones.report.tables import REPORT_TABLES, ReportTable, report_table, report_tables
from zones.study import Study


def tree(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def into(result: StudyResult, folder: Path, **options: object) -> StudyResult:
    study = Study(**{**result.study.__dict__, "folder": folder, **options})
    return StudyResult(study, result.zones, result.hubs, result.provinces, result.nearest_km)


@pytest.fixture(scope="module")
def written(result: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "out"
    write_run(into(result, folder), "<html></html>")
    return folder


def test_files_of_a_run(written: Path) -> None:
    assert set(tree(written)) == {
        "zones.csv", "zones.parquet", "zones.gpkg", "map.html", "manifest.json", "SOURCES.md",
        *(f"tables/{t}.csv" for t in REPORT_TABLES if t not in ("cities", "counties")),
        *(f"tables/tables.{f}" for f in ("xlsx", "docx", "tex", "md")),
    }  # fmt: skip


def test_a_later_run_clears_what_only_an_earlier_one_wrote(
    result: StudyResult, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    write_run(into(result, folder, formats=("csv", "md", "tex")), "<html></html>")
    (folder / "tables" / "tables.tex").write_text("changed by its reader")
    (folder / "mine.txt").write_text("mine")
    write_run(into(result, folder, formats=("csv",)), "<html></html>")
    assert not (folder / "tables" / "tables.md").exists()
    assert (folder / "tables" / "tables.tex").read_text() == "changed by its reader"
    assert (folder / "mine.txt").exists()
    assert set(recorded_outputs(folder)) == set(tree(folder)) - {
        "manifest.json", "mine.txt", "tables/tables.tex"
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"outputs": 1}', "\udcff"])
def test_a_manifest_that_is_none_records_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    assert recorded_outputs(tmp_path) == {}


def test_leftovers_outside_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    folder = tmp_path / "out"
    folder.mkdir()
    earlier = {"../a.txt": sha256(tmp_path / "a.txt")}
    assert unchanged_leftovers(folder, earlier, set()) == []


def test_two_runs_are_equal_byte_for_byte(
    result: StudyResult, written: Path, tmp_path: Path
) -> None:
    write_run(into(result, tmp_path / "again"), "<html></html>")
    assert tree(tmp_path / "again") == tree(written)


def test_csv_parquet_and_geopackage_hold_the_same_zones(written: Path) -> None:
    csv = pd.read_csv(written / "zones.csv", dtype={"adcode": str}, keep_default_na=False)
    parquet = gpd.read_parquet(written / "zones.parquet")
    package = gpd.read_file(written / "zones.gpkg", layer="zones")
    assert (written / "zones.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    for frame in (parquet, package):
        assert frame.crs.to_epsg() == 4326
        assert frame["id"].tolist() == csv["id"].tolist()
        assert frame["name"].tolist() == csv["name"].tolist()
        for column in ("lon", "lat", "nearest_km", "gdp_estimate_yi_cny", "area_ha"):
            assert np.allclose(frame[column], csv[column])
        assert np.allclose(frame.geometry.x, csv["lon"])
        assert frame["beyond_500km"].astype(bool).sum() == (csv["nearest_km"] > 500).sum()


def test_columns_of_the_zones_are_the_documented_ones(result: StudyResult) -> None:
    documented = (
        "id code name name_en province level type approved area_ha industries lon lat adcode "
        "geocode_level geocode_method uncertainty_km nearest_hub nearest_km beijing_km zhejiang_km "
        "guangdong_km beyond_500km gdp_density_yi_per_km2 gdp_estimate_yi_cny"
    ).split()
    columns = list(zone_frame(result.zones).columns)
    assert [c for c in columns if c in documented] == documented


def test_manifest_names_inputs_outputs_parameters(written: Path) -> None:
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    not_read = {"zone_points_osm", "registrations_synthetic_564"}
    assert set(manifest["inputs"]) == set(registry()) - not_read
    for name, about in manifest["inputs"].items():
        entry = registry()[name]
        assert (about["spdx"], about["licence_uri"]) == (entry.spdx, list(entry.licence_uri))
    for name, digest in manifest["outputs"].items():
        assert sha256(written / name) == digest
    assert set(manifest["outputs"]) == set(tree(written)) - {"manifest.json"}
    assert manifest["counts"]["zones"] == 2543
    assert manifest["parameters"]["hub_layer"] == "prefectures"
    assert any("湽博" in warning for warning in manifest["warnings"])
    assert str(written) not in json.dumps(manifest)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tables_have_headings_notes_and_the_words_of_the_language(
    result: StudyResult, tmp_path: Path, language: str
) -> None:
    tables = report_tables(into(result, tmp_path, language=language))
    for table in tables:
        printed = table.printed()
        assert len(printed) == len(table.frame)
        # every column has words of its own, none is left with its machine name
        machine = [c for c in table.frame.columns if "_" in str(c) and c != "figure_id"]
        assert not set(machine) & set(printed.columns)
        assert table.notes[-1].startswith("Source:" if language == "en" else "资料来源")
        # what the catalogue covers, above the sources
        assert table.notes[-2] == SCOPE.in_language(language)
    provinces = next(t for t in tables if t.key == "provinces").printed()
    first = provinces.iloc[0, 0]
    assert first == ("Beijing" if language == "en" else "北京市")


def test_provinces_full_of_zones_are_named_as_the_language_writes_them(
    result: StudyResult,
) -> None:
    for language, named in (
        ("en", "Qinghai 130 %"),
        ("zh", "青海省130%"),
    ):
        study = dataclasses.replace(result.study, language=language)
        table = report_table("provinces", dataclasses.replace(result, study=study))
        assert any(named in note for note in table.notes)


def test_markdown_is_a_table_and_cells_stay_text() -> None:
    frame = pd.DataFrame({"figure": ["a|b", "<b>x</b>\ny"], "ours": [1.5, float("nan")]})
    text = to_markdown(ReportTable("t", frame, "T", ("note",), "en"))
    lines = text.splitlines()
    assert lines[0] == "## T"
    assert lines[4].startswith("| a\\|b")
    assert "&lt;b&gt;x&lt;/b&gt; y" in lines[5]
    assert lines[5].rstrip(" |").endswith("–")
    assert {line.count("|") - line.count("\\|") for line in lines[2:6]} == {3}
