"""The sheet a figure is drawn on: sizes in cm, type, thin lines, title, notes below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from matplotlib.ticker import MaxNLocator

from maps.figures.fonts import check_glyphs, figure_font

CM_PER_INCH = 2.54
PT_PER_CM = 72.0 / CM_PER_INCH
WIDTH_CM = 17.0  # two columns of a journal's page, one of a working paper's
MARGIN_CM = 0.15
BODY_PT, TITLE_PT, NOTE_PT = 8.0, 10.0, 7.0
LINE = 1.35  # line pitch over type size
INK, PALE = "#222222", "#666666"
THIN_PT = 0.6
LABEL_CM = 6.0  # of names beside the rows of a figure; longer ones are cut
CUT = "..."  # in every font
DPI = 300

RC: dict[str, Any] = {
    "font.size": BODY_PT,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.labelsize": BODY_PT,
    "axes.linewidth": THIN_PT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": BODY_PT,
    "ytick.labelsize": BODY_PT,
    "xtick.major.width": THIN_PT,
    "ytick.major.width": THIN_PT,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "grid.linewidth": 0.4,
    "grid.color": "#dddddd",
    "legend.fontsize": BODY_PT,
    "legend.frameon": False,
    "savefig.dpi": DPI,
    "text.hinting": "none",
    "svg.fonttype": "path",  # the reader's machine needs no font
    "svg.hashsalt": "zonegap",
    "text.parse_math": False,  # a $ in a name is a dollar
}

_CJK = "\u2e80-\u9fff\uff00-\uffef\u3000-\u303f"
# what a line may end after: a word with its space, or one Chinese character
_PIECES = re.compile(rf"[（《“]*(?:[^\s{_CJK}]+|[{_CJK}])[，。；：、）》”]*\s*")


@dataclass(frozen=True)
class Style:
    """How a figure is printed.

    Attributes
    ----------
    title
        False leaves the title to the paper's caption; source and notes stay.
    font
        A font family instead of the one that is found.
    own_chinese
        An English figure holds Chinese words of the user's own table.
    said
        The first of the notes of every figure, in its language: which zones these are.
    """

    title: bool = True
    font: str | None = None
    own_chinese: bool = False
    said: str = ""


PLAIN = Style()


@dataclass
class FigureSheet:
    """A figure in the making; see `figure_sheet`."""

    style: Style
    families: list[str]
    figure: Figure

    def width_cm(self, texts: Sequence[str], size_pt: float = BODY_PT) -> float:
        """Return the width of the widest of some one-line texts."""
        prop = FontProperties(family=self.families, size=size_pt)
        measure = TextToPath().get_text_width_height_descent
        return max(measure(text, prop, False)[0] for text in texts) / PT_PER_CM

    def cut(self, text: str, width_cm: float, size_pt: float = BODY_PT) -> str:
        """Return a text of one line, cut where it is wider than so much."""
        if self.width_cm([text], size_pt) <= width_cm:
            return text
        kept = next(
            (n for n in range(len(text) - 1, 0, -1)
             if self.width_cm([text[:n] + CUT], size_pt) <= width_cm),
            0,
        )  # fmt: skip
        return text[:kept].rstrip() + CUT

    def wrap(self, text: str, width_cm: float, size_pt: float) -> list[str]:
        """Break a text into lines of at most that width, between words or Chinese characters."""
        lines, line, used = [], "", 0.0
        for piece in _PIECES.findall(text):
            width = self.width_cm([piece.rstrip() or piece], size_pt)
            if line and used + width > width_cm:
                lines.append(line.rstrip())
                line, used = "", 0.0
            # with a bar behind it, since a space at the end of a text has no width of its own
            line += piece
            used += self.width_cm([piece + "|"], size_pt) - self.width_cm(["|"], size_pt)
        return [*lines, line.rstrip()]

    def axes(
        self,
        title: str,
        notes: Sequence[str],
        *,
        plot_cm: float,
        margins_cm: tuple[float, float, float, float],
    ) -> Axes:
        """Lay out title, axes and notes; the sheet becomes as high as they need.

        Parameters
        ----------
        title, notes
            Text; each note begins a line.
        plot_cm
            Height of the axes.
        margins_cm
            Room left, right, above and below the axes for their labels.
        """
        # break title and notes into lines; then the height is known
        left, right, above, below = margins_cm
        inner = WIDTH_CM - 2 * MARGIN_CM
        head = [line for line in self.wrap(title, inner, TITLE_PT) if self.style.title]
        all_notes = [self.style.said, *notes] if self.style.said else notes
        foot = [line for note in all_notes for line in self.wrap(note, inner, NOTE_PT)]
        pitch_title, pitch_note = (LINE * size / PT_PER_CM for size in (TITLE_PT, NOTE_PT))
        head_cm = len(head) * pitch_title + (0.1 if head else 0.0)
        foot_cm = len(foot) * pitch_note
        height = 2 * MARGIN_CM + head_cm + above + plot_cm + below + foot_cm
        self.figure.set_size_inches(WIDTH_CM / CM_PER_INCH, height / CM_PER_INCH)
        # write both, each line at its height above the lower edge of the sheet
        blocks = (
            (head, height - MARGIN_CM, pitch_title, TITLE_PT, INK),
            (foot, MARGIN_CM + foot_cm, pitch_note, NOTE_PT, PALE),
        )
        for lines, top, pitch, size, colour in blocks:
            for i, line in enumerate(lines):
                y = (top - i * pitch) / height
                x = MARGIN_CM / WIDTH_CM
                self.figure.text(x, y, line, size=size, color=colour, va="top", ha="left")
        # the axes take the room between them; matplotlib wants shares of the sheet
        box = (
            left / WIDTH_CM,
            (MARGIN_CM + foot_cm + below) / height,
            (WIDTH_CM - left - right) / WIDTH_CM,
            plot_cm / height,
        )
        return self.figure.add_axes(box)


@contextmanager
def figure_sheet(language: str, style: Style) -> Iterator[FigureSheet]:
    """Give a sheet to draw on; at the end every text has its characters and its place.

    The reader's own matplotlib settings neither enter nor change.

    Raises
    ------
    FontError
        When no installed font has the characters the figure needs.
    """
    families = figure_font(language, style.font, own_chinese=style.own_chinese)
    with settings():
        mpl.rcParams["font.family"] = families
        figure = Figure(dpi=DPI)  # type at a screen's resolution would be a tenth wider
        FigureCanvasAgg(figure)
        yield FigureSheet(style, families, figure)
        # ticks are made when a figure is first drawn, with the settings of that moment
        check_glyphs(figure, families)
        figure.draw_without_rendering()
        check_glyphs(figure, families)


@contextmanager
def settings() -> Iterator[None]:
    """Put the figures' settings in force, whatever a matplotlibrc says, for a block."""
    with mpl.rc_context():
        mpl.rcdefaults()
        cast(Any, mpl.rcParams).update(RC)  # the names are literals in matplotlib's types
        yield


