"""The command ``zonegap where-next``: which places would bring the zones nearest to a hub."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from geodata.errors import UsageError
from geodata.words import Message
from zonegap.command.help import OUTPUT
from zonegap.command.options import (
    Json,
    Weight,
    not_both,
    number,
    option,
    parts_of,
    result_of,
    say_account,
    study_command,
    word,
)
from zonegap.console import say_whose, show_table
from zones.parameters import OBJECTIVES
from zones.study import Study
from zones.writing import BOM, Guard, csv_text, is_stream, sources_beside, stream

if TYPE_CHECKING:
    import pandas as pd

    from zones.pipeline import StudyResult
    from zones.report.tables import SiteQuestion


@study_command(
    "zones hubs registrations distance geocode.openstreetmap geocode.datum output.language"
)
def where_next(
    study: Study,
    guard: Guard,
    k: Annotated[
        int,
        option("--k", "K", Message("Up to this many new hubs."), parser=number(1, whole=True)),
    ] = 5,
    objective: Annotated[
        str, word("--objective", OBJECTIVES, "WHAT", Message("What the choice makes best"))
    ] = OBJECTIVES[0],
    weight: Weight = "zones",
    weights: Annotated[
        Path | None,
        option("--weights", "FILE", Message("Table of your own weights: zone and weight.")),
    ] = None,
    candidates: Annotated[
        str | None,
        option(
            "--candidates", "LIST|FILE",
            Message(
                "Places to choose from: provinces (their prefectures), names, or a table; all "
                "prefecture-level cities without it."
            ),
        ),
    ] = None,
    fixed: Annotated[
        str | None, option("--fixed", "LIST", Message("Candidates that must be chosen."))
    ] = None,
    forbidden: Annotated[
        str | None, option("--forbidden", "LIST", Message("Candidates that may not be chosen."))
    ] = None,
    near_optima: Annotated[
        bool,
        option(
            "--near-optima", None,
            Message("For k new hubs alone: the best choice, and the best without each of them."),
        ),
    ] = False,
    out: Annotated[
        Path | None,
        option("--out", "FILE", Message("CSV file to write; - for standard output."), OUTPUT),
    ] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Choose the 1 to k places that, given a hub, bring the zones nearest to one.

    By default the most zones within the threshold (maximal covering); or the least mean distance
    (p-median), or the nearest farthest zone (p-center). Proved best where the gap is 0; the greedy
    order stands beside it.
    """
    from zones.report.licences import reserved_with_sources, staged_with_sources, write_sources
    from zones.report.tables import SiteQuestion, next_best_table, where_next_table

    if out is not None and is_stream(out) and as_json:
        raise UsageError(not_both("--json", f"--out {out}"))
    if weights is not None and weight != "zones":
        raise UsageError(not_both("--weight", "--weights"))
    read = [Path(text) for text in (weights, candidates) if text is not None]
    guard = replace(guard, inputs=(*guard.inputs, *read))
    asked = SiteQuestion(
        k, weight, objective, None, *(tuple(parts_of(t)) if t else () for t in (fixed, forbidden))
    )
    table_of = next_best_table if near_optima else where_next_table

    def answer() -> tuple[StudyResult, SiteQuestion]:
        result = result_of(study)
        return result, replace(
            asked,
            candidates=None if candidates is None else _candidates(candidates, study),
            weight=weight if weights is None else _weights(weights, result),
        )

    if out is None:
        show_table(table_of(*answer()), as_json=as_json)
        return
    with reserved_with_sources(out, guard):
        result, question = answer()
        table = table_of(result, question)
        frame = table.frame.round(6)
        if is_stream(out):
            with stream(out) as pipe:
                pipe.write(csv_text(frame, newline="\n"))
            return
        with staged_with_sources(out, guard) as (place, about):
            text = BOM + csv_text(frame)
            place.write_text(text, encoding="utf-8", newline="")
            write_sources(result, about, {"tables": [out.name]})
    show_table(table, as_json=as_json)
    say_whose(sources_beside(out))


def _candidates(text: str, study: Study) -> pd.DataFrame:
    """Return the places to choose from: cities of provinces, or what a list or a table names."""
    from geodata.addresses import province_named
    from geodata.gazetteer import CATALOGUE_YEAR, gazetteer
    from geodata.user_tables.hubs import load_hub_table
    from geodata.user_tables.tables import Wish
    from zones.hubs import hubs_of_table
    from zones.pipeline import places_listed
    from zones.where_next import candidate_cities

    if not Path(text).exists():
        found = [province_named(name, gazetteer(CATALOGUE_YEAR)) for name in parts_of(text)]
        codes = {province.adcode for province in found if province is not None}
        if len(codes) == len(found):
            cities = candidate_cities()
            return cities[cities["province_adcode"].isin(codes)]
    wish = Wish(datum=study.datum or "", name="--candidates")
    located, account = load_hub_table(places_listed(text), wish)
    say_account(account)
    return hubs_of_table(located)


def _weights(path: Path, result: StudyResult) -> pd.Series[float]:
    """Return the user's own weights of a study's zones."""
    from geodata.user_tables.weights import load_weights

    weights, account = load_weights(path, result.zones)
    say_account(account)
    return weights
