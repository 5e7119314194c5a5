"""Word documents: everything that Word shows as text, and nothing that it does not."""

import zipfile
from io import BytesIO

from docx.enum.text import WD_BREAK

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def essay(document) -> None:
    document.core_properties.title = "Word Document"
    document.core_properties.author = "Ann Author"
    document.add_paragraph("The War", style="Title")
    document.add_heading("Causes", 1)
    paragraph = document.add_paragraph("It began in 1914.")
    mark = paragraph.add_run("12")
    mark.font.superscript = True
    paragraph.add_run(" On the 4")
    paragraph.add_run("th").font.superscript = True
    paragraph.add_run(" they came.")
    paragraph.add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["Year", "Men", "1918", "72,000"], strict=True):
        cell.text = text
    document.add_heading("End", 2)
    document.add_paragraph("It ended.")


def body(inner: str) -> dict[str, str]:
    return {"word/document.xml": f"<w:document {W}><w:body>{inner}</w:body></w:document>"}


def nothing(document) -> None:
    """An empty document."""


def test_headings_items_rows_and_marks_are_read_in_order(load, make_docx) -> None:
    document = load("a.docx", make_docx(essay))
    assert document.text.split("\n\n") == [
        "The War",
        "Causes",
        "It began in 1914. On the 4th they came.",
        "one\ntwo\nYear | Men\n1918 | 72,000",
        "End",
        "It ended.",
    ]
    assert [(found.level, found.text) for found in document.headings] == [
        (1, "The War"),
        (2, "Causes"),
        (3, "End"),
    ]
    assert (document.title, document.author, document.pages) == ("The War", "Ann Author", ())
    assert [(found.kind, found.original) for found in document.repairs] == [
        ("removed footnote mark", "12")
    ]


def test_what_programs_write_is_no_title_and_no_author(load, make_docx) -> None:
    document = load("a.docx", make_docx(lambda new: new.add_paragraph("Only some words.")))
    assert (document.title, document.author) == ("", "")


def test_inserted_text_counts_and_deleted_text_does_not(load, make_docx) -> None:
    run = "<w:r><w:t xml:space='preserve'>{0}</w:t></w:r>"
    inner = (
        f"<w:p>{run.format('It ')}<w:ins>{run.format('really ')}</w:ins>"
        f"<w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
        f"<w:moveFrom>{run.format('no ')}</w:moveFrom>{run.format('began.')}</w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run.format('In a control.')}</w:p></w:sdtContent></w:sdt>"
    )
    document = load("a.docx", make_docx(nothing, body(inner)))
    assert document.text == "It really began.\n\nIn a control."


def test_bold_lines_are_headings_where_no_style_tells_any(load, make_docx) -> None:
    def bold(document) -> None:
        document.add_paragraph().add_run("The causes").bold = True
        document.add_paragraph("They were many, and none was good.")

    def styled(document) -> None:
        bold(document)
        document.add_heading("The end", 1)
        document.add_paragraph("It came.")

    assert [found.text for found in load("a.docx", make_docx(bold)).headings] == ["The causes"]
    assert [found.text for found in load("a.docx", make_docx(styled)).headings] == ["The end"]


def test_footnotes_follow_the_text(load, make_docx) -> None:
    plain = make_docx(lambda new: new.add_paragraph("It began."))
    with zipfile.ZipFile(BytesIO(plain)) as archive:
        relations = archive.read("word/_rels/document.xml.rels").decode()
        types = archive.read("[Content_Types].xml").decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    notes = (
        f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p><w:r><w:t>line</w:t></w:r>'
        '</w:p></w:footnote><w:footnote w:id="1"><w:p><w:r><w:t>See Smith, p. 5.</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    )
    override = (
        '<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.wordprocessingml.footnotes+xml"/></Types>'
    )
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'
    content = make_docx(
        lambda new: new.add_paragraph("It began."),
        {
            "word/footnotes.xml": notes,
            "[Content_Types].xml": types.replace("</Types>", override),
            "word/_rels/document.xml.rels": relations.replace("</Relationships>", relation),
        },
    )
    assert load("a.docx", content).text == "It began.\n\nSee Smith, p. 5."


def test_a_printed_table_of_contents_is_left_out_and_recorded(load, make_docx) -> None:
    def contents(document) -> None:
        style = document.styles.add_style("toc 1", 1)
        document.add_paragraph("Causes 5", style=style)
        document.add_heading("Causes", 1)
        document.add_paragraph("They were many.")

    document = load("a.docx", make_docx(contents))
    assert document.text == "Causes\n\nThey were many."
    assert document.repairs[0].original == "Causes 5"


def test_hidden_text_is_not_read(load, make_docx) -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Not shown.</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>Shown.</w:t></w:r>'
    members = body(f"<w:p>{hidden}{shown}</w:p>")
    assert load("a.docx", make_docx(nothing, members)).text == "Shown."
