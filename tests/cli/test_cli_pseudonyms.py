"""With --pseudonymise no output names anybody, and nothing else changes."""

from __future__ import annotations

import json
import stat
import zipfile
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from cli_samples import analyzer

import analyzer as package
from analyzer import tagging
from analyzer.errors import InputError, StoreError
from analyzer.pipeline.key import key_at, read_key

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = {"lan.anh": "Lan Anh Review", "bep.nhaxoai": "Bếp Nhà Xoài", "mocmay_99": "Xưởng Mộc Mây"}
CAPTIONS = [
    "Cách nấu bún riêu cua đồng cùng @Bep.NhaXoai, gọi 0909.123.456 nha",
    "Lan Anh Review đây, theo dõi lan.anh nha #lananhreview #anngon",
    "Áo thun cotton 99k, inbox +84 912 345 678 hoặc mocmay.dathang@gmail.com chốt đơn",
    "Xem thêm tại https://www.tiktok.com/@lan.anh/video/7301555 và xuongmocmay.vn/ban-go nhé",
    "Nay buồn ghê, ở nhà ôm mèo coi phim cả ngày thôi mọi người ơi",
    "Bếp nhà Xoài và MOCMAY_99 cùng bào gỗ sồi hong ba tháng mới hết cong vênh",
]
SECRETS = [
    "lan.anh", "lananh", "lan anh", "bep.nhaxoai", "bepnhaxoai", "bếp nhà xoài", "mocmay",
    "mộc mây", "0909.123", "0909123456", "912 345", "912345678", "gmail", "7301555", "nguoila",
    "dathang", "73l0", "<raw>", "tập tin",
]  # fmt: skip


def rows() -> list[dict[str, Any]]:
    return [
        {
            "id": f"73{handle[0]}{n}", "platform": "tiktok", "account": handle.upper(),
            "nickname": name, "created_at": f"2026-01-{n + 1:02}T08:00:00Z", "likes": n * 7 % 5,
            "text": f"{CAPTIONS[n % 6]} phần {n}" + ("\nHotline 0909 123 456 #lananh" * (n > 8)),
            "url": f"https://www.tiktok.com/@{handle}/video/73{n}", "followers": 100 + n,
            "coauthors": ["lan.anh"] if n == 3 else [],
        }
        for handle, name in PEOPLE.items() for n in range(14)
    ]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "lan.anh tập tin"
    found.mkdir()
    lines = [json.dumps(row, ensure_ascii=False) for row in rows()]
    (found / "mocmay.jsonl").write_text("\n".join(lines[:20]), encoding="utf-8")
    broken = ['{"text": "của nguoila", "id": "<raw>"}', "{hỏng lan.anh"]
    (found / "a.bep.nhaxoai.jsonl").write_text("\n".join(lines[20:] + broken), encoding="utf-8")
    (found / "lananh.csv").write_text("bepnhaxoai,nguoila\nmột,hai\n", encoding="utf-8")
    with zipfile.ZipFile(found / "gói.zip", "w") as archive:
        archive.writestr("lananh/mocmay.json", '[{"lananh": {"x": 1}}]')
    return found


def plain_bytes(out: Path) -> dict[str, str]:
    """All that the files hold, Parquet unpacked, and their own names."""
    found = {}
    for path in out.rglob("*"):
        if path.is_dir():
            found[str(path.relative_to(out))] = path.name
            continue
        said = path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            said += str(pq.read_metadata(path)) + str(table.schema.metadata)
            said += json.dumps(table.to_pylist(), ensure_ascii=False, default=str)
        found[str(path.relative_to(out))] = said + path.name
    return found


def told(found: dict[str, str]) -> list[tuple[str, str]]:
    return [(n, s) for n, said in found.items() for s in SECRETS if s in said.lower()]


def run(folder: Path, out: Path, *more: str | Path) -> str:
    result = analyzer("profile", folder, "-o", out, *more)
    assert result.exit_code == 0, result.output
    return result.output


def test_no_output_names_anybody(folder: Path, tmp_path: Path) -> None:
    out, key = tmp_path / "out", tmp_path / "secret" / "k"
    said = run(folder, out, "--pseudonymise", "--key", key)
    found = plain_bytes(out)
    assert set(found) == set(tagging.RESULTS)
    assert told(found) == []
    before = said.partition("Report: ")[0].replace(str(out), "")
    assert told({"terminal": before}) == []
    assert f"{key}; keep it, and never forward it" in said
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not [path for path in tmp_path.iterdir() if path.name.endswith("parts")]
    # the check can fail: the plain run's files are full of names
    plain = tmp_path / "plain"
    run(folder, plain)
    assert {name for name, _ in told(plain_bytes(plain))} == set(tagging.RESULTS)


def table(out: Path, name: str) -> list[dict[str, Any]]:
    return list(pq.read_table(out / f"{name}.parquet").to_pylist())


