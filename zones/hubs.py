"""Hub layers: which places count as technology hubs, each with its cluster."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from geodata.datum import to_wgs84
from geodata.errors import UsageError
from geodata.gazetteer import CATALOGUE_YEAR, Gazetteer, gazetteer
from geodata.loaders import PROVINCES, load_listed_companies
from geodata.schema import Column, check_table
from geodata.text_tables import read_csv
from zones.inputs import check_choice
from zones.parameters import CLUSTERS, CORE_CITIES, DATUMS, HUB_LAYERS

_HUB_FILE = {
    "hub": Column(),
    "province": Column(accepts=PROVINCES),
    "lon": Column("number", low=73.0, high=136.0),
    "lat": Column("number", low=3.0, high=54.0),
    "datum": Column(accepts=DATUMS),
}


def hub_layer(
    layer: str,
    *,
    file: Path | None = None,
    provinces: Iterable[str] | None = None,
    year: int = CATALOGUE_YEAR,
) -> pd.DataFrame:
    """Return the hubs of a layer.

    Parameters
    ----------
    layer
        ``prefectures``: seats of all prefecture-level cities of Zhejiang and Guangdong, and
        Beijing. ``listed``: head-office cities of the built-in list of listed technology
        companies in the three provinces. ``cores``: Beijing, Hangzhou, Guangzhou, Shenzhen.
        ``file``: points of a CSV with columns hub, province, lon, lat, datum.
    file
        For the layer ``file``.
    provinces
        Keep only hubs in these provinces (full Chinese names); all when None.
    year
        Of the divisions, for seats.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``hub`` (Chinese name): ``hub_en``, ``cluster`` (Beijing, Zhejiang, Guangdong, or
        "Other" for a file's hubs elsewhere), ``province_adcode``, ``adcode``, ``companies``
        (number behind the hub, 0 where it is not a count), ``lon``, ``lat`` (WGS-84 degrees).

    Raises
    ------
    UsageError
        For an unknown layer, a missing file option, or a layer left without hubs.
    """
    check_choice("hub layer", layer, HUB_LAYERS)
    names = gazetteer(year)
    if layer == "file":
        if file is None:
            text = "hub layer 'file' needs a file: option --hubs-file or [hubs] file in the study"
            raise UsageError(text)
        hubs = _from_file(file, names)
    elif layer == "listed":
        hubs = _listed(names)
    elif layer == "cores":
        hubs = _at_seats(dict.fromkeys(CORE_CITIES, 0), names)
    else:
        hubs = _at_seats(dict.fromkeys(_prefectures(names), 0), names)
    if provinces is not None:
        wanted = {names.provinces[p].adcode for p in provinces}
        hubs = hubs[hubs["province_adcode"].isin(wanted)]
    if hubs.empty:
        text = f"hub layer {layer!r}: no hub is left"
        raise UsageError(text)
    return hubs


def _prefectures(names: Gazetteer) -> list[str]:
    """Return the codes of the prefecture-level cities of the clusters, Beijing itself."""
    codes = [CLUSTERS["Beijing"]]
    for province in (CLUSTERS["Zhejiang"], CLUSTERS["Guangdong"]):
        codes += sorted(
            d.adcode for d in names.current if d.level == "city" and d.province_adcode == province
        )
    return codes


def _listed(names: Gazetteer) -> pd.DataFrame:
    """Return the head-office cities of listed companies in the three provinces."""
    cities = load_listed_companies()["city_adcode"]
    in_clusters = cities[(cities.str[:2] + "0000").isin(CLUSTERS.values())]
    counts = in_clusters.value_counts().sort_index()
    return _at_seats({str(code): int(n) for code, n in counts.items()}, names)


def _at_seats(companies: dict[str, int], names: Gazetteer) -> pd.DataFrame:
    """Place hubs at the seats of divisions; `companies` by code."""
    cluster_of = {adcode: cluster for cluster, adcode in CLUSTERS.items()}
    rows = []
    for code, count in companies.items():
        d = names.by_adcode[code]
        cluster = cluster_of[d.province_adcode]
        rows.append((d.name, d.name_en, cluster, d.province_adcode, code, count, d.lon, d.lat))
    columns = ["hub", "hub_en", "cluster", "province_adcode", "adcode", "companies", "lon", "lat"]
    return pd.DataFrame(rows, columns=columns).set_index("hub")


def _from_file(path: Path, names: Gazetteer) -> pd.DataFrame:
    """Read hubs with positions; any datum is converted to WGS-84."""
    table = check_table(read_csv(path), _HUB_FILE, path)
    lon, lat = to_wgs84(table["lon"], table["lat"], table["datum"])
    province_adcode = table["province"].map(lambda name: names.provinces[name].adcode)
    cluster_of = {adcode: cluster for cluster, adcode in CLUSTERS.items()}
    hubs = pd.DataFrame(
        {
            "hub": table["hub"],
            "hub_en": table["hub"],
            "cluster": province_adcode.map(cluster_of).fillna("Other"),
            "province_adcode": province_adcode,
            "adcode": "",
            "companies": 1,
            "lon": lon,
            "lat": lat,
        }
    )
    return hubs.set_index("hub")
