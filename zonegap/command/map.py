"""The command ``zonegap map``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from geodata.errors import UsageError
from geodata.words import Message
from zonegap.command.help import OUTPUT, PAGE, TILES
from zonegap.command.options import Weight, number, only_with, option, study_command, word
from zonegap.console import progress_bar, show
from zones.hubs import HUB_LAYERS
from zones.study import Study


@study_command("zones.table hubs registrations distance geocode.openstreetmap output.language")
def map_(
    study: Study,
    out: Annotated[
        Path | None,
        option("--out", "FILE", Message("HTML file; map.html in the study's folder."), OUTPUT),
    ] = None,
    layer: Annotated[
        str | None,
        word("--layer", HUB_LAYERS, "LAYER", Message("Hub layer that is shown first"), PAGE),
    ] = None,
    threshold_km: Annotated[
        float | None,
        option(
            "--threshold-km",
            "KM",
            Message("Threshold that is shown first."),
            PAGE,
            parser=number(0),
        ),
    ] = None,
    new_hubs: Annotated[
        int,
        option(
            "--new-hubs",
            "K",
            Message("Show the best K cities of where-next."),
            PAGE,
            parser=number(0, whole=True),
        ),
    ] = 0,
    weight: Weight = "zones",
    boundaries: Annotated[
        Path | None,
        option(
            "--boundaries", "FILE", Message("Lines to draw: GeoJSON, GeoPackage, Shapefile."), TILES
        ),
    ] = None,
    boundary_credit: Annotated[
        str | None,
        option("--boundary-credit", "TEXT", Message("Who made them; needed with them."), TILES),
    ] = None,
    map_approval: Annotated[
        str | None,
        option("--map-approval", "TEXT", Message("Their map review number (审图号)."), TILES),
    ] = None,
    tiles: Annotated[
        str | None,
        option(
            "--tiles",
            "NAME",
            Message("tianditu, amap or a URL with {x} {y} {z}; none without."),
            TILES,
        ),
    ] = None,
    tiles_key: Annotated[
        str | None,
        option("--tiles-key", "KEY", Message("Its key; else from ZONEGAP_TILES_KEY."), TILES),
    ] = None,
    tiles_credit: Annotated[
        str | None,
        option("--tiles-credit", "TEXT", Message("Credit of a URL's tiles; else its host."), TILES),
    ] = None,
    tiles_datum: Annotated[
        str | None,
        option("--tiles-datum", "DATUM", Message("Of a URL's tiles: WGS-84 or GCJ-02."), TILES),
    ] = None,
) -> None:
    """Write the interactive map, one file that opens without network unless tiles are asked for."""
    from maps.boundaries import file_outlines
    from maps.page import study_map
    from maps.safe_text import stable_html
    from maps.tiles import tile_source
    from zones.pipeline import run_study
    from zones.report.provenance import staged_with_manifest

    if boundaries is None and (boundary_credit or map_approval):
        raise UsageError(only_with("--boundary-credit, --map-approval", "--boundaries FILE"))
    if tiles is None and (tiles_key or tiles_credit or tiles_datum):
        raise UsageError(only_with("--tiles-key, --tiles-credit, --tiles-datum", "--tiles"))
    background = tile_source(tiles, tiles_key, tiles_credit, tiles_datum) if tiles else None
    outlines = file_outlines(boundaries, boundary_credit, map_approval) if boundaries else None
    page = study_map(
        run_study(study, progress=progress_bar),
        layer=layer,
        threshold_km=threshold_km,
        new_hubs=new_hubs,
        weight=weight,
        outlines=outlines,
        tiles=background,
    )
    path = out or study.folder / "map.html"
    with staged_with_manifest(path.parent, path.parent, "map") as stage:
        stage.mkdir()
        html = stable_html(page)
        (stage / path.name).write_text(html, encoding="utf-8", newline="")
    show(str(path))
