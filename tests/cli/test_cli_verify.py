"""Profiles are made again from their files, and every value is compared."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from cli_samples import analyzer, posts

from analyzer.model import default_bundle, read_bundle
from analyzer.report import accounts_digest
from analyzer.sources import file_digests

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The folder in/ with two files and a picture, and its result in out/."""
    (tmp_path / "in").mkdir()
    posts(tmp_path / "in" / "a.jsonl")
    more = [
        {"id": f"z{n}", "platform": "tiktok", "account": "acc9", "loi_ke": f"Món ngon số {n}"}
        for n in range(3)
    ]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in more)
    (tmp_path / "in" / "b.jsonl").write_text(text, encoding="utf-8")
    (tmp_path / "in" / "c.jpg").write_bytes(b"\xff\xd8")
    given = ("--min-posts", "3", "--level", "0.8", "--map", "text=loi_ke")
    done = analyzer("profile", tmp_path / "in" / "b.jsonl", "-o", tmp_path / "mapped", *given)
    assert done.exit_code == 0, done.output
    done = analyzer("profile", tmp_path / "in", "-o", tmp_path / "out", "--min-posts", "3")
    assert done.exit_code == 0, done.output
    return tmp_path


def verified(made: Path, *more: str | Path, out: str = "out", paths: str = "in") -> Result:
    return analyzer("verify", made / out / "profiles.json", made / paths, *more)


def told(result: Result) -> str:
    return " ".join(result.output.split())


def change(made: Path, how: Callable[[dict[str, Any]], object], out: str = "out") -> None:
    path = made / out / "profiles.json"
    found = json.loads(path.read_bytes())
    how(found)
    path.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def test_what_was_not_touched_is_the_same(made: Path) -> None:
    before = (made / "out" / "profiles.json").read_bytes()
    result = verified(made)
    assert result.exit_code == 0, result.output
    assert "tiktok:acc0: same tiktok:acc1: same 2 of 2 accounts are the same" in told(result)
    assert (made / "out" / "profiles.json").read_bytes() == before
    seal = json.loads(before)["seal"]
    assert [one["name"] for one in seal["files"]] == ["in/a.jsonl", "in/b.jsonl"]
    assert [(one["name"], one["sha256"]) for one in seal["files"]] == file_digests([made / "in"])


def test_what_was_given_is_given_again(made: Path) -> None:
    result = verified(made, out="mapped", paths="in/b.jsonl")
    assert result.exit_code == 0, result.output


def test_the_files_may_lie_elsewhere(made: Path) -> None:
    shutil.move(made / "in", made / "elsewhere")
    assert verified(made, paths="elsewhere").exit_code == 0


def test_a_changed_number_is_named(made: Path) -> None:
    def how(found: dict[str, Any]) -> None:
        found["profiles"][1]["share_point"] += 0.25
        found["profiles"][1]["posts"] = 12.0

    change(made, how)
    stored = json.loads((made / "out" / "profiles.json").read_bytes())["profiles"][1]
    result = verified(made)
    assert result.exit_code == 1
    said = told(result)
    assert "tiktok:acc1: 2 of" in said
    assert "tiktok:acc0: same" in said
    assert "1 of 2 accounts are the same" in said
    assert f"tiktok:acc1: share_point: stored {stored['share_point']}, found" in said
    assert "tiktok:acc1: posts: stored 12.0, found 12" in said
    assert "profiles.json: seal.profiles: stored" in said
    found = json.loads(verified(made, "--json").output)
    assert found["accounts"] == {"tiktok:acc0": True, "tiktok:acc1": False}
    assert {one["column"] for one in found["differences"]} == {
        "seal.profiles", "share_point", "posts",
    }  # fmt: skip


def test_a_seal_that_was_changed_along_does_not_help(made: Path) -> None:
    def how(found: dict[str, Any]) -> None:
        found["profiles"][0]["role"] = "creator"
        lines = [
            json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
            for one in found["profiles"]
        ]
        found["seal"]["profiles"] = accounts_digest(lines)

    change(made, how)
    result = verified(made)
    assert result.exit_code == 1
    assert 'role: stored "creator", found' in told(result)
    assert "seal.profiles" not in told(result)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda f: f["profiles"].pop(), 'acc1: account_id: stored null, found "tiktok:acc1"'),
        (
            lambda f: f["profiles"].append({"account_id": "tiktok:new"}),
            'tiktok:new: account_id: stored "tiktok:new", found null',
        ),
        (lambda f: f["profiles"].append(f["profiles"][0]), "seal.profiles"),
        (lambda f: f["read"].update(posts=99), "profiles.json: read.posts: stored 99, found 24"),
        (lambda f: f["model"].update(model_id="x"), 'model.model_id: stored "x"'),
        (lambda f: f["profiles"][0].update(more=1), "tiktok:acc0: more: stored 1, found null"),
    ],
)
def test_whatever_was_changed_is_named(
    how: Callable[[dict[str, Any]], object], said: str, made: Path
) -> None:
    change(made, how)
    result = verified(made)
    assert result.exit_code == 1
    assert said in told(result)


