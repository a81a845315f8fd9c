"""The study from tables to numbers: ordered calls, nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.errors import BadInputError, UsageError
from geodata.gazetteer import CATALOGUE_YEAR
from geodata.loaders import load_provinces, load_zone_positions, load_zones
from geodata.user_tables.account import Account, row_label
from geodata.user_tables.companies import GIVEN
from geodata.user_tables.files import unreadable
from geodata.user_tables.hubs import load_hub_table
from geodata.user_tables.tables import Wish
from geodata.user_tables.zones import (
    ZoneTableReport,
    english_names,
    load_zone_table,
    locate_zone_table,
)
from geodata.web.ask import Progress, WebOptions
from geodata.web.geocode import web_geocode_zones
from geodata.words import Listed, Message
from geodata.zone_geocoder import geocode_zones
from zones.companies import Registrations, located_registrations, registration_hubs
from zones.count_law import count_intervals
from zones.distance.nearest_hub import cluster_distances, nearest
from zones.filters import Kept, filtered_zones
from zones.gdp import gdp_density, zone_gdp
from zones.hubs import HUB_LAYERS, hub_layer, hubs_of_table, of_provinces, with_added
from zones.matrix import by_matrix, thresholds_of
from zones.reading import ZONE_COLUMNS
from zones.study import Study
from zones.thresholds import beyond


@dataclass(frozen=True, eq=False)  # frames have no single equality; a result is itself
class StudyResult:
    """What a study gives.

    Attributes
    ----------
    study
        What was asked.
    zones
        One row a zone in catalogue order: the catalogue's columns, position, distances, GDP.
    hubs
        The hubs of the study's layer.
    provinces
        Provincial GDP and land.
    nearest_km
        Distance to the nearest hub under each (hub layer, distance method), on the index of
        `zones`; filled on demand by `distance_under`.
    registrations
        Companies of the study's extract; None without one.
    unplaced
        Zones of the study's own table that have no place; in no count or sum.
    zone_report
        What that table lacks; None for the built-in one.
    accounts
        What was read of each table of the user's.
    added_hubs
        Hubs beside those of each layer; None for none.
    kept
        What the study's filters keep of its table; None without filters.
    order
        Labels of all zones in the order they came in.
    unit
        Of ``nearest_<unit>`` and of the thresholds: km, or that of the study's matrix.
    unmeasured
        Zones that the study's matrix does not name; in no count or sum.
    found_intervals
        90 % intervals under each (hub layer, threshold); filled on demand by `intervals`.
    """

    study: Study
    zones: pd.DataFrame
    hubs: pd.DataFrame
    provinces: pd.DataFrame
    nearest_km: dict[tuple[str, str], pd.Series[float]] = field(default_factory=dict)
    registrations: Registrations | None = None
    unplaced: pd.DataFrame = field(default_factory=pd.DataFrame)
    zone_report: ZoneTableReport | None = None
    accounts: tuple[Account, ...] = ()
    added_hubs: pd.DataFrame | None = None
    kept: Kept | None = None
    order: pd.Index | None = None
    unit: str = "km"
    unmeasured: pd.DataFrame = field(default_factory=pd.DataFrame)
    found_intervals: dict[tuple[str, float], pd.DataFrame] = field(default_factory=dict)

    def all_zones(self) -> pd.DataFrame:
        """Return the zones, those without a place too, in the order they came in."""
        zones = with_unplaced(self.zones, self.unmeasured, self.order)
        return with_unplaced(zones, self.unplaced, self.order)

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The thresholds in the study's unit."""
        return thresholds_of(self.study)

    def unresolved(self) -> int:
        """Return the number of zones and companies that have no place."""
        companies = self.registrations
        lost = 0 if companies is None else int((companies.located["geocode_level"] == "").sum())
        return len(self.unplaced) + lost

    def layers(self) -> list[str]:
        """Return the hub layers that can be compared: the study's own first."""
        own = self.study.hub_layer
        if self.study.matrix is not None:  # it tells of its own hubs only
            return [own]
        absent = {own, "file"} | ({"registrations"} if self.study.registrations is None else set())
        others = [name for name in HUB_LAYERS if name not in absent]
        # a layer may have no hub in the chosen provinces
        if self.study.hub_provinces or self.registrations:
            others = [n for n in others if self._has_hubs(n)]
        return [own, *others]

    def hubs_of(self, layer: str) -> pd.DataFrame:
        """Return the hubs of a layer, in the study's provinces and with its added ones."""
        if layer == self.study.hub_layer:
            return self.hubs
        if layer == "registrations" and self.registrations is not None:
            hubs = registration_hubs(self.registrations, self.study.hub_provinces)
        else:
            hubs = hub_layer(layer, provinces=self.study.hub_provinces)
        return hubs if self.added_hubs is None else with_added(hubs, self.added_hubs)

    def distance_under(self, layer: str, method: str) -> pd.Series[float]:
        """Return ``nearest_km`` under another hub layer or distance method."""
        if (layer, method) not in self.nearest_km:
            found = nearest(self.zones, self.hubs_of(layer), method=method)["nearest_km"]
            self.nearest_km[layer, method] = found
        return self.nearest_km[layer, method]

    def intervals(self, layer: str, threshold_km: float) -> pd.DataFrame:
        """Return the 90 % intervals of the count under a hub layer, see `count_intervals`."""
        if (layer, threshold_km) not in self.found_intervals:
            method = self.study.distance_method
            zones = self.zones.assign(nearest_km=self.distance_under(layer, method))
            self.found_intervals[layer, threshold_km] = count_intervals(
                zones, self.hubs_of(layer), threshold_km, method=method
            )
        return self.found_intervals[layer, threshold_km]

    def interval(self, layer: str, threshold_km: float) -> tuple[int, int]:
        """Return the widest of the 90 % intervals, whichever zones err alike."""
        found = self.intervals(layer, threshold_km)
        return int(found["low_5_pct"].min()), int(found["high_95_pct"].max())

    def _has_hubs(self, layer: str) -> bool:
        try:
            return not self.hubs_of(layer).empty
        except UsageError:
            return False


