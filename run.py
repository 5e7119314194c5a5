"""Sets histqa up in .venv, once, and starts it: `python3 run.py [test [--fast] | COMMAND ...]`.

Standard library only, and kept parseable by Python 3.6, so that an old one gets a sentence.
"""

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP, LOCK, LOG = VENV / "setup.json", VENV / "setup.lock", VENV / "setup.log"
TORCH_INDEX = "TORCH_INDEX_URL"
SMALL_GIGABYTES, LARGE_GIGABYTES = 3, 9

USAGE = f"""usage: python3 run.py [COMMAND ...]

  python3 run.py                  set up once, bring the index up to date, serve the web chat
  python3 run.py ask "QUESTION"   the same, and answer in the terminal
  python3 run.py test [--fast]    set up, then run every check (--fast: without the slow tests);
                                  anything after that goes to pytest
  python3 run.py COMMAND ...      any other command of histqa: index, serve, mcp, eval,
                                  feedback, doctor

The set-up lives in .venv, in this folder, and is made once. Paths are relative to this folder.
On Linux PyTorch comes with CUDA (6 GB); set {TORCH_INDEX} to the address of PyTorch's own index
of CPU wheels to need 2 GB instead.
"""


class SetupError(Exception):
    """The set-up cannot be made; the message is one sentence with the cure."""


def old_python_sentence(version, executable, find=shutil.which):
    """What someone reads who started this with a Python older than ``OLDEST``."""
    newer = next((name for name in newer_names() if find(name)), "")
    cure = (
        f"{newer} is installed here, so type: {newer} run.py"
        if newer
        else "Install a newer one (python.org, or your system's packages) and start run.py with it."
    )
    has = ".".join(str(part) for part in version[:3])
    return f"histqa needs Python {OLDEST[0]}.{OLDEST[1]} or newer; {executable} is {has}. {cure}"


def newer_names():
    """Names under which a Python that is new enough may be found, the best tried one first."""
    return [f"python3.{minor}" for minor in (11, 12, 13, 14)]


if sys.version_info < OLDEST:
    sys.exit(old_python_sentence(sys.version_info, sys.executable))


def main(arguments):
    """Set up what ``arguments`` need, then run them; returns the exit status."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed before the start, as by `run.py >&-`
            setattr(sys, name, open(os.devnull, "w"))  # noqa: PTH123, SIM115
        # A folder's name need not fit a cp1252 console.
        getattr(sys, name).reconfigure(errors="replace")
    if arguments[:1] in (["-h"], ["--help"], ["help"]):
        print(USAGE, end="")
        return 0
    os.chdir(ROOT)
    is_test = arguments[:1] == ["test"]
    try:
        # A client of `mcp` reads stdout: there it must find nothing but answers.
        aside = contextlib.redirect_stdout(sys.stderr if arguments[:1] == ["mcp"] else sys.stdout)
        with aside:
            set_up(["test"] if is_test else [])
    except SetupError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nrun.py: set-up interrupted; the next start makes it anew", file=sys.stderr)
        return 130
    return run_checks(arguments[1:]) if is_test else start(histqa_arguments(arguments))


def histqa_arguments(arguments):
    """What ``histqa`` is called with: no command means the web chat; questions update first."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] != "--version"):
        return ["serve", *arguments]
    if arguments[0] in ("ask", "eval"):
        return [arguments[0], "--update", *arguments[1:]]
    return list(arguments)


def start(arguments):
    """Become ``histqa ARGUMENTS`` (on Windows, where exec would free the console: wait for it)."""
    command = [str(VENV_PYTHON), "-m", "histqa", *arguments]
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the child got the same Ctrl-C and ends by itself


# --- the checks ---


def run_checks(arguments):
    """Run every check, all of them whatever fails; 0 if all passed, else 1."""
    began = time.monotonic()
    environment = {"OMP_WAIT_POLICY": "PASSIVE", "HF_HUB_OFFLINE": "1", "PYTHONIOENCODING": "utf-8"}
    environment = {**os.environ, **environment}
    failed = []
    for name, command in checks(arguments):
        print(f"--- {name}", flush=True)
        if subprocess.call([str(VENV_PYTHON), *command], env=environment):
            failed.append(name)
    seconds = time.monotonic() - began
    verdict = f"failed: {', '.join(failed)}" if failed else "every check passed"
    print(f"--- {verdict} ({seconds:.0f} s)")
    return 1 if failed else 0


def checks(arguments):
    """The checks as (name, arguments of Python); what is not ``--fast`` goes to pytest."""
    pytest = ["-m", "pytest", "-q", *workers(os.cpu_count() or 1)]
    if "--fast" in arguments:
        pytest += ["-m", "not slow"]
    layers = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return [
        ("ruff check", ["-m", "ruff", "check", "."]),
        ("ruff format", ["-m", "ruff", "format", "--check", "."]),
        ("mypy", ["-m", "mypy"]),
        ("lint-imports", ["-c", layers]),
        ("pytest", pytest + [word for word in arguments if word != "--fast"]),
    ]


