"""What nobody may read in the database, nor in a copy of it: encrypted with a key that is kept elsewhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Any

from app.errors import ApiFault


class Seal:
    """Encrypts and opens with one key: that of the settings, or else one that is made once and kept in a file.

    Everything that works on one database needs the same key. Nothing is read, made or imported before the first use.
    """

    def __init__(self, key: str, file: Path) -> None:
        self._given, self._file = key, file

    def close(self, content: bytes) -> bytes:
        """The content, encrypted: another text each time. Raises ApiFault where there is no key and none can be kept."""
        sealed: bytes = self._cipher.encrypt(content)
        return sealed

    def open(self, sealed: bytes) -> bytes:
        """What was closed. Raises ApiFault where it was closed with another key."""
        from cryptography.fernet import InvalidToken

        try:
            content: bytes = self._cipher.decrypt(sealed)
        except InvalidToken:
            # Our choice: an answer that says so, because an empty one would be taken for the secret.
            raise ApiFault("This was encrypted with another key than this server has. "
                           "BILLYARD_SECRET_KEY must stay what it was.") from None
        return content

    def digest(self, content: bytes) -> str:
        """A hexadecimal text that is the same for the same content, from which nobody can guess it without the key."""
        return hmac.new(self._key, content, hashlib.sha256).hexdigest()

    @cached_property
    def _cipher(self) -> Any:
        from cryptography.fernet import Fernet

        return Fernet(base64.urlsafe_b64encode(self._key))

    @cached_property
    def _key(self) -> bytes:
        """32 bytes. The text of a setting is long enough that nobody tries them all (`config`)."""
        return hashlib.sha256((self._given or self._kept()).encode()).digest()

    def _kept(self) -> str:
        """The key in the file, which whoever is first makes; nobody sees it half written."""
        try:
            if not self._file.exists():
                self._file.parent.mkdir(parents=True, exist_ok=True)
                draft = self._file.with_name(f"{self._file.name}.{secrets.token_hex(8)}")
                draft.touch(mode=0o600)
                draft.write_text(f"{secrets.token_urlsafe(32)}\n")
                try:
                    os.link(draft, self._file)
                except FileExistsError:
                    pass
                finally:
                    draft.unlink()
            return self._file.read_text().strip()
        except OSError:
            raise ApiFault("This server cannot keep secrets: BILLYARD_SECRET_KEY is not set, and no file for a key can be "
                           "written.") from None
