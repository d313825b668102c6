"""The report: captions are inert in it, it needs nothing else, and it can be read by all."""

from __future__ import annotations

import base64
import hashlib
import re
import tracemalloc
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import (
    COOK,
    COOK_FACTS,
    HOSTILE,
    HOSTILE_FACTS,
    HOSTILE_TEXT,
    PLAIN,
    SUMMARY,
    facts_row,
    many,
    post,
    profile_row,
    tables,
)

from analyzer.errors import InputError
from analyzer.report import render_report, write_report

if TYPE_CHECKING:
    from pathlib import Path

VOID: Final = {"meta", "br", "link", "img", "input"}
ALLOWED: Final = {
    "html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section",
    "article", "div", "p", "h1", "h2", "h3", "h4", "ul", "li", "a", "b", "bdi", "br", "small",
    "span", "q", "code", "figure", "details", "summary", "dl", "dt", "dd",
    "figcaption", "blockquote", "footer", "table", "caption", "thead",
    "tbody", "tr", "th", "td", "svg", "g", "defs", "circle", "path", "rect", "line", "text", "use",
}  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of the page; fails on a tag that is not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, found, value in self.attributes if found == name]


def rendered(pairs: list[tuple[dict[str, Any], dict[str, Any]]], limit: int = 200) -> str:
    return "".join(render_report(*tables(pairs), summary=SUMMARY, limit=limit))


def assert_inert(html: str) -> Page:
    page = Page(html)
    assert set(page.tags) <= ALLOWED
    names = {name for _, name, _ in page.attributes}
    assert not {n for n in names if n.startswith("on")}
    assert not names & {"src", "style", "srcdoc", "action", "xlink:href", "background"}
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    for tag, name, value in page.attributes:
        if name == "href" and tag == "a" and not value.startswith("#"):
            assert re.fullmatch(r"https?://[^@/\s]+(/[^\s\"<>\\]*)?", value), value
        elif name == "href":
            assert value[1:] in ids, value
        elif name in {"aria-labelledby", "id"}:
            assert all(re.fullmatch(r"[a-z]+-?[0-9a-z]*", v) for v in value.split()), value
    assert not set("\x00\x1b\u202a\u202b\u202d\u202e\u2066\u2067\u2068") & set(html)
    return page


def test_hostile_captions_and_names_are_text() -> None:
    html = rendered([*PLAIN, (HOSTILE, HOSTILE_FACTS)])
    page = assert_inert(html)
    text = "".join(page.texts)
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in text
    assert "{{ 7 * 7 }}{% raw %} &lt;b&gt; evil" in text
    assert '"><script>alert("tên")</script>Ă' in text
    assert "Ă" * 61 not in text
    assert "\u0301" * 4 not in text
    assert "javascript:" not in "".join(page.values("href"))
    assert not [
        v for v in page.values("href") if not v.startswith(("#", "https://www.tiktok.com/"))
    ]


def test_links_open_elsewhere_without_telling_where_from() -> None:
    page = assert_inert(rendered([(COOK, COOK_FACTS)]))
    links = [v for t, n, v in page.attributes if (t, n) == ("a", "href") and v.startswith("http")]
    assert links == [
        f"https://www.tiktok.com/@vidu/video/{n}" for n in (3, 9, 14, 20)
    ]  # fmt: skip
    assert page.values("rel") == ["noopener noreferrer nofollow"] * 4


STRUCTURE: Final = Page(rendered([(COOK, facts_row(COOK, evidence_passion=[post(1, 0.9, "a")]))]))


@settings(max_examples=20, deadline=None)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
    | st.sampled_from([HOSTILE_TEXT, "</p></article>", "<!--", "]]>", "<svg/onload=1>", "&#60;b>"]),
    url=st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map("https://x.vn/".__add__)
    | st.sampled_from(["javascript:1", "//x.example", "https://", "http://[", "vbscript:1"]),
)  # fmt: skip
def test_no_text_changes_the_structure(text: str, url: str) -> None:
    row = profile_row(COOK["account_id"], account_name=text, followers=COOK["followers"])
    fact = facts_row(COOK, evidence_passion=[post(1, 0.9, text, url=url)], formats=[text])
    found = assert_inert(rendered([(row, fact)]))
    assert [t for t in found.tags if t not in {"a", "li"}] == [
        t for t in STRUCTURE.tags if t not in {"a", "li"}
    ]


def test_the_page_needs_nothing_else_and_allows_nothing_else() -> None:
    html = rendered(PLAIN)
    page = Page(html)
    (policy,) = [v for v in page.values("content") if "default-src" in v]
    css = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"@import|url\(|@font-face", css)
    assert html.index("Content-Security-Policy") < html.index("<style>")


def test_each_account_has_a_section_that_the_overview_links() -> None:
    page = assert_inert(rendered(PLAIN))
    sections = [v for v in page.values("id") if v.startswith("account-")]
    links = [v[1:] for v in page.values("href") if v.startswith("#account-")]
    assert sections == links
    # numbered as the rows of profiles.csv are, shown from creator to influencer
    assert sections == [f"account-{n}" for n in (4, 6, 3, 2, 5, 1)]


