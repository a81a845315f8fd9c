"""A hub layer is one record: registered, it is everywhere, in both languages."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from geodata.gazetteer import Gazetteer
from geodata.words import Name
from maps.page import study_map
from maps.safe_text import stable_html
from zonegap.command.app import main
from zones.hubs import HUB_LAYERS, HubLayer, hub_layer
from zones.pipeline import run_study
from zones.study import Study

SHANGHAI = "310000"


def _pilots(names: Gazetteer) -> dict[str, int]:
    return {"110000": 0, SHANGHAI: 2}


@pytest.fixture
def pilots(monkeypatch: pytest.MonkeyPatch) -> HubLayer:
    layer = HubLayer(
        key="pilots",
        places=_pilots,
        short=Name("pilots", "试点城市"),
        title=Name("Pilot cities", "试点城市所在地"),
        map_title=Name("Pilot cities of {clusters}", "试点城市（{clusters}）"),
        why_it_differs=Name("two pilot cities only", "仅两个试点城市"),
        colour="#e69f00",
        dash=(0, (2.0, 2.0)),
        definition=Name("Beijing and Shanghai", "北京、上海"),
        in_full=Name("Beijing and Shanghai", "北京与上海"),
        sentence=Name("Beijing and Shanghai", "北京与上海两市"),
    )
    monkeypatch.setitem(HUB_LAYERS, "pilots", layer)
    return layer


def run(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    monkeypatch.setattr(sys, "argv", ["zonegap", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert not ended.value.code, said.err
    return said.out


def test_its_hubs_may_lie_outside_the_three_clusters(pilots: HubLayer) -> None:
    hubs = hub_layer("pilots")
    assert hubs.loc["上海市", "cluster"] == "Other"
    assert hubs["companies"].tolist() == [0, 2]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("own", [True, False], ids=["of the study", "beside the study's"])
def test_every_command_knows_it(
    pilots: HubLayer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    own: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["--lang", language, *(["--hubs", "pilots"] if own else [])]
    short = pilots.short.in_language(language)
    assert short in run(["threshold", "--count", "1120", *asked], monkeypatch, capsys)
    reasons = run(["reconcile", *asked], monkeypatch, capsys)
    assert pilots.why_it_differs.in_language(language) in reasons
    run(["tables", "--formats", "csv,md", *asked, "--out", "t"], monkeypatch, capsys)
    curve = pd.read_csv(tmp_path / "t" / "threshold_curve.csv")
    assert ("beyond_pilots" in curve) != own  # the study's own stands under `beyond`
    text = (tmp_path / "t" / "tables.md").read_text(encoding="utf-8")
    assert pilots.sentence is not None
    assert pilots.sentence.in_language(language) in text
    run(["figures", "--formats", "svg", *asked, "--out", "f"], monkeypatch, capsys)
    assert (tmp_path / "f" / "threshold_curve.svg").exists()
    run(["map", *asked, "--layer", "pilots", "--out", "m.html"], monkeypatch, capsys)
    page = (tmp_path / "m.html").read_text(encoding="utf-8")
    assert "Pilot cities of Beijing, Other" in page
    run(["run", *asked, "--out", "o"], monkeypatch, capsys)
    assert (tmp_path / "o" / "manifest.json").exists()
    assert "pilots" in run(["--help"], monkeypatch, capsys) or "pilots" in run(
        ["threshold", "--help"], monkeypatch, capsys
    )


def test_its_counts_are_those_of_its_hubs(pilots: HubLayer) -> None:
    ours = run_study(Study(hub_layer="pilots"))
    beside = run_study(Study())
    distance_km = beside.distance_under("pilots", "great-circle")
    assert ours.zones["nearest_km"].tolist() == distance_km.tolist()
    assert "Pilot cities" in stable_html(study_map(beside))
