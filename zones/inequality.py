"""Inequality and concentration: Gini, Theil with its parts between and within groups, Herfindahl.

PySAL's `inequality` has the same measures without weights, and brings libpysal and scikit-learn; a
province is no unit of one size, so here each value has a weight. With equal weights both agree.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def gini(values: pd.Series[float], weights: pd.Series[float] | None = None) -> float:
    """Return the Gini coefficient of some values, each with a weight.

    Parameters
    ----------
    values
        At least 0, such as GDP per head of each province.
    weights
        On the same index, such as population; 1 each without.

    Returns
    -------
    float
        Half the mean absolute difference of two units drawn at random, over their mean, from 0
        (equal); nan where all are 0 or one is missing. No correction for small samples.

    Examples
    --------
    >>> float(gini(pd.Series([1.0, 3.0])))
    0.25
    """
    y, w = _arrays(values, weights)
    if not (w * y).sum() > 0.0:
        return float("nan")
    order = np.argsort(y, kind="stable")
    y, w = y[order], w[order]
    # twice the area below the Lorenz curve, by trapezia
    below = np.concatenate([[0.0], np.cumsum(w * y)])
    return float(1.0 - (w * (below[1:] + below[:-1])).sum() / (w.sum() * below[-1]))


def theil(values: pd.Series[float], weights: pd.Series[float] | None = None) -> float:
    """Return Theil's T of some values, each with a weight; parameters as for `gini`.

    Returns
    -------
    float
        sum of w y ln(y / m) / (W m), with m the mean and W the sum of weights; a value of 0 adds
        nothing. Theil, *Economics and Information Theory* (1967).

    Examples
    --------
    >>> round(float(theil(pd.Series([1.0, 3.0]))), 6)
    0.130812
    """
    y, w = _arrays(values, weights)
    if not (w * y).sum() > 0.0:
        return float("nan")
    share = w * y / (w * y).sum()
    ratio = y / ((w * y).sum() / w.sum())
    return float((share * np.log(np.where(share > 0.0, ratio, 1.0))).sum())


def theil_parts(
    values: pd.Series[float], groups: pd.Series[str], weights: pd.Series[float] | None = None
) -> tuple[float, float]:
    """Return Theil's T between groups, as if each unit had its group's mean, and within them.

    The two add up to `theil`; that within is the mean of the groups' own, weighted by their share
    of the sum of values.
    """
    y, w = _arrays(values, weights)
    frame = pd.DataFrame({"total": w * y, "weight": w, "group": groups.to_numpy()})
    sums = frame.groupby("group", sort=False)[["total", "weight"]].sum()
    sums = sums[sums["weight"] > 0.0]
    between = theil(sums["total"] / sums["weight"], sums["weight"])
    return between, theil(values, weights) - between


def herfindahl(amounts: pd.Series[float]) -> float:
    """Return the Herfindahl-Hirschman index: the sum of squared shares, 1 where all is in one."""
    shares = amounts / amounts.sum()
    return float((shares**2).sum())


def _arrays(
    values: pd.Series[float], weights: pd.Series[float] | None
) -> tuple[np.ndarray, np.ndarray]:
    y = values.to_numpy(dtype=float)
    return y, np.ones_like(y) if weights is None else weights.to_numpy(dtype=float)
