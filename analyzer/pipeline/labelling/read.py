"""What readers said, back from spreadsheets and from Label Studio."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analyzer.errors import InputError
from analyzer.pipeline.labelling.rows import Answer, Chosen
from analyzer.pipeline.labelling.words import CODES, FIELDS, code_of
from analyzer.pipeline.labelling.write import header, shown
from analyzer.schema import Reject
from analyzer.sources.contents import open_contents
from analyzer.sources.shapes import Damaged
from analyzer.sources.streams import chunks, decompressed
from analyzer.text import full_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was said in all files."""

    answers: tuple[Answer, ...]
    """By annotator and post; one answer of each to each."""
    blank: int
    """Rows that a reader left empty or skipped."""
    rejects: tuple[Reject, ...]
    """Rows that were filled in and cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A row of one reader, as it stands."""

    file: str
    row: int | None
    """None where the file does not number its rows."""
    annotator: str
    record: Mapping[str, Any]
    """post_id, title, text and the four fields, where the file has them."""
    skipped: bool = False


def read_answers(
    paths: Sequence[str | Path], chosen: Mapping[str, Chosen] | None = None
) -> Answers:
    """The answers in spreadsheets (CSV) and Label Studio's exports (JSON, JSON-MIN, CSV).

    The annotator of a row stands in its column `annotator`, as Label Studio writes it; without one
    it is the file's name, so each reader of a spreadsheet sends it back under another name.
    chosen: the posts of the round, from `read_rounds`; with it, rows of other posts and rows whose
    text is not the post's own are rejects: a column that was sorted alone moves labels to other
    posts.

    Raises:
        InputError: a file cannot be read, is no such table, two files stand for one annotator, or
            no label in them can be used.
    """
    files = [Path(path) for path in paths]
    said: dict[tuple[str, str], list[tuple[_Said, Answer]]] = {}
    rejects: list[Reject] = []
    names: dict[str, Path] = {}
    blank = 0
    for file in files:
        for row in _rows(file):
            if isinstance(row, Reject):
                rejects.append(row)
                continue
            if row.annotator == file.stem and names.setdefault(file.stem, file) != file:
                raise InputError(
                    f"{names[file.stem]} and {file}: the name of a file stands for its reader, and "
                    "these have one name; give each reader's file another"
                )
            if row.skipped or not any(_word(row.record.get(field)) for field in FIELDS):
                blank += 1
                continue
            found = _answer(row, chosen)
            if isinstance(found, Answer):
                said.setdefault((found.annotator, found.post_id), []).append((row, found))
            else:
                rejects.append(found)
    answers = []
    for _, rows in sorted(said.items()):
        if any(answer != rows[0][1] for _, answer in rows):
            rejects += [_refused(row, None, _TWICE) for row, _ in rows]
            continue
        answers.append(rows[0][1])
        rejects += [_refused(row, None, _AGAIN) for row, _ in rows[1:]]
    rejects.sort(key=lambda reject: (reject.file, reject.row or 0))
    if not answers:
        first = f": {told(rejects[0])}" if rejects else "; a row counts when its drive is said"
        raise InputError(
            f"no label can be used: {blank:,} rows are empty, {len(rejects):,} are refused{first}"
        )
    return Answers(answers=tuple(answers), blank=blank, rejects=tuple(rejects))


def told(reject: Reject) -> str:
    """Where it stands and why it cannot be used, for a reader."""
    column = f", column {reject.field}" if reject.field else ""
    return f"{reject.file}, row {reject.row}{column}: {reject.why}"


_TWICE: Final = "labelled twice by one reader, and differently; leave the right row only"
_AGAIN: Final = "the same labels of the same reader again; counted once"


def texts_of(path: Path) -> list[str]:
    """The texts, title first, of a file of labelled posts.

    Raises:
        InputError: it cannot be read, or has no text.
    """
    texts = []
    for number, record in _records(path):
        if isinstance(record, str):
            raise InputError(f"{path}, row {number}: {record}")
        if not isinstance(record.get("text"), str):
            raise InputError(f"{path} has no column 'text'; found: {', '.join(map(str, record))}")
        texts.append(full_text(record.get("title"), record["text"]))
    return texts


