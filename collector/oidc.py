"""Signing in with Microsoft Entra or Google (OpenID Connect, through authlib). The person must exist here already.

For Entra each trust's own tenant is the issuer: the `common` one returns another issuer than it is discovered at.
"""

from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from httpx import HTTPError
from joserfc.errors import JoseError
from starlette.middleware.sessions import SessionMiddleware

from collector.api import Now, SettingsOf, StoreOf, sessions_of
from collector.audit import write_audit
from collector.people import SESSION_SECONDS, Person, Sessions, find_by_email
from collector.settings import Settings, SignInWith, secret_key
from collector.store import Store
from probes.errors import BadInput

router = APIRouter(include_in_schema=False)
TROUBLE = "Signing in did not work. Try again, or ask your administrator whether you are known here."


def add_sign_in(app: FastAPI, settings: Settings) -> None:
    """Offer the providers of these settings. Raises BadInput when one's secret cannot be read."""
    oauth = OAuth()
    for number, provider in enumerate(settings.sign_in):
        oauth.register(
            name=str(number),
            client_id=provider.client_id,
            client_secret=_secret(provider),
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "timeout": 10},
            code_challenge_method="S256",
        )
    app.state.oauth = oauth
    app.add_middleware(
        SessionMiddleware,
        secret_key=f"oidc {secret_key(settings)}",
        session_cookie="caretaker_signing_in",
        max_age=600,
        https_only=settings.secure,
    )
    app.include_router(router)


@router.get("/sign-in/{number}")
async def go_to_provider(request: Request, number: int, settings: SettingsOf) -> Response:
    """Send the browser to the provider."""
    client = _client(request, settings, number)
    base = settings.public_url or str(request.base_url).rstrip("/")
    try:
        answer: Response = await client.authorize_redirect(request, f"{base}/sign-in/{number}/back")
    except (OAuthError, HTTPError) as error:
        raise HTTPException(502, TROUBLE) from error
    return answer


@router.get("/sign-in/{number}/back")
async def come_back(request: Request, number: int, settings: SettingsOf, store: StoreOf, now: Now) -> Response:
    """The provider vouches for someone: begin a session when that is a person here."""
    client = _client(request, settings, number)
    try:
        token = await client.authorize_access_token(request)
    except (OAuthError, JoseError, HTTPError, ValueError, KeyError) as error:
        raise HTTPException(401, TROUBLE) from error
    email = vouched_email(settings.sign_in[number], dict(token.get("userinfo") or {}))
    person = find_by_email(store, settings.tenant, email) if email else None
    if person is None:
        raise HTTPException(401, TROUBLE)
    return _begin(request, settings, store, person, now)


def vouched_email(provider: SignInWith, claims: dict[str, Any]) -> str:
    """The e-mail address the provider answers for, or "" when it does not, or when its domain is not let in."""
    email = str(claims.get("email") or "")
    if provider.kind == "entra":
        # Entra's `email` may be typed by a guest; the sign-in name belongs to the tenant.
        email = str(claims.get("preferred_username") or "")
    elif claims.get("email_verified") is not True:
        return ""
    domain = email.rpartition("@")[2].lower()
    if provider.kind == "google" and provider.domains and str(claims.get("hd", "")).lower() not in provider.domains:
        return ""
    return email if "@" in email and (not provider.domains or domain in provider.domains) else ""


def _begin(request: Request, settings: Settings, store: Store, person: Person, now: Any) -> Response:
    with store.writing() as connection:
        cookie = sessions_of(request).begin(connection, person)
        origin = request.client.host if request.client is not None else ""
        write_audit(connection, person.tenant, now, who=person.email, what="signed in", origin=origin)
    answer = RedirectResponse("/", status_code=303)
    answer.set_cookie(
        Sessions.COOKIE, cookie, max_age=SESSION_SECONDS, httponly=True, samesite="lax", secure=settings.secure
    )
    return answer


def _client(request: Request, settings: Settings, number: int) -> Any:
    if not 0 <= number < len(settings.sign_in):
        raise HTTPException(404)
    return request.app.state.oauth.create_client(str(number))


def _secret(provider: SignInWith) -> str:
    try:
        return provider.client_secret_file.read_text("utf-8").strip()
    except OSError as error:
        raise BadInput(f"{provider.client_secret_file} cannot be read: {error.strerror}.") from error
