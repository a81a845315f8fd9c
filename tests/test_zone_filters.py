"""Some zones of a table: counts by brute force, refusals, and outputs that speak of these only."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from typer.testing import CliRunner

from geodata.errors import UsageError
from geodata.loaders import load_zones
from geodata.registry import table_path
from geodata.vocabulary import PROVINCES, ZONE_LEVELS, ZONE_TYPES
from maps.figures.files import study_figures
from maps.page import study_map
from maps.safe_text import stable_html
from zonegap.command.app import app
from zones.filters import filtered_zones
from zones.parameters import CLUSTERS
from zones.pipeline import StudyResult, run_study
from zones.report.files import write_run
from zones.report.tables import report_table, report_tables
from zones.study import Study, read_study

ROWS = list(csv.DictReader(table_path("zones").read_text(encoding="utf-8").splitlines()))
CATALOGUE = load_zones()
RUNS: dict[str, dict[str, object]] = {
    "hubei": {"zones_provinces": ("湖北",), "language": "zh"},
    "hubei-en": {"zones_provinces": ("Hubei",)},
    "beijing": {"zones_provinces": ("北京",), "language": "zh"},
    "tibet-national": {"zones_provinces": ("西藏",), "zones_levels": ("national",)},
    "two": {"zones_provinces": ("浙江", "安徽"), "zones_approved": "2000..2010"},
    "national": {"zones_levels": ("国家级",)},
    "early": {"zones_approved": "..2000"},
    "provincial": {"zones_levels": ("provincial",)},
}


def inside(row: dict[str, str], study: Study) -> bool:
    """Whether a row of the table is asked for, read character by character."""
    first, _, last = (study.zones_approved or "..").partition("..")
    if study.zones_approved and ".." not in study.zones_approved:
        last = first
    after = not first or row["approved"][: len(first)] >= first
    before = not last or row["approved"][: len(last)] <= last
    return (
        (study.zones_provinces is None or row["province"] in study.zones_provinces)
        and (study.zones_levels is None or row["level"] in study.zones_levels)
        and (study.zones_types is None or row["type"] in study.zones_types)
        and after
        and before
    )


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"zones_provinces": ("湖北",)}, 103),
        ({"zones_provinces": ("Inner Mongolia", "内蒙古自治区", "内蒙")}, 81),
        ({"zones_provinces": ("湖北省", "安徽")}, 220),
        ({"zones_levels": ("National",)}, 552),
        ({"zones_levels": ("省级",)}, 1991),
        ({"zones_types": ("customs special supervision area",)}, 135),
        ({"zones_provinces": ("西藏",), "zones_levels": ("国家级",)}, 1),
    ],
)
def test_counts_that_the_catalogue_states(given: dict[str, object], count: int) -> None:
    kept, facts = filtered_zones(CATALOGUE, Study(**given))  # type: ignore[arg-type]
    assert facts is not None
    assert (len(kept), facts.kept, facts.rows) == (count, count, len(ROWS))


some = st.none() | st.lists(st.sampled_from(PROVINCES), min_size=1, max_size=4, unique=True)
levels = st.none() | st.lists(st.sampled_from(ZONE_LEVELS), min_size=1, unique=True)
types = st.none() | st.lists(st.sampled_from(ZONE_TYPES), min_size=1, max_size=3, unique=True)
month = st.tuples(st.integers(1984, 2018), st.integers(0, 12)).map(
    lambda ym: f"{ym[0]}-{ym[1]:02d}" if ym[1] else f"{ym[0]}"
)
period = (
    st.none()
    | month
    | month.map(lambda m: f"{m}..")
    | month.map(lambda m: f"..{m}")
    | st.tuples(month, month).map(lambda pair: "..".join(sorted(pair)))
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much])
@given(some, levels, types, period)
def test_any_filters_keep_what_brute_force_keeps(
    provinces: list[str] | None, level: list[str] | None, kind: list[str] | None, when: str | None
) -> None:
    assume(any((provinces, level, kind, when)))
    study = Study(
        zones_provinces=provinces,  # type: ignore[arg-type]
        zones_levels=level,  # type: ignore[arg-type]
        zones_types=kind,  # type: ignore[arg-type]
        zones_approved=when,
    )
    wanted = [row["id"] for row in ROWS if inside(row, study)]
    if not wanted:
        with pytest.raises(UsageError, match="no zone of 2,543 is left"):
            filtered_zones(CATALOGUE, study)
        return
    kept, facts = filtered_zones(CATALOGUE, study)
    assert facts is not None
    assert kept.index.tolist() == wanted
    for key, field in (("zones.provinces", "zones_provinces"), ("zones.levels", "zones_levels")):
        if getattr(study, field):
            alone = Study(**{field: getattr(study, field)})
            assert facts.alone[key] == sum(inside(row, alone) for row in ROWS)


def test_a_year_without_month_counts_by_its_year_and_no_date_is_counted_aloud() -> None:
    zones = pd.DataFrame(
        {
            "province": "湖北省", "level": "省级", "type": "甲",
            "approved": ["2005", "2005-02", "2005-09", "2006", ""],
        }
    )  # fmt: skip
    cases = {
        "2005": [0, 1, 2], "2005-06..": [0, 2, 3], "..2005-06": [0, 1], "2005-02": [0, 1],
        "2006..2007": [3],
    }  # fmt: skip
    for asked, rows in cases.items():
        kept, facts = filtered_zones(zones, Study(zones_approved=asked))
        assert facts is not None
        assert kept.index.tolist() == rows, asked
        assert facts.not_stated == {"approved": 1}
        assert "no date of approval, though all else fits: 1." in str(facts.sentences()[1])


def test_zones_are_where_they_are_without_the_filter(result: StudyResult) -> None:
    some = run_study(Study(zones_provinces=("湖北",), zones_levels=("national",)))
    pd.testing.assert_frame_equal(some.zones, result.zones.loc[some.zones.index])
    assert list(some.zones["province"].unique()) == ["湖北省"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("provinces = ['Hubie']", "zones.provinces: 'Hubie'; accepted: Beijing.*mean 'Hubei'"),
        ("provinces = ['台湾']", "zones.provinces: '台湾'; accepted: Beijing"),
        ("provinces = ['武汉']", "zones.provinces: '武汉'; accepted"),
        ("provinces = '湖北'", "zones.provinces: '湖北'; accepted: list of text"),
        ("levels = []", r"zones.levels: \[\]; accepted: at least one"),
        ("approved = '2010..2000'", "zones.approved: '2010..2000'; accepted: years or months"),
        ("approved = '2005-13'", "zones.approved: '2005-13'; accepted: years or months"),
        ("approved = '..'", "zones.approved: '..'; accepted: years or months"),
        ("approved = true", "zones.approved: True; accepted: period"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(f"[zones]\n{text}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        read_study(path)


def test_a_year_may_be_a_number_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text("[zones]\napproved = 2005\n", encoding="utf-8")
    assert read_study(path).zones_approved == "2005"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"zones_levels": ("nationl",)}, "zones.levels: 'nationl'; accepted: National, Provincial"),
        ({"zones_types": ("港口",)}, "zones.types: '港口'; accepted: Economic and technological"),
        ({"zones_approved": "2019.."}, r"zones.approved: there are 1984-09\.\.2018-01"),
        (
            {"zones_provinces": ("西藏",), "zones_types": ("海关特殊监管区域",)},
            "zones.types: there are .*Industrial park",
        ),
    ],
)
def test_what_leaves_no_zone_names_the_values_there_are(
    given: dict[str, object], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        run_study(Study(**given))  # type: ignore[arg-type]


# ---- outputs


@pytest.fixture(scope="module", params=[name for name in RUNS if name != "provincial"])
def run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[StudyResult, Path]:
    folder = tmp_path_factory.mktemp("filters") / "out"
    study = Study(folder=folder, formats=("csv", "md", "tex"), **RUNS[request.param])
    result = run_study(study)
    write_run(result, stable_html(study_map(result)))
    return result, folder


def texts_of(folder: Path) -> dict[str, str]:
    files = [p for p in folder.rglob("*") if p.suffix in (".csv", ".md", ".tex", ".html", ".json")]
    return {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in files}


def speaks_of_all(text: str) -> list[str]:
    """Return what speaks of the whole catalogue, but for "of 2,543"."""
    rest = re.sub(r"of 2,543 zones|2,543个开发区中的|of 2\{,\}543", "", text)
    return re.findall(r".{20}(?<![\d.,])(?:2,543|1,120|206/564|29\.2 trillion)(?![\d.]).{20}", rest)


def test_no_output_speaks_of_what_was_left_out(run: tuple[StudyResult, Path]) -> None:
    result, folder = run
    there = set(result.zones["province"])
    hubs = {name for name, code in result.provinces["province_adcode"].items()
            if code in CLUSTERS.values()}  # fmt: skip
    texts = texts_of(folder)
    assert "tables/reconciliation.csv" not in texts
    for name, text in texts.items():
        absent = [p for p in PROVINCES if p not in there | hubs and p in text]
        assert absent == [], name
        assert speaks_of_all(text) == [], name
        if name.startswith("tables/"):
            assert not re.search(r"\bnan\b|\binf\b", text), name
    for table in report_tables(result):
        for column in ("province", "level", "type"):
            if column in table.frame:
                words = {*table.frame[column]} - {"total", ""}
                assert words <= {*result.zones[column]}, table.key
        assert any("2,543" in note for note in table.notes), table.key


def test_the_manifest_keeps_the_numbers(run: tuple[StudyResult, Path]) -> None:
    result, folder = run
    about = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    counts, study = about["counts"], result.study
    assert counts["zones_in_table"] == len(ROWS)
    assert counts["zones_kept"] == counts["zones"] == len(result.zones)
    assert set(counts["zones_kept_by"]) == {
        f"zones.{name.removeprefix('zones_')}" for name in RUNS_FIELDS if getattr(study, name)
    }
    said = about["warnings"][0]
    assert said.startswith(f"{len(result.zones):,} of 2,543 zones: ")
    assert any(w.startswith("Not compared with the 2020 report") for w in about["warnings"])


RUNS_FIELDS = ("zones_provinces", "zones_levels", "zones_types", "zones_approved")


def test_tables_of_a_part_add_up(run: tuple[StudyResult, Path]) -> None:
    result, _ = run
    tables = {table.key: table.frame for table in report_tables(result)}
    one = len(set(result.zones["province"])) == 1
    kind = "counties" if result.zones["province"].iloc[0].endswith("市") else "cities"
    assert ({"cities", "counties"} & set(tables)) == ({kind} if one else set())
    by = tables[kind] if one else tables["provinces"]
    parts, total = by.iloc[:-1], by.iloc[-1]
    for column in ("zones", "beyond", "surely", "possibly", "area_km2", "gdp_estimate_yi_cny"):
        assert np.isclose(parts[column].sum(), total[column])
    assert total["zones"] == len(result.zones)
    assert (parts["zones"] > 0).all()
    three = result.zones["province_adcode"].isin(CLUSTERS.values())
    assert ("clusters_vs_rest" in tables) == (three.any() and not three.all())
    if "clusters_vs_rest" in tables and result.study.zones_provinces:
        of_some = tables["clusters_vs_rest"]["group"].tolist()
        assert of_some == ["Zhejiang", "other provinces", "total"], "no sum of three"
    left_out = tables["hubs_left_out"]
    assert left_out["zones_served"].sum() == len(result.zones)
    assert (left_out["zones_served"] > 0).all()
    with pytest.raises(UsageError, match="reconciliation: Not compared with the 2020 report"):
        report_table("reconciliation", result)


def test_the_page_has_the_zones_of_the_command(run: tuple[StudyResult, Path]) -> None:
    result, folder = run
    html = (folder / "map.html").read_text(encoding="utf-8")
    payload = re.search(r'id="zg-data">(.*?)</script>', html, re.DOTALL)
    assert payload is not None
    data = json.loads(payload[1])
    assert sum(km > 500 for km in data["layers"][0]["nearest_km"]) == int(
        result.zones["beyond_500km"].sum()
    )
    assert data["remark"][0].startswith(f"{len(result.zones):,} of 2,543 zones: ")
    bounds = data["home"]["bounds"]
    assert (bounds is None) == (result.study.zones_provinces is None)
    if bounds is not None:
        (south, west), (north, east) = bounds
        assert result.zones["lat"].between(south, north).all()
        assert result.zones["lon"].between(west, east).all()
        assert east - west < 25, "not all of China"


@pytest.mark.parametrize("name", ["hubei", "beijing", "tibet-national", "early", "provincial"])
def test_figures_show_these_zones_only(name: str) -> None:
    result = run_study(Study(**RUNS[name]))  # type: ignore[arg-type]
    language = result.study.language
    column = "province_short" if language == "zh" else "province_en"
    three = result.provinces["province_adcode"].isin(CLUSTERS.values())
    gone = result.provinces.loc[~three & ~result.provinces.index.isin(result.zones["province"])]
    names = set()
    for figure_name, figure in study_figures(result):
        names.add(figure_name)
        texts = [text.get_text() for text in figure.findobj(Text)]
        assert not {*texts} & {*gone[column]}, figure_name
        assert not any("1,120" in text for text in texts), figure_name
        assert sum("2,543" in text for text in texts) == 1, figure_name
        if figure_name == "map" and result.study.zones_provinces:
            (west, east), (south, north) = figure.axes[0].get_xlim(), figure.axes[0].get_ylim()
            assert max(east - west, north - south) < (3000 if name.startswith("tibet") else 1200)
    several = {
        "hubei": {"cities", "city_gdp"}, "beijing": {"counties", "county_gdp"},
        "tibet-national": set(), "early": {"provinces", "province_shares", "province_gdp"},
        "provincial": {"provinces", "province_shares", "province_gdp"},
    }  # fmt: skip
    assert names == {"types", "map", "threshold_curve"} | several[name]


# ---- commands


@pytest.fixture
def command() -> Callable[..., tuple[int, str, str]]:
    def call(*words: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, list(words))
        fault = "" if done.exception is None else str(done.exception)
        return done.exit_code, done.stdout, done.stderr + fault

    return call


@pytest.mark.parametrize(
    "words",
    ["threshold", "threshold --by province", "threshold --count 20", "gdp", "where-next --k 1",
     "distance", "map --out {out}/map.html", "tables --formats csv --out {out}/t"],
)  # fmt: skip
def test_every_command_says_which_zones(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path, words: str
) -> None:
    split = [word.format(out=tmp_path) for word in words.split()]
    code, _, err = command(*split, "--province", "湖北，Anhui", "--level", "national")
    assert code == 0
    assert "40 of 2,543 zones: province Hubei, Anhui; level National." in err


def test_a_run_ends_with_its_answer_in_three_lines(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    study = tmp_path / "study.toml"
    study.write_text('[output]\nformats = ["csv"]\nfigures = []\n', encoding="utf-8")
    out = tmp_path / "out"
    code, printed, err = command(
        "run", str(study), "--province", "Tibet", "--out", str(out), "--lang", "zh"
    )
    assert code == 0, err
    assert printed.splitlines()[-3:] == [
        "500公里，地级市：5个开发区中5个在阈值以外，90%区间5–5个",
        "占个数100.0%，占面积100.0%，占开发区GDP100.0%",
        str(out / "map.html"),
    ]
    assert "2,543个开发区中的5个：省份为西藏自治区。" in err


def test_commands_that_have_no_zones_to_filter_refuse(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, printed, fault = command("reconcile", "--province", "湖北")
    assert (code, printed) == (1, "")
    assert "Not compared with the 2020 report, whose figures are of the whole catalogue" in fault
    points = tmp_path / "points.parquet"
    pd.DataFrame({"lon": [114.0], "lat": [30.0]}).to_parquet(points)
    code, _, fault = command("distance", str(points), "--province", "湖北", "--km", "500")
    assert code == 1
    assert "--province: of a study" in fault


def test_an_own_table_is_compared_with_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "开发区名称,省份,级别,批准时间,面积(公顷)\n甲开发区,湖北省,市级,2001-05,100\n"
        "乙开发区,湖北省,国家级,,200\n丙开发区,河南省,市级,2003,\n",
        encoding="utf-8",
    )
    result = run_study(Study(zones_table=path, zones_levels=("市级",), zones_provinces=("湖北",)))
    assert result.zones["name"].tolist() == ["甲开发区"]
    notes = [note for table in report_tables(result) for note in table.notes]
    assert "1 of 3 zones: province Hubei; level 市级." in notes
    assert not any("Zones that state no area" in note for note in notes), "that one is left out"
    with pytest.raises(UsageError, match="zones.levels: '县级'; accepted: 市级, National"):
        run_study(Study(zones_table=path, zones_levels=("县级",)))
    dated = run_study(Study(zones_table=path, zones_approved="2001.."))
    assert dated.kept is not None
    assert dated.kept.not_stated == {"approved": 1}
