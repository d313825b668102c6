"""What all posts of an account, seen together, tell: copies, sign-offs, what is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.pipeline.finish import finished
from analyzer.profile import account_facts, totals
from analyzer.schema import KEPT_POST, TAG, TAGGED_POST

Row = dict[str, Any]
BLOCK = "Hotline 0901 234 567\n#bepnha #amthuc #xuhuong"


def row(post: str, text: str, account: str = "tiktok:an", **more: Any) -> Row:
    values: Row = dict.fromkeys(TAGGED_POST.names)
    values |= {
        "post_id": post, "account_id": account, "platform": "tiktok", "text": text,
        "hashtags": [], "mentions": [], "source_format": "jsonl", "source_file": "a.jsonl",
        "source_row": 1, "content_hash": text.ljust(64, "0")[:64], "model_id": "m@1",
        "prob_ppm": 900_000, "niche": "food", "niche_ppm": 800_000, "promo": "none",
        "promo_ppm": 900_000,
    }  # fmt: skip
    return values | more


def kept(*rows: Row) -> Any:
    return finished(pa.Table.from_pylist(list(rows), schema=TAGGED_POST))


def copies(*rows: Row) -> dict[str, str]:
    table = kept(*rows).select(["post_id", "copy_of"]).to_pylist()
    return {one["post_id"]: one["copy_of"] for one in table if one["copy_of"] is not None}


def when(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC)


def test_the_earliest_post_is_counted_and_an_undated_one_comes_last() -> None:
    assert copies(
        row("1", "Cá kho tộ #a"), row("2", "cá kho tộ!! #a", posted_at=when(9)),
        row("3", "CÁ KHO TỘ #a", posted_at=when(2)), row("4", "Bún riêu", posted_at=when(1)),
    ) == {"1": "3", "2": "3"}  # fmt: skip


def test_another_account_s_words_are_no_copy() -> None:
    assert copies(row("1", "Cá kho tộ", "tiktok:an"), row("2", "Cá kho tộ", "tiktok:bi")) == {}


def test_posts_that_were_not_judged_are_no_copies() -> None:
    passed_on: Row = {"prob_ppm": None, "abstained": "repost"}
    assert copies(
        row("1", "Cá kho tộ", **passed_on), row("2", "Cá kho tộ", posted_at=when(3)),
        row("3", "Cá kho tộ"), row("4", "🔥"), row("5", "🔥🔥"),
    ) == {"3": "2"}  # fmt: skip


def test_titles_tell_posts_apart() -> None:
    assert copies(
        row("1", "Mời xem", title="Cá kho"), row("2", "Mời xem", title="Bún riêu"),
        row("3", "Mời xem", title="Cá kho"),
    ) == {"3": "1"}  # fmt: skip


def test_a_long_sign_off_does_not_make_copies() -> None:
    block = f"Quán nhỏ sau chợ, mở cửa từ sáng tới tối, nghỉ thứ hai\n{BLOCK}"
    rows = [row(str(n), f"{word}\n{block}") for n, word in enumerate(("Cá", "Gà", "Vịt", "Cua"))]
    assert copies(*rows) == {}
    table = kept(*rows)
    assert table.column("sign_off").to_pylist() == [["hotline", "hashtags"]] * 4
    said = zip(
        table.column("text").to_pylist(), table.column("sign_off_at").to_pylist(), strict=True
    )
    assert [text[at:] for text, at in said] == [block] * 4


def test_walls_of_the_same_hashtags_are_copies() -> None:
    walls = (
        "#bepnha #amthuc #xuhuong",
        "🔥 #xuhuong #bepnha #amthuc",
        "#amthuc #bepnha #xuhuong 😂",
    )
    bodies = [row(f"b{n}", f"{word} {walls[0]}") for n, word in enumerate(("Cá", "Gà", "Vịt"))]
    assert copies(*bodies, *(row(f"w{n}", wall) for n, wall in enumerate(walls))) == {
        "w1": "w0", "w2": "w0",
    }  # fmt: skip


def test_no_posts() -> None:
    table = kept()
    assert table.schema.equals(KEPT_POST)
    assert table.num_rows == 0


WORDS = st.lists(
    st.sampled_from(["cá", "gà", "vịt", "cua", "bún", "phở", "cơm", "chè"]), min_size=1, max_size=6
)


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(WORDS.map(" ".join), min_size=1, max_size=12), seed=st.randoms())
def test_the_order_of_rows_plays_no_role_and_copies_add_nothing(
    texts: list[str], seed: Any
) -> None:
    rows = [row(f"{n:02}", text) for n, text in enumerate(texts)]
    shuffled = rows.copy()
    seed.shuffle(shuffled)
    assert copies(*rows) == copies(*shuffled)
    again = [one | {"post_id": f"z{one['post_id']}"} for one in rows]
    one, two = kept(*rows), kept(*rows, *again)
    (before,), (after,) = (totals(t, t.select(TAG.names)).to_pylist() for t in (one, two))
    assert after["posts"] == 2 * before["posts"]
    assert after["copies"] == before["copies"] + len(rows)
    for name in ("abstained", "bins", "niches", "promos", "prob_ppm_sum"):
        assert after[name] == before[name]


def test_facts_tell_of_copies_and_endings() -> None:
    rows = [
        row("1", f"Bún riêu\n{BLOCK}", posted_at=when(1), likes=10, coauthors=["bi"]),
        row("2", f"Cá kho\n{BLOCK}", likes=1000, is_pinned=True, prob_ppm=100_000),
        row("3", f"Canh chua\n{BLOCK}", is_pinned=False, earlier_texts=["Canh"]),
        row("4", "Bún riêu", posted_at=when(2), likes=90),
        row("5", "Bún riêu", likes=90),
        row("6", "Phim", is_repost=True, prob_ppm=None, abstained="repost"),
    ]
    table = kept(*rows)
    (fact,) = account_facts(table, table.select(TAG.names)).to_pylist()
    assert fact["copy_groups"] == [{"post_id": "1", "posts": 3, "excerpt": f"Bún riêu\n{BLOCK}"}]
    assert fact["sign_offs"] == [{"kinds": ["hotline", "hashtags"], "posts": 3, "excerpt": BLOCK}]
    names = ("reposts", "pinned", "coauthored", "edited", "median_likes")
    assert [fact[name] for name in names] == [1, 1, 1, 1, 505.0]
    assert [one["post_id"] for one in fact["evidence_passion"]] == ["1", "3"]
    plain = table.select([*TAGGED_POST.names])
    (unknown,) = account_facts(plain.slice(3, 2), plain.slice(3, 2).select(TAG.names)).to_pylist()
    assert [unknown[name] for name in names[:4]] == [None] * 4
    assert unknown["copy_groups"] == unknown["sign_offs"] == []
