"""run.py, alone and with real children: a tiny project, a real venv, a real pip, no network."""

from __future__ import annotations

import ast
import ensurepip
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
import zipfile
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

RUN = Path(__file__).parent.parent / "run.py"


def load() -> ModuleType:
    specification = importlib.util.spec_from_file_location("histqa_run", RUN)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


run = load()


# --- what needs no child ---


def test_an_old_python_can_parse_it() -> None:
    ast.parse(RUN.read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("minor", [6, 7, 8, 9, 10])
def test_an_old_python_gets_one_sentence(minor: int) -> None:
    python = shutil.which(f"python3.{minor}")
    found = python and subprocess.run([python, "-c", ""], capture_output=True, check=False)
    if not python or (found and found.returncode):
        pytest.skip(f"there is no Python 3.{minor} here")
    done = subprocess.run([python, RUN], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"histqa needs Python 3.11 or newer; {python} is 3.{minor}" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_sentence_for_an_old_python_names_a_newer_one_that_is_here() -> None:
    said = run.old_python_sentence(
        (3, 9, 18, "final", 0), "/usr/bin/python3", {"python3.12": 1}.get
    )
    assert said == (
        "histqa needs Python 3.11 or newer; /usr/bin/python3 is 3.9.18. "
        "python3.12 is installed here, so type: python3.12 run.py"
    )
    assert "Install a newer one" in run.old_python_sentence((3, 9, 18), "python3", {}.get)


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        ([], ["serve"]),
        (["--port", "8000"], ["serve", "--port", "8000"]),
        (["ask", "why?"], ["ask", "--update", "why?"]),
        (["eval", "q.csv"], ["eval", "--update", "q.csv"]),
        (["index", "readings", "--json"], ["index", "readings", "--json"]),
        (["--version"], ["--version"]),
    ],
)
def test_what_is_typed_becomes_a_command_of_histqa(typed: list[str], called: list[str]) -> None:
    assert run.histqa_arguments(typed) == called


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_streams_that_are_closed_are_no_fault(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" "{RUN}" --help {closed}'],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_fast_leaves_out_only_the_slow_tests_and_the_rest_goes_to_pytest() -> None:
    fast = dict(run.checks(["--fast", "-k", "quote"]))
    assert list(fast) == ["ruff check", "ruff format", "mypy", "lint-imports", "pytest"]
    assert fast["pytest"][-4:] == ["-m", "not slow", "-k", "quote"]
    assert "not slow" not in dict(run.checks([]))["pytest"]


LOGS = [
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
     "the disk is full"),
    ("[WinError 112] There is not enough space on the disk", "the disk is full"),
    ("WARNING: Retrying ... NewConnectionError('... [Errno -2] Name or service not known')\n"
     "ERROR: No matching distribution found for torch==2.13.0", "cannot be reached"),
    ("ProxyError('Cannot connect to proxy.')", "cannot be reached"),
    ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] ...'))",
     "PIP_CERT"),
    ("ERROR: No matching distribution found for torch==2.13.0",
     "torch==2.13.0 has no package for this machine"),
    ("ERROR: Cannot install torch==2.13.0 because these package versions have conflicting "
     "dependencies.", "torch==2.13.0 has no package for this machine"),
    ("HINT: This error might have occurred since this system does not have Windows Long Path "
     "support enabled.", "length of paths"),
    ("OSError: [Errno 13] Permission denied: '.venv/lib'", "cannot be written"),
    ("a line\nsomething {odd} happened\n\n", "something {odd} happened"),
    ("", "no reason was given"),
]  # fmt: skip


@pytest.mark.parametrize(("log", "said"), LOGS)
def test_what_pip_says_becomes_one_sentence(log: str, said: str) -> None:
    sentence = run.explain(log, "installing PyTorch")
    assert said in sentence
    assert sentence.startswith("installing PyTorch failed: ")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("system", "machine", "largest", "said"),
    [
        ("linux", "x86_64", 2**63 - 1, ""),
        ("win32", "AMD64", 2**63 - 1, ""),
        ("darwin", "arm64", 2**63 - 1, ""),
        ("win32", "x86", 2**31 - 1, "32-bit"),
        ("darwin", "x86_64", 2**63 - 1, "Intel Macs"),
    ],
)
def test_a_machine_that_pytorch_does_not_run_on_is_named(
    system: str, machine: str, largest: int, said: str
) -> None:
    problem = run.machine_problem(system, machine, largest)
    assert said in problem
    assert bool(problem) == bool(said)


