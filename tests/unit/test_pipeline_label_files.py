"""Out to spreadsheets and Label Studio, and back: nothing changes, nothing is lost unsaid."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from label_samples import (
    POSTS,
    ROUND,
    TEXTS,
    answer,
    chosen,
    fill,
    json_min,
    label_studio,
    sheet,
)

from analyzer.errors import InputError, StoreError
from analyzer.pipeline.labelling.read import read_answers, texts_of, told
from analyzer.pipeline.labelling.rows import read_rounds
from analyzer.pipeline.labelling.settle import settle
from analyzer.pipeline.labelling.words import FIELDS, WORDS, code_of
from analyzer.pipeline.labelling.write import (
    SHOWN,
    labelling_config,
    shown,
    write_labels,
    write_round,
)
from analyzer.pipeline.labels import read_labelled

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_round(POSTS, tmp_path)
    return tmp_path


FULL = {0: ("passion", "2", "food", "none"), 4: ("brand", "3", "beauty", "third_party")}


def test_a_round_is_read_back_as_it_was(folder: Path) -> None:
    assert read_rounds([folder]) == ROUND
    tasks = json.loads((folder / "tasks.json").read_text(encoding="utf-8"))
    assert [task["data"]["text"] for task in tasks] == list(TEXTS)
    assert {tuple(task["data"]) for task in tasks} == {("post_id", "platform", "title", "text")}


def test_the_sheet_opens_in_a_spreadsheet_and_holds_no_formula(folder: Path) -> None:
    assert (
        (folder / "sheet.csv")
        .read_bytes()
        .startswith(b"\xef\xbb\xbfpost_id,drive (passion / brand),")
    )
    rows = sheet(folder / "sheet.csv")
    assert [name.partition(" (")[0] for name in rows[0]] == [
        "post_id", "drive", "clarity", "niche", "promo", "platform", "title", "text",
    ]  # fmt: skip
    assert "promo (none / own / third_party)" in rows[0]
    assert [row["text"][:2] for row in rows] == ["'=", "'-", "'@", "  ", "'+"]
    assert "; =1" in rows[1]["text"]
    assert "\n'- sáng" in rows[1]["text"]
    assert {row["drive (passion / brand)"] for row in rows} == {""}


def test_readers_are_told_neither_who_wrote_it_nor_why_it_was_chosen(folder: Path) -> None:
    for name in ("sheet.csv", "tasks.json", "labelling_config.xml"):
        said = (folder / name).read_text(encoding="utf-8-sig")
        assert "uncertain" not in said
        assert "acc0" not in said


def test_a_sheet_is_read_back_to_labels_with_the_very_texts(folder: Path, tmp_path: Path) -> None:
    found = read_answers([fill(folder / "sheet.csv", tmp_path / "lan.csv", FULL)], ROUND)
    assert found.answers == (
        answer(0, "lan", "passion", clarity=2, niche="food", promo="none"),
        answer(4, "lan", "brand", clarity=3, niche="beauty", promo="third_party"),
    )
    assert (found.blank, found.rejects) == (3, ())
    write_labels(settle(found.answers, ROUND), found.rejects, ROUND, tmp_path)
    lines = (tmp_path / "labelled.jsonl").read_bytes().split(b"\n")
    assert [json.loads(line)["text"] for line in lines if line] == [TEXTS[0], TEXTS[4]]
    labelled = read_labelled(tmp_path / "labelled.jsonl")
    assert labelled.raw == [TEXTS[0], TEXTS[4]]
    assert labelled.drive.tolist() == [0, 1]
    assert labelled.clarity.tolist() == [2, 3]
    assert labelled.accounts.tolist() == ["tiktok:acc0", "tiktok:acc4"]
    assert texts_of(tmp_path / "labelled.jsonl") == labelled.raw


@pytest.mark.parametrize(
    "dialect",
    [
        {"delimiter": ";"},
        {"delimiter": "\t", "encoding": "utf-16"},
        {"delimiter": "\t", "encoding": "utf-8"},
        {"quoting": 1, "lineterminator": "\n"},
    ],
    ids=["semicolons", "unicode text", "tabs", "quoted"],
)
def test_a_sheet_is_read_as_spreadsheets_save_it(
    dialect: dict[str, Any], folder: Path, tmp_path: Path
) -> None:
    found = read_answers([fill(folder / "sheet.csv", tmp_path / "lan.csv", FULL, **dialect)], ROUND)
    assert [said.drive for said in found.answers] == ["passion", "brand"]
    assert found.rejects == ()


def test_what_a_spreadsheet_does_to_a_text_is_no_change(folder: Path, tmp_path: Path) -> None:
    path = fill(folder / "sheet.csv", tmp_path / "lan.csv", dict.fromkeys(range(5), ("B",)))
    text = path.read_text(encoding="utf-8-sig").replace("\r\n- trưa", "\n- trưa").replace("'=", "=")
    path.write_text(text.replace("  khoảng", "khoảng"), encoding="utf-8", newline="")
    found = read_answers([path], ROUND)
    assert len(found.answers) == 5
    assert found.rejects == ()


def test_rows_that_cannot_be_used_are_rejects_with_reasons(folder: Path, tmp_path: Path) -> None:
    path = fill(
        folder / "sheet.csv",
        tmp_path / "lan.csv",
        {0: ("passion", "2", "cooking"), 1: ("", "3", "food"), 2: ("creator",), 3: ("P", "2.0")},
    )
    text = path.read_text(encoding="utf-8-sig").replace("giảm 20%", "giảm 50%")
    text = text.replace("0004,,,,,", "0004,brand,,,,")
    path.write_text(f"{text}7,brand,,,,tiktok,,phở\n", encoding="utf-8")
    found = read_answers([path], ROUND)
    assert found.answers == (answer(3, "lan", "passion", clarity=2),)
    assert [(reject.field, reject.why.partition(";")[0]) for reject in found.rejects] == [
        ("niche", "'cooking' is no niche"),
        ("drive", "no drive"),
        ("drive", "'creator' is no drive"),
        ("text", f"the text is not that of {POSTS[4].post_id}"),
        ("post_id", "7 is no post of this round"),
    ]
    assert [reject.row for reject in found.rejects] == [1, 2, 3, 5, 6]
    assert told(found.rejects[2]) == (
        f"{path}, row 3, column drive: 'creator' is no drive; the guideline knows passion, brand"
    )
    write_labels(settle(found.answers, ROUND), found.rejects, ROUND, tmp_path)
    assert (tmp_path / "rejects.jsonl").read_bytes().count(b"\n") == 5


def test_a_column_that_was_sorted_alone_is_noticed(folder: Path, tmp_path: Path) -> None:
    path = fill(folder / "sheet.csv", tmp_path / "lan.csv", dict.fromkeys(range(5), ("brand",)))
    rows = path.read_text(encoding="utf-8-sig").replace("nấu lẩu mắm", "nấu lẩu cá")
    path.write_text(rows, encoding="utf-8")
    found = read_answers([path], ROUND)
    assert [reject.field for reject in found.rejects] == ["text"]
    assert len(found.answers) == 4
    assert read_answers([path]).rejects == ()


def test_label_studio_is_read_in_both_of_its_forms(folder: Path, tmp_path: Path) -> None:
    said: list[tuple[int, Any, dict[str, str]]] = [
        (0, 1, {"drive": "passion", "clarity": "2", "niche": "food", "promo": "none"}),
        (0, 2, {"drive": "brand", "clarity": "1"}),
        (1, 1, {"drive": WORDS["drive"]["brand"][0], "niche": "ẩm thực · food"}),
    ]
    expected = (
        answer(0, "1", "passion", clarity=2, niche="food", promo="none"),
        answer(1, "1", "brand", niche="food"),
        answer(0, "2", "brand", clarity=1),
    )
    tasks = folder / "tasks.json"
    skipped = [*said, (2, 1, {})]
    whole = read_answers([label_studio(tmp_path / "export.json", tasks, skipped)], ROUND)
    least = read_answers([json_min(tmp_path / "min.json", tasks, said)], ROUND)
    assert whole.answers == expected
    assert least.answers == expected
    assert (whole.blank, least.blank) == (1, 0)
    assert whole.rejects == least.rejects == ()


def test_a_reader_told_in_full_goes_by_the_address(folder: Path, tmp_path: Path) -> None:
    who = {"id": 3, "email": "lan@mail.example", "first_name": "Lan", "last_name": ""}
    path = label_studio(tmp_path / "e.json", folder / "tasks.json", [(0, who, {"drive": "brand"})])
    assert [said.annotator for said in read_answers([path], ROUND).answers] == ["lan@mail.example"]


def test_two_choices_for_one_field_are_no_answer(folder: Path, tmp_path: Path) -> None:
    path = label_studio(tmp_path / "e.json", folder / "tasks.json", [(0, 1, {"drive": "brand"})])
    tasks = json.loads(path.read_text(encoding="utf-8"))
    tasks[0]["annotations"][0]["result"][0]["value"]["choices"] = ["brand", "passion"]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    with pytest.raises(InputError, match=r"row 1, column drive: 'brand \+ passion' is no drive"):
        read_answers([path], ROUND)


def test_label_studio_s_page_asks_for_the_codes_of_the_guideline() -> None:
    page = ET.fromstring(labelling_config())  # noqa: S314 - our own
    asked = {
        field.get("name"): [choice.get("alias") for choice in field]
        for field in page.iter("Choices")
    }
    assert asked == {field: list(WORDS[field]) for field in FIELDS}
    for field in page.iter("Choices"):
        assert field.get("toName") == next(page.iter("Text")).get("name")
        for choice in field:
            assert code_of(str(field.get("name")), str(choice.get("value"))) == choice.get("alias")


def test_no_word_means_two_codes() -> None:
    for field in FIELDS:
        for code, words in WORDS[field].items():
            parts = [part for name in words for part in name.split(", ")]
            for said in (code, *words, *parts, code.upper(), f" {code.replace('_', '-')} "):
                assert code_of(field, said) == code
                assert code_of(field, said.upper()) == code
        assert code_of(field, "không biết") is None
    # typed without marks, or with decomposed ones
    assert code_of("niche", "Am Thuc") == code_of("niche", unicodedata.normalize("NFD", "ẩm thực"))
    assert code_of("niche", "dong vat") == "animals"


def test_a_reader_s_two_rows_for_a_post(folder: Path, tmp_path: Path) -> None:
    said: list[tuple[int, Any, dict[str, str]]] = [
        (0, 1, {"drive": "brand"}),
        (0, 1, {"drive": "brand"}),
        (1, 1, {"drive": "brand"}),
        (1, 1, {"drive": "passion"}),
    ]
    found = read_answers([json_min(tmp_path / "m.json", folder / "tasks.json", said)], ROUND)
    assert found.answers == (answer(0, "1", "brand"),)
    assert [reject.why.partition(";")[0] for reject in found.rejects] == [
        "the same labels of the same reader again",
        "labelled twice by one reader, and differently",
        "labelled twice by one reader, and differently",
    ]


def test_two_files_of_one_name_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    one = fill(folder / "sheet.csv", tmp_path / "lan.csv", FULL)
    two = fill(folder / "sheet.csv", tmp_path / "b" / "lan.csv", FULL)
    with pytest.raises(InputError, match="stands for its reader, and these have one name"):
        read_answers([one, two], ROUND)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "text,drive\nphở,brand\n", "has no column 'post_id'; found: text, drive"),
        ("a.csv", "", "is empty"),
        ("a.pdf", "%PDF-1.7", "is a PDF document"),
    ],
)
def test_a_file_that_is_no_answer_is_refused(
    name: str, content: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_answers([path], ROUND)


def test_files_without_a_label_are_an_error(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no label can be used: 5 rows are empty, 0 are refused;"):
        read_answers([folder / "sheet.csv"], ROUND)
    path = fill(folder / "sheet.csv", tmp_path / "lan.csv", {0: ("creator",)})
    with pytest.raises(InputError, match=r"1 are refused: .*lan\.csv, row 1, column drive: 'creat"):
        read_answers([path], ROUND)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv: cannot be read: No such file"):
        read_answers([tmp_path / "none.csv"], ROUND)


def test_a_row_that_is_cut_off_is_a_reject(folder: Path, tmp_path: Path) -> None:
    path = fill(folder / "sheet.csv", tmp_path / "lan.csv", FULL)
    with path.open("a", encoding="utf-8") as file:
        file.write("a,b\n")
    found = read_answers([path], ROUND)
    assert len(found.answers) == 2
    assert [reject.why.partition(";")[0] for reject in found.rejects] == [
        "has 2 cells where the header has 8"
    ]


@pytest.mark.parametrize("content", ["", "phở\n", '{"post_id": "a"}\n', "[1]\n"])
def test_another_file_is_no_round(content: str, tmp_path: Path) -> None:
    (tmp_path / "chosen.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"chosen\.jsonl.*; pass the folder that `analyzer label"):
        read_rounds([tmp_path])


def test_a_round_is_never_written_over(folder: Path) -> None:
    with pytest.raises(StoreError, match=r"sheet may be filled in; pass another folder with -o"):
        write_round(POSTS, folder)


def test_a_long_article_fits_a_cell_and_comes_back_whole(tmp_path: Path) -> None:
    long = chosen(0, "=" + "chuyện làng " * 4000)
    write_round((long,), tmp_path)
    (row,) = sheet(tmp_path / "sheet.csv")
    assert len(row["text"]) <= SHOWN + 1
    assert row["text"] == shown(long.text)
    found = read_answers(
        [fill(tmp_path / "sheet.csv", tmp_path / "a.csv", {0: ("P",)})],
        ROUND | {long.post_id: long},
    )
    assert settle(found.answers, {long.post_id: long}).labels[0]["text"] == long.text
