"""The report's count of zones beyond its threshold: what it implies, and what would give it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.gazetteer import CATALOGUE_YEAR, gazetteer
from geodata.loaders import load_published_figures
from geodata.words import Joined, Listed, Message, Name, Words
from zones.distance.nearest_hub import nearest, pairwise_km
from zones.hubs import HUB_LAYERS, THREE, hub_layer
from zones.parameters import (
    DEFAULT_LAYER,
    DISTANCE_METHODS,
    PUBLISHED_BEYOND_ID,
    SYNTHETIC,
    THRESHOLD_KM,
)
from zones.pipeline import StudyResult, located_zones, study_hubs
from zones.sensitivity import leave_one_hub_out
from zones.study import Study
from zones.thresholds import threshold_for_count

SHOWN = 3  # equally good choices of hubs that a row names


def published_count() -> int:
    """Return the report's number of zones beyond its threshold."""
    return int(load_published_figures()["value"][PUBLISHED_BEYOND_ID])


def is_comparable(result: StudyResult) -> bool:
    """Whether the report's count says something of a study: all its zones, hubs of all three."""
    study = result.study
    return study.zones_table is None and not study.filtered and study.hub_provinces is None


def compared_layers() -> list[str]:
    """Return the hub layers that are set against the report's count."""
    return [layer.key for layer in HUB_LAYERS.values() if layer.sentence is not None]


# between the layers of the sentence
ALTERNATIVES = Message(", or in ")
IMPLICATION = {
    "layer": Message("{places} ({beyond:,} [{low:,}–{high:,}])"),
    "fits": Message(
        "{published:,} zones beyond {threshold_km:g} km lies in the 90 % interval of hubs in "
        "{inside}; not in that of hubs in {outside}"
    ),
    "fits_all": Message(
        "{published:,} zones beyond {threshold_km:g} km lies in the 90 % interval of every hub "
        "layer compared, {inside}: the count does not tell them apart"
    ),
    "fits_none": Message(
        "{published:,} zones beyond {threshold_km:g} km lies in the 90 % interval of no hub layer "
        "compared: not of hubs in {outside}; the first is nearest, {differs:+,} "
        "({differs_pct:+.1f} %)"
    ),
    "edge": Message(
        ". The count turns on the edge cities, whose loss alone moves it ({edge}), and says "
        "nothing of how many companies lie behind them."
    ),
}


def implication(result: StudyResult) -> Words | None:
    """Say in the interval of which built-in hub layers the published count lies.

    The sentence is put together from the counts of this study at the report's own threshold, so
    it changes with them. It is None where it would mean nothing: with zones other than the
    whole catalogue, or with hubs of some provinces only.
    """
    if not is_comparable(result):
        return None
    published = published_count()
    inside: list[Words] = []
    outside: list[tuple[int, Words]] = []
    for layer in compared_layers():
        distance_km = result.distance_under(layer, result.study.distance_method)
        far = int((distance_km > THRESHOLD_KM).sum())
        low, high = result.interval(layer, THRESHOLD_KM)
        place = IMPLICATION["layer"].fill(
            places=HUB_LAYERS[layer].sentence, beyond=far, low=low, high=high
        )
        if low <= published <= high:
            inside.append(place)
        else:
            outside.append((far - published, place))
    # the nearest first
    outside.sort(key=lambda each: abs(each[0]))
    key = "fits_none" if not inside else "fits" if outside else "fits_all"
    differs = outside[0][0] if outside else 0
    sentence = IMPLICATION[key].fill(
        published=published,
        threshold_km=THRESHOLD_KM,
        inside=Listed(inside, ALTERNATIVES),
        outside=Listed([place for _, place in outside], ALTERNATIVES),
        differs=differs,
        differs_pct=100.0 * differs / published,
    )
    return sentence + IMPLICATION["edge"].fill(edge=_hubs_that_move_the_count(result))


def _hubs_that_move_the_count(result: StudyResult) -> Words:
    """Return the hubs of the default layer whose loss moves the count, each with how much."""
    study, hubs = result.study, result.hubs_of(DEFAULT_LAYER)
    table = leave_one_hub_out(result.zones, hubs, THRESHOLD_KM, method=study.distance_method)
    moving = table[table["more_beyond"] > 0]
    return Listed(
        Joined((Name(str(hubs["hub_en"][hub]), str(hub)), f" +{more}"))
        for hub, more in zip(moving["hub"], moving["more_beyond"], strict=True)
    )