def test_constraints_pin_torch_and_name_no_build_of_it() -> None:
    assert run.torch_arguments({})[0].startswith("torch==2.")
    assert run.torch_arguments({"TORCH_INDEX_URL": "file:///wheels"})[1:] == [
        "--no-deps", "--index-url", "file:///wheels"
    ]  # fmt: skip
    pins = (RUN.parent / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in pins.splitlines() if not line.startswith("#")]
    assert all("==" in line and "+" not in line and "@" not in line for line in lines)
    assert not any(line.startswith(("nvidia", "cuda", "triton")) for line in lines)


def test_constraints_pin_everything_that_histqa_needs_here() -> None:
    pins = (RUN.parent / "constraints.txt").read_text(encoding="utf-8")
    pinned = {canonicalize_name(line.split("==")[0]) for line in pins.splitlines() if "==" in line}
    needed, waiting = set(), [("histqa", "test"), ("histqa", "")]
    while waiting:
        name, extra = waiting.pop()
        for line in metadata.requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
                continue
            found = canonicalize_name(requirement.name)
            # PyTorch pins the CUDA packages of its Linux wheels itself.
            if found not in needed and not found.startswith(("nvidia", "cuda", "triton")):
                needed.add(found)
                waiting += [(found, wanted) for wanted in ("", *requirement.extras)]
    assert needed <= pinned


# --- with a tiny project: the real set-up in children ---

BACKEND = """
import base64, hashlib, zipfile
from pathlib import Path

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "histqa-0.1.0-py3-none-any.whl"
    info = "histqa-0.1.0.dist-info"
    with zipfile.ZipFile(Path(folder) / name, "w") as wheel:
        wheel.writestr("histqa.pth", str(Path("src").resolve()))
        wheel.writestr(info + "/METADATA",
            "Metadata-Version: 2.1\\nName: histqa\\nVersion: 0.1.0\\nProvides-Extra: test\\n"
            "Requires-Dist: torch\\nRequires-Dist: tester; extra == 'test'\\n")
        wheel.writestr(info + "/WHEEL",
            "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "/RECORD", "")
    return name

build_wheel = build_editable
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "histqa"
dynamic = ["version"]
"""


def wheel(folder: Path, name: str, version: str) -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}.py", f"version = {version!r}\n")
        file.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")


def make_project(root: Path) -> Path:
    (root / "src/histqa").mkdir(parents=True)
    (root / "wheels").mkdir()
    shutil.copy(RUN, root)
    for name, content in {
        "pyproject.toml": PROJECT,
        "constraints.txt": "torch==1.0\ntester==1.0\n",
        "backend.py": BACKEND,
        "src/histqa/__init__.py": "",
        "src/histqa/__main__.py": "import sys, torch; print(torch.version, sys.argv[1:])",
    }.items():
        (root / name).write_text(textwrap.dedent(content), encoding="utf-8")
    for name, version in (("torch", "1.0"), ("torch", "2.0"), ("tester", "1.0")):
        wheel(root / "wheels", name, version)
    return root


def start(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, root / "run.py", *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        cwd=root.parent,
        check=False,
        env=child_environment(root) | environment,
    )


