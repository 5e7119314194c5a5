import contextlib
import io
import logging
import random
import zlib
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject, NumberObject
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from histqa.errors import LoadError
from histqa.loaders.pdf import PdfLoader
from histqa.types import Limits, Source, Span

LIMITS = Limits(
    file_bytes=10_000_000, unpacked_bytes=10_000_000, nesting=200, pages=50, seconds=30.0
)
FONT, SIZE, PITCH = "Times-Roman", 10, 12
PROSE = (
    "The Allies landed at Vladivostok in the spring of that year, and for a while nobody could "
    "say what they meant to do there. Some wished to guard the stores; others wished to restore "
    "the front against Germany, which had no intention of waiting for them. The Japanese sent "
    "the largest force of all and kept it there for the longest time."
)


def load(content, path="reading.pdf", limits=LIMITS):
    return PdfLoader(limits).load(Source("reading", path, content))


def drawing(draw, **options):
    """The bytes of a PDF that ``draw`` puts on a canvas."""
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=True, **options)
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def show(canvas, x, y, text, size=SIZE, font=FONT):
    canvas.setFont(font, size)
    canvas.drawString(x, y, text)


def wrapped(text, width, *, indent=0, size=SIZE):
    """Greedy lines of ``text``; the first is ``indent`` narrower."""
    lines, room = [[]], width - indent
    for word in text.split():
        if lines[-1] and stringWidth(" ".join([*lines[-1], word]), FONT, size) > room:
            lines.append([])
            room = width
        lines[-1].append(word)
    return [" ".join(line) for line in lines]


def set_in_columns(canvas, paragraphs, *, columns=((72, 468),), rows=40, furniture=None):
    """Sets indented paragraphs into columns of (x, width); gives the words of each page."""
    pages, slots = [[]], []
    for paragraph in paragraphs:
        for number, line in enumerate(wrapped(paragraph, columns[0][1], indent=15)):
            if len(slots) == rows * len(columns):
                canvas.showPage()
                pages.append([])
                slots = []
            if not slots and furniture:
                furniture(canvas, len(pages))
            x = columns[len(slots) // rows][0] + (15 if number == 0 else 0)
            show(canvas, x, 700 - PITCH * (len(slots) % rows), line)
            slots.append(line)
            pages[-1] += line.split()
    return pages


def prose(count, *, seed=0):
    """Paragraphs of one to four sentences, of which no two are equal."""
    chance = random.Random(seed)

    def sentence():
        words = " ".join(chance.choices(PROSE.replace(".", "").lower().split(), k=18))
        return f"{words.capitalize()}."

    return [" ".join(sentence() for _ in range(chance.randint(1, 4))) for _ in range(count)]


def head_and_foot(canvas, number):
    show(canvas, 72, 750, "A History of the Intervention" if number % 2 else "The Far East", 8)
    show(canvas, 300, 40, str(number + 100), 8)


def assert_pages_are_right(document, words_by_page):
    """Compares the page of every character with the page on which its word was drawn."""
    assert [word for page in words_by_page for word in page] == document.text.split()
    drawn_on = [number for number, words in enumerate(words_by_page, 1) for _ in "".join(words)]
    positions = [at for at, mark in enumerate(document.text) if not mark.isspace()]
    for position, number in zip(positions, drawn_on, strict=True):
        (page,) = document.pages_of(Span(position, position + 1))
        assert page.number == number


@pytest.mark.parametrize("columns", [((72, 468),), ((54, 240), (318, 240))])
def test_paragraphs_and_pages_come_out_as_they_were_set(columns):
    pages = []
    paragraphs = prose(60)
    content = drawing(
        lambda canvas: pages.extend(
            set_in_columns(canvas, paragraphs, columns=columns, furniture=head_and_foot)
        )
    )
    document = load(content)
    assert len(document.pages) > 2
    assert document.text.split("\n\n") == paragraphs
    assert_pages_are_right(document, pages)
    assert [page.label for page in document.pages] == [str(n + 101) for n in range(len(pages))]
    kinds = {repair.kind for repair in document.repairs}
    assert kinds == {"removed running head", "removed page number"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=8),
    st.integers(6, 30),
    st.booleans(),
)
def test_every_character_is_on_the_page_it_was_drawn_on(lengths, rows, has_two_columns):
    words = iter(
        [f"{a}{b}{c}{d}" for a in "bdfgk" for b in "aeiou" for c in "lmnrst" for d in "aeiou"]
    )
    paragraphs = [
        " ".join(next(words) for _ in range(5 + length)).capitalize() + "." for length in lengths
    ]
    columns = ((54, 240), (318, 240)) if has_two_columns else ((72, 468),)
    pages = []
    content = drawing(
        lambda canvas: pages.extend(set_in_columns(canvas, paragraphs, columns=columns, rows=rows))
    )
    document = load(content)
    assert_pages_are_right(document, pages)
    assert document.pages[0].span.start == 0
    assert document.pages[-1].span.end == len(document.text)
    assert all(a.span.end == b.span.start for a, b in pairwise(document.pages))


