"""The options of the command, each defined once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from zones.parameters import DISTANCE_METHODS, GDP_VINTAGES, HUB_LAYERS, LAND_YEARS
from zones.study import FORMATS, LANGUAGES

Layer = StrEnum("Layer", {name: name for name in HUB_LAYERS})  # type: ignore[misc]
Method = StrEnum("Method", {name: name for name in DISTANCE_METHODS})  # type: ignore[misc]
Gdp = StrEnum("Gdp", {name: name for name in GDP_VINTAGES})  # type: ignore[misc]
Land = StrEnum("Land", {name: name for name in LAND_YEARS})  # type: ignore[misc]
Language = StrEnum("Language", {name: name for name in LANGUAGES})  # type: ignore[misc]

StudyFile = Annotated[
    Path | None, typer.Argument(help="Study file in TOML; the built-in study without one.")
]
Km = Annotated[
    str | None, typer.Option("--km", help="Thresholds in km, comma-separated: 300,500,800.")
]
Hubs = Annotated[Layer | None, typer.Option("--hubs", help="Hub layer.")]
HubsFile = Annotated[
    Path | None,
    typer.Option("--hubs-file", help="CSV of hubs: hub, province, lon, lat, datum."),
]
DistanceMethod = Annotated[
    Method | None, typer.Option("--method", help="Great circle, or exact on the ellipsoid.")
]
GdpVintage = Annotated[Gdp | None, typer.Option("--gdp", help="Vintage of provincial GDP 2018.")]
LandYear = Annotated[Land | None, typer.Option("--land", help="Urban land to divide by.")]
Lang = Annotated[Language | None, typer.Option("--lang", help="Language of tables and map.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Formats = Annotated[
    str | None, typer.Option("--formats", help=f"Comma-separated: {','.join(FORMATS)}.")
]
