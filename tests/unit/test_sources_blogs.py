"""Blogs: the exports of WordPress, Blogger and Ghost, feeds and saved pages, field by field."""

from __future__ import annotations

import gzip
import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sources_samples import WHEN, Row, read

from analyzer.sources import FORMATS, inspect_files
from analyzer.sources.ghost import ghost_posts
from analyzer.sources.pending import Pending
from analyzer.sources.shapes import Place, Skip

EXPORTS = Path(__file__).parents[2] / "corpora" / "exports"
WXR = EXPORTS / "wordpress" / "bepnhacam.WordPress.2025-03-01.xml"
OLD_BLOGGER = EXPORTS / "blogger" / "blog-02-10-2025.xml"
TAKEOUT = EXPORTS / "blogger" / "feed.atom"
GHOST = EXPORTS / "ghost" / "goc-doc.ghost.2025-02-20.json"
RSS = EXPORTS / "feed" / "rss.xml"
ATOM = EXPORTS / "feed" / "atom.xml"
PAGE = EXPORTS / "html_page" / "tuong-am-moc.html"


def post(**said: object) -> Row:
    """A post of a blog with these columns; the others empty."""
    empty: Row = dict.fromkeys((
        "account_name", "title", "posted_at", "url", "likes", "comments", "views", "shares",
        "followers", "is_ad", "is_paid_partnership", "has_shop", "is_repost",
        "is_pinned", "coauthors", "earlier_texts", "captured_at",
    ))  # fmt: skip
    return {**empty, "platform": "blog", "hashtags": [], "mentions": [], **said}


def changed(path: Path, folder: Path, *changes: tuple[str, str]) -> Path:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    copy = folder / path.name
    copy.write_text(text, encoding="utf-8")
    return copy


def why(rejects: list[Row]) -> list[tuple[int, str, str]]:
    return [(r["row"], r["field"], r["why"]) for r in rejects]


def test_wordpress_export() -> None:
    posts, rejects = read(WXR)
    place = {"source_format": "wordpress", "source_file": WXR.name}
    assert posts == [
        post(
            post_id="blog:https://bepnhacam.example/?p=12",
            account_id="blog:admin@bepnhacam.example",
            account_name="Cam nấu ăn",
            title="Canh chua cá lóc & kho quẹt",
            text="Hôm nay mình nấu canh chua cá lóc & một nồi kho quẹt nhỏ.\n\nCần mua\n\n"
            "cá lóc 500 g\nme chín, bạc hà\n\nNồi canh lúc vừa sôi",
            posted_at=WHEN,
            url="https://bepnhacam.example/canh-chua-ca-loc/",
            hashtags=["Món canh", "cá lóc"],
            comments=1,
            source_row=1,
            **place,
        ),
        post(
            post_id="blog:https://bepnhacam.example/?p=14",
            account_id="blog:ut.bep@bepnhacam.example",
            account_name="ut.bep",
            title="Dọn tủ lạnh cuối tuần",
            text="Bữa nay dọn tủ lạnh,\ncòn sót nửa bắp cải.\n\nNgăn dưới trước khi dọn\n\n"
            "[Mẹo nhỏ] rau héo ngâm nước đá 10 phút là tươi lại.",
            url="https://bepnhacam.example/don-tu-lanh/",
            source_row=3,
            **place,
        ),
    ]
    assert why(rejects) == [
        (2, "wp:post_type", "is of type 'attachment', not a post"),
        (4, "wp:status", "has the status 'draft', not 'publish'"),
        (5, "wp:post_password", "is behind a password, so not public"),
    ]


def test_wordpress_time_from_the_feed_date_when_gmt_is_zero(tmp_path: Path) -> None:
    path = changed(
        WXR, tmp_path, ("Wed, 30 Nov -0001 00:00:00 +0000", "Tue, 11 Feb 2025 02:00:00 +0000")
    )
    assert read(path)[0][1]["posted_at"] == datetime(2025, 2, 11, 2, tzinfo=UTC)


