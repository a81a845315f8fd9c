"""Locate addresses and company names of a table, row by row, offline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from geodata.addresses import Scope, ScopeError, resolve_address, resolve_company, scope_of
from geodata.errors import UsageError
from geodata.gazetteer import LAST_YEAR, Division, Gazetteer, current_codes, gazetteer, town_at
from geodata.names import normalise
from geodata.resolver import Resolution, level_of, no_seat, province_of
from geodata.vocabulary import TEXT_KINDS
from geodata.words import ENGLISH, Listed, Message, Words
from geodata.zone_geocoder import radius_km

COLUMNS = (
    "lon lat adcode geocode_province geocode_city geocode_county geocode_level geocode_method "
    "geocode_source uncertainty_km geocode_candidates geocode_reason"
).split()
_PROVINCE, _LEVEL, _METHOD, _SOURCE = (
    COLUMNS.index(f"geocode_{name}") for name in ("province", "level", "method", "source")
)
_FINENESS = {level: i for i, level in enumerate(("place", "county", "city", "province", ""))}
_COMPANY_ENDS = tuple(
    "集团 厂 合作社 研究院 研究所 事务所 银行 分行 支行 商行 经营部 大学 学院 医院 学校 分校 保险 "
    "证券 基金 协会 实业 有限合伙 )".split()
)

Row = tuple[object, ...]
_Given = tuple[str, str, str, tuple[str, ...]]  # province, city, county, texts of a row


def geocode_texts(  # noqa: PLR0913, what a table says of its rows are its options
    texts: Sequence[pd.Series[str]],
    provinces: pd.Series[str] | None = None,
    cities: pd.Series[str] | None = None,
    counties: pd.Series[str] | None = None,
    *,
    year: int = LAST_YEAR,
    kind: str = "auto",
    progress: Callable[[Iterable[_Given], int], Iterable[_Given]] | None = None,
) -> pd.DataFrame:
    """Locate each row by the finest of its texts.

    Parameters
    ----------
    texts
        One or more columns on one index, the most trusted first: addresses, company names.
    provinces, cities, counties
        Columns that bind, on the same index; empty cells say nothing.
    year
        Of the division names, 1980 to 2024; former names are understood too.
    kind
        ``address``, ``company``, or ``auto``: a text with 公司 or the like is a company's name.
    progress
        Wraps the rows, given with their number: a progress bar.

    Returns
    -------
    pandas.DataFrame
        On the same index: ``lon``, ``lat`` (WGS-84 degrees, nan where unresolved), ``adcode`` (of
        2024), ``geocode_province``, ``geocode_city``, ``geocode_county`` (names of 2024),
        ``geocode_level`` (place, county, city, province, or "" where unresolved),
        ``geocode_method``, ``geocode_source``, ``uncertainty_km``, ``geocode_candidates`` (codes,
        separated by a semicolon), ``geocode_reason``.

    Raises
    ------
    UsageError
        For an unknown kind or a year without names.
    """
    located, _ = geocode_with_reasons(
        texts, provinces, cities, counties, year=year, kind=kind, progress=progress
    )
    return located


def geocode_with_reasons(  # noqa: PLR0913, as `geocode_texts`
    texts: Sequence[pd.Series[str]],
    provinces: pd.Series[str] | None = None,
    cities: pd.Series[str] | None = None,
    counties: pd.Series[str] | None = None,
    *,
    year: int = LAST_YEAR,
    kind: str = "auto",
    progress: Callable[[Iterable[_Given], int], Iterable[_Given]] | None = None,
) -> tuple[pd.DataFrame, dict[str, Words]]:
    """Locate each row as `geocode_texts`, and return its reasons in words, too.

    Returns
    -------
    tuple
        What `geocode_texts` returns, and by each English text of ``geocode_reason`` the same in
        words, for sentences in any language.
    """
    if kind not in TEXT_KINDS:
        raise UsageError(
            Message("kind: {kind!r}; accepted: {accepted}", kind=kind, accepted=Listed(TEXT_KINDS))
        )
    locator = _Locator(gazetteer(year), kind)
    index = texts[0].index
    columns = [column.tolist() for column in texts]
    blank = [""] * len(index)
    home = blank if provinces is None else provinces.tolist()
    town = blank if cities is None else cities.tolist()
    county = blank if counties is None else counties.tolist()
    # equal results are kept once: a million companies lie in a few thousand counties
    numbers: dict[Row, int] = {}
    rows = zip(home, town, county, zip(*columns, strict=True), strict=True)
    codes = [
        numbers.setdefault(locator.row(*given), len(numbers))
        for given in (progress(rows, len(index)) if progress else rows)
    ]
    distinct = pd.DataFrame(list(numbers), columns=COLUMNS)
    distinct["lon"] = distinct["lon"].astype(float)
    distinct["lat"] = distinct["lat"].astype(float)
    return distinct.take(codes).set_axis(index), locator.reasons


class _Locator:
    """Locates rows of one table, remembering what columns and divisions come to."""

    def __init__(self, names: Gazetteer, kind: str) -> None:
        self.names, self.kind = names, kind
        self.today = gazetteer(LAST_YEAR)
        self.reasons: dict[str, Words] = {}  # by their English, which is the data
        self._scopes: dict[tuple[str, str, str], Scope | Words] = {}
        self._plain: dict[tuple[str, str, str], Row] = {}

    def row(self, province: str, city: str, county: str, texts: Sequence[str]) -> Row:
        """Return the columns of one row: the finest that its texts give."""
        scope = self._scope(province, city, county)
        if not isinstance(scope, Scope):
            # a column that says nothing usable: a text with a whole chain still stands by itself,
            # unless the province's column, usable without the city's, says another one
            best = self.row("", "", "", texts)
            home = self._scope(province, "", "")
            elsewhere = (
                isinstance(home, Scope)
                and home.province is not None
                and home.province.name != best[_PROVINCE]
            )
            whole = best[_LEVEL] in ("place", "county") and best[_METHOD] == "name"
            if whole and not elsewhere:
                return (*best[:-1], self._data(Message("{why}; by the text alone", why=scope)))
            return self._unresolved(scope)
        best = self._text(texts[0], scope)
        for text in texts[1:]:
            if best[_LEVEL] == "place":
                break
            other = self._text(text, scope)
            if _FINENESS[str(other[_LEVEL])] < _FINENESS[str(best[_LEVEL])]:
                best = other
        return best

    def _scope(self, province: str, city: str, county: str) -> Scope | Words:
        """Return what the columns say, or why they say nothing usable."""
        bound = province, city, county
        if bound not in self._scopes:
            try:
                self._scopes[bound] = scope_of(province, city, self.names, county)
            except ScopeError as error:
                self._scopes[bound] = error.message
        return self._scopes[bound]

    def _text(self, text: str, scope: Scope) -> Row:
        """Return the columns of one text: its division, or the town named behind it."""
        company = self.kind == "company" or (self.kind == "auto" and is_company(text))
        found = (resolve_company if company else resolve_address)(text, scope, self.names)
        if found.level == "":
            return self._unresolved(found.reason, current_codes(found.divisions))
        # a town right behind the chain is finer than the seat of the chain's last division
        division = found.divisions[0]
        if found.end and division.level != "province":
            town = town_at(normalise(text), found.end, division, self.names)
            if town is not None:
                row = self._at(found._replace(level="place", reason=None))
                return (town.lon, town.lat, *row[2:_SOURCE], f"GeoNames {town.geonameid}",
                        *row[_SOURCE + 1 :])  # fmt: skip
        if len(found.divisions) > 1:
            return self._at(found)
        # one division: many rows share it, so its columns are kept
        key = (division.adcode, found.method, self._data(found.reason))
        if key not in self._plain:
            self._plain[key] = self._at(found)
        return self._plain[key]

    def _at(self, found: Resolution) -> Row:
        """Return the columns of a place at the seat of its division, else of the next one above."""
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
            radius_km(found.level, found.method), current_codes(others),
            self._data(found.reason),
        )  # fmt: skip

    def _unresolved(self, reason: Words | None, candidates: str = "") -> Row:
        # None, not nan: equal rows must be equal
        return (None, None, "", "", "", "", "", "", "", None, candidates, self._data(reason))

    def _data(self, reason: Words | None) -> str:
        """Return a reason as data, in English, and keep its words."""
        if reason is None:
            return ""
        text = reason.in_language(ENGLISH)
        self.reasons.setdefault(text, reason)
        return text

    def _parents(self, division: Division) -> tuple[str, str, str]:
        """Return the names of province, city and county that hold a division's seat today."""
        now = self.today.by_adcode.get(division.current_adcode, division)
        province = self.today.by_adcode[now.province_adcode].name
        city = self.today.by_adcode.get(now.adcode if now.level == "city" else now.city_adcode)
        return province, city.name if city else "", now.name if now.level == "county" else ""


def is_company(text: str) -> bool:
    """Whether a text is a company's name rather than an address."""
    return "公司" in text or text.endswith(_COMPANY_ENDS)
