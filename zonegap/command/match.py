"""The command ``zonegap match``: companies with the zones they name or lie near, and back."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from geodata.errors import UsageError
from geodata.words import Listed, Message
from zonegap.command.help import OUTPUT
from zonegap.command.options import (
    Force,
    argument,
    number,
    option,
    say_account,
    say_kept,
    study_of,
    with_study_options,
)
from zonegap.console import note, remark, say_whose, show
from zones.parameters import NEAREST_ZONES, ZONES_WITHIN_KM
from zones.writing import Guard, add_csv, is_stream, reserved, sources_beside, staged, stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from zones.matching import Matches
    from zones.study import Study

RESULTS = (".csv", ".xlsx", ".dta")


@with_study_options(
    "zones registrations.source distance.method geocode.openstreetmap geocode.datum output.language"
)
def match(
    options: dict[str, Any],
    companies: Annotated[
        Path,
        argument(
            "COMPANIES",
            Message(
                "Company extract of any kind that is read (xlsx, csv, dta ...), or: synthetic."
            ),
        ),
    ],
    out: Annotated[
        Path,
        option(
            "--out",
            "FILE",
            Message(
                "xlsx (a sheet of companies, one of zones), csv or dta (the zones in a second "
                "file, NAME_zones); - for the companies on standard output."
            ),
            OUTPUT,
        ),
    ],
    k: Annotated[
        int,
        option(
            "--k",
            "K",
            Message("Nearest zones of each company."),
            parser=number(1, whole=True),
        ),
    ] = NEAREST_ZONES,
    within_km: Annotated[
        float,
        option(
            "--within-km",
            "KM",
            Message("Zones and companies at most so far apart are within."),
            parser=number(0),
        ),
    ] = ZONES_WITHIN_KM,
    force: Force = False,
) -> None:
    """Match companies with zones: named in the address, nearest, within a distance."""
    study = study_of(None, options | {"registrations": companies})
    names = _names(out)
    guard = Guard(study.files(), force)
    with ExitStack() as stack:
        for name in names:
            # each file is a result of its own, with its own page on whose it is
            beside = sources_beside(out.with_name(name)).name
            stack.enter_context(reserved(out.parent, name, guard, (name, beside)))
        found, zones = _matched(study, k, within_km)
        if not names:
            with stream(out) as pipe:
                add_csv(found.companies, pipe, newline="\n")
        else:
            _write(found, zones, out, names, study, guard)
    say = show if names else remark
    for sentence in found.sentences():
        say(sentence.in_language(study.language))
    for name in names:
        remark(str(out.with_name(name)))
    for name in names:
        say_whose(sources_beside(out.with_name(name)))


def _names(out: Path) -> list[str]:
    """Return the names of the files to write, companies first; none for a stream."""
    if is_stream(out):
        return []
    if out.suffix.lower() not in RESULTS or out.is_dir():
        raise UsageError(
            Message(
                "--out: {out}; accepted: another file {accepted}, or - for standard output",
                out=out, accepted=Listed(RESULTS),
            )
        )  # fmt: skip
    if out.suffix.lower() == ".xlsx":
        return [out.name]
    return [out.name, f"{out.stem}_zones{out.suffix}"]


def _matched(study: Study, k: int, within_km: float) -> tuple[Matches, pd.DataFrame]:
    """Return the matches of a study's companies with its zones, and these; say what was read."""
    import pandas as pd

    from zones.matching import match_companies
    from zones.pipeline import located_zones, study_registrations
    from zones.report.notes import SOLE_PROPRIETORS_MATCHED

    registrations = study_registrations(study)
    assert registrations is not None  # the command names them
    say_account(registrations.report.account)
    own = located_zones(study)
    if own.report is not None:
        say_account(own.report.account)
    say_kept(own.kept)
    count = int(registrations.located["sole_proprietor"].sum())
    if count:
        note(SOLE_PROPRIETORS_MATCHED.fill(count=count))
    zones = pd.concat([own.placed, own.unplaced]).loc[own.order]
    if study.zones_table is not None:
        note(
            Message(
                "zones of your own table are recognised in addresses by their whole names; in "
                "short forms, too, where the built-in catalogue has a zone of that name in the "
                "province"
            )
        )
    if k > len(own.placed):
        note(Message("--k {k}: there are {zones:,} zones with a place", k=k, zones=len(own.placed)))
    found = match_companies(
        registrations, zones, k=k, within_km=within_km, method=study.distance_method,
        addresses=study.addresses,
    )  # fmt: skip
    return found, zones


def _write(
    found: Matches, zones: pd.DataFrame, out: Path, names: list[str], study: Study, guard: Guard
) -> None:
    """Write both tables, and whose they are; all move together."""
    from zones.report.licences import write_match_sources

    frames: Mapping[str, pd.DataFrame] = {"companies": found.companies, "zones": found.zones}
    with staged(out.parent, out.name, name=out.name, guard=guard) as stage:
        stage.mkdir()
        _write_frames(frames, [stage / name for name in names])
        places = {sources_beside(stage / name): [name] for name in names}
        write_match_sources(study, found.registrations.located, zones, places)


def _write_frames(frames: Mapping[str, pd.DataFrame], paths: list[Path]) -> None:
    """Write the tables by the ending of the files."""
    kind = paths[0].suffix.lower()
    if kind == ".xlsx":
        from zones.report.excel import write_sheets

        write_sheets(frames, paths[0])
        return
    from zones.writing import write_csv, write_dta

    write = write_csv if kind == ".csv" else write_dta
    for frame, path in zip(frames.values(), paths, strict=True):
        write(frame, path)
