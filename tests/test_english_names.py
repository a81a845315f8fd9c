"""Tests of the English names of divisions and zones."""

import csv
import re

import pytest

from geodata.registry import table_path
from prepare.english_names import pinyin_word, place_name_en, split_zone_name, zone_name_en


def read(table: str) -> list[dict[str, str]]:
    with table_path(table).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


PLACES = [
    # Provinces: official short forms.
    ("陕西省", "", "Shaanxi"),
    ("山西省", "", "Shanxi"),
    ("内蒙古自治区", "", "Inner Mongolia"),
    ("广西壮族自治区", "", "Guangxi"),
    ("西藏自治区", "", "Tibet"),
    ("新疆维吾尔自治区", "", "Xinjiang"),
    ("澳门特别行政区", "", "Macao"),
    # Cities, districts, counties.
    ("杭州市", "330000", "Hangzhou"),
    ("义乌市", "330000", "Yiwu"),
    ("余杭区", "330000", "Yuhang District"),
    ("安吉县", "330000", "Anji County"),
    ("浦东新区", "310000", "Pudong New Area"),
    ("清新区", "440000", "Qingxin District"),
    ("井陉矿区", "130000", "Jingxing Mining District"),
    ("碑林区", "610000", "Beilin District"),
    ("神农架林区", "420000", "Shennongjia Forestry District"),
    ("六枝特区", "520000", "Liuzhi Special District"),
    ("城区", "140000", "Urban District"),
    ("沙市区", "420000", "Shashi District"),
    ("芒市", "530000", "Mangshi"),
    ("景德镇市", "360000", "Jingdezhen"),
    ("固镇县", "340000", "Guzhen County"),
    ("社旗", "410000", "Sheqi"),
    ("大兴安岭地区", "230000", "Daxing'anling Prefecture"),
    # Apostrophe and u with diaeresis.
    ("西安市", "610000", "Xi'an"),
    ("六安市", "340000", "Lu'an"),
    ("东阿县", "370000", "Dong'e County"),
    ("建瓯市", "350000", "Jian'ou"),
    ("新干县", "360000", "Xingan County"),
    ("吕梁市", "140000", "Lüliang"),
    ("略阳县", "610000", "Lüeyang County"),
    # Ethnic autonomy.
    ("玉屏侗族自治县", "520000", "Yuping Dong Autonomous County"),
    ("黔东南苗族侗族自治州", "520000", "Qiandongnan Miao and Dong Autonomous Prefecture"),
    (
        "双江拉祜族佤族布朗族傣族自治县",
        "530000",
        "Shuangjiang Lahu, Va, Blang and Dai Autonomous County",
    ),
    ("和布克赛尔蒙古自治县", "650000", "Hoboksar Mongol Autonomous County"),
    ("瀍河回族区", "410000", "Chanhe Hui District"),
    ("鄂温克族自治旗", "150000", "Ewenki Autonomous Banner"),
    # Banners and leagues.
    ("科尔沁左翼后旗", "150000", "Horqin Left Rear Banner"),
    ("土默特右旗", "150000", "Tumd Right Banner"),
    ("达尔罕茂明安联合旗", "150000", "Darhan Muminggan United Banner"),
    ("锡林郭勒盟", "150000", "Xilingol League"),
    # Minority-language names.
    ("乌鲁木齐市", "650000", "Ürümqi"),
    ("日喀则市", "540000", "Xigazê"),
    ("甘孜藏族自治州", "510000", "Garzê Tibetan Autonomous Prefecture"),
    ("曲水县", "540000", "Qüxü County"),
    ("乌兰县", "630000", "Ulan County"),
    # Readings.
    ("重庆市", "500000", "Chongqing"),
    ("乐清市", "330000", "Yueqing"),
    ("乐陵市", "370000", "Laoling"),
    ("蚌埠市", "340000", "Bengbu"),
    ("单县", "370000", "Shan County"),
    ("歙县", "340000", "She County"),
    ("花都区", "440000", "Huadu District"),
    ("长子县", "140000", "Zhangzi County"),
    ("子长县", "610000", "Zichang County"),
    ("六合区", "320000", "Luhe District"),
    ("畹町市", "530000", "Wanding"),
    ("会泽县", "530000", "Huize County"),
]

