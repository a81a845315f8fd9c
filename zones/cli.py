"""The ``zonegap`` command: wires tables, analysis and maps; only it and ``cli_map`` know all three.

Heavy libraries are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import ZonegapError
from geodata.messages import use_language
from zones.cli_data import data
from zones.cli_figures import figures, figures_of_run
from zones.cli_geocode import geocode
from zones.cli_map import map_, map_html
from zones.cli_options import (
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
    RegistrationsFile,
    Strict,
    StudyFile,
    WebProvider,
    ZonesFile,
    study_of,
)
from zones.cli_threshold import threshold
from zones.cli_where_next import where_next
from zones.study import Study

app = typer.Typer(
    name="zonegap",
    help="How far are China's development zones from the technology companies that could "
    "digitalise them?",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _print_table(key: str, study: Study, as_json: bool) -> None:
    from zones.pipeline import run_study
    from zones.report_tables import report_table
    from zones.table_md import to_markdown

    table = report_table(key, run_study(study))
    if as_json:
        typer.echo(table.frame.to_json(orient="records", force_ascii=False, indent=1))
    else:
        typer.echo(to_markdown(table), nl=False)


@app.command()
def run(
    study_file: StudyFile = None,
    out: Annotated[Path | None, typer.Option("--out", help="Output folder.")] = None,
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
    from zones.run_outputs import write_run
    from zones.staging import claimed

    study = study_of(
        study_file, km, folder=out, zones_table=zones, hub_layer=hubs, hub_file=hubs_file,
        distance_method=method, gdp=gdp, land=land, language=lang, registrations=registrations,
        provider=provider, cache=cache, key_file=key_file,
    )  # fmt: skip
    _say("locating zones and measuring distances ...")
    with claimed(study.folder):
        result = run_study(study)
        _say("writing zones, tables, map and figures ...")
        written = write_run(result, map_html(result), figures_of_run(result))
    typer.echo(written.summary)
    typer.echo("")
    for path in written.paths:
        typer.echo(str(path))
    for warning in written.warnings:
        _say(f"note: {warning}")
    if strict and result.unresolved():
        raise typer.Exit(UNRESOLVED_EXIT)


@app.command()
def distance(
    study_file: StudyFile = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV file to write instead of printing.")
    ] = None,
    zones: ZonesFile = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    method: DistanceMethod = None,
) -> None:
    """Print each zone's nearest hub and its distance to each cluster as CSV."""
    from zones.csv_text import BOM, csv_text
    from zones.pipeline import located_zones, study_hubs, with_distances, with_unplaced
    from zones.staging import write_atomic

    study = study_of(
        study_file, zones_table=zones, hub_layer=hubs, hub_file=hubs_file, distance_method=method
    )
    own = located_zones(study)
    placed = with_distances(own.placed, study_hubs(study), study)
    table = with_unplaced(placed, own.unplaced)
    columns = ["name", "lon", "lat", "uncertainty_km", "nearest_hub", "nearest_km"]
    columns += ["beijing_km", "zhejiang_km", "guangdong_km"]
    digits = {c: 3 for c in columns if c.endswith("_km")} | {"lon": 6, "lat": 6}
    text = csv_text(table[columns].round(digits), index=True, newline="\n")
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_atomic(out, BOM + text)
        _say(str(out))


@app.command()
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


@app.command()
def tables(
    study_file: StudyFile = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder; tables/ in the study's without it.")
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
    from zones.outputs import write_tables
    from zones.pipeline import run_study
    from zones.provenance import forget_outputs
    from zones.report_tables import report_tables
    from zones.staging import staged

    study = study_of(
        study_file, km, zones_table=zones, hub_layer=hubs, hub_file=hubs_file,
        distance_method=method, gdp=gdp, land=land, language=lang,
        formats=tuple(formats.split(",")) if formats else None, registrations=registrations,
    )  # fmt: skip
    folder = out or study.folder / "tables"
    result = run_study(study)
    with staged(folder) as stage:
        write_tables(report_tables(result), study.formats, stage)
        names = sorted(path.name for path in stage.iterdir())
    forget_outputs(folder.parent, [f"{folder.name}/{name}" for name in names], "tables")
    for name in names:
        typer.echo(str(folder / name))


@app.command()
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


app.command()(data)
app.command()(figures)
app.command()(geocode)
app.command("map")(map_)
app.command()(threshold)
app.command("where-next")(where_next)


def _version(asked: bool) -> None:
    if asked:
        from zones.provenance import VERSION

        typer.echo(f"zonegap {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; a known error is one message and its exit code, never a traceback.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 bad input data, 4 rows unresolved (--strict).
    """
    for stream in (sys.stdout, sys.stderr):
        # a console that cannot show a character (GBK) must not end the run
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    use_language("en")  # until a study says otherwise
    try:
        app()
    except ZonegapError as error:
        _say(f"zonegap: {error}")
        sys.exit(error.exit_code)
    except OSError as error:
        _say(f"zonegap: {error.filename or ''}: {error.strerror or error}")
        sys.exit(1)
