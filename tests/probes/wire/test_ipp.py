"""Printers' IPP answers: three real ones, a small server of our own, and damage."""

import csv
import random
import struct
from pathlib import Path
from typing import Any

import pytest

from probes.errors import Undecodable
from probes.seen import IppPrinter
from probes.vocabulary import Outcome, Recording
from probes.wire.ipp import attributes, collect, decode, request
from tests.probes.wire.loopback import HOME, guard, now, recording, run, seen, serving


def attribute(tag: int, name: str, value: bytes) -> bytes:
    return struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value


ANSWER = (
    b"\x01\x01\x00\x00\x00\x00\x00\x01\x01" + attribute(0x47, "attributes-charset", b"utf-8") + b"\x04"
    + attribute(0x41, "printer-make-and-model", b"KYOCERA ECOSYS P3145dn")
    + attribute(0x41, "printer-device-id", b"MFG:Kyocera;MDL:ECOSYS P3145dn;SN:VCF1234567;")
    + attribute(0x41, "printer-firmware-string-version", b"2V8_S000.002.111")
    + attribute(0x35, "printer-info", b"\x00\x02en\x00\x07Office ") + attribute(0x21, "copies", b"") + b"\x03"
)  # fmt: skip


def asked(answer: bytes, status: str = "200 OK", path: str = "/ipp/print") -> tuple[Recording, list[bytes]]:
    requests: list[bytes] = []

    async def printer(reader: Any, writer: Any) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        requests.append(head + await reader.readexactly(length))
        found = status if f"POST {path} ".encode() in head else "404 Not Found"
        writer.write(f"HTTP/1.1 {found}\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)
        await writer.drain()

    with serving(printer) as port:
        return run(collect(guard(), HOME, "test", now, port=port)), requests


def test_a_printer_says_its_model_serial_and_firmware() -> None:
    recorded, requests = asked(ANSWER)
    (printer,) = seen(recorded, decode)
    assert isinstance(printer, IppPrinter)
    assert (printer.make_model, printer.serial) == ("KYOCERA ECOSYS P3145dn", "VCF1234567")
    assert (printer.firmware, printer.name) == ("2V8_S000.002.111", "Office")
    assert b"application/ipp" in requests[0]
    assert b"printer-make-and-model" in requests[0]


def test_the_older_path_is_tried_when_the_newer_one_is_not_there() -> None:
    recorded, requests = asked(ANSWER, path="/ipp")
    assert (recorded.outcome, len(requests)) == (Outcome.COMPLETE, 2)


def test_a_web_server_without_ipp_is_garbled() -> None:
    assert asked(b"", status="403 Forbidden")[0].outcome is Outcome.GARBLED


def test_the_request_is_one_a_printer_can_take_apart() -> None:
    raw = request("ipp://10.0.0.1:631/ipp/print")
    assert raw[:8] == b"\x01\x01\x00\x0b\x00\x00\x00\x01"
    assert attributes(raw[:2] + b"\x00\x00" + raw[4:])["printer-uri"] == b"ipp://10.0.0.1:631/ipp/print"


@pytest.mark.corpus
def test_recorded_printers_say_the_model_they_are(corpus: Path) -> None:
    rows = list(csv.DictReader((corpus / "ipp/truth.csv").read_text().splitlines()))
    assert rows
    for row in rows:
        raw = (corpus / "ipp" / row["file"]).read_bytes()
        (printer,) = seen(recording("ipp.printer", [{"port": 631, "body": raw.hex()}]), decode)
        assert isinstance(printer, IppPrinter)
        assert row["model"].lower() in printer.make_model.lower()
        assert not printer.make_model.startswith("en")


def test_damaged_answers_are_undecodable_and_nothing_else() -> None:
    chance = random.Random(5)
    for _ in range(20_000):
        raw = bytearray(ANSWER)
        for _ in range(chance.randint(1, 6)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        said = {"port": 631, "body": bytes(raw[: chance.randint(0, len(raw))]).hex()}
        try:
            list(decode(recording("ipp.printer", [said])))
        except Undecodable:
            pass


def test_an_error_of_the_printer_is_undecodable() -> None:
    with pytest.raises(Undecodable, match="0x0400"):
        attributes(ANSWER[:2] + b"\x04\x00" + ANSWER[4:])
