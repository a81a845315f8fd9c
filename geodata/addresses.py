"""Resolve addresses and company names to divisions.

An address names its divisions at its beginning (see `geodata.chain`). A company's name has its
place before 分公司, in parentheses (...(深圳)有限公司) or at the beginning (北京...). What the
columns for province and city say binds; what stays open is reported with its candidates.
"""

from __future__ import annotations

import re

from geodata.chain import Chain, Scope, is_abroad, read_chain, without_fillers
from geodata.gazetteer import Division, Gazetteer
from geodata.names import normalise
from geodata.resolver import Resolution, level_of

_BRANCH = re.compile(
    r"(?:公司|银行|集团)([^()公司]{2,12}?)(?:分公司|分行|分店|分部|支行|办事处|子公司)"
)
# What stands in a column for province or city and says nothing.
_EMPTY = re.compile(
    r"(?i:nan|none|null|n/a)|[-/\\.]+|无|未知|不详|县|其他|(?:省|自治区)?直辖.{0,6}|市辖区"
)
# Names of provinces that no table of divisions holds.
_PROVINCES = dict(
    pair.split("=")
    for pair in (
        "内蒙=内蒙古 广西省=广西 新疆省=新疆 宁夏省=宁夏 西藏省=西藏 "
        "新疆兵团=新疆 新疆生产建设兵团=新疆"
    ).split()
)
_PARENTHESES = re.compile(r"\(([^()]{2,12})\)")
# What an address goes on with after a county's short form: 余杭仓前街道, 昆山开发区.
_ADDRESS_WORD = re.compile(
    r".{0,8}?(?:镇|乡|街道|路|街|道|号|村|弄|巷|开发区|工业园|工业区|高新|新区|园区|大厦|广场)|$"
)
_SEPARATORS = frozenset(" ,;:()/-_>|、。")
# How far into an address a full name still counts when none stands at its beginning.
SEARCH_CHARACTERS = 40


def scope_of(province: str, city: str, gazetteer: Gazetteer) -> Scope:
    """Return the scope that the texts of the columns name.

    Raises
    ------
    ValueError
        When a text is not empty and names no province or city, or the two contradict.
    """
    province_text, city_text = _cell(province), without_fillers(_cell(city))
    home = _province(province_text, gazetteer)
    if province_text and home is None:
        text = f"province column {province!r} names no province of {gazetteer.year}"
        raise ValueError(text)
    if not city_text:
        return Scope(home)
    if city_text in ("吉林", "吉林市"):
        city_text = "吉林省吉林市"  # in this column the city is meant, not the province
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
    if is_abroad(words):
        return _result(Chain(), scope, "abroad, in Hong Kong, Macao or Taiwan")
    chain = read_chain(words, 0, scope, gazetteer)
    weak = chain.links <= 1 and not chain.full and not chain.refused
    if weak and (not chain.candidates or chain.candidates[0].level == "county"):
        # an address that begins with a park, a building or a short form: a chain behind it counts
        later = _later_chain(words, scope, gazetteer, 1 if not chain.candidates else 2)
        if later is not None:
            return _result(later, scope)
    if scope.city is None and _may_be_a_brand(chain) and not _ADDRESS_WORD.match(words, chain.end):
        return _brand(words, chain, scope)
    return _result(chain, scope)


def _later_chain(words: str, scope: Scope, gazetteer: Gazetteer, links: int) -> Chain | None:
    """Return the first chain of full names behind the beginning, with at least so many links."""
    for start in range(1, min(len(words), SEARCH_CHARACTERS)):
        found = read_chain(words, start, scope, gazetteer)
        if not found.full or found.kind != "name" or found.links < links:
            continue
        before = words[start - 1]
        short = found.links == 1 and found.end - start <= 2
        # 台州市北区, 河南县: a name cut out of a longer one is none
        if before in "市县州国省" or (short and before not in _SEPARATORS):
            continue
        return found
    return None


def resolve_company(name: str, scope: Scope, gazetteer: Gazetteer) -> Resolution:
    """Resolve a company's name: branch, then parentheses, then its beginning."""
    words = normalise(name)
    if is_abroad(words):
        return _result(Chain(), scope, "abroad, in Hong Kong, Macao or Taiwan")
    branch = _BRANCH.search(words)
    texts = [branch[1]] if branch else []
    for text in (*texts, *_PARENTHESES.findall(words)):
        chain = read_chain(text, 0, scope, gazetteer)
        rest = text[chain.end :]
        city = bool(chain.candidates) and chain.candidates[0].level != "county"
        if chain.candidates and (rest in ("", "市", "县", "区") or city):
            return _result(chain, scope)
    chain = read_chain(words, 0, scope, gazetteer)
    if scope.city is None and _may_be_a_brand(chain):
        return _brand(words, chain, scope)
    return _result(chain, scope)


def _may_be_a_brand(chain: Chain) -> bool:
    """Whether a short form is too weak: 平安, 长安, 阿里, 河北长安; not 北京, 深圳, 杭州余杭."""
    if not chain.candidates or chain.full or chain.links > 2:
        return False
    first = chain.candidates[0]
    if chain.links == 2:  # province and county: 山东泰山, 河北长安
        return first.level == "county" and chain.from_province
    return first.level == "county" or not first.name.endswith(("市", "省", "自治区"))


def _brand(words: str, chain: Chain, scope: Scope) -> Resolution:
    names = ", ".join(d.name for d in chain.candidates)
    reason = f"{words[: chain.end]} may be a brand as well as {names}"
    home = scope.province
    if chain.from_province and home is None:
        home = chain.first
    if home is None:
        return Resolution("", chain.candidates, "", reason)
    return Resolution(level_of(home), (home, *chain.candidates), "column", reason)


def _cell(text: str) -> str:
    """Return a cell of a column in normal form, "" where it says nothing."""
    words = normalise(text)
    return "" if _EMPTY.fullmatch(words) else words


def _province(text: str, gazetteer: Gazetteer) -> Division | None:
    text = _PROVINCES.get(text, text)
    for match in gazetteer.everywhere.get(text, ()):
        if match.divisions[0].level == "province":
            return match.divisions[0]
    return None


def _result(chain: Chain, scope: Scope, why: str = "") -> Resolution:
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
    reason = why or "no division at the beginning of the text"
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
