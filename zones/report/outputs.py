"""The files of a study: zones as CSV, GeoParquet and GeoPackage, tables in each format."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.errors import ZonegapError
from zones.csv_text import write_csv
from zones.report.report_tables import ReportTable
from zones.report.table_md import to_markdown
from zones.report.table_tex import write_tex

ZONE_COLUMNS = (
    "id code name name_en province level type approved extended area_ha industries remark "
    "lon lat adcode geocode_level geocode_method geocode_source uncertainty_km spans "
    "geocode_candidates geocode_reason nearest_hub nearest_km beijing_km zhejiang_km guangdong_km"
).split()
GDP_COLUMNS = ["gdp_density_yi_per_km2", "gdp_yi_cny"]
# A fixed date, so that equal data give equal bytes; GeoPackage wants one.
GPKG_DATE = "2018-02-26T00:00:00Z"


def zone_frame(zones: pd.DataFrame) -> pd.DataFrame:
    """Return the published columns of the zones in their order, rounded.

    Coordinates to 6 decimals, distances to 3 (1 m), money to 4: below every source's precision,
    and equal on every machine.
    """
    flags = [c for c in zones.columns if c.startswith("beyond_")]
    frame = zones.reset_index()[[*ZONE_COLUMNS, *flags, *GDP_COLUMNS]]
    digits = {c: 3 for c in frame.columns if c.endswith("_km")}
    return frame.round(digits | {"lon": 6, "lat": 6} | dict.fromkeys(GDP_COLUMNS, 4))


def write_zones(zones: pd.DataFrame, folder: Path) -> None:
    """Write zones.csv (UTF-8 with BOM), zones.parquet (GeoParquet) and zones.gpkg."""
    folder.mkdir(parents=True, exist_ok=True)
    import geopandas as gpd
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

    frame = zone_frame(zones)
    write_csv(frame, folder / "zones.csv")
    points = gpd.points_from_xy(frame["lon"], frame["lat"])
    located = gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")
    located.loc[located["lon"].isna(), "geometry"] = None  # a zone without a place
    located.to_parquet(folder / "zones.parquet", index=False)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": GPKG_DATE})
    path = folder / "zones.gpkg"
    try:
        located.to_file(path, driver="GPKG", layer="zones", engine="pyogrio")
    except (FeatureError, DataSourceError, DataLayerError) as error:
        # what GDAL says of a full disk is the SQL statement that failed
        text = f"{path.name}: cannot be written ({error}); is the disk full?"
        raise ZonegapError(text) from None


def write_tables(tables: list[ReportTable], formats: tuple[str, ...], folder: Path) -> None:
    """Write each table as csv, and all together as tables.xlsx, .docx, .tex and .md."""
    folder.mkdir(parents=True, exist_ok=True)
    if "csv" in formats:
        for table in tables:
            write_csv(table.frame.round(6), folder / f"{table.key}.csv")
    if "xlsx" in formats:
        from zones.report.table_xlsx import write_xlsx

        write_xlsx(tables, folder / "tables.xlsx")
    if "docx" in formats:
        from zones.report.table_docx import write_docx

        write_docx(tables, folder / "tables.docx")
    if "tex" in formats:
        write_tex(tables, folder / "tables.tex")
    if "md" in formats:
        text = "\n".join(to_markdown(table) for table in tables)
        (folder / "tables.md").write_text(text, encoding="utf-8", newline="\n")
