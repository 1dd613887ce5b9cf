"""The pure rules: addresses, passwords, scopes, forged requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.accounts.actor import ANONYMOUS, SCOPES, Actor
from baton.accounts.errors import CsrfFailed, ScopeMissing
from baton.accounts.rules import (
    csrf_token,
    fingerprint,
    network_of,
    normal_email,
    password_faults,
    require_form_token,
    require_header_token,
    require_login,
    require_scope,
    scope_faults,
    text_faults,
)
from baton.kernel.errors import PermissionDenied

secrets = st.text(min_size=1, max_size=80)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("alice@example.org", "alice@example.org"),
        ("  Alice.B+zenodo@Example.ORG\n", "alice.b+zenodo@example.org"),
        ("root@localhost", "root@localhost"),
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert normal_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "alice",
        "alice@",
        "@example.org",
        "a b@example.org",
        "alice@exa mple.org",
        "alice@example..org",
        "alice@-example.org",
        "alice@example.org.",
        "alice@example.org\nBcc: everybody@example.org",
        "alice,bob@example.org",
        "Alice <alice@example.org>",
        "alice\x00@example.org",
        "älice@example.org",
        f"{'a' * 65}@example.org",
        f"alice@{'a.' * 200}org",
        f"alice@{'a' * 100_000}",
        "\ud800@example.org",
        "alice@\ud800.org",
    ],
)
def test_what_is_no_address_has_none(typed: str) -> None:
    assert normal_email(typed) is None


@given(st.one_of(st.text(), st.emails()))
def test_the_spelling_of_a_spelling_is_itself(typed: str) -> None:
    kept = normal_email(typed)
    if kept is not None:
        assert kept.isascii()
        assert kept == kept.lower().strip()
        assert normal_email(kept) == kept
        assert normal_email(kept.upper()) == kept


@pytest.mark.parametrize("password", ["", "seven77", "x" * 1001, "alice@example.org", "eight888\ud800"])
def test_a_bad_password_is_told_why(password: str) -> None:
    (fault,) = password_faults(password, "Alice@example.org", "new_password")
    assert fault.field == "new_password"
    assert fault.message.endswith(".")


@pytest.mark.parametrize("password", ["eight888", "ein ganzer satz ist gut", "x" * 1000, "пароль-пароль"])
def test_any_long_password_is_good(password: str) -> None:
    assert password_faults(password, "alice@example.org") == ()


@given(st.text(max_size=1100))
def test_every_text_is_a_password_or_told_why(password: str) -> None:
    assert len(password_faults(password)) <= 1


def test_a_name_is_one_short_line() -> None:
    assert text_faults("full_name", "  Zoë García-Ødegård 王  ") == ()
    assert text_faults("full_name", "") == ()
    assert text_faults("full_name", "two\nlines") != ()
    assert text_faults("full_name", "x" * 201) != ()
    assert text_faults("full_name", "null\x00byte") != ()


@given(st.sets(st.sampled_from(sorted(SCOPES))), st.sampled_from(sorted(SCOPES)))
def test_a_token_may_do_exactly_what_its_scopes_say(scopes: set[str], asked: str) -> None:
    actor = Actor(user_id=1, scopes=frozenset(scopes))
    if asked in scopes:
        require_scope(actor, asked)
        assert require_login(actor, asked) == 1
        return
    with pytest.raises(ScopeMissing) as refusal:
        require_scope(actor, asked)
    assert asked in refusal.value.detail
    assert refusal.value.status == 403


@given(st.sets(st.one_of(st.sampled_from(sorted(SCOPES)), st.text(max_size=20))))
def test_only_known_scopes_can_be_given(scopes: set[str]) -> None:
    assert (scope_faults(scopes) == ()) == (scopes <= set(SCOPES))


def test_nobody_is_not_logged_in() -> None:
    with pytest.raises(PermissionDenied):
        require_login(ANONYMOUS)


@given(secrets, secrets)
def test_a_form_token_fits_its_own_session_only(session: str, other: str) -> None:
    require_form_token(csrf_token(session), csrf_token(session))
    if fingerprint(session) != fingerprint(other):
        with pytest.raises(CsrfFailed):
            require_form_token(csrf_token(session), csrf_token(other))


@given(secrets, st.one_of(st.none(), st.text()))
def test_nothing_but_the_token_passes(session: str, given: str | None) -> None:
    token = csrf_token(session)
    assert session not in token or len(session) < 3
    for cookie, header in ((given, given), (token, given), (given, token)):
        with pytest.raises(CsrfFailed) as refusal:
            require_header_token(session, cookie, header)
        assert refusal.value.status == 400
        assert refusal.value.detail.startswith("CSRF")
    require_header_token(session, token, token)


@pytest.mark.parametrize("expected", [None, ""])
def test_without_a_cookie_even_nothing_does_not_match_nothing(expected: str | None) -> None:
    with pytest.raises(CsrfFailed, match="cookie not set"):
        require_form_token(expected, expected)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_a_household_has_one_network(address: str, network: str) -> None:
    assert network_of(address) == network