ETDZ = "Economic and Technological Development Zone"
HIDZ = "High-tech Industrial Development Zone"
EDZ = "Economic Development Zone"
ZONES = [
    ("北京经济技术开发区", "110000", f"Beijing {ETDZ}"),
    ("浙江余杭经济开发区", "330000", f"Zhejiang Yuhang {EDZ}"),
    ("张江高新区闸北园", "310000", "Zhangjiang High-tech Zone Zhabei Park"),
    ("张江高新区金桥园", "310000", "Zhangjiang High-tech Zone Jinqiao Park"),
    ("乌鲁木齐市水磨沟工业园区", "650000", "Ürümqi Shuimogou Industrial Park"),
    ("中关村科技园区", "110000", "Zhongguancun Science Park"),
    ("浙江临海经济开发区", "330000", f"Zhejiang Linhai {EDZ}"),
    ("北海市铁山港临海工业区", "450000", "Beihai Tieshangang Coastal Industrial Zone"),
    (
        "四川攀枝花东区高新技术产业园区",
        "510000",
        "Sichuan Panzhihua East District High-tech Industrial Park",
    ),
    ("甘肃白银西区经济开发区", "620000", f"Gansu Baiyin West Area {EDZ}"),
    ("重庆茶园工业园区", "500000", "Chongqing Chayuan Industrial Park"),
    ("肃南县祁青工业集中区", "620000", "Sunan County Qiqing Industrial Concentration Area"),
    ("新疆奎屯—独山子经济技术开发区", "650000", f"Xinjiang Kuytun-Dushanzi {ETDZ}"),
    ("北京和田工业园区", "650000", "Beijing Hotan Industrial Park"),
    (
        "江苏常熟综合保税区A区、B区",
        "320000",
        "Jiangsu Changshu Comprehensive Bonded Zone Areas A and B",
    ),
    ("喀什经济开发区（含新疆生产建设兵团片区）", "650000", f"Kashgar {EDZ} (including XPCC Area)"),
    (
        "科左后旗自主创新承接产业转移示范园区",
        "150000",
        "Horqin Left Rear Banner Independent Innovation and Industrial Transfer Demonstration Park",
    ),
    (
        "第四师金岗循环经济产业园区",
        "650000",
        "Fourth Division Jingang Circular Economy Industrial Park",
    ),
    ("厦门海沧台商投资区", "350000", "Xiamen Haicang Taiwanese Investment Zone"),
    ("湽博高新技术产业开发区", "370000", f"Zibo {HIDZ}"),
    ("安阳市产业集聚区", "410000", "Anyang Industrial Cluster"),
    ("安阳县产业集聚区", "410000", "Anyang County Industrial Cluster"),
]


@pytest.mark.parametrize(("name", "province", "english"), PLACES)
def test_place(name: str, province: str, english: str) -> None:
    assert place_name_en(name, province) == english


@pytest.mark.parametrize(("name", "province", "english"), ZONES)
def test_zone(name: str, province: str, english: str) -> None:
    assert zone_name_en(name, province) == english


def test_pieces_join_to_the_name() -> None:
    name = "宁夏永宁工业园区（含永宁县闽宁扶贫产业园）"
    assert "".join(text for _, text in split_zone_name(name, "640000")) == name


def test_pinyin_of_nothing() -> None:
    assert pinyin_word("") == ""


@pytest.mark.parametrize("table", ["zones", "divisions"])
def test_written_names_are_english(table: str) -> None:
    wrong = re.compile(r"[^-A-Za-zÜüÊê', ()]|  ")
    names = [row["name_en"] for row in read(table)]
    assert not [name for name in names if not name or wrong.search(name) or name != name.strip()]


def test_table_is_what_the_rules_give() -> None:
    for row in read("zones")[::50]:
        assert zone_name_en(row["name"], row["province_adcode"]) == row["name_en"]


def test_no_generic_word_stays_in_pinyin() -> None:
    generic = re.compile(r"Gongye|Chanye|Kaifa|Gaoxin|Yuanqu|Jishu(?!i)|Jingji(?!ang)|Baoshui")
    assert not [row["name_en"] for row in read("zones") if generic.search(row["name_en"])]


def test_zone_names_tell_zones_of_a_province_apart() -> None:
    seen = [(row["province_adcode"], row["name_en"]) for row in read("zones")]
    assert len(seen) == len(set(seen)) == 2543
