"""The ``zonegap`` command: wires tables, analysis and maps; the only module that knows all three.

Heavy libraries are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import UsageError, ZonegapError
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


def _result(study: Study) -> StudyResult:
    from zones.pipeline import run_study

    try:
        return run_study(study)
    except ValueError as error:  # an option the analysis refuses, e.g. provinces without hubs
        raise UsageError(str(error)) from None


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _print_table(key: str, study: Study, as_json: bool) -> None:
    from zones.report_tables import report_table, to_markdown

    table = report_table(key, _result(study))
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
    from zones.run_outputs import write_run

    study = study_of(
        study_file, km, folder=out, hub_layer=hubs, hub_file=hubs_file, distance_method=method,
        gdp=gdp, land=land, language=lang,
    )  # fmt: skip
    _say("locating zones and measuring distances ...")
    result = _result(study)
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
    as_json: Json = False,
) -> None:
    """Count the zones beyond each threshold, with the band their positions leave open."""
    from zones.pipeline import located_zones, study_hubs, with_distances
    from zones.thresholds import count_beyond

    study = study_of(study_file, km, hub_layer=hubs, hub_file=hubs_file, distance_method=method)
    zones = with_distances(located_zones(study), study_hubs(study), study)
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
def distance(
    study_file: StudyFile = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV file to write instead of printing.")
    ] = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    method: DistanceMethod = None,
) -> None:
    """Print each zone's nearest hub and its distance to each cluster as CSV."""
    from zones.outputs import write_atomic
    from zones.pipeline import located_zones, study_hubs, with_distances

    study = study_of(study_file, hub_layer=hubs, hub_file=hubs_file, distance_method=method)
    zones = with_distances(located_zones(study), study_hubs(study), study)
    columns = ["name", "lon", "lat", "uncertainty_km", "nearest_hub", "nearest_km"]
    columns += ["beijing_km", "zhejiang_km", "guangdong_km"]
    digits = {c: 3 for c in columns if c.endswith("_km")} | {"lon": 6, "lat": 6}
    text = zones[columns].round(digits).to_csv(lineterminator="\n")
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_atomic(out, "\ufeff" + text)
        _say(str(out))


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
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables.")] = Path("out/tables"),
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
    from zones.report_tables import report_tables

    study = study_of(
        study_file, km, hub_layer=hubs, hub_file=hubs_file, distance_method=method, gdp=gdp,
        land=land, language=lang, formats=tuple(formats.split(",")) if formats else None,
    )  # fmt: skip
    result = _result(study)
    with staged(out) as stage:
        write_tables(report_tables(result), study.formats, stage)
        names = sorted(path.name for path in stage.iterdir())
    for name in names:
        typer.echo(str(out / name))


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
    out: Annotated[Path, typer.Option("--out", help="HTML file.")] = Path("out/map.html"),
    km: Km = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    method: DistanceMethod = None,
    lang: Lang = None,
) -> None:
    """Write the interactive map, one file that opens without network."""
    from zones.outputs import write_atomic

    study = study_of(
        study_file, km, hub_layer=hubs, hub_file=hubs_file, distance_method=method, language=lang
    )
    write_atomic(out, _map_html(_result(study)))
    typer.echo(str(out))


@app.command()
def data(
    name: Annotated[str | None, typer.Argument(help="A table; all without a name.")] = None,
    as_json: Json = False,
) -> None:
    """List the built-in tables with rows, source and licence, each checked by its hash."""
    import json

    from geodata.registry import registry, table_path

    entries = registry()
    for n in sorted(entries) if name is None else [name]:
        path, entry = table_path(n), entries[n]
        if as_json:
            about = entry.__dict__ | {"name": n, "path": str(path)}
            typer.echo(json.dumps(about, ensure_ascii=False))
            continue
        typer.echo(f"{n}: {entry.title}; {entry.rows:,} rows; {entry.date}; {entry.licence}")
        if name is not None:
            typer.echo(f"  source: {entry.source}")
            typer.echo(f"  columns: {', '.join(entry.columns)}")
            typer.echo(f"  sha256: {entry.sha256}\n  file: {path}")


app.command()(geocode)


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
