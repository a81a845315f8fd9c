"""The columns of a company extract, and the headings that name them."""

from __future__ import annotations

import re

from geodata.own_tables.headers import POSITION, PROVINCE, Vocabulary

HUB_HEADINGS = ("hub", "枢纽")
# column -> headings that name it, compared without spaces, case and what stands in brackets.
# Not meant: 法定代表人, 实缴资本, 曾用名, 最新年报地址 and other columns of the usual exports.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": tuple(
        "公司名称 企业名称 公司名 企业名 名称 单位名称 机构名称 企业全称 公司全称 公司 企业 "
        "name company companyname firm firmname enterprise enterprisename".split()
    )
    # a list of hubs, not of companies, says so by this heading
    + HUB_HEADINGS,
    "capital": tuple(
        "注册资本 注册资金 注册资本金 认缴注册资本 registeredcapital capital regcapital".split()
    ),
    "currency": tuple("币种 注册资本币种 资本币种 货币 currency capitalcurrency".split()),
    "address": tuple(
        "注册地址 企业地址 公司地址 企业注册地址 公司注册地址 地址 住所 企业住所 详细地址 "
        "address registeredaddress".split()
    ),
    "province": PROVINCE,
    "city": tuple(
        "所属城市 城市 所在城市 所属市 所在市 市 地级市 注册城市 city prefecture".split()
    ),
    "status": tuple(
        "经营状态 登记状态 企业状态 公司状态 存续状态 状态 status operatingstatus "
        "registrationstatus".split()
    ),
    "credit_code": tuple(
        "统一社会信用代码 社会信用代码 信用代码 统一信用代码 统一代码 "
        "creditcode unifiedsocialcreditcode uscc".split()
    ),
    **POSITION,
}
COMPANIES = Vocabulary(
    SYNONYMS,
    "companies",
    ("name", "capital", "address", "province"),
    # 注册资本万元: the unit without brackets
    re.compile(r"(?<=资本|资金)[万亿]?(?:人民币|美)?元$"),
)
