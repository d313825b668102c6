"""XML and HTML that is damaged, or made to hurt its reader."""

from __future__ import annotations

import itertools
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from sources_samples import read

from analyzer.sources import feeds, xmls
from analyzer.sources.htmls import article, plain, without_shortcodes
from analyzer.sources.shapes import RECORD_LIMIT, Damaged
from analyzer.sources.xmlguard import DEPTH_LIMIT, NAMES_LIMIT, TAG_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WXR = (
    '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Bếp</title>'
    "<link>https://bep.example</link>"
)
FEED = '<rss version="2.0"><channel><title>Bếp</title><link>https://bep.example</link>'
END = "</channel></rss>"
BEGIN = '<?xml version="1.0" encoding="UTF-8"?>\n'
HEADS = {"wordpress": WXR, "feed": FEED}


def item(number: int, content: str = "Nấu canh", extra: str = "") -> str:
    return (
        f"<item><title>Bài {number}</title><guid>https://bep.example/?p={number}</guid>"
        "<wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
        f"<content:encoded>{content}</content:encoded>{extra}</item>"
    )


def entry(number: int, content: str = "Nấu canh", extra: str = "") -> str:
    return (
        f"<item><title>Bài {number}</title><guid>https://bep.example/?p={number}</guid>"
        f"<description>{content}</description>{extra}</item>"
    )


ITEMS = {"wordpress": item, "feed": entry}
BOTH = pytest.mark.parametrize("name", HEADS)


