"""The command ``zonegap figures``, and the figures of ``zonegap run``."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from geodata.errors import FontError
from geodata.words import Message
from zonegap.command.help import OUTPUT
from zonegap.command.options import option, result_of, study_command
from zonegap.console import note, show
from zones.study import Study
from zones.writing import Guard, followed

if TYPE_CHECKING:
    from maps.boundaries import Outlines
    from zones.pipeline import StudyResult
    from zones.report.files import Drawn


@study_command(
    "zones hubs registrations distance gdp geocode.openstreetmap geocode.datum map "
    "output.language output.figures"
)
def figures(
    study: Study,
    asked: set[str],
    guard: Guard,
    out: Annotated[
        Path | None,
        option("--out", "PATH", Message("Folder; figures/ in the study's without it."), OUTPUT),
    ] = None,
    title: Annotated[
        bool,
        option(
            "--title/--no-title", None, Message("Leave the titles to the paper's captions."), OUTPUT
        ),
    ] = True,
    font: Annotated[
        str | None, option("--font", "NAME", Message("Font family to use, e.g. Arial."), OUTPUT)
    ] = None,
) -> None:
    """Write the figures of the study, fit for print; the first threshold counts."""
    from maps.boundaries import outlines_of
    from maps.figures.files import figure_files, write_figures
    from maps.figures.sheet import Style
    from maps.page import drawn
    from zones.report.licences import NAME, write_sources
    from zones.report.provenance import reserved_with_manifest, staged_with_manifest

    folder = out or study.folder / "figures"
    # refused before the work; a study file's number may be of tiles, for zonegap map
    outlines = outlines_of(study, number_waits="map_approval" not in asked)
    if outlines.caution is not None:
        note(outlines.caution)
    home = followed(folder).parent
    with reserved_with_manifest(folder, home, guard, [*figure_files(study.figures), NAME]):
        result = result_of(study)
        with staged_with_manifest(folder, home, "figures", guard=guard) as stage:
            names = write_figures(result, stage, study.figures, Style(title, font), outlines)
            write_sources(result, stage / NAME, {"figures": names}, drawn(outlines))
    for name in [*names, NAME]:
        show(str(folder / name))


def figures_files(study: Study) -> list[str]:
    """Return the names in a study's folder that its figures may have."""
    if not study.figures:
        return []
    from maps.figures.files import figure_files

    return [f"figures/{name}" for name in figure_files(study.figures)]


def figures_of_run(
    result: StudyResult, outlines: Outlines | None = None
) -> Callable[[Path], Drawn]:
    """Return what writes a study's figures into a folder; without a font it writes none."""

    def draw(folder: Path) -> Drawn:
        from zones.report.files import Drawn

        if not result.study.figures:
            return Drawn()
        from maps.figures.files import own_style, write_figures
        from maps.figures.fonts import figure_font
        from maps.figures.sheet import PLAIN

        try:
            write_figures(result, folder, result.study.figures, PLAIN, outlines)
            style = own_style(result, PLAIN)
            fonts = figure_font(result.study.language, own_chinese=style.own_chinese)
            return Drawn(fonts=fonts)
        except FontError as error:
            shutil.rmtree(folder, ignore_errors=True)
            return Drawn(warnings=[Message("figures/ not written: {why}", why=error.message)])

    return draw
