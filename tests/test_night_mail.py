"""The messages of a night: what arrives at a real mail server, and what becomes of those that it does not take."""

import shutil
import socket
import stat
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from claimbatch import clock
from claimbatch.claims.term import term
from claimbatch.errors import ClaimbatchError
from claimbatch.form.layout import BY_UNIT
from claimbatch.night.account import Account, ClaimChanged, Fate, File, Mailed, Undone
from claimbatch.night.mail import send
from claimbatch.night.mail.drafts import Draft
from claimbatch.night.mail.queue import Message
from claimbatch.night.mail.sending import post as send_all
from claimbatch.night.mail.sending import queue_of
from claimbatch.output import posting
from claimbatch.settings import Mail
from claimbatch.workspace import Workspace
from tests.centre import CENTRE, IT, PEOPLE, Centre, put
from tests.conftest import installed
from tests.failing_disk import failing
from tests.post_office import PostOffice, post_office
from tests.test_letters import config, picture

RUN = "20261005T020000Z-3f2a"
SENT_ON = 1791187200  # 5 October 2026, 08:00 UTC
DAY = 86400
JO, SAM = "jo@example.ac.uk", "sam@example.ac.uk"
MAIL = """
[mail]
sender = "exams@example.ac.uk"
summary = ["exams@example.ac.uk"]
{more}
[mail.people]
"Jo Hughes" = "jo@example.ac.uk"
"Science/IT" = "sam@example.ac.uk"
"""


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON))
    centre = Centre.make(tmp_path / "centre", (IT,))
    monkeypatch.chdir(centre.workspace.folder)
    return centre


@pytest.fixture(params=["starttls", "tls"])
def office(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PostOffice]:
    installed("openssl", "openssl", "CLAIMBATCH_REQUIRE_OPENSSL")  # it makes the certificate
    with post_office(tmp_path / "office", request.param) as office:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "office" / "certificate.pem"))
        yield office


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """The same, of one kind, where it does not matter."""
    installed("openssl", "openssl", "CLAIMBATCH_REQUIRE_OPENSSL")
    with post_office(tmp_path / "office", "starttls") as office:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "office" / "certificate.pem"))
        yield office


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON + days * DAY))


def ready(centre: Centre, office: PostOffice | None, more: str = "") -> Centre:
    """The settings name the server; a centre without one has a port where nobody is."""
    server = office.settings if office else 'server = "localhost"\nport = 1\n'
    config(centre, MAIL.format(more=server + more))
    centre.workspace = Workspace(centre.workspace.folder)
    return centre


def rejected(centre: Centre, name: str = "Science/IT/claims.xlsx", unit: int = 3, **more: object) -> File:
    """A faulty workbook, with its marked copy in its place."""
    template = centre.issue(IT, BY_UNIT, unit)
    with centre.workspace.store() as store:
        issued = next(issued for issued, _ in store.sent() if issued.unit == unit)
    marked = Path("rejected", name).with_name(f"{Path(name).stem}_marked.xlsx")
    marked.parent.mkdir(parents=True, exist_ok=True)
    marked.write_bytes(template.read_bytes())
    made = File(
        name, Fate.REJECTED, sha256="ab" * 32, moved_to=f"rejected/{name}", marked=marked.as_posix(),
        centre_number=CENTRE, entry_code=IT, template_id=issued.template_id, lines=4, held=4, errors=3, queries=1,
    )  # fmt: skip
    return replace(made, **more)


def night(centre: Centre, *files: File, run: str = RUN, **more: object) -> Account:
    with centre.workspace.store() as store:
        courses = term(store, centre.catalogue)
    account = Account(run, "pat", "2026-10-05T02:00:00Z", "2026-10-05T02:00:09Z", files=files, term=courses)
    return replace(account, **more)


def told(mails: Sequence[Mailed]) -> list[tuple[str, str, str]]:
    return [(mail.kind, mail.whom, mail.state) for mail in mails]


def seen(message: EmailMessage) -> str:
    """The message as a text picture, without what is another each time."""
    lines = picture(message).splitlines()
    return "\n".join(line for line in lines if not line.startswith(("Message-ID:", "Date:"))) + "\n"


TEACHERS = """\
Subject: Claim workbooks of 5 October 2026: please put right 3 errors and 1 query
From: exams@example.ac.uk
To: sam@example.ac.uk
Auto-Submitted: auto-generated

Thank you for the 1 workbook that came in by 5 October 2026. There is something to put right before the grades can be \
claimed.

What to do first: open each marked copy that is attached. Its first sheet lists what is wrong, and each cell that is \
meant is marked and says what to do. Put it right there, save it, and send it back as you sent the first one.

With errors. Nothing of it counts until the corrected copy comes in:
- claims.xlsx: 05349 Introductory Diploma in IT, Unit 3: 3 errors and 1 query

The attached copies hold candidates' names; please pass them on to nobody who does not need them.

Questions? Answer this message: it reaches the exams office.

Exams office, Example College

[claims_marked.xlsx, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet]
"""

