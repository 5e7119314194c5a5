import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from histqa.stores.exact import ExactStore
from histqa.stores.sqlite import open_store, verify
from histqa.stores.sqlite.rows import packed, unpacked
from histqa.text import terms
from histqa.types import PARAGRAPH_BREAK

ANY_TEXT = st.text(st.characters(), max_size=40)
# Canonical texts hold no lone surrogates; names, and titles made from them, do.
PARAGRAPH = st.text(
    st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1, max_size=60
)
TEXTS = st.lists(PARAGRAPH, max_size=4).map(PARAGRAPH_BREAK.join)


@settings(max_examples=25, deadline=None)
@given(
    texts=st.lists(TEXTS, max_size=4),
    names=st.lists(ANY_TEXT, min_size=4, max_size=4, unique=True),
    title=ANY_TEXT,
)
def test_what_is_saved_is_what_is_opened(update, reading_of, query, texts, names, title):
    readings = [
        reading_of(name, text, path=name, title=title, author=title)
        for name, text in zip(names, texts, strict=False)
    ]
    oracle = ExactStore(readings)
    with tempfile.TemporaryDirectory() as place:
        update(Path(place), readings, manifest={"title": repr(title)})
        assert verify(Path(place)) == ()
        with open_store(Path(place)) as store:
            assert store.documents() == oracle.documents()
            ids = range(1, store.passage_count() + 1)
            assert store.passages(ids) == oracle.passages(ids)
            for reading in readings:
                document = reading.document
                assert store.document(document.doc_id) == document
                words = terms(document.text)
                assert store.document_frequencies(words) == oracle.document_frequencies(words)
                found, expected = store.matching(words, 5), oracle.matching(words, 5)
                assert [number for number, _ in found] == [number for number, _ in expected]


@given(st.lists(st.text(st.characters())))
def test_packed_texts_come_back_and_sort_like_the_texts(texts):
    assert [unpacked(packed(text)) for text in texts] == texts
    assert sorted(texts) == [unpacked(blob) for blob in sorted(map(packed, texts))]
