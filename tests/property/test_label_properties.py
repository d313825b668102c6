"""Whatever strangers wrote goes out to readers' files and comes back as it was."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.cells import inert
from analyzer.pipeline.labelling.read import read_answers
from analyzer.pipeline.labelling.rows import Chosen, read_rounds
from analyzer.pipeline.labelling.settle import settle
from analyzer.pipeline.labelling.write import write_round

# what a table of posts can hold: no NUL and no lone surrogates
TEXT = st.text(
    st.one_of(
        st.sampled_from("=+-@;,\t\r\n\"' \u2028\x85＝phở🥰"),
        st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=40,
)


def chosen(number: int, text: str) -> Chosen:
    return Chosen(
        post_id=f"tiktok:{number}", account="tiktok:a", platform="tiktok", title=None, text=text,
        url=None, why="random",
    )  # fmt: skip


@settings(max_examples=30)
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_a_sheet_comes_back_with_the_very_texts(texts: list[str]) -> None:
    rows = tuple(chosen(n, text) for n, text in enumerate(texts))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_round(rows, place)
        posts = read_rounds([place])
        assert tuple(posts.values()) == rows
        with (place / "sheet.csv").open(encoding="utf-8-sig", newline="") as file:
            cells = list(csv.reader(file))
        for row in cells[1:]:
            assert row[-1] == inert(posts[row[0]].text)
            row[1] = "brand"
        with (place / "lan.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(cells)
        found = read_answers([place / "lan.csv"], posts)
        assert found.rejects == ()
        assert [label["text"] for label in settle(found.answers, posts).labels] == texts


@given(TEXT)
def test_no_cell_begins_a_formula(text: str) -> None:
    for part in inert(text).replace(";", "\n").replace("\t", "\n").replace("\r", "\n").split("\n"):
        assert part[:1] not in set("=+-@＝＋－＠")
