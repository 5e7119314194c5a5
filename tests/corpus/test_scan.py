"""Which files of a folder are readings, how they are named, and what is said of the others."""

import os
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.corpus.scan import CorpusFile, doc_id_of, list_files, read_source, shown_path
from histqa.errors import CorpusError, LoadError
from histqa.types import Limits

SUFFIXES = (".txt", ".pdf", ".docx")
LIMITS = Limits(file_bytes=1000, unpacked_bytes=1000, nesting=10, pages=10, seconds=1.0)
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file names and permissions")
not_as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)


def listing(folder: Path, **options):
    return list_files(folder, suffixes=SUFFIXES, **options)


def paths(folder: Path, **options) -> list[str]:
    return [file.path for file in listing(folder, **options).files]


def reasons(folder: Path) -> dict[str, str]:
    return {problem.path: problem.reason for problem in listing(folder).problems}


@pytest.fixture
def corpus(tmp_path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "week 1").mkdir(parents=True)
    (folder / "b.txt").write_text("Bb", encoding="utf-8")
    (folder / "week 1" / "a.TXT").write_text("Aa", encoding="utf-8")
    return folder


def test_files_are_listed_by_path_with_those_of_subfolders(corpus):
    (corpus / "Z.pdf").write_bytes(b"")
    assert paths(corpus) == ["Z.pdf", "b.txt", "week 1/a.TXT"]


def test_what_is_no_reading_is_passed_over_in_silence(corpus):
    for name in ("readings.toml", "other.toml", ".hidden.txt", "~$b.docx", "README.txt", "Read Me"):
        (corpus / name).write_text("x", encoding="utf-8")
    (corpus / ".git").mkdir()
    (corpus / ".git" / "c.txt").write_text("x", encoding="utf-8")
    assert paths(corpus) == ["b.txt", "week 1/a.TXT"]
    assert reasons(corpus) == {}


def test_a_readme_that_readings_toml_names_is_a_reading(corpus):
    (corpus / "README.txt").write_text("x", encoding="utf-8")
    assert "README.txt" in paths(corpus, wanted={"README.txt"})


def test_a_format_that_is_not_read_is_named_with_those_that_are(corpus):
    (corpus / "scan.jpg").write_bytes(b"x")
    (corpus / "notes").write_bytes(b"x")
    problems = listing(corpus).problems
    assert [problem.path for problem in problems] == ["notes", "scan.jpg"]
    assert all(problem.severity == "warning" for problem in problems)
    assert all(".docx, .pdf, .txt" in problem.cure for problem in problems)


def test_a_readings_toml_below_the_top_is_named(corpus):
    (corpus / "week 1" / "readings.toml").write_text("", encoding="utf-8")
    assert "only the one at the top" in reasons(corpus)["week 1/readings.toml"]


def test_an_index_inside_the_corpus_is_left_out(corpus):
    (corpus / "index").mkdir()
    (corpus / "index" / "histqa.sqlite").write_bytes(b"x")
    assert reasons(corpus)
    assert not listing(corpus, leave_out=corpus / "index").problems


@posix_only
def test_links_are_never_followed_and_each_is_named(corpus, tmp_path):
    (tmp_path / "outside.txt").write_text("secret", encoding="utf-8")
    (corpus / "out.txt").symlink_to(tmp_path / "outside.txt")
    (corpus / "same.txt").symlink_to(corpus / "b.txt")
    (corpus / "nowhere.txt").symlink_to(corpus / "none")
    (corpus / "self").symlink_to(corpus / "self")
    (corpus / "week 1" / "up").symlink_to(corpus)
    assert paths(corpus) == ["b.txt", "week 1/a.TXT"]
    found = reasons(corpus)
    assert sorted(found) == ["nowhere.txt", "out.txt", "same.txt", "self", "week 1/up"]
    assert "out of the corpus" in found["out.txt"]
    assert "b.txt" in found["same.txt"]
    assert "circle" in found["self"]


@posix_only
def test_a_corpus_folder_may_itself_be_a_link(corpus, tmp_path):
    (tmp_path / "link").symlink_to(corpus)
    assert paths(tmp_path / "link") == ["b.txt", "week 1/a.TXT"]


