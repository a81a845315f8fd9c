"""The console: its language, what it can show, what a terminal is told on the way."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Any

from geodata.errors import UsageError
from zones.progress import on_terminal
from zones.study import LANGUAGES
from zones.words import console_words

VARIABLE = "ZONEGAP_LANG"
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set decides (POSIX)
# what GBK and ASCII lack and a plain sign says as well
PLAIN = {"²": "2", "–": "-", "—": "-", "×": "x", "≥": ">=", "≤": "<=", "…": "...", "÷": "/"}


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Replace what a console cannot show by a plain sign, or a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(PLAIN.get(sign, "?") for sign in lost), error.end


codecs.register_error("zonegap-plain", _plain)


def shows(text: str, stream: IO[Any]) -> bool:
    """Whether a stream can carry a text as it is."""
    try:
        text.encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True


def prepare_streams(environ: Mapping[str, str]) -> None:
    """Make sure that no character ends the run, and that a redirected output loses none.

    A console that cannot show a character (GBK, ASCII) shows a plain sign in its place. A file or
    pipe whose encoding has no Chinese (a Western Windows) gets UTF-8, unless PYTHONIOENCODING says
    what is wanted.
    """
    for stream in (sys.stdout, sys.stderr):
        if not hasattr(stream, "reconfigure"):
            continue
        asked = "PYTHONIOENCODING" in environ
        if not asked and not stream.isatty() and not shows("中", stream):
            stream.reconfigure(encoding="utf-8")
        stream.reconfigure(errors="zonegap-plain")


def choose_language(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Set the language of messages: ``--lang``, else ZONEGAP_LANG, else the locale.

    Where messages go to a console that cannot show Chinese they are English.

    Raises
    ------
    UsageError
        When ZONEGAP_LANG is neither English nor Chinese.
    """
    asked = _option(arguments) or _variable(environ)
    found = asked or _locale(environ)
    if not shows("中", sys.stderr):
        console_words.use("en", explicit=True)
    else:
        console_words.use(found, explicit=bool(asked))


def _option(arguments: Sequence[str]) -> str:
    """Return the value of ``--lang`` before it is parsed: errors of parsing need it."""
    found = ""
    for i, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            found = value if equals else "".join(arguments[i + 1 : i + 2])
    return found if found in LANGUAGES else ""


def _variable(environ: Mapping[str, str]) -> str:
    text = environ.get(VARIABLE, "").strip()
    if text and _prefix(text) not in LANGUAGES:
        words = f"{VARIABLE}: {text!r}; accepted: {', '.join(LANGUAGES)}"
        raise UsageError(words)
    return _prefix(text)


def _locale(environ: Mapping[str, str]) -> str:
    name = next((environ[v] for v in LOCALE_VARIABLES if environ.get(v)), "") or _windows_locale()
    return "zh" if _prefix(name) == "zh" else "en"


def _prefix(name: str) -> str:
    return name.replace("-", "_").split("_")[0].split(".")[0].lower()


def _windows_locale() -> str:
    """Return the language of Windows' menus, e.g. zh_CN; "" elsewhere."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    code = ctypes.windll.kernel32.GetUserDefaultUILanguage()
    return locale.windows_locale.get(code, "")


def say(text: str, end: str = "\n") -> None:
    """Print a result.

    Not by typer, which writes UTF-8 to a stream that says it is ASCII.
    """
    sys.stdout.write(text + end)
    sys.stdout.flush()


def note(text: str) -> None:
    """Say something beside the results."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def step(key: str, number: int, of: int) -> None:
    """Say on a terminal, and only there, what a long command is at."""
    if on_terminal():
        note(f"[{number}/{of}] {console_words.message(key)} ...")


def setup() -> None:
    """Prepare streams and language for a command of this process."""
    prepare_streams(os.environ)
    choose_language(sys.argv[1:], os.environ)
