"""What the page of the map is told: zones by column, hubs by layer, words in every language.

Pinyin goes with it for place names whose English name is another word, so that a search finds both.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from geodata.datum import wgs84_to_gcj02
from geodata.errors import UsageError
from geodata.gazetteer import CATALOGUE_YEAR, gazetteer
from geodata.loaders import load_place_pinyin, load_provinces
from geodata.words import LANGUAGES, Filled, Joined, Listed, Message, Name, Words, in_all_languages
from maps.page_words import MATRIX_WORDS, PAGE_WORDS
from maps.style import CENTRE, ZONE_RADIUS_PX, ZOOM
from zones.distance.nearest_hub import cluster_distances, nearest
from zones.hubs import HUB_LAYERS
from zones.inputs import coordinates, located, need_columns
from zones.matrix import UNIT_WORDS
from zones.report.headings import value_words
from zones.report.matrix_tables import round_step


@lru_cache
def _by_first_character() -> dict[str, list[tuple[str, str]]]:
    """Return names of places with their pinyin, by their first character."""
    table: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, pinyin in load_place_pinyin().items():
        table[str(name)[0]].append((str(name), str(pinyin)))
    return dict(table)


def place_pinyin(text: str) -> str:
    """Return the pinyin of the places that a Chinese text names, space-separated, in its order.

    Examples
    --------
    >>> place_pinyin("拉萨经济技术开发区")
    'lasa'
    >>> place_pinyin("东丽经济技术开发区")  # Dongli is its English name
    ''
    """
    table = _by_first_character()
    # every name that begins at a place of the text; each pinyin once
    found = (
        pinyin
        for at, character in enumerate(text)
        for name, pinyin in table.get(character, ())
        if text.startswith(name, at)
    )
    return " ".join(dict.fromkeys(found))


def pinyin_of(texts: Iterable[str]) -> dict[str, str]:
    """Return text -> its places' pinyin, without the texts that have none."""
    found = {text: place_pinyin(text) for text in dict.fromkeys(texts)}
    return {text: pinyin for text, pinyin in found.items() if pinyin}


# Columns that the page knows, in the order of zones.csv: decimals of numbers, None for text.
FIELDS: dict[str, int | None] = {
    "id": None, "code": None, "name": None, "name_en": None, "province": None, "level": None,
    "type": None, "approved": None, "extended": None, "area_ha": 4, "industries": None,
    "remark": None, "lon": 6, "lat": 6, "adcode": None, "geocode_level": None,
    "geocode_method": None, "geocode_source": None, "uncertainty_km": None, "spans": None,
    "geocode_candidates": None, "geocode_reason": None, "gdp_density_yi_per_km2": 4,
    "gdp_estimate_yi_cny": 4,
}  # fmt: skip
# compared with a threshold in the page, so it keeps every digit, as nearest_km does
EXACT = ("uncertainty_km",)
TRANSLATED = ("province", "level", "type")
DIVISIONS = ("adcode", "spans", "geocode_candidates")  # columns of division codes
SIZE_QUANTUM_PX = 0.5
SAMPLES = 3  # circles in the legend, each of a tenth of the area of the next
CLUSTER_KM = ("beijing_km", "zhejiang_km", "guangdong_km")  # columns of `cluster_distances`
CLUSTER_DIGITS = 3
ZONES_COLUMN = Message("zones, column {column!r}")