SUMMARY = """\
Subject: Claims on 5 October 2026: 2 workbooks came in, 1 workbook to be put right
From: exams@example.ac.uk
To: exams@example.ac.uk
Auto-Submitted: auto-generated

The nightly run of 5 October 2026 for Example College has ended.

Came in: 2 workbooks
Merged: 1 workbook
To be put right: 1 workbook
Claims changed: 1 claim
Grades: 2 added, 1 changed, 0 removed
Not back yet: 1 workbook, none late
Written to: 1 person

To do first: this could not be done, and is tried again in the next night:
- The report could not be written: the disk is full. Make room.

To be put right by whoever sent it. Nothing of it counts until a corrected copy comes in:
- claims.xlsx: 05349 Introductory Diploma in IT, Unit 3: 3 errors and 1 query. Told: Science/IT.

Left in the inbox for the next night:
- open.xlsx: It is open in another program.

Claims that changed:
- 68199-05349-1 05349 Introductory Diploma in IT, not submitted: 2 added, 1 changed, 0 removed

All of it, old and new: runs/20261005T020000Z-3f2a/summary.html

"""


def test_the_teacher_gets_their_own_and_the_office_a_summary(centre: Centre, office: PostOffice) -> None:
    """As they arrive, to the letter; encrypted, after logging in; with the marked copy to the byte."""
    ready(centre, office, 'user = "exams"\n')
    faulty = rejected(centre)
    account = night(
        centre,
        faulty,
        File("Hughes.xlsx", Fate.MERGED, sha256="cd" * 32),
        File("open.xlsx", Fate.LEFT, "It is open in another program."),
        claims=[
            ClaimChanged(f"{CENTRE}-{IT}-1", CENTRE, IT, "Introductory Diploma in IT", "not-submitted", 2, 1)
        ],
        undone=[Undone("report", "The report could not be written: the disk is full.", "Make room.")],
    )
    assert told(send(centre.workspace, account)) == [
        ("workbooks", "Science/IT", "sent"),
        ("summary", "exams office", "sent"),
    ]
    assert office.whom == [SAM, "exams@example.ac.uk"]
    assert [seen(message) for message in office.messages] == [TEACHERS, SUMMARY]
    (copy,) = office.messages[0].iter_attachments()
    assert copy.get_content() == Path(faulty.marked).read_bytes()
    assert office.users == ["exams:"] * 2
    assert list(Path("runs/mail").glob("*.eml")) == []


def test_nobody_is_written_to_unless_the_settings_say_so(centre: Centre, post: PostOffice) -> None:
    config(centre, '[mail]\nsender = "exams@example.ac.uk"\n' + post.settings)
    assert (send(centre.workspace, night(centre, rejected(centre))), post.taken) == ([], [])
    assert not Path("runs/mail").exists()


def test_a_night_in_which_nothing_happened_is_not_told(centre: Centre, post: PostOffice) -> None:
    """Unless somebody wants it every night."""
    ready(centre, post)
    assert send(centre.workspace, night(centre)) == []
    centre.workspace.config.__dict__["mail"] = centre.workspace.config.mail.model_copy(
        update={"summary_when": "always"}
    )
    assert told(send(centre.workspace, night(centre))) == [("summary", "exams office", "sent")]


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(centre: Centre, post: PostOffice) -> None:
    ready(centre, post)
    account = night(centre, rejected(centre), dry_run=True)
    assert told(send(centre.workspace, account)) == [
        ("workbooks", "Science/IT", "planned"),
        ("summary", "exams office", "planned"),
    ]
    assert (post.taken, Path("runs/mail").exists()) == ([], False)


# --- whom, and what about ------------------------------------------------------------------------------------------


