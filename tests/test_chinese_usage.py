"""Wrong usages and bad inputs over all commands in Chinese: no word of English is left in them."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from geodata.registry import registry
from geodata.user_tables.headings import STEMS
from geodata.vocabulary import DATUMS
from geodata.words import use_language
from zonegap.command.app import main
from zones.companies import located_registrations
from zones.parameters import ENGINES, GDP_VINTAGES, GROUPINGS, LAND_YEARS, WEIGHTS
from zones.report.notes import company_sentences
from zones.study import ASKED, FIGURE_FORMATS, FORMATS, SECTIONS

# (study file or None, arguments, exit code, a part of the message)
USAGES: list[tuple[str | None, list[str], int, str]] = [
    # those that were found to stay English, or half of it
    (None, ["map", "--threshold-km", "99999"], 2, "应在0至20,040公里之间"),
    (None, ["threshold", "--count", "9999"], 2, "可接受：0至2543（开发区总数）"),
    ("[hubs]\nfile = 'a.csv'\n", ["threshold", "study.toml"], 2, "须同时使用"),
    (None, ["map", "--boundaries", "lines.geojson"], 2, "须注明界线来源"),
    (None, ["figures", "--font", "NoSuch"], 1, "字体'NoSuch'：未安装"),
    # those in which a library spoke
    (None, ["geocode", "firms.csv", "--column", "地址", "--out", "parts"], 2, "同名文件夹已存在"),
    (None, ["distance", "--out", "parts"], 2, "同名文件夹已存在"),
    (None, ["map", "--out", "parts"], 2, "同名文件夹已存在"),
    (None, ["where-next", "--out", "parts"], 2, "同名文件夹已存在"),
    (None, ["map", "--boundaries", "lines.geojson", "--boundary-credit", "x"], 3, "无法读取"),
    (None, ["threshold", "--zones", "cut.xlsx"], 3, "cut.xlsx：文件已损坏，或不是xlsx文件"),
    (None, ["threshold", "--zones", "zip.xlsx"], 3, "zip.xlsx：压缩文件（zip）；请先解压"),
    (None, ["threshold", "--zones", "old.xls"], 3, "old.xls：无法作为xls读取"),
    (None, ["threshold", "--zones", "cut.parquet"], 3, "cut.parquet：文件已损坏，或不是parquet文件"),
    (None, ["distance", "cut.parquet", "--datum", "WGS-84", "--km", "5"], 3,
     "cut.parquet：文件已损坏，或不是parquet文件"),
    (None, ["threshold", "--zones", "utf16.csv"], 3, "不能按编码'UTF-16'读取（含有不属于该编码的字节）"),
    ("[zones]\ntable = 'bad.csv'\nencoding = 'klingon'\n", ["threshold", "study.toml"], 3,
     "不能按编码'klingon'读取（没有这种文本编码）"),
    ("[zones]\ntable = 'bad.csv'\nencoding = 'ascii'\n", ["threshold", "study.toml"], 3, "'ascii'"),
    (None, ["threshold", "--zones", "long.csv"], 3, "第2行：单元格超过131,072个字符；多半是引号未闭合"),
    (None, ["distance", "full", "--datum", "WGS-84", "--out", "o", "--engine", "dask",
     "--scheduler", "nonsense"], 2, "没有调度器应答（应为形如tcp://10.0.0.5:8786的地址）"),
    # lists of the user's words
    (None, ["distance", "points.parquet", "--km", "5", "--datum", "WGS-84", "--columns", "no",
     "--out", "o.parquet"], 3, "现有列：lon、lat"),
    (None, ["threshold", "--zones", "headless.csv"], 3, "'甲'、'乙'"),
    (None, ["threshold", "--zones", "nameless.csv"], 3, "'省份'、'级别'"),
    (None, ["threshold", "--zones", "code.csv"], 3, "330000、浙江省"),
    # options
    (None, ["thresold"], 2, "没有命令'thresold'"),
    (None, ["threshold", "--kmm", "3"], 2, "没有选项--kmm"),
    (None, ["--km", "3", "threshold"], 2, "应写在命令之后"),
    (None, ["threshold", "--km"], 2, "需要一个值"),
    (None, ["threshold", "--km", "far"], 2, "以公里计、逗号分隔的数"),
    (None, ["threshold", "--km", "-5"], 2, "不小于0、不大于20,040公里的数"),
    (None, ["threshold", "--km", "300,300"], 2, "重复出现"),
    (None, ["threshold", "--hubs", "core"], 2, "是否想输入'cores'"),
    (None, ["threshold", "--hubs", "file"], 2, "须同时使用"),
    (None, ["threshold", "--hubs", "registrations"], 2, "registrations.file"),
    (None, ["threshold", "--by", "省份"], 2, "可接受：province"),
    (None, ["threshold", "--by", "type", "--count", "3"], 2, "只能选其一"),
    (None, ["threshold", "--count", "1.5"], 2, "不小于0的整数"),
    (None, ["threshold", "a.toml", "b.toml"], 2, "参数过多"),
    (None, ["tables", "--formats", "docx,odt"], 2, "'odt'；可接受：csv"),
    (None, ["figures", "--formats", "gif"], 2, "可接受：png、svg、pdf"),
    (None, ["where-next", "--k", "0"], 2, "不小于1的整数"),
    (None, ["where-next", "--k", "9999"], 2, "可选地点总数"),
    (None, ["compare", "none.toml"], 2, "应为2至26项研究"),
    (None, ["compare", ".", "."], 3, "没有zonegap"),
    (None, ["threshold", "--matrix-thresholds", "3"], 2, "须与distance.matrix同用"),
    (None, ["panel", "--codes", "1979"], 2, "1980至2024"),
    (None, ["panel", "--years", "90..99"], 2, "如1990..2018"),
    (None, ["panel", "--out", "p.xls"], 2, ".dta"),
    (None, ["match", "firms.csv", "--out", "o.txt"], 2, ".csv、.xlsx、.dta"),
    (None, ["match", "firms.csv", "--out", "o.csv", "--k", "0"], 2, "不小于1的整数"),
    (None, ["data", "zone"], 2, "是否想输入'zones'"),
    (None, ["map", "--map-approval", "GS"], 2, "须与--boundaries FILE或底图同用"),
    (None, ["map", "--tiles", "nasa"], 2, "底图：'nasa'"),
    (None, ["map", "--tiles", "tianditu"], 2, "需要密钥"),
    (None, ["map", "--layer", "file"], 2, "此处可接受：prefectures"),
    (None, ["geocode", "firms.csv", "--column", "地址"], 2, "缺少--out"),
    (None, ["geocode", "firms.csv", "--column", "地点", "--out", "o.csv"], 3, "没有列'地点'"),
    (None, ["geocode", "firms.csv", "--column", "地址", "--out", "firms.csv"], 2, "就是输入本身"),
    (None, ["geocode", "firms.csv", "--column", "地址", "--out", "o.csv", "--year", "1900"], 2,
     "1980至2024的整数"),
    (None, ["geocode", "firms.csv", "--column", "地址", "--out", "o.csv", "--cache", "c"], 2,
     "须与--provider同用"),
    (None, ["geocode", "firms.csv", "--column", "地址", "--out", "o.csv", "--provider", "amap"], 2,
     "没有密钥"),
    (None, ["distance", "points.parquet"], 2, "请指定输出（--out）或阈值（--km）"),
    (None, ["distance", "points.parquet", "--km", "5"], 3, "缺少'datum'列"),
    (None, ["distance", "points.parquet", "--datum", "UTM", "--km", "5"], 2, "可接受：WGS-84"),
    (None, ["distance", "--columns", "lon"], 2, "只用于点"),
    (None, ["distance", "points.parquet", "--datum", "WGS-84", "--out", "o.csv", "--columns",
            "lon,lon"], 2, "--columns：'lon'出现两次"),
    (None, ["distance", "firms.csv", "--datum", "WGS-84", "--out", "o.csv"], 3, "至少有经度与纬度"),
    (None, ["distance", "points.parquet", "--datum", "WGS-84", "--out", "o.xlsx"], 2,
     "-为标准输出"),
    (None, ["distance", "points.parquet", "--datum", "WGS-84", "--km", "5", "--workers", "2"], 2,
     "须与--engine dask同用"),
    (None, ["distance", "parts", "--datum", "WGS-84", "--out", "o"], 3, "没有*.parquet文件"),
    # study files and tables
    ("[distance]\ntreshold_km = 3\n", ["threshold", "study.toml"], 2, "未知的键distance.treshold_km"),
    ("[hub]\nlayer = 'cores'\n", ["run", "study.toml"], 2, "未知的节[hub]"),
    ("[distance]\nthresholds_km = 'far'\n", ["gdp", "study.toml"], 2, "可接受：数字列表"),
    ("a ,\n", ["reconcile", "study.toml"], 2, "不是TOML文件（第1行第3列附近）"),
    ("[hubs]\nprovinces = ['浙江市']\n", ["threshold", "study.toml"], 2, "是否想输入'浙江'"),
    ("[zones]\nprovinces = ['浙江市']\n", ["threshold", "study.toml"], 2, "可接受：北京市、天津市"),
    ("[zones]\napproved = '去年'\n", ["gdp", "study.toml"], 2, "可接受：年份或年月（如2005-07）"),
    (None, ["threshold", "--province", "西藏", "--approved", "..1990"], 2, "没有符合条件的"),
    (None, ["gdp", "--level", "市级"], 2, "可接受：国家级、省级"),
    (None, ["reconcile", "--level", "national"], 2, "故此处不作对照"),
    ("[hubs]\nlayer = 'cores'\nprovinces = ['青海省']\n", ["threshold", "study.toml"], 2,
     "在青海省没有枢纽"),
    ("[geocode]\nyear = 1900\n", ["threshold", "study.toml"], 2, "1980至2024"),
    ("[zones]\nencoding = 'gbk'\n", ["threshold", "study.toml"], 2, "须与zones.table同用"),
    (None, ["run", "none.toml"], 3, "文件不存在"),
    (None, ["run", "--zones", "."], 3, "是文件夹"),
    (None, ["threshold", "--zones", "empty.csv"], 3, "文件为空"),
    (None, ["threshold", "--zones", "bad.csv"], 3, "第2行，“核准面积(公顷)”列：'many'；应为数字"),
    (None, ["threshold", "--hubs-file", "hubs.csv"], 3, "未注明坐标系"),
    (None, ["run", "--out", "firms.csv/out"], 2, "firms.csv"),
]  # fmt: skip

# words of the machine that stand in a message as they are
ACCEPTED = {
    *FORMATS, *FIGURE_FORMATS, *GDP_VINTAGES, *LAND_YEARS, *GROUPINGS, *WEIGHTS, *ENGINES, *SECTIONS,
    *(value for asked in ASKED.values() if asked.accepted for value in asked.accepted()),
}  # fmt: skip
COMMANDS = (
    "run gdp tables reconcile data compare distance figures geocode map panel match threshold "
    "where-next zonegap help"
)
MACHINE = {
    *ACCEPTED, *COMMANDS.split(), "TOML", "Parquet", "URL", "dask", "csv", "xlsx", "xls", "tsv",
    "parquet", "xlsb", "ods", "dta", "Arrow", "zip", "lon", "lat", "datum", "FILE", "k", "count", "TABLE", "threshold_km", "arrow",
    "feather", "GDAL", "GeoJSON", "GeoPackage", "GeoParquet", "Shapefile", "tianditu", "amap", "https", "x", "y", "z", "ha", "km2", "m2", *DATUMS, "CGCS2000", *registry(), *" ".join(map(" ".join, STEMS.values())).split(), "hub", "layer", "parts",
    *(asked.key.partition(".")[2] for asked in ASKED.values()),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "firms.csv").write_text("公司,地址\n甲,杭州市滨江区\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "bad.csv").write_text("名称,省份,核准面积(公顷)\n甲,浙江省,many\n", "utf-8")
    (tmp_path / "hubs.csv").write_text("hub,lon,lat\n甲,120,30\n", encoding="utf-8")
    (tmp_path / "lines.geojson").write_text("{}")
    (tmp_path / "parts").mkdir()
    pd.DataFrame({"lon": [120.0], "lat": [30.0]}).to_parquet(tmp_path / "points.parquet")
    whole = (tmp_path / "points.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "cut.xlsx").write_bytes(b"PK\x03\x04 cut")
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0 cut")
    (tmp_path / "utf16.csv").write_bytes("名称,省份".encode("utf-16") + b"\0")
    (tmp_path / "long.csv").write_text('名称,省份\n甲,"' + "a" * 200_000, "utf-8")
    (tmp_path / "headless.csv").write_text("甲,乙\n1,2\n", "utf-8")
    (tmp_path / "nameless.csv").write_text("省份,级别\n浙江省,省级\n", "utf-8")
    (tmp_path / "code.csv").write_text("名称,省份,省份代码\n甲,浙江省,110000\n", "utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.parquet").write_bytes(whole)
    return tmp_path


def english_in(message: str) -> list[str]:
    """Return the words of a message that are neither the user's nor the machine's."""
    plain = re.sub(
        r"'[^']*'|\"[^\"]*\"|--[\w-]+(?: FILE| TEXT| dask| all)?|ZONEGAP_\w+|\S*[/\\]\S*|"
        r"[\w*-]*\.(?:toml|csv|parquet|geojson|arrow|feather)|\b[a-z]+\.[a-z_]+|console\.\S+",
        " ",
        message,
        flags=re.ASCII,
    )
    return [w for w in re.findall(r"[A-Za-z][A-Za-z0-9_-]*", plain) if w not in MACHINE]


@pytest.mark.parametrize("usage", USAGES, ids=lambda u: " ".join(u[1])[:60])
def test_the_message_is_chinese_throughout(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    usage: tuple[str | None, list[str], int, str],
) -> None:
    study, arguments, code, part = usage
    if study is not None:
        (folder / "study.toml").write_text(study, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ZONEGAP_LANG", "zh")
    monkeypatch.delenv("ZONEGAP_AMAP_KEY", raising=False)
    monkeypatch.setattr(sys, "argv", ["zonegap", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    use_language("en")
    said = capsys.readouterr().err
    assert ended.value.code == code, said
    assert part in said
    assert english_in(said) == [], said


NO_PLACE = [  # a table, its rows, and the reason that is said of it
    ("--hubs-file", "hub,province\n朝阳区,\n", "无法定位（文本开头没有区划名称）"),
    ("--hubs-file", "hub,city\n甲,火星市\n", "城市列'火星市'没有对应的城市（2024年）"),
    ("--hubs-file", "hub,address\n甲,台湾省台北市\n", "未写明区县，仅有台湾省"),
    ("--hubs-file", "hub,address\n甲,浙江省\n", "未写明区县，仅有浙江省"),
    ("--zones", "开发区名称\n朝阳区开发区\n", "地名有歧义：朝阳区（110105）、朝阳区（220104）"),
    ("--zones", "开发区名称\n宇宙开发区\n朝阳区开发区\n", "（220104）；未注明省份"),
]


@pytest.mark.parametrize(("option", "table", "part"), NO_PLACE)
def test_the_reason_of_a_row_without_a_place_is_chinese(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
    table: str,
    part: str,
) -> None:
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZONEGAP_LANG", "zh")
    monkeypatch.setattr(sys, "argv", ["zonegap", "threshold", option, "t.csv"])
    with pytest.raises(SystemExit) as ended:
        main()
    use_language("en")
    said = capsys.readouterr().err
    assert ended.value.code == 3, said
    assert part in said
    assert english_in(said) == [], said
    assert not re.search(r"[(,;]", said), said


COMPANIES = """企业名称,注册资本(万元),省份,城市,注册地址
甲,100,浙江省,火星市,某路1号
乙,100,浙江省,鼓楼区,某路1号
丙,许多,,,平安大厦
丁,100,火星省,,某路
戊,100,,,朝阳区某路1号
"""


def test_the_reasons_in_a_report_are_chinese_and_in_the_data_english(tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text(COMPANIES, encoding="utf-8")
    use_language("zh")
    try:
        found = located_registrations(tmp_path / "firms.csv")
    finally:
        use_language("en")
    texts = found.located["geocode_reason"]
    no_city = "city column '火星市' names no city in 浙江省 of 2024"
    assert texts[2] == f"no division at the beginning of the text; {no_city}"
    assert texts[6] == "ambiguous: 朝阳区 (110105), 朝阳区 (220104)"
    assert set(filter(None, texts)) <= set(found.reasons)
    english = " ".join(s.in_language("en") for s in company_sentences(found, cells=True))
    nowhere = found.located["geocode_level"] == ""
    assert nowhere.sum() == 4
    assert all(f"{text}: 1" in english for text in texts[nowhere])
    said = " ".join(s.in_language("zh") for s in company_sentences(found, cells=True))
    assert "城市列'鼓楼区'在浙江省没有对应的城市（2024年）：1家；" in said, said
    assert "（第4行：'许多'）" in said
    assert english_in(said) == [], said
    assert not re.search(r"\(|, |; ", said), said


def test_the_labels_of_a_built_in_table_are_chinese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the registry says of a table stays as it is: it is the source's own."""
    monkeypatch.setenv("ZONEGAP_LANG", "zh")
    monkeypatch.setattr(sys, "argv", ["zonegap", "data", "divisions"])
    with pytest.raises(SystemExit):
        main()
    use_language("en")
    first, *lines = capsys.readouterr().out.splitlines()
    assert re.search(r"；[\d,]+行；", first)
    assert {line.partition("：")[0] for line in lines} == {
        "  发布者", "  标题", "  版本", "  所用部分", "  所用副本", "  本项目的改动", "  许可", "  日期",
        "  列", "  SHA-256", "  文件",
    }  # fmt: skip


