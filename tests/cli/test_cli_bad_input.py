"""Files as they should not be: each error names the file, the row and what to do."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import zstandard
from cli_samples import analyzer, posts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

SAID = "Nay mình nấu nồi canh chua cá lóc cho cả nhà ăn"
MIB = 1 << 20


def row(number: int, text: str = SAID, account: str = "bep.nha", **more: str) -> bytes:
    values = {"id": f"{account}{number}", "platform": "tiktok", "account": account, "text": text}
    return json.dumps(values | more, ensure_ascii=False).encode() + b"\n"


def many(count: int, account: str) -> bytes:
    return b"".join(row(n, f"{SAID} {n}", account) for n in range(count))


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


ARRAY = b"[" + b",".join(row(n, account="mang") for n in range(3)) + b"]"

UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty.jsonl": (b"", "empty.jsonl: is empty; nothing to read: export it again"),
    "blank.csv": (b"\n \n", "blank.csv: is empty; nothing to read: export it again"),
    "nul.jsonl": (b"\0" * 99, "nul.jsonl: holds NUL bytes only; nothing to read: export it again"),
    "cut.json": (ARRAY[:40], "cut.json, row 1: is cut off or not JSON"),
    "cut.gz": (gzip.compress(row(1))[:12], "cut.gz: the gzip data ends too early"),
    "cut.xz": (lzma.compress(row(1))[:20], "cut.xz: the xz data ends too early"),
    "cut.zst": (zstandard.compress(row(1))[:9], "cut.zst: the zstd data ends too early"),
    "cut.zip": (zipped(a=row(1))[:50], "copy or download"),
    "latin.jsonl": ('{"text": "cà phê"}\n'.encode("latin-1"), "save the file as UTF-8"),
    "none.csv": (b"id,ngay\n1,2\n", "none.csv: has no text column; found: 'id', 'ngay'. Pass"),
    "none.jsonl": (b'{"id": 1}\n' * 3, "none.jsonl: has no text column; found: 'id'. Pass --map"),
    "image.dat": (b"\xff\xd8\xff\xe0", "image.dat: is an image, which is not read; export it as"),
    "random.dat": (bytes(range(256)) * 40, "random.dat: is in no format that is read"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_ends_with_two_and_harms_nothing(name: str, tmp_path: Path) -> None:
    content, said = UNREADABLE[name]
    file = tmp_path / name
    file.write_bytes(content)
    out = tmp_path / "out"
    out.mkdir()
    (out / "posts.parquet").write_bytes(b"before")
    done = analyzer("profile", file, "-o", out)
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("analyzer: no post could be read: ") or (
        done.stderr.startswith("analyzer: no post could be read:\n  ")
    )
    assert said in done.stderr
    assert name in done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) <= 4
    assert max(map(len, lines)) < 300
    assert (out / "posts.parquet").read_bytes() == b"before"
    assert [path.name for path in out.iterdir()] == ["posts.parquet"]


def test_of_many_files_each_is_named_with_its_reason(tmp_path: Path) -> None:
    for name, (content, _) in UNREADABLE.items():
        (tmp_path / name).write_bytes(content)
    done = analyzer("profile", tmp_path, "-o", tmp_path / "new")
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    assert lines[0] == "analyzer: no post could be read:"
    assert len(lines) == 10
    assert lines[-1].strip().startswith("and ")
    place = re.compile(rf"  {tmp_path.name}/[\w./]+(, row \d+)?: \w")
    assert [line for line in lines[1:-1] if not place.match(line)] == []
    assert not (tmp_path / "new").exists()


def test_reasons_that_differ_in_a_number_are_told_once(tmp_path: Path) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_bytes(b"".join(b'{"text": %s\n' % (b" " * n) for n in range(1, 400)))
    done = analyzer("profile", file)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert "broken.jsonl, row 1: is not JSON: " in line
    assert line.endswith("(398 more like it)")


HTML = "<img src=x onerror=alert(7)><script>alert(8)</script></style>"
FORMULAS = ("=1+1", "+84 bán sỉ", "-2+3", "@SUM(A1)", "\t=1+1", "＝1+1", "tên;=1+1")

HOSTILE: dict[str, Callable[[], bytes]] = {
    "array.json": lambda: ARRAY[:-20],
    "bomb.jsonl.gz": lambda: gzip.compress(row(1, account="bom") + b" " * (70 * MIB), 1),
    "cut.jsonl.zst": lambda: zstandard.compress(many(5, "nen")) + zstandard.compress(row(7))[:20],
    "cut.zip": lambda: zipped(**{"a.jsonl": many(2, "zip"), "b.jsonl": many(9, "zip")})[:-90],
    "empty.jsonl": lambda: b"",
    "english.jsonl": lambda: b"".join(
        row(n, f"just a lovely day at the beach with all my friends, number {n}", "travel")
        for n in range(3)
    ),
    "html.jsonl": lambda: b"".join(
        row(n, f"{HTML} {SAID} {n}", HTML, nickname=HTML, title=HTML, url="javascript:alert(9)")
        for n in range(12)
    ),
    "huge.jsonl": lambda: row(1, f"{SAID} " * 400 + "e" + "\u0301" * (MIB // 2), "dai"),
    "latin.jsonl": lambda: row(1, account="la") + '{"text": "cà phê"}\n'.encode("latin-1"),
    "names.jsonl": lambda: b"".join(
        row(n, account=f"cell{n}", nickname=name) for n, name in enumerate(FORMULAS)
    ),
    "none.csv": lambda: b"id,ngay\n1,2\n",
    "nul.jsonl": lambda: b'{"account": "nul", "text": "n\x00i"}\n' + row(2, "a\0b", "nul"),
    "separators.jsonl": lambda: row(1, "một\u2028hai\u2029ba\u0085bốn", "dong"),
    "surrogate.jsonl": lambda: b'{"account": "sg\\ud83d", "text": "canh \\udc00 chua"}\n',
    "utf16.csv": lambda: f"account,text\nutf,{SAID}\n".encode("utf-16"),
}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    folder = tmp_path_factory.mktemp("hostile")
    for name, make in HOSTILE.items():
        (folder / name).write_bytes(make())
    out = folder.with_name("hostile_out")
    return out, analyzer("profile", folder, "-o", out, "--strict")


def records(out: Path) -> dict[str, list[dict[str, Any]]]:
    """Posts by the file they stood in, without the folder."""
    by_file: dict[str, list[dict[str, Any]]] = {}
    for post in pq.read_table(out / "posts.parquet").to_pylist():
        by_file.setdefault(post["source_file"].partition("/")[2], []).append(post)
    return by_file


def test_a_folder_of_hostile_files_ends_with_one_under_strict(
    hostile: tuple[Path, Result],
) -> None:
    out, done = hostile
    assert done.exit_code == 1, done.output
    assert done.stderr == "analyzer: rows were rejected, and --strict was given\n"
    assert f"each is in {out / 'rejects.jsonl'}:" in done.stdout
    assert len(list(out.iterdir())) == 7


def test_every_reject_names_file_row_and_remedy(hostile: tuple[Path, Result]) -> None:
    lines = (hostile[0] / "rejects.jsonl").read_bytes().split(b"\n")
    rejects = [json.loads(line) for line in lines if line]
    found = {(r["file"].partition("/")[2], r["row"]): r["why"] for r in rejects}
    files = {name for name, _ in found}
    clean = {"english", "html", "huge", "names", "nul", "separators", "surrogate", "utf16"}
    assert files - {"cut.zip/b.jsonl"} == {n for n in HOSTILE if n.partition(".")[0] not in clean}
    assert "copy or download the file again" in found["array.json", None]
    assert "decompression bomb" in found["bomb.jsonl.gz", None]
    assert "copy or download the file again" in found["cut.jsonl.zst", None]
    assert "copy or download" in found["cut.zip", None]
    assert "export it again" in found["empty.jsonl", None]
    assert "0xe0 at 12 is not UTF-8; save the file as UTF-8" in found["latin.jsonl", 2]
    assert "Pass --map text=COLUMN" in found["none.csv", None]


def test_what_is_good_in_them_is_tagged(hostile: tuple[Path, Result]) -> None:
    kept = records(hostile[0])
    assert len(kept["array.json"]) == 2
    assert len(kept["bomb.jsonl.gz"]) == 1
    assert len(kept["cut.jsonl.zst"]) == 5
    assert len(kept["cut.zip/a.jsonl"]) == 2
    assert [p["account_id"] for p in kept["latin.jsonl"]] == ["tiktok:la"]
    assert len(kept["huge.jsonl"][0]["text"].encode()) > MIB
    assert kept["huge.jsonl"][0]["prob_ppm"] is not None
    assert {p["text"] for p in kept["nul.jsonl"]} == {"n\ufffdi", "a\ufffdb"}
    assert kept["separators.jsonl"][0]["text"] == "một\u2028hai\u2029ba\u0085bốn"
    assert kept["surrogate.jsonl"][0]["text"] == "canh \ufffd chua"
    assert kept["utf16.csv"][0]["text"] == SAID


def test_where_no_word_is_vietnamese_the_tagger_abstains(hostile: tuple[Path, Result]) -> None:
    assert {p["abstained"] for p in records(hostile[0])["english.jsonl"]} == {"not_vietnamese"}
    profiles = pq.read_table(hostile[0] / "profiles.parquet")
    (travel,) = profiles.filter(
        pc.equal(profiles.column("account_id"), "tiktok:travel")
    ).to_pylist()
    assert (travel["role"], travel["reason"]) == ("undetermined", "too_few_posts")


def test_html_is_shown_and_inert_in_the_report(hostile: tuple[Path, Result]) -> None:
    report = (hostile[0] / "report.html").read_text(encoding="utf-8")
    assert "&lt;img src=x onerror=alert(7)&gt;" in report  # it came so far, as text
    for live in ("<script", "<img", 'href="javascript:', "</style></"):
        assert live not in report, live


def test_no_cell_of_the_csv_is_a_formula(hostile: tuple[Path, Result]) -> None:
    with (hostile[0] / "profiles.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {r["account_id"]: r["account_name"] for r in rows}
    shown = [names[f"tiktok:cell{n}"] for n in range(len(FORMULAS))]
    assert [name[0] for name in shown[:-1]] == ["'"] * (len(FORMULAS) - 1)
    assert shown[-1] == "tên;'=1+1"
    cells = [cell for r in rows for cell in r.values() if cell]
    assert [c for c in cells if c.lstrip()[0] in "=+-@＝＋－＠"] == []


def test_no_vietnamese_at_all_is_a_result(tmp_path: Path) -> None:
    file = tmp_path / "english.jsonl"
    file.write_bytes(HOSTILE["english.jsonl"]())
    done = analyzer("profile", file, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    (profile,) = json.loads((tmp_path / "out" / "profiles.json").read_bytes())["profiles"]
    assert profile["role"] == "undetermined"
    assert profile["share_point"] is None


def test_a_missing_column_says_how_to_name_it(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("cot_1,cot_2\nphở bò tái lăn,an\n", encoding="utf-8")
    done = analyzer("profile", file)
    assert done.exit_code == 2
    assert "x.csv: has no text column; found: 'cot_1', 'cot_2'. Pass --map text=" in done.stderr
    assert analyzer("inspect", file, "--map", "text=cot_1").exit_code == 0


def test_errors_come_before_any_model_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("analyzer.engine.local.loaded_worker", refuse)
    for name, (content, _) in UNREADABLE.items():
        (tmp_path / name).write_bytes(content)
    file = posts(tmp_path / "a.jsonl")
    for args in (
        [tmp_path / "cut.gz"],
        [file, "--format", "csvv"],
        [file, "--level", "2"],
        [file, "-o", file],
    ):
        assert analyzer("profile", *args).exit_code == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('text = "content.body"\naccount = "who"\n', None),
        ("text = 3\n", "text should name a column"),
        ("", "it is empty and should name a column"),
        ("text = content\n", "mine.toml: is not TOML"),
        (None, "mine.toml: cannot be read: No such file or directory"),
    ],
)
def test_a_mapping_from_a_file(tmp_path: Path, content: str | None, said: str | None) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"who": "cam", "content": {"body": "Bún riêu"}}\n', encoding="utf-8")
    if content is not None:
        (tmp_path / "mine.toml").write_text(content, encoding="utf-8")
    done = analyzer("inspect", file, "--map", tmp_path / "mine.toml")
    assert done.exit_code == (0 if said is None else 2)
    assert (said or "1 posts, 0 rejected") in done.output
    if said is None:
        assert "not read" not in done.output
