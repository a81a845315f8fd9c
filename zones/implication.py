"""What the published count implies about the hubs behind it, in one sentence."""

from __future__ import annotations

from geodata.loaders import load_published_figures
from zones.leave_one_out import leave_one_hub_out
from zones.parameters import DEFAULT_LAYER, PUBLISHED_BEYOND_ID, THRESHOLD_KM
from zones.pipeline import StudyResult
from zones.thresholds import count_beyond
from zones.words.wording import pick
from zones.words.wording_notes import IMPLICATION, LAYER_PLACES


def implication(result: StudyResult) -> str:
    """Say which built-in hub layers fit the published count, in the study's language.

    The sentence is put together from the counts of this study at the report's own threshold, so
    it changes with them. It is "" where it would mean nothing: with zones other than the
    catalogue's, or with hubs of some provinces only.
    """
    study = result.study
    if study.zones_table is not None or study.hub_provinces is not None:
        return ""
    language = study.language
    published = int(load_published_figures()["value"][PUBLISHED_BEYOND_ID])
    inside: list[str] = []
    outside: list[str] = []
    for layer, words in LAYER_PLACES.items():
        distance_km = result.distance_under(layer, study.distance_method)
        row = count_beyond(distance_km, result.zones["uncertainty_km"], [THRESHOLD_KM]).iloc[0]
        band = int(row["surely"]), int(row["possibly"])
        place = pick(IMPLICATION["layer"], language).format(
            places=pick(words, language),
            beyond=int(row["beyond"]),
            surely=band[0],
            possibly=band[1],
        )
        (inside if band[0] <= published <= band[1] else outside).append(place)
    joint = pick(IMPLICATION["joint"], language)
    key = "fits_none" if not inside else "fits" if outside else "fits_all"
    sentence = pick(IMPLICATION[key], language).format(
        published=published,
        threshold_km=THRESHOLD_KM,
        inside=joint.join(inside),
        outside=joint.join(outside),
    )
    if not inside:
        return sentence + pick(IMPLICATION["end"], language)
    return sentence + pick(IMPLICATION["edge"], language).format(edge=_edge(result))


def _edge(result: StudyResult) -> str:
    """Return the hubs of the default layer whose loss moves the count, each with how much."""
    study, hubs = result.study, result.hubs_of(DEFAULT_LAYER)
    table = leave_one_hub_out(result.zones, hubs, THRESHOLD_KM, method=study.distance_method)
    moving = table[table["more_beyond"] > 0]
    names = moving["hub"] if study.language == "zh" else moving["hub"].map(hubs["hub_en"])
    parts = [f"{name} +{more}" for name, more in zip(names, moving["more_beyond"], strict=True)]
    return pick((", ", "、"), study.language).join(parts)