def test_wordpress_without_author_guid_and_comments(tmp_path: Path) -> None:
    path = changed(
        WXR,
        tmp_path,
        ("<dc:creator><![CDATA[admin]]></dc:creator>", ""),
        ('<guid isPermaLink="false">https://bepnhacam.example/?p=12</guid>', ""),
        ("wp:comment_approved>", "wp:other>"),
    )
    first = read(path)[0][0]
    assert (first["account_id"], first["account_name"]) == ("blog:bepnhacam.example", "Bếp Nhà Cam")
    assert first["post_id"] == "blog:bepnhacam.example/?p=12"
    assert first["comments"] == 0


def test_an_admin_of_two_blogs_is_two_accounts(tmp_path: Path) -> None:
    other = changed(WXR, tmp_path, ("bepnhacam.example", "bepkhac.example"))
    posts, _ = read(WXR, other)
    assert len({p["account_id"] for p in posts}) == 4
    assert len({p["post_id"] for p in posts}) == 4


def test_wordpress_export_of_version_1_0_packed(tmp_path: Path) -> None:
    path = changed(WXR, tmp_path, ("wordpress.org/export/1.2/", "wordpress.org/export/1.0/"))
    packed = tmp_path / "export.xml.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert [p["source_row"] for p in read(packed)[0]] == [1, 3]


def test_blogger_export() -> None:
    posts, rejects = read(OLD_BLOGGER)
    assert posts == [
        post(
            post_id="blog:tag:blogger.com,1999:blog-4400000000000000001.post-7001",
            account_id="blog:lan trồng cây@gocbancong.blogspot.example",
            account_name="Lan Trồng Cây",
            title="Sen đá <3 nắng sớm",
            text="Chậu sen đá để hiên & chỉ tưới thứ bảy.\n\nĐất trộn xỉ than.\n"
            "Hai tháng là đẻ con.",
            posted_at=WHEN,
            url="http://gocbancong.blogspot.example/2025/02/sen-da.html",
            hashtags=["sen đá", "ban công"],
            source_format="blogger",
            source_file=OLD_BLOGGER.name,
            source_row=3,
        )
    ]
    assert why(rejects) == [
        (1, "kind", "is of kind 'template', not a post"),
        (2, "kind", "is of kind 'settings', not a post"),
        (4, "status", "is a draft or deleted, so not public"),
        (5, "kind", "is of kind 'comment', not a post"),
    ]


def test_blogger_takeout_whose_author_hides() -> None:
    posts, rejects = read(TAKEOUT)
    assert posts == [
        post(
            post_id="blog:tag:blogger.com,1999:blog-4400000000000000002.post-8001",
            account_id="blog:blog-4400000000000000002",
            account_name="Nhật ký đan len",
            title="Khăn len cho mùa rét",
            text="Mũi hạt gạo, kim số 5.\n\nĐan hai tối là xong.",
            posted_at=WHEN,
            hashtags=["đan len"],
            source_format="blogger",
            source_file="feed.atom",
            source_row=1,
        )
    ]
    assert [(r[0], r[1]) for r in why(rejects)] == [(2, "kind"), (3, "status")]


