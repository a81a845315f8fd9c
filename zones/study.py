"""The study: what is asked, read from a TOML file and the command line.

Each field of `Study` says everything about itself in one place: its key in a study file, the
option of the command, what is accepted, the words of its help. File, command and documentation
are made from the fields.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from geodata.errors import DataFileError, UsageError, not_accepted
from geodata.gazetteer import CATALOGUE_YEAR, FIRST_YEAR, LAST_YEAR, gazetteer
from geodata.user_tables.files import check_size, unreadable
from geodata.vocabulary import DATUMS, PROVINCES
from geodata.web.ask import PROVIDERS
from geodata.words import LANGUAGES, Joined, Listed, Message, Name, Words
from zones.hubs import HUB_LAYERS
from zones.parameters import (
    DEFAULT_GDP,
    DEFAULT_LAND,
    DISTANCE_METHODS,
    FARTHEST_KM,
    GDP_VINTAGES,
    LAND_YEARS,
    SYNTHETIC,
    THRESHOLD_KM,
)

FORMATS = ("csv", "xlsx", "docx", "tex", "md")
MAX_STUDY_MB = 1
LARGEST_VALUE = FARTHEST_KM  # of a threshold in the unit of a matrix
MOST_THRESHOLDS = 200  # each is a column, and a line of every table
FIGURE_FORMATS = ("png", "svg", "pdf")
# the lines of the maps where no file of one's own is named
BOUNDARIES = (PROVINCE_LINES, NO_LINES, PACKAGE_LINES) = (
    Path("provinces"),
    Path("none"),
    Path("package"),
)


def _text(value: Any, folder: Path) -> str | None:
    return value if isinstance(value, str) else None


def _path(value: Any, folder: Path) -> Path | None:
    right = isinstance(value, str) and value and "\0" not in value
    return folder / value if right else None


def _path_or_synthetic(value: Any, folder: Path) -> Path | None:
    return Path(value) if value == "synthetic" else _path(value, folder)


def _path_or_lines(value: Any, folder: Path) -> Path | None:
    if value in map(str, BOUNDARIES):
        return Path(value)
    path = _path(value, folder)
    # ./none is a file, and as a path no other than none
    return path.absolute() if path in BOUNDARIES else path


def _path_or_names(value: Any, folder: Path) -> str | None:
    """Return a file's path where there is such a file, else the text unchanged."""
    if not isinstance(value, str) or not value.strip():
        return None
    there = not set(value) & set("\0") and (folder / value).is_file()
    return str(folder / value) if there else value


def _truth(value: Any, folder: Path) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole(value: Any, folder: Path) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _texts(value: Any, folder: Path) -> tuple[str, ...] | None:
    right = isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)
    return tuple(value) if right else None


def _numbers(value: Any, folder: Path) -> tuple[float, ...] | None:
    given = value if isinstance(value, list) else [value]
    right = all(isinstance(v, int | float) and not isinstance(v, bool) for v in given)
    try:
        return tuple(float(v) for v in given) if right else None
    except OverflowError:  # a whole number beyond every float
        return None


def _period(value: Any, folder: Path) -> str | None:
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else None


def _pairs(value: Any, folder: Path) -> tuple[tuple[str, str], ...] | None:
    if not isinstance(value, Mapping):
        return None
    right = all(isinstance(v, str) and v.strip() for v in value.values())
    return tuple(value.items()) if right else None


@dataclass(frozen=True)
class Kind:
    """A type of value.

    Attributes
    ----------
    words
        What is accepted, for a message.
    read
        Gives the field's value of a value in TOML, None for one of another type. The folder is
        that of the file: relative paths count from it.
    """

    words: Words
    read: Callable[[Any, Path], Any]


