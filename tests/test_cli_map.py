"""``zonegap map``: its options, what it refuses, and that ``run`` makes the same page."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from maps.page import study_map
from maps.safe_text import stable_html
from tests.helpers import zonegap
from tests.test_map_file import DATA
from zones.parameters import SYNTHETIC
from zones.pipeline import StudyResult, run_study
from zones.report.sources import sources
from zones.study import NO_LINES, Study, read_study
from zones.where_next import where_next


def map_html(result: StudyResult, **options: object) -> str:
    return stable_html(study_map(result, **options))


def data_of(html: str) -> dict[str, object]:
    found = DATA.search(html)
    assert found is not None
    return dict(json.loads(found[1]))


def test_what_the_page_shows_first_is_what_was_asked(tmp_path: Path) -> None:
    path = tmp_path / "m.html"
    options = ["--layer", "cores", "--threshold-km", "300", "--lang", "zh", "--out", str(path)]
    done = zonegap("map", *options)
    assert (done.returncode, done.stdout) == (0, f"{path}\n")
    data = data_of(path.read_text(encoding="utf-8"))
    assert data["first"] == {"threshold_km": 300.0, "language": "zh", "layer": "cores"}
    assert [layer["key"] for layer in data["layers"]] == ["prefectures", "listed", "cores"]
    assert data["tiles"] is None


def test_run_and_map_make_the_same_page(tmp_path: Path, result: StudyResult) -> None:
    assert zonegap("map", "--out", str(tmp_path / "map.html")).returncode == 0
    text = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert text == map_html(result)
    done = zonegap("run", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "map.html").read_text(encoding="utf-8") == text


def test_new_hubs_are_those_of_where_next(result: StudyResult) -> None:
    data = data_of(map_html(result, new_hubs=3))
    chosen = where_next(result.zones, 500.0, k=3)["cities"].iloc[-1].split(", ")
    assert data["new_hubs"]["name"] == chosen
    assert data["new_hubs_note"] == [
        "chosen for Prefecture-level cities (Beijing, Zhejiang, Guangdong), 500 km, "
        "by number of zones",
        "按开发区数，针对地级及以上城市（北京、浙江、广东）、500公里选出",
    ]


def test_new_hubs_are_chosen_for_the_layer_that_is_shown(result: StudyResult) -> None:
    options = {"layer": "cores", "threshold_km": 500.0, "weight": "gdp"}
    data = data_of(map_html(result, new_hubs=2, **options))
    distance_km = result.distance_under("cores", "great-circle")
    chosen = [
        where_next(zones, 500.0, k=2, weight="gdp")["cities"].iloc[-1].split(", ")
        for zones in (result.zones.assign(nearest_km=distance_km), result.zones)
    ]
    assert chosen[0] != chosen[1]
    assert data["new_hubs"]["name"] == chosen[0]
    assert data["new_hubs_note"][0] == "chosen for Core cities, 500 km, by zone GDP"


def test_made_up_companies_and_what_was_read_are_named() -> None:
    study = Study(
        hub_layer="registrations", registrations=SYNTHETIC, gdp="2018-census4", openstreetmap=False
    )
    html = map_html(run_study(study), new_hubs=1)
    data = data_of(html)
    names = {layer["key"]: (layer["name"], layer["made_up"]) for layer in data["layers"]}
    made_up = ["Places of registered companies (made up)", "注册企业所在地（虚构）"]
    assert names["registrations"] == (made_up, True)
    assert [key for key, (_, flag) in names.items() if flag] == ["registrations"]
    assert made_up[0] in data["new_hubs_note"][0]
    for text, language in zip(data["credits"], ("en", "zh"), strict=True):
        assert text.startswith(sources(study).in_language(language))
        assert "OpenStreetMap" not in text
    assert "OpenStreetMap contributors" not in html
    for part in ("2018 after the 4th census", "urban construction land 2018"):
        assert part in data["gdp_note"][0]
    for part in ("2018年四经普修订数", "2018年城市建设用地"):
        assert part in data["gdp_note"][1]


def test_boundaries_of_ones_own_and_tiles(tmp_path: Path) -> None:
    shape = gpd.GeoDataFrame(geometry=[shapely.box(100, 30, 110, 35)], crs="EPSG:4326")
    shape.to_file(tmp_path / "lines.gpkg", engine="pyogrio")
    path = tmp_path / "m.html"
    done = zonegap(
        "map", "--out", str(path), "--boundaries", str(tmp_path / "lines.gpkg"),
        "--boundary-credit", "Survey <office>", "--map-approval", "GS(2024)0001",
        "--tiles", "tianditu", ZONEGAP_TILES_KEY="k123",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    html = path.read_text(encoding="utf-8")
    data = data_of(html)
    assert data["outlines"] == {
        "note": [
            "Lines as given by their source: Survey <office>.",
            "界线按来源原样绘制：Survey <office>。",
        ],
        "approval": "GS(2024)0001",
    }
    assert data["tiles"]["approval"] == ""  # the number is the file's
    assert data["tiles"]["datum"] == "WGS-84"
    assert html.count("tk=k123") == 2
    assert "Survey <office>" not in html


def test_tiles_have_a_number_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "m.html"
    options = ["--tiles", "tianditu", "--map-approval", "GS(2024)0001", "--boundaries", "none"]
    done = zonegap("map", "--out", str(path), *options, ZONEGAP_TILES_KEY="k123")
    assert done.returncode == 0, done.stderr
    assert "amap" not in done.stderr
    html = path.read_text(encoding="utf-8")
    data = data_of(html)
    assert data["tiles"]["approval"] == "GS(2024)0001"
    assert data["tiles"]["caution"] is None
    assert data["outlines"]["approval"] == ""
    # in the corner of the map, beside the tiles' credit
    assert html.count("www.tianditu.gov.cn, GS(2024)0001") == 2


def test_an_undocumented_address_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "m.html"
    for language, said in (
        ("en", "note: Tiles amap: undocumented address; AMap's terms do not, as far as we know,"),
        ("zh", "说明：底图amap：网址未见于任何文档；据我们所知，高德的条款不允许这样使用；"),
    ):
        done = zonegap("map", "--tiles", "amap", "--out", str(path), "--lang", language)
        assert done.returncode == 0, done.stderr
        assert said in done.stderr
    caution = data_of(path.read_text(encoding="utf-8"))["tiles"]["caution"]
    assert caution[0].endswith("not for publication.")


@pytest.mark.parametrize("command", ["run", "figures"])
def test_run_and_figures_refuse_what_the_map_refuses(tmp_path: Path, command: str) -> None:
    (tmp_path / "lines.geojson").write_text("{}", encoding="utf-8")
    out = tmp_path / "out"
    for options, code, message in (
        (["--boundaries", str(tmp_path / "lines.geojson")], 2, "--boundary-credit TEXT"),
        (["--boundaries", "none.shp", "--boundary-credit", "me"], 3, "no such file"),
        (["--map-approval", "GS1"], 2, "only with --boundaries FILE or tiles"),
        (["--boundaries", "package", "--map-approval", "GS1"], 2, "not with --boundaries package"),
    ):
        done = zonegap(command, *options, "--out", str(out))
        assert done.returncode == code, done.stderr
        assert message in done.stderr
        assert not out.exists()


@pytest.mark.parametrize("command", ["run", "figures"])
def test_a_study_file_may_hold_the_number_of_tiles(tmp_path: Path, command: str) -> None:
    (tmp_path / "study.toml").write_text(
        '[map]\napproval = "GS(2024)0001"\n[output]\nformats = ["csv"]\nfigures = ["svg"]\n',
        encoding="utf-8",
    )
    done = zonegap(command, str(tmp_path / "study.toml"), "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    for path in (tmp_path / "out").rglob("*"):  # nothing that is drawn has such a number
        if path.suffix in (".svg", ".html") or path.name == "SOURCES.md":
            assert "GS(2024)0001" not in path.read_text(encoding="utf-8")
    # the map by itself has tiles, or no use for the number
    done = zonegap("map", str(tmp_path / "study.toml"), "--out", str(tmp_path / "m.html"))
    assert done.returncode == 2
    assert "only with --boundaries FILE or tiles" in done.stderr


@pytest.mark.parametrize("name", ["none", "provinces", "package"])
def test_a_file_may_have_the_name_of_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    line = shapely.LineString([(100, 30), (110, 35)])
    shape = gpd.GeoDataFrame(geometry=[line], crs="EPSG:4326")
    shape.to_file(tmp_path / name, driver="GeoJSON", engine="pyogrio")
    (tmp_path / "s.toml").write_text(
        f'[map]\nboundaries = "./{name}"\nboundary_credit = "me"\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    assert read_study(Path("s.toml")).boundaries == tmp_path / name
    options = ["--boundaries", f"./{name}", "--boundary-credit", "Survey office"]
    done = zonegap("map", *options, "--out", "m.html")
    assert done.returncode == 0, done.stderr
    data = data_of((tmp_path / "m.html").read_text(encoding="utf-8"))
    assert "Survey office" in data["outlines"]["note"][0]
    assert read_study(Path("s.toml")).boundary_credit == "me"


def test_lines_of_a_study_file_count_from_its_folder(tmp_path: Path) -> None:
    shape = gpd.GeoDataFrame(geometry=[shapely.box(100, 30, 110, 35)], crs="EPSG:4326")
    shape.to_file(tmp_path / "lines.gpkg", engine="pyogrio")
    file = tmp_path / "study.toml"
    keys = 'boundaries = "lines.gpkg"\nboundary_credit = "me"\napproval = "GS1"\n'
    file.write_text(f"[map]\n{keys}", encoding="utf-8")
    study = read_study(file)
    assert (study.boundaries, study.map_approval) == (tmp_path / "lines.gpkg", "GS1")
    done = zonegap("map", str(file), "--out", str(tmp_path / "m.html"))
    assert done.returncode == 0, done.stderr
    data = data_of((tmp_path / "m.html").read_text(encoding="utf-8"))
    assert data["outlines"]["approval"] == "GS1"
    file.write_text('[map]\nboundaries = "none"\n', encoding="utf-8")
    assert read_study(file).boundaries == NO_LINES
    assert str(read_study(file).parameters()["boundaries"]) == "none"


REFUSED = [
    (["--boundaries", "README.md"], 2, "--boundary-credit TEXT"),
    (["--boundaries", "none.shp", "--boundary-credit", "me"], 3, "no such file"),
    (["--boundaries", "nosuch"], 3, "nosuch: no such file"),
    (["--boundaries", "README.md", "--boundary-credit", "me"], 3, "README.md: cannot be read"),
    (["--map-approval", "GS1"], 2, "only with --boundaries FILE or tiles"),
    (["--boundaries", "none", "--map-approval", "GS1"], 2, "FILE or tiles, whose"),
    (["--boundaries", "none", "--boundary-credit", "me"], 2, "only with --boundaries FILE"),
    (["--boundaries", "package", "--map-approval", "GS1"], 2, "not with --boundaries package"),
    (
        ["--boundaries", "package", "--map-approval", "GS1", "--tiles", "amap"],
        2,
        "no number is theirs",
    ),
    (["--tiles", "osm"], 2, "accepted: tianditu, amap, or a URL"),
    (["--tiles", "tianditu"], 2, "ZONEGAP_TILES_KEY"),
    (["--tiles-key", "k"], 2, "only with --tiles"),
    (["--layer", "file"], 2, "--layer: 'file'; accepted here: prefectures, listed, cores"),
    (["--threshold-km", "nan"], 2, "--threshold-km: 'nan'"),
    (["--threshold-km", "-3"], 2, "--threshold-km: '-3'"),
]


@pytest.mark.parametrize(("options", "code", "message"), REFUSED, ids=[r[2] for r in REFUSED])
def test_what_is_refused(tmp_path: Path, options: list[str], code: int, message: str) -> None:
    path = tmp_path / "m.html"
    done = zonegap("map", *options, "--out", str(path))
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not path.exists()
