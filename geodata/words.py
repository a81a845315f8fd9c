"""Words in every language of the product: a sentence is written once, in English, where it is said.

A `Message` is an English sentence with its facts, not yet in a language. Whoever shows it decides
the language: `Message.in_language`, or ``str``, which takes the language in use. Errors carry
messages, so that they are put into words at the edge only.

The other languages stand in gettext catalogues, ``geodata/locale/<locale>/LC_MESSAGES``: whoever
reads Chinese corrects ``zonegap.po`` there and runs ``make words``. A language is there when its
catalogue is. What has a name in two languages by itself, such as a hub layer, carries a `Name`.
"""

from __future__ import annotations

import functools
import gettext
from collections.abc import Iterable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

LOCALES = Path(__file__).parent / "locale"
DOMAIN = "zonegap"
ENGLISH = "en"

_language: ContextVar[str] = ContextVar("language of messages", default=ENGLISH)


def _catalogues() -> dict[str, Path]:
    """Return the compiled catalogue of each language by its code, zh of zh_CN."""
    files = sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    return {file.parts[-3].partition("_")[0]: file for file in files}


_CATALOGUES = _catalogues()
LANGUAGES = (ENGLISH, *_CATALOGUES)


@functools.cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """Return a language's catalogue, read when it is first asked for."""
    if language not in _CATALOGUES:
        return gettext.NullTranslations()
    with _CATALOGUES[language].open("rb") as file:
        return gettext.GNUTranslations(file)


def use_language(language: str) -> None:
    """Give the following messages of this thread or task in a language of `LANGUAGES`."""
    _language.set(language)


def language_in_use() -> str:
    """Return the language of messages of this thread or task."""
    return _language.get()


def has_chinese_names(language: str) -> bool:
    """Whether places and zones go by their Chinese names in a language."""
    return language.partition("_")[0] == "zh"


class Words:
    """What can be said in each language; the base of `Message`, `Name` and `Listed`."""

    __slots__ = ()

    def in_language(self, language: str) -> str:
        """Return the text in a language of `LANGUAGES`."""
        raise NotImplementedError

    def __str__(self) -> str:
        """Return the text in the language in use."""
        return self.in_language(language_in_use())

    def __format__(self, spec: str) -> str:
        """Return the text in the language in use, formatted as text."""
        return format(str(self), spec)

    def __add__(self, other: object) -> Joined:
        """Return both, one after the other."""
        return Joined((self, other))

    def __lt__(self, other: object) -> bool:
        """Order texts as they read."""
        return str(self) < str(other)


