"""Run every fixer over a folder of texts: how many it touches, what it does, what it costs.

    python scripts/survey_fixers.py ../shared/data --pairs 20 --seed 0 --out FOLDER

Reads labelled.jsonl, unlabelled.jsonl.zst and text/*.txt.zst (one text a line), prints a table of
texts touched for each fixer and source, and writes random places before and after each fixer to
FOLDER/<fixer>.txt, to be read by eye. A text that makes a fixer raise stops the run and is named.
The result is the same whatever the number of processes.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import io
import itertools
import json
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import zstandard

from analyzer.text import FIXERS, applied, explain, normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CHUNK: Final = 2000
"""Lines a process is given at once."""
AROUND: Final = 60
"""Characters shown on each side of an edit."""
ROUNDS: Final = 3
"""Times a fixer is timed: a machine that others share is slow by turns."""
SOURCES: Final = ("labelled.jsonl", "unlabelled.jsonl.zst", "text/*.txt.zst")

Pair = tuple[str, str, str]
"""Sort key (a hash of seed, fixer, source and line: a random order), before, after."""


@dataclass(slots=True)
class Found:
    """What was counted in a chunk, or in all of them."""

    texts: int = 0
    characters: int = 0
    touched: Counter[str] = field(default_factory=Counter)
    pairs: dict[str, list[Pair]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    """Texts that normalising twice changes again, or whose places are out of order."""


def main() -> None:
    """Print the tables, write the pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="where the pairs go; never into the repository")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", nargs="+", help="sources by name: labelled, general ...")
    parser.add_argument("--cost", type=int, metavar="TEXTS", help="time each fixer instead")
    args = parser.parse_args()
    files = {
        path.name.partition(".")[0]: path
        for pattern in SOURCES
        for path in sorted(args.folder.glob(pattern))
    }
    wanted = {name: files[name] for name in args.only or files if name in files}
    if not wanted:
        sys.exit(f"{args.folder} holds none of {', '.join(args.only or SOURCES)}")
    if args.cost:
        for name, path in wanted.items():
            _print_cost(name, [text for _, text in itertools.islice(_texts(path), args.cost)])
        return
    found = {}
    for name, path in wanted.items():
        begun = time.perf_counter()
        found[name] = _survey(name, path, args.workers, args.pairs, args.seed)
        seconds = time.perf_counter() - begun
        print(f"{name}: {found[name].texts:,} texts in {seconds:.0f} s", file=sys.stderr)
    _print_table(found)
    if args.out:
        _write_pairs(found, args.out, args.pairs)


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """Line numbers and texts; lines end at a line feed only, texts hold other line ends."""
    with path.open("rb") as file:
        packed = path.suffix == ".zst"
        source = zstandard.ZstdDecompressor().stream_reader(file) if packed else file
        for number, line in enumerate(io.BufferedReader(source), 1):
            whole = line.rstrip(b"\n")
            if ".jsonl" in path.name:
                yield number, json.loads(whole)["text"] or ""
            else:
                yield number, whole.decode()


def _survey(name: str, path: Path, workers: int, pairs: int, seed: int) -> Found:
    total = Found()
    texts = _texts(path)
    with ProcessPoolExecutor(workers) as pool:
        running = []
        for chunk in iter(lambda: list(itertools.islice(texts, CHUNK)), []):
            running.append(pool.submit(_look, name, chunk, pairs, seed))
            # no more of the file in memory than is worked on
            while len(running) > 2 * workers:
                _add(total, running.pop(0).result(), pairs)
        for each in running:
            _add(total, each.result(), pairs)
    return total


def _look(name: str, chunk: list[tuple[int, str]], pairs: int, seed: int) -> Found:
    found = Found(texts=len(chunk))
    for number, text in chunk:
        found.characters += len(text)
        try:
            _look_at(found, f"{name}:{number}", text, seed)
        except Exception as error:
            raise RuntimeError(f"{name}, line {number}: {error!r}") from error
    for fixer, some in found.pairs.items():
        found.pairs[fixer] = heapq.nsmallest(pairs, some)
    return found


def _look_at(found: Found, where: str, text: str, seed: int) -> None:
    (normal,) = normalise([text])
    if normal == text:
        return
    (told,) = explain([text])
    starts = [start for start, _ in told.places]
    if told.text != normal or len(starts) != len(normal) or starts != sorted(starts):
        found.wrong.append(f"{where}: the explanation does not fit")
    if normalise([normal]) != [normal]:
        found.wrong.append(f"{where}: normalising twice is not normalising once")
    found.touched.update({step.fixer for step in told.steps} | {"(any)"})
    seen = set()
    for step in told.steps:
        after = applied(text, step.edits)
        if step.fixer not in seen:
            seen.add(step.fixer)
            at = step.edits[0].start
            key = hashlib.sha256(f"{seed} {step.fixer} {where}".encode()).hexdigest()
            pair = (key, _shown(text, at), _shown(after, at))
            found.pairs.setdefault(step.fixer, []).append(pair)
        text = after


def _shown(text: str, at: int) -> str:
    """What stands around a place, with letters that nobody sees written as escapes."""
    piece = text[max(0, at - AROUND) : at + AROUND]
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in piece)


def _add(total: Found, part: Found, pairs: int) -> None:
    total.texts += part.texts
    total.characters += part.characters
    total.touched += part.touched
    total.wrong += part.wrong
    for fixer, some in part.pairs.items():
        total.pairs[fixer] = heapq.nsmallest(pairs, total.pairs.get(fixer, []) + some)


def _print_table(found: dict[str, Found]) -> None:
    print("| fixer | " + " | ".join(found) + " |")
    print("|---|" + "---:|" * len(found))
    for row in (*FIXERS, "(any)"):
        print(
            f"| {row} | " + " | ".join(f"{each.touched[row]:,}" for each in found.values()) + " |"
        )
    print("| texts | " + " | ".join(f"{each.texts:,}" for each in found.values()) + " |")
    print("| characters | " + " | ".join(f"{each.characters:,}" for each in found.values()) + " |")
    for line in itertools.chain.from_iterable(each.wrong for each in found.values()):
        print(line)


def _write_pairs(found: dict[str, Found], folder: Path, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for fixer in FIXERS:
        every = itertools.chain.from_iterable(each.pairs.get(fixer, []) for each in found.values())
        some = heapq.nsmallest(count, every)
        lines = [f"{before}\n  -> {after}\n" for _, before, after in some]
        (folder / f"{fixer}.txt").write_text("\n".join(lines), encoding="utf-8")


def _print_cost(name: str, texts: list[str]) -> None:
    """CPU seconds of each fixer on what the fixers before it left; the best of three."""
    size = sum(len(text.encode(errors="replace")) for text in texts) / 1e6
    print(f"\n{name}: {len(texts):,} texts, {size:.1f} MB\n\n| fixer | seconds |\n|---|---:|")
    now = texts
    for fixer, fix in FIXERS.items():
        print(f"| {fixer} | {min(_seconds(fix, now) for _ in range(ROUNDS)):.3f} |")
        now = [applied(text, fix(text)) for text in now]
    whole = min(_seconds(lambda text: normalise([text]), texts) for _ in range(ROUNDS))
    print(f"| normalise | {whole:.3f} |\n\n{len(texts) / whole:,.0f} texts/s, ", end="")
    print(f"{size / whole:.1f} MB/s")


def _seconds(work: Callable[[str], Iterable[object]], texts: list[str]) -> float:
    begun = time.process_time()
    for text in texts:
        for _ in work(text):
            pass
    return time.process_time() - begun


if __name__ == "__main__":
    main()
