"""Study files: read, checked, overridden; every wrong key or value is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geodata.errors import DataFileError, UsageError
from zones.study import Study, override, read_study

FULL = """
[zones]
table = "zones.csv"
encoding = "gb18030"
[hubs]
layer = "prefectures"
provinces = ["浙江省"]
[distance]
method = "geodesic"
thresholds_km = [300, 500.5]
[gdp]
gdp = "2018-census4"
land = "built-up-2016"
[geocode]
year = 2018
openstreetmap = false
[output]
folder = "results"
language = "zh"
formats = ["csv"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_is_the_built_in_study() -> None:
    assert read_study(None) == Study()


def test_full_file_with_paths_from_its_own_folder(tmp_path: Path) -> None:
    study = read_study(write(tmp_path, FULL))
    assert study == Study(
        zones_table=tmp_path / "zones.csv", zones_encoding="gb18030", hub_provinces=("浙江省",),
        distance_method="geodesic", thresholds_km=(300.0, 500.5), gdp="2018-census4",
        land="built-up-2016", folder=tmp_path / "results", language="zh", formats=("csv",),
        openstreetmap=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[distance]\ntreshold_km = [500]", "unknown key distance.treshold_km.*'thresholds_km'"),
        ("[distanz]\nmethod = 'geodesic'", r"unknown section \[distanz\].*Did you mean 'distance'"),
        ("layer = 'cores'", r"unknown section \[layer\]"),
        ("[hubs]\nlayer = 'prefecture'", "hubs.layer: 'prefecture'.*Did you mean 'prefectures'"),
        ("[hubs]\nlayer = 3", "hubs.layer: 3; accepted: text"),
        ("[hubs]\nlayer = 'file'", 'hubs.file and hubs.layer = "file": only with each other'),
        ("[hubs]\nfile = 'a.csv'", 'hubs.file and hubs.layer = "file": only with each other'),
        ("[hubs]\nprovinces = ['浙']", "hubs.provinces: '浙'; accepted: Beijing, Tianjin"),
        ("[hubs]\nprovinces = '浙江省'", "hubs.provinces: '浙江省'; accepted: list of text"),
        ("[distance]\nmethod = 'planar'", "distance.method: 'planar'; accepted: great-circle"),
        ("[distance]\nthresholds_km = [-1]", "distance.thresholds_km: .*at least 0"),
        ("[distance]\nthresholds_km = []", "distance.thresholds_km: .*at least 0"),
        ("[distance]\nthresholds_km = [20041]", "distance.thresholds_km: '20041'.*most 20,040 km"),
        ("[distance]\nthresholds_km = [nan]", "distance.thresholds_km: .*at least 0"),
        ("[distance]\nthresholds_km = ['500']", "accepted: list of numbers"),
        ("[distance]\nthresholds_km = true", "accepted: list of numbers"),
        ("[gdp]\ngdp = '2018'", "gdp.gdp: '2018'; accepted: 2018-first"),
        ("[gdp]\nland = 'built-up-2018'", "gdp.land: .*accepted: construction-land-2019"),
        ("[geocode]\nyear = 1900", "geocode.year: 1900; accepted: 1980 to 2024"),
        ("[geocode]\nopenstreetmap = 1", "geocode.openstreetmap: 1; accepted: true or false"),
        ("[geocode]\nyear = 2018.5", "geocode.year: 2018.5; accepted: whole number"),
        ("[output]\nlanguage = 'fr'", "output.language: 'fr'; accepted: en, zh"),
        (
            "[output]\nformats = ['pdf']",
            "output.formats: 'pdf'; accepted: csv, xlsx, docx, tex, md",
        ),
        ("[output]\nfolder = ''", "output.folder: ''; accepted: path"),
        ("[hubs\n", "not a TOML file"),
    ],
)
def test_wrong_study_is_one_clear_error(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UsageError, match=message) as caught:
        read_study(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert caught.value.exit_code == 2


def test_missing_study_file(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="no such file"):
        read_study(tmp_path / "none.toml")


def test_options_override_and_none_does_not() -> None:
    study = override(Study(gdp="2018-census4"), gdp=None, hub_layer="cores")
    assert (study.gdp, study.hub_layer) == ("2018-census4", "cores")


def test_hub_file_means_the_layer_file_and_another_layer_drops_it() -> None:
    study = override(Study(), hub_file=Path("h.csv"))
    assert study.hub_layer == "file"
    assert override(study, hub_layer="cores").hub_file is None


def test_parameters_name_files_without_their_folders() -> None:
    study = Study(zones_table=Path("/somewhere/zones.csv"))
    assert study.parameters()["zones_table"] == "zones.csv"
    assert "folder" not in study.parameters()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"openstreetmap": "no"}, "geocode.openstreetmap: 'no'; accepted: true or false"),
        ({"hub_provinces": "浙江省"}, "hubs.provinces: '浙江省'; accepted: list of text"),
        ({"thresholds_km": ("a",)}, "distance.thresholds_km: ['a']; accepted: list of numbers"),
        ({"hub_layer": 5}, "hubs.layer: 5; accepted: text"),
        ({"year": 2018.5}, "geocode.year: 2018.5; accepted: whole number"),
        ({"gdp": None}, "gdp.gdp: None; accepted: text"),
        ({"folder": 5}, "output.folder: 5; accepted: path"),
        ({"formats": "csv"}, "output.formats: 'csv'; accepted: list of text"),
        ({"zones_columns": ("name", "a")}, "zones.columns: ['name', 'a']; accepted: table of text"),
    ],
)
def test_no_other_type_goes_through_from_python(given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as fault:
        Study(**given)
    assert str(fault.value) == said


def test_python_may_give_text_for_a_path_and_a_list_for_a_tuple() -> None:
    study = Study(hub_layer="file", hub_file="h.csv", thresholds_km=[300, 500], boundaries="none")
    assert study.hub_file == Path("h.csv")
    assert study.thresholds_km == (300.0, 500.0)
    assert study.boundaries == Path("none")
