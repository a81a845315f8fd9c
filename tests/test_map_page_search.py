"""Search on the map page, in a real browser: what is found, in which order, and what is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from maps.page_data import pinyin_of
from tests.map_pages import open_page, put, run, save_page, text_of
from zones.pipeline import StudyResult

pytestmark = pytest.mark.browser
LISTED = "return [...document.querySelectorAll('#zg-results button')].map(b => b.dataset.zone)"
FIRST = {
    "东丽经济": "东丽经济技术开发区",
    "dong LI-economic": "东丽经济技术开发区",
    "donglieconomic": "东丽经济技术开发区",
    "dongli": "东丽经济技术开发区",
    "ＤＯＮＧＬＩ": "东丽经济技术开发区",
    "g121050": "东丽经济技术开发区",
    "park Artux": "阿图什工业园区",
    "beijing 经济": "北京经济技术开发区",
    "经济 beijing": "北京经济技术开发区",
}
PINYIN = {
    "lasa": "拉萨", "haerbin": "哈尔滨", "wulumuqi": "乌鲁木齐", "huhehaote": "呼和浩特",
    "eerduosi": "鄂尔多斯", "hulunbeier": "呼伦贝尔", "kashi": "喀什",
}  # fmt: skip


@pytest.fixture(scope="module")
def page(browser: Any, result: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> None:
    path: Path = tmp_path_factory.mktemp("page") / "map.html"
    open_page(browser, save_page(result, path))


def found(browser: Any, typed: str) -> list[str]:
    put(browser, "#zg-search", typed)
    return list(run(browser, LISTED))


def test_search_by_name_pinyin_and_code(browser: Any, page: None, result: StudyResult) -> None:
    name = result.zones["name"]
    for typed, expected in FIRST.items():
        assert name[found(browser, typed)[0]] == expected, typed
    assert found(browser, "没有这个开发区") == []
    assert "No zone found" in text_of(browser, "#zg-found")


def test_places_are_found_by_the_pinyin_of_their_chinese_name(
    browser: Any, page: None, result: StudyResult
) -> None:
    for typed, place in PINYIN.items():
        named = result.zones[result.zones["name"].str.contains(place)]
        assert len(named), place
        listed = found(browser, typed)
        assert set(listed[: len(named)]) == set(named.index[:12]), typed
    for typed, province in (("neimenggu", "内蒙古自治区"), ("xizang", "西藏自治区")):
        listed = found(browser, typed)
        assert set(result.zones.loc[listed, "province"]) == {province}
        count = (result.zones["province"] == province).sum()
        assert text_of(browser, "#zg-found") == f"{count:,} zones found"


def test_words_rank_before_beginnings_before_parts_and_never_join(
    browser: Any, page: None, result: StudyResult
) -> None:
    names = result.zones["name_en"].str.lower().str.replace("'", "")

    def rank(zone: str, typed: str) -> int:
        words = re.split(r"[\s-]+", names[zone])
        if typed in words:
            return 0
        return 1 if any(word.startswith(typed) for word in words) else 2

    for typed in ("jian", "nan", "yang"):
        ranks = [rank(zone, typed) for zone in found(browser, typed)]
        assert ranks == sorted(ranks)
        assert ranks[0] == min(rank(zone, typed) for zone in names.index), typed
    # Nanjing Jiangning holds the letters, but no word of it does
    for zone in found(browser, "jingji"):
        assert "jingji" in names[zone]
    across = names[names.str.contains("nanjing jiangning")].index
    assert len(across)
    assert not set(across) & set(found(browser, "jingji"))


def test_pinyin_of_frames() -> None:
    assert pinyin_of(["拉萨经开区", "东丽经开区", "拉萨经开区"]) == {"拉萨经开区": "lasa"}
