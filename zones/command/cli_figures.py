"""The command ``zonegap figures``, and the figures of ``zonegap run``."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from geodata.errors import FontError
from zones.command.cli_help import OUTPUT
from zones.command.cli_options import (
    DistanceMethod,
    GdpVintage,
    Hubs,
    HubsFile,
    Km,
    LandYear,
    Lang,
    RegistrationsFile,
    StudyFile,
    ZonesFile,
    option,
    study_of,
)
from zones.command.console import say
from zones.command.usage import completing, some_of
from zones.study import FIGURE_FORMATS

if TYPE_CHECKING:
    from zones.pipeline import StudyResult
    from zones.report.run_outputs import Drawn


def figures(
    study_file: StudyFile = None,
    out: Annotated[
        Path | None,
        option("--out", "PATH", "Folder; figures/ in the study's without it.", OUTPUT),
    ] = None,
    km: Km = None,
    zones: ZonesFile = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    registrations: RegistrationsFile = None,
    method: DistanceMethod = None,
    gdp: GdpVintage = None,
    land: LandYear = None,
    lang: Lang = None,
    formats: Annotated[
        str | None,
        option(
            "--formats",
            "LIST",
            f"Comma-separated: {','.join(FIGURE_FORMATS)}.",
            OUTPUT,
            parser=some_of(FIGURE_FORMATS),
            autocompletion=completing(FIGURE_FORMATS),
        ),
    ] = None,
    title: Annotated[
        bool,
        option("--title/--no-title", None, "Leave the titles to the paper's captions.", OUTPUT),
    ] = True,
    font: Annotated[
        str | None, option("--font", "NAME", "Font family to use, e.g. Arial.", OUTPUT)
    ] = None,
) -> None:
    """Write the five figures of the study, fit for print; the first threshold counts."""
    from maps.figures.figure_files import write_figures
    from maps.figures.sheet import Style
    from zones.pipeline import run_study
    from zones.report.provenance import staged_again

    study = study_of(
        study_file, km, zones_table=zones, hub_layer=hubs, hub_file=hubs_file,
        distance_method=method, gdp=gdp, land=land, language=lang, registrations=registrations,
        figures=tuple(formats.split(",")) if formats else None,
    )  # fmt: skip
    folder = out or study.folder / "figures"
    result = run_study(study)
    with staged_again(folder, folder.resolve().parent, "figures") as stage:
        names = write_figures(result, stage, study.figures, Style(title, font))
    for name in names:
        say(str(folder / name))


def figures_of_run(result: StudyResult) -> Callable[[Path], Drawn]:
    """Return what writes a study's figures into a folder; without a font it writes none."""

    def draw(folder: Path) -> Drawn:
        from zones.report.run_outputs import Drawn

        if not result.study.figures:
            return Drawn()
        from maps.figures.figure_files import own_style, write_figures
        from maps.figures.fonts import figure_font
        from maps.figures.sheet import PLAIN

        try:
            write_figures(result, folder, result.study.figures)
            style = own_style(result, PLAIN)
            fonts = figure_font(result.study.language, own_chinese=style.own_chinese)
            return Drawn(fonts=fonts)
        except FontError as error:
            shutil.rmtree(folder, ignore_errors=True)
            return Drawn(warnings=[f"figures/ not written: {error}"])

    return draw