def test_columns_that_were_drawn_row_by_row_are_read_column_by_column():
    lines = wrapped(f"{PROSE} {PROSE}", 220)
    half = len(lines) // 2

    def draw(canvas):
        for row, (one, other) in enumerate(zip(lines[:half], lines[half:], strict=False)):
            show(canvas, 72, 700 - PITCH * row, one)
            show(canvas, 312, 700 - PITCH * row, other)

    assert load(drawing(draw)).text.split() == " ".join(lines[: 2 * half]).split()


def test_words_broken_at_line_ends_are_whole_even_over_pages():
    def draw(canvas):
        show(canvas, 72, 700, "The army of Austria-Hungary met the inter-")
        show(canvas, 72, 688, "vention of the Austro-")
        show(canvas, 72, 676, "Hungarian command, which was wholly unfore-")
        canvas.showPage()
        show(canvas, 72, 700, "seen by the others.")

    document = load(drawing(draw))
    assert document.text == (
        "The army of Austria-Hungary met the intervention of the Austro-Hungarian command, "
        "which was wholly unforeseen by the others."
    )
    repairs = [(r.kind, r.original, r.replacement) for r in document.repairs]
    assert repairs[0] == ("rejoined hyphen", "inter-\nvention", "intervention")
    assert repairs[1][2] == "unforeseen"
    for repair in document.repairs:
        assert document.text.startswith(repair.replacement, repair.position)
    position = document.text.index("unforeseen")
    assert [page.number for page in document.pages_of(Span(position, position + 10))] == [1, 2]


def with_notes(canvas):
    lines = wrapped(PROSE + " " + PROSE, 400)
    show(canvas, 72, 700, lines[0])
    show(canvas, 72 + stringWidth(lines[0], FONT, SIZE), 704, "12", 6)
    for row, line in enumerate(lines[1:5], 1):
        show(canvas, 72, 700 - PITCH * row, line)
    show(canvas, 72, 84, "12", 5)
    show(canvas, 78, 80, "See the papers of the consul, second box.", 8)
    show(canvas, 72, 60, "13", 5)
    show(canvas, 78, 56, "Ibid., third box.", 8)
    canvas.showPage()
    for row, line in enumerate(lines[5:]):
        show(canvas, 72, 700 - PITCH * row, line)


def test_footnotes_stand_apart_and_never_inside_a_sentence():
    document = load(drawing(with_notes))
    body = " ".join([PROSE, PROSE])
    notes = ["See the papers of the consul, second box.", "Ibid., third box."]
    assert document.text.split("\n\n") == [*notes, body]
    for note in notes:
        start = document.text.index(note)
        assert [page.number for page in document.pages_of(Span(start, start + len(note)))] == [1]
    marks = [r.original for r in document.repairs if r.kind == "removed footnote mark"]
    assert marks == ["12", "13", "12"]


def test_a_page_inside_one_long_paragraph_keeps_its_note_between_two_sentences():
    text = " ".join(prose(12))
    lines = wrapped(text, 400)

    def draw(canvas):
        for first in range(0, len(lines), 8):
            for row, line in enumerate(lines[first : first + 8]):
                show(canvas, 72, 700 - PITCH * row, line)
            if first == 8:
                show(canvas, 72, 80, "1 A note at the foot of the second page.", 7)
            canvas.showPage()

    document = load(drawing(draw))
    before, note, after = document.text.split("\n\n")
    assert f"{before} {after}" == text
    assert before.endswith(".")
    start = document.text.index(note)
    assert document.pages_of(Span(start, start + 5))[0].number == 2