def test_blogger_takeout_with_an_author(tmp_path: Path) -> None:
    path = changed(TAKEOUT, tmp_path, ("<name>Unknown</name>", "<name>Mai Len</name>"))
    assert read(path)[0][0]["account_id"] == "blog:mai len@blog-4400000000000000002"


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("wrapped", [True, False])
def test_ghost_export(tmp_path: Path, wrapped: bool, indent: int | None) -> None:  # noqa: FBT001
    document = json.loads(GHOST.read_text(encoding="utf-8"))
    path = tmp_path / "ghost.json"
    document = document if wrapped else document["db"][0]
    path.write_text(json.dumps(document, indent=indent, ensure_ascii=False), encoding="utf-8")
    posts, rejects = read(path)
    common = {
        "account_id": "blog:ha",
        "account_name": "Hạ Đọc Sách",
        "source_format": "ghost",
        "source_file": "ghost.json",
    }
    assert posts == [
        post(
            post_id="blog:65f000000000000000000001",
            title="Đọc lại sách cũ",
            text="Cuốn này mình đọc ba lần.\n\nLần nào cũng khác.",
            posted_at=WHEN,
            hashtags=["Sách", "đọc chậm"],
            source_row=1,
            **common,
        ),
        post(
            post_id="blog:65f000000000000000000002",
            title="Thư tháng hai",
            text="Gửi bạn đọc, tháng này ít sách.\n\nHẹn tháng ba.",
            posted_at=datetime(2025, 2, 11, 8, tzinfo=UTC),
            url="https://gocdoc.example/thu-thang-hai/",
            source_row=2,
            **common,
        ),
    ]
    assert why(rejects) == [
        (3, "status", "has the status 'draft', not 'published'"),
        (4, "type", "is of type 'page', not a post"),
    ]


def test_ghost_of_old_versions(tmp_path: Path) -> None:
    old = {"id": 7, "uuid": "u-7", "title": "Cũ", "slug": "cu", "status": "published", "html": "x"}
    tables = {
        "posts": [{**old, "author_id": 1, "page": 0}, {**old, "id": 8, "page": 1}],
        "users": [{"id": 1, "slug": "ha"}],
        "settings": [{"key": "url", "value": "https://gocdoc.example/"}],
    }
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"data": tables}), encoding="utf-8")
    posts, rejects = read(path)
    assert [(p["post_id"], p["account_id"], p["url"]) for p in posts] == [
        ("blog:u-7", "blog:ha@gocdoc.example", "https://gocdoc.example/cu/")
    ]
    assert why(rejects) == [(2, "type", "is of type 'page', not a post")]


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"db": []},
        {"db": [{"data": None}]},
        {"data": {"posts": []}},
        {"data": {"posts": [1, None]}},
        {"data": {"posts": [{"title": "a", "slug": "b", "status": "c"}]}},
        {"data": {"posts": [{"id": 1}], "users": []}},
    ],
)
def test_other_documents_are_no_ghost_export(value: dict[str, Any]) -> None:
    assert ghost_posts(value) is None


def test_rss_feed() -> None:
    posts, rejects = read(RSS)
    common = {"source_format": "feed", "source_file": "rss.xml"}
    assert posts == [
        post(
            post_id="blog:https://www.dapxe.example/?p=301",
            account_id="blog:tuấn xe cỏ@dapxe.example",
            account_name="Tuấn Xe Cỏ",
            title="Một vòng Ba Vì – 60 km",
            text="Xuất phát lúc năm giờ sáng, trời 9 độ.\n\nDốc đầu tiên dài bốn cây số.",
            posted_at=WHEN,
            url="https://www.dapxe.example/ba-vi/",
            hashtags=["cung đường"],
            comments=4,
            source_row=1,
            **common,
        ),
        post(
            post_id="blog:https://www.dapxe.example/?p=302",
            account_id="blog:dapxe.example",
            account_name="Đạp Xe Cuối Tuần",
            title="Thay xích ở nhà",
            text="Cần một cây tháo xích.\n\nXem tiếp …",
            url="https://www.dapxe.example/thay-xich/",
            source_row=2,
            **common,
        ),
    ]
    assert why(rejects) == [(3, "text", "empty caption")]
    assert "teaser" in FORMATS["feed"].how


def test_atom_feed() -> None:
    posts, rejects = read(ATOM)
    assert rejects == []
    common = {
        "account_id": "blog:tí thợ mộc@xuongmoc.example",
        "account_name": "Tí Thợ Mộc",
        "source_format": "feed",
        "source_file": "atom.xml",
    }
    assert posts == [
        post(
            post_id="blog:tag:xuongmoc.example,2025:ghe-dau",
            title="Ghế đẩu & ba chân",
            text="Gỗ tràm, không đinh.\n\ncưa\nđục",
            posted_at=WHEN,
            url="https://xuongmoc.example/ghe-dau",
            hashtags=["đồ gỗ"],
            source_row=1,
            **common,
        ),
        post(
            post_id="blog:tag:xuongmoc.example,2025:chu-thuong",
            title="1 < 2: chữ thường",
            text="Bào tay hay bào máy?",
            posted_at=datetime(2025, 2, 9, 1, tzinfo=UTC),
            url="https://xuongmoc.example/chu-thuong",
            source_row=2,
            **common,
        ),
    ]


