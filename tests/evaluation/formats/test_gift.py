"""GIFT as Moodle exports it and as people type it."""

from __future__ import annotations

import pytest

from histqa.errors import QuestionFileError
from histqa.evaluation.formats.gift import read_gift
from histqa.evaluation.records import ExamQuestion, Number, QuestionFile

EXPORT = r"""// question: 0  name: Switch category to $course$/top/Default for HIST1/War
$CATEGORY: $course$/top/Default for HIST1/War//Peace/1918


// question: 12  name: Last troops
// [id:war-1] [tag:dates] [tag:hard \] one]
::Last troops::[html]<p dir\="ltr">In which year did the <em>last</em> troops&nbsp;leave?<br></p>{#
	=%100%1922:0#Right
	=%50%1922:1#Nearly
}


// question: 13  name: Annexation
::Annexation::[html]<p>Japan annexed Korea in 1910.</p>{TRUE#<p>No</p>#<p>Yes</p>####See p. 3}


// question: 14  name: Leader
::Leader::[moodle]Who led\: the legion \{of Czechs\}?{
	=<p>Gajda</p>#<p>yes</p>
	~%-50%Kolchak#no
	~Semenov
	####general feedback
}


// question: 15  name: Capitals
::Capitals::[html]<p>Match the capitals.</p>{
	=<p>Japan</p> -> Tokyo
	=<p>Korea</p> -> Seoul
	= -> Beijing
}


// question: 16  name: Reasons
::Reasons::[html]<p>Why did the Allies intervene? Discuss.</p>{}


// question: 17  name: Introduction
::Introduction::[html]<p>Read the text first.</p>

"""


def read(text: str) -> QuestionFile:
    return read_gift("a.gift", text.encode())


def one(text: str) -> ExamQuestion:
    file = read(text)
    assert (file.bad_rows, file.skipped) == ((), ())
    (question,) = file.questions
    return question


def test_an_export_of_moodle_is_read_whole() -> None:
    file = read(EXPORT)
    assert file.bad_rows == ()
    assert [(q.id, q.question, q.answers, q.numbers, q.kind) for q in file.questions] == [
        ("war-1", "In which year did the last troops leave?", (), (Number(1922),), "numerical"),
        ("Annexation", "Japan annexed Korea in 1910.", ("yes",), (), "true or false"),
        ("Leader", "Who led: the legion {of Czechs}?", ("Gajda",), (), "multiple choice"),
    ]
    assert file.questions[0].tags == ("War/Peace / 1918", "dates", "hard ] one")
    assert file.questions[1].tags == ("War/Peace / 1918",)
    assert [(skip.question, skip.reason.split(",")[0].split(";")[0]) for skip in file.skipped] == [
        ("Match the capitals.", "its parts are no questions of their own"),
        ("Why did the Allies intervene? Discuss.", "a free text has no expected answer"),
        ("Read the text first.", "it is a text between the questions and asks nothing"),
    ]
    assert file.questions[2].origin == "a.gift, line 18"


@pytest.mark.parametrize(
    ("answers", "numbers"),
    [
        ("{#1920:5}", (Number(1920, 5),)),
        ("{#1918..1922}", (Number(1920, 2),)),
        ("{# -3.5 }", (Number(-3.5),)),
        ("{#=1920:0 =1925:0 =%50%1900:50 =*#wrong}", (Number(1920), Number(1925))),
        ("{#72,000:1,000#feedback}", (Number(72_000, 1000),)),
    ],
)
def test_numerical_answers(answers: str, numbers: tuple[Number, ...]) -> None:
    assert one(f"How many?{answers}").numbers == numbers


