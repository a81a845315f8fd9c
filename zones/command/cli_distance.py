"""The command ``zonegap distance``: of the study's zones, or of any number of points."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geodata.errors import UsageError
from zones.command.cli_help import OUTPUT
from zones.command.cli_options import (
    DistanceMethod,
    Hubs,
    HubsFile,
    Km,
    RegistrationsFile,
    ZonesFile,
    option,
    study_of,
    word,
)
from zones.command.console import note, say
from zones.command.usage import number
from zones.parameters import DATUMS, ENGINES
from zones.study import Study

if TYPE_CHECKING:
    from zones.distance.point_tables import Counts, Task

CLUSTER = "dask"
TABLES = (".parquet", ".arrow", ".feather")


def distance(
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="SOURCE",
            help="Study file in TOML, the built-in study without one; or points: a Parquet or "
            "Arrow file with columns lon, lat (and datum), or a folder of Parquet parts.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        option(
            "--out",
            "PATH",
            "File to write: CSV of a study, Parquet or Arrow of points; a folder "
            "for a folder, where parts that are done are not done again.",
            OUTPUT,
        ),
    ] = None,
    zones: ZonesFile = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    registrations: RegistrationsFile = None,
    method: DistanceMethod = None,
    km: Km = None,
    datum: Annotated[
        str | None, word("--datum", DATUMS, "DATUM", "Datum of points without a column datum")
    ] = None,
    columns: Annotated[
        str | None,
        option(
            "--columns",
            "LIST",
            "Columns of the points to write before the result, "
            "comma-separated, '' for none; all without this option.",
            OUTPUT,
        ),
    ] = None,
    engine: Annotated[
        str, word("--engine", (*ENGINES, CLUSTER), "ENGINE", "How; the answer is the same")
    ] = "auto",
    scheduler: Annotated[
        str | None,
        option("--scheduler", "URL", "Of a running dask cluster, e.g. tcp://10.0.0.5:8786."),
    ] = None,
    workers: Annotated[
        int | None,
        option(
            "--workers",
            "N",
            "Of dask on this machine; one a core without it.",
            parser=number(1, whole=True),
        ),
    ] = None,
) -> None:
    """Measure to the nearest hub: the study's zones, or points of a table of any size.

    Example: zonegap distance points.parquet --datum WGS-84 --out measured.parquet
    """
    if source is None or not (source.is_dir() or source.suffix in TABLES):
        given = {
            "--datum": datum, "--columns": columns, "--scheduler": scheduler, "--workers": workers,
            "--km": km, "--engine": None if engine == "auto" else engine,
        }  # fmt: skip
        for name, value in given.items():
            if value is not None:
                text = f"{name}: only for points: a file {', '.join(TABLES)}, or a folder"
                raise UsageError(text)
        study = study_of(
            source, zones_table=zones, hub_layer=hubs, hub_file=hubs_file, distance_method=method,
            registrations=registrations,
        )  # fmt: skip
        _of_study(study, out)
        return
    if zones is not None:
        text = "--zones: of a study; the points are the table here"
        raise UsageError(text)
    if engine != CLUSTER and (scheduler is not None or workers is not None):
        text = f"{'--workers' if scheduler is None else '--scheduler'}: only with --engine dask"
        raise UsageError(text)
    if scheduler is not None and workers is not None:
        text = "--workers: of this machine; a scheduler has its own"
        raise UsageError(text)
    from zones.distance.point_tables import Task
    from zones.pipeline import study_hubs

    study = study_of(
        None, km, hub_layer=hubs, hub_file=hubs_file, distance_method=method,
        registrations=registrations,
    )  # fmt: skip
    task = Task(
        study_hubs(study),
        study.distance_method,
        datum,
        None if columns is None else tuple(c.strip() for c in columns.split(",") if c.strip()),
        () if km is None else study.thresholds_km,
        "auto" if engine == CLUSTER else engine,
    )
    if source.is_dir():
        counts = _of_folder(source, out, task, engine, scheduler, workers)
    else:
        counts = _of_file(source, out, task, engine)
    for threshold_km, beyond in zip(task.thresholds_km, counts.beyond, strict=True):
        share = 100.0 * beyond / counts.points if counts.points else 0.0
        say(
            f"{threshold_km:g} km, {study.hub_layer}: {beyond:,} of {counts.points:,} points "
            f"beyond ({share:.1f} %)"
        )
    if out is not None:
        note(f"{counts.points:,} points: {out}")


def _of_study(study: Study, out: Path | None) -> None:
    """Print each zone's nearest hub and its distance to each cluster as CSV."""
    from zones.csv_text import BOM, csv_text
    from zones.pipeline import located_zones, study_hubs, with_distances, with_unplaced
    from zones.staging import write_atomic

    own = located_zones(study)
    placed = with_distances(own.placed, study_hubs(study), study)
    table = with_unplaced(placed, own.unplaced)
    columns = ["name", "lon", "lat", "uncertainty_km", "nearest_hub", "nearest_km"]
    columns += ["beijing_km", "zhejiang_km", "guangdong_km"]
    digits = {c: 3 for c in columns if c.endswith("_km")} | {"lon": 6, "lat": 6}
    text = csv_text(table[columns].round(digits), index=True, newline="\n")
    if out is None:
        say(text, end="")
    else:
        write_atomic(out, BOM + text)
        note(str(out))


def _of_file(source: Path, out: Path | None, task: Task, engine: str) -> Counts:
    from zones.distance.point_files import row_count
    from zones.distance.point_tables import measure_table
    from zones.staging import staged

    if engine == CLUSTER:
        text = f"--engine dask: {source} is one file; accepted: a folder of Parquet parts"
        raise UsageError(text)
    if out is None and not task.thresholds_km:
        text = "points: say where to write (--out) or what to count (--km)"
        raise UsageError(text)
    with _progress(row_count(source)) as advance:
        if out is None:
            return measure_table(source, None, task, progress=advance)
        if out.suffix not in TABLES or out.is_dir() or out.resolve() == source.resolve():
            text = f"--out: {out}; accepted: another file {', '.join(TABLES)}"
            raise UsageError(text)
        with staged(out.parent) as stage:
            stage.mkdir()
            return measure_table(source, stage / out.name, task, progress=advance)


def _of_folder(
    folder: Path, out: Path | None, task: Task, engine: str, scheduler: str | None,
    workers: int | None,
) -> Counts:  # fmt: skip
    from zones.distance.dask_parts import measure_on_cluster
    from zones.distance.point_parts import count_again, measure_here, open_parts, parts_of
    from zones.distance.point_tables import Counts

    if out is None:
        text = "--out: a folder of points needs a folder to write to"
        raise UsageError(text)
    parts = parts_of(folder)
    todo = open_parts(parts, out, task)
    total = Counts.none(task.thresholds_km)
    for part in sorted(set(parts) - set(todo)):
        total.add(count_again(out / part.name, task.thresholds_km))
    if len(todo) < len(parts):
        note(f"{len(parts) - len(todo):,} of {len(parts):,} parts are done")
    with _progress(len(todo)) as advance:

        def done(part: Path, counts: Counts) -> None:
            total.add(counts)
            advance(1)

        if engine == CLUSTER:
            measure_on_cluster(todo, out, task, done, scheduler=scheduler, workers=workers)
        else:
            measure_here(todo, out, task, done)
    return total


@contextmanager
def _progress(length: int) -> Iterator[Callable[[int], Any]]:
    """Give a function that advances a bar; there is a bar on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda steps: None
        return
    with typer.progressbar(length=length, file=sys.stderr, label="points") as bar:
        yield bar.update
