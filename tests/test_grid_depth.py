"""Points of one town and one far off: cells as small as they come, for every first table."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers import frame
from tests.test_sphere import on

pytest.importorskip("numba")


# sizes at which the first table has 2 to 2**7 columns: the cells below it end in tables that are
# whole, or used by a half or a quarter
@pytest.mark.parametrize("n", [60, 300, 1000, 4000, 16_000, 65_000, 260_000])
def test_the_finest_cells_of_a_town_with_an_outlier(n: int) -> None:
    rng = np.random.default_rng(n)
    lon, lat = 110 + rng.uniform(0, 0.001, n), 30 + rng.uniform(0, 0.001, n)
    lon[-1], lat[-1] = -170.0, -80.0
    points = frame(lon, lat)
    hubs = frame(110 + rng.uniform(0, 0.001, 500), 30 + rng.uniform(0, 0.001, 500))
    grid, tree = on("grid", points, hubs), on("kdtree", points, hubs)
    np.testing.assert_array_equal(grid.hub, tree.hub)
    np.testing.assert_array_equal(grid.distance_km, tree.distance_km)
