"""What the repository says about itself: commands, links, options, versions, constraints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analyzer.config import Config
from analyzer.model import default_bundle, read_bundle

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = ("profile", "tag", "inspect")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line and not line.startswith("#")]
    names = [row.partition("==")[0] for row in rows]
    assert names == sorted(set(names))
    # no host, no build of one machine (`+cpu`), no range
    assert [row for row in rows if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", row)] == []
    return dict(row.split("==") for row in rows)


def marked(name: str) -> list[str]:
    found = re.search(rf"^<!-- ci:{name} -->\n```sh\n(.*?)```$", README, re.DOTALL | re.MULTILINE)
    assert found, name
    return found[1].splitlines()


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("profile", ".venv/bin/analyzer profile corpora/demo -o out/demo"),
        ("test", ".venv/bin/pytest -n auto"),
    ],
)
def test_each_command_is_one_line_that_sets_up_all_it_needs(name: str, last: str) -> None:
    (line,) = marked(name)
    steps = line.split(" && ")
    assert steps[0] == "python3 -m venv .venv"
    assert steps[1].startswith(".venv/bin/pip install -c constraints.txt ")
    assert steps[-1] == last
    assert len(steps) == 3


def test_ci_takes_its_commands_from_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    for name in ("profile", "test"):
        assert f"readme_command {name})" in script
        assert marked(name)[0] not in script


@pytest.mark.parametrize(
    "page", ["README.md", "corpora/README.md", "CHANGELOG.md", "EXPERIMENTS.md"]
)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    dead = [to for to in links if "://" not in to and not (path.parent / to).exists()]
    assert dead == []


def test_the_options_in_the_readme_are_those_of_the_command() -> None:
    command = Path(sys.executable).with_name("analyzer")
    environment = {**os.environ, "COLUMNS": "400", "NO_COLOR": "1", "TERM": "dumb"}
    helped = set()
    for name in COMMANDS:
        shown = subprocess.run(
            [command, name, "--help"],
            capture_output=True, text=True, encoding="utf-8", env=environment, check=True,
        ).stdout  # fmt: skip
        helped |= set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", shown))
    told = set(re.findall(r"^\| (?:`-\w`, )?`(--[a-z-]+)", README, flags=re.MULTILINE))
    assert told == helped - {"--help"}


def test_the_defaults_in_the_readme_are_those_of_the_settings() -> None:
    profile = Config().profile
    assert f"`--level {profile.level}`" in README
    assert f"`--min-posts {profile.min_posts}`" in README


def test_every_place_names_the_same_version(project: dict[str, Any]) -> None:
    number = project["project"]["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.+)$", citation, flags=re.MULTILINE) == [number]
    assert re.search(
        rf"^## \[[^\]]*\].*{re.escape(number)}|^## \[{re.escape(number)}\]",
        changes,
        flags=re.MULTILINE,
    )


def test_the_citation_has_what_its_format_requires(project: dict[str, Any]) -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    keys = re.findall(r"^([a-z-]+):", citation, flags=re.MULTILINE)
    assert {"cff-version", "message", "title", "authors"} <= set(keys)
    assert len(keys) == len(set(keys))
    assert f"license: {project['project']['license']}" in citation


def test_the_constraints_meet_the_requirements(
    project: dict[str, Any], pins: dict[str, str]
) -> None:
    extras = project["project"]["optional-dependencies"]
    wanted = [*project["project"]["dependencies"], *(t for each in extras.values() for t in each)]
    assert len(wanted) > len(extras["dev"])
    for text in wanted:
        requirement = Requirement(text)
        pin = pins.get(canonicalize_name(requirement.name))
        assert pin, requirement.name
        assert requirement.specifier.contains(pin), text


def test_the_constraints_hold_the_whole_set_and_no_more(
    project: dict[str, Any], pins: dict[str, str]
) -> None:
    extras = project["project"]["optional-dependencies"]
    waiting = [Requirement(t) for t in project["project"]["dependencies"]]
    waiting += [Requirement(t) for name in extras for t in extras[name]]
    reached: set[str] = set()
    done: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        wants = ("", *sorted(requirement.extras))
        if (name, wants) in done:
            continue
        done.add((name, wants))
        reached.add(name)
        try:
            below = requires(name) or []
        except PackageNotFoundError:
            continue  # of an extra that is not installed here; the pin is checked above
        for text in below:
            inner = Requirement(text)
            if inner.marker is None or any(inner.marker.evaluate({"extra": e}) for e in wants):
                waiting.append(inner)
    assert pins.keys() - reached == set()
    foreign = {name for name in reached - pins.keys() if not name.startswith(("nvidia-", "triton"))}
    assert foreign == set()


def test_torch_is_pinned_to_a_release_and_no_open_range(project: dict[str, Any]) -> None:
    wanted = {
        Requirement(t).name: str(Requirement(t).specifier)
        for t in project["project"]["dependencies"]
    }
    assert wanted["torch"] == "==2.13.0"
    assert wanted["underthesea"] == f"=={version('underthesea')}"


def test_the_numbers_of_the_model_are_those_of_its_manifest() -> None:
    manifest = read_bundle(default_bundle()).manifest
    table = README.partition("<!-- model numbers: begin -->")[2].partition("<!-- model numbers")[0]
    rows = [line.strip("| ").split(" | ")[1:] for line in table.splitlines() if line[:1] == "|"]
    names = ("drive_f1_clear", "drive_f1_likely", "niche_accuracy", "promo_f1", "ece", "brier")
    assert rows[2:] == [
        [f"{manifest.metrics[side][name]:.3f}" for side in ("baseline", "tagger")] for name in names
    ]
    assert manifest.measured.startswith("9,363 labelled posts of clarity 1 and more, of 4,166")
