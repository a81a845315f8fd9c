"""The study from tables to numbers: ordered calls, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from geodata.errors import BadInputError, UsageError
from geodata.gazetteer import CATALOGUE_YEAR
from geodata.loaders import load_provinces, load_zone_positions, load_zones
from geodata.user_tables.companies import GIVEN
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
from zones.distance.nearest_hub import cluster_distances, nearest
from zones.gdp import gdp_density, zone_gdp
from zones.hubs import HUB_LAYERS, at_least_one_hub, hub_layer
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
    """

    study: Study
    zones: pd.DataFrame
    hubs: pd.DataFrame
    provinces: pd.DataFrame
    nearest_km: dict[tuple[str, str], pd.Series[float]] = field(default_factory=dict)
    registrations: Registrations | None = None
    unplaced: pd.DataFrame = field(default_factory=pd.DataFrame)
    zone_report: ZoneTableReport | None = None

    def all_zones(self) -> pd.DataFrame:
        """Return the zones with those that have no place behind them."""
        return with_unplaced(self.zones, self.unplaced)

    def unresolved(self) -> int:
        """Return the number of zones and companies that have no place."""
        companies = self.registrations
        lost = 0 if companies is None else int((companies.located["geocode_level"] == "").sum())
        return len(self.unplaced) + lost

    def layers(self) -> list[str]:
        """Return the hub layers that can be compared: the study's own first."""
        own = self.study.hub_layer
        absent = {own, "file"} | ({"registrations"} if self.study.registrations is None else set())
        others = [name for name in HUB_LAYERS if name not in absent]
        # a layer may have no hub in the chosen provinces
        if self.study.hub_provinces or self.registrations:
            others = [n for n in others if self._has_hubs(n)]
        return [own, *others]

    def hubs_of(self, layer: str) -> pd.DataFrame:
        """Return the hubs of a layer, in the study's provinces."""
        if layer == self.study.hub_layer:
            return self.hubs
        if layer == "registrations" and self.registrations is not None:
            return registration_hubs(self.registrations, self.study.hub_provinces)
        return hub_layer(layer, provinces=self.study.hub_provinces)

    def distance_under(self, layer: str, method: str) -> pd.Series[float]:
        """Return ``nearest_km`` under another hub layer or distance method."""
        if (layer, method) not in self.nearest_km:
            found = nearest(self.zones, self.hubs_of(layer), method=method)["nearest_km"]
            self.nearest_km[layer, method] = found
        return self.nearest_km[layer, method]

    def _has_hubs(self, layer: str) -> bool:
        try:
            return not self.hubs_of(layer).empty
        except UsageError:
            return False


@dataclass(frozen=True, eq=False)
class StudyZones:
    """The zones of a study: with a place, without one, and what their table lacks."""

    placed: pd.DataFrame
    unplaced: pd.DataFrame
    report: ZoneTableReport | None


def located_zones(study: Study, progress: Progress | None = None) -> StudyZones:
    """Return the study's zones with their positions; `progress` as for `run_study`."""
    report = None
    if study.zones_table is not None:
        zones, report = load_zone_table(
            study.zones_table, study.zones_encoding, dict(study.zones_columns)
        )
        located = locate_zone_table(zones, study.year, openstreetmap=study.openstreetmap)
        zones["name_en"] = english_names(zones)
        zones = zones.drop(columns=["lon", "lat", "position_source", "province_reason"])
    else:
        zones = load_zones()
        built_in = study.year == CATALOGUE_YEAR and not study.openstreetmap
        located = (
            load_zone_positions()
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
    return StudyZones(both[placed].copy(), both[~placed], report)


def with_unplaced(zones: pd.DataFrame, unplaced: pd.DataFrame) -> pd.DataFrame:
    """Return all zones: first those with a place, then the others, their missing columns empty."""
    if unplaced.empty:
        return zones
    both = zones.reindex([*zones.index, *unplaced.index])
    both.loc[unplaced.index, unplaced.columns] = unplaced
    for column in zones.columns:
        if column.startswith("beyond_"):
            both[column] = both[column].astype("boolean")
    return both.fillna({"nearest_hub": ""})


def study_registrations(study: Study) -> Registrations | None:
    """Return the located companies of the study's extract, which may be its file of hubs."""
    file = study.registrations or study.hub_file
    if file is None:
        return None
    found = located_registrations(file, keep_deregistered=study.keep_deregistered)
    if found.report.is_hub_list and study.registrations is not None:
        text = Message(
            "{path}: a list of hubs, not of companies; accepted with --hubs-file", path=file
        )
        raise UsageError(text)
    return None if found.report.is_hub_list else found


def study_hubs(study: Study, registrations: Registrations | None = None) -> pd.DataFrame:
    """Return the hubs of the study's layer; `registrations` spares reading its file again."""
    file = {"file": study.hub_file, "registrations": study.registrations}.get(study.hub_layer)
    if file is None:
        return hub_layer(study.hub_layer, provinces=study.hub_provinces)
    if registrations is None or file != (study.registrations or study.hub_file):
        registrations = located_registrations(file, keep_deregistered=study.keep_deregistered)
    return at_least_one_hub(study.hub_layer, registration_hubs(registrations, study.hub_provinces))


def with_distances(zones: pd.DataFrame, hubs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the nearest hub, the distances and one column a threshold."""
    zones = zones.join(nearest(zones, hubs, method=study.distance_method))
    zones = zones.join(cluster_distances(zones, hubs, method=study.distance_method))
    for threshold_km in study.thresholds_km:
        zones[f"beyond_{threshold_km:g}km"] = beyond(zones["nearest_km"], threshold_km)
    return zones


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
        When no hub is left.
    """
    registrations = study_registrations(study)
    hubs = study_hubs(study, registrations)
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
    zones = with_gdp(with_distances(own.placed, hubs, study), provinces, study)
    result = StudyResult(
        study, zones, hubs, provinces,
        registrations=registrations, unplaced=own.unplaced, zone_report=own.report,
    )  # fmt: skip
    result.nearest_km[study.hub_layer, study.distance_method] = zones["nearest_km"]
    return result
