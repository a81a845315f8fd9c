"""What the command says on its way, in English and Chinese: notes, errors, counts.

Results (tables, counts of `zonegap threshold`) have their words in `zones.words.wording`; numbers
and names of files are the same in both languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geodata.messages import use_language

# key: (English, Chinese)
MESSAGES: dict[str, tuple[str, str]] = {
    "note": ("note: {text}", "说明：{text}"),
    "located": ("locating zones and measuring distances", "开发区定位与测距"),
    "drawn": ("drawing the map", "绘制地图"),
    "written": ("writing zones, tables and figures", "写出开发区、表格与图件"),
    "working": ("working", "处理中"),
    "stuck": (
        "{file}: of an earlier run, could not be removed; is it open elsewhere?",
        "{file}：属于先前的运行，未能删除；是否已在别处打开？",
    ),
    "stopped": ("stopped", "已中止"),
    "try_help": ("try: {command} --help", "用法见：{command} --help"),
    "key_file_unchecked": (
        "{file}: who can read it is not checked on this system",
        "{file}：本系统不检查该文件的读取权限",
    ),
    "web_again": (
        "run again to ask for the failed ones once more",
        "再次运行可重新查询失败的各行",
    ),
    "column_renamed": ("your column {old} is written as {new}", "原有列{old}已写为{new}"),
    "level_count": ("{level}: {count:,}", "{level}：{count:,}"),
    "unresolved": (
        "unresolved: {unresolved:,} of {rows:,} rows, {ambiguous:,} with candidates",
        "未定位：{rows:,}行中的{unresolved:,}行，其中{ambiguous:,}行有候选",
    ),
    "coarse": (
        "located no better than by city or province: {listed}",
        "仅定位到城市或省份：{listed}",
    ),
    "coarse_part": ("{count} by {level}", "{level}{count}个"),
    "ambiguous": ("ambiguous names: {names}", "名称有歧义：{names}"),
    "by_hand": (
        "compiled by hand from general knowledge: {placed} positions, and the county or town of "
        "{seated} more zones",
        "依据常识手工整理：{placed}个位置，以及另外{seated}个开发区所在的区县或乡镇",
    ),
    "web_taken": (
        "positions of {taken:,} zones are from a web geocoder ({provider}), whose terms may "
        "restrict storing and publishing them; their radii are not calibrated",
        "{taken:,}个开发区的位置来自网络地理编码服务（{provider}），其条款可能限制保存与发布；其半径未经标定",
    ),
    "web_not_taken": (
        "answers of the web geocoder not taken: {refused:,} contradict the offline position, "
        "{failed:,} failed; see geocode_reason",
        "未采用的网络地理编码结果：{refused:,}个与离线位置矛盾，{failed:,}个失败；见geocode_reason",
    ),
    "remark": ("{name}: {remark}", "{name}：{remark}"),
    "version_tables": (
        "tables: {count}, registry {digest}",
        "数据表：{count}个，登记表{digest}",
    ),
    "version_catalogue": (
        "catalogue of development zones: {date}, {rows:,} zones",
        "开发区目录：{date}，{rows:,}个开发区",
    ),
}

# geocode_level -> words for people
LEVELS = {
    "place": ("place", "地点"),
    "county": ("county", "区县"),
    "city": ("city", "城市"),
    "province": ("province", "省份"),
}

# Frame words of errors about usage, in this order; what stands in quotes is the user's and stays.
# Errors about files are said in both languages where they are found (geodata/messages_zh.py).
_FRAME = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"^: (?=\S)", "："),
        (r"; accepted( here)?: ", "；可接受："),
        (r"; registered: ", "；已登记："),
        (r"\. Did you mean ", "。是否想输入"),
        (r"\?$", "？"),
        (r"^zonegap: ", "zonegap："),
        (r"\bno such option (\S+)", r"没有选项\1"),
        (r"\bno such command\b", "没有命令"),
        (r"\bcannot be replaced\b", "无法替换"),
        (r"; is it open elsewhere\? ", "；是否已在别处打开？"),
        (r"All outputs are as they were\.", "全部输出保持原样。"),
        (r"\bnot a TOML file\b", "不是TOML文件"),
        (r"\bunknown key (\S+?)(?=；|$)", r"未知的键\1"),
        (r"\bunknown section (\S+?)(?=；|$)", r"未知的节\1"),
        (r"\bis missing\b", "缺失"),
        (r"\bneeds a value\b", "需要一个值"),
        (r"\btakes no value\b", "不带值"),
        (r"\btoo many arguments\b", "参数过多"),
        (r"\ba whole number\b", "整数"),
        (r"\ba number\b", "数"),
        (r"\bnumbers in km, comma-separated, e\.g\. ", "以公里计、逗号分隔的数，例如"),
        (r"\bnumbers of at least 0\b", "不小于0的数"),
        (r"(整数|数) of at least (\S+)", r"不小于\2的\1"),
        (r"(整数|数) from (\S+) to (\S+)", r"\2至\3的\1"),
        (r"\bat least one\b", "至少一个"),
        (r"\banother file\b", "另一个文件"),
        (r"\bone of them\b", "其中之一"),
        (r"\bonce each\b", "各一次"),
        (r"\bis the input itself\b", "就是输入文件本身"),
        (r"\btwo questions\b", "是两个问题"),
        (r"\bno hub is left\b", "没有剩下任何枢纽"),
        (r"\bhub layer $", "枢纽口径"),
        (r"\bno table $", "没有数据表"),
        (r" go with ", "须与以下选项同用："),
        (r"another run is writing here; wait for it, or choose another --out",
         "另一次运行正在写入此处；请等待，或换一个--out"),
        (r"\bnothing can be written here; choose another --out", "此处无法写入；请换一个--out"),
        (r"\bgoes after the command, as in\b", "应写在命令之后，例如"),
        (r"\bneeds? (\S+): (?=python -m pip )", r"需要\1："),
        (r" in the source folder of zonegap\b", "（在zonegap的源代码文件夹中运行）"),
        (r"\bfigures/ not written: ", "figures/未写出："),
        (r"\binstall zonegap again\b", "请重新安装zonegap"),
    )
)  # fmt: skip
_QUOTED = re.compile(r"('[^'\n]*'|\"[^\"\n]*\")")


@dataclass
class _State:
    language: str = "en"
    explicit: bool = False


_STATE = _State()


def use(language: str, *, explicit: bool = False) -> None:
    """Set the language of messages; one that was asked for by name is kept against others."""
    if explicit or not _STATE.explicit:
        _STATE.language, _STATE.explicit = language, explicit
        use_language(language)  # what is wrong with a file is said in it, too


def language() -> str:
    """Return the language of messages, ``en`` or ``zh``."""
    return _STATE.language


def message(key: str, in_language: str | None = None, /, **facts: object) -> str:
    """Return a message with its facts, in the language in use or the one given."""
    pair = MESSAGES[key]
    return pair[(in_language or _STATE.language) == "zh"].format(**facts)


def level_word(level: str, in_language: str | None = None) -> str:
    """Return a geocode level in words; an unknown one as it is."""
    return LEVELS.get(level, (level, level))[(in_language or _STATE.language) == "zh"]


def in_words(error: str) -> str:
    """Return an error in the language in use: its frame words in Chinese, its facts untouched."""
    if _STATE.language != "zh":
        return error
    lines = []
    for line in error.split("\n"):
        parts = _QUOTED.split(line)
        for i in range(0, len(parts), 2):  # the odd ones are quoted
            for pattern, chinese in _FRAME:
                parts[i] = pattern.sub(chinese, parts[i])
        lines.append("".join(parts))
    return "\n".join(lines)
