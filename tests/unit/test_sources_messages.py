"""What `gallery-dl --dump-json` prints: a list of messages, or one a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from sources_odd import EXPORTS
from sources_samples import Row, read

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE: Final = EXPORTS / "gallery_dl_json" / "lo.banh.co.ut.json"
Message = list[Any]


def messages() -> list[Message]:
    value: list[Message] = json.loads(SAMPLE.read_text(encoding="utf-8"))
    return value


def told(path: Path, *said: Message, lines: bool = False) -> tuple[list[Row], list[Row]]:
    file = path / "x.json"
    one_a_line = "".join(json.dumps(message) + "\n" for message in said)
    file.write_text(one_a_line if lines else json.dumps(said), encoding="utf-8")
    return read(file)


def article(**post: object) -> Row:
    blog = {"id": "77", "url": "http://vuonmoc.blogspot.com/"}
    return {"category": "blogger", "subcategory": "blog", "blog": blog, "post": post}


def test_a_post_is_read_once_whatever_its_images() -> None:
    posts, rejects = read(SAMPLE)
    assert [(p["post_id"], p["source_row"]) for p in posts] == [
        ("instagram:DCutBanhBo1", 2),
        ("instagram:DCutBanhTet", 5),
    ]
    assert {p["account_id"] for p in posts} == {"instagram:lo.banh.co.ut"}
    assert [p["likes"] for p in posts] == [96, 41]
    assert [(r["row"], r["why"].partition(" (")[0]) for r in rejects] == [
        (7, "gallery-dl stopped here: AbortExtraction: HTTP redirect to login page"),
        (3, "is the same post as row 2 of lo.banh.co.ut.json"),
    ]


def test_messages_one_a_line_are_told_alike(tmp_path: Path) -> None:
    listed, one_a_line = (told(tmp_path, *messages(), lines=lines) for lines in (False, True))
    assert listed == one_a_line
    assert len(listed[0]) == 2


@pytest.mark.parametrize("last", [[], [[2, article(id="2", title="Hai", content="Tỉa cành")]]])
def test_a_post_without_an_image_is_read(tmp_path: Path, last: list[Message]) -> None:
    said = [2, article(id="1", title="Một", content="Tưới buổi chiều, đừng tưới trưa")]
    posts, rejects = told(tmp_path, said, *last)
    assert [p["post_id"] for p in posts] == ["blog:1", "blog:2"][: 1 + len(last)]
    assert rejects == []


def test_directories_of_releases_to_come_may_name_an_address(tmp_path: Path) -> None:
    posts, _ = told(tmp_path, [2, "", article(id="1", title="Một", content="Ủ lá khô ba tháng")])
    assert [p["title"] for p in posts] == ["Một"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([-1, {"error": None}], "gallery-dl stopped here: no reason given"),
        ([-1, {"message": "\x1b[31m" + "x" * 999}], None),
        ([3, "https://example.com/1.jpg", None], "is a JSON null, not an object"),
        ([2, "a"], "is a JSON string, not an object"),
    ],
)
def test_odd_messages_are_rejects(tmp_path: Path, said: Message, why: str | None) -> None:
    posts, rejects = told(tmp_path, said)
    assert posts == []
    assert len(rejects) == 1
    assert len(rejects[0]["why"]) < 400
    assert why is None or rejects[0]["why"] == why


def test_a_message_that_breaks_off_keeps_those_before_it(tmp_path: Path) -> None:
    text = json.dumps(messages())
    file = tmp_path / "x.json"
    file.write_text(text[: text.index("DCutBanhTet") + 20], encoding="utf-8")
    posts, rejects = read(file)
    assert [p["post_id"] for p in posts] == ["instagram:DCutBanhBo1"]
    assert any("cannot be read beyond" in r["why"] for r in rejects)


def test_lists_of_lists_are_no_messages(tmp_path: Path) -> None:
    _, rejects = told(tmp_path, [1, 2], [3, 4])
    assert [r["why"] for r in rejects] == ["is a JSON number, not an object"] * 4


def test_messages_are_read_in_pieces(tmp_path: Path) -> None:
    _, url, record = messages()[1]
    many = [
        [3, url, record | {"post_shortcode": f"DC{number}", "description": "Bánh " * 40}]
        for number in range(2000)
    ]
    posts, rejects = told(tmp_path, *many)
    assert (len(posts), rejects) == (2000, [])
