"""Files read in child processes: results in order, and no file that hangs or kills the build."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest

from histqa.corpus.isolation import Isolation
from histqa.corpus.metadata import Metadata
from histqa.corpus.preparing import Job
from histqa.types import Limits, Source

LIMITS = Limits(10_000_000, 50_000_000, 100, 100, seconds=60.0)
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="stops a process by signal")


def job(path: str, content: bytes, *, seconds: float = 60.0) -> Job:
    limits = Limits(10_000_000, 50_000_000, 100, 100, seconds=seconds)
    return Job(Source(f"id-{path}", path, content), Metadata(), limits, 120)


@pytest.fixture(scope="module")
def word_file(tmp_path_factory) -> bytes:
    document = docx.Document()
    document.add_paragraph("The Allies withdrew from Siberia in the spring of the year 1920.")
    place: Path = tmp_path_factory.mktemp("word") / "a.docx"
    document.save(str(place))
    return place.read_bytes()


def children(isolation: Isolation) -> list[int]:
    return [child._process.pid for child in isolation._children if child._process]


def test_plain_text_is_read_without_starting_a_process():
    with Isolation() as isolation:
        (prepared,) = isolation.prepared([job("a.txt", b"The Allies withdrew from Siberia.")])
        assert children(isolation) == []
    assert prepared.document is not None
    assert prepared.document.text == "The Allies withdrew from Siberia."


@pytest.mark.parametrize("content", [b"Words. " * 20_000, b"%PDF-1.4 no plain text"])
def test_long_text_and_what_only_calls_itself_text_is_read_in_a_child(content):
    with Isolation() as isolation:
        (prepared,) = isolation.prepared([job("a.txt", content)])
        assert children(isolation) != []
    assert prepared.path == "a.txt"


def test_results_come_in_the_order_of_the_jobs(word_file):
    jobs = [
        job(f"{n}.{'txt' if n % 3 else 'docx'}", b"Words." if n % 3 else word_file)
        for n in range(9)
    ]
    with Isolation() as isolation:
        found = [prepared.path for prepared in isolation.prepared(jobs)]
    assert found == [job.source.path for job in jobs]


def test_jobs_are_taken_only_a_few_ahead(word_file):
    taken = []

    def jobs() -> Iterator[Job]:
        for number in range(12):
            taken.append(number)
            yield job(f"{number}.docx", word_file)

    with Isolation() as isolation:
        results = isolation.prepared(jobs())
        next(results)
        assert len(taken) <= 6


def test_a_file_that_takes_too_long_is_a_problem_and_the_next_is_read(word_file):
    with Isolation(workers=1) as isolation:
        late, good = isolation.prepared(
            [job("slow.docx", word_file, seconds=0.001), job("good.docx", word_file)]
        )
    assert late.document is None
    assert "longer than 0.001 seconds" in late.problems[0].reason
    assert "max_file_seconds" in late.problems[0].cure
    assert good.document is not None


@posix_only
def test_a_child_that_dies_over_a_file_is_replaced(word_file):
    with Isolation(workers=1) as isolation:
        list(isolation.prepared([job("first.docx", word_file)]))
        (pid,) = children(isolation)
        os.kill(pid, signal.SIGSTOP)
        threading.Timer(0.2, os.kill, (pid, signal.SIGKILL)).start()
        dead, good = isolation.prepared([job("bad.docx", word_file), job("good.docx", word_file)])
    assert "crash" in dead.problems[0].reason
    assert dead.problems[0].severity == "error"
    assert good.document is not None


@posix_only
def test_no_child_outlives_the_reading_even_if_one_hangs(word_file):
    with Isolation(workers=1) as isolation:
        list(isolation.prepared([job("first.docx", word_file)]))
        (pid,) = children(isolation)
        os.kill(pid, signal.SIGSTOP)
        isolation._begun(job("hanging.docx", word_file))
        time.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_program_without_a_main_guard_can_read_files(tmp_path, word_file):
    import subprocess

    (tmp_path / "a.docx").write_bytes(word_file)
    program = (
        "from pathlib import Path\n"
        "from histqa.corpus.isolation import Isolation\n"
        "from histqa.corpus.metadata import Metadata\n"
        "from histqa.corpus.preparing import Job\n"
        "from histqa.types import Limits, Source\n"
        "source = Source('a', 'a.docx', Path('a.docx').read_bytes())\n"
        "job = Job(source, Metadata(), Limits(10**7, 10**7, 100, 100, 60.0), 120)\n"
        "with Isolation() as isolation:\n"
        "    print([one.document.text for one in isolation.prepared([job])])\n"
    )
    done = subprocess.run(
        [sys.executable, "-"],
        input=program,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "withdrew from Siberia" in done.stdout
