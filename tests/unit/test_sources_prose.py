"""Articles in Markdown with front matter, and text files of captions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sources_odd import EXPORTS
from sources_samples import WHEN, read

if TYPE_CHECKING:
    from pathlib import Path


def test_articles_of_a_blog() -> None:
    posts, rejects = read(EXPORTS / "markdown")
    found = {post["title"]: post for post in posts}
    fish = found["Cá kho làng mình"]
    assert fish["account_id"] == "blog:hai lúa kho cá"
    assert fish["posted_at"] == datetime(2025, 2, 10, tzinfo=UTC)
    assert fish["hashtags"] == ["cá kho", "bếp củi", "món mặn"]
    assert fish["text"].startswith("Cá kho ngon là nhờ lửa nhỏ và nồi đất. Mình ghi lại")
    assert "nước màu tự thắng" in fish["text"]
    assert "include" not in fish["text"]
    assert not set("*{}[]>") & set(fish["text"])
    paste = found["Mắm nêm nhà làm"]
    assert (paste["account_name"], paste["posted_at"]) == ("Bếp Cũ", WHEN)
    assert "youtube" not in paste["text"]
    assert "1 ký cá cơm\n3 lạng muối" in paste["text"]
    assert [(r["field"], r["why"]) for r in rejects] == [("draft", "is a draft, so not public")]


@pytest.mark.parametrize("folder", ["bep-cu/_posts", "_posts/bep-cu", "bep-cu/content/posts"])
def test_without_an_author_the_blogs_folder_is_the_account(tmp_path: Path, folder: str) -> None:
    place = tmp_path / "content" / folder
    place.mkdir(parents=True)
    (place / "2025-02-10-a.md").write_text("---\ntitle: Bún\n---\nNgon lắm\n", encoding="utf-8")
    posts, rejects = read(tmp_path / "content")
    assert rejects == []
    assert posts[0]["account_id"] == "blog:bep-cu"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\ntitle: [\n---\nx", "front matter that is not YAML"),
        ("+++\ntitle = \n+++\nx", "front matter that is not TOML"),
        ("---\n- a\n---\nx", "front matter without names and values"),
        ("---\na: !!python/object/apply:os.system ['true']\n---\nx", "not YAML"),
        ("---\na: 9999999-99-99\nb: 2025-13-45\n---\nx", "not YAML"),
        ("---\na: " + "[" * 3000 + "\n---\nx", "not YAML"),
    ],
)
def test_front_matter_that_cannot_be_read(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    posts, rejects = read(path)
    assert posts == []
    assert said in rejects[0]["why"]


def test_aliases_that_swell_are_not_followed(tmp_path: Path) -> None:
    lists = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)]
    front = "\n".join(["l0: &l0 [a, b]", *lists, "tags: *l29", "title: Bún"])
    path = tmp_path / "a.md"
    path.write_text(f"---\n{front}\n---\nNgon lắm\n", encoding="utf-8")
    posts, _ = read(path)
    assert [(post["title"], post["hashtags"]) for post in posts] == [("Bún", [])]


def test_a_caption_a_paragraph() -> None:
    posts, rejects = read(EXPORTS / "paragraphs")
    assert rejects == []
    assert [(p["account_id"], p["source_row"]) for p in posts] == [
        ("other:bep.nha.sau", 1),
        ("other:bep.nha.sau", 4),
        ("other:bep.nha.sau", 7),
    ]
    assert posts[0]["text"].endswith("nha cả nhà\n#bunrieu #comnha")
    assert posts[0]["hashtags"] == ["bunrieu", "comnha"]


def test_a_table_in_a_text_file_stays_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("account,caption\ncam,Bún riêu\n", encoding="utf-8")
    posts, _ = read(path)
    assert [(p["source_format"], p["text"]) for p in posts] == [("csv", "Bún riêu")]


def test_line_ends_of_windows_and_bytes_of_no_meaning(tmp_path: Path) -> None:
    path = tmp_path / "cam.txt"
    good = "Bún riêu nè cả nhà ơi\r\n\r\nBánh xèo vỏ giòn tan\r\n \r\n".encode()
    path.write_bytes(good * 9 + b"h\xff\n\n" + good)
    posts, rejects = read(path)
    assert len(posts) == 20
    assert {p["text"] for p in posts} == {"Bún riêu nè cả nhà ơi", "Bánh xèo vỏ giòn tan"}
    assert [r["row"] for r in rejects] == [37]
    assert "do not fit the file's encoding" in rejects[0]["why"]


def test_bytes_that_are_no_text_are_not_captions(tmp_path: Path) -> None:
    path = tmp_path / "cam.txt"
    path.write_bytes(bytes(range(1, 256)) * 20)
    posts, rejects = read(path)
    assert posts == []
    assert "is in no format that is read" in rejects[0]["why"]
