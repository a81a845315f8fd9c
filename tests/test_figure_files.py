"""Figures as files: equal bytes, real formats, the right font or a clear word."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure
from PIL import Image

from geodata.errors import FontError
from maps.figures import Style, save_figure, study_figures, write_figures
from maps.figures import fonts as figure_fonts
from maps.figures.fonts import LATIN, check_glyphs, figure_font, is_truetype
from tests.helpers import zonegap
from tests.test_outputs import into, tree
from zonegap.command.figures import figures_of_run
from zones.pipeline import StudyResult
from zones.report.files import write_run

FORMATS = ("png", "svg", "pdf")
NAMES = ("types", "map", "threshold_curve", "provinces", "province_shares", "province_gdp")
DRAW_AGAIN = """
import sys
from pathlib import Path
from maps.figures import write_figures
from zones.pipeline import run_study
from zones.study import Study
write_figures(run_study(Study(language="zh")), Path(sys.argv[1]), ("png", "svg", "pdf"))
"""


@pytest.fixture(scope="module")
def written(result: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    for language in ("en", "zh"):
        names = write_figures(into(result, folder, language=language), folder / language, FORMATS)
        assert names == [f"{name}.{kind}" for name in NAMES for kind in FORMATS]
    return folder


def test_another_process_at_another_time_writes_the_same_bytes(
    written: Path, tmp_path: Path
) -> None:
    # its hashes of text begin elsewhere, and so does its clock
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}
    subprocess.run([sys.executable, "-c", DRAW_AGAIN, str(tmp_path)], check=True, env=environment)
    assert tree(tmp_path) == tree(written / "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_files_are_of_their_format_and_bear_no_stamp(written: Path, language: str) -> None:
    for name in NAMES:
        with Image.open(written / language / f"{name}.png") as picture:
            assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
            assert picture.width == pytest.approx(17.0 / 2.54 * 300, abs=1)
            assert "Software" not in picture.info
        svg = (written / language / f"{name}.svg").read_text(encoding="utf-8")
        assert "<svg" in svg
        assert "dc:date" not in svg
        assert "<text" not in svg  # outlines: the reader needs no font
        pdf = (written / language / f"{name}.pdf").read_bytes()
        assert pdf.startswith(b"%PDF-")
        assert b"/CreationDate" not in pdf
        kind = b"/Type0" if all(map(is_truetype, figure_font(language)[:1])) else b"/Type3"
        assert kind in pdf
        assert b"Matplotlib" not in pdf


def test_english_needs_no_font_but_matplotlibs_own() -> None:
    assert figure_font("en") == [LATIN]
    path = Path(font_manager.findfont(LATIN))
    assert Path(font_manager.__file__).parent in path.parents
    assert is_truetype(LATIN)


def with_no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make matplotlib see its own fonts only, as on a bare server."""
    manager, own = font_manager.fontManager, str(Path(font_manager.__file__).parent)
    bare = [entry for entry in manager.ttflist if str(entry.fname).startswith(own)]
    monkeypatch.setattr(manager, "ttflist", bare)
    monkeypatch.setattr(font_manager, "findSystemFonts", list)


def test_the_optional_font_is_used_where_none_is_installed(
    result: StudyResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_no_chinese_font(monkeypatch)
    assert figure_font("zh") == ["Noto Sans SC", LATIN]
    assert not is_truetype("Noto Sans SC")
    for _, figure in study_figures(into(result, result.study.folder, language="zh")):
        figure.canvas.draw()  # a glyph that is missing would warn, which is an error here


def test_a_font_installed_after_matplotlibs_list_was_made_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pylopdf_fonts_zh_cn

    with_no_chinese_font(monkeypatch)
    monkeypatch.setattr(figure_fonts, "EXTRA", "no_such_package")
    new = str(pylopdf_fonts_zh_cn.sans_path())
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [__file__, new])
    assert figure_font("zh") == ["Noto Sans SC", LATIN]


