"""The catalogue's own terms: provinces, levels and types of zones; imports nothing."""

from __future__ import annotations

PROVINCES = tuple(
    "北京市 天津市 河北省 山西省 内蒙古自治区 辽宁省 吉林省 黑龙江省 上海市 江苏省 "
    "浙江省 安徽省 福建省 江西省 山东省 河南省 湖北省 湖南省 广东省 广西壮族自治区 海南省 "
    "重庆市 四川省 贵州省 云南省 西藏自治区 陕西省 甘肃省 青海省 宁夏回族自治区 "
    "新疆维吾尔自治区".split()
)
ZONE_LEVELS = ("国家级", "省级")
ZONE_TYPES = tuple(
    "经济技术开发区 高新技术产业开发区 海关特殊监管区域 边境/跨境经济合作区 其他类型开发区 "
    "经济开发区 高新技术产业园区 工业园区".split()
)
# how a text to be geocoded is read
TEXT_KINDS = ("auto", "address", "company")
NOT_STATED = "未注明"  # level or type of a zone whose table says none