def test_each_owner_gets_their_own_problems_alone(centre: Centre, post: PostOffice) -> None:
    """By folder, the nearest first, or by whom the template was made for; where neither is known, nobody."""
    ready(centre, post)
    files = [
        rejected(centre, "Science/IT/a.xlsx", 3),
        rejected(centre, "SCIENCE/it/Year 12/b.xlsx", 4),
        rejected(centre, "Science/c.xlsx", 5, issued_to="Jo Hughes"),
        rejected(centre, "d.xlsx", 6, issued_to="JO  HUGHES"),
        rejected(centre, "Elsewhere/e.xlsx", 7, issued_to="Kay Lee"),
        File("Science/IT/clean.xlsx", Fate.MERGED),
        File("Science/IT/open.xlsx", Fate.LEFT, "It is open."),
        File("Science/IT/asked.xlsx", Fate.MERGED, queries=2, entry_code=IT),
        File("Science/IT/evil.xlsm", Fate.QUARANTINED, "It holds macros."),
    ]
    mails = send(centre.workspace, night(centre, *files))
    assert told(mails)[:2] == [("workbooks", "Science/IT", "sent"), ("workbooks", "JH", "sent")]
    listed = {
        address: [line.split(":")[0] for line in seen(message).splitlines() if line.startswith("- ")]
        for address, message in zip(post.whom, post.messages, strict=True)
    }
    assert listed[SAM] == ["- a.xlsx", "- b.xlsx", "- asked.xlsx", "- evil.xlsm"]
    assert listed[JO] == ["- c.xlsx", "- d.xlsx"]
    summary = seen(post.messages[-1])
    assert (
        "- e.xlsx: 05349 Introductory Diploma in IT, Unit 7: 3 errors and 1 query. Nobody is told: no address"
        in summary
    )


def test_no_name_and_no_date_of_birth_is_in_any_message(centre: Centre, post: PostOffice) -> None:
    """Whatever files and folders are called, and whoever they are for: in no header, no text, no name of a file."""
    ready(centre, post, "reminders = true\n")
    centre.done("template", IT, "--unit", "9", "--for", "Jo Hughes", "--due", "6/10/2026")
    files = [
        rejected(centre, "Jo Hughes/Ahmed Sana 2008-01-02.xlsx", 3, issued_to="Jo Hughes"),
        rejected(centre, f"{CENTRE}_{IT}_unit-04_Jo-Hughes.xlsx", 4, issued_to="Jo Hughes"),
        rejected(centre, "SanaAhmed.xlsx", 5, issued_to="Jo Hughes"),
        replace(rejected(centre, "ONEILL.xlsx", 6), fate=Fate.QUARANTINED, why="ONEILL.xlsx is damaged."),
        File("Clark, Zoe.xlsx", Fate.LEFT, "Clark, Zoe.xlsx is open in Excel."),
    ]
    mails = send(centre.workspace, night(centre, *files))
    assert told(mails) == [
        ("workbooks", "JH", "sent"),
        ("reminder", "JH", "sent"),
        ("summary", "exams office", "sent"),
    ]
    words = {
        w.casefold()
        for _, name, _ in PEOPLE
        for w in name.replace("'", " ").replace(",", " ").split()
        if len(w) > 2
    }
    for message in post.messages:
        heads = [f"{name}: {value}" for part in message.walk() for name, value in part.items()]
        shown = "\n".join([*heads, seen(message)]).casefold()
        found = {
            word
            for word in {*words, "zoe", "jo hughes", "jo-hughes", "hughes", "2008-01-02"}
            if word in shown
        }
        assert found == set()
    for record in Path("runs/mail").glob("*.json"):
        kept = record.read_text("utf-8").casefold()
        assert not [word for word in (*words, "hughes", "example") if word in kept]


def test_nothing_in_a_workbook_or_a_folder_becomes_an_address_or_a_header(
    centre: Centre, post: PostOffice
) -> None:
    ready(centre, post)
    files = [
        rejected(centre, "a.xlsx", 3, issued_to="evil@example.org"),
        File(
            "evil@example.org/b.xlsx",
            Fate.QUARANTINED,
            "x\r\nBcc: evil@example.org\r\n.\r\nMAIL FROM:<e@e.uk>",
        ),
        File("Science/IT/c\r\nBcc: evil@example.org.xlsx", Fate.QUARANTINED, "It is\r\n.\r\nbroken."),
    ]
    send(centre.workspace, night(centre, *files))
    assert post.whom == [SAM, "exams@example.ac.uk"]
    assert [message["Bcc"] for message in post.messages] == [None, None]
    assert "- workbook.xlsx: It is . broken." in seen(post.messages[0])


def test_a_line_of_a_dot_alone_arrives_as_it_is(centre: Centre, post: PostOffice) -> None:
    """It does not end the message, and what follows it is no command."""
    ready(centre, post)
    words = centre.workspace.folder / "schemas" / "mails.toml"
    shipped = Path(__file__).parent.parent / "schemas" / "mails.toml"
    words.write_text(shipped.read_text("utf-8").replace("Questions?", ".\n..\nQUIT\n\nQuestions?"), "utf-8")
    send(centre.workspace, night(centre, rejected(centre)))
    assert "\n.\n..\nQUIT\n\nQuestions?" in seen(post.messages[0])
    assert len(post.messages) == 2