def test_roles_and_numbers_are_those_of_the_plain_run(folder: Path, tmp_path: Path) -> None:
    plain, hidden, key = tmp_path / "plain", tmp_path / "hidden", tmp_path / "k"
    run(folder, plain)
    run(folder, hidden, "--pseudonymise", "--key", key)
    changed = {"account_id", "account_name"}

    def numbers(out: Path) -> list[str]:
        found = [
            {k: v for k, v in row.items() if k not in changed} for row in table(out, "profiles")
        ]
        return sorted(json.dumps(row, default=str, sort_keys=True) for row in found)

    assert numbers(plain) == numbers(hidden)
    kept = [
        "posted_at", "likes", "followers", "prob_ppm", "niche", "promo", "abstained", "missing",
        "cannot_carry", "sign_off", "platform", "source_format", "source_row", "model_id",
    ]  # fmt: skip

    def tags(out: Path) -> list[str]:
        return sorted(str([row[name] for name in kept]) for row in table(out, "posts"))

    assert tags(plain) == tags(hidden)
    ids = [row["account_id"] for row in table(hidden, "posts")]
    assert ids == sorted(ids)
    assert {row["account_id"] for row in table(hidden, "profiles")} == set(ids)
    for row in table(hidden, "posts"):
        if row["sign_off_at"] is not None:
            assert row["text"][row["sign_off_at"] :].startswith("Hotline 0900-")
    assert any(row["sign_off_at"] is not None for row in table(hidden, "posts"))
    texts = [row["content_hash"] for row in table(plain, "posts")]
    assert not set(texts) & {row["content_hash"] for row in table(hidden, "posts")}


def test_one_key_gives_one_pseudonym_everywhere_and_another_key_another(
    folder: Path, tmp_path: Path
) -> None:
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))
    run(folder, first, "--pseudonymise", "--key", tmp_path / "k")
    run(folder / "mocmay.jsonl", again, "--pseudonymise", "--key", tmp_path / "k")
    run(folder, other, "--pseudonymise", "--key", tmp_path / "k2")
    ids = {row["account_id"] for row in table(first, "profiles")}
    assert len(ids) == 3
    assert {row["account_id"] for row in table(again, "profiles")} <= ids
    assert not ids & {row["account_id"] for row in table(other, "profiles")}
    posts = {row["post_id"]: row for row in table(first, "posts")}
    for row in table(again, "posts"):
        assert row["text"] == posts[row["post_id"]]["text"]
    names = {one.partition(":")[2] for one in ids}
    mentioned = {name for row in posts.values() for name in row["mentions"]}
    assert len(mentioned) == 1 < len(names)
    assert mentioned < names
    assert all(row["url"] == f"tiktok.com/@{row['account_name']}" for row in posts.values())
    assert all(row["account_id"] == f"tiktok:{row['account_name']}" for row in posts.values())
    (coauthor,) = {name for row in posts.values() for name in row["coauthors"] or []}
    review = next(row for row in posts.values() if "theo dõi" in row["text"])
    assert f"{coauthor} đây, theo dõi {coauthor} nha #{coauthor} #anngon" in review["text"]
    assert review["hashtags"][:2] == [coauthor, "anngon"]
    assert (first / "profiles.json").read_bytes() != (other / "profiles.json").read_bytes()


def test_the_same_run_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(folder, tmp_path / name, "--pseudonymise", "--key", tmp_path / "k")
    for name in tagging.RESULTS:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_run_that_was_stopped_leaves_no_true_text_in_the_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, key = tmp_path / "out", tmp_path / "k"

    def stop(*_: object) -> None:
        assert told(plain_bytes(out)) == []
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("analyzer.tagging.pseudonymised", stop)
        request = tagging.Request(paths=(str(folder),), config=package.Config(), key=key_at(key))
        with pytest.raises(KeyboardInterrupt):
            tagging.tag_posts(request, out)
    assert list(out.iterdir()) == []
    parts = tagging.parts_folder(out, pseudonymous=True)
    assert stat.S_IMODE(parts.stat().st_mode) == 0o700
    run(folder, out, "--pseudonymise", "--key", key)
    assert not parts.exists()


@pytest.mark.parametrize("command", ["profile", "tag"])
def test_what_cannot_work_is_refused(command: str, folder: Path, tmp_path: Path) -> None:
    out, key = tmp_path / "out", tmp_path / "k"

    def refused(*more: str | Path) -> str:
        result = analyzer(command, folder, "-o", out, *more)
        assert result.exit_code == 2
        return " ".join(result.output.split())

    assert "pass --pseudonymise, too" in refused("--key", key)
    assert "must not lie in the folder" in refused("--pseudonymise", "--key", out / "k")
    assert not key.exists()
    run(folder, out, "--pseudonymise", "--key", key)
    assert "holds a result with pseudonyms" in refused("--rejected")
    assert "cannot be used with" in refused("--pseudonymise", "--key", key, "--rejected")
    plain = tmp_path / "plain"
    run(folder, plain)
    out = plain
    assert "holds files with true names (posts.parquet, rejects.jsonl" in refused(
        "--pseudonymise", "--key", key
    )


def test_a_key_is_made_once_and_a_file_that_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = key_at(tmp_path / "k")
    assert len(made) == 32
    assert key_at(tmp_path / "k") == read_key(tmp_path / "k") == made
    (tmp_path / "bad").write_text("abc")
    with pytest.raises(InputError, match="is no key of pseudonyms"):
        key_at(tmp_path / "bad")
    with pytest.raises(InputError, match="cannot be read"):
        read_key(tmp_path / "none")
    with pytest.raises(StoreError, match="pass another file with --key"):
        key_at(tmp_path / "bad" / "k")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    result = analyzer("profile", tmp_path / "none.jsonl", "--pseudonymise")
    assert result.exit_code == 2
    assert (tmp_path / "config" / "analyzer" / "pseudonyms.key").exists()


def test_in_python(folder: Path, tmp_path: Path) -> None:
    found = package.analyse(folder, pseudonymise=True, key=tmp_path / "k")
    said = json.dumps(
        [t.to_pylist() for t in (found.posts, found.profiles, found.facts, found.rejects)],
        ensure_ascii=False, default=str,
    )  # fmt: skip
    assert told({"tables": said, "summary": str(found.summary)}) == []
    assert found.rejects.column("why").to_pylist().count("is not JSON") == 1
