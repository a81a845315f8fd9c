"""Addresses and company names: the failure classes of other tools, none silently wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.addresses import Scope, resolve_address, resolve_company, scope_of
from geodata.gazetteer import all_divisions, gazetteer
from geodata.registry import table_records

# text, level, code of 2024; an empty level means: stays open, and says why
ADDRESSES = [
    # whole chains, short forms, with and without provinces
    ("浙江省杭州市余杭区文一西路969号", "county", "330110"),
    ("深圳市南山区高新科技园中区一路", "county", "440305"),
    ("浙江杭州余杭仓前", "county", "330110"),
    ("江苏省昆山市千灯镇玉溪西路", "county", "320583"),
    ("佛山市南海区桂城", "county", "440605"),
    ("新疆维吾尔自治区阿克苏地区阿克苏市", "county", "652901"),
    ("内蒙古呼和浩特新城区", "county", "150102"),
    ("山东济南历城", "county", "370112"),
    # same county name in several cities
    ("南京市鼓楼区中山路1号", "county", "320106"),
    ("徐州市鼓楼区中山北路", "county", "320302"),
    ("福建福州鼓楼区", "county", "350102"),
    ("开封市鼓楼区", "county", "410204"),
    ("北京市朝阳区望京街10号", "county", "110105"),
    ("长春朝阳区", "county", "220104"),
    ("河北省石家庄市新华区", "county", "130105"),
    ("平顶山市新华区", "county", "410402"),
    ("邢台市桥西区", "county", "130503"),
    ("甘肃兰州城关区", "county", "620102"),
    ("鼓楼区中山路1号", "", ""),
    ("朝阳区", "", ""),
    ("通州区新华大街", "", ""),
    ("山东省市中区", "", ""),
    ("长安区", "", ""),
    # the city, not the county of the same short form
    ("南昌", "city", "360100"),
    ("南昌县小蓝", "county", "360121"),
    ("湖南省长沙市长沙县星沙", "county", "430121"),
    ("吉林市船营区", "county", "220204"),
    ("吉林省吉林市", "city", "220200"),
    # place words inside roads and malls
    ("陕西南路5号", "", ""),
    ("四川北路1号", "", ""),
    ("北京东路888号", "", ""),
    ("重庆路18号", "", ""),
    ("上海城徐汇苑3号", "", ""),
    ("重庆市场12号", "", ""),
    ("科技园东区3栋", "", ""),
    ("上海市徐汇区陕西南路12号", "county", "310104"),
    ("上海市虹口区四川北路1号", "county", "310109"),
    ("北海市重庆路5号", "city", "450500"),
    ("陕西省西安市南京路", "city", "610100"),
    ("上海路5号上海市黄浦区", "county", "310101"),
    # renamed, merged, upgraded
    ("湖北襄樊市樊城区", "county", "420606"),
    ("上海市闸北区共和新路", "county", "310106"),
    ("山东省青岛市即墨市烟青路", "county", "370215"),
    ("四川省新津县", "county", "510118"),
    ("安徽省无为县", "county", "340281"),
    ("山东省莱芜市莱城区", "county", "370116"),
    ("山西省大同市城区", "county", "140213"),
    ("天津市塘沽区", "county", "120116"),
    ("北京市崇文区", "county", "110101"),
    ("浙江省萧山市", "county", "330109"),
    ("安徽省巢湖市居巢区", "county", "340181"),
    # no county level, or directly under the province
    ("东莞市松山湖", "city", "441900"),
    ("广东省中山市火炬开发区", "city", "442000"),
    ("海南省儋州市", "city", "460400"),
    ("甘肃省嘉峪关市", "city", "620200"),
    ("湖北省潜江市", "county", "429005"),
    ("河南省济源市", "county", "419001"),
    ("湖北仙桃", "county", "429004"),
    ("新疆石河子市", "county", "659001"),
    # words of hierarchy, 开发区 and 高新区 are no counties
    ("重庆市市辖区渝北区", "county", "500112"),
    ("西安市高新区", "city", "610100"),
    ("四川省成都市高新区天府大道", "city", "510100"),
    ("四川省攀枝花市东区", "county", "510402"),
    ("中国（上海）自由贸易试验区郭守敬路498号", "city", "310000"),
    ("湖南省通道县", "county", "431230"),
    ("贵州玉屏县", "county", "520622"),
    # names of early divisions, and provinces that were split
    ("浙江省金华县", "county", "330702"),
    ("四川省忠县", "county", "500233"),
    ("四川省江津市几江镇", "county", "500116"),
    ("四川省巫山县", "county", "500237"),
    ("广东省琼海县", "county", "469002"),
    ("武汉市汉阳县", "county", "420114"),
    ("江西省九江市庐山区", "county", "360402"),
    ("保定市北市区", "county", "130606"),
    ("河北省邢台市桥东区", "county", "130502"),
    ("广州市芳村区", "county", "440103"),
    ("四川省达县", "county", "511703"),
    ("江苏省吴县", "county", "320506"),
    # prefectures with their usual short forms
    ("凉山州西昌市", "county", "513401"),
    ("恩施州恩施市", "county", "422801"),
    ("大理州祥云县", "county", "532923"),
    ("海南州共和县", "county", "632521"),
    ("巴州库尔勒市", "county", "652801"),
    ("锡盟多伦县", "county", "152531"),
    ("青海省黄南州河南县", "county", "632324"),
    # outside the tables
    ("台北市中山区南京东路", "province", "710000"),
    ("高雄市新兴区", "province", "710000"),
    ("韩国首尔市江南区", "", ""),
    ("日本大阪市北区", "", ""),
    ("香港中环", "province", "810000"),
    # a chain behind a building or a short form
    ("滨江花园城市广场重庆市渝中区", "county", "500103"),
    # roads and parks in the form of districts
    ("东城根街5号", "", ""),
    ("上海普陀山路3号", "city", "310000"),
    ("西安长安大街", "city", "610100"),
    ("长兴岛码头", "", ""),
    # tails that look like a longer name
    ("南京江北新区", "city", "320100"),
    ("上海江桥镇", "city", "310000"),
    ("武汉江汉路", "city", "420100"),
    ("天津港保税区", "county", "120116"),
    ("北京东三环", "city", "110000"),
    # the city's 市 is the district's too
    ("济南市中区经七路", "county", "370103"),
    ("乐山市中区", "county", "511102"),
    ("青岛市南区", "county", "370202"),
    # repeated links, odd separators, fillers
    ("北京市北京市朝阳区", "county", "110105"),
    ("浙江省浙江省杭州市西湖区", "county", "330106"),
    ("浙江省>杭州市>西湖区", "county", "330106"),
    ("办公地址:广东省深圳市福田区", "county", "440304"),
    ("海南省直辖县级行政区划琼海市", "county", "469002"),
    ("重庆市县秀山县", "county", "500241"),
    ("新疆生产建设兵团第八师石河子市", "county", "659001"),
    ("中国(浙江)自由贸易试验区舟山市定海区", "county", "330902"),
    ("浙江自贸区杭州市萧山区", "county", "330109"),
    # short firm names are no addresses
    ("太平洋保险", "", ""),
    ("东方明珠", "", ""),
    ("同仁堂", "", ""),
    # characters
    ("廣東省深圳市龍崗區", "county", "440307"),
    ("⻄安市⻓安区", "county", "610116"),
    ("浙江省　杭州市 余杭区", "county", "330110"),
    ("河北省⽯家庄市", "city", "130100"),
    ("ABC（深圳市）南山区", "county", "440305"),
    # nothing there
    ("", "", ""),
    ("N/A", "", ""),
    ("Room 5, 3rd floor", "", ""),
    ("高新技术产业开发区", "", ""),
]
COMPANIES = [
    ("北京百度网讯科技有限公司", "city", "110000"),
    ("深圳市腾讯计算机系统有限公司", "city", "440300"),
    ("腾讯科技（深圳）有限公司", "city", "440300"),
    ("腾讯科技(上海)有限公司", "city", "310000"),
    ("北京字节跳动科技有限公司杭州分公司", "city", "330100"),
    ("南京银行股份有限公司北京分行", "city", "110000"),
    ("杭州海康威视数字技术股份有限公司", "city", "330100"),
    ("浙江蚂蚁小微金融服务集团", "province", "330000"),
    ("昆山市龙腾光电有限公司", "county", "320583"),
    ("平安科技(深圳)有限公司", "city", "440300"),
    ("平安科技有限公司", "", ""),
    ("长安汽车股份有限公司", "", ""),
    ("阿里巴巴（中国）网络技术有限公司", "", ""),
    ("东方航空股份有限公司", "", ""),
    ("华为技术有限公司", "", ""),
    ("中山大学", "", ""),
    ("和平药房连锁有限公司", "", ""),
    ("河北长安汽车有限公司", "province", "130000"),
    ("山东泰山体育有限公司", "province", "370000"),
    ("哈尔滨工业大学(威海)", "city", "371000"),
    ("中国移动通信集团广东有限公司深圳分公司", "city", "440300"),
    ("平安县利民有限公司", "county", "630203"),
    ("香港甲有限公司", "province", "810000"),
]
# company, province column, city column
SCOPED = [
    ("百度网讯科技有限公司", "", "北京市", "city", "110000"),
    ("平安科技有限公司", "广东省", "深圳市", "city", "440300"),
    ("长安通信有限公司", "陕西", "西安", "county", "610116"),
    ("阿里巴巴网络技术有限公司", "浙江", "杭州市", "city", "330100"),
    ("鼓楼区软件大道", "江苏省", "徐州市", "county", "320302"),
    ("市中区经十路", "山东省", "济南市", "county", "370103"),
    ("市中区经十路", "山东省", "", "province", "370000"),
    ("朝阳区建国路", "北京市", "北京市", "county", "110105"),
    ("朝阳区建国路", "北京", "市辖区", "county", "110105"),
    ("广东省深圳市南山区", "浙江省", "", "province", "330000"),
    ("义乌市稠江街道", "浙江省", "金华市", "county", "330782"),
    ("昆山龙腾光电", "江苏省", "苏州市", "county", "320583"),
    ("船营区", "吉林省", "吉林", "county", "220204"),
    ("甲路1号", "内蒙", "呼市", "city", "150100"),
    ("西湖区文三路", "浙江省", "-", "county", "330106"),
    ("石河子市", "新疆生产建设兵团", "", "county", "659001"),
]


def check(found, level: str, adcode: str) -> None:
    assert found.level == level, found
    if level:
        assert found.divisions[0].current_adcode == adcode, found
    else:
        assert found.reason


@pytest.mark.parametrize(("text", "level", "adcode"), ADDRESSES)
def test_address(text: str, level: str, adcode: str) -> None:
    check(resolve_address(text, Scope(), gazetteer(2024)), level, adcode)


@pytest.mark.parametrize(("text", "level", "adcode"), COMPANIES)
def test_company(text: str, level: str, adcode: str) -> None:
    check(resolve_company(text, Scope(), gazetteer(2024)), level, adcode)


@pytest.mark.parametrize(("text", "province", "city", "level", "adcode"), SCOPED)
def test_columns_bind(text: str, province: str, city: str, level: str, adcode: str) -> None:
    names = gazetteer(2024)
    scope = scope_of(province, city, names)
    resolve = resolve_company if "公司" in text else resolve_address
    check(resolve(text, scope, names), level, adcode)


def test_ambiguity_lists_the_candidates() -> None:
    found = resolve_address("鼓楼区中山路1号", Scope(), gazetteer(2024))
    codes = {d.adcode for d in found.divisions}
    assert codes == {"320106", "320302", "350102", "410204"}
    assert all(code in str(found.reason) for code in codes)


@pytest.mark.parametrize(
    ("province", "city", "message"),
    [
        ("浙", "", "province column '浙' names no province"),
        ("浙江省", "深圳市", "city column '深圳市' names no city in 浙江省"),
        ("", "某市", "city column '某市' names no city"),
        ("", "鼓楼区", "names more than one city"),
    ],
)
def test_columns_that_name_nothing_are_said(province: str, city: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scope_of(province, city, gazetteer(2024))


@given(st.text(max_size=40))
def test_any_text_gives_an_answer_or_a_reason(text: str) -> None:
    for resolve in (resolve_address, resolve_company):
        found = resolve(text, Scope(), gazetteer(2024))
        assert found.level in {"county", "city", "province", ""}
        assert found.level == "" or len(found.divisions) == 1
        assert found.reason or found.level == "county"


@given(st.text(alphabet="浙江杭州西湖区市省县路中山北京东城街道上海四川0 （）", max_size=25))
def test_columns_always_bind(text: str) -> None:
    names = gazetteer(2024)
    scope = scope_of("浙江省", "", names)
    for resolve in (resolve_address, resolve_company):
        found = resolve(text, scope, names)
        assert found.divisions[0].province_adcode == "330000"


def test_two_spells_of_one_county_are_no_ambiguity() -> None:
    """天津's 蓟县 had two codes before it became 蓟州区."""
    found = resolve_address("天津市蓟县城关镇人民路1号", Scope(), gazetteer(2024))
    assert [d.current_adcode for d in found.divisions] == ["120119"]


