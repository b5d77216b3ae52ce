"""Files and their links: uploaded, listed, read with a key and without, expired, refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from app.config import Config
from app.control.doctor import examine
from app.db.database import Database
from app.domain.files import UPLOADS
from app.factory import create_app
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.wall import NEW_YEAR, Wall

FILES, LINKS = "/v1/files", "/v1/file_links"
PDF = b"%PDF-1.7\r\n\0\xff evidence"
BASE = "http://127.0.0.1:12111"


def image(kind: str = "PNG", size: tuple[int, int] = (2, 3)) -> bytes:
    stream = BytesIO()
    Image.new("1" if kind == "PNG" else "L", size).save(stream, kind)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def new_year(wall: Wall) -> Wall:
    return wall


def opened(api: Api, url: str, key: str | None = None) -> Any:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return api.server.flask.test_client().get(url.removeprefix(BASE), headers=headers)


def ticked(api: Api) -> None:
    """Time has done what it is due to do."""
    while api.server.worker.run_due():
        pass


def test_a_file_is_uploaded_and_read(api: Api, server: Server) -> None:
    file = api.upload(PDF, "/papers/receipt.pdf", purpose="dispute_evidence")
    assert file == {
        "id": file["id"], "object": "file", "created": NEW_YEAR, "expires_at": None, "filename": "receipt.pdf",
        "links": {"object": "list", "data": [], "has_more": False, "url": f"{LINKS}?file={file['id']}"},
        "purpose": "dispute_evidence", "size": 21, "title": None, "type": "pdf",
        "url": f"{BASE}/v1/files/{file['id']}/contents"}
    assert file["id"].startswith("file_1")
    assert api.get(f"{FILES}/{file['id']}") == file
    reply = opened(api, file["url"], api.key)
    assert (reply.status_code, reply.content_type, reply.data) == (200, "application/pdf", PDF)
    assert opened(api, file["url"]).status_code == 401
    stranger = Api(server)
    for path in (f"{FILES}/{file['id']}", f"{FILES}/{file['id']}/contents"):
        refused = stranger.refused("GET", path)
        assert (refused.status, refused.error["param"], refused.error["message"]) == (
            404, "file", f"No such file: '{file['id']}'")
    # Only of files that Stripe makes itself an event tells.
    assert api.event_types() == []
    assert examine(server.database, account=api.key) == []


def test_files_are_listed_by_purpose_and_time(api: Api, wall: Wall) -> None:
    first = api.upload(PDF, "a.pdf", purpose="pci_document")["id"]
    wall.advance(10)
    logo = api.upload(image("GIF"), "logo.gif", purpose="business_logo")
    third = api.upload(b"a,b\n1,\xc3\xa9\n", "Tax.CSV", purpose="tax_document_user_upload")
    assert (logo["type"], third["type"]) == ("gif", "csv")

    def listed(**filters: Any) -> list[str]:
        return [each["id"] for each in api.get(FILES, **filters)["data"]]

    assert listed() == [third["id"], logo["id"], first]
    assert listed(purpose="pci_document") == [first]
    assert listed(purpose="selfie") == []
    assert listed(created={"gt": NEW_YEAR}) == [third["id"], logo["id"]]
    assert listed(limit=1, starting_after=third["id"]) == [logo["id"]]
    assert api.get(FILES, limit=1)["has_more"] is True


def test_a_link_opens_a_file_until_it_expires(api: Api, wall: Wall) -> None:
    file = api.upload(image(), "Ünter;schrift.png", purpose="customer_signature", expand=["links.data.file"],
                      file_link_data={"create": True, "expires_at": NEW_YEAR + 60, "metadata": {"to": "Jenny"}})
    [link] = file["links"]["data"]
    assert link["file"]["id"] == file["id"]
    plain = {"id": link["id"], "object": "file_link", "created": NEW_YEAR, "expired": False, "expires_at": NEW_YEAR + 60,
             "file": file["id"], "livemode": False, "metadata": {"to": "Jenny"}, "url": link["url"]}
    assert api.get(f"{LINKS}/{link['id']}") == plain
    assert link["id"].startswith("link_1")
    assert link["url"].startswith(f"{BASE}/links/acct_")
    reply = opened(api, link["url"])
    assert (reply.status_code, reply.content_type, reply.data) == (200, "image/png", image())
    assert reply.headers["Content-Disposition"] == "inline; filename*=UTF-8''%C3%9Cnter%3Bschrift.png"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    for wrong in (link["url"][:-1], link["url"][:-1] + ("a" if link["url"][-1] != "a" else "b"), f"{BASE}/links/acct_1/x"):
        assert opened(api, wrong).status_code == 404
    lasting = api.post(LINKS, file=file["id"])
    assert (lasting["expires_at"], lasting["expired"], lasting["metadata"]) == (None, False, {})
    wall.advance(59)
    assert opened(api, link["url"]).status_code == 200
    wall.advance(1)
    # Also before the worker has noted it.
    assert opened(api, link["url"]).status_code == 404
    ticked(api)
    assert api.get(f"{LINKS}/{link['id']}") == plain | {"expired": True}
    assert opened(api, lasting["url"]).status_code == 200
    assert [each["id"] for each in api.get(f"{FILES}/{file['id']}")["links"]["data"]] == [lasting["id"], link["id"]]
    for filters, ids in (({"expired": True}, [link["id"]]), ({"expired": False}, [lasting["id"]]),
                         ({"file": file["id"]}, [lasting["id"], link["id"]]), ({"file": "file_none"}, []),
                         ({"created": NEW_YEAR + 1}, [])):
        assert [each["id"] for each in api.get(LINKS, **filters)["data"]] == ids
    refused = api.refused("POST", f"{LINKS}/{link['id']}", metadata={"a": "b"})
    assert (refused.status, refused.error["message"]) == (400, "Expired file links can no longer be updated.")


def test_a_link_is_changed_and_ended(api: Api, wall: Wall) -> None:
    file = api.upload(PDF, "a.pdf", purpose="dispute_evidence")["id"]
    link = api.post(LINKS, file=file, expires_at=NEW_YEAR + 5, metadata={"a": "1", "b": "2"})
    path = f"{LINKS}/{link['id']}"
    assert api.post(path, expires_at=NEW_YEAR + 9, metadata={"a": ""}) == link | {
        "expires_at": NEW_YEAR + 9, "metadata": {"b": "2"}}
    wall.advance(5)
    ticked(api)
    assert opened(api, link["url"]).status_code == 200
    assert api.post(path, expires_at="", metadata="") == link | {"expires_at": None, "metadata": {}}
    ended = api.post(path, expires_at="now", expand=["file"])
    assert (ended["expired"], ended["expires_at"], ended["file"]["id"]) == (True, NEW_YEAR + 5, file)
    assert opened(api, link["url"]).status_code == 404
    assert api.event_types() == []


@pytest.mark.parametrize(("content", "filename", "values", "param", "message"), [
    (PDF, "a.pdf", {}, "purpose", "Missing required param: purpose."),
    (PDF, "a.pdf", {"purpose": "selfie"}, "purpose",
     f"Invalid purpose: must be one of {', '.join([*UPLOADS][:-1])}, or tax_document_user_upload"),
    (PDF, "a.pdf", {"purpose": "dispute_evidence", "title": "A", "file_link_data": {"create": True, "x": "1"}}, "title",
     "Received unknown parameters: title, file_link_data[x]"),
    (PDF, "a.pdf", {"purpose": "dispute_evidence", "file_link_data": {"expires_at": "1"}}, "file_link_data[create]",
     "Missing required param: file_link_data[create]."),
    (PDF, "a.pdf", {"purpose": "dispute_evidence", "file_link_data": {"create": True, "expires_at": NEW_YEAR}},
     "file_link_data[expires_at]", "file_link_data[expires_at] must be in the future."),
    (b"", "a.pdf", {"purpose": "dispute_evidence"}, "file", "The file is empty."),
    (b"<html>", "a.pdf", {"purpose": "dispute_evidence"}, "file",
     "The type of the file must be one of these for the purpose dispute_evidence: jpg, pdf, png."),
    (PDF, "a.png", {"purpose": "identity_document"}, "file",
     "The type of the file must be one of these for the purpose identity_document: jpg, png."),
    (image(size=(8001, 1)), "a.png", {"purpose": "identity_document"}, "file",
     "The image is 8001 by 1 pixels, and may be 8000 by 8000 for the purpose identity_document."),
    (image() + bytes(524_288), "a.png", {"purpose": "business_icon"}, "file",
     f"The file has {524_288 + len(image())} bytes, and may have 524288 for the purpose business_icon."),
    (image(), "a.png", {"purpose": "identity_document", "file_link_data": {"create": True}}, "purpose",
     "Files with the purpose identity_document cannot be opened by a link."),
])
def test_what_cannot_be_uploaded(api: Api, content: bytes, filename: str, values: dict[str, Any], param: str | None,
                                 message: str) -> None:
    answer = api.send_file(content, filename, **values)
    assert (answer.status, answer.error.get("param"), answer.error["message"]) == (400, param, message)
    assert api.get(FILES)["data"] == api.get(LINKS)["data"] == []
    assert api.event_types() == []


def test_documents_of_identity_have_no_link(api: Api) -> None:
    file = api.upload(image("JPEG", (8000, 10)), "a.jpeg", purpose="identity_document")
    assert file["type"] == "jpg"
    for values, param, message in (
            ({"file": file["id"]}, "file", "Files with the purpose identity_document cannot be opened by a link."),
            ({"file": "file_none"}, "file", "No such file: 'file_none'"), ({}, "file", "Missing required param: file.")):
        refused = api.refused("POST", LINKS, **values)
        assert (refused.status, refused.error["param"], refused.error["message"]) == (400, param, message)
    refused = api.refused("GET", f"{LINKS}/link_none")
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        404, "link", "No such file link: 'link_none'")
    assert api.get(LINKS)["data"] == []


def test_files_are_sent_as_files(api: Api) -> None:
    refused = api.refused("POST", FILES, file="text", purpose="dispute_evidence")
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "file", "A file must be sent as a part of multipart/form-data, with its filename.")
    refused = api.refused("POST", FILES, purpose="dispute_evidence")
    assert (refused.error["code"], refused.error["param"]) == ("parameter_missing", "file")
    answer = api.call("POST", FILES, headers={"Content-Type": "multipart/form-data"}, body=b"x")
    assert (answer.status, answer.error["message"]) == (
        400, "Invalid request: the body is no well-formed multipart/form-data.")
    answer = api.send_file(PDF, "a.pdf", path="/v1/customers", name="Jenny")
    assert (answer.status, answer.error["message"]) == (
        400, "Your request body must be form-encoded (Content-Type: application/x-www-form-urlencoded), not "
             "multipart/form-data.")
    # Who it is comes before what was sent.
    answer = api.call("POST", FILES, body=b"x", headers={"Content-Type": "multipart/form-data", "Authorization": "Bearer no"})
    assert answer.status == 401


def test_an_upload_is_repeated_by_its_key(api: Api) -> None:
    body = (b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\npci_document\r\n--x\r\n'
            b'Content-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF + b"\r\n--x--\r\n")
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": "once"}
    first, again = (api.call("POST", FILES, headers=headers, body=body) for _ in range(2))
    assert (first.status, again.body) == (200, first.body)
    other = api.call("POST", FILES, headers=headers, body=body.replace(b"evidence", b"Evidence"))
    assert (other.status, other.error["type"]) == (400, "idempotency_error")
    assert [file["id"] for file in api.get(FILES)["data"]] == [first.body["id"]]


def test_the_limit_is_the_process_own_and_the_log_has_no_contents(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    url = migrated(tmp_path)
    config = replace(Config(), database_url=url, upload_limit_bytes=600, embedded_worker=False)
    server = create_app(config, Database(url)).extensions["billyard"]
    api = Api(server)
    api.upload(PDF, "a.pdf", purpose="pci_document")
    answer = api.send_file(PDF + bytes(600), "a.pdf", purpose="pci_document")
    assert (answer.status, answer.error["message"]) == (413, "Request body is too large: at most 600 bytes are accepted.")
    server.recorder.stop()
    with server.database.reading() as session:
        logged = session.connection.execute(text("SELECT params FROM request_log WHERE method = 'POST' AND status = 200"))
        params = str(logged.scalar())
    assert "evidence" not in params
    assert f"a.pdf (21 bytes, SHA-256 {hashlib.sha256(PDF).hexdigest()})" in params
    server.database.close()


def test_files_are_evidence(api: Api) -> None:
    intent = api.post("/v1/payment_intents", amount=1000, currency="usd", confirm=True, payment_method="pm_card_visa")
    dispute = api.post(f"/_sim/charges/{intent['charges']['data'][0]['id']}/dispute")["id"]
    receipt = api.upload(PDF, "a.pdf", purpose="dispute_evidence")["id"]
    signature = api.upload(image(), "a.png", purpose="customer_signature")["id"]
    icon = api.upload(image(), "a.png", purpose="business_icon")["id"]
    refused = api.refused("POST", f"/v1/disputes/{dispute}", evidence={"receipt": icon})
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "evidence[receipt]", f"The file {icon} has the purpose business_icon, which cannot be evidence here.")
    assert api.refused("POST", f"/v1/disputes/{dispute}", evidence={"receipt": signature}).status == 400
    evidence = api.post(f"/v1/disputes/{dispute}", submit=False,
                        evidence={"receipt": receipt, "customer_signature": signature})["evidence"]
    assert (evidence["receipt"], evidence["customer_signature"], evidence["refund_policy"]) == (receipt, signature, None)
    shown = api.get(f"/v1/disputes/{dispute}", expand=["evidence.receipt", "evidence.refund_policy", "charge"])
    assert shown["evidence"] == evidence | {"receipt": api.get(f"/v1/files/{receipt}")}
    assert shown["charge"]["object"] == "charge"
    [listed] = api.get("/v1/disputes", expand=["data.evidence.customer_signature.links"])["data"]
    assert listed["evidence"]["customer_signature"] == api.get(f"/v1/files/{signature}")
    assert api.get(f"/v1/disputes/{dispute}")["evidence"] == evidence
    assert api.event_types()[-1] == "charge.dispute.updated"
