"""Companies in the study: hubs, footnote 7, per-province capital, what every output says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from geodata.errors import BadInputError, UsageError
from geodata.loaders import load_published_figures
from geodata.registry import table_path
from geodata.user_tables.hubs import load_hub_table
from tests.helpers import brute_force_km, said_in, zonegap
from zones.companies import (
    footnote_7,
    located_registrations,
    registration_frame,
    registration_hubs,
    write_registrations,
)
from zones.hubs import hub_layer
from zones.parameters import CLUSTERS, SYNTHETIC
from zones.pipeline import StudyResult, run_study
from zones.report.gap_tables import REST, THREE, TOTAL, cluster_table, province_table
from zones.report.notes import company_sentences
from zones.report.reconciliation import reconciliation_table
from zones.report.tables import report_tables
from zones.study import Study, override, read_study

MADE_UP = "made up (synthetic)"


@pytest.fixture(scope="module")
def made_up() -> StudyResult:
    return run_study(Study(registrations=SYNTHETIC, hub_layer="registrations"))


def firms(folder: Path, *rows: str, header: str = "name,注册资本,address,省份,状态,code") -> Path:
    path = folder / "firms.csv"
    path.write_text("\n".join([header.replace("code", "信用代码"), *rows]), encoding="utf-8")
    return path


def test_footnote_7_of_the_made_up_extract_is_the_published_one(made_up: StudyResult) -> None:
    published = load_published_figures()["value"]
    assert made_up.registrations is not None
    ours = footnote_7(made_up.registrations)
    for key in ("total", "core"):
        assert ours[f"registrations_{key}"] == published[f"registrations_{key}"]
    for key in ("capital", "core_capital", "other_capital"):
        assert np.isclose(
            ours[f"registrations_{key}"], published[f"registrations_{key}"], atol=1e-6, rtol=0
        )
    # the report says "more than 74" and "less than 26" per cent
    assert 74 < ours["registrations_core_capital_share"] < 75
    assert 25 < ours["registrations_other_capital_share"] < 26
    table = reconciliation_table(made_up)
    rows = table[table["figure_id"].str.startswith("registrations_")]
    assert len(rows) == 7
    assert rows["ours"].notna().all()
    assert rows["reason"].str.contains("made-up companies").all()


def test_count_beyond_500_km_from_the_206_by_brute_force(made_up: StudyResult) -> None:
    assert made_up.registrations is not None
    located = made_up.registrations.located
    inside = located[located["province_adcode"].isin(CLUSTERS.values())]
    assert len(inside) == made_up.hubs["companies"].sum() == 206
    nearest_km = brute_force_km(made_up.zones, inside).min(axis=1)
    assert (nearest_km > 500).sum() == made_up.zones["beyond_500km"].sum()
    assert np.allclose(nearest_km, made_up.zones["nearest_km"], rtol=1e-9)


def test_companies_stand_in_the_tables_and_add_up(made_up: StudyResult) -> None:
    assert made_up.registrations is not None
    provinces = province_table(made_up).set_index("province")
    clusters = cluster_table(made_up).set_index("group")
    raw = pd.read_csv(table_path("registrations_synthetic_564"), skiprows=1)
    for province, count in raw["所属省份"].value_counts().items():
        assert provinces.loc[province, "registrations"] == count
    for column in ("registrations", "registered_capital_yi_cny"):
        total = clusters.loc[TOTAL, column]
        assert np.isclose(provinces[column].iloc[:-1].sum(), total)
        assert np.isclose(provinces.loc[TOTAL, column], total)
        assert np.isclose(clusters.loc[[THREE, REST], column].sum(), total)
        assert np.isclose(clusters.loc[[*CLUSTERS], column].sum(), clusters.loc[THREE, column])
    assert np.isclose(clusters.loc[THREE, "share_registrations_pct"], 100 * 206 / 564)
    assert np.isclose(clusters.loc[THREE, "share_capital_pct"], 100 * 1818.05 / 2436.85)


def test_a_study_without_companies_has_no_such_columns(result: StudyResult) -> None:
    assert result.registrations is None
    assert not any("regist" in c for c in [*province_table(result), *cluster_table(result)])
    assert "registrations" not in result.layers()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_table_says_that_the_companies_are_made_up(
    made_up: StudyResult, language: str
) -> None:
    result = StudyResult(
        override(made_up.study, language=language), made_up.zones, made_up.hubs,
        made_up.provinces, registrations=made_up.registrations,
    )  # fmt: skip
    for table in report_tables(result):
        assert any("synthetic" in note for note in table.notes)


def test_the_run_says_so_everywhere(tmp_path: Path) -> None:
    done = zonegap("run", "--registrations", "synthetic", "--out", str(tmp_path / "o"))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(MADE_UP) == 1
    for text in (done.stdout, done.stderr, (tmp_path / "o" / "map.html").read_text("utf-8")):
        assert MADE_UP in text
    manifest = json.loads((tmp_path / "o" / "manifest.json").read_text(encoding="utf-8"))
    assert MADE_UP in manifest["warnings"][0]
    assert manifest["counts"]["registrations"] == 564
    assert manifest["counts"]["registrations_made_up"] is True
    assert manifest["parameters"]["registrations"] == "synthetic"
    table = pd.read_csv(tmp_path / "o" / "registrations.csv")
    assert len(table) == 564
    assert table["lon"].notna().all()
    assert "registrations.csv" in manifest["outputs"]
    tables = zonegap(
        "tables", "--registrations", "synthetic", "--out", str(tmp_path / "t"), "--lang", "zh"
    )
    assert "虚构" in tables.stderr
    assert "虚构" in (tmp_path / "t" / "tables.md").read_text(encoding="utf-8")
    assert MADE_UP in zonegap("reconcile", "--registrations", "synthetic").stdout


def test_one_path_for_a_list_of_hubs_and_for_companies(tmp_path: Path) -> None:
    listed = tmp_path / "hubs.csv"
    listed.write_text(
        "hub,province,lon,lat,datum\n西安,陕西省,108.94,34.27,WGS-84\n杭州,浙江省,120.15,30.28,WGS-84\n",
        encoding="utf-8",
    )
    assert hub_layer("file", file=listed).index.tolist() == ["西安", "杭州"]
    rows = ["西安甲公司,,西安市雁塔区,陕西省,,", "杭州乙公司,,杭州市西湖区,浙江省,,"]
    companies = firms(tmp_path, *rows)
    assert hub_layer("registrations", file=companies).index.tolist() == ["杭州市西湖区"]
    assert hub_layer("file", file=companies).index.tolist() == ["西安甲公司", "杭州乙公司"]
    there = hub_layer("file", file=companies, provinces=["陕西省"])
    assert there["cluster"].tolist() == ["Other"]


def test_companies_at_one_place_are_one_hub(tmp_path: Path) -> None:
    header = "name,address,省份,lon,lat,datum"
    path = firms(
        tmp_path,
        "甲,,浙江,120.15,30.28,WGS-84", "乙,杭州市西湖区某路,浙江,,,", "丙,,浙江,120.15,30.28,WGS84",
        "丁,浙江省杭州市西湖区,,,,", "戊,,浙江,120.2,30.2,WGS-84", "己,浙江省,,,,", "庚,某路,,,,", "辛,,浙江,120.3,30.2,WGS-84",
        header=header,
    )  # fmt: skip
    path.write_text(path.read_text("utf-8").replace("辛,", "戊,"), encoding="utf-8")
    companies = located_registrations(path)
    hubs = registration_hubs(companies)
    assert hubs.index.tolist() == ["甲等2家", "杭州市西湖区", "戊", "戊 (2)"]
    assert hubs["hub_en"].tolist()[:2] == ["甲 and 1 more", "Xihu District, Hangzhou"]
    assert hubs["companies"].tolist() == [2, 2, 1, 1]
    assert hubs["uncertainty_km"].tolist()[0] == 0.0
    assert hubs["uncertainty_km"].iloc[1] > 0
    assert "unresolved: 1" in " ".join(said_in("en", company_sentences(companies)))


def test_a_list_of_hubs_must_be_whole(tmp_path: Path) -> None:
    header = "hub,province,lon,lat,datum"
    with pytest.raises(BadInputError, match="row 2: hub '某处' has no place"):
        hub_layer("file", file=firms(tmp_path, "某处,,,,", header=header))
    # a position needs no province; what names none is said
    hubs, account = load_hub_table(firms(tmp_path, "甲,山东道,120,30,WGS-84", header=header))
    assert hubs["province_adcode"].tolist() == ["330000"], "of the nearest county seat"
    assert [(str(said.words)[:17], said.rows) for said in account.checks] == [
        ("cells of province", (2,))
    ]


def test_what_was_left_out_is_said_and_written(tmp_path: Path) -> None:
    rows = [
        "甲公司,100万元,杭州市西湖区,浙江省,存续,91330106A",
        "乙公司,乱,广州市天河区,广东省,注销,91330106B",
        "丙公司,三百多万,深圳市南山区,广东省,存续,91330106C",
        "=HYPERLINK(1),-,深圳市福田区,广东省,存续,91330106A",
        "+丁公司,200万美元,,香港,存续,91330106D",
    ]
    companies = located_registrations(firms(tmp_path, *rows))
    said = " ".join(said_in("en", company_sentences(companies)))
    assert (
        "5 companies, 3 used; left out: 1 deregistered (注销 1), 1 whose credit code stands above (5=2)"
        in said
    )
    assert "1 not understood (rows 4)" in said  # what is written quotes no cell
    on_terminal = " ".join(said_in("en", company_sentences(companies, cells=True)))
    assert "1 not understood (4: '三百多万')" in on_terminal
    assert (
        "Companies of unknown province, or of none of the 31, in no group and no total: 1." in said
    )
    assert footnote_7(companies)["registrations_total"] == 2
    frame = registration_frame(companies)
    assert frame["row"].tolist() == [2, 3, 4, 5, 6]
    assert frame["left_out"].tolist() == ["", "注销", "", "same credit code as row 2", ""]
    write_registrations(companies, tmp_path)
    text = (tmp_path / "registrations.csv").read_text(encoding="utf-8-sig")
    assert "\n5,'=HYPERLINK(1)," in text
    assert "\n6,'+丁公司," in text
    kept = located_registrations(firms(tmp_path, *rows), keep_deregistered=True)
    assert len(kept.located) == 4


def test_study_file_and_options(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("[registrations]\nfile = 'synthetic'\n", encoding="utf-8")
    study = read_study(path)
    assert (study.registrations, study.hub_layer) == (SYNTHETIC, "registrations")
    path.write_text(
        "[registrations]\nfile = 'a.xlsx'\nkeep_deregistered = true\n[hubs]\nlayer = 'cores'\n",
        encoding="utf-8",
    )
    study = read_study(path)
    assert (study.registrations, study.hub_layer) == (tmp_path / "a.xlsx", "cores")
    assert override(study, registrations=SYNTHETIC).hub_layer == "registrations"
    assert override(study, registrations=SYNTHETIC, hub_layer="listed").hub_layer == "listed"
    with pytest.raises(UsageError, match="only with registrations.file"):
        Study(hub_layer="registrations")


def test_every_row_of_an_extract_given_as_hubs_is_a_hub(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in (
        "企业查询",
        "公司名称 注册资本 注册地址",
        "甲公司 1亿元 浙江省杭州市",
        "乙公司 3亿元 陕西省西安市",
    ):
        sheet.append(line.split())
    book.save(tmp_path / "f.xlsx")
    found = run_study(Study(hub_layer="file", hub_file=tmp_path / "f.xlsx"))
    assert found.hubs.index.tolist() == ["甲公司", "乙公司"]
    assert found.registrations is None
    assert found.layers() == ["file", "prefectures", "listed", "cores"]
    # the three provinces are the question of --registrations
    companies = run_study(Study(registrations=tmp_path / "f.xlsx", hub_layer="registrations"))
    assert companies.hubs.index.tolist() == ["杭州市"]
    assert companies.registrations is not None
    assert footnote_7(companies.registrations)["registrations_core_capital_share"] == 25.0
    beside = run_study(Study(registrations=tmp_path / "f.xlsx", hub_provinces=("广东省",)))
    assert "registrations" not in beside.layers()


def test_bad_registrations_end_with_one_message(tmp_path: Path) -> None:
    bad = firms(tmp_path, "甲,1,2", header="name,lon,lat")
    done = zonegap("run", "--registrations", str(bad), "--out", str(tmp_path / "o"))
    assert (done.returncode, "without a datum" in done.stderr) == (3, True)
    assert not (tmp_path / "o").exists()
    done = zonegap("reconcile", "--registrations", str(tmp_path / "none.xlsx"))
    assert (done.returncode, "none.xlsx: no such file" in done.stderr) == (3, True)
