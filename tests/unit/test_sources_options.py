"""What is asked of feedparser and trafilatura: each test fails when one option is left out."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

import feedparser
import pytest
from sources_samples import one

from analyzer.sources.htmls import article

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_WORDS: Final = (
    "đo ba lần rồi mới cưa, mộng khít thì không cần keo, chân ghế choãi mười độ cho vững."
)
PARAGRAPHS: Final = "".join(f"<p>Đoạn {number}: {_WORDS}</p>" for number in range(6))


def feed(words: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Xưởng</title>'
        "<link>https://xuong.example/</link><item><title>Ghế</title>"
        f"<link>https://xuong.example/ghe</link><description>{html.escape(words)}</description>"
        "</item></channel></rss>"
    ).encode()


def page(body: str, head: str = "") -> str:
    title = "<title>Ghế đẩu ba chân</title>"
    return f"<!DOCTYPE html><html><head>{title}{head}</head><body>{body}</body></html>"


def told(body: str, head: str = "") -> dict[str, Any]:
    found = article(page(body, head))
    assert found is not None
    return found


def test_feed_words_that_feedparser_would_take_for_entities_stay(tmp_path: Path) -> None:
    """`resolve_relative_uris` and `sanitize_html` write the HTML again, and lose the semicolon."""
    post = one(tmp_path / "rss.xml", feed("<p>kho &khongphai; mắm, <b>hai</b> lần</p>"))
    assert post["text"] == "kho &khongphai; mắm, hai lần"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("<applet>Chữ trong khung cũ</applet>", "Chữ trong khung cũ"),
        ("<object><p>dự phòng</p></object> ngoài", "ngoài"),
        ("<xmp>gõ <b>đậm</b></xmp>", "gõ <b>đậm</b>"),
    ],
)
def test_feed_html_is_read_as_it_stands(tmp_path: Path, words: str, text: str) -> None:
    """`sanitize_html` would drop some elements and unwrap others."""
    assert one(tmp_path / "rss.xml", feed(words))["text"] == text


def test_feedparser_gets_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes and strings it would try to open, as a path or an address."""
    real: Callable[..., Any] = feedparser.parse

    def parse(source: Any, **options: Any) -> Any:
        assert hasattr(source, "read")
        return real(source, **options)

    monkeypatch.setattr(feedparser, "parse", parse)
    assert one(tmp_path / "rss.xml", feed("<p>chữ</p>"))["text"] == "chữ"


def test_comments_of_others_are_no_words_of_a_short_article() -> None:
    """`include_comments`."""
    others = "".join(
        f"<div class='comment'><p>Số {number}: ghế đẹp quá, anh đóng mất mấy buổi vậy ạ</p></div>"
        for number in range(5)
    )
    said = told(
        f"<article><h1>Ghế</h1><p>Ghế ba chân, xong.</p></article><div id='comments'>{others}</div>"
    )
    assert said["text"].endswith("Ghế ba chân, xong.")
    assert "đẹp quá" not in said["text"]


def test_the_lead_of_an_article_is_kept() -> None:
    """`favor_recall`: what is marked as a teaser may be one of another article, or this lead."""
    lead = "Mười hai buổi chiều, ba cây tràm và một cái ghế không cập kênh."
    teaser = f"<div class='teaser'><p>{lead}</p></div>"
    said = told(f"<div class='entry'>{teaser}{PARAGRAPHS}</div>")
    assert said["text"].startswith(lead)


def test_the_words_of_tables_are_kept() -> None:
    """As trafilatura does where it is not asked otherwise: `include_tables`."""
    table = "<table><tr><td>Tràm bông vàng</td><td>tám trăm nghìn một cây</td></tr></table>"
    said = told(f"<article>{PARAGRAPHS}{table}</article>")
    assert "Tràm bông vàng" in said["text"]
    assert "tám trăm nghìn" in said["text"]


def test_what_other_pages_said_before_plays_no_part() -> None:
    """Not asked for: `deduplicate`, which drops what it has met in any page so far."""
    footer = f"<p>Xưởng ở cuối hẻm, cạnh giếng: {_WORDS}</p>"
    pages = [f"<article>{PARAGRAPHS}{footer}</article>"] * 9
    assert len({told(body)["text"] for body in pages}) == 1
    assert "Xưởng ở cuối hẻm" in told(pages[0])["text"]


@pytest.mark.parametrize("order", [1, -1])
def test_the_date_is_that_of_the_first_publication(order: int) -> None:
    """`original_date`."""
    head = [
        "<meta property='article:published_time' content='2021-05-06T08:00:00+07:00'>",
        "<meta property='article:modified_time' content='2024-09-10T08:00:00+07:00'>",
    ]
    said = told(f"<article>{PARAGRAPHS}</article>", "".join(head[::order]))
    assert said["date"] == "2021-05-06"


@pytest.mark.parametrize(
    ("inside", "below"),
    [("<p>Hội làng năm ấy mở ngày 12/03/2019, đông lắm.</p>", ""), ("", "Bản quyền 2017")],
)
def test_a_date_among_the_words_is_not_taken_for_that_of_the_article(
    inside: str, below: str
) -> None:
    """`extensive_search`."""
    body = f"<article>{PARAGRAPHS}{inside}</article><footer>{below}</footer>"
    assert told(body)["date"] is None


def test_the_day_of_reading_plays_no_part() -> None:
    """`max_date`: trafilatura takes today's for the last that there can be."""
    head = "<meta property='article:published_time' content='2098-05-06T08:00:00+07:00'>"
    assert told(f"<article>{PARAGRAPHS}</article>", head)["date"] == "2098-05-06"