def workers(cores):
    """Options of pytest that use the cores; a file stays together, for it shares its fixtures."""
    return ["-n", str(min(cores, 4)), "--dist", "loadfile"] if cores > 1 else []


# --- the set-up ---


def set_up(extras):
    """Make or update .venv unless its stamp says that it holds what is wanted."""
    wanted = wanted_stamp(extras)
    if is_ready(read_stamp(), wanted):
        return
    for problem in (machine_problem(sys.platform, platform.machine(), sys.maxsize), disk_problem()):
        if problem:
            raise SetupError(problem)
    try:
        VENV.mkdir(exist_ok=True)
        is_foreign = (VENV / "pyvenv.cfg").exists() and not LOCK.exists()
        with only_one():
            if not is_ready(read_stamp(), wanted):
                install(wanted, is_foreign)
    except OSError as error:
        raise SetupError(explain(str(error), "the set-up")) from error


def wanted_stamp(extras):
    """What decides whether .venv is still right."""
    requirements = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        requirements.update((ROOT / name).read_bytes())
    return {
        "python": f"{sys.version_info[0]}.{sys.version_info[1]} {platform.machine()}",
        "folder": str(ROOT),
        "requirements": requirements.hexdigest(),
        "extras": sorted(extras),
    }


def read_stamp():
    """The stamp of .venv, {} where there is none or it cannot be read."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_ready(stamp, wanted):
    """Whether an environment with ``stamp`` has all that ``wanted`` asks for."""
    same = all(stamp.get(key) == wanted[key] for key in ("python", "folder", "requirements"))
    return same and set(wanted["extras"]) <= set(stamp.get("extras", [])) and VENV_PYTHON.exists()


def is_updatable(stamp, wanted):
    """Whether pip can bring an environment with ``stamp`` up to ``wanted`` in place."""
    same = all(stamp.get(key) == wanted[key] for key in ("python", "folder"))
    return same and VENV_PYTHON.exists()


def install(wanted, is_foreign):
    """Fill .venv; the stamp is written last, so that an interrupted set-up is seen and redone."""
    began = time.monotonic()
    stamp = read_stamp()
    extras = sorted({*wanted["extras"], *stamp.get("extras", [])})
    print(
        "run.py: setting up in .venv, once; two to four minutes, longer on a slow line", flush=True
    )
    is_kept = is_updatable(stamp, wanted) or (is_foreign and VENV_PYTHON.exists())
    STAMP.unlink(missing_ok=True)
    LOG.unlink(missing_ok=True)
    if not is_kept:
        empty_venv()
        make_venv()
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--no-input"]
    pip += ["--disable-pip-version-check", "-c", "constraints.txt"]
    step("installing PyTorch, the largest part", [*pip, *torch_arguments(os.environ)])
    project = f".[{','.join(extras)}]" if extras else "."
    step("installing histqa and the rest", [*pip, "-e", project])
    STAMP.write_text(json.dumps({**wanted, "extras": extras}), encoding="utf-8")
    seconds = time.monotonic() - began
    print(f"run.py: set up in {seconds:.0f} s; the next start takes seconds", flush=True)


def torch_arguments(environment):
    """What pip installs first: torch as pinned in constraints.txt."""
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    torch = re.search(r"^torch==\S+", pins, re.MULTILINE).group()
    index = environment.get(TORCH_INDEX)
    # An index of torch wheels has few other packages: what torch needs comes with the next step.
    return [torch, "--no-deps", "--index-url", index] if index else [torch]


def make_venv():
    """An empty environment with pip. Debian's Python has no ensurepip, but may have a pip."""
    python = getattr(sys, "_base_executable", "") or sys.executable
    if has_module("venv") and has_module("ensurepip"):
        step("making .venv", [python, "-m", "venv", str(VENV)])
    elif has_module("venv") and has_module("pip"):
        step("making .venv", [python, "-m", "venv", "--without-pip", str(VENV)])
        into = [sys.executable, "-m", "pip", "--python", str(VENV_PYTHON)]
        step("installing pip", [*into, "install", "--quiet", "--no-input", "pip"])
    else:
        raise SetupError(
            "this Python cannot make virtual environments. On Debian or Ubuntu type: "
            f"sudo apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv "
            "(elsewhere: install Python from python.org), then start run.py again."
        )


