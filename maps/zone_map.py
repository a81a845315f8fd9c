"""The zones and hubs on a map, coloured by the side of the threshold they lie on."""

from __future__ import annotations

import folium
import numpy as np
import pandas as pd
from branca.element import Element

from geodata.loaders import load_provinces
from maps.basemap import base_map, figure_of
from maps.safe_text import as_text
from maps.style import (
    BEYOND_COLOUR,
    HUB_COLOUR,
    NOTE,
    UNSURE_COLOUR,
    WITHIN_COLOUR,
    ZONE_RADIUS_PX,
)
from zones.wording import value

CLASSES = {
    "beyond": (BEYOND_COLOUR, "surely beyond {t:g} km", "必在{t:g}公里以外"),
    "unsure": (
        UNSURE_COLOUR,
        "unsure: {t:g} km lies within its uncertainty",
        "不确定：误差范围跨{t:g}公里",
    ),
    "within": (WITHIN_COLOUR, "surely within {t:g} km", "必在{t:g}公里以内"),
}
HUB_MARK = (
    f'<div style="width:8px;height:8px;background:{HUB_COLOUR};border:1.5px solid #fff;'
    'transform:rotate(45deg)"></div>'
)
TOOLTIP = {
    "name": ("Zone", "开发区"),
    "other_name": ("", ""),
    "province": ("Province", "省份"),
    "type": ("Type", "类型"),
    "area": ("Area (ha)", "面积（公顷）"),
    "nearest": ("Nearest hub", "最近枢纽"),
    "position": ("Position", "位置精度"),
}


def zone_map(
    zones: pd.DataFrame,
    hubs: pd.DataFrame,
    threshold_km: float,
    language: str = "en",
    note: str = "",
) -> folium.Map:
    """Draw zones by distance class, hubs by name; the page opens without network.

    Parameters
    ----------
    zones
        With ``name``, ``name_en``, ``province``, ``type``, ``area_ha``, ``lon``, ``lat``,
        ``nearest_hub``, ``nearest_km``, ``uncertainty_km``, ``geocode_level``.
    hubs
        Indexed by name, with ``hub_en``, ``cluster``, ``lon``, ``lat``.
    threshold_km
        Zones beyond it, and those whose uncertainty spans it, get colours of their own.
    language
        ``en`` or ``zh``.
    note
        Stands in the legend, before the map's own note.

    Returns
    -------
    folium.Map
        Shows in a notebook; ``save`` writes one self-contained file.
    """
    page = base_map()
    classes = distance_class(zones["nearest_km"], zones["uncertainty_km"], threshold_km)
    words: dict[str, str] = {}
    if language == "en":
        english = pd.concat([load_provinces()["province_en"], hubs["hub_en"]])
        words = {str(chinese): str(name) for chinese, name in english.items()}
    _zone_layer(zones, classes, words, language).add_to(page)
    _hub_layer(hubs, language).add_to(page)
    far = zones["nearest_km"] > threshold_km
    legend = _legend(far, classes, threshold_km, language, note)
    figure_of(page).html.add_child(Element(legend))
    title = {"en": "Development zones and technology hubs", "zh": "开发区与科技企业枢纽"}[language]
    figure_of(page).title = title
    return page


def distance_class(
    nearest_km: pd.Series[float], uncertainty_km: pd.Series[float], threshold_km: float
) -> pd.Series[str]:
    """Return ``beyond``, ``within`` or ``unsure`` for each zone, on the same index.

    ``unsure`` zones could lie on either side: the threshold is within their uncertainty. They
    count as their ``nearest_km`` says.
    """
    sure_beyond = nearest_km - uncertainty_km > threshold_km
    possible = nearest_km + uncertainty_km > threshold_km
    names = np.select([sure_beyond, possible], ["beyond", "unsure"], "within")
    return pd.Series(names, index=nearest_km.index, name="distance_class")


def _radius_px(area_ha: pd.Series[float]) -> pd.Series[float]:
    """Return radii that make the circles' areas grow with the zones' areas."""
    low, high = ZONE_RADIUS_PX
    root = area_ha**0.5
    return low + (high - low) * root / max(float(root.max()), 1e-9)


