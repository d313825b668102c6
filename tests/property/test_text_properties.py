"""What holds for any text at all."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.text import (
    FIXERS,
    abstain_reason,
    applied,
    explain,
    for_tagger,
    normalise,
    segment,
    split_spans,
)
from analyzer.text.normalise import OF_RARE, RARE

PIECES = (
    "hôm nay", "Hà Nội", "hòa", "QUÝ", "ơi", "k", "199k", "10:30", "@lan.anh", "@", "@_", "@a..b",
    "#hànội", "#ReviewAnNgon", "#anngonhanoi", "giỏ", "hàng", "chốt", "TP.HCM.", "Nguyễn",
    "#", "#️⃣", "＃", "https://a.vn/x", "http://", "www.", "abc.com", "s.shopee.vn/x",
    "lan@example.com", "a@", ".", "...", ",", "!", ":)))", "(", ")", "_", "__", "-", "😍", "❤️",
    "🇻🇳", "🇻", "👨\u200d👩\u200d👧", "👍🏽", "🏽", "1️⃣", "\u20e3", "\u200d", "\ufe0f", "\u200b",
    "\ufeff", "\u202e", "\u0301", "\u0323", "\u0302", "e", "đ", "\U0001d164", "\u1100", "\u1161",
    "\u3164", "\u1160", "\x1b[0", "m", "ạaa", "iiiì", "okkk",
    "\ud83d", "\udc00", "\x00", "\x07", "\x1c", "\n", "\r\n", "\u2028", "\x85", "\t", " ",
    "\u00a0",
    "Ã", "Ã\u00a1", "áº", "¿", "»", "Ä‘", "Æ°", "Ã\u0083Â", "â€", "\u0099", "\u0094", "\ufffd",
    "MÃ“A”", "nÃ ", "ðŸ", "˜…", "ï¸\u008f", "ViÖt", "xu©n", "®Ñp", "Haø", "Noäi", "Viêòt", "miÌnh",
    "Ðà", "ðẹp",
    "\u3000", "\U000e0067", "\U000e007f", "🏴", "𝗥𝗲", "ℝ", "ℎ", "ℕℍ", "Ⓜ", "🅰", "🅱\ufe0f", "🆂",
    "Ⓢ", "５", "Ｋ", "\u2800",
    "⣿", "quáaaa", "ooo", "nggg", "IEEE", "xiii", "Tttt", "ưuuu", "é", "\u0306", "\u031b",
    "สวัส", "中文", "a" * 45, "à" * 39, "\u0f71",
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.lists(
        st.one_of(st.sampled_from(PIECES), st.characters(exclude_categories=())), max_size=14
    ).map("".join),
)
# timings of a shared machine say nothing of the code; the same examples in every run
slowly = settings(deadline=None, derandomize=True, max_examples=150)
segmenting = settings(deadline=None, derandomize=True, max_examples=80)


@slowly
@given(TEXTS)
def test_normalised_text_is_settled(text: str) -> None:
    (once,) = normalise([text])
    assert normalise([once]) == [once]
    assert unicodedata.is_normalized("NFC", once)
    assert not any("\ud800" <= char <= "\udfff" for char in once)
    assert not any(unicodedata.category(char) == "Cc" and char != "\n" for char in once)
    assert "  " not in once
    assert once == once.strip()
    once.encode()


@slowly
@given(TEXTS)
def test_the_explanation_replays_to_the_result(text: str) -> None:
    (told,) = explain([text])
    assert [told.text] == normalise([text])
    replayed = text
    for step in told.steps:
        replayed = applied(replayed, step.edits)
    assert replayed == told.text


@slowly
@given(TEXTS)
def test_every_character_has_its_place_in_the_original(text: str) -> None:
    (told,) = explain([text])
    assert len(told.places) == len(told.text)
    starts = [start for start, _ in told.places]
    assert starts == sorted(starts)
    assert all(0 <= start < end <= len(text) for start, end in told.places)
    # a place of one character holds that character, unless a fixer wrote another for it
    written = {new for step in told.steps for edit in step.edits for new in edit.new}
    kept = zip(told.text, told.places, strict=True)
    assert all(text[a:b] == char or char in written for char, (a, b) in kept)


@slowly
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_nfc_piece_by_piece_is_nfc(text: str) -> None:
    short = text[:4] + "".join(char for char in text[4:] if not unicodedata.combining(char))
    composed = applied(short, FIXERS["nfc"](short))
    assert composed == unicodedata.normalize("NFC", short)


def test_what_is_not_rare_needs_no_fixer_for_the_rare() -> None:
    usual = [chr(code) for code in range(0x110000) if not RARE.search(chr(code))]
    # each one alone, behind and before a letter, a digit, an emoji, a blank, and all others
    whole = "".join(f"a{char}a1{char}1😍{char}😍 {char} " for char in usual) + "".join(usual)
    for name in OF_RARE:
        assert list(FIXERS[name](whole)) == []


@slowly
@given(TEXTS)
def test_spans_do_not_change_at_a_blank(text: str) -> None:
    """The fixer of stretched letters looks for them between blanks only."""
    (normal,) = normalise([text])
    whole = [piece for piece, protected in split_spans(normal) if protected]
    parts = [split_spans(part) for part in normal.split()]
    assert [piece for part in parts for piece, protected in part if protected] == whole


@slowly
@given(TEXTS)
def test_pieces_joined_are_the_text(text: str) -> None:
    for whole in (text, normalise([text])[0]):
        pieces = list(split_spans(whole))
        assert "".join(piece for piece, _ in pieces) == whole
        assert all(piece for piece, _ in pieces)
        assert not any(char.isspace() for piece, protected in pieces if protected for char in piece)


@segmenting
@given(TEXTS)
def test_segmented_text_is_words_with_one_space_between(text: str) -> None:
    (normal,) = normalise([text])
    (segmented,) = segment([normal])
    assert segmented == " ".join(segmented.split())
    assert unicodedata.is_normalized("NFC", segmented)
    segmented.encode()


@segmenting
@given(TEXTS)
def test_every_span_is_one_token_verbatim_in_order(text: str) -> None:
    (normal,) = normalise([text])
    tokens = iter(segment([normal])[0].split(" "))
    spans = [piece for piece, protected in split_spans(normal) if protected]
    assert all(span in tokens for span in spans)


@segmenting
@given(st.lists(TEXTS, max_size=4))
def test_a_text_is_segmented_alike_alone_and_in_any_batch(texts: list[str]) -> None:
    normal = normalise(texts)
    alone = [segment([text])[0] for text in normal]
    assert segment(normal) == alone
    assert segment(normal[::-1]) == alone[::-1]


@segmenting
@given(TEXTS)
def test_the_tagger_reads_all_words_in_order_and_those_of_hashtags_behind_them(text: str) -> None:
    (normal,) = normalise([text])
    rest = iter(for_tagger([normal])[0].split(" "))
    assert all(word in rest for word in segment([normal])[0].split(" "))
    if "#" not in normal and "＃" not in normal:
        assert for_tagger([normal]) == segment([normal])


@slowly
@given(TEXTS)
def test_every_text_is_judged_or_told_why_not(text: str) -> None:
    reasons = {None, "no_words", "not_vietnamese", "no_evidence"}
    assert abstain_reason(normalise([text])[0]) in reasons
    assert abstain_reason(text) in reasons