def page_data(  # noqa: PLR0913, as zone_map
    zones: pd.DataFrame,
    layers: Mapping[str, pd.DataFrame],
    method: str,
    new_hubs: pd.DataFrame | None = None,
    changed: pd.Series[str] | None = None,
    *,
    unit: str | None = None,
    made_up: Collection[str] = (),
    gcj02: bool = False,
) -> dict[str, Any]:
    """Return everything the page needs, ready for JSON.

    Distances and uncertainties keep all digits of a double, so that the page's comparisons with
    a threshold come out as those of `zones.thresholds.count_beyond`.

    Parameters
    ----------
    zones, layers, method, new_hubs, changed, made_up
        As for `maps.page.zone_map`.
    unit
        Of ``nearest_km`` where a matrix gives it; None for distances.
    gcj02
        Give the places on the map in GCJ-02, too.

    Raises
    ------
    UsageError
        When a column is missing, or a position or distance is not a number.
    """
    # what is needed: names, positions, an index without doubles, a layer
    zones = located(zones, "zones")
    need_columns(zones, "zones", ("name", "lon", "lat"))
    coordinates(zones, "zones")
    labels = zones.index.astype(str)
    if labels.has_duplicates:
        raise UsageError(
            Message(
                "zones: {label!r} stands twice in the index; accepted: once",
                label=labels[labels.duplicated()][0],
            )
        )
    if not layers:
        raise UsageError(Message("hubs: at least one layer is needed"))
    layers = {name: located(hubs, f"hubs of layer {name!r}") for name, hubs in layers.items()}
    # columns that the table has, of those that the page knows
    frame = zones.assign(id=labels)
    columns = {name: _column(frame[name], name) for name in FIELDS if name in frame}
    radii_px, samples = _radii_px(zones)
    return {
        "languages": list(LANGUAGES),
        "words": _words(unit),
        "measure": None if unit is None else _measure(zones["nearest_km"], unit),
        "terms": _terms(frame, layers),
        "columns": columns,
        "pinyin": pinyin_of(str(t) for n in ("name", "province") if n in frame for t in frame[n]),
        "divisions": _divisions(frame, gcj02),
        "place": _place(zones, gcj02) if gcj02 else None,
        "radius_px": radii_px,
        "size_samples": samples,
        "layers": [
            {
                "key": name,
                "name": in_all_languages(layer_name(name, hubs, made_up=name in made_up)),
                "made_up": name in made_up,
                "method": method,
                "cluster_km": _cluster_km(zones, hubs, method, own=not at),
                **_layer(
                    hubs,
                    _found(name, hubs, zones, method, own=not at) if unit is None else zones,
                    gcj02,
                ),
            }
            for at, (name, hubs) in enumerate(layers.items())
        ],
        "new_hubs": None if new_hubs is None else _new_hubs(new_hubs, gcj02),
        "changed": None if changed is None else {"zones": _changes(changed, zones.index)},
        "home": {"centre": CENTRE, "zoom": ZOOM},
    }


def _column(column: pd.Series[Any], name: str) -> dict[str, Any]:
    """Return a column as plain values, or as codes into a dictionary where values repeat."""
    digits = FIELDS[name]
    what = ZONES_COLUMN.fill(column=name)
    if name in EXACT:
        return {
            "number": _numbers(
                _checked(column, what, Message("a number of at least 0, in km"), low=0.0)
            )
        }
    if digits is not None:
        numbers = _checked(column, what, Message("a number, or nothing"), blank=True)
        return {"number": _numbers(numbers.round(digits))}
    texts = column.fillna("").astype(str)
    # a dictionary makes the file smaller where at least every second text is a repetition
    codes, dictionary = pd.factorize(texts)
    if len(dictionary) * 2 > len(texts):
        return {"text": texts.tolist()}
    return {"codes": codes.tolist(), "dictionary": [str(d) for d in dictionary]}


def _checked(
    column: pd.Series[Any],
    what: Words,
    accepted: Words,
    *,
    low: float = -math.inf,
    blank: bool = False,
) -> pd.Series[float]:
    """Return a column as numbers; the first cell that is none, or below `low`, is an error."""
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    bad = ~np.isfinite(numbers.to_numpy()) | (numbers.to_numpy() < low)
    if blank:
        bad &= ~column.isna().to_numpy()
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        cell = column.iloc[row]
        shown = repr(cell) if isinstance(cell, str) else cell
        raise UsageError(
            Message(
                "{what}, row {row}: {shown}; accepted: {accepted}",
                what=what,
                row=column.index[row],
                shown=shown,
                accepted=accepted,
            )
        )
    return numbers


def _numbers(numbers: Iterable[float]) -> list[float | int | None]:
    """Return numbers for JSON: whole ones without a decimal point, None for those unknown."""
    plain = (float(n) for n in numbers)
    return [None if not np.isfinite(n) else int(n) if n.is_integer() else n for n in plain]


