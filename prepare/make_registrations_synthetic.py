"""Make registrations_synthetic_564.csv: a made-up company extract of the 2020 report's size.

The report's own 564 registrations are not public. These are made up so that the whole path can
be shown: their number, the 206 in the three provinces and both sums of capital are set to the
published figures; names, codes, addresses and single amounts mean nothing.

Run: python -m prepare.make_registrations_synthetic
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from random import Random

from geodata.gazetteer import LAST_YEAR, Gazetteer, gazetteer
from geodata.loaders import load_listed_companies, load_published_figures
from geodata.registry import TABLES

SEED = 564
CORE = ("110000", "330000", "440000")  # Beijing, Zhejiang, Guangdong
CENTS_PER_YI = 1_000_000  # amounts are printed in 万元 with two decimals: 1 亿 = 10^6 hundredths
SPREAD = 1.5  # sigma of the logarithm of the amounts: a few large ones, many small
FORMATS = ("{:.2f}万人民币", "{:,.2f}万元", "{:.2f}万元人民币", "{:.2f}万(元)")
HEADER = (
    "公司名称",
    "经营状态",
    "注册资本",
    "所属省份",
    "所属城市",
    "统一社会信用代码",
    "注册地址",
)
TITLE = (
    "虚构示例数据（synthetic）：{total}家公司均为虚构，仅家数与注册资本合计按报告脚注7设定 / "
    "made-up companies; only counts and sums of capital are set to footnote 7 of the report"
)


def shares(weights: dict[str, float], total: int) -> dict[str, int]:
    """Divide a whole number by weights: largest remainders, the first key on a tie."""
    quota = {k: total * w / sum(weights.values()) for k, w in weights.items()}
    parts = {k: int(q) for k, q in quota.items()}
    left = total - sum(parts.values())
    for k in sorted(quota, key=lambda k: (parts[k] - quota[k], k))[:left]:
        parts[k] += 1
    return parts


def cities_of_companies(names: Gazetteer) -> tuple[dict[str, float], dict[str, float]]:
    """Return weights of cities: in the three listed companies plus one a seat, else without it."""
    listed: Counter[str] = Counter()
    for code in load_listed_companies()["city_adcode"]:
        d = names.by_adcode[code]
        listed[d.adcode if d.level != "county" else d.city_adcode or d.adcode] += 1
    seats = [
        d.adcode
        for d in names.current
        if d.province_adcode in CORE and (d.level == "city" or d.adcode == CORE[0])
    ]
    inside = {code: float(listed[code] + 1) for code in sorted(seats)}
    outside = {c: float(n) for c, n in sorted(listed.items()) if c[:2] + "0000" not in CORE}
    return inside, outside


def addresses(counts: dict[str, int], names: Gazetteer, random: Random) -> list[tuple[str, ...]]:
    """Return province, city and address of each company: a county of its city at random."""
    counties = defaultdict(list)
    for d in sorted(names.current, key=lambda d: d.adcode):
        if d.level == "county" and d.has_seat:
            counties[d.city_adcode or d.province_adcode].append(d.name)
    rows = []
    for code, count in counts.items():
        d = names.by_adcode[code]
        province = names.by_adcode[d.province_adcode].name
        city = d.name
        for _ in range(count):
            county = random.choice(counties[code]) if counties[code] else ""
            place = province + (city if city != province else "") + county
            rows.append((province, city, place))
    return rows


def amounts(count: int, total_yi: float, random: Random) -> list[int]:
    """Return amounts in hundredths of 万元 that add up to a total in 亿元."""
    draws = {f"{i:04}": random.lognormvariate(0.0, SPREAD) for i in range(count)}
    return list(shares(draws, round(total_yi * CENTS_PER_YI)).values())


def main() -> None:
    """Write the table: the companies of both groups in one random order."""
    random, names = Random(SEED), gazetteer(LAST_YEAR)
    published = load_published_figures()["value"]
    total, core = int(published["registrations_total"]), int(published["registrations_core"])
    companies = []
    for weights, count, capital in zip(
        cities_of_companies(names),
        (core, total - core),
        ("registrations_core_capital", "registrations_other_capital"),
        strict=True,
    ):
        places = addresses(shares(weights, count), names, random)
        cents = amounts(count, float(published[capital]), random)
        companies += list(zip(places, cents, strict=True))
    random.shuffle(companies)
    with (TABLES / "registrations_synthetic_564.csv").open(
        "w", encoding="utf-8", newline=""
    ) as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([TITLE.format(total=total), *[""] * (len(HEADER) - 1)])
        out.writerow(HEADER)
        for n, ((province, city, place), cents) in enumerate(companies, start=1):
            capital = FORMATS[n % len(FORMATS)].format(cents / 100)
            code = f"EXAMPLE{n:011}"  # real ones begin with a digit or with A, N, Y
            name = f"示例科技{n:04}有限公司"
            out.writerow((name, "存续", capital, province, city, code, place))


if __name__ == "__main__":
    main()
