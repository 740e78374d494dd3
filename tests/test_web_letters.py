"""A message about a claim, sent from the page: read first, to an address that may be put right, and once."""

import re
from pathlib import Path

import pytest

from claimbatch.web.roles import Role
from tests.conftest import installed
from tests.mail_server import mail_server
from tests.moderated import KEY, moderated
from tests.test_letters import MAIL, config
from tests.web import opened, words

AT = f"/claims/{KEY}/letter/sampled/send"


def test_a_message_is_read_and_sent_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no server is named nothing is offered; a tutor sends nothing."""
    installed("openssl", "openssl", "CLAIMBATCH_REQUIRE_OPENSSL")
    centre = moderated(tmp_path / "centre")
    client = opened(centre)
    assert "send it from here" not in client.page(f"/claims/{KEY}/papers")
    with mail_server(tmp_path / "office", "starttls") as office:
        monkeypatch.setenv("SSL_CERT_FILE", str(office.certificate))
        config(centre, MAIL + office.settings)
        assert "send it from here" in client.page(f"/claims/{KEY}/papers")
        page = client.get(AT).text
        assert f"{KEY}_sample.pdf" in words(page)
        seen = {"seen": re.findall(r'name="seen" value="(\d+)"', page)[0]}
        assert client.send(AT, {**seen, "to": "nobody"}, back=AT).status_code == 422
        assert client.send(AT, {"seen": "1", "to": "a@example.org"}, back=AT).status_code == 409
        assert office.taken == []
        assert "Sent to the centre, a@example.org." in client.says(
            AT, {**seen, "to": "a@example.org"}, back=AT
        )
        again = client.send(AT, {**seen, "to": "a@example.org"}, back=AT)
        assert (again.status_code, len(office.taken)) == (422, 1)
        assert "This message was sent already" in words(again.text)
        client.send(AT, {**seen, "to": "a@example.org", "again": "yes"}, back=AT)
        assert len(office.taken) == 2
    tutor = opened(centre, Role.TUTOR)
    assert "send it from here" not in tutor.page(f"/claims/{KEY}/papers")
    assert tutor.get(AT).status_code == 403
