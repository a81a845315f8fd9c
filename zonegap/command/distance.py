"""The command ``zonegap distance``: of the study's zones, or of any number of points."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

from geodata.errors import UsageError
from geodata.user_tables.headings import datum_of
from geodata.words import Listed, Message, Words
from zonegap.command.help import OUTPUT
from zonegap.command.options import (
    MATRIX,
    NOT_BY_MATRIX,
    Force,
    argument,
    number,
    only_with,
    option,
    parts_of,
    say_account,
    say_kept,
    study_of,
    with_study_options,
    word,
)
from zonegap.console import advancing_bar, remark, say_whose, show
from zones.hubs import HUB_LAYERS
from zones.parameters import ENGINES
from zones.study import ASKED, ZONE_FILTERS, Study
from zones.writing import (
    BOM,
    STDOUT,
    Guard,
    csv_text,
    is_stream,
    sources_beside,
    stream,
)

if TYPE_CHECKING:
    import pandas as pd

    from geodata.user_tables.points import PointTable
    from zones.points.tables import Counts, Task
    from zones.report.licences import PointSources

CLUSTER = "dask"
RESULTS = (".csv", ".parquet", ".arrow", ".feather")
STUDY = ".toml"
POINTS = Message("points")


@with_study_options(
    "zones hubs registrations distance geocode.openstreetmap geocode.datum output.language", MATRIX
)
def distance(
    options: dict[str, Any],
    source: Annotated[
        Path | None,
        argument(
            "SOURCE",
            Message(
                "Study file (.toml), the built-in study without one; or points: a table with "
                "longitude and latitude of any kind that is read, or a folder of Parquet parts."
            ),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        option(
            "--out",
            "PATH",
            Message(
                "File to write: CSV, of points also Parquet or Arrow; - for standard output. A "
                "folder for a folder, where parts that are done are not done again."
            ),
            OUTPUT,
        ),
    ] = None,
    columns: Annotated[
        str | None,
        option(
            "--columns",
            "LIST",
            Message(
                "Columns of the points to write before the result, comma-separated, '' for none; "
                "all without this option."
            ),
            OUTPUT,
        ),
    ] = None,
    engine: Annotated[
        str, word("--engine", (*ENGINES, CLUSTER), "ENGINE", Message("How; the answer is the same"))
    ] = "auto",
    scheduler: Annotated[
        str | None,
        option(
            "--scheduler", "URL", Message("Of a running dask cluster, e.g. tcp://10.0.0.5:8786.")
        ),
    ] = None,
    workers: Annotated[
        int | None,
        option(
            "--workers",
            "N",
            Message("Of dask on this machine; one a core without it."),
            parser=number(1, whole=True),
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Measure to the nearest hub: the study's zones, or points of a table of any size."""
    if source is None or source.suffix.lower() == STUDY:
        _refuse_of_study(
            {
                "--columns": columns, "--scheduler": scheduler, "--workers": workers,
                "--km": options["thresholds_km"],
                "--engine": None if engine == "auto" else engine,
            }
        )  # fmt: skip
        study = study_of(source, options)
        if study.matrix is not None:
            raise UsageError(NOT_BY_MATRIX)
        given = study.files() if source is None else (source, *study.files())
        _of_study(study, out, Guard(given, force))
        return
    _refuse_zones(options)
    _refuse_cluster(engine, scheduler, workers)
    from zones.pipeline import study_hubs
    from zones.points.parts import stated_licence_of
    from zones.points.tables import Task
    from zones.points.whole_tables import is_streamed
    from zones.report.licences import NAME, PointSources, reserved_with_sources

    kept = None if columns is None else _names(columns)
    _check_out(source, out, engine, counts=options["thresholds_km"] is not None)
    study = study_of(None, options)
    guard = Guard((source, *study.files()), force)
    with ExitStack() as stack:
        if out is not None and not source.is_dir():
            stack.enter_context(reserved_with_sources(out, guard))
        points = None
        if not source.is_dir() and not is_streamed(source, study.datum):
            points = _read_points(source, study)
            say_account(points.account)
        hubs = study_hubs(study)
        for account in hubs.accounts:
            say_account(account)
        whose = PointSources(study, hubs.hubs, source.name, stated_licence_of(source, points))
        task = Task(
            hubs.hubs,
            study.distance_method,
            datum_of(study.datum or "") or None,
            kept,
            () if options["thresholds_km"] is None else study.thresholds_km,
            "auto" if engine == CLUSTER else engine,
            about=tuple(whose.metadata().items()),
        )
        if source.is_dir():
            assert out is not None
            counts = _of_folder(source, out, task, engine, scheduler, workers, whose, guard)
        else:
            counts = _of_file(source, points, out, task, whose, guard)
    streamed = out is not None and is_stream(out)
    _say_counts(study, task, counts, remark if streamed else show)
    if streamed:
        remark(whose.licence())
    elif out is not None:
        remark(Message("{points:,} points: {out}", points=counts.points, out=out))
        say_whose(out / NAME if source.is_dir() else sources_beside(out))


