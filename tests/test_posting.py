"""Messages that are sent: only where the settings say so, encrypted, and never twice unasked."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.centre import Centre
from tests.conftest import installed
from tests.mail_server import Office, mail_server
from tests.moderated import KEY, moderated
from tests.test_letters import MAIL, config, picture


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    centre = moderated(tmp_path / "centre")
    centre.done("claim", "number", KEY, "412365")
    return centre


@pytest.fixture(params=["starttls", "tls"])
def office(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    installed("openssl", "openssl", "CLAIMBATCH_REQUIRE_OPENSSL")  # it makes the certificate
    with mail_server(tmp_path / "office", request.param) as office:
        monkeypatch.setenv("SSL_CERT_FILE", str(office.certificate))
        yield office


def record(centre: Centre) -> Path:
    return centre.workspace.folder / "runs" / "letters" / f"{KEY}_sampled.json"


def send(centre: Centre, *more: str) -> tuple[int, str]:
    return centre.run("letters", KEY, "--send", "--yes", *more)


def test_a_message_is_sent_encrypted_and_once(centre: Centre, office: Office) -> None:
    """What arrives is what stands in the file beside, with its date; a second time only with --again."""
    config(centre, MAIL + office.settings + 'user = "exams"\n')
    code, said = send(centre)
    path = centre.workspace.folder / "outbox" / f"{KEY}_sampled_to-centre_sent.eml"
    assert (code, said) == (0, f"Sent to the centre, exams@example.ac.uk. As it was sent: {path}.\n")
    [arrived] = office.taken
    assert arrived == path.read_bytes()
    head = picture(message_from_bytes(arrived, policy=policy.default)).split("\n\n")[0]
    assert [line.split(":")[0] for line in head.splitlines()] == [
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
    ]
    assert office.heard[-4:] == ["AUTH", "MAIL", "RCPT", "DATA"]
    code, said = send(centre)
    assert (code, len(office.taken)) == (2, 1)
    assert said.startswith("claimbatch: This message was sent already, 20")
    assert (send(centre, "--again")[0], len(office.taken)) == (0, 2)
    office.refuse["RCPT"] = "550 no"
    assert (send(centre, "--again")[0], send(centre)[0]) == (5, 2)  # what went before went
    assert "example" not in record(centre).read_text("utf-8")


@pytest.mark.parametrize(
    ("word", "answer", "told"),
    [
        ("AUTH", "535 no", "the server does not take the user and the password (code 535)"),
        ("MAIL", "550 no", "the server does not take the sender (code 550)"),
        ("RCPT", "550 exams@example.ac.uk unknown", "the server does not take the address that it goes to"),
        ("DATA", "552 too large", "the server refused it (code 552)"),
    ],
)
def test_what_the_server_refuses_was_not_sent(
    centre: Centre, office: Office, word: str, answer: str, told: str
) -> None:
    """So it may be sent again without asking; what the server says is not repeated, because it may hold an address."""
    config(centre, MAIL + office.settings + 'user = "exams"\n')
    office.refuse[word] = answer
    code, said = send(centre)
    why = f"was not sent: {told} (localhost, port {office.port})."
    assert (code, said) == (5, f"claimbatch: The message {why}\n  Put it right, and try again.\n")
    assert not record(centre).exists()
    office.refuse.clear()
    assert send(centre)[0] == 0


def test_where_nobody_can_know_nothing_is_sent_again_unasked(centre: Centre, office: Office) -> None:
    """The connection breaks off after the message, before the server has taken it."""
    config(centre, MAIL + office.settings)
    office.hang_up = True
    code, said = send(centre)
    assert (code, "may or may not have been sent" in said) == (5, True)
    office.hang_up = False
    code, said = send(centre)
    assert (code, len(office.taken)) == (2, 1)
    assert "may have been sent already: a run that sent it did not come to its end" in said


def test_a_server_that_is_not_to_be_trusted_gets_nothing(
    centre: Centre, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    config(centre, MAIL + office.settings)
    code, said = send(centre)
    assert (code, "certificate is not one to trust" in said, office.taken) == (5, True, [])
    assert not {"AUTH", "MAIL", "RCPT"} & set(office.heard)


def test_a_server_without_encryption_gets_nothing(centre: Centre, tmp_path: Path) -> None:
    with mail_server(tmp_path / "office", "starttls") as office:
        config(centre, MAIL + office.settings)
        office.refuse["EHLO"] = "250 localhost"
        code, said = send(centre)
    assert (code, "offers no encryption" in said, office.taken) == (5, True, [])


@pytest.mark.parametrize(
    ("settings", "more", "code", "told"),
    [
        (MAIL, ["--yes"], 2, "Nothing is sent: claimbatch.toml names no server under [mail]."),
        ("", ["--yes"], 2, "Nothing is sent: claimbatch.toml names no server and no sender under [mail]."),
        (
            '[mail]\nserver = "localhost"\nsender = "a@b.uk"\n',
            ["--yes"],
            2,
            "Nothing is sent: no address is known.",
        ),
        (
            MAIL + 'server = "localhost"\nport = 1\n',
            [],
            2,
            "What is sent cannot be called back, and nobody is here",
        ),
        (MAIL + 'server = "localhost"\nport = 1\n', ["--yes"], 5, "was not sent: the server does not answer"),
    ],
)
def test_nothing_is_sent_where_it_cannot_be(
    centre: Centre, settings: str, more: list[str], code: int, told: str
) -> None:
    config(centre, settings)
    found, said = centre.run("letters", KEY, "--send", *more)
    assert (found, told in said) == (code, True), said
    assert not record(centre).exists()
