"""The gap between regions: by region, per head, by city and county, inequality, concentration."""

from __future__ import annotations

import pandas as pd

from geodata.gazetteer import CATALOGUE_YEAR
from geodata.loaders import load_listed_companies, load_regions
from geodata.unit_codes import codes_in_year, units_of_year
from geodata.vocabulary import REGIONS
from geodata.words import Name
from zones.groups import TOTAL, UNKNOWN_DIVISION, gap_table
from zones.inequality import gini, herfindahl, theil, theil_parts
from zones.parameters import GDP_VINTAGES, HA_PER_KM2, POPULATIONS
from zones.pipeline import StudyResult
from zones.report.gap_tables import GAP_COLUMNS

PERSONS_10K_PER_MILLION = 100.0
CNY_PER_YI_OVER_10K = 10_000.0  # 100 million CNY by 10,000 persons, in CNY a person
MOST = 50.0  # % of a province's zones: more than half
UNIT_MEASURES = (
    "zones area_km2 gdp_estimate_yi_cny median_km beyond surely possibly beyond_zones_pct"
).split()


def region_table(result: StudyResult) -> pd.DataFrame:
    """Return the gap by the four regions, in their order, with the total and shares of zones."""
    zones = _with_region(result)
    table = gap_table(zones, zones["region"], threshold_km=result.study.thresholds_km[0])
    table = table.loc[[*(r for r in REGIONS if r in table.index), TOTAL]]
    table["share_zones_pct"] = 100.0 * table["zones"] / len(zones)
    columns = ["zones", "share_zones_pct", *GAP_COLUMNS]
    return table[columns].rename_axis("region").reset_index()


def per_head_table(result: StudyResult) -> pd.DataFrame:
    """Return population and figures per head: each region with its provinces, then the total.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``province`` (``total`` of a region); ``population_10k``, ``gdp_per_head_cny``,
        ``zones``, ``zones_per_million``, ``area_per_10k_ha`` (approved area, hectares for 10,000
        persons), ``zone_gdp_per_head_cny``, ``beyond_per_million``, ``beyond_zones_pct``;
        ``beyond_by_population_pct``: the provinces' shares of zones beyond, weighted by their
        population; ``population_mostly_beyond_10k``: of the provinces more than half of whose
        zones are beyond.
    """
    provinces = _provinces(result)
    rows = []
    for region in REGIONS:
        inside = provinces[provinces["region"] == region]
        if len(inside):
            rows.append({"region": region, "province": TOTAL} | _per_head(inside))
            rows += [
                {"region": region, "province": str(name)} | _per_head(inside.loc[[name]])
                for name in inside.index
            ]
    rows.append({"region": TOTAL, "province": ""} | _per_head(provinces))
    return pd.DataFrame(rows)


def unit_table(result: StudyResult, *, prefectures: bool) -> pd.DataFrame:
    """Return the gap by prefecture or county of 2018, in the order of their codes.

    Returns
    -------
    pandas.DataFrame
        ``adcode_2018``, ``province``, ``city`` or ``county`` (Chinese name); zones, area, GDP,
        distance and what is beyond, as `zones.groups.gap_table`. Units without zones have no row;
        zones whose unit is not known have one without a code; the last row is the total.
    """
    zones = result.zones
    codes = codes_in_year(zones, CATALOGUE_YEAR, prefectures=prefectures)["code"]
    table = gap_table(zones, codes, threshold_km=result.study.thresholds_km[0])
    order = sorted((c for c in table.index if c != TOTAL), key=lambda code: (code == "", code))
    table = table.loc[[*order, TOTAL], UNIT_MEASURES].rename_axis("adcode_2018").reset_index()
    units = units_of_year(CATALOGUE_YEAR, prefectures=prefectures)
    names = units["name"].to_dict() | {"": UNKNOWN_DIVISION.zh, TOTAL: TOTAL}
    code = table["adcode_2018"]
    table.insert(1, "province", code.map(units["province"].to_dict()).fillna(""))
    table.insert(2, "city" if prefectures else "county", code.map(names))
    return table.assign(adcode_2018=code.where(code != TOTAL, ""))


