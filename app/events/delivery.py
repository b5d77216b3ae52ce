"""One attempt to deliver an event: the signature, the request, the receiver's answer."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from urllib.parse import urlsplit

import urllib3

from app.events.outbox import Claim

HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
}
ANSWER_BYTES_MAX = 16_384
"""An answer of up to this size is read, so that its connection can be used again; a longer one closes it."""


def signature_header(secret: str, at: int, body: bytes) -> str:
    """`Stripe-Signature` of a body that is sent at `at`, wall time: receivers refuse what is more than 300 s old."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Sender:
    """Posts events over connections that are kept open. Any number of threads may use it at once.

    `hosts` is `any`, or `loopback` to reach nothing but this machine.
    """

    def __init__(self, hosts: str = "any", *, connections: int = 1) -> None:
        self._loopback_only = hosts == "loopback"
        self._pools = urllib3.PoolManager(maxsize=connections, retries=False)

    def send(self, claim: Claim, at: int) -> tuple[int | None, str | None]:
        """Make the attempt at the wall time `at`: the status of the answer, or None and why there was no answer."""
        if self._loopback_only and not is_loopback(claim.url):
            return None, (f"Not sent: {claim.url} is not on this machine, "
                          "and BILLYARD_WEBHOOK_HOSTS=loopback allows no other.")
        body = claim.body
        headers = HEADERS | {"Stripe-Signature": signature_header(claim.secret, at, body)}
        try:
            answer = self._pools.request(
                "POST", claim.url, body=body, headers=headers, redirect=False, preload_content=False,
                timeout=urllib3.Timeout(total=claim.timeout_s))
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as problem:
            # urllib3 counts a refused connection among the timeouts.
            if isinstance(problem, urllib3.exceptions.TimeoutError) and not isinstance(
                    problem, urllib3.exceptions.NewConnectionError):
                return None, f"No answer within {claim.timeout_s} s."
            return None, f"{type(problem).__name__}: {problem}"
        _put_back(answer)
        return answer.status, None

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._pools.clear()


def _put_back(answer: urllib3.BaseHTTPResponse) -> None:
    """Give the connection back where the rest of the answer is short and known; nobody wants to read it."""
    try:
        length = answer.headers.get("Content-Length", "")
        if length.isdigit() and int(length) <= ANSWER_BYTES_MAX:
            answer.read()
    except (urllib3.exceptions.HTTPError, OSError):
        pass
    finally:
        answer.close()


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine, by its address or as `localhost`."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        # A name that merely resolves to this machine today is none of its own.
        return host == "localhost" or host.endswith(".localhost")
