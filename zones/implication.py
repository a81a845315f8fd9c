"""What the published count implies about the hubs behind it, in one sentence."""

from __future__ import annotations

from geodata.loaders import load_published_figures
from zones.monte_carlo import position_table
from zones.parameters import PUBLISHED_BEYOND_ID, THRESHOLD_KM
from zones.pipeline import StudyResult
from zones.wording import pick, value
from zones.wording_notes import IMPLICATION, LAYER_PLACES


def implication(result: StudyResult) -> str:
    """Say which hub layers' bands hold the published count, in the study's language.

    The sentence is put together from the counts of this study at the report's own threshold, so
    it changes with them.
    """
    language = result.study.language
    published = int(load_published_figures()["value"][PUBLISHED_BEYOND_ID])
    table = position_table(result, THRESHOLD_KM)
    companies = result.registrations
    if companies is not None and companies.report.made_up:  # they imply nothing
        table = table[~table["hub_layer"].isin(["registrations", "file"])]
    fits = (table["surely"] <= published) & (published <= table["possibly"])
    places = {
        row["hub_layer"]: pick(IMPLICATION["layer"], language).format(
            places=pick(LAYER_PLACES[row["hub_layer"]], language),
            beyond=row["beyond"],
            surely=row["surely"],
            possibly=row["possibly"],
        )
        for _, row in table.iterrows()
    }
    joint = pick(IMPLICATION["joint"], language)
    key = "fits_none" if not fits.any() else "fits_all" if fits.all() else "fits"
    sentence = pick(IMPLICATION[key], language).format(
        published=published,
        threshold_km=THRESHOLD_KM,
        inside=joint.join(places[layer] for layer in table["hub_layer"][fits]),
        outside=joint.join(places[layer] for layer in table["hub_layer"][~fits]),
    )
    end = pick(IMPLICATION["end"], language)
    if fits.any():
        best = table[fits].iloc[0]
        if not best["low_5_pct"] <= published <= best["high_95_pct"]:
            end = pick(IMPLICATION["simulated_out"], language).format(
                layer=value(best["hub_layer"], language),
                low=best["low_5_pct"],
                high=best["high_95_pct"],
            )
    return sentence + end