def city_table(result: StudyResult) -> pd.DataFrame:
    """Return the gap by prefecture-level city."""
    return unit_table(result, prefectures=True)


def county_table(result: StudyResult) -> pd.DataFrame:
    """Return the gap by county."""
    return unit_table(result, prefectures=False)


def unit_words(language: str) -> dict[str, str]:
    """Return Chinese name -> name in a language, of all prefectures and counties of 2018."""
    both = [units_of_year(CATALOGUE_YEAR, prefectures=p) for p in (False, True)]
    names = (Name(en, zh) for u in both for zh, en in zip(u["name"], u["name_en"], strict=True))
    return {name.zh: name.in_language(language) for name in (*names, UNKNOWN_DIVISION)}


def inequality_table(result: StudyResult) -> pd.DataFrame:
    """Return Gini and Theil of measures per head by province, and of the zones' distance.

    Returns
    -------
    pandas.DataFrame
        ``quantity``; ``unit_kind`` and ``units``: what is compared; ``gini``; ``theil`` with its
        parts ``theil_between`` and ``theil_within`` the four regions, and ``between_pct``.
        Provinces are weighted by population, zones equally.
    """
    provinces, zones = _provinces(result), _with_region(result)
    people = provinces["population_10k"]
    rows = []
    for quantity, amounts in (
        ("gdp_per_head_cny", provinces["gdp"]),
        ("zone_gdp_per_head_cny", provinces["gdp_estimate_yi_cny"]),
        ("area_per_10k_ha", provinces["area_km2"]),
        ("zones_per_million", provinces["zones"]),
        ("beyond_per_million", provinces["beyond"]),
    ):
        rows.append(
            {"quantity": quantity, "unit_kind": "province"}
            | _measures(amounts / people, provinces["region"], people)
        )
    rows.append(
        {"quantity": "nearest_km", "unit_kind": "zone"}
        | _measures(zones["nearest_km"], zones["region"])
    )
    return pd.DataFrame(rows)


def concentration_table(result: StudyResult) -> pd.DataFrame:
    """Return how far hubs, companies, capital and zones stand together in few places.

    Returns
    -------
    pandas.DataFrame
        ``quantity`` by ``unit_kind`` (province or city); ``units`` that have any; ``hhi``, the sum
        of squared shares, 0 to 1; ``largest`` place, ``top1_pct`` and ``top3_pct`` of the sum.
    """
    zones, hubs, listed = result.zones, result.hubs, load_listed_companies()
    one = {"zones": pd.Series(1.0, zones.index), "hubs": pd.Series(1.0, hubs.index)}
    provinces = result.provinces.reset_index().set_index("province_adcode")["province"]
    cities = units_of_year(CATALOGUE_YEAR, prefectures=True)["name"]
    of_zones = _named(codes_in_year(zones, CATALOGUE_YEAR, prefectures=True)["code"], cities)
    cases = [
        ("hubs", "province", one["hubs"], _named(hubs["province_adcode"], provinces)),
        ("listed_companies", "province", pd.Series(1.0, listed.index), listed["province"]),
        ("listed_companies", "city", pd.Series(1.0, listed.index),
         _named(listed["city_adcode"], cities)),
    ]  # fmt: skip
    if result.registrations is not None:
        companies = result.registrations.located
        province = _named(companies["province_adcode"], provinces)
        capital = companies["capital_yi_cny"].fillna(0.0)
        cases += [
            ("registrations", "province", pd.Series(1.0, companies.index), province),
            ("registered_capital_yi_cny", "province", capital, province),
            ("registered_capital_yi_cny", "city", capital, companies["geocode_city"]),
        ]
    cases += [
        ("zones", "province", one["zones"], zones["province"]),
        ("zones", "city", one["zones"], of_zones),
        ("area_km2", "province", zones["area_ha"], zones["province"]),
        ("gdp_estimate_yi_cny", "province", zones["gdp_estimate_yi_cny"], zones["province"]),
        ("gdp_estimate_yi_cny", "city", zones["gdp_estimate_yi_cny"], of_zones),
    ]
    rows = []
    for quantity, kind, amounts, place in cases:
        sums = amounts[place != ""].groupby(place[place != ""]).sum()
        sums = sums[sums > 0.0].sort_values(ascending=False, kind="stable")
        if len(sums):
            shares = 100.0 * sums / sums.sum()
            rows.append(
                {
                    "quantity": quantity,
                    "unit_kind": kind,
                    "units": len(sums),
                    "hhi": herfindahl(sums),
                    "largest": str(sums.index[0]),
                    "top1_pct": shares.iloc[0],
                    "top3_pct": shares.iloc[:3].sum(),
                }
            )
    return pd.DataFrame(rows)