def _terms(frame: pd.DataFrame, layers: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """Return words of the tables -> what they are in each language."""
    # all values that the page shows in another language: of zones, and clusters of hubs
    found = {str(v) for name in TRANSLATED if name in frame for v in frame[name].unique()}
    for hubs in layers.values():
        if "cluster" in hubs:
            found |= {str(v) for v in hubs["cluster"].unique()}
    # provinces have their English in a table, other values in the words of the report
    english = load_provinces()["province_en"]
    terms = {}
    for word in sorted(found):
        words = Name(str(english[word]), word) if word in english else value_words(word) or word
        said = in_all_languages(words)
        if set(said) != {word}:
            terms[word] = said
    return terms


def _divisions(frame: pd.DataFrame, gcj02: bool) -> dict[str, list[Any]]:
    """Return code -> English and Chinese name, longitude and latitude on the map (or None)."""
    # every code of every cell; a cell may hold several, separated by semicolons
    present = [name for name in DIVISIONS if name in frame]
    codes = {
        code for name in present for cell in frame[name].unique() for code in str(cell).split(";")
    }
    if codes <= {"", "nan"}:
        return {}
    known = gazetteer(CATALOGUE_YEAR).by_adcode
    rows = {}
    for code in sorted(codes & set(known)):
        d = known[code]
        lon, lat = wgs84_to_gcj02(d.lon, d.lat) if gcj02 else (d.lon, d.lat)
        seat = [round(float(lon), 5), round(float(lat), 5)] if d.has_seat else [None, None]
        rows[code] = [d.name_en, d.name, *seat]
    return rows


def _place(frame: pd.DataFrame, gcj02: bool) -> dict[str, list[Any]]:
    """Return where points are drawn."""
    lon, lat = frame["lon"].to_numpy(float), frame["lat"].to_numpy(float)
    if gcj02:
        lon, lat = wgs84_to_gcj02(lon, lat)
    return {"lon": _numbers(lon.round(6)), "lat": _numbers(lat.round(6))}


def _radii_px(zones: pd.DataFrame) -> tuple[list[float | int | None], list[list[float]]]:
    """Return radii that grow with the zones' areas, and areas (ha) with theirs for the legend."""
    low, high = ZONE_RADIUS_PX
    area_ha = zones["area_ha"].fillna(0.0).astype(float) if "area_ha" in zones else pd.Series()
    # without areas all circles are alike, a little larger than the smallest
    largest_ha = float(area_ha.max()) if len(area_ha) else 0.0
    if largest_ha <= 0:
        return [low + 1] * len(zones), []

    def radius_px(area_ha: pd.Series[float]) -> list[float | int | None]:
        """Return radii that grow with the root of the area, in few steps for a smaller file."""
        radius = low + (high - low) * (area_ha.clip(lower=0.0) / largest_ha) ** 0.5
        return _numbers((radius / SIZE_QUANTUM_PX).round() * SIZE_QUANTUM_PX)

    # circles of the legend: powers of ten up to the largest area
    top = math.floor(math.log10(largest_ha))
    sample_ha = [10.0**power for power in range(top - SAMPLES + 1, top + 1)]
    return radius_px(area_ha), [
        [area, float(radius or low)]
        for area, radius in zip(sample_ha, radius_px(pd.Series(sample_ha)), strict=True)
    ]


def _found(
    name: str, hubs: pd.DataFrame, zones: pd.DataFrame, method: str, *, own: bool
) -> pd.DataFrame:
    """Return each zone's nearest hub and distance; those the zones bring, for the first layer."""
    need_columns(hubs, f"hubs of layer {name!r}", ("lon", "lat"))
    if not (own and {"nearest_hub", "nearest_km"} <= set(zones)):
        return nearest(zones, hubs, method=method)
    # distances that the zones bring: numbers, and hubs that the layer has
    accepted = Message("a number of at least 0, in km")
    _checked(zones["nearest_km"], ZONES_COLUMN.fill(column="nearest_km"), accepted, low=0.0)
    unknown = ~zones["nearest_hub"].isin(hubs.index).to_numpy()
    if unknown.any():
        row = int(np.flatnonzero(unknown)[0])
        raise UsageError(
            Message(
                "zones, column 'nearest_hub', row {row}: {hub!r}; accepted: a hub of layer "
                "{layer!r}",
                row=zones.index[row],
                hub=zones["nearest_hub"].iloc[row],
                layer=name,
            )
        )
    return zones[["nearest_hub", "nearest_km"]]


def layer_name(name: str, hubs: pd.DataFrame, *, made_up: bool = False) -> Words:
    """Return a hub layer's name; one that a caller names himself keeps it.

    The clusters are those that `hubs` has, since a study may have left some out.
    """
    title: Words
    if name in HUB_LAYERS:
        names = list(dict.fromkeys(hubs["cluster"])) if "cluster" in hubs else []
        clusters = Listed(value_words(str(c)) or str(c) for c in names)
        title = Filled(HUB_LAYERS[name].map_title, clusters=clusters)
    else:
        title = PAGE_WORDS["layer_hubs"] if name == "hubs" else Joined((name,))
    return title + PAGE_WORDS["made_up"] if made_up else title


def _cluster_km(
    zones: pd.DataFrame, hubs: pd.DataFrame, method: str, *, own: bool
) -> dict[str, list[float | int | None]] | None:
    """Return the distance to each cluster's nearest hub of a layer; None for plain zones.

    For the first layer they are those that the zones bring.
    """
    if not set(CLUSTER_KM) <= set(zones) or "cluster" not in hubs:
        return None
    found = zones if own else cluster_distances(zones, hubs, method=method)
    return {name: _numbers(found[name].astype(float).round(CLUSTER_DIGITS)) for name in CLUSTER_KM}


def _layer(hubs: pd.DataFrame, found: pd.DataFrame, gcj02: bool) -> dict[str, Any]:
    """Return a layer's hubs, and the row and the distance of each zone's nearest one."""
    row_of: dict[Any, int] = {}
    for row, hub in enumerate(hubs.index):
        row_of.setdefault(hub, row)  # where two hubs have one name, it means the first
    names = [str(n) for n in hubs.index]
    return {
        "hubs": {
            **_place(hubs, gcj02),
            "name": names,
            "name_en": _texts(hubs, "hub_en", names),
            "cluster": _texts(hubs, "cluster", ["Other"] * len(hubs)),
            "companies": [int(n) for n in hubs["companies"]] if "companies" in hubs else None,
        },
        # by a matrix there may be no way to any hub: -1, and null for the way
        "nearest_hub": [row_of.get(hub, -1) for hub in found["nearest_hub"]],
        "nearest_km": [float(d) if d < math.inf else None for d in found["nearest_km"]],
    }


def _new_hubs(new_hubs: pd.DataFrame, gcj02: bool) -> dict[str, list[Any]]:
    """Return the proposed hubs: positions and names in both languages."""
    new_hubs = located(new_hubs, "new hubs")
    need_columns(new_hubs, "new hubs", ("name", "lon", "lat"))
    names = [str(n) for n in new_hubs["name"]]
    return {**_place(new_hubs, gcj02), "name": names, "name_en": _texts(new_hubs, "name_en", names)}


def _words(unit: str | None) -> dict[str, list[str]]:
    """Return what the page says, in every language; by a matrix in its unit."""
    if unit is None:
        return {key: in_all_languages(word) for key, word in PAGE_WORDS.items()}
    units = in_all_languages(UNIT_WORDS[unit])
    return {
        key: [text.replace("{unit}", units[n]) for n, text in enumerate(in_all_languages(word))]
        for key, word in (PAGE_WORDS | MATRIX_WORDS).items()
    }


def _measure(nearest: pd.Series[float], unit: str) -> dict[str, Any]:
    """Return the unit of a matrix, and the end and the step of the slider."""
    end = float(nearest.replace(math.inf, math.nan).max())
    step = round_step(end if math.isfinite(end) else 1.0, SLIDER_STEPS)
    return {"unit": unit, "step": step, "end": math.ceil(max(end, step) / step) * step}


SLIDER_STEPS = 600
CHANGES = ("", "gained", "lost")  # how a zone changes side, as the page counts them


def _changes(changed: pd.Series[str], labels: pd.Index) -> list[int]:
    """Return of each zone how it changes side, as a place in `CHANGES`."""
    unknown = [name for name in changed.unique() if name not in CHANGES[1:]]
    absent = changed.index.difference(labels)
    if unknown or len(absent):
        raise UsageError(
            Message(
                "zones that change side: {what!r}; accepted: labels of zones, each with one of "
                "{words}",
                what=unknown[0] if unknown else absent[0],
                words=Listed(CHANGES[1:]),
            )
        )
    return [CHANGES.index(each) for each in changed.reindex(labels).fillna("")]


def _texts(frame: pd.DataFrame, name: str, default: list[str]) -> list[str]:
    """Return a column as text, or the default where the frame does not have it."""
    return [str(cell) for cell in frame[name]] if name in frame else default
