"""The web chat: an assistant -> a FastAPI application, and a server for it."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
import threading
import time
import webbrowser

from fastapi import FastAPI

from histqa.assistant import Assistant
from histqa.errors import SettingsError
from histqa.frontends.access import link_address
from histqa.frontends.newest import Newest
from histqa.frontends.server import Provider, create_server
from histqa.frontends.signing import Signatures, secret_of
from histqa.frontends.watching import log_requests
from histqa.settings import Settings

_DEFAULT_PORT = Settings().port
_PORTS_TRIED = 50
_SECONDS_TO_FINISH = 3
_A_DAY = 86_400
# Read once, when gradio and huggingface_hub are imported; what is set already is kept.
_ENVIRONMENT = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}


def create_app(provider: Provider, settings: Settings) -> FastAPI:
    """The chat at ``/``, and beside it all that ``server`` serves.

    ``provider`` is asked at every request, so that it can hand out a newer assistant. Raises
    SettingsError where there is no secret to sign addresses with.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    from histqa.frontends.mounting import mount_chat

    signatures = Signatures(secret_of(settings))
    app = create_server(provider, settings, signatures)
    mount_chat(app, provider, settings, signatures)
    return app


def serve(settings: Settings, *, open_browser: bool = False) -> None:
    """Serve the chat until interrupted, over the newest index whenever another process updates it.

    Raises SettingsError where the port is taken, and whatever opening the index raises.
    """
    with (
        listening_socket(settings) as listener,
        contextlib.closing(Newest(Assistant.open(settings=settings))) as provider,
    ):
        _ask_with_one_thread()
        app = create_app(provider, settings)
        address = _address(settings.host, listener.getsockname()[1])
        sys.stdout.write(f"histqa is at {address} (end it with Ctrl-C)\n")
        if settings.access == "link":
            sys.stdout.write("Only those with a link are let in; `histqa link` makes one.\n")
        sys.stdout.flush()
        if open_browser:
            threading.Timer(1.0, webbrowser.open, [_entrance(address, settings)]).start()
        _run(app, listener, settings)


def _entrance(address: str, settings: Settings) -> str:
    """Where whoever started the server gets in, for a day."""
    if settings.access == "open":
        return address
    token = Signatures(secret_of(settings)).token(int(time.time()) + _A_DAY)
    return link_address(address, token)


def listening_socket(settings: Settings) -> socket.socket:
    """A bound socket: the port asked for, or the next free one where it is only the default.

    Raises SettingsError where there is none.
    """
    wanted = settings.port
    tried = _PORTS_TRIED if wanted == _DEFAULT_PORT else 1
    for port in range(wanted, min(wanted + tried, 65536)):
        try:
            return _bound(settings.host, port)
        except PermissionError as error:
            raise SettingsError(
                f"port: this account may not listen on port {port}; choose one above 1023"
            ) from error
        except (socket.gaierror, ValueError) as error:  # unknown, or no name at all
            raise _not_ours(settings.host) from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise _not_ours(settings.host) from error
    raise SettingsError(
        f"port: cannot listen on {settings.host}, port {wanted}: something else is using it; "
        "choose another with --port, or end the other program"
    )


def _not_ours(host: str) -> SettingsError:
    return SettingsError(f"host: {host!r} is no address of this machine; try 127.0.0.1")


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":  # on Windows it would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _run(app: FastAPI, listener: socket.socket, settings: Settings) -> None:
    import uvicorn

    if settings.request_log != "off":
        log_requests()
    config = uvicorn.Config(
        app,
        log_level="warning",
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        lifespan="on",
        root_path=settings.root_path,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
    sys.stdout.write("\nhistqa has ended.\n")


def _ask_with_one_thread() -> None:
    """Questions come side by side, so one thread each is fastest (3 times, for one question)."""
    import faiss
    import torch

    torch.set_num_threads(1)
    faiss.omp_set_num_threads(1)


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
