"""Building and updating: what an index holds depends on the corpus alone, not on its history."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from histqa.embedders.hashing import HashingEmbedder
from histqa.errors import CorpusError, IndexBusy, IndexMissing, IndexOutdated
from histqa.index import build_index, is_up_to_date, open_index
from histqa.index.manifest import aliases_in
from histqa.settings import Settings
from histqa.stages import Vectors
from histqa.stores.sqlite.writer import IndexWriter
from histqa.types import Alias, IndexReport, Problem

SENTENCES = (
    "The Allies withdrew their troops from Siberia in the spring of 1920.",
    "Japan kept {n} battalions in Vladivostok until the autumn of 1922.",
    "The Czechoslovak legion held {n} stations along the railway.",
    "General Graves commanded {n} thousand American soldiers at that time.",
    "Nobody in Tokyo could say what the expedition had cost by month {n}.",
    "The Bolshevik envoys proposed a treaty with {n} articles at Dairen.",
)


class CountingEmbedder(HashingEmbedder):
    """Remembers what it was asked to embed."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().embed(texts)


class OtherEmbedder(CountingEmbedder):
    """The same with other weights."""

    @property
    def fingerprint(self) -> str:
        return "0" * 64

    def embed(self, texts: Sequence[str]) -> Vectors:
        return -super().embed(texts)


def reading(seed: int, paragraphs: int = 3) -> str:
    generator = random.Random(seed)
    return "\n\n".join(
        " ".join(
            line.format(n=generator.randrange(10**6)) for line in generator.sample(SENTENCES, 4)
        )
        for _ in range(paragraphs)
    )


@pytest.fixture
def settings(tmp_path) -> Settings:
    (tmp_path / "corpus").mkdir()
    return Settings(
        corpus=str(tmp_path / "corpus"), index=str(tmp_path / "index"), embedder="hashing"
    )


def write(settings: Settings, path: str, text: str) -> Path:
    place = Path(settings.corpus) / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return place


def write_pdf(settings: Settings, path: str, pages: Sequence[str]) -> None:
    canvas = Canvas(str(Path(settings.corpus) / path), pagesize=A4)
    for page in pages:
        text = canvas.beginText(60, 760)
        for paragraph in page.split("\n\n"):
            line = ""
            for word in paragraph.split():
                if len(line) + len(word) > 80:
                    text.textLine(line)
                    line = ""
                line = f"{line} {word}".strip()
            text.textLine(line)
            text.textLine("")
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()


def contents(settings: Settings) -> tuple[object, ...]:
    """All that can be asked of an index, without ids and generation."""
    with open_index(settings) as store:
        documents = [store.document(document.doc_id) for document in store.documents()]
        vector = HashingEmbedder().embed(["Japan kept battalions in Vladivostok"])[0]
        found = []
        for hits in (store.nearest(vector, 30), store.matching(["japan", "railway"], 30)):
            passages = store.passages([passage_id for passage_id, _ in hits])
            sentences = store.similarities(vector, [passage_id for passage_id, _ in hits])
            found.append([(passage, hit[1]) for passage, hit in zip(passages, hits, strict=True)])
            found.append(list(sentences))
        return documents, found, store.passage_count()


def lines(report: IndexReport) -> list[Problem]:
    return list(report.problems)


