"""Titles, notes and sentences of tables in English and Chinese."""

from __future__ import annotations

TITLES = {
    "types": ("Development zones by level and type", "各级各类开发区"),
    "provinces": ("The regional gap by province", "各省份的区域差距"),
    "clusters_vs_rest": (
        "Zhejiang, Guangdong and Beijing against the other provinces",
        "浙粤京与其他省份",
    ),
    "threshold_curve": ("Zones beyond a threshold", "阈值以外的开发区数"),
    "groups": ("Zones beyond, by group", "阈值以外的开发区：分组"),
    "hubs_left_out": ("Each hub left out in turn", "逐一剔除枢纽"),
    "position_uncertainty": (
        "The count under uncertain positions",
        "位置不确定下的个数",
    ),
    "sensitivity": (
        "Sensitivity to hubs, distance, GDP vintage and land year",
        "对枢纽、距离、GDP口径与用地年份的敏感性",
    ),
    "where_next": ("Where next: cities that bring the most within reach", "下一步：新增枢纽城市"),
    "reconciliation": ("Published figures and ours", "报告数字与本工具对照"),
}

NOTES = {
    "beyond": (
        "Beyond: strictly farther than {threshold_km:g} km from the nearest hub; "
        "hubs: {layer}; distance: {method}.",
        "阈值以外：距最近枢纽严格大于{threshold_km:g}公里；枢纽：{layer}；距离：{method}。",
    ),
    "where_next": (
        "Best k prefecture-level cities by {weight} within {threshold_km:g} km (great circle), "
        "beyond what the hubs ({layer}) reach; optimum proved by the solver where the gap is 0.",
        "在{threshold_km:g}公里（大圆距离）内按{weight}计的最优k个地级市，不含现有枢纽（{layer}）已覆盖者；"
        "间隙为0表示已证明最优。",
    ),
    "band": (
        "Surely / possibly beyond (low / high): beyond even if every zone lay nearer / farther by "
        "the radius of its position, all at once; the radius holds the true place in about 90 % "
        "of cases.",
        "必在／可能在阈值外（下限／上限）：所有开发区同时按其位置半径靠近／远离枢纽后仍在阈值外的个数；"
        "该半径约有90%的把握包含真实位置。",
    ),
    "layers": (
        "Hub layers: prefectures, every prefecture-level city of Zhejiang and Guangdong, and "
        "Beijing; listed, the head-office cities there of listed technology companies; cores, "
        "Beijing, Hangzhou, Guangzhou and Shenzhen. Distance: {method}.",
        "枢纽口径：地级市，即浙江、广东全部地级市与北京；上市公司，即三省市内上市科技公司总部所在城市；"
        "核心城市，即北京、杭州、广州、深圳。距离：{method}。",
    ),
    "listed": (
        "Listed technology companies: Chinese companies of the technology sector of "
        "FinanceDatabase, by head office.",
        "上市科技公司：FinanceDatabase中科技板块的中国公司，按总部所在地计。",
    ),
    "other": (
        "Other provinces: all but Beijing, Zhejiang and Guangdong.",
        "其他省份：北京、浙江、广东以外的28个省份。",
    ),
    "over": (
        "Approved area can exceed the urban land of the statistics or come near it ({over}); the "
        "estimated zone GDP is then an upper bound.",
        "核准面积可能接近或超过当年统计的城市用地（{over}），此时开发区GDP估算值为上限。",
    ),
    "groups": (
        "Beyond: strictly farther than the threshold from the nearest hub; hubs: {layer}; "
        "distance: {method}. The groups of each grouping add up to the total.",
        "阈值以外：距最近枢纽严格大于阈值；枢纽：{layer}；距离：{method}。各分组方式之和均等于合计。",
    ),
    "hubs_left_out": (
        "Zones beyond {threshold_km:g} km when the hub is missing and all others stay; "
        "hubs: {layer}; distance: {method}.",
        "仅剔除该枢纽、其余保留时，距最近枢纽大于{threshold_km:g}公里的开发区数；枢纽：{layer}；距离：{method}。",
    ),
    "simulated": (
        "Simulated: median, 5 % and 95 % of {draws:,} counts (seed {seed}), each zone moved on its "
        "own, in a random direction, by its uncertainty_km times a ratio drawn from the measured "
        "errors of reference points.",
        "模拟：{draws:,}次抽样（随机种子{seed}）的中位数与5%、95%分位数；各开发区独立、方向随机地移动，"
        "距离为其不确定半径乘以由参照点实测误差抽取的比值。",
    ),
    "implication": ("{implication}", "{implication}"),
    "gdp": (
        "Zone GDP is an estimate: approved area × provincial GDP ({gdp}) / urban land ({land}).",
        "开发区GDP为估算值：核准面积×全省GDP（{gdp}）÷城市用地（{land}）。",
    ),
    "source": (
        "Source: zonegap {version}; {sources}.",
        "资料来源：zonegap {version}；{sources}。",
    ),
}

