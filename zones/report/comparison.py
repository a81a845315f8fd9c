"""Studies beside each other: what was asked, how many lie beyond, which zones change side.

A study is compared as its result, or as the folder that ``zonegap run`` has written: there the
zones are read from its table and the parameters from its manifest. Hubs of a built-in layer are
found again and measured against the distances that stand there; hubs of a file are not in the
folder, so without them the interval is not known, and the account of the study says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import numpy as np
import pandas as pd

from geodata.errors import DataFileError, UsageError, ZonegapError
from geodata.loaders import load_provinces
from geodata.registry import sha256
from geodata.user_tables.files import unreadable
from geodata.vocabulary import NOT_STATED
from geodata.words import Listed, Message, Words
from zones.distance.nearest_hub import nearest
from zones.matrix import UNIT_WORDS, thresholds_of
from zones.parameters import SYNTHETIC
from zones.pipeline import StudyHubs, StudyResult, run_study, study_hubs
from zones.report.files import GDP_COLUMNS, ZONE_COLUMNS
from zones.report.matrix_tables import as_distances, in_unit
from zones.report.provenance import manifest
from zones.study import ASKED, PAIRS, Study, read_study
from zones.thresholds import count_beyond
from zones.writing import MANIFEST

LEAST, MOST = 2, len(ascii_uppercase)
# A position is written to 6 decimals (0.11 m) and a distance to 3 (0.5 m): hubs found again lie
# as far as the folder says where no distance differs by more.
ROUNDED_KM = 0.001
KEY = ["name", "province"]  # of a zone whose identifier differs from table to table
NUMBERS = {"area_ha", "lon", "lat", "uncertainty_km", "nearest_km", *GDP_COLUMNS}
NUMBERS |= {f"nearest_{unit}" for unit in UNIT_WORDS}
NUMBERS |= {name for name in ZONE_COLUMNS if name.endswith("_km")}

NO_HUBS = Message(
    "its hubs are of a file ({file}), which its folder does not keep; accepted: its study file"
)
OTHER_HUBS = Message(
    "its hubs, found again, do not lie as far as its folder says (by up to {km:.3f} km)"
)
BY_MATRIX = Message("it goes by a matrix, which states no errors")
CHANGED_FILE = Message("{file} was changed since the run; compared is what stands there now")


@dataclass(frozen=True, eq=False)
class ComparedStudy:
    """One of the studies.

    Attributes
    ----------
    label
        A, B, C ...: what headings call it.
    name
        Of its file or folder, as given.
    result
        Its result; of a folder with the zones that stand there.
    parameters
        Key of a study file -> value, JSON-ready; without those of the section ``output``.
    inputs
        Table that was read -> SHA-256.
    version
        Of zonegap.
    no_interval
        Why its 90 % interval is not known; None where it is.
    no_hubs
        Why it is not known where its hubs are, so that there is no map; None where it is.
    remarks
        What else a reader should know of it.
    folder
        Where it was read from; None of a study that was run.
    """

    label: str
    name: str
    result: StudyResult
    parameters: dict[str, Any]
    inputs: dict[str, str]
    version: str
    no_interval: Words | None = None
    no_hubs: Words | None = None
    remarks: tuple[Words, ...] = ()
    folder: Path | None = None

    @property
    def threshold(self) -> float:
        """The first threshold, in the study's unit: it decides on which side a zone lies."""
        return self.result.thresholds[0]

    @property
    def nearest(self) -> str:
        """The column of its zones that holds what the way to the nearest hub takes."""
        return f"nearest_{self.result.unit}"

    def beyond(self) -> pd.Series[bool]:
        """Return which of its zones lie beyond its first threshold."""
        return self.result.zones[f"beyond_{self.threshold:g}{self.result.unit}"].astype(bool)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Studies beside each other; the first one is what the others are compared with.

    Attributes
    ----------
    studies
        The studies, in the order given.
    parameters
        One row a parameter that differs: ``parameter``, and one column a study, by its label.
    counts
        One row a study and threshold: ``study``, ``name``, ``hub_layer``, ``distance_method``,
        ``threshold_km`` (of a matrix in its unit: ``threshold_min``), ``zones``, ``beyond``,
        ``low_5_pct``, ``high_95_pct`` (the widest 90 % interval; nan where it is not known),
        ``surely``, ``possibly`` (the outer band) and ``beyond_zones_pct``, ``beyond_area_pct``,
        ``beyond_gdp_pct``.
    sides
        The zones that lie beyond the first threshold in some of the studies and not in others,
        indexed as the zones of the first: ``id``, ``name``, ``name_en``, ``province``,
        ``beyond_in`` (labels of the studies), and of each study ``nearest_hub_A``,
        ``nearest_km_A``.
    provinces
        One row a province and a total: of each study ``zones_A`` and ``beyond_A``.
    common
        Number of zones that all studies have; only these can change side.
    by_name
        How many of them are matched by name and province, their identifiers being others.
    """

    studies: tuple[ComparedStudy, ...]
    parameters: pd.DataFrame
    counts: pd.DataFrame
    sides: pd.DataFrame
    provinces: pd.DataFrame
    common: int
    by_name: int = 0
    only: dict[str, int] = field(default_factory=dict)

    def changed(self) -> pd.Series[str]:
        """Return the zones that change side against the first study, for its map.

        Returns
        -------
        pandas.Series
            On the labels of the first study's zones: ``gained`` (not beyond in the first, beyond
            in another) or ``lost`` (the other way).
        """
        first = self.studies[0].label
        there = self.sides["beyond_in"].str.split(", ").str[0] == first
        return there.map({True: "lost", False: "gained"}).rename("change")


def compare_studies(*studies: ComparedStudy | StudyResult | Study | str | Path) -> Comparison:
    """Compare studies with each other.

    Parameters
    ----------
    studies
        Two or more: results of `run_study`, studies, study files (TOML), or folders that
        ``zonegap run`` has written. `compared_result` gives a result a name.

    Returns
    -------
    Comparison
        Parameters that differ, counts, zones that change side, provinces.

    Raises
    ------
    UsageError
        For fewer than two, or something that is no study.
    DataFileError
        For a folder or file that is none of a study's, or cannot be read.

    Examples
    --------
    >>> found = compare_studies(Study(thresholds_km=(300.0,)), Study())
    >>> found.parameters["parameter"].tolist(), len(found.sides)
    (['distance.thresholds_km'], 487)
    """
    if not LEAST <= len(studies) <= MOST:
        raise UsageError(
            Message(
                "{count} to compare; accepted: {least} to {most} studies",
                count=len(studies), least=LEAST, most=MOST,
            )
        )  # fmt: skip
    found = tuple(map(_compared, ascii_uppercase, studies))
    places, by_name = _common_zones(found)
    only = {each.label: len(each.result.zones) - len(places) for each in found}
    return Comparison(
        found, _parameters(found), _counts(found), _sides(found, places), _provinces(found),
        common=len(places), by_name=by_name, only=only,
    )  # fmt: skip


def _compared(
    label: str, given: ComparedStudy | StudyResult | Study | str | Path
) -> ComparedStudy:  # fmt: skip
    """Return one of the studies, run or read."""
    if isinstance(given, ComparedStudy):
        return replace(given, label=label)
    if isinstance(given, str | Path):
        path = Path(given)
        if path.is_dir():
            return _of_folder(label, path)
        return compared_result(run_study(read_study(path)), str(given), label)
    if isinstance(given, Study):
        given = run_study(given)
    if not isinstance(given, StudyResult):
        raise UsageError(
            Message(
                "{what}: is no study; accepted: a study file (.toml), an output folder of zonegap "
                "run, a study or its result",
                what=type(given).__name__,
            )
        )
    return compared_result(given, str(given.study.folder), label)


def compared_result(result: StudyResult, name: str, label: str = "") -> ComparedStudy:
    """Return a result under a name, to compare it with others."""
    no_interval = None if result.study.matrix is None else BY_MATRIX
    asked = _asked(manifest(result, {}))
    return ComparedStudy(label, name, result, *asked, no_interval=no_interval)


def _asked(about: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str], str]:
    """Return what a manifest says: parameters by key, the tables' hashes, the version."""
    # what an older manifest does not know is as it is without being asked
    given = Study().parameters() | about["parameters"]
    values = json.loads(json.dumps(given))
    keys = {ASKED[name].key if name in ASKED else name: value for name, value in values.items()}
    asked = {key: value for key, value in keys.items() if not key.startswith("output.")}
    inputs = {name: str(entry["sha256"]) for name, entry in about["inputs"].items()}
    return asked, inputs, str(about["zonegap"])


