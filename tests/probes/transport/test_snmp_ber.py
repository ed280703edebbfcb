"""Our own codec: judged by pysnmp's, by the RFCs' examples, and by a hundred thousand damaged messages."""

import random
import warnings
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.errors import Undecodable
from probes.transport.snmp_ber import (
    Community,
    Kind,
    Oid,
    Pdu,
    decode_community,
    decode_oid,
    encode_community,
    encode_pdu,
    integer,
    object_id,
    tlv,
)
from probes.transport.snmp_usm import Header, Keys, is_authentic, localise, master_key, opened, seal, unwrap

ENGINE = bytes.fromhex("000000000000000000000002")
KEYS = Keys("SHA", localise("SHA", "maplesyrup", ENGINE), localise("SHA", "maplesyrup", ENGINE)[:16])
SALT = bytes(range(8))
oids = st.tuples(st.just(1), st.integers(0, 39)).flatmap(
    lambda head: st.lists(st.integers(0, 2**32 - 1), max_size=20).map(lambda rest: (*head, *rest))
)


def pysnmp(name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module(name)


def judge(kind: str, values: list[tuple[Oid, Any]], request_id: int) -> bytes:
    """A v2c message as pysnmp writes it."""
    api, encoder = pysnmp("pysnmp.proto.api").PROTOCOL_MODULES[1], pysnmp("pyasn1.codec.ber.encoder")
    pdu = getattr(api, kind)()
    api.apiPDU.set_defaults(pdu)
    api.apiPDU.set_request_id(pdu, request_id)
    api.apiPDU.set_varbinds(pdu, values)
    message = api.Message()
    api.apiMessage.set_defaults(message)
    api.apiMessage.set_community(message, "word")
    api.apiMessage.set_pdu(message, pdu)
    return bytes(encoder.encode(message))


@settings(max_examples=200, deadline=None)
@given(oids)
def test_an_object_identifier_comes_back_as_it_went(oid: Oid) -> None:
    assert decode_oid(object_id(oid)[2:] if len(object_id(oid)) < 130 else object_id(oid)[3:]) == oid


@settings(max_examples=200, deadline=None)
@given(st.integers(-(2**63), 2**63 - 1))
def test_a_number_is_written_in_as_few_octets_as_it_needs(value: int) -> None:
    written = integer(value)
    assert int.from_bytes(written[2:], "big", signed=True) == value
    assert len(written) == 3 or written[2:4] not in (b"\x00\x00", b"\xff\xff")


@settings(max_examples=60, deadline=None)
@given(st.lists(oids, min_size=1, max_size=6), st.integers(1, 2**31 - 1))
def test_a_request_is_octet_for_octet_what_pysnmp_writes(wanted: list[Oid], request_id: int) -> None:
    null = pysnmp("pysnmp.proto.rfc1902").Null("")
    ours = Community(1, b"word", Pdu(Kind.GET, request_id, 0, 0, tuple((oid, "5", "") for oid in wanted)))
    assert encode_community(ours) == judge("GetRequestPDU", [(oid, null) for oid in wanted], request_id)


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300),
    st.integers(-(2**31), 2**31 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
    oids,
)
def test_what_pysnmp_answers_is_read_with_the_tags_of_the_snmprec_format(
    octets: bytes, signed: int, counter: int, large: int, oid: Oid
) -> None:
    types = pysnmp("pysnmp.proto.rfc1902")
    values = [
        (types.OctetString(octets), "4x", octets.hex()), (types.Integer32(signed), "2", str(signed)),
        (types.Counter32(counter), "65", str(counter)), (types.Gauge32(counter), "66", str(counter)),
        (types.TimeTicks(counter), "67", str(counter)), (types.Counter64(large), "70", str(large)),
        (types.ObjectIdentifier(oid), "6", ".".join(map(str, oid))), (types.IpAddress("10.20.0.2"), "64", "10.20.0.2"),
        (types.Opaque(octets), "68x", octets.hex()), (types.Null(""), "5", ""),
    ]  # fmt: skip
    sent = [((1, 3, 6, n), value) for n, (value, _, _) in enumerate(values)]
    read = decode_community(judge("ResponsePDU", sent, 4711))
    assert read.pdu.request_id == 4711
    assert [(tag, text) for _, tag, text in read.pdu.bindings] == [(tag, text) for _, tag, text in values]