def whole_numbers(*axes: Axis) -> None:
    """Label axes at whole numbers only, with thousands set apart."""
    for axis in axes:
        axis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter("{x:,.0f}")


def rows_axes(axes: Axes, labels: Sequence[str], positions: Sequence[float]) -> None:
    """Make the vertical axis a list of labelled rows, the first on top."""
    axes.set_yticks(list(positions), list(labels))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(positions) + 0.6, min(positions) - 0.6)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")


def text_columns(
    axes: Axes,
    heads: Sequence[str],
    columns: Sequence[Sequence[str]],
    positions: Sequence[float],
    right_cm: Sequence[float],
) -> None:
    """Set columns of figures right of the axes, each flush right at so many cm from its edge."""
    # x is a share of the axes' width (1 is their right edge), y a row of the data
    width_cm = axes.get_position().width * WIDTH_CM
    top = axes.get_ylim()[1]
    for head, column, place in zip(heads, columns, right_cm, strict=True):
        x = 1.0 + place / width_cm
        transform = axes.get_yaxis_transform()
        axes.annotate(
            head, (x, top), xytext=(0, 3), textcoords="offset points", xycoords=transform,
            ha="right", va="bottom", color=PALE, annotation_clip=False,
        )  # fmt: skip
        for text, y in zip(column, positions, strict=True):
            axes.text(x, y, text, transform=transform, ha="right", va="center_baseline")
