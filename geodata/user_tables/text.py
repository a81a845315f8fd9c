"""Cells as text: characters that nobody sees, spaces, and what tables write for "none"."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd

# Line breaks, tab and every kind of space become a space. U+000B is Word's break within a
# paragraph, U+3000 the space of Chinese input, U+00A0 that of web pages.
_SPACES = frozenset(
    "\t\n\x0b\x0c\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
)
# The spaces above, and what is dropped: control characters; marks of direction, joining and
# order; soft hyphen and byte-order mark; fillers and selectors of a glyph's form; code points
# that are no characters. Text from web pages, chats, PDF files and Word holds them. Private
# characters stay: GBK fonts show them, and names of places and persons are written with them.
_ODD = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\ufdd0-\ufdef\ud800-\udfff\U000e0000-\U000e0fff]"
)
_LONGEST_BLANK = 40
_BLANK_WORDS = frozenset(
    {"not available", "not applicable"}
    | set(
        "无 暂无 没有 无数据 暂无数据 空 空白 空值 缺 缺失 暂缺 未知 不明 不详 未公示 未公开 "
        "未披露 未填 未填写 未填报 不适用 待定 "
        "nan none null nil na n/a n.a. #n/a <na> nat unknown".split()
    )
)
_BLANK_SIGNS = re.compile(r"[-‐‒–—―−─━_/\\*.·~ ]*")


def clean(text: str) -> str:
    r"""Return a cell without the characters that nobody sees.

    Every line break, tab and space of another kind becomes a space, also inside; format and
    control characters go away; spaces around go away. Whatever is visible stays as it is, 巿
    (U+5DFF, not 市) among it: it is a word of its own (徐巿), and which was meant is for the
    comparison of names to say, not for the cell.

    Examples
    --------
    >>> clean("\u3000杭州市\u200b滨江区\n")
    '杭州市滨江区'
    """
    if _ODD.search(text):
        text = _ODD.sub(_instead, text.replace("\r\n", "\n"))
    return text.strip()


def _instead(found: re.Match[str]) -> str:
    return " " if found[0] in _SPACES else ""


def clean_cells(cells: pd.Series[str]) -> tuple[pd.Series[str], pd.Series[bool]]:
    """Return the cells of a column cleaned, and which of them changed in more than outer space.

    Parameters
    ----------
    cells
        Text, none missing.

    Returns
    -------
    tuple
        Both on the same index.
    """
    codes, distinct = pd.factorize(cells.to_numpy(dtype=object))
    cleaned = [clean(text) for text in distinct]
    changed = [new != old.strip() for new, old in zip(cleaned, distinct, strict=True)]
    texts: pd.Series[str] = pd.Series(
        np.array(cleaned, dtype=object)[codes],
        index=cells.index,
        dtype=cells.dtype,
        name=cells.name,
    )
    mask: pd.Series[bool] = pd.Series(
        np.array(changed, dtype=bool)[codes], index=cells.index, name=cells.name
    )
    return texts, mask


def is_blank(text: str) -> bool:
    """Whether a cell says that there is no value, rather than one that is not understood.

    Nothing, dashes, slashes and the like alone, or a word for it (无, 暂无, N/A), also in brackets.
    """
    plain = clean(text)
    if len(plain) > _LONGEST_BLANK:
        return False
    plain = unicodedata.normalize("NFKC", plain).casefold().strip("()[] ")
    return plain in _BLANK_WORDS or _BLANK_SIGNS.fullmatch(plain) is not None
