"""Names of columns as people write them -> the field of ExamQuestion that each of them means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from histqa.evaluation.records import Column

# Compared in lower case without anything but letters, accents apart, and without a number at the
# end ("Expected quote 2"). "unanswerable" and "tolerance" are no fields of their own: they turn
# "answerable" round and complete "numbers".
MEANINGS: dict[str, tuple[str, ...]] = {
    "id": ("id", "qid", "question id", "no", "nr", "number", "name", "key",
        "nummer", "numero", "id number",
    ),
    "question": ("question", "question text", "query", "q", "prompt", "text", "ask", "frage",
        "fragen", "pregunta", "question stem", "stem", "enunciado", "domanda", "pergunta", "vraag",
        "questions",
    ),
    "history": (
        "history", "earlier questions", "previous questions", "previous question", "before",
        "conversation", "follows", "after",
        "follow up to", "follow up of", "verlauf", "historial", "historique",
    ),
    "answers": (
        "answers", "answer", "expected answer", "expected answers", "correct answer", "solution",
        "correct answers", "right answer", "gold answer", "gold answers", "short answer", "a",
        "accepted answers", "reference answer", "ground truth",
        "expected", "antwort", "antworten", "erwartete antwort", "respuesta", "respuestas",
        "reponse", "reponses", "risposta", "resposta", "antwoord", "losung", "solucion",
        "key answer",
    ),
    "numbers": ("numbers", "numerical answer", "expected number", "expected numbers"),
    "tolerance": ("tolerance", "plus minus", "margin", "error margin"),
    "quote_groups": (
        "quote groups", "groups", "quotes", "quote", "expected quotes", "expected quote", "gold",
        "gold quote", "gold quotes", "evidence", "citation", "passage", "expected passage",
        "source text", "supporting text", "expected text",
        "zitat", "zitate", "beleg", "cita", "citas", "evidencia", "citation attendue", "preuve",
        "textstelle",
    ),
    "document": (
        "document", "doc", "doc id", "reading", "expected document", "file", "source", "article",
        "expected reading", "book", "expected source",
        "dokument", "quelle", "datei", "documento", "fuente", "lectura", "lecture", "fichier",
        "text title",
    ),
    "pages": ("pages", "page", "expected pages", "expected page", "page number", "p", "pp",
        "seite", "seiten", "pagina", "paginas",
    ),
    "answerable": (
        "answerable", "can be answered", "in readings", "in the readings", "is answerable",
        "in text", "in the text",
        "beantwortbar", "respondible",
    ),
    "unanswerable": (
        "unanswerable", "is impossible", "impossible", "not in readings", "not in the readings",
        "no answer", "near miss",
    ),
    "kind": ("kind", "type", "question type", "category", "question kind",
        "art", "fragetyp", "tipo", "typ",
    ),
    "tags": ("tags", "tag", "topic", "topics", "labels", "label", "unit", "keywords", "difficulty",
        "schlagworter", "thema", "etiquetas", "tema", "theme",
    ),
}  # fmt: skip

_LETTERS = re.compile(r"[^a-z]+")


def _key(name: str) -> str:
    return _LETTERS.sub("", unicodedata.normalize("NFKD", name.casefold()))


_BY_NAME = {_key(name): meaning for meaning, names in MEANINGS.items() for name in names}


def columns_of(names: Iterable[str]) -> tuple[Column, ...]:
    """What each column is taken for; several may mean the same and then add to each other."""
    return tuple(Column(name, _BY_NAME.get(_key(name), "")) for name in dict.fromkeys(names))