def _named(codes: pd.Series[str], names: pd.Series[str]) -> pd.Series[str]:
    return codes.map(names.to_dict()).fillna("")


def _with_region(result: StudyResult) -> pd.DataFrame:
    """Return the zones whose province is known, with their region."""
    zones = result.zones[result.zones["province"] != ""]
    return zones.assign(region=zones["province"].map(load_regions()["region"].to_dict()))


def _provinces(result: StudyResult) -> pd.DataFrame:
    """Return the study's provinces: region, population, GDP, and sums of their zones."""
    study, regions = result.study, load_regions()
    zones = _with_region(result)
    table = gap_table(zones, "province", threshold_km=study.thresholds_km[0]).drop(TOTAL)
    names = regions.index
    if study.filtered:  # as in the table of provinces
        names = names[names.isin(table.index)]
    out = regions.loc[names, ["region"]].assign(
        population_10k=regions[POPULATIONS[study.gdp]],
        gdp=result.provinces[GDP_VINTAGES[study.gdp]],
    )
    sums = table[["zones", "area_km2", "gdp_estimate_yi_cny", "beyond"]]
    # 0 where there is no zone; what zones do not state stays unknown
    without = names.difference(sums.index)
    return out.join(pd.concat([sums, pd.DataFrame(0.0, without, sums.columns)]))


def _per_head(provinces: pd.DataFrame) -> dict[str, float]:
    """Return the measures per head of some provinces together."""
    unknown = float("nan")
    sums = provinces.drop(columns="region").sum(skipna=False)
    people = sums["population_10k"]
    with_zones = provinces[provinces["zones"] > 0]
    beyond_pct = 100.0 * with_zones["beyond"] / with_zones["zones"]
    weight = with_zones["population_10k"]
    mostly = beyond_pct > MOST
    return {
        "population_10k": people,
        "gdp_per_head_cny": sums["gdp"] / people * CNY_PER_YI_OVER_10K,
        "zones": int(sums["zones"]),
        "zones_per_million": sums["zones"] / people * PERSONS_10K_PER_MILLION,
        "area_per_10k_ha": sums["area_km2"] * HA_PER_KM2 / people,
        "zone_gdp_per_head_cny": sums["gdp_estimate_yi_cny"] / people * CNY_PER_YI_OVER_10K,
        "beyond_per_million": sums["beyond"] / people * PERSONS_10K_PER_MILLION,
        # no share of nothing
        "beyond_zones_pct": 100.0 * sums["beyond"] / (sums["zones"] or unknown),
        "beyond_by_population_pct": (beyond_pct * weight).sum() / (weight.sum() or unknown),
        "population_mostly_beyond_10k": weight[mostly].sum(),
    }


def _measures(
    values: pd.Series[float], groups: pd.Series[str], weights: pd.Series[float] | None = None
) -> dict[str, float]:
    whole = theil(values, weights)
    between, within = theil_parts(values, groups, weights) if whole >= 0.0 else (whole, whole)
    return {
        "units": len(values),
        "gini": gini(values, weights),
        "theil": whole,
        "theil_between": between,
        "theil_within": within,
        "between_pct": 100.0 * between / (whole or float("nan")),
    }
