"""The web page lets nobody in who does not belong there, and keeps to itself what it shows."""

import re
import sys
import time
from pathlib import Path

import pytest

from claimbatch.claims.store import Store
from claimbatch.data import template_folder
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.web.accounts import load_accounts, new_account, save_accounts
from claimbatch.web.kept import KeptWorkspace
from claimbatch.web.page import Page, Visit
from claimbatch.web.roles import MAY, Right, Role
from claimbatch.web.run import opening
from claimbatch.web.sessions import Sessions, Tokens
from claimbatch.web.settings import MIB, Limits
from tests.centre import Centre
from tests.web import HERE, HOST, opened, strange, words

FORM = {"content-type": "application/x-www-form-urlencoded", "origin": HERE}


def test_whoever_has_the_address_is_let_in_once(centre: Centre) -> None:
    """The second time it opens nothing, nor does one made up, nor one that is two minutes old."""
    client = strange(centre)
    path = opening(client.settings).removeprefix(HERE)
    assert client.get("/").status_code == 401
    first = client.get(path)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert re.fullmatch(
        r"claimbatch-8459=\S{40,}; HttpOnly; Path=/; SameSite=strict", first.headers["set-cookie"]
    )
    assert client.get("/").status_code == 200
    client.http.cookies.clear()
    assert client.get(path).status_code == 403
    assert client.get("/open?token=1-2-3").status_code == 403
    assert client.get("/open").status_code == 403


def test_a_token_dies_of_age() -> None:
    """Two minutes after it was made."""
    clock = [1000.0]
    tokens = Tokens(b"secret", lambda: clock[0])
    young, old = tokens.make(), tokens.make()
    clock[0] += 119
    assert tokens.use(young)
    clock[0] += 2
    assert not tokens.use(old)
    assert not Tokens(b"other", lambda: clock[0]).use(tokens.make())


def test_a_session_ends_when_nobody_asks() -> None:
    """A while after its last request, and not before."""
    clock = [0.0]
    sessions = Sessions(idle=60, clock=lambda: clock[0])
    value = sessions.begin("Pat", Role.TUTOR)
    for _ in range(3):
        clock[0] += 50
        assert sessions.find(value)
    clock[0] += 61
    assert sessions.find(value) is None
    assert sessions.find("") is None


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", f"{HOST}.evil.example", "127.0.0.1:80", ""])
def test_a_request_under_another_name_is_refused(centre: Centre, host: str) -> None:
    """Or a page elsewhere could have its own name lead here (DNS rebinding)."""
    assert opened(centre).http.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"https://{HOST}"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused(centre: Centre, headers: dict[str, str]) -> None:
    """Even with the cookie and the token of the session."""
    client = opened(centre)
    assert client.send("/sign-out", headers=headers).status_code == 403
    assert client.get("/").status_code == 200  # and nothing came of it
    assert client.send("/sign-out").status_code == 200
    assert client.get("/").status_code == 401


def test_a_form_without_its_token_is_refused(centre: Centre) -> None:
    """With none, with that of somebody else, and without the cookie."""
    site = Page("x", "", "/x")

    @site.post()
    def done(visit: Visit) -> object:
        return visit.go("/", "Done.")

    client = opened(centre, pages=(site,))
    assert client.http.post("/x", data={"csrf": ""}, headers=FORM).status_code == 403
    assert client.http.post("/x", data={}, headers=FORM).status_code == 403
    theirs = opened(centre).csrf()
    assert client.http.post("/x", data={"csrf": theirs}, headers=FORM).status_code == 403
    mine = client.csrf("/nothing-here")
    assert client.http.post("/x", data={"csrf": mine}, headers=FORM).status_code == 303
    client.http.cookies.clear()
    assert client.http.post("/x", data={"csrf": mine}, headers=FORM).status_code == 401


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(centre: Centre, method: str) -> None:
    """Pages are asked for, and forms are sent."""
    assert opened(centre).http.request(method, "/").status_code == 405


