"""Studies beside each other as tables, and as a folder of files with their manifest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from geodata.errors import UsageError
from geodata.registry import product_version, sha256
from geodata.words import ENGLISH, Joined, Listed, Message, Words, has_chinese_names
from zones.matrix import UNIT_WORDS
from zones.parameters import SYNTHETIC
from zones.report.comparison import ComparedStudy, Comparison
from zones.report.files import write_tables
from zones.report.licences import NAME, source_line, write_comparison_sources
from zones.report.matrix_tables import matrix_sentences
from zones.report.provenance import write_json
from zones.report.sources import BETWEEN, credited, sources
from zones.report.tables import ReportTable
from zones.writing import MANIFEST, followed, recorded_outputs

MAP = "map.html"
TITLES = {
    "compare_counts": Message("Studies compared: zones beyond"),
    "compare_parameters": Message("Studies compared: what was asked otherwise"),
    "compare_sides": Message("Zones that change side between the studies"),
    "compare_provinces": Message("Studies compared: zones beyond, by province"),
}
NOTES = {
    "studies": Message("Studies: {studies}."),
    "beyond": Message("Beyond: strictly farther than the threshold from the nearest hub."),
    "first": Message(
        "Each study has its own first threshold: {thresholds}. Beyond: strictly farther from the "
        "nearest hub."
    ),
    "interval": Message(
        "5 % and 95 %: the widest of the 90 % intervals of the count, whichever zones err alike. "
        "Beyond if all nearer / farther: every position wrong by its radius, all one way at once."
    ),
    "no_interval": Message("The interval of {study} is not known: {why}."),
    "remark": Message("{study}: {what}."),
    "same": Message("No parameter and no table that was read differs."),
    "output": Message("How outputs are written is not compared; a dash says: not given."),
    "common": Message("{common:,} zones that all studies have; of these {sides:,} change side."),
    "only": Message("Zones that not all studies have, in no comparison of sides: {counts}."),
    "by_name": Message(
        "{count:,} zones are the same by name and province, their identifiers differ."
    ),
    "own_zones": Message("Each study's own zones are counted."),
    "gdp": Message("Zone GDP is an estimate: approved area × provincial GDP / urban land."),
}
THRESHOLD = Message("{study} {threshold:g} {unit}")
MADE_UP = Message("its companies are made up (synthetic)")
NO_PLACE = Message("zones without a place, in no count: {count:,}")
OF_STUDY = Message("{study}: {what}")
ON_MAP = Message(
    "against {studies}; each at its own threshold ({thresholds}), wherever the slider stands"
)


def comparison_tables(comparison: Comparison, language: str) -> list[ReportTable]:
    """Return the tables of studies beside each other, in a language."""
    frames = {
        "compare_counts": comparison.counts,
        "compare_parameters": comparison.parameters,
        "compare_sides": comparison.sides,
        "compare_provinces": comparison.provinces,
    }
    words = {} if has_chinese_names(language) else _english(comparison)
    return [
        ReportTable(
            key,
            frame.reset_index(drop=True),
            TITLES[key].in_language(language),
            tuple(note.in_language(language) for note in _notes(key, comparison)),
            language,
            words,
        )
        for key, frame in frames.items()
    ]


def _english(comparison: Comparison) -> dict[str, str]:
    """Return the English names of the provinces and hubs."""
    words: dict[str, str] = {}
    for each in comparison.studies:
        words |= {str(k): str(v) for k, v in each.result.provinces["province_en"].items()}
        words |= {str(k): str(v) for k, v in each.result.hubs["hub_en"].items()}
    return words


def _notes(key: str, comparison: Comparison) -> Iterable[Words]:
    """Give the notes of a table, the source line last."""
    studies = comparison.studies
    named = (OF_STUDY.fill(study=each.label, what=each.name) for each in studies)
    yield NOTES["studies"].fill(studies=Listed(named, BETWEEN))
    if key == "compare_counts":
        yield NOTES["beyond"]
        yield NOTES["interval"]
        for each in studies:
            if each.no_interval is not None:
                yield NOTES["no_interval"].fill(study=each.label, why=each.no_interval)
        yield NOTES["gdp"]
    elif key == "compare_parameters":
        if comparison.parameters.empty:
            yield NOTES["same"]
        yield NOTES["output"]
    else:
        yield NOTES["first"].fill(thresholds=_thresholds(studies))
        yield from common_zones(comparison) if key == "compare_sides" else (NOTES["own_zones"],)
    for each in studies:
        yield from _remarks(each)
    # each source once
    named_sources = {
        Joined((part,)).in_language(ENGLISH): part
        for each in studies
        for part in sources(credited(each.result.study, each.result.zones)).parts
    }
    yield source_line(Listed(named_sources.values(), BETWEEN))


def _remarks(each: ComparedStudy) -> Iterable[Words]:
    """Give what else a reader should know of a study."""
    remarks = list(each.remarks)
    if each.result.study.registrations == SYNTHETIC:
        remarks.append(MADE_UP)
    if len(each.result.unplaced):
        remarks.append(NO_PLACE.fill(count=len(each.result.unplaced)))
    # whole sentences, with their full stop
    for sentence in matrix_sentences(each.result)[1:-1]:
        yield OF_STUDY.fill(study=each.label, what=sentence)
    for remark in remarks:
        yield NOTES["remark"].fill(study=each.label, what=remark)


def common_zones(comparison: Comparison) -> Iterable[Words]:
    """Give how many zones are compared, and which are in no comparison."""
    yield NOTES["common"].fill(common=comparison.common, sides=len(comparison.sides))
    if any(comparison.only.values()):
        only = comparison.only
        counts = _per_study(comparison.studies, lambda study: f"{only[study.label]:,}")
        yield NOTES["only"].fill(counts=counts)
    if comparison.by_name:
        yield NOTES["by_name"].fill(count=comparison.by_name)


def map_note(comparison: Comparison) -> Words:
    """Return what the map of the first study says of the zones that change side."""
    studies = comparison.studies
    named = (OF_STUDY.fill(study=each.label, what=each.name) for each in studies[1:])
    return ON_MAP.fill(studies=Listed(named, BETWEEN), thresholds=_thresholds(studies))


def _thresholds(studies: Sequence[ComparedStudy]) -> Listed:
    return Listed(
        (
            THRESHOLD.fill(
                study=each.label, threshold=each.threshold, unit=UNIT_WORDS[each.result.unit]
            )
            for each in studies
        ),
        BETWEEN,
    )


def _per_study(studies: Sequence[ComparedStudy], said: Callable[[ComparedStudy], str]) -> Listed:
    return Listed((Joined((f"{each.label} ", said(each))) for each in studies), BETWEEN)


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison for programs: numbers not rounded, null where one is not known."""
    frames = {
        "parameters": comparison.parameters,
        "counts": comparison.counts,
        "sides": comparison.sides,
        "provinces": comparison.provinces,
    }
    tables = {
        name: json.loads(frame.to_json(orient="records", force_ascii=False))
        for name, frame in frames.items()
    }
    return {**tables, "zones": _zone_counts(comparison)}


