"""Figures of a study, and the words that are really drawn in one."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from maps.figures import study_figures
from tests.test_outputs import into
from zones.pipeline import StudyResult

LANGUAGES = ("en", "zh")
NAMES = ("types", "map", "threshold_curve", "provinces", "province_shares", "province_gdp")


def draw(result: StudyResult, **options: object) -> dict[str, Figure]:
    return dict(study_figures(into(result, result.study.folder, **options)))


def drawn_texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """Return the texts that are really drawn, each with its box in pixels."""
    drawn: list[tuple[str, Bbox]] = []
    plain = Text.draw

    def record(self: Text, renderer: object) -> None:
        if self.get_visible() and self.get_text().strip():
            drawn.append((self.get_text(), self.get_window_extent(renderer)))
        plain(self, renderer)

    Text.draw = record
    try:
        figure.canvas.draw()
    finally:
        Text.draw = plain
    return drawn


def words(figure: Figure) -> list[str]:
    return [text for text, _ in drawn_texts(figure)]
