"""What the published count implies, and what would give it."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zones.distance.nearest_hub import nearest
from zones.hubs import hub_layer
from zones.pipeline import StudyResult, run_study
from zones.published_count import (
    best_added,
    best_left_out,
    implication,
    published_count,
    what_would_give_table,
)
from zones.report.tables import report_table
from zones.study import Study


def test_the_sentence_says_that_no_layer_holds_the_published_count(result: StudyResult) -> None:
    sentence = str(implication(result))
    own = result.zones["beyond_500km"].sum()
    assert "90 % interval of no hub layer" in sentence
    assert f"({own:,} [" in sentence
    assert f"nearest, {own - published_count():+,} " in sentence
    assert sentence.index("every prefecture-level") < sentence.index("head-office cities")
    zh = dataclasses.replace(result, study=dataclasses.replace(result.study, language="zh"))
    assert "1,120个" in implication(zh).in_language("zh")
    assert "interval" not in implication(zh).in_language("zh")


def test_the_sentence_names_every_hub_whose_loss_moves_the_count(result: StudyResult) -> None:
    named = str(implication(result)).split("alone moves it (")[1].split(")")[0]
    hubs = hub_layer("prefectures")
    before = (nearest(result.zones, hubs)["nearest_km"] > 500).sum()
    moving = {}
    for hub, name in hubs["hub_en"].items():
        more = (nearest(result.zones, hubs.drop(hub))["nearest_km"] > 500).sum() - before
        if more:
            moving[name] = more
    assert moving == {part.split(" +")[0]: int(part.split(" +")[1]) for part in named.split(", ")}


def test_edge_cities_alone_give_nearly_the_count(result: StudyResult) -> None:
    """Why the sentence claims no more: five hubs can hardly be told from all 33 by the count."""
    five = ["北京市", "湖州市", "衢州市", "韶关市", "湛江市"]
    few = nearest(result.zones, hub_layer("prefectures").loc[five])["nearest_km"]
    own = result.zones["beyond_500km"].sum()
    assert abs((few > 500.0).sum() - own) < abs(own - published_count())


def test_the_sentence_follows_an_interval_that_holds_the_count(result: StudyResult) -> None:
    """Made so wide that the default layer holds it."""
    unsure = result.zones.assign(uncertainty_km=result.zones["uncertainty_km"] * 3.0)
    wide = dataclasses.replace(result, zones=unsure, found_intervals={})
    low, high = wide.interval("prefectures", 500.0)
    assert low <= published_count() <= high
    sentence = str(implication(wide))
    inside, outside = sentence.split("not in that of hubs in")
    assert "every prefecture-level" in inside
    assert "Beijing, Hangzhou, Guangzhou" in outside


@pytest.mark.parametrize(
    "options", [{"hub_provinces": ("北京市",)}, {"zones_table": Path("z.csv")}]
)
def test_no_sentence_where_it_means_nothing(result: StudyResult, options) -> None:
    study = dataclasses.replace(result.study, **options)
    assert implication(dataclasses.replace(result, study=study)) is None


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("how_many", [1, 2])
def test_choices_of_hubs_equal_brute_force(seed: int, how_many: int) -> None:
    random = np.random.default_rng(seed)
    within = random.random((60, 7)) < 0.25
    chosen = list(itertools.combinations(range(7), how_many))
    wanted = int(random.integers(0, 40))

    def check(best: object, counts: list[int]) -> None:
        differs = [abs(count - wanted) for count in counts]
        assert abs(best.beyond - wanted) == min(differs)
        same = [c for c, count in zip(chosen, counts, strict=True) if count == best.beyond]
        assert best.ways == len(same)
        assert best.hubs == same[:3]

    left_out = [int((~np.delete(within, c, axis=1).any(axis=1)).sum()) for c in chosen]
    check(best_left_out(within, how_many, wanted), left_out)
    added = [int((~within[:, list(c)].any(axis=1)).sum()) for c in chosen]
    check(best_added(within, how_many, wanted), added)


def test_what_would_give_counts_again_with_the_hubs_it_names(result: StudyResult) -> None:
    table = what_would_give_table(result)
    assert (table["difference"] == table["beyond"] - published_count()).all()
    assert set(table.loc[table["change"] == "threshold", "beyond"]) == {published_count()}
    seen = set()
    every = hub_layer("prefectures")
    for row in table[table["hubs"] != ""].itertuples():
        hubs = hub_layer(row.hub_layer)
        for choice in str(row.hubs).removesuffix("; …").split("; "):
            names = choice.split(", ")
            seen.add((row.change, len(names)))
            if row.change.startswith("with_"):
                changed = pd.concat([hubs, every.loc[names]])
            else:
                changed = hubs.drop(names)
            near_km = nearest(result.zones, changed)["nearest_km"]
            assert (near_km > 500.0).sum() == row.beyond
    assert seen == {("without_1", 1), ("without_2", 2), ("with_1", 1), ("with_2", 2)}


def test_what_would_give_beside_hubs_of_ones_own(tmp_path: Path) -> None:
    """The rows of the built-in layers stay the same."""
    path = tmp_path / "hubs_made_up.csv"
    path.write_text("城市\n武汉\n", encoding="utf-8")
    own = what_would_give_table(run_study(Study(hub_layer="file", hub_file=path)))
    pd.testing.assert_frame_equal(own, what_would_give_table(run_study(Study())))


def test_what_would_give_names_hubs_in_the_language(result: StudyResult) -> None:
    printed = report_table("what_would_give", result).printed()
    cells = "".join(printed.iloc[:, 2])
    assert "Quzhou" in cells
    assert "衢州" not in cells
