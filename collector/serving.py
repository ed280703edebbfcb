"""The collector as a web application, and the one place that listens."""

import importlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from collector import api
from collector.people import Sessions
from collector.settings import Settings, secret_key
from collector.store import Store


def create_app(settings: Settings, store: Store | None = None, clock: Callable[[], datetime] = api.now_utc) -> FastAPI:
    """The whole application over one store, which it closes again when it made it itself."""
    own = store is None
    opened = store or Store(settings.database_url)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        yield
        if own:
            opened.close()

    app = FastAPI(title="Caretaker collector", lifespan=living, docs_url=None, redoc_url=None)
    app.state.store = opened
    app.state.settings = settings
    app.state.clock = clock
    app.state.sessions = Sessions(secret_key(settings))
    app.add_exception_handler(api.SignInNeeded, _to_sign_in)
    _add_pages(app)
    return app


def _add_pages(app: FastAPI) -> None:
    try:
        routes = importlib.import_module("collector.pages.routes")
    except ModuleNotFoundError as error:
        if error.name not in ("collector.pages", "collector.pages.routes"):
            raise
        return
    app.include_router(routes.router)


async def _to_sign_in(request: Request, _: Exception) -> Response:
    if request.method == "GET":
        return RedirectResponse(f"/sign-in?then={request.url.path}", status_code=303)
    return Response("Sign in first.", status_code=401)