def test_files_that_are_others_are_named(made: Path) -> None:
    (made / "in" / "d.jsonl").write_text("{}")
    assert "not among the files they were made from: in/d.jsonl" in told(verified(made))
    (made / "in" / "d.jsonl").unlink()
    with (made / "in" / "b.jsonl").open("a") as file:
        file.write("\n")
    result = verified(made)
    assert result.exit_code == 2
    assert "changed: in/b.jsonl; pass the files as they were" in told(result)
    (made / "in" / "b.jsonl").unlink()
    result = verified(made)
    assert result.exit_code == 2
    assert "missing: in/b.jsonl" in told(result)
    assert verified(made, paths="nowhere").exit_code == 2


def test_another_bundle_is_refused(made: Path) -> None:
    other = made / "bundle"
    shutil.copytree(default_bundle(), other)
    with (other / "manifest.json").open("a") as file:
        file.write("\n")
    result = verified(made, "--bundle", other)
    assert result.exit_code == 2
    said = told(result)
    assert read_bundle(other).model_id in said
    assert "pass its bundle with --bundle, or install the version that has it" in said
    assert verified(made, "--bundle", default_bundle()).exit_code == 0


@pytest.mark.parametrize("name", ["model_id", "front_end", "abstention"])
def test_another_model_or_version_is_refused(name: str, made: Path) -> None:
    change(made, lambda found: found["seal"].update({name: "other@1"}))
    result = verified(made)
    assert result.exit_code == 2
    assert f"their {name} is other@1, here it is" in told(result)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda f: f.pop("seal"), "is no profiles.json with a seal"),
        (lambda f: f["seal"].pop("files"), "its seal is damaged: files"),
        (lambda f: f["seal"].update(files=[{"name": 3}]), "its seal is damaged: files.0"),
        (lambda f: f["seal"].pop("profiles"), "its seal is damaged"),
        (lambda f: f["profiles"].append([]), "its seal is damaged: 2"),
        (lambda f: f["profiles"].append({}), "its seal is damaged: 2"),
        (lambda f: f["settings"].update(level="x"), "settings that no run has: level"),
        (lambda f: f["settings"].update(levle=1), "settings that no run has: levle"),
        (lambda f: f["settings"].update(level=7), "level must lie between 0 and 1"),
    ],
)
def test_a_damaged_file_is_refused(
    how: Callable[[dict[str, Any]], object], said: str, made: Path
) -> None:
    change(made, how)
    result = verified(made)
    assert result.exit_code == 2
    assert said in told(result)


def test_what_is_no_profiles_json_is_refused(made: Path) -> None:
    for name, said in (("in/a.jsonl", "is not JSON"), ("none.json", "cannot be read")):
        result = analyzer("verify", made / name, made / "in")
        assert (result.exit_code, said in told(result)) == (2, True)


def test_a_result_in_two_steps_has_no_seal(made: Path) -> None:
    more = ("--rejected", "--map", "text=loi_ke")
    done = analyzer("profile", made / "in", "-o", made / "out", *more)
    assert done.exit_code == 0, done.output
    assert json.loads((made / "out" / "profiles.json").read_bytes())["seal"] is None
    result = verified(made)
    assert result.exit_code == 2
    assert "was made with --rejected" in told(result)


def test_a_result_within_the_folder_that_was_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    posts(tmp_path / "in" / "a.jsonl")
    out = tmp_path / "in" / "out"
    assert analyzer("profile", tmp_path / "in", "-o", out).exit_code == 0
    seal = json.loads((out / "profiles.json").read_bytes())["seal"]
    assert [one["name"] for one in seal["files"]] == ["in/a.jsonl"]


def test_pseudonyms_need_their_key(made: Path) -> None:
    key, other = made / "k", made / "other"
    given = ("--pseudonymise", "--key", key)
    done = analyzer("profile", made / "in", "-o", made / "hidden", *given)
    assert done.exit_code == 0, done.output
    plain = json.loads((made / "out" / "profiles.json").read_bytes())["seal"]
    seal = json.loads((made / "hidden" / "profiles.json").read_bytes())["seal"]
    for name in ("name", "sha256"):
        assert not {f[name] for f in plain["files"]} & {f[name] for f in seal["files"]}
    result = verified(made, "--key", key, out="hidden")
    assert result.exit_code == 0, result.output
    result = verified(made, "--key", other, out="hidden")
    assert (result.exit_code, other.exists()) == (2, False)
    assert "only their key can make them again" in told(result)
    other.write_text("ab" * 32)
    assert "is another key than that" in told(verified(made, "--key", other, out="hidden"))
    change(made, lambda found: found["profiles"][0].update(posts=1), "hidden")
    assert verified(made, "--key", key, out="hidden").exit_code == 1
