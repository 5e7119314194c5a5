"""The command line, mostly in this process; through a child where the process itself matters."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from histqa.assistant import Assistant
from histqa.errors import QuestionError
from histqa.frontends import cli
from histqa.frontends.signing import Signatures
from histqa.settings import load_settings

READINGS = {
    "siberia.txt": (
        "The Siberian Intervention\n\n"
        "Japan sent seventy thousand soldiers to Siberia in 1918.\n\n"
        "The last Japanese troops left Vladivostok in October 1922.\n"
    ),
    "unit 1/tea.md": (
        "# The Tea Party\n\nColonists threw the tea into Boston harbour in December 1773.\n"
    ),
}
QUESTION = "When did the last Japanese troops leave Vladivostok?"


@dataclass(frozen=True)
class Place:
    """A corpus and its index, with the environment that a child needs for them."""

    corpus: Path
    index: Path

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "HISTQA_CORPUS": str(self.corpus),
            "HISTQA_INDEX": str(self.index),
            "HISTQA_EMBEDDER": "hashing",
        }

    def child(self, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        settings = {"env": self.environment, "encoding": "utf-8", "capture_output": True}
        return subprocess.run(
            [sys.executable, "-m", "histqa", *arguments], **{**settings, **options}
        )  # type: ignore[call-overload, no-any-return]


def make_corpus(folder: Path) -> Path:
    for name, text in READINGS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("cli")
    place = Place(make_corpus(folder / "readings"), folder / "index")
    with pytest.MonkeyPatch.context() as patch:
        use(place, patch)
        assert cli.run(["index"]) == 0
    return place


def use(place: Place, patch: pytest.MonkeyPatch) -> None:
    for name, value in place.environment.items():
        if name.startswith("HISTQA_"):
            patch.setenv(name, value)
    patch.setenv("COLUMNS", "100")


@pytest.fixture
def here(built: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    use(built, monkeypatch)
    return built


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(make_corpus(tmp_path / "readings"), tmp_path / "index")
    use(place, monkeypatch)
    return place


def schema(name: str) -> dict[str, object]:
    path = files("histqa.frontends") / "schemas" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


Captured = pytest.CaptureFixture[str]


# --- link ---


def test_a_link_is_printed_alone_and_holds_as_long_as_is_said(
    here: Place, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HISTQA_SECRET", "a secret of sixteen or more")
    assert cli.run(["link", "--expires", "12h", "--base", "https://a.example/h/"]) == 0
    shown = capsys.readouterr()
    base, token = shown.out.strip().removesuffix("/").rsplit("/", 1)
    assert base == "https://a.example/h/link"
    expiry = Signatures("a secret of sixteen or more").expiry_of(token)
    assert 0 <= time.time() + 12 * 3600 - expiry < 60
    assert "It lets whoever has it in until" in shown.err
    assert 'set access = "link"' in shown.err


@pytest.mark.parametrize("time_given", ["", "0d", "30", "d", "-1d", "30s", "99999d", "³d"])
def test_a_time_that_is_none_is_wrong_usage(here: Place, capsys: Captured, time_given: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.run(["link", f"--expires={time_given}"])
    assert "such as 30d, 12h or 45m" in capsys.readouterr().err


@pytest.mark.parametrize("base", ["example.org", "ftp://a.example", "https://", "https://a/?b=c"])
def test_a_base_that_is_no_address_is_said(here: Place, capsys: Captured, base: str) -> None:
    assert cli.run(["link", "--base", base]) == 1
    assert "--base:" in capsys.readouterr().err


def test_the_doctor_does_not_show_the_secret(
    here: Place, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HISTQA_SECRET", "a secret of sixteen or more")
    cli.run(["doctor", "--json"])
    shown = capsys.readouterr().out
    assert "sixteen" not in shown
    assert "(not shown)" in shown


# --- ask ---


def test_a_question_gets_its_quote_and_place(here: Place, capsys: Captured) -> None:
    assert cli.run(["ask", QUESTION]) == 0
    shown = capsys.readouterr()
    assert "“The last Japanese troops left Vladivostok in October 1922.”" in shown.out
    assert "The Siberian Intervention · paragraph 3 · characters " in shown.out
    assert shown.err == ""


def test_a_question_needs_no_quotation_marks(here: Place, capsys: Captured) -> None:
    assert cli.run(["ask", *QUESTION.split()]) == 0
    assert "October 1922" in capsys.readouterr().out


def test_another_spelling_is_searched_and_told_unless_it_is_not_wanted(
    here: Place, capsys: Captured
) -> None:
    assert cli.run(["ask", "When did the troops leave Wladivostok?"]) == 0
    shown = capsys.readouterr().out
    assert "October 1922" in shown
    assert "Also searched: Vladivostok" in shown
    cli.run(["ask", "--no-variants", "When did the troops leave Wladivostok?"])
    assert "Also searched" not in capsys.readouterr().out
    cli.run(["ask", "--json", "When did the troops leave Wladivostok?"])
    assert json.loads(capsys.readouterr().out)["also_searched"] == ["Vladivostok"]


def test_json_is_one_object_as_its_schema_says(here: Place, capsys: Captured) -> None:
    assert cli.run(["ask", "--json", QUESTION]) == 0
    value = json.loads(capsys.readouterr().out)
    jsonschema.validate(value, schema("answer"))
    first = value["quotes"][0]
    with Assistant.open(settings=load_settings()) as assistant:
        text = assistant.document(first["doc_id"]).text
    assert text[first["start"] : first["end"]] == first["text"]


def test_what_the_readings_do_not_say_has_a_status_of_its_own(
    here: Place, capsys: Captured
) -> None:
    assert cli.run(["ask", "What is the boiling point of zirconium?"]) == 3
    assert capsys.readouterr().out.startswith("NOT FOUND.")


def test_readings_restrict_the_search(here: Place, capsys: Captured) -> None:
    cli.run(["ask", "--json", "--readings", "unit 1", QUESTION])
    value = json.loads(capsys.readouterr().out)
    assert "Siberian" not in json.dumps(value["quotes"] + value["related"])


def test_history_is_heard(here: Place, capsys: Captured) -> None:
    cli.run(["ask", "--json", "--history", QUESTION, "And when did they arrive there?"])
    value = json.loads(capsys.readouterr().out)
    assert value["question"] == "And when did they arrive there?"
    assert value["understood_as"] != value["question"]


# --- conversation ---


def typed(patch: pytest.MonkeyPatch, text: str) -> None:
    patch.setattr(sys, "stdin", io.StringIO(text))


def test_piped_lines_are_a_conversation(
    here: Place, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, f"{QUESTION}\n\n/new\n/help\nWho threw the tea?\n/quit\nnever asked\n")
    assert cli.run(["ask"]) == 0
    shown = capsys.readouterr()
    assert "October 1922" in shown.out
    assert "Boston harbour" in shown.out
    assert "forgets the conversation" in shown.out
    assert shown.err == ""


def test_at_a_terminal_it_greets_and_a_faulty_line_is_no_failure(
    fresh: Place, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert cli.run(["index", str(fresh.corpus / "unit 1")]) == 0
    capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", Terminal("\x00\nWho threw the tea?\n"))
    assert cli.run(["ask"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("Ask about 1 reading. /new starts afresh, /quit ends.\n\n? ")
    assert "Boston harbour" in shown.out
    assert "the question is empty" in shown.err


def test_a_line_is_understood_by_the_lines_before_it_until_new(
    here: Place, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_up = "And when did they arrive there?"
    typed(monkeypatch, f"{QUESTION}\n{follow_up}\n")
    assert cli.run(["ask"]) == 0
    assert "Understood as: " in capsys.readouterr().out
    typed(monkeypatch, f"{QUESTION}\n/new\n{follow_up}\n")
    assert cli.run(["ask"]) == 0
    assert "Understood as" not in capsys.readouterr().out


def test_a_faulty_line_does_not_end_the_conversation(
    here: Place, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, f"{'x' * 100_000}\n{QUESTION}\n")
    assert cli.run(["ask"]) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("histqa: the question has 100,000 characters")
    assert "October 1922" in shown.out


# --- index ---


def test_the_report_is_json_as_its_schema_says(fresh: Place, capsys: Captured) -> None:
    assert cli.run(["index", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    jsonschema.validate(value, schema("index"))
    assert (value["files"], value["readings"], value["added"]) == (2, 2, 2)


def test_a_folder_given_as_path_is_the_corpus(fresh: Place, capsys: Captured) -> None:
    only = fresh.corpus / "unit 1"
    assert cli.run(["index", str(only)]) == 0
    assert "readings            1  1 new\n" in capsys.readouterr().out


def test_strict_tells_problems_by_its_status_and_indexes_the_rest(
    fresh: Place, capsys: Captured
) -> None:
    (fresh.corpus / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    assert cli.run(["index"]) == 0
    assert "broken.pdf" in capsys.readouterr().out
    assert cli.run(["index", "--strict"]) == 4
    assert cli.run(["ask", QUESTION]) == 0


# --- what brings the index up to date ---


def test_ask_without_an_index_says_how_to_make_one(fresh: Place, capsys: Captured) -> None:
    assert cli.run(["ask", QUESTION]) == 1
    said = capsys.readouterr().err
    assert said.startswith("histqa: ")
    assert "histqa index" in said
    assert said.count("\n") == 1


def test_update_makes_the_index_and_hears_of_new_readings(fresh: Place, capsys: Captured) -> None:
    assert cli.run(["ask", "--update", QUESTION]) == 0
    assert "Bringing the index" in capsys.readouterr().err
    assert cli.run(["ask", "--update", QUESTION]) == 0
    assert capsys.readouterr().err == ""
    (fresh.corpus / "new.txt").write_text("Zeppelins crossed the Atlantic in 1919.\n")
    assert cli.run(["ask", "--update", "When did Zeppelins cross the Atlantic?"]) == 0
    assert "1919" in capsys.readouterr().out


def test_an_index_whose_readings_are_gone_still_answers(fresh: Place, capsys: Captured) -> None:
    assert cli.run(["index"]) == 0
    fresh.corpus.rename(fresh.corpus.with_name("moved away"))
    assert cli.run(["ask", "--update", QUESTION]) == 0
    shown = capsys.readouterr()
    assert "Going on with the index as it is" in shown.err
    assert "October 1922" in shown.out


# --- doctor ---


@pytest.mark.slow
def test_the_doctor_finds_nothing_broken_and_says_where_settings_come_from(
    here: Place, capsys: Captured
) -> None:
    assert cli.run(["doctor", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    jsonschema.validate(value, schema("doctor"))
    assert value["well"]
    origins = {setting["name"]: setting["origin"] for setting in value["settings"]}
    assert origins["embedder"] == "the variable HISTQA_EMBEDDER"
    assert origins["max_words"] == "default"
    said = [check["finding"] for check in value["checks"] if check["topic"] == "index"]
    assert "2 readings" in said[0]


@pytest.mark.slow
def test_the_doctor_names_a_damaged_index(fresh: Place, capsys: Captured) -> None:
    assert cli.run(["index"]) == 0
    database = fresh.index / "histqa.sqlite"
    content = database.read_bytes()
    database.write_bytes(content[: len(content) // 2])
    assert cli.run(["doctor"]) == 1
    assert "BROKEN  index" in capsys.readouterr().out


@pytest.mark.slow
def test_the_doctor_looks_on_where_a_setting_is_wrong(
    here: Place, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HISTQA_MAX_WORDS", "many")
    assert cli.run(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "BROKEN  settings  environment HISTQA_MAX_WORDS" in shown
    assert "ok      sqlite" in shown


# --- bad input: one table, through the library and through the command line ---

ASKED = {
    "emoji": "🙂🙂🙂",
    "right to left": "מתי עזבו הכוחות היפניים את ולדיווסטוק?",
    "overridden": "\u202eWhen did troops leave?\u202c",
    "control": "When \x1b[2J\x07 did \x00 troops leave?",
    "surrogate": "When did \udcff\ud800 troops leave?",
    "sql": "'\"; DROP TABLE passages; --",
    "fts": 'NEAR(a b, 2) AND "x OR NOT * ^ {title}: -y',
    "script": "<script>alert(1)</script>",
    "template": "${7*7} {{7*7}} %s %n {0}",
    "markup": "[bold]x[/bold] [/nothing]",
    "punctuation": "?!…",
    "one letter": "a",
    "option": "--json",
    "format": "{question} %(x)s",
}
REFUSED = {"empty": "", "blank": " \t\n", "long": "why " * 25_000, "unseen": "\x00\x1b\u200b"}


@pytest.mark.parametrize("question", ASKED.values(), ids=ASKED)
def test_an_odd_question_gets_a_sane_answer(question: str, here: Place, capsys: Captured) -> None:
    with Assistant.open(settings=load_settings()) as assistant:
        answer = assistant.ask(question)
        for quote in (*answer.quotes, *answer.related):
            assert quote.span.of(assistant.document(quote.doc_id).text) == quote.text
    status = cli.run(["ask", "--json", "--", question])
    assert status == (0 if answer.is_answered else 3)
    shown = capsys.readouterr()
    jsonschema.validate(json.loads(shown.out), schema("answer"))
    assert cli.run(["ask", "--", question]) == status
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("question", REFUSED.values(), ids=REFUSED)
def test_what_is_no_question_is_refused_in_one_line(
    question: str, here: Place, capsys: Captured
) -> None:
    with Assistant.open(settings=load_settings()) as assistant, pytest.raises(QuestionError):
        assistant.ask(question)
    assert cli.run(["ask", question]) == 1
    said = capsys.readouterr().err
    assert said.startswith("histqa: the question ")
    assert said.count("\n") == 1
    assert len(said) < 300


FAULTS: dict[str, tuple[list[str], str]] = {
    "no corpus": (["index", "no such folder"], "no such folder"),
    "empty corpus": (["index", ""], "corpus must not be empty"),
    "corpus is a file": (["index", __file__], "test_cli.py"),
    "unknown readings": (["ask", "--readings", "no such unit", "why?"], "no such unit"),
    "no words": (["ask", "--max-words", "0", "why?"], "max_words"),
    "bad port": (["serve", "--port", "99999"], "port"),
}


@pytest.mark.parametrize(("arguments", "named"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_line_that_names_what_is_wrong(
    arguments: list[str], named: str, here: Place, capsys: Captured
) -> None:
    assert cli.run(arguments) == 1
    said = capsys.readouterr().err
    assert said.startswith("histqa: ")
    assert named in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["ask", "--jsn", "x"],
        ["ask", "--max-words", "many", "x"],
        ["ask", "--json"],
        ["index", "here", "--corpus", "there"],
    ],
)
def test_wrong_usage_is_status_2(arguments: list[str], here: Place, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.run(arguments)
    assert ended.value.code == 2
    assert "usage: histqa" in capsys.readouterr().err


# --- the process ---


def test_help_comes_at_once() -> None:
    def seconds(*arguments: str) -> float:
        def once() -> float:
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
            return time.perf_counter() - began

        return min(once() for _ in range(3))

    # The aim is half a second; a bare start takes 12 ms at rest and bears a busy machine as well.
    assert seconds("-m", "histqa", "--help") < 30 * seconds("-c", "pass")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom histqa.frontends import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'faiss', 'gradio', 'numpy', 'rich', 'sqlite3'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)


@pytest.mark.slow
def test_importing_the_library_changes_nothing_in_the_process() -> None:
    code = (
        "import os, warnings, logging, faiss, torch\n"
        "def state():\n"
        "    threads = torch.get_num_threads(), faiss.omp_get_max_threads()\n"
        "    logs = logging.root.level, len(logging.root.handlers)\n"
        "    return dict(os.environ), threads, logs, list(warnings.filters), os.getcwd()\n"
        "before = state()\n"
        "import histqa.assistant, histqa.index, histqa.frontends.cli, histqa.frontends.view\n"
        "assert state() == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_command_line_sets_the_process_but_not_what_the_user_set() -> None:
    code = (
        "import os\nfrom histqa.frontends.cli.machine import prepare\n"
        "prepare(is_build=False, is_verbose=False, may_download=False)\n"
        "names = ('OMP_WAIT_POLICY', 'OMP_NUM_THREADS', 'HF_HUB_OFFLINE')\n"
        "print(*(os.environ[name] for name in names))"
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OMP_", "HF_"))
    } | {"OMP_WAIT_POLICY": "ACTIVE"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["ACTIVE", "1", "1"]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_any_console_can_show_any_answer(built: Place, encoding: str) -> None:
    environment = built.environment | {"PYTHONIOENCODING": encoding}
    shown = built.child("ask", "Kyōto ☭ 🙂?", env=environment, encoding=encoding)
    assert shown.stderr == ""
    assert shown.returncode in (0, 3)
    value = built.child("ask", "--json", "Kyōto ☭ 🙂?", env=environment, encoding=encoding)
    assert json.loads(value.stdout)["question"] == "Kyōto ☭ 🙂?"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_ctrl_c_is_quiet(built: Place) -> None:
    import signal

    child = subprocess.Popen(
        [sys.executable, "-m", "histqa", "ask"],
        env=built.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell that runs the tests in the background has them, and so this, ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert child.stdin
    assert child.stdout
    child.stdin.write(f"{QUESTION}\n".encode())
    child.stdin.flush()
    child.stdout.readline()  # it has begun to answer, so it is up
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert (child.returncode, said) == (130, b"")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no broken pipes")
def test_a_reader_that_goes_away_is_no_fault(built: Place) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "histqa", "ask", QUESTION],
        env=built.environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_output_that_finds_no_room_is_one_line(built: Place) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "histqa", "ask", QUESTION],
            env=built.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "histqa: the system: No space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_streams_that_are_closed_are_no_fault(built: Place, closed: str) -> None:
    question = "" if closed == "<&-" else f'"{QUESTION}"'
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m histqa ask {question} {closed}'],
        env=built.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_binary_input_is_read_as_far_as_it_goes(built: Place) -> None:
    piped = bytes(range(256)) + b"\n" + QUESTION.encode() + b"\n"
    done = subprocess.run(
        [sys.executable, "-m", "histqa", "ask"],
        env=built.environment,
        input=piped,
        capture_output=True,
        check=False,
    )
    assert b"October 1922" in done.stdout
    assert b"Traceback" not in done.stderr


@pytest.mark.slow
def test_everything_works_with_no_network_at_all(fresh: Place) -> None:
    refusing = fresh.corpus.parent / "refusing"
    refusing.mkdir()
    (refusing / "sitecustomize.py").write_text(
        "import socket, _socket\n"
        "def refuse(*arguments, **options): raise AssertionError('a socket was opened')\n"
        "class Refused(_socket.socket):\n"
        "    def __init__(self, *arguments, **options): refuse()\n"
        "socket.socket = socket.SocketType = Refused\n"
        "socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse\n",
        encoding="utf-8",
    )
    environment = {
        name: value for name, value in fresh.environment.items() if not name.startswith("HF_")
    }
    environment |= {"HISTQA_EMBEDDER": "minilm", "PYTHONPATH": str(refusing)}
    for arguments in (["index"], ["ask", "--update", QUESTION], ["doctor"]):
        done = fresh.child(*arguments, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "a socket was opened" not in done.stderr
    proof = subprocess.run(
        [sys.executable, "-c", "import socket; socket.socket()"],
        env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert b"a socket was opened" in proof.stderr
