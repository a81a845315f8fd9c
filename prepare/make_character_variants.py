"""Make tables/character_variants.csv: traditional characters and radicals of place names.

Only characters that the names of divisions and zones use, from OpenCC's table of traditional
characters (Apache 2.0), and the CJK radicals that Unicode's NFKC leaves alone.

Run: python -m prepare.make_character_variants (needs the package opencc)
"""

from __future__ import annotations

import csv

from opencc import OpenCC

from geodata.registry import TABLES

# U+2E80-2EFF: simplified radicals that input methods and PDF text put for characters.
# Unicode, EquivalentUnifiedIdeograph.txt.
RADICALS = (
    "⺠民 ⻄西 ⻅见 ⻆角 ⻇角 ⻉贝 ⻋车 ⻑长 ⻓长 ⻔门 ⻘青 ⻙韦 "
    "⻚页 ⻛风 ⻜飞 ⻝食 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 "
    "⻬齐 ⻮齿 ⻰龙 ⺁厂 ⺇几 ⺌小 ⺎尢 ⺕彐 ⺝月 ⺩王 ⺫目 ⺶羊 "
    "⺷羊 ⻁虎 ⻂衣 ⻌辶 ⻏阝 ⻖阝"
)
# Other characters that look the same and get into text that was read from pictures.
LOOK_ALIKES = "巿市"


def main() -> None:
    """Write one variant a row, ordered by code point."""
    used: set[str] = set()
    for table in ("divisions", "zones"):
        with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            used.update(*(row["name"] for row in csv.DictReader(file)))
    convert = OpenCC("t2s").convert
    rows = {pair[0]: (pair[1], "radical") for pair in RADICALS.split()}
    rows |= {pair[0]: (pair[1], "look-alike") for pair in LOOK_ALIKES.split()}
    for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00)):
        variant = chr(code)
        simplified = convert(variant)
        if simplified != variant and simplified in used and variant not in used:
            rows[variant] = (simplified, "traditional")
    with (TABLES / "character_variants.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["variant", "character", "kind"])
        out.writerows([v, *rows[v]] for v in sorted(rows))
    print(f"{len(rows)} variants")


if __name__ == "__main__":
    main()
