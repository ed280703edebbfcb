"""The collector as a web application, and the one place that listens."""

import importlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from collector import agent_api, api, channels
from collector.chores import Chores
from collector.headers import HEADERS, StrictHeaders
from collector.people import Sessions
from collector.settings import Settings, secret_key
from collector.sites import prepare
from collector.store import Store
from collector.throttle import Rate


def create_app(
    settings: Settings,
    store: Store | None = None,
    clock: Callable[[], datetime] = api.now_utc,
    chores: bool = False,
) -> FastAPI:
    """The whole application over one store, which it closes again when it made it itself."""
    own = store is None
    opened = store or Store(settings.database_url)
    prepare(opened, settings, clock())

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        working = Chores(opened, settings, clock, channels.send) if chores else None
        if working is not None:
            working.start()
        yield
        if working is not None:
            working.stop()
        if own:
            opened.close()

    app = FastAPI(title="Caretaker collector", lifespan=living, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.store = opened
    app.state.settings = settings
    app.state.clock = clock
    app.state.sessions = Sessions(secret_key(settings))
    app.state.rate = Rate(settings.requests_an_hour)
    app.add_middleware(StrictHeaders, secure=settings.secure)
    app.add_exception_handler(api.SignInNeeded, _to_sign_in)
    app.include_router(agent_api.router)
    _add_pages(app)
    if settings.sign_in:
        importlib.import_module("collector.oidc").add_sign_in(app, settings)
    return app


def serve(settings: Settings) -> None:
    """Listen until a signal ends it."""
    app = create_app(settings, chores=True)
    uvicorn.run(
        app,
        host=settings.listen,
        port=settings.port,
        log_level="warning",
        server_header=False,
        limit_concurrency=64,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=16 * 1024,
    )


def _add_pages(app: FastAPI) -> None:
    try:
        routes = importlib.import_module("collector.pages.routes")
    except ModuleNotFoundError as error:
        if error.name not in ("collector.pages", "collector.pages.routes"):
            raise
        return
    app.include_router(routes.router)
    app.add_exception_handler(HTTPException, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse)
    app.add_exception_handler(Exception, _refuse)


async def _refuse(request: Request, error: Exception) -> Response:
    """A refusal as a page of the site, and as JSON to those who asked for JSON."""
    status, words, headers = _told(error)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": words}, status, headers={**HEADERS, **(headers or {})})
    answer = importlib.import_module("collector.pages.page").refuse(status, words)
    answer.headers.update(headers or {})
    return answer  # type: ignore[no-any-return]


def _told(error: Exception) -> tuple[int, str, Mapping[str, str] | None]:
    if isinstance(error, HTTPException):
        return error.status_code, str(error.detail), error.headers
    if isinstance(error, RequestValidationError):
        return 422, "The address or the form holds something that cannot be read.", None
    return 500, "The collector met something it did not expect. Try again; if it stays so, see its log.", None


async def _to_sign_in(request: Request, _: Exception) -> Response:
    if request.method == "GET":
        return RedirectResponse(f"/sign-in?then={request.url.path}", status_code=303)
    return Response("Sign in first.", status_code=401)