def test_small_print_in_the_text_is_no_footnote():
    quoted = "We shall not leave before the spring, wrote the consul, whatever they say."

    def draw(canvas):
        for row, line in enumerate(wrapped(PROSE, 400)):
            show(canvas, 72, 700 - PITCH * row, line)
        show(canvas, 100, 600, quoted, 8)
        for row, line in enumerate(wrapped(PROSE, 400)):
            show(canvas, 72, 570 - PITCH * row, line)

    assert load(drawing(draw)).text.split("\n\n") == [PROSE, quoted, PROSE]


def test_powers_units_and_ordinals_are_no_footnote_marks():
    def draw(canvas):
        show(canvas, 72, 700, "An area of 12 km")
        show(canvas, 72 + stringWidth("An area of 12 km", FONT, SIZE), 704, "2", 6)
        show(canvas, 200, 700, "and more on the 5")
        show(canvas, 200 + stringWidth("and more on the 5", FONT, SIZE), 704, "th", 6)

    assert load(drawing(draw)).text == "An area of 12 km2 and more on the 5th"


def test_stated_page_labels_are_the_printed_labels_and_numbers_are_kept():
    def draw(canvas):
        canvas.addPageLabel(0, "ROMAN_LOWER")
        canvas.addPageLabel(2, "ARABIC", 1)
        for text in ("Preface", "More preface", "Chapter", "More chapter"):
            show(canvas, 72, 700, f"{text} text that stands here.")
            canvas.showPage()

    pages = load(drawing(draw)).pages
    assert [(page.number, page.label) for page in pages] == [
        (1, "i"),
        (2, "ii"),
        (3, "1"),
        (4, "2"),
    ]


def test_labels_that_only_count_give_way_to_the_numbers_in_print():
    def draw(canvas):
        canvas.addPageLabel(0, "ARABIC", 1)
        for number, paragraph in enumerate(prose(4)):
            show(canvas, 72, 700, paragraph[:60])
            show(canvas, 300, 40, str(345 + number))
            canvas.showPage()

    assert [page.label for page in load(drawing(draw)).pages] == ["345", "346", "347", "348"]


@pytest.mark.parametrize(
    ("end", "beginning", "indent", "is_one"),
    [
        ("and so the commander of the army then wished", "to go home at once.", 0, True),
        ("but the commander", "wished to go home at once.", 0, True),
        ("The army stayed.", "Then it went home at once.", 0, False),
        ("In the end nearly all of it stayed for good.", "Then it went home at once.", 15, False),
        ("In the end nearly all of it stayed for good.", "Then it went home at once.", 0, True),
    ],
)
def test_a_paragraph_runs_on_to_the_next_page_where_its_last_line_had_no_room(
    end, beginning, indent, is_one
):
    before, after = wrapped(prose(1, seed=5)[0], 200), wrapped(prose(1, seed=6)[0], 200)

    def draw(canvas):
        for row, line in enumerate([*before[:5], end]):
            show(canvas, 72, 700 - PITCH * row, line)
        canvas.showPage()
        for row, line in enumerate([beginning, *after[:5]]):
            show(canvas, 72 + (0 if row else indent), 700 - PITCH * row, line)

    text = load(drawing(draw)).text
    assert (f"{end} {beginning}" in text, f"{end}\n\n{beginning}" in text) == (is_one, not is_one)


def test_pages_without_text_are_there_and_empty():
    def draw(canvas):
        for number in range(5):
            if number in (1, 4):
                canvas.rect(100, 100, 300, 300, fill=1)
            else:
                show(
                    canvas,
                    72,
                    700,
                    f"The {'red blue green grey black'.split()[number]} text is here.",
                )
            canvas.showPage()

    document = load(drawing(draw))
    assert [document.text[p.span.start : p.span.end].strip() != "" for p in document.pages] == [
        True, False, True, True, False
    ]  # fmt: skip
    assert [len(document.pages[n].span) for n in (1, 4)] == [0, 0]


def test_a_scan_without_text_names_the_cure():
    with pytest.raises(LoadError, match=r"no text layer.*ocrmypdf"):
        load(drawing(lambda canvas: canvas.rect(10, 10, 99, 99, fill=1)))


