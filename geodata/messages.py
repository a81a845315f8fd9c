"""Messages about the user's files, in English or Chinese.

The English sentence is the key, as with gettext, so that it can be read where the fault is found;
`geodata.messages_zh` holds the Chinese. A sentence without a translation stays English, and a
test finds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING

from geodata.messages_zh import CHINESE

if TYPE_CHECKING:
    import pandas as pd

_language: ContextVar[str] = ContextVar("language of messages", default="en")


def use_language(language: str) -> None:
    """Give the following messages of this thread or task in ``en`` or ``zh``."""
    _language.set(language)


def language_in_use() -> str:
    """Return the language of messages of this thread or task."""
    return _language.get()


def say(sentence: str, **facts: object) -> str:
    """Return a sentence in the language in use, with its facts put in.

    Parameters
    ----------
    sentence
        English, with the names of the facts in braces; braces without facts stay as they are.
    facts
        What is put in.
    """
    return say_in(language_in_use(), sentence, **facts)


def say_in(language: str, sentence: str, **facts: object) -> str:
    """Return a sentence in ``en`` or ``zh``; see `say`."""
    words = CHINESE.get(sentence, sentence) if language == "zh" else sentence
    return words.format(**facts) if facts else words


def listed(parts: Iterable[object]) -> str:
    """Return texts as a list in the language in use."""
    texts = [str(part) for part in parts]
    return ("、" if language_in_use() == "zh" else ", ").join(texts)


def missing_columns(missing: Iterable[str], frame: pd.DataFrame) -> list[str]:
    """Return one fault for each column that a frame lacks, naming those that are there."""
    have = ", ".join(map(str, frame.columns))
    return [
        say("column {column!r} is missing; columns: {have}", column=name, have=have)
        for name in missing
    ]