@dataclass(frozen=True)
class HubChoice:
    """Hubs left out or added that bring a count nearest to a wanted one.

    Attributes
    ----------
    beyond
        The count with them.
    ways
        How many choices of as many hubs give it.
    hubs
        Up to `SHOWN` of these choices, each the row numbers of its hubs.
    """

    beyond: int
    ways: int
    hubs: list[tuple[int, ...]]


def best_left_out(within: NDArray[np.bool_], how_many: int, wanted: int) -> HubChoice:
    """Search all choices of one or two hubs to leave out for the count nearest to `wanted`.

    Parameters
    ----------
    within
        Which zone lies within the threshold of which hub, shape (zones, hubs).
    how_many
        1 or 2.
    wanted
        Number of zones beyond.

    Notes
    -----
    Without a hub the zones are lost that no other holds; without two, also those that only both
    hold: counted for all pairs at once by a product of matrices.
    """
    holders = within.sum(axis=1)
    alone = within[holders == 1].sum(axis=0)
    only_two = within[holders == 2].astype(np.int64)
    both = only_two.T @ only_two
    return _best(int((holders == 0).sum()), alone, both, how_many, wanted)


def best_added(covers: NDArray[np.bool_], how_many: int, wanted: int) -> HubChoice:
    """Search all choices of one or two hubs to add for the count nearest to `wanted`.

    Parameters
    ----------
    covers
        Which zone beyond lies within the threshold of which candidate, shape (zones beyond,
        candidates).
    how_many
        1 or 2.
    wanted
        Number of zones beyond.
    """
    each = covers.astype(np.int64)
    # a zone that both hold is brought within reach once
    return _best(len(covers), -each.sum(axis=0), each.T @ each, how_many, wanted)


def _best(
    base: int, single: NDArray[np.int64], both: NDArray[np.int64], how_many: int, wanted: int
) -> HubChoice:
    """Return the best of all choices; `both` is what two change beyond the sum of each."""
    choices: list[tuple[int, ...]]
    if how_many == 1:
        choices = [(number,) for number in range(len(single))]
        counts = base + single
    else:
        first, second = np.triu_indices(len(single), k=1)
        choices = list(zip(first.tolist(), second.tolist(), strict=True))
        counts = base + single[first] + single[second] + both[first, second]
    differs = np.abs(counts - wanted)
    # where two counts are equally near, the greater
    nearest_count = int(counts[differs == differs.min()].max())
    found = np.flatnonzero(counts == nearest_count)
    return HubChoice(nearest_count, len(found), [choices[n] for n in found[:SHOWN]])


def what_would_give_table(result: StudyResult) -> pd.DataFrame:
    """Return what would bring the count to the report's, or how near: one change a row.

    Returns
    -------
    pandas.DataFrame
        ``change`` (what is done), ``hub_layer``, ``hubs`` (those left out or added, each choice
        after a semicolon), ``ways`` (how many choices of as many hubs give that count),
        ``threshold_km``, ``beyond``, ``low_5_pct`` and ``high_95_pct`` (widest 90 % interval,
        where the positions are the study's), ``difference`` (``beyond`` less the report's).
    """
    published = published_count()
    table = pd.DataFrame(list(_changes(result, published)))
    table["difference"] = table["beyond"] - published
    whole = ["ways", "low_5_pct", "high_95_pct"]
    table[whole] = table[whole].astype("Int64")
    return table


def _changes(result: StudyResult, published: int) -> Iterator[dict[str, object]]:
    study = result.study
    method = study.distance_method
    for layer in compared_layers():
        near_km = result.distance_under(layer, method)
        low, high = result.interval(layer, THRESHOLD_KM)
        far = int((near_km > THRESHOLD_KM).sum())
        yield _row("none", layer, far, low_5_pct=low, high_95_pct=high)
        from_km, to_km = threshold_for_count(near_km, published)
        middle_km = _short(from_km, to_km)
        yield _row("threshold", layer, int((near_km > middle_km).sum()), threshold_km=middle_km)
        yield _row("at_or_beyond", layer, int((near_km >= THRESHOLD_KM).sum()))
        other = next(each for each in DISTANCE_METHODS if each != method)
        other_km = result.distance_under(layer, other)
        yield _row(other, layer, int((other_km > THRESHOLD_KM).sum()))
        yield from _hub_choices(result, layer, far, published)
    yield from _other_hubs_and_positions(result)


