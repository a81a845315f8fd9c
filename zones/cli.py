"""The ``zonegap`` command: wires tables, analysis and maps; the only module that knows all three.

Heavy libraries are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import ZonegapError
from zones.cli_data import data
from zones.cli_distance import distance
from zones.cli_geocode import geocode
from zones.cli_options import (
    DistanceMethod,
    Formats,
    GdpVintage,
    Hubs,
    HubsFile,
    Json,
    Km,
    LandYear,
    Lang,
    StudyFile,
    study_of,
)
from zones.cli_where_next import where_next
from zones.study import Study

if TYPE_CHECKING:
    from zones.pipeline import StudyResult

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
    from zones.report_tables import report_table, to_markdown

    table = report_table(key, run_study(study))
    if as_json:
        typer.echo(table.frame.to_json(orient="records", force_ascii=False, indent=1))
    else:
        typer.echo(to_markdown(table), nl=False)


def _map_html(result: StudyResult) -> str:
    from maps.safe_text import stable_html
    from maps.zone_map import zone_map

    study = result.study
    page = zone_map(result.zones, result.hubs, study.thresholds_km[0], study.language)
    return stable_html(page)


@app.command()
def run(
    study_file: StudyFile = None,
    out: Annotated[Path | None, typer.Option("--out", help="Output folder.")] = None,
    km: Km = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    method: DistanceMethod = None,
    gdp: GdpVintage = None,
    land: LandYear = None,
    lang: Lang = None,
) -> None:
    """Run the study: zones, tables, map and manifest into the output folder."""
    from zones.pipeline import run_study
    from zones.run_outputs import write_run

    study = study_of(
        study_file, km, folder=out, hub_layer=hubs, hub_file=hubs_file, distance_method=method,
        gdp=gdp, land=land, language=lang,
    )  # fmt: skip
    _say("locating zones and measuring distances ...")
    result = run_study(study)
    _say("writing zones, tables and map ...")
    written = write_run(result, _map_html(result))
    typer.echo(written.summary)
    typer.echo("")
    for path in written.paths:
        typer.echo(str(path))
    for warning in written.warnings:
        _say(f"note: {warning}")


@app.command()
def threshold(
    study_file: StudyFile = None,
    km: Km = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    method: DistanceMethod = None,
    count: Annotated[
        int | None, typer.Option("--count", help="Say at which threshold this many are beyond.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Count the zones beyond each threshold, with the band their positions leave open."""
    from zones.pipeline import located_zones, study_hubs, with_distances
    from zones.thresholds import count_beyond, threshold_for_count

    study = study_of(study_file, km, hub_layer=hubs, hub_file=hubs_file, distance_method=method)
    zones = with_distances(located_zones(study), study_hubs(study), study)
    if count is not None:
        low_km, high_km = threshold_for_count(zones["nearest_km"], count)
        typer.echo(f"{count:,} zones, {study.hub_layer}: {low_km:.3f} to {high_km:.3f} km")
        return
    counts = count_beyond(zones["nearest_km"], zones["uncertainty_km"], study.thresholds_km)
    if as_json:
        typer.echo(counts.reset_index().to_json(orient="records", indent=1))
        return
    for threshold_km, row in counts.iterrows():
        typer.echo(
            f"{threshold_km:g} km, {study.hub_layer}: {row['beyond']:,.0f} of {len(zones):,} zones "
            f"beyond ({row['beyond_zones_pct']:.1f} %), surely {row['surely']:,.0f}, "
            f"possibly {row['possibly']:,.0f}"
        )


@app.command()
def gdp(
    study_file: StudyFile = None,
    gdp: GdpVintage = None,
    land: LandYear = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Print the estimated zone GDP by province."""
    _print_table("provinces", study_of(study_file, gdp=gdp, land=land, language=lang), as_json)


@app.command()
def tables(
    study_file: StudyFile = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder; tables/ in the study's without it.")
    ] = None,
    km: Km = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    method: DistanceMethod = None,
    gdp: GdpVintage = None,
    land: LandYear = None,
    lang: Lang = None,
    formats: Formats = None,
) -> None:
    """Write the six tables of the study."""
    from zones.outputs import staged, write_tables
    from zones.pipeline import run_study
    from zones.provenance import forget_outputs
    from zones.report_tables import report_tables

    study = study_of(
        study_file, km, hub_layer=hubs, hub_file=hubs_file, distance_method=method, gdp=gdp,
        land=land, language=lang, formats=tuple(formats.split(",")) if formats else None,
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
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    method: DistanceMethod = None,
    gdp: GdpVintage = None,
    land: LandYear = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Print the report's figures with ours beside them."""
    study = study_of(
        study_file, hub_layer=hubs, hub_file=hubs_file, distance_method=method, gdp=gdp,
        land=land, language=lang,
    )  # fmt: skip
    _print_table("reconciliation", study, as_json)


@app.command("map")
def map_(
    study_file: StudyFile = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="HTML file; map.html in the study's folder.")
    ] = None,
    km: Km = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    method: DistanceMethod = None,
    lang: Lang = None,
) -> None:
    """Write the interactive map, one file that opens without network."""
    from zones.outputs import write_atomic
    from zones.pipeline import run_study
    from zones.provenance import forget_outputs

    study = study_of(
        study_file, km, hub_layer=hubs, hub_file=hubs_file, distance_method=method, language=lang
    )
    path = out or study.folder / "map.html"
    write_atomic(path, _map_html(run_study(study)))
    forget_outputs(path.parent, [path.name], "map")
    typer.echo(str(path))


app.command()(distance)
app.command()(data)
app.command()(geocode)
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
    try:
        app()
    except ZonegapError as error:
        _say(f"zonegap: {error}")
        sys.exit(error.exit_code)
    except OSError as error:
        _say(f"zonegap: {error.filename or ''}: {error.strerror or error}")
        sys.exit(1)
