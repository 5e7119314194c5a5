"""A language -> what the compact chat says in it of itself; the readings stay in their own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """All words of the compact chat; its script gets them by these names."""

    title: str
    welcome: str
    question: str
    ask: str
    looking: str
    understood: str
    not_found: str
    nearest: str
    failed: str
    needs_script: str


LABELS = {
    "en": Labels(
        title="Ask the readings",
        welcome="Answers are quoted from the readings, word for word; every quote names its place.",
        question="Your question",
        ask="Ask",
        looking="Looking through the readings …",
        understood="Understood as",
        not_found="The readings do not say.",
        nearest="The nearest passages, which are not an answer:",
        failed="That did not work. Please ask again.",
        needs_script="This page needs JavaScript.",
    ),
    "de": Labels(
        title="Frag die Texte",
        welcome="Antworten sind wörtliche Zitate aus den Texten; jedes nennt seine Stelle.",
        question="Ihre Frage",
        ask="Fragen",
        looking="Die Texte werden durchsucht …",
        understood="Verstanden als",
        not_found="Die Texte sagen dazu nichts.",
        nearest="Die nächstliegenden Stellen, die keine Antwort sind:",
        failed="Das ging nicht. Bitte fragen Sie noch einmal.",
        needs_script="Diese Seite braucht JavaScript.",
    ),
    "es": Labels(
        title="Pregunte a las lecturas",
        welcome="Las respuestas son citas literales de las lecturas; cada una indica su lugar.",
        question="Su pregunta",
        ask="Preguntar",
        looking="Buscando en las lecturas …",
        understood="Entendido como",
        not_found="Las lecturas no lo dicen.",
        nearest="Los pasajes más cercanos, que no son una respuesta:",
        failed="No ha funcionado. Pregunte de nuevo, por favor.",
        needs_script="Esta página necesita JavaScript.",
    ),
    "fr": Labels(
        title="Interroger les lectures",
        welcome="Les réponses citent les lectures mot pour mot ; chaque citation indique sa place.",
        question="Votre question",
        ask="Demander",
        looking="Recherche dans les lectures …",
        understood="Compris comme",
        not_found="Les lectures ne le disent pas.",
        nearest="Les passages les plus proches, qui ne sont pas une réponse :",
        failed="Cela n’a pas fonctionné. Veuillez redemander.",
        needs_script="Cette page a besoin de JavaScript.",
    ),
}