@dataclass(frozen=True, eq=False)
class StudyZones:
    """The zones of a study: placed or not, what their table lacks, what was kept, their order."""

    placed: pd.DataFrame
    unplaced: pd.DataFrame
    report: ZoneTableReport | None
    kept: Kept | None
    order: pd.Index


def located_zones(study: Study, progress: Progress | None = None) -> StudyZones:
    """Return the study's zones with their positions; `progress` as for `run_study`.

    Only the zones that its filters keep are located.
    """
    report = None
    if study.zones_table is not None:
        wish = Wish(study.zones_encoding, dict(study.zones_columns), study.datum or "")
        zones, report = load_zone_table(study.zones_table, wish)
        rows = zones["row"]
        zones, kept = filtered_zones(zones, study)
        zones = zones.copy()
        report.account.leave_out(
            Message("kept out by the filters of the study"), rows[~rows.index.isin(zones.index)]
        )
        located = locate_zone_table(
            zones, study.year, report.account, openstreetmap=study.openstreetmap
        )
        zones["name_en"] = english_names(zones)
        rows = zones["row"]
        zones = zones[ZONE_COLUMNS]
        lost = rows[located["lon"].isna()]
        if len(lost):
            report.account.check(
                Message("zones without a place, in no count; zones.csv gives the reasons"), lost
            )
    else:
        zones, kept = filtered_zones(load_zones(), study)
        built_in = study.year == CATALOGUE_YEAR and not study.openstreetmap
        located = (
            load_zone_positions().loc[zones.index]
            if built_in
            else geocode_zones(zones, study.year, openstreetmap=study.openstreetmap)
        )
    ask = (zones["province_adcode"] != "") & (located["geocode_method"] != GIVEN)
    if study.provider and ask.any():
        options = WebOptions(study.provider, study.cache, study.key_file, progress=progress)
        found = web_geocode_zones(located[ask], zones[ask], options).located
        located = pd.concat([found, located[~ask]]).loc[located.index]
    both = zones.join(located)
    placed = both["lon"].notna()
    return StudyZones(both[placed].copy(), both[~placed], report, kept, both.index)


def with_unplaced(
    zones: pd.DataFrame, unplaced: pd.DataFrame, order: pd.Index | None = None
) -> pd.DataFrame:
    """Return all zones in an order of their labels; what those without a place lack is empty."""
    if unplaced.empty:
        return zones
    both = zones.reindex([*zones.index, *unplaced.index])
    both.loc[unplaced.index, unplaced.columns] = unplaced
    if order is not None:
        both = both.reindex([label for label in order if label in both.index])
    for column in zones.columns:
        if column.startswith("beyond_"):
            both[column] = both[column].astype("boolean")
    return both.fillna({"nearest_hub": ""})


def study_registrations(study: Study) -> Registrations | None:
    """Return the located companies of the study's extract, None without one."""
    if study.registrations is None:
        return None
    wish = Wish(columns=dict(study.registrations_columns), datum=study.datum or "")
    return located_registrations(
        study.registrations, wish, keep_deregistered=study.keep_deregistered
    )


@dataclass(frozen=True, eq=False)
class StudyHubs:
    """The hubs of a study.

    Attributes
    ----------
    hubs
        All of them.
    added
        Those beside the layer's; None for none.
    accounts
        Of the tables they come from.
    """

    hubs: pd.DataFrame
    added: pd.DataFrame | None
    accounts: tuple[Account, ...]


