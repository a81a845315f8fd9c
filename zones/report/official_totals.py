"""The estimate of zone GDP beside what authorities and zones themselves state."""

from __future__ import annotations

import pandas as pd

from geodata.loaders import load_official_zone_gdp
from geodata.words import ENGLISH, Joined, Listed, Message, Name, Words
from zones.parameters import GDP_YEAR, HA_PER_KM2, NATIONAL
from zones.pipeline import StudyResult

NEAR_YEARS = 1  # of the year of our GDP: earlier and later figures are in the built-in table only

# why the estimate is not the official figure
REASONS = {
    "many": Message("they run several times their approved area, which alone is counted here"),
    "part": Message("{approved:,.1f} of the {administered:,.10g} km2 it runs are approved"),
    "unknown": Message("it runs more than the {approved:,.1f} km2 approved"),
    "dense": Message("the province's GDP by urban land is above that of the place"),
}
# what the source says of its figure, behind the year
CERTAINTY = {
    "preliminary": Message("{year}, preliminary"),
    "expected": Message("{year}, expected"),
    "at least": Message("{year}, at least"),
}


def official_table(result: StudyResult) -> pd.DataFrame:
    """Return official figures of zone GDP with the estimate of the same zones beside them.

    Returns
    -------
    pandas.DataFrame
        ``official_scope``, ``official_year``, ``official_zones``, ``official_gdp_yi_cny`` as
        published (years next to that of the estimate); ``zones``, ``area_km2`` and
        ``gdp_estimate_yi_cny`` of the zones of the catalogue meant; ``administered_km2``, nan
        where it is not stated; ``estimate_over_official_pct``; ``reason``.
    """
    rows = []
    for official, zones in _compared(result):
        estimate = zones["gdp_estimate_yi_cny"].sum()
        rows.append(
            {
                "official_scope": official["name"],
                "official_year": _year(official).in_language(ENGLISH),
                "official_zones": official["official_zones"],
                "official_gdp_yi_cny": official["official_gdp_yi_cny"],
                "zones": len(zones),
                "area_km2": zones["area_ha"].sum() / HA_PER_KM2,
                "administered_km2": official["administered_km2"],
                "gdp_estimate_yi_cny": estimate,
                "estimate_over_official_pct": 100.0 * estimate / official["official_gdp_yi_cny"],
                "reason": _reason(official, zones).in_language(ENGLISH),
            }
        )
    return pd.DataFrame(rows)


def official_words(result: StudyResult, language: str) -> dict[str, str]:
    """Return words of the table -> what they are in a language."""
    words: dict[str, Words] = {}
    for official, zones in _compared(result):
        words[official["name"]] = Name(official["name_en"], official["name"])
        for said in (_year(official), _reason(official, zones)):
            words[said.in_language(ENGLISH)] = said
    return {text: said.in_language(language) for text, said in words.items()}


def official_publishers() -> Words:
    """Return who states the figures of the table, each once."""
    figures = load_official_zone_gdp()
    figures = figures[_near(figures)].drop_duplicates("publisher_en")
    named = zip(figures["publisher_en"], figures["publisher"], strict=True)
    return Listed(Name(english, chinese) for english, chinese in named)


def _compared(result: StudyResult) -> list[tuple[pd.Series, pd.DataFrame]]:
    """Return the official figures of years near ours, each with the zones it is of."""
    zones, figures = result.zones, load_official_zone_gdp()
    national = zones["level"] == NATIONAL
    pairs = []
    for _, official in figures[_near(figures)].iterrows():
        types, ids = (official[c].split(";") for c in ("types", "zone_ids"))
        meant = (national & zones["type"].isin(types)) | zones.index.isin(ids)
        pairs.append((official, zones[meant]))
    return pairs


def _near(figures: pd.DataFrame) -> pd.Series[bool]:
    return (figures["year"] - GDP_YEAR).abs() <= NEAR_YEARS


def _year(official: pd.Series) -> Words:
    """Return the year of an official figure, and how sure its source is of it."""
    year = str(official["year"])
    if not official["certainty"]:
        return Joined((year,))
    return CERTAINTY[official["certainty"]].fill(year=year)


def _reason(official: pd.Series, zones: pd.DataFrame) -> Words:
    """Return the words on why an estimate differs from an official figure."""
    if zones["gdp_estimate_yi_cny"].sum() > official["official_gdp_yi_cny"]:
        return REASONS["dense"]
    if official["types"]:
        return REASONS["many"]
    known = pd.notna(official["administered_km2"])
    return REASONS["part" if known else "unknown"].fill(
        approved=zones["area_ha"].sum() / HA_PER_KM2, administered=official["administered_km2"]
    )