def test_every_name_since_1980_is_carried_to_a_division_of_today() -> None:
    """By the gazetteer; a county that leads to a city only stands in the table with its reason."""
    today = {d.adcode: d for d in all_divisions() if d.valid_to == 2024}
    assert [d.name for d in all_divisions() if d.current_adcode not in today] == []
    listed = {(r["adcode"], r["name"]): r["note"] for r in table_records("division_successors")}
    coarse = [
        d for d in all_divisions()
        if d.level == "county" and today[d.current_adcode].level != "county"
        and today[d.current_adcode].name != d.name  # a city of a county that became a prefecture's
    ]  # fmt: skip
    assert {(d.adcode, d.name) for d in coarse} <= set(listed)
    assert all(listed[d.adcode, d.name] for d in coarse)


def test_an_address_that_names_its_province_stays_in_it() -> None:
    """Every county of any year, with what could be read as a district of another province."""
    today = gazetteer(2024)
    counties = {
        (today.by_adcode[d.province_adcode].name + d.name, d.province_adcode)
        for year in range(1980, 2025, 11)
        for d in gazetteer(year).by_adcode.values()
        if d.level == "county"
    }
    assert len(counties) > 3500
    for text, province in sorted(counties):
        for tail in ("城关镇", "矿区路"):
            found = resolve_address(text + tail, Scope(), today)
            assert {d.province_adcode for d in found.divisions} <= {province}, text + tail
