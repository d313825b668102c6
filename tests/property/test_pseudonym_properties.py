"""Whatever handle stands in a caption, however it is glued: it is not found in what is written."""

from __future__ import annotations

import unicodedata
from typing import Any

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzer.pipeline.finish import finished
from analyzer.pipeline.pseudonyms import pseudonym, pseudonymised
from analyzer.schema import TAGGED_POST
from analyzer.text.names import canonical, names_of

KEY = bytes(range(32))
LETTERS = "abclnxyzABKZ0159_ấđƠữêéñ"
INNER = st.text(st.sampled_from(LETTERS), min_size=1, max_size=9)
HANDLES = (
    st.lists(INNER, min_size=1, max_size=3)
    .map(".".join)
    .filter(lambda h: len(h) > 2 and any(char.isalpha() for char in h))
)
FILLER = st.lists(
    st.sampled_from(
        ["nấu ăn", "0909 123 456", "#reviewngon", "🌸", "\n", "giá 99k", ",", "!", "(", "@", "...",
         "https://a.example/b", "mail@x.vn", "\u200b", "́"],
    ), max_size=6,
)  # fmt: skip


def post(text: str, handle: str, **more: Any) -> Any:
    values: dict[str, Any] = dict.fromkeys(TAGGED_POST.names)
    values |= {
        "post_id": "tiktok:1", "account_id": f"tiktok:{canonical(handle)}", "platform": "tiktok",
        "text": text, "hashtags": [], "mentions": [], "source_format": "jsonl",
        "source_file": "a.jsonl", "source_row": 1, "content_hash": "0" * 64, "model_id": "m@1",
        "prob_ppm": 900_000, "niche": "food", "niche_ppm": 800_000, "promo": "none",
        "promo_ppm": 900_000,
    }  # fmt: skip
    return finished(pa.Table.from_pylist([values | more], schema=TAGGED_POST))


def written(posts: Any, *known: str) -> dict[str, Any]:
    names = names_of((canonical(handle), None) for handle in known)
    return dict(pseudonymised(posts, names, KEY).to_pylist()[0])


def holds(said: str, handle: str) -> bool:
    return canonical(handle) in unicodedata.normalize("NFC", said).lower()


@settings(max_examples=150, deadline=None)
@given(handle=HANDLES, before=FILLER, after=FILLER, form=st.sampled_from(["NFC", "NFD"]))
@example(handle="an.", before=[], after=["."], form="NFC")
@example(handle="_a_", before=["@"], after=["@"], form="NFC")
def test_a_mention_gets_the_pseudonym_of_its_account(
    handle: str, before: list[str], after: list[str], form: str
) -> None:
    handle = handle.strip(".")
    said = unicodedata.normalize(form, f"@{handle}")  # type: ignore[arg-type]
    text = " ".join([*before, said, *after])
    found = written(post(text, "somebody.else", mentions=[handle]), "somebody.else", handle)
    name = pseudonym(KEY, "account", canonical(handle))
    assert f"@{name}" in found["text"]
    assert found["mentions"] == [name]
    rest = found["text"].replace(name, "")
    assert not holds(rest, f"@{handle}")


@settings(max_examples=150, deadline=None)
@given(
    handle=HANDLES, before=FILLER, after=FILLER, change=st.sampled_from([str.upper, str.lower, str])
)
def test_an_account_is_not_found_in_its_own_posts(
    handle: str, before: list[str], after: list[str], change: Any
) -> None:
    handle = handle.strip("._")
    if len(handle) < 3 or len(change(handle)) != len(handle):
        return
    text = " ".join([*before, change(handle), *after])
    more = {"title": change(handle), "url": f"https://www.tiktok.com/@{handle}/video/1"}
    found = written(post(text, handle, hashtags=[handle], **more), handle)
    name = pseudonym(KEY, "account", canonical(handle))
    assert found["account_id"] == f"tiktok:{name}"
    assert found["url"] == f"tiktok.com/@{name}"
    assert found["hashtags"] == [name]
    assert found["title"] == name
    assert name in found["text"]
    assert not holds(found["text"].replace(name, ""), handle)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_passes_and_another_key_changes_names_only(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    posts = post(f"{text} @lan.anh", "bep.nha", url=text, account_name=text[:20])
    one = written(posts, "lan.anh", "bep.nha")
    assert "@lan.anh" not in one["text"]
    other = pseudonymised(posts, names_of([("lan.anh", None)]), bytes(32)).to_pylist()[0]
    assert other["account_id"] != one["account_id"]
    assert other["prob_ppm"] == one["prob_ppm"]
