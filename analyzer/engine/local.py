"""Run the worker over files in processes of this machine."""

from __future__ import annotations

import hashlib
import itertools
import multiprocessing
import os
import threading
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow.parquet as pq

from analyzer.atomic import atomic_path
from analyzer.errors import AnalyzerError
from analyzer.pipeline.worker import WorkerSpec, open_worker
from analyzer.text import only_what_segments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

WAITING: Final = 2
"""Files handed out ahead of each process: none idles, and few lie in wait."""


def map_files(
    uris: Iterable[str], spec: WorkerSpec, out_dir: str | Path, *, workers: int
) -> Iterator[str]:
    """Parquet files of posts to files of tagged posts, in the order of `uris`.

    An output is named by the sha256 of its input and the spec; one that exists is not made again.
    workers: processes; 0 means one per core that this process may use. One worker, or one file,
        runs in this process.

    Raises:
        ModelError: the bundle cannot be used.
        StoreError: an output cannot be written.
        AnalyzerError: a process died.
    """
    count = workers or len(os.sched_getaffinity(0))
    uris = iter(uris)
    head = list(itertools.islice(uris, 2))
    if count == 1 or len(head) < 2:  # noqa: PLR2004 - one file gives nothing to share out
        for uri in itertools.chain(head, uris):
            yield _map_file(uri, spec, str(out_dir))
        return
    # a process forked from one that runs threads may hang: spawn starts clean
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_open)
    waiting: deque[Future[str]] = deque()
    try:
        for uri in itertools.chain(head, uris):
            waiting.append(pool.submit(_map_file, uri, spec, str(out_dir)))
            while len(waiting) >= count * (1 + WAITING) or (waiting and waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise AnalyzerError(
            f"a worker process died, most likely out of memory ({count} ran); what is done is "
            "kept: run the same command again, with fewer --workers"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def output_name(uri: str, spec: WorkerSpec) -> str:
    """Name of the file that `map_files` makes of an input: its content and the spec decide."""
    with Path(uri).open("rb") as file:
        content = hashlib.file_digest(file, "sha256")
    content.update(spec.fingerprint().encode())
    return f"{content.hexdigest()}.parquet"


def _open() -> None:
    """Once in each process, before anything is imported that reads it."""
    os.environ["OMP_NUM_THREADS"] = "1"
    only_what_segments()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed tells nobody: without this, its workers wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@lru_cache(maxsize=1)
def loaded_worker(spec: WorkerSpec) -> Callable[[Any], Any]:
    """Loaded once in each process."""
    return open_worker(spec)


def _map_file(uri: str, spec: WorkerSpec, out_dir: str) -> str:
    target = Path(out_dir) / output_name(uri, spec)
    if not target.exists():
        table = loaded_worker(spec)(pq.read_table(uri))
        with atomic_path(target) as part:
            pq.write_table(table, part, compression="zstd")
    return str(target)
