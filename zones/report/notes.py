"""The notes of a result: where positions come from, what the user's tables lack.

One sentence each. The console prints them, tables and map show those that concern them, the
manifest lists all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from geodata.loaders import load_exchange_rates
from geodata.user_tables.account import Account
from geodata.user_tables.companies import GIVEN, deregistered_word
from geodata.user_tables.tables import REMARK_ROWS
from geodata.vocabulary import LEVELS
from geodata.words import COMMA, ENGLISH, Listed, Message, Words, in_context
from zones.companies import Registrations
from zones.pipeline import StudyResult
from zones.report.matrix_tables import matrix_sentences

SHOWN = 5  # rows or values named in a sentence; all of them are in the outputs

ROWS = Message("rows {rows}")

# one after the other: in Chinese without a space
TWO_SENTENCES = Message("{one} {other}")
# in a sentence, behind what they are examples of
IN_BRACKETS = Message(" ({listed})")
ROW = Message("{row}: {what}")
REASON = Message("{why}: {count:,}")
BETWEEN_REASONS = in_context("between reasons", ", ")

# of the positions
COARSE = Message("located no better than by city or province: {listed}")
COARSE_PART = Message("{count} by {level}")
AMBIGUOUS = Message("ambiguous names: {names}")
RECALLED = Message(
    "recalled from general knowledge by a language model, not looked up and not checked row by "
    "row: {placed} positions, and the county or town of {seated} more zones"
)
WEB_TAKEN = Message(
    "positions of {taken:,} zones are from a web geocoder ({provider}), whose terms may "
    "restrict storing and publishing them; their radii are not calibrated"
)
WEB_NOT_TAKEN = Message(
    "answers of the web geocoder not taken: {refused:,} contradict the offline position, "
    "{failed:,} failed; see geocode_reason"
)
NO_ADDRESSES = Message("registrations.csv holds no addresses: registrations.addresses = false")
SOLE_PROPRIETORS = Message(
    "sole proprietors (by credit code, name or type): {count:,}; their addresses, which may be "
    "homes, are left out of registrations.csv, and positions of the file not used; they stand "
    "where their address or name puts them, by county or city"
)
SOLE_PROPRIETORS_MATCHED = Message(
    "sole proprietors (by credit code, name or type): {count:,}; their addresses, which may be "
    "homes, are not written, and positions of the file not used; they stand at their county or "
    "city, and no zone that their address names is taken"
)
REMARK = Message("{name}: {remark}")
NOT_COMPARED = Message(
    "Not compared with the 2020 report, whose figures are of the whole catalogue."
)
# remarks of the built-in catalogue on single zones; remarks in a user's table are not translated
CATALOGUE_REMARKS = (
    Message("printed 湽博 for 淄博"),
    Message("industries printed with a stray full stop"),
    Message("printed area looks ten times too large; used as printed"),
    Message("the digitised source gives code S377018 to two zones and S377017 to none"),
)
COMPANY_SENTENCES = {
    "made_up": Message(
        "The companies of {file} are made up (synthetic); their number and their capital in and "
        "outside the three provinces equal footnote 7 of the report by construction."
    ),
    "read": Message(
        "{file}: {rows:,} companies, {kept:,} used; left out: {deregistered:,} deregistered"
        "{statuses}, {duplicates:,} whose credit code stands above{doubled_rows}."
    ),
    "capital": Message(
        "Registered capital: {blank:,} not stated, {unparsed:,} not understood{examples}; foreign "
        "currencies at the European Central Bank's rates of {date}, patacas and New Taiwan dollars "
        "derived from them."
    ),
    "places": Message(
        "Companies located: {given:,} by the file's positions, {place:,} by town, {county:,} by "
        "county, {city:,} by city, {province:,} by province only; unresolved: {unresolved:,}"
        "{reasons}."
    ),
    "far": Message(
        "Given positions far from the place that their own row names: {count:,}{rows}; they are "
        "used as given."
    ),
    "datum": Message(
        "The given positions of {file} look like {looks_like}, not the datum stated: over "
        "{places:,} places they lie off their addresses by {fits:.2f} ± {standard_error:.2f} times "
        "that shift (mean {shift_km:.2f} km); check the column of datums."
    ),
    "no_province": Message(
        "Companies of unknown province, or of none of the 31, in no group and no total: {count:,}."
    ),
    "codes": Message(
        "{count:,} credit codes are too short or have lost digits and were not compared."
    ),
    "remarks": Message("Rows of {file} that are no company: {rows}."),
    "sheets": Message("Sheets of {file} that were not read: {sheets}."),
    "hubs": Message(
        "Hubs: {companies:,} companies at {hubs:,} places, known to about {km:.0f} km (median 90 % "
        "radius); the 90 % interval counts it, the band counts the zones' uncertainty only."
    ),
}
ZONE_SENTENCES = {
    "read": Message(
        "{file}: {rows:,} zones; the province of {derived:,} follows from the name alone; "
        "{given:,} positions are of the file."
    ),
    "unplaced": Message(
        "Zones without a place: {count:,} of {rows:,}{names}; they are in no count, sum, map or "
        "figure; zones.csv gives the reasons."
    ),
    "no_area": Message(
        "Zones that state no area: {count:,} of {rows:,}; their area and GDP are empty, and sums "
        "of area and GDP are those of the others."
    ),
    "no_province": Message(
        "Zones with a position but no known province, so no GDP: {count:,}{names}."
    ),
    "doubled": Message(
        "Names that stand more than once in one province{names}; each row is counted."
    ),
    "remarks": Message("Rows taken as sums or remarks, not as zones{names}."),
    "suspicion": Message("{file}: {what}."),
    "approximate": Message(
        "Areas that the file states as approximate, taken as the number that stands there: "
        "{count:,}{listed}."
    ),
    "own_unit": Message(
        "Areas with another unit in the cell than in the heading; the cell's counts: "
        "{count:,}{listed}."
    ),
    "dates": Message(
        "Dates such as 2000.1, which may be a spreadsheet's 2000.10, taken as the year alone: "
        "{count:,}{listed}."
    ),
    "map": Message("Zones without a place, not on the map: {count:,} of {rows:,}{names}."),
}


def notes_of(result: StudyResult, *, cells: bool = False) -> list[Words]:
    """Return what a reader of the outputs should know, one sentence each.

    `cells` quotes the cells that are not understood, which may name persons: for the terminal
    only, never for what is written. There the accounts of the user's tables stand before.
    """
    zones = result.zones
    notes = [*matrix_sentences(result), *kept_sentences(result)]
    if not cells:
        notes += own_zones_sentences(result)
    if result.kept is not None:
        notes.append(NOT_COMPARED)
    if result.registrations is not None:
        companies = company_sentences(result.registrations, result.hubs, cells=cells)
        notes = [*companies, *_of_addresses(result.registrations, result.study.addresses), *notes]
    coarse = zones[zones["geocode_level"].isin(["city", "province"])]
    if len(coarse):
        parts = (
            COARSE_PART.fill(count=n, level=LEVELS.get(str(level), str(level)))
            for level, n in coarse["geocode_level"].value_counts().items()
        )
        notes.append(COARSE.fill(listed=Listed(parts)))
    ambiguous = zones[(zones["geocode_level"] == "county") & (zones["adcode"] == "")]
    if len(ambiguous):
        notes.append(AMBIGUOUS.fill(names=Listed(ambiguous["name"])))
    methods = zones["geocode_method"]
    placed = int(methods.str.startswith("recalled").sum())
    seated = int(methods.str.match("seat|county-town").sum())
    if placed + seated:
        notes.append(RECALLED.fill(placed=placed, seated=seated))
    notes += _of_web(result)
    known = {remark.text: remark for remark in CATALOGUE_REMARKS}
    flagged = zones[zones["remark"] != ""]
    notes += [
        REMARK.fill(name=name, remark=known.get(remark, remark))
        for name, remark in zip(flagged["name"], flagged["remark"], strict=True)
    ]
    return notes


def _of_addresses(registrations: Registrations, kept: bool) -> list[Words]:
    """Return which addresses are not in registrations.csv."""
    said: list[Words] = [] if kept else [NO_ADDRESSES]
    count = int(registrations.located["sole_proprietor"].sum())
    return [*said, SOLE_PROPRIETORS.fill(count=count)] if count else said


def _of_web(result: StudyResult) -> list[Words]:
    """Return what became of the web geocoder's answers."""
    provider = result.study.provider
    if provider is None:
        return []
    taken = int(result.zones["geocode_method"].str.startswith("web-").sum())
    refused, failed = (
        int(result.zones["geocode_reason"].str.contains(f" {what}: ", regex=False).sum())
        for what in ("refused", "failed")
    )
    return [
        WEB_TAKEN.fill(taken=taken, provider=provider),
        WEB_NOT_TAKEN.fill(refused=refused, failed=failed),
    ]


