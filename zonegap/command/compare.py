"""The command ``zonegap compare``: studies beside each other, and the zones that change side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from geodata.errors import UsageError
from geodata.words import Message, Words, language_in_use, use_language
from zonegap.command.help import OUTPUT
from zonegap.command.options import (
    Force,
    Json,
    MessageLang,
    argument,
    not_both,
    only_with,
    option,
    parts_of,
    result_of,
    study_of,
    words_of,
)
from zonegap.console import note, show, show_table
from zones.study import BOUNDARIES, FORMATS, PROVINCE_LINES, Study
from zones.writing import Guard, reserved, staged

if TYPE_CHECKING:
    from zones.report.comparison import Comparison

LEAST, MOST = 2, 26  # studies; each has a letter
SHOWN = 20  # zones that change side, on a terminal
NO_INTERVAL = Message("its 90 % interval is not known: {why}")
OF_STUDY = Message("{study}: {what}")


def compare(
    studies: Annotated[
        list[Path],
        argument("A B [C ...]", Message("Study files (TOML) or output folders of zonegap run.")),
    ],
    out: Annotated[
        Path | None,
        option("--out", "PATH", Message("Folder of tables, map, SOURCES.md, manifest."), OUTPUT),
    ] = None,
    formats: Annotated[
        str | None,
        words_of("--formats", FORMATS, "LIST", Message("Comma-separated"), OUTPUT),
    ] = None,
    as_json: Json = False,
    force: Force = False,
    lang: MessageLang = None,
) -> None:
    """Compare studies: parameters that differ, counts, shares, the zones that change side."""
    from zones.report.comparison_tables import (
        check_folder_of_comparison,
        comparison_files,
        comparison_tables,
        write_comparison,
    )

    if formats is not None and out is None:
        raise UsageError(only_with("--formats", "--out"))
    if out is not None and as_json:
        raise UsageError(not_both("--json", "--out"))
    if len(studies) < LEAST or len(studies) > MOST:
        raise UsageError(
            Message(
                "{count} to compare; accepted: {least} to {most} studies",
                count=len(studies), least=LEAST, most=MOST,
            )
        )  # fmt: skip
    # all are read before the first one is run
    asked = [path if path.is_dir() else study_of(path, {}) for path in studies]
    if lang is not None:
        use_language(lang)
    language = lang or language_in_use()
    if out is None:
        _show(_compared(studies, asked), language, as_json)
        return
    check_folder_of_comparison(out, studies)
    chosen = tuple(dict.fromkeys(parts_of(formats))) if formats else FORMATS
    read = [each.files() for each in asked if isinstance(each, Study)]
    guard = Guard((*(p for p in studies if not p.is_dir()), *(p for f in read for p in f)), force)
    with reserved(out, guard=guard, outputs=comparison_files(chosen)):
        comparison = _compared(studies, asked)
        page, drawn = _map(comparison, language)
        with staged(out, guard=guard) as stage:
            stage.mkdir()
            tables = comparison_tables(comparison, language)
            write_comparison(comparison, tables, chosen, stage, page, drawn)
            names = sorted(path.name for path in stage.iterdir())
    _show(comparison, language, as_json=False)
    for name in names:
        show(str(out / name))


def _compared(paths: Sequence[Path], asked: Sequence[Path | Study]) -> Comparison:
    """Run or read the studies; say what was read of each, and what is not known of it."""
    from zones.report.comparison import compare_studies, compared_result

    found = [
        compared_result(result_of(each), str(path)) if isinstance(each, Study) else each
        for path, each in zip(paths, asked, strict=True)
    ]
    comparison = compare_studies(*found)
    for each in comparison.studies:
        said = [] if each.no_interval is None else [NO_INTERVAL.fill(why=each.no_interval)]
        for words in (*said, *each.remarks):
            note(OF_STUDY.fill(study=each.label, what=words))
    return comparison


def _map(comparison: Comparison, language: str) -> tuple[str | None, list[Words]]:
    """Return the map of the first study with the zones that change side, and what it draws."""
    from maps.boundaries import outlines_of
    from maps.page import drawn, study_map
    from maps.safe_text import stable_html
    from zones.report.comparison_tables import map_note

    first = comparison.studies[0]
    if first.no_hubs is not None:
        note(Message("no map: {why}", why=first.no_hubs))
        return None, []
    study = replace(first.result.study, language=language)
    if first.folder is not None and study.boundaries not in BOUNDARIES:
        note(Message("map: the lines of {file} are not in the folder", file=study.boundaries))
        study = replace(study, boundaries=PROVINCE_LINES, boundary_credit=None, map_approval=None)
    outlines = outlines_of(study, number_waits=True)
    if outlines.caution is not None:
        note(outlines.caution)
    page = study_map(
        replace(first.result, study=study),
        changed=comparison.changed(),
        changed_note=map_note(comparison),
        outlines=outlines,
    )
    return stable_html(page), drawn(outlines)


def _show(comparison: Comparison, language: str, as_json: bool) -> None:
    """Print the tables: of the zones that change side the first ones, as JSON all."""
    from zones.report.comparison_tables import comparison_json, comparison_tables

    if as_json:
        show(json.dumps(comparison_json(comparison), ensure_ascii=False, indent=1))
        return
    for table in comparison_tables(comparison, language):
        rows = len(table.frame)
        if table.key == "compare_sides" and rows > SHOWN:
            said = Message(
                "{shown} of {rows:,} zones are shown; all of them: --out, or --json",
                shown=SHOWN, rows=rows,
            )  # fmt: skip
            notes = (said.in_language(language), *table.notes)
            table = replace(table, frame=table.frame.head(SHOWN), notes=notes)  # noqa: PLW2901
        show_table(table, as_json=False)
