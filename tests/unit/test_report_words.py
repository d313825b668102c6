"""Every code that a report can meet has words."""

from __future__ import annotations

from dataclasses import fields

from analyzer import schema
from analyzer.config import ProfileConfig
from analyzer.profile.roles import REASON_WORDS, ROLE_WORDS
from analyzer.report import words


def test_every_code_has_words() -> None:
    assert set(words.SETTINGS) == {f.name for f in fields(ProfileConfig)}
    assert set(words.PLATFORMS) == set(schema.PLATFORMS)
    assert set(words.PROMOS) == set(schema.PROMOS)
    assert set(words.FIELDS) >= {f.name for f in schema.POST if f.nullable}
    assert {"clear", "too_few_posts", "business_page"} <= set(REASON_WORDS)


def test_the_words_of_a_role_begin_with_its_name() -> None:
    # the page sets the name itself, in bold, and leaves out what stands before the colon
    for role in schema.ROLES:
        assert ROLE_WORDS[role].startswith(f"{role.capitalize()}: ")


def test_what_is_cut_ends_with_a_whole_word() -> None:
    text = "bún riêu " * 40
    assert words.cut(text, 60) == "bún riêu " * 6 + "bún…"
    assert words.cut("bún riêu", 60) == "bún riêu"
    assert words.cut("#" + "a" * 90, 60) == "#" + "a" * 59 + "…"
    # words that the writer left open himself
    assert words.cut("đang nấu…", 60) == "đang nấu…"


def test_half_a_count_is_shown_where_it_matters() -> None:
    assert [words.number(n) for n in (2, 2.5, 395958.5, 1234)] == ["2", "2.5", "395,958", "1,234"]
