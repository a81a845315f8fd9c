"""The best new cities: equal to brute force, never worse than greedy, proved by the gap."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.errors import BadInputError
from geodata.user_tables.weights import load_weights
from zonegap.command.app import main
from zones.distance.nearest_hub import nearest
from zones.parameters import OBJECTIVES, WEIGHTS
from zones.pipeline import StudyResult
from zones.where_next import candidate_cities, next_best, weights_of, where_next


def covers_and_weights(result: StudyResult, weight: str) -> tuple[np.ndarray, np.ndarray]:
    """Which city would bring which zone within, by the distances of the count itself."""
    zones, cities = result.zones, candidate_cities()
    reach = np.array([(nearest(zones, cities.iloc[[j]])["nearest_km"] <= 500.0).to_numpy()
                      for j in range(len(cities))]).T  # fmt: skip
    return reach & zones[["beyond_500km"]].to_numpy(), weights_of(zones, weight)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_one_and_two_cities_equal_brute_force_on_the_study(
    result: StudyResult, weight: str
) -> None:
    covers, weights = covers_and_weights(result, weight)
    single = weights @ covers
    both = covers.T.astype(float) @ (weights[:, None] * covers)
    best = (single[:, None] + single[None, :] - both).max()
    table = where_next(result.zones, 500.0, k=2, weight=weight)
    names = [text.split(", ") for text in table["cities"]]
    places = candidate_cities().index
    for chosen, value in zip(names, (single.max(), best), strict=True):
        columns = [places.get_loc(name) for name in chosen]
        assert np.isclose(weights[covers[:, columns].any(axis=1)].sum(), value)
    assert (table["optimality_gap"] == 0).all()


def test_table_of_the_study(result: StudyResult) -> None:
    table = where_next(result.zones, 500.0, k=3)
    far = int((result.zones["nearest_km"] > 500.0).sum())
    assert (table["zones_reached"] + table["zones_left_beyond"] == far).all()
    assert table["zones_reached"].is_monotonic_increasing
    assert (table["optimality_gap"] == 0).all()
    assert (table["greedy_pct"] <= 100 + 1e-9).all()
    assert [len(c.split(", ")) for c in table["cities"]] == [1, 2, 3]


def test_once_all_is_reached_more_cities_change_nothing(result: StudyResult) -> None:
    """From Tibet and Xinjiang alone, few cities reach everything."""
    zones = result.zones[result.zones["province_adcode"].isin(["540000", "650000"])]
    table = where_next(zones, 500.0, k=8)
    done = table[table["zones_left_beyond"] == 0]
    assert 2 <= len(done) < 8
    assert len(set(done["cities"])) == 1
    assert len(done["cities"].iloc[0].split(", ")) == done["k"].iloc[0]
    assert table["greedy_city"].iloc[-1] == ""
    assert (table["greedy_pct"] <= 100 + 1e-9).all()


def test_no_zone_to_reach(result: StudyResult) -> None:
    table = where_next(result.zones[~result.zones["beyond_500km"]], 500.0, k=2)
    assert table["cities"].tolist() == ["", ""]
    assert table["zones_reached"].tolist() == [0, 0]


def test_candidates_are_the_prefecture_level_cities() -> None:
    cities = candidate_cities()
    assert cities.index.is_unique
    assert 330 < len(cities) < 345
    assert {"北京市", "拉萨市", "大理白族自治州", "三沙市"} <= set(cities.index)


def test_more_cities_than_there_are(result: StudyResult) -> None:
    with pytest.raises(ValueError, match="k: 999; accepted: 1 to 3"):
        where_next(result.zones, 500.0, k=999)


def test_command_prints_cities_in_the_language() -> None:
    def run(*options: str) -> str:
        command = [sys.executable, "-m", "zonegap", "where-next", "--k", "1", *options]
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", check=True
        ).stdout

    rows = json.loads(run("--json", "--weight", "gdp"))
    assert rows[0]["cities"].endswith("市")
    assert rows[0]["cities"] in run("--weight", "gdp", "--lang", "zh")
    assert rows[0]["cities"] not in run("--weight", "gdp")


def test_command_writes_the_table_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "next.csv"
    arguments = ["zonegap", "where-next", "--k", "2", "--json", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    printed = pd.DataFrame(json.loads(capsys.readouterr().out))
    written = pd.read_csv(out, encoding="utf-8-sig")
    pd.testing.assert_frame_equal(written, printed, check_dtype=False, atol=1e-6)


def zones_at(lat: list[float], nearest_km: float = 900.0) -> pd.DataFrame:
    zones = pd.DataFrame({"lon": [100.0] * len(lat), "lat": lat, "nearest_km": nearest_km})
    return zones.assign(area_ha=100.0, gdp_estimate_yi_cny=1.0)


@pytest.mark.parametrize("method", ["great-circle", "geodesic"])
def test_a_zone_at_the_threshold_itself_is_reached(method: str) -> None:
    """Beyond is strictly farther, so a city reaches what lies at the threshold exactly."""
    zones = zones_at([30.0, 34.0])
    city = pd.DataFrame({"lon": [100.0], "lat": [31.0]}, index=["here"])
    at_km = float(nearest(zones.iloc[:1], city, method=method)["nearest_km"].iloc[0])

    def reached(threshold_km: float) -> int:
        table = where_next(zones, threshold_km, k=1, candidates=city, method=method)
        return int(table["zones_reached"].iloc[0])

    assert reached(at_km) == 1
    assert reached(float(np.nextafter(at_km, 0.0))) == 0


def test_measures_equal_measuring_again_with_the_new_hubs(result: StudyResult) -> None:
    cities = candidate_cities()
    for objective in OBJECTIVES:
        row = where_next(result.zones, 500.0, k=2, objective=objective).iloc[-1]
        hubs = pd.concat([result.hubs, cities.loc[row["cities"].split(", ")]])
        now_km = nearest(result.zones, hubs)["nearest_km"]
        assert row["zones_left_beyond"] == (now_km > 500.0).sum()
        assert np.isclose(row["mean_km"], now_km.mean())
        assert np.isclose(row["farthest_km"], now_km.max())
        assert row["optimality_gap"] == 0


def test_each_objective_is_best_at_its_own_measure(result: StudyResult) -> None:
    rows = {o: where_next(result.zones, 500.0, k=2, objective=o).iloc[-1] for o in OBJECTIVES}
    table = pd.DataFrame(rows).T
    assert table["zones_reached"].astype(int).idxmax() == "coverage"
    assert table["mean_km"].astype(float).idxmin() == "p-median"
    assert table["farthest_km"].astype(float).idxmin() == "p-center"


def test_fixed_and_forbidden_sites_and_own_candidates(result: StudyResult) -> None:
    free = where_next(result.zones, 500.0, k=2)
    first = free["cities"].iloc[-1].split(", ")[0]
    without = where_next(result.zones, 500.0, k=2, forbidden=[first.removesuffix("市")])
    assert first not in without["cities"].iloc[-1]
    assert without["zones_reached"].iloc[-1] <= free["zones_reached"].iloc[-1]
    fixed = where_next(result.zones, 500.0, k=2, fixed=["Changchun", "成都市"])
    assert fixed["k"].tolist() == [2]
    assert set(fixed["cities"].iloc[0].split(", ")) == {"长春市", "成都市"}
    own = candidate_cities().loc[["昆明市", "成都市", "兰州市"]]
    assert set(where_next(result.zones, 500.0, k=3, candidates=own)["cities"].iloc[-1].split(", "))
    for options, message in (
        ({"fixed": ["Atlantis"]}, "fixed: 'Atlantis' is none of the 337 candidates"),
        ({"fixed": ["成都"], "forbidden": ["成都"]}, "成都市: both fixed and forbidden"),
        ({"candidates": own, "k": 4}, "k: 4; accepted: 1 to 3"),
        ({"objective": "p-mean"}, "objective: 'p-mean'; accepted: coverage"),
    ):
        with pytest.raises(ValueError, match=message):
            where_next(result.zones, 500.0, **{"k": 1, **options})


def test_near_optima_are_the_best_without_each_site(result: StudyResult) -> None:
    table = next_best(result.zones, 500.0, k=2)
    best = table["cities"].iloc[0].split(", ")
    assert table["left_out"].tolist()[0] == ""
    assert set(table["left_out"].iloc[1:]) == set(best)
    assert table["loss_pct"].iloc[0] == 0
    assert table["loss_pct"].is_monotonic_increasing
    for row in table.iloc[1:].itertuples():
        again = where_next(result.zones, 500.0, k=2, forbidden=[row.left_out]).iloc[-1]
        assert again["zones_reached"] == row.zones_reached
        loss = 100 * (1 - row.zones_reached / table["zones_reached"].iloc[0])
        assert np.isclose(row.loss_pct, loss)


def test_own_weights_are_read_by_id_code_and_name(
    result: StudyResult, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zones = result.zones
    path = tmp_path / "weights_made_up.csv"
    path.write_text(f"名称,常住人口\n{zones['name'].iloc[5]},7.5\n无此开发区,1\n", encoding="utf-8")
    weights, account = load_weights(path, zones)
    assert weights.sum() == weights.iloc[5] == 7.5
    said = "\n".join(str(words) for _, parts in account.lines(whole=True) for words in parts)
    assert "no zone of the study has this id, code or name" in said
    assert "2,542" in said
    path.write_text(f"id,weight\n{zones.index[0]},-1\n{zones.index[1]},x\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="row 2.*'-1'"):
        load_weights(path, zones)
    path.write_text(f"id,weight\n{zones.index[0]},1\n{zones.index[0]},2\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="has two weights"):
        load_weights(path, zones)
    path.write_text("id,weight\nnone,1\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="no row names a zone"):
        load_weights(path, zones)


def test_command_takes_candidates_and_weights_and_never_writes_over_them(
    result: StudyResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    sites, weights = tmp_path / "sites_made_up.csv", tmp_path / "weights_made_up.csv"
    sites.write_text("城市\n成都\n昆明\n", encoding="utf-8")
    far = result.zones[result.zones["beyond_500km"]]
    kunming = nearest(far, candidate_cities().loc[["昆明市"]])["nearest_km"].idxmin()
    weights.write_text(f"id,weight\n{kunming},5\n", encoding="utf-8")

    def run(*options: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["zonegap", "where-next", "--k", "1", *options])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    asked = ("--candidates", str(sites), "--weights", str(weights), "--json")
    code, printed, said = run(*asked)
    assert code == 0, said
    assert json.loads(printed)[0]["cities"] == "昆明"
    assert "1 of 1 rows used as weights" in said
    before = weights.read_bytes()
    code, _, said = run(*asked, "--out", str(weights))
    assert (code, weights.read_bytes()) == (2, before)
    code, printed, said = run("--candidates", "云南,贵州", "--json")
    assert candidate_cities().loc[json.loads(printed)[0]["cities"], "province_adcode"] in (
        "530000", "520000",
    )  # fmt: skip
    assert run("--weight", "gdp", "--weights", str(weights))[0] == 2
