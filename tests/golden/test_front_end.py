"""The front end's name changes whenever one of its answers does."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path

from analyzer.text import for_tagger, front_end, normalise

HERE = Path(__file__).parent
CASES = HERE.parents[1] / "corpora" / "cases"
PINNED = HERE / "front_end.json"
MIXED = 300


def probes() -> list[str]:
    """All texts of the cases, and random pieces of them glued together."""
    originals = [
        case["original"]
        for path in sorted(CASES.glob("*.json"))
        if path.stem != "abstain"  # asks nothing of the front end; test_abstention.py has it
        for case in json.loads(path.read_text(encoding="utf-8"))
    ]
    draw = random.Random(0)  # noqa: S311 - which pieces are glued is no secret
    mixed = []
    for _ in range(MIXED):
        pieces = [draw.choice(originals) for _ in range(3)]
        cuts = [draw.randrange(len(piece) + 1) for piece in pieces]
        mixed.append(
            "".join(piece[cut : cut + 30] for piece, cut in zip(pieces, cuts, strict=True))
        )
    return [*originals, *mixed]


def test_the_name_changes_when_an_answer_does() -> None:
    texts = probes()
    digest = hashlib.sha256()
    for before, after in zip(texts, for_tagger(normalise(texts)), strict=True):
        digest.update(f"{before}\0{after}\0".encode(errors="surrogatepass"))
    got = {"answers": digest.hexdigest(), "front_end": front_end()}
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    if got["answers"] != pinned["answers"]:
        assert got["front_end"] != pinned["front_end"], (
            "answers have changed, or cases were added. If they have changed: raise RULES in "
            "analyzer/text/version.py, train the embedded default anew. Then pin " + json.dumps(got)
        )
    assert got == pinned, f"pin {json.dumps(got)} in {PINNED}"
