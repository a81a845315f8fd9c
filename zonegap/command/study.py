"""The commands of a whole study: run, tables, gdp, reconcile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import UsageError
from geodata.words import Message
from zonegap.command.figures import figures_files, figures_of_run
from zonegap.command.help import OUTPUT
from zonegap.command.options import (
    UNRESOLVED_EXIT,
    Json,
    Strict,
    made_up_note,
    option,
    result_of,
    study_command,
)
from zonegap.console import note, progress_bar, show, show_table, step
from zones.study import Study
from zones.writing import Guard, followed, reserved

if TYPE_CHECKING:
    from zones.pipeline import StudyResult


@study_command(
    "zones hubs registrations distance gdp geocode map output.folder output.language", matrix=True
)
def run(study: Study, asked: set[str], guard: Guard, strict: Strict = False) -> None:
    """Run the study: zones, tables, map, figures and manifest into the output folder."""
    from maps.boundaries import outlines_of
    from maps.page import drawn, study_map
    from maps.safe_text import stable_html
    from zones.pipeline import run_study
    from zones.report.files import run_files, write_run
    from zones.report.notes import notes_of

    # refused before the work; a study file's number may be of tiles, for zonegap map
    outlines = outlines_of(study, number_waits="map_approval" not in asked)
    if outlines.caution is not None:
        note(outlines.caution)
    names = [*run_files(study), *figures_files(study)]
    with reserved(study.folder, guard=guard, outputs=names):
        step(Message("locating zones and measuring distances"), 1, 3)
        result = run_study(study, progress=progress_bar)
        step(Message("drawing the map"), 2, 3)
        page = stable_html(study_map(result, outlines=outlines))
        step(Message("writing zones, tables and figures"), 3, 3)
        # what they draw are distances
        figures = None if study.matrix is not None else figures_of_run(result, outlines)
        written = write_run(result, page, figures, drawn(outlines), guard)
    if written.summary:
        show(written.summary)
        show("")
    for path in written.paths:
        show(str(path))
    said = made_up_note(study)  # before the work
    for each in [*notes_of(result, cells=True), *written.undrawn]:
        if each != said:
            note(each)
    for path in written.stuck:
        note(
            Message(
                "{file}: of an earlier run, could not be removed; is it open elsewhere?",
                file=path,
            )
        )
    _show_answer(result)
    if strict and result.unresolved():
        raise typer.Exit(UNRESOLVED_EXIT)


def _show_answer(result: StudyResult) -> None:
    """End with the answer in three lines: the count with its interval, the shares, the map."""
    from zones.report.answer import answers

    study, answer = result.study, answers(result)[0]
    show("")
    for line in (answer.count, answer.shares):
        show(line.in_language(study.language))
    show(str(study.folder / "map.html"))


@study_command(
    "zones hubs registrations distance gdp geocode.openstreetmap geocode.datum "
    "output.language output.formats",
    matrix=True,
)
def tables(
    study: Study,
    guard: Guard,
    out: Annotated[
        Path | None,
        option("--out", "PATH", Message("Folder; tables/ in the study's without it."), OUTPUT),
    ] = None,
) -> None:
    """Write the tables of the study."""
    from zones.report.files import table_files, write_tables
    from zones.report.licences import NAME, write_sources
    from zones.report.provenance import reserved_with_manifest, staged_with_manifest
    from zones.report.tables import report_tables

    folder = out or study.folder / "tables"
    home = followed(folder).parent
    with reserved_with_manifest(folder, home, guard, table_files(study.formats)):
        result = result_of(study)
        with staged_with_manifest(folder, home, "tables", guard=guard) as stage:
            write_tables(report_tables(result), study.formats, stage)
            names = sorted(path.name for path in stage.iterdir())
            write_sources(result, stage / NAME, {"tables": names})
            names.append(NAME)
    for name in names:
        show(str(folder / name))


@study_command("zones gdp geocode.openstreetmap geocode.datum output.language")
def gdp(study: Study, as_json: Json = False) -> None:
    """Print the estimated zone GDP by province."""
    _print_table("provinces", study, as_json)


@study_command(
    "zones hubs registrations distance.method gdp geocode.openstreetmap geocode.datum "
    "output.language"
)
def reconcile(study: Study, as_json: Json = False) -> None:
    """Print the report's figures with ours beside them."""
    if study.filtered:  # refused before the work
        from zones.report.notes import NOT_COMPARED

        raise UsageError(NOT_COMPARED)
    _print_table("reconciliation", study, as_json)


def _print_table(key: str, study: Study, as_json: bool) -> None:
    from zones.report.tables import report_table

    table = report_table(key, result_of(study))
    show_table(table, as_json=as_json)
