"""Footnote 7 of the report from company registrations: number and capital, in and outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from geodata.loaders import load_exchange_rates, load_provinces
from geodata.own_tables.given_positions import DatumDoubt
from geodata.own_tables.registration_places import GIVEN
from geodata.own_tables.registrations import RegistrationReport
from zones.csv_text import write_csv
from zones.parameters import CLUSTERS
from zones.words.registration_words import SENTENCES
from zones.words.wording import pick

SHOWN = 5  # rows or values named in a sentence; all of them are in registrations.csv
OTHER = "Other"
_OUTPUT_COLUMNS = (
    "row name status left_out credit_code capital_text capital_yi_cny capital_reason province city "
    "address lon lat province_adcode adcode geocode_city geocode_county geocode_level "
    "geocode_method geocode_source uncertainty_km geocode_candidates geocode_reason"
).split()


@dataclass(frozen=True)
class Registrations:
    """Companies of an extract with their places, and what was left out.

    Attributes
    ----------
    located
        One row a company, as `geodata.own_tables.registration_places.locate_registrations` gives
        them.
    report
        What the file held.
    datum_doubt
        That the positions of the file are in another datum than it states.
    """

    located: pd.DataFrame
    report: RegistrationReport
    datum_doubt: DatumDoubt | None = None

    def groups(self) -> pd.Series[str]:
        """Return each company's cluster or "Other" on the companies' index.

        "" where the province is unknown or none of the 31 (Hong Kong, Macao, Taiwan).
        """
        names: dict[str, str] = dict.fromkeys(load_provinces()["province_adcode"], OTHER)
        names |= {adcode: name for name, adcode in CLUSTERS.items()}
        return self.located["province_adcode"].map(names).fillna("")


def counts_and_capital(registrations: Registrations, group: pd.Series[str]) -> pd.DataFrame:
    """Return ``registrations`` and ``registered_capital_yi_cny`` by group.

    Parameters
    ----------
    registrations
        Companies. A capital that is not stated or not understood adds nothing.
    group
        Of each company, on the same index; companies of the group "" are left out.
    """
    known = group != ""
    capital = registrations.located.loc[known, "capital_yi_cny"].groupby(group[known])
    return pd.DataFrame(
        {"registrations": capital.size(), "registered_capital_yi_cny": capital.sum()}
    )


def by_province(registrations: Registrations, codes: pd.Series[str]) -> pd.DataFrame:
    """Return both measures on the index of `codes`, the provinces' adcodes; 0 where none is."""
    table = counts_and_capital(registrations, registrations.located["province_adcode"])
    table = table.reindex(codes.to_numpy()).set_axis(codes.index)
    return table.fillna(0.0).astype({"registrations": int})


def by_cluster(registrations: Registrations, three: str, rest: str, total: str) -> pd.DataFrame:
    """Return both measures and their shares for each cluster, the three, the rest and all.

    Parameters
    ----------
    registrations
        Companies.
    three, rest, total
        Labels of the three sums.
    """
    table = counts_and_capital(registrations, registrations.groups())
    table = table.reindex([*CLUSTERS, OTHER]).fillna(0.0)
    table.loc[three] = table.loc[[*CLUSTERS]].sum()
    table = table.rename(index={OTHER: rest})
    table.loc[total] = table.loc[three] + table.loc[rest]
    for share, column in (
        ("share_registrations_pct", "registrations"),
        ("share_capital_pct", "registered_capital_yi_cny"),
    ):
        table[share] = 100.0 * table[column] / table[column].loc[total]
    return table.astype({"registrations": int})


def footnote_7(registrations: Registrations) -> dict[str, float]:
    """Return the figures of footnote 7 by the id of the published ones."""
    table = by_cluster(registrations, "three", "rest", "all")
    count, capital = table["registrations"], table["registered_capital_yi_cny"]
    share = table["share_capital_pct"]
    return {
        "registrations_total": count["all"],
        "registrations_capital": capital["all"],
        "registrations_core": count["three"],
        "registrations_core_capital": capital["three"],
        "registrations_core_capital_share": share["three"],
        "registrations_other_capital": capital["rest"],
        "registrations_other_capital_share": share["rest"],
    }


def made_up_sentence(file: str, language: str) -> str:
    """Return the sentence that companies are made up."""
    return pick(SENTENCES["made_up"], language).format(file=file)


