"""Files as the unmodified SDK uploads them, which it does to another host."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import stripe

from tests.support.live import live_server


def test_a_file_through_the_sdk(migrated: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live_server(migrated(tmp_path)) as base_url:
        for name, value in (("api_key", "sk_test_files_of_the_sdk"), ("api_base", base_url), ("upload_api_base", base_url),
                            ("default_http_client", None)):
            monkeypatch.setattr(stripe, name, value)
        content = b"%PDF-1.7\r\n\0\xff" + bytes(range(256)) * 8_000
        document = BytesIO(content)
        document.name = "receipt.pdf"
        file = stripe.File.create(purpose="dispute_evidence", file=document,
                                  file_link_data={"create": True, "metadata": {"to": "Jenny"}})
        assert (file.filename, file.size, file.type) == ("receipt.pdf", len(content), "pdf")
        assert file.links.data[0].metadata.to == "Jenny"
        assert stripe.File.retrieve(file.id).links.data[0].id == file.links.data[0].id
        assert [each.id for each in stripe.File.list(purpose="dispute_evidence").auto_paging_iter()] == [file.id]
        link = stripe.FileLink.create(file=file.id)
        assert stripe.FileLink.modify(link.id, expires_at="now").expired
        assert [each.id for each in stripe.FileLink.list(file=file.id, expired=False)] == [file.links.data[0].id]
        with pytest.raises(stripe.error.InvalidRequestError, match="The type of the file"):
            stripe.File.create(purpose="pci_document", file=BytesIO(b"nothing"))
