"""What the command line sets for its whole process; importing histqa as a library sets nothing."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


def prepare(*, is_build: bool, is_verbose: bool, may_download: bool) -> None:
    """Set threads, environment, logging. Must run before torch or faiss is imported.

    What the user's environment sets already is left as it is.
    """
    environment = {
        # Waiting threads sleep instead of spinning: twice the throughput on a busy machine.
        "OMP_WAIT_POLICY": "PASSIVE",
        "TOKENIZERS_PARALLELISM": str(is_build).lower(),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "TRANSFORMERS_VERBOSITY": "error",
    }
    if not may_download:
        environment |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    if not is_build:
        # One question is too small to share: with one thread it is answered three times faster.
        environment["OMP_NUM_THREADS"] = "1"
    for name, value in environment.items():
        os.environ.setdefault(name, value)
    logging.basicConfig(
        level=logging.INFO if is_verbose else logging.ERROR,
        format="%(levelname)s %(name)s: %(message)s",
    )
    if not is_verbose and not sys.warnoptions:
        warnings.simplefilter("ignore")


def core_count() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def all_cores() -> Iterator[None]:
    """Inside, torch and faiss use every core if they are loaded; afterwards as many as before."""
    torch, faiss = sys.modules.get("torch"), sys.modules.get("faiss")
    torch_threads = torch.get_num_threads() if torch else 0
    faiss_threads = faiss.omp_get_max_threads() if faiss else 0
    try:
        if torch:
            torch.set_num_threads(core_count())
        if faiss:
            faiss.omp_set_num_threads(core_count())
        yield
    finally:
        if torch:
            torch.set_num_threads(torch_threads)
        if faiss:
            faiss.omp_set_num_threads(faiss_threads)
