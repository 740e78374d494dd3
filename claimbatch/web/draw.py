"""Pages from templates: ``templates/web/*.html.j2``, where everything that is put in is escaped."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment

from claimbatch.clock import day, day_of, local, zoned
from claimbatch.data import template_folder
from claimbatch.output.html import templates

STATIC: Mapping[str, str] = {  # all that is served beside pages, and as what
    "style.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


def draw(template: str, values: Mapping[str, Any]) -> str:
    """The page or part of one that *template* makes of the *values*."""
    return _templates().get_template(template).render(values)


@cache
def static(name: str) -> bytes:
    """One of the :data:`STATIC` files."""
    return (template_folder() / "web" / "static" / name).read_bytes()


@cache
def address_of(name: str) -> str:
    """Where a page finds a static file: another address for another content, so that it may be kept for ever."""
    return f"/static/{name}?{sha256(static(name)).hexdigest()[:12]}"


def count(number: int, singular: str, plural: str = "") -> str:
    """*number* things in correct English: ``{{ 2|count("error") }}``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


@cache
def _templates() -> Environment:
    environment = templates()
    environment.filters |= {"day": day, "day_of": day_of, "local": local, "zoned": zoned, "count": count}
    environment.globals["static"] = address_of
    return environment
