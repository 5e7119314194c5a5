"""How long commands take to start: `histqa --help`, and a question from a new process.

    python benchmarks/start.py [--rounds 7] [--index DIR] [--run-py] [--json OUT]

Whole processes, in turn, beside a Python that does nothing. Without --index the index of
docs_corpus is built first, in a temporary folder. --run-py also times `run.py ask`, after a first
start that sets up .venv where there is none (minutes, and the network); run.py checks on every
start that the index is up to date.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from measuring import cpu_seconds, prepare, table, timed, write_json

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Why did the troops stay?"


def commands(index: Path, *, with_run_py: bool) -> dict[str, list[str]]:
    """Name -> command."""
    histqa = [sys.executable, "-m", "histqa"]
    found = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "histqa --help": [*histqa, "--help"],
        "import torch": [sys.executable, "-c", "import torch"],
        "import sentence_transformers": [sys.executable, "-c", "import sentence_transformers"],
        "histqa ask": [*histqa, "ask", "--index", str(index), QUESTION],
    }
    if with_run_py:
        found["run.py ask"] = [sys.executable, str(ROOT / "run.py"), "ask", QUESTION]
    return found


def seconds(command: list[str]) -> tuple[float, float]:
    """Wall and CPU of one start. Raises CalledProcessError for one that fails."""
    taken: list[float] = []
    with timed(taken), timed(taken, cpu_seconds):
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    cpu, wall = taken
    return wall, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--index", type=Path, help="a finished index of docs_corpus")
    parser.add_argument("--run-py", action="store_true", help="time run.py ask as well")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    prepare(threads=1)
    del os.environ["OMP_NUM_THREADS"]  # the commands set for themselves what they need
    with tempfile.TemporaryDirectory() as folder:
        index = (options.index or Path(folder)).resolve()
        if not options.index:
            build = [sys.executable, "-m", "histqa", "index", "--index", str(index)]
            subprocess.run(build, check=True, capture_output=True, cwd=ROOT)
        found = commands(index, with_run_py=options.run_py)
        for command in found.values():
            seconds(command)  # files into the cache; run.py sets itself up
        taken = {name: [] for name in found}
        for _ in range(options.rounds):
            for name, command in found.items():
                taken[name].append(seconds(command))
    rows = [
        {"command": name, "median s": float(wall), "least s": min(some)[0], "CPU s": float(cpu)}
        for name, some in taken.items()
        for wall, cpu in [np.median(some, axis=0)]
    ]
    print(table(rows))
    write_json(rows, options.json)


if __name__ == "__main__":
    main()
