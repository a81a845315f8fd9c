"""The study's tables as they go into a report: title, headings with units, notes, source line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields

import pandas as pd

from geodata.errors import UsageError
from geodata.registry import product_version
from geodata.words import Listed, Message, Name, Words, has_chinese_names
from zones.hubs import HUB_LAYERS
from zones.parameters import THRESHOLD_KM
from zones.pipeline import StudyResult
from zones.published_count import (
    hub_names,
    implication,
    is_comparable,
    what_would_give_table,
)
from zones.report.gap_tables import (
    cluster_table,
    curve_table,
    division_kind,
    division_table,
    division_words,
    group_table,
    has_both_sides,
    is_one_province,
    province_table,
    type_table,
)
from zones.report.headings import (
    GROUPING_NAMES,
    QUANTITIES,
    SHARED_BY_NAMES,
    heading,
    number_format,
    value,
)
from zones.report.matrix_tables import (
    NOT_BY_MATRIX,
    as_distances,
    builder,
    in_unit,
    matrix_facts,
    matrix_sentences,
    notes_instead,
)
from zones.report.matrix_tables import TABLES as MATRIX_TABLES
from zones.report.notes import (
    NOT_COMPARED,
    kept_sentences,
    own_zones_sentences,
    table_notes,
)
from zones.report.official_totals import official_publishers, official_table, official_words
from zones.report.reconciliation import printed_words, reconciliation_table
from zones.report.regional_tables import (
    city_table,
    concentration_table,
    county_table,
    inequality_table,
    per_head_table,
    region_table,
    unit_words,
)
from zones.report.sources import BETWEEN, credited, scope, sources
from zones.sensitivity import hubs_left_out_table, position_table, sensitivity_table
from zones.where_next import candidate_cities, next_best, where_next


@dataclass(frozen=True)
class TableKind:
    """One table of the report.

    Attributes
    ----------
    key
        File name without ending.
    title
        Above the table.
    build
        Makes its frame from a study's result.
    notes
        Keys of `NOTES`, in order; ``implication`` is the sentence on the published count.
    wanted
        Whether a study has it.
    printed
        Whether it stands in the documents; those of thousands of rows are csv and a sheet only.
    """

    key: str
    title: Words
    build: Callable[[StudyResult], pd.DataFrame]
    notes: tuple[str, ...]
    wanted: Callable[[StudyResult], bool] = lambda result: True
    printed: bool = True


def has_regions(result: StudyResult) -> bool:
    """Whether there are zones of several provinces, so that regions can be compared."""
    return bool((result.zones["province"] != "").any()) and not is_one_province(result)


REPORT_TABLES: dict[str, TableKind] = {
    kind.key: kind
    for kind in (
        TableKind(
            "types",
            Message("Development zones by level and type"),
            type_table,
            (
                "beyond",
                "band",
                "gdp",
            ),
        ),
        TableKind(
            "provinces",
            Message("The regional gap by province"),
            province_table,
            (
                "beyond",
                "band",
                "gdp",
                "over",
                "listed",
            ),
        ),
        TableKind(
            "cities",
            Message("The regional gap by city"),
            division_table,
            ("beyond", "band", "gdp"),
            lambda result: is_one_province(result) and division_kind(result) == "city",
        ),
        TableKind(
            "counties",
            Message("The regional gap by county"),
            division_table,
            ("beyond", "band", "gdp"),
            lambda result: is_one_province(result) and division_kind(result) == "county",
        ),
        TableKind(
            "regions",
            Message("The regional gap by the four regions"),
            region_table,
            ("beyond", "band", "gdp", "four_regions"),
            has_regions,
        ),
        TableKind(
            "per_head",
            Message("Population and figures per head, by region and province"),
            per_head_table,
            ("beyond", "gdp", "per_head", "four_regions"),
            has_regions,
        ),
        TableKind(
            "inequality",
            Message("Inequality between and within the four regions"),
            inequality_table,
            ("inequality", "gdp", "four_regions"),
            has_regions,
        ),
        TableKind(
            "concentration",
            Message("Concentration of hubs, companies and zones"),
            concentration_table,
            ("concentration", "gdp", "listed"),
            has_regions,
        ),
        TableKind(
            "by_city",
            Message("The regional gap by prefecture-level city"),
            city_table,
            ("beyond", "band", "gdp", "units", "in_sheets"),
            lambda result: not is_one_province(result),
        ),
        TableKind(
            "by_county",
            Message("The regional gap by county"),
            county_table,
            ("beyond", "band", "gdp", "units"),
            lambda result: not (is_one_province(result) and division_kind(result) == "county"),
            printed=False,
        ),
        TableKind(
            "clusters_vs_rest",
            Message("Zhejiang, Guangdong and Beijing against the other provinces"),
            cluster_table,
            (
                "beyond",
                "band",
                "gdp",
                "other",
                "listed",
            ),
            lambda result: result.kept is None or has_both_sides(result),
        ),
        TableKind(
            "groups",
            Message("Zones beyond, by group"),
            group_table,
            (
                "groups",
                "band",
                "gdp",
                "other",
            ),
        ),
        TableKind(
            "threshold_curve",
            Message("Zones beyond a threshold"),
            curve_table,
            (
                "beyond",
                "band",
                "gdp",
                "layers",
            ),
        ),
        TableKind(
            "sensitivity",
            Message("Sensitivity to hubs, distance, GDP vintage and land year"),
            sensitivity_table,
            (
                "band",
                "layers",
                "gdp",
                "other",
                "implication",
            ),
        ),
        TableKind(
            "hubs_left_out",
            Message("Each hub left out in turn"),
            hubs_left_out_table,
            ("hubs_left_out", "hubs_that_serve"),
        ),
        TableKind(
            "position_uncertainty",
            Message("The count under uncertain positions"),
            position_table,
            (
                "band",
                "intervals",
                "layers",
                "implication",
            ),
        ),
        TableKind(
            "what_would_give",
            Message("What would give the published count"),
            what_would_give_table,
            ("what_would_give", "layers", "implication"),
            is_comparable,
        ),
        TableKind(
            "reconciliation",
            Message("Published figures and ours"),
            reconciliation_table,
            (
                "low_high",
                "layers",
                "gdp",
                "implication",
            ),
            lambda result: result.kept is None,
        ),
        TableKind(
            "official_totals",
            Message("Zone GDP beside official totals"),
            official_table,
            ("official", "gdp"),
            lambda result: result.kept is None and result.study.zones_table is None,
        ),
    )
}
# table -> words of its own, which elsewhere mean something else
NAMES_IN = {"groups": GROUPING_NAMES, "position_uncertainty": SHARED_BY_NAMES}
WHERE_NEXT = Message("Where next: cities that bring the most within reach")

STRAIGHT = {"beyond": ("straight",), "groups": ("straight",)}
NEXT_BEST = Message("Where next: the best choice without each of its places")
OWN_WEIGHTS = Message("sum of the weights given")
FROM_CITIES = Message("prefecture-level cities")
FROM_OWN = Message("places out of those given")
OBJECTIVE_WORDS = {
    "coverage": Message("the largest {weight} brought within {threshold_km:g} km"),
    "p-median": Message("least mean distance to the nearest hub, weighted by {weight}"),
    "p-center": Message("the farthest zone as near as can be"),
}
NOTES = {
    "beyond": Message(
        "Beyond: strictly farther than {threshold_km:g} km from the nearest hub; "
        "hubs: {layer}; distance: {method}."
    ),
    "straight": Message(
        "Straight lines stand in for access: they need positions only and are the same for all; "
        "ways by road or rail are longer, and not everywhere alike (option --matrix)."
    ),
    "beyond_matrix": Message(
        "Beyond: the way to the nearest hub takes more than {threshold:g} {unit} by the matrix "
        "{matrix}, or there is none; hubs: {layer}."
    ),
    "groups_matrix": Message(
        "Beyond: the way to the nearest hub takes more than the threshold by the matrix {matrix}, "
        "or there is none; hubs: {layer}. The groups of each grouping add up to the total."
    ),
    "no_band": Message(
        "By a matrix neither the 90 % interval nor the band of the positions is known."
    ),
    "where_next": Message(
        "Best choice of k {candidates}: {objective}, beside the hubs there are ({layer}); "
        "distance: {method}; proved optimal where the gap is 0."
    ),
    "band": Message(
        "Beyond if all nearer / farther (low / high): the count if every zone lay nearer / farther "
        "by its radius, all at once, which no measured error does; the radius holds the true place "
        "in about 90 % of cases, so this band is no bound. The 90 % interval is narrower: table "
        "position_uncertainty."
    ),
    "low_high": Message(
        "Low, high: the widest 90 % interval of the count (table position_uncertainty); of a "
        "threshold, between which the count is the same."
    ),
    "layers": Message("Hub layers: {layers}. Distance: {method}."),
    "listed": Message(
        "Listed technology companies: Chinese companies of the technology sector of "
        "FinanceDatabase, by head office."
    ),
    "other": Message("Other provinces: all but Beijing, Zhejiang and Guangdong."),
    "over": Message(
        "Approved area can exceed the urban land of the statistics or come near it ({over}); zone "
        "GDP is then allocated too high."
    ),
    "official": Message(
        "Official figures are of the area that the zones run, of the year stated and its prices, "
        "as {publishers} publish them; they overlap, and estimates are not corrected to them."
    ),
    "four_regions": Message(
        "Regions of the National Bureau of Statistics: east, central, west, north-east."
    ),
    "per_head": Message(
        "Population: residents of the provinces at the end of 2018, in the vintage of the GDP; "
        "none is known of zones, so none is said to live beyond reach. By population: provinces' "
        "shares of zones beyond, weighted by their population. Mostly beyond: population of the "
        "provinces more than half of whose zones are beyond."
    ),
    "inequality": Message(
        "Gini and Theil (T) of the provinces' figures per head, weighted by population, and of the "
        "zones' distances, each zone alike. Theil between: as if every unit had its region's mean; "
        "within: the rest."
    ),
    "concentration": Message(
        "HHI: sum of squared shares, from near 0 to 1 where all is in one place. Hubs: {layer}. "
        "Municipalities count as one city."
    ),
    "units": Message(
        "Codes and names of 2018. Cities without counties stand among the counties; municipalities "
        "and counties that no city holds among the cities."
    ),
    "in_sheets": Message("The table by county is in by_county.csv and tables.xlsx only."),
    "groups": Message(
        "Beyond: strictly farther than the threshold from the nearest hub; hubs: {layer}; "
        "distance: {method}. The groups of each grouping add up to the total."
    ),
    "hubs_left_out": Message(
        "Zones beyond {threshold_km:g} km when the hub is missing and all others stay; "
        "hubs: {layer}; distance: {method}."
    ),
    "hubs_that_serve": Message("Only hubs that are the nearest of at least one of these zones."),
    "intervals": Message(
        "5 %, median, 95 %: of the count's exact law, every position off by its uncertainty_km "
        "times a ratio as the measured errors of reference points have it, in any direction; each "
        "zone on its own, or all zones of a county, prefecture or province alike."
    ),
    "what_would_give": Message(
        "One change at a time, at {published_km:g} km unless the row says otherwise. Hubs left out "
        "or added: the choice of one or two that comes nearest, of all; added are prefecture-level "
        "cities of the three provinces, so that no row adds to the first layer."
    ),
    "gdp": Message(
        "Zone GDP is an allocation by land share, not measured output: approved area × provincial "
        "GDP ({gdp}) / urban land ({land}). That GDP holds the primary sector and what is made "
        "outside urban land; national zones run more than their approved area, so official totals "
        "of theirs are higher."
    ),
    "source": Message("Source: zonegap {version}; {sources}."),
}

CROWDED_PCT = 80.0  # of urban land; from here on the estimate of zone GDP is said to be a bound


@dataclass(frozen=True)
class ReportTable:
    """One table: numbers under machine names, and the words to print it with.

    Attributes
    ----------
    key
        File name without ending.
    frame
        Columns named with their units; numbers not rounded.
    title, notes
        In the study's language; the last note is the source line.
    language
        ``en`` or ``zh``.
    words
        Words of the frame -> what is printed instead, where `zones.report.headings` has none.
    """

    key: str
    frame: pd.DataFrame
    title: str
    notes: tuple[str, ...]
    language: str
    words: Mapping[str, str] = field(default_factory=dict)

    def printed(self) -> pd.DataFrame:
        """Return the table as text: headings with units, numbers rounded, words translated."""
        columns = {}
        for column in self.frame.drop(columns="figure_id", errors="ignore"):
            digits = number_format(str(column))
            columns[heading(str(column), self.language)] = [
                self._cell(cell, digits) for cell in self.frame[column]
            ]
        return pd.DataFrame(columns, dtype=object)

    def _cell(self, cell: str | float, digits: str) -> str:
        if isinstance(cell, str):
            return self.words.get(cell) or value(cell, self.language)
        if pd.isna(cell):
            return "–"
        return format(cell, digits)


def report_tables(result: StudyResult) -> list[ReportTable]:
    """Return the tables of a study."""
    return [report_table(key, result) for key in REPORT_TABLES if _wanted(key, result)]


def _wanted(key: str, result: StudyResult) -> bool:
    by_matrix = result.study.matrix is not None
    return REPORT_TABLES[key].wanted(result) and (not by_matrix or key in MATRIX_TABLES)


def report_table(key: str, result: StudyResult) -> ReportTable:
    """Return one table of a study by its key.

    Raises
    ------
    UsageError
        For a table that the study has not got.
    """
    kind, by_matrix = REPORT_TABLES[key], result.study.matrix is not None
    if not _wanted(key, result):
        why = NOT_COMPARED if key == "reconciliation" else Message("not for these zones")
        why = NOT_BY_MATRIX if by_matrix and key not in MATRIX_TABLES else why
        raise UsageError(Message("{name}: {why}", name=key, why=why))
    if by_matrix:
        frame = in_unit(builder(key, kind.build)(as_distances(result)), result.unit)
    else:
        frame = kind.build(result)
    words = _words_of(key, result, frame)
    return plain_table(key, kind.title, frame, result, (*kind.notes, "source"), words)


def _words_of(key: str, result: StudyResult, frame: pd.DataFrame) -> dict[str, str]:
    """Return what is printed instead of a table's words, in the study's language."""
    language = result.study.language
    words: dict[str, str] = {}
    if key in NAMES_IN:
        words |= {name: words.in_language(language) for name, words in NAMES_IN[key].items()}
    if not has_chinese_names(language):
        words |= {str(k): str(v) for k, v in result.provinces["province_en"].items()}
        words |= {str(k): str(v) for k, v in result.hubs["hub_en"].items()}
        if key == "what_would_give":
            words |= hub_names(frame)
    if key in ("cities", "counties"):
        words |= division_words(result)
    if key == "reconciliation":
        words |= printed_words(result, language)
    if key in ("inequality", "concentration"):
        words |= {name: words.in_language(language) for name, words in QUANTITIES.items()}
    if key in ("by_city", "by_county", "concentration"):
        words |= unit_words(language)
    if key == "official_totals":
        words |= official_words(result, language)
    return words


def plain_table(  # noqa: PLR0913, PLR0917, what a table is made of
    key: str,
    title: Words,
    frame: pd.DataFrame,
    result: StudyResult,
    note_keys: Collection[str],
    words: Mapping[str, str],
    **facts: object,
) -> ReportTable:
    """Return a frame as a table of the study, with its title and notes in the study's language."""
    study, language = result.study, result.study.language
    # said wherever something lies beyond by a straight line
    note_keys = [key for note in note_keys for key in (note, *STRAIGHT.get(note, ()))]
    if study.matrix is not None:
        note_keys = notes_instead(note_keys)
        facts = matrix_facts(result) | facts
    about = {
        "threshold_km": study.thresholds_km[0],
        "published_km": THRESHOLD_KM,
        "layer": _layer_words(result),
        "layers": Listed(
            (
                Message("{layer}, {definition}", layer=layer.short, definition=layer.definition)
                for layer in HUB_LAYERS.values()
                if layer.definition is not None
            ),
            BETWEEN,
        ),
        "method": value(study.distance_method, language),
        "gdp": value(study.gdp, language),
        "land": value(study.land, language),
        "version": product_version(),
        "publishers": official_publishers(),
        "sources": sources(credited(study, result.zones)),
        **facts,
    }
    left_out = ["hubs_that_serve"] if result.kept is None else []
    if result.kept is not None and not has_both_sides(result):
        left_out.append("other")
    notes: list[Words | None] = []
    for note in note_keys:
        if note == "implication":
            notes.append(implication(result) if result.kept is None else NOT_COMPARED)
        elif note == "over":
            over = _crowded_provinces(frame, words)
            notes.append(NOTES[note].fill(over=over) if over.parts else None)
        elif note in left_out:
            continue
        else:
            notes.append(NOTES[note].fill(**about))
    source = notes.pop()
    notes += [
        *matrix_sentences(result),
        *kept_sentences(result),
        *own_zones_sentences(result),
        *table_notes(key, result.registrations, result.hubs),
        scope(study),
        source,
    ]
    said = tuple(note.in_language(language) for note in notes if note is not None)
    return ReportTable(key, frame, title.in_language(language), said, language, words)


