"""The table of the cities that would bring the most zones within the threshold."""

from __future__ import annotations

from zones.maximal_covering import candidate_cities, where_next
from zones.pipeline import StudyResult
from zones.report.report_tables import ReportTable, plain_table
from zones.words.wording import value


def where_next_table(result: StudyResult, *, k: int = 5, weight: str = "zones") -> ReportTable:
    """Return the choice of cities for a study as a table to print."""
    study = result.study
    frame = where_next(result.zones, study.thresholds_km[0], k=k, weight=weight)
    words: dict[str, str] = {}
    if study.language == "en":
        english = candidate_cities()["city_en"]
        words = {str(city): str(name) for city, name in english.items()}
        words |= {
            cities: ", ".join(words.get(city, city) for city in cities.split(", "))
            for cities in frame["cities"]
        }
    notes = ("where_next", "gdp", "source")
    return plain_table(
        "where_next", frame, result, notes, words, weight=value(weight, study.language)
    )
