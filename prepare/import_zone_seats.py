"""Fold worksheets of zone seats into tables/zone_seats.csv, in catalogue order.

Worksheets were written from recall by a language model, not looked up and not checked row by row.
They are tab-separated. Those of counties hold code, name, county_adcode (of 2018), county_name,
place_name, geonameid, spans, confidence, note, and may hold current_adcode; those of towns, for
zones whose name says the county, hold name, place_name, geonameid, relation, confidence, note;
those of positions, for towns that no table holds, hold name, lon, lat (WGS-84, as recalled),
error_km (radius of the compiler's own 90 %), basis. Later worksheets override earlier rows of the
same zone, empty cells never. Every row is checked against the zones, the divisions of 2018 and the
towns before anything is written.

Run: python -m prepare.import_zone_seats WORKSHEET.tsv ...
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

from geodata.gazetteer import CATALOGUE_YEAR, Gazetteer, flat_km, towns
from geodata.registry import TABLES
from geodata.resolver import resolve_zone

COLUMNS = (
    "zone_id name province_adcode adcode current_adcode place_name geonameid lon lat error_km "
    "relation spans confidence note"
).split()
CONFIDENCE = ("high", "medium", "low")
# A town farther than this from the seat of its county is a mistake, but for the widest divisions.
FAR_KM = 120.0
# A position its compiler trusts less than this is not used.
MAX_ERROR_KM = 12.0


def main(worksheets: list[Path]) -> None:
    """Check and write the table."""
    gazetteer = Gazetteer(CATALOGUE_YEAR)
    with (TABLES / "zones.csv").open(encoding="utf-8", newline="") as file:
        zones = {r["name"]: r for r in csv.DictReader(file)}
    seats: dict[str, dict[str, str]] = {}
    for sheet in worksheets:
        with sheet.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                zone = zones[row["name"]]
                old = seats.get(zone["id"], {})
                if "error_km" in row:
                    old = old or plain_seat(zone, gazetteer)
                    seats[zone["id"]] = old | read_position(row, old, gazetteer, sheet.name)
                    continue
                seat = read_row(row, zone, gazetteer, sheet.name, old.get("adcode", ""))
                if seat is not None:
                    seats[zone["id"]] = old | {k: v for k, v in seat.items() if v or k not in old}
    with (TABLES / "zone_seats.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        out.writeheader()
        out.writerows(seats[z["id"]] for z in zones.values() if z["id"] in seats)
    print(f"{len(seats)} seats")


def read_row(
    row: dict[str, str], zone: dict[str, str], gazetteer: Gazetteer, sheet: str, known: str
) -> dict[str, str] | None:
    """Return a checked row of the table, None where the worksheet knows nothing.

    `known` is the county that an earlier worksheet gave the zone; towns do not change it.
    """
    where = f"{sheet}: {row['name']}"
    relation = row.get("relation", "town")
    if relation == "unknown":
        return None
    if row["confidence"] not in CONFIDENCE or relation not in ("town", "county-town"):
        sys.exit(f"{where}: confidence {row['confidence']!r}, relation {relation!r}")
    adcode = row.get("county_adcode", known)
    if not adcode and "county_adcode" not in row:
        adcode = county_of(zone, gazetteer)
    elif (
        "county_adcode" in row and adcode and gazetteer.by_adcode[adcode].name != row["county_name"]
    ):
        print(f"{where}: {adcode} is not {row['county_name']}")
    if adcode[:2] not in ("", zone["province_adcode"][:2]):
        sys.exit(f"{where}: {adcode} is in another province")
    geonameid = row["geonameid"].strip()
    if geonameid:
        town = towns().get(geonameid)
        if town is None:
            print(f"{where}: no town {geonameid}")
            geonameid = ""
        elif adcode and flat_km(town.lon, town.lat, gazetteer.by_adcode[adcode]) > FAR_KM:
            print(f"{where}: town {town.name} is far from its county")
    return {
        "zone_id": zone["id"],
        "name": zone["name"],
        "province_adcode": zone["province_adcode"],
        "adcode": adcode,
        "current_adcode": row.get("current_adcode", ""),
        "place_name": row["place_name"].strip(),
        "geonameid": geonameid,
        "lon": "",
        "lat": "",
        "error_km": "",
        "relation": relation,
        "spans": row.get("spans", ""),
        "confidence": row["confidence"],
        "note": re.sub(r"\s*\[[^\]]*\]\s*$", "", row["note"]).rstrip(". "),
    }


def read_position(
    row: dict[str, str], seat: dict[str, str], gazetteer: Gazetteer, sheet: str
) -> dict[str, str]:
    """Return what a worksheet of positions adds to a seat; nothing where it is not sure enough."""
    if not row["lon"] or float(row["error_km"]) > MAX_ERROR_KM:
        return {}
    lon, lat = float(row["lon"]), float(row["lat"])
    if not seat["adcode"] or flat_km(lon, lat, gazetteer.by_adcode[seat["adcode"]]) > FAR_KM:
        print(f"{sheet}: {row['name']}: {lon}, {lat} is far from its county; left out")
        return {}
    basis = row["basis"].strip().strip('"').rstrip(".")
    note = "; ".join(text for text in (seat["note"], basis) if text)
    error_km = f"{float(row['error_km']):g}"
    return {"lon": f"{lon:.3f}", "lat": f"{lat:.3f}", "error_km": error_km, "note": note}


def plain_seat(zone: dict[str, str], gazetteer: Gazetteer) -> dict[str, str]:
    """Return a row for a zone whose name says the county and of which no worksheet knew more."""
    seat = dict.fromkeys(COLUMNS, "")
    seat |= {key: zone[key] for key in ("name", "province_adcode")}
    seat |= {"zone_id": zone["id"], "relation": "town", "confidence": "low"}
    return seat | {"adcode": county_of(zone, gazetteer)}


def county_of(zone: dict[str, str], gazetteer: Gazetteer) -> str:
    """Return the code of 2018 of the county that a zone's name says, "" where it says none."""
    found = resolve_zone(zone["name"], zone["province_adcode"], gazetteer)
    if len(found.divisions) != 1:
        return ""
    adcode, current = found.divisions[0].adcode, found.divisions[0].current_adcode
    # a former name stands for a county that 2018 knows under another code
    by_current = {d.current_adcode: d.adcode for d in gazetteer.current}
    return adcode if adcode in gazetteer.by_adcode else by_current.get(current, "")


if __name__ == "__main__":
    main([Path(a) for a in sys.argv[1:]])
