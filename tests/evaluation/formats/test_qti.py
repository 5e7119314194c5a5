"""QTI 1.2 as Canvas and others export it, QTI 2.1 and 3, and their packages."""

from __future__ import annotations

import io
import zipfile

import pytest

from histqa.errors import QuestionFileError
from histqa.evaluation.formats.qti import read_qti
from histqa.evaluation.records import Number, QuestionFile

# --- QTI 1.2 ---


def item(
    kind: str, presentation: str, rules: str = "", *, ident: str = "", text: str = "Q?"
) -> str:
    metadata = (
        "<itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type</fieldlabel>"
        f"<fieldentry>{kind}</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>"
    )
    return (
        f'<item ident="{ident or kind}" title="Question">{metadata if kind else ""}<presentation>'
        f'<material><mattext texttype="text/html">&lt;div&gt;{text}&lt;/div&gt;</mattext>'
        f"</material>{presentation}</presentation><resprocessing><outcomes>"
        '<decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
        f"{rules}</resprocessing><itemfeedback><material><mattext>no</mattext></material>"
        "</itemfeedback></item>"
    )


def rule(test: str, points: float = 100) -> str:
    return (
        f'<respcondition continue="No"><conditionvar>{test}</conditionvar>'
        f'<setvar action="Set" varname="SCORE">{points}</setvar></respcondition>'
    )


def equal(value: str, response: str = "response1") -> str:
    return f'<varequal respident="{response}">{value}</varequal>'


def options(*texts: str, response: str = "response1", text: str = "") -> str:
    labels = "".join(
        f'<response_label ident="{number}"><material><mattext texttype="text/plain">{text}'
        "</mattext></material></response_label>"
        for number, text in enumerate(texts)
    )
    asked = f"<material><mattext>{text}</mattext></material>" if text else ""
    return (
        f'<response_lid ident="{response}" rcardinality="Single">{asked}<render_choice>{labels}'
        "</render_choice></response_lid>"
    )


FIB = '<response_str ident="response1"><render_fib><response_label ident="a"/></render_fib></response_str>'  # noqa: E501
RANGE = (
    '<or><varequal respident="response1">1920</varequal><and><vargte respident="response1">1915'
    '</vargte><varlte respident="response1">1925</varlte></and></or>'
)
MULTIPLE = f"<and>{equal('0')}{equal('2')}<not>{equal('1')}</not></and>"
CANVAS = [
    item("multiple_choice_question", options("Omsk", "Kazan"), rule(equal("1"))),
    item("true_false_question", options("True", "False"), rule(equal("1"))),
    item("short_answer_question", FIB, rule(equal("Gajda") + equal("Radola Gajda"))),
    item("numerical_question", FIB, rule(RANGE)),
    item("multiple_answers_question", options("Japan", "Brazil", "France"), rule(MULTIPLE)),
    item(
        "matching_question",
        options("1914", "1918", response="a", text="When did it begin?")
        + options("1914", "1918", response="b", text="When did it end?"),
        rule(equal("0", "a"), 50) + rule(equal("1", "b"), 50),
        ident="m",
    ),
    item("essay_question", FIB),
    item("text_only_question", ""),
    item("file_upload_question", ""),
    item("fill_in_multiple_blanks_question", options("x", response="r"), rule(equal("0", "r"))),
]


def version1(*items: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><questestinterop '
        'xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><assessment ident="a" title="Quiz">'
        f'<section ident="root_section">{"".join(items)}</section></assessment></questestinterop>'
    ).encode()


def read(content: bytes) -> QuestionFile:
    return read_qti("quiz.xml", content)


def test_the_types_of_canvas_are_read() -> None:
    file = read(version1(*CANVAS))
    assert file.bad_rows == ()
    assert [(q.id, q.question, q.answers, q.numbers) for q in file.questions] == [
        ("multiple_choice_question", "Q?", ("Kazan",), ()),
        ("true_false_question", "Q?", ("no",), ()),
        ("short_answer_question", "Q?", ("Gajda", "Radola Gajda"), ()),
        ("numerical_question", "Q?", (), (Number(1920, 5),)),
        ("multiple_answers_question", "Q?", ("Japan", "France"), ()),
        ("m / 1", "When did it begin?", ("1914",), ()),
        ("m / 2", "When did it end?", ("1918",), ()),
    ]
    assert [skip.reason.split(",")[0].split(";")[0] for skip in file.skipped] == [
        "a free text has no expected answer",
        "it is a text between the questions and asks nothing",
        "it asks for a file",
        "it has several gaps in one text",
    ]


