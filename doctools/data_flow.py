"""The picture of the data flow: groups of modules, and the arrows that the code's imports draw.

Run ``python -m doctools.data_flow`` (or ``make picture``) after imports have changed; a test
compares ``docs/data-flow.svg`` with what this gives. An arrow leads from a module that is imported
to the one that imports it, as data does; what a longer way of arrows says already is left out.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatch
from html import escape
from pathlib import Path

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "data-flow.svg"
LAYERS = ("geodata", "zones", "maps", "zonegap")
OTHERS = "Others"

# Title -> modules, by column of the picture from left to right. Only the grouping is stated here;
# which group uses which is read from the code. The first pattern that fits counts.
COLUMNS: list[dict[str, str]] = [
    {
        "What all share": "geodata.words geodata.errors geodata.vocabulary geodata.datum",
        "Tables and their checks": "geodata.registry geodata.schema geodata.loaders",
        "Names of divisions": "geodata.names geodata.gazetteer geodata.resolver geodata.unit_codes",
    },
    {
        "Where zones are": "geodata.zone_geocoder",
        "Addresses": "geodata.address* geodata.zone_names",
        "Files of users": "geodata.user_tables.*",
        "Web geocoders": "geodata.web.*",
        "Constants, checks, writing": "zones.parameters zones.inputs zones.writing",
    },
    {
        "Hubs": "zones.hubs zones.companies",
        "What is asked": "zones.study",
        "Counts and GDP": (
            "zones.thresholds zones.gdp zones.groups zones.count_law zones.inequality"
        ),
        "Distance": "zones.distance.* zones.points.grid",
        "Where next": "zones.where_next zones.siting",
    },
    {
        "The study": "zones.filters zones.reading zones.matrix zones.pipeline",
        "Companies and zones": "zones.matching",
        "What moves the count": "zones.sensitivity zones.published_count",
        "The report": "zones.panel zones.report.*",
    },
    {
        "The map": "maps.page* maps.basemap maps.boundaries maps.tiles maps.safe_text maps.style",
        "Figures": "maps.figures.*",
        "Many points": "zones.points.*",
    },
    {
        "The front door": "zonegap.__init__",
        "The command": "zonegap.command.* zonegap.console zonegap.stops zonegap.__main__",
        OTHERS: "*",
    },
]

BOX_WIDTH, COLUMN_GAP, BOX_GAP, MARGIN, TOP = 214, 74, 22, 20, 64
LINE, TITLE_HEIGHT, PAD = 15, 24, 8
FILL = {"geodata": "#e3edf7", "zones": "#e6f2ea", "maps": "#f8ecdc", "zonegap": "#f1e6f3"}
EDGE = {"geodata": "#3b6ea5", "zones": "#3f7d58", "maps": "#a4671c", "zonegap": "#7d4a8a"}


@dataclass(frozen=True)
class Box:
    """A group of modules and where it stands in the picture, in pixels."""

    title: str
    modules: tuple[str, ...]
    column: int
    x: int
    y: int
    height: int

    @property
    def layer(self) -> str:
        """The package of its first module."""
        return self.modules[0].split(".")[0]


def lines_of(names: tuple[str, ...]) -> list[str]:
    """Return what a box says of its modules: their paths, a room of a layer named only once."""
    rooms: dict[Path, list[str]] = defaultdict(list)
    for name in names:
        path = Path(*name.split("."))
        rooms[path.parent].append(f"{path.name}.py")
    lines = []
    for room, files in rooms.items():
        if len(room.parts) > 1 and len(files) > 1:
            lines += [f"{room.as_posix()}/", *(f"\u2003{file}" for file in files)]
        else:
            lines += [f"{room.as_posix()}/{file}" for file in files]
    return lines


def modules() -> dict[str, Path]:
    """Return the modules of the packages by their dotted name, in order; the front door, too."""
    found = {}
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            if path.name != "__init__.py" or path.parent == ROOT / "zonegap":
                found[".".join(path.relative_to(ROOT).with_suffix("").parts)] = path
    return found


def imports_of(path: Path, known: set[str]) -> set[str]:
    """Return which of the known modules a file imports, anywhere in it."""
    used: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            used |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            used |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return used & known


def group_of(module: str) -> str:
    """Return the title of the group that a module belongs to."""
    return next(
        title
        for column in COLUMNS
        for title, patterns in column.items()
        if any(fnmatch(module, pattern) for pattern in patterns.split())
    )


def group_edges() -> set[tuple[str, str]]:
    """Return (imported, importing) for the groups, without what a longer way says already."""
    files = modules()
    edges: dict[str, set[str]] = defaultdict(set)
    for name, path in files.items():
        for used in imports_of(path, set(files)):
            if group_of(used) != group_of(name):
                edges[group_of(used)].add(group_of(name))
    # one after the other, so that a ring of groups keeps its way out
    for start, end in sorted((start, end) for start, ends in edges.items() for end in ends):
        if _another_way(start, end, edges):
            edges[start].discard(end)
    return {(start, end) for start, ends in edges.items() for end in ends}


def _another_way(start: str, end: str, edges: dict[str, set[str]]) -> bool:
    """Return whether a way of at least two arrows leads from start to end."""
    seen, todo = {start}, [step for step in edges[start] if step != end]
    while todo:
        group = todo.pop()
        if group == end:
            return True
        if group not in seen:
            seen.add(group)
            todo += edges.get(group, set())
    return False


def boxes() -> dict[str, Box]:
    """Return the groups that have modules, placed column by column."""
    members: dict[str, list[str]] = defaultdict(list)
    for name in modules():
        members[group_of(name)].append(name)
    placed = {}
    for number, column in enumerate(COLUMNS):
        y = TOP
        for title in column:
            if title in members:
                names = tuple(members[title])
                height = TITLE_HEIGHT + LINE * len(lines_of(names)) + PAD
                x = MARGIN + number * (BOX_WIDTH + COLUMN_GAP)
                placed[title] = Box(title, names, number, x, y, height)
                y += height + BOX_GAP
    return placed


def _arrow(start: Box, end: Box, leave: float, arrive: float) -> str:
    """Return the path of an arrow; between boxes of one column it bows out to the right.

    Where one stands right below the other it is straight.
    """
    y1, y2 = start.y + leave * start.height, end.y + arrive * end.height
    if start.column == end.column and end.y == start.y + start.height + BOX_GAP:
        x = start.x + BOX_WIDTH // 2
        curve = f"M{x} {start.y + start.height}L{x} {end.y - 4}"
    elif start.column == end.column:
        x = start.x + BOX_WIDTH
        bow = 22 + abs(y2 - y1) / 12
        curve = f"M{x} {y1:.0f}C{x + bow:.0f} {y1:.0f} {x + bow:.0f} {y2:.0f} {x + 4} {y2:.0f}"
    else:
        back = end.column < start.column
        x1, x2 = (start.x, end.x + BOX_WIDTH) if back else (start.x + BOX_WIDTH, end.x)
        x2 += 4 if back else -4
        half = (x2 - x1) / 2
        curve = f"M{x1} {y1:.0f}C{x1 + half:.0f} {y1:.0f} {x2 - half:.0f} {y2:.0f} {x2} {y2:.0f}"
    return (
        f'<path d="{curve}" fill="none" stroke="{EDGE[start.layer]}" stroke-width="1.3" '
        f'opacity="0.75" marker-end="url(#tip-{start.layer})"/>'
    )


def _drawn(box: Box) -> list[str]:
    parts = [
        f'<rect x="{box.x}" y="{box.y}" width="{BOX_WIDTH}" height="{box.height}" rx="6" '
        f'fill="{FILL[box.layer]}" stroke="{EDGE[box.layer]}"/>',
        f'<text x="{box.x + 10}" y="{box.y + 18}" font-weight="bold">{escape(box.title)}</text>',
    ]
    y = box.y + TITLE_HEIGHT + 11
    for line in lines_of(box.modules):
        parts.append(f'<text x="{box.x + 10}" y="{y}" class="m">{escape(line)}</text>')
        y += LINE
    return parts


def svg() -> str:
    """Return the picture; the same code gives the same text."""
    placed, edges = boxes(), sorted(group_edges())
    # the last column's arrows bow out to its right
    width = 2 * MARGIN + len(COLUMNS) * (BOX_WIDTH + COLUMN_GAP)
    height = max(box.y + box.height for box in placed.values()) + MARGIN
    tips = "".join(
        f'<marker id="tip-{layer}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        f'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="{EDGE[layer]}"/></marker>'
        for layer in LAYERS
    )
    legend = "".join(
        f'<rect x="{MARGIN + 150 * i}" y="16" width="14" height="14" rx="3" fill="{FILL[layer]}" '
        f'stroke="{EDGE[layer]}"/><text x="{MARGIN + 150 * i + 22}" y="28">{layer}/</text>'
        for i, layer in enumerate(LAYERS)
    )
    out: list[str] = []
    for start, end in edges:
        starts = [e for s, e in edges if s == start]
        ends = [s for s, e in edges if e == end]
        leave = (starts.index(end) + 1) / (len(starts) + 1)
        arrive = (ends.index(start) + 1) / (len(ends) + 1)
        out.append(_arrow(placed[start], placed[end], leave, arrive))
    for box in placed.values():
        out += _drawn(box)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" font-family="sans-serif" font-size="13" '
            'role="img" aria-label="Groups of modules and which of them uses which">',
            "<style>.m{font-size:11px;fill:#333}</style>",
            f"<defs>{tips}</defs>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            legend,
            f'<text x="{MARGIN + 150 * len(LAYERS)}" y="28">'
            "arrows: from what is imported to what imports it</text>",
            *out,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8", newline="\n")