def _zone_layer(
    zones: pd.DataFrame, classes: pd.Series[str], words: dict[str, str], language: str
) -> folium.GeoJson:
    radius = _radius_px(zones["area_ha"])
    features = []
    # large zones first, so that small ones stay on top
    for i in np.argsort(-zones["area_ha"].to_numpy(), kind="stable"):
        zone = zones.iloc[i]
        names = zone["name"], zone["name_en"]
        hub = zone["nearest_hub"]
        text = {
            "name": names[0] if language == "zh" else names[1],
            "other_name": names[1] if language == "zh" else names[0],
            "province": words.get(zone["province"], zone["province"]),
            "type": value(zone["type"], language),
            "area": f"{zone['area_ha']:,.0f}",
            "nearest": f"{words.get(hub, hub)}, {zone['nearest_km']:,.0f} km",
            "position": f"{value(zone['geocode_level'], language)}, "
            f"± {zone['uncertainty_km']:.0f} km",
        }
        # folium puts properties into the tooltip as markup; text from tables stays text
        properties: dict[str, object] = {k: as_text(v) for k, v in text.items()}
        colour = CLASSES[str(classes.iloc[i])][0]
        properties |= {"colour": colour, "radius": round(float(radius.iloc[i]), 1)}
        point = [round(float(zone["lon"]), 5), round(float(zone["lat"]), 5)]
        features.append(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "Point", "coordinates": point},
            }
        )
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        marker=folium.CircleMarker(fill=True),
        style_function=lambda feature: {
            "radius": feature["properties"]["radius"],
            "fillColor": feature["properties"]["colour"],
            "color": "#ffffff",
            "weight": 0.5,
            "fillOpacity": 0.8,
        },
        tooltip=folium.GeoJsonTooltip(
            list(TOOLTIP), [pair[language == "zh"] for pair in TOOLTIP.values()]
        ),
        control=False,
    )


def _hub_layer(hubs: pd.DataFrame, language: str) -> folium.FeatureGroup:
    group = folium.FeatureGroup(control=False)
    for name, hub in hubs.iterrows():
        label = str(name) if language == "zh" else str(hub["hub_en"])
        folium.Marker(
            (hub["lat"], hub["lon"]),
            icon=folium.DivIcon(html=HUB_MARK, icon_size=(12, 12), class_name="hub"),
            tooltip=as_text(f"{label} ({value(hub['cluster'], language)})"),
        ).add_to(group)
    return group


def _legend(
    far: pd.Series[bool], classes: pd.Series[str], threshold_km: float, language: str, note: str
) -> str:
    beyond, total = int(far.sum()), len(far)
    headline = {
        "en": f"{beyond:,} of {total:,} zones beyond {threshold_km:g} km",
        "zh": f"{total:,}个开发区中{beyond:,}个在{threshold_km:g}公里以外",
    }[language]
    rows = [f'<div style="font-weight:600">{as_text(headline)}</div>']
    for name, (colour, *words) in CLASSES.items():
        text = as_text(words[language == "zh"].format(t=threshold_km))
        count = int((classes == name).sum())
        rows.append(
            f'<div><span style="color:{colour}" aria-hidden="true">&#9679;</span> '
            f"{text}: <b>{count:,}</b></div>"
        )
    small = " ".join(filter(None, (note, NOTE[language])))
    hub = "枢纽" if language == "zh" else "technology hub"
    rows.append(f'<div><span style="color:{HUB_COLOUR}">&#9670;</span> {hub}</div>')
    return (
        '<div style="position:fixed;bottom:24px;left:12px;z-index:1000;background:#ffffffe6;'
        "padding:8px 12px;border-radius:4px;font:13px/1.5 system-ui,'PingFang SC',"
        "'Microsoft YaHei','Noto Sans CJK SC',sans-serif;max-width:330px\">"
        + "".join(rows)
        + f'<div style="font-size:11px;color:#555">{as_text(small)}</div></div>'
    )