TEXT = Kind(Message("text"), _text)
PATH = Kind(Message("path"), _path)
PATH_OR_SYNTHETIC = Kind(Message("path or synthetic"), _path_or_synthetic)
PATH_OR_LINES = Kind(Message("provinces, none, package or path"), _path_or_lines)
PATH_OR_NAMES = Kind(Message("path, or names with commas between them"), _path_or_names)
TRUTH = Kind(Message("true or false"), _truth)
WHOLE = Kind(Message("whole number"), _whole)
TEXTS = Kind(Message("list of text"), _texts)
NUMBERS = Kind(Message("list of numbers"), _numbers)
PERIOD = Kind(Message('period, as in "2000..2010"'), _period)
PAIRS = Kind(Message("table of text"), _pairs)


@dataclass(frozen=True)
class Asked:
    """How users meet a field of the study: in a file, on the command line, in the documentation.

    Attributes
    ----------
    key
        In a study file: section and key.
    kind
        Its type.
    option, metavar
        On the command line, "" for none; the metavar names its value. A truth has none: it is a
        switch, with one beginning ``--no-`` beside it.
    help
        One sentence or phrase; the accepted values are added.
    accepted
        The only accepted values of a text or of each text of a list, called when needed; None
        where any is.
    kept_as
        Gives the form that is kept of a text or of each text of a list; raises UsageError, naming
        the key, for what is not accepted.
    """

    key: str
    kind: Kind
    option: str = ""
    metavar: str = ""
    help: Words = Joined(())
    accepted: Callable[[], Collection[str]] | None = None
    kept_as: Callable[[str, str], str] | None = None

    @property
    def section(self) -> str:
        """The section of its key."""
        return self.key.partition(".")[0]


def _asked(default: Any, key: str, kind: Kind, **more: Any) -> Any:
    return field(default=default, metadata={"asked": Asked(key, kind, **more)})


def _zone_columns() -> Collection[str]:
    from geodata.user_tables.zones import CHOICES  # brings pandas: not at start

    return CHOICES


def _hub_columns() -> Collection[str]:
    from geodata.user_tables.hubs import HUBS

    return (*HUBS.columns, "lon", "lat")


def _company_columns() -> Collection[str]:
    from geodata.user_tables.companies import COMPANIES

    return (*COMPANIES.columns, "lon", "lat")


def _matrix_columns() -> Collection[str]:
    from geodata.user_tables.matrix import MATRIX

    return MATRIX.columns


def _matrix_unit(key: str, text: str) -> str:
    from geodata.user_tables.matrix import kept_unit

    return kept_unit(key, text)


def _full_province(key: str, text: str) -> str:
    """Return the full Chinese name of a province that a user names in any usual way."""
    from geodata.addresses import province_named  # reads the table of divisions: not at start

    names = gazetteer(CATALOGUE_YEAR)
    found = province_named(text, names)
    if found is not None and found.name in PROVINCES:
        return found.name
    known = [names.provinces[name] for name in PROVINCES]
    fault = not_accepted(key, text, Listed(Name(each.name_en, each.name) for each in known))
    words = [word for d in known for word in (d.name, d.short_name, d.name_en)]
    raise UsageError(fault + did_you_mean(text, words))


_MONTH = r"((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?"
_PERIOD = re.compile(rf"(?P<one>{_MONTH})|(?P<first>{_MONTH})?\.\.(?P<last>{_MONTH})?", re.ASCII)


def _plain_datum(key: str, text: str) -> str:
    """Return the datum that a user names in any usual way; CGCS2000 counts as WGS-84."""
    from geodata.user_tables.headings import datum_of

    found = datum_of(text)
    if not found:
        accepted = [*DATUMS, "CGCS2000"]
        raise UsageError(not_accepted(key, text, Listed(accepted)) + did_you_mean(text, accepted))
    return found


