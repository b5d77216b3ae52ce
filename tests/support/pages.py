"""What a person gets to see: pages fetched in this process, read as text, and their forms sent."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from pypdf import PdfReader

from app.wire.endpoint import Server

_HIDDEN = {"style", "title"}


class Page(HTMLParser):
    """A page that was fetched: `text` with single spaces, `links` by their words, `fields` and `choices` of the form.

    A box that can be ticked is among the choices by its name, and among the fields where it is ticked.
    """

    def __init__(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        super().__init__()
        self.status, self.body, self.headers = status, body, headers
        self.title = self.action = ""
        self.links: dict[str, str] = {}
        self.fields: dict[str, str] = {}
        self.choices: list[str] = []
        self._select = ""
        self._words: list[str] = []
        self._href: str | None = None
        self._tag = ""
        if headers["Content-Type"].startswith("text/html"):
            self.feed(body.decode())
        self.text = " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._tag = tag
        if tag == "a":
            self._href = values["href"]
        elif tag == "form":
            self.action = values["action"] or ""
        elif tag == "input" and values["type"] == "radio":
            self.choices.append(values["value"] or "")
        elif tag == "input" and values["type"] == "checkbox":
            self.choices.append(values["name"] or "")
            if "checked" in values:
                self.fields[values["name"] or ""] = values["value"] or ""
        elif tag == "input":
            self.fields[values["name"] or ""] = values.get("value") or ""
        elif tag == "select":
            self._select = values["name"] or ""
            self.fields[self._select] = ""
        elif tag == "option" and "selected" in values:
            self.fields[self._select] = values["value"] or ""

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""
        if tag == "a":
            self._href = None

    def handle_data(self, data: str) -> None:
        if self._tag == "title":
            self.title = data
        if self._tag in _HIDDEN:
            return
        self._words.append(data)
        if self._href is not None:
            self.links[data.strip()] = self._href


class Visitor:
    """Somebody with a browser and no key."""

    def __init__(self, server: Server) -> None:
        self._client = server.flask.test_client()

    def open(self, url: str, method: str = "GET", form: dict[str, str] | None = None, body: str | None = None) -> Page:
        """The page at a URL of whatever host."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        data = body if body is not None else urlencode(form or {})
        reply = self._client.open(path, method=method, data=data if method == "POST" else None,
                                  content_type="application/x-www-form-urlencoded" if method == "POST" else None)
        return Page(reply.status_code, reply.data, dict(reply.headers))

    def arrive(self, url: str) -> tuple[str, Page]:
        """Where the URL leads on this server, and the page there."""
        page = self.open(url)
        while page.status == 303:
            url = urljoin(url, page.headers["Location"])
            page = self.open(url)
        return url, page

    def pay(self, url: str, card: str, **fields: str) -> Page:
        """Open the page, choose a card, press the button; the page that comes of it."""
        page = self.open(url)
        sent = self.open(url, "POST", page.fields | {"card": card} | fields)
        return self.open(url) if sent.status == 303 else sent

    def follow(self, url: str, page: Page, words: str) -> Page:
        """Where the link with these words leads."""
        here = urlsplit(url).path.rsplit("/", 1)[0]
        target = page.links[words]
        while target.startswith("../"):
            here, target = here.rsplit("/", 1)[0], target[3:]
        return self.open(f"{here}/{target}")


def send(visitor: Visitor, url: str, answer: str = "save", /, *, step: str, **fields: str) -> Page:
    """The page that comes of a form, or the redirect."""
    return visitor.open(urljoin(url, f"?step={step}"), "POST", {"answer": answer} | fields)


def fill(visitor: Visitor, url: str, page: Page, **instead: str) -> Page:
    """Press the button for test values, then save them, or `instead`; the page that follows."""
    step = page.action.partition("step=")[2]
    filled = send(visitor, url, "fill", step=step)
    saved = send(visitor, url, step=step, **(filled.fields | instead))
    assert saved.status == 303, saved.text
    return visitor.open(urljoin(url, saved.headers["Location"]))


def to_the_end(visitor: Visitor, url: str, page: Page, **instead: str) -> list[str]:
    """Fill in step after step until everything can be submitted; the titles of the steps."""
    titles = []
    while "Check and submit" not in page.title:
        titles.append(page.title.partition(" – ")[0])
        assert len(titles) < 12, titles
        page = fill(visitor, url, page, **instead)
    return titles


def onboard(visitor: Visitor, link: str) -> None:
    """Follow an account link, give test values for an answer to everything that is asked, and submit."""
    url, page = visitor.arrive(link)
    to_the_end(visitor, url, page)
    assert send(visitor, url, "submit", step="").status == 303


def pdf_text(body: bytes) -> str:
    """What stands on all pages of a PDF, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).split())
