"""Who is let in, as what, and for how long."""

from datetime import timedelta
from pathlib import Path

import pytest
from itsdangerous import URLSafeTimedSerializer

from collector.people import (
    Person,
    Sessions,
    add_person,
    check_password,
    disable_person,
    find_by_email,
    list_people,
    use_link,
)
from collector.settings import Settings, secret_key
from collector.sites import prepare
from collector.store import Store
from probes.errors import BadInput
from tests.collector.nights import NOW

PASSWORD = "correct horse battery"
SETTINGS = Settings(tenant="school")


@pytest.fixture
def people(store: Store) -> Store:
    """A store whose tenant exists."""
    prepare(store, SETTINGS, NOW)
    return store


def admin(store: Store, email: str = "Head@School.example") -> Person:
    token = add_person(store, "school", email, name="Head", role="admin", now=NOW)
    return use_link(store, token, PASSWORD, NOW)


def test_a_one_time_link_sets_a_password_once(people: Store) -> None:
    token = add_person(people, "school", "head@school.example", name="Head", role="admin", now=NOW)
    person = use_link(people, token, PASSWORD, NOW)
    assert (person.email, person.role) == ("head@school.example", "admin")
    with pytest.raises(BadInput, match="used already"):
        use_link(people, token, "another long password", NOW)
    assert check_password(people, "school", " HEAD@school.example", PASSWORD) == person


def test_a_link_is_good_for_72_hours(people: Store) -> None:
    token = add_person(people, "school", "head@school.example", name="", role="admin", now=NOW)
    with pytest.raises(BadInput, match="too old"):
        use_link(people, token, PASSWORD, NOW + timedelta(hours=73))


def test_a_short_password_is_refused(people: Store) -> None:
    token = add_person(people, "school", "head@school.example", name="", role="admin", now=NOW)
    with pytest.raises(BadInput, match="at least 12"):
        use_link(people, token, "short", NOW)


@pytest.mark.parametrize(
    ("tenant", "email", "password"),
    [
        ("school", "head@school.example", "wrong password here"),
        ("school", "nobody@school.example", PASSWORD),
        ("other", "head@school.example", PASSWORD),
        ("school", "head@school.example", ""),
    ],
)
def test_whoever_is_not_known_is_not_let_in(people: Store, tenant: str, email: str, password: str) -> None:
    admin(people)
    assert check_password(people, tenant, email, password) is None


def test_someone_with_a_link_and_no_password_yet_is_not_let_in(people: Store) -> None:
    add_person(people, "school", "new@school.example", name="", role="technician", now=NOW)
    assert check_password(people, "school", "new@school.example", "") is None
    assert check_password(people, "school", "new@school.example", "nobody has this password") is None


def test_a_password_is_kept_as_argon2_and_a_link_as_a_hash(people: Store) -> None:
    token = add_person(people, "school", "a@school.example", name="", role="admin", now=NOW)
    from sqlalchemy import select

    from collector.tables import person

    with people.reading() as connection:
        assert token not in repr(connection.execute(select(person)).all())
    use_link(people, token, PASSWORD, NOW)
    with people.reading() as connection:
        kept = repr(connection.execute(select(person)).all())
    assert "$argon2id$" in kept
    assert PASSWORD not in kept


def test_a_session_says_who_and_ends_with_a_new_password_or_a_disabled_person(people: Store) -> None:
    person, sessions = admin(people), Sessions("k" * 64)
    with people.reading() as connection:
        cookie = sessions.begin(connection, person)
        assert sessions.read(connection, cookie) == person
        assert sessions.read(connection, cookie[:-2] + "xx") is None
        assert Sessions("other" * 10).read(connection, cookie) is None
    admin(people)
    with people.reading() as connection:
        assert sessions.read(connection, cookie) is None
        fresh = sessions.begin(connection, person)
    disable_person(people, "school", person.email, NOW)
    with people.reading() as connection:
        assert sessions.read(connection, fresh) is None
    assert find_by_email(people, "school", person.email) is None


@pytest.mark.parametrize("words", [[], ["school"], "text", {"a": 1}, ["school", "nobody", 0, "x"]])
def test_a_well_signed_cookie_of_another_shape_is_nobody(people: Store, words: object) -> None:
    cookie = str(URLSafeTimedSerializer("k" * 64, salt="caretaker-session").dumps(words))
    with people.reading() as connection:
        assert Sessions("k" * 64).read(connection, cookie) is None


def test_a_form_of_another_session_is_refused() -> None:
    sessions = Sessions("k" * 64)
    assert sessions.check_form("cookie", sessions.form_token("cookie"))
    assert not sessions.check_form("cookie", sessions.form_token("another"))
    assert not sessions.check_form("cookie", "")


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("technician", ("see", "edit", "attest"), ("accept", "people")),
        ("leader", ("see", "accept"), ("edit", "people")),
        ("governor", ("see", "export"), ("edit", "attest", "accept", "people")),
        ("admin", ("see", "edit", "accept", "people"), ()),
    ],
)
def test_what_each_role_may_do(role: str, may: tuple[str, ...], may_not: tuple[str, ...]) -> None:
    person = Person.model_validate({"tenant": "school", "id": "1", "email": "a@b", "name": "", "role": role})
    assert all(person.may(action) for action in may)  # type: ignore[arg-type]
    assert not any(person.may(action) for action in may_not)  # type: ignore[arg-type]


def test_a_person_of_one_site_does_not_see_another() -> None:
    person = Person(tenant="school", id="1", email="a@b", name="", role="admin", sites=("ashfield",))
    assert person.may("edit", "ashfield")
    assert not person.may("see", "beech")


@pytest.mark.parametrize(("email", "role", "said"), [("nobody", "admin", "e-mail"), ("a@b", "king", "not a role")])
def test_who_cannot_be_is_refused(people: Store, email: str, role: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        add_person(people, "school", email, name="", role=role, now=NOW)


def test_the_list_names_role_and_sites(people: Store) -> None:
    add_person(people, "school", "t@school.example", name="", role="technician", sites=("ashfield",), now=NOW)
    assert list_people(people, "school") == ["t@school.example  technician  ashfield"]


def test_the_cookie_key_is_made_once_and_only_we_may_read_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new")
    key = secret_key(settings)
    file = tmp_path / "new" / "secret.key"
    assert (secret_key(settings), file.stat().st_mode & 0o777) == (key, 0o600)
    file.chmod(0o644)
    with pytest.raises(BadInput, match="chmod 600"):
        secret_key(settings)
