"""Companies and development zones matched: named in the address, nearest, within a distance.

A company names a zone where its address does (`geodata.zone_names`); that is evidence of its own,
whatever the two positions say. The nearest zones, and those within a distance, are measured from
where the company is to where the zone is, and are no surer than both positions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.errors import UsageError, not_accepted
from geodata.loaders import load_zone_positions, load_zones
from geodata.names import normalise
from geodata.user_tables.tables import Wish
from geodata.words import Message, Words
from geodata.zone_names import FULL_NAME, OWN_WORD, SHORT_FORM, is_bare_kind, lengths_of, names_in
from zones.companies import Registrations, located_registrations, registration_frame
from zones.distance.nearest_hub import nearest, pairs_within, row_by_row_km
from zones.inputs import check_choice, located, need_columns
from zones.parameters import DISTANCE_METHODS, NEAREST_ZONES, ZONES_WITHIN_KM

# what the table of zones shows of each, as far as it is known, before what is matched
ZONE_COLUMNS = (
    "code name name_en province level type approved area_ha lon lat adcode geocode_level "
    "geocode_method geocode_source uncertainty_km"
).split()
EVIDENCE = {
    FULL_NAME: Message("by its full name"),
    SHORT_FORM: Message("by place word and kind"),
    OWN_WORD: Message("by a word of its own"),
}


@dataclass(frozen=True, eq=False)
class Matches:
    """Companies with their zones, and zones with their companies.

    Attributes
    ----------
    companies
        One row a company of the file, in its order: the columns of registrations.csv, see
        `zones.companies.registration_frame` (sole proprietors without address), then
        ``zone_named_id``, ``zone_named``, ``zone_evidence`` (full name, place word and kind, own
        word), ``zone_named_radius_km`` (90 % radius of that zone's position), ``zone_named_km``
        (from the company's position to the zone's), for each of the nearest zones
        ``nearest_1_zone_id``, ``nearest_1_zone``, ``nearest_1_km`` and so on, and of the distance
        asked for (10 km here) ``zones_within_10km`` and ``zones_within_10km_ids``, the nearest
        first. Texts are "" and numbers missing where there is nothing to say.
    zones
        One row a zone: ``id``, what is known of it, then ``companies_named``,
        ``capital_named_yi_cny``, ``companies_within_10km`` and ``capital_within_10km_yi_cny``
        (亿元; a capital that is not stated or not understood adds nothing).
    registrations
        What was read of the companies.
    k, within_km
        How many nearest zones a company has, and the distance.
    elsewhere
        Companies that name a zone of the catalogue which is none of these zones.
    """

    companies: pd.DataFrame
    zones: pd.DataFrame
    registrations: Registrations
    k: int
    within_km: float
    elsewhere: int

    def sentences(self) -> list[Words]:
        """Say how many companies name a zone, lie near one, or cannot be measured."""
        table = self.companies[self.companies["left_out"] == ""]
        evidence = table["zone_evidence"]
        within, unsure = table[f"zones_within_{self.within_km:g}km"], self.within_km
        said: list[Words] = [
            Message(
                "companies: {rows:,} of {file_rows:,} rows used",
                rows=len(table), file_rows=len(self.companies),
            ),
            Message("zone named in the address: {count:,}", count=int((evidence != "").sum())),
        ]  # fmt: skip
        said += [
            Message("  {evidence}: {count:,}", evidence=words, count=int((evidence == key).sum()))
            for key, words in EVIDENCE.items()
        ]
        said.append(
            Message(
                "with a zone within {within_km:g} km: {count:,} of {measured:,} measured",
                within_km=self.within_km, count=int((within > 0).sum()),
                measured=int(within.notna().sum()),
            )
        )  # fmt: skip
        unmeasured = within.isna()
        if unmeasured.any():
            said.append(
                Message(
                    "no distance: {count:,}, without a place or known by their province only",
                    count=int(unmeasured.sum()),
                )
            )
        coarse = int((table.loc[~unmeasured, "uncertainty_km"] > unsure).sum())
        coarse_zones = int((self.zones["uncertainty_km"] > unsure).sum())
        if coarse or coarse_zones:
            said.append(
                Message(
                    "positions less sure than {within_km:g} km: companies {companies:,}, zones "
                    "{zones:,} of {all_zones:,}; what lies within that distance is unsure there",
                    within_km=self.within_km, companies=coarse, zones=coarse_zones,
                    all_zones=len(self.zones),
                )
            )  # fmt: skip
        if self.elsewhere:
            said.append(
                Message(
                    "companies that name a zone of the catalogue which is none of these zones: "
                    "{count:,}",
                    count=self.elsewhere,
                )
            )
        return said


def match_companies(  # noqa: PLR0913, the question has as many parts
    companies: str | Path | pd.DataFrame | Registrations,
    zones: pd.DataFrame | None = None,
    *,
    k: int = NEAREST_ZONES,
    within_km: float = ZONES_WITHIN_KM,
    method: str = "great-circle",
    datum: str = "",
    addresses: bool = True,
) -> Matches:
    """Match companies with development zones: named, nearest, within a distance.

    Parameters
    ----------
    companies
        A file or frame that `zonegap.located_registrations` reads, or what that gives.
    zones
        Indexed by their keys, with ``name``, ``lon``, ``lat`` (WGS-84 degrees; nan for a zone
        without a place, which can only be named) and ``uncertainty_km``, as `zonegap.read_zones`
        gives them; the built-in catalogue when None.
    k
        Nearest zones of each company; of fewer zones all.
    within_km
        At most so far, the distance itself included.
    method
        ``great-circle`` or ``geodesic``, see `zonegap.nearest`.
    datum
        Of the companies' positions, where the file states none.
    addresses
        Whether companies that are no sole proprietors keep their addresses.

    Returns
    -------
    Matches
        Both tables, see there. Zones are measured from companies known at least by their city.
        Of zones that are not in the built-in catalogue by name and province an address names the
        one whose whole name it holds, in the same city; a bare kind (开发区) is no such name.

    Raises
    ------
    UsageError
        For a wrong `k`, distance or method, no zone with a place, or columns that lack.
    DataFileError, BadInputError
        When the companies cannot be read.

    Examples
    --------
    >>> firms = pd.DataFrame({"公司名称": ["示例"], "注册地址": ["苏州工业园区星湖街1号"]})
    >>> found = match_companies(firms, k=1).companies.iloc[0]
    >>> found["zone_named"], found["zone_evidence"], found["nearest_1_zone"]
    ('苏州工业园区', 'full name', '苏州工业园区')
    """
    check_choice("method", method, DISTANCE_METHODS)
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise UsageError(not_accepted("k", k, Message("a whole number of at least 1")))
    if zones is None:
        zones = load_zones().join(load_zone_positions())
    zones = located(zones, "zones")
    need_columns(zones, "zones", ["name", "lon", "lat", "uncertainty_km"])
    placed = zones[zones["lon"].notna()]
    if placed.empty:
        raise UsageError(Message("zones: at least one zone with a place is needed"))
    if not zones.index.is_unique:
        raise UsageError(Message("zones: labels stand twice; accepted: a key for each zone"))
    if not isinstance(companies, Registrations):
        companies = located_registrations(companies, Wish(datum=datum))
    used = companies.located
    named, elsewhere = _named(used, zones)
    measured = used[used["lon"].notna() & ~used["geocode_level"].isin(["", "province"])]
    pairs = pairs_within(measured, placed, within_km, method=method)
    k = min(int(k), len(placed))
    columns = _of_named(used, zones, named, method)
    columns |= _of_nearest(nearest(measured, placed, method=method, k=k), zones, used.index)
    columns |= _of_pairs(pairs, measured.index, used.index, within_km)
    table = registration_frame(companies, addresses=addresses)
    matched = pd.DataFrame(columns, index=used.index).reindex(table["row"]).reset_index(drop=True)
    table = table.join(matched)
    for name in table:
        if not pd.api.types.is_numeric_dtype(table[name]):
            table[name] = table[name].astype(object).where(table[name].notna(), "")
    return Matches(
        table,
        _with_companies(zones, used["capital_yi_cny"], named, pairs, within_km),
        companies, k, float(within_km), elsewhere,
    )  # fmt: skip


def _of_named(
    used: pd.DataFrame, zones: pd.DataFrame, named: pd.DataFrame, method: str
) -> dict[str, pd.Series]:
    """Return what each company's named zone is, and how far from the company."""
    has = named["zone_id"].notna()
    labels = named.loc[has, "zone_id"]
    far_km = pd.Series(np.nan, index=used.index)
    both = has[has].index[
        (used.loc[has, "lon"].notna() & zones.loc[labels, "lon"].notna().to_numpy()).to_numpy()
    ]
    at_zones = zones.loc[named.loc[both, "zone_id"]]
    far_km[both] = row_by_row_km(used.loc[both], at_zones, method=method)
    names = pd.Series("", index=used.index, dtype=object)
    radius_km = pd.Series(np.nan, index=used.index)
    names[has] = zones.loc[labels, "name"].to_numpy()
    radius_km[has] = zones.loc[labels, "uncertainty_km"].to_numpy(dtype=float)
    return {
        "zone_named_id": named["zone_id"].astype(object).where(has, ""),
        "zone_named": names,
        "zone_evidence": named["zone_evidence"],
        "zone_named_radius_km": radius_km.round(3),
        "zone_named_km": far_km.round(3),
    }


def _of_nearest(
    found: pd.DataFrame, zones: pd.DataFrame, companies: pd.Index
) -> dict[str, pd.Series]:
    """Return key, name and distance of each company's nearest zones."""
    columns = {}
    for rank in range(1, found.shape[1] // 2 + 1):
        labels = found[f"nearest_{rank}_hub"].astype(object)
        columns[f"nearest_{rank}_zone_id"] = labels.reindex(companies)
        columns[f"nearest_{rank}_zone"] = (
            labels.map(zones["name"]).astype(object).reindex(companies)
        )
        columns[f"nearest_{rank}_km"] = found[f"nearest_{rank}_km"].reindex(companies).round(3)
    return columns


def _of_pairs(
    pairs: pd.DataFrame, measured: pd.Index, companies: pd.Index, within_km: float
) -> dict[str, pd.Series]:
    """Return number and keys of the zones within the distance of each company."""
    groups = pairs.groupby("point", sort=False)["hub"]
    keys = groups.agg(lambda labels: ";".join(map(str, labels))).astype(object)
    number = groups.size().reindex(measured, fill_value=0).reindex(companies)
    name = f"zones_within_{within_km:g}km"
    return {name: number.astype("Int64"), f"{name}_ids": keys.reindex(companies)}


def _with_companies(
    zones: pd.DataFrame, capital: pd.Series[float], named: pd.DataFrame, pairs: pd.DataFrame,
    within_km: float,
) -> pd.DataFrame:  # fmt: skip
    """Return the zones with the companies named in them and within the distance, and capital."""
    known = zones[[c for c in ZONE_COLUMNS if c in zones]]
    table = known.round({"lon": 6, "lat": 6, "uncertainty_km": 3})
    in_it = named["zone_id"].dropna()
    sums = (
        ("named", in_it, capital[in_it.index]),
        (f"within_{within_km:g}km", pairs["hub"], capital.reindex(pairs["point"])),
    )
    for name, labels, amounts in sums:
        groups = pd.Series(amounts.to_numpy(), dtype=float).groupby(labels.to_numpy())
        table[f"companies_{name}"] = groups.size().reindex(zones.index, fill_value=0)
        table[f"capital_{name}_yi_cny"] = groups.sum().reindex(zones.index, fill_value=0.0).round(6)
    return table.rename_axis("id").reset_index()


# ---- the zone that an address names


def _named(used: pd.DataFrame, zones: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return label and evidence of the zone that each company names; how many name another one.

    Zones are those of the catalogue where name and province are the same; of the others the
    addresses are searched for whole names.
    """
    catalogue = load_zones()
    ours = _by_name(zones, zones.index)
    keys = _by_name(catalogue, catalogue.index)
    label_of = {keys[name][0]: labels[0] for name, labels in ours.items()
                if len(labels) == 1 and name in keys}  # fmt: skip
    found = used["zone_id"].map(label_of).astype(object)
    evidence = used["zone_evidence"].where(found.notna(), "")
    rest = zones[~zones.index.isin(label_of.values())]
    if len(rest):
        for row, label in _own_names(used[~used["sole_proprietor"]], rest):
            # a whole name says more than a part of one, another zone's name may begin with it
            if evidence[row] != FULL_NAME:
                found[row], evidence[row] = label, FULL_NAME
    elsewhere = int(((used["zone_id"] != "") & found.isna()).sum())
    return pd.DataFrame({"zone_id": found, "zone_evidence": evidence}), elsewhere


def _by_name(zones: pd.DataFrame, labels: pd.Index) -> Mapping[tuple[str, str], list[object]]:
    """Return the zones by name in normal form and code of the province."""
    provinces = zones["province_adcode"] if "province_adcode" in zones else [""] * len(zones)
    found: dict[tuple[str, str], list[object]] = defaultdict(list)
    for label, name, province in zip(labels, zones["name"], provinces, strict=True):
        found[normalise(str(name)), str(province)].append(label)
    return found


def _own_names(used: pd.DataFrame, zones: pd.DataFrame) -> Iterable[tuple[Any, Any]]:
    """Give companies whose addresses hold the whole name of a zone of their city, and that zone.

    Where two zones of a city share a name the address says neither.
    """
    by_name: dict[str, list[tuple[object, str, str]]] = defaultdict(list)
    codes = [zones[c] if c in zones else [""] * len(zones) for c in ("province_adcode", "adcode")]
    for label, name, province, code in zip(zones.index, zones["name"], *codes, strict=True):
        text = normalise(str(name))
        if not is_bare_kind(text):
            by_name[text].append((label, str(province), str(code)))
    lengths = lengths_of(by_name)
    columns = (used.index, used["address"], used["province_adcode"], used["adcode"])
    for row, address, province, code in zip(*columns, strict=True):
        for name in names_in(normalise(address), by_name, lengths):
            same = [
                label
                for label, of_province, of_code in by_name[name]
                if (not of_province or of_province == province)
                and _same_city(of_code, code)
                and (of_province or of_code)
            ]
            if len(same) == 1:
                yield row, same[0]
                break


_MUNICIPALITIES = ("11", "12", "31", "50")


def _same_city(one: str, other: str) -> bool:
    """Whether two codes of divisions lie in one city, as far as both say one."""
    if not one or not other or "0000" in (one[2:], other[2:]):
        return True
    if one[:2] in _MUNICIPALITIES:
        return one[:2] == other[:2]
    digits = 6 if "90" in (one[2:4], other[2:4]) else 4  # a county directly under the province
    return one[:digits] == other[:digits]
