"""Checks of tables: every fault is named with file, row, column, value and what is accepted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import BadInputError, DataFileError
from geodata.loaders import ZONES, load_zones
from geodata.registry import table_path
from geodata.schema import Column, check_table
from geodata.user_tables.addresses import load_texts
from geodata.user_tables.tables import Wish
from geodata.user_tables.zones import load_zone_table

GOOD = {
    "id": "Z1",
    "code": "S337001",
    "name": "浙江余杭经济开发区",
    "name_en": "",
    "province_adcode": "330000",
    "province": "浙江省",
    "level": "省级",
    "type": "经济开发区",
    "approved": "1993-11",
    "extended": "",
    "area_ha": "120.5",
    "industries": "",
    "remark": "",
}


def table(*rows: dict[str, str]) -> pd.DataFrame:
    """Return rows indexed by the line of a file."""
    return pd.DataFrame(rows, index=pd.RangeIndex(2, 2 + len(rows)))


BAD = [
    ("name", "", "a value is required"),
    ("province_adcode", "33", "accepted: a six-digit GB/T 2260 code"),
    ("province", "浙江", "accepted: 北京市, 天津市"),
    ("level", "市级", "accepted: 国家级, 省级"),
    ("type", "开发区", "accepted: 经济技术开发区"),
    ("approved", "1993.11", "accepted: a month as YYYY-MM"),
    ("approved", "1993-13", "accepted: a month as YYYY-MM"),
    ("extended", "soon", "accepted: a month as YYYY-MM"),
    ("area_ha", "", "a value is required"),
    ("area_ha", "many", "accepted: a number"),
    ("area_ha", "-3", "accepted: 0.01 to 100000"),
    ("area_ha", "nan", "accepted: a number"),
    ("area_ha", "inf", "accepted: a number"),
    ("area_ha", "1e9", "accepted: 0.01 to 100000"),
    ("area_ha", "1_000", "accepted: a number"),
    ("area_ha", "１２０", "accepted: a number"),
    ("area_ha", "1,200", "accepted: a number"),
]


def test_good_row_passes_with_types() -> None:
    frame = check_table(table(GOOD), ZONES, "zones.csv")
    assert frame["area_ha"].tolist() == [120.5]
    assert list(frame.columns) == list(ZONES)


@pytest.mark.parametrize(("column", "value", "accepted"), BAD)
def test_fault_names_everything(column: str, value: str, accepted: str) -> None:
    rows = [GOOD, GOOD | {"id": "Z2", column: value}]
    with pytest.raises(BadInputError) as caught:
        check_table(table(*rows), ZONES, "my zones.csv")
    start = f"my zones.csv: row 3, column {column!r}: {value!r}; {accepted}"
    assert str(caught.value).startswith(start)
    assert caught.value.exit_code == 3


def test_all_faults_at_once_in_row_order_and_counted() -> None:
    rows = [GOOD | {"id": f"Z{i}", "area_ha": "x", "level": "y"} for i in range(30)]
    with pytest.raises(BadInputError) as caught:
        check_table(table(*rows), ZONES, "f")
    lines = str(caught.value).splitlines()
    assert len(caught.value.faults) == 60
    assert lines[0].startswith("f: row 2,")
    assert lines[1].startswith("f: row 2,")
    assert lines[2].startswith("f: row 3,")
    assert lines[-1] == "f: and 40 more of 60 faults"


def test_duplicate_id_names_both_rows() -> None:
    with pytest.raises(BadInputError, match=r"row 3, column 'id': 'Z1'; must be unique.*row 2"):
        check_table(table(GOOD, GOOD), ZONES, "f")


def test_missing_column_lists_the_columns() -> None:
    frame = table(GOOD).drop(columns="area_ha")
    with pytest.raises(BadInputError, match=r"column 'area_ha' is missing; columns: id, code"):
        check_table(frame, ZONES, "f")


def test_unreadable_files_are_data_errors(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="no such file"):
        load_texts(tmp_path / "none.csv", ["a"])
    with pytest.raises(DataFileError, match="is a folder"):
        load_texts(tmp_path, ["a"])
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(DataFileError, match="the file is empty"):
        load_texts(tmp_path / "empty.csv", ["a"])
    (tmp_path / "ragged.csv").write_text("a,b\n\n1,2\n1,2,3\n1\n")
    with pytest.raises(BadInputError, match=r"row 4: 3 cells; accepted: 2.*\n.*row 5: 1 cells"):
        load_texts(tmp_path / "ragged.csv", ["a"])
    (tmp_path / "twice.csv").write_text("a,a\n1,2\n")
    with pytest.raises(BadInputError, match="column 'a' stands twice"):
        load_texts(tmp_path / "twice.csv", ["a"])


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n\n"x\ny",1\n,\n2,z\n', encoding="utf-8")
    frame = load_texts(path, ["b"]).given
    assert frame.to_dict("list") == {"a": ["x\ny", "2"], "b": ["1", "z"]}
    assert frame.index.tolist() == [3, 5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_encoding_and_delimiter_are_found_and_a_title_is_passed_over(
    tmp_path: Path, encoding: str, mark: str
) -> None:
    path = tmp_path / "t.csv"
    rows = ["导出于2024年", mark.join(["名称", "省"]), mark.join(["余杭经济开发区", "浙江省"])]
    path.write_bytes("\n".join(rows).encode(encoding))
    frame = load_texts(path, ["名称"]).given
    assert frame["名称"].tolist() == ["余杭经济开发区"]
    assert list(frame) == ["名称", "省"]


def test_a_workbook_is_read_like_a_text(tmp_path: Path) -> None:
    sheet = pd.DataFrame({"地址": ["杭州市滨江区"], "备注": [None], "年": [2020]})
    sheet.to_excel(tmp_path / "t.xlsx", index=False)
    sheet.to_parquet(tmp_path / "t.parquet", index=False)
    for name in ("t.xlsx", "t.parquet"):
        frame = load_texts(tmp_path / name, ["地址"]).given
        assert frame.to_dict("list") == {"地址": ["杭州市滨江区"], "备注": [""], "年": ["2020"]}


def test_no_rows_and_contradicting_provinces(tmp_path: Path) -> None:
    header, first, *_ = table_path("zones").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "zones.csv"
    path.write_text(header + "\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="no rows below the header; accepted: at least one"):
        load_zone_table(path)
    path.write_text(f"{header}\n{first.replace(',110000,', ',440000,')}\n", encoding="utf-8")
    with pytest.raises(
        BadInputError, match="row 2, column 'province_adcode': '440000'; accepted: 110000"
    ):
        load_zone_table(path)


def test_own_table_in_another_encoding(tmp_path: Path) -> None:
    text = table_path("zones").read_text(encoding="utf-8")
    path = tmp_path / "zones.csv"
    path.write_bytes(text.encode("gb18030"))
    for encoding in (None, "gb18030"):
        zones, report = load_zone_table(path, Wish(encoding))
        assert zones[load_zones().columns].equals(load_zones())
        assert (report.rows, report.derived, report.suspicions) == (2543, 0, ())


@given(st.text(max_size=12))
def test_number_column_takes_only_finite_numbers_in_bounds(text: str) -> None:
    column = Column("number", low=0.0, high=10.0)
    if column.fault(text) is None:
        assert 0.0 <= float(text) <= 10.0
