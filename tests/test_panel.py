"""The panel: totals of the catalogue by year, units by hand, codes of a year, files read back."""

from __future__ import annotations

import csv
import io
import statistics
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.errors import UsageError
from geodata.gazetteer import gazetteer
from geodata.registry import TABLES
from geodata.unit_codes import codes_in_year
from geodata.vocabulary import LEVEL_KEYS, TYPE_KEYS
from tests.helpers import zonegap
from zones.panel import panel, panel_zones
from zones.pipeline import StudyResult, run_study
from zones.report.panel import (
    LONGEST_LABEL,
    LONGEST_NAME,
    column_words,
    label,
    stata_name,
    write_panel,
)
from zones.study import Study


def catalogue() -> list[dict[str, str]]:
    with (TABLES / "zones.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("by", ["county", "prefecture"])
@pytest.mark.parametrize("codes", [1984, 2000, 2018, 2024])
def test_totals_of_each_year_are_the_catalogues(result: StudyResult, by: str, codes: int) -> None:
    made = panel(result, by, codes=codes, years=(1984, 2020)).groupby("year").sum(numeric_only=True)
    zones = catalogue()
    for year, row in made.iterrows():
        there = [z for z in zones if int(z["approved"][:4]) <= int(str(year))]
        new = [z for z in there if int(z["approved"][:4]) == year]
        assert (row["zones"], row["zones_new"]) == (len(there), len(new))
        assert row["area_ha"] == pytest.approx(sum(float(z["area_ha"]) for z in there))
        assert row["area_new_ha"] == pytest.approx(sum(float(z["area_ha"]) for z in new))
        for column, keys in (("level", LEVEL_KEYS), ("type", TYPE_KEYS)):
            for word, key in keys.items():
                of_kind = [float(z["area_ha"]) for z in there if z[column] == word]
                assert row[f"zones_{key}"] == len(of_kind)
                assert row[f"area_{key}_ha"] == pytest.approx(sum(of_kind))


def test_units_and_years_by_hand(result: StudyResult) -> None:
    """Every 97th row against its zones, looked up one by one."""
    made = panel(result)
    units = panel_zones(result, "county", 2018)["unit"]
    for _, row in made.iloc[::97].iterrows():
        there = [
            zone
            for label_, zone in result.zones.iterrows()
            if units[label_] == row["adcode"] and int(zone["approved"][:4]) <= row["year"]
        ]
        distances = [zone["nearest_km"] for zone in there]
        assert row["zones"] == len(there)
        assert row["beyond_500km"] == sum(d > 500 for d in distances)
        if there:
            assert row["median_km"] == pytest.approx(statistics.median(distances))
            share = 100 * row["beyond_500km"] / len(there)
            assert row["beyond_500km_pct"] == pytest.approx(share)
            assert row["first_year"] <= row["year"]
        else:
            assert np.isnan(row["median_km"])
            assert np.isnan(row["beyond_500km_pct"])


def test_a_stock_from_before_the_first_year(result: StudyResult) -> None:
    whole, later = panel(result), panel(result, years=(2000, 2010))
    both = whole[whole["year"].between(2000, 2010)].reset_index(drop=True)
    pd.testing.assert_frame_equal(both, later)


def test_balanced_has_every_unit_of_the_year(result: StudyResult) -> None:
    some, every = panel(result), panel(result, balanced=True)
    named = every["adcode"].unique()
    counties = {d.adcode for d in gazetteer(2018).current if d.level == "county"}
    without = {"441900", "442000", "460300", "460400", "620200"}  # cities that have no counties
    assert set(named) == counties | without | {""}
    assert len(every) == 35 * len(named)
    assert every.groupby("adcode").size().eq(35).all()
    shared = every[every["adcode"].isin(some["adcode"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(shared, some)
    rest = every[~every["adcode"].isin(some["adcode"])]
    assert rest["zones"].eq(0).all()
    assert rest["first_year"].isna().all()


@pytest.mark.parametrize(
    ("adcode", "lon", "lat", "year", "county", "prefecture"),
    [
        # 莱芜, a prefecture of its own until the end of 2018, then districts of Jinan
        ("370116", 117.68, 36.20, 2017, "371202", "371200"),
        ("370116", 117.68, 36.20, 2024, "370116", "370100"),
        # 涪陵 was Sichuan's before Chongqing was a municipality
        ("500102", 107.39, 29.70, 2018, "500102", "500000"),
        # 下城 and 拱墅 became 拱墅 in 2021: the nearer seat
        ("330105", 120.181, 30.282, 2018, "330103", "330100"),
        ("330105", 120.142, 30.319, 2018, "330105", "330100"),
        # 仙桃 is held by no city; 东莞 has no counties
        ("429004", 113.45, 30.36, 2018, "429004", "429004"),
        ("441900", 113.75, 23.02, 2018, "441900", "441900"),
        # known to the province only, or not at all
        ("650000", 85.0, 44.0, 2018, "", ""),
        ("", 85.0, 44.0, 2018, "", ""),
    ],
)
def test_codes_of_a_year_by_hand(
    adcode: str, lon: float, lat: float, year: int, county: str, prefecture: str
) -> None:
    place = pd.DataFrame({"adcode": [adcode], "lon": [lon], "lat": [lat]})
    assert codes_in_year(place, year)["code"].iloc[0] == county
    assert codes_in_year(place, year, prefectures=True)["code"].iloc[0] == prefecture


def test_codes_are_those_of_the_year(result: StudyResult) -> None:
    for year in (1985, 1995, 2005, 2015):
        for by in ("county", "prefecture"):
            codes = set(panel(result, by, codes=year)["adcode"]) - {""}
            assert codes <= set(gazetteer(year).by_adcode)


def test_codes_of_2018_agree_with_the_recorded_seats(result: StudyResult) -> None:
    """A second route: the table of seats has the county of 2018 of most zones."""
    with (TABLES / "zone_seats.csv").open(encoding="utf-8", newline="") as file:
        seats = {r["zone_id"]: r["adcode"] for r in csv.DictReader(file)}
    zones = panel_zones(result, "county", 2018)
    units = zones.loc[zones["unit_by"] == "code", "unit"]  # found without that table
    both = [(units[i], code) for i, code in seats.items() if i in units]
    assert len(both) > 2000
    assert sum(a == b for a, b in both) / len(both) > 0.995


def test_two_months_of_approval_count_once_from_the_first(result: StudyResult) -> None:
    twice = [z for z in catalogue() if z["extended"]]
    assert [z["id"] for z in twice] == ["G313031", "G513119"]
    units = panel_zones(result, "county", 2018)
    for zone in twice:
        assert units.loc[zone["id"], "approved_year"] == int(zone["approved"][:4])
    assert len(units) == units.index.nunique() == len(catalogue())


def test_what_is_no_panel_is_refused(result: StudyResult) -> None:
    with pytest.raises(UsageError, match="county, prefecture"):
        panel(result, "village")
    with pytest.raises(UsageError, match="2010 to 1990"):
        panel(result, years=(2010, 1990))
    with pytest.raises(UsageError, match="1980 to 2024"):
        panel(result, codes=1979)


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    """Words of its own, a zone without a date and one without an area are counted and said."""
    file = tmp_path / "made_up_zones.csv"
    file.write_text(
        "name,province,county,level,type,approved,area_ha\n"
        "甲园区,浙江省,余杭区,市级,创意园,2001-05,100\n"
        "乙园区,浙江省,余杭区,省级,工业园区,2003-05,\n"
        "丙园区,浙江省,余杭区,省级,工业园区,,300\n",
        encoding="utf-8",
    )
    study = Study(zones_table=file)
    made = panel(run_study(study), years=(2000, 2004))
    assert made["zones"].tolist() == [0, 1, 1, 2, 2]
    assert made["area_ha"].tolist() == [0, 100, 100, 100, 100]
    assert (
        made["zones_level_other"].tolist() == made["zones_type_other"].tolist() == [0, 1, 1, 1, 1]
    )
    done = zonegap("panel", "--zones", str(file), "--years", "2000..2004")
    assert "Zones without a date of approval, in no year: 1" in done.stderr
    assert "Zones that state no area, with 0 in the sums of area: 1" in done.stderr
    assert pd.read_csv(io.StringIO(done.stdout), dtype={"adcode": str})["zones"].sum() == 6


def test_labels_fit_stata_in_both_languages(result: StudyResult) -> None:
    made = panel(result)
    for column in made.columns:
        assert len(stata_name(column)) <= LONGEST_NAME
        words = column_words(column)
        whole = f"{words.in_language('en')} / {words.in_language('zh')}"
        assert label(column) == whole, column
        assert len(whole) <= LONGEST_LABEL, column
    assert made.columns.map(stata_name).is_unique


def test_files_hold_the_same_and_other_readers_read_them(
    result: StudyResult, tmp_path: Path
) -> None:
    made = panel(result, "prefecture", codes=2010, years=(2000, 2005))
    asked = ["panel", "--by", "prefecture", "--codes", "2010", "--years", "2000..2005"]
    for ending in ("csv", "parquet", "dta"):
        done = zonegap(*asked, "--out", str(tmp_path / f"p.{ending}"))
        assert done.returncode == 0, done.stderr
        assert (tmp_path / f"p.{ending}").exists()
    texts = dict.fromkeys(["adcode", "city_adcode", "province_adcode"], str)
    read = {
        "csv": pd.read_csv(tmp_path / "p.csv", dtype=texts, keep_default_na=True),
        "parquet": pd.read_parquet(tmp_path / "p.parquet"),
        "dta": pd.read_stata(tmp_path / "p.dta"),
    }
    for kind, frame in read.items():
        assert list(frame.columns) == list(made.columns), kind
        for column in made.columns:
            if pd.api.types.is_numeric_dtype(made[column]):
                found = frame[column].astype(float)
                assert found.to_numpy() == pytest.approx(
                    made[column].astype(float), abs=0.0051, nan_ok=True
                ), (kind, column)
            else:
                assert frame[column].fillna("").tolist() == made[column].tolist(), (kind, column)
    assert "licence" in {k.decode() for k in _metadata(tmp_path / "p.parquet")}
    assert zonegap(*asked).stdout == (tmp_path / "p.csv").read_text(encoding="utf-8-sig")


def test_a_reader_of_another_kind_reads_the_stata_file(result: StudyResult, tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")  # of the extra [dev]; reads without pandas' code
    made = panel(result, years=(2010, 2012))
    write_panel(made, tmp_path / "p.dta", ".dta", {})
    frame, meta = pyreadstat.read_dta(str(tmp_path / "p.dta"))
    for column in ("zones", "zones_new", "year", "beyond_500km"):
        assert frame[column].tolist() == made[column].tolist()
    for column in ("adcode", "name", "province"):
        assert frame[column].tolist() == made[column].tolist()
    assert frame["area_ha"].to_numpy() == pytest.approx(made["area_ha"].to_numpy(), abs=0.0051)
    assert meta.column_names_to_labels["year"] == "Year / 年份"


def _metadata(path: Path) -> dict[bytes, bytes]:
    import pyarrow.parquet as pq

    return dict(pq.read_schema(path).metadata)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--out", "p.xls"], "--out: 'p.xls'; accepted: .csv, .parquet, .dta"),
        (["--years", "90..99"], "--years: '90..99'; accepted: years as 1990..2018"),
        (["--codes", "1979"], "--codes: '1979'; accepted: a whole number from 1980 to 2024"),
        (["--by", "town"], "--by: 'town'; accepted: county, prefecture"),
    ],
)
def test_wrong_usage_is_said(asked: list[str], said: str) -> None:
    done = zonegap("panel", *asked)
    assert done.returncode == 2
    assert said in done.stderr