def sentences_of(
    registrations: Registrations, language: str, hubs: pd.DataFrame | None = None
) -> list[str]:
    """Return what a reader should know of the companies, one sentence each.

    Parameters
    ----------
    registrations
        Companies.
    language
        ``en`` or ``zh``.
    hubs
        Those that they make, if the study's are.
    """
    report, located = registrations.report, registrations.located

    def say(key: str, **facts: object) -> str:
        return pick(SENTENCES[key], language).format(file=report.file, **facts)

    gone, doubled, unparsed = report.deregistered, report.duplicates, report.unparsed_capital
    level, given = located["geocode_level"], located["geocode_method"] == GIVEN
    counts = level[~given].value_counts()
    reasons = located.loc[level == "", "geocode_reason"]
    out = [made_up_sentence(report.file, language)] if report.made_up else []
    out += [
        say(
            "read",
            rows=report.rows,
            kept=len(located),
            deregistered=len(gone),
            statuses=listed(f"{k} {n:,}" for k, n in gone["status"].value_counts().items()),
            duplicates=len(doubled),
            doubled_rows=listed(f"{row}={first}" for row, first in doubled["first_row"].items()),
        ),
        say(
            "capital",
            blank=report.blank_capital,
            unparsed=len(unparsed),
            examples=listed(f"{row}: {_short(value)}" for row, value in unparsed["value"].items()),
            date=load_exchange_rates()["date"].iloc[0],
        ),
        say(
            "places",
            given=int(given.sum()),
            unresolved=len(reasons),
            reasons=listed(f"{k}: {n:,}" for k, n in reasons.value_counts().items()),
            **{k: int(counts.get(k, 0)) for k in ("place", "county", "city", "province")},
        ),
    ]
    far = located.loc[given & (located["geocode_reason"] != ""), "geocode_reason"]
    if len(far):
        rows = listed(f"{row}: {text}" for row, text in far.items())
        out.append(say("far", count=len(far), rows=rows))
    doubt = registrations.datum_doubt
    if doubt is not None:
        out.append(say("datum", **asdict(doubt)))
    no_province = int((registrations.groups() == "").sum())
    if no_province:
        out.append(say("no_province", count=no_province))
    if report.unusable_codes:
        out.append(say("codes", count=report.unusable_codes))
    if report.remarks:
        rows = listed(f"{row}: {_short(text)}" for row, text in report.remarks.items())
        out.append(say("remarks", rows=rows.strip(" ()")))
    if report.unread_sheets:
        out.append(say("sheets", sheets=", ".join(report.unread_sheets)))
    if hubs is not None and "uncertainty_km" in hubs:
        km = float(hubs["uncertainty_km"].median())
        out.append(say("hubs", companies=int(hubs["companies"].sum()), hubs=len(hubs), km=km))
    return out


def table_notes(
    key: str, registrations: Registrations | None, hubs: pd.DataFrame, language: str
) -> list[str]:
    """Return the notes of a report table: all sentences where companies stand in it."""
    if registrations is None:
        return []
    if key in ("provinces", "clusters_vs_rest", "reconciliation"):
        return sentences_of(registrations, language, hubs)
    report = registrations.report
    return [made_up_sentence(report.file, language)] if report.made_up else []


def map_remark(registrations: Registrations | None) -> tuple[str, str] | None:
    """Return what the map must say, in English and Chinese: that its companies are made up."""
    if registrations is None or not registrations.report.made_up:
        return None
    file = registrations.report.file
    return made_up_sentence(file, "en"), made_up_sentence(file, "zh")


def write_registrations(registrations: Registrations | None, folder: Path) -> None:
    """Write registrations.csv (UTF-8 with BOM); nothing where the study has none."""
    if registrations is not None:
        write_csv(registration_frame(registrations), folder / "registrations.csv")


def registration_frame(registrations: Registrations) -> pd.DataFrame:
    """Return every company of the file in its order: used or left out and why, capital, place."""
    report = registrations.report
    left_out = pd.concat(
        [
            report.deregistered.assign(left_out=report.deregistered["status"]),
            report.duplicates.assign(
                left_out="same credit code as row " + report.duplicates["first_row"].astype(str)
            ),
        ]
    )
    used = registrations.located.assign(left_out="")
    used["capital_reason"] = report.unparsed_capital["reason"].reindex(used.index).fillna("")
    table = pd.concat([used, left_out]) if len(left_out) else used
    table = table.sort_index().rename_axis("row").reset_index()[_OUTPUT_COLUMNS]
    return table.round({"lon": 6, "lat": 6, "capital_yi_cny": 6, "uncertainty_km": 3})


def listed(parts: Iterable[str]) -> str:
    """Return up to five parts in brackets, "" for none."""
    texts = list(parts)
    if not texts:
        return ""
    more = ", …" if len(texts) > SHOWN else ""
    return f" ({', '.join(texts[:SHOWN])}{more})"


def _short(text: str, width: int = 40) -> str:
    return repr(text if len(text) <= width else text[:width] + "…")