def test_a_font_of_last_resort_stands_behind_the_optional_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pylopdf_fonts_zh_cn

    with_no_chinese_font(monkeypatch)
    path = str(pylopdf_fonts_zh_cn.serif_path())
    entry = font_manager.ttfFontProperty(font_manager.get_font(path))
    rough = dataclasses.replace(entry, name="AR PL UMing CN")
    font_manager.fontManager.ttflist.append(rough)
    assert figure_font("zh") == ["Noto Sans SC", LATIN]
    with_no_chinese_font(monkeypatch)
    monkeypatch.setattr(figure_fonts, "EXTRA", "no_such_package")
    font_manager.fontManager.ttflist.append(rough)
    assert figure_font("zh") == ["AR PL UMing CN", LATIN]


def test_no_chinese_font_is_a_clear_word_and_never_boxes(
    result: StudyResult, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_no_chinese_font(monkeypatch)
    monkeypatch.setattr(figure_fonts, "EXTRA", "no_such_package")
    study = into(result, tmp_path / "out", language="zh")
    with pytest.raises(FontError, match=r'pip install "\.\[fonts\]"'):
        write_figures(study, tmp_path, ("png",))
    # a run says so and goes on: its tables and its map need no font
    done = write_run(study, "<html></html>", figures_of_run(study))
    assert any(w.startswith("figures/ not written: no font") for w in done.warnings)
    assert not (tmp_path / "out" / "figures").exists()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["warnings"] == done.warnings
    assert manifest["figure_fonts"] == []


def test_a_character_no_font_has_is_named() -> None:
    figure = Figure()
    figure.text(0.0, 0.0, "zone 开发区")
    with pytest.raises(FontError, match="'区发开' in the fonts STIXGeneral"):
        check_glyphs(figure, [LATIN])
    check_glyphs(figure, figure_font("zh"))


def test_a_font_by_name(result: StudyResult) -> None:
    assert figure_font("en", "DejaVu Sans") == ["DejaVu Sans", LATIN]
    chinese = figure_font("zh", "DejaVu Sans")
    assert chinese[0] == "DejaVu Sans"
    assert chinese[1] in figure_fonts.CHINESE
    with pytest.raises(FontError, match="'Nonesuch': not installed"):
        figure_font("en", "Nonesuch")
    figures = dict(study_figures(result, Style(font="DejaVu Sans")))
    assert figures["types"].texts[0].get_fontfamily()[0] == "DejaVu Sans"


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        save_figure(Figure(), tmp_path / "a.bmp")


def test_a_run_writes_the_figures_and_says_which_font(result: StudyResult, tmp_path: Path) -> None:
    study = into(result, tmp_path / "out")
    paths = write_run(study, "<html></html>", figures_of_run(study)).paths
    figures = {f"figures/{name}.{kind}" for name in NAMES for kind in ("png", "svg")}
    assert {p.relative_to(tmp_path / "out").as_posix() for p in paths} > figures
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["outputs"]) > figures
    assert manifest["figure_fonts"] == [LATIN]
    assert "matplotlib" in manifest["libraries"]


def test_a_study_without_figures(result: StudyResult, tmp_path: Path) -> None:
    study = into(result, tmp_path / "out", figures=())
    write_run(study, "<html></html>", figures_of_run(study))
    assert not (tmp_path / "out" / "figures").exists()


def test_command_figures(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text("[output]\nfigures = ['svg']\nlanguage = 'zh'\n", encoding="utf-8")
    out = tmp_path / "mine"
    done = zonegap("figures", str(path), "--out", str(out), "--km", "300", "--no-title")
    assert done.returncode == 0, done.stderr
    names = [*(f"{name}.svg" for name in NAMES), "SOURCES.md"]
    assert [Path(line) for line in done.stdout.splitlines()] == [out / name for name in names]
    assert {p.name for p in out.iterdir()} == set(names)
    wrong = zonegap("figures", "--formats", "png,jpg", "--out", str(tmp_path / "no"))
    assert (wrong.returncode, "'jpg'; accepted: png, svg, pdf" in wrong.stderr) == (2, True)
    wrong = zonegap("figures", "--font", "Nonesuch", "--out", str(tmp_path / "no"))
    assert (wrong.returncode, "'Nonesuch': not installed" in wrong.stderr) == (1, True)
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("arguments", [["--help"], ["figures", "--help"], ["threshold"]])
def test_commands_without_figures_do_not_wait_for_matplotlib(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom zonegap.command.app import app\n"
        f"try:\n    app({arguments!r})\nexcept SystemExit:\n    pass\n"
        "print('loaded:', [m for m in sys.modules if m.startswith('matplotlib')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("loaded: []\n")
