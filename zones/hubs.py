"""Hub layers: which places count as technology hubs, each layer one record.

Whatever shows, counts or describes layers goes through `HUB_LAYERS`: a record added here is in
the options and their help, in tables, figures, notes and on the map page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.errors import UsageError
from geodata.gazetteer import CATALOGUE_YEAR, LAST_YEAR, Gazetteer, gazetteer
from geodata.vocabulary import PROVINCES
from geodata.words import Listed, Message, Name, Words
from zones.inputs import check_choice
from zones.parameters import CLUSTER_OF, CLUSTERS, CORE_CITIES, OTHER_CLUSTER

if TYPE_CHECKING:
    import pandas as pd

# matplotlib's line style: a name, or an offset with lengths of dashes and gaps
Dash = str | tuple[int, tuple[float, ...]]


@dataclass(frozen=True)
class HubLayer:
    """One way to say which places are hubs.

    Attributes
    ----------
    key
        Its word in options, study files and columns.
    places
        Gives the hubs of a year: code of a division -> number of companies behind it, 0 where
        that is no count. None for a layer whose hubs a file gives.
    short
        In a table: prefectures.
    title, map_title
        In the key of a figure, and in the map page's list of layers.
    why_it_differs
        Why a count under it is not the published one.
    colour, dash
        Of its curve; the dash tells it apart in a grey print.
    definition
        What the layer is, in a note that lists the layers; None leaves it out.
    in_full
        The hubs in a note on one layer alone; the title without.
    sentence
        The hubs in a sentence on which layers the published count fits; None leaves it out.
    places_in
        Gives them in any provinces, by their codes; None where the layer has no others than those
        of `places`.
    """

    key: str
    places: Callable[[Gazetteer], dict[str, int]] | None
    short: Words
    title: Words
    map_title: Words
    why_it_differs: Words
    colour: str
    dash: Dash
    definition: Words | None = None
    in_full: Words | None = None
    sentence: Words | None = None
    places_in: Callable[[Gazetteer, tuple[str, ...]], dict[str, int]] | None = None


def _prefectures_in(names: Gazetteer, provinces: tuple[str, ...]) -> dict[str, int]:
    """Return the prefecture-level cities of provinces; a municipality is one itself."""
    codes: list[str] = []
    for province in provinces:
        inside = sorted(
            d.adcode for d in names.current if d.level == "city" and d.province_adcode == province
        )
        whole = names.by_adcode[province]
        codes += [province] if whole.name.endswith("市") else inside
    return dict.fromkeys(codes, 0)


def _listed_in(names: Gazetteer, provinces: tuple[str, ...]) -> dict[str, int]:
    """Return the head-office cities of listed companies in provinces."""
    from geodata.loaders import load_listed_companies  # brings pandas: not at start

    cities = load_listed_companies()["city_adcode"]
    inside = cities[(cities.str[:2] + "0000").isin(provinces)]
    counts = inside.value_counts().sort_index()
    return {str(code): int(n) for code, n in counts.items()}


def _prefectures(names: Gazetteer) -> dict[str, int]:
    """Return the prefecture-level cities of the clusters, Beijing itself first."""
    return _prefectures_in(names, THREE)


def _listed(names: Gazetteer) -> dict[str, int]:
    return _listed_in(names, THREE)


def _cores(names: Gazetteer) -> dict[str, int]:
    return dict.fromkeys(CORE_CITIES, 0)


# the provinces of the layers where none are asked for, Beijing first
THREE = (CLUSTERS["Beijing"], CLUSTERS["Zhejiang"], CLUSTERS["Guangdong"])
# The colours are of Okabe and Ito's palette, told apart with every colour-vision deficiency.
HUB_LAYERS: dict[str, HubLayer] = {
    layer.key: layer
    for layer in (
        HubLayer(
            key="prefectures",
            places=_prefectures,
            places_in=_prefectures_in,
            short=Name("prefectures", "地级市"),
            title=Name("Prefecture-level cities", "地级及以上城市"),
            map_title=Name("Prefecture-level cities ({clusters})", "地级及以上城市（{clusters}）"),
            why_it_differs=Name(
                "every prefecture-level city of the three, for the 206",
                "以三省市全部地级市代替206家",
            ),
            colour="#0072b2",
            dash="-",
            definition=Name(
                "every prefecture-level city of Zhejiang and Guangdong, and Beijing",
                "浙江、广东全部地级市与北京",
            ),
            in_full=Name(
                "prefecture-level cities of Zhejiang and Guangdong, and Beijing",
                "浙江、广东各地级市及北京",
            ),
            sentence=Name(
                "every prefecture-level city of Zhejiang and Guangdong, and Beijing",
                "浙江、广东全部地级市与北京",
            ),
        ),
        HubLayer(
            key="listed",
            places=_listed,
            places_in=_listed_in,
            short=Name("listed", "上市公司"),
            title=Name("Cities of listed companies", "上市公司所在城市"),
            map_title=Name("Head offices of listed companies", "上市公司总部所在城市"),
            why_it_differs=Name(
                "cities of listed technology companies only", "仅上市科技公司所在城市"
            ),
            colour="#009e73",
            dash=(0, (5.0, 1.5)),
            definition=Name(
                "the head-office cities there of listed technology companies",
                "三省市内上市科技公司总部所在城市",
            ),
            in_full=Name(
                "cities of listed companies in Zhejiang, Guangdong and Beijing",
                "浙江、广东、北京的上市公司所在城市",
            ),
            sentence=Name(
                "the head-office cities of listed technology companies", "上市科技公司总部所在城市"
            ),
        ),
        HubLayer(
            key="cores",
            places=_cores,
            short=Name("cores", "核心城市"),
            title=Name("Four core cities", "四个核心城市"),
            map_title=Name("Core cities", "核心城市"),
            why_it_differs=Name(
                "Beijing, Hangzhou, Guangzhou, Shenzhen only", "仅北京、杭州、广州、深圳"
            ),
            colour="#cc79a7",
            dash=(0, (5.0, 1.5, 1.0, 1.5)),
            definition=Name("Beijing, Hangzhou, Guangzhou and Shenzhen", "北京、杭州、广州、深圳"),
            in_full=Name("Beijing, Hangzhou, Guangzhou and Shenzhen", "北京、杭州、广州、深圳"),
            sentence=Name(
                "Beijing, Hangzhou, Guangzhou and Shenzhen", "北京、杭州、广州、深圳四城"
            ),
        ),
        HubLayer(
            key="registrations",
            places=None,
            short=Name("registrations", "注册企业"),
            title=Name("Places of registered companies", "注册企业所在地"),
            map_title=Name("Places of registered companies", "注册企业所在地"),
            why_it_differs=Name("places of the given registrations", "所给注册企业的所在地"),
            colour="#56b4e9",
            dash=(0, (3.0, 1.2, 1.0, 1.2, 1.0, 1.2)),
        ),
        HubLayer(
            key="file",
            places=None,
            short=Name("file", "自备名单"),
            title=Name("Hubs of the given file", "自备名单"),
            map_title=Name("Hubs of the given file", "所给名单中的枢纽"),
            why_it_differs=Name("hubs of the given file", "所给名单中的枢纽"),
            colour="#000000",
            dash=(0, (1.5, 1.2)),
        ),
    )
}


def hub_layer(
    layer: str,
    *,
    file: Path | pd.DataFrame | None = None,
    provinces: Iterable[str] | None = None,
    year: int = CATALOGUE_YEAR,
    datum: str = "",
) -> pd.DataFrame:
    """Return the hubs of a layer.

    Parameters
    ----------
    layer
        ``prefectures``: seats of all prefecture-level cities of Zhejiang and Guangdong, and
        Beijing. ``listed``: head-office cities of the built-in list of listed technology
        companies in the three provinces. ``cores``: Beijing, Hangzhou, Guangzhou, Shenzhen.
        ``registrations``: places of a company extract, see `zones.companies.registration_hubs`.
        ``file``: a list in which every row is a hub, see `zones.hubs.hubs_of_table`.
    file
        For the last two: a path or a frame.
    provinces
        Full Chinese names. Of ``prefectures`` and ``listed`` the hubs of exactly these provinces
        instead of the three; of the other layers only those in them.
    year
        Of the divisions, for seats.
    datum
        Of positions of the file that state none.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``hub`` (Chinese name): ``hub_en``, ``cluster`` (Beijing, Zhejiang, Guangdong, or
        "Other" for hubs elsewhere), ``province_adcode``, ``adcode``, ``companies`` (number behind
        the hub, 0 where it is not a count), ``lon``, ``lat`` (WGS-84 degrees), ``geocode_source``
        (whose the position is).

    Raises
    ------
    UsageError
        For an unknown layer, a missing file, one that the layer does not take, or a province in
        which the layer has no hub.
    """
    check_choice(Message("hub layer"), layer, HUB_LAYERS)
    if provinces is not None:
        provinces = [provinces] if isinstance(provinces, str) else list(provinces)
    for province in provinces or ():
        check_choice("provinces", province, PROVINCES)
    names, places = gazetteer(year), HUB_LAYERS[layer].places
    if places is not None:
        if file is not None:
            raise UsageError(Message("hub layer {layer!r}: takes no file", layer=layer))
        places_in = HUB_LAYERS[layer].places_in
        if provinces is None or places_in is None:
            found = places(names)
        else:
            found = places_in(names, tuple(names.provinces[p].adcode for p in provinces))
        hubs = _at_seats(found, names)
    elif file is None:
        option = "--hubs-file" if layer == "file" else "--registrations"
        raise UsageError(
            Message(
                "hub layer {layer!r} needs a file: option {option} or a study file",
                layer=layer, option=option,
            )
        )  # fmt: skip
    else:
        from geodata.user_tables.tables import Wish

        wish = Wish(datum=datum)
        if layer == "registrations":
            from zones.companies import located_registrations, registration_hubs

            return registration_hubs(located_registrations(file, wish), provinces)
        from geodata.user_tables.hubs import load_hub_table

        hubs = hubs_of_table(load_hub_table(file, wish)[0])
    return of_provinces(layer, hubs, provinces)


def of_provinces(
    layer: str, hubs: pd.DataFrame, provinces: Iterable[str] | None
) -> pd.DataFrame:  # fmt: skip
    """Return the hubs in some provinces, all when None; a UsageError for a province without any."""
    if provinces is not None:
        today = gazetteer(LAST_YEAR)
        by_code = {today.provinces[p].adcode: p for p in provinces}
        empty = [p for code, p in by_code.items() if not (hubs["province_adcode"] == code).any()]
        if empty:
            there = sorted(set(hubs["province_adcode"]) & {d.adcode for d in
                                                           today.provinces.values()})  # fmt: skip
            places_in = HUB_LAYERS[layer].places_in
            if places_in is not None:
                inside = places_in(today, tuple(d.adcode for d in today.provinces.values()))
                there = sorted({f"{code[:2]}0000" for code in inside})
            accepted = [today.by_adcode[code].name for code in there]
            raise UsageError(
                Message(
                    "hubs.provinces: hub layer {layer!r} has no hub in {empty}; accepted: "
                    "{accepted}",
                    layer=layer, empty=Listed(empty), accepted=Listed(accepted),
                )
            )  # fmt: skip
        hubs = hubs[hubs["province_adcode"].isin(list(by_code))]
    return at_least_one_hub(layer, hubs)


def hubs_of_table(located: pd.DataFrame) -> pd.DataFrame:
    """Return the hubs of a user's list, one a row, in the order of the list.

    Parameters
    ----------
    located
        As `geodata.user_tables.hubs.load_hub_table` gives it.

    Returns
    -------
    pandas.DataFrame
        As `hub_layer`, and ``uncertainty_km`` and ``geocode_level``. A hub has the list's own name;
        further ones of one name a number behind it.
    """
    names = located["name"].tolist()
    english = located["name_en"].where(located["name_en"] != "", located["name"])
    hubs = located.assign(hub=distinct(names), hub_en=english.tolist(), companies=0)
    hubs["cluster"] = hubs["province_adcode"].map(CLUSTER_OF).fillna(OTHER_CLUSTER)
    return hubs[[*HUB_COLUMNS]].set_index("hub")


HUB_COLUMNS = (
    "hub hub_en cluster province_adcode adcode companies lon lat uncertainty_km geocode_level "
    "geocode_source"
).split()


def distinct(labels: Iterable[str]) -> list[str]:
    """Return the labels, further ones of one name with a number: 昆山市, 昆山市 (2)."""
    times: Counter[str] = Counter()
    out, taken = [], set()
    for label in labels:
        times[label] += 1
        name = label if times[label] == 1 else f"{label} ({times[label]})"
        while name in taken:  # the list has 昆山市 (2) of its own
            times[label] += 1
            name = f"{label} ({times[label]})"
        taken.add(name)
        out.append(name)
    return out


def with_added(hubs: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """Return hubs with further ones behind them; names that stand twice get a number."""
    import pandas as pd

    both = pd.concat([hubs, added])
    return both.set_axis(pd.Index(distinct(both.index), name="hub"))


def at_least_one_hub(layer: str, hubs: pd.DataFrame) -> pd.DataFrame:
    """Return the hubs unchanged; a UsageError when there is none."""
    if hubs.empty:
        raise UsageError(Message("hub layer {layer!r}: no hub is left", layer=layer))
    return hubs


def _at_seats(companies: dict[str, int], names: Gazetteer) -> pd.DataFrame:
    """Place hubs at the seats of divisions; `companies` by code."""
    import pandas as pd

    rows = []
    for code, count in companies.items():
        d = names.by_adcode[code]
        cluster = CLUSTER_OF.get(d.province_adcode, OTHER_CLUSTER)
        division = d.name, d.name_en, cluster, d.province_adcode, code
        rows.append((*division, count, d.lon, d.lat, d.position_source))
    columns = ["hub", "hub_en", "cluster", "province_adcode", "adcode"]
    columns += ["companies", "lon", "lat", "geocode_source"]
    return pd.DataFrame(rows, columns=columns).set_index("hub")
