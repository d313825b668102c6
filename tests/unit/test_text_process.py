"""What only a fresh process shows: cold start, the same bytes, logging left alone."""

from __future__ import annotations

import subprocess
import sys
import textwrap

LINE = "Hôm nay đi Hà Nội ăn phở 😍 #hànội @lan.anh, hòa thuận khỏe mạnh"
WANTED = "Hôm_nay đi Hà_Nội ăn phở 😍 #hànội @lan.anh , hoà_thuận khoẻ mạnh"


def _run(code: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", textwrap.dedent(code)],
        check=False,
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


_PROGRAM = """
    import logging
    import sys
    import threading
    from concurrent.futures import ThreadPoolExecutor
    from analyzer.text import abstain_reason, only_what_segments, segment
    only_what_segments()
    calls = {{
        "segment": lambda: segment([{line!r}])[0],
        "abstain": lambda: abstain_reason("hom nay minh di an pho voi me"),
    }}
    answers = {{}}
    logging.root.setLevel(logging.CRITICAL)
    for name in {order}:
        gate = threading.Barrier(16)
        def work(_):
            gate.wait()
            return calls[name]()
        with ThreadPoolExecutor(16) as pool:
            answers[name] = sorted(set(map(str, pool.map(work, range(16)))))
    print(sorted(answers.items()), logging.root.handlers, logging.root.level)
"""


def test_sixteen_threads_at_once_in_fresh_processes_give_the_same_bytes() -> None:
    """And whichever function imports underthesea first, logging is left as it was."""
    first = _run(_PROGRAM.format(line=LINE, order=("segment", "abstain")))
    assert first.decode() == f"[('abstain', ['None']), ('segment', ['{WANTED}'])] [] 50\n"
    assert _run(_PROGRAM.format(line=LINE, order=("abstain", "segment"))) == first


def test_importing_the_front_end_does_not_import_underthesea() -> None:
    out = _run("""
        import sys
        import analyzer.text
        print(sorted({'underthesea', 'torch', 'transformers'} & set(sys.modules)))
    """)
    assert out.decode().strip() == "[]"


def test_a_process_of_our_own_imports_only_what_segments() -> None:
    out = _run(f"""
        import sys
        from analyzer.text import abstain_reason, only_what_segments, segment
        only_what_segments()
        print(segment([{LINE!r}])[0])
        print(abstain_reason("hom nay minh di an pho voi me"))
        print(sorted({{'torch', 'transformers'}} & set(sys.modules)))
    """)
    assert out.decode().splitlines() == [WANTED, "None", "[]"]
