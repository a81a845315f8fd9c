"""The data dictionary: built-in tables from registry and README, outputs from a run."""

from __future__ import annotations

import re

from geodata.registry import TABLES, registry
from geodata.words import in_all_languages

# Columns of zones.csv, zones.parquet and zones.gpkg; a pattern stands for the thresholds' columns.
ZONE_MEANINGS = {
    "id": "unique key: the code; S377018, which the source gives to two zones, carries -1 and -2",
    "code": "code as printed; G approved by the State Council, S by a province",
    "name": "Chinese name as printed in the catalogue",
    "name_en": "English name",
    "province": "full Chinese name of the province",
    "level": "国家级 (national) or 省级 (provincial)",
    "type": "the catalogue's eight types",
    "approved": "month of approval, YYYY-MM",
    "extended": "second month where two are printed, else empty",
    "area_ha": "approved area, hectares",
    "industries": "leading industries as printed",
    "remark": "known slip of the source, else empty",
    "lon": "longitude, WGS-84 degrees",
    "lat": "latitude, WGS-84 degrees",
    "adcode": "code of the division of 2024 it lies in, county level where known",
    "geocode_level": "place, county, city or province: how fine the position is",
    "geocode_method": "the rule that found it",
    "geocode_source": "where the position comes from",
    "uncertainty_km": "radius that holds the true place in about 90 % of cases, km",
    "spans": "codes of other divisions it reaches into",
    "geocode_candidates": "other divisions the name may mean",
    "geocode_reason": "why it is where it is, or stays open",
    "nearest_hub": "nearest hub of the study's layer",
    "nearest_km": "distance to it, km",
    "beijing_km": "distance to the nearest hub in Beijing, km",
    "zhejiang_km": "distance to the nearest hub in Zhejiang, km",
    "guangdong_km": "distance to the nearest hub in Guangdong, km",
    "beyond_500km": "whether `nearest_km` is strictly greater than the threshold; one column for "
    "each threshold",
    "gdp_density_yi_per_km2": "provincial GDP / urban land, 100 million CNY per km²",
    "gdp_estimate_yi_cny": "estimated zone GDP, 100 million CNY",
}


def zone_columns() -> str:
    """Return the columns of zones.csv with their meaning, in the order of the file."""
    from zones.pipeline import run_study
    from zones.report.files import zone_frame
    from zones.study import Study

    columns = [str(c) for c in zone_frame(run_study(Study()).zones).columns]
    missing = set(columns) ^ set(ZONE_MEANINGS)
    if missing:
        text = f"doctools/data_dictionary.py: ZONE_MEANINGS and zones.csv differ in {missing}"
        raise ValueError(text)
    rows = [f"| `{column}` | {ZONE_MEANINGS[column]} |" for column in columns]
    return "\n".join(["| column | meaning |", "|---|---|", *rows])


def table_columns() -> str:
    """Return the tables of a run: title, columns with their headings in both languages."""
    from zones.pipeline import run_study
    from zones.report.headings import heading
    from zones.report.tables import REPORT_TABLES, report_tables
    from zones.study import Study

    # those of the whole table, of one province, of one municipality: each once, in their order
    studies = (Study(), Study(zones_provinces=("湖北省",)), Study(zones_provinces=("北京市",)))
    tables = {t.key: t for s in reversed(studies) for t in report_tables(run_study(s))}
    parts = []
    for table in (tables[key] for key in REPORT_TABLES):
        title = " / ".join(in_all_languages(REPORT_TABLES[table.key].title))
        parts += [f"### {table.key}.csv", f"{title}.", ""]
        parts += ["| column | heading | 表头 |", "|---|---|---|"]
        for column in map(str, table.frame.columns):
            english, chinese = heading(column, "en"), heading(column, "zh")
            shown = "" if english == column else english
            parts.append(f"| `{column}` | {shown} | {chinese if shown else ''} |")
        parts.append("")
    return "\n".join(parts)


def built_in_tables() -> str:
    """Return every registered table: what the registry and the tables' README say of it.

    The README's list of whose data it is and under which terms is the registry's, written by
    ``prepare.make_registry``.
    """
    readme = (TABLES / "README.md").read_text(encoding="utf-8")
    parts = ["| table | rows | whose | date | licence |", "|---|--:|---|---|---|"]
    for name, entry in sorted(registry().items()):
        anchor = re.sub(r"[^\w-]", "", entry.file)
        cells = [f"{entry.rows:,}", entry.publisher, entry.date, entry.licence]
        parts.append(f"| [{name}](#{anchor}) | {' | '.join(cells)} |")
    for entry in (entry for _, entry in sorted(registry().items())):
        section = readme.partition(f"\n## {entry.file}\n")[2].partition("\n## ")[0].strip()
        anchor = re.sub(r"[^\w-]", "", entry.file)
        parts += ["", f"## {entry.file} {{: #{anchor} }}", "", section, ""]
        parts.append(f"{entry.rows:,} rows. SHA-256 `{entry.sha256}`.")
    return "\n".join(parts)