# ---- an output folder


def _of_folder(label: str, folder: Path) -> ComparedStudy:
    """Return the study that an output folder of `zonegap run` holds."""
    try:
        about = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        asked = _asked(about)
        parameters, recorded = dict(about["parameters"]), dict(about["outputs"])
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise DataFileError(_no_run(folder)) from None
        raise unreadable(folder / MANIFEST, error) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataFileError(_no_run(folder)) from None
    study = _study_of(folder, parameters)
    path, zones, unit = _zones_of(folder, study)
    placed = zones[f"nearest_{unit}"].notna()
    chosen, why = _hubs_of(study, zones[placed])
    no_place = zones["lon"].isna()
    result = StudyResult(
        study, zones[placed], chosen.hubs, load_provinces(),
        unplaced=zones[no_place], unmeasured=zones[~placed & ~no_place],
        order=zones.index, added_hubs=chosen.added, unit=unit,
    )  # fmt: skip
    if study.matrix is None:
        result.nearest_km[study.hub_layer, study.distance_method] = result.zones["nearest_km"]
    changed = recorded.get(path.name) != sha256(path)
    remarks = (CHANGED_FILE.fill(file=path),) if changed else ()
    no_interval = BY_MATRIX if study.matrix is not None else why
    return ComparedStudy(
        label, str(folder), result, *asked,
        no_interval=no_interval, no_hubs=why, remarks=remarks, folder=folder,
    )  # fmt: skip


