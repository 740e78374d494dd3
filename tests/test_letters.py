"""Messages about a claim: what is written, to whom, with which documents; and that they name nobody."""

import re
import shutil
import stat
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from claimbatch.cli.letters import EVENTS as OFFERED
from claimbatch.data import schema_file
from claimbatch.identifiers import is_email_address
from claimbatch.output.letters import EVENTS, Words, as_draft, message
from tests.centre import Centre
from tests.moderated import KEY, moderated
from tests.papers import pages_of

MAIL = """
[mail]
sender = "office@example.ac.uk"
moderator = "moderator@example.org"
centre = "exams@example.ac.uk"
"""
WORDS = Words(to="centre", subject="Claim", body="Text")
NAMES = re.compile("Ahmed|Sana|Brown|Tom|Clark|Zoë|Neill|Fay|Hughes|Pat|200[0-9]-|/200[0-9]")


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return moderated(tmp_path / "centre")


def config(centre: Centre, text: str) -> None:
    with (centre.workspace.folder / "claimbatch.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def written(centre: Centre, *more: object) -> tuple[EmailMessage, str]:
    """The message that is written, as a mail program reads it; and what is said."""
    out = centre.workspace.folder / "out"
    said = centre.done("letters", KEY, "-o", out, *more)
    found = re.search(r"Wrote (.+?\.eml):", said)
    assert found
    message = message_from_bytes(Path(found[1]).read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message, said.replace(f"{out}/", "")


def picture(message: EmailMessage) -> str:
    """A message as somebody sees it: its head, its text, and the names of what is attached."""
    head = [
        f"{name}: {value}" for name, value in message.items() if not name.startswith(("Content-", "MIME-"))
    ]
    body = message.get_body(("plain",))
    assert body is not None
    attached = [f"[{part.get_filename()}, {part.get_content_type()}]" for part in message.iter_attachments()]
    return "\n".join([*head, "", body.get_content().replace("\r\n", "\n").strip(), "", *attached]) + "\n"


SUBMITTED = """\
Subject: Claim {number} of centre 68199, 05990: ready for moderation
From: office@example.ac.uk
To: moderator@example.org
X-Unsent: 1

Centre 68199 Example College has submitted a claim.

Qualification: 05990 OCR Level 3 Cambridge Technical Certificate in Tests
Claim number: {number}
Claimed: 7 grades for 4 candidates in 3 units

The claim is attached, with all grades by unit and by assessor. Please tell us which work you want to see; a list of \
candidate numbers and units is enough.

The attached document holds candidates' names. Please keep it as you would keep their work.

Exams office, Example College

[68199-05990-1_claim.pdf, application/pdf]
"""

SAMPLED = """\
Subject: Claim {number}, 05990: the moderator has chosen a sample
From: office@example.ac.uk
To: exams@example.ac.uk
X-Unsent: 1

The moderator has chosen which work to see of this claim.

Qualification: 05990 OCR Level 3 Cambridge Technical Certificate in Tests
Claim number: {number}
Sample: 5 pieces of work in 3 folders

The list is attached, grouped by candidate so that folders can be pulled in order. Please have the work ready, each \
piece with its unit recording sheet.

The attached document holds candidates' names. Please pass it on only to those who need it.

Exams office, Example College

[68199-05990-1_sample.pdf, application/pdf]
"""

COMPLETED = """\
Subject: Claim {number}, 05990: completed
From: office@example.ac.uk
To: exams@example.ac.uk
X-Unsent: 1

The moderator has sent this claim to the awarding body.

Qualification: 05990 OCR Level 3 Cambridge Technical Certificate in Tests
Claim number: {number}
Reference: R1234

What stands in the claim now is attached. What the moderator withdrew can be claimed again in the next claim.

Please keep the work that was in the sample secure for three months after the moderation: if a decision is to be \
reviewed, it is asked for.

The attached documents hold candidates' names. Please pass them on only to those who need them.

Exams office, Example College

[68199-05990-1_claim.pdf, application/pdf]
[68199-05990-1_outcome.pdf, application/pdf]
"""


def test_the_moderator_is_told_of_a_submitted_claim_and_the_centre_of_what_follows(centre: Centre) -> None:
    """Each message is the one that is due; an earlier one can be had again."""
    config(centre, MAIL)
    number = "412365"
    centre.done("claim", "number", KEY, number)
    message, said = written(centre)
    assert picture(message) == SAMPLED.format(number=number)
    assert said == (
        f"Wrote {KEY}_sampled_to-centre.eml: to the centre, exams@example.ac.uk; attached: {KEY}_sample.pdf.\n"
        "Open it in your mail program, read it, and send it. The documents hold candidates' names.\n"
    )
    assert picture(written(centre, "--event", "submitted")[0]) == SUBMITTED.format(number=number)
    centre.done("moderation", "complete", KEY, "--reference", "R1234")
    assert picture(written(centre)[0]) == COMPLETED.format(number=number)


def test_no_message_names_anybody_and_what_is_attached_is_the_document(centre: Centre) -> None:
    """Neither in its head nor in its text: names and dates of birth stand in the PDF alone."""
    config(centre, MAIL)
    for event in ("submitted", "sampled"):
        message, _ = written(centre, "--event", event)
        assert NAMES.findall(picture(message)) == []
        [attached] = message.iter_attachments()
        assert "Ahmed, Sana" in "".join(pages_of(attached.get_content()))


def test_the_same_claim_gives_the_same_file_for_its_owner_alone(centre: Centre) -> None:
    """It ends its lines as mail does, and has no date: that is the mail program's."""
    files = []
    for _ in range(2):
        written(centre)
        files.append(next((centre.workspace.folder / "out").iterdir()).read_bytes())
    assert files[0] == files[1]
    assert (b"\nDate:" in files[0], files[0].count(b"\n") - files[0].count(b"\r\n")) == (False, 0)
    if sys.platform != "win32":
        path = next((centre.workspace.folder / "out").iterdir())
        assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)


def test_an_address_that_is_not_known_stays_empty_and_that_is_said(centre: Centre) -> None:
    centre.done("claim", "number", KEY, "412365")
    message, said = written(centre)
    assert (message["To"], message["From"]) == (None, None)
    assert said == (
        f"Wrote {KEY}_sampled_to-centre.eml: to the centre; attached: {KEY}_sample.pdf.\n"
        "It has no address yet: the centre's is not known. Put it in when you send the message,\n"
        '  or for next time into claimbatch.toml, under [mail]: centre = "..."\n'
        "Open it in your mail program, read it, and send it. The documents hold candidates' names.\n"
    )


def test_a_number_that_only_we_know_is_told_to_whoever_writes(centre: Centre) -> None:
    """The moderator could not find the claim by it."""
    message, said = written(centre)
    assert message["Subject"].startswith("Claim C000001, ")
    assert said.splitlines()[:2] == [
        "It has only our own number, C000001. With the awarding body's, write it again:",
        f"  claimbatch claim number {KEY} NUMBER",
    ]


def test_the_nearest_address_counts(tmp_path: Path) -> None:
    """The one that is typed; the claim's own for results; that of its centre or entry code; the one for all."""
    centre = moderated(tmp_path / "centre", sampled=False)
    config(centre, MAIL)
    assert written(centre)[0]["To"] == "moderator@example.org"
    config(
        centre, 'moderators = {"05990" = "tests@example.org"}\ncentres = {"68199" = "north@example.ac.uk"}\n'
    )
    fresh = Centre(type(centre.workspace)(centre.workspace.folder))
    assert written(fresh)[0]["To"] == "tests@example.org"
    assert written(fresh, "--to", "me@example.org")[0]["To"] == "me@example.org"
    fresh.done("sample", "record", KEY, "--candidate", "0042", "--unit", "1")
    assert written(fresh)[0]["To"] == "north@example.ac.uk"


def test_what_was_withdrawn_is_not_to_be_seen_any_more(centre: Centre) -> None:
    """Nor counted; where nothing is left there is no list to attach."""
    for unit, assessor, grade, told in (
        ("1", "JH", "P", "3 pieces of work in 2 folders"),
        ("1", "JH", "M", "2 pieces of work in 2 folders"),
        ("2", "SA", "D", "1 piece of work in 1 folder"),
        ("First Aid", "SA", "M", "0 pieces of work in 0 folders"),
    ):
        group = ("--unit", unit, "--assessor", assessor, "--grade", grade)
        centre.done("moderation", "withdraw", KEY, *group, "--reason", "marked by others", "--yes")
        message, said = written(centre)
        assert f"Sample: {told}\n" in picture(message)
    assert "attached: nothing.\n" in said


def test_a_claim_that_is_not_submitted_or_not_so_far_has_no_message(tmp_path: Path) -> None:
    centre = moderated(tmp_path / "centre", sampled=False)
    assert centre.run("letters", KEY, "--event", "sampled") == (
        2,
        f"claimbatch: Claim {KEY} is not sampled yet.\n  There is a message for: submitted.\n",
    )
    centre.done("claim", "withdraw", KEY, "--reason", "wrong units", "--yes")
    code, said = centre.run("letters", KEY)
    assert (code, said.splitlines()[0]) == (
        2,
        f"claimbatch: There is nobody to write to about claim {KEY}: it is withdrawn.",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[mail]\ncentre = "exams"\n', 'mail.centre: "exams" is no e-mail address.'),
        ('[mail]\ncenter = "a@b.uk"\n', "Known settings of [mail]: sender, moderator, centre"),
        ('[mail]\nmoderators = {"05349" = "a@b.uk\\nBcc: c@d.uk"}\n', "mail.moderators.05349: "),
    ],
)
def test_a_slip_in_the_settings_is_told_with_its_place(centre: Centre, text: str, told: str) -> None:
    config(centre, text)
    code, said = centre.run("letters", KEY)
    assert (code, told in said) == (3, True), said


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "{grades} for",
            "{grade} for",
            'submitted: {grade} in body stands for nothing.\n  Did you mean "grades"?',
        ),
        (
            '["claim"]',
            '["claims"]',
            'submitted: there is no document "claims" to attach.\n  Did you mean "claim"?',
        ),
        ("Claimed: {grades}", "Claimed: {grades", "submitted: a brace in body has no partner."),
        ("{grades} for", "{claim.__class__} for", "{claim.__class__} in body stands for nothing."),
        ('to = "moderator"', 'to = "everybody"', 'to = "everybody" is not "moderator" or "centre".'),
    ],
)
def test_a_centre_may_have_its_own_words(centre: Centre, old: str, new: str, told: str) -> None:
    """A file in the workspace's schemas counts before the shipped one; a slip in it is told with its place."""
    own = centre.workspace.folder / "schemas" / "letters.toml"
    shutil.copy(schema_file("letters.toml"), own)
    text = own.read_text("utf-8")
    own.write_text(text.replace("a list of", "a list – by post, too – of"), "utf-8")
    message, _ = written(centre, "--event", "submitted")
    assert "a list – by post, too – of candidate numbers" in picture(message)
    own.write_text(text.replace(old, new, 1), "utf-8")
    code, said = centre.run("letters", KEY)
    assert (code, told in said) == (3, True), said


