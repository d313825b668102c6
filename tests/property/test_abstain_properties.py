"""What holds of abstaining for any text at all."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analyzer.text import abstain_reason, normalise
from analyzer.text.evidence import has_evidence, is_generic_hashtag
from analyzer.text.language import is_foreign

FOREIGN = (
    "the", "best", "street", "food", "in", "town", "is", "to", "me", "voilà", "le", "très", "là",
    "où", "déjà", "não", "são", "está", "tú", "más", "makan", "enak", "сегодня", "борщ", "สวัสดี",
    "你好", "오늘", "été",
)  # fmt: skip
PLAIN = ("hom", "nay", "minh", "di", "choi", "ngon", "qua", "ko", "bt", "k", "dep", "troi")
MARKED = ("hôm", "có", "là", "món", "phở", "đẹp", "quá", "trời", "ơi", "mình", "Hà", "NGON", "bún")
OTHER = ("😍", "#fyp", "#anngon", "@lan.anh", "199k", "https://a.vn/x", ".", ",", "\n", "?!", ":))")
WORDS = st.lists(st.sampled_from(FOREIGN + PLAIN + MARKED + OTHER), max_size=16)
# timings of a shared machine say nothing of the code; the same examples in every run
slowly = settings(deadline=None, derandomize=True, max_examples=300)


def normal(words: list[str]) -> str:
    return normalise([" ".join(words)])[0]


@slowly
@given(
    WORDS, st.lists(st.sampled_from([w for w in MARKED if not w.isascii()]), min_size=1), st.data()
)
def test_vietnamese_words_with_marks_never_make_a_post_foreign(
    words: list[str], more: list[str], data: st.DataObject
) -> None:
    assume(not is_foreign(normal(words)))
    at = data.draw(st.integers(0, len(words)))
    assert not is_foreign(normal([*words[:at], *more, *words[at:]]))


@slowly
@given(WORDS, st.sampled_from(OTHER[:6]), st.data())
def test_what_is_no_running_text_says_nothing_of_the_language(
    words: list[str], span: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(words)))
    assert is_foreign(normal([*words[:at], span, *words[at:]])) == is_foreign(normal(words))


@slowly
@given(WORDS, WORDS)
def test_more_text_is_never_less_evidence(words: list[str], more: list[str]) -> None:
    if has_evidence(normal(words)):
        assert has_evidence(normal([*words, *more]))


@slowly
@given(st.text(max_size=40))
def test_any_characters_get_an_answer_and_the_same_one_again(text: str) -> None:
    assert abstain_reason(text) == abstain_reason(text)
    assert isinstance(is_generic_hashtag("#" + text), bool)
