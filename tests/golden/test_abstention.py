"""The name of the abstention rules changes whenever one of their answers does."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path

from analyzer.text import abstain_reason, abstention, normalise

HERE = Path(__file__).parent
CASES = HERE.parents[1] / "corpora" / "cases" / "abstain.json"
PINNED = HERE / "abstention.json"
MIXED = 300


def probes() -> list[str]:
    """All texts of the cases, and words of three of them mixed."""
    originals = [case["original"] for case in json.loads(CASES.read_text(encoding="utf-8"))]
    draw = random.Random(0)  # noqa: S311 - which words are mixed is no secret
    mixed = []
    for _ in range(MIXED):
        words = [word for _ in range(3) for word in draw.choice(originals).split()]
        mixed.append(" ".join(draw.sample(words, min(len(words), draw.randint(1, 12)))))
    return [*originals, *mixed]


def test_the_name_changes_when_an_answer_does() -> None:
    digest = hashlib.sha256()
    texts = normalise(probes())
    reasons = [abstain_reason(text) for text in texts]
    assert set(reasons) == {None, "no_words", "not_vietnamese", "no_evidence"}
    for text, reason in zip(texts, reasons, strict=True):
        digest.update(f"{text}\0{reason}\0".encode())
    got = {"answers": digest.hexdigest(), "abstention": abstention()}
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    if got["answers"] != pinned["answers"]:
        assert got["abstention"] != pinned["abstention"], (
            "answers have changed, or cases were added. If they have changed: raise ABSTENTION in "
            "analyzer/text/version.py. Then pin " + json.dumps(got)
        )
    assert got == pinned, f"pin {json.dumps(got)} in {PINNED}"
