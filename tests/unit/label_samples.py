"""Invented posts of a round, and readers' files as spreadsheets and Label Studio write them."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from analyzer.pipeline.labelling.rows import Answer, Chosen
from analyzer.pipeline.labelling.words import FIELDS
from analyzer.pipeline.labelling.write import header

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TEXTS = (
    '=HYPERLINK("http://x.example","bấm") nấu lẩu mắm miền Tây',
    "-2 ký sau một tháng; =1+1\n- sáng: bún\r\n- trưa: cơm\ttối: cháo",
    "@chihai ơi, phở \"bò\" hay phở 'gà'?\u2028dòng hai\x85dòng ba",
    "  khoảng trắng đầu và cuối  ",
    "+84 gọi là giao, mã LINH20 giảm 20% 🥰",
)


def chosen(n: int, text: str, **changes: Any) -> Chosen:
    given: dict[str, Any] = {
        "post_id": f"tiktok:{7_400_000_000_000_000_000 + n}", "account": f"tiktok:acc{n}",
        "platform": "tiktok", "title": None, "text": text, "url": None,
        "why": "random" if n % 2 else "uncertain",
    }  # fmt: skip
    return Chosen(**given | changes)


POSTS = tuple(
    chosen(n, text, title='Tựa, "đề"' if n == 2 else None) for n, text in enumerate(TEXTS)
)
ROUND = {post.post_id: post for post in POSTS}


def answer(n: int, annotator: str, drive: str, **changes: Any) -> Answer:
    given: dict[str, Any] = {
        "post_id": POSTS[n].post_id, "annotator": annotator, "drive": drive, "clarity": None,
        "niche": None, "promo": None,
    }  # fmt: skip
    return Answer(**given | changes)


def sheet(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def fill(source: Path, target: Path, said: Mapping[int, Sequence[str]], **dialect: Any) -> Path:
    """The sheet with drive, clarity, niche and promo of some posts, saved as a reader's own."""
    rows = sheet(source)
    places = {row["post_id"]: row for row in rows}
    for n, values in said.items():
        names = map(header, FIELDS)
        places[POSTS[n].post_id].update(dict(zip(names, values, strict=False)))
    encoding = dialect.pop("encoding", "utf-8-sig")
    with target.open("w", encoding=encoding, newline="") as sink:
        writer = csv.DictWriter(sink, list(rows[0]), **dialect)
        writer.writeheader()
        writer.writerows(rows)
    return target


def choices(field: str, *codes: str) -> dict[str, Any]:
    """A result of Label Studio's."""
    return {
        "id": f"r-{field}", "from_name": field, "to_name": "text", "type": "choices",
        "origin": "manual", "value": {"choices": list(codes)},
    }  # fmt: skip


def label_studio(path: Path, tasks: Path, said: Sequence[tuple[int, Any, dict[str, str]]]) -> Path:
    """Label Studio's JSON export of the tasks: (post, completed_by, field to code) a label."""
    given = json.loads(tasks.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = []
    for number, task in enumerate(given, start=1):
        annotations = [
            {
                "id": 100 + place, "completed_by": who, "was_cancelled": not codes,
                "ground_truth": False, "lead_time": 4.2, "created_at": "2026-03-01T08:00:00Z",
                "updated_at": "2026-03-01T08:00:00Z",
                "result": [choices(field, code) for field, code in codes.items()],
            }
            for place, (n, who, codes) in enumerate(said)
            if POSTS[n].post_id == task["data"]["post_id"]
        ]  # fmt: skip
        found.append(
            {"id": number, "data": task["data"], "annotations": annotations, "predictions": []}
        )
    path.write_text(json.dumps(found, ensure_ascii=False, indent=2), encoding="utf-8")
    return path


def json_min(path: Path, tasks: Path, said: Sequence[tuple[int, Any, dict[str, str]]]) -> Path:
    """Label Studio's JSON-MIN export: one flat record a label, codes as plain strings."""
    given = {t["data"]["post_id"]: t["data"] for t in json.loads(tasks.read_text(encoding="utf-8"))}
    rows = [
        {
            **given[POSTS[n].post_id], "id": place, **codes, "annotator": who,
            "annotation_id": 100 + place, "created_at": "2026-03-01T08:00:00Z",
            "updated_at": "2026-03-01T08:00:00Z", "lead_time": 4.2,
        }
        for place, (n, who, codes) in enumerate(said, start=1)
    ]  # fmt: skip
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2), encoding="utf-8")
    return path