@pytest.mark.parametrize(
    ("written", "answers"),
    [
        ("{=Wilson =Woodrow Wilson#ok =%50%Woodrow}", ("Wilson", "Woodrow Wilson")),
        ("{%100%Wilson#ok}", ("Wilson",)),
        ("{Wilson}", ("Wilson",)),
        ("{=*Wilson* ####well}", ("Wilson",)),
        (r"{=a \= b\~c\#d \\ \: e}", (r"a = b~c#d \ : e",)),
        ("{T}", ("yes",)),
        ("{FALSE#not so}", ("no",)),
        ("{~%50%Japan ~%50%Britain ~%-100%Brazil}", ("Japan", "Britain")),
        ("{~%100%Japan ~%50%Britain}", ("Japan",)),
        ("{=1914 -> x ~no}", ("1914 -> x",)),
    ],
)
def test_answers_by_sign_and_weight(written: str, answers: tuple[str, ...]) -> None:
    assert one(f"::n::Was it so? {written}").answers == answers


def test_a_missing_word_leaves_a_gap() -> None:
    assert one("Japan annexed {~China =Korea} in 1910.").question == "Japan annexed _____ in 1910."


def test_formats_of_the_question_hold_for_its_answers_unless_they_have_their_own() -> None:
    question = one("[markdown]Which **town**?{=*Vladi*vostok =[plain]a <b> & c ~x}")
    assert question.question == "Which town?"
    assert question.answers == ("Vladivostok", "a <b> & c")


def test_matching_of_whole_questions_becomes_questions() -> None:
    file = read("::M::Match.{=When did it begin? -> 1914 =When did it end? -> 1918 = -> 1920}")
    assert [(q.id, q.question, q.answers) for q in file.questions] == [
        ("M / 1", "When did it begin?", ("1914",)),
        ("M / 2", "When did it end?", ("1918",)),
    ]


def test_a_tag_makes_a_question_unanswerable_whatever_its_type() -> None:
    file = read("// [tag:unanswerable]\nWhat did Mars do?{=x}\n\n// [tag:Unanswerable]\nWhy?{}\n")
    assert [(q.answerable, q.answers) for q in file.questions] == [(False, ()), (False, ())]


def test_blank_lines_between_answers_are_forgiven() -> None:
    assert one("Who?{\n=Gajda\n\n~Kolchak\n\n}\n").answers == ("Gajda",)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("Who?{=Gajda", "one pair of braces"),
        ("Who? =Gajda}", "one pair of braces"),
        ("Who {=a} and {=b}?", "one pair of braces"),
        ("When?{#about ten}", "a number such as 1920"),
        ("Who?{~a ~b}", "at least one right answer"),
        ("{=a}", "the words of a question"),
        ("Who?{=%50 a ~b}", "percent signs"),
        ("Match.{=a -> b =c}", "pairs such as"),
    ],
)
def test_a_broken_question_is_named_by_its_line_and_the_rest_runs(broken: str, says: str) -> None:
    file = read(f"When?{{=1918}}\n\n{broken}\n\nWho came?{{=Someone}}\n")
    assert [question.question for question in file.questions] == ["When?", "Who came?"]
    (bad,) = file.bad_rows
    assert bad.origin == "a.gift, line 3"
    assert says in bad.expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Which of these did NOT fight?{=a ~b}", "without its options"),
        ("All fought except{=a ~b}", "without its options"),
        ("Which of the following is true?{=a ~b}", "without its options"),
        ("Who fought?{=All of the above ~b}", "about others"),
        ("Who fought?{=Both A and B ~b}", "about others"),
        ("Who fought?{=*}", "every answer counts"),
        ("Why did they fight?{####well}", "a free text"),
    ],
)
def test_what_makes_no_sense_without_its_options_is_skipped(text: str, reason: str) -> None:
    (skipped,) = read(text).skipped
    assert reason in skipped.reason


@pytest.mark.parametrize(
    "text", ["Which of the following countries sent most troops?", "Why could it not stay?"]
)
def test_what_can_be_asked_alone_is_asked(text: str) -> None:
    assert one(f"{text}{{=Japan ~x}}").question == text


def test_names_that_repeat_are_no_ids() -> None:
    ids = [question.id for question in read("::Q::Who?{=a}\n\n::Q::When?{=b}").questions]
    assert len(set(ids)) == 2
    assert "Q" not in ids


def test_a_text_without_braces_is_no_gift() -> None:
    with pytest.raises(QuestionFileError, match="not GIFT"):
        read("Who came?\nJapan.")
