"""Sine, cosine and arc of degrees from + - * / and square root alone.

IEEE 754 fixes these five operations to the last bit, but no library's sin or asin. So the same
function, run by numpy on arrays and compiled on single numbers, gives the same bits on every
machine, and whatever is chosen by comparing them (the nearest hub, a tie) is the same everywhere.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np

# pi / 180 in two parts; the digits of pi are those of OEIS A000796
_RADIANS = Decimal("3.14159265358979323846264338327950288") / 180
DEGREE = float(_RADIANS)
DEGREE_REST = float(_RADIANS - Decimal(DEGREE))

# Taylor terms in degrees; within 45 degrees the first term that is not used is below 2e-19
S3, S5, S7, S9, S11, S13, S15, S17 = (
    float((-1) ** k * _RADIANS ** (2 * k + 1) / math.factorial(2 * k + 1)) for k in range(1, 9)
)
C2, C4, C6, C8, C10, C12, C14, C16, C18 = (
    float((-1) ** k * _RADIANS ** (2 * k) / math.factorial(2 * k)) for k in range(1, 10)
)
# asin(h) / h = sum of A[k] h^2k
_ASIN = [
    float(Decimal(math.comb(2 * k, k)) / (Decimal(4) ** k * (2 * k + 1))) for k in range(1, 20)
]
(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17, A18, A19) = _ASIN
# up to here nine terms of the arcsine do: 1/64 is a great circle of 1,596 km
NEAR_HAV = 1.0 / 64.0


def quadrant(degrees: Any) -> Any:
    """Return the whole number of right angles nearest to an angle of -180 to 180 degrees."""
    return np.floor(degrees * (1.0 / 90.0) + 0.5)


def sine_within(rest: Any) -> Any:
    """Return the sine of an angle of -45 to 45 degrees, to about 0.6 of the last bit."""
    z = rest * rest
    sum_ = S9 + z * (S11 + z * (S13 + z * (S15 + z * S17)))
    return rest * DEGREE + rest * (DEGREE_REST + z * (S3 + z * (S5 + z * (S7 + z * sum_))))


def cosine_within(rest: Any) -> Any:
    """Return the cosine of an angle of -45 to 45 degrees, to about 0.6 of the last bit."""
    z = rest * rest
    sum_ = C10 + z * (C12 + z * (C14 + z * (C16 + z * C18)))
    return 1.0 + z * (C2 + z * (C4 + z * (C6 + z * (C8 + z * sum_))))


def turned_sine(turns: Any, sine: Any, cosine: Any) -> Any:
    """Return sin(a + 90 turns) for sin(a), cos(a) and turns of -2 to 2; one product is zero."""
    size = np.abs(turns)
    return (1.0 - size) * sine + turns * (2.0 - size) * cosine


def turned_cosine(turns: Any, sine: Any, cosine: Any) -> Any:
    """Return cos(a + 90 turns) for sin(a), cos(a) and turns of -2 to 2; one product is zero."""
    size = np.abs(turns)
    return (1.0 - size) * cosine - turns * (2.0 - size) * sine


def near_arc(hav: Any) -> Any:
    """Return the angle in radians whose haversine is `hav`, 0 to `NEAR_HAV`."""
    sum_ = A4 + hav * (A5 + hav * (A6 + hav * (A7 + hav * (A8 + hav * A9))))
    root = np.sqrt(hav)
    return 2.0 * (root + root * (hav * (A1 + hav * (A2 + hav * (A3 + hav * sum_)))))


def far_arc(hav: Any) -> Any:
    """Return the angle in radians whose haversine is `hav`, 0 to 1/2, by its half angle."""
    z = hav / (2.0 * (1.0 + np.sqrt(1.0 - hav)))
    sum_ = A14 + z * (A15 + z * (A16 + z * (A17 + z * (A18 + z * A19))))
    sum_ = A9 + z * (A10 + z * (A11 + z * (A12 + z * (A13 + z * sum_))))
    sum_ = A4 + z * (A5 + z * (A6 + z * (A7 + z * (A8 + z * sum_))))
    root = np.sqrt(z)
    return 4.0 * (root + root * (z * (A1 + z * (A2 + z * (A3 + z * sum_)))))
