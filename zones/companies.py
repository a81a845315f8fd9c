"""What a list of companies gives: hubs, and footnote 7 of the report.

Companies at one place are one hub. Footnote 7 is number and capital, inside the three and outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from geodata.address_geocoder import CODE_AGAINST
from geodata.errors import UsageError
from geodata.gazetteer import LAST_YEAR, gazetteer
from geodata.loaders import load_provinces
from geodata.registry import table_path
from geodata.user_tables.account import row_label
from geodata.user_tables.companies import (
    GIVEN,
    RegistrationReport,
    load_registrations,
    locate_registrations,
)
from geodata.user_tables.headings import read_heading
from geodata.user_tables.positions import DatumDoubt
from geodata.user_tables.tables import Wish
from geodata.words import Joined, Listed, Message, Name, Words
from zones.hubs import HUB_COLUMNS, distinct
from zones.parameters import CLUSTER_OF, CLUSTERS, OTHER_CLUSTER, SYNTHETIC, SYNTHETIC_TABLE
from zones.writing import write_csv

_OUTPUT_COLUMNS = (
    "row name status left_out credit_code capital_text capital_yi_cny capital_reason province city "
    "county address lon lat province_adcode adcode geocode_city geocode_county geocode_level "
    "geocode_method geocode_source uncertainty_km geocode_candidates geocode_reason"
).split()


@dataclass(frozen=True)
class Registrations:
    """Companies of an extract with their places, and the rows that were not used.

    Attributes
    ----------
    located
        One row a company, as `geodata.user_tables.companies.locate_registrations` gives
        them.
    report
        What the file held.
    datum_doubt
        That the positions of the file are in another datum than it states.
    reasons
        By each English text of ``geocode_reason`` the same in words, for sentences.
    """

    located: pd.DataFrame
    report: RegistrationReport
    datum_doubt: DatumDoubt | None = None
    reasons: Mapping[str, Words] = field(default_factory=dict)

    def groups(self) -> pd.Series[str]:
        """Return each company's cluster or "Other" on the companies' index.

        "" where the province is unknown or none of the 31 (Hong Kong, Macao, Taiwan).
        """
        names: dict[str, str] = dict.fromkeys(load_provinces()["province_adcode"], OTHER_CLUSTER)
        names |= CLUSTER_OF
        return self.located["province_adcode"].map(names).fillna("")


def counts_and_capital(registrations: Registrations, group: pd.Series[str]) -> pd.DataFrame:
    """Return ``registrations`` and ``registered_capital_yi_cny`` by group.

    Parameters
    ----------
    registrations
        Companies. A capital that is not stated or not understood adds nothing.
    group
        Of each company, on the same index; companies of the group "" are not counted.
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
    table = table.reindex([*CLUSTERS, OTHER_CLUSTER]).fillna(0.0)
    table.loc[three] = table.loc[[*CLUSTERS]].sum()
    table = table.rename(index={OTHER_CLUSTER: rest})
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


def write_registrations(
    registrations: Registrations | None, folder: Path, *, addresses: bool = True
) -> None:
    """Write registrations.csv (UTF-8 with BOM); nothing where the study has none."""
    if registrations is not None:
        table = registration_frame(registrations, addresses=addresses)
        write_csv(table, folder / "registrations.csv")


def registration_frame(registrations: Registrations, *, addresses: bool = True) -> pd.DataFrame:
    """Return every company in the order of the file: used, or not and why; capital, place.

    A sole proprietor's address may be a home: it is left empty, and the position is that of the
    division which the row names, never the file's.

    Parameters
    ----------
    registrations
        Companies.
    addresses
        Whether the others keep their addresses.
    """
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
    used["address"] = used["address"].mask(used["sole_proprietor"] | (not addresses), "")
    used["capital_reason"] = report.unparsed_capital["reason"].reindex(used.index).fillna("")
    table = pd.concat([used, left_out]) if len(left_out) else used
    table = table.reindex(report.order).rename_axis("row").reset_index()[_OUTPUT_COLUMNS]
    return table.round({"lon": 6, "lat": 6, "capital_yi_cny": 6, "uncertainty_km": 3})


_SAME_PLACE_DIGITS = 6  # of degrees: 0.1 m


def registrations_file(given: Path) -> Path:
    """Return the file to read: ``synthetic`` stands for the built-in made-up extract."""
    return table_path(SYNTHETIC_TABLE) if given == SYNTHETIC else given


