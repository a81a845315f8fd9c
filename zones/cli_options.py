"""The options of the command, each defined once, and the study they ask for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import UsageError
from geodata.messages import use_language
from geodata.web_ask import PROVIDERS, WebOptions
from geodata.web_key import permissions_are_checked
from zones.parameters import (
    DISTANCE_METHODS,
    GDP_VINTAGES,
    HUB_LAYERS,
    LAND_YEARS,
    SYNTHETIC,
    SYNTHETIC_TABLE,
)
from zones.progress import progress_bar
from zones.study import FORMATS, LANGUAGES, Study, override, read_study

Layer = StrEnum("Layer", {name: name for name in HUB_LAYERS})  # type: ignore[misc]
Method = StrEnum("Method", {name: name for name in DISTANCE_METHODS})  # type: ignore[misc]
Gdp = StrEnum("Gdp", {name: name for name in GDP_VINTAGES})  # type: ignore[misc]
Land = StrEnum("Land", {name: name for name in LAND_YEARS})  # type: ignore[misc]
Provider = StrEnum("Provider", {name: name for name in PROVIDERS})  # type: ignore[misc]
Language = StrEnum("Language", {name: name for name in LANGUAGES})  # type: ignore[misc]

StudyFile = Annotated[
    Path | None, typer.Argument(help="Study file in TOML; the built-in study without one.")
]
Km = Annotated[
    str | None, typer.Option("--km", help="Thresholds in km, comma-separated: 300,500,800.")
]
ZonesFile = Annotated[
    Path | None,
    typer.Option(
        "--zones", help="Table of zones (xlsx, xls, csv, tsv, parquet) with a column of names."
    ),
]
Hubs = Annotated[Layer | None, typer.Option("--hubs", help="Hub layer.")]
HubsFile = Annotated[
    Path | None,
    typer.Option("--hubs-file", help="Hubs (hub, province, lon, lat, datum) or companies."),
]
RegistrationsFile = Annotated[
    Path | None,
    typer.Option(
        "--registrations", help="Company extract (xlsx, xls, csv, tsv, parquet), or: synthetic."
    ),
]
DistanceMethod = Annotated[
    Method | None, typer.Option("--method", help="Great circle, or exact on the ellipsoid.")
]
GdpVintage = Annotated[Gdp | None, typer.Option("--gdp", help="Vintage of provincial GDP 2018.")]
LandYear = Annotated[Land | None, typer.Option("--land", help="Urban land to divide by.")]
Lang = Annotated[
    Language | None, typer.Option("--lang", help="Language of tables, map, figures and messages.")
]
UNRESOLVED_EXIT = 4
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit with 4 when a row stays without a place.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Formats = Annotated[
    str | None, typer.Option("--formats", help=f"Comma-separated: {','.join(FORMATS)}.")
]

WebProvider = Annotated[
    Provider | None,
    typer.Option("--provider", help="Web geocoder to ask as well; needs a key and zonegap[web]."),
]
Cache = Annotated[
    Path | None,
    typer.Option("--cache", help="File of web answers; in your cache folder without one."),
]
KeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", help="File of the key; ZONEGAP_<PROVIDER>_KEY without one."),
]


def web_options(
    provider: Provider | None, cache: Path | None, key_file: Path | None, rate: float | None
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
    return WebOptions(str(provider), cache, key_file, rate, progress_bar)


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
    use_language(str(options.get("language") or "en"))
    plain = {k: str(v) if isinstance(v, StrEnum) else v for k, v in options.items()}
    study = override(read_study(file), thresholds_km=_thresholds(km), **plain)
    use_language(study.language)
    if SYNTHETIC in (study.registrations, study.hub_file):
        from zones.registered_companies import made_up_sentence

        sentence = made_up_sentence(f"{SYNTHETIC_TABLE}.csv", study.language)
        typer.echo(f"note: {sentence}", err=True)
    _say_unchecked(study.key_file)
    return study


def _say_unchecked(key_file: Path | None) -> None:
    if key_file and not permissions_are_checked():
        typer.echo(f"{key_file}: who can read it is not checked on this system", err=True)
