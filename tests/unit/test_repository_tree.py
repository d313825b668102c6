"""The folder tree in the README is the tree that is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
BY_FOLDER = {"tests": 2, "corpora": 2}
"""Top folders that the README shows down to this many folders, `tests` without its files."""


def files() -> list[PurePosixPath]:
    """What git tracks or would track."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [PurePosixPath(name) for name in listing.split("\0") if name and (ROOT / name).exists()]


def expected(paths: list[PurePosixPath]) -> set[str]:
    """The entries a true tree has; a folder ends in `/` and stands for its `__init__.py`."""
    entries = set()
    for path in paths:
        top = path.parts[0]
        folders = path.parts[:-1][: BY_FOLDER.get(top, len(path.parts))]
        entries |= {"/".join(folders[: n + 1]) + "/" for n in range(len(folders))}
        within = top != "tests" and len(path.parts) <= BY_FOLDER.get(top, len(path.parts))
        inner_init = path.name == "__init__.py" and path.parent != PurePosixPath("analyzer")
        if within and not inner_init:
            entries.add(str(path))
    return entries


def shown(text: str) -> list[tuple[str, str]]:
    """Entry and purpose of each line between the README's tree markers."""
    found = re.search(
        r"<!-- tree: begin -->\n```text\n(.*?)```\n<!-- tree: end -->", text, re.DOTALL
    )
    assert found, "README.md has no tree between its markers"
    above: list[str] = []
    entries = []
    for line in found[1].splitlines():
        parsed = re.fullmatch(r"((?:  )*)(\S+?)(/?)(?: {2,}(\S.*))?", line)
        assert parsed, line
        depth = len(parsed[1]) // 2
        above[depth:] = [parsed[2]]
        entries.append(("/".join(above) + parsed[3], parsed[4] or ""))
    return entries


def test_the_tree_is_true() -> None:
    names = [name for name, _ in shown((ROOT / "README.md").read_text(encoding="utf-8"))]
    there = expected(files())
    assert sorted(there - set(names)) == [], "README's tree lacks these"
    assert sorted(set(names) - there) == [], "README's tree shows these, and they are not there"
    assert len(names) == len(set(names))


def test_each_entry_says_what_it_is_for() -> None:
    entries = shown((ROOT / "README.md").read_text(encoding="utf-8"))
    assert [name for name, purpose in entries if len(purpose) < len("LICENSE")] == []


def test_what_a_tree_has_to_show() -> None:
    names = (
        "README.md", "analyzer/__init__.py", "analyzer/text/__init__.py", "analyzer/text/spans.py",
        "tests/unit/test_a.py", "corpora/README.md", "corpora/demo/tiktok/a.jsonl",
        "scripts/run.py",
    )  # fmt: skip
    assert expected([PurePosixPath(name) for name in names]) == {
        "README.md", "analyzer/", "analyzer/__init__.py", "analyzer/text/",
        "analyzer/text/spans.py", "tests/", "tests/unit/", "corpora/", "corpora/README.md",
        "corpora/demo/", "scripts/", "scripts/run.py",
    }  # fmt: skip