def test_the_settings_of_mail_are_shown(centre: Centre) -> None:
    config(centre, MAIL + 'moderators = {"05990" = "tests@example.org"}\n')
    shown = centre.done("config", "show", "--format", "csv")
    assert "mail.centre,exams@example.ac.uk\nmail.moderators.05990,tests@example.org\n" in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "exams",
        "a@b",
        "a b@c.uk",
        "a@b.uk,c@d.uk",
        "a@b@c.uk",
        "<a@b.uk>",
        "a@b.uk\nBcc: c@d.uk",
        "a@b.uk\n",
        "é@b.uk",
        "a..b@c.uk",
        ".a@b.uk",
        "a@b..uk",
        "a@-b.uk",
    ],
)
def test_what_is_no_plain_address_is_refused(text: str) -> None:
    """A comma, a line break or a bracket would make another message of it."""
    assert not is_email_address(text)


@example("o'neill+exams@sub.example.ac.uk")
@example("{a|b}@x-1.y")
@given(st.emails())
def test_what_is_a_plain_address_can_be_written_to(text: str) -> None:
    """As it is, and to it alone."""
    if is_email_address(text):
        made = message(WORDS, {}, [], to=text)
        read = message_from_bytes(as_draft(made), policy=policy.default)
        assert [str(address) for address in read["To"].addresses] == [text]


def test_the_command_offers_the_messages_that_there_are() -> None:
    assert OFFERED == EVENTS
