"""The study's constants: unit in the name, source in the comment."""

from __future__ import annotations

from pathlib import Path

from geodata import vocabulary

EARTH_RADIUS_KM = vocabulary.EARTH_RADIUS_KM

WGS84_A_KM = 6378.137  # semi-major axis, defining constant of WGS-84
WGS84_F = 1.0 / 298.257223563  # flattening, defining constant of WGS-84
WGS84_E2 = WGS84_F * (2.0 - WGS84_F)  # first eccentricity squared
# The geodesic over the great circle between two points lies between a(1-e2)/R (along the
# meridian at the equator) and a/sqrt(1-e2)/R (at the pole).
GEODESIC_LEAST = WGS84_A_KM * (1.0 - WGS84_E2) / EARTH_RADIUS_KM  # 0.994417
GEODESIC_MOST = WGS84_A_KM / (1.0 - WGS84_E2) ** 0.5 / EARTH_RADIUS_KM  # 1.004487
# The ellipsoid's nearest hub therefore lies within the quotient of the two, 1.010126, times the
# sphere's nearest distance.
ELLIPSOID_FACTOR = (1.0 - WGS84_E2) ** -1.5

HA_PER_KM2 = 100.0
YI_PER_TRILLION = 10_000.0  # 1 trillion CNY = 10,000 x 100 million (亿)

# The three clusters of the 2020 report, by province.
CLUSTERS = {"Beijing": "110000", "Zhejiang": "330000", "Guangdong": "440000"}
CLUSTER_OF = {adcode: cluster for cluster, adcode in CLUSTERS.items()}
OTHER_CLUSTER = "Other"  # of a hub elsewhere
CORE_CITIES = ("110000", "330100", "440100", "440300")  # Beijing, Hangzhou, Guangzhou, Shenzhen

DEFAULT_LAYER = "prefectures"
SYNTHETIC = Path("synthetic")  # names the built-in made-up extract where a file is asked for
SYNTHETIC_TABLE = "registrations_synthetic_564"
DISTANCE_METHODS = ("great-circle", "geodesic")
ENGINES = ("auto", "numpy", "kdtree", "grid")
THRESHOLD_KM = 500.0  # figure 15 of the report
FARTHEST_KM = 20_040  # a little over half the longest way round the Earth
PUBLISHED_BEYOND_ID = "zones_beyond_500km"
PUBLISHED_THRESHOLD_ID = "threshold_km"

GDP_YEAR = 2018
GDP_VINTAGES = {
    "2018-first": "gdp_2018_first_yi_cny",
    "2018-census4": "gdp_2018_census4_yi_cny",
    "2018-nbs2025": "gdp_2018_nbs2025_yi_cny",
}
# resident population of the same year, by vintage of the GDP that it goes with
POPULATIONS = {
    "2018-first": "population_2018_first_10k",
    "2018-census4": "population_2018_first_10k",
    "2018-nbs2025": "population_2018_census7_10k",
}
# The report's footnote 4: GDP of 2018 by urban construction land of 2018.
DEFAULT_GDP, DEFAULT_LAND = "2018-first", "construction-land-2018"
LAND_YEARS = {
    **{f"construction-land-{y}": f"construction_land_{y}_km2" for y in range(2019, 2013, -1)},
    **{f"built-up-{y}": f"built_up_{y}_km2" for y in range(2017, 2013, -1)},
}
# Urban construction land of the whole country, and its cities of prefecture and county level, at
# the end of 2018: China Urban Construction Statistical Yearbook 2018, Ministry of Housing and
# Urban-Rural Development; the gazetteer has as many cities.
CITIES_2018 = 672
CONSTRUCTION_LAND_2018_NATIONAL_KM2 = 56_075.9

# what can be weighed by: word of the command -> column, None for the zones themselves
# what a choice of new hubs makes best, the default first
OBJECTIVES = ("coverage", "p-median", "p-center")
WEIGHTS = {"zones": None, "area": "area_ha", "gdp": "gdp_estimate_yi_cny"}

NATIONAL = vocabulary.ZONE_LEVELS[0]
# zones of a company, where nothing else is asked: so many nearest ones, those so far at most
NEAREST_ZONES, ZONES_WITHIN_KM = 3, 10.0

GROUPINGS = ("province", "level", "type", "period", "cluster")
# Years of approval: first and last of each wave.
APPROVAL_PERIODS = ((1984, 1991), (1992, 1999), (2000, 2005), (2006, 2010), (2011, 2018))

# of a panel: what a row is of, and its years
UNITS = ("county", "prefecture")
PANEL_YEARS = (APPROVAL_PERIODS[0][0], APPROVAL_PERIODS[-1][1])

CURVE_STEP_KM = 50
CURVE_END_KM = 3000
FIGURE_STEP_KM = 5  # of a drawn curve
