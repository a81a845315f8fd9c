"""Colours and sizes that page and figures share: one set of signs on screen and on paper."""

from __future__ import annotations

# Okabe and Ito's palette, told apart with every common colour-vision deficiency.
BEYOND_COLOUR = "#d55e00"  # vermilion
WITHIN_COLOUR = "#0072b2"  # blue
UNSURE_COLOUR = "#e69f00"  # orange: the threshold lies within the zone's uncertainty
HUB_COLOUR = "#000000"
SEA_COLOUR, LAND_COLOUR = "#dfe9f0", "#fbfaf6"
COAST_COLOUR, GRATICULE_COLOUR = "#9fb2c0", "#cfd8df"
OUTLINE_COLOUR = "#968d80"

ZONE_RADIUS_PX = (2.5, 11.0)  # smallest and largest
CENTRE = (35.5, 105.0)  # latitude, longitude of the first view
ZOOM = 4
