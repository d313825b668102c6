"""Damage sample exports in every way and read them: only posts and rejects may come of it.

    python scripts/fuzz_sources.py corpora/exports corpora/demo --rows 200000 --each 2000

Rows of each file are changed (keys dropped, values of another type, null, huge numbers, deep
nesting, hostile text) and whole files cut and overwritten. Every exception but our own is a fault:
the file that made it is kept, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import copy
import csv
import io
import json
import random
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analyzer.errors import AnalyzerError
from analyzer.schema import POST, REJECT
from analyzer.sources import read_posts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROWS: Final = 64
"""Changed rows of one file that is read."""
HUGE: Final = (10**400, -(10**30), 2**63, 1e308, -1, 0, 7.3e18)
TEXTS: Final = (
    "", " ", "\0", "\ud800", "a\u202eb", "=1+1", "<script>", "../../etc/passwd", "-1", "1,234",
    "1e999", "0000-00-00 00:00:00", "9999-12-31T23:59:59Z", "http://[", "@", "#", "x" * 70_000,
)  # fmt: skip


def main() -> None:
    """Print how many rows of each format were read and what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", nargs="+", type=Path)
    parser.add_argument("--rows", type=int, default=5_000, help="in all, at least")
    parser.add_argument("--each", type=int, default=50, help="of each folder of samples, at least")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("out/fuzz"), help="for what fails")
    args = parser.parse_args()
    counts, faults = fuzz(args.samples, rows=args.rows, each=args.each, seed=args.seed)
    for name in sorted({name for name, _ in counts}):
        said = {what: counts[name, what] for what in ("posts", "rejects", "refused")}
        print(json.dumps({"sample": name, **said}))
    total = sum(n for (_, what), n in counts.items() if what != "refused")
    print(f"{total:,} rows, {len(faults)} faults")
    for number, (path, data, trace) in enumerate(faults):
        args.keep.mkdir(parents=True, exist_ok=True)
        (args.keep / f"{number}-{path}").write_bytes(data)
        print(f"{number}-{path}\n{trace}")
    sys.exit(1 if faults else 0)