def kept_sentences(result: StudyResult) -> list[Words]:
    """Return which zones of how many a study's filters keep; nothing without filters."""
    return [] if result.kept is None else result.kept.sentences()


def own_zones_sentences(result: StudyResult) -> list[Words]:
    """Return the sentences on a study's own table; none for the built-in one."""
    report = result.zone_report
    if report is None:
        return []
    lost = result.zones["province"] == ""
    there = result.all_zones()  # what the study keeps of the file
    facts = {"file": report.file, "rows": len(there)}

    def sentence(key: str, **more: object) -> Words:
        return ZONE_SENTENCES[key].fill(**{**facts, **more})

    out = [sentence("read", rows=report.rows, derived=report.derived, given=report.given)]
    out += [sentence("suspicion", what=what) for what in report.suspicions]
    if len(result.unplaced):
        names = examples(result.unplaced["name"])
        out.append(sentence("unplaced", count=len(result.unplaced), names=names))
    without_area = int(there["area_ha"].isna().sum())
    if without_area:
        out.append(sentence("no_area", count=without_area))
    if lost.any():
        names = examples(result.zones.loc[lost, "name"])
        out.append(sentence("no_province", count=int(lost.sum()), names=names))
    doubled = sorted(set(report.doubled) & set(there["name"]))
    if doubled:
        out.append(sentence("doubled", names=examples(doubled)))
    for key, odd in (
        ("approximate", report.approximate_areas),
        ("own_unit", report.areas_in_own_unit),
        ("dates", report.doubtful_dates),
    ):
        if odd:
            listed = _odd_cells(odd.items(), cells=False)
            out.append(sentence(key, count=len(odd), listed=listed))
    remarks = remark_rows(report.account)
    if remarks:
        out.append(sentence("remarks", names=examples([ROWS.fill(rows=_listed(remarks))])))
    return out