@posix_only
def test_pipes_and_sockets_are_named_and_never_opened(corpus):
    os.mkfifo(corpus / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(corpus)
        try:
            server.bind("socket.txt")
        finally:
            os.chdir(here)
        assert sorted(reasons(corpus)) == ["pipe.txt", "socket.txt"]
    with pytest.raises(LoadError, match="pipe"):
        read_source(CorpusFile("pipe.txt", "pipe", corpus / "pipe.txt"), LIMITS)


@posix_only
@not_as_root
def test_an_unreadable_folder_and_file_are_named_and_the_rest_is_listed(corpus):
    (corpus / "week 1").chmod(0)
    (corpus / "b.txt").chmod(0)
    try:
        found = listing(corpus)
        assert [problem.path for problem in found.problems] == ["week 1"]
        with pytest.raises(LoadError, match="cannot be read"):
            read_source(found.files[0], LIMITS)
    finally:
        (corpus / "week 1").chmod(0o755)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes as a name")
def test_a_name_of_any_bytes_is_shown_stored_and_read(corpus):
    names = [b"caf\xe9.txt", b"line\nend.txt", b"\x1b[31mred.txt", "e\u0301.txt".encode()]
    for name in names:
        Path(os.fsdecode(os.fsencode(corpus) + b"/" + name)).write_bytes(name)
    files = {file.path: file for file in listing(corpus).files}
    shown = {"caf\\xe9.txt", "line\\nend.txt", "\\x1b[31mred.txt", "\u00e9.txt"}
    assert shown <= set(files)
    assert all(path.isprintable() and path.encode() for path in files)
    assert {read_source(files[path], LIMITS).content for path in shown} == set(names)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells such names apart")
def test_two_names_that_look_the_same_are_not_mixed_up(corpus):
    (corpus / "\u00e9.txt").write_text("one", encoding="utf-8")
    (corpus / "e\u0301.txt").write_text("two", encoding="utf-8")
    assert paths(corpus).count("\u00e9.txt") == 1
    assert "told from" in reasons(corpus)["\u00e9.txt"]


@given(st.text(st.characters(), min_size=1, max_size=80))
def test_any_name_can_be_shown_and_stored_and_is_shown_alike_twice(name):
    shown = shown_path(name)
    assert shown.encode("utf-8").decode("utf-8").isprintable()
    assert shown_path(shown) == shown


@given(st.text(st.characters(), min_size=1, max_size=80))
def test_a_doc_id_is_url_safe_short_and_a_function_of_the_path(path):
    doc_id = doc_id_of(shown_path(path))
    assert doc_id == doc_id_of(shown_path(path))
    assert doc_id.isascii()
    assert set(doc_id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(doc_id) <= 60


def test_a_doc_id_is_readable_and_tells_folders_and_endings_apart():
    assert doc_id_of("week 1/Żółw & Co.txt").startswith("week-1-zo")
    assert len({doc_id_of(path) for path in ("a b.txt", "a-b.txt", "a/b.txt", "a b.pdf")}) == 4


def test_a_file_is_read_once_and_whole(corpus):
    source = read_source(listing(corpus).files[0], LIMITS)
    assert (source.path, source.content) == ("b.txt", b"Bb")


def test_a_file_over_the_limit_is_refused_before_it_is_read(corpus):
    (corpus / "b.txt").write_bytes(b"x" * 1001)
    with pytest.raises(LoadError, match="too large") as caught:
        read_source(listing(corpus).files[0], LIMITS)
    assert "max_file_megabytes" in caught.value.cure


def test_a_file_that_vanished_since_it_was_listed_is_a_load_error(corpus):
    file = listing(corpus).files[0]
    file.place.unlink()
    with pytest.raises(LoadError, match="vanished"):
        read_source(file, LIMITS)


@pytest.mark.parametrize("make", ["missing", "empty", "file", "only pictures"])
def test_a_corpus_without_readings_is_an_error_that_spares_the_index(tmp_path, make):
    folder = tmp_path / "corpus"
    if make == "file":
        folder.write_text("x", encoding="utf-8")
    elif make != "missing":
        folder.mkdir()
    if make == "only pictures":
        (folder / "a.jpg").write_bytes(b"x")
    with pytest.raises(CorpusError, match="--corpus") as caught:
        listing(folder)
    assert str(folder) in str(caught.value)


@posix_only
@not_as_root
def test_an_unreadable_corpus_is_an_error(corpus):
    corpus.chmod(0)
    try:
        with pytest.raises(CorpusError, match=r"cannot be read \(Permission denied\)"):
            listing(corpus)
    finally:
        corpus.chmod(0o755)


@posix_only
def test_a_corpus_that_is_a_link_to_itself_is_an_error(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(CorpusError):
        listing(tmp_path / "loop")