def test_every_answer_carries_its_headers(centre: Centre) -> None:
    """Pages, errors, refusals and files: nothing from outside, nothing inline, no frame, nothing kept."""
    client = opened(centre)
    answers = [
        client.get("/"),
        client.get("/nothing"),
        client.get("/static/style.css"),
        client.http.get("/", headers={"host": "evil"}),
        strange(centre).get("/"),
        client.http.post("/x", headers={**FORM, "origin": "http://evil.example"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 200, 421, 401, 403]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "server" not in answer.headers
    kept = [answer.headers["cache-control"] for answer in answers]
    assert kept == ["no-store", "no-store", "public, max-age=31536000, immutable", *["no-store"] * 3]


def test_no_template_has_anything_inline() -> None:
    """No script, no style, no handler in the text of a page, and no address outside: the policy would refuse them."""
    for path in sorted((template_folder() / "web").glob("*.j2")):
        text = path.read_text("utf-8")
        assert not re.search(
            r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|https?://|\|safe", text
        ), path.name


def test_the_files_beside_pages_are_a_closed_list(centre: Centre) -> None:
    """Nobody walks out of the folder."""
    client = strange(centre)
    assert client.get("/static/style.css").headers["content-type"] == "text/css; charset=utf-8"
    for path in ("/static/htmx.LICENSE", "/static/../layout.html.j2", "/static/%2e%2e%2flayout.html.j2"):
        assert client.get(path).status_code == 404


def test_a_tutor_submits_nothing(centre: Centre) -> None:
    """Whatever a page asks a right for that a tutor has not."""
    assert sorted(MAY[Role.ADMINISTRATOR] - MAY[Role.TUTOR]) == [
        "close", "declare", "moderate", "night", "qualifications", "register", "submit",
    ]  # fmt: skip
    site = Page("x", "Register", "/x", right=Right.REGISTER)
    asked: list[str] = []

    @site.get()
    def seen(visit: Visit) -> object:
        asked.append(visit.who)
        return visit.go("/")

    @site.post("/x/submit", right=Right.SUBMIT)
    def submitted(visit: Visit) -> object:
        asked.append(visit.who)
        return visit.go("/")

    tutor = opened(centre, Role.TUTOR, pages=(site,))
    assert tutor.get("/x").status_code == 403
    assert tutor.send("/x/submit", back="/nothing").status_code == 403
    assert "Register" not in tutor.page("/nothing", 404)
    assert asked == []
    assert opened(centre, pages=(site,)).send("/x/submit", back="/nothing", follow=False).status_code == 303
    assert asked == ["Pat Lee"]


def test_a_tutor_cannot_close_it(centre: Centre) -> None:
    """Others may be at work."""
    closed: list[str] = []
    tutor = opened(centre, Role.TUTOR, close=lambda: closed.append("tutor"))
    assert "Close claimbatch" not in tutor.page("/")
    assert tutor.send("/close").status_code == 403
    assert opened(centre, close=lambda: closed.append("admin")).send("/close").status_code == 200
    assert closed == ["admin"]


SMALL = Limits(file=2 * MIB, files=3, total=5 * MIB, fields=5, field=1000)


def _taking(centre: Centre) -> tuple[object, list[tuple[str, int]]]:
    site = Page("x", "", "/x")
    came: list[tuple[str, int]] = []

    @site.post()
    def taken(visit: Visit) -> object:
        came.extend((one.name, len(one.read())) for one in visit.form.uploads("files"))
        return visit.go("/", "Taken.")

    return opened(centre, pages=(site,), limits=SMALL), came


def test_files_within_the_limits_arrive_whole(centre: Centre) -> None:
    """Whatever they are called: a name is only a name."""
    client, came = _taking(centre)
    sent = [("files", ("../../a\\b/Jo Hughes.xlsx", b"x" * 2 * MIB)), ("files", ("two.xlsx", b"y" * MIB))]
    assert client.send("/x", files=sent, back="/nothing", follow=False).status_code == 303
    assert came == [("Jo Hughes.xlsx", 2 * MIB), ("two.xlsx", MIB)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("a.xlsx", 2 * MIB + 1)], "a.xlsx is larger than 2 MiB."),
        ([("a", 1), ("b", 1), ("c", 1), ("d", 1)], "Too many files"),
        ([("a", 2 * MIB), ("b", 2 * MIB), ("c", 2 * MIB)], "Send fewer files at a time."),
    ],
)
def test_what_is_too_much_is_refused(centre: Centre, files: list[tuple[str, int]], said: str) -> None:
    """One file, too many of them, or all together; and nothing of it is taken."""
    client, came = _taking(centre)
    answer = client.send("/x", files=[("files", (n, b"x" * size)) for n, size in files], back="/nothing")
    assert answer.status_code in (400, 413)
    assert said in words(answer.text)
    assert came == []


