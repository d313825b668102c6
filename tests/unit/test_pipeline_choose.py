"""Which posts are worth labelling next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer.errors import InputError
from analyzer.pipeline.labelling.choose import Choice, read_tagged
from analyzer.pipeline.labelling.choose import choose as choose_posts
from analyzer.schema import PPM, TAGGED_POST
from analyzer.text import content_hash

if TYPE_CHECKING:
    from pathlib import Path

SUBJECTS = {
    "food": "nấu nồi canh chua cá lóc miền Tây",
    "travel": "leo núi Bà Đen ngắm mây buổi sớm",
    "tech": "thử máy tính xách tay pin mười tiếng",
    "life": "nằm nghe mưa rồi nhớ nhà quá trời",
}


def post(n: int, text: str, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {field.name: None for field in TAGGED_POST} | {
        "post_id": f"tiktok:{n}", "account_id": f"tiktok:acc{n}", "platform": "tiktok",
        "text": text, "hashtags": [], "mentions": [], "source_format": "jsonl",
        "source_file": "a.jsonl", "source_row": n + 1, "model_id": "m", "prob_ppm": PPM // 2,
        "niche": "food", "niche_ppm": PPM // 2, "promo": "none", "promo_ppm": PPM // 2,
    } | changes  # fmt: skip
    return row | {"content_hash": content_hash(row["title"], row["text"])}


def table(rows: list[dict[str, Any]]) -> Any:
    return pa.Table.from_pylist(rows, schema=TAGGED_POST)


MORE = "hôm qua của bà ngoại mình kể lại cho cả nhóm nghe mà ai cũng muốn thử thêm lần nữa"


def choose(posts: Any, number: int, **changes: Any) -> Choice:
    given = {"per_account": 3, "random_share": 0.0, "seed": 0} | changes
    return choose_posts(posts, number=number, **given)


def corpus(number: int = 80) -> list[dict[str, Any]]:
    """Four subjects, ten accounts, every second post sure."""
    shuffled = np.random.default_rng(0)
    return [
        post(
            n,
            f"{[*SUBJECTS.values()][n % 4]} {' '.join(shuffled.permutation(MORE.split()))}",
            account_id=f"tiktok:acc{n % 10}",
            niche=list(SUBJECTS)[n % 4],
            prob_ppm=480_000 + 1000 * (n % 40) if n // 4 % 2 else 20_000,
            niche_ppm=900_000,
        )
        for n in range(number)
    ]


def drives(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {row["post_id"]: row["prob_ppm"] for row in rows}


def test_the_order_of_the_rows_plays_no_role() -> None:
    rows = corpus()
    found = choose(table(rows), 20, random_share=0.2, seed=3)
    assert found == choose(table(rows[::-1]), 20, random_share=0.2, seed=3)
    assert found == choose(table(rows[37:] + rows[:37]), 20, random_share=0.2, seed=3)
    assert found.rows != choose(table(rows), 20, random_share=0.2, seed=4).rows


def test_the_least_sure_posts_are_chosen_with_a_limit_for_each_account() -> None:
    rows = corpus()
    found = choose(table(rows), 20, per_account=2)
    prob = drives(rows)
    assert {row.why for row in found.rows} == {"uncertain"}
    assert all(prob[row.post_id] > 400_000 for row in found.rows[:10])
    assert max(Counter(row.account for row in found.rows).values()) == 2
    assert found.passed["of an account that had its share"] > 0
    (first,) = choose(table(rows), 1).rows
    assert abs(prob[first.post_id] - 500_000) == min(abs(p - 500_000) for p in prob.values())


def test_a_niche_that_is_unsure_counts_too() -> None:
    rows = [post(0, "tập đàn ghi ta bài đầu tiên", niche_ppm=PPM), post(1, "đi chợ nổi sớm nay")]
    assert choose(table(rows), 1).rows[0].post_id == "tiktok:1"


def test_the_random_share_is_marked_and_drawn_from_all_that_was_judged() -> None:
    rows = corpus()
    found = choose(table(rows), 40, per_account=9, random_share=0.5)
    drawn = {row.post_id for row in found.rows if row.why == "random"}
    assert len(found.rows) == 40
    assert len(drawn) == 20
    assert 0 < sum(drives(rows)[post_id] < 400_000 for post_id in drawn) < 20
    # mixed: a reader who stops halfway has not read one kind only
    assert {row.why for row in found.rows[:15]} == {"random", "uncertain"}
    # one draw for all shares: a larger one holds the smaller
    fewer = choose(table(rows), 40, per_account=9, random_share=0.25)
    assert {row.post_id for row in fewer.rows if row.why == "random"} < drawn


def test_the_random_share_is_even() -> None:
    posts = table(corpus(40))
    times = Counter(
        row.post_id
        for seed in range(200)
        for row in choose(posts, 4, random_share=1, seed=seed).rows
    )
    assert len(times) == posts.num_rows
    # 200 draws of one in ten: 20 each, standard deviation 4.2
    assert all(4 <= count <= 40 for count in times.values())


def test_of_posts_that_are_alike_one_is_chosen() -> None:
    words = "sáng nay mình thử quán bún mới mở gần chợ Bà Chiểu"
    rows = [
        *(post(n, f"{words} {tail}") for n, tail in enumerate(("nha", "nè", "nhé", "ạ", "á"))),
        post(8, "tập đàn ghi ta bài đầu tiên sau hai tuần"),
    ]
    found = choose(table(rows), 6)
    assert len(found.rows) == 2
    assert found.passed == {"nearly like another": 4}
    assert "tiktok:8" in {row.post_id for row in found.rows}


def test_letters_used_as_fonts_hide_no_likeness() -> None:
    rows = [
        post(0, "nấu phở bò tại nhà"),
        post(1, "𝗻ấ𝘂 phở bò 𝘁ạ𝗶 𝗻𝗵à".replace("ấ", "a\u0302\u0301")),
    ]
    assert choose(table(rows), 2).passed == {"nearly like another": 1}


def test_what_is_left_out_is_counted() -> None:
    rows = [
        *corpus(8),
        post(20, "#fyp #xuhuong"),
        post(21, "over 🥰"),
        post(22, "nấu chè bưởi tại nhà"),
        post(23, "nấu chè bưởi tại nhà", account_id="tiktok:other"),
        post(24, "kể chuyện đi chợ nổi sớm nay"),
        post(
            25, "🥰", abstained="no_words", prob_ppm=None, niche=None, niche_ppm=None, promo=None,
            promo_ppm=None,
        ),
    ]  # fmt: skip
    found = choose(
        table(rows),
        50,
        labelled=["kể chuyện đi chợ nổi sớm nay"],
    )
    assert found.passed == {
        "not judged (no_words)": 1,
        "with the text of another": 1,
        "labelled before": 1,
        "with hardly a word": 2,
    }
    chosen = {row.post_id for row in found.rows}
    assert chosen.isdisjoint({"tiktok:20", "tiktok:21", "tiktok:23", "tiktok:24", "tiktok:25"})
    assert len(found.rows) == 14 - 5


def test_posts_like_those_labelled_before_are_not_asked_again() -> None:
    rows = [post(0, "nấu phở bò tại nhà cho mẹ ăn"), post(1, "sửa xe máy chết máy giữa đường")]
    found = choose(
        table(rows),
        2,
        labelled=["nấu phở bò tại nhà cho mẹ ăn nha"],
    )
    assert [row.post_id for row in found.rows] == ["tiktok:1"]
    assert found.passed == {"nearly like another": 1}


def test_nothing_to_label_is_said() -> None:
    silent = post(0, "🥰", abstained="no_words", prob_ppm=None)
    with pytest.raises(InputError, match=r"of 1 \(1 not judged \(no_words\)\); pass other"):
        choose(table([silent]), 5)


def test_tagged_posts_are_read(tmp_path: Path) -> None:
    path = tmp_path / "posts.parquet"
    pq.write_table(table(corpus(8)), path)
    assert len(choose(read_tagged([path, path]), 4).rows) == 4
    assert choose(read_tagged([path, path]), 9).passed["with the text of another"] == 8


def test_another_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "posts.parquet"
    pq.write_table(pa.table({"text": ["phở"]}), path)
    with pytest.raises(InputError, match=r"no column 'post_id'; pass the posts.parquet that"):
        read_tagged([path])
    path.write_text("phở", encoding="utf-8")
    with pytest.raises(InputError, match=r"cannot be read as tagged posts: .*; pass the posts"):
        read_tagged([path])
    with pytest.raises(InputError, match="cannot be read as tagged posts"):
        read_tagged([tmp_path / "none.parquet"])