def _layer_words(result: StudyResult) -> Words:
    """Return the hub layer's name, with the provinces it is narrowed to."""
    study = result.study
    layer = HUB_LAYERS[study.hub_layer].short
    if study.hub_provinces is None:
        return layer
    english = result.provinces["province_en"]
    names = (Name(str(english[name]), name) for name in study.hub_provinces)
    return layer + Message(" ({provinces} only)", provinces=Listed(names))


def _crowded_provinces(frame: pd.DataFrame, words: Mapping[str, str]) -> Listed:
    """Return the provinces whose zones' approved area is most of their urban land."""
    crowded = frame[frame["share_land_pct"] > CROWDED_PCT]
    return Listed(
        Message("{province} {share:.0f} %", province=words.get(name, name), share=share)
        for name, share in zip(crowded["province"], crowded["share_land_pct"], strict=True)
    )


@dataclass(frozen=True)
class SiteQuestion:
    """What a choice of new hubs is asked, see `zones.where_next.where_next`.

    Attributes
    ----------
    k, weight, objective, candidates, fixed, forbidden
        As there; `weight` may be the user's own numbers.
    """

    k: int = 5
    weight: str | pd.Series[float] = "zones"
    objective: str = "coverage"
    candidates: pd.DataFrame | None = None
    fixed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


