"""The options of the command, each defined once, and the study they ask for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from geodata.errors import UsageError
from geodata.web.web_ask import PROVIDERS, WebOptions
from geodata.web.web_key import permissions_are_checked
from zones.command.cli_help import OUTPUT, QUESTION, WEB
from zones.command.console import note
from zones.command.usage import completing, one_of, some_of
from zones.parameters import (
    DISTANCE_METHODS,
    GDP_VINTAGES,
    HUB_LAYERS,
    LAND_YEARS,
    SYNTHETIC,
    SYNTHETIC_TABLE,
    WEIGHTS,
)
from zones.progress import progress_bar
from zones.study import FORMATS, LANGUAGES, Study, override, read_study
from zones.words import console_words
from zones.words.console_words import message


def word(name: str, words: Iterable[str], metavar: str, text: str, group: str = QUESTION) -> Any:
    """Return an option that takes one of several words, all of them in its help."""
    words = tuple(words)
    return typer.Option(
        name, metavar=metavar, parser=one_of(words), autocompletion=completing(words),
        help=f"{text}: {', '.join(words)}.", rich_help_panel=group,
    )  # fmt: skip


def option(name: str, metavar: str | None, text: str, group: str = QUESTION, **more: Any) -> Any:
    """Return an option of a group; without a metavar it is a switch."""
    return typer.Option(name, metavar=metavar, help=text, rich_help_panel=group, **more)


StudyFile = Annotated[
    Path | None,
    typer.Argument(metavar="STUDY", help="Study file in TOML; the built-in study without one."),
]
Out = Annotated[Path | None, option("--out", "PATH", "Output folder; out without one.", OUTPUT)]
OutFile = Annotated[Path | None, option("--out", "FILE", "CSV file to write.", OUTPUT)]
Km = Annotated[str | None, option("--km", "KM", "Thresholds in km, comma-separated: 300,500,800.")]
ZonesFile = Annotated[
    Path | None,
    option(
        "--zones", "FILE", "Table of zones (xlsx, xls, csv, tsv, parquet) with a column of names."
    ),
]
Hubs = Annotated[str | None, word("--hubs", HUB_LAYERS, "LAYER", "Hub layer")]
HubsFile = Annotated[
    Path | None,
    option("--hubs-file", "FILE", "Hubs (hub, province, lon, lat, datum) or companies."),
]
RegistrationsFile = Annotated[
    Path | None,
    option(
        "--registrations",
        "FILE",
        "Company extract (xlsx, xls, csv, tsv, parquet), or: synthetic.",
    ),
]
DistanceMethod = Annotated[
    str | None, word("--method", DISTANCE_METHODS, "METHOD", "On the sphere, or the ellipsoid")
]
GdpVintage = Annotated[
    str | None, word("--gdp", GDP_VINTAGES, "VINTAGE", "Vintage of provincial GDP 2018")
]
LandYear = Annotated[str | None, word("--land", LAND_YEARS, "YEAR", "Urban land to divide by")]
Lang = Annotated[
    str | None,
    word("--lang", LANGUAGES, "LANG", "Language of tables, map, figures and messages", OUTPUT),
]
UNRESOLVED_EXIT = 4
Strict = Annotated[
    bool, option("--strict", None, "Exit with 4 when a row stays without a place.", OUTPUT)
]
MessageLang = Annotated[
    str | None, word("--lang", LANGUAGES, "LANG", "Language of messages", OUTPUT)
]
Json = Annotated[bool, option("--json", None, "Print JSON for programs.", OUTPUT)]
Formats = Annotated[
    str | None,
    option(
        "--formats", "LIST", f"Comma-separated: {','.join(FORMATS)}.", OUTPUT,
        parser=some_of(FORMATS), autocompletion=completing(FORMATS),
    ),
]  # fmt: skip
Weight = Annotated[str, word("--weight", WEIGHTS, "WHAT", "What new hubs bring within reach")]

WebProvider = Annotated[
    str | None,
    word("--provider", PROVIDERS, "NAME", "Ask this too (needs a key and the extra web)", WEB),
]
Cache = Annotated[
    Path | None,
    option("--cache", "FILE", "File of web answers; in your cache folder without one.", WEB),
]
KeyFile = Annotated[
    Path | None,
    option("--key-file", "FILE", "File of the key; ZONEGAP_<PROVIDER>_KEY without one.", WEB),
]


def web_options(
    provider: str | None, cache: Path | None, key_file: Path | None, rate: float | None
) -> WebOptions | None:
    """Return how to ask the web geocoder of the command line, None where none is named.

    Raises
    ------
    UsageError
        For options that go with ``--provider`` only, or a rate that is none.
    """
    if provider is None:
        if cache or key_file or rate is not None:
            text = "--cache, --key-file and --rate go with --provider"
            raise UsageError(text)
        return None
    _say_unchecked(key_file)
    return WebOptions(provider, cache, key_file, rate, progress_bar)


def _thresholds(text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        return tuple(float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        message = f"--km: {text!r}; accepted: numbers in km, comma-separated, e.g. 300,500,800"
        raise UsageError(message) from None


def study_of(file: Path | None, km: str | None = None, **options: object) -> Study:
    """Return the study of a file with the command line's options put over it."""
    study = override(read_study(file), thresholds_km=_thresholds(km), **options)
    if study.language != "en":
        console_words.use(study.language)  # a study file in Chinese is answered in Chinese
    sentence = made_up_note(study)
    if sentence:  # first, since it bears on everything that follows
        note(message("note", text=sentence))
    _say_unchecked(study.key_file)
    return study


def made_up_note(study: Study) -> str:
    """Return the sentence that a study's companies are made up, "" where they are not."""
    if SYNTHETIC not in (study.registrations, study.hub_file):
        return ""
    from zones.registered_companies import made_up_sentence

    return made_up_sentence(f"{SYNTHETIC_TABLE}.csv", console_words.language())


def _say_unchecked(key_file: Path | None) -> None:
    if key_file and not permissions_are_checked():
        note(message("key_file_unchecked", file=key_file))