# what `zonegap threshold` says
COUNTS = {
    "beyond": (
        "{threshold_km:g} km, {layer}: {beyond:,.0f} of {zones:,} zones beyond "
        "({beyond_zones_pct:.1f} %), surely {surely:,.0f}, possibly {possibly:,.0f}; "
        "{beyond_area_pct:.1f} % of zone area, {beyond_gdp_pct:.1f} % of zone GDP",
        "{threshold_km:g}公里，{layer}：{zones:,}个开发区中{beyond:,.0f}个在阈值以外"
        "（{beyond_zones_pct:.1f}%），必在{surely:,.0f}个，可能{possibly:,.0f}个；"
        "占面积{beyond_area_pct:.1f}%，占开发区GDP{beyond_gdp_pct:.1f}%",
    ),
    "inverse": (
        "{count:,} zones, {layer}: {low_km:.3f} to {high_km:.3f} km",
        "{count:,}个开发区，{layer}：{low_km:.3f}至{high_km:.3f}公里",
    ),
    "open": (
        "{count:,} zones, {layer}: from {low_km:.3f} km on",
        "{count:,}个开发区，{layer}：{low_km:.3f}公里以上",
    ),
    "tie": (
        "{count:,} zones, {layer}: no distance gives exactly so many; fewer from {low_km:.3f} km",
        "{count:,}个开发区，{layer}：没有恰好得出该个数的距离；自{low_km:.3f}公里起更少",
    ),
}

# figure of the 2020 report -> short words with the unit
FIGURES = {
    "zones_total": ("Zones", "开发区数（个）"),
    "zones_area": ("Zone area (10,000 km²)", "开发区面积（万平方公里）"),
    "zones_area_share": ("Zone area in urban land (%)", "占城市用地（%）"),
    "zones_gdp": ("Zone GDP 2018 (trillion CNY)", "开发区GDP（万亿元）"),
    "zones_gdp_share": ("Zone GDP in national GDP (%)", "占全国GDP（%）"),
    "registrations_total": ("Registrations", "注册企业数（家）"),
    "registrations_capital": ("Registered capital (100 million CNY)", "注册资本（亿元）"),
    "registrations_core": ("Registrations in the three", "三省市注册企业数（家）"),
    "registrations_core_capital": (
        "Capital in the three (100 million CNY)",
        "三省市注册资本（亿元）",
    ),
    "registrations_core_capital_share": ("Capital in the three (%)", "三省市注册资本占比（%）"),
    "registrations_other_capital": (
        "Capital in the other 28 (100 million CNY)",
        "其他28省份注册资本（亿元）",
    ),
    "registrations_other_capital_share": (
        "Capital in the other 28 (%)",
        "其他28省份注册资本占比（%）",
    ),
    "zones_other28": ("Zones in the other 28 provinces", "其他28省份开发区数（个）"),
    "zones_gdp_other28": ("Their zone GDP (trillion CNY)", "其开发区GDP（万亿元）"),
    "zones_gdp_other28_share": ("Their share of zone GDP (%)", "其占开发区GDP（%）"),
    "zones_beyond_500km": ("Zones beyond 500 km", "500公里以外开发区数（个）"),
    "threshold_km": ("Threshold with that many beyond (km)", "与报告个数相应的阈值（公里）"),
}

