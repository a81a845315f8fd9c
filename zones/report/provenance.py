"""What made an output: parameters, tables with their hashes, versions, counts, warnings."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from geodata.registry import product_version, sha256
from geodata.words import ENGLISH, Joined, Words
from zones.parameters import SYNTHETIC
from zones.pipeline import StudyResult
from zones.report.licences import NAME, used_tables
from zones.report.notes import notes_of
from zones.report.sources import own_sources
from zones.study import ASKED, BOUNDARIES
from zones.writing import (
    MANIFEST,
    WHOLE_FOLDER,
    Guard,
    followed,
    recorded_outputs,
    reserved,
    staged,
)

LIBRARIES = (
    "numpy",
    "pandas",
    "scipy",
    "pyproj",
    "geopandas",
    "pyogrio",
    "pyarrow",
    "folium",
    "matplotlib",
)


def manifest(result: StudyResult, outputs: dict[str, Path]) -> dict[str, Any]:
    """Describe a finished study, without a time stamp, so that equal runs give equal files.

    Parameters
    ----------
    result
        The study's result.
    outputs
        Name inside the output folder -> written file.
    """
    study, zones = result.study, result.zones
    inputs: dict[str, dict[str, Any]] = {
        name: {
            "file": entry.file,
            "sha256": entry.sha256,
            "licence": entry.licence,
            "spdx": entry.spdx,
            "licence_uri": list(entry.licence_uri),
        }
        for name, entry in used_tables(study).items()
    }
    given: dict[str, tuple[Any, Words | None]] = {
        ASKED[field].key: (getattr(study, field), source)
        for field, source in own_sources(study).items()
    }
    credit = Joined((study.boundary_credit,)) if study.boundary_credit else None
    given["map.boundaries"] = (study.boundaries, credit)
    for role, (path, source) in given.items():
        # a geodatabase is a folder
        if path not in (None, SYNTHETIC, *BOUNDARIES) and path.is_file():
            inputs[role] = {
                "file": path.name,
                "sha256": sha256(path),
                "source": None if source is None else source.in_language(ENGLISH),
                "licence": "user's own",
                "spdx": "NOASSERTION",
                "licence_uri": [],
            }
    return {
        "zonegap": product_version(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "parameters": study.parameters(),
        "inputs": inputs,
        "outputs": {name: sha256(path) for name, path in sorted(outputs.items())},
        "counts": {
            "zones": len(zones),
            **_kept_counts(result),
            **({"zones_without_place": len(result.unplaced)} if result.zone_report else {}),
            **_matrix_counts(result),
            "hubs": len(result.hubs),
            **_registration_counts(result),
            "geocode_level": _counts(zones, "geocode_level"),
            "geocode_method": _counts(zones, "geocode_method"),
            **{c: int(zones[c].sum()) for c in zones.columns if c.startswith("beyond_")},
        },
        # what was read of each table of the user's
        **({"read": [a.as_json() for a in result.accounts]} if result.accounts else {}),
        # in English whatever the language, so that the bytes do not change
        "warnings": [note.in_language(ENGLISH) for note in notes_of(result)],
    }


def _kept_counts(result: StudyResult) -> dict[str, Any]:
    """Return the zones of the table, those that all filters keep, and each filter alone."""
    kept = result.kept
    if kept is None:
        return {}
    return {
        "zones_in_table": kept.rows,
        "zones_kept": kept.kept,
        "zones_kept_by": {
            key: {"values": list(kept.values[key]), "zones": zones}
            for key, zones in kept.alone.items()
        },
        "zones_kept_but_for": kept.not_stated,
    }


def _matrix_counts(result: StudyResult) -> dict[str, Any]:
    """Return the zones that a study's matrix leaves out or gives no way; nothing without one."""
    if result.study.matrix is None:
        return {}
    no_way = result.zones[f"nearest_{result.unit}"] == math.inf
    return {
        "unit": result.unit,
        "zones_not_in_matrix": len(result.unmeasured),
        "zones_without_a_way": int(no_way.sum()),
    }


def _registration_counts(result: StudyResult) -> dict[str, Any]:
    companies = result.registrations
    if companies is None:
        return {}
    return {
        "registrations": len(companies.located),
        "registrations_made_up": companies.report.made_up,
        "registration_level": _counts(companies.located, "geocode_level"),
    }


def _counts(zones: Any, column: str) -> dict[str, int]:
    return {str(k): int(n) for k, n in zones[column].value_counts().sort_index().items()}


def unchanged_leftovers(folder: Path, earlier: dict[str, str], written: set[str]) -> list[Path]:
    """Return the files of an earlier run that nobody changed and this run does not write.

    Parameters
    ----------
    folder
        The output folder; a recorded name that leads to another folder is ignored.
    earlier
        Name and SHA-256, of the manifest before this run.
    written
        Names of this run.
    """
    paths = []
    for name in sorted(set(earlier) - written):
        path = folder / name
        inside = path.resolve().is_relative_to(folder.resolve())
        if inside and path.is_file() and sha256(path) == earlier[name]:
            paths.append(path)
    return paths


@contextmanager
def reserved_with_manifest(
    folder: Path, home: Path, guard: Guard, outputs: Iterable[str], name: str = WHOLE_FOLDER
) -> Iterator[None]:
    """Reserve before the work what `staged_with_manifest` will write.

    Parameters
    ----------
    folder, home, name
        As there.
    guard, outputs
        As of `zones.writing.reserved`; the names are those in `folder`.
    """
    if _has_manifest(folder, home):
        inside = home.resolve()
        names = [str(folder.resolve().relative_to(inside) / each) for each in outputs]
        with reserved(inside, guard=guard, outputs=names):
            yield
        return
    with reserved(folder, name, guard, outputs):
        yield


def _has_manifest(folder: Path, home: Path) -> bool:
    """Whether the outer folder has the manifest of a run, which then tells of these files, too."""
    inside = followed(home)
    return bool(recorded_outputs(inside)) and followed(folder).is_relative_to(inside)


@contextmanager
def staged_with_manifest(
    folder: Path,
    home: Path,
    command: str,
    *,
    name: str = WHOLE_FOLDER,
    guard: Guard | None = None,
) -> Iterator[Path]:
    """Stage files that another command than `zonegap run` writes, with the manifest of the run.

    Where `home` has the manifest of a run that recorded some of these files, the manifest gets a
    warning that they were written again. What says whose they are is recorded, so that the next run
    clears it. Files and manifest change together or not at all; see
    `staged`.

    Parameters
    ----------
    folder
        Where the files go: `home` itself or a folder in it.
    home
        The folder that may have a manifest.
    command
        The command's name.
    name
        Of the one file that is written; without it they are the folder's.
    guard
        As of `staged`.
    """
    if not _has_manifest(folder, home):
        with staged(folder, name or MANIFEST, name=name, guard=guard) as stage:
            yield stage
        return
    folder, inside = folder.resolve(), home.resolve()
    with staged(inside, guard=guard) as stage:
        yield stage / folder.relative_to(inside)
        names = sorted(p.relative_to(stage).as_posix() for p in stage.rglob("*") if p.is_file())
        about = json.loads((inside / MANIFEST).read_text(encoding="utf-8"))
        again = [each for each in names if about["outputs"].pop(each, None)]
        if again:
            about["outputs"] |= {n: sha256(stage / n) for n in names if n.endswith(NAME)}
            said = f"written again by `zonegap {command}`: {', '.join(again)}"
            about.setdefault("warnings", []).append(said)
            write_json(about, stage / MANIFEST)


def write_json(data: object, path: Path) -> None:
    """Write JSON in UTF-8 with a final newline."""
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
