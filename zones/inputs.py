"""Checks on frames and options with one style of message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from geodata.errors import Faults, UsageError, missing_columns, not_accepted
from geodata.words import Listed, Message, Words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


def check_choice(name: Words | str, value: str, accepted: Iterable[str]) -> None:
    """Raise UsageError unless `value` is one of `accepted`."""
    accepted = tuple(accepted)
    if value not in accepted:
        raise UsageError(not_accepted(name, value, Listed(accepted)))


def need_columns(frame: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    """Raise UsageError unless `frame` has all of `columns`."""
    check_frame(frame, name, Message("a DataFrame"))
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise UsageError(Faults(name, missing_columns(missing, frame.columns), len(missing)))


_WITH_POSITIONS = Message(
    "a DataFrame with columns lon and lat (WGS-84 degrees), or a GeoDataFrame"
)


def check_frame(frame: object, name: str, accepted: Words = _WITH_POSITIONS) -> None:
    """Raise UsageError unless it is a frame."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise UsageError(
            Message(
                "{name}: {kind}; accepted: {accepted}",
                name=name, kind=type(frame).__name__, accepted=accepted,
            )
        )  # fmt: skip


def located(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a frame that has ``lon`` and ``lat``: its own, else those of its geometry.

    Parameters
    ----------
    frame
        A DataFrame with ``lon`` and ``lat``, or a GeoDataFrame; not changed.
    name
        What messages call it.

    Raises
    ------
    UsageError
        When it is no frame.
    DataFileError
        When a geometry states no coordinate system, or one without a way to WGS-84.
    """
    check_frame(frame, name)
    if {"lon", "lat"} & set(frame.columns) or _geometry_of(frame) is None:
        return frame
    import numpy as np
    import pandas as pd

    from geodata.user_tables.files import sheet_of_frame
    from geodata.user_tables.headings import GEOMETRY_LAT, GEOMETRY_LON

    # one way from a geometry to a position: reprojected, a point inside an area
    headings, *rows = sheet_of_frame(frame[[_geometry_of(frame)]], name).rows()
    cells = np.array(rows, dtype=object).reshape(len(rows), len(headings))
    places = {
        column: pd.to_numeric(cells[:, headings.index(heading)], errors="coerce")
        for column, heading in (("lon", GEOMETRY_LON), ("lat", GEOMETRY_LAT))
    }
    return pd.DataFrame(frame).assign(**places)


def _geometry_of(frame: pd.DataFrame) -> str | None:
    """Return the name of a frame's active geometry, None of one without."""
    column = getattr(frame, "active_geometry_name", None)
    return column if column in frame.columns else None


def coordinates(frame: pd.DataFrame, name: str) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude of a frame in degrees, of a geometry where it has neither.

    Raises
    ------
    UsageError
        When a column is missing, or a value is missing or out of range; names the rows.
    """
    arrays = []
    frame = located(frame, name)
    for column, limit in (("lon", 180.0), ("lat", 90.0)):
        need_columns(frame, name, [column])
        given = frame[column]
        if given.ndim != 1:
            raise UsageError(
                Message("{name}: column {column!r} stands twice", name=name, column=column)
            )
        try:
            values = given.to_numpy(dtype=float)
        except (TypeError, ValueError):
            raise UsageError(
                Message(
                    "{name}: {column}: {cell}; accepted: numbers",
                    name=name,
                    column=column,
                    cell=_not_a_number(given),
                )
            ) from None
        check_degrees(values, limit, f"{name}: {column}", frame.index)
        arrays.append(values)
    return arrays[0], arrays[1]


def _not_a_number(column: pd.Series) -> str:
    """Name the first cell that is no number."""
    for label, cell in column.items():
        try:
            float(cell)
        except (TypeError, ValueError):
            return f"{label!r} ({cell!r})"
    return str(column.dtype)


def check_pair(values: FloatArray, others: FloatArray, name: str) -> None:
    """Raise UsageError unless two arrays are columns of one length."""
    if values.ndim != 1 or values.shape != others.shape:
        raise UsageError(
            Message(
                "{name}: shapes {one} and {other}; accepted: columns of one length",
                name=name,
                one=values.shape,
                other=others.shape,
            )
        )


def check_degrees(
    values: FloatArray, limit: float, name: str, labels: pd.Index | None = None
) -> tuple[float, float]:
    """Return the least and the greatest of some degrees (0, 0 of none).

    Raises
    ------
    UsageError
        When one is missing or beyond `limit`; names its rows by `labels`, or by their number.
    """
    if not len(values):
        return 0.0, 0.0
    # no array as long as `values` is made: there may be many
    low, high = float(values.min()), float(values.max())
    # this way round nan fails
    if low >= -limit and high <= limit:
        return low, high
    import numpy as np  # not at start: options are checked here, too

    bad = np.flatnonzero(~(np.abs(values) <= limit))
    named: list[object] = [
        f"{i if labels is None else repr(labels[i])} ({values[i]:g})" for i in bad[:5]
    ]
    if bad.size > 5:
        named.append(Message("and {more} more", more=bad.size - 5))
    raise UsageError(
        Message(
            "{name} of {rows}; accepted: -{limit:g} to {limit:g} degrees",
            name=name,
            rows=Listed(named),
            limit=limit,
        )
    )