@pytest.mark.parametrize(
    ("protocol", "master", "localised"),
    [
        ("MD5", "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
        ("SHA", "9fb5cc0381497b3793528939ff788d5d79145211", "6695febc9288e36282235fc7151f128497b38f3f"),
    ],
)
def test_keys_are_those_of_rfc_3414_a_3(protocol: str, master: str, localised: str) -> None:
    assert master_key(protocol, "maplesyrup").hex() == master
    assert localise(protocol, "maplesyrup", ENGINE).hex() == localised


def answer(keys: Keys, pdu: Pdu) -> bytes:
    """A sealed response, by the same hand that seals requests: the kind is patched in below the seal."""
    return seal(Header(7, keys.flags, ENGINE, 3, 400, b"user"), keys, pdu, SALT)


def test_a_sealed_message_opens_with_its_key_and_no_other() -> None:
    pdu = Pdu(Kind.RESPONSE, 7, 0, 0, (((1, 3, 6, 1), "5", ""),))
    sealed = unwrap(answer(KEYS, pdu))
    assert is_authentic(sealed, KEYS)
    assert opened(sealed, KEYS) == pdu
    other = Keys("SHA", localise("SHA", "another passphrase", ENGINE), KEYS.priv)
    assert not is_authentic(sealed, other)


def test_every_single_flipped_bit_of_a_sealed_message_is_noticed() -> None:
    whole = answer(KEYS, Pdu(Kind.RESPONSE, 7, 0, 0, (((1, 3, 6, 1), "5", ""),)))
    for at in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        try:
            assert not is_authentic(unwrap(bytes(flipped)), KEYS)
        except Undecodable:
            continue


def test_keys_do_not_print() -> None:
    assert KEYS.auth.hex() not in repr(KEYS)
    assert "**********" in repr(KEYS)


def test_a_hundred_thousand_damaged_messages_raise_nothing_but_undecodable() -> None:
    chance = random.Random(3416)
    bindings = b"".join(
        tlv(0x30, object_id((1, 3, 6, 1, 2, 1, n, 300_000)) + value)
        for n, value in enumerate(
            (b"\x04\x03abc", b"\x02\x01\x07", b"\x41\x05\x00\xff\xff\xff\xff", b"\x82\x00", b"\x40\x04abcd")
        )
    )
    body = integer(4711) + integer(0) + integer(0) + tlv(0x30, bindings)
    plain = tlv(0x30, integer(1) + tlv(4, b"word") + tlv(Kind.RESPONSE, body))
    scoped = answer(Keys(), Pdu(Kind.RESPONSE, 7, 0, 0, (((1, 3, 6, 1), "5", ""),)))
    encrypted = answer(KEYS, Pdu(Kind.RESPONSE, 7, 0, 0, (((1, 3, 6, 1), "5", ""),)))
    survived = 0
    for n in range(100_000):
        damaged = _damaged(chance, (plain, scoped, encrypted)[n % 3])
        try:
            survived += _read(damaged, n % 3)
        except Undecodable:
            continue
    assert survived > 1000


def _read(data: bytes, which: int) -> bool:
    if which == 0:
        decode_community(data)
    else:
        sealed = unwrap(data)
        if which == 2:
            is_authentic(sealed, KEYS)
        opened(sealed, KEYS)
    return True


def _damaged(chance: random.Random, whole: bytes) -> bytes:
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) or 1)
        match chance.randrange(5):
            case 0 if data:
                data[min(at, len(data) - 1)] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 8)]
            case 2:
                data[at:at] = chance.randbytes(chance.randint(1, 8))
            case 3:
                data[at:at] = data[at : at + 20]
            case _:
                data[at : at + 1] = chance.choice((b"\x80", b"\x84\xff\xff\xff\xff", b"\xff", b"\x00"))
    return bytes(data)


def test_a_set_cannot_even_be_said() -> None:
    assert {kind.name for kind in Kind} == {"GET", "NEXT", "RESPONSE", "BULK", "REPORT"}
    assert encode_pdu(Pdu(Kind.BULK, 1, 0, 10, (((1, 3), "5", ""),)))[0] == 0xA5
