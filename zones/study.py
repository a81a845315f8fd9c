"""The study: what is asked, read from a TOML file and the command line."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from geodata.errors import DataFileError, UsageError
from geodata.file_limits import check_size
from geodata.gazetteer import CATALOGUE_YEAR, FIRST_YEAR, LAST_YEAR
from geodata.messages import say
from geodata.own_tables.zone_columns import CHOICES
from geodata.vocabulary import PROVINCES
from geodata.web.web_ask import PROVIDERS
from zones.parameters import (
    DISTANCE_METHODS,
    GDP_VINTAGES,
    HUB_LAYERS,
    LAND_YEARS,
    THRESHOLD_KM,
)

LANGUAGES = ("en", "zh")
FORMATS = ("csv", "xlsx", "docx", "tex", "md")
MAX_STUDY_MB = 1
FIGURE_FORMATS = ("png", "svg", "pdf")


@dataclass(frozen=True)
class Study:
    """One question: zones, hubs, distance, GDP, output. Paths are absolute or of the caller.

    Attributes
    ----------
    zones_table
        A table of zones, see `geodata.own_tables.zone_tables.load_zone_table`; None for the
        built-in one.
    zones_encoding
        Of that table where it is text; found out when None.
    zones_columns
        Pairs of a column and its heading in that table, where that is no synonym.
    hub_layer, hub_file, hub_provinces
        See `zones.hubs.hub_layer`.
    distance_method
        ``great-circle`` or ``geodesic``.
    thresholds_km
        At least one; the first is the study's own.
    registrations
        A company extract, ``synthetic`` for the built-in made-up one; None for none.
    keep_deregistered
        Keep its deregistered companies.
    gdp, land
        Vintage and year; see `zones.gdp.gdp_density`.
    year
        Of the names in the zones' names.
    openstreetmap
        Use positions from OpenStreetMap (ODbL).
    provider, cache, key_file
        Web geocoder to ask as well, its file of answers and of its key; see `geodata.web.web_ask`.
    folder, language, formats, figures
        Where and how the outputs are written; formats of tables and of figures.
    """

    zones_table: Path | None = None
    zones_encoding: str | None = None
    zones_columns: tuple[tuple[str, str], ...] = ()
    hub_layer: str = "prefectures"
    hub_file: Path | None = None
    hub_provinces: tuple[str, ...] | None = None
    distance_method: str = "great-circle"
    thresholds_km: tuple[float, ...] = (THRESHOLD_KM,)
    registrations: Path | None = None
    keep_deregistered: bool = False
    gdp: str = "2018-first"
    land: str = "built-up-2017"
    year: int = CATALOGUE_YEAR
    openstreetmap: bool = True
    provider: str | None = None
    cache: Path | None = None
    key_file: Path | None = None
    folder: Path = Path("out")
    language: str = "en"
    formats: tuple[str, ...] = FORMATS
    figures: tuple[str, ...] = ("png", "svg")

    def __post_init__(self) -> None:
        """Check every value; raises UsageError naming the key and what is accepted."""
        for key, value, accepted in (
            ("hubs.layer", self.hub_layer, HUB_LAYERS),
            ("distance.method", self.distance_method, DISTANCE_METHODS),
            ("gdp.gdp", self.gdp, tuple(GDP_VINTAGES)),
            ("gdp.land", self.land, tuple(LAND_YEARS)),
            ("output.language", self.language, LANGUAGES),
            *(("output.formats", f, FORMATS) for f in self.formats),
            *(("output.figures", f, FIGURE_FORMATS) for f in self.figures),
            *(("geocode.provider", p, PROVIDERS) for p in (self.provider,) if p is not None),
            *(("hubs.provinces", p, PROVINCES) for p in self.hub_provinces or ()),
            *(("zones.columns", c, CHOICES) for c, _ in self.zones_columns),
        ):
            if value not in accepted:
                text = f"{key}: {value!r}; accepted: {', '.join(accepted)}"
                raise UsageError(text + did_you_mean(value, accepted))
        if (
            not isinstance(self.thresholds_km, tuple)
            or not self.thresholds_km
            or not all(0 <= t < math.inf for t in self.thresholds_km)
        ):
            text = (
                f"distance.thresholds_km: {self.thresholds_km!r}; accepted: numbers of at least 0"
            )
            raise UsageError(text)
        shown = [f"{t:.6g}" for t in self.thresholds_km]  # columns are named so
        doubled = sorted({t for t in shown if shown.count(t) > 1})
        if doubled:
            text = f"distance.thresholds_km: {', '.join(doubled)} stands twice; accepted: once each"
            raise UsageError(text)
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            text = f"geocode.year: {self.year}; accepted: {FIRST_YEAR} to {LAST_YEAR}"
            raise UsageError(text)
        if self.zones_table is None and (self.zones_encoding or self.zones_columns):
            text = "zones.encoding and zones.columns go with zones.table"
            raise UsageError(text)
        if self.provider is None and (self.cache or self.key_file):
            text = "geocode.cache and geocode.key_file go with geocode.provider"
            raise UsageError(text)
        if (self.hub_layer == "file") != (self.hub_file is not None):
            text = 'hubs.file goes with hubs.layer = "file", and only with it'
            raise UsageError(text)
        if self.hub_layer == "registrations" and self.registrations is None:
            text = 'hubs.layer = "registrations" needs registrations.file, or --registrations'
            raise UsageError(text)

    def parameters(self) -> dict[str, Any]:
        """Return what was asked, as JSON-ready values, without output folder and key file."""
        values = {k: v for k, v in asdict(self).items() if k not in ("folder", "key_file")}
        return {k: v.name if isinstance(v, Path) else v for k, v in values.items()}


# TOML key -> attribute, expected type in words
_KEYS: dict[str, dict[str, tuple[str, str]]] = {
    "zones": {
        "table": ("zones_table", "path"),
        "encoding": ("zones_encoding", "text"),
        "columns": ("zones_columns", "table of text"),
    },
    "hubs": {
        "layer": ("hub_layer", "text"),
        "file": ("hub_file", "path or synthetic"),
        "provinces": ("hub_provinces", "list of text"),
    },
    "distance": {
        "method": ("distance_method", "text"),
        "thresholds_km": ("thresholds_km", "list of numbers"),
    },
    "registrations": {
        "file": ("registrations", "path or synthetic"),
        "keep_deregistered": ("keep_deregistered", "true or false"),
    },
    "gdp": {"gdp": ("gdp", "text"), "land": ("land", "text")},
    "geocode": {
        "year": ("year", "whole number"),
        "openstreetmap": ("openstreetmap", "true or false"),
        "provider": ("provider", "text"),
        "cache": ("cache", "path"),
        "key_file": ("key_file", "path"),
    },
    "output": {
        "folder": ("folder", "path"),
        "language": ("language", "text"),
        "formats": ("formats", "list of text"),
        "figures": ("figures", "list of text"),
    },
}


def read_study(path: Path | None) -> Study:
    """Read a study file; the built-in study when None.

    Relative paths in the file count from the file's own folder.

    Raises
    ------
    DataFileError
        When the file cannot be read.
    UsageError
        When it is not TOML, or a section, key or value is not accepted.
    """
    if path is None:
        return Study()
    try:
        check_size(path, MAX_STUDY_MB)
        sections = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        text = say("{path}: cannot be read ({why})", path=path, why=error.strerror)
        raise DataFileError(text) from None
    except (tomllib.TOMLDecodeError, UnicodeError) as error:
        text = f"{path}: not a TOML file ({error})"
        raise UsageError(text) from None
    try:
        return Study(**_attributes(sections, path.parent))
    except UsageError as error:
        text = f"{path}: {error}"
        raise UsageError(text) from None


def override(study: Study, **options: object) -> Study:
    """Return the study with the options that are not None put over it.

    Naming a hub file means the layer ``file``, naming registrations their layer; naming another
    layer drops the file.
    """
    given = {k: v for k, v in options.items() if v is not None}
    if given.get("hub_file") is not None:
        given.setdefault("hub_layer", "file")
    elif given.get("registrations") is not None:
        given.setdefault("hub_layer", "registrations")
    if given.get("hub_file") is None and given.get("hub_layer", "file") != "file":
        given["hub_file"] = None
    return replace(study, **given)  # type: ignore[arg-type]


def _attributes(sections: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    values = {}
    for section, keys in sections.items():
        if section not in _KEYS or not isinstance(keys, Mapping):
            text = f"unknown section [{section}]; accepted: {', '.join(_KEYS)}"
            raise UsageError(text + did_you_mean(section, _KEYS))
        for key, value in keys.items():
            if key not in _KEYS[section]:
                text = f"unknown key {section}.{key}; accepted: {', '.join(_KEYS[section])}"
                raise UsageError(text + did_you_mean(key, _KEYS[section]))
            attribute, kind = _KEYS[section][key]
            values[attribute] = _typed(f"{section}.{key}", value, kind, folder)
    if "registrations" in values:
        values.setdefault("hub_layer", "registrations")
    assert set(values) <= {f.name for f in fields(Study)}
    return values


def _typed(key: str, value: Any, kind: str, folder: Path) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "text" and isinstance(value, str):
        return value
    if kind.startswith("path") and isinstance(value, str) and value:
        return Path(value) if value in kind.split() else folder / value
    if kind == "true or false" and isinstance(value, bool):
        return value
    if kind == "whole number" and number and isinstance(value, int):
        return value
    pairs = isinstance(value, Mapping)
    parts = list(value.values()) if isinstance(value, Mapping) else value
    texts = isinstance(parts, list) and all(isinstance(v, str) and v.strip() for v in parts)
    if texts and kind == ("table of text" if pairs else "list of text"):
        return tuple(value.items()) if pairs else tuple(value)
    if kind == "list of numbers":
        numbers = value if isinstance(value, list) else [value]
        if all(isinstance(v, int | float) and not isinstance(v, bool) for v in numbers):
            return tuple(float(v) for v in numbers)
    text = f"{key}: {value!r}; accepted: {kind}"
    raise UsageError(text)


def did_you_mean(value: str, accepted: Iterable[str]) -> str:
    """Return ". Did you mean 'x'?" for the nearest accepted word, "" where none is near."""
    close = difflib.get_close_matches(value, list(accepted), n=1)
    return f". Did you mean {close[0]!r}?" if close else ""
