"""The command ``zonegap map``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from geodata.errors import UsageError
from geodata.words import Message
from zonegap.command.help import OUTPUT, PAGE, TILES
from zonegap.command.options import (
    Weight,
    not_both,
    number,
    only_with,
    option,
    result_of,
    study_command,
    word,
)
from zonegap.console import note, say_whose, show
from zones.hubs import HUB_LAYERS
from zones.study import Study
from zones.writing import Guard, sources_beside


@study_command(
    "zones hubs registrations distance geocode.openstreetmap geocode.datum map output.language",
    matrix=True,
)
def map_(
    study: Study,
    guard: Guard,
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
    from maps.boundaries import outlines_of
    from maps.page import drawn, study_map
    from maps.safe_text import stable_html
    from maps.tiles import tile_source
    from zones.report.licences import write_sources
    from zones.report.provenance import reserved_with_manifest, staged_with_manifest

    if study.matrix is not None and (new_hubs or threshold_km is not None):
        option_given = "--new-hubs" if new_hubs else "--threshold-km"
        raise UsageError(not_both(option_given, "distance.matrix"))
    if tiles is None and (tiles_key or tiles_credit or tiles_datum):
        raise UsageError(only_with("--tiles-key, --tiles-credit, --tiles-datum", "--tiles"))
    outlines = outlines_of(study, tiles=tiles is not None)
    if outlines.caution is not None:
        note(outlines.caution)
    background = None
    if tiles is not None:
        number = "" if outlines.approval else study.map_approval
        background = tile_source(tiles, tiles_key, tiles_credit, tiles_datum, number)
        if background.caution is not None:
            note(background.caution)
    path = out or study.folder / "map.html"
    about, folder = sources_beside(path), path.parent
    with reserved_with_manifest(folder, folder, guard, (path.name, about.name), path.name):
        result = result_of(study)
        page = study_map(
            result,
            layer=layer,
            threshold_km=threshold_km,
            new_hubs=new_hubs,
            weight=weight,
            outlines=outlines,
            tiles=background,
        )
        with staged_with_manifest(folder, folder, "map", name=path.name, guard=guard) as stage:
            stage.mkdir()
            html = stable_html(page)
            (stage / path.name).write_text(html, encoding="utf-8", newline="")
            files = {"map": [path.name]}
            write_sources(result, stage / about.name, files, drawn(outlines, background))
    show(str(path))
    say_whose(about)
