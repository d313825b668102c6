"""What is shown of hostile text, for any text at all."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from analyzer.report import words

TEXT = st.text(max_size=200) | st.text("\x00\x1b\u202e\u2066\u0301\u200d\r\n\t👩aế", max_size=200)


@given(TEXT, st.integers(1, 80))
def test_shown_text_is_short_and_harmless(text: str, limit: int) -> None:
    shown = words.shown(text, limit)
    assert len(shown) <= limit + 1
    kinds = [unicodedata.category(c) for c in shown if c not in "\n\u200c\u200d"]
    assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & set(kinds)
    assert words.shown(shown, limit + 1) == shown


@given(st.text(st.characters(categories=["Ll", "Lu", "Nd", "Po", "Sm"]), max_size=80))
def test_harmless_text_is_shown_as_it_is(text: str) -> None:
    assert words.shown(text, 80) == text


@given(TEXT, st.integers(1, 80))
def test_one_line_is_one_line(text: str, limit: int) -> None:
    assert "\n" not in words.one_line(text, limit)


@given(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "https://", "HTTP://", "javascript:", "data:", "https://a@", "//"]),
        st.text(max_size=20) | st.sampled_from(["x.example", "[::1", "x.example:8o"]),
        st.text(max_size=20),
    )
)
def test_a_link_is_http_with_a_host_and_no_login(url: str) -> None:
    link = words.safe_link(url)
    if link is not None:
        parts = urlsplit(link[0])
        assert link[0] == url
        assert parts.scheme in {"http", "https"}
        assert parts.hostname
        assert "@" not in parts.netloc


def test_an_ordinary_link_passes() -> None:
    url = "https://www.tiktok.com/@vidu/video/7?lang=vi#a"
    assert words.safe_link(url) == (url, "tiktok.com")
    assert words.safe_link(None) is None


@given(st.floats(0, 1))
def test_only_a_true_zero_or_one_is_called_so(share: float) -> None:
    said = words.percent(share)
    assert (said == "0%") == (share == 0)
    assert (said == "100%") == (share == 1)


def test_listed() -> None:
    assert [words.listed(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