def study_hubs(study: Study, registrations: Registrations | None = None) -> StudyHubs:
    """Return the hubs of the study's layer and the added ones.

    `registrations` spares reading their file again.
    """
    accounts: list[Account] = []
    if study.hub_file is not None:
        wish = Wish(columns=dict(study.hubs_columns), datum=study.datum or "")
        located, account = load_hub_table(study.hub_file, wish)
        accounts.append(account)
        listed = hubs_of_table(located)
        hubs = of_provinces(study.hub_layer, listed, study.hub_provinces)
        account.leave_out(
            Message("in other provinces than hubs.provinces"),
            map(row_label, located.index[~listed.index.isin(hubs.index)]),
        )
    elif study.hub_layer == "registrations":
        registrations = registrations or study_registrations(study)
        assert registrations is not None  # the study checks it
        hubs = registration_hubs(registrations, study.hub_provinces)
        accounts.append(registrations.report.account)
    else:
        hubs = hub_layer(study.hub_layer, provinces=study.hub_provinces)
    added = None
    if study.hubs_add is not None:
        located, account = load_hub_table(
            places_listed(study.hubs_add), Wish(datum=study.datum or "", name="--add-hubs")
        )
        accounts.append(account)
        added = hubs_of_table(located)
        hubs = with_added(hubs, added)
    return StudyHubs(hubs, added, tuple(accounts))


def places_listed(text: str) -> Path | pd.DataFrame:
    """Return the table of places that a text lists: a file, or names."""
    if Path(text).is_file():
        return Path(text)
    suffix = Path(text).suffix
    if suffix and suffix.isascii() and len(suffix) <= 8:  # no name of a place looks so
        raise unreadable(Path(text), FileNotFoundError())
    names = [name.strip() for name in re.split(r"[,，、;；]", text) if name.strip()]
    return pd.DataFrame({"hub": names})


def with_distances(zones: pd.DataFrame, hubs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the nearest hub, the distances and one column a threshold."""
    zones = zones.join(nearest(zones, hubs, method=study.distance_method))
    zones = zones.join(cluster_distances(zones, hubs, method=study.distance_method))
    found = {f"beyond_{t:g}km": beyond(zones["nearest_km"], t) for t in study.thresholds_km}
    return zones.join(pd.DataFrame(found, index=zones.index))


def with_gdp(zones: pd.DataFrame, provinces: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the provincial GDP density and the zone's estimated GDP."""
    density = gdp_density(provinces, study.gdp, study.land)
    zones[density.name] = zones["province"].map(density)
    return zones.join(zone_gdp(zones, density))


def run_study(study: Study, *, progress: Progress | None = None) -> StudyResult:
    """Run a study on its tables; nothing is written.

    Parameters
    ----------
    study
        What is asked.
    progress
        Wraps the queries to a web geocoder, given with their number: a progress bar.

    Raises
    ------
    DataFileError, BadInputError
        When a table cannot be read or holds values that are not accepted.
    UsageError
        When no hub or no zone is left.
    """
    registrations = study_registrations(study)
    chosen = study_hubs(study, registrations)
    provinces = load_provinces()
    own = located_zones(study, progress)
    if own.placed.empty:
        words = own.report.reasons if own.report else {}
        reasons = sorted(set(own.unplaced["geocode_reason"]))[:3]
        text = Message(
            "none of the {zones} zones has a place ({reasons}); accepted: a column of provinces, "
            "or positions with their datum",
            zones=len(own.unplaced),
            reasons=Listed((words.get(text, text) for text in reasons), Message("; ")),
        )  # fmt: skip
        raise BadInputError(str(study.zones_table), [text])
    accounts = _accounts(own, chosen, registrations)
    more: dict[str, Any] = {}
    if study.matrix is None:
        zones = with_distances(own.placed, chosen.hubs, study)
    else:
        measured = by_matrix(own.placed, chosen.hubs, study)
        zones, accounts = measured.zones, (*accounts, measured.account)
        more = {"unit": measured.unit, "unmeasured": measured.unmeasured}
    zones = with_gdp(zones, provinces, study)
    result = StudyResult(
        study, zones, chosen.hubs, provinces,
        registrations=registrations, unplaced=own.unplaced, zone_report=own.report,
        accounts=accounts, added_hubs=chosen.added, kept=own.kept, order=own.order, **more,
    )  # fmt: skip
    if study.matrix is not None:
        return result
    result.nearest_km[study.hub_layer, study.distance_method] = zones["nearest_km"]
    return result


def _accounts(
    own: StudyZones, hubs: StudyHubs, registrations: Registrations | None
) -> tuple[Account, ...]:
    """Return the account of each table of the user's, once."""
    found = [] if own.report is None else [own.report.account]
    found += hubs.accounts
    if registrations is not None and registrations.report.account not in found:
        found.append(registrations.report.account)
    return tuple(found)
