"""Figures for print, one function each: frames in, a matplotlib Figure out.

They are made without pyplot: nothing is left open, and no window is needed. In a notebook
``display(figure)`` shows one after ``%matplotlib inline``.
"""

from maps.figures.bars import gdp_figure, type_figure
from maps.figures.curves import curve_figure
from maps.figures.files import save_figure, study_figures, write_figures
from maps.figures.map import map_figure
from maps.figures.provinces import province_figure
from maps.figures.sheet import Style

__all__ = [
    "Style",
    "curve_figure",
    "gdp_figure",
    "map_figure",
    "province_figure",
    "save_figure",
    "study_figures",
    "type_figure",
    "write_figures",
]