REASONS = {
    "catalogue": ("the catalogue's own count", "目录本身的个数"),
    "area": (
        "{area_km2:,.3f} km2 added up; the report rounds",
        "合计{area_km2:,.3f}平方公里；报告取整",
    ),
    "land": (
        "{land}; urban construction land 2018 is not public",
        "用地口径{land}；2018年城市建设用地未公开",
    ),
    "gdp": ("GDP {gdp}, land {land}", "GDP口径{gdp}，用地口径{land}"),
    "provincial_sum": ("of the sum of provincial GDP", "占各省GDP之和"),
    "ratio": ("ratio of the two above", "上两项之比"),
    "not_public": ("the 564 registrations are not public", "564家注册企业名单未公开"),
    "prefectures": (
        "every prefecture-level city of the three, for the 206",
        "以三省市全部地级市代替206家",
    ),
    "listed": ("cities of listed technology companies only", "仅上市科技公司所在城市"),
    "cores": ("Beijing, Hangzhou, Guangzhou, Shenzhen only", "仅北京、杭州、广州、深圳"),
    "registrations": ("places of the given registrations", "所给注册企业的所在地"),
    "file": ("hubs of the given file", "所给名单中的枢纽"),
    "given_companies": ("the given registrations", "所给注册企业名单"),
    "made_up_places": (
        "places of made-up companies (synthetic)",
        "虚构企业（synthetic）的所在地",
    ),
    "made_up": (
        "made-up companies (synthetic): equal by construction",
        "虚构企业（synthetic）：按构造相等",
    ),
    "made_up_share": (
        "made-up companies (synthetic): the report's own amounts, not its rounded share",
        "虚构企业（synthetic）：按报告金额计算，报告占比取整",
    ),
    "narrowed": ("hubs of {provinces} only", "仅{provinces}的枢纽"),
    "own_table": ("the given table's own count", "所给名录本身的个数"),
    "interval": ("any threshold from low to below high", "下限至上限（不含）之间个数相同"),
    "tie": ("no threshold gives exactly the count", "没有恰好得出该个数的阈值"),
    "no_area": ("the given table states no area", "所给名录未注明面积"),
    "too_few": ("the table has fewer zones than that", "名录的开发区数不足"),
}

# places that a built-in hub layer stands for, in a sentence
LAYER_PLACES = {
    "prefectures": (
        "every prefecture-level city of Zhejiang and Guangdong, and Beijing",
        "浙江、广东全部地级市与北京",
    ),
    "listed": ("the head-office cities of listed technology companies", "上市科技公司总部所在城市"),
    "cores": ("Beijing, Hangzhou, Guangzhou and Shenzhen", "北京、杭州、广州、深圳四城"),
}
IMPLICATION = {
    "layer": (
        "{places} ({beyond:,} [{surely:,}–{possibly:,}])",
        "{places}（{beyond:,} [{surely:,}–{possibly:,}]）",
    ),
    "joint": (", or in ", "；"),
    "fits": (
        "{published:,} zones beyond {threshold_km:g} km fits hubs in {inside}; it does not fit "
        "hubs only in {outside}",
        "{threshold_km:g}公里以外有{published:,}个，与以下枢纽相符：{inside}；与以下枢纽不符：{outside}",
    ),
    "fits_all": (
        "{published:,} zones beyond {threshold_km:g} km fits every hub layer compared, "
        "{inside}: the count does not tell them apart",
        "{threshold_km:g}公里以外{published:,}个与所比较的各枢纽口径均相符：{inside}；仅凭个数无法区分",
    ),
    "fits_none": (
        "{published:,} zones beyond {threshold_km:g} km fits no hub layer compared, neither hubs "
        "in {outside}",
        "{threshold_km:g}公里以外{published:,}个与所比较的枢纽口径均不相符：{outside}",
    ),
    "edge": (
        ": it implies companies near the edge cities, whose loss alone moves the count ({edge}), "
        "and says nothing of how many lie behind them.",
        "。可见报告所用企业至少分布到边缘城市附近（仅剔除其一即改变个数：{edge}），"
        "至于其后各城市有无企业，个数不能说明。",
    ),
    "end": (".", "。"),
}