def test_without_metadata_the_type_is_told_by_the_shape() -> None:
    numeric = FIB.replace("<render_fib>", '<render_fib fibtype="Integer">')
    file = read(
        version1(
            item("", options("Omsk", "Kazan"), rule(equal("0")), ident="1"),
            item("", FIB, rule(equal("Gajda")), ident="2"),
            item("", numeric, rule(equal("1920")), ident="3"),
            item("", FIB, ident="4"),
            item("", options("True", "False"), rule(equal("0")), ident="5"),
        )
    )
    assert [(q.answers, q.numbers) for q in file.questions] == [
        (("Omsk",), ()), (("Gajda",), ()), ((), (Number(1920),)), (("yes",), ()),
    ]  # fmt: skip
    assert "free text" in file.skipped[0].reason


def test_options_with_part_of_the_points_are_not_the_expected_ones() -> None:
    rules = rule(equal("0"), 50) + rule(equal("1"), 100) + rule(equal("2"), 0)
    (found,) = read(version1(item("", options("a", "b", "c"), rules))).questions
    assert found.answers == ("b",)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (item("multiple_choice_question", options("Omsk"), ident="x"), "at least one right answer"),
        (item("multiple_choice_question", options("Omsk"), rule(equal("9")), ident="x"), "options"),
        (item("numerical_question", FIB, rule(equal("soon")), ident="x"), "numbers"),
        (item("short_answer_question", FIB, rule(equal("a")), ident="x", text=""), "the words of"),
    ],
)
def test_a_broken_item_is_named_and_the_rest_runs(broken: str, says: str) -> None:
    file = read(version1(CANVAS[0], broken, CANVAS[1]))
    assert len(file.questions) == 2
    (bad,) = file.bad_rows
    assert bad.origin == "quiz.xml, item x"
    assert says in bad.expected


# --- QTI 2 and 3 ---


def assessment(
    body: str, correct: str = "", *, kind: str = "identifier", ident: str = "i", more: str = ""
) -> bytes:
    return f"""<?xml version="1.0"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="{ident}" title="T"
    adaptive="false" timeDependent="false">
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="{kind}">{correct}
</responseDeclaration>
<itemBody><rubricBlock view="scorer">only for markers</rubricBlock>{body}</itemBody>
<responseProcessing>{more}</responseProcessing>
<modalFeedback outcomeIdentifier="F" identifier="f" showHide="show">well done</modalFeedback>
</assessmentItem>""".encode()


def right(*values: str) -> str:
    return f"<correctResponse>{''.join(f'<value>{v}</value>' for v in values)}</correctResponse>"


CHOICE = (
    '<p>Read.</p><choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Who '
    '<b>le</b>d it?</prompt><simpleChoice identifier="A">Gajda<feedbackInline>no</feedbackInline>'
    '</simpleChoice><simpleChoice identifier="B"><p>Kolchak</p></simpleChoice></choiceInteraction>'
)
ENTRY = '<p>When did it end? <textEntryInteraction responseIdentifier="RESPONSE"/></p>'
MAPPED = (
    '<mapping defaultValue="0"><mapEntry mapKey="York" mappedValue="1"/>'
    '<mapEntry mapKey="Yorke" mappedValue="0.5"/></mapping>'
)
EQUAL = (
    '<equal toleranceMode="{mode}" tolerance="5"><variable identifier="RESPONSE"/>'
    '<correct identifier="RESPONSE"/></equal>'
)


@pytest.mark.parametrize(
    ("content", "question", "answers", "numbers"),
    [
        (assessment(CHOICE, right("A")), "Read. Who led it?", ("Gajda",), ()),
        (assessment(ENTRY, right("York"), kind="string"), "When did it end?", ("York",), ()),
        (assessment(ENTRY, MAPPED, kind="string"), "When did it end?", ("York",), ()),
        (
            assessment(ENTRY, right("200"), kind="integer", more=EQUAL.format(mode="absolute")),
            "When did it end?", (), (Number(200, 5),),
        ),
        (
            assessment(ENTRY, right("200"), kind="float", more=EQUAL.format(mode="relative")),
            "When did it end?", (), (Number(200, 10),),
        ),
        (
            assessment(ENTRY.replace("?", " in").replace("/></p>", "/> at last.</p>"),
                       right("1922"), kind="string"),
            "When did it end in _____ at last.", ("1922",), (),
        ),
    ],
)  # fmt: skip
def test_items_of_version_2(
    content: bytes, question: str, answers: tuple[str, ...], numbers: tuple[Number, ...]
) -> None:
    file = read(content)
    assert file.bad_rows == ()
    (found,) = file.questions
    assert (found.question, found.answers, found.numbers) == (question, answers, numbers)


