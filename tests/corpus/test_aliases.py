"""What names.toml says, and what is said of its mistakes."""

import pytest

from histqa.corpus.aliases import load_aliases
from histqa.types import Alias


def loaded(tmp_path, text: str):
    (tmp_path / "names.toml").write_text(text, encoding="utf-8")
    return load_aliases(tmp_path)


def test_no_file_says_nothing(tmp_path):
    assert load_aliases(tmp_path) == ((), ())


def test_names_and_renderings_are_read_in_order(tmp_path):
    assert loaded(
        tmp_path,
        '[[name]]\nnames = ["the  Whites", "White Army"]\nrenderings = ["White House"]\n'
        '[[name]]\nnames = ["Tsushima"]\nrenderings = ["Su\\u202Eshima"]\n',
    ) == (
        (Alias(("the Whites", "White Army"), ("White House",)), Alias(("Tsushima",), ("Sushima",))),
        (),
    )


def test_an_empty_file_says_nothing(tmp_path):
    assert loaded(tmp_path, "# nothing yet\n") == ((), ())


@pytest.mark.parametrize(
    ("text", "reason", "cure"),
    [
        ("[[name]\n", "line 1", "TOML in UTF-8"),
        ('[name]\nnames = ["a", "b"]', "[name] is one table", "[[name]]"),
        ('[[names]]\nnames = ["Aa", "Bb"]', "'names' is not known here", "did you mean [[name]]?"),
        ("name = [1]", "entry 1 is no table", "[[name]]"),
        ("[[name]]\n", "entry 1 has fewer than two names", "names = ["),
        ('[[name]]\nnames = ["Aa"]', "entry 1 has fewer than two names", "names = ["),
        ('[[name]]\nnames = ["Aa", "aa "]', "entry 1 has fewer than two names", "names = ["),
        ('[[name]]\nrenderings = ["Aa", "Bb"]', "entry 1 has fewer than two names", "names = ["),
        ('[[name]]\nname = ["Aa", "Bb"]', "entry 1: unknown key 'name'", "did you mean names?"),
        ('[[name]]\nxyz = 1', "entry 1: unknown key 'xyz'", "known are names, renderings"),
        ('[[name]]\nnames = "Aa"', "entry 1: names must be a list of texts, not 'Aa'", "names = ["),
        ('[[name]]\nnames = ["Aa", 1917]', "entry 1: names must hold texts only, not 1917", "["),
        ('[[name]]\nnames = ["Aa", ""]', "entry 1: names has '', which any", "names = ["),
        ('[[name]]\nnames = ["Aa", "the"]', "entry 1: names has 'the', which any", "names = ["),
    ],
)  # fmt: skip
def test_each_mistake_is_one_line_with_place_reason_and_cure(tmp_path, text, reason, cure):
    aliases, (problem,) = loaded(tmp_path, text)
    assert aliases == ()
    assert (problem.path, problem.severity) == ("names.toml", "warning")
    assert reason in problem.reason
    assert cure in problem.cure


def test_what_is_right_counts_beside_what_is_wrong(tmp_path):
    aliases, problems = loaded(
        tmp_path, '[[name]]\nnames = ["Aa"]\n[[name]]\nnames = ["Aa", "Bb"]\n[[name]]\nnames = 1\n'
    )
    assert aliases == (Alias(("Aa", "Bb")),)
    assert [problem.reason.split(":")[0][:7] for problem in problems] == ["entry 1", "entry 3"]


def test_bytes_that_are_no_text_are_a_problem(tmp_path):
    (tmp_path / "names.toml").write_bytes(b"\xff\xfe\x00")
    aliases, (problem,) = load_aliases(tmp_path)
    assert aliases == ()
    assert "nothing in it is used" in problem.reason


def test_a_folder_called_names_toml_is_a_problem(tmp_path):
    (tmp_path / "names.toml").mkdir()
    assert len(load_aliases(tmp_path)[1]) == 1
