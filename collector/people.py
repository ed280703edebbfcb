"""Who may see and say what: people, their roles, their passwords and their sessions."""

import hashlib
import hmac
import secrets
import threading
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Connection, insert, select, update

from collector.store import Store
from collector.tables import person as people
from probes.errors import BadInput
from probes.vocabulary import Noun

Role = Literal["technician", "leader", "governor", "admin"]
Action = Literal["see", "edit", "attest", "accept", "people", "export"]
MAY: dict[Role, frozenset[Action]] = {
    "technician": frozenset({"see", "edit", "attest", "export"}),
    "leader": frozenset({"see", "attest", "accept", "export"}),
    "governor": frozenset({"see", "export"}),
    "admin": frozenset({"see", "edit", "attest", "accept", "people", "export"}),
}
SESSION_SECONDS = 12 * 3600
LINK_HOURS = 72
SHORTEST_PASSWORD = 12
_hasher = PasswordHasher()
# Looking at one password takes 64 MiB: two at once, the others wait.
_TOGETHER = threading.BoundedSemaphore(2)
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$aCYCHIMhPJqkjbXGNHU4zK1RPoDTHcOb7rAKuZhlxr0"


class Person(Noun):
    """Someone who signed in, and the sites they are let into; no sites named means every site of the tenant."""

    tenant: str
    id: str
    email: str
    name: str
    role: Role
    sites: tuple[str, ...] = ()

    def may(self, action: Action, site: str | None = None) -> bool:
        """Whether this person may do that, at that site."""
        return action in MAY[self.role] and (site is None or self.sees(site))

    def sees(self, site: str) -> bool:
        return not self.sites or site in self.sites


def add_person(
    store: Store, tenant: str, email: str, *, name: str, role: str, sites: tuple[str, ...] = (), now: datetime
) -> str:
    """A new person, or a new link for one who exists. Returns the token of a one-time link, good for 72 hours."""
    address = email.strip().lower()
    if "@" not in address or any(c.isspace() for c in address):
        raise BadInput(f"{email!r} is not an e-mail address.")
    if role not in get_args(Role):
        raise BadInput(f"{role!r} is not a role: use technician, leader, governor or admin.")
    token = secrets.token_urlsafe(32)
    link = {"link": _digest(token), "link_until": now + timedelta(hours=LINK_HOURS)}
    with store.writing() as connection:
        found = connection.scalar(select(people.c.person).where(people.c.tenant == tenant, people.c.email == address))
        words: dict[str, Any] = {"name": name or address, "role": role, "sites": list(sites), "disabled": None, **link}
        if found is None:
            made = {"tenant": tenant, "person": secrets.token_hex(8), "email": address, "created": now}
            connection.execute(insert(people).values(**made, **words))
        else:
            connection.execute(
                update(people).where(people.c.tenant == tenant, people.c.person == found).values(**words)
            )
    return token


def use_link(store: Store, token: str, password: str, now: datetime) -> Person:
    """Set a password with a one-time link, which ends with that. Raises BadInput with what to do."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"Choose a password of at least {SHORTEST_PASSWORD} characters.")
    with store.writing() as connection:
        row = connection.execute(
            select(people).where(people.c.link == _digest(token), people.c.disabled.is_(None))
        ).one_or_none()
        if row is None or row.link_until < now:
            raise BadInput("This link was used already or is too old: ask for a new one.")
        connection.execute(
            update(people)
            .where(people.c.tenant == row.tenant, people.c.person == row.person)
            .values(password=_hasher.hash(password), link=None, link_until=None, sessions=row.sessions + 1)
        )
    return _person(row)


def check_password(store: Store, tenant: str, email: str, password: str) -> Person | None:
    """The person this password belongs to. As slow for someone who does not exist."""
    with store.reading() as connection:
        row = connection.execute(
            select(people).where(
                people.c.tenant == tenant, people.c.email == email.strip().lower(), people.c.disabled.is_(None)
            )
        ).one_or_none()
    try:
        with _TOGETHER:
            _hasher.verify(row.password if row is not None and row.password else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    return _person(row) if row is not None and row.password else None


def find_by_email(store: Store, tenant: str, email: str) -> Person | None:
    """A person whom an OpenID provider vouched for."""
    with store.reading() as connection:
        row = connection.execute(
            select(people).where(
                people.c.tenant == tenant, people.c.email == email.strip().lower(), people.c.disabled.is_(None)
            )
        ).one_or_none()
    return _person(row) if row is not None else None


class Sessions:
    """Signed session cookies: they say who, and end after 12 hours, with a new password or a disabled person."""

    COOKIE = "caretaker_session"

    def __init__(self, key: str) -> None:
        self._key = key
        self._signer = URLSafeTimedSerializer(key, salt="caretaker-session")

    def begin(self, connection: Connection, person: Person) -> str:
        """The cookie's value for a person who has just signed in."""
        return str(
            self._signer.dumps([person.tenant, person.id, _generation(connection, person), secrets.token_hex(8)])
        )

    def read(self, connection: Connection, cookie: str) -> Person | None:
        """Who the cookie belongs to, or None when it is forged, too old or was ended."""
        try:
            tenant, who, generation, _ = self._signer.loads(cookie, max_age=SESSION_SECONDS)
        except (BadSignature, ValueError, TypeError):
            return None
        row = connection.execute(
            select(people).where(people.c.tenant == tenant, people.c.person == who, people.c.disabled.is_(None))
        ).one_or_none()
        return _person(row) if row is not None and row.sessions == generation else None

    def form_token(self, cookie: str) -> str:
        """What a form must bring back, so that another site cannot post in this session (CSRF)."""
        return hmac.new(self._key.encode(), f"form:{cookie}".encode(), hashlib.sha256).hexdigest()

    def check_form(self, cookie: str, token: str) -> bool:
        return hmac.compare_digest(self.form_token(cookie), token)


def _generation(connection: Connection, person: Person) -> int:
    chosen = select(people.c.sessions).where(people.c.tenant == person.tenant, people.c.person == person.id)
    return connection.execute(chosen).scalar_one()  # type: ignore[no-any-return]


def _person(row: Any) -> Person:
    return Person(
        tenant=row.tenant, id=row.person, email=row.email, name=row.name, role=row.role, sites=tuple(row.sites)
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def list_people(store: Store, tenant: str) -> list[str]:
    """One line for each person."""
    with store.reading() as connection:
        rows = connection.execute(select(people).where(people.c.tenant == tenant).order_by(people.c.email)).all()
    return [
        f"{r.email}  {r.role}  {', '.join(r.sites) or 'every site'}{'  disabled' if r.disabled else ''}" for r in rows
    ]


def disable_person(store: Store, tenant: str, email: str, now: datetime) -> None:
    """End a person's sessions and let them in no more."""
    where = (people.c.tenant == tenant, people.c.email == email.strip().lower())
    with store.writing() as connection:
        done = connection.execute(update(people).where(*where).values(disabled=now, link=None, password=""))
    if not done.rowcount:
        raise BadInput(f"Nobody is called {email}.")
