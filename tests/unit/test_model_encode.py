"""Sub-words: the ids that PhoBERT was trained with, whatever a post holds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import PhobertTokenizer

from analyzer.errors import ModelError
from analyzer.model.bundle import default_bundle
from analyzer.model.encode import MAX_WORD, Vocabulary, encode, encode_words, load_vocabulary

PHOBERT = Path(__file__).parents[3] / "shared" / "data" / "phobert_tokenizer"
CAPTION = "hôm_nay mình nấu bún_riêu 🦀 @be.cua #mónngon , ai thích chua_chua thì thêm me nha hihii"


@cache
def folders() -> list[Path]:
    return [default_bundle(), *([PHOBERT] if PHOBERT.is_dir() else [])]


@cache
def both(folder: Path) -> tuple[Vocabulary, PhobertTokenizer]:
    slow = PhobertTokenizer(
        vocab_file=str(folder / "vocab.txt"), merges_file=str(folder / "bpe.codes")
    )
    return load_vocabulary(folder, lower=False), slow


def published(word: str, slow: PhobertTokenizer) -> tuple[int, ...]:
    """Ids of a word's pieces; the class would first look for special tokens in the text."""
    specials = {slow.bos_token_id, slow.pad_token_id, slow.eos_token_id, slow.mask_token_id}
    ids = (slow.convert_tokens_to_ids(piece) for piece in slow.bpe(word).split(" "))
    return tuple(slow.unk_token_id if code in specials else code for code in ids)


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_sizes_and_special_tokens_are_the_published_ones(folder: Path) -> None:
    ours, slow = both(folder)
    assert ours.size == len(slow)
    assert (ours.bos, ours.pad, ours.eos) == (
        slow.bos_token_id, slow.pad_token_id, slow.eos_token_id,
    )  # fmt: skip
    assert (ours.unk, ours.mask) == (slow.unk_token_id, slow.mask_token_id)


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_a_caption_has_the_published_ids(folder: Path) -> None:
    ours, slow = both(folder)
    (found,) = encode_words([CAPTION], ours)
    assert found == [published(word, slow) for word in CAPTION.split()]
    assert [i for ids in found for i in ids] == slow.encode(CAPTION, add_special_tokens=False)


@given(
    st.text(st.characters(exclude_categories=["Cs", "Zs", "Cc"]), min_size=1, max_size=20)
    | st.lists(
        st.sampled_from(
            ["nguyễn", "_", "@@", "ng", "</w>", "<s>", "<mask>", "😍", "khoẻ", "#", "a"]
        ),
        min_size=1,
        max_size=6,
    ).map("".join)
)
def test_any_word_has_the_published_ids(text: str) -> None:
    for folder in folders():
        ours, slow = both(folder)
        (found,) = encode_words([text], ours)
        assert encode([text], ours) == [[i for ids in found for i in ids]]
        assert found == [published(word, slow) for word in text.split()]


def test_text_that_looks_like_a_special_token_stays_text() -> None:
    vocabulary = load_vocabulary(default_bundle(), lower=False)
    special = {vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.mask}
    (words,) = encode_words(["<s> </s> <mask> <pad> bún"], vocabulary)
    assert len(words) == 5
    assert not special & {piece for word in words for piece in word}


def test_a_very_long_word_is_read_in_part() -> None:
    vocabulary = load_vocabulary(default_bundle(), lower=True)
    (words,) = encode(["a" * 5000], vocabulary)
    assert words == encode(["a" * MAX_WORD], vocabulary)[0]


@pytest.mark.parametrize("lower", [True, False])
def test_lower_is_the_manifests_choice(lower: bool) -> None:  # noqa: FBT001 - a parameter
    vocabulary = load_vocabulary(default_bundle(), lower=lower)
    upper, small = encode(["BÚN", "bún"], vocabulary)
    assert (upper == small) is lower


@pytest.mark.parametrize(
    ("vocab", "codes"),
    [
        ("bún 5\nriêu\n", "b ú 9\n"),
        ("bún 5\n", "b ú 9\n\xff"),
    ],
)
def test_files_in_another_format_are_refused(tmp_path: Path, vocab: str, codes: str) -> None:
    (tmp_path / "vocab.txt").write_bytes(vocab.encode())
    (tmp_path / "bpe.codes").write_bytes(codes.encode("latin-1" if "\xff" in codes else "utf-8"))
    with pytest.raises(ModelError, match="fastBPE"):
        load_vocabulary(tmp_path, lower=False)
