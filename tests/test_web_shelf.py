"""What somebody is in the middle of: the newest few things, and nothing is left behind."""

from dataclasses import dataclass

import pytest

from claimbatch.errors import ClaimbatchError
from claimbatch.web.roles import Role
from claimbatch.web.sessions import Sessions
from claimbatch.web.shelf import Shelf


@dataclass
class Thing:
    key: str


def test_the_newest_few_stay_and_each_is_let_go_once() -> None:
    """Whether it makes room for another, is taken off, or the session ends."""
    gone: list[str] = []
    shelf = Shelf[Thing]("things", 2, "It is gone.", "Make it anew.", lambda one: gone.append(one.key))
    sessions = Sessions(idle=60)
    cookie, other = (sessions.begin(who, Role.TUTOR) for who in ("Pat", "Sam"))
    pat, sam = sessions.find(cookie), sessions.find(other)
    assert pat
    assert sam
    for key in "abc":
        shelf.keep(pat, Thing(key))
    assert ([one.key for one in shelf.all(pat)], shelf.all(sam), gone) == (["b", "c"], [], ["a"])
    with pytest.raises(ClaimbatchError, match="It is gone"):
        shelf.find(sam, "b")
    shelf.leave(pat, "b")
    shelf.leave(pat, "b")
    sessions.end(cookie)
    assert gone == ["a", "b", "c"]