def test_what_an_account_manager_asks_is_said_in_words() -> None:
    text = re.sub(r"\s+", " ", " ".join(Page(rendered(PLAIN)).texts))
    for said in (
        "6 accounts, 112 posts from 7 files, published 5 Jan 2026 – 25 May 2026.",
        "With a probability of 90%, 66–93% of its posts are passion-driven;",
        "No post of it could be judged, so it has no place on the spectrum.",
        "74% promote its own business, 0% somebody else’s product.",
        "Marked by the platform as paid: 9 posts; as not paid: 22; not known: 0.",
        "The format “TikTok (web item)” has no place for titles and repost labels.",
        "So paid posts are recognised by their words alone.",
        "3 posts of 3 could not be judged and are not counted in any share.",
        "2 further niches",
        "no words in it (emoji, links or tags only)",
        "4 rows that could not be imported; each is in rejects.jsonl",
        "Measured on 1,200 posts of 61 accounts that the model never saw.",
    ):
        assert said in text, said


@pytest.mark.parametrize(
    ("role", "unclear", "said"),
    [
        (
            "hybrid",
            0.3,
            "is 30 to 70%. So it is a mix of clear posts of both kinds.",
        ),
        ("hybrid", 0.31, "So part of the mix may be the model’s doubt."),
        ("creator", 0.5, "50% of the posts are unclear"),
    ],
)
def test_a_mix_of_clear_posts_is_told_from_one_of_unclear_posts(
    role: str, unclear: float, said: str
) -> None:
    account = profile_row("tiktok:an", role=role, unclear_share=unclear)
    html = rendered([(account, facts_row(account))])
    assert said in html
    assert ("mix" in html.partition("posts are unclear")[2].partition("</p>")[0]) == (
        role == "hybrid"
    )


@pytest.mark.parametrize(("worth", "said"), [(16.4, True), (22.6, False)])
def test_posts_of_campaigns_are_said_to_be_worth_fewer(worth: float, said: bool) -> None:  # noqa: FBT001
    account = profile_row("tiktok:an", effective_posts=worth)
    html = rendered([(account, facts_row(account))])
    assert ("23 judged, worth 16 independent ones (campaigns)" in html) == said
    assert ("worth" in html) == said


def test_charts_say_what_they_show() -> None:
    html = rendered(PLAIN)
    page = Page(html)
    named = [v for t, n, v in page.attributes if (t, n) == ("svg", "aria-labelledby")]
    assert len(named) == html.count('role="img"') > 10
    assert set(named) <= set(page.values("id"))
    assert '<text class="tick" x="35%"' in html
    assert '<text class="tick" x="65%"' in html


def test_accounts_beyond_the_limit_are_counted_and_drawn_in_the_first_chart() -> None:
    html = rendered(many(300), limit=5)
    page = assert_inert(html)
    assert len([v for v in page.values("id") if v.startswith("account-")]) == 5
    text = " ".join(page.texts)
    assert "The 5 accounts with most posts that could be judged, of 300" in text
    assert "295 further accounts" in text
    assert html.count("h0") >= 300


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_accounts(count: int) -> None:
    page = assert_inert(rendered(PLAIN[:count]))
    assert len([v for v in page.values("id") if v.startswith("account-")]) == count
    assert ("everyone" in page.values("id")) == (count > 1)
    assert ("No account was found" in "".join(page.texts)) == (count == 0)


def test_accounts_without_any_place() -> None:
    page = assert_inert(rendered(PLAIN[-1:]))
    assert "account-1" in page.values("id")


def test_nothing_drawn_at_limit_zero() -> None:
    page = assert_inert(rendered(PLAIN, limit=0))
    assert "each" not in page.values("id")


def test_row_order_changes_no_byte(tmp_path: Path) -> None:
    for name, pairs in (("a", PLAIN), ("b", PLAIN[::-1])):
        write_report(*tables(pairs), tmp_path / name, summary=SUMMARY, limit=200)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_other_accounts_are_refused_before_the_first_piece() -> None:
    profiles, facts = tables(PLAIN)
    with pytest.raises(InputError, match="different accounts"):
        render_report(profiles, facts.slice(1), summary=SUMMARY, limit=1)


def test_memory_holds_a_few_accounts_only() -> None:
    profiles, facts = tables(many(120))
    pieces = render_report(profiles, facts, summary=SUMMARY, limit=120)
    tracemalloc.start()
    try:
        written = sum(len(piece) for piece in pieces)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert written > 500_000
    assert peak < written / 2


THEMES: Final = {"light": 0, "dark": 1, "print": 2}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    full = digits if len(digits) == 6 else "".join(2 * d for d in digits)
    parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_colours_have_the_contrast_of_wcag_aa(theme: str) -> None:
    blocks = re.findall(r":root \{(.*?)\}", rendered([]), re.DOTALL)
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]+)", blocks[THEMES[theme]]))
    for text in ("ink", "soft", "link"):
        for ground in ("paper", "tint"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for shape in ("creator", "hybrid", "influencer", "undetermined", "lifestyle"):
        assert contrast(colours[shape], colours["paper"]) >= 3, shape


def test_a_post_of_which_only_the_beginning_is_known_is_shown_to_go_on() -> None:
    beginning = ("Ninh nước dùng từ xương bò " * 20)[:280]
    facts = {**COOK_FACTS, "evidence_passion": [post(7, 0.9, beginning)]}
    html = "".join(render_report(*tables([(COOK, facts)]), summary=SUMMARY, limit=1))
    (shown,) = re.findall(r'<p lang="vi" dir="auto">(Ninh[^<]*)</p>', html)
    assert shown.endswith("…")
    assert f"{beginning} ".startswith(f"{shown[:-1]} ")
