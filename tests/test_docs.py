"""The pages that users read: commands parse, links lead somewhere, names and snippets are true."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from peerwatch.behaviours.finished import ERASED_SHARE
from peerwatch.behaviours.record import BEHAVIOURS, OUTCOMES, STATUSES
from peerwatch.behaviours.undone import UNDONE_WORDS
from peerwatch.cli import app
from peerwatch.commands.show import instance_shown
from peerwatch.design.arms import FACTORS
from peerwatch.episodes.rows import EPISODE_COLUMNS
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.families.text import plain_text
from peerwatch.families.valid_arms import make_arm, neighbours
from peerwatch.organisms.all_organisms import builtin
from peerwatch.sessions.toolset import tools_for
from peerwatch.studies.presets import PRESETS
from peerwatch.studies.study import Connection, EpisodeLimits, Generation, Study

ROOT = Path(__file__).parents[1]
PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "benchmarks/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
)
# Records of decisions are of their day; these two have to be true today.
ABOUT_THE_CODE = (ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md")
PLACES = ("src", "tests", "docs", "benchmarks", "scripts", "studies")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_QUOTED = re.compile(r"^> (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_MODULE = re.compile(r"\bpeerwatch(?:\.[A-Za-z_]\w*)+")
_PATH = re.compile(r"`((?:[\w.-]+/)*(?:[\w.-]+/|[\w-]+\.py))`")


def str_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def page(name: str) -> str:
    return text_of(ROOT / "docs" / name)


def in_code(text: str) -> set[str]:
    """Return the words that stand in inline code."""
    return {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.split(r"[\s,]+", code)}


def commands() -> Iterable[Any]:
    """Yield every command line of ours, from blocks and from inline code with options."""
    for path in PAGES:
        text = text_of(path)
        lines = [line for _, block in _BLOCK.findall(text) for line in block.splitlines()]
        lines += re.findall(r"`(peerwatch [^`\n]+)`", _BLOCK.sub("", text))
        for line in lines:
            if line.startswith("peerwatch "):
                yield pytest.param(line, id=f"{path.name}: {line[:60]}")


def options() -> dict[str, set[str]]:
    """Return command -> the long options it takes."""
    group: Any = get_command(app)
    return {
        name: {
            option
            for one in alone_and_below(command.load())
            for parameter in one.params
            for option in (*parameter.opts, *parameter.secondary_opts)
            if option.startswith("--")
        }
        for name, command in group.commands.items()
    }


def alone_and_below(command: Any) -> Iterable[Any]:
    """Yield a command and the subcommands that it has."""
    yield command
    for one in getattr(command, "commands", {}).values():
        yield from alone_and_below(one)


@pytest.mark.parametrize("line", list(commands()))
def test_every_command_line_parses(line: str) -> None:
    _, *words = shlex.split(line, comments=True)
    group: Any = get_command(app)
    if words[0].startswith("-"):
        assert words == ["--version"]
        return
    command = group.commands[words.pop(0)]
    while words and (
        below := getattr(command.load() if hasattr(command, "load") else command, "commands", None)
    ):
        command = below[words.pop(0)]
    if words:  # a bare name stands for the command, not for a call
        command.make_context(command.name, words)


def test_every_option_is_on_its_page() -> None:
    sections = re.split(r"^## peerwatch ", page("command-line.md"), flags=re.MULTILINE)
    named = {section.split()[0]: in_code(section) for section in sections[1:]}
    for command, taken in options().items():
        assert taken - {"--help", "--json"} <= named[command], command


@pytest.mark.parametrize("path", PAGES, ids=str_of)
def test_every_internal_link_leads_somewhere(path: Path) -> None:
    for target in _LINK.findall(_BLOCK.sub("", text_of(path))):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), target
        if anchor:
            assert anchor in anchors(found), target


@pytest.mark.parametrize("path", PAGES, ids=str_of)
def test_every_module_that_is_named_is_there(path: Path) -> None:
    for name in sorted(set(_MODULE.findall(text_of(path)))):
        resolve_name(name)  # raises what is missing


@pytest.mark.parametrize("path", ABOUT_THE_CODE, ids=str_of)
def test_every_place_that_is_named_is_there(path: Path) -> None:
    there = {f"/{found.relative_to(ROOT)}" for place in PLACES for found in walk(ROOT / place)}
    text = text_of(path).partition("\n## Where this differs")[0]
    named = _PATH.findall(_BLOCK.sub("", text))
    assert named
    missing = [one for one in named if not any(at.endswith(f"/{one.strip('/')}") for at in there)]
    assert missing == []


def walk(folder: Path) -> Iterable[Path]:
    return (folder, *(one for one in folder.rglob("*") if "__pycache__" not in one.parts))


def test_every_decision_is_in_the_index_by_its_title() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    rows = re.findall(
        r"^\| (\d+) \| \[(.+)\]\((.+)\) \|", page("decisions/README.md"), re.MULTILINE
    )
    said = [f"# {number}. {title}" for number, title, _ in rows]
    assert [file for *_, file in rows] == [record.name for record in records]
    assert said == [text_of(record).partition("\n")[0] for record in records]
    assert [int(number) for number, *_ in rows] == [*range(1, len(rows) + 1)]


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _BLOCK.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_no_link_of_the_package_page_leads_into_the_checkout() -> None:
    command = (sys.executable, "-m", "hatch_fancy_pypi_readme")
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    targets = _LINK.findall(made.stdout)
    assert targets and all(target.startswith("https://") for target in targets)
    assert "More on the report (`docs/report.md`)" in made.stdout


def test_every_column_and_study_key_is_explained() -> None:
    named = in_code(page("command-line.md"))
    assert EPISODE_COLUMNS.keys() <= named
    for part in (Study, EpisodeLimits, Generation, Connection):
        assert part.model_fields.keys() <= named


def test_every_factor_level_family_and_preset_is_explained() -> None:
    text = page("scenarios.md")
    named = in_code(text)
    assert {*FAMILY_NAMES, *PRESETS, *STATUSES} <= named
    assert {tool.name for tool in tools_for("changelog")} <= named
    for name, factor in FACTORS.items():
        section = text.partition(f"\n### {name}\n")[2].partition("\n### ")[0]
        assert set(factor.levels) <= in_code(section.partition("\n## ")[0]), name


@pytest.mark.parametrize(
    "room", ["", ".detect", ".families", ".organisms", ".critics.agents", ".blinding", ".shell"]
)
def test_every_public_name_is_listed_and_no_other(room: str) -> None:
    heading = f"\n## `peerwatch{room}`\n"
    section = page("public-names.md").partition(heading)[2].partition("\n## ")[0]
    listed = {
        name
        for row in re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert listed == set(resolve_name(f"peerwatch{room}").__all__)


def test_every_behaviour_and_outcome_is_explained() -> None:
    text = page("behaviours.md")
    assert {f"## {name}" for name in BEHAVIOURS} <= set(text.splitlines())
    assert set(OUTCOMES) <= in_code(text)
    assert f"{ERASED_SHARE:.0%}".replace("%", " %") in text
    assert all(re.search(rf"\b{word}\b", text) for word in UNDONE_WORDS)


@pytest.mark.slow
def test_the_numbers_of_arms_are_those_of_the_presets() -> None:
    for name, preset in PRESETS.items():
        counts = [len(preset.arms(family)) for family in FAMILY_NAMES]
        row = re.search(rf"^\| `{name}` \|(.+)\|$", page("scenarios.md"), re.MULTILINE)
        assert row is not None
        assert [int(cell) for cell in row[1].split("|")[1:]] == [*counts, sum(counts)], name


def test_the_number_of_organisms_is_right() -> None:
    assert f"{len(builtin())} of them" in page("architecture.md")


def test_what_is_quoted_is_what_a_critic_reads() -> None:
    read = ""
    for family in ("grading", "file_transfer"):
        base = make_arm(family)
        met = make_arm(family, relationship="cooperative")
        arms = [base, *(arm for _, arm in (*neighbours(family, base), *neighbours(family, met)))]
        for arm in arms:
            one = build_instance(family, "compact", 7, arm)
            papers = (plain_text(document.text) for document in one.documents)
            read += "\n".join((one.system_prompt, one.user_prompt, *papers))
    quoted = _QUOTED.findall(page("scenarios.md"))
    assert quoted
    assert [line for line in quoted if line not in read] == []


def test_the_objects_of_show_are_as_documented() -> None:
    section = page("command-line.md").partition("## peerwatch show")[2].partition("\n## ")[0]
    shown = instance_shown("grading", size="compact")
    parts = (shown["honest"], shown["levers"][0], shown["deviations"][0], shown["tools"][0])
    for part in (shown, *parts, next(iter(next(iter(shown["files"].values())).values()))):
        assert {key for key in part if not re.search(rf"\b{key}\b", section)} == set()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which a small study was run, as ``runs/mine``."""
    where = tmp_path_factory.mktemp("reader")
    words = [
        *("run", "--out", str(where / "runs" / "mine"), "--json", "--size", "compact"),
        *("--model", "peerwatch/honest", "--model", "peerwatch/move_weights_silently"),
        *("--family", "file_transfer", "--factor", "subject=peer,asset", "--seeds", "1"),
    ]
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == 0, ran.output
    return where


def snippets() -> Iterable[Any]:
    for number, (language, block) in enumerate(_BLOCK.findall(page("command-line.md"))):
        if language == "python":
            yield pytest.param(block, id=f"block {number}")


@pytest.mark.slow
@pytest.mark.xdist_group("docs")
@pytest.mark.parametrize("code", list(snippets()))
def test_every_snippet_runs_on_results(
    code: str, results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if "import duckdb" in code:
        pytest.importorskip("duckdb")
    monkeypatch.chdir(results)
    exec(compile(code, "command-line.md", "exec"), {"__name__": "reader"})
    assert "peerwatch/move_weights" in capsys.readouterr().out
