"""Everything ``zonegap run`` writes, staged and moved as one.

Zones as CSV, GeoParquet and GeoPackage, tables in each format, map, figures, manifest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from geodata.errors import ZonegapError
from geodata.words import ENGLISH, Message, Words, library_words
from zones.companies import write_registrations
from zones.matrix import UNIT_WORDS
from zones.pipeline import StudyResult
from zones.report.latex import write_tex
from zones.report.licences import NAME, metadata, write_sources
from zones.report.markdown import to_markdown
from zones.report.provenance import manifest, unchanged_leftovers, write_json
from zones.report.tables import REPORT_TABLES, ReportTable, report_tables
from zones.study import FORMATS, Study, check_accepted
from zones.writing import FIXED_DATE, MANIFEST, Guard, recorded_outputs, staged, write_csv

ZONE_COLUMNS = (
    "id code name name_en province level type approved extended area_ha industries remark "
    "lon lat adcode geocode_level geocode_method geocode_source uncertainty_km spans "
    "geocode_candidates geocode_reason nearest_hub nearest_km beijing_km zhejiang_km guangdong_km"
).split()
MATRIX_COLUMNS = [f"nearest_{unit}" for unit in UNIT_WORDS]
GDP_COLUMNS = ["gdp_density_yi_per_km2", "gdp_estimate_yi_cny"]


def zone_frame(zones: pd.DataFrame) -> pd.DataFrame:
    """Return the published columns of the zones in their order, rounded.

    Coordinates to 6 decimals, distances to 3 (1 m), money to 4: below every source's precision,
    and equal on every machine.
    """
    flags = [c for c in zones.columns if c.startswith("beyond_")]
    # by a matrix nothing but the nearest hub is known, in the matrix's unit
    own = [c for c in zones.columns if c in MATRIX_COLUMNS and c not in ZONE_COLUMNS]
    known = [c for c in ZONE_COLUMNS if c in zones or c == "id"]
    frame = zones.reset_index()[[*known, *own, *flags, *GDP_COLUMNS]]
    digits = {c: 3 for c in frame.columns if c.endswith("_km") or c in MATRIX_COLUMNS}
    for name in frame.columns.intersection(MATRIX_COLUMNS):
        frame[name] = frame[name].replace(math.inf, math.nan)  # no way to any hub
    return frame.round(digits | {"lon": 6, "lat": 6} | dict.fromkeys(GDP_COLUMNS, 4))


def write_zones(zones: pd.DataFrame, folder: Path, about: Mapping[str, str]) -> None:
    """Write zones.csv (UTF-8 with BOM), zones.parquet (GeoParquet) and zones.gpkg.

    Parameters
    ----------
    zones
        As a study gives them.
    folder
        Where the files go.
    about
        Whose the zones are, see `zones.report.licences.metadata`: the schema of the Parquet file
        gets it, and the description of the GeoPackage's layer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    import geopandas as gpd
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

    frame = zone_frame(zones)
    write_csv(frame, folder / "zones.csv")
    points = gpd.points_from_xy(frame["lon"], frame["lat"])
    located = gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")
    located.loc[located["lon"].isna(), "geometry"] = None  # a zone without a place
    located.to_parquet(folder / "zones.parquet", index=False)
    add_metadata(folder / "zones.parquet", about)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{FIXED_DATE:%Y-%m-%dT%H:%M:%SZ}"})
    path = folder / "zones.gpkg"
    try:
        located.to_file(
            path,
            driver="GPKG",
            layer="zones",
            engine="pyogrio",
            DESCRIPTION=". ".join(filter(None, about.values())),
        )
    except (FeatureError, DataSourceError, DataLayerError) as error:
        # what GDAL says of a full disk is the SQL statement that failed
        raise ZonegapError(
            Message(
                "{name}: cannot be written{why}; is the disk full?",
                name=path.name,
                why=library_words(error),
            )
        ) from None