def numbers(path: Path, content: str | bytes) -> tuple[list[int], list[tuple[int | None, str]]]:
    """Rows of the posts, and rows and reasons of the rejects, of a file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    posts, rejects = read(path)
    assert {p["source_format"] for p in posts} <= {"wordpress", "feed"}
    return [p["source_row"] for p in posts], [(r["row"], r["why"]) for r in rejects]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12))
DOCTYPES = {
    "billion laughs": f"<!DOCTYPE rss [{LAUGHS}]>",
    "quadratic blowup": f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>',
    "external entity": '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "network": '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd">%x;]>',
    "attributes": f'<!DOCTYPE rss [<!ATTLIST item a CDATA "{"x" * 1000}">]>',
}
USES = {"billion laughs": "&l11;", "quadratic blowup": "&a;" * 1000, "external entity": "&x;"}


@BOTH
@pytest.mark.parametrize("kind", DOCTYPES)
def test_declarations_are_refused(tmp_path: Path, name: str, kind: str) -> None:
    body = ITEMS[name](1, USES.get(kind, ""))
    started = time.monotonic()
    rows, rejects = numbers(
        tmp_path / "a.xml", BEGIN + DOCTYPES[kind] + HEADS[name] + body * 5 + END
    )
    assert time.monotonic() - started < 5
    assert rows == []
    assert len(rejects) == 1
    assert "declares entities or attributes of its own in its DOCTYPE" in rejects[0][1]


def test_declarations_below_a_comment_with_a_tag(tmp_path: Path) -> None:
    content = BEGIN + "<!-- <rss> -->" + DOCTYPES["external entity"] + FEED + entry(1, "&x;") + END
    assert "DOCTYPE" in numbers(tmp_path / "a.xml", content)[1][0][1]


@BOTH
def test_a_plain_doctype_is_read_and_not_fetched(tmp_path: Path, name: str) -> None:
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss.dtd">'
    content = BEGIN + doctype + HEADS[name] + ITEMS[name](1, "a&nbsp;b&hellip;") + END
    (tmp_path / "a.xml").write_text(content, encoding="utf-8")
    posts, rejects = read(tmp_path)
    assert (posts[0]["text"], rejects) == ("a b…", [])


@BOTH
def test_what_comes_before_a_cut_stands(tmp_path: Path, name: str) -> None:
    whole = (BEGIN + HEADS[name] + "".join(ITEMS[name](n) for n in range(1, 4)) + END).encode()
    starts = [whole.index(f"<title>Bài {n}<".encode()) for n in (1, 2, 3)]
    for cut in range(whole.index(b"<rss") + 5, len(whole)):
        rows, rejects = numbers(tmp_path / "a.xml", whole[:cut])
        complete = whole[:cut].count(b"</item>")
        assert rows == list(range(1, complete + 1)), whole[:cut][-40:]
        assert [row for row, _ in rejects] == [None]
        if cut > starts[0]:
            assert "the XML ends too early" in rejects[0][1]
    assert numbers(tmp_path / "a.xml", whole) == ([1, 2, 3], [])


@BOTH
def test_what_comes_before_a_fault_stands(tmp_path: Path, name: str) -> None:
    content = BEGIN + HEADS[name] + ITEMS[name](1) + "\n" + ITEMS[name](2, "<b>x</i>") + END
    rows, rejects = numbers(tmp_path / "a.xml", content)
    assert rows == [1]
    assert "cannot be read beyond line 3, character" in rejects[0][1]
    assert "(mismatched tag)" in rejects[0][1]


@BOTH
def test_a_cut_of_the_packing_is_told_as_such(tmp_path: Path, name: str) -> None:
    import gzip

    text = BEGIN + HEADS[name] + "".join(ITEMS[name](n, str(n * 7919)) for n in range(3000)) + END
    packed = gzip.compress(text.encode())
    rows, rejects = numbers(tmp_path / "a.xml.gz", packed[: len(packed) // 2])
    assert rows[0] == 1
    assert len(rows) > 500
    assert "the gzip data ends too early" in rejects[-1][1]


def test_a_bare_ampersand_in_a_feed_is_mended(tmp_path: Path) -> None:
    link = "<link>https://bep.example/x?a=1&b=2</link>"
    content = BEGIN + FEED + entry(1, "cơm &amp; canh", link) + entry(2) + END
    (tmp_path / "a.xml").write_text(content, encoding="utf-8")
    posts, rejects = read(tmp_path)
    assert rejects == []
    assert (posts[0]["url"], posts[0]["text"]) == ("https://bep.example/x?a=1&b=2", "cơm & canh")
    assert len(posts) == 2


@BOTH
def test_a_row_that_is_not_in_the_declared_encoding(tmp_path: Path, name: str) -> None:
    good, bad = ITEMS[name](1).encode(), ITEMS[name](2, "canh chua").encode()
    content = b"".join(
        (BEGIN.encode(), HEADS[name].encode(), good, bad.replace(b"chua", b"ch\xf5a"))
    )
    rows, rejects = numbers(tmp_path / "a.xml", content + ITEMS[name](3).encode() + END.encode())
    assert rows == [1, 3]
    assert rejects == [(2, "is not in the encoding that the file declares; save it as UTF-8")]


@BOTH
@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("windows-1258", "cp1258"),
        ("ISO-8859-1", "latin-1"),
        ("utf-16", "utf-16"),
        ("iso-8859-1", "utf-8"),
        ("UTF-8", "utf-8-sig"),
    ],
)
def test_encodings(tmp_path: Path, name: str, declared: str, written: str) -> None:
    content = f'<?xml version="1.0" encoding="{declared}"?>' + HEADS[name].replace("Bếp", "Café")
    text = "cà phê" if written == "latin-1" else "cà phê đá"
    content += ITEMS[name](1, text).replace("Bài", "bài") + END
    (tmp_path / "a.xml").write_bytes(content.encode(written))
    posts, rejects = read(tmp_path)
    assert rejects == []
    assert posts[0]["text"] == text


@pytest.mark.parametrize("encoding", ["utf-7", "rot13", "zlib", "x-user-defined", "unicode_escape"])
def test_an_encoding_that_is_not_read(tmp_path: Path, encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{encoding}"?><rss><channel/></rss>'
    assert numbers(tmp_path / "a.xml", content) == (
        [],
        [(None, f"declares the encoding '{encoding}', which is not read; save it as UTF-8")],
    )


@BOTH
def test_control_characters_and_blank_lines_at_the_start(tmp_path: Path, name: str) -> None:
    content = "\n\n " + BEGIN + HEADS[name] + ITEMS[name](1, "canh\x0b chua\x08") + END
    (tmp_path / "a.xml").write_text(content, encoding="utf-8")
    assert read(tmp_path)[0][0]["text"] == "canh chua"


@BOTH
def test_ten_thousand_elements_deep(tmp_path: Path, name: str) -> None:
    content = BEGIN + HEADS[name] + ITEMS[name](1) + "<a>" * 10_000 + "</a>" * 10_000 + END
    rows, rejects = numbers(tmp_path / "a.xml", content)
    assert rows == [1]
    assert f"is nested deeper than {DEPTH_LIMIT} elements" in rejects[0][1]


@BOTH
def test_html_ten_thousand_elements_deep_keeps_its_words(tmp_path: Path, name: str) -> None:
    deep = "&lt;div&gt;" * 10_000 + "đáy" + "&lt;/div&gt;" * 10_000 + "&lt;p&gt;sau"
    (tmp_path / "a.xml").write_text(BEGIN + HEADS[name] + ITEMS[name](1, deep) + END, "utf-8")
    assert read(tmp_path)[0][0]["text"] == "đáy\n\nsau"


@BOTH
def test_scripts_in_the_content_say_nothing(tmp_path: Path, name: str) -> None:
    content = "<![CDATA[<p>trước</p><script>alert('<p>kín</p>')</script><style>p{}</style>sau]]>"
    (tmp_path / "a.xml").write_text(BEGIN + HEADS[name] + ITEMS[name](1, content) + END, "utf-8")
    assert read(tmp_path)[0][0]["text"] == "trước\n\nsau"


def test_an_item_that_is_too_long_is_a_reject_alone(tmp_path: Path) -> None:
    long = item(2, "dài " * (RECORD_LIMIT // 4 + 1))
    rows, rejects = numbers(tmp_path / "a.xml", WXR.join((BEGIN, item(1) + long + item(3) + END)))
    assert rows == [1, 3]
    assert rejects == [(2, f"is longer than {RECORD_LIMIT:,} characters; is it an article?")]


def test_a_tag_that_never_ends_is_left(tmp_path: Path) -> None:
    tag = '<a b="' + "x" * (TAG_LIMIT + (1 << 20)) + '"/>'
    rows, rejects = numbers(tmp_path / "a.xml", BEGIN + WXR + item(1) + tag + item(2) + END)
    assert rows == [1]
    assert "holds a tag of more than" in rejects[0][1]


def test_names_without_end_are_left(tmp_path: Path) -> None:
    names = "".join(f"<n{n}/>" for n in range(NAMES_LIMIT + 1))
    rows, rejects = numbers(tmp_path / "a.xml", BEGIN + WXR + item(1) + names + item(2) + END)
    assert rows == [1]
    assert "kinds of element" in rejects[0][1]


def test_memory_does_not_grow_with_a_wordpress_export() -> None:
    comment = (
        "<wp:comment><wp:comment_content>" + "spam " * 200 + "</wp:comment_content></wp:comment>"
    )
    piece = "".join(item(n, "canh chua " * 100, comment) for n in range(100)).encode()

    def pieces(times: int) -> Iterator[bytes]:
        yield (BEGIN + WXR).encode()
        yield from itertools.repeat(piece, times)
        yield END.encode()

    peaks = []
    for times in (20, 200):
        tracemalloc.start()
        got = sum(
            len(rows.numbers) for rows in xmls.open_xml((BEGIN + WXR).encode(), pieces(times)).rows
        )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert got == 100 * times
    assert peaks[1] < peaks[0] + (1 << 20)


def test_a_feed_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "DOCUMENT_LIMIT", 100)
    with pytest.raises(Damaged, match="is a feed of more than 100 characters"):
        list(feeds.read_feed(iter([FEED, entry(1), END]), []))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<rss></rss>", "is a feed without a single entry"),
        (BEGIN + WXR + END, "is a WordPress export without a single item"),
        (BEGIN + "<svg/>", "is an XML or HTML document of another kind (<svg>)"),
        (BEGIN + "&x;<rss>", "is no readable XML"),
        (BEGIN, "is XML that ends"),
        (BEGIN + "<!--" + "x" * 100, "is XML that ends"),
        ("<!-- <html> -->\n<rdf:RDF>", "ends too early"),
        ("<div>mảnh</div>", "an XML or HTML document"),
    ],
)
def test_xml_without_posts_names_the_reason(tmp_path: Path, content: str, why: str) -> None:
    rows, rejects = numbers(tmp_path / "a.xml", content)
    assert rows == []
    assert [row for row, _ in rejects] == [None]
    assert why in rejects[0][1]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "[a " * 100_000,
        "<" * 200_000,
        "&" * 200_000,
        "<a " * 100_000,
        "<!--" * 50_000,
    ],
)
def test_text_made_to_be_slow(text: str) -> None:
    started = time.monotonic()
    plain(text)
    without_shortcodes(text)
    assert time.monotonic() - started < 5


def test_pages_made_to_hurt() -> None:
    for page in (
        "<html>" + "<div>" * 10_000 + "đáy",
        "<html>\ud800\0<p>x",
        "<html><p " + "a=1 " * 10_000,
    ):
        found = article(page)
        assert found is None or isinstance(found["text"], str)


@BOTH
def test_entities_that_only_html_knows(tmp_path: Path, name: str) -> None:
    content = BEGIN + HEADS[name] + ITEMS[name](1, "a&nbsp;b &eacute;").replace("Bài", "B&agrave;i")
    (tmp_path / "a.xml").write_text(content + END, encoding="utf-8")
    posts, rejects = read(tmp_path)
    assert rejects == []
    assert (posts[0]["title"], posts[0]["text"]) == ("Bài 1", "a b é")


@BOTH
def test_a_heart_is_no_tag(tmp_path: Path, name: str) -> None:
    content = "<![CDATA[<p>yêu <3 mọi người, 1 < 2 <o:p>và</o:p> a&b</p>]]>"
    (tmp_path / "a.xml").write_text(BEGIN + HEADS[name] + ITEMS[name](1, content) + END, "utf-8")
    assert read(tmp_path)[0][0]["text"] == "yêu <3 mọi người, 1 < 2 và a&b"