def remark_rows(account: Account) -> list[object]:
    """Return the rows of a table that are sums, remarks or its header again."""
    return [row for said in account.left_out if said.words == REMARK_ROWS for row in said.rows]


def made_up_sentence(file: str) -> Message:
    """Return the sentence that companies are made up."""
    return COMPANY_SENTENCES["made_up"].fill(file=file)


def company_sentences(
    registrations: Registrations, hubs: pd.DataFrame | None = None, *, cells: bool = False
) -> list[Words]:
    """Return what a reader should know of the companies, one sentence each.

    Parameters
    ----------
    registrations
        Companies.
    hubs
        Those that they make, if the study's are.
    cells
        As for `notes_of`.
    """
    report, located = registrations.report, registrations.located

    def sentence(key: str, **facts: object) -> Words:
        return COMPANY_SENTENCES[key].fill(file=report.file, **facts)

    gone, doubled, unparsed = report.deregistered, report.duplicates, report.unparsed_capital
    level, given = located["geocode_level"], located["geocode_method"] == GIVEN
    counts = level[~given].value_counts()
    reasons = located.loc[level == "", "geocode_reason"]
    statuses = gone["status"]
    if not cells:
        statuses = statuses.map(deregistered_word)
    out: list[Words] = [made_up_sentence(report.file)] if report.made_up else []
    out += [
        sentence(
            "read",
            rows=report.rows,
            kept=len(located),
            deregistered=len(gone),
            statuses=examples(f"{k} {n:,}" for k, n in statuses.value_counts().items()),
            duplicates=len(doubled),
            doubled_rows=examples(f"{row}={first}" for row, first in doubled["first_row"].items()),
        ),
        sentence(
            "capital",
            blank=report.blank_capital,
            unparsed=len(unparsed),
            examples=_odd_cells(unparsed["value"].items(), cells=cells),
            date=load_exchange_rates()["date"].iloc[0],
        ),
        sentence(
            "places",
            given=int(given.sum()),
            unresolved=len(reasons),
            reasons=examples(
                (
                    REASON.fill(why=why, count=count)
                    for why, count in _counted(reasons, registrations.reasons, cells=cells)
                ),
                BETWEEN_REASONS,
            ),
            **{k: int(counts.get(k, 0)) for k in LEVELS},
        ),
    ]
    far = located.loc[given & (located["geocode_reason"] != ""), "geocode_reason"]
    if len(far) and not cells:
        rows = examples(
            ROW.fill(row=row, what=registrations.reasons.get(text, text))
            for row, text in far.items()
        )
        out.append(sentence("far", count=len(far), rows=rows))
    doubt = registrations.datum_doubt
    if doubt is not None:
        out.append(sentence("datum", **asdict(doubt)))
    no_province = int((registrations.groups() == "").sum())
    if no_province:
        out.append(sentence("no_province", count=no_province))
    if report.unusable_codes and not cells:
        out.append(sentence("codes", count=report.unusable_codes))
    remarks = remark_rows(report.account)
    if remarks and not cells:
        out.append(sentence("remarks", rows=_listed(remarks)))
    sheets = report.account.unread_sheets
    if sheets and not cells:
        out.append(sentence("sheets", sheets=len(sheets)))
    if hubs is not None and "uncertainty_km" in hubs:
        km = float(hubs["uncertainty_km"].median())
        out.append(sentence("hubs", companies=int(hubs["companies"].sum()), hubs=len(hubs), km=km))
    return out


