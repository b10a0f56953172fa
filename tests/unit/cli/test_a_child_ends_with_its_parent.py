"""A child process that waits for its parent's end leaves without a word, whichever of the two ends first."""

import subprocess
import sys

CHILD = "import threading; from glassworks.cli.parent import end_with_parent; end = threading.Event(); "


def test_a_child_that_ends_before_its_parent_does_not_abort() -> None:
    code = CHILD + "end_with_parent(end.set); end.wait(0.2)"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.wait(timeout=30) == 0
    assert child.stderr is not None
    assert child.stderr.read() == b""
    for stream in (child.stdin, child.stderr):
        assert stream is not None
        stream.close()


def test_a_child_hears_that_its_parent_is_gone() -> None:
    code = CHILD + "end_with_parent(end.set); print(end.wait(20))"
    done = subprocess.run([sys.executable, "-c", code], input=b"", capture_output=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"True\n", b"")
