"""Studies beside each other: sides against a join by hand, folders against study files, the map."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata.errors import ZonegapError
from maps.page import study_map
from maps.safe_text import stable_html
from tests.map_pages import click, open_page, run, settle, text_of, texts_of
from zones.pipeline import StudyResult, run_study
from zones.report.comparison import compare_studies
from zones.report.comparison_tables import (
    comparison_json,
    comparison_tables,
    map_note,
    write_comparison,
)
from zones.report.files import write_run
from zones.study import FORMATS, Study

TOWNS = "园区名称,省份,核准面积(公顷)\n"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, result: StudyResult) -> list[Path]:
    """Two runs: the built-in one, and one with other hubs and another threshold."""
    home = tmp_path_factory.mktemp("runs")
    other = Study(hub_layer="cores", thresholds_km=(400.0, 500.0))
    made = []
    for name, found in (("plain", result), ("other", run_study(other))):
        study = Study(**{**vars(found.study), "folder": home / name, "formats": ("csv",)})
        write_run(StudyResult(**{**vars(found), "study": study}), "<html></html>")
        made.append(home / name)
    return made


def by_hand(folders: list[Path]) -> pd.DataFrame:
    """Return the zones on different sides, by a join of the two zones.csv."""
    plain, other = (pd.read_csv(folder / "zones.csv") for folder in folders)
    both = plain.merge(other, on="id", suffixes=("_A", "_B"))
    return both[both["beyond_500km_A"] != both["beyond_400km"]].set_index("id")


def test_zones_that_change_side_are_those_of_a_join_by_hand(folders: list[Path]) -> None:
    found, hand = compare_studies(*folders), by_hand(folders)
    sides = found.sides.set_index("id")
    assert len(hand) > 100
    assert sides.index.tolist() == hand.index.tolist()
    assert sides["beyond_in"].eq("A").tolist() == hand["beyond_500km_A"].tolist()
    for column in ("nearest_hub_A", "nearest_hub_B", "nearest_km_A", "nearest_km_B"):
        assert sides[column].tolist() == hand[column].tolist(), column
    assert found.changed().eq("lost").tolist() == hand["beyond_500km_A"].tolist()


def test_a_folder_says_what_its_study_file_does(folders: list[Path], tmp_path: Path) -> None:
    files = [tmp_path / "plain.toml", tmp_path / "other.toml"]
    files[0].write_text("", encoding="utf-8")
    files[1].write_text('[hubs]\nlayer = "cores"\n[distance]\nthresholds_km = [400, 500]\n')
    read, ran = compare_studies(*folders), compare_studies(*files)
    pd.testing.assert_frame_equal(read.parameters, ran.parameters)
    pd.testing.assert_frame_equal(read.provinces, ran.provinces)
    # zones.csv holds metres and 10,000 CNY
    pd.testing.assert_frame_equal(read.sides, ran.sides, rtol=0, atol=0.00051)
    counts = [each.counts.drop(columns="name") for each in (read, ran)]
    pd.testing.assert_frame_equal(*counts, rtol=1e-6)
    assert read.counts["low_5_pct"].notna().all()


def test_parameters_that_differ_are_named_and_no_others(folders: list[Path]) -> None:
    found = compare_studies(*folders, folders[0])
    assert found.parameters.to_numpy().tolist() == [
        ["hubs.layer", "prefectures", "cores", "prefectures"],
        ["distance.thresholds_km", "500", "400, 500", "500"],
    ]
    assert compare_studies(folders[0], folders[0]).parameters.empty


def test_counts_and_provinces_are_those_of_the_zones(folders: list[Path]) -> None:
    found = compare_studies(*folders)
    zones = [pd.read_csv(folder / "zones.csv") for folder in folders]
    beyond = [
        zones[0]["beyond_500km"].sum(),
        *(zones[1][f"beyond_{t}km"].sum() for t in (400, 500)),
    ]
    assert found.counts["beyond"].tolist() == beyond
    far = zones[1][zones[1]["beyond_400km"]]["province"].value_counts()
    listed = found.provinces.set_index("province")["beyond_B"]
    assert listed["total"] == beyond[1] == listed.drop("total").sum()
    assert listed[far.index].tolist() == far.tolist()


def test_another_table_is_seen_by_its_hash(tmp_path: Path) -> None:
    results = []
    for n, area in enumerate((100, 200)):
        path = tmp_path / str(n) / "zones.csv"
        path.parent.mkdir()
        path.write_text(f"{TOWNS}余杭经济技术开发区,浙江省,{area}\n", encoding="utf-8")
        results.append(run_study(Study(zones_table=path)))
    found = compare_studies(*results).parameters
    assert found["parameter"].tolist() == ["sha256: zones.table"]


def test_zones_in_one_study_only_are_told_by_number(result: StudyResult, tmp_path: Path) -> None:
    hubei = run_study(Study(zones_provinces=("湖北省",), thresholds_km=(300.0,)))
    found = compare_studies(result, hubei)
    inside = int((result.zones["province"] == "湖北省").sum())
    assert found.common == inside
    assert found.only == {"A": len(result.zones) - inside, "B": 0}
    notes = next(t.notes for t in comparison_tables(found, "en") if t.key == "compare_sides")
    assert f"A {len(result.zones) - inside:,}; B 0" in " ".join(notes)
    # another table has other identifiers, the same names
    path = tmp_path / "own.csv"
    rows = result.zones[result.zones["province"] == "湖北省"].head(3)
    lines = (f"{z.name},{z.province},{z.area_ha}" for z in rows[["name", "province", "area_ha"]]
             .rename(columns={"name": "zone"}).rename(columns={"zone": "name"}).itertuples())  # fmt: skip
    path.write_text(TOWNS + "\n".join(lines) + "\n不在目录的开发区,湖北省,10\n", encoding="utf-8")
    own = compare_studies(result, run_study(Study(zones_table=path)))
    assert (own.common, own.by_name) == (3, 3)


def test_hubs_of_a_file_are_not_in_the_folder_and_that_is_said(
    result: StudyResult, tmp_path: Path
) -> None:
    hubs = tmp_path / "hubs.csv"
    hubs.write_text("城市\n武汉\n", encoding="utf-8")
    study = Study(hub_layer="file", hub_file=hubs, folder=tmp_path / "run", formats=("csv",))
    write_run(run_study(study), "<html></html>")
    found = compare_studies(result, tmp_path / "run")
    assert found.counts["low_5_pct"].isna().tolist() == [False, True]
    assert "hubs.csv" in str(found.studies[1].no_interval)
    assert "The interval of B is not known" in " ".join(comparison_tables(found, "en")[0].notes)
    zones = tmp_path / "run" / "zones.csv"
    zones.write_bytes(zones.read_bytes() + b"\r\n")
    (tmp_path / "run" / "zones.parquet").unlink()
    assert "changed since the run" in str(
        compare_studies(result, tmp_path / "run").studies[1].remarks[0]
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("run",), "1 to compare; accepted: 2 to 26 studies"),
        (("run", "none.toml"), "none.toml: no such file"),
        (("run", "empty"), "empty: holds no result of zonegap run"),
        (("run", "broken"), "manifest.json"),
    ],
)
def test_what_is_no_study_is_refused_in_a_sentence(
    folders: list[Path], tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text('{"parameters": 1, "outputs": []}')
    paths = [folders[0] if name == "run" else tmp_path / name for name in given]
    with pytest.raises(ZonegapError, match=said):
        compare_studies(*paths)


def test_all_formats_manifest_and_sources(folders: list[Path], tmp_path: Path) -> None:
    found = compare_studies(*folders)
    for language in ("en", "zh"):
        stage = tmp_path / language
        write_comparison(found, comparison_tables(found, language), FORMATS, stage, "<html></html>")
        names = {path.name for path in stage.iterdir()}
        tables = {f"compare_{name}.csv" for name in ("counts", "parameters", "sides", "provinces")}
        whole = {f"tables.{kind}" for kind in ("xlsx", "docx", "tex", "md")}
        assert names == tables | whole | {"map.html", "SOURCES.md", "manifest.json"}
        sides = pd.read_csv(stage / "compare_sides.csv")
        assert sides["id"].tolist() == by_hand(folders).index.tolist()
        about = json.loads((stage / "manifest.json").read_text(encoding="utf-8"))
        assert set(about["outputs"]) == names - {"manifest.json"}
        assert [each["label"] for each in about["compared"]] == ["A", "B"]
        assert "catalogue of development zones 2018" in (stage / "SOURCES.md").read_text("utf-8")
    assert json.loads(json.dumps(comparison_json(found)))["zones"]["change_side"] == len(sides)


@pytest.mark.browser
def test_the_map_rings_the_zones_that_change_side(
    browser: Any, result: StudyResult, tmp_path: Path
) -> None:
    other = run_study(Study(hub_layer="cores", thresholds_km=(700.0,)))
    found = compare_studies(result, other)
    changed = found.changed()
    page = study_map(result, changed=changed, changed_note=map_note(found))
    path = tmp_path / "map.html"
    path.write_text(stable_html(page), encoding="utf-8")
    open_page(browser, path)
    settle(browser)
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    shown = texts_of(browser, "#zg-changed-legend b")
    assert shown == [f"{n:,}" for n in (changed.eq("gained").sum(), changed.eq("lost").sum())]
    assert "700 km" in text_of(browser, "#zg-changed-note")
    # the ring is drawn, goes with its box and is told in the zone's fields
    dark = (
        "const c = zonegap.app.points.canvas, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        "let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i] < 40 && d[i + 1] < 55 && d[i + 3] > 200) n++; return n"
    )
    click(browser, "#zg-show-hubs")
    settle(browser)
    ringed = run(browser, dark)
    click(browser, "#zg-show-changed")
    settle(browser)
    assert ringed > run(browser, dark) + 500
    assert "hide=hubs+changed" in browser.current_url
    label = changed.index[changed.eq("lost")][0]
    run(browser, "zonegap.app.update({zone: arguments[0]})", str(label))
    assert text_of(browser, ".zg-change") == "beyond in this study, not in another"
    # a filter counts too
    run(browser, "zonegap.app.update({filters: {...zonegap.noFilters(), province: ['湖北省']}})")
    inside = changed[result.zones.loc[changed.index, "province"] == "湖北省"]
    assert texts_of(browser, "#zg-changed-legend b") == [
        f"{n:,}" for n in (inside.eq("gained").sum(), inside.eq("lost").sum())
    ]


def test_a_page_without_another_study_has_no_such_layer(result: StudyResult) -> None:
    assert '"changed":null' in stable_html(study_map(result)).replace(" ", "")
