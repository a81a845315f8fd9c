"""Resolve addresses and company names to divisions.

An address names its divisions at its beginning (see `geodata.chain`). A company's name has its
place before 分公司, in parentheses (...(深圳)有限公司) or at the beginning (北京...). What the
columns for province and city say binds; what stays open is reported with its candidates.
"""

from __future__ import annotations

import re

from geodata.chain import Chain, Scope, read_chain, without_fillers
from geodata.gazetteer import Division, Gazetteer
from geodata.names import normalise
from geodata.resolver import Resolution, level_of

_BRANCH = re.compile(
    r"(?:公司|银行|集团)([^()公司]{2,12}?)(?:分公司|分行|分店|分部|支行|办事处|子公司)"
)
_PARENTHESES = re.compile(r"\(([^()]{2,12})\)")
# How far into an address a full name still counts when none stands at its beginning.
SEARCH_CHARACTERS = 40


def scope_of(province: str, city: str, gazetteer: Gazetteer) -> Scope:
    """Return the scope that the texts of the columns name.

    Raises
    ------
    ValueError
        When a text is not empty and names no province or city, or the two contradict.
    """
    province_text, city_text = normalise(province), without_fillers(normalise(city))
    home = _province(province_text, gazetteer)
    if province_text and home is None:
        text = f"province column {province!r} names no province of {gazetteer.year}"
        raise ValueError(text)
    if not city_text:
        return Scope(home)
    chain = read_chain(city_text, 0, Scope(home), gazetteer)
    found = chain.candidates
    if len(found) == 1 and chain.end == len(city_text):
        if found[0].level == "province":
            return Scope(found[0])  # a municipality stands in both columns
        return Scope(home or gazetteer.by_adcode[found[0].province_adcode], found[0])
    where = f" in {home.name}" if home else ""
    what = "names more than one city" if found else "names no city"
    text = f"city column {city!r} {what}{where} of {gazetteer.year}"
    raise ValueError(text)


def resolve_address(text: str, scope: Scope, gazetteer: Gazetteer) -> Resolution:
    """Resolve an address by the chain of divisions at its beginning.

    Parameters
    ----------
    text
        The address as given.
    scope
        What the columns for province and city say.
    gazetteer
        Of the year of the address.

    Returns
    -------
    Resolution
        ``level`` is "" and ``divisions`` are the candidates when it stays open.
    """
    words = normalise(text)
    whole = gazetteer.whole_chain(words)
    if whole is not None and scope.holds(whole[0]):
        return Resolution("county", (whole[0],), "name", "", whole[1])
    chain = read_chain(words, 0, scope, gazetteer)
    if not chain.candidates and not chain.refused:
        # an address that begins with a park or a building: a full name behind it still counts
        for start in range(1, min(len(words), SEARCH_CHARACTERS)):
            found = read_chain(words, start, scope, gazetteer)
            if found.candidates and found.kind == "name":
                chain = found
                break
    return _result(chain, scope)


def resolve_company(name: str, scope: Scope, gazetteer: Gazetteer) -> Resolution:
    """Resolve a company's name: branch, then parentheses, then its beginning."""
    words = normalise(name)
    branch = _BRANCH.search(words)
    texts = [branch[1]] if branch else []
    for text in (*texts, *_PARENTHESES.findall(words)):
        chain = read_chain(text, 0, scope, gazetteer)
        if chain.candidates and text[chain.end :] in ("", "市", "县", "区"):
            return _result(chain, scope)
    chain = read_chain(words, 0, scope, gazetteer)
    if scope.city is None and chain.links == 1 and _may_be_a_brand(chain):
        names = ", ".join(d.name for d in chain.candidates)
        reason = f"{words[: chain.end]} may be a brand as well as {names}"
        if scope.province is None:
            return Resolution("", chain.candidates, "", reason)
        return Resolution("province", (scope.province, *chain.candidates), "column", reason)
    return _result(chain, scope)


def _may_be_a_brand(chain: Chain) -> bool:
    """Whether a short form alone is too weak: 平安, 长安, 阿里; not 北京, 深圳."""
    if chain.kind == "name":
        return False
    return any(
        d.level == "county" or d.name.endswith(("地区", "盟", "州")) for d in chain.candidates
    )


def _province(text: str, gazetteer: Gazetteer) -> Division | None:
    for match in gazetteer.everywhere.get(text, ()):
        if match.divisions[0].level == "province":
            return match.divisions[0]
    return None


def _result(chain: Chain, scope: Scope) -> Resolution:
    divisions = chain.candidates
    if len(divisions) == 1:
        one = divisions[0]
        return Resolution(level_of(one), divisions, chain.kind, _reason(one, chain), chain.end)
    home = scope.city or scope.province
    if divisions:
        names = ", ".join(f"{d.name} ({d.adcode})" for d in divisions)
        reason = f"ambiguous: {names}"
        if home is None:
            return Resolution("", divisions, chain.kind, reason)
        return Resolution(level_of(home), (home, *divisions), "column", reason)
    reason = "no division at the beginning of the text"
    if chain.refused:
        reason = f"the text says {chain.refused}, the columns say otherwise"
    if home is None:
        return Resolution("", (), "", reason)
    return Resolution(level_of(home), (home,), "column", reason)


def _reason(division: Division, chain: Chain) -> str:
    if chain.kind == "former":
        return f"{division.name} was renamed or merged after {division.valid_to}"
    if division.level != "county":
        return f"no county is named, only {division.name}"
    return ""