def _no_run(folder: Path) -> Message:
    return Message(
        "{folder}: holds no result of zonegap run (manifest.json with zones.parquet or zones.csv); "
        "accepted: a study file (.toml), or an output folder of zonegap run",
        folder=folder,
    )


def _study_of(folder: Path, parameters: dict[str, Any]) -> Study:
    """Return what a manifest says was asked; files stand there by their names only."""
    known: dict[str, Any] = {}
    for name, value in parameters.items():
        if name not in ASKED:
            continue  # of another version; compared all the same
        pairs = ASKED[name].kind is PAIRS
        known[name] = tuple(map(tuple, value)) if pairs else _as_tuple(value)
    try:
        return Study(**known, folder=folder)
    except (UsageError, TypeError, ValueError) as error:
        why = error.message if isinstance(error, ZonegapError) else str(error)
        raise DataFileError(Message("{file}: {fault}", file=folder / MANIFEST, fault=why)) from None


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _zones_of(folder: Path, study: Study) -> tuple[Path, pd.DataFrame, str]:
    """Return the zones of an output folder, by their identifier, the file they are of, the unit."""
    path = next((p for p in (folder / "zones.parquet", folder / "zones.csv") if p.is_file()), None)
    if path is None:
        raise DataFileError(_no_run(folder))
    try:
        frame = _read(path)
    except OSError as error:
        raise unreadable(path, error) from None
    except (ValueError, ImportError) as error:  # of pandas and Arrow
        raise DataFileError(
            Message("{file}: cannot be read ({why})", file=path, why=type(error).__name__)
        ) from None
    units = ["km"] if study.matrix is None else list(UNIT_WORDS)
    unit = next((each for each in units if f"nearest_{each}" in frame), units[0])
    flags = {f"beyond_{t:g}{unit}": t for t in thresholds_of(study)}
    wanted = [n for n in ZONE_COLUMNS if study.matrix is None or not n.endswith("_km")]
    missing = [
        name
        for name in dict.fromkeys(
            (*wanted, "uncertainty_km", f"nearest_{unit}", *flags, *GDP_COLUMNS)
        )
        if name not in frame
    ]
    if missing:
        raise DataFileError(
            Message(
                "{file}: without the columns {missing}; accepted: zones as zonegap run writes them",
                file=path, missing=Listed(missing),
            )
        )  # fmt: skip
    zones = frame.set_index("id")
    near = zones[f"nearest_{unit}"]
    # a distance that was rounded onto its threshold, or over it, goes back to its side; without a
    # number there is no way
    for flag, threshold in flags.items():
        said = zones[flag].astype(object).map(str)
        far = said == "True"
        near = near.mask(far & (near <= threshold), np.nextafter(threshold, np.inf))
        near = near.mask(far & near.isna(), np.inf)
        near = near.mask((said == "False") & (near > threshold), threshold)
        zones[flag] = far
    return path, zones.assign(**{f"nearest_{unit}": near}), unit