def test_a_feed_and_the_export_of_a_blog_agree_on_its_posts(tmp_path: Path) -> None:
    feed = changed(
        RSS, tmp_path, ("https://www.dapxe.example/?p=301", "https://bepnhacam.example/?p=12")
    )
    assert read(feed)[0][0]["post_id"] == read(WXR)[0][0]["post_id"]


def test_a_feed_of_a_video_site_is_of_its_platform(tmp_path: Path) -> None:
    path = changed(
        ATOM, tmp_path, ("https://xuongmoc.example/ghe-dau", "https://www.youtube.com/w")
    )
    assert [p["platform"] for p in read(path)[0]] == ["youtube", "blog"]


def test_inspection_tells_what_blogs_cannot_carry() -> None:
    (found,) = inspect_files(WXR)
    assert (found.format, found.posts, found.rejected) == ("wordpress", 2, 3)
    assert found.dialect == "WordPress export, utf-8"
    assert {"likes", "views", "is_ad"} <= set(found.cannot_carry)
    assert inspect_files(GHOST)[0].format == "ghost"
    assert inspect_files(PAGE)[0].dialect == "one page, utf-8"


ODD: list[Any] = [None, "", 0, -1, 10**30, True, [], [None], {}, {"a": 1}, "\ud800", "\0", "//["]
KEYS = {
    "wordpress": (
        "wxr", "wp:post_type", "wp:status", "guid", "link", "category", "content:encoded",
        "dc:creator", "wp:comment_approved", "wp:post_date_gmt", "pubDate", "title", "wp:post_id",
    ),
    "blogger": ("blogger", "category", "blogger:type", "link", "name", "content", "title", "id"),
    "ghost": (
        "ghost_site", "ghost_authors", "ghost_tags", "type", "page", "status", "id", "uuid",
        "html", "lexical", "plaintext", "canonical_url", "slug", "title",
    ),
    "feed": (
        "feed", "content", "summary", "tags", "link", "author", "title", "title_type", "published",
    ),
    "html_page": ("html_page",),
}  # fmt: skip
GOOD: dict[str, Row] = {
    "wordpress": {"wxr": {}, "wp:post_type": "post", "wp:status": "publish", "title": "a"},
    "blogger": {"blogger": {}, "blogger:type": "POST", "title": "a", "name": "b"},
    "ghost": {"ghost_site": {}, "ghost_authors": [], "status": "published", "title": "a"},
    "feed": {"feed": {}, "title": "a", "author": "b"},
    "html_page": {"html_page": "<html>"},
}


@pytest.mark.parametrize("name", GOOD)
def test_any_value_may_stand_anywhere(name: str) -> None:
    form, pending = FORMATS[name], Pending()
    place = Place(file="f", folder="", stem="f")
    assert form.recognise(GOOD[name])
    assert [other for other in FORMATS if FORMATS[other].recognise(GOOD[name])] == [name]
    for key, value in itertools.product(KEYS[name], ODD):
        record = {**GOOD[name], key: value}
        assert form.recognise(record) in {True, False}
        answer = form.adapt(record, place)
        if isinstance(answer, Skip):
            pending.reject("f", 1, answer.field, answer.why)
        else:
            pending.add(answer, (name, "f", 1, None), None)
    count = len(pending.drafts) + len(pending.rejects)
    batch = pending.flush(1000)
    batch.posts.validate(full=True)
    assert batch.posts.num_rows + batch.rejects.num_rows == count == len(KEYS[name]) * len(ODD)
