"""Everything ``zonegap run`` writes, staged and moved as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from zones.pipeline import StudyResult
from zones.registered_companies import write_registrations
from zones.report.outputs import write_tables, write_zones
from zones.report.provenance import manifest, recorded_outputs, unchanged_leftovers, write_json
from zones.report.report_tables import report_tables
from zones.report.table_md import to_markdown
from zones.staging import staged


@dataclass(frozen=True)
class Written:
    """What a run has written.

    Attributes
    ----------
    summary
        The reconciliation table as text.
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
    undrawn: list[str]
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
    warnings: list[str] = field(default_factory=list)


def write_run(
    result: StudyResult, map_html: str, draw: Callable[[Path], Drawn] | None = None
) -> Written:
    """Write zones, tables, map, figures and manifest into the study's folder.

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
    """
    folder = result.study.folder
    tables = report_tables(result)
    earlier = recorded_outputs(folder)
    with staged(folder) as stage:
        write_zones(result.all_zones(), stage)
        write_registrations(result.registrations, stage)
        write_tables(tables, result.study.formats, stage / "tables")
        (stage / "map.html").write_text(map_html, encoding="utf-8", newline="\n")
        drawn = draw(stage / "figures") if draw else Drawn()
        files = sorted(p for p in stage.rglob("*") if p.is_file())
        outputs = {p.relative_to(stage).as_posix(): p for p in files}
        about = manifest(result, outputs)
        about["figure_fonts"] = drawn.fonts
        about["warnings"] += drawn.warnings
        write_json(about, stage / "manifest.json")
    stuck: list[Path] = []
    for path in unchanged_leftovers(folder, earlier, set(outputs)):
        try:
            path.unlink()
        except OSError:
            stuck.append(path)
    summary = next(to_markdown(t) for t in tables if t.key == "reconciliation")
    names = sorted([*outputs, "manifest.json"], key=lambda n: (n != "map.html", "/" not in n, n))
    return Written(
        summary, [folder / name for name in names], about["warnings"], drawn.warnings, stuck
    )