def _read(path: Path) -> pd.DataFrame:
    """Read zones as they were written: numbers, and text that is never missing."""
    frame: pd.DataFrame
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        names = [n for n in pq.read_schema(path).names if n != "geometry"]
        frame = pq.read_table(path, columns=names).to_pandas()
    else:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    for name in frame.columns:
        if name in NUMBERS:
            frame[name] = pd.to_numeric(frame[name]).astype(float)
        elif not name.startswith("beyond_") and name != "extended":
            missing = frame[name].isna()
            frame[name] = frame[name].astype(str).mask(missing, "")
    return frame


def _hubs_of(study: Study, zones: pd.DataFrame) -> tuple[StudyHubs, Words | None]:
    """Return the hubs of a study that has been run, and why they are not known, None where so."""
    names = list(dict.fromkeys(zones["nearest_hub"]))
    unknown = StudyHubs(
        pd.DataFrame({"hub_en": names}, index=pd.Index(names, name="hub")), None, ()
    )
    given = (study.hub_file, study.registrations if study.registrations != SYNTHETIC else None)
    file = next((each for each in given if each is not None), None)
    if study.hubs_add is not None and Path(study.hubs_add).suffix.isascii():
        file = Path(study.hubs_add) if Path(study.hubs_add).suffix else file
    if file is not None:
        return unknown, NO_HUBS.fill(file=file.name)
    chosen = study_hubs(study)
    if study.matrix is not None:
        return chosen, None
    again = nearest(zones, chosen.hubs, method=study.distance_method)["nearest_km"]
    off_km = again - zones["nearest_km"]
    most_km = float(off_km.abs().max()) if len(off_km) else 0.0
    if most_km > ROUNDED_KM:
        return unknown, OTHER_HUBS.fill(km=most_km)
    return chosen, None


# ---- beside each other


def _common_zones(studies: tuple[ComparedStudy, ...]) -> tuple[pd.DataFrame, int]:
    """Return the zones that all studies have, and how many of them go by their names.

    One row a zone in the order of the first study; a column a study, by its label, holds the
    zone's place among that study's zones.
    """
    first, *others = studies
    places = pd.DataFrame({first.label: np.arange(len(first.result.zones))})
    named = pd.Series(False, index=places.index)
    for other in others:
        found, by_name = _matched(first.result.zones, other.result.zones)
        places[other.label] = found
        named |= pd.Series(by_name, index=places.index)
    there = places.notna().all(axis=1)
    return places[there].astype(int), int(named[there].sum())


def _matched(
    first: pd.DataFrame, other: pd.DataFrame
) -> tuple[pd.Series[float], np.ndarray[Any, np.dtype[np.bool_]]]:
    """Return the place of each zone of one table in another, nan where it is not there.

    A zone is the same by identifier and name; else by name and province, where these are unique.
    """
    found = pd.Series(np.nan, index=np.arange(len(first)))
    keys = [
        pd.MultiIndex.from_arrays([zones.index.astype(str), zones["name"]])
        for zones in (first, other)
    ]
    by_id = pd.Series(np.arange(len(other)), index=keys[1])
    by_id = by_id[~by_id.index.duplicated()]
    found[:] = by_id.reindex(keys[0]).to_numpy()
    left = (found.isna().to_numpy(), ~np.isin(np.arange(len(other)), found.dropna()))
    by_words = [
        pd.Series(np.flatnonzero(there), index=pd.MultiIndex.from_frame(zones[KEY][there]))
        for zones, there in zip((first, other), left, strict=True)
    ]
    one, two = (places[~places.index.duplicated(keep=False)] for places in by_words)
    again = two.reindex(one.index).dropna()
    found[one[again.index]] = again.to_numpy()
    by_name = np.zeros(len(first), bool)
    by_name[one[again.index]] = True
    return found, by_name