def test_of_a_workbook_without_a_marked_copy_it_says_what_is_wrong(centre: Centre, post: PostOffice) -> None:
    """Nobody is told to put right in a copy what there is no copy of; beside one that has, too."""
    ready(centre, post)
    stray = rejected(centre, "Science/IT/stray.xlsx", 4, marked="", errors=1, queries=0, codes={"CB011": 1})
    send(centre.workspace, night(centre, rejected(centre), stray))
    told = seen(post.messages[0])
    assert (
        "workbook to use:\n- stray.xlsx: A workbook of a centre that the workspace does not hold.\n" in told
    )
    assert "[claims_marked.xlsx" in told


def test_copies_that_have_no_room_are_named_with_where_they_lie(centre: Centre, post: PostOffice) -> None:
    ready(centre, post, "attach_mb = 0.05\n")
    files = [rejected(centre, f"Science/IT/{name}.xlsx", unit) for unit, name in enumerate("ab", 3)]
    Path(files[0].marked).write_bytes(b"x" * 60_000)
    send(centre.workspace, night(centre, *files))
    message = post.messages[0]
    assert [part.get_filename() for part in message.iter_attachments()] == ["b_marked.xlsx"]
    assert (
        "Too large to attach; ask the exams office for it:\n- a_marked.xlsx (it is rejected/Science/IT/a_marked.xlsx)"
        in seen(message)
    )


# --- a server that does not do its part ----------------------------------------------------------------------------

ALL = [("workbooks", "Science/IT"), ("summary", "exams office")]


@pytest.mark.parametrize(
    ("step", "answer", "what_came"),
    [
        ("AUTH", "", ("waiting", "the server does not take the user and the password (code 535)")),
        ("MAIL", "550 no", ("waiting", "the server does not take the sender (code 550)")),
        (
            "RCPT",
            "450 sam@example.ac.uk",
            ("waiting", "the server does not take the address that it goes to"),
        ),
        (
            "RCPT",
            "550 sam@example.ac.uk",
            ("refused", "the server does not take the address that it goes to"),
        ),
        ("DATA", "552 too large", ("refused", "the server refused it (code 552)")),
    ],
)
def test_what_the_server_refuses_waits_for_the_next_night(
    centre: Centre, post: PostOffice, step: str, answer: str, what_came: tuple[str, str]
) -> None:
    """It lies there for its owner alone; the same message, with the same name, goes when the server takes it."""
    ready(centre, post, 'user = "exams"\n')
    post.refuse[step] = answer
    first = send(centre.workspace, night(centre, rejected(centre)))
    assert [(m.kind, m.whom, m.state, m.why) for m in first] == [(*what, *what_came) for what in ALL]
    waiting = sorted(Path("runs/mail").glob("*.eml"))
    assert [stat.S_IMODE(path.stat().st_mode) for path in waiting] == [0o600] * 2
    names = [path.read_bytes().split(b"Message-ID: ")[1].split(b"\r\n")[0] for path in waiting]
    post.refuse.clear()
    again = send(centre.workspace, night(centre, run="20261006T020000Z-aaaa"))
    assert told(again) == [(*what, "sent") for what in ALL]
    assert [message["Message-ID"].encode() for message in post.messages] == names
    assert send(centre.workspace, night(centre, run="20261007T020000Z-aaaa")) == []


def test_one_address_that_is_refused_holds_up_no_other(centre: Centre, post: PostOffice) -> None:
    ready(centre, post)
    post.refuse[SAM] = "550 no"
    mails = send(centre.workspace, night(centre, rejected(centre)))
    assert told(mails) == [("workbooks", "Science/IT", "refused"), ("summary", "exams office", "sent")]
    assert "- workbooks for Science/IT, refused: the server does not take the address that" in seen(
        post.messages[0]
    )


def test_what_is_refused_for_good_is_told_once_and_may_go_elsewhere(centre: Centre, post: PostOffice) -> None:
    """The next nights try it again without a word; it is listed until somebody sends it elsewhere or drops it."""
    ready(centre, post)
    put(centre.issue(into=Path("inbox/Science/IT")), {"Grades!E5": "X"})
    settings = Path("claimbatch.toml")
    settings.write_text(settings.read_text("utf-8") + "\n[night]\nsettle = 0\n", "utf-8")
    post.refuse[SAM] = "550 no"
    code, said = centre.run("nightly")
    assert (code, "Not done: 1 message is refused: the server does not take the address" in said) == (5, True)
    code, said = centre.run("nightly")
    assert (code, "Not done" in said, post.whom) == (0, False, ["exams@example.ac.uk"])
    assert centre.done("mails").splitlines()[-2:] == [
        "No messages wait.",
        "1 was refused: to another address: claimbatch mails send NUMBER --to ADDRESS, or drop NUMBER.",
    ]
    (message,) = [m for m in queue_of(centre.workspace).messages() if m.state == "refused"]
    assert centre.run("mails", "send", "--to", JO, "--yes")[0] == 2
    said = centre.done("mails", "send", message.id, "--to", JO, "--yes")
    assert said == f"{message.id}, workbooks for Science/IT: sent.\n"
    assert (post.whom[-1], post.messages[-1]["To"], centre.done("mails")) == (JO, JO, "No messages wait.\n")