def _plain_period(key: str, text: str) -> str:
    """Return a period without spaces and full-width signs."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("…", "..")
    found = _PERIOD.fullmatch(plain)
    first, last = ends_of_period(plain) if found else ("", "")
    # of two ends of unlike precision the common part is compared: 2005..2005-03
    if not (first or last) or (first and last and first[: len(last)] > last[: len(first)]):
        accepted = Message(
            "years or months (YYYY-MM), the earlier first: 2000..2010, 2000.., ..2010-06, 2005"
        )
        raise UsageError(not_accepted(key, text, accepted))
    return plain


def ends_of_period(text: str) -> tuple[str, str]:
    """Return the first and the last year or month of a period, "" where it is open."""
    first, dots, last = text.partition("..")
    return first, last if dots else first


@dataclass(frozen=True)
class Study:
    """One question: zones, hubs, distance, GDP, output. Paths are absolute or of the caller.

    Attributes
    ----------
    zones_table
        A table of zones, see `geodata.user_tables.zones.load_zone_table`; None for the
        built-in one.
    zones_encoding
        Of that table where it is text; found out when None.
    zones_columns, hubs_columns, registrations_columns
        Pairs of a column and its heading in that table, where the heading is not known.
    datum
        Of positions in the user's tables whose headings and cells state none.
    hubs_add
        Hubs beside those of the layer: names with commas between them, or a file of hubs.
    zones_provinces, zones_levels, zones_types, zones_approved
        Only these zones of the table, see `zones.filters`; all when None.
    zones_source, hubs_source, registrations_source
        Whose a file of the user's is, as the source lines name it; its file name when None.
    hub_layer, hub_file, hub_provinces
        See `zones.hubs.hub_layer`.
    distance_method
        ``great-circle`` or ``geodesic``.
    thresholds_km
        At least one; the first is the study's own.
    matrix
        A table of what the way from each zone to each hub takes, in place of distances, see
        `zones.matrix`; None for distances.
    matrix_thresholds
        Thresholds in the matrix's unit; those in km where that is its unit and these are None.
    matrix_unit, matrix_columns, matrix_source
        What the matrix does not say itself: its unit, its columns, whose it is.
    registrations
        A company extract, ``synthetic`` for the built-in made-up one; None for none.
    keep_deregistered
        Keep its deregistered companies.
    addresses
        Write the companies' addresses; those of sole proprietors are never written.
    gdp, land
        Vintage and year; see `zones.gdp.gdp_density`.
    year
        Of the names in the zones' names.
    openstreetmap
        Use positions from OpenStreetMap, too; what is made of them is under the ODbL.
    provider, cache, key_file
        Web geocoder to ask as well, its file of answers and of its key; see `geodata.web.ask`.
    boundaries, boundary_credit, map_approval
        Lines of map and figures: of `BOUNDARIES`, or a file with its credit; the review number of
        that file or of the tiles.
    folder, language, formats, figures
        Where and how the outputs are written; formats of tables and of figures.
    """

    zones_table: Path | None = _asked(
        None, "zones.table", PATH, option="--zones", metavar="FILE",
        help=Message("Table of zones (spreadsheet, text, Parquet, Stata, map file)."),
    )  # fmt: skip
    zones_encoding: str | None = _asked(
        None, "zones.encoding", TEXT, help=Message("Encoding of that table; found out without it.")
    )
    zones_columns: tuple[tuple[str, str], ...] = _asked(
        (),
        "zones.columns",
        PAIRS,
        accepted=_zone_columns,
        help=Message("Column and its heading in that table, where the heading is not known."),
    )
    zones_source: str | None = _asked(
        None, "zones.source", TEXT, option="--zones-source", metavar="TEXT",
        help=Message("Whose that table is, as source lines name it; its file name without."),
    )  # fmt: skip
    zones_provinces: tuple[str, ...] | None = _asked(
        None, "zones.provinces", TEXTS, option="--province", metavar="LIST",
        help=Message("Only zones of these provinces, comma-separated: Hubei,Anhui."),
        kept_as=_full_province,
    )  # fmt: skip
    zones_levels: tuple[str, ...] | None = _asked(
        None, "zones.levels", TEXTS, option="--level", metavar="LIST",
        help=Message("Only zones of these levels: national, provincial, or the table's own."),
    )  # fmt: skip
    zones_types: tuple[str, ...] | None = _asked(
        None, "zones.types", TEXTS, option="--type", metavar="LIST",
        help=Message("Only zones of these types, as the table or `zonegap tables` names them."),
    )  # fmt: skip
    zones_approved: str | None = _asked(
        None, "zones.approved", PERIOD, option="--approved", metavar="PERIOD",
        help=Message("Only zones approved then, both ends included: 2000..2010, 2005-07.., 2005."),
        kept_as=_plain_period,
    )  # fmt: skip
    hub_layer: str = _asked(
        "prefectures", "hubs.layer", TEXT, option="--hubs", metavar="LAYER",
        help=Message("Hub layer"), accepted=lambda: HUB_LAYERS,
    )  # fmt: skip
    hub_file: Path | None = _asked(
        None, "hubs.file", PATH, option="--hubs-file", metavar="FILE",
        help=Message("Table of hubs: every row is one, a column of names is enough."),
    )  # fmt: skip
    hub_provinces: tuple[str, ...] | None = _asked(
        None,
        "hubs.provinces",
        TEXTS,
        kept_as=_full_province,
        help=Message("Hubs of exactly these provinces."),
    )
    hubs_columns: tuple[tuple[str, str], ...] = _asked(
        (),
        "hubs.columns",
        PAIRS,
        accepted=_hub_columns,
        help=Message("Column and its heading in that table, where the heading is not known."),
    )
    hubs_add: str | None = _asked(
        None, "hubs.add", PATH_OR_NAMES, option="--add-hubs", metavar="NAMES|FILE",
        help=Message("Hubs beside the layer's: names with commas between them, or a table."),
    )  # fmt: skip
    hubs_source: str | None = _asked(
        None, "hubs.source", TEXT, option="--hubs-source", metavar="TEXT",
        help=Message("Whose that file is, as source lines name it; its file name without."),
    )  # fmt: skip
    distance_method: str = _asked(
        "great-circle", "distance.method", TEXT, option="--method", metavar="METHOD",
        help=Message("On the sphere, or the ellipsoid"), accepted=lambda: DISTANCE_METHODS,
    )  # fmt: skip
    thresholds_km: tuple[float, ...] = _asked(
        (THRESHOLD_KM,), "distance.thresholds_km", NUMBERS, option="--km", metavar="KM",
        help=Message("Thresholds in km, comma-separated: 300,500,800."),
    )  # fmt: skip
    matrix: Path | None = _asked(
        None, "distance.matrix", PATH, option="--matrix", metavar="FILE",
        help=Message("Table of zone, hub, value: travel time or length in place of distances."),
    )  # fmt: skip
    matrix_thresholds: tuple[float, ...] | None = _asked(
        None, "distance.matrix_thresholds", NUMBERS, option="--matrix-thresholds", metavar="LIST",
        help=Message("Thresholds in the matrix's unit, comma-separated: 120,180."),
    )  # fmt: skip
    matrix_unit: str | None = _asked(
        None, "distance.matrix_unit", TEXT, option="--matrix-unit", metavar="UNIT",
        help=Message("Unit of a matrix that states none: {units}.", units="km, m, min, h, s"),
        kept_as=_matrix_unit,
    )  # fmt: skip
    matrix_columns: tuple[tuple[str, str], ...] = _asked(
        (),
        "distance.matrix_columns",
        PAIRS,
        accepted=_matrix_columns,
        help=Message("Column and its heading in that table, where the heading is not known."),
    )
    matrix_source: str | None = _asked(
        None, "distance.matrix_source", TEXT, option="--matrix-source", metavar="TEXT",
        help=Message("Whose that matrix is, as source lines name it; its file name without."),
    )  # fmt: skip
    registrations: Path | None = _asked(
        None, "registrations.file", PATH_OR_SYNTHETIC, option="--registrations", metavar="FILE",
        help=Message("Company extract (spreadsheet, text, Parquet, Stata), or: synthetic."),
    )  # fmt: skip
    keep_deregistered: bool = _asked(
        False,
        "registrations.keep_deregistered",
        TRUTH,
        help=Message("Keep companies whose registration was cancelled or revoked."),
    )
    registrations_columns: tuple[tuple[str, str], ...] = _asked(
        (),
        "registrations.columns",
        PAIRS,
        accepted=_company_columns,
        help=Message("Column and its heading in that table, where the heading is not known."),
    )
    registrations_source: str | None = _asked(
        None, "registrations.source", TEXT, option="--registrations-source", metavar="TEXT",
        help=Message("Whose that extract is, as source lines name it; its file name without."),
    )  # fmt: skip
    addresses: bool = _asked(
        True, "registrations.addresses", TRUTH,
        help=Message("Write addresses into registrations.csv; never those of sole proprietors."),
    )  # fmt: skip
    gdp: str = _asked(
        DEFAULT_GDP, "gdp.gdp", TEXT, option="--gdp", metavar="VINTAGE",
        help=Message("Vintage of provincial GDP 2018"), accepted=lambda: GDP_VINTAGES,
    )  # fmt: skip
    land: str = _asked(
        DEFAULT_LAND, "gdp.land", TEXT, option="--land", metavar="SERIES",
        help=Message("Urban land to divide by"), accepted=lambda: LAND_YEARS,
    )  # fmt: skip
    year: int = _asked(
        CATALOGUE_YEAR,
        "geocode.year",
        WHOLE,
        help=Message("Year of the names in the zones' names."),
    )
    datum: str | None = _asked(
        None,
        "geocode.datum",
        TEXT,
        option="--datum",
        metavar="DATUM",
        help=Message(
            "Datum of positions in your tables that state none: WGS-84, CGCS2000, GCJ-02, BD-09."
        ),
        kept_as=_plain_datum,
    )
    openstreetmap: bool = _asked(
        False, "geocode.openstreetmap", TRUTH, option="--openstreetmap",
        help=Message("Use positions of OpenStreetMap too; outputs then come under the ODbL."),
    )  # fmt: skip
    provider: str | None = _asked(
        None, "geocode.provider", TEXT, option="--provider", metavar="NAME",
        help=Message("Ask this too (needs a key and the extra web)"), accepted=lambda: PROVIDERS,
    )  # fmt: skip
    cache: Path | None = _asked(
        None, "geocode.cache", PATH, option="--cache", metavar="FILE",
        help=Message("File of web answers; in your cache folder without one."),
    )  # fmt: skip
    key_file: Path | None = _asked(
        None, "geocode.key_file", PATH, option="--key-file", metavar="FILE",
        help=Message("File of the key; ZONEGAP_<PROVIDER>_KEY without one."),
    )  # fmt: skip
    boundaries: Path = _asked(
        PROVINCE_LINES, "map.boundaries", PATH_OR_LINES, option="--boundaries", metavar="WHICH",
        help=Message(
            "Lines to draw: provinces (without it), none, package, or a file (GeoJSON, "
            "GeoPackage, Shapefile); a file of such a name as ./none."
        ),
    )  # fmt: skip
    boundary_credit: str | None = _asked(
        None, "map.boundary_credit", TEXT, option="--boundary-credit", metavar="TEXT",
        help=Message("Who made the lines of that file; needed with it."),
    )  # fmt: skip
    map_approval: str | None = _asked(
        None, "map.approval", TEXT, option="--map-approval", metavar="TEXT",
        help=Message("Map review number (审图号) of that file, or of the tiles."),
    )  # fmt: skip
    folder: Path = _asked(
        Path("out"), "output.folder", PATH, option="--out", metavar="PATH",
        help=Message("Output folder; out without one."),
    )  # fmt: skip
    language: str = _asked(
        "en", "output.language", TEXT, option="--lang", metavar="LANG",
        help=Message("Language of tables, map, figures and messages"), accepted=lambda: LANGUAGES,
    )  # fmt: skip
    formats: tuple[str, ...] = _asked(
        FORMATS, "output.formats", TEXTS, option="--formats", metavar="LIST",
        help=Message("Comma-separated"), accepted=lambda: FORMATS,
    )  # fmt: skip
    figures: tuple[str, ...] = _asked(
        ("png", "svg"), "output.figures", TEXTS, option="--formats", metavar="LIST",
        help=Message("Comma-separated"), accepted=lambda: FIGURE_FORMATS,
    )  # fmt: skip

    def __post_init__(self) -> None:
        """Check every value; raises UsageError naming the key and what is accepted."""
        self._check_types()
        self._keep_plain_forms()
        for name, asked in ASKED.items():
            value = getattr(self, name)
            if asked.accepted is None or value is None:
                continue
            # the keys of a table of text; each text of a list
            given = [value] if isinstance(value, str) else value
            given = [pair[0] for pair in given] if asked.kind is PAIRS else given
            for each in given:
                check_accepted(asked.key, each, asked.accepted())
        self._check_thresholds("thresholds_km", FARTHEST_KM)
        self._check_matrix()
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            years = Message("{first} to {last}", first=FIRST_YEAR, last=LAST_YEAR)
            raise UsageError(not_accepted("geocode.year", self.year, years))
        for there, keys, needed in (
            (self.zones_table, ("zones_encoding", "zones_columns", "zones_source"), "zones_table"),
            (self.hub_file, ("hubs_source", "hubs_columns"), "hub_file"),
            (
                self.registrations,
                ("registrations_source", "registrations_columns"),
                "registrations",
            ),
            (
                self.matrix,
                ("matrix_thresholds", "matrix_unit", "matrix_columns", "matrix_source"),
                "matrix",
            ),
            (self.provider, ("cache", "key_file"), "provider"),
        ):
            if there is None and any(getattr(self, key) for key in keys):
                raise UsageError(
                    Message(
                        "{keys}: only with {needed}",
                        keys=Listed(ASKED[key].key for key in keys), needed=ASKED[needed].key,
                    )
                )  # fmt: skip
        self._check_boundaries()
        if (self.hub_layer == "file") != (self.hub_file is not None):
            raise UsageError(Message('hubs.file and hubs.layer = "file": only with each other'))
        if self.hub_layer == "registrations" and self.registrations is None:
            raise UsageError(
                Message(
                    'hubs.layer = "registrations": only with registrations.file, or --registrations'
                )
            )

    def _check_types(self) -> None:
        """From Python, too, no other type goes through; a path may be text, a tuple a list."""
        for each in fields(self):
            value, asked = getattr(self, each.name), ASKED[each.name]
            if value is None and each.default is None:
                continue
            if isinstance(value, tuple):
                pairs = asked.kind is PAIRS and all(len(pair) == 2 for pair in value)
                value = dict(value) if pairs else list(value)
            read = asked.kind.read(os.fspath(value) if isinstance(value, Path) else value, Path())
            if read is None:
                raise UsageError(not_accepted(asked.key, value, asked.kind.words))
            object.__setattr__(self, each.name, read)

    def _keep_plain_forms(self) -> None:
        """Keep each text in the form that its field says, the same one once."""
        for name, asked in ASKED.items():
            value = getattr(self, name)
            if isinstance(value, str) and asked.kept_as is not None:
                object.__setattr__(self, name, asked.kept_as(asked.key, value))
            elif isinstance(value, tuple) and (asked.kept_as or name in ZONE_FILTERS):
                if not value and name in ZONE_FILTERS:
                    raise UsageError(not_accepted(asked.key, [], Message("at least one")))
                kept = (asked.kept_as(asked.key, v) if asked.kept_as else v.strip() for v in value)
                object.__setattr__(self, name, tuple(dict.fromkeys(kept)))

    def _check_boundaries(self) -> None:
        """Lines that are drawn as they come need no credit, and those of the package no number."""
        if self.boundary_credit and self.boundaries in BOUNDARIES:
            raise UsageError(
                Message(
                    "{options}: only with {other}",
                    options="--boundary-credit",
                    other="--boundaries FILE",
                )
            )
        if self.map_approval and self.boundaries == PACKAGE_LINES:
            raise UsageError(
                Message(
                    "{option}: not with {other}: its lines are no reviewed map, and no number is "
                    "theirs",
                    option="--map-approval", other="--boundaries package",
                )
            )  # fmt: skip

    def _check_matrix(self) -> None:
        """Refuse beside a matrix what is asked of distances, in whose place it stands."""
        if self.matrix is None:
            return
        other: list[tuple[str, object]] = [("distance_method", "great-circle")]
        if self.matrix_thresholds is not None:
            self._check_thresholds("matrix_thresholds", LARGEST_VALUE)
            other.append(("thresholds_km", (THRESHOLD_KM,)))
        for name, usual in other:
            if getattr(self, name) != usual:
                raise UsageError(
                    Message(
                        "{one} and {other}: two questions; accepted: one of them",
                        one=ASKED["matrix"].key, other=ASKED[name].key,
                    )
                )  # fmt: skip

    def _check_thresholds(self, name: str, most_km: float) -> None:
        given, key = getattr(self, name), ASKED[name].key
        if len(given) > MOST_THRESHOLDS:
            most = Message("at most {most:,} thresholds", most=MOST_THRESHOLDS)
            raise UsageError(not_accepted(key, len(given), most))
        right = given and all(0 <= t <= most_km for t in given)
        if not right:
            wrong = ", ".join(f"{t:g}" for t in given if not 0 <= t <= most_km)
            accepted = Message("numbers of at least 0 and at most {most:,} km", most=most_km)
            if name == "matrix_thresholds":
                accepted = Message("numbers of at least 0 and at most {most:,}", most=most_km)
            raise UsageError(not_accepted(key, wrong, accepted))
        shown = [f"{t:.6g}" for t in given]  # columns are named so
        doubled = sorted({t for t in shown if shown.count(t) > 1})
        if doubled:
            raise UsageError(
                Message(
                    "{key}: {doubled} stands twice; accepted: once each",
                    key=key, doubled=Listed(doubled),
                )
            )  # fmt: skip

    @property
    def filtered(self) -> bool:
        """Whether only some zones of the table are asked for."""
        return any(getattr(self, name) for name in ZONE_FILTERS)

    def files(self) -> tuple[Path, ...]:
        """Return the files that the study reads or keeps answers in; some may not be there."""
        words = (*BOUNDARIES, SYNTHETIC)
        paths = (PATH, PATH_OR_SYNTHETIC, PATH_OR_LINES, PATH_OR_NAMES)
        given = (getattr(self, name) for name, asked in ASKED.items()
                 if asked.kind in paths and name != "folder")  # fmt: skip
        return tuple(Path(each) for each in given if each is not None and each not in words)

    def parameters(self) -> dict[str, Any]:
        """Return what was asked, as JSON-ready values, without output folder and key file."""
        values = {k: v for k, v in asdict(self).items() if k not in ("folder", "key_file")}
        return {k: v.name if isinstance(v, Path) else v for k, v in values.items()}


# field of a user's file -> field of whose it is
OWN_FILES = {
    "zones_table": "zones_source",
    "hub_file": "hubs_source",
    "matrix": "matrix_source",
    "registrations": "registrations_source",
}
# the fields that keep some zones of the table, in the order they are said
ZONE_FILTERS = ("zones_provinces", "zones_levels", "zones_types", "zones_approved")
# field of the study -> how users meet it
ASKED: dict[str, Asked] = {f.name: f.metadata["asked"] for f in fields(Study)}
_BY_KEY = {asked.key: name for name, asked in ASKED.items()}
SECTIONS = tuple(dict.fromkeys(asked.section for asked in ASKED.values()))


def read_study(path: Path | None) -> Study:
    """Read a study file; the built-in study when None.

    Relative paths in the file count from the file's own folder.

    Raises
    ------
    DataFileError
        When the file cannot be read.
    UsageError
        When it is not TOML, or a section, key or value is not accepted.
    """
    if path is None:
        return Study()
    path = Path(path)
    if path.is_dir():
        raise DataFileError(Message("{path}: is a folder; accepted: a TOML file", path=path))
    try:
        check_size(path, MAX_STUDY_MB)
        sections = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise unreadable(path, error) from None
    except RecursionError:
        raise UsageError(
            Message("{path}: lists in lists, too deep to be read", path=path)
        ) from None
    except ValueError as error:  # of TOML, of UTF-8, and a number of thousands of digits
        raise UsageError(
            Message("{path}: not a TOML file ({why})", path=path, why=_toml_fault(error))
        ) from None
    try:
        return Study(**_values(sections, path.parent))
    except UsageError as error:
        raise UsageError(Message("{file}: {fault}", file=path, fault=error.message)) from None


def _toml_fault(error: ValueError) -> Words:
    """Return what is wrong with a TOML file; the library says it in English only."""
    place = re.search(r"at line (\d+), column (\d+)", str(error))
    if place is None:
        return Name(str(error), "末尾不完整，或不是UTF-8文本")
    return Name(str(error), f"第{place[1]}行第{place[2]}列附近")


def override(study: Study, **options: object) -> Study:
    """Return the study with the options that are not None put over it.

    Naming a hub file means the layer ``file``, naming registrations their layer; naming another
    layer drops the file. What the study says of whose a file is goes with that file.
    """
    given = {k: v for k, v in options.items() if v is not None}
    if given.get("hub_file") is not None:
        given.setdefault("hub_layer", "file")
    elif given.get("registrations") is not None:
        given.setdefault("hub_layer", "registrations")
    if given.get("hub_file") is None and given.get("hub_layer", "file") != "file":
        given["hub_file"] = None
    for file, source in OWN_FILES.items():
        if file in given and given[file] != getattr(study, file):
            given.setdefault(source, None)
    return replace(study, **given)  # type: ignore[arg-type]


def _values(sections: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the fields that a file's sections give."""
    values = {}
    for section, keys in sections.items():
        if section in SECTIONS and not isinstance(keys, Mapping):
            raise UsageError(
                not_accepted(section, keys, Message("a section [{name}]", name=section))
            )
        if section not in SECTIONS:
            unknown = Message(
                "unknown section [{name}]; accepted: {accepted}",
                name=section, accepted=Listed(SECTIONS),
            )  # fmt: skip
            raise UsageError(unknown + did_you_mean(section, SECTIONS))
        for key, value in keys.items():
            whole = f"{section}.{key}"
            if whole not in _BY_KEY:
                known = [k.partition(".")[2] for k in _BY_KEY if k.startswith(f"{section}.")]
                unknown = Message(
                    "unknown key {name}; accepted: {accepted}", name=whole, accepted=Listed(known)
                )
                raise UsageError(unknown + did_you_mean(key, known))
            name = _BY_KEY[whole]
            kind = ASKED[name].kind
            read = kind.read(value, folder)
            if read is None:
                raise UsageError(not_accepted(whole, value, kind.words))
            values[name] = read
    if "registrations" in values:
        values.setdefault("hub_layer", "registrations")
    return values


def check_accepted(name: str, value: str, accepted: Iterable[str]) -> None:
    """Raise UsageError unless a value is one of those accepted; names the nearest of them."""
    accepted = tuple(accepted)
    if value not in accepted:
        raise UsageError(
            not_accepted(name, value, Listed(accepted)) + did_you_mean(value, accepted)
        )


def did_you_mean(value: str, accepted: Iterable[str]) -> Words:
    """Return ". Did you mean 'x'?" for the nearest accepted word, nothing where none is near."""
    close = difflib.get_close_matches(value, list(accepted), n=1)
    return Message(". Did you mean {close!r}?", close=close[0]) if close else Joined(())
