"""A matrix in place of distances: what is read, what follows, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata.errors import UsageError, ZonegapError
from geodata.user_tables.matrix import load_matrix
from maps.page import study_map
from maps.safe_text import stable_html
from tests.doc_blocks import run_line
from tests.map_pages import number_of, open_page, put, settle, text_of
from zones.distance.nearest_hub import pairwise_km
from zones.matrix import by_matrix
from zones.pipeline import StudyResult, run_study
from zones.report.answer import answers, counts_table
from zones.report.comparison import compare_studies
from zones.report.files import write_run
from zones.report.matrix_tables import round_step
from zones.report.provenance import manifest
from zones.report.tables import report_table, report_tables
from zones.study import Study

UNREACHED, ABSENT = 3, 5  # zones with rows and no way; zones that the matrix does not name


@pytest.fixture(scope="module")
def times(result: StudyResult) -> pd.DataFrame:
    """Made-up minutes of every zone and hub, by label; nan where there is no way."""
    rng = np.random.default_rng(17)
    km = pairwise_km(result.zones, result.hubs)
    minutes = pd.DataFrame(
        np.round(km * rng.uniform(0.5, 1.1, km.shape) + 20.0, 1),
        index=result.zones.index, columns=result.hubs.index,
    )  # fmt: skip
    minutes.iloc[:UNREACHED] = np.nan
    return minutes.iloc[:-ABSENT]


@pytest.fixture(scope="module")
def study(times: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Study:
    home = tmp_path_factory.mktemp("matrix")
    # of pairs without a way half are blank and half are not there
    rows = times.rename_axis("zone").reset_index().melt("zone", var_name="hub",
                                                        value_name="通行时间/分钟")  # fmt: skip
    rows = rows[rows["通行时间/分钟"].notna() | (np.arange(len(rows)) // len(times) % 2 == 0)]
    path = home / "times_made_up.csv"
    rows.sample(frac=1.0, random_state=1).to_csv(path, index=False)
    return Study(
        matrix=path, matrix_thresholds=(240.0, 400.5), folder=home / "run", formats=("csv",)
    )


@pytest.fixture(scope="module")
def found(study: Study) -> StudyResult:
    return run_study(study)


def test_nearest_hub_count_and_shares_are_those_of_the_whole_matrix(
    result: StudyResult, found: StudyResult, times: pd.DataFrame
) -> None:
    zones = found.zones
    assert (found.unit, found.thresholds) == ("min", (240.0, 400.5))
    assert zones.index.equals(times.index)
    assert len(found.unmeasured) == ABSENT
    with_way = times.iloc[UNREACHED:]
    assert zones["nearest_min"].iloc[UNREACHED:].tolist() == with_way.min(axis=1).tolist()
    assert zones["nearest_hub"].iloc[UNREACHED:].tolist() == with_way.idxmin(axis=1).tolist()
    assert zones["nearest_min"].iloc[:UNREACHED].tolist() == [np.inf] * UNREACHED
    assert zones["nearest_hub"].iloc[:UNREACHED].tolist() == [""] * UNREACHED
    # no way counts as beyond; nothing in km is left
    far = ~(times.min(axis=1) <= 240.0)
    assert zones["beyond_240min"].tolist() == far.tolist()
    assert not [c for c in zones.columns if c.endswith("_km") and c != "uncertainty_km"
                and "per_km" not in c]  # fmt: skip
    counts = counts_table(found)
    assert counts.index.name == "threshold_min"
    area = result.zones.loc[times.index, "area_ha"]
    assert counts.loc[240.0, "beyond"] == far.sum()
    assert counts.loc[240.0, "beyond_area_pct"] == pytest.approx(100 * area[far].sum() / area.sum())
    assert not {"surely", "possibly", "low_5_pct"} & set(counts.columns)


def test_answers_state_the_unit_and_that_no_interval_is_known(found: StudyResult) -> None:
    answer = answers(found)[0]
    for language, unit, not_known in (
        ("en", "240 min", "neither 90 % interval nor band"), ("zh", "240分钟", "区间"),
    ):  # fmt: skip
        assert unit in answer.count.in_language(language)
        assert not_known in answer.intervals.in_language(language)
        whole = f"{answer.count.in_language(language)} {answer.intervals.in_language(language)}"
        assert " km" not in whole
        assert "公里" not in whole


def test_tables_are_in_the_matrix_unit_and_the_others_are_refused(
    found: StudyResult, times: pd.DataFrame
) -> None:
    tables = {table.key: table for table in report_tables(found)}
    wanted = "types provinces regions per_head by_city by_county clusters_vs_rest groups"
    assert list(tables) == [*wanted.split(), "threshold_curve"]
    for table in tables.values():
        assert not [c for c in table.frame if c.endswith("_km") or c in {"surely", "possibly"}]
        said = " ".join(map(str, [*table.printed().columns, *table.notes]))
        assert "(km)" not in said
        assert "matrix" in said
    province = tables["provinces"].frame.set_index("province")
    inside = found.zones["province"] == "湖北省"
    least = times.min(axis=1)[inside.to_numpy()]
    assert province.loc["湖北省", "beyond"] == (least > 240.0).sum()
    assert province.loc["湖北省", "median_min"] == pytest.approx(least.median())
    curve = tables["threshold_curve"].frame.set_index("threshold_min")["beyond"]
    least = times.min(axis=1).fillna(np.inf)
    assert curve.tolist() == [(least > t).sum() for t in curve.index]
    assert curve.iloc[-1] == UNREACHED
    for key in ("sensitivity", "position_uncertainty", "reconciliation", "hubs_left_out"):
        with pytest.raises(UsageError, match="not with distance.matrix"):
            report_table(key, found)


def test_files_and_manifest_of_a_run(found: StudyResult, study: Study) -> None:
    write_run(found, "<html></html>")
    zones = pd.read_csv(study.folder / "zones.csv")
    assert "nearest_km" not in zones
    assert len(zones) == len(found.zones) + ABSENT
    assert zones["nearest_min"].isna().sum() == UNREACHED + ABSENT
    assert zones["beyond_240min"].isna().sum() == ABSENT
    about = json.loads((study.folder / "manifest.json").read_text(encoding="utf-8"))
    assert about["counts"]["zones_not_in_matrix"] == ABSENT
    assert about["counts"]["zones_without_a_way"] == UNREACHED
    assert about["inputs"]["distance.matrix"]["file"] == "times_made_up.csv"
    assert about["read"][0]["columns"][-1]["unit"] == "min"
    assert "times_made_up.csv" in (study.folder / "SOURCES.md").read_text(encoding="utf-8")


def test_a_matrix_beside_straight_lines(
    result: StudyResult, found: StudyResult, study: Study
) -> None:
    ran, read = compare_studies(result, found), compare_studies(result, study.folder)
    pd.testing.assert_frame_equal(ran.sides, read.sides, atol=0.00051, rtol=0)
    far = result.zones.loc[found.zones.index, "beyond_500km"] != found.zones["beyond_240min"]
    assert ran.sides["id"].tolist() == far.index[far].astype(str).tolist()
    assert ran.only == {"A": ABSENT, "B": 0}
    assert ran.counts["threshold_min"].dropna().tolist() == [240.0, 400.5]
    assert ran.counts["low_5_pct"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("columns", "rows", "unit", "values"),
    [
        (["开发区", "枢纽", "时间/分钟"], [["甲", "乙", "12"], ["甲", "丙", ""]], "min", [12.0, None]),
        (["zone", "hub", "duration_min"], [["a", "b", "1,012.5"]], "min", [1012.5]),
        (["origin", "destination", "duration_s"], [["a", "b", "90"]], "min", [1.5]),
        (["起点", "终点", "距离（公里）"], [["a", "b", "不可达"]], "km", [None]),
        (["zone", "hub", "distance (m)"], [["a", "b", "2500"]], "km", [2.5]),
        (["zone", "hub", "minutes"], [["a", "b", "inf"]], "min", [None]),
        (["zone_id", "hub", "value", "unit"], [["1", "b", "1.5", "h"]], "h", [1.5]),
        (["zone", "hub", "value", "单位"], [["a", "b", "1", "小时"], ["a", "c", "30", "分"]], "min",
         [60.0, 30.0]),
    ],
)  # fmt: skip
def test_units_of_headings_cells_and_columns(
    columns: list[str], rows: list[list[str]], unit: str, values: list[float | None]
) -> None:
    pairs, kept, account = load_matrix(pd.DataFrame(rows, columns=columns))
    assert kept == unit
    assert [None if np.isnan(v) else v for v in pairs["value"]] == values
    assert account.used == account.rows == len(rows)


@pytest.mark.parametrize(
    ("columns", "rows", "said"),
    [
        (["zone", "hub", "travel_time"], [["a", "b", "5"]], "without a unit"),
        (["zone", "hub", "time_h"], [["a", "b", "-1"]], "row 2, column 'time_h': '-1'"),
        (["zone", "hub", "time_h"], [["a", "b", "soon"]], "a number of at least 0"),
        (["zone", "hub", "time_h"], [["", "b", "1"]], "column 'zone'.*a value is required"),
        (["zone", "hub", "value", "unit"], [["a", "b", "1", "lightyears"]], "'lightyears'"),
        (["zone", "hub", "value", "unit"], [["a", "b", "1", "h"], ["a", "c", "1", "km"]],
         "lengths and times in one table"),
        (["zone", "value"], [["a", "1"]], "hub"),
    ],
)  # fmt: skip
def test_what_a_matrix_may_not_be(columns: list[str], rows: list[list[str]], said: str) -> None:
    with pytest.raises(ZonegapError, match=said):
        load_matrix(pd.DataFrame(rows, columns=columns))


def test_rows_of_other_zones_and_hubs_are_accounted_for(
    result: StudyResult, tmp_path: Path
) -> None:
    path = tmp_path / "m.csv"
    first, second = result.zones.index[:2]
    path.write_text(
        "zone,hub,time_h\n"
        f"{first},杭州,5\n{first},Hangzhou,4\n{first},330100,6\n"  # one hub by three names
        f"{second},杭州市,7\nnowhere,杭州市,1\n{first},nowhere,1\nnowhere,nowhere,1\n",
        encoding="utf-8",
    )
    study = Study(matrix=path, matrix_thresholds=(4.0,))
    measured = by_matrix(result.zones, result.hubs, study)
    assert measured.zones["nearest_h"].tolist() == [4.0, 7.0]
    assert measured.zones["nearest_hub"].tolist() == ["杭州市", "杭州市"]
    account = measured.account
    assert (account.rows, account.used) == (7, 4)
    assert [said.rows for said in account.left_out] == [(6, 8), (7,)]
    checks = {said.words.text: said for said in account.checks}
    assert checks["pairs that stand more than once: the least counts"].rows == (2, 3, 4)
    assert any("does not name" in text for text in checks)
    path.write_text("zone,hub,time_h\nnowhere,杭州市,1\n", encoding="utf-8")
    with pytest.raises(ZonegapError, match="no row names a zone and a hub of the study"):
        by_matrix(result.zones, result.hubs, study)
    path.write_text("zone,hub,time_h\nS377018,杭州市,1\n", encoding="utf-8")
    with pytest.raises(ZonegapError, match="'S377018' names several"):
        by_matrix(result.zones, result.hubs, study)


def test_thresholds_of_a_matrix(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("zone,hub,time_h\nG111001,杭州市,1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="in h; accepted: thresholds in it"):
        run_study(Study(matrix=path))
    with pytest.raises(UsageError, match="two questions"):
        Study(matrix=path, matrix_thresholds=(1.0,), thresholds_km=(300.0,))
    with pytest.raises(UsageError, match="two questions"):
        Study(matrix=path, matrix_thresholds=(1.0,), distance_method="geodesic")
    with pytest.raises(UsageError, match="only with distance.matrix"):
        Study(matrix_thresholds=(1.0,))
    # kilometres by road go by the thresholds in km
    path.write_text("zone,hub,distance_km\nG111001,杭州市,500.5\n", encoding="utf-8")
    by_road = run_study(Study(matrix=path))
    assert by_road.zones["beyond_500km"].tolist() == [True]


@pytest.mark.parametrize("command", ["where-next", "figures", "reconcile", "distance", "gdp"])
def test_other_commands_refuse_a_matrix(command: str, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[distance]\nmatrix = "m.csv"\n', encoding="utf-8")
    assert "distance.matrix: not with this command" in run_line(
        f"zonegap {command} m.toml", tmp_path
    )


def test_steps_of_a_curve_are_round() -> None:
    assert [round_step(end, 60) for end in (2.4, 60.0, 700.0, 3000.0)] == [0.05, 1.0, 20.0, 50.0]


def test_counts_are_said_in_the_manifest_only_with_a_matrix(result: StudyResult) -> None:
    assert "unit" not in manifest(result, {})["counts"]


@pytest.mark.browser
def test_the_page_counts_in_the_unit_of_the_matrix(
    browser: Any, found: StudyResult, times: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "map.html"
    path.write_text(stable_html(study_map(found)), encoding="utf-8")
    open_page(browser, path)
    settle(browser)
    least = times.min(axis=1).fillna(np.inf)
    assert number_of(browser, "#zg-count") == (least > 240.0).sum()
    assert text_of(browser, "#zg-count-beyond") == (
        "lie more than 240 min from the nearest hub, by the matrix"
    )
    put(browser, "#zg-number", 123.4)
    assert number_of(browser, "#zg-count") == (least > 123.4).sum()
    assert "band" in text_of(browser, "#zg-band")
    # a zone without a way, and the CSV
    browser.execute_script("zonegap.app.update({zone: arguments[0]})", str(least.index[0]))
    assert text_of(browser, ".zg-far") == "– min · no way to any hub"
    assert "km" not in text_of(browser, ".zg-answer").split()
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