def _short(low_km: float, high_km: float) -> float:
    """Return the number of fewest decimals from low to below high, near their middle."""
    middle_km = (low_km + high_km) / 2.0
    for decimals in range(9):
        short_km = round(middle_km, decimals)
        if low_km <= short_km < high_km:
            return short_km
    return middle_km


def _row(change: str, layer: str, beyond: int, **more: object) -> dict[str, object]:
    row: dict[str, object] = {"change": change, "hub_layer": layer, "hubs": "", "ways": None}
    row |= {"threshold_km": THRESHOLD_KM, "beyond": beyond, "low_5_pct": None, "high_95_pct": None}
    return row | more


def _hub_choices(
    result: StudyResult, layer: str, far: int, published: int
) -> Iterator[dict[str, object]]:
    """Yield the best of one and of two hubs left out where too few are beyond, added where many."""
    hubs, method = result.hubs_of(layer), result.study.distance_method
    every = hub_layer(DEFAULT_LAYER)
    candidates = every.drop(hubs.index, errors="ignore")
    for how_many in (1, 2):
        if far < published:
            within = pairwise_km(result.zones, hubs, method=method) <= THRESHOLD_KM
            best, names, change = best_left_out(within, how_many, published), hubs, "without"
        elif len(candidates) >= how_many:
            beyond = result.zones[result.distance_under(layer, method) > THRESHOLD_KM]
            covers = pairwise_km(beyond, candidates, method=method) <= THRESHOLD_KM
            best, names, change = best_added(covers, how_many, published), candidates, "with"
        else:
            continue
        said = "; ".join(", ".join(names.index[list(choice)]) for choice in best.hubs)
        more = {"hubs": said + ("; …" if best.ways > SHOWN else ""), "ways": best.ways}
        yield _row(f"{change}_{how_many}", layer, best.beyond, **more)


def _other_hubs_and_positions(result: StudyResult) -> Iterator[dict[str, object]]:
    """Yield the count with other places as hubs, and with the zones in other places."""
    study = result.study

    def count(zones: pd.DataFrame, hubs: pd.DataFrame) -> int:
        near_km = nearest(zones, hubs, method=study.distance_method)["nearest_km"]
        return int((near_km > THRESHOLD_KM).sum())

    yield _row("county_seats", "file", count(result.zones, county_seats(THREE)))
    built_in = Study(year=study.year, hub_layer="registrations", registrations=SYNTHETIC)
    made_up = study_hubs(built_in).hubs
    yield _row("made_up", "registrations", count(result.zones, made_up))
    hubs = result.hubs_of(DEFAULT_LAYER)
    osm = located_zones(replace(study, openstreetmap=not study.openstreetmap)).placed
    yield _row("openstreetmap" if not study.openstreetmap else "no_openstreetmap", DEFAULT_LAYER,
               count(osm, hubs))  # fmt: skip
    yield _row("zones_at_seats", DEFAULT_LAYER, count(at_county_seats(result.zones), hubs))


def county_seats(provinces: tuple[str, ...]) -> pd.DataFrame:
    """Return the seats of all counties and districts of provinces, by code: ``lon``, ``lat``."""
    rows = [
        (d.adcode, d.lon, d.lat)
        for d in sorted(gazetteer(CATALOGUE_YEAR).current, key=lambda d: d.adcode)
        if d.level == "county" and d.has_seat and d.province_adcode in provinces
    ]
    return pd.DataFrame(rows, columns=["adcode", "lon", "lat"]).set_index("adcode")


def at_county_seats(zones: pd.DataFrame) -> pd.DataFrame:
    """Return the zones' ``lon`` and ``lat``, each at the seat of its county where one is known."""
    names = gazetteer(CATALOGUE_YEAR)
    seats = county_seats(tuple(d.adcode for d in names.current if d.level == "province"))
    at_seats = seats.reindex(zones["adcode"].astype(str)).set_axis(zones.index)
    return at_seats.fillna(zones[["lon", "lat"]])


def hub_names(table: pd.DataFrame) -> dict[str, str]:
    """Return the cells of ``hubs`` of `what_would_give_table` -> the same in English."""
    english = {str(k): str(v) for k, v in hub_layer(DEFAULT_LAYER)["hub_en"].items()}
    return {
        cell: "; ".join(
            ", ".join(english.get(name, name) for name in choice.split(", "))
            for choice in cell.split("; ")
        )
        for cell in set(table["hubs"]) - {""}
    }