def add_metadata(path: Path, about: Mapping[str, str]) -> None:
    """Add keys to the schema of a Parquet file; what a library has put there stays."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, **about}), path)


def write_tables(tables: list[ReportTable], formats: tuple[str, ...], folder: Path) -> None:
    """Write each table as csv, and all together as tables.xlsx, .docx, .tex and .md.

    The documents leave out what is too long to print, see `zones.report.tables.TableKind`.

    Raises
    ------
    UsageError
        For a format that is none of `zones.study.FORMATS`.
    """
    for each in [formats] if isinstance(formats, str) else formats:
        check_accepted("formats", each, FORMATS)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if "csv" in formats:
        for table in tables:
            write_csv(table.frame.round(6), folder / f"{table.key}.csv")
    if "xlsx" in formats:
        from zones.report.excel import write_xlsx

        write_xlsx(tables, folder / "tables.xlsx")
    tables = [t for t in tables if t.key not in REPORT_TABLES or REPORT_TABLES[t.key].printed]
    if "docx" in formats:
        from zones.report.word import write_docx

        write_docx(tables, folder / "tables.docx")
    if "tex" in formats:
        write_tex(tables, folder / "tables.tex")
    if "md" in formats:
        text = "\n".join(to_markdown(table) for table in tables)
        (folder / "tables.md").write_text(text, encoding="utf-8", newline="\n")


def table_files(formats: Iterable[str]) -> list[str]:
    """Return the names that `write_tables` may write."""
    formats = list(formats)
    each = [f"{key}.csv" for key in REPORT_TABLES] if "csv" in formats else []
    return [*each, *(f"tables.{kind}" for kind in formats if kind != "csv"), NAME]


def run_files(study: Study) -> list[str]:
    """Return the names in the output folder that `write_run` may write, figures left out."""
    own = ["registrations.csv"] if study.registrations is not None else []
    zones = [f"zones.{kind}" for kind in ("csv", "parquet", "gpkg")]
    tables = [f"tables/{name}" for name in table_files(study.formats) if name != NAME]
    return [*zones, *own, "map.html", *tables, NAME, MANIFEST]


@dataclass(frozen=True)
class Written:
    """What a run has written.

    Attributes
    ----------
    summary
        The reconciliation table as text, "" of a study without one.
    paths
        The written files, map and tables first.
    warnings
        What a reader should know; also in the manifest.
    undrawn
        Those of them that say why there are no figures.
    stuck
        Files of an earlier run that could not be removed: open in another program, on Windows.
    """

    summary: str
    paths: list[Path]
    warnings: list[str]
    undrawn: list[Words]
    stuck: list[Path]


@dataclass(frozen=True)
class Drawn:
    """What the figures of a run rest on.

    Attributes
    ----------
    fonts
        Font families, first choice first: they decide the figures' bytes.
    warnings
        Why there are no figures, where there are none.
    """

    fonts: list[str] = field(default_factory=list)
    warnings: list[Words] = field(default_factory=list)


def write_run(
    result: StudyResult,
    map_html: str,
    draw: Callable[[Path], Drawn] | None = None,
    lines: Iterable[Words] = (),
    guard: Guard | None = None,
) -> Written:
    """Write zones, tables, map, figures, SOURCES.md and manifest into the study's folder.

    All files are complete before the first one is moved to its place. What an earlier run wrote,
    nobody has changed and this run does not write is removed, so that the folder tells one story.

    Parameters
    ----------
    result
        The study's result.
    map_html
        The page of the map; this package does not know the maps.
    draw
        Writes the figures into the folder it is given.
    lines
        What map and figures say of the lines they show.
    guard
        Refuses files that may not be replaced.
    """
    folder = result.study.folder
    tables = report_tables(result)
    earlier = recorded_outputs(folder)
    with staged(folder, guard=guard) as stage:
        write_zones(result.all_zones(), stage, metadata(result))
        write_registrations(result.registrations, stage, addresses=result.study.addresses)
        write_tables(tables, result.study.formats, stage / "tables")
        (stage / "map.html").write_text(map_html, encoding="utf-8", newline="\n")
        drawn = draw(stage / "figures") if draw else Drawn()
        write_sources(result, stage / NAME, _by_kind(stage), lines)
        files = sorted(p for p in stage.rglob("*") if p.is_file())
        outputs = {p.relative_to(stage).as_posix(): p for p in files}
        about = manifest(result, outputs)
        about["figure_fonts"] = drawn.fonts
        about["warnings"] += [warning.in_language(ENGLISH) for warning in drawn.warnings]
        write_json(about, stage / MANIFEST)
    stuck: list[Path] = []
    for path in unchanged_leftovers(folder, earlier, set(outputs)):
        try:
            path.unlink()
        except OSError:
            stuck.append(path)
    summary = next((to_markdown(t) for t in tables if t.key == "reconciliation"), "")
    names = sorted([*outputs, MANIFEST], key=lambda n: (n != "map.html", "/" not in n, n))
    return Written(
        summary, [folder / name for name in names], about["warnings"], drawn.warnings, stuck
    )


def _by_kind(stage: Path) -> dict[str, list[str]]:
    """Return the files of a run as `zones.report.licences.write_sources` takes them."""
    names = sorted(path.name for path in stage.iterdir() if path.is_file())
    folders = {kind: [f"{kind}/*"] for kind in ("tables", "figures") if (stage / kind).is_dir()}
    return {
        "zones": [name for name in names if name.startswith("zones.")],
        "map": [name for name in names if name.endswith(".html")],
        **folders,
        "registrations": [name for name in names if name.startswith("registrations.")],
        "manifest": [MANIFEST, NAME],
    }
