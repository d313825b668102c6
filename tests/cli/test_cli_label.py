"""The annotation loop as its user goes it: posts out, readers' files back, agreement, labels."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli_samples import analyzer

from analyzer.pipeline.labels import read_labelled
from analyzer.schema import TAGGED_POST
from analyzer.text import content_hash

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

TEXTS = [
    "Cách nấu bún riêu cua đồng tại nhà",
    "=HYPERLINK(1) nấu lẩu mắm miền Tây",
    "Nay buồn ghê, ở nhà ôm mèo coi phim cả ngày",
    "Áo thun cotton 4 chiều 99k, inbox shop chốt đơn",
    "Vì sao thành nhà Hồ không dùng vữa? Phần 2",
    "Sáng sớm leo núi Bà Đen ngắm mây; -1 độ lạnh run",
]
FIELDS = ("drive", "clarity", "niche", "promo")
LAN = [
    ("Đam mê", "3", "Ẩm thực", "không"),
    ("P", "2", "am thuc", "none"),
    ("brand", "1", "đời sống", "Không"),
    ("B", "3", "FASHION", "của chính mình"),
    ("passion", "3.0", "culture", ""),
    ("passion", "2", "travel", "none"),
]
MINH = [("passion", "3", "food", "none"), *LAN[1:4], ("creator", "3", "culture", "none"), LAN[5]]
HOA: dict[int, tuple[str, ...]] = {
    0: ("passion", "2", "food", "none"),
    5: ("brand", "2", "travel", "none"),
}


@pytest.fixture
def queue(tmp_path: Path) -> tuple[Path, Result]:
    row: dict[str, Any] = dict.fromkeys(TAGGED_POST.names) | {
        "platform": "tiktok", "hashtags": [], "mentions": [], "source_format": "jsonl",
        "source_file": "a.jsonl", "model_id": "m", "niche": "food", "niche_ppm": 500_000,
        "promo": "none", "promo_ppm": 900_000,
    }  # fmt: skip
    rows = [
        row | {
            "post_id": f"tiktok:{n}", "account_id": f"tiktok:acc{n}", "text": text,
            "source_row": n + 1, "prob_ppm": 500_000 + n, "content_hash": content_hash(None, text),
        }
        for n, text in enumerate(TEXTS)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=TAGGED_POST), tmp_path / "posts.parquet")
    place = tmp_path / "round1"
    done = analyzer(
        "label", "next", tmp_path / "posts.parquet", "-o", place, "--random-share", "0.5"
    )
    return place, done


def fill(place: Path, name: str, said: dict[int, tuple[str, ...]]) -> Path:
    """A reader's sheet, as Excel in Vietnam saves it: semicolons, a byte order mark."""
    with (place / "sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    for row in rows:
        number = int(row[0].removeprefix("tiktok:"))
        row[1:5] = said.get(number, ("",) * 4)
    with (place / name).open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *rows])
    return place / name


def export(place: Path, said: dict[int, tuple[str, ...]]) -> Path:
    """The same reader, number 7 of Label Studio."""
    tasks = json.loads((place / "tasks.json").read_text(encoding="utf-8"))
    found = [
        {
            "id": number, "data": task["data"],
            "annotations": [{
                "id": number, "completed_by": 7, "was_cancelled": False,
                "result": [
                    {"from_name": field, "to_name": "text", "type": "choices",
                     "value": {"choices": [code]}}
                    for field, code in zip(FIELDS, said[post], strict=True)
                ],
            }] if (post := int(task["data"]["post_id"].removeprefix("tiktok:"))) in said else [],
        }
        for number, task in enumerate(tasks, start=1)
    ]  # fmt: skip
    (place / "export.json").write_text(json.dumps(found), encoding="utf-8")
    return place / "export.json"


