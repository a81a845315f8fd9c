"""Messages about the user's files in Chinese, by their English sentence."""

from __future__ import annotations

CHINESE: dict[str, str] = {
    # any table
    "row {row}, column {column!r}: {value!r}; {accepted}": "第{row}行，“{column}”列：{value!r}；{accepted}",
    "row {row}: {cells} cells; accepted: {width}, as in the header": (
        "第{row}行：有{cells}个单元格；应与表头一致，为{width}个"
    ),
    "row {row}: more than {limit:,} rows; accepted: up to that, split the table": (
        "第{row}行：超过{limit:,}行的上限；请拆分表格"
    ),
    "and {more} more of {faults} faults": "另有{more}处错误，共{faults}处",
    "no header in the first {rows} rows (the first has {seen}); accepted: a row that names "
    "the columns, at least the name of the {what} and one more; {columns}": (
        "前{rows}行中没有表头（首行为{seen}）；须有一行写明列名，至少含{what}名称列和另一列；{columns}"
    ),
    "row {row}: no column for the name of the {what} (known here: {have}); accepted: "
    "{accepted}": "第{row}行：没有{what}名称列（已识别：{have}）；可用列名：{accepted}",
    "row {row}: columns {both} both mean {column}; accepted: one of them; rename "
    "or remove the other": "第{row}行：{both}两列含义相同（{column}）；只能保留一列，请改名或删除另一列",
    "row {row}: no column {heading!r}, which the study file names for {column}": (
        "第{row}行：没有研究文件为{column}指定的列{heading!r}"
    ),
    "row {row}: column {heading!r} without its partner; accepted: {accepted}": (
        "第{row}行：{heading!r}列缺少配对的列；可用列名：{accepted}"
    ),
    "row {row}: no rows below the header; accepted: at least one": "第{row}行：表头以下没有数据；至少要有一行",
    "no rows; accepted: at least one below the header": "没有数据；表头以下至少要有一行",
    "column {column!r} is missing; columns: {have}": "缺少{column!r}列；现有列：{have}",
    "column {column!r}: type {t}; accepted: numbers": "{column!r}列：类型{t}；应为数字",
    "column 'datum' is missing: add it or say --datum; accepted: {datums}": (
        "缺少'datum'列：请添加该列，或用--datum指定；可用：{datums}"
    ),
    "{path}: column {column!r} is there already; choose others with --columns": (
        "{path}：已有{column!r}列；请用--columns选择其他列"
    ),
    "column {column!r} stands twice": "{column!r}列重复出现",
    " and ": "与",
    "companies": "企业",
    "zones": "开发区",
    # cells
    "a value is required": "不能为空",
    "a value is required beside {other!r}": "填写了{other!r}时不能为空",
    "a value is required for a position: {values}": "有坐标时须注明坐标系：{values}",
    "accepted: {values}": "应为：{values}",
    "accepted: {values}, or none": "应为：{values}，或留空",
    "accepted: a whole number": "应为整数",
    "accepted: a number": "应为数字",
    "accepted: {low:g} to {high:g}": "应在{low:g}至{high:g}之间",
    "; it is a percentage": "；这是百分数",
    "; it is a percentage: as a share it is {share:g}": "；这是百分数，按比例应写作{share:g}",
    "; it looks like a percentage: as a share it is {share:g}": "；疑为百分数，按比例应写作{share:g}",
    "; write it as {plain}": "；请写作{plain}",
    "; it looks like {unit}": "；单位疑为{unit}",
    "; it looks like the {other}: are the two swapped?": "；疑为{other}：两列是否颠倒？",
    "must be unique, stands in row {row} too": "不能重复，第{row}行已有",
    "a month as YYYY-MM": "YYYY-MM格式的年月",
    "a provincial code": "省级行政区划代码",
    "a six-digit GB/T 2260 code": "六位GB/T 2260代码",
    "a provincial GB/T 2260 code": "省级GB/T 2260代码",
    "an ISO 4217 code": "ISO 4217货币代码",
    "letters without tones": "不带声调的字母",
    "a day as YYYY-MM-DD": "YYYY-MM-DD格式的日期",
    # positions and areas
    "row {row}: columns {both} without a datum; accepted: a column 坐标系 or datum with "
    "one of {datums}": "第{row}行：{both}两列未注明坐标系；须有“坐标系”列，取值之一：{datums}",
    "row {row}: column {heading!r} without a unit of area; accepted: one of {units} in "
    "brackets, as in 核准面积(公顷)": (
        "第{row}行：{heading!r}列未注明面积单位；须在括号内注明：{units}，如“核准面积(公顷)”"
    ),
    "no province stated, and none follows from the name: {why}": "未注明省份，名称也不能推定：{why}",
    "none of the {zones} zones has a place ({reasons}); accepted: a column of provinces, "
    "or positions with their datum": (
        "{zones}个开发区均无法定位（{reasons}）；须有省份列，或带坐标系的坐标"
    ),
    "the areas are {times:g} times those of the same zones in the catalogue, "
    "as {unit} against 公顷 would be; check the unit of the heading": (
        "面积为目录中同名开发区的{times:g}倍，与{unit}和公顷之比相同；请核对表头的单位"
    ),
    "the median area is {median:g} ha, outside the {low:g} to {high:g} ha of 98 in 100 "
    "zones of the catalogue; check the unit of the heading": (
        "面积中位数为{median:g}公顷，而目录中98%的开发区为{low:g}至{high:g}公顷；请核对表头的单位"
    ),
    "row {row}: hub {name!r} has no place ({reason}); accepted: lon, lat and datum": (
        "第{row}行：枢纽{name!r}无法定位（{reason}）；须有经度、纬度与坐标系"
    ),
    # files
    "{path}: no such file": "{path}：文件不存在",
    "{path}: is a folder; accepted: an xlsx, xls, csv, tsv or parquet file": (
        "{path}：是文件夹；应为xlsx、xls、csv、tsv或parquet文件"
    ),
    "{path}: is no regular file; save it as one first": "{path}：不是普通文件；请先另存为文件",
    "{path}: {size:,.0f} MB; accepted: up to {limit:g} MB": "{path}：{size:,.0f} MB；上限为{limit:g} MB",
    "{path}: unpacks to {size:,.0f} MB; accepted: up to {limit:g} MB": (
        "{path}：解压后为{size:,.0f} MB；上限为{limit:g} MB"
    ),
    "{path}: a web page or XML file; open it in Excel or WPS and save it as xlsx": (
        "{path}：是网页或XML文件；请用Excel或WPS打开并另存为xlsx"
    ),
    "{path}: the file is empty": "{path}：文件为空",
    "{path}: not a CSV table ({why})": "{path}：不是CSV表格（{why}）",
    "it is empty": "文件为空",
    "{path}: not readable as {encoding} ({why})": "{path}：不能按{encoding}读取（{why}）",
    "UTF-8 or GB18030": "UTF-8或GB18030",
    "{path}: cannot be read ({why})": "{path}：无法读取（{why}）",
    "{path}: no text in UTF-8, UTF-16 with a byte-order mark, or GB18030; accepted: these, or "
    "an xlsx, xls or parquet file": (
        "{path}：不是UTF-8、带字节顺序标记的UTF-16或GB18030文本；应为这些编码，或xlsx、xls、parquet文件"
    ),
    "{path}: holds zero bytes, so it is no text in {encoding}": "{path}：含零字节，不是{encoding}文本",
    "{path}: row {row}: not a {kind}-separated table ({why})": (
        "{path}：第{row}行：不是以{kind}分隔的表格（{why}）"
    ),
    "{path}: a damaged xlsx file ({why})": "{path}：xlsx文件已损坏（{why}）",
    "{path}: a damaged xlsx file (part {part} does not match its checksum)": (
        "{path}：xlsx文件已损坏（{part}部分校验不符）"
    ),
    "{path}: a damaged xlsx or xls file": "{path}：xlsx或xls文件已损坏",
    "{path}: a damaged parquet file ({why})": "{path}：parquet文件已损坏（{why}）",
    "{path}: protected by a password; save it without one": "{path}：文件有密码保护；请另存为无密码的文件",
    "{path}: cannot be read as xlsx or xls ({why})": "{path}：不能作为xlsx或xls读取（{why}）",
    "{path}: a list of hubs, not of companies; accepted with --hubs-file": (
        "{path}：是枢纽清单而非企业清单；请用--hubs-file"
    ),
    "{path}: cannot be read ({why}); accepted: {accepted}": "{path}：无法读取（{why}）；应为{accepted}",
    "{path}: no line or area in it; accepted: {accepted}": "{path}：其中没有线或面；应为{accepted}",
    "{path}: states no coordinate system; accepted: a file that states one (.prj, CRS)": (
        "{path}：未注明坐标系；应为注明坐标系的文件（.prj、CRS）"
    ),
    "a file of lines or areas that GDAL reads (GeoJSON, GeoPackage, Shapefile)": (
        "GDAL可读的线或面文件（GeoJSON、GeoPackage、Shapefile）"
    ),
    # remarks of the built-in catalogue
    "printed 湽博 for 淄博": "淄博误印为湽博",
    "industries printed with a stray full stop": "主导产业印有多余的句号",
    "printed area looks ten times too large; used as printed": "所印面积疑大了十倍；按所印采用",
    "the digitised source gives code S377018 to two zones and S377017 to none": (
        "数字化来源将代码S377018给了两个开发区，S377017则空缺"
    ),
}
