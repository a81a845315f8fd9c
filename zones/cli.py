"""The ``zonegap`` command; it, ``cli_map`` and ``cli_figures`` alone know all three layers.

Heavy libraries are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import ZonegapError
from zones.command.cli_data import data
from zones.command.cli_distance import distance
from zones.command.cli_figures import figures, figures_of_run
from zones.command.cli_geocode import geocode
from zones.command.cli_help import OUTPUT, Command, Group
from zones.command.cli_map import map_, map_html
from zones.command.cli_options import (
    UNRESOLVED_EXIT,
    Cache,
    DistanceMethod,
    Formats,
    GdpVintage,
    Hubs,
    HubsFile,
    Json,
    KeyFile,
    Km,
    LandYear,
    Lang,
    Out,
    RegistrationsFile,
    Strict,
    StudyFile,
    WebProvider,
    ZonesFile,
    made_up_note,
    option,
    study_of,
)
from zones.command.cli_threshold import threshold
from zones.command.cli_where_next import where_next
from zones.command.console import note, say, setup, step
from zones.command.usage import WrongUsage, help_command, wrong_usage_text
from zones.study import Study
from zones.words.console_words import in_words, language, message

app = typer.Typer(
    name="zonegap",
    help="How far are China's development zones from the technology companies that could "
    "digitalise them?\n\n"
    "Messages are in Chinese with --lang zh, ZONEGAP_LANG=zh or a Chinese locale.",
    cls=Group,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


STOPPED_EXIT = 130  # by Ctrl+C, as shells have it


def _print_table(key: str, study: Study, as_json: bool) -> None:
    from zones.pipeline import run_study
    from zones.report.report_tables import report_table
    from zones.report.table_md import to_markdown

    table = report_table(key, run_study(study))
    if as_json:
        say(table.frame.to_json(orient="records", force_ascii=False, indent=1))
    else:
        say(to_markdown(table), end="")


@app.command(cls=Command)
def run(
    study_file: StudyFile = None,
    out: Out = None,
    km: Km = None,
    zones: ZonesFile = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    registrations: RegistrationsFile = None,
    method: DistanceMethod = None,
    gdp: GdpVintage = None,
    land: LandYear = None,
    lang: Lang = None,
    provider: WebProvider = None,
    cache: Cache = None,
    key_file: KeyFile = None,
    strict: Strict = False,
) -> None:
    """Run the study: zones, tables, map, figures and manifest into the output folder."""
    from zones.pipeline import run_study
    from zones.report.provenance import warnings_of
    from zones.report.run_outputs import write_run
    from zones.staging import claimed

    study = study_of(
        study_file, km, folder=out, zones_table=zones, hub_layer=hubs, hub_file=hubs_file,
        distance_method=method, gdp=gdp, land=land, language=lang, registrations=registrations,
        provider=provider, cache=cache, key_file=key_file,
    )  # fmt: skip
    with claimed(study.folder):
        step("located", 1, 3)
        result = run_study(study)
        step("drawn", 2, 3)
        page = map_html(result)
        step("written", 3, 3)
        written = write_run(result, page, figures_of_run(result))
    say(written.summary)
    say("")
    for path in written.paths:
        say(str(path))
    said = made_up_note(study)  # by study_of, before the work
    for warning in [*warnings_of(result, language()), *map(in_words, written.undrawn)]:
        if warning != said:
            note(message("note", text=warning))
    for path in written.stuck:
        note(message("note", text=message("stuck", file=path)))
    if strict and result.unresolved():
        raise typer.Exit(UNRESOLVED_EXIT)


@app.command(cls=Command)
def gdp(
    study_file: StudyFile = None,
    zones: ZonesFile = None,
    gdp: GdpVintage = None,
    land: LandYear = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Print the estimated zone GDP by province."""
    study = study_of(study_file, zones_table=zones, gdp=gdp, land=land, language=lang)
    _print_table("provinces", study, as_json)


@app.command(cls=Command)
def tables(
    study_file: StudyFile = None,
    out: Annotated[
        Path | None, option("--out", "PATH", "Folder; tables/ in the study's without it.", OUTPUT)
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
    formats: Formats = None,
) -> None:
    """Write the tables of the study."""
    from zones.pipeline import run_study
    from zones.report.outputs import write_tables
    from zones.report.provenance import staged_again
    from zones.report.report_tables import report_tables

    study = study_of(
        study_file, km, zones_table=zones, hub_layer=hubs, hub_file=hubs_file,
        distance_method=method, gdp=gdp, land=land, language=lang,
        formats=tuple(formats.split(",")) if formats else None, registrations=registrations,
    )  # fmt: skip
    folder = out or study.folder / "tables"
    result = run_study(study)
    with staged_again(folder, folder.resolve().parent, "tables") as stage:
        write_tables(report_tables(result), study.formats, stage)
        names = sorted(path.name for path in stage.iterdir())
    for name in names:
        say(str(folder / name))


@app.command(cls=Command)
def reconcile(
    study_file: StudyFile = None,
    zones: ZonesFile = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    registrations: RegistrationsFile = None,
    method: DistanceMethod = None,
    gdp: GdpVintage = None,
    land: LandYear = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Print the report's figures with ours beside them."""
    study = study_of(
        study_file, zones_table=zones, hub_layer=hubs, hub_file=hubs_file, distance_method=method,
        gdp=gdp, land=land, language=lang, registrations=registrations,
    )  # fmt: skip
    _print_table("reconciliation", study, as_json)


app.command(cls=Command)(data)
app.command(cls=Command)(distance)
app.command(cls=Command)(figures)
app.command(cls=Command)(geocode)
app.command("map", cls=Command)(map_)
app.command(cls=Command)(threshold)
app.command("where-next", cls=Command)(where_next)


def _version(asked: bool) -> None:
    if asked:
        from zones.versions import version_text

        say(version_text())
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the versions of zonegap, its tables and the catalogue.",
            callback=_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        say(context.get_help())


def main() -> None:
    """Run the command; a known error is one message and its exit code, never a traceback.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 bad input data, 4 rows unresolved (--strict),
    130 stopped by the user.
    """
    try:
        setup()
        code = app(prog_name="zonegap", standalone_mode=False)
    except ZonegapError as error:
        note(f"zonegap: {in_words(str(error))}")
        code = error.exit_code
    except WrongUsage as error:
        note(f"zonegap: {in_words(wrong_usage_text(error))}")
        note(message("try_help", command=help_command(error, sys.argv[1:])))
        code = 2
    except typer.Abort:
        code = STOPPED_EXIT
    except OSError as error:
        note(f"zonegap: {error.filename or ''}: {error.strerror or error}")
        code = 1
    if code == STOPPED_EXIT:
        note(message("stopped"))
    sys.exit(code)
