"""Make tables/place_pinyin.csv: pinyin of place names whose English name is another word.

People type the pinyin of what they read: lasa for 拉萨, which is Lhasa in English. Only names of
``place_names_en.csv`` whose English form is no pinyin; the fixed readings of polyphones are.

Run: python -m prepare.make_place_pinyin (needs the package pypinyin)
"""

from __future__ import annotations

import csv
import re

from pypinyin import lazy_pinyin

from geodata.registry import TABLES

IS_PINYIN = ("polyphone", "misprint")  # reasons of names whose English form is their pinyin
CHINESE = re.compile(r"[一-鿿]{2,}")


def main() -> None:
    """Write one name a row, in the order of the characters."""
    rows = {}
    with (TABLES / "place_names_en.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name, reason = row["name"], row["reason"]
            pinyin = "".join(lazy_pinyin(name))
            letters = re.sub(r"[^a-z]", "", row["name_en"].lower())
            if CHINESE.fullmatch(name) and not reason.startswith(IS_PINYIN) and pinyin != letters:
                rows[name] = pinyin
    with (TABLES / "place_pinyin.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["name", "pinyin"])
        out.writerows(sorted(rows.items()))
    print(f"{len(rows)} names")


if __name__ == "__main__":
    main()