def _rows(path: Path) -> Iterator[_Said | Reject]:
    for number, record in _records(path):
        if isinstance(record, str):
            yield Reject(file=str(path), row=number, field=None, why=record, raw=None)
            continue
        if isinstance(record.get("data"), dict):
            yield from _label_studio(path, number, record)
            continue
        if "post_id" not in record:
            raise InputError(
                f"{path} has no column 'post_id'; found: {', '.join(map(str, record))}. Pass a "
                "filled-in sheet, or an export of Label Studio in JSON, JSON-MIN or CSV"
            )
        yield _Said(
            file=str(path),
            row=number,
            annotator=_word(record.get("annotator")) or path.stem,
            record=record,
        )


def _label_studio(path: Path, number: int | None, task: Mapping[str, Any]) -> Iterator[_Said]:
    """The annotations of a task of Label Studio's JSON export; each is one reader's."""
    for annotation in task.get("annotations") or ():
        record = {**task["data"]}
        for result in annotation.get("result") or ():
            value = result.get("value") or {}
            if result.get("from_name") in FIELDS:
                record[result["from_name"]] = value
        yield _Said(
            file=str(path),
            row=number,
            annotator=_reader(annotation.get("completed_by")) or path.stem,
            record=record,
            skipped=bool(annotation.get("was_cancelled")),
        )


def _reader(completed_by: Any) -> str:
    """An id, or of a reader told in full the address, as JSON-MIN has it."""
    if isinstance(completed_by, dict):
        completed_by = completed_by.get("email") or completed_by.get("id")
    return _word(completed_by)


def _records(path: Path) -> Iterator[tuple[int | None, Mapping[str, Any] | str]]:
    """Row number and record of a table or JSON file; of a row that is none, why."""
    try:
        with path.open("rb") as stream:
            pieces = decompressed(chunks(stream))[1]
            wanted = frozenset({"post_id", *FIELDS, *map(header, FIELDS)})
            for rows in open_contents(pieces, path.name, None, wanted=wanted).rows:
                for number, why, _ in rows.bad:
                    yield number, why
                for number, record in zip(rows.numbers, rows.records, strict=True):
                    # a sheet's header tells behind the name what may be written there
                    yield number, {str(k).partition(" (")[0].lower(): record[k] for k in record}
    except Damaged as error:
        raise InputError(f"{path}: {error}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def _answer(row: _Said, chosen: Mapping[str, Chosen] | None) -> Answer | Reject:
    post_id = _word(row.record.get("post_id"))
    if not post_id:
        return _refused(row, "post_id", "no post_id; take the sheet as it was written")
    if chosen is not None:
        post = chosen.get(post_id) or chosen.get(post_id.replace("'", ""))
        if post is None:
            return _refused(row, "post_id", f"{post_id[:60]} is no post of this round")
        post_id = post.post_id
        if not _same(row.record, post):
            why = (
                f"the text is not that of {post_id}; sort whole rows, leave texts as they are, and "
                "save the sheet as CSV UTF-8"
            )
            return _refused(row, "text", why)
    codes: dict[str, str | None] = {}
    for field in FIELDS:
        word = _word(row.record.get(field))
        codes[field] = code_of(field, word) if word else None
        if word and codes[field] is None:
            why = f"'{word[:60]}' is no {field}; the guideline knows {', '.join(CODES[field])}"
            return _refused(row, field, why)
    drive, clarity = codes["drive"], codes["clarity"]
    if drive is None:
        return _refused(row, "drive", "no drive; say passion or brand, whatever the clarity")
    return Answer(
        post_id=post_id,
        annotator=row.annotator,
        drive=drive,
        clarity=None if clarity is None else int(clarity),
        niche=codes["niche"],
        promo=codes["promo"],
    )


def _refused(row: _Said, field: str | None, why: str) -> Reject:
    shown = {name: _word(row.record.get(name)) for name in ("post_id", *FIELDS)}
    raw = ", ".join(f"{name}={value}" for name, value in shown.items())
    return Reject(
        file=row.file, row=row.row, field=field, why=why, raw=f"annotator={row.annotator}, {raw}"
    )


def _same(record: Mapping[str, Any], post: Chosen) -> bool:
    """Whether the row still shows the post; line ends, spaces and `'` are a spreadsheet's own."""
    for name, was in (("title", post.title or ""), ("text", post.text)):
        stood = _bare(_word(record[name])) if name in record else _bare(was)
        if stood not in {_bare(was), _bare(shown(was))}:
            return False
    return True


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).replace("'", "").split())


def _word(value: Any) -> str:
    """A cell, a choice of Label Studio's, or nothing; several choices come out as no code."""
    if isinstance(value, dict):
        value = value.get("choices")
    if isinstance(value, list):
        value = " + ".join(map(str, value))
    return "" if value is None else str(value).strip()