def counts(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def test_a_first_build_indexes_every_reading_and_counts_it(settings):
    write(settings, "a.txt", reading(1))
    write(settings, "week 2/b.txt", reading(2, 5))
    report = build_index(settings)
    assert (report.files, report.readings, report.problems) == (2, 2, ())
    assert counts(report) == (2, 0, 0, 0)
    with open_index(settings) as store:
        documents = store.documents()
        assert [document.path for document in documents] == ["a.txt", "week 2/b.txt"]
        assert [document.unit for document in documents] == ["", "week 2"]
        assert documents[0].language == "en"
        assert store.passage_count() == report.passages
        words = [len(store.document(document.doc_id).text.split()) for document in documents]
        assert sum(words) == report.words


def test_nothing_is_written_embedded_or_loaded_when_nothing_changed(settings):
    write(settings, "a.txt", reading(1))
    build_index(settings)
    before = {path: path.read_bytes() for path in Path(settings.index).iterdir()}
    asked: list[tuple[str, int, int]] = []
    embedder = CountingEmbedder()
    report = build_index(settings, embedder=embedder, progress=lambda *told: asked.append(told))
    assert {path: path.read_bytes() for path in Path(settings.index).iterdir()} == before
    assert embedder.texts == []
    assert counts(report) == (0, 0, 0, 1)
    assert {stage for stage, _, _ in asked} == {"scanning"}
    assert is_up_to_date(settings)


def test_an_up_to_date_index_is_found_so_without_heavy_libraries(settings):
    write(settings, "a.txt", reading(1))
    build_index(settings)
    program = (
        "import sys\n"
        "from histqa.index import is_up_to_date\n"
        "from histqa.settings import Settings\n"
        f"assert is_up_to_date(Settings(corpus={settings.corpus!r}, index={settings.index!r},"
        " embedder='hashing'))\n"
        "assert not {'torch', 'gradio', 'pypdf', 'trafilatura', 'docx'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_only_what_is_new_or_changed_is_embedded(settings):
    write(settings, "a.txt", reading(1))
    write(settings, "b.txt", reading(2))
    build_index(settings)
    embedder = CountingEmbedder()
    write(settings, "b.txt", reading(3))
    write(settings, "c.txt", reading(4))
    report = build_index(settings, embedder=embedder)
    assert counts(report) == (1, 1, 0, 1)
    with open_index(settings) as store:
        ours = {document.doc_id for document in store.documents() if document.path != "a.txt"}
        ids = range(1, 100)
        known = [passage_id for passage_id in ids if _has(store, passage_id)]
        passages = [one for one in store.passages(known) if one.doc_id in ours]
        wanted = {passage.searched_text for passage in passages} | {
            passage.sentence_text(sentence)
            for passage in passages
            for sentence in passage.sentences
        }
    assert sorted(embedder.texts) == sorted(wanted)


def _has(store, passage_id: int) -> bool:
    try:
        store.passages([passage_id])
    except KeyError:
        return False
    return True


def test_each_text_is_embedded_once_however_often_it_stands_there(settings):
    refrain = "The Allies withdrew their troops from Siberia in the spring of 1920."
    write(settings, "a.txt", "\n\n".join([refrain] * 5 + [reading(1)]))
    embedder = CountingEmbedder()
    build_index(settings, embedder=embedder)
    assert embedder.texts.count(refrain) == 1


@pytest.mark.parametrize("seed", range(3))
def test_an_updated_index_equals_a_fresh_one_whatever_happened_before(settings, tmp_path, seed):
    generator = random.Random(seed)
    names = [f"{folder}{name}.txt" for folder in ("", "w 1/", "w 2/") for name in "abc"]
    write(settings, "always.txt", reading(99))
    for _ in range(4):
        for _ in range(generator.randrange(4)):
            there = sorted(name for name in names if (Path(settings.corpus) / name).exists())
            if there and generator.random() < 0.4:
                (Path(settings.corpus) / generator.choice(there)).unlink()
            else:  # few texts, so that some files repeat others
                write(settings, generator.choice(names), reading(generator.randrange(4)))
        if generator.random() < 0.5:
            title = generator.choice(["One", "Two"])
            write(
                settings, "readings.toml", f'["{names[0]}"]\ntitle = "{title}"\nauthor = "X{seed}"'
            )
        updated = build_index(settings)
        fresh_settings = replace(settings, index=str(tmp_path / "fresh"))
        shutil.rmtree(fresh_settings.index, ignore_errors=True)
        fresh = build_index(fresh_settings)
        assert contents(settings) == contents(fresh_settings)
        assert lines(updated) == lines(fresh)
        assert (updated.readings, updated.words, updated.passages) == (
            fresh.readings,
            fresh.words,
            fresh.passages,
        )
        assert is_up_to_date(settings)


def test_a_removed_file_is_gone_and_no_model_is_needed_for_it(settings):
    write(settings, "a.txt", reading(1))
    place = write(settings, "b.txt", reading(2))
    build_index(settings)
    place.unlink()
    embedder = CountingEmbedder()
    assert counts(build_index(settings, embedder=embedder)) == (0, 0, 1, 1)
    assert embedder.texts == []
    with open_index(settings) as store:
        assert [document.path for document in store.documents()] == ["a.txt"]
        assert store.manifest["model"] == "hashing"


def test_broken_files_are_named_and_the_good_ones_indexed(settings):
    write(settings, "good.txt", reading(1))
    write(settings, "broken.pdf", "no PDF at all")
    write(settings, "broken.docx", "no zip at all")
    write(settings, "empty.txt", "")
    write(settings, "short.txt", "Only three words.")
    write(settings, "picture.jpg", "x")
    first = build_index(settings)
    found = {problem.path: problem.severity for problem in first.problems}
    assert found == {
        "broken.docx": "error",
        "broken.pdf": "error",
        "empty.txt": "error",
        "picture.jpg": "warning",
        "short.txt": "warning",
    }
    assert all(problem.reason and problem.cure for problem in first.problems)
    assert (first.files, first.readings) == (5, 2)
    again = build_index(settings)
    assert again.problems == first.problems
    assert counts(again) == (0, 0, 0, 5)


def test_a_mended_file_loses_its_problem(settings):
    write(settings, "good.txt", reading(1))
    write(settings, "a.txt", "")
    assert build_index(settings).problems
    write(settings, "a.txt", reading(2))
    assert build_index(settings).problems == ()


def test_a_file_that_breaks_is_gone_from_the_index(settings):
    write(settings, "good.txt", reading(1))
    write(settings, "a.txt", reading(2))
    build_index(settings)
    write(settings, "a.txt", "")
    assert build_index(settings).readings == 1
    with open_index(settings) as store:
        assert [document.path for document in store.documents()] == ["good.txt"]


def test_files_that_failed_are_tried_again_under_other_limits(settings):
    write(settings, "good.txt", reading(1))
    document = docx.Document()
    document.add_paragraph(reading(2).replace("\n\n", " "))
    document.save(str(Path(settings.corpus) / "slow.docx"))
    hurried = replace(settings, max_file_seconds=0.001)
    (problem,) = build_index(hurried).problems
    assert "longer than" in problem.reason
    assert is_up_to_date(hurried)
    assert not is_up_to_date(settings)
    report = build_index(settings)
    assert (report.readings, report.problems) == (2, ())


def test_the_same_reading_as_pdf_and_text_is_indexed_once_with_its_pages(settings):
    pages = [reading(seed, 4) for seed in (1, 2)]
    write(settings, "a.txt", "\n\n".join(pages))
    write_pdf(settings, "b.pdf", pages)
    report = build_index(settings)
    (problem,) = report.problems
    assert (problem.path, problem.severity) == ("a.txt", "warning")
    assert "the same reading as b.pdf" in problem.reason
    assert (report.files, report.readings, report.pages) == (2, 1, 2)
    (Path(settings.corpus) / "b.pdf").unlink()
    assert build_index(settings).problems == ()
    with open_index(settings) as store:
        assert [document.path for document in store.documents()] == ["a.txt"]


@pytest.mark.slow
def test_a_pdf_with_pages_of_no_text_does_not_replace_the_whole_text(settings):
    pages = [reading(seed, 4) for seed in range(8)]
    write(settings, "a.txt", "\n\n".join(pages))
    write_pdf(settings, "b.pdf", [*pages, ""])
    report = build_index(settings)
    with open_index(settings) as store:
        assert [document.path for document in store.documents()] == ["a.txt"]
    assert "the same reading as a.txt" in report.problems[0].reason
    assert report.empty_pages == 0


def test_pages_without_text_are_counted_and_named(settings):
    write_pdf(settings, "a.pdf", [reading(1), "", "", reading(2), ""])
    report = build_index(settings)
    (problem,) = report.problems
    assert (report.pages, report.empty_pages) == (5, 3)
    assert "pages 2-3 and 5 have no text layer" in problem.reason
    assert "OCRmyPDF" in problem.cure


def test_a_foreign_reading_is_indexed_with_a_warning(settings):
    write(
        settings,
        "a.txt",
        "Im August 1918 schickte die japanische Regierung gemeinsam mit den Alliierten Truppen "
        "nach Wladiwostok, und im Laufe der folgenden Jahre wurden es mehr, als man vereinbart "
        "hatte. Als die Amerikaner Sibirien verließen, blieb die japanische Armee dort stehen. "
        "Niemand in Tokio konnte sagen, was das Unternehmen bis dahin gekostet hatte.",
    )
    report = build_index(settings)
    assert report.readings == 1
    assert "German" in report.problems[0].reason
    with open_index(settings) as store:
        assert store.documents()[0].language == "de"


def test_readings_toml_decides_and_its_mistakes_are_reported(settings):
    write(settings, "a.txt", reading(1))
    text = '["a.txt"]\ntitle = "The Siberian Expedition"\nauthr = "X"\n["b.txt"]\n'
    write(settings, "readings.toml", text)
    report = build_index(settings)
    assert [problem.path for problem in report.problems] == ["readings.toml"] * 2
    with open_index(settings) as store:
        assert store.documents()[0].title == "The Siberian Expedition"
        assert store.matching(["expedit"], 1)


def test_another_author_is_recorded_without_embedding_and_another_title_with(settings):
    write(settings, "a.txt", reading(1))
    build_index(settings)
    embedder = CountingEmbedder()
    write(settings, "readings.toml", '["a.txt"]\nauthor = "W. Graves"\ndate = 1931')
    assert counts(build_index(settings, embedder=embedder)) == (0, 1, 0, 0)
    assert embedder.texts == []
    with open_index(settings) as store:
        assert (store.documents()[0].author, store.documents()[0].date) == ("W. Graves", "1931")
    write(settings, "readings.toml", '["a.txt"]\ntitle = "Adventure"')
    build_index(settings, embedder=embedder)
    assert any(text.startswith("Adventure. ") for text in embedder.texts)
    with open_index(settings) as store:
        assert (store.documents()[0].title, store.documents()[0].author) == ("Adventure", "")


def test_names_toml_is_taken_up_without_embedding_and_its_mistakes_are_reported(settings):
    write(settings, "a.txt", reading(1))
    build_index(settings)
    embedder = CountingEmbedder()
    write(settings, "names.toml", '[[name]]\nnames = ["Allies", "Entente"]\n[[name]]\nnames = 7\n')
    assert not is_up_to_date(settings)
    report = build_index(settings, embedder=embedder)
    assert (counts(report), embedder.texts) == ((0, 0, 0, 1), [])
    assert [problem.path for problem in report.problems] == ["names.toml"]
    assert is_up_to_date(settings)
    with open_index(settings) as store:
        assert aliases_in(store.manifest) == (Alias(("Allies", "Entente")),)
        generation = store.generation
    assert build_index(settings, embedder=embedder).unchanged == 1
    with open_index(settings) as store:
        assert store.generation == generation
    write(settings, "names.toml", "[[name]]\nnames = \n")
    (problem,) = build_index(settings, embedder=embedder).problems
    assert "line 2" in problem.reason
    with open_index(settings) as store:
        assert (aliases_in(store.manifest), store.passage_count() > 0) == ((), True)


@pytest.mark.parametrize(
    "change", [{"passage_words": 20}, {"corpus": "elsewhere"}, {"embedder": "other"}]
)
def test_an_index_made_in_another_way_is_outdated_and_says_how(settings, change, tmp_path):
    write(settings, "a.txt", reading(1))
    build_index(settings)
    changed = replace(settings, **change)
    if "corpus" in change:
        open_index(changed).close()
        return
    with pytest.raises(IndexOutdated, match=rf"{next(iter(change))} is .*run `histqa index`"):
        open_index(changed)
    assert not is_up_to_date(changed)


def test_other_passages_are_made_of_every_reading(settings):
    write(settings, "a.txt", reading(1))
    write(settings, "b.txt", reading(2))
    build_index(settings)
    changed = replace(settings, passage_words=20)
    report = build_index(changed)
    assert counts(report) == (2, 0, 0, 0)
    fresh = replace(changed, index=f"{settings.index}-fresh")
    build_index(fresh)
    assert contents(changed) == contents(fresh)


def test_vectors_of_two_models_never_mix(settings):
    write(settings, "a.txt", reading(1))
    build_index(settings)
    other = OtherEmbedder()
    with pytest.raises(IndexOutdated, match="model_sha256"):
        open_index(settings, embedder=other)
    write(settings, "b.txt", reading(2))
    build_index(settings, embedder=other)
    with open_index(settings, embedder=other) as store:
        vector = other.embed(["Japan kept battalions in Vladivostok"])[0]
        scores = {}
        for passage_id, score in store.nearest(vector, 10):
            scores.setdefault(store.passages([passage_id])[0].doc_id, score)
        assert len(scores) == 2
        assert all(score > 0 for score in scores.values())
    with pytest.raises(IndexOutdated):
        open_index(settings, embedder=HashingEmbedder())


@pytest.mark.parametrize("change", ["nothing", "a file removed"])
def test_another_model_embeds_all_even_if_no_file_is_new(settings, change):
    write(settings, "a.txt", reading(1))
    place = write(settings, "b.txt", reading(2))
    build_index(settings)
    if change == "a file removed":
        place.unlink()
    other = OtherEmbedder()
    build_index(settings, embedder=other)
    assert other.texts
    with open_index(settings, embedder=other) as store:
        passage_id, score = store.nearest(other.embed([reading(1)])[0], 1)[0]
        assert score > 0
        assert store.passages([passage_id])


def test_a_rebuild_makes_everything_anew(settings):
    write(settings, "a.txt", reading(1))
    build_index(settings)
    before = contents(settings)
    embedder = CountingEmbedder()
    build_index(settings, embedder=embedder, rebuild=True)
    assert embedder.texts
    assert contents(settings) == before


def test_the_manifest_says_what_the_index_was_made_of(settings):
    write(settings, "a.txt", reading(1))
    build_index(settings)
    with open_index(settings) as store:
        manifest = store.manifest
    assert manifest["model"] == "hashing"
    assert manifest["model_sha256"] == HashingEmbedder().fingerprint
    assert manifest["dimension"] == str(HashingEmbedder().dimension)
    assert manifest["passage_words"] == "120"
    assert "pypdf" in manifest["libraries"]
    assert len(manifest["corpus_sha256"]) == 64


def test_an_emptied_corpus_never_wipes_the_index(settings):
    place = write(settings, "a.txt", reading(1))
    build_index(settings)
    before = contents(settings)
    place.unlink()
    with pytest.raises(CorpusError, match="left as it is"):
        build_index(settings)
    with pytest.raises(CorpusError):
        is_up_to_date(settings)
    assert contents(settings) == before


def test_the_readings_and_the_index_cannot_be_one_folder(settings):
    write(settings, "a.txt", reading(1))
    with pytest.raises(CorpusError, match="--index"):
        build_index(replace(settings, index=settings.corpus), embedder=HashingEmbedder())
    assert [path.name for path in Path(settings.corpus).iterdir()] == ["a.txt"]


def test_without_an_index_there_is_nothing_to_open(settings):
    write(settings, "a.txt", reading(1))
    assert not is_up_to_date(settings)
    with pytest.raises(IndexMissing, match="histqa index"):
        open_index(settings)


def test_the_old_index_serves_until_the_new_one_is_finished(settings):
    write(settings, "a.txt", reading(1))
    build_index(settings)
    before = contents(settings)
    write(settings, "b.txt", reading(2))

    class Failing(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            assert contents(settings) == before
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(settings, embedder=Failing())
    assert contents(settings) == before
    assert build_index(settings).readings == 2


@pytest.mark.skipif(sys.platform == "win32", reason="stops a process by signal")
@pytest.mark.slow
@pytest.mark.parametrize("stage", ["reading", "embedding", "saving"])
def test_a_build_that_is_killed_leaves_the_old_index(settings, stage):
    write(settings, "a.txt", reading(1))
    build_index(settings)
    before = contents(settings)
    write(settings, "b.txt", reading(2))
    program = (
        "import os, signal\n"
        "from histqa.index import build_index\n"
        "from histqa.settings import Settings\n"
        "def progress(stage, done, total):\n"
        f"    if stage == {stage!r} and not done:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        f"settings = Settings(corpus={settings.corpus!r}, index={settings.index!r},"
        " embedder='hashing')\n"
        "build_index(settings, progress=progress)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == -signal.SIGKILL
    assert contents(settings) == before
    assert not is_up_to_date(settings)
    assert counts(build_index(settings)) == (1, 0, 0, 1)


def test_a_second_build_at_the_same_time_is_refused(settings):
    write(settings, "a.txt", reading(1))
    with IndexWriter(Path(settings.index)), pytest.raises(IndexBusy):
        build_index(settings)
    assert build_index(settings).readings == 1


def test_a_corpus_of_broken_files_gives_an_empty_index_and_its_report(settings):
    write(settings, "a.txt", "")
    report = build_index(settings)
    assert (report.readings, len(report.problems)) == (0, 1)
    assert is_up_to_date(settings)
    write(settings, "b.txt", reading(1))
    assert build_index(settings).readings == 1


def test_where_no_file_can_be_read_the_index_is_left_as_it_is(settings):
    place = write(settings, "a.txt", reading(1))
    build_index(settings)
    before = contents(settings)
    place.write_bytes(b"x" * 1_000_001)
    with pytest.raises(CorpusError, match=r"a\.txt: too large.*left as it is"):
        build_index(replace(settings, max_file_megabytes=1))
    assert contents(settings) == before


def test_progress_ends_at_the_total_of_each_stage(settings):
    for seed in range(3):
        write(settings, f"{seed}.txt", reading(seed))
    told: list[tuple[str, int, int]] = []
    build_index(settings, progress=lambda *step: told.append(step))
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["scanning", "reading", "embedding", "saving"]
    for stage in stages:
        steps = [(done, total) for name, done, total in told if name == stage]
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1] > 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes as a name")
def test_readings_with_odd_names_are_indexed_and_found(settings):
    for number, name in enumerate([b"caf\xe9.txt", b"a\nb.txt", "北京.txt".encode()]):
        place = os.fsencode(settings.corpus) + b"/" + name
        Path(os.fsdecode(place)).write_text(reading(number), encoding="utf-8")
    report = build_index(settings)
    assert (report.readings, report.problems) == (3, ())
    assert is_up_to_date(settings)
    with open_index(settings) as store:
        assert sorted(document.path for document in store.documents()) == [
            "a\\nb.txt",
            "caf\\xe9.txt",
            "北京.txt",
        ]
