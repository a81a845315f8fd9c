"""A user's own table of zones, from file to outputs: three zones, one zone, rows without a place."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.loaders import load_zones
from geodata.user_tables.zones import load_zone_table
from geodata.vocabulary import NOT_STATED
from geodata.words import use_language
from maps.page import study_map
from maps.safe_text import stable_html
from tests.helpers import said_in
from zonegap.command.app import app
from zonegap.command.figures import figures_of_run
from zones.pipeline import StudyResult, run_study
from zones.report.files import write_run
from zones.report.notes import own_zones_sentences
from zones.report.tables import report_tables
from zones.study import Study, read_study

THREE = """某省开发区目录,,,,
开发区名称,面积(平方公里),批准时间,级别,类型
安吉经济开发区,12.5,1994年8月,省级,示范园区
宇宙开发区,,2001,,
西安高新技术产业开发区,30,2006.3.1,国家,
合计,42.5,,,
"""


def map_html(result: StudyResult, **options: object) -> str:
    return stable_html(study_map(result, **options))


def table(folder: Path, text: str, name: str = "zones.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def written(folder: Path, path: Path, language: str = "en") -> tuple[StudyResult, dict]:
    study = Study(zones_table=path, folder=folder / "out", language=language, figures=("png",))
    result = run_study(study)
    write_run(result, map_html(result), figures_of_run(result))
    return result, json.loads((folder / "out/manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_table_of_three_zones(tmp_path: Path, language: str) -> None:
    result, manifest = written(tmp_path, table(tmp_path, THREE), language)
    assert result.zones["province"].tolist() == ["浙江省", "陕西省"], "from the names"
    assert result.zones["area_ha"].tolist() == [1250.0, 3000.0]
    assert result.zones["approved"].tolist() == ["1994-08", "2006-03"]
    assert result.zones["level"].tolist() == ["省级", "国家级"]
    assert result.zones["type"].tolist() == ["示范园区", NOT_STATED]
    # the row without a place is in every output, with its reason, counted
    zones_csv = pd.read_csv(tmp_path / "out/zones.csv", dtype=str, keep_default_na=False)
    lost = zones_csv[zones_csv["name"] == "宇宙开发区"].iloc[0]
    assert (lost["lon"], lost["area_ha"], lost["gdp_estimate_yi_cny"], lost["beyond_500km"]) == (
        "",
    ) * 4
    assert lost["geocode_reason"].startswith("no province stated, and none follows from the name")
    for name in ("zones.parquet", "zones.gpkg"):
        read = gpd.read_parquet if name.endswith("parquet") else gpd.read_file
        layer = read(tmp_path / "out" / name)
        assert len(layer) == 3
        assert layer["name"].tolist() == list(zones_csv["name"]), "rows in their order"
        assert layer.geometry.isna().tolist() == (zones_csv["lon"] == "").tolist()
    assert (manifest["counts"]["zones"], manifest["counts"]["zones_without_place"]) == (2, 1)
    assert any("Zones without a place: 1 of 3 (宇宙开发区)" in w for w in manifest["warnings"])
    assert any("Rows taken as sums or remarks" in w for w in manifest["warnings"])
    place = "无法定位" if language == "zh" else "Zones without a place"
    for one in report_tables(result):
        assert any(place in note for note in one.notes), one.key
    html = (tmp_path / "out/map.html").read_text(encoding="utf-8")
    assert "Zones without a place, not on the map: 1 of 3" in html
    assert len(list((tmp_path / "out/figures").glob("*.png"))) == 6
    assert result.unresolved() == 1


def test_a_table_of_one_zone_without_area(tmp_path: Path) -> None:
    result, manifest = written(tmp_path, table(tmp_path, "name\n昆山经济技术开发区\n"))
    assert np.isnan(result.zones["gdp_estimate_yi_cny"]).all()
    assert result.zones["name_en"].tolist() != [""], "the catalogue's"
    for one in report_tables(result):
        for column in one.frame.columns:
            if column.startswith(("gdp_", "area_", "zone_gdp")) and one.key in ("types", "groups"):
                assert one.frame[column].isna().all(), "empty, not zero"
    assert any("Zones that state no area: 1 of 1" in w for w in manifest["warnings"])
    names = {p.name for p in (tmp_path / "out/figures").iterdir()}
    assert names == {"types.png", "map.png", "threshold_curve.png", "provinces.png"}
    built_in = run_study(Study()).zones.set_index("name").loc["昆山经济技术开发区"]
    assert result.zones["nearest_km"].iloc[0] == pytest.approx(built_in["nearest_km"])


def test_strict_ends_with_4_only_where_rows_stay_open(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    study = tmp_path / "study.toml"
    study.write_text('[output]\nformats = ["csv"]\nfigures = []\n', encoding="utf-8")
    good = "name,province\n甲,陕西省\n"
    for text, options, code in (
        (THREE, ["--strict"], 4),
        (THREE, [], 0),
        (good, ["--strict"], 0),
    ):
        path = table(tmp_path, text)
        out = ["--out", str(tmp_path / "out")]
        done = CliRunner().invoke(app, ["run", str(study), "--zones", str(path), *out, *options])
        assert done.exit_code == code, done.output
        assert (tmp_path / "out/manifest.json").is_file()
    use_language("en")


def test_own_headings_in_the_study_file(tmp_path: Path) -> None:
    table(tmp_path, "园,归属,大小\n安吉经济开发区,浙江,1250\n")
    study = tmp_path / "s.toml"
    study.write_text(
        '[zones]\ntable = "zones.csv"\n'
        'columns = {name = "园", province = "归属", area_ha = "大小"}\n',
        encoding="utf-8",
    )
    found = run_study(read_study(study)).zones
    assert found[["name", "province", "area_ha"]].to_numpy().tolist() == [
        ["安吉经济开发区", "浙江省", 1250.0]
    ]


@pytest.mark.parametrize(
    ("heading", "cell", "area_ha"),
    [
        ("核准面积(公顷)", "1250", 1250.0), ("area_ha", "1250", 1250.0), ("area (km²)", "12.5", 1250.0),
        ("面积（平方公里）", "12.5", 1250.0), ("面积(亩)", "18750", 1250.0), ("面积(万亩)", "1.875", 1250.0),
        ("规划面积平方公里", "12.5", 1250.0), ("面积(平方米)", "12500000", 1250.0), ("Area km2", "12.5", 1250.0),
    ],
)  # fmt: skip
def test_units_of_area(tmp_path: Path, heading: str, cell: str, area_ha: float) -> None:
    frame, _ = load_zone_table(table(tmp_path, f"name,{heading}\n安吉经济开发区,{cell}\n"))
    assert frame["area_ha"].iloc[0] == pytest.approx(area_ha, rel=1e-12)


@pytest.mark.parametrize(("factor", "unit"), [(0.01, "平方公里"), (15.0, "亩")])
def test_another_unit_than_stated_is_named(tmp_path: Path, factor: float, unit: str) -> None:
    some = load_zones().sample(40, random_state=3)
    some = some.assign(**{"核准面积(公顷)": some["area_ha"] * factor})
    path = tmp_path / "zones.csv"
    some[["name", "province", "核准面积(公顷)"]].to_csv(path, index=False)
    result = run_study(Study(zones_table=path))
    said = [
        s
        for s in said_in("en", own_zones_sentences(result))
        if "check the unit of the heading" in s
    ]
    assert len(said) == 1
    assert unit in said[0]
    # zones that the catalogue does not know: by the median
    other = some.assign(name=[f"{name}二区" for name in some["name"]])
    other[["name", "province", "核准面积(公顷)"]].to_csv(path, index=False)
    said = load_zone_table(path)[1].suspicions
    assert "median area" in str(said[0])
    some[["name", "province", "area_ha"]].to_csv(path, index=False)
    assert load_zone_table(path)[1].suspicions == ()


def test_provinces_follow_from_names(tmp_path: Path) -> None:
    catalogue = load_zones()
    path = tmp_path / "zones.csv"
    catalogue[["name"]].to_csv(path, index=False)
    frame, report = load_zone_table(path)
    assert frame["province"].tolist() == catalogue["province"].tolist(), "the catalogue's names"
    # names that the catalogue does not have: by the divisions at their beginning
    catalogue[["name"]].assign(name=catalogue["name"] + "二区").to_csv(path, index=False)
    frame, report = load_zone_table(path)
    same = frame["province"].to_numpy() == catalogue["province"].to_numpy()
    lost = (frame["province"] == "").to_numpy()
    page = Path(__file__).parent.parent / "docs" / "howto" / "own-zones.md"
    readme = " ".join(page.read_text("utf-8").split())
    stated = f"{100 * same.mean():.0f} % are found, with {(~same & ~lost).sum()} of 2,543 wrong"
    assert stated in readme
    assert report.derived == len(frame) - lost.sum()


def test_positions_of_the_file_are_used(tmp_path: Path) -> None:
    path = table(tmp_path, "name,lon,lat,datum\n宇宙开发区,108.9,34.2,WGS-84\n")
    result = run_study(Study(zones_table=path))
    row = result.zones.iloc[0]
    assert (row["lon"], row["lat"], row["uncertainty_km"]) == (108.9, 34.2, 0.0)
    assert row["geocode_method"] == "given"
    assert row["province"] == "陕西省", "of the nearest county seat"
    (account,) = result.accounts
    assert [said.rows for said in account.guesses] == [(2,)]
