"""Maps and figures of the zones; the last room, which nothing else imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maps.atlas import zone_map

__all__ = ["zone_map"]


def __getattr__(name: str) -> Any:
    """Import folium only when a map is asked for, so that ``import maps`` stays cheap."""
    if name == "zone_map":
        from maps.atlas import zone_map

        return zone_map
    text = f"module 'maps' has no attribute {name!r}"
    raise AttributeError(text)
