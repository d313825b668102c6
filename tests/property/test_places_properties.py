"""Words lie in their text, whatever the text."""

from __future__ import annotations

from hypothesis import given
from test_text_properties import TEXTS, segmenting

from analyzer.text import explain, for_tagger, normalise
from analyzer.text.places import placed_words


@segmenting
@given(TEXTS)
def test_words_lie_in_order_inside_the_text_and_hold_every_letter(text: str) -> None:
    (words,) = placed_words([text])
    ends = [0, *(word.end for word in words)]
    assert all(end <= word.start < word.end for end, word in zip(ends, words, strict=False))
    assert ends[-1] <= len(text)
    (told,) = explain([text])
    covered = {place for word in words for place in range(word.start, word.end)}
    letters = [at for at, char in enumerate(told.text) if char not in " \n_"]
    assert all(covered.issuperset(range(*told.places[at])) for at in letters)


@segmenting
@given(TEXTS)
def test_words_joined_are_what_the_tagger_reads(text: str) -> None:
    (words,) = placed_words([text])
    assert [" ".join(word.read for word in words)] == for_tagger(normalise([text]))
