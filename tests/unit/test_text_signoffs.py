"""What an account's posts end with is told from what each of them says."""

from __future__ import annotations

from analyzer.text import endings

BLOCK = "Hotline: 0901 234 567\nLink đặt hàng ở bio nha\n#bepnha #amthuc #xuhuong"


def signed(*bodies: str, block: str = BLOCK) -> list[str]:
    return [f"{body}\n\n{block}" for body in bodies]


def test_a_block_below_three_posts_is_a_sign_off() -> None:
    texts = signed("Nồi bún riêu nấu hai tiếng", "Canh chua cá lóc", "Cá kho tộ 🔥")
    found = endings(texts)
    assert [one.core for one in found] == [
        "nồi bún riêu nấu hai tiếng", "canh chua cá lóc", "cá kho tộ",
    ]  # fmt: skip
    for text, one in zip(texts, found, strict=True):
        assert one.kinds == ("hotline", "link", "hashtags")
        assert text[one.start :] == BLOCK


def test_below_two_posts_it_is_none_yet() -> None:
    found = endings(signed("Nồi bún riêu", "Canh chua"))
    assert [(one.start, one.kinds) for one in found] == [(None, ()), (None, ())]
    assert "hotline" in found[0].core


def test_a_copy_does_not_make_a_habit() -> None:
    assert {one.start for one in endings(signed("Nồi bún riêu", "Nồi bún riêu", "Canh chua"))} == {
        None
    }


def test_a_list_with_another_date_each_day_signs_nothing_off() -> None:
    lists = [
        f"Giá hôm nay {day}/3\nCá lóc {90 + day}k\nTôm sú tươi\nNghêu lụa" for day in range(1, 8)
    ]
    others = ["Nồi bún riêu", "Canh chua", "Cá kho"]
    assert all(one.start is None for one in endings([*lists, *others]))


def test_a_habit_of_few_among_many_posts_is_none() -> None:
    texts = signed("Nồi bún riêu", "Canh chua", "Cá kho")
    others = [f"Hôm nay kể chuyện thứ {n}" for n in range(40)]
    assert all(one.start is None for one in endings([*texts, *others]))
    assert all(one.start is not None for one in endings([*texts, *others[:20]])[:3])


def test_hashtags_on_the_line_of_the_words_are_a_wall() -> None:
    texts = [f"{body} #bepnha #amthuc #xuhuong" for body in ("Bún riêu", "Canh chua", "Cá kho")]
    found = endings(texts)
    assert [(text[one.start :], one.kinds) for text, one in zip(texts, found, strict=True)] == [
        ("#bepnha #amthuc #xuhuong", ("hashtags",))
    ] * 3
    assert [one.core for one in found] == ["bún riêu", "canh chua", "cá kho"]


def test_hashtags_in_another_order_are_the_same_wall() -> None:
    walls = ("#a1 #b2 #c3", "#c3 #a1 #b2", "#b2#c3 #a1", "＃a1 #c3 🔥 #b2")
    found = endings(
        [
            f"Bài {word} {wall}"
            for word, wall in zip(["một", "hai", "ba", "bốn"], walls, strict=True)
        ]
    )
    assert [one.core for one in found] == ["bài một", "bài hai", "bài ba", "bài bốn"]
    assert all(one.kinds == ("hashtags",) for one in found)


def test_a_hashtag_of_this_post_alone_belongs_to_it() -> None:
    texts = [f"Bài về {word} #{word} #bepnha #amthuc #xuhuong" for word in ("cá", "gà", "vịt")]
    assert [one.core for one in endings(texts)] == [
        "bài về cá #cá",
        "bài về gà #gà",
        "bài về vịt #vịt",
    ]


def test_one_name_that_is_always_added_is_no_wall() -> None:
    found = endings([f"Bài {word} #bepnha" for word in ("một", "hai", "ba")])
    assert [one.core for one in found] == ["bài một", "bài hai", "bài ba"]
    assert all(one.start is None for one in found)


def test_a_greeting_with_other_hashtags_each_day_keeps_them() -> None:
    texts = [f"Chào buổi sáng #{word}" for word in ("quánA", "quánB", "quánC")]
    found = endings(texts)
    assert [one.core for one in found] == ["#quána", "#quánb", "#quánc"]
    assert all(one.start is None for one in found)


def test_a_post_that_is_all_habit_signs_nothing_off() -> None:
    texts = [*signed("Bún riêu", "Canh chua", "Cá kho"), BLOCK, "#xuhuong #bepnha #amthuc"]
    whole, wall = endings(texts)[3:]
    assert (whole.start, wall.start) == (None, None)
    assert wall.core == "#amthuc #bepnha #xuhuong"
    assert whole.core.startswith("hotline 0901 234 567 link đặt hàng ở bio nha")


def test_kinds() -> None:
    for block, kinds in (
        ("Zalo 0912.345.678", ("hotline",)),
        ("ĐT: +84 912 345 678", ("hotline",)),
        ("Đặt tại https://quan-nho.vn/dat-ban", ("link",)),
        ("Link ở phần bình luận", ("link",)),
        ("Quán nhỏ, ngõ sau chợ", ("other",)),
        ("Giá từ 1.200.000", ("other",)),
    ):
        found = endings(signed("Bún riêu", "Canh chua", "Cá kho", block=block))
        assert [one.kinds for one in found] == [kinds] * 3, block


def test_marks_and_case_and_writing_do_not_part_lines() -> None:
    blocks = (
        "Quán Nhỏ – Ngõ Sau Chợ",
        "QUÁN NHỎ, ngõ sau chợ",
        "qua\u0301n nho\u0309 ngõ sau chợ!!",
    )
    texts = [f"{body}\n{block}" for body, block in zip(("Bún", "Canh", "Cá"), blocks, strict=True)]
    assert [one.kinds for one in endings(texts)] == [("other",)] * 3


def test_texts_without_words() -> None:
    for text in ("", "   ", "\n\n", "🔥🔥", "#", "@", "．．", "\u200b"):
        (one,) = endings([text])
        assert (one.core, one.start) == ("", None), text


def test_ten_thousand_hashtags_and_lines_below_each_post() -> None:
    tags = " ".join(f"#t{n}" for n in range(10_000))
    lines = "\n".join(f"dòng {n}" for n in range(10_000))
    found = endings([f"Bài {word} {tags}\n{lines}" for word in ("một", "hai", "ba")])
    assert [one.core for one in found] == ["bài một", "bài hai", "bài ba"]