def located_registrations(
    given: Path | str | pd.DataFrame, wish: Wish | None = None, *, keep_deregistered: bool = False
) -> Registrations:
    """Load a company extract and locate its rows.

    Raises
    ------
    DataFileError, BadInputError
        See `geodata.user_tables.companies.load_registrations`. A company without a place stays,
        counted, with the reason.
    """
    source = given if isinstance(given, pd.DataFrame) else registrations_file(Path(given))
    frame, report = load_registrations(source, wish, keep_deregistered=keep_deregistered)
    named = next(c.heading for c in report.account.columns if c.column == "name")
    if read_heading(named).stem in ("hub", "枢纽"):
        raise UsageError(
            Message(
                "{path}: a list of hubs, not of companies; accepted with --hubs-file",
                path=report.file,
            )
        )
    located, doubt, reasons = locate_registrations(frame)
    level, account = located["geocode_level"], report.account
    for text, words in (
        ("", Message("companies without a place; the column geocode_reason gives the reasons")),
        ("province", Message("companies known by their province only; they make no hub")),
    ):
        rows = located.index[level == text]
        if len(rows):
            account.check(words, map(row_label, rows))
    against = located["geocode_reason"].str.contains(CODE_AGAINST, regex=False)
    if against.any():
        about = {
            row_label(r): reasons[t] for r, t in located.loc[against, "geocode_reason"].items()
        }
        account.check(
            Message("credit codes of another place than the row names; the row's place is used"),
            about, about,
        )  # fmt: skip
    far = located.index[(located["geocode_method"] == GIVEN) & (located["geocode_reason"] != "")]
    if len(far):
        about = {
            row_label(row): reasons[text]
            for row, text in located.loc[far, "geocode_reason"].items()
        }
        account.check(
            Message("positions far from the place that their row names, used as given"),
            about, about,
        )  # fmt: skip
    return Registrations(located, report, doubt, reasons)


def registration_hubs(
    registrations: Registrations, provinces: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return the hubs that located companies make: those at one place are one hub.

    Parameters
    ----------
    registrations
        Companies.
    provinces
        Full Chinese names; the three clusters' when None.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``hub``, in the order of the file: ``hub_en``, ``cluster`` ("Other" outside the
        three), ``province_adcode``, ``adcode``, ``companies``, ``lon``, ``lat``,
        ``uncertainty_km`` (90 % radius of the position; 0 where the file gives it),
        ``geocode_level`` and ``geocode_source``. A company known no better than by its province
        makes no hub, and a sole proprietor none of its own name or position.

    Raises
    ------
    UsageError
        When none of the companies lies in these provinces: how many there are, and where.
    """
    names, located = gazetteer(LAST_YEAR), registrations.located
    used = located[located["lon"].notna() & (located["geocode_level"] != "province")]
    wanted = [*CLUSTERS.values()]
    if provinces is not None:
        wanted = [names.provinces[p].adcode for p in provinces]
    inside = used["province_adcode"].isin(wanted)
    if not inside.any():
        raise UsageError(_none_there(registrations, used, wanted))
    _say_elsewhere(registrations, used[~inside], wanted)
    used = used[inside]
    place = [used[c].round(_SAME_PLACE_DIGITS) for c in ("lon", "lat")]
    groups = used.groupby(place, sort=False)
    hubs = used[~pd.concat(place, axis=1).duplicated()].assign(companies=groups.size().to_numpy())
    labels = [_label(row) for row in hubs[_LABEL_COLUMNS].itertuples(index=False)]
    hubs = hubs.assign(hub=distinct(zh for zh, _ in labels), hub_en=[en for _, en in labels])
    hubs["cluster"] = hubs["province_adcode"].map(CLUSTER_OF).fillna(OTHER_CLUSTER)
    return hubs[HUB_COLUMNS].set_index("hub")


def _province_names(codes: Iterable[str]) -> Listed:
    by_code = {d.adcode: d for d in gazetteer(LAST_YEAR).provinces.values()}
    return Listed(Name(by_code[c].name_en, by_code[c].name) for c in codes if c in by_code)


def _none_there(registrations: Registrations, used: pd.DataFrame, wanted: list[str]) -> Message:
    """Return the fault of companies none of which makes a hub."""
    counts = used["province_adcode"].value_counts()
    there = Listed(
        Message("{count:,} in {province}", count=n, province=_province_names([str(code)]))
        for code, n in counts.items()
    )
    report = registrations.report
    read = Listed(repr(c.heading) for c in report.account.columns)
    return Message(
        "{file}: none of its {rows:,} companies with a place at least by city lies in {wanted} "
        "({places:,} have such a place{where}); columns read: {read}. Accepted: [hubs] provinces "
        "that hold some, or --hubs-file, where every row is a hub",
        file=report.file, rows=len(registrations.located), wanted=_province_names(wanted),
        places=len(used), where=Joined((": ", there)) if len(used) else "", read=read,
    )  # fmt: skip


def _say_elsewhere(registrations: Registrations, others: pd.DataFrame, wanted: list[str]) -> None:
    """Note how many companies make no hub since they lie in other provinces, once."""
    account = registrations.report.account
    words = Message("companies outside {wanted}: they make no hub", wanted=_province_names(wanted))
    if len(others) and all(check.words != words for check in account.checks):
        account.check(words, map(row_label, others.index))


_LABEL_COLUMNS = ["name", "companies", "geocode_method", "adcode"]


def _label(row: tuple[object, ...]) -> tuple[str, str]:
    """Return a hub's name in Chinese and English: of the place, or of the company at a position."""
    name, companies, method, adcode = row
    if method == GIVEN:
        more = int(str(companies)) - 1
        return (f"{name}等{more + 1}家", f"{name} and {more} more") if more else (name, name)  # type: ignore[return-value]
    names = gazetteer(LAST_YEAR)
    division = names.by_adcode[str(adcode)]
    if division.level != "county":
        return division.name, division.name_en
    parent = names.by_adcode.get(division.city_adcode) or names.by_adcode[division.province_adcode]
    return parent.name + division.name, f"{division.name_en}, {parent.name_en}"