def empty_venv():
    """Remove what an interrupted or outdated set-up left, but not the lock that we hold."""
    for path in VENV.iterdir():
        if path != LOCK:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def has_module(name):
    """Whether ``name`` can be imported here."""
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def step(what, command):
    """Run one command of the set-up, showing the seconds; raises SetupError with the reason."""
    began = time.monotonic()
    is_terminal = sys.stdout.isatty()
    print(f"  {what} ...", end="" if is_terminal else "\n", flush=True)
    environment = {**os.environ, "PIP_USER": "0", "PYTHONUTF8": "1"}
    with LOG.open("ab") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=str(ROOT))
        try:
            while wait_briefly(child):
                if is_terminal:
                    print(f"\r  {what} ... {time.monotonic() - began:.0f} s", end="", flush=True)
        except BaseException:
            child.kill()
            child.wait()
            raise
    if is_terminal:
        print(flush=True)
    if child.returncode:
        log = LOG.read_text(encoding="utf-8", errors="replace")
        raise SetupError(explain(log, what))


def wait_briefly(child):
    """Wait half a second for ``child``; whether it still runs."""
    try:
        child.wait(timeout=0.5)
    except subprocess.TimeoutExpired:
        return True
    return False


@contextlib.contextmanager
def only_one():
    """Hold the set-up lock; a second start waits here until the first is done."""
    with LOCK.open("a") as file:
        if not try_lock(file):
            print("run.py: another start is setting up; waiting for it", flush=True)
            while not try_lock(file):
                time.sleep(0.5)
        yield  # the system frees the lock with the file, whatever happens to us


def try_lock(file):
    """Whether the lock on ``file`` could be had at once."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# --- what can be wrong, as sentences ---


def machine_problem(system, machine, largest_int):
    """Why PyTorch cannot run on this kind of machine, "" if it can."""
    if largest_int <= 2**32:
        return (
            "this is a 32-bit Python, and PyTorch exists for 64-bit only. "
            "Install the 64-bit Python and start run.py with it."
        )
    if system == "darwin" and machine == "x86_64":
        return (
            "PyTorch no longer exists for Intel Macs. On a Mac with Apple silicon this is a Python "
            "for Intel: install the one for Apple silicon from python.org; otherwise use another "
            "computer, Linux or Windows."
        )
    return ""


def disk_problem():
    """The sentence about too little disk space at ``ROOT``, "" if there is enough."""
    free = shutil.disk_usage(str(ROOT)).free / 1e9
    if free < SMALL_GIGABYTES:
        return (
            f"the set-up needs about {SMALL_GIGABYTES} GB of disk space and {free:.1f} GB are free "
            f"at {ROOT}. Make room, then start run.py again."
        )
    if free < LARGE_GIGABYTES and sys.platform == "linux" and not os.environ.get(TORCH_INDEX):
        print(
            f"run.py: only {free:.0f} GB are free, and PyTorch with CUDA needs about 6; if that is "
            f"too little, set {TORCH_INDEX} (see python3 run.py --help)"
        )
    return ""


REASONS = [
    (
        r"No space left|Errno 28\b|WinError 112\b|not enough space|Disk quota exceeded",
        f"the disk is full. Make room ({SMALL_GIGABYTES} GB; on Linux {LARGE_GIGABYTES} GB, or set "
        f"{TORCH_INDEX}, see python3 run.py --help) here and in the folder for temporary files, "
        "then start run.py again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "a secure connection to the package index could not be made: something between, such as a "
        "school's proxy, shows a certificate that Python does not know. Ask for its certificate "
        "file, set PIP_CERT to its path, then start run.py again.",
    ),
    (
        r"NewConnectionError|NameResolutionError|name resolution|getaddrinfo failed|ConnectTimeout"
        r"|ProxyError|Network is unreachable|Read timed out|Connection (?:refused|reset|aborted)"
        r"|RemoteDisconnected|IncompleteRead|ReadTimeoutError|ConnectionError",
        "the package index cannot be reached. The set-up, and only the set-up, needs the internet: "
        "connect (behind a proxy: set HTTPS_PROXY), then start run.py again.",
    ),
    (
        r"Long Path support|WinError 206\b",
        "Windows limits the length of paths. Move this folder nearer to the root of the drive or "
        "switch long paths on, then start run.py again.",
    ),
    (
        # With a constraint pip calls it a conflict when there is no package at all.
        r"No matching distribution found for (\S+)|Cannot install (\S+) because these package",
        "{0} has no package for this machine and Python, or pip is set up not to take it. histqa "
        "runs on 64-bit Linux (glibc), Windows and Macs with Apple silicon; the Python that surely "
        "works is 3.11.",
    ),
    (
        r"Permission denied|Errno 13\b|WinError (?:5|32)\b|Read-only file system|Errno 30\b",
        "a file cannot be written. Close other windows in which histqa runs, and make sure that "
        f"you may write in {ROOT}, then start run.py again.",
    ),
]


def explain(log, what):
    """One sentence with the cure for what ``log`` says about the failed step ``what``."""
    for pattern, sentence in REASONS:
        found = re.search(pattern, log)
        if found:
            named = next((group for group in found.groups() if group), "a package")
            return f"{what} failed: {sentence.format(named)}"
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    last = lines[-1] if lines else "no reason was given"
    return f"{what} failed: {last} (all of it: {LOG}). Mend that and start run.py again."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