def table_notes(key: str, registrations: Registrations | None, hubs: pd.DataFrame) -> list[Words]:
    """Return the notes of a report table: all sentences where companies stand in it."""
    if registrations is None:
        return []
    if key in ("provinces", "clusters_vs_rest", "reconciliation"):
        return company_sentences(registrations, hubs)
    report = registrations.report
    return [made_up_sentence(report.file)] if report.made_up else []


def map_remark(result: StudyResult) -> Words | None:
    """Return what the map must say: which zones these are, made-up companies, zones not on it."""
    remarks: list[Words] = [*matrix_sentences(result)[:-1], *kept_sentences(result)]
    companies, report = result.registrations, result.zone_report
    if companies is not None and companies.report.made_up:
        remarks.append(made_up_sentence(companies.report.file))
    if report is not None and not result.unplaced.empty:
        names = examples(result.unplaced["name"])
        rows = len(result.zones) + len(result.unplaced)
        remarks.append(
            ZONE_SENTENCES["map"].fill(count=len(result.unplaced), rows=rows, names=names)
        )
    return one_after_the_other(remarks)


def one_after_the_other(sentences: Sequence[Words]) -> Words | None:
    """Return sentences as one text, None for none."""
    if not sentences:
        return None
    text, *rest = sentences
    for other in rest:
        text = TWO_SENTENCES.fill(one=text, other=other)
    return text


def examples(parts: Iterable[object], mark: Words = COMMA) -> Words | str:
    """Return up to five parts in brackets, "" for none."""
    listed = list(parts)
    return IN_BRACKETS.fill(listed=_listed(listed, mark)) if listed else ""


def _listed(parts: Sequence[object], mark: Words = COMMA) -> Listed:
    """Return up to five parts, and a sign that there are more."""
    return Listed([*parts[:SHOWN], *(["…"] if len(parts) > SHOWN else [])], mark)


def _rows(texts: Iterable[tuple[object, str]], *, cells: bool) -> Iterable[object]:
    """Return the rows' numbers, with the text of each where `cells` says so."""
    return (ROW.fill(row=row, what=_short(text)) if cells else row for row, text in texts)


def _odd_cells(texts: Iterable[tuple[object, str]], *, cells: bool) -> Words | str:
    """Return in brackets the rows of cells to look at, with their texts if asked, "" for none."""
    rows = list(_rows(texts, cells=cells))
    if cells or not rows:
        return examples(rows)
    return IN_BRACKETS.fill(listed=ROWS.fill(rows=_listed(rows)))


def _counted(
    reasons: pd.Series[str], words: Mapping[str, Words], *, cells: bool
) -> list[tuple[Words | str, int]]:
    """Return each reason with its number of rows, the commonest first, quoting cells if asked."""
    counts: dict[str, int] = {}
    said: dict[str, Words | str] = {}
    for text, count in reasons.value_counts().items():
        why = words.get(str(text), str(text))
        if not cells and isinstance(why, Message) and "cell" in why.facts:
            why = why.fill(cell="…")
        key = str(why) if isinstance(why, str) else why.in_language(ENGLISH)
        counts[key] = counts.get(key, 0) + int(count)
        said[key] = why
    return [(said[key], n) for key, n in sorted(counts.items(), key=lambda each: -each[1])]


def _short(text: str, width: int = 40) -> str:
    return repr(text if len(text) <= width else text[:width] + "…")