def test_what_comes_without_its_length_is_counted(centre: Centre) -> None:
    """A body in pieces, as long as it likes."""
    client, came = _taking(centre)

    def pieces():
        for _ in range(8):
            yield b"x" * MIB

    answer = client.http.post("/x", content=pieces(), headers=FORM)
    assert answer.status_code == 400
    assert came == []


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ClaimbatchError("No such claim.", "Look at the list."), 400, "No such claim. Look at the list."),
        (ClaimbatchError("It is locked.", "Wait.", Exit.LOCKED), 409, "It is locked. Wait."),
        (ClaimbatchError("The key is gone.", "", Exit.WRONG_SETUP), 500, "The key is gone."),
        (PermissionError(13, "Permission denied", "/secret/place"), 503, "Permission denied."),
        (ValueError("Ahmed, Sana"), 500, "It is a mistake in claimbatch, not in what you did."),
    ],
)
def test_an_error_is_a_page(
    centre: Centre, error: Exception, status: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """With its hint; never a traceback, and what may name somebody is told nowhere."""
    site = Page("x", "", "/x")

    @site.get()
    def failing(_visit: Visit) -> object:
        raise error

    answer = opened(centre, pages=(site,)).get("/x")
    page = words(answer.text)
    assert (answer.status_code, said in page) == (status, True)
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    told = page + "".join(capfd.readouterr())
    assert [word for word in ("Traceback", "Ahmed", "/secret") if word in told] == []


def test_nothing_of_a_request_is_logged(centre: Centre, capfd: pytest.CaptureFixture[str]) -> None:
    """Not its address, not its form, not who asked."""
    client = opened(centre)
    client.get("/sent?q=Ahmed")
    client.send("/sign-out", {"name": "Ahmed"})
    assert "".join(capfd.readouterr()) == ""


def test_with_users_everybody_signs_in(centre: Centre) -> None:
    """With their own role, under their own name; nobody gets in by an address, nor by trying."""
    users = {
        "Jo": new_account("Jo", Role.TUTOR, "three words together"),
        "Pat": new_account("Pat", Role.ADMINISTRATOR, "other words together"),
    }
    client = strange(centre, accounts=users)
    assert client.get(opening(client.settings).removeprefix(HERE)).status_code == 404
    assert "Sign in" in client.page("/", 401)
    wrong = client.send("/sign-in", {"name": "Jo", "password": "other words together"})
    assert (wrong.status_code, "The name or the password is wrong." in words(wrong.text)) == (401, True)
    assert client.send("/sign-in", {"name": "Kim", "password": "x"}).status_code == 401
    client.send("/sign-in", {"name": "Jo", "password": "three words together"})
    assert "Jo tutor or teacher" in client.page("/")
    other = strange(centre, accounts=users)
    file = [("files", ("x", b"x"))]
    assert other.send("/sign-in", {"name": "Jo"}, files=file).status_code == 400
    tries = [other.send("/sign-in", {"name": "Pat", "password": str(n)}).status_code for n in range(11)]
    assert tries == [401] * 10 + [429]
    assert other.send("/sign-in", {"name": "Pat", "password": "other words together"}).status_code == 429


def test_passwords_are_kept_as_hashes(centre: Centre) -> None:
    """In a file that only its owner can read; a short one is refused."""
    with pytest.raises(ClaimbatchError, match="The password has 5 characters"):
        new_account("Jo", Role.TUTOR, "short")
    folder = centre.workspace.folder
    save_accounts(folder, {"Jo": new_account("Jo", Role.TUTOR, "three words together")})
    kept = folder / "users.json"
    assert "three" not in kept.read_text("utf-8")
    assert sys.platform == "win32" or kept.stat().st_mode & 0o777 == 0o600
    assert load_accounts(folder)["Jo"].role is Role.TUTOR


def test_a_session_is_found_quickly_among_many() -> None:
    """And the one unused for longest makes room, so that nobody fills the memory."""
    sessions = Sessions(idle=1000)
    first = sessions.begin("a", Role.TUTOR)
    time.sleep(0.01)
    others = [sessions.begin("b", Role.TUTOR) for _ in range(250)]
    assert sessions.find(first) is None
    assert sum(sessions.find(one) is not None for one in others) == 200


def test_what_is_kept_is_never_old(centre: Centre) -> None:
    """Whoever changes the store, a command too, or a qualification: the next page knows it; looking changes nothing."""
    kept, made = KeptWorkspace(centre.workspace.folder), []

    def number() -> int:
        return kept.while_unchanged("x", lambda: made.append(1) or len(made))

    assert [number(), number(), number()] == [1, 1, 1]
    centre.done("claims")
    assert number() == 1
    centre.done("centre", "add", "68198", "Other College")
    assert [number(), number()] == [2, 2]
    centre.done("qualifications", "add-unit", "05844", "5", "Some unit")
    assert [number(), number()] == [3, 3]
    assert kept.while_unchanged("y", lambda: "other") == "other"


def test_the_state_of_a_store_changes_with_what_is_written(url: str, tmp_path: Path) -> None:
    """In SQLite and in PostgreSQL."""
    with Store.open(url, tmp_path) as store:
        store.add_centre("68199", "Example College")
        first = store.state()
        store.centres()
        assert store.state() == first or not url.startswith("sqlite")
        store.add_centre("68198", "Other College")
        assert store.state() != first
