"""Read layers of maps: GeoPackage, GeoJSON, Shapefile; and positions of any geometry.

Areas and lines are stood for by a point inside. GDAL opens the file only after its content was
told to be one of these kinds, so that no other driver gets a say.
"""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from geodata.errors import DataFileError
from geodata.user_tables.columnar import Positions, frame_rows, with_positions
from geodata.user_tables.files import (
    ZIP_ERRORS,
    Geometry,
    Sheet,
    check_unpacked,
    damaged_file,
)
from geodata.words import Listed, Message, Words, library_words

_DRIVERS = {"GeoPackage": "GPKG", "GeoJSON": "GeoJSON", "Shapefile": "ESRI Shapefile"}
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# systems that are WGS-84: itself, and CGCS2000, which differs by centimetres
_AS_WGS84 = ("EPSG:4326", "OGC:CRS84", "EPSG:4490")
_FIELD_BYTES = 10


def sheets(
    path: Path, kind: str, encoding: str | None, knows: Callable[[str], bool] | None
) -> list[Sheet]:
    """Return the layers of a file.

    Parameters
    ----------
    path, encoding, knows
        As of `geodata.user_tables.files.open_tables`; the encoding is that of a Shapefile.
    kind
        GeoPackage, GeoJSON, Shapefile, zipped Shapefile.

    Raises
    ------
    DataFileError
        When it is damaged, parts of it are missing, or a geometry has no coordinate system.
    """
    if kind == "zipped Shapefile":
        with tempfile.TemporaryDirectory() as folder:
            return [_shapefile(path, _unpacked(path, Path(folder)), encoding, knows)]
    if kind == "Shapefile":
        return [_shapefile(path, path, encoding, knows)]
    import pyogrio

    with _reading(path, kind):
        names = [str(name) for name, _ in pyogrio.list_layers(path.resolve())]
    if kind == "GeoJSON":
        # a layer is named by the file or by whoever wrote it: that is no name of a table
        return [_layer(path, names[0], kind, "")] if names else []
    return [_layer(path, name, kind, name) for name in names]


def _layer(path: Path, layer: str, kind: str, name: str) -> Sheet:
    import pyogrio

    with _reading(path, kind):
        about = pyogrio.read_info(path.resolve(), layer=layer)
        _check_driver(path, kind, about["driver"])
        frame, shapes = _features(path.resolve(), layer)
    rows = partial(frame_rows, frame, path)
    if shapes is None:
        return Sheet(name, rows, kind)
    places, geometry = positions(str(path), shapes, about["crs"])
    return Sheet(name, partial(with_positions, rows, places), kind, geometry=geometry)


def _features(source: Path, layer: str | None, encoding: str | None = None) -> tuple[Any, Any]:
    """Return the attributes of a layer as a frame, and its geometries as WKB, None without any."""
    import pandas as pd
    import pyogrio

    about, _, shapes, columns = pyogrio.raw.read(source, layer=layer, encoding=encoding)
    # a layer may have geometries alone
    index = None if shapes is None else pd.RangeIndex(len(shapes))
    frame = pd.DataFrame(dict(enumerate(columns)), index=index)
    frame.columns = pd.Index(list(about["fields"]), dtype=object)
    return frame, shapes


def _check_driver(path: Path, kind: str, driver: str) -> None:
    if driver != _DRIVERS[kind]:
        text = Message("{path}: cannot be read as {kind}{why}", path=path, kind=kind,
                       why=library_words(driver))  # fmt: skip
        raise DataFileError(text)


@contextmanager
def _reading(path: Path, kind: str) -> Iterator[None]:
    from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError

    try:
        with warnings.catch_warnings():
            # what GDAL finds odd is named below, or does no harm
            warnings.simplefilter("ignore", RuntimeWarning)
            yield
    except (
        DataSourceError, DataLayerError, FieldError, GeometryError, ValueError, OSError,
        RuntimeError,
    ) as error:  # fmt: skip
        raise damaged_file(path, kind, error) from None


# --- Shapefiles


