"""What a reader must know of a study's own table of zones, in English and Chinese."""

from __future__ import annotations

from geodata.messages import say_in
from zones.pipeline import StudyResult
from zones.registered_companies import listed
from zones.words.wording import pick

_SENTENCES = {
    "read": (
        "{file}: {rows:,} zones; the province of {derived:,} follows from the name alone; "
        "{given:,} positions are of the file.",
        "{file}：{rows:,}个开发区；其中{derived:,}个的省份仅由名称推定；{given:,}个采用文件自带坐标。",
    ),
    "unplaced": (
        "Zones without a place: {count:,} of {rows:,}{names}; they are in no count, sum, map or "
        "figure; zones.csv gives the reasons.",
        "{rows:,}个开发区中{count:,}个无法定位{names}，不计入任何个数、合计、地图或图形；原因见zones.csv。",
    ),
    "no_area": (
        "Zones that state no area: {count:,} of {rows:,}; their area and GDP are empty, and sums "
        "of area and GDP are those of the others.",
        "{rows:,}个开发区中{count:,}个未注明面积：其面积与GDP留空，面积与GDP合计仅含其余开发区。",
    ),
    "no_province": (
        "Zones with a position but no known province, so no GDP: {count:,}{names}.",
        "{count:,}个自带坐标的开发区省份不明，无GDP估算{names}。",
    ),
    "doubled": (
        "Names that stand more than once in one province{names}; each row is counted.",
        "同省内重复出现的名称{names}；各行均计入。",
    ),
    "remarks": (
        "Rows taken as sums or remarks, not as zones{names}.",
        "视为合计或备注而非开发区的行{names}。",
    ),
    "suspicion": ("{file}: {what}.", "{file}：{what}。"),
    "map": (
        "Zones without a place, not on the map: {count:,} of {rows:,}{names}.",
        "{rows:,}个开发区中{count:,}个无法定位，未上图{names}。",
    ),
}


def own_zones_sentences(result: StudyResult, language: str) -> list[str]:
    """Return the sentences on a study's own table; none for the built-in one."""
    report = result.zone_report
    if report is None:
        return []
    lost = result.zones["province"] == ""
    facts = {"file": report.file, "rows": report.rows}

    def say(key: str, **more: object) -> str:
        return pick(_SENTENCES[key], language).format(**facts, **more)

    out = [say("read", derived=report.derived, given=report.given)]
    out += [
        say("suspicion", what=say_in(language, sentence, **about))
        for sentence, about in report.suspicions
    ]
    if len(result.unplaced):
        names = listed(result.unplaced["name"])
        out.append(say("unplaced", count=len(result.unplaced), names=names))
    if report.without_area:
        out.append(say("no_area", count=report.without_area))
    if lost.any():
        names = listed(result.zones.loc[lost, "name"])
        out.append(say("no_province", count=int(lost.sum()), names=names))
    if report.doubled:
        out.append(say("doubled", names=listed(report.doubled)))
    if report.remarks:
        rows = listed(f"{row}: {text[:40]!r}" for row, text in report.remarks.items())
        out.append(say("remarks", names=rows))
    return out


def own_zones_remark(result: StudyResult) -> tuple[str, str] | None:
    """Return what the map must say of zones that are not on it, in English and Chinese."""
    report = result.zone_report
    if report is None or result.unplaced.empty:
        return None
    names = listed(result.unplaced["name"])
    facts = {"count": len(result.unplaced), "rows": report.rows, "names": names}
    english, chinese = (pick(_SENTENCES["map"], lang).format(**facts) for lang in ("en", "zh"))
    return english, chinese
