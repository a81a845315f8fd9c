"""Chinese place names as text: normal form and short forms of division names."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable

from geodata.registry import table_records

# The 55 minority peoples as they stand in names of autonomous divisions, longest first
# where one name begins with another.
PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|"
    "纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|"
    "鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
# 蒙古 and other long names may drop 族 (巴音郭楞蒙古自治州); one-character names never do.
_LONG_PEOPLES = "|".join(p for p in PEOPLES.split("|") if len(p) > 1)
_AUTONOMOUS = re.compile(
    rf"(?:(?:{PEOPLES})族|{_LONG_PEOPLES})*(?:自治区|自治州|自治县|自治旗|联合旗)$"
)
# For names of which the rule above leaves nothing (东乡族自治县), longest first. 林区 is no entry:
# 碑林区, 万柏林区 are districts of a name in 林.
_GENERICS = tuple(
    "特别行政区 族自治州 族自治县 族自治旗 自治州 自治县 自治旗 自治区 "
    "地区 矿区 特区 新区 省 市 盟 州 县 区 旗".split()
)
_FIXED = {"神农架林区": "神农架"}
# white space, and characters that web pages and chats leave in copied text and that no one sees
_SPACE = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")


def normalise(text: str) -> str:
    """Return `text` in the form names are compared in.

    Unicode NFKC folds full-width letters, digits, compatibility ideographs and Kangxi
    radicals; other radicals and the traditional characters of place names become simplified
    ones; white space and invisible characters inside go away, since Chinese names hold none.
    """
    # most texts are in normal form already, and asking is cheaper than making it
    if not _is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    if not _odd_character()(text):
        return text
    return _SPACE.sub("", text).translate(_variants())


_is_normalized = unicodedata.is_normalized


@functools.cache
def _odd_character() -> Callable[[str], re.Match[str] | None]:
    """Return the search for what `normalise` takes out or replaces."""
    return re.compile(f"[{_SPACE.pattern[1:-2]}{''.join(map(chr, _variants()))}]").search


@functools.cache
def _variants() -> dict[int, str]:
    return {ord(row["variant"]): row["character"] for row in table_records("character_variants")}


def short_name(name: str) -> str:
    """Return a division's name without its generic part, "" where none may be used.

    A short form has at least two characters: 沙县, 莘县 keep their full form, and so do
    城区, 郊区, 矿区, whose rest would be no name.

    Examples
    --------
    >>> short_name("余杭区"), short_name("玉屏侗族自治县"), short_name("内蒙古自治区")
    ('余杭', '玉屏', '内蒙古')
    >>> short_name("沙县"), short_name("西林区")
    ('', '西林')
    """
    stem = _AUTONOMOUS.sub("", name)
    if len(stem) >= 2 and stem != name:
        return stem
    for generic in _GENERICS:
        stem = name.removesuffix(generic)
        if len(stem) >= 2 and stem != name:
            return _FIXED.get(name, stem)
    return ""