class Message(Words):
    """An English sentence with its facts, to be said in any language.

    Parameters
    ----------
    text
        English, the names of the facts in braces; without facts, braces are plain text. It is
        the key of the catalogues, so it is always written out, never put together.
    facts
        What is put in: numbers, texts of the user's, or `Words` again.

    Attributes
    ----------
    context
        Tells apart what English says in one way and another language in two; see `in_context`.

    Examples
    --------
    >>> str(Message("row {row}: {cells} cells", row=3, cells=1))
    'row 3: 1 cells'
    """

    __slots__ = ("context", "facts", "text")

    def __init__(self, text: str, /, **facts: object) -> None:
        self.text, self.facts, self.context = text, facts, ""

    def fill(self, **facts: object) -> Message:
        """Return the message with more facts."""
        filled = Message(self.text, **{**self.facts, **facts})
        filled.context = self.context
        return filled

    def in_language(self, language: str) -> str:
        """Return the sentence in a language; in English where the language's catalogue has none."""
        words = _catalogue(language)
        text, context = self.text, self.context
        said = words.pgettext(context, text) if context else words.gettext(text)
        if not self.facts:
            return said
        return said.format(**{k: in_words(fact, language) for k, fact in self.facts.items()})

    def __repr__(self) -> str:
        """Return what makes the message again."""
        facts = "".join(f", {name}={fact!r}" for name, fact in self.facts.items())
        if self.context:
            return f"in_context({self.context!r}, {self.text!r}{facts})"
        return f"Message({self.text!r}{facts})"

    def _key(self) -> tuple[object, ...]:
        return self.context, self.text, tuple(sorted((k, str(v)) for k, v in self.facts.items()))

    def __eq__(self, other: object) -> bool:
        """Whether both say the same in every language."""
        return isinstance(other, Message) and self._key() == other._key()

    def __hash__(self) -> int:
        """Hash what is said."""
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the message travel between processes."""
        return _again, (self.context, self.text, self.facts)


def in_context(context: str, text: str, /, **facts: object) -> Message:
    """Return a message whose English has another meaning elsewhere.

    Parameters
    ----------
    context
        What it is here, a few English words for the translator.
    text, facts
        As for `Message`.
    """
    message = Message(text, **facts)
    message.context = context
    return message


def _again(context: str, text: str, facts: dict[str, object]) -> Message:
    return in_context(context, text, **facts)


class Name(Words):
    """What has a name in English and in Chinese by itself, and needs no catalogue.

    Parameters
    ----------
    en, zh
        The two names; every other language takes the English one.
    """

    __slots__ = ("en", "zh")

    def __init__(self, en: str, zh: str) -> None:
        self.en, self.zh = en, zh

    def in_language(self, language: str) -> str:
        """Return the name in a language."""
        return self.zh if has_chinese_names(language) else self.en

    def __repr__(self) -> str:
        """Return what makes the name again."""
        return f"Name({self.en!r}, {self.zh!r})"


COMMA = in_context("between the parts of a list", ", ")


class Listed(Words):
    """Several words or values one after the other, with the language's mark between them.

    Parameters
    ----------
    parts
        `Words`, or a value that is put in unchanged.
    mark
        What stands between them: a comma without one.
    """

    __slots__ = ("mark", "parts")

    def __init__(self, parts: Iterable[object], mark: Words = COMMA) -> None:
        self.parts, self.mark = tuple(parts), mark

    def in_language(self, language: str) -> str:
        """Return the list in a language."""
        mark = self.mark.in_language(language)
        return mark.join(str(in_words(part, language)) for part in self.parts)

    def __repr__(self) -> str:
        """Return what makes the list again."""
        return f"Listed({self.parts!r})"


class Joined(Words):
    """Words and plain texts one after the other, with nothing between them."""

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[object]) -> None:
        self.parts = tuple(parts)

    def in_language(self, language: str) -> str:
        """Return the text in a language."""
        return "".join(str(in_words(part, language)) for part in self.parts)

    def __repr__(self) -> str:
        """Return what makes the text again."""
        return f"Joined({self.parts!r})"


class Foreign(Words):
    """What a library or the system says, in the only language it speaks: English.

    It is said where messages are English; in another language our own words stand for it, or none.

    Parameters
    ----------
    text
        As the library says it.
    instead
        What another language says; nothing without it.
    """

    __slots__ = ("instead", "text")

    def __init__(self, text: object, instead: Words | None = None) -> None:
        self.text, self.instead = str(text), instead

    def in_language(self, language: str) -> str:
        """Return the text in English, else what stands for it."""
        if language == ENGLISH:
            return self.text
        return "" if self.instead is None else self.instead.in_language(language)

    def __repr__(self) -> str:
        """Return what makes the words again."""
        return f"Foreign({self.text!r}, {self.instead!r})"


class Bracketed(Words):
    """A cause in brackets behind a sentence; nothing where there is none in the language."""

    __slots__ = ("words",)

    def __init__(self, words: Words) -> None:
        self.words = words

    def in_language(self, language: str) -> str:
        """Return the cause with its brackets."""
        why = self.words.in_language(language)
        brackets = in_context("the cause behind a sentence", " ({why})", why=why)
        return brackets.in_language(language) if why else ""

    def __repr__(self) -> str:
        """Return what makes the words again."""
        return f"Bracketed({self.words!r})"


def library_words(error: object, instead: Words | None = None) -> Words:
    """Return what a library says of a fault, in brackets, to stand right behind a sentence.

    Parameters
    ----------
    error
        The library's error, or its text.
    instead
        As of `Foreign`. The sentence before it must do without: it says what happened.
    """
    return Bracketed(Foreign(error, instead))


class Filled(Words):
    """Words with facts put in, for those that are no `Message`.

    Parameters
    ----------
    words
        With the names of the facts in braces, or without any.
    facts
        As of a `Message`.
    """

    __slots__ = ("facts", "words")

    def __init__(self, words: Words, **facts: object) -> None:
        self.words, self.facts = words, facts

    def in_language(self, language: str) -> str:
        """Return the text in a language."""
        facts = {name: in_words(fact, language) for name, fact in self.facts.items()}
        return self.words.in_language(language).format(**facts)


def in_words(fact: object, language: str) -> object:
    """Return a fact in the form a sentence takes: words in the language, other values unchanged."""
    return fact.in_language(language) if isinstance(fact, Words) else fact


def in_all_languages(words: Words | str) -> list[str]:
    """Return a text in each of `LANGUAGES`, for what changes its language by itself."""
    return [str(in_words(words, language)) for language in LANGUAGES]