def _parameters(studies: tuple[ComparedStudy, ...]) -> pd.DataFrame:
    """Return what was asked otherwise, or read from other tables, as text."""

    def rows() -> Iterator[tuple[str, list[Any]]]:
        yield "zonegap", [each.version for each in studies]
        for key in dict.fromkeys(k for each in studies for k in each.parameters):
            yield key, [each.parameters.get(key) for each in studies]
        for name in dict.fromkeys(n for each in studies for n in each.inputs):
            # a table that one of them does not read at all follows from a parameter
            digests = [each.inputs.get(name) for each in studies]
            if None not in digests:
                yield f"sha256: {name}", [str(digest)[:12] for digest in digests]

    columns = ["parameter", *(each.label for each in studies)]
    differing = [
        [key, *map(_as_text, values)]
        for key, values in rows()
        if any(value != values[0] for value in values)
    ]
    return pd.DataFrame(differing, columns=columns, dtype=object)


def _as_text(value: Any) -> str | None:
    """Return a parameter's value as a study's user writes it; None for none."""
    if value is None or value in ([], {}):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        pairs = all(isinstance(part, list) for part in value)
        parts = (" = ".join(part) for part in value) if pairs else map(_as_text, value)
        return ", ".join(map(str, parts))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _counts(studies: tuple[ComparedStudy, ...]) -> pd.DataFrame:
    """Return counts, interval, band and shares, one row a study and threshold."""
    frames = []
    for each in studies:
        study, by_matrix = each.result.study, each.result.study.matrix is not None
        known = as_distances(each.result) if by_matrix else each.result
        zones, thresholds = known.zones, each.result.thresholds
        weights = zones[["area_ha", "gdp_estimate_yi_cny"]]
        counts = count_beyond(
            zones["nearest_km"], zones["uncertainty_km"], thresholds, weights
        ).reset_index()
        counts = in_unit(counts, each.result.unit) if by_matrix else counts
        spreads = [
            (np.nan, np.nan) if each.no_interval else each.result.interval(study.hub_layer, t)
            for t in thresholds
        ]
        about = {
            "study": each.label, "name": each.name,
            "hub_layer": study.hub_layer,
            "distance_method": "matrix" if by_matrix else study.distance_method,
        }  # fmt: skip
        counts = counts.assign(**about, zones=len(zones))
        counts[["low_5_pct", "high_95_pct"]] = spreads
        frames.append(counts)
    order = (
        "study name hub_layer distance_method {} zones beyond low_5_pct high_95_pct "
        "surely possibly beyond_zones_pct beyond_area_pct beyond_gdp_pct"
    )
    units = " ".join(dict.fromkeys(f"threshold_{each.result.unit}" for each in studies))
    table = pd.concat(frames, ignore_index=True)
    # by a matrix there is no band
    return table.reindex(columns=order.format(units).split())


def _sides(studies: tuple[ComparedStudy, ...], places: pd.DataFrame) -> pd.DataFrame:
    """Return the zones that lie beyond in some studies and not in others."""
    first = studies[0]
    flags = pd.DataFrame({
        each.label: each.beyond().to_numpy()[places[each.label]] for each in studies
    })  # fmt: skip
    differ = (flags.any(axis=1) & ~flags.all(axis=1)).to_numpy()
    flags, places = flags[differ], places[differ]
    zones = first.result.zones.iloc[places[first.label]]
    sides = zones[["name", "name_en", "province"]].copy()
    sides.insert(0, "id", zones.index.astype(str))
    sides["beyond_in"] = [
        ", ".join(flags.columns[row]) for row in flags.to_numpy(bool)
    ]  # fmt: skip
    for each in studies:
        there = each.result.zones.iloc[places[each.label]]
        for column in ("nearest_hub", each.nearest):
            sides[f"{column}_{each.label}"] = there[column].to_numpy()
    return sides


def _provinces(studies: tuple[ComparedStudy, ...]) -> pd.DataFrame:
    """Return the zones and those beyond, of each study's own zones, by province."""
    order = [*load_provinces().index, NOT_STATED]
    columns = {}
    for each in studies:
        province = each.result.zones["province"].replace("", NOT_STATED)
        far = each.beyond()
        columns[f"zones_{each.label}"] = province.value_counts()
        columns[f"beyond_{each.label}"] = province[far].value_counts()
    frame = pd.DataFrame(columns).fillna(0).astype(int)
    known = [name for name in order if name in frame.index]
    frame = frame.loc[[*known, *(n for n in frame.index if n not in known)]]
    frame.loc["total"] = frame.sum()
    return frame.rename_axis("province").reset_index()