def test_headings_come_from_size_weight_and_bookmarks():
    def draw(canvas):
        canvas.setTitle("The Intervention in Siberia")
        canvas.setAuthor("Jane Doe")
        show(canvas, 72, 740, "The Intervention in Siberia", 20, "Helvetica-Bold")
        canvas.showPage()
        show(canvas, 72, 740, "The Intervention in Siberia", 20, "Helvetica-Bold")
        show(canvas, 72, 710, "First Chapter", 14, "Helvetica-Bold")
        show(canvas, 72, 690, "Of the landing", SIZE, "Times-Bold")
        for row, line in enumerate(wrapped(PROSE, 400)):
            show(canvas, 72, 670 - PITCH * row, line)
        canvas.bookmarkPage("there")
        canvas.addOutlineEntry("An Aftermath", "there", 0)
        canvas.bookmarkPage("here")
        canvas.addOutlineEntry("Plain words", "here", 1)
        show(canvas, 72, 600, "Plain words")
        for row, line in enumerate(wrapped(PROSE, 400)):
            show(canvas, 72, 570 - PITCH * row, line)

    document = load(drawing(draw))
    assert (document.title, document.author) == ("The Intervention in Siberia", "Jane Doe")
    assert [(heading.text, heading.level) for heading in document.headings] == [
        ("The Intervention in Siberia", 1), ("First Chapter", 2), ("Of the landing", 3),
        ("Plain words", 2),
    ]  # fmt: skip
    assert all(h.span.of(document.text) == h.text for h in document.headings)
    assert [r.original for r in document.repairs if r.kind == "removed duplicated title"] == [
        "The Intervention in Siberia"
    ]


def test_the_title_falls_back_to_the_largest_print_of_the_first_page():
    def draw(canvas):
        canvas.setTitle("Microsoft Word - final_v3.docx")
        canvas.setAuthor("Administrator")
        show(canvas, 72, 740, "Japan and", 20)
        show(canvas, 72, 716, "the Maritime Province", 20)
        for row, line in enumerate(wrapped(PROSE, 400)):
            show(canvas, 72, 670 - PITCH * row, line)

    document = load(drawing(draw))
    assert (document.title, document.author) == ("Japan and the Maritime Province", "")


LONG_HEADING = "and what the Allies wished to reach by it"


@pytest.mark.parametrize(
    ("below", "is_centred", "titles"),
    [
        ("Causes", False, ["The Siberian War", "Causes"]),
        ("Causes", True, ["The Siberian War Causes"]),
        (LONG_HEADING, True, [f"The Siberian War {LONG_HEADING}"]),
    ],
)
def test_a_centred_title_and_a_heading_below_it_are_two(below, is_centred, titles):
    def draw(canvas):
        canvas.setFont("Times-Bold", 18)
        canvas.drawCentredString(306, 740, "The Siberian War")
        if is_centred:
            canvas.drawCentredString(306, 718, below)
        else:
            canvas.drawString(72, 718, below)
        for row, line in enumerate(wrapped(PROSE, 468)):
            show(canvas, 72, 690 - row * PITCH, line)

    document = load(drawing(draw))
    assert [heading.text for heading in document.headings] == titles


def test_a_large_initial_belongs_to_its_word():
    def draw(canvas):
        show(canvas, 72, 676, "T", 30)
        lines = wrapped(PROSE[1:], 400, indent=20)
        show(canvas, 92, 690, lines[0])
        for row, line in enumerate(lines[1:]):
            show(canvas, 92 if row == 0 else 72, 678 - PITCH * row, line)

    assert load(drawing(draw)).text == PROSE


def test_a_sideways_page_is_read_like_an_upright_one():
    def draw(canvas):
        canvas.rotate(90)
        for row, line in enumerate(wrapped(PROSE, 400)):
            show(canvas, 72, -72 - PITCH * row, line)

    assert load(drawing(draw)).text == PROSE


PLAIN = drawing(lambda canvas: set_in_columns(canvas, prose(12)))


def encrypted(user, algorithm=None):
    if algorithm is None:
        return drawing(
            lambda canvas: show(canvas, 72, 700, "Locked words."),
            encrypt=StandardEncryption(user, ownerPassword="owner"),
        )
    writer = PdfWriter(clone_from=io.BytesIO(PLAIN))
    writer.encrypt(user, "owner", algorithm=algorithm)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_a_password_is_named_with_the_cure():
    with pytest.raises(LoadError, match=r"password.*without protection"):
        load(encrypted("secret"))


