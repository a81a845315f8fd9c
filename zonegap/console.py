"""The console: its language, the signs it can show, progress on a terminal."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import typer

from geodata.errors import UsageError, ZonegapError, not_accepted, system_fault
from geodata.words import (
    ENGLISH,
    LANGUAGES,
    Listed,
    Message,
    Words,
    use_language,
)

if TYPE_CHECKING:
    from zones.report.tables import ReportTable

VARIABLE = "ZONEGAP_LANG"
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set decides (POSIX)
# what GBK and ASCII lack and a plain sign says as well
PLAIN = {"²": "2", "–": "-", "—": "-", "×": "x", "≥": ">=", "≤": "<=", "…": "...", "÷": "/"}
PARTS = 200  # a bar of a million rows need not move a million times

Item = TypeVar("Item")


# ---- language


def choose_language(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Set the language of messages: ``--lang``, else ZONEGAP_LANG, else the locale.

    Where messages go to a console that cannot show Chinese they are English.

    Raises
    ------
    UsageError
        When ZONEGAP_LANG is no language there is.
    """
    found = _option(arguments) or _variable(environ) or _locale(environ)
    use_language(found if _shows_chinese() else ENGLISH)


def follow_study(language: str) -> None:
    """Answer a study file in its language, unless another was asked for by name.

    English says nothing: it is what a study has without being asked.
    """
    asked = _option(sys.argv[1:]) or _variable(os.environ)
    if language != ENGLISH and not asked and _shows_chinese():
        use_language(language)


def _shows_chinese() -> bool:
    return shows("中", sys.stderr)


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
    if text and _code(text) not in LANGUAGES:
        raise UsageError(not_accepted(VARIABLE, text, Listed(LANGUAGES)))
    return _code(text)


def _locale(environ: Mapping[str, str]) -> str:
    name = next((environ[v] for v in LOCALE_VARIABLES if environ.get(v)), "") or _windows_locale()
    return _code(name) if _code(name) in LANGUAGES else ENGLISH


def _code(name: str) -> str:
    """Return the language of a locale: zh of zh_CN.UTF-8."""
    return name.replace("-", "_").split("_")[0].split(".")[0].lower()


def _windows_locale() -> str:
    """Return the language of Windows' menus, e.g. zh_CN; "" elsewhere."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    code = ctypes.windll.kernel32.GetUserDefaultUILanguage()
    return locale.windows_locale.get(code, "")


# ---- streams


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Replace what a console cannot show by a plain sign, or a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(PLAIN.get(sign, "?") for sign in lost), error.end


codecs.register_error("zonegap-plain", _plain)


def shows(text: str, stream: IO[Any]) -> bool:
    """Whether a stream can show a text unchanged."""
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


def setup() -> None:
    """Prepare streams and language for a command of this process."""
    prepare_streams(os.environ)
    choose_language(sys.argv[1:], os.environ)


# ---- what is printed


def show(text: Words | str, end: str = "\n") -> None:
    """Print a result.

    Not by typer, which writes UTF-8 to a stream that says it is ASCII.
    """
    if sys.stdout is None:
        raise ZonegapError(Message("standard output is closed"))
    try:
        sys.stdout.write(f"{text}{end}")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard(sys.stdout)
        raise ZonegapError(not_printed(error)) from None


def not_printed(error: OSError) -> Words:
    """Return what is wrong with the output, such as a full disk that it is redirected to."""
    return Message("standard output: {fault}", fault=system_fault(error))


UNREAD_EXIT = 141  # nobody reads the output any more: as shells have it for SIGPIPE


def discard(stream: IO[str]) -> None:
    """Send what is still to be printed nowhere, so that Python says nothing of it at its end."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def show_table(table: ReportTable, *, as_json: bool) -> None:
    """Print a table of the report: in Markdown, or as JSON with unrounded numbers."""
    from zones.report.markdown import to_markdown

    if as_json:
        show(table.frame.to_json(orient="records", force_ascii=False, indent=1))
    else:
        show(to_markdown(table), end="")


