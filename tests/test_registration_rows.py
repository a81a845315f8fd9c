"""What becomes of the rows of a company extract: left out, read, located."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geodata.datum import gcj02_to_bd09, wgs84_to_gcj02
from geodata.registry import table_path
from geodata.user_tables.companies import load_registrations, locate_registrations
from tests.test_registrations import firms


def test_what_is_left_out_is_reported(tmp_path: Path) -> None:
    statuses = [
        "存续",
        "注销",
        "吊销，未注销",
        "清算",
        "停业",
        "迁出",
        "简易注销公告中",
        "撤销",
        "Deregistered",
        "未注销",
    ]
    rows = [f"公司{i},{s},{i},9133{i % 8:014}" for i, s in enumerate(statuses)]
    path = firms(
        tmp_path,
        "名称,经营状态,注册资本(万元),信用代码\n"
        + "\n".join(
            [*rows, "合计,,45,", "名称,经营状态,注册资本(万元),信用代码", "数据来源：某库,,,"]
        ),
    )
    frame, report = load_registrations(path)
    assert report.rows == 10
    assert report.deregistered["status"].tolist() == [
        "注销",
        "吊销，未注销",
        "撤销",
        "Deregistered",
    ]
    assert frame["status"].tolist() == ["存续", "清算", "停业", "迁出", "简易注销公告中", "未注销"]
    assert report.remarks == {12: "合计", 13: "名称", 14: "数据来源：某库"}
    everything, again = load_registrations(path, keep_deregistered=True)
    assert len(again.deregistered) == 0
    # rows 10 and 11 carry the codes of rows 2 and 3
    assert again.duplicates["first_row"].to_dict() == {10: 2, 11: 3}
    assert len(everything) == 8


def test_duplicates_keep_the_first_and_lost_digits_are_not_compared(tmp_path: Path) -> None:
    path = firms(
        tmp_path,
        "name,credit_code\na,91330106ma1\nb,9.13E+17\nc,9.13E+17\nd, 91330106MA1 \ne,\nf,-\n",
    )
    frame, report = load_registrations(path)
    assert frame["name"].tolist() == ["a", "b", "c", "e", "f"]
    assert report.duplicates["first_row"].to_dict() == {5: 2}
    assert report.unusable_codes == 2


def test_unparsed_capital_is_listed_by_row_with_its_reason(tmp_path: Path) -> None:
    frame, report = load_registrations(
        firms(tmp_path, "标题\nname,注册资本\na,100万新台币\nb,\nc,7\n")
    )
    assert report.unparsed_capital["value"].to_dict() == {3: "100万新台币", 5: "7"}
    assert report.unparsed_capital.loc[5, "reason"].startswith("no unit")
    assert report.blank_capital == 1
    assert frame["capital_yi_cny"].isna().all()


def test_a_column_of_currencies(tmp_path: Path) -> None:
    frame, report = load_registrations(
        firms(tmp_path, "name,注册资本(万元),币种\na,100,美元\nb,100,\nc,100,人民币\nd,100,银元\n")
    )
    assert np.allclose(frame["capital_yi_cny"][:3], [0.01 * 6.8778, 0.01, 0.01])
    assert report.unparsed_capital.index.tolist() == [5]


def test_positions_in_three_datums_are_one_place(tmp_path: Path) -> None:
    gcj = wgs84_to_gcj02(120.15, 30.28)
    bd = gcj02_to_bd09(*gcj)
    rows = [
        f"a,{120.15},{30.28},CGCS2000",
        f"b,{gcj[0]},{gcj[1]},火星坐标系",
        f"c,{bd[0]},{bd[1]},bd09ll",
        "d,,,",
    ]
    frame, _ = load_registrations(firms(tmp_path, "name,lon,lat,datum\n" + "\n".join(rows)))
    assert np.allclose(frame["lon"][:3], 120.15, atol=1e-8)
    assert np.allclose(frame["lat"][:3], 30.28, atol=1e-8)
    assert np.isnan(frame["lon"].iloc[3])
    headed = firms(tmp_path, f"name,经度(GCJ-02),纬度(GCJ-02)\nb,{gcj[0]},{gcj[1]}\n")
    assert np.allclose(load_registrations(headed)[0]["lon"], 120.15, atol=1e-8)


def test_located_by_position_address_or_name_and_unresolved_rows_stay(tmp_path: Path) -> None:
    rows = [
        "甲公司,杭州市余杭区文一西路,Zhejiang,杭州市,,,",
        "深圳乙公司,,,,,,",
        "丙公司,,浙江,,120.15,30.28,WGS-84",
        "丁公司,鼓楼区中山路,,,,,",
        "戊公司,南山区,浙江省,深圳市,,,",
    ]
    path = firms(tmp_path, "name,address,省份,城市,lon,lat,datum\n" + "\n".join(rows))
    found, _ = locate_registrations(load_registrations(path)[0])
    assert found["geocode_level"].tolist() == ["county", "city", "place", "", ""]
    assert found["geocode_method"].iloc[2] == "given"
    assert found.loc[4, ["lon", "lat", "uncertainty_km"]].tolist() == [120.15, 30.28, 0.0]
    assert found["province_adcode"].tolist() == ["330000", "440000", "330000", "", "330000"]
    assert found.loc[[5, 6], "lon"].isna().all()
    assert (found.loc[[5, 6], "geocode_reason"] != "").all()


def test_the_made_up_extract_has_the_published_marginals() -> None:
    frame, report = load_registrations(table_path("registrations_synthetic_564"))
    assert (len(frame), report.made_up, report.header_row) == (564, True, 2)
    inside = frame["province"].isin(["北京市", "浙江省", "广东省"])
    assert inside.sum() == 206
    assert np.isclose(frame["capital_yi_cny"][inside].sum(), 1818.05, rtol=0, atol=1e-6)
    assert np.isclose(frame["capital_yi_cny"][~inside].sum(), 618.8, rtol=0, atol=1e-6)
    assert frame["name"].str.fullmatch(r"示例科技\d{4}有限公司").all()
    assert frame["name"].is_unique
    assert (frame["capital_yi_cny"] > 0).all()