def test_the_loop_from_posts_to_labels_that_train(
    queue: tuple[Path, Result], tmp_path: Path
) -> None:
    place, done = queue
    assert done.exit_code == 0
    assert "6 posts of 6 accounts to label, 3 of them drawn at random" in done.output
    assert f"analyzer label merge READER.csv ... --round {place} -o labels" in done.output
    files = [
        fill(place, "lan.csv", dict(enumerate(LAN))),
        fill(place, "minh.csv", dict(enumerate(MINH))),
        export(place, HOA),
    ]

    done = analyzer("label", "agree", *files, "-o", tmp_path / "agreement.json")
    assert done.exit_code == 0
    for said in (
        "drive    4 of 5 common posts alike, alpha 0.",
        "lan and minh: 5 of 5 alike, kappa 1.000",
        "taken for each other: passion/brand 1",
        "tiktok:5 drive: 7 brand, lan passion, minh passion",
        "minh.csv, row ",
        "column drive: 'creator' is no drive; the guideline knows passion, brand",
    ):
        assert said in done.output
    assert json.loads((tmp_path / "agreement.json").read_bytes())["fields"][0]["posts"] == 5

    done = analyzer("label", "merge", *files, "--round", place, "-o", tmp_path / "labels")
    assert done.exit_code == 0
    assert "6 of 6 posts labelled by 3 readers, 3 of them drawn at random" in done.output
    assert f"analyzer train {tmp_path / 'labels' / 'labelled.jsonl'} -o" in done.output
    labelled = read_labelled(tmp_path / "labels" / "labelled.jsonl")
    assert sorted(labelled.raw) == sorted(TEXTS)
    assert labelled.drive.tolist() == [0, 0, 1, 1, 0, 0]
    assert labelled.clarity.tolist() == [3, 2, 1, 3, 3, 2]
    assert labelled.promo.tolist() == [0, 0, 0, 1, -1, 0]
    assert len(read_labelled(tmp_path / "labels" / "labelled_random.jsonl").raw) == 3
    assert b"creator" in (tmp_path / "labels" / "rejects.jsonl").read_bytes()

    again = analyzer(
        "label", "next", tmp_path / "posts.parquet", "-o", tmp_path / "round2",
        "--labelled", tmp_path / "labels" / "labelled.jsonl",
    )  # fmt: skip
    assert again.exit_code == 2
    assert "no post to label of 6 (6 labelled before); pass other posts" in again.output


def test_published_labels_are_joined_with_an_export(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(
        "source,key,drive,clarity,niche,promo\na/b,75,passion,3,food,none\na/b,76,brand,1,life,none\n",
        encoding="utf-8",
    )
    (tmp_path / "export.csv").write_text("vid,account,text\n75,u,Cách nấu bún riêu\n", "utf-8")
    done = analyzer(
        "label", "join", tmp_path / "labels.csv", tmp_path / "export.csv", "--map", "id=vid",
        "-o", tmp_path / "out.jsonl",
    )  # fmt: skip
    assert done.exit_code == 0
    assert "1 of 2  a/b" in done.output
    assert json.loads((tmp_path / "out.jsonl").read_bytes())["text"] == "Cách nấu bún riêu"


def test_errors_name_the_remedy(queue: tuple[Path, Result], tmp_path: Path) -> None:
    place, _ = queue
    for args, said in (
        (("next", tmp_path / "posts.parquet", "-o", place), "pass another folder with -o"),
        (("agree", place / "sheet.csv"), "no label can be used: 6 rows are empty"),
        (
            ("merge", place / "sheet.csv", "--round", tmp_path, "-o", tmp_path / "l"),
            "pass the folder that `analyzer label next` wrote",
        ),
    ):
        done = analyzer("label", *args)
        assert done.exit_code == 2
        assert said in done.output
    assert not (tmp_path / "l").exists()


def test_every_command_has_an_example() -> None:
    for command in ("next", "agree", "merge", "join"):
        assert "Example: analyzer label" in analyzer("label", command, "--help").output
