"""Locate addresses and company names of a table, row by row, offline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from geodata.address_radii import (
    CITY,
    CODE,
    COUNTY,
    COUNTY_TOWN,
    PROVINCE,
    TOWN,
    address_radius_km,
)
from geodata.addresses import (
    Scope,
    ScopeError,
    plain_beginning,
    resolve_company,
    resolve_link_by_link,
    scope_of,
)
from geodata.errors import UsageError
from geodata.gazetteer import (
    LAST_YEAR,
    Division,
    Gazetteer,
    Town,
    all_divisions,
    current_codes,
    gazetteer,
    is_own_town,
    town_name_at,
    town_of,
)
from geodata.names import normalise
from geodata.resolver import Resolution, level_of, no_seat, province_of
from geodata.vocabulary import TEXT_KINDS
from geodata.words import ENGLISH, Listed, Message, Words
from geodata.zone_names import ZoneMatch, zone_named

COLUMNS = (
    "lon lat adcode geocode_province geocode_city geocode_county geocode_level geocode_method "
    "geocode_source uncertainty_km geocode_candidates geocode_reason"
).split()
# by which words a text names its zone, of `geocode_with_reasons` only; the reason stays last
ZONE_EVIDENCE = "zone_evidence"
_ROW_COLUMNS = (*COLUMNS[:-1], ZONE_EVIDENCE, COLUMNS[-1])
_ADCODE, _PROVINCE, _LEVEL, _METHOD, _SOURCE = (
    COLUMNS.index(name)
    for name in ("adcode", *(f"geocode_{c}" for c in ("province", "level", "method", "source")))
)
_FINENESS = {level: i for i, level in enumerate(("place", "county", "city", "province", ""))}
# What the name of a company or another body ends with.
_BODY = re.compile(
    r"(?:公司|集团|厂|合作社|研究院|研究所|事务所|银行|分行|支行|商行|经营部|营业部|门市部|分所|大学|学院|医院|学校|"
    r"分校|校区|院区|保险|证券|基金|协会|实业|有限合伙|普通合伙|个人独资|专卖店|药店|分店|店)$"
)
_LAST_BRACKETS = re.compile(r"\([^()]*\)$")
# How a credit code of 18 characters begins: authority, kind of body, six digits of a division.
_CREDIT_CODE = re.compile(r"[0-9A-Z]{2}(\d{6})[0-9A-Z]{10}")
FIRST_CODE_YEAR = 1999  # registers of firms with codes of divisions are about that old
_ANYWHERE = Scope()
_MOST_REASONS = 100_000
CODE_NAMES = Message("the credit code names {name}")
CODE_AGAINST = "the credit code names"  # in the English of a reason, which is the data
CREDIT_CODE, ZONE = "credit-code", "zone"  # of `geocode_method`
ZONE_SOURCE = "zone "  # `geocode_source` of a zone, before its key

Row = tuple[object, ...]
# province, city, county, credit code, texts of a row
_Given = tuple[str, str, str, str, tuple[str, ...]]


def geocode_texts(  # noqa: PLR0913, what a table says of its rows are its options
    texts: Sequence[pd.Series[str]],
    provinces: pd.Series[str] | None = None,
    cities: pd.Series[str] | None = None,
    counties: pd.Series[str] | None = None,
    *,
    credit_codes: pd.Series[str] | None = None,
    year: int = LAST_YEAR,
    kind: str | Sequence[str] = "auto",
    progress: Callable[[Iterable[_Given], int], Iterable[_Given]] | None = None,
) -> pd.DataFrame:
    """Locate each row by the finest of its texts.

    Parameters
    ----------
    texts
        One or more columns on one index, the most trusted first: addresses, company names.
    provinces, cities, counties
        Columns that bind, on the same index; empty cells say nothing.
    credit_codes
        Unified social credit codes: digits 3 to 8 name the division of registration, which is
        taken where nothing else says the county, and said where it contradicts the row.
    year
        Of the division names, 1980 to 2024; former names are understood too.
    kind
        ``address``, ``company``, or ``auto``: a text that ends like the name of a body (公司, 店)
        is one; of all texts, or of each.
    progress
        Wraps the rows, given with their number: a progress bar.

    Returns
    -------
    pandas.DataFrame
        On the same index: ``lon``, ``lat`` (WGS-84 degrees, nan where unresolved), ``adcode`` (of
        2024), ``geocode_province``, ``geocode_city``, ``geocode_county`` (names of 2024, as far
        as they are known: a municipality and a county directly under a province are their own
        city), ``geocode_level`` (place, county, city, province, or "" where unresolved),
        ``geocode_method`` (``zone`` for the position of a development zone that the text names),
        ``geocode_source``, ``uncertainty_km``, ``geocode_candidates`` (codes, separated by a
        semicolon), ``geocode_reason``.

    Raises
    ------
    UsageError
        For an unknown kind or a year without names.
    """
    located, _ = geocode_with_reasons(
        texts, provinces, cities, counties,
        credit_codes=credit_codes, year=year, kind=kind, progress=progress,
    )  # fmt: skip
    return located[COLUMNS]


def geocode_with_reasons(  # noqa: PLR0913, as `geocode_texts`
    texts: Sequence[pd.Series[str]],
    provinces: pd.Series[str] | None = None,
    cities: pd.Series[str] | None = None,
    counties: pd.Series[str] | None = None,
    *,
    credit_codes: pd.Series[str] | None = None,
    year: int = LAST_YEAR,
    kind: str | Sequence[str] = "auto",
    progress: Callable[[Iterable[_Given], int], Iterable[_Given]] | None = None,
) -> tuple[pd.DataFrame, dict[str, Words]]:
    """Locate each row as `geocode_texts`, and return its reasons in words, too.

    Returns
    -------
    tuple
        What `geocode_texts` returns, with ``zone_evidence``: where ``geocode_method`` is ``zone``,
        by which words (``full name``, ``place word and kind``, ``own word``; see
        `geodata.zone_names`), else "". And by each English text of ``geocode_reason`` the same in
        words, for sentences in any language.
    """
    geocoder = TextGeocoder(len(texts), year=year, kind=kind)
    located = geocoder.locate(
        texts, provinces, cities, counties, credit_codes=credit_codes, progress=progress
    )
    return located, geocoder.reasons


class TextGeocoder:
    """Locates tables as `geocode_texts`, one after the other: blocks of one that is too long.

    Parameters
    ----------
    texts
        Number of columns of texts.
    year, kind
        As of `geocode_texts`; raises as that.
    """

    def __init__(
        self, texts: int, *, year: int = LAST_YEAR, kind: str | Sequence[str] = "auto"
    ) -> None:
        kinds = [kind] * texts if isinstance(kind, str) else list(kind)
        for each in kinds:
            if each not in TEXT_KINDS:
                raise UsageError(
                    Message("kind: {kind!r}; accepted: {accepted}", kind=each,
                            accepted=Listed(TEXT_KINDS))
                )  # fmt: skip
        self._locator = _Locator(gazetteer(year), kinds)

    @property
    def reasons(self) -> dict[str, Words]:
        """By each English text of ``geocode_reason`` so far the same in words."""
        return self._locator.reasons

    def locate(  # noqa: PLR0913, as `geocode_texts`
        self,
        texts: Sequence[pd.Series[str]],
        provinces: pd.Series[str] | None = None,
        cities: pd.Series[str] | None = None,
        counties: pd.Series[str] | None = None,
        *,
        credit_codes: pd.Series[str] | None = None,
        progress: Callable[[Iterable[_Given], int], Iterable[_Given]] | None = None,
    ) -> pd.DataFrame:
        """Locate the rows of a table; parameters and result are those of `geocode_texts`."""
        index = texts[0].index
        columns = [column.tolist() for column in texts]
        blank = [""] * len(index)
        home, town, county, code = (
            blank if c is None else c.tolist() for c in (provinces, cities, counties, credit_codes)
        )
        # equal results are kept once: a million companies lie in a few thousand counties
        numbers: dict[Row, int] = {}
        # most of them are the very same object, which is told quicker than an equal one; those of
        # `numbers` live as long as this
        by_object: dict[int, int] = {}
        rows = zip(home, town, county, code, zip(*columns, strict=True), strict=True)
        locate, known, codes = self._locator.row, by_object.get, list[int]()
        for given in progress(rows, len(index)) if progress else rows:
            row = locate(*given)
            number = known(id(row))
            if number is None:
                before = len(numbers)
                number = numbers.setdefault(row, before)
                if number == before:
                    by_object[id(row)] = number
            codes.append(number)
        distinct = pd.DataFrame(list(numbers), columns=list(_ROW_COLUMNS))
        # what no row has is still a number
        for column in ("lon", "lat", "uncertainty_km"):
            distinct[column] = distinct[column].astype(float)
        return distinct.take(codes).set_axis(index)


class _Locator:
    """Locates rows of one table, remembering what columns and divisions come to."""

    def __init__(self, names: Gazetteer, kinds: Sequence[str]) -> None:
        self.names, self.kinds = names, kinds
        self.today = gazetteer(LAST_YEAR)
        self.reasons: dict[str, Words] = {}  # by their English, which is the data
        self._scopes: dict[tuple[str, str, str], tuple[Scope, Words | None]] = {}
        self._plain: dict[tuple[object, ...], Row] = {}
        self._registered: dict[str, Division | None] = {}
        self._full: dict[tuple[Division, bool], Row] = {}
        self._texts: dict[int, tuple[Words, str]] = {}

    def row(self, province: str, city: str, county: str, code: str, texts: Sequence[str]) -> Row:
        """Return the columns of one row: the finest that its texts give."""
        if not (province or city or county):
            scope, fault = _ANYWHERE, None
        else:
            scope, fault = self._scope(province, city, county)
        if fault is None:
            one = len(texts) == 1
            best = self._text(texts[0], scope, self.kinds[0]) if one else self._finest(texts, scope)
        else:
            best = self._beside_fault(texts, scope, fault, city, county)
        return self._with_code(best, code) if code else best

    def _finest(self, texts: Sequence[str], scope: Scope) -> Row:
        best = self._text(texts[0], scope, self.kinds[0])
        for text, kind in zip(texts[1:], self.kinds[1:], strict=True):
            if best[_LEVEL] == "place":
                break
            other = self._text(text, scope, kind)
            if _FINENESS[str(other[_LEVEL])] < _FINENESS[str(best[_LEVEL])]:
                best = other
        return best

    def _scope(self, province: str, city: str, county: str) -> tuple[Scope, Words | None]:
        """Return what the columns say, and why not all of them say something usable."""
        bound = province, city, county
        if bound not in self._scopes:
            try:
                self._scopes[bound] = scope_of(province, city, self.names, county), None
            except ScopeError as error:
                self._scopes[bound] = error.rest or Scope(), error.message
        return self._scopes[bound]

    def _beside_fault(
        self, texts: Sequence[str], scope: Scope, fault: Words, city: str, county: str
    ) -> Row:
        """Return the columns of a row whose column of cities or counties names none of them.

        What the columns before it say still binds; without any, only a whole chain stands alone.
        """
        if scope.finest is None:
            best = self._finest(texts, Scope())
            if best[_LEVEL] in ("place", "county") and best[_METHOD] in ("name", ZONE):
                return (*best[:-1], self._data(Message("{why}; by the text alone", why=fault)))
            return self._unresolved(fault)
        best = self._finest(texts, scope)
        # the cell may name a development zone: 洋浦经济开发区, 苏州工业园区
        if best[_LEVEL] in ("", "province", "city"):
            for cell in (county, city):
                zone = zone_named(normalise(cell), 0, scope.finest) if cell else None
                if zone is not None and len(zone.zones) == 1:
                    best = self._at_zone(zone, fault)
                    break
        return self._with_reason(best, fault)

    def _with_code(self, best: Row, text: str) -> Row:
        """Return the columns with what the credit code adds or contradicts."""
        division = self._division_of_code(text)
        if division is None:
            return best
        own, code = str(best[_ADCODE]), division.current_adcode
        candidates = str(best[COLUMNS.index("geocode_candidates")])
        if own:
            same = 2 if own[2:] == "0000" else 4  # digits of the province, of the city
            agrees = own[:same] == code[:same]
        else:
            # of namesakes it tells which; what is abroad or unknown it does not contradict
            agrees = not candidates or code in candidates
        if not agrees:
            return self._with_reason(best, CODE_NAMES.fill(name=division.name))
        finer = level_of(division)
        if _FINENESS[finer] >= _FINENESS[str(best[_LEVEL])]:
            return best
        reason = Message("the division of registration, by the credit code")
        return self._kept(Resolution(finer, (division,), CREDIT_CODE, reason))

    def _with_reason(self, row: Row, why: Words) -> Row:
        """Return the columns of a row with one more reason."""
        if row[-1]:
            why = Message("{first}; {second}", first=self.reasons[str(row[-1])], second=why)
        return (*row[:-1], self._data(why))

    def _division_of_code(self, text: str) -> Division | None:
        """Return the division of 2024 that a credit code names, None for none."""
        match = _CREDIT_CODE.fullmatch(text)
        if match is None:
            return None
        digits = match[1]
        if digits not in self._registered:
            self._registered[digits] = division_of_registration(digits, self.today)
        return self._registered[digits]

    def _text(self, text: str, scope: Scope, kind: str) -> Row:
        """Return the columns of one text: its division, or the zone or town named behind it."""
        words = normalise(text)
        company = kind == "company" or (kind == "auto" and is_company(words))
        if company:
            found = resolve_company(words, scope, self.names)
        else:
            begun = plain_beginning(words, scope, self.names)
            if begun is not None:
                return self._behind(words, *begun)
            found = resolve_link_by_link(text, words, scope, self.names)
        if found.level == "":
            return self._unresolved(found.reason, current_codes(found.divisions))
        zone = found.zone
        if zone is not None and len(zone.zones) == 1:
            return self._at_zone(zone, found.reason if found.method == "former" else None)
        # a town right behind the chain is finer than the seat of the chain's last division
        apart = False
        named = town_name_at(words, found.end) if found.end and not company else None
        if named is not None and found.divisions[0].level != "province":
            town = town_of(named, found.divisions[0], self.names)
            if town is not None:
                return self._at_town(town, found._replace(level="place", reason=None))
            apart = found.level == "county" and not is_own_town(named, found.divisions[0])
        if zone is not None:
            names = Listed(z.name for z in zone.zones)
            found = found._replace(reason=Message("one of these zones: {names}", names=names))
        return self._at(found) if len(found.divisions) > 1 else self._kept(found, apart)

    def _behind(self, words: str, division: Division, end: int) -> Row:
        """Return the columns of an address that begins with a division's full names.

        The same as by `resolve_address`, for the many rows that it is so plain for.
        """
        zone = zone_named(words, end, division)
        if zone is not None and len(zone.zones) == 1:
            return self._at_zone(zone, None)
        if zone is None:
            named = town_name_at(words, end)
            if named is None or division.level == "province":
                return self._full.get((division, False)) or self._in_full(division, False)
            town = town_of(named, division, self.names)
            if town is None:
                apart = division.level == "county" and not is_own_town(named, division)
                return self._full.get((division, apart)) or self._in_full(division, apart)
            return self._at_town(town, Resolution("place", (division,), "name", None))
        names = Listed(z.name for z in zone.zones)
        reason = Message("one of these zones: {names}", names=names)
        return self._kept(Resolution(level_of(division), (division,), "name", reason))

    def _in_full(self, division: Division, apart: bool) -> Row:
        """Return the columns of a division that a text names in full and nothing finer, kept.

        `apart` says that a town of it is named whose place is not known.
        """
        reason = None
        if division.level != "county":
            reason = Message("no county is named, only {name}", name=division.name)
        row = self._at(Resolution(level_of(division), (division,), "name", reason), apart)
        return self._full.setdefault((division, apart), row)

    def _at_town(self, town: Town, found: Resolution) -> Row:
        """Return the columns of a town of a division, kept."""
        key = (town.geonameid, found.divisions[0], found.method)
        if key not in self._plain:
            row = self._at(found)
            source = f"GeoNames {town.geonameid}"
            self._plain[key] = (town.lon, town.lat, *row[2:_SOURCE], source, *row[_SOURCE + 1 :])
        return self._plain[key]

    def _kept(self, found: Resolution, apart: bool = False) -> Row:
        """Return the columns of one division: many rows share it, so they are kept."""
        reason = self._data(found.reason)
        key = (found.divisions[0], found.level, found.method, reason, apart)
        if key not in self._plain:
            self._plain[key] = self._at(found, apart)
        return self._plain[key]

    def _radius_km(self, found: Resolution, unlocated_town: bool) -> float:
        """Return the radius of an address by what it names; see `geodata.address_radii`."""
        now = self.today.by_adcode.get(found.divisions[0].current_adcode, found.divisions[0])
        if found.level == "place":
            evidence = TOWN
        elif found.method == CREDIT_CODE and found.level == "county":
            evidence = CODE
        elif found.level == "county":
            evidence = COUNTY_TOWN if unlocated_town else COUNTY
        else:
            evidence = CITY if found.level == "city" else PROVINCE
        return address_radius_km(evidence, now)

    def _at(self, found: Resolution, unlocated_town: bool = False) -> Row:
        """Return the columns of a place at the seat of its division, else of the next one above.

        `unlocated_town` says that a town is named whose place is not known.
        """
        division, *others = found.divisions
        if not division.has_seat:
            home = self.names.by_adcode.get(division.city_adcode) or province_of(
                division.province_adcode, self.names
            )
            reason = no_seat(division, self.names.year)
            if home.has_seat:
                return self._at(Resolution(level_of(home), (home,), found.method, reason))
            return self._unresolved(reason, division.current_adcode)
        return (
            division.lon, division.lat, division.current_adcode, *self._parents(division),
            found.level, found.method, division.position_source,
            self._radius_km(found, unlocated_town), current_codes(others), "",
            self._data(found.reason),
        )  # fmt: skip

    def _at_zone(self, named: ZoneMatch, reason: Words | None) -> Row:
        """Return the columns of a place in the one development zone that is named."""
        (zone,) = named.zones
        key = (zone.zone_id, named.evidence, reason and self._data(reason))
        if key not in self._plain:
            county = self.today.by_adcode[zone.adcode]
            self._plain[key] = (
                zone.lon, zone.lat, zone.adcode, *self._parents(county), "place", ZONE,
                f"{ZONE_SOURCE}{zone.zone_id}", zone.uncertainty_km, "", named.evidence,
                self._data(reason),
            )  # fmt: skip
        return self._plain[key]

    def _unresolved(self, reason: Words | None, candidates: str = "") -> Row:
        # None, not nan: equal rows must be equal
        return (None, None, "", "", "", "", "", "", "", None, candidates, "", self._data(reason))

    def _data(self, reason: Words | None) -> str:
        """Return a reason as data, in English, and keep its words."""
        if reason is None:
            return ""
        # many rows share one reason: its words are made once
        known = self._texts.get(id(reason))
        if known is not None:
            return known[1]
        text = reason.in_language(ENGLISH)
        self.reasons.setdefault(text, reason)
        if len(self._texts) < _MOST_REASONS:
            self._texts[id(reason)] = reason, text  # kept, so that its id stays its own
        return text

    def _parents(self, division: Division) -> tuple[str, str, str]:
        """Return the names of province, city and county that hold a division's seat today."""
        now = self.today.by_adcode.get(division.current_adcode, division)
        province = self.today.by_adcode[now.province_adcode].name
        county = now.name if now.level == "county" else ""
        city = self.today.by_adcode.get(now.adcode if now.level == "city" else now.city_adcode)
        if city is not None:
            return province, city.name, county
        # a municipality is its own city, and so is a county directly under a province
        own = province if province.endswith(("市", "特别行政区")) else county
        return province, own, county


def division_of_registration(digits: str, names: Gazetteer) -> Division | None:
    """Return the division of today that six digits of a credit code name, None for none.

    Offices of zones register under codes of their own (110399): those name the city. So do codes
    that stood for different counties since `FIRST_CODE_YEAR` (640104 was 郊区 and is 兴庆区), since
    a firm keeps its code.
    """
    now = {
        d.current_adcode
        for d in all_divisions()
        if d.adcode == digits and d.valid_to >= FIRST_CODE_YEAR
    }
    for code in (*(now if len(now) == 1 else ()), digits[:4] + "00", digits[:2] + "0000"):
        if code in names.by_adcode:
            return names.by_adcode[code]
    return None


def is_company(text: str) -> bool:
    """Whether a text is the name of a company or another body rather than an address.

    It ends like one, brackets behind it left out (...有限公司(北京)). An address may hold the
    name of a firm and go on.
    """
    words = normalise(text)
    while match := _LAST_BRACKETS.search(words):
        words = words[: match.start()]
    return _BODY.search(words) is not None
