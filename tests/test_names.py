"""Normal form and short forms of names."""

from __future__ import annotations

import doctest

import pytest

import geodata.names
from geodata.gazetteer import all_divisions
from geodata.names import normalise, short_name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("余杭区", "余杭"), ("玉屏侗族自治县", "玉屏"), ("沙县", ""), ("城区", ""), ("矿区", ""),
        ("西林区", "西林"), ("碑林区", "碑林"), ("万柏林区", "万柏林"), ("神农架林区", "神农架"),
        ("浦东新区", "浦东"), ("清新区", "清新"), ("井陉矿区", "井陉"), ("六枝特区", "六枝"),
        ("内蒙古自治区", "内蒙古"), ("新疆维吾尔自治区", "新疆"), ("广西壮族自治区", "广西"),
        ("巴音郭楞蒙古自治州", "巴音郭楞"), ("黔西南布依族苗族自治州", "黔西南"),
        ("东乡族自治县", "东乡"), ("临高县", "临高"), ("大兴安岭地区", "大兴安岭"),
        ("锡林郭勒盟", "锡林郭勒"), ("鄂伦春自治旗", "鄂伦春"), ("克孜勒苏柯尔克孜自治州", "克孜勒苏"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"), ("达尔罕茂明安联合旗", "达尔罕茂明安"),
    ],
)  # fmt: skip
def test_short_name(name: str, short: str) -> None:
    assert short_name(name) == short


def test_no_short_name_is_one_character_or_the_whole() -> None:
    for division in all_divisions():
        assert len(division.short_name) != 1
        assert division.short_name != division.name


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("⼭西", "山西"), ("⾧沙", "长沙"), ("⻄安", "西安"), ("廣東省龍崗區", "广东省龙岗区"), ("ＡＢ１２", "AB12"),
        ("浙江 余杭　开发区", "浙江余杭开发区"), ("（含兵团）", "(含兵团)"),
    ],
)  # fmt: skip
def test_normalise(text: str, normal: str) -> None:
    assert normalise(text) == normal
    assert normalise(normal) == normal


def test_examples() -> None:
    assert doctest.testmod(geodata.names).failed == 0
