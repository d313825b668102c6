"""What was read, and what is kept apart, in the words of the page."""

from __future__ import annotations

from dataclasses import replace

from report_samples import COOK, COOK_FACTS, HOSTILE_TEXT, STAR, STAR_FACTS, SUMMARY, tables

from analyzer.report.apart import apart
from analyzer.report.html import render_report
from analyzer.report.sources import FILES_SHOWN, by_format, troubles
from analyzer.sources import Inspection


def test_a_format_says_what_its_posts_carry_lack_and_cannot() -> None:
    first, second = by_format(SUMMARY.sources)
    assert (first.name, first.said) == ("TikTok (web item)", "5 files, 24 posts, 4 rejects")
    assert dict(first.facts) == {
        "Recognised by": "the keys 'desc' and 'author'",
        "Posts that carry": "likes 100%, links to the posts 50%",
        "Absent in these files": "views",
        "Impossible in this format": "titles and repost labels",
        "Not read": "stickersOnItem",
    }
    assert (second.name, second.said) == (
        "In no format that is read",
        "2 files, 0 posts, 2 rejects",
    )
    assert [name for name, _ in second.facts] == ["Recognised by"]


def test_of_hundreds_of_columns_some_are_named() -> None:
    many = Inspection(file="a", format="csv", posts=1, unused=tuple(f"c{n}" for n in range(300)))
    assert dict(by_format([many])[0].facts)["Not read"].endswith("c29 and 270 more")


def test_files_with_rejects_are_cut_and_counted() -> None:
    files = tuple(
        Inspection(file=f"{n}.json", rejected=2, reasons={"no text": 2}) for n in range(60)
    )
    found = troubles(files)
    assert len(found) == FILES_SHOWN
    assert found[0].said == "0 posts, 2 rejects"
    assert found[0].reasons == ["no text (2 times)"]
    page = "".join(
        render_report(
            *tables([(COOK, COOK_FACTS)]), summary=replace(SUMMARY, troubled=files), limit=1
        )
    )
    assert "60 files" in page
    assert "20 more are in sources.json" in page


def test_names_from_files_are_text() -> None:
    odd = Inspection(
        file=HOSTILE_TEXT, format=None, how=HOSTILE_TEXT, unused=(HOSTILE_TEXT,), rejected=1,
        reasons={HOSTILE_TEXT: 1},
    )  # fmt: skip
    summary = replace(SUMMARY, sources=(odd,), troubled=(odd,))
    page = "".join(render_report(*tables([(COOK, COOK_FACTS)]), summary=summary, limit=1))
    assert "<script>alert" not in page
    assert "onerror=alert(2)&gt;" in page
    assert "\u202e" not in page


def test_what_is_apart_is_said_once_and_counted_rightly() -> None:
    said = [one.said for one in apart(STAR | {"copies": 1, "posts": 36}, STAR_FACTS)]
    assert said == [
        "1 post of 36 says nearly word for word what another one says; it is not counted again.",
        "Posted 4 times:",
        "20 posts end with a link and the same hashtags:",
        "1 post is pinned to the top of the page.",
        "2 posts are shared with other accounts as coauthors.",
    ]
    assert apart(COOK, COOK_FACTS) == []