def where_next_table(result: StudyResult, question: SiteQuestion | None = None) -> ReportTable:
    """Return the choice of new hubs for a study as a table to print."""
    return _site_table("where_next", WHERE_NEXT, where_next, result, question or SiteQuestion())


def next_best_table(result: StudyResult, question: SiteQuestion | None = None) -> ReportTable:
    """Return the near-optima: the best choice without each of its sites."""
    return _site_table("next_best", NEXT_BEST, next_best, result, question or SiteQuestion())


def _site_table(
    key: str, title: Words, choose: Callable[..., pd.DataFrame], result: StudyResult,
    question: SiteQuestion,
) -> ReportTable:  # fmt: skip
    """Return a table of choices: names in the language, notes on what was asked."""
    study = result.study
    asked = {each.name: getattr(question, each.name) for each in fields(question)}
    frame = choose(result.zones, study.thresholds_km[0], method=study.distance_method, **asked)
    words: dict[str, str] = {}
    if not has_chinese_names(study.language):
        places = candidate_cities() if question.candidates is None else question.candidates
        column = "city_en" if "city_en" in places else "hub_en"
        words = {str(place): str(name) for place, name in places[column].items()}
        words |= {
            cities: ", ".join(words.get(city, city) for city in cities.split(", "))
            for cities in frame["cities"]
        }
    own = isinstance(question.weight, pd.Series)
    weight = OWN_WEIGHTS if own else value(str(question.weight), study.language)
    objective = OBJECTIVE_WORDS[question.objective].fill(
        weight=weight, threshold_km=study.thresholds_km[0]
    )
    from_where = FROM_CITIES if question.candidates is None else FROM_OWN
    notes = ("where_next", "gdp", "source")
    return plain_table(
        key, title, frame, result, notes, words, objective=objective, candidates=from_where
    )
