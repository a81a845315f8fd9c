"""Positions of the built-in zones: complete, in their province, with reason and radius."""

from __future__ import annotations

import pandas as pd
import pytest
import typer

from geodata import zone_geocoder
from geodata.errors import DataFileError
from geodata.gazetteer import all_divisions, gazetteer, towns
from geodata.loaders import load_zone_positions, load_zones
from geodata.vocabulary import LEVELS
from geodata.zone_geocoder import geocode_zones, radius_km, zone_seats
from zonegap.command.app import app
from zonegap.command.options import study_of
from zones.distance.great_circle import haversine_km
from zones.pipeline import StudyResult, located_zones


def test_every_zone_has_a_position_level_method_and_radius(result: StudyResult) -> None:
    zones = result.zones
    assert len(zones) == 2543
    needed = ["lon", "lat", "geocode_level", "geocode_method", "geocode_source", "uncertainty_km"]
    assert not zones[needed].isna().any().any()
    assert set(zones["geocode_level"]) <= set(LEVELS)
    assert (zones["uncertainty_km"] > 0).all()
    assert zones["lon"].between(73, 136).all()
    assert zones["lat"].between(18, 54).all()


def test_province_binds(result: StudyResult) -> None:
    zones = result.zones
    coded = zones[zones["adcode"] != ""]
    assert (coded["adcode"].str[:2] == coded["province_adcode"].str[:2]).all()


def test_shares_by_level(result: StudyResult) -> None:
    share = result.zones["geocode_level"].value_counts(normalize=True)
    assert share.get("place", 0) + share["county"] >= 0.98


def test_coarse_and_ambiguous_positions_say_why(result: StudyResult) -> None:
    zones = result.zones
    coarse = zones["geocode_level"].isin(["city", "province"]) | (zones["adcode"] == "")
    assert (zones.loc[coarse, "geocode_reason"] != "").all()


def test_codes_exist_today(result: StudyResult) -> None:
    today = {d.adcode for d in gazetteer(2024).current}
    assert set(result.zones["adcode"]) - {""} <= today


def test_second_route_seat_lies_near_the_county_seat(result: StudyResult) -> None:
    """A town given for a zone's seat is in reach of the seat of the county given for it."""
    names = gazetteer()
    far = []
    for (zone, _), seat in zone_seats().items():
        if seat.geonameid:
            county, town = names.by_adcode[seat.adcode], towns()[seat.geonameid]
            distance_km = float(haversine_km(county.lon, county.lat, town.lon, town.lat))
            if distance_km > 100:
                far.append((zone, county.name, town.name, round(distance_km)))
    # prefectures of the far west are wider; every other town is near
    known = {
        "柴达木循环经济试验区大柴旦工业园", "黑龙江加格达奇经济开发区", "呼伦贝尔鄂伦春自治旗工业园区",
        "肃南县祁青工业集中区", "若羌罗布泊盐化工工业园区",
    }  # fmt: skip
    assert {zone for zone, *_ in far} <= known, far


def test_ambiguous_circle_holds_every_candidate() -> None:
    zones = pd.DataFrame({"name": ["河北新华工业园区"], "province_adcode": ["130000"]}, ["X"])
    found = geocode_zones(zones).iloc[0]
    assert found["adcode"] == ""
    for code in found["geocode_candidates"].split(";"):
        division = gazetteer().by_adcode[code]
        away_km = haversine_km(found["lon"], found["lat"], division.lon, division.lat)
        assert float(away_km) < found["uncertainty_km"]


def test_input_is_untouched_and_index_kept() -> None:
    zones = load_zones().sample(50, random_state=1)
    before = zones.copy(deep=True)
    found = geocode_zones(zones)
    pd.testing.assert_frame_equal(zones, before)
    assert found.index.equals(zones.index)


@pytest.mark.parametrize("year", [1980, 1985, 1990, 1996, 2000, 2005, 2010, 2015, 2024])
def test_names_of_any_year_locate_the_whole_catalogue(year: int) -> None:
    zones = load_zones()
    found = geocode_zones(zones, year)
    assert found[["lon", "lat", "uncertainty_km"]].notna().all().all()
    coded = found["adcode"] != ""
    assert (found["adcode"].str[:2] == zones["province_adcode"].str[:2])[coded].all()


def test_seats_belong_to_name_and_province_not_to_an_id() -> None:
    known = load_zones().loc["G441034"]
    zones = pd.DataFrame(
        {
            "name": ["广东英德经济开发区", known["name"], known["name"]],
            "province_adcode": ["440000", "440000", "330000"],
        },
        index=["G441034", "another", "elsewhere"],
    )
    found = geocode_zones(zones)
    assert found.loc["G441034", "adcode"] == "441881"
    assert found.loc["another", "adcode"] == geocode_zones(load_zones()).loc["G441034", "adcode"]
    # a namesake in another province never takes this seat
    assert found.loc["elsewhere", "adcode"][:2] == "33"


def test_nothing_comes_from_openstreetmap_unless_asked_for() -> None:
    zones = load_zones()
    plain, asked = geocode_zones(zones), geocode_zones(zones, openstreetmap=True)
    from_osm = asked["geocode_source"] == "OpenStreetMap"
    assert not plain["geocode_source"].str.contains("OpenStreetMap").any()
    assert from_osm.sum() > 300
    pd.testing.assert_frame_equal(plain[~from_osm], asked[~from_osm])


def test_a_study_reads_openstreetmap_only_when_its_switch_says_so() -> None:
    def sources(options: dict[str, bool | None]) -> set[str]:
        return set(located_zones(study_of(None, options)).placed["geocode_source"])

    for openstreetmap in (None, False):
        assert "OpenStreetMap" not in sources({"openstreetmap": openstreetmap})
    assert "OpenStreetMap" in sources({"openstreetmap": True})
    for name in "run threshold distance tables reconcile gdp figures map where-next".split():
        command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
        (switch,) = [p for p in command.params if p.name == "openstreetmap"]
        assert (switch.opts, switch.secondary_opts) == (["--openstreetmap"], ["--no-openstreetmap"])
        assert switch.default is None


def test_seats_name_their_source_and_are_where_it_says() -> None:
    places, sources = towns(), set()
    for division in all_divisions():
        source, _, geonameid = division.position_source.partition(" ")
        assert (source != "") == division.has_seat
        if source == "GeoNames":
            place = places[geonameid]
            assert (division.lon, division.lat) == (place.lon, place.lat)
        sources.add(source)
    assert sources == {"", "GeoNames", "adcode", "division_seats"}


def test_radius_without_calibration_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zone_geocoder, "_uncertainty", dict)
    with pytest.raises(DataFileError, match="no radius for level 'county'"):
        radius_km("county", "name")


def test_every_division_of_2018_has_a_seat_and_a_present_code() -> None:
    standing = [d for d in all_divisions() if d.valid_from <= 2018 <= d.valid_to]
    assert [d.name for d in standing if not d.has_seat] == []
    assert [d.name for d in standing if not d.current_adcode] == []


def test_the_kept_positions_are_what_the_geocoder_finds() -> None:
    """Exactly: remake the table after any change of the geocoder or its tables."""
    pd.testing.assert_frame_equal(
        load_zone_positions(), geocode_zones(load_zones()), check_exact=True
    )
