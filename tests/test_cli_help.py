"""Help, examples, versions, shell completion and the nearest name: what the command says of itself."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from geodata.registry import TABLES
from tests.test_cli import zonegap
from zonegap.command.app import app, main
from zonegap.command.help import EXAMPLES
from zones.hubs import HUB_LAYERS

ROOT = Path(__file__).parent.parent
COMMAND = typer.main.get_command(app)
COMMANDS = sorted(COMMAND.commands)  # type: ignore[attr-defined]


def run_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    """Run the command in this process: exit code, output, messages."""
    for name in ("LANG", "LC_ALL", "ZONEGAP_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "argv", ["zonegap", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0), *capsys.readouterr()


def parse(line: str) -> None:
    """Parse a command line as the command would; nothing is run."""
    _, name, *arguments = shlex.split(line)
    COMMAND.commands[name].make_context(name, arguments)  # type: ignore[attr-defined]


def test_every_command_has_examples_that_parse() -> None:
    assert sorted(EXAMPLES) == ["", *COMMANDS]
    for name, lines in EXAMPLES.items():
        assert lines
        for line in lines:
            assert line.startswith(f"zonegap {name}")
            parse(line)


def test_commands_of_the_readme_parse() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"(?:`|^    )(zonegap [^`\n]*)", text, re.MULTILINE)
    assert len(lines) >= 10
    bare = [f"zonegap {name}" for name in ("geocode",)]  # named in a sentence
    for line in lines:
        if line.startswith("zonegap --"):  # of the command itself
            assert line.split()[1] in {o for p in COMMAND.params for o in p.opts}
        elif "..." not in line and line not in bare:
            parse(line.split(" > ")[0])


@pytest.mark.parametrize("name", COMMANDS)
def test_help_groups_the_options_and_shows_examples(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code, out, err = run_here(monkeypatch, capsys, name, "--help")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith(f"Usage: zonegap {name} ")
    assert max(map(len, lines)) <= 80 or name == "geocode"  # an example there is long
    shown = out.split("Examples:\n")[1].splitlines()
    assert [line.strip() for line in shown] == list(EXAMPLES[name])
    other = out.split("Other options:\n")[1].split("\n\n")[0]
    assert re.findall(r"--[a-z-]+", other) == ["--help"]  # all others stand in a named group


def test_an_option_before_its_command_is_told_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in ("--lang", "--km"):
        code, _, err = run_here(monkeypatch, capsys, option, "en", "threshold")
        assert code == 2
        assert err.startswith(
            f"zonegap: {option} goes after the command, as in zonegap run {option}\n"
        )
    assert "no such option --nonsense" in run_here(monkeypatch, capsys, "--nonsense")[2]


def test_no_command_shows_the_help() -> None:
    done = zonegap()
    assert (done.returncode, done.stdout) == (0, zonegap("--help").stdout)
    for name in COMMANDS:
        first = next(line for line in done.stdout.splitlines() if line.startswith(f"  {name} "))
        assert "..." not in first


def test_version_names_the_data() -> None:
    lines = zonegap("--version").stdout.splitlines()
    text = (TABLES / "registry.json").read_bytes()
    assert lines[0] == f"zonegap {__import__('importlib.metadata').metadata.version('zonegap')}"
    count = len(json.loads(text))
    assert lines[1] == f"tables: {count}, registry {hashlib.sha256(text).hexdigest()[:8]}"
    assert lines[2] == "catalogue of development zones: 2018-02-26, 2,543 zones"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["thresold"], "no such command 'thresold'; accepted: "),
        (["thresold"], ". Did you mean 'threshold'?"),
        (["threshold", "--thresholds", "3"], "no such option --thresholds"),
        (["threshold", "--kms", "3"], "no such option --kms. Did you mean '--km'?"),
        (["run", "--hubs", "core"], "--hubs: 'core'; accepted: prefectures, "),
        (["run", "--hubs", "core"], ". Did you mean 'cores'?"),
        (["map", "--layer", "prefecture"], ". Did you mean 'prefectures'?"),
        (["threshold", "--by", "provnce"], "--by: 'provnce'; accepted: province, level"),
        (["tables", "--formats", "csv,xls"], "--formats: 'xls'; accepted: csv, xlsx"),
        (["figures", "--formats", "pnk"], ". Did you mean 'png'?"),
        (["data", "zonse"], ". Did you mean 'zones'?"),
        (["where-next", "--k", "0"], "--k: '0'; accepted: a whole number of at least 1"),
        (["where-next", "--k", "1_0"], "--k: '1_0'; accepted: a whole number"),
        (["threshold", "--count", "1e3"], "--count: '1e3'; accepted: a whole number of at least 0"),
        (["map", "--threshold-km", "nan"], "--threshold-km: 'nan'; accepted: a number"),
        (["map", "--weight", "people"], "--weight: 'people'; accepted: zones, area, gdp"),
        (["geocode", "a.csv", "--column", "x"], "--out is missing"),
        (["geocode"], "is missing"),
        (["geocode", "a.csv", "--column", "x", "--out", "b", "--year", "1900"],
         "--year: '1900'; accepted: a whole number from 1980 to 2024"),
        (["geocode", "a.csv", "--column", "x", "--out", "b", "--kind", "firm"],
         "--kind: 'firm'; accepted: auto, address, company"),
        (["run", "a.toml", "b.toml"], "too many arguments: b.toml"),
        (["run", "--km"], "--km needs a value\ntry: zonegap run --help"),
        (["gdp", "--json=3"], "--json takes no value"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_line_that_names_the_option(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    code, out, err = run_here(monkeypatch, capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.startswith("zonegap: ")
    assert len(err.splitlines()) <= 2


def completed(line: str, shell: str = "bash") -> list[str]:
    words = line.split(" ")
    done = subprocess.run(
        [sys.executable, "-m", "zonegap"],
        env=__import__("os").environ
        | {
            "_ZONEGAP_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
            "_TYPER_COMPLETE_ARGS": line,
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.split()


def test_completion_of_commands_options_and_values() -> None:
    assert completed("zonegap thr") == ["threshold"]
    assert "--registrations" in completed("zonegap run --r")
    assert completed("zonegap threshold --hubs ") == list(HUB_LAYERS)
    assert completed("zonegap map --layer c") == ["cores"]
    assert completed("zonegap tables --lang z") == ["zh"]
    assert "zone_seats" in completed("zonegap data zone_s")
    assert any("prefectures" in word for word in completed("zonegap run --hubs p", "zsh"))


@pytest.mark.skipif(sys.platform == "win32", reason="asks a POSIX shell")
def test_the_shell_is_told_how_to_complete() -> None:
    line = f"{shlex.quote(sys.executable)} -m zonegap --show-completion; exit $?"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "complete -o default -F _zonegap_completion zonegap" in done.stdout
    assert "_ZONEGAP_COMPLETE=complete_bash" in done.stdout