def fuzz(
    folders: Sequence[Path], *, rows: int, each: int, seed: int
) -> tuple[Counter[tuple[str, str]], list[tuple[str, bytes, str]]]:
    """Posts, rejects and refusals by sample folder, and faults: file name, its bytes, the trace."""
    samples = [sample for folder in folders for sample in sorted(_samples(folder))]
    share = max(each, -(-rows // len({name for name, _ in samples})))
    counts: Counter[tuple[str, str]] = Counter()
    faults: list[tuple[str, bytes, str]] = []
    with tempfile.TemporaryDirectory() as work:
        for name in dict.fromkeys(name for name, _ in samples):
            own = [path for at, path in samples if at == name]
            draw = random.Random(f"{seed} {name}")  # noqa: S311 - no secret
            while counts[name, "posts"] + counts[name, "rejects"] < share:
                path = draw.choice(own)
                data = damaged(path, draw)
                target = Path(work, name.replace("/", "-"), path.name)
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(data)
                try:
                    counts.update(_read(target.parent, name))
                except AnalyzerError:
                    counts[name, "refused"] += 1
                except Exception:  # noqa: BLE001 - this is what is looked for
                    faults.append((path.name, data, traceback.format_exc(limit=-6)))
                    counts[name, "rejects"] += 1
                shutil.rmtree(target.parent)
    return counts, faults


def _samples(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file with its folder below `folder`: a format, or a platform and a tool."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            yield "/".join(path.relative_to(folder).parts[:-1][:2]) or folder.name, path


def _read(folder: Path, name: str) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for batch in read_posts([folder]):
        for what, table, schema in (
            ("posts", batch.posts, POST),
            ("rejects", batch.rejects, REJECT),
        ):
            if table.schema != schema:
                raise TypeError(f"{what} of another schema: {table.schema}")
            table.validate(full=True)
            found[name, what] += table.num_rows
    # a file that is cut to nothing is a reject; a companion that nobody needs is neither
    found[name, "rejects"] += not found.total()
    return found


def damaged(path: Path, draw: random.Random) -> bytes:
    """The file with its rows changed (JSON, lines), or with its bytes cut and overwritten."""
    data = path.read_bytes()
    if path.suffix == ".csv" and draw.random() < 0.7:  # noqa: PLR2004 - as below
        return _table(data.decode("utf-8-sig"), draw)
    if draw.random() < 0.3 or (records := _records(data)) is None:  # noqa: PLR2004 - some of each
        return _torn(data, draw)
    changed = [_changed(copy.deepcopy(draw.choice(records)), draw) for _ in range(ROWS)]
    lines = (json.dumps(record) for record in changed)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _table(text: str, draw: random.Random) -> bytes:
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(rows[0])
    for _ in range(ROWS):
        row = list(draw.choice(rows[1:]))
        for _ in range(draw.randint(0, 3)):
            cell = _strange(draw)
            row[draw.randrange(len(row))] = cell if isinstance(cell, str) else json.dumps(cell)
        writer.writerow(row[: draw.choice((len(row), len(row), len(row), 1))])
    return out.getvalue().encode("utf-8", "surrogatepass")


def _records(data: bytes) -> list[Any] | None:
    try:
        whole = json.loads(data)
    except ValueError:
        try:
            return [json.loads(line) for line in data.split(b"\n") if line.strip()] or None
        except ValueError:
            return None
    return whole if isinstance(whole, list) and whole else [whole]


def _torn(data: bytes, draw: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(out) + 1)
        what = draw.randrange(5)
        if what == 0:
            del out[at:]
        elif what == 1:
            del out[at : at + draw.randint(1, 200)]
        elif what == 2:  # noqa: PLR2004 - one of five ways
            out[at:at] = draw.randbytes(draw.randint(1, 20))
        elif what == 3:  # noqa: PLR2004 - as above
            out[at:at] = draw.choice((b'"', b"<", b"&", b"\n", b"{", b"]", b"\0", b";", b"\xff"))
        else:
            out[at:at] = out[: draw.randint(1, 2000)]
    return bytes(out)


def _changed(value: Any, draw: random.Random) -> Any:
    for _ in range(draw.randint(1, 3)):
        holder, key = _place(value, draw)
        if holder is None:
            return _strange(draw)
        if draw.random() < 0.2:  # noqa: PLR2004 - some
            del holder[key]
        else:
            holder[key] = _strange(draw)
    return value


def _place(value: Any, draw: random.Random) -> tuple[Any, Any]:
    """Some dict or list within, and a key of it; None where there is none."""
    holder, key = None, None
    while isinstance(value, dict | list) and value:
        holder = value
        key = draw.choice(list(value)) if isinstance(value, dict) else draw.randrange(len(value))
        value = value[key]
        if draw.random() < 0.5:  # noqa: PLR2004 - stop half the time
            break
    return holder, key


def _strange(draw: random.Random) -> Any:
    return draw.choice(_STRANGE)(draw)


def _deep(draw: random.Random) -> Any:
    value: Any = 1
    for _ in range(draw.choice((3, 50, 900))):
        value = [value] if draw.random() < 0.5 else {draw.choice(("id", "node", "text")): value}  # noqa: PLR2004 - either
    return value


_STRANGE: Final[tuple[Callable[[random.Random], Any], ...]] = (
    lambda _: None,
    lambda draw: draw.choice((True, False)),
    lambda draw: draw.choice(HUGE),
    lambda draw: draw.choice((float("nan"), float("inf"), 0.1)),
    lambda draw: draw.choice(TEXTS),
    lambda draw: [draw.choice(TEXTS), None, draw.choice(HUGE)],
    lambda draw: {draw.choice(("id", "text", "name", "")): draw.choice(TEXTS)},
    _deep,
)


if __name__ == "__main__":
    main()
