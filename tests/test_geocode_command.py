"""`zonegap geocode` of a user's table: its columns by name or by heading, any kind of file."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from geodata.address_geocoder import TextGeocoder
from geodata.errors import BadInputError
from geodata.loaders import load_zone_positions
from geodata.user_tables import tables
from geodata.user_tables.addresses import load_texts
from zonegap.command.app import main

ROWS = pd.DataFrame(
    {
        "序号": [1, 2, 3, 4],
        "企业名称": ["甲公司", "乙公司", "丙公司", "丁公司"],
        "注册地址": ["示例路1号", "示例街2号", "示例路3号", "鼓楼区中山路1号"],
        "所属省份": ["浙江省", "北京市", "浙江省", ""],
        "所属城市": ["杭州市", "", "温州市", ""],
        "所属区县": ["滨江区", "海淀区", "苍南县", ""],
    }
)
CODES = ["330108", "110108", "330327", ""]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Give a function that geocodes in a folder of its own: code, table, and what was said."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, pd.DataFrame, str]:
        monkeypatch.setattr("sys.argv", ["zonegap", "geocode", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        text = said.out
        if "-" not in arguments and Path("o.csv").exists():
            text = Path("o.csv").read_text(encoding="utf-8-sig")
        table = pd.DataFrame()
        if not ended.value.code:
            table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
        return int(ended.value.code or 0), table, said.err

    return command


def words(text: str) -> str:
    """Return a text without its layout."""
    return " ".join(text.split())


def written(kind: str) -> str:
    name = f"firms.{kind}"
    if kind == "xlsx":
        ROWS.to_excel(name, index=False)
    elif kind == "ods":
        pytest.importorskip("odf")
        ROWS.to_excel(name, index=False)
    elif kind == "parquet":
        ROWS.to_parquet(name)
    elif kind == "dta":
        ROWS.to_stata(name, write_index=False, version=118)
    else:
        mark = {"csv": ",", "tsv": "\t", "txt": ";"}[kind]
        encoding = "gb18030" if kind == "txt" else "utf-8-sig"
        ROWS.to_csv(name, index=False, sep=mark, encoding=encoding)
    return name


@pytest.mark.parametrize("kind", ["csv", "tsv", "txt", "xlsx", "ods", "parquet", "dta"])
def test_headings_say_what_is_located_and_what_binds(run, kind: str) -> None:
    code, table, said = run(written(kind), "--out", "o.csv")
    assert code == 0, said
    assert table["adcode"].tolist() == CODES  # the county binds; the order is the input's
    assert list(table)[:4] == ["注册地址", "所属省份", "所属城市", "所属区县"]
    said = words(said)
    assert f"firms.{kind}: 4 of 4 rows used as addresses or names" in said
    assert "no --column: 注册地址 is located" in said
    assert "所属区县 binds as county; --county-column names another one, '' none" in said
    assert "企业名称: address or name is read from another column" in said
    assert "columns not kept: 序号, 企业名称;" in said
    assert "甲公司" not in table.to_string()  # what was not asked for does not go on


def test_options_go_before_headings_and_turn_them_off(run) -> None:
    written("csv")
    none = ["--province-column", "", "--city-column", "", "--county-column", ""]
    code, table, said = run("firms.csv", "--out", "o.csv", *none)
    assert (code, table["adcode"].tolist()) == (0, [""] * 4)
    assert list(table)[:2] == ["注册地址", "lon"]
    assert "binds" not in said
    # one by another heading, one by its own, one not at all
    ROWS.rename(columns={"所属区县": "县份"}).to_csv("firms.csv", index=False)
    code, table, said = run(
        "firms.csv", "--out", "o.csv", "--county-column", "县份", "--city-column", ""
    )
    assert table["adcode"].tolist() == CODES
    assert "县份 binds" not in said  # the user has said so
    assert words(said).count("binds as") == 1
    # a column may be text and bind
    code, table, _ = run("firms.csv", "--out", "-", "--column", "县份", "--county-column", "县份")
    assert (code, table["adcode"].tolist()[:3]) == (0, CODES[:3])


def test_a_column_of_regions_binds_as_what_it_names(run) -> None:
    Path("a.csv").write_text("地址,地区\n示例路1号,浙江省\n示例路2号,杭州市\n", encoding="utf-8")
    code, table, said = run("a.csv", "--out", "-")
    assert (code, table["adcode"].tolist()) == (0, ["330000", "330100"])
    assert "地区 binds as region" in words(said)
    _, table, _ = run("a.csv", "--out", "-", "--province-column", "")
    assert table["adcode"].tolist() == ["", ""]


def test_columns_of_positions_are_no_matter_of_addresses(run) -> None:
    Path("a.csv").write_text("地址,x,纬度值班\n杭州市,x,30\n宁波市,,31\n", encoding="utf-8")
    code, table, said = run("a.csv", "--out", "-")
    assert (code, table["adcode"].tolist()) == (0, ["330100", "330200"]), said
    assert "longitude" not in said


def test_company_names_are_located_where_there_is_no_address(run) -> None:
    Path("a.csv").write_text("公司名称,电话\n杭州示例科技有限公司,1\n", encoding="utf-8")
    code, table, said = run("a.csv", "--out", "-")
    assert (code, table["adcode"].tolist(), table.columns[0]) == (0, ["330100"], "公司名称")
    assert "no --column: 公司名称 is located" in words(said)
    # several, the most trusted first
    written("csv")
    _, table, said = run(
        "firms.csv", "--out", "-", "--column", "注册地址", "--column", "企业名称", "--keep", "序号"
    )
    assert list(table)[:3] == ["序号", "企业名称", "注册地址"]
    assert "address or name <- 企业名称; address or name <- 注册地址" in words(said)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("序号,地址\n1,杭州市\n", ["--column", "住址"], "no column '住址', which is named for address"),
        ("序号,地址\n1,杭州市\n", ["--county-column", "县"], "no column '县', which is named for county"),
        ("序号,地址\n1,杭州市\n", ["--keep", "电话"], "column '电话' is missing; columns: 序号, 地址"),
        ("a,b\n1,2\n", ["--column", "地址"], "no column '地址' in the first 30 rows"),
        ("a,b\n1,2\n", [], "at least address or name"),
        ("地址,地址\n1,2\n", ["--column", "地址"], "column '地址' stands twice"),
        ('地址,备注\n杭州市,"x\n宁波市,\n温州市,\n', [], "row 2: quote not closed"),
        ("地址,备注\n杭州市,x,y\n", [], "row 2: 3 cells; accepted: 2"),
        ("地址\n", [], "no rows below the header"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(run, text: str, options: list[str], message: str) -> None:
    Path("a.csv").write_text(text, encoding="utf-8")
    code, _, said = run("a.csv", "--out", "o.csv", *options)
    assert (code, message in said) == (3, True), said
    assert not Path("o.csv").exists()


def test_standard_output_is_the_table_alone(run) -> None:
    written("csv")
    code, table, said = run("firms.csv", "--out", "-")
    assert (code, len(table)) == (0, 4)
    assert "unresolved: 1 of 4 rows" in said
    assert "positions: CC BY 4.0" in said
    assert [path.name for path in Path().iterdir()] == ["firms.csv"]


def test_rows_that_are_no_addresses_are_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("名录,\n地址,备注\n杭州市,\n,\n,合计\n宁波市,合计\n合计,2\n", encoding="utf-8")
    table = load_texts(path, ["地址"])
    assert table.texts[0].to_dict() == {3: "杭州市", 6: "宁波市"}
    said = {str(each.words): each.rows for each in table.account.left_out}
    assert said == {"sums, remarks, headers": (5, 7), "blank rows between others": (4,)}


def test_sheets_of_one_shape_and_frames_are_read(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        ROWS.to_excel(book, sheet_name="甲", index=False)
        ROWS.to_excel(book, sheet_name="乙", index=False)
    table = load_texts(tmp_path / "two.xlsx")
    assert (len(table.texts[0]), table.account.sheets) == (8, ("甲", "乙"))
    assert list(load_texts(ROWS).bound) == ["province", "city", "county"]
    with pytest.raises(BadInputError, match="column '编号' is missing"):
        load_texts(ROWS).with_columns(["编号"])
    assert load_texts(ROWS).with_columns(None).shape == ROWS.shape


def many(kind: str) -> str:
    """Write a table of more rows than a block in a test holds, with all that an account says."""
    table = pd.DataFrame(
        {
            "编号": [f"{n}" for n in range(23)],
            "地址": [
                "北京经济技术开发区荣华路1号", "杭州市滨江区长河街道1号", "鼓楼区中山路1号", "无此地",
                "苏州市\u200b吴江区1号", "天津市滨海新区", "", "合计",
            ]
            * 2 + ["昆山市花桥镇1号"] * 7,
            "adcode": ["@x", "x"] * 11 + [""],
            "所属省份": ["", "浙江省", "江苏省", "广东", "", "", "", "天津"] * 2 + [""] * 7,
        }
    )  # fmt: skip
    name = f"many.{kind}"
    if kind == "csv":
        table.to_csv(name, index=False)
    elif kind == "parquet":
        table.to_parquet(name)
    else:
        with pd.ExcelWriter(name) as book:
            table[:9].to_excel(book, sheet_name="甲", index=False)
            table[["地址", "编号", "所属省份"]][9:].to_excel(book, sheet_name="乙", index=False)
    return name


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_a_table_in_blocks_gives_the_same_files_as_in_one(
    run, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    name = many(kind)
    code, table, said = run(name, "--out", "o.csv", "--keep", "all", "--force")
    whole = {p.name: p.read_bytes() for p in Path().glob("o.*")}
    # in the second sheet of the workbook 合计 stands in the first column: a sum
    assert (code, len(whole), len(table)) == (0, 2, 22 if kind == "xlsx" else 23), said
    sizes = []
    locate = TextGeocoder.locate

    def counted(self, texts, *rest, **named):
        sizes.append(len(texts[0]))
        return locate(self, texts, *rest, **named)

    monkeypatch.setattr(TextGeocoder, "locate", counted)
    for rows in (1, 4, 23):
        sizes.clear()
        monkeypatch.setattr(tables, "_ROWS_AT_ONCE", rows)
        code, _, again = run(name, "--out", "o.csv", "--keep", "all", "--force")
        assert code == 0, again
        assert {p.name: p.read_bytes() for p in Path().glob("o.*")} == whole
        assert again == said
        assert (max(sizes), sum(sizes)) == (min(rows, len(table)), len(table)) or kind == "xlsx"
    # to standard output, too: one header
    monkeypatch.setattr(tables, "_ROWS_AT_ONCE", 4)
    code, piped, _ = run(name, "--out", "-", "--keep", "all")
    pd.testing.assert_frame_equal(piped, table)
    assert table["input_adcode"].tolist()[:2] == ["'@x", "x"]


def test_a_file_that_changes_between_its_readings_is_refused(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.csv").write_text("地址\n杭州市\n宁波市\n", encoding="utf-8")
    locate = TextGeocoder.locate

    def longer(self, *given, **named):
        with Path("a.csv").open("a", encoding="utf-8") as file:
            file.write("温州市\n")
        return locate(self, *given, **named)

    monkeypatch.setattr(tables, "_ROWS_AT_ONCE", 1)
    monkeypatch.setattr(TextGeocoder, "locate", longer)
    code, _, said = run("a.csv", "--out", "o.csv")
    assert (code, "has changed while it was read" in words(said)) == (3, True), said
    assert not Path("o.csv").exists()


def test_zones_in_addresses_are_no_positions_of_a_web_geocoder(run) -> None:
    Path("a.csv").write_text(
        "地址\n北京经济技术开发区荣华路1号\n苏州工业园区1号\n", encoding="utf-8"
    )
    code, table, _ = run("a.csv", "--out", "o.csv")
    assert (code, table["geocode_method"].tolist()) == (0, ["zone", "zone"])
    said = Path("o.SOURCES.md").read_text(encoding="utf-8")
    assert "web geocoder," not in said
    # each zone's position has a source of its own
    sources = load_zone_positions().loc[
        ["G111001", table["geocode_source"].iloc[1].removeprefix("zone ")], "geocode_source"
    ]
    assert all(name.split()[0] in said for name in sources)
    assert "| zone_positions |" in said
