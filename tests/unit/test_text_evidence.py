"""Generic hashtags, greetings and laughter are no evidence; the list is fit to ship."""

from __future__ import annotations

from importlib.resources import files

import pytest

from analyzer.text.evidence import has_evidence, is_generic_hashtag


def entries() -> list[str]:
    path = files("analyzer.text") / "generic_hashtags.txt"
    return path.read_text(encoding="utf-8").splitlines()


def test_the_list_is_sorted_small_letters_each_once_and_none_stretched() -> None:
    found = entries()
    assert found == sorted(set(found))
    assert all(tag == tag.lower() and tag.split() == [tag] and "#" not in tag for tag in found)
    assert all(is_generic_hashtag(f"#{tag}") for tag in found)
    assert 20 < len(found) < 500


@pytest.mark.parametrize(
    "tag",
    ["#fyp", "#FYP", "＃xuhuong", "#viral", "#trending", "#fyppppp", "#xhhhhhhhh", "#2025", "#_"],
)
def test_hashtags_for_reach(tag: str) -> None:
    assert is_generic_hashtag(tag)


@pytest.mark.parametrize(
    "tag",
    ["#anngon", "#hanoi", "#tet2025", "#ootd", "#viralhog", "#ffyp1", "#phim", "#vlog", "#review"],
)
def test_hashtags_with_a_subject(tag: str) -> None:
    assert not is_generic_hashtag(tag)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😍 #fyp",
        "Hi 👋",
        "hihi",
        "HAHAHA #viral",
        "Trả lời @lan",
        "chào cả nhà ạ",
        "kkk",
        "199k",
        "ok, ok!",
    ],
)
def test_nothing_to_judge(text: str) -> None:
    assert not has_evidence(text)


@pytest.mark.parametrize(
    "text",
    [
        "phở",
        "#phở",
        "hi phở",
        "chào Huế",
        "hà",
        "hahaha mèo",
        "cả",
        "#fyp #anngon",
        "199k/kg chôm chôm",
    ],
)
def test_a_word_or_a_hashtag_with_a_subject_is_evidence(text: str) -> None:
    assert has_evidence(text)