def _say_counts(
    study: Study, task: Task, counts: Counts, say: Callable[[Words | str], None]
) -> None:
    """Say how many points lie beyond each threshold."""
    for threshold_km, beyond in zip(task.thresholds_km, counts.beyond, strict=True):
        share_pct = 100.0 * beyond / counts.points if counts.points else 0.0
        say(
            Message(
                "{threshold_km:g} km, {layer}: {beyond:,} of {points:,} points beyond "
                "({share_pct:.1f} %)",
                threshold_km=threshold_km, layer=HUB_LAYERS[study.hub_layer].short, beyond=beyond,
                points=counts.points, share_pct=share_pct,
            ).in_language(study.language)
        )  # fmt: skip


def _names(columns: str) -> tuple[str, ...]:
    """Return the names of columns that an option lists; each once."""
    names = tuple(name for name in parts_of(columns) if name)
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise UsageError(Message("--columns: {column!r} is named twice", column=twice[0]))
    return names


def _read_points(source: Path, study: Study) -> PointTable:
    from geodata.user_tables.points import load_point_table
    from geodata.user_tables.tables import Wish

    return load_point_table(source, Wish(datum=study.datum or ""))


def _refuse_of_study(given: dict[str, Any]) -> None:
    """Refuse options of points beside a study."""
    for name, value in given.items():
        if value is not None:
            raise UsageError(
                Message("{option}: only for points: a table of them, or a folder", option=name)
            )


def _refuse_cluster(engine: str, scheduler: str | None, workers: int | None) -> None:
    """Refuse options of a cluster without one, and two that contradict each other."""
    if engine != CLUSTER and (scheduler is not None or workers is not None):
        raise UsageError(
            only_with("--workers" if scheduler is None else "--scheduler", "--engine dask")
        )
    if scheduler is not None and workers is not None:
        raise UsageError(Message("--workers: of this machine; a scheduler has its own"))


def _refuse_zones(options: dict[str, Any]) -> None:
    """Refuse options that say which zones there are or where, beside a table of points."""
    for name in ("zones_table", "zones_source", *ZONE_FILTERS, "openstreetmap"):
        if options[name] is not None:
            option = ASKED[name].option
            raise UsageError(
                Message("{option}: of a study; the points are the table here", option=option)
            )


def _of_study(study: Study, out: Path | None, guard: Guard) -> None:
    """Print each zone's nearest hub and its distance to each cluster as CSV."""
    from zones.report.licences import (
        reserved_with_sources,
        staged_with_sources,
        write_distance_sources,
    )

    with reserved_with_sources(STDOUT if out is None else out, guard):
        placed, hubs, text = _measured_zones(study)
        if out is None or is_stream(out):
            with stream(STDOUT if out is None else out) as pipe:
                pipe.write(text)
            return
        with staged_with_sources(out, guard) as (file, about):
            file.write_text(BOM + text, encoding="utf-8", newline="")
            write_distance_sources(study, placed, hubs, about, out.name)
    remark(str(out))
    say_whose(sources_beside(out))