def test_there_are_thirty_and_every_command_has_one() -> None:
    assert len(USAGES) >= 30
    used = {arguments[0] for _, arguments, _, _ in USAGES}
    assert {*COMMANDS.split()} - {"zonegap", "help"} <= used


@pytest.mark.parametrize("command", ["", *COMMANDS.split()[:12]])
def test_the_help_is_chinese(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sentences of the help are Chinese; metavars, values and examples stay as they are typed."""
    monkeypatch.setenv("ZONEGAP_LANG", "zh")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["zonegap", *([command] if command else []), "--help"])
    with pytest.raises(SystemExit):
        main()
    use_language("en")
    said = capsys.readouterr().out
    assert said.startswith("用法：")
    body = said.split("示例：")[0].splitlines()[1:]
    for line in filter(None, map(str.strip, body)):
        # an option's own name may stand on a line of its own
        words = [
            w
            for w in re.findall(r"[A-Za-z]{3,}", re.sub(r"[\w-]*-[\w-]+", "", line))
            if w.islower()
        ]
        assert re.search("[一-鿿]", line) or len(set(words)) <= 1, line
    common = r"\b(the|of|and|with|without|which|each|from|them|their|that|show)\b"
    assert re.findall(common, re.sub(r"--?[\w-]+|[A-Z]{2,}", " ", "\n".join(body))) == []
