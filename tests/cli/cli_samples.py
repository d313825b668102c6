"""Invented posts, and the command line called in this process: the tagger is loaded once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner, Result

from analyzer.cli import app

if TYPE_CHECKING:
    from pathlib import Path

CAPTIONS = [
    "Cách nấu bún riêu cua đồng tại nhà, phần 2 mình chỉ làm gạch cua không bị tanh",
    "Nay buồn ghê, ở nhà ôm mèo coi phim cả ngày thôi mọi người ơi",
    "Áo thun cotton 4 chiều 99k, inbox shop chốt đơn trong hôm nay nha cả nhà",
    "<script>alert(1)</script><img src=x onerror=alert(2)> quán ốc ngon quận 4",
    '=HYPERLINK("http://x.example","bấm") nấu lẩu mắm miền Tây',
    "🥰🥰🥰",
]


def posts(path: Path, *, accounts: int = 2, each: int = 12) -> Path:
    rows = [
        {
            "id": f"{a}-{n}", "platform": "tiktok", "account": f"acc{a}", "nickname": f"=1+{a}",
            "text": f"{CAPTIONS[(a + n) % len(CAPTIONS)]} {n}" if n % 6 else CAPTIONS[n % 6],
            "created_at": f"2026-01-{n + 1:02}T08:00:00Z", "likes": n,
        }
        for a in range(accounts) for n in range(each)
    ]  # fmt: skip
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(lines, encoding="utf-8")
    return path


def analyzer(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args], catch_exceptions=False)