def _measured_zones(study: Study) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return the zones of a study that have a place, its hubs, and all zones measured as CSV."""
    from zones.pipeline import located_zones, study_hubs, with_distances, with_unplaced

    own, hubs = located_zones(study), study_hubs(study)
    accounts = () if own.report is None else (own.report.account,)
    for account in (*accounts, *hubs.accounts):
        say_account(account)
    say_kept(own.kept)
    placed = with_distances(own.placed, hubs.hubs, study)
    table = with_unplaced(placed, own.unplaced, own.order)
    columns = ["name", "lon", "lat", "uncertainty_km", "nearest_hub", "nearest_km"]
    columns += ["beijing_km", "zhejiang_km", "guangdong_km"]
    digits = {c: 3 for c in columns if c.endswith("_km")} | {"lon": 6, "lat": 6}
    return own.placed, hubs.hubs, csv_text(table[columns].round(digits), index=True, newline="\n")


def _check_out(source: Path, out: Path | None, engine: str, *, counts: bool) -> None:
    """Refuse what cannot be asked of a folder or one file of points, before it is read."""
    if source.is_dir():
        if out is None or is_stream(out):
            raise UsageError(Message("--out: a folder of points needs a folder to write to"))
        return
    if engine == CLUSTER:
        raise UsageError(
            Message(
                "--engine dask: {source} is one file; accepted: a folder of Parquet parts",
                source=source,
            )
        )
    if out is None and not counts:
        raise UsageError(Message("points: say where to write (--out) or what to count (--km)"))
    if out is None or is_stream(out):
        return
    if out.suffix not in RESULTS or out.is_dir():
        raise UsageError(
            Message(
                "--out: {out}; accepted: another file {accepted}, or - for standard output",
                out=out, accepted=Listed(RESULTS),
            )
        )  # fmt: skip


def _of_file(
    source: Path, points: PointTable | None, out: Path | None, task: Task, whose: PointSources,
    guard: Guard,
) -> Counts:  # fmt: skip
    """Measure the points of one file, read or not; without `out` they are only counted."""
    from zones.points.tables import measure_table, row_count
    from zones.points.whole_tables import measure_points
    from zones.report.licences import staged_with_sources, write_point_sources

    def measure(file: Path | TextIO | None) -> Counts:
        if points is not None:
            return measure_points(points, source, file, task)
        with advancing_bar(row_count(source), POINTS) as advance:
            return measure_table(source, file, task, progress=advance)

    if out is None:
        return measure(None)
    if is_stream(out):
        with stream(out) as pipe:
            return measure(pipe)
    with staged_with_sources(out, guard) as (file, about):
        counts = measure(file)
        write_point_sources(whose, about, [out.name])
        return counts


def _of_folder(
    folder: Path, out: Path, task: Task, engine: str, scheduler: str | None,
    workers: int | None, whose: PointSources, guard: Guard,
) -> Counts:  # fmt: skip
    from zones.points.cluster import measure_on_cluster
    from zones.points.parts import count_in_result, measure_here, open_parts, parts_of
    from zones.points.tables import Counts
    from zones.report.licences import NAME, write_point_sources

    # parts that an earlier run finished are counted in its results, the others measured
    parts = parts_of(folder)
    todo = open_parts(parts, out, task, guard)
    total = Counts.zero(task.thresholds_km)
    for part in sorted(set(parts) - set(todo)):
        total.add(count_in_result(out / part.name, task.thresholds_km))
    if len(todo) < len(parts):
        remark(
            Message(
                "{done:,} of {parts:,} parts are done",
                done=len(parts) - len(todo), parts=len(parts),
            )
        )  # fmt: skip
    with advancing_bar(len(todo), POINTS) as advance:

        def done(part: Path, counts: Counts) -> None:
            total.add(counts)
            advance(1)

        if engine == CLUSTER:
            measure_on_cluster(todo, out, task, done, scheduler=scheduler, workers=workers)
        else:
            measure_here(todo, out, task, done)
    write_point_sources(whose, out / NAME, ["*.parquet"])
    return total
