"""Plain text of HTML, and saved pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sources_samples import read

from analyzer.sources.htmls import plain, without_shortcodes, wordpress

PAGE = Path(__file__).parents[2] / "corpora" / "exports" / "html_page" / "tuong-am-moc.html"


def changed(folder: Path, old: str, new: str) -> Path:
    text = PAGE.read_text(encoding="utf-8")
    assert old in text
    copy = folder / PAGE.name
    copy.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def test_a_saved_page_without_what_stands_around_its_article() -> None:
    posts, rejects = read(PAGE)
    assert rejects == []
    (found,) = posts
    text = found.pop("text")
    assert {key: value for key, value in found.items() if value not in (None, [])} == {
        "post_id": "blog:https://sonnha.example/tuong-am-moc.html",
        "account_id": "blog:dũng sơn nước@sonnha.example",
        "account_name": "Dũng Sơn Nước",
        "platform": "blog",
        "title": "Tường ẩm mốc và cách mình xử lý",
        "posted_at": datetime(2025, 2, 10, tzinfo=UTC),
        "url": "https://sonnha.example/tuong-am-moc.html",
        "source_format": "html_page",
        "source_file": "tuong-am-moc.html",
        "source_row": 1,
    }
    assert text.startswith("Căn phòng phía bắc nhà mình năm nào cũng mốc chân tường")
    assert "- thay đoạn ống dài nửa mét rồi để khô đúng hai tuần\n" in text
    assert text.endswith("bốn ngày cuối tuần của tháng giêng.")
    assert not re.search("Giỏ hàng|quangCao|Bài liên quan|Nhà em cũng|Bản quyền|display", text)


def test_a_page_of_no_known_author_is_of_its_site(tmp_path: Path) -> None:
    path = changed(tmp_path, '<meta name="author"', '<meta name="other"')
    post = read(path)[0][0]
    assert (post["account_id"], post["account_name"]) == ("blog:sonnha.example", "Sơn Nhà")


def test_a_page_without_an_article_and_a_table_of_excel(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html><body></body></html>", encoding="utf-8")
    excel = '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>1</table>'
    (tmp_path / "b.xls").write_text(excel, encoding="utf-8")
    posts, rejects = read(tmp_path)
    assert posts == []
    assert [r["why"] for r in rejects] == [
        "holds no article that can be told from the page around it",
        "is an Excel table saved as HTML; save it as CSV (UTF-8)",
    ]


def test_the_address_of_a_saved_page_from_the_mark_of_the_browser(tmp_path: Path) -> None:
    path = changed(tmp_path, '<meta property="og:url"', '<meta property="other"')
    assert read(path)[0][0]["url"] == "https://sonnha.example/tuong-am-moc.html"


def test_a_page_in_an_old_encoding(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8").replace("charset=UTF-8", "charset=utf-16")
    path = tmp_path / "a.html"
    path.write_text(text, encoding="utf-16")
    assert read(path)[0][0]["account_name"] == "Dũng Sơn Nước"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>một<p>hai<li>ba", "một\n\nhai\n\nba"),
        ("a<br>b<br/><br/>c", "a\nb\n\nc"),
        ("<h2>Đầu</h2>thân<h3>Cuối</h3>", "Đầu\n\nthân\n\nCuối"),
        ("<ul>\n <li>a</li>\n <li>b</li>\n</ul>", "a\nb"),
        ("<tr><td>Phở</td><td>50k</td></tr>", "Phở 50k"),
        ("<table><tr><td>Phở</td><td>50k</td></tr><tr><th>x</th></tr></table>", "Phở 50k\nx"),
        ("từ<b>ghép</b> và <i>x</i><span>y</span>", "từghép và xy"),
        ("<script>a</script>b<style>c</style><noscript>d</noscript><svg><text>e</text></svg>", "b"),
        ("<figure><img><figcaption>ảnh</figcaption></figure>chữ", "ảnh\n\nchữ"),
        ("&lt;3 &amp;amp; &eacute;&#7879;&#x1F600;&nbsp;x &khong;", "<3 &amp; éệ😀 x &khong;"),
        ("yêu <3 mọi người 1 < 2 & a&b", "yêu <3 mọi người 1 < 2 & a&b"),
        ("dài\ndòng", "dài dòng"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("x\ud800\0y", "x\ufffd\ufffdy"),
        ("<!-- kín --> hở <!-- chưa đóng", "hở"),
        ("", ""),
        ("<p></p>", ""),
    ],
)
def test_plain_text_of_html(html: str, text: str) -> None:
    assert plain(html) == text


def test_line_feeds_count_in_classic_posts_and_not_between_blocks() -> None:
    assert wordpress("một\nhai\n\nba <b>bốn</b>") == "một\nhai\n\nba bốn"
    assert wordpress("<!-- wp:paragraph --><p>một\nhai</p><!-- /wp:paragraph -->") == "một hai"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('[caption id="a" width="3"] Góc bếp[/caption]', "Góc bếp"),
        ('đầu [gallery ids="1,2"] cuối', "đầu\ncuối"),
        ('[vc_row css=".a{}"][vc_column]chữ[/vc_column][/vc_row]', "chữ"),
        ("[Review] nồi [1] [góc nhỏ] [hot]", "[Review] nồi [1] [góc nhỏ] [hot]"),
        ("[b]đậm[/b]", "đậm"),
        ("[embed]https://x.example/1[/embed]", "https://x.example/1"),
    ],
)
def test_shortcodes_go_and_words_in_brackets_stay(text: str, left: str) -> None:
    assert without_shortcodes(text) == left
