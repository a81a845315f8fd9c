"""Pairs within a distance and the nearest k hubs, against all pairs measured one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import zonegap as zg
from tests.helpers import brute_force_geodesic_km, brute_force_km, frame
from zones.distance import sphere
from zones.distance.nearest_hub import nearest, pairs_within, pairwise_km, row_by_row_km
from zones.parameters import DISTANCE_METHODS, EARTH_RADIUS_KM
from zones.thresholds import beyond

BRUTE = {"great-circle": brute_force_km, "geodesic": brute_force_geodesic_km}
SURE_KM = 1e-6  # by how much haversine may differ
anywhere = st.tuples(
    st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, 180.0, 179.9999, 0.0, 90.0])),
    st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 90.0, 89.9999, 0.0])),
)


def random_places(n: int, seed: int, prefix: str) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return frame(rng.uniform(73, 135, n), rng.uniform(18, 53, n), prefix)


def expected_pairs(all_km: np.ndarray, within_km: float) -> set[tuple[int, int]]:
    return {(int(i), int(j)) for i, j in zip(*np.nonzero(all_km <= within_km), strict=True)}


def found_pairs(points: pd.DataFrame, hubs: pd.DataFrame, found: pd.DataFrame) -> list:
    rows = points.index.get_indexer(found["point"]), hubs.index.get_indexer(found["hub"])
    return list(zip(*(r.tolist() for r in rows), strict=True))


@pytest.mark.parametrize("method", DISTANCE_METHODS)
@pytest.mark.parametrize("within_km", [0.0, 10.0, 300.0, 2500.0])
def test_pairs_are_those_of_another_formula(method: str, within_km: float) -> None:
    points, hubs = random_places(700, 1, "p"), random_places(150, 2, "h")
    points.iloc[:20] = hubs.iloc[:20].to_numpy()  # pairs at no distance at all
    all_km = BRUTE[method](points, hubs)
    assert np.abs(all_km - within_km).min() > SURE_KM or within_km == 0.0  # no doubtful one
    found = pairs_within(points, hubs, within_km, method=method)
    pairs = found_pairs(points, hubs, found)
    assert set(pairs) == expected_pairs(all_km, within_km)
    assert len(pairs) == len(set(pairs)) >= 20
    assert np.abs(found["distance_km"] - [all_km[p] for p in pairs]).max() < 1e-8
    # by point, then from the nearest hub on
    rows = points.index.get_indexer(found["point"])
    assert (np.diff(rows) >= 0).all()
    nearer = np.diff(found["distance_km"]) < -1e-9
    assert (np.diff(rows)[nearer] > 0).all()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(anywhere, min_size=0, max_size=25),
    st.lists(anywhere, min_size=0, max_size=15),
    st.floats(0, 20_100),
    st.sampled_from(DISTANCE_METHODS),
)
@example([(0.0, 90.0), (77.0, 90.0)], [(12.0, 90.0), (5.0, -90.0)], 0.0, "great-circle")
@example([(180.0, 10.0)], [(-180.0, 10.0), (0.0, -10.0)], 20_015.2, "great-circle")
@example([(180.0, 10.0)], [(-180.0, 10.0), (0.0, -10.0)], 20_003.9, "geodesic")
def test_pairs_anywhere(points, hubs, within_km, method) -> None:
    points = frame(*zip(*points, strict=True)) if points else frame([], [])
    hubs = frame(*zip(*hubs, strict=True), prefix="h") if hubs else frame([], [], "h")
    # every pair, by the count's formula: the boundary must be the same to the last bit
    all_km = pairwise_km(points, hubs, method=method)
    found = pairs_within(points, hubs, within_km, method=method)
    pairs = found_pairs(points, hubs, found)
    assert set(pairs) == expected_pairs(all_km, within_km)
    assert found["distance_km"].tolist() == [all_km[pair] for pair in pairs]
    if len(hubs) and len(points):
        near_km = nearest(points, hubs, method=method)["nearest_km"]
        inside = points.index.isin(found["point"])
        assert (inside == ~beyond(near_km, within_km)).all()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(anywhere, min_size=1, max_size=20),
    st.lists(anywhere, min_size=1, max_size=12),
    st.integers(1, 12),
    st.sampled_from(DISTANCE_METHODS),
)
@example([(0.0, 90.0)], [(10.0, -90.0), (20.0, -90.0), (0.0, 0.0)], 3, "great-circle")
@example([(180.0, 0.0)], [(1.0, 0.0), (-179.0, 0.0), (179.0, 0.0)], 2, "great-circle")
def test_the_nearest_k_anywhere(points, hubs, k, method) -> None:
    points, hubs = frame(*zip(*points, strict=True)), frame(*zip(*hubs, strict=True), prefix="h")
    k = min(k, len(hubs))
    all_km = pairwise_km(points, hubs, method=method)
    found = nearest(points, hubs, method=method, k=k)
    labels = found[[f"nearest_{r + 1}_hub" for r in range(k)]].to_numpy()
    distance_km = found[[f"nearest_{r + 1}_km" for r in range(k)]].to_numpy()
    # the k distances are the k least, and belong to k different hubs
    assert np.abs(distance_km - np.sort(all_km, axis=1)[:, :k]).max() < 1e-7
    for i, row in enumerate(labels):
        columns = hubs.index.get_indexer(row)
        assert len(set(columns)) == k
        assert distance_km[i].tolist() == all_km[i, columns].tolist()
    # the first is the one there always was
    one = nearest(points, hubs, method=method)
    assert labels[:, 0].tolist() == one["nearest_hub"].tolist()
    assert distance_km[:, 0].tolist() == one["nearest_km"].tolist()


@pytest.mark.parametrize("method", DISTANCE_METHODS)
def test_of_equal_hubs_the_one_listed_first(method: str) -> None:
    points = frame([0.0], [0.0])
    hubs = frame([10.0, -10.0, 0.0, 10.0, -10.0], [0.0, 0.0, 1.0, 0.0, 0.0], "h")
    found = nearest(points, hubs, method=method, k=4).iloc[0]
    assert found.filter(like="hub").tolist() == ["h2", "h0", "h1", "h3"]
    backwards = nearest(points, hubs[::-1], method=method, k=4).iloc[0]
    assert backwards.filter(like="hub").tolist() == ["h2", "h4", "h3", "h1"]
    found = pairs_within(points, hubs, 2000, method=method)
    assert found["hub"].tolist() == ["h2", "h0", "h1", "h3", "h4"]


@pytest.mark.parametrize("method", DISTANCE_METHODS)
def test_within_is_at_most(method: str) -> None:
    points, hubs = random_places(60, 3, "p"), random_places(40, 4, "h")
    all_km = pairwise_km(points, hubs, method=method)
    for limit in all_km.ravel()[::97].tolist():
        assert len(pairs_within(points, hubs, limit, method=method)) == (all_km <= limit).sum()
        below = np.nextafter(limit, 0)
        assert len(pairs_within(points, hubs, below, method=method)) == (all_km < limit).sum()


@pytest.mark.parametrize("method", DISTANCE_METHODS)
def test_row_by_row_is_the_diagonal_of_all_pairs(method: str) -> None:
    points, others = random_places(40, 7, "p"), random_places(40, 8, "h")
    found = row_by_row_km(points, others, method=method)
    assert found.tolist() == pairwise_km(points, others, method=method).diagonal().tolist()
    with pytest.raises(zg.ZonegapError, match="points, others: shapes"):
        row_by_row_km(points, others[:1], method=method)


def test_a_degree_of_the_equator_by_hand() -> None:
    degree_km = EARTH_RADIUS_KM * np.pi / 180
    points, hubs = frame([179.5], [0.0]), frame([-179.5, -178.5, 178.5], [0.0, 0.0, 0.0], "h")
    found = pairs_within(points, hubs, degree_km + 1e-9)
    assert found["hub"].tolist() == ["h0", "h2"]
    assert np.allclose(found["distance_km"], degree_km, rtol=0, atol=1e-9)
    assert len(pairs_within(points, hubs, degree_km - 1e-9)) == 0


def test_many_pairs_come_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    points, hubs = random_places(300, 5, "p"), random_places(50, 6, "h")
    for method in DISTANCE_METHODS:
        whole = pairs_within(points, hubs, 800, method=method)
        ranked = nearest(points, hubs, method=method, k=7)
        for name in ("PAIRS_AT_ONCE", "TREE_CHUNK"):
            monkeypatch.setattr(sphere, name, 64)
        monkeypatch.setattr("zones.distance.geodesic.TREE_CHUNK", 64)
        pd.testing.assert_frame_equal(whole, pairs_within(points, hubs, 800, method=method))
        pd.testing.assert_frame_equal(ranked, nearest(points, hubs, method=method, k=7))
        monkeypatch.undo()


@pytest.mark.parametrize("wrong", [-1, float("nan"), "10", True, None])
def test_a_distance_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(zg.ZonegapError, match=r"within_km: .*; accepted: a number of at least 0"):
        zg.pairs_within(frame([1], [1]), frame([1], [1]), wrong)


def test_wrong_k_and_engines_are_refused() -> None:
    for k in (0, 3, 1.5, "2"):
        with pytest.raises(zg.ZonegapError, match=r"k: .*; accepted: a whole number from 1 to 2"):
            nearest(frame([1], [1]), frame([1, 2], [1, 2]), k=k)
    with pytest.raises(zg.ZonegapError, match="engine: 'numpy'; accepted: auto, kdtree"):
        nearest(frame([1], [1]), frame([1], [1]), k=1, engine="numpy")
    with pytest.raises(zg.ZonegapError, match="lat of 'p0'"):
        zg.pairs_within(frame([1], [100]), frame([1], [1]), 5)
