"""Whether the server lives and can answer -> what load balancers and Prometheus ask for."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import JSONResponse, PlainTextResponse, Response

from histqa.assistant import Assistant
from histqa.errors import HistqaError
from histqa.frontends.watching import Figures


def health_routes(provider: Callable[[], Assistant], figures: Figures) -> APIRouter:
    """``/healthz``: the process lives; ``/readyz``: it can answer; ``/metrics``: its figures."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    @router.get("/readyz", responses={503: {"description": "there is no index to answer from now"}})
    def readyz() -> Response:
        """There is an index to answer from."""
        try:
            is_ready = bool(provider().documents)
        except HistqaError:
            is_ready = False
        if is_ready:
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "not ready"}, 503, headers={"Retry-After": "5"})

    @router.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> Response:
        """Figures in Prometheus' text format: requests, times, readings; no questions."""
        return figures.response(provider())

    return router
