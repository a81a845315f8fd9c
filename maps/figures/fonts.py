"""The font of a figure: one that has every character the figure shows, or a clear error."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

from geodata.errors import FontError, how_to_install
from geodata.words import Listed, Message, has_chinese_names, library_words

# Times-like, and comes with matplotlib, so that English figures are equal on every machine.
LATIN = "STIXGeneral"
# Sans serif before serif.
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "STHeiti",
    "DengXian",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Sarasa Gothic SC",
    "Droid Sans Fallback",
    "LXGW WenKai",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Songti SC",
    "STSong",
    "SimSun",
    "KaiTi",
    "FangSong",
)
# Rough to look at, or Japanese, which writes some characters another way (matplotlib before 3.11
# sees only the Japanese face of Noto's collections).
LAST_RESORT = ("AR PL UMing CN", "AR PL SungtiL GB", "Arial Unicode MS", "Noto Sans CJK JP")
# Any figure's Chinese needs these; rarer characters are checked in the figure itself.
CHINESE_PROBE = "开发区距离公里省份万亿元，。（）"
EXTRA = "pylopdf_fonts_zh_cn"  # Noto Sans SC under the SIL Open Font License 1.1
ADVICE = Message(
    "install one: {command}, on Debian and Ubuntu apt install fonts-noto-cjk; or name one with "
    "--font, or choose --lang en",
    command=how_to_install("fonts"),
)
# A variable font is drawn at its default weight; some begin at Thin.
_REGULAR_WEIGHTS = range(300, 601)


def figure_font(
    language: str, wanted: str | None = None, *, own_chinese: bool = False
) -> list[str]:
    """Return the font families of a figure, best first; matplotlib falls back along them.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    wanted
        A family that must be used, e.g. ``Arial``.
    own_chinese
        An English figure holds Chinese words of the user's own table.

    Raises
    ------
    FontError
        When the wanted family is not installed, or none has Chinese characters.
    """
    if wanted is not None:
        if not _installed(wanted):
            raise FontError(Message("font {font!r}: not installed", font=wanted))
        if not has_chinese_names(language):
            rest = [LATIN, *(_chinese(wanted) if own_chinese else [])]
        else:
            rest = [*_chinese(wanted), LATIN]
        return list(dict.fromkeys([wanted, *rest]))
    if not has_chinese_names(language):
        return [LATIN, *(_chinese() if own_chinese else [])]
    return [*_chinese(), LATIN]


def check_glyphs(figure: Figure, families: Iterable[str]) -> None:
    """Raise FontError when a text of the figure has a character none of the families has."""
    families = list(families)
    known = frozenset().union(*(characters(family) for family in families))
    texts = "".join(t.get_text() for t in figure.findobj(Text) if isinstance(t, Text))
    missing = "".join(sorted(c for c in set(texts) if not c.isspace() and ord(c) not in known))
    if missing:
        raise FontError(
            Message(
                "no character for {missing!r} in the fonts {fonts}; {advice}",
                missing=missing,
                fonts=Listed(families),
                advice=ADVICE,
            )
        )


@lru_cache(maxsize=64)
def characters(family: str) -> frozenset[int]:
    """Return the code points an installed family has.

    Raises
    ------
    FontError
        When its file is gone or damaged since matplotlib made its list.
    """
    try:
        return frozenset(font_manager.get_font(_path(family)).get_charmap())
    except (OSError, RuntimeError, ValueError) as error:
        raise FontError(
            Message("font {font!r}: cannot be read{why}", font=family, why=library_words(error))
        ) from None


def is_truetype(family: str) -> bool:
    """Return whether a family has TrueType outlines, which can be put into a PDF unchanged."""
    path = _path(family)
    with Path(path).open("rb") as file:
        if file.read(4) == b"ttcf":  # a collection: the face's own table begins elsewhere
            file.seek(12 + 4 * getattr(path, "face_index", 0))
            file.seek(int.from_bytes(file.read(4), "big"))
        else:
            file.seek(0)
        return file.read(4) != b"OTTO"


def _path(family: str) -> str:
    wanted = font_manager.FontProperties(family=family)
    return font_manager.findfont(wanted, fallback_to_default=False)


def _chinese(wanted: str | None = None) -> list[str]:
    """Return the first family with Chinese characters, as a list of one."""
    probe = set(map(ord, CHINESE_PROBE))
    steps: tuple[tuple[Callable[[], None] | None, Iterable[str]], ...] = (
        (None, [wanted, *CHINESE] if wanted else CHINESE),
        (_add_extra, CHINESE),
        (_add_new, (*CHINESE, *LAST_RESORT)),
    )
    for find_more, families in steps:
        if find_more is not None:
            find_more()
        for family in families:
            with suppress(FontError):  # a damaged one: the next
                if _installed(family) and probe <= characters(family):
                    return [family]
    raise FontError(
        Message("no font with Chinese characters is installed; {advice}", advice=ADVICE)
    )


def _installed(family: str) -> bool:
    return any(
        entry.name == family and _weight(entry.weight) in _REGULAR_WEIGHTS
        for entry in font_manager.fontManager.ttflist
    )


def _weight(weight: int | str) -> int:
    return font_manager.weight_dict[weight] if isinstance(weight, str) else int(weight)


def _add_extra() -> None:
    """Add the font of the extra ``fonts``, where it is installed."""
    with suppress(ImportError, OSError, RuntimeError, ValueError):
        font_manager.fontManager.addfont(importlib.import_module(EXTRA).sans_path())


def _add_new() -> None:
    """Add fonts that were installed after matplotlib made its list of them."""
    known = {str(entry.fname) for entry in font_manager.fontManager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - known):
        try:
            font_manager.fontManager.addfont(path)
        except (OSError, RuntimeError, ValueError):  # not a font that matplotlib reads
            continue