def test_a_reminder_that_is_refused_for_good_is_told_once(
    awaited: Centre, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made anew each night, as it may be answered by then; the second time nothing is said of it."""
    ready(awaited, post, "reminders = true\n")
    post.refuse[JO] = "550 no"
    later(monkeypatch, 2)
    assert told(send(awaited.workspace, night(awaited, run="first")))[0] == ("reminder", "JH", "refused")
    later(monkeypatch, 3)
    assert send(awaited.workspace, night(awaited, run="second")) == []


def test_of_each_message_that_waits_the_list_says_why(centre: Centre) -> None:
    """Of those that were not tried, too: the server was away, or the run was killed before."""
    ready(centre, None)
    send(centre.workspace, night(centre, rejected(centre)))
    queue = queue_of(centre.workspace)
    queue.add(Message("", "summary", "exams office", clock.stamp(), "k"), queue.read(queue.messages()[0]))
    rows = [line.rpartition("waiting  ")[2] for line in centre.done("mails").splitlines()[2:5]]
    assert rows == ["the server does not answer"] * 2 + ["not tried yet"]


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_broken_off_before_the_text_it_did_not_go(centre: Centre, post: PostOffice, step: str) -> None:
    ready(centre, post)
    post.leave.add(step)
    assert told(send(centre.workspace, night(centre, rejected(centre)))) == [
        (*what, "waiting") for what in ALL
    ]
    post.leave.clear()
    assert told(send(centre.workspace, night(centre))) == [(*what, "sent") for what in ALL]


def test_broken_off_after_the_text_nobody_can_know_and_it_is_not_sent_again_unasked(
    centre: Centre, post: PostOffice
) -> None:
    """It is told each night, listed, and sent or dropped when somebody says so."""
    ready(centre, post)
    post.leave.add("text")
    assert told(send(centre.workspace, night(centre, rejected(centre)))) == [
        (*what, "uncertain") for what in ALL
    ]
    post.leave.clear()
    post.taken.clear()
    assert told(send(centre.workspace, night(centre, run="20261006T020000Z-aaaa"))) == [
        *((*what, "uncertain") for what in ALL),
        ("summary", "exams office", "sent"),
    ]
    assert "- workbooks for Science/IT, uncertain: the connection broke off" in seen(post.messages[0])
    assert [line.rpartition("  ")[0] for line in centre.done("mails").splitlines()[2:4]] == [
        "20261005-01  workbooks  Science/IT    2026-10-05 08:00  uncertain",
        "20261005-02  summary    exams office  2026-10-05 08:00  uncertain",
    ]
    assert centre.run("mails", "send", "--yes") == (0, UNCERTAIN)
    assert centre.run("mails", "send", "20261005-01")[0] == 2  # nobody is there to ask
    post.refuse["RCPT"] = "450 later"
    assert centre.run("mails", "send", "20261005-01", "--yes")[0] == 5
    assert centre.run("mails", "send", "--yes") == (
        0,
        UNCERTAIN,
    )  # whether it went the first time is still open
    post.refuse.clear()
    assert centre.run("mails", "send", "20261005-01", "--yes") == (
        0, "20261005-01, workbooks for Science/IT: sent.\n"
    )  # fmt: skip
    assert centre.done("mails", "drop", "20261005-02", "--yes").endswith(": dropped: dropped by hand.\n")
    assert (post.whom, centre.done("mails")) == (["exams@example.ac.uk", SAM], "No messages wait.\n")
    code, said = centre.run("mails", "send", "20261005-02", "--yes")
    assert (code, "No message 20261005-02 waits to be sent." in said) == (2, True)


UNCERTAIN = """\
No messages wait.
2 are uncertain: ask whether they have arrived, then say the number: claimbatch mails send NUMBER, or drop NUMBER.
"""


def test_a_server_that_hangs_holds_up_no_run(
    centre: Centre, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One answer that does not come, and the others are not even tried."""
    ready(centre, post)
    monkeypatch.setattr(posting, "WAIT", 0.5)
    post.hang["MAIL"] = 5
    began = time.monotonic()
    mails = send(centre.workspace, night(centre, rejected(centre)))
    assert [(m.state, m.why) for m in mails] == [("waiting", "the server does not answer")] * 2
    assert time.monotonic() - began < 4


def test_a_server_that_takes_its_time_for_ever_is_cut_off(
    centre: Centre, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it answers each time before anybody would lose patience."""
    ready(centre, post)
    message = posting.as_sent(_draft())
    post.hang |= {"MAIL": 0.4, "RCPT": 0.4, "DATA": 3}
    server = posting.Server("localhost", post.port, "starttls")
    with pytest.raises(posting.UncertainError):
        posting.deliver(server, message, 1.2)
    with pytest.raises(posting.NotSentError, match="does not answer"):
        posting.deliver(server, message, 0.3)


def _draft() -> EmailMessage:
    return Draft("summary", "", SAM, "Subject", "Text\n").made("exams@example.ac.uk")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_that_never_says_a_word_is_given_up(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setattr(posting, "WAIT", 0.3)
    with socket.create_server(("localhost", 0)) as silent:
        server = posting.Server("localhost", silent.getsockname()[1], security)
        with pytest.raises(posting.NotSentError, match="the server does not") as refused:
            posting.deliver(server, _draft())
    assert refused.value.reached is False


def test_of_two_who_send_the_same_one_does(centre: Centre, post: PostOffice) -> None:
    """A run and somebody at the terminal, at the same moment."""
    ready(centre, None)
    send(centre.workspace, night(centre, rejected(centre)))
    queue = queue_of(centre.workspace)
    waiting = queue.messages()
    post.hang["RCPT"] = 0.5
    server = posting.Server("localhost", post.port, "starttls")
    with ThreadPoolExecutor(4) as many:
        done = list(many.map(lambda _: [m.state for m in send_all(queue, waiting, server)], range(4)))
    assert sorted(post.whom) == ["exams@example.ac.uk", SAM]
    assert sum(states.count("sent") for states in done) == 2
    assert [message.state for message in queue.messages()] == ["sent"] * 2


def test_a_disk_that_fails_at_any_moment_loses_no_message_and_doubles_none(
    centre: Centre, post: PostOffice
) -> None:
    """Afterwards each has gone once, or is told as uncertain; where it could not even be written, that is told."""
    alone = MAIL.replace('summary = ["exams@example.ac.uk"]\n', "")
    config(centre, alone.format(more=post.settings))
    centre.workspace = Workspace(centre.workspace.folder)
    faulty, at = rejected(centre), 0
    while True:
        at += 1
        post.taken.clear()
        shutil.rmtree("runs/mail", ignore_errors=True)
        with failing(at) as disk:
            first = send(centre.workspace, night(centre, faulty))
        if not disk.failed:
            break
        second = send(centre.workspace, night(centre, run="next"))
        states = {mail.state for mail in (*first, *second)}
        assert (post.whom.count(SAM), bool(states & {"uncertain", "not made"})) in {
            (1, False),
            (1, True),
            (0, True),
        }
    assert at > 15


def test_where_no_server_is_everything_waits(centre: Centre) -> None:
    ready(centre, None)
    mails = send(centre.workspace, night(centre, rejected(centre)))
    assert [(m.kind, m.whom, m.state, m.why) for m in mails] == [
        (*what, "waiting", "the server does not answer") for what in ALL
    ]
    code, said = centre.run("mails", "send", "--yes")
    assert (code, said.count("waiting: the server does not answer.")) == (5, 2)


def test_what_waits_too_long_is_dropped_and_told(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(centre, None, "keep_days = 2\n")
    send(centre.workspace, night(centre, rejected(centre)))
    later(monkeypatch, 2)
    assert {mail.state for mail in send(centre.workspace, night(centre))} == {"waiting"}
    later(monkeypatch, 3)
    dropped = [m for m in send(centre.workspace, night(centre)) if m.state == "dropped"]
    why = "not sent within 2 days: the server does not answer"
    assert [(m.kind, m.why) for m in dropped] == [("workbooks", why), ("summary", why)]
    assert list(Path("runs/mail").glob("20261005-0[12].eml")) == []


def test_a_run_that_is_finished_after_it_was_killed_writes_no_message_twice(
    centre: Centre, post: PostOffice
) -> None:
    """A new night, in which the same comes in again, does."""
    ready(centre, post)
    faulty = rejected(centre)
    for run in (RUN, RUN, "next"):
        send(centre.workspace, night(centre, faulty, run=run))
    assert post.whom.count(SAM) == 2


@pytest.mark.parametrize("ending", [".eml", ".sending"])
def test_killed_before_or_while_it_was_sent(centre: Centre, post: PostOffice, ending: str) -> None:
    """Written and not sent, it goes the next night; while it was sent, nobody can know."""
    ready(centre, None)
    send(centre.workspace, night(centre, rejected(centre)))
    for path in Path("runs/mail").glob("*.eml"):
        path.rename(path.with_suffix(ending))
    settings = Path("claimbatch.toml")
    settings.write_text(
        settings.read_text("utf-8").replace('server = "localhost"\nport = 1\n', post.settings), "utf-8"
    )
    mails = send(Workspace(centre.workspace.folder), night(centre))
    assert {mail.state for mail in mails if mail.kind == "workbooks"} == {
        "sent" if ending == ".eml" else "uncertain"
    }
    assert post.whom.count(SAM) == (ending == ".eml")


def test_a_queue_that_cannot_be_written_ends_no_run(centre: Centre) -> None:
    ready(centre, None)
    Path("runs/mail").write_text("in the way", "utf-8")
    (mail,) = send(centre.workspace, night(centre, rejected(centre)))
    assert (mail.kind, mail.state, bool(mail.why)) == ("messages", "not made", True)


# --- the run as a whole --------------------------------------------------------------------------------------------


def test_a_night_sends_what_it_has_to_say(centre: Centre, post: PostOffice) -> None:
    """Its own marked copy, which is put right and merged; a dry run before it only says whom it would write to."""
    ready(centre, post)
    put(centre.issue(into=Path("inbox/Science/IT")), {"Grades!E5": "X"})
    settings = Path("claimbatch.toml")
    settings.write_text(settings.read_text("utf-8") + "\n[night]\nsettle = 0\n", "utf-8")
    said = centre.run("nightly", "--dry-run")[1]
    assert "Would send 2 messages: workbooks to Science/IT, summary to exams office.\n" in said
    assert post.taken == []
    code, said = centre.run("nightly")
    assert (code, "Sent 2 messages: workbooks to Science/IT, summary to exams office.\n" in said) == (1, True)
    (copy,) = post.messages[0].iter_attachments()
    Path("inbox/back.xlsx").write_bytes(copy.get_content())
    put(Path("inbox/back.xlsx"), {"Grades!E5": "P", "Assessed by!E5": "JH"})
    assert "Took 1 workbook: 1 added" in centre.done("nightly")
    assert centre.done("nightly").startswith("Nothing to do")
    assert post.whom == [SAM, *["exams@example.ac.uk"] * 2]


def test_what_was_not_sent_is_not_done_and_goes_with_the_next_run(centre: Centre, post: PostOffice) -> None:
    """Exit code 5, although the workbooks are taken and answered all the same."""
    ready(centre, post)
    put(centre.issue(into=Path("inbox/Science/IT")), {"Grades!E5": "X"})
    settings = Path("claimbatch.toml")
    settings.write_text(settings.read_text("utf-8") + "\n[night]\nsettle = 0\n", "utf-8")
    post.refuse["RCPT"] = "450 later"
    code, said = centre.run("nightly")
    why = "2 messages are waiting: the server does not take the address that it goes to."
    assert (code, f"Not done: {why}" in said, list(Path("inbox").rglob("*.xlsx"))) == (5, True, [])
    post.refuse.clear()
    assert "Sent 2 messages: workbooks to Science/IT, summary to exams office." in centre.done("nightly")


# --- reminders -----------------------------------------------------------------------------------------------------

REMINDED = """\
Subject: Reminder: 2 claim workbooks to return
From: exams@example.ac.uk
To: jo@example.ac.uk
Auto-Submitted: auto-generated

Came back with errors: the corrected copy is awaited. The marked copy was sent to you; put it right and send it back:
- 05349 Introductory Diploma in IT, Unit 4: due Friday 9 October 2026, 2 days late

Please fill in and send back, even if not all grades are known yet: what is blank says nothing, and can follow:
- 05349 Introductory Diploma in IT, Unit 3: due Friday 9 October 2026, 2 days late

Has it been sent already in the last days? Then there is nothing to do. If it is lost, or cannot be done by then, \
answer this message: it reaches the exams office.

Exams office, Example College

"""


@pytest.fixture
def awaited(centre: Centre) -> Centre:
    """Two workbooks of Jo Hughes are due on Friday, another has no day; one is Sam Adeyemi's, who has no address."""
    for unit in (3, 4):
        centre.done("template", IT, "--unit", unit, "--for", "Jo Hughes", "--due", "9/10/2026")
    centre.done("template", IT, "--unit", "5", "--for", "Jo Hughes")
    centre.done("template", IT, "--unit", "6", "--for", "Sam Adeyemi", "--due", "9/10/2026")
    return centre


def nights(centre: Centre, monkeypatch: pytest.MonkeyPatch, *days: int) -> list[int]:
    """Those of the *days* after the first on which a reminder was sent."""
    found = []
    for day in days:
        later(monkeypatch, day)
        mails = send(centre.workspace, night(centre, run=f"run-{day}"))
        found += [day for mail in mails if (mail.kind, mail.state) == ("reminder", "sent")]
    return found


def test_reminded_before_and_after_the_day_and_not_too_often(
    awaited: Centre, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From three days before (the 6th), every five days, until ten days after (the 19th); and never twice in a day."""
    ready(awaited, post, "reminders = true\nremind_before = 3\nremind_every = 5\nremind_after = 10\n")
    assert nights(awaited, monkeypatch, *range(20)) == [1, 6, 11]
    assert nights(awaited, monkeypatch, 11) == []
    assert set(post.whom) == {JO, "exams@example.ac.uk"} or set(post.whom) == {JO}


def test_what_a_reminder_says(awaited: Centre, post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(awaited, post, "reminders = true\n")
    faulty = put(Path("outbox", f"{CENTRE}_{IT}_unit-04_Jo-Hughes.xlsx"), {"Claim!E5": "X"})
    faulty.rename(Path("inbox", "back.xlsx"))
    later(monkeypatch, 6)
    awaited.run("nightly")
    assert [seen(message) for message in post.messages if message["Subject"].startswith("Reminder")] == [
        REMINDED
    ]


def test_a_reminder_that_did_not_go_is_made_anew(
    awaited: Centre, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what is outstanding then; and what has come back since is not asked for."""
    ready(awaited, post, "reminders = true\n")
    post.refuse["RCPT"] = "550 no"
    assert nights(awaited, monkeypatch, 2) == []
    post.refuse.clear()
    later(monkeypatch, 3)
    account = night(awaited)
    with_one = [replace(course, sent=course.sent[:1]) for course in account.term]
    send(awaited.workspace, replace(account, term=with_one, id="next"))
    assert [m["Subject"] for m in post.messages if m["To"] == JO] == ["Reminder: 1 claim workbook to return"]


def test_nobody_is_reminded_unless_the_settings_say_so(
    awaited: Centre, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(awaited, post)
    assert nights(awaited, monkeypatch, 2, 10) == []


# --- settings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('summary = ["a@b.uk"]', "summary and people are written to at night, and no server is named."),
        (
            'summary = ["a@b.uk"]\nserver = "x"',
            "summary and people are written to at night, and no sender is named.",
        ),
        ('summary = ["a@b.uk\\r\\nBcc: c@d.uk"]', "is no e-mail address"),
        ('people = {"Jo" = "jo"}', '"jo" is no e-mail address.'),
        ('server = "x"\nsender = "a@b.uk"\npeople = {"" = "a@b.uk"}', "people: "),
        ("reminders = true", "reminders need addresses: people names none."),
        ("remind_every = 0", "greater than or equal to 1"),
        ("recipients = []", "Extra inputs are not permitted"),
    ],
)
def test_a_slip_in_the_settings_is_told(centre: Centre, lines: str, told: str) -> None:
    config(centre, f"[mail]\n{lines}\n")
    code, said = centre.run("mails")
    assert (code, told in said, "Known settings of [mail]:" in said) == (3, True, True), said


def test_the_settings_are_shown_as_they_are(centre: Centre) -> None:
    """What the file of settings shows behind a # is what holds without it."""
    text = (centre.workspace.folder / "claimbatch.toml").read_text("utf-8")
    names = (
        "summary_when",
        "attach_mb",
        "reminders",
        "remind_before",
        "remind_every",
        "remind_after",
        "keep_days",
    )
    lines = [
        line.removeprefix("# ")
        for line in text.splitlines()
        if line.startswith(tuple(f"# {n} =" for n in names))
    ]
    shown = Mail(**tomllib.loads("\n".join(lines)), people={"x": JO}, server="x", sender=JO)
    assert len(lines) == len(names)
    assert [getattr(shown, name) for name in names] == [getattr(Mail(), name) for name in names]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "{arrived} came in",
            "{candidate} came in",
            "summary: subject: {candidate} stands for nothing there",
        ),
        ('of = "undone"', 'of = "names"', 'summary, part 2: of = "names" is no list of this message'),
        ("- {why} {hint}", "- {file}", "summary, part 2: line: {file} stands for nothing there"),
        ("- {why} {hint}", "- {why.__class__}", "{why.__class__} stands for nothing there"),
        ("- {why} {hint}", "- {why", "summary, part 2: line: a brace has no partner"),
        ("[reminder]", "[reminders]", '"reminders" is not known there'),
    ],
)
def test_words_of_ones_own_are_checked(centre: Centre, old: str, new: str, told: str) -> None:
    shipped = (Path(__file__).parent.parent / "schemas" / "mails.toml").read_text("utf-8")
    (centre.workspace.folder / "schemas" / "mails.toml").write_text(shipped.replace(old, new, 1), "utf-8")
    with pytest.raises(ClaimbatchError) as refused:
        centre.workspace.mails()
    assert told in refused.value.message
