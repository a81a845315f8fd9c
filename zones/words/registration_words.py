"""What is said of company registrations, in English and Chinese."""

from __future__ import annotations

SENTENCES = {
    "made_up": (
        "The companies of {file} are made up (synthetic); their number and their capital in and "
        "outside the three provinces equal footnote 7 of the report by construction.",
        "{file}中的企业均为虚构（synthetic），三省市内外的家数与注册资本按构造等于报告脚注7。",
    ),
    "read": (
        "{file}: {rows:,} companies, {kept:,} used; left out: {deregistered:,} deregistered"
        "{statuses}, {duplicates:,} whose credit code stands above{doubled_rows}.",
        "{file}：{rows:,}家企业，采用{kept:,}家；剔除：已注销或吊销{deregistered:,}家{statuses}，"
        "信用代码重复{duplicates:,}家{doubled_rows}。",
    ),
    "capital": (
        "Registered capital: {blank:,} not stated, {unparsed:,} not understood{examples}; foreign "
        "currencies at the European Central Bank's rates of {date}.",
        "注册资本：未填{blank:,}家，无法识别{unparsed:,}家{examples}；外币按欧洲中央银行{date}汇率折算。",
    ),
    "places": (
        "Companies located: {given:,} by the file's positions, {place:,} by town, {county:,} by "
        "county, {city:,} by city, {province:,} by province only; unresolved: {unresolved:,}"
        "{reasons}.",
        "企业定位：文件自带坐标{given:,}家，乡镇{place:,}家，区县{county:,}家，城市{city:,}家，"
        "仅省份{province:,}家；未定位{unresolved:,}家{reasons}。",
    ),
    "far": (
        "Given positions far from the place that their own row names: {count:,}{rows}; they are "
        "used as given.",
        "文件自带坐标与同行地名相距过远的有{count:,}行{rows}；仍按所给坐标计算。",
    ),
    "datum": (
        "The given positions of {file} look like {looks_like}, not the datum stated: over "
        "{places:,} places they lie off their addresses by {fits:.2f} ± {standard_error:.2f} times "
        "that shift (mean {shift_km:.2f} km); check the column of datums.",
        "{file}的坐标疑为{looks_like}，而非所注坐标系：{places:,}处地点相对地址的平均偏移为该坐标系偏移"
        "（平均{shift_km:.2f}公里）的{fits:.2f}±{standard_error:.2f}倍；请核对坐标系列。",
    ),
    "no_province": (
        "Companies of unknown province, or of none of the 31, in no group and no total: {count:,}.",
        "省份不明或不属31省份的企业{count:,}家，未计入任何分组与合计。",
    ),
    "codes": (
        "{count:,} credit codes are too short or have lost digits and were not compared.",
        "{count:,}个信用代码过短或已丢失数位，未作查重。",
    ),
    "remarks": (
        "Rows of {file} that are no company: {rows}.",
        "{file}中非企业的行：{rows}。",
    ),
    "sheets": (
        "Sheets of {file} that were not read: {sheets}.",
        "{file}中未读取的工作表：{sheets}。",
    ),
    "hubs": (
        "Hubs: {companies:,} companies at {hubs:,} places, known to about {km:.0f} km (median 90 % "
        "radius); the band counts the zones' uncertainty only.",
        "枢纽：{companies:,}家企业，{hubs:,}处地点，位置误差约{km:.0f}公里（90%半径中位数）；区间仅计开发区的位置误差。",
    ),
    "source": ("registrations: {file}", "注册企业：{file}"),
}
