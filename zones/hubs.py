"""Hub layers: which places count as technology hubs, each with its cluster."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from geodata.errors import UsageError
from geodata.gazetteer import CATALOGUE_YEAR, Gazetteer, gazetteer
from geodata.loaders import load_listed_companies
from geodata.vocabulary import PROVINCES
from zones.inputs import check_choice
from zones.parameters import CLUSTERS, CORE_CITIES, HUB_LAYERS
from zones.registration_hubs import located_registrations, registration_hubs


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
        ``registrations``, ``file``: a company extract, or a list of hubs with columns hub,
        province, lon, lat, datum; see `zones.registration_hubs.registration_hubs`.
    file
        For the last two.
    provinces
        Keep only hubs in these provinces (full Chinese names). All when None; of a company
        extract those of the three clusters.
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
    if provinces is not None:
        provinces = [provinces] if isinstance(provinces, str) else list(provinces)
    for province in provinces or ():
        check_choice("provinces", province, PROVINCES)
    names = gazetteer(year)
    if layer in ("registrations", "file"):
        if file is None:
            option = "--hubs-file" if layer == "file" else "--registrations"
            text = f"hub layer {layer!r} needs a file: option {option} or a study file"
            raise UsageError(text)
        hubs = registration_hubs(located_registrations(Path(file)), provinces)
    elif layer == "listed":
        hubs = _listed(names)
    elif layer == "cores":
        hubs = _at_seats(dict.fromkeys(CORE_CITIES, 0), names)
    else:
        hubs = _at_seats(dict.fromkeys(_prefectures(names), 0), names)
    if provinces is not None:
        wanted = {names.provinces[p].adcode for p in provinces}
        hubs = hubs[hubs["province_adcode"].isin(wanted)]
    return hubs_left(layer, hubs)


def hubs_left(layer: str, hubs: pd.DataFrame) -> pd.DataFrame:
    """Return the hubs; a UsageError when there is none."""
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