def child_environment(root: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return kept | {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": (root / "wheels").as_uri(),
        "PIP_RETRIES": "0",
        "PYTHONIOENCODING": "ascii",
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_project(tmp_path_factory.mktemp("set up") / "Курс 1")
    done = start(root, "ask", "why?")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "setting up in .venv" in done.stdout
    assert "1.0 ['ask', '--update', 'why?']" in done.stdout
    return root


@pytest.mark.slow
def test_the_second_start_installs_nothing_and_is_quick(project: Path) -> None:
    began = time.perf_counter()
    done = start(project, "doctor")
    seconds = time.perf_counter() - began
    assert done.stdout == "1.0 ['doctor']\n"
    assert seconds < 1


@pytest.mark.slow
def test_a_changed_pin_is_installed_at_the_next_start_and_extras_stay(project: Path) -> None:
    pins = project / "constraints.txt"
    pins.write_text("torch==2.0\ntester==1.0\n", encoding="utf-8")
    done = start(project, "mcp")
    assert done.stdout == "2.0 ['mcp']\n"  # whoever reads it wants nothing but answers
    assert "installing" in done.stderr
    assert "making .venv" not in done.stderr


@pytest.mark.slow
def test_the_checks_get_the_test_extra_once(project: Path) -> None:
    done = start(project, "test")  # the tiny project has no checks to run, so all of them fail
    assert done.returncode == 1
    assert "failed: ruff check, ruff format, mypy, lint-imports, pytest" in done.stdout
    assert json.loads((project / ".venv/setup.json").read_text())["extras"] == ["test"]
    assert "setting up" not in start(project, "test").stdout
    assert "setting up" not in start(project, "doctor").stdout


@pytest.mark.slow
def test_a_half_made_environment_is_made_anew(project: Path) -> None:
    (project / ".venv/setup.json").unlink()
    stray = project / ".venv/half-unpacked"
    stray.mkdir()
    done = start(project, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "making .venv" in done.stdout
    assert not stray.exists()


@pytest.mark.slow
def test_a_set_up_killed_on_the_way_is_recovered(tmp_path: Path) -> None:
    root = make_project(tmp_path / "killed")
    child = subprocess.Popen(
        [sys.executable, root / "run.py", "doctor"],
        env=child_environment(root),
        stdout=subprocess.DEVNULL,
    )
    while not (root / ".venv/setup.log").exists():
        time.sleep(0.01)
    child.kill()
    child.wait()
    assert start(root, "doctor").stdout.endswith("1.0 ['doctor']\n")


@pytest.mark.slow
def test_two_starts_at_once_set_up_once(tmp_path: Path) -> None:
    root = make_project(tmp_path / "two")
    children = [
        subprocess.Popen(
            [sys.executable, root / "run.py", "doctor"],
            env=child_environment(root),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [child.communicate()[0] for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert sum("setting up in .venv" in output for output in said) == 1
    assert sum("waiting for it" in output for output in said) == 1


@pytest.mark.slow
def test_an_environment_that_we_did_not_make_is_filled_and_not_deleted(tmp_path: Path) -> None:
    root = make_project(tmp_path / "own")
    subprocess.run([sys.executable, "-m", "venv", root / ".venv"], check=True)
    mine = root / ".venv/mine.txt"
    mine.touch()
    done = start(root, "doctor")
    assert done.stdout.endswith("1.0 ['doctor']\n")
    assert mine.exists()


@pytest.mark.slow
def test_no_network_is_one_sentence(tmp_path: Path) -> None:
    root = make_project(tmp_path / "offline")
    unreachable = {"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "PIP_RETRIES": "1"}
    done = start(root, PIP_INDEX_URL="http://127.0.0.1:9/", **unreachable)
    assert done.returncode == 1
    assert done.stderr.startswith("run.py: installing PyTorch, the largest part failed: ")
    assert "the package index cannot be reached" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_package_that_does_not_exist_for_this_machine_is_one_sentence(tmp_path: Path) -> None:
    root = make_project(tmp_path / "exotic")
    for file in (root / "wheels").glob("torch*"):
        file.rename(file.with_name(file.name.replace("py3-none-any", "cp20-cp20-vax")))
    done = start(root)
    assert done.returncode == 1
    assert "torch==1.0 has no package for this machine and Python" in done.stderr
    assert done.stderr.count("\n") == 1


def blocking(folder: Path, *modules: str) -> str:
    """A folder for PYTHONPATH that makes the interpreter lack ``modules``."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import sys\n"
        "class Blocker:\n"
        "    @staticmethod\n"
        "    def find_spec(name, *rest):\n"
        f"        if name.split('.')[0] in {modules!r}: raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Blocker)\n",
        encoding="utf-8",
    )
    return str(folder)


@pytest.mark.parametrize("missing", [("venv",), ("ensurepip", "pip")])
def test_a_python_that_makes_no_environments_is_one_sentence(
    tmp_path: Path, missing: tuple[str, ...]
) -> None:
    root = make_project(tmp_path / "bare")
    done = start(root, PYTHONPATH=blocking(tmp_path / "blocked", *missing))
    assert done.returncode == 1
    assert "cannot make virtual environments" in done.stderr
    assert f"python3.{sys.version_info[1]}-venv" in done.stderr
    assert done.stderr.count("\n") == 1
    assert start(root, "--help").stdout == run.USAGE


@pytest.mark.slow
def test_a_pip_that_is_there_makes_up_for_a_missing_ensurepip(tmp_path: Path) -> None:
    bundled = next((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"), None)
    if not bundled:
        pytest.skip("this Python keeps the wheel of pip elsewhere")
    root = make_project(tmp_path / "debian")
    shutil.copy(bundled, root / "wheels")
    done = start(root, "doctor", PYTHONPATH=blocking(tmp_path / "blocked", "ensurepip"))
    assert "installing pip ..." in done.stdout, done.stdout + done.stderr
    assert done.stdout.endswith("1.0 ['doctor']\n")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    root = make_project(tmp_path / "locked")
    root.chmod(0o555)
    done = start(root)
    assert done.returncode == 1
    assert "a file cannot be written" in done.stderr
    assert done.stderr.count("\n") == 1
