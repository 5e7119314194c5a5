"""In which language a text is, where there is enough of it."""

from histqa.corpus.language import language_name, language_of

ENGLISH = (
    "In August 1918 the Japanese government sent its troops to Vladivostok, together with those of "
    "the Allies, and in the course of the following years it sent many more than had been agreed. "
    "When the Americans left Siberia in the spring of 1920, the Japanese army did not go with them."
)
GERMAN = (
    "Im August 1918 schickte die japanische Regierung gemeinsam mit den Alliierten ihre Truppen "
    "nach Wladiwostok, und im Laufe der folgenden Jahre wurden es weit mehr, als man vereinbart "
    "hatte. Als die Amerikaner Sibirien im Frühjahr 1920 verließen, blieb die japanische Armee."
)
RUSSIAN = (
    "В августе 1918 года японское правительство вместе с союзниками направило свои войска во "
    "Владивосток, а в последующие годы их число намного превысило то, о котором договорились. "
    "Когда американцы весной 1920 года покинули Сибирь, японская армия осталась в ней надолго. "
    "Она вывела последние части из города только в октябре 1922 года, после долгих переговоров."
)


def test_languages_are_told_apart():
    found = [language_of(2 * text) for text in (ENGLISH, GERMAN, RUSSIAN)]
    assert found == ["en", "de", "ru"]


def test_too_short_a_text_is_not_judged():
    assert (
        language_of("") == language_of("Der Krieg begann 1914.") == language_of("1914 " * 500) == ""
    )


def test_a_foreign_preface_does_not_decide():
    assert language_of(20 * GERMAN + 100 * ENGLISH) == "en"


def test_a_language_without_a_name_is_called_by_its_code():
    assert language_name("de") == "German"
    assert "'xx'" in language_name("xx")
