"""Hands spooled reports to the collector: oldest first, each until it is stored, none twice in effect."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from pathlib import Path

import requests

from agent.spool import Spool, Spooled
from probes.errors import CaretakerError

WHOLE_REQUEST_SECONDS = 60.0
RECEIPT_LIMIT = 65_536
NEVER_TAKEN = {400, 409, 413, 422}


class NotDelivered(CaretakerError):
    """The collector could not be reached or would not answer; the report stays in the spool."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one round: how many were stored, set aside, and are still waiting, and the last trouble."""

    stored: int
    set_aside: int
    waiting: int
    trouble: str = ""


def deliver(
    spool: Spool,
    collector: str,
    token: str,
    ca_file: Path | None = None,
    pause: Callable[[float], None] = time.sleep,
    tries: int = 3,
) -> Delivery:
    """Send what is waiting. Never raises for the network: what was not stored stays and is tried the next time."""
    stored = set_aside = 0
    trouble = ""
    waiting = list(spool.waiting())
    with _session(token, ca_file) as session:
        for number, spooled in enumerate(waiting):
            try:
                taken, why = _send_patiently(session, collector, spooled, pause, tries)
            except NotDelivered as error:
                trouble = str(error)
                break
            if taken:
                spool.sent(spooled)
                stored += 1
            else:
                spool.refuse(spooled, why)
                trouble = why
                set_aside += 1
            if number:
                pause(0.0)
    return Delivery(stored, set_aside, len(waiting) - stored - set_aside, trouble)


def _session(token: str, ca_file: Path | None) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    session.verify = str(ca_file) if ca_file else True
    session.headers.update({"Authorization": f"Bearer {token}"})
    return session


def _send_patiently(
    session: requests.Session, collector: str, spooled: Spooled, pause: Callable[[float], None], tries: int
) -> tuple[bool, str]:
    for attempt in range(tries):
        try:
            return _send(session, collector, spooled)
        except NotDelivered:
            if attempt == tries - 1:
                raise
            pause(2.0**attempt)
    raise NotDelivered("No try was made.")


def _send(session: requests.Session, collector: str, spooled: Spooled) -> tuple[bool, str]:
    """True when the collector says it stored exactly this report; False with its words when it never will."""
    status, receipt = _post_within(session, f"{collector.rstrip('/')}/api/v1/reports", spooled.body)
    if status in (200, 201):
        if receipt.get("sha256") != spooled.sha256:
            raise NotDelivered(f"{collector} answered without a receipt for this report; it may not be the collector.")
        return True, ""
    words = str(receipt.get("detail", ""))[:300]
    if status in NEVER_TAKEN:
        return False, f"The collector refused report {spooled.sequence} ({status}): {words}"
    if status in (401, 403):
        raise NotDelivered(f"{collector} does not accept this agent's token ({status}); issue a new one for the site.")
    raise NotDelivered(f"{collector} answered {status}; the report is kept and tried again.")


def _post_within(session: requests.Session, url: str, body: bytes) -> tuple[int, dict[str, object]]:
    """POST with a deadline over the whole exchange: the library's own time-outs are only for each read."""
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        return pool.submit(_post, session, url, body).result(WHOLE_REQUEST_SECONDS)
    except Late:
        raise NotDelivered(f"{url} did not answer within {WHOLE_REQUEST_SECONDS:.0f} s.") from None
    except requests.RequestException as error:
        raise NotDelivered(f"{url} could not be reached ({_plain(error)}).") from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _post(session: requests.Session, url: str, body: bytes) -> tuple[int, dict[str, object]]:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    with session.post(url, data=body, headers=headers, timeout=(5, 20), allow_redirects=False, stream=True) as answer:
        raw = answer.raw.read(RECEIPT_LIMIT, decode_content=True)
        try:
            receipt = json.loads(raw)
        except ValueError:
            receipt = {}
        return answer.status_code, receipt if isinstance(receipt, dict) else {}


def _plain(error: requests.RequestException) -> str:
    names = {
        requests.exceptions.SSLError: "its TLS certificate is not one this agent trusts",
        requests.exceptions.ConnectTimeout: "no connection within 5 s",
        requests.exceptions.ReadTimeout: "no answer within 20 s",
        requests.exceptions.ConnectionError: "no connection",
    }
    return next((words for kind, words in names.items() if isinstance(error, kind)), type(error).__name__)