def _zone_counts(comparison: Comparison) -> dict[str, Any]:
    return {
        "common": comparison.common,
        "not_in_all": comparison.only,
        "matched_by_name": comparison.by_name,
        "change_side": len(comparison.sides),
    }


# ---- as files


def comparison_files(formats: Sequence[str]) -> list[str]:
    """Return the names that `write_comparison` may write."""
    each = [f"{key}.csv" for key in TITLES] if "csv" in formats else []
    whole = [f"tables.{kind}" for kind in formats if kind != "csv"]
    return [*each, *whole, MAP, NAME, MANIFEST]


def check_folder_of_comparison(folder: Path, inputs: Iterable[Path] = ()) -> None:
    """Refuse a folder that is compared itself, or holds another run: its manifest would be lost.

    Raises
    ------
    UsageError
        When it is refused.
    """
    if any(path.is_dir() and followed(path) == followed(folder) for path in inputs):
        raise UsageError(
            Message("--out: {out} is the input itself; accepted: another folder", out=folder)
        )
    recorded = recorded_outputs(folder)
    if recorded and not any(name.startswith(("compare_", "tables.")) for name in recorded):
        raise UsageError(
            Message(
                "--out: {folder} holds the result of a run; accepted: another folder", folder=folder
            )
        )


def write_comparison(  # noqa: PLR0913, PLR0917, what a folder is made of
    comparison: Comparison,
    tables: list[ReportTable],
    formats: Sequence[str],
    stage: Path,
    page: str | None = None,
    drawn: Iterable[Words] = (),
) -> None:
    """Write tables, map, SOURCES.md and manifest of a comparison into a staged folder.

    Parameters
    ----------
    comparison
        The studies.
    tables
        As `comparison_tables` gives them.
    formats
        See `zones.report.files.write_tables`.
    stage
        Of `zones.writing.staged`.
    page
        The map of the first study with the zones that change side; None where its hubs are not
        known.
    drawn
        What the map says of its lines.
    """
    write_tables(tables, tuple(formats), stage)
    names = sorted(path.name for path in stage.iterdir())
    files = {"tables": names}
    if page is not None:
        (stage / MAP).write_text(page, encoding="utf-8", newline="")
        files["map"] = [MAP]
    results = [each.result for each in comparison.studies]
    write_comparison_sources(results, tables[0].language, stage / NAME, files, drawn)
    write_json(_manifest(comparison, stage), stage / MANIFEST)


def _manifest(comparison: Comparison, stage: Path) -> dict[str, Any]:
    """Describe a comparison, without a time stamp."""
    return {
        "zonegap": product_version(),
        "compared": [
            {
                "label": each.label, "name": Path(each.name).name, "zonegap": each.version,
                "parameters": each.parameters, "sha256": each.inputs,
            }
            for each in comparison.studies
        ],
        "counts": _zone_counts(comparison),
        "outputs": {path.name: sha256(path) for path in sorted(stage.iterdir())},
    }  # fmt: skip