def _unpacked(path: Path, folder: Path) -> Path:
    """Unpack the one Shapefile of an archive, under plain names."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_unpacked(path, sum(entry.file_size for entry in archive.infolist()))
            stems = [n[:-4] for n in archive.namelist() if n.casefold().endswith(".shp")]
            if len(stems) != 1:
                text = Message(
                    "{path}: holds {count} Shapefiles ({names}); accepted: one; unpack it and "
                    "name the .shp file",
                    path=path, count=len(stems), names=Listed(stems),
                )  # fmt: skip
                raise DataFileError(text)
            for name in archive.namelist():
                ending = name[-4:].casefold()
                if name[:-4] == stems[0] and ending in _PARTS:
                    (folder / f"layer{ending}").write_bytes(archive.read(name))
    except ZIP_ERRORS as error:
        raise damaged_file(path, "zip", error) from None
    return folder / "layer.shp"


def _shapefile(
    path: Path, main: Path, encoding: str | None, knows: Callable[[str], bool] | None
) -> Sheet:
    """Return a Shapefile as a sheet.

    Its texts are read a character a byte, and put into their encoding here: a field name is cut
    at 10 bytes, also inside a character, and what states the encoding is often missing or wrong.
    """
    from geodata.user_tables.text_files import encoding_of_texts, text_in

    parts = {ending: _beside(main, ending) for ending in _PARTS}
    if main.suffix.casefold() != ".shp":
        text = Message(
            "{path}: a part of a Shapefile; name the file that ends in .shp, with .shx, .dbf and "
            ".prj of the same name beside it",
            path=path,
        )
        raise DataFileError(text)
    missing = [ending for ending in (".shx", ".dbf", ".prj") if parts[ending] is None]
    if missing:
        text = Message(
            "{path}: {missing} of this Shapefile is missing; put it beside the file, or save the "
            "layer as GeoPackage",
            path=path, missing=Listed(missing),
        )  # fmt: skip
        raise DataFileError(text)
    import pyogrio

    with _reading(path, "Shapefile"):
        about = pyogrio.read_info(main.resolve(), encoding="ISO-8859-1")
        _check_driver(path, "Shapefile", about["driver"])
        frame, shapes = _features(main.resolve(), None, "ISO-8859-1")
    if encoding is None and parts[".cpg"] is not None:
        encoding = _stated_encoding(parts[".cpg"])

    def texts() -> Iterator[str]:
        for cells in frame_rows(frame, path):
            yield from cells

    found = encoding_of_texts(path, texts, encoding, knows)
    notes: tuple[Words, ...] = ()
    cut = [text_in(found, name) for name in frame.columns if len(name) == _FIELD_BYTES]
    if cut:
        notes = (
            Message(
                "names of columns are cut at {limit} bytes in a Shapefile: {names}; save the "
                "layer as GeoPackage to keep them",
                limit=_FIELD_BYTES, names=Listed(map(repr, cut)),
            ),
        )  # fmt: skip
    rows = partial(frame_rows, frame, path, partial(text_in, found))
    if shapes is None:
        return Sheet("", rows, "Shapefile", found, notes=notes)
    places, geometry = positions(str(path), shapes, about["crs"])
    return Sheet(
        "", partial(with_positions, rows, places), "Shapefile", found, geometry=geometry,
        notes=notes,
    )  # fmt: skip


def _beside(main: Path, ending: str) -> Path | None:
    """Return the part of a Shapefile with an ending, in small or capital letters."""
    for part in (main.with_suffix(ending), main.with_suffix(ending.upper())):
        if part.is_file():
            return part
    return None


def _stated_encoding(part: Path | None) -> str | None:
    """Return the encoding that a .cpg names, None where Python knows none of that name."""
    import codecs

    if part is None:
        return None
    name = part.read_bytes()[:100].decode("ascii", "replace").strip()
    for alias in (name, f"cp{name.casefold().removeprefix('ansi').strip(' _-')}"):
        try:
            codecs.lookup(alias)
        except (LookupError, ValueError):
            continue
        return alias
    return None


# --- positions


_LINE, _RING, _POINTS, _LINES = 1, 2, 4, 5  # type ids of shapely


def _refuse_lines(shapes: Any, kinds: Any, source: object) -> None:
    """Refuse a line, or several points in one row: no single place stands for them."""
    import numpy as np
    import shapely

    several = (kinds == _POINTS) & (shapely.get_num_geometries(shapes) > 1)
    bad = np.isin(kinds, [_LINE, _RING, _LINES]) | several
    if bad.any():
        text = Message(
            "{path}: row {row}: a line or several points, which are no place; accepted: a point or "
            "an area in each row",
            path=source, row=int(np.flatnonzero(bad)[0]) + 2,
        )  # fmt: skip
        raise DataFileError(text)


def positions(source: str, shapes: Any, crs: Any) -> tuple[Positions, Geometry]:
    """Return where geometries are, as text, and what they are.

    Parameters
    ----------
    source
        What messages call the file or frame.
    shapes
        Array of geometries, or of their WKB; None or an empty one has no position.
    crs
        Their coordinate system, in any form that pyproj reads; None where none is stated.

    Returns
    -------
    tuple
        Longitudes and latitudes, WGS-84 degrees with all their digits, "" where there is none;
        and what they are made of.

    Raises
    ------
    DataFileError
        Without a coordinate system, with one that has no way to WGS-84, or for a geometry outside
        of it.
    """
    import numpy as np
    import pyproj
    import shapely
    from pyproj.exceptions import CRSError, ProjError

    # a GeoPackage has numbers for the two kinds of none, which some GDAL give names
    if crs is None or "undefined " in str(crs).casefold():
        text = Message(
            "{path}: its geometry states no coordinate system; state one (.prj, CRS) by the "
            "program it is from, in QGIS: Assign Projection",
            path=source,
        )
        raise DataFileError(text)
    try:
        if len(shapes) and isinstance(next((s for s in shapes if s is not None), None), bytes):
            shapes = shapely.from_wkb(shapes)
        system = pyproj.CRS.from_user_input(crs)
        name = _crs_name(crs, system)
        shapes = np.asarray(shapes, dtype=object)
        kinds = shapely.get_type_id(shapes)
        _refuse_lines(shapes, kinds, source)
        inside = bool((~np.isin(kinds, [-1, 0])).any())
        points = shapely.point_on_surface(shapes) if inside else shapes
        gone = shapely.is_missing(points) | shapely.is_empty(points)
        lon, lat = np.full((2, len(shapes)), np.nan)
        lon[~gone], lat[~gone] = shapely.get_x(points[~gone]), shapely.get_y(points[~gone])
        if name not in _AS_WGS84:
            way = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
            lon[~gone], lat[~gone] = way.transform(lon[~gone], lat[~gone])
    except (CRSError, ProjError) as error:
        text = Message(
            "{path}: its coordinate system has no way to WGS-84{why}; save it in EPSG:4326",
            path=source, why=library_words(error),
        )  # fmt: skip
        raise DataFileError(text) from None
    except (shapely.errors.ShapelyError, ValueError, TypeError) as error:
        text = Message("{path}: a damaged geometry{why}", path=source, why=library_words(error))
        raise DataFileError(text) from None
    bad = ~gone & ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    if bad.any():
        text = Message(
            "{path}: row {row}: its geometry lies outside of {crs}, the coordinate system that the "
            "file states; correct that statement",
            path=source, row=int(np.flatnonzero(bad)[0]) + 2, crs=name,
        )  # fmt: skip
        raise DataFileError(text)
    texts = [
        [
            "" if nothing else repr(number)
            for number, nothing in zip(axis.tolist(), gone, strict=True)
        ]
        for axis in (lon, lat)
    ]
    return (texts[0], texts[1]), Geometry(name, inside)


def _crs_name(crs: Any, system: Any) -> str:
    """Return a coordinate system as the file states it: its code, else its name."""
    if isinstance(crs, str) and len(crs) < 20:
        return crs
    authority = system.to_authority(min_confidence=100)
    return ":".join(authority) if authority else str(system.name)