def remark(text: Words | str) -> None:
    """Say something beside the results."""
    if sys.stderr is None:  # closed: nobody wants to know
        return
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except OSError:  # a pipe that nobody reads, a terminal that is gone, a full disk: no result
        discard(sys.stderr)


COLUMNS = 80  # of a terminal, where an account is laid out


def laid_out(lines: Sequence[tuple[Words, Sequence[Words]]]) -> list[str]:
    """Return lines of a word and its parts: parts side by side as far as a line holds them.

    Chinese signs are twice as wide as others.
    """
    words = [str(word) for word, _ in lines]
    indent = max(map(_width, words), default=0) + 2
    out = []
    for word, (_, parts) in zip(words, lines, strict=True):
        line = word + " " * (indent - _width(word))
        filled = False
        for part in map(str, parts):
            gap = str(Message("; ")) if filled else ""
            if filled and _width(line) + _width(part) + len(gap) > COLUMNS:
                out.append(line)
                line, gap = " " * indent, ""
            line += gap + part
            filled = True
        out.append(line)
    return [piece for line in out for piece in _folded(line, indent)]


def _folded(line: str, indent: int) -> list[str]:
    """Return a line in pieces that fit, cut at a space where there is one."""
    pieces = []
    while _width(line) > COLUMNS:
        end = next(n for n in range(len(line), 0, -1) if _width(line[:n]) <= COLUMNS)
        space = line.rfind(" ", indent + 1, end + 1)
        end = space if space > indent else end
        pieces.append(line[:end].rstrip())
        line = " " * indent + line[end:].lstrip()
    return [*pieces, line]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def say_whose(file: Path) -> None:
    """Say which file says whose an output is."""
    remark(Message("whose it is: {file}", file=file))


def note(text: Words | str) -> None:
    """Say what a reader of the results should know."""
    remark(Message("note: {text}", text=text))


def step(what: Words, number: int, of: int) -> None:
    """Say which step a long command has come to, on a terminal only."""
    if on_terminal():
        remark(f"[{number}/{of}] {what} ...")


def on_terminal() -> bool:
    """Whether messages go to a terminal that can go back in its line."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def progress_bar(items: Iterable[Item], length: int) -> Iterator[Item]:
    """Yield the items; where messages go to a terminal, with a bar in plain ASCII.

    Parameters
    ----------
    items
        Anything that can be gone through once.
    length
        How many they are.
    """
    with bar_over_parts(length) as part:
        yield from part(items, length)


@contextmanager
def bar_over_parts(length: int) -> Iterator[Callable[[Iterable[Item], int], Iterable[Item]]]:
    """Give a function that yields items as `progress_bar`, for parts of one whole: one bar.

    Parameters
    ----------
    length
        Number of the items of all parts.
    """
    with advancing_bar(length, Message("working"), PARTS) as advance:

        def part(items: Iterable[Item], _: int) -> Iterator[Item]:
            for item in items:
                yield item
                advance(1)

        yield part


@contextmanager
def advancing_bar(length: int, label: Words, parts: int = 0) -> Iterator[Callable[[int], Any]]:
    """Give a function that advances a bar; there is a bar on a terminal only.

    Parameters
    ----------
    length
        Of the whole.
    label
        What stands before the bar.
    parts
        Steps of the bar, for many small advances; 0 moves it at each of them.
    """
    if not on_terminal():
        yield lambda steps: None
        return
    every, waiting = max(1, length // parts) if parts else 1, 0
    with typer.progressbar(length=length, label=str(label), file=sys.stderr) as bar:

        def advance(steps: int) -> None:
            nonlocal waiting
            waiting += steps
            if waiting >= every:
                bar.update(waiting)
                waiting = 0

        yield advance
        bar.update(waiting)