def test_version_3_is_version_2_with_other_names() -> None:
    content = b"""<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
 identifier="i"><qti-response-declaration identifier="RESPONSE" cardinality="single"
 base-type="identifier"><qti-correct-response><qti-value>B</qti-value></qti-correct-response>
 </qti-response-declaration><qti-item-body><qti-choice-interaction response-identifier="RESPONSE">
 <qti-prompt>Who?</qti-prompt><qti-simple-choice identifier="A">x</qti-simple-choice>
 <qti-simple-choice identifier="B">y</qti-simple-choice></qti-choice-interaction></qti-item-body>
 </qti-assessment-item>"""
    assert read(content).questions[0].answers == ("y",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<extendedTextInteraction responseIdentifier="RESPONSE"/>', "free text"),
        ('<uploadInteraction responseIdentifier="RESPONSE"/>', "a file"),
        ('<orderInteraction responseIdentifier="RESPONSE"/>', "order"),
        ('<matchInteraction responseIdentifier="RESPONSE"/>', "no questions of their own"),
        (CHOICE + ENTRY, "several gaps"),
        ("", "asks nothing"),
    ],
)
def test_interactions_that_no_quote_answers_are_skipped(body: str, reason: str) -> None:
    (skipped,) = read(assessment(f"<p>Do this.</p>{body}")).skipped
    assert reason in skipped.reason


def test_a_right_choice_that_does_not_exist_makes_a_bad_row() -> None:
    (bad,) = read(assessment(CHOICE, right("Z"))).bad_rows
    assert (bad.origin, bad.found) == ("quiz.xml, item i", "Z")


# --- packages ---


def package(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


MANIFEST = b'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources/></manifest>'


def test_a_package_is_read_in_the_order_of_its_names() -> None:
    content = package(
        **{
            "imsmanifest.xml": MANIFEST,
            "b__item.xml": assessment(ENTRY, right("1922"), kind="string", ident="two"),
            "a__quiz.xml": version1(CANVAS[0]),
            "a__assessment_meta.xml": b"<quiz xmlns='http://canvas'><title>x</title></quiz>",
            "a__picture.png": b"\x89PNG",
            "c__broken.xml": b"<assessmentItem>",
        }
    )
    file = read_qti("quiz.zip", content)
    assert [question.id for question in file.questions] == ["multiple_choice_question", "two"]
    assert [row.origin for row in file.bad_rows] == ["quiz.zip, c/broken.xml"]


def test_a_quiz_that_canvas_wrote_twice_is_read_once() -> None:
    content = package(
        **{
            "g1__assessment_qti.xml": version1(CANVAS[0]),
            "non_cc_assessments__g1.xml.qti": version1(CANVAS[0], CANVAS[3]),
        }
    )
    assert len(read_qti("quiz.imscc", content).questions) == 2


def test_names_that_lead_out_of_the_package_lead_nowhere() -> None:
    content = package(**{"..__..__evil.xml": version1(CANVAS[0])})
    assert len(read_qti("quiz.zip", content).questions) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (package(**{"imsmanifest.xml": MANIFEST}), "no QTI questions in this package"),
        (b"PK\x03\x04junk", "damaged"),
        (b"<assessmentTest/>", "give the whole package"),
        (b"<quiz/>", "not QTI, it begins with <quiz>"),
        (version1(*CANVAS)[:-200], "not whole XML"),
        (b'<!DOCTYPE q [<!ENTITY a "x">]><questestinterop>&a;</questestinterop>', "entities"),
    ],
)
def test_what_is_no_qti_is_told(content: bytes, says: str) -> None:
    with pytest.raises(QuestionFileError, match=says):
        read(content)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    content = bytearray(package(**{"a.xml": version1(CANVAS[0])}))
    size = content.index(b"PK\x01\x02") + 24  # what the directory says it is when unpacked
    content[size : size + 4] = (0xF000_0000).to_bytes(4, "little")
    with pytest.raises(QuestionFileError, match="unpacked it is larger"):
        read_qti("quiz.zip", bytes(content))
