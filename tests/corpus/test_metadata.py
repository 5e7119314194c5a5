"""What readings.toml says, and what is said of its mistakes."""

import pytest

from histqa.corpus.metadata import Metadata, load_metadata, said_of, unknown_readings
from histqa.types import Document


def loaded(tmp_path, text: str):
    (tmp_path / "readings.toml").write_text(text, encoding="utf-8")
    return load_metadata(tmp_path)


def test_no_file_says_nothing(tmp_path):
    assert load_metadata(tmp_path) == ({}, ())


def test_every_key_is_optional_and_dates_may_be_dates(tmp_path):
    said, problems = loaded(
        tmp_path,
        '["a.txt"]\ntitle = "T"\ndate = 1919-06-28\n["w/b.pdf"]\ndate = 1919\nlicence = "CC0"\n'
        '[\'w\\c.txt\']\ndate = "spring 1920"\n["d.txt"]\n',
    )
    assert problems == ()
    assert said["a.txt"] == Metadata(title="T", date="1919-06-28")
    assert said["w/b.pdf"] == Metadata(date="1919", licence="CC0")
    assert said["w/c.txt"].date == "spring 1920"
    assert said["d.txt"] == Metadata()


@pytest.mark.parametrize(
    ("text", "reason", "cure"),
    [
        ('["a.txt"]\ntittle = "T"', "'a.txt': unknown key 'tittle'", "did you mean 'title'?"),
        ('["a.txt"]\nxyz = 1', "unknown key 'xyz'", "known are title"),
        ('["a.txt"]\ntitle = 7', "title must be a text, not 7", 'title = "..."'),
        ('["a.txt"]\ndate = true', "date must be a date or a text", "date"),
        ('["a.txt"]\nauthor = ["A", "B"]', "author must be a text", "author"),
        ('title = "T"', "'title' stands outside any table", "under the reading"),
        ('[a.txt]\ntitle = "T"', "[a. ...] is not the name of a file", "in quotes"),
        ('["a.txt"]\nshow = "some"', "show must be whole or passage, not 'some'", "passage"),
        ('["a.txt"]\nshow = true', "show must be whole or passage, not True", "leave it out"),
        ("[[[", "cannot be read", "TOML"),
    ],
)
def test_each_mistake_is_one_line_with_reason_and_cure(tmp_path, text, reason, cure):
    _, (problem,) = loaded(tmp_path, text)
    assert problem.path == "readings.toml"
    assert problem.severity == "warning"
    assert reason in problem.reason
    assert cure in problem.cure


def test_a_name_with_escaped_bytes_is_known_as_the_report_shows_it(tmp_path):
    said, _ = loaded(tmp_path, '["w/caf\\\\xe9.txt"]\ntitle = "T"')
    path = "w/caf\\xe9.txt"
    assert said_of(path, said) == Metadata(title="T")
    assert said_of("w/caf.txt", said) == Metadata()
    assert unknown_readings(said, [path]) == ()


def test_what_is_right_counts_beside_what_is_wrong(tmp_path):
    said, problems = loaded(tmp_path, '["a.txt"]\ntitle = "T"\nauthor = 1\n')
    assert said["a.txt"] == Metadata(title="T")
    assert len(problems) == 1


def test_bytes_that_are_no_text_are_a_problem(tmp_path):
    (tmp_path / "readings.toml").write_bytes(b"\xff\xfe\x00")
    said, (problem,) = load_metadata(tmp_path)
    assert said == {}
    assert "nothing in it is used" in problem.reason


def test_a_folder_called_readings_toml_is_a_problem(tmp_path):
    (tmp_path / "readings.toml").mkdir()
    assert len(load_metadata(tmp_path)[1]) == 1


def test_a_reading_that_is_not_there_is_named_with_the_nearest(tmp_path):
    (problem,) = unknown_readings({"chapter1.txt": Metadata()}, ["chapter_1.txt", "b.txt"])
    assert "'chapter1.txt'" in problem.reason
    assert "'chapter_1.txt'" in problem.cure


def test_how_much_is_shown_reaches_the_document(tmp_path):
    said, problems = loaded(tmp_path, '["a.txt"]\nshow = "whole"\n["b.txt"]\nshow = ""\n')
    assert problems == ()
    assert said["a.txt"].applied_to(Document("d", "a.txt", "Text.", "T")).show == "whole"
    assert said["b.txt"].applied_to(Document("d", "b.txt", "Text.", "T")).show == ""


def test_only_what_is_said_replaces_what_the_file_states():
    document = Document("d", "d.txt", "Text.", "Old", author="Someone")
    changed = Metadata(title="New").applied_to(document)
    assert (changed.title, changed.author) == ("New", "Someone")


def test_the_hash_tells_apart_what_is_said_where():
    assert Metadata(title="a").hash != Metadata(author="a").hash
    assert Metadata(title="a").hash == Metadata(title="a").hash


def test_unseen_characters_do_not_reach_a_title(tmp_path):
    said, _ = loaded(tmp_path, '["a.txt"]\ntitle = "A\\u202Eb\\nc"\n')
    assert said["a.txt"].title == "Ab c"