def test_an_empty_password_opens_by_itself():
    assert load(encrypted("")).text == "Locked words."


@pytest.mark.parametrize("algorithm", ["AES-128", "AES-256"])
def test_aes_with_an_empty_password_opens_by_itself(algorithm):
    pytest.importorskip("cryptography")
    assert load(encrypted("", algorithm)).text == load(PLAIN).text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<html><body>404 Not Found</body></html>", "not a PDF"),
        (bytes(range(256)) * 20, "not a PDF"),
        (b"%PDF-1.4\n", "damaged"),
        (PLAIN[: len(PLAIN) // 2], "damaged"),
        (PLAIN[:-40], "damaged"),
        (b"%PDF-1.4\n" + b"[" * 200_000, "damaged|nested"),
    ],
)
def test_what_cannot_be_read_ends_as_a_reason_and_a_cure(content, reason, caplog, capfd):
    with pytest.raises(LoadError, match=reason) as caught:
        load(content)
    assert caught.value.cure
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


def test_a_file_that_could_be_mended_says_so(caplog):
    document = load(b"junk before the header\n" + PLAIN)
    assert document.text == load(PLAIN).text
    assert [repair.kind for repair in document.repairs] == ["recovered damaged file"]
    assert "pdf header" in document.repairs[0].original
    assert not caplog.records


def test_one_broken_page_does_not_lose_the_others():
    writer = PdfWriter(clone_from=io.BytesIO(PLAIN))
    pages = len(writer.pages)
    broken = DecodedStreamObject()
    broken.set_data(b"not deflated at all")
    broken[NameObject("/Filter")] = NumberObject(7)
    extra = writer.add_blank_page(612, 792)
    extra[NameObject("/Contents")] = writer._add_object(broken)
    extra[NameObject("/Resources")] = writer.pages[0]["/Resources"]
    stream = io.BytesIO()
    writer.write(stream)
    document = load(stream.getvalue())
    assert len(document.pages) == pages + 1
    assert len(document.pages[-1].span) == 0
    assert document.repairs[0].kind == "recovered damaged file"
    assert f"page {pages + 1}" in document.repairs[0].original


def test_too_many_pages_are_refused():
    limits = Limits(10**7, 10**7, 200, 2, 30.0)
    content = drawing(lambda canvas: [canvas.showPage() for _ in range(3)])
    with pytest.raises(LoadError, match=r"3 pages, more than the 2 allowed.*max_pages"):
        load(content, limits=limits)


def test_more_text_than_allowed_is_refused():
    with pytest.raises(LoadError, match="max_unpacked_megabytes"):
        load(PLAIN, limits=Limits(10**7, 1000, 200, 50, 30.0))


def test_time_runs_out():
    with pytest.raises(LoadError, match="max_file_seconds"):
        load(PLAIN, limits=Limits(10**7, 10**7, 200, 50, 1e-9))


def test_a_bomb_is_refused():
    bomb = zlib.compress(b"q " * 45_000_000, 1)
    plain = drawing(lambda canvas: show(canvas, 72, 700, "x"), pageCompression=0)
    start = plain.index(b"stream\n", plain.index(b"/Length")) + len(b"stream\n")
    end = plain.index(b"endstream", start)
    header = plain.rindex(b"<<", 0, start)
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(bomb)
    content = plain[:header] + stream + bomb + b"\n" + plain[end:]
    with pytest.raises(LoadError, match="large"):
        load(content)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_loads_or_is_refused_and_nothing_else(data):
    content = bytearray(PLAIN)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    with contextlib.suppress(LoadError):
        document = load(bytes(content[:end]))
        assert document.pages[-1].span.end == len(document.text)


def test_the_logger_of_pypdf_is_left_as_it_was():
    logger = logging.getLogger("pypdf")
    before = (list(logger.handlers), logger.propagate, logger.level)
    load(b"junk\n" + PLAIN)
    with pytest.raises(LoadError):
        load(b"%PDF-1.4\n")
    assert (list(logger.handlers), logger.propagate, logger.level) == before


def test_the_same_file_loads_the_same_twice():
    assert load(PLAIN) == load(PLAIN)
    assert len(PdfReader(io.BytesIO(PLAIN)).pages) == len(load(PLAIN).pages)
