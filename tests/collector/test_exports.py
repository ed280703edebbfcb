"""Exports: everything that is held leaves, nothing in it is alive, and spreadsheets read it."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import update

from collector import tables as t
from collector.exports import export
from collector.exports.extract import inert
from collector.exports.plan_technology import QUESTIONS, UNSURE, answers
from collector.read.places import places
from collector.store import Store
from probes.errors import BadInput
from tests.collector import seed
from tests.collector.hostile import PAYLOADS, hostile_devices
from tests.collector.reading import reading

ALIVE = tuple("=+-@\t\r\n＝＋－＠")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(str(tmp_path_factory.mktemp("exports") / "c.db"))
    seed.seed(store, 10)
    yield store
    store.close()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(str(tmp_path_factory.mktemp("hostile") / "c.db"))
    seed.seed(store, 3, hostile_devices())
    yield store
    store.close()


def packed(store: Store, format: str, folder: Path) -> bytes:
    out = folder / f"register.{format}"
    export(store, format, out, None, seed.TENANT, seed.NOW)
    return out.read_bytes()


def csv_rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_csv_holds_every_line_in_the_dfe_columns_with_iso_dates(kept: Store, tmp_path: Path) -> None:
    content = packed(kept, "csv", tmp_path)
    rows = csv_rows(content)
    assert len(rows) == 71
    assert b"\r\n" in content
    line = dict(zip(rows[0], next(row for row in rows if "sw-core-01" in row[7]), strict=True))
    assert (line["Asset tag"], line["Purchase date"], line["Room" if "Room" in line else "Location or room"]) == (
        "ASH-0001",
        "2019-07-01",
        "Server room",
    )
    assert line["Last seen"] == "2026-11-23"
    assert line["Connected to"] == "fw-01"


def test_no_csv_cell_of_a_hostile_register_is_a_formula(hostile: Store, tmp_path: Path) -> None:
    rows = csv_rows(packed(hostile, "csv", tmp_path))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(ALIVE)]
    assert sum("cmd|" in cell for cell in cells) > 10
    assert all(len(row) == len(rows[0]) for row in rows)


def test_a_leading_apostrophe_is_only_given_to_what_could_be_a_formula() -> None:
    assert inert("=1") == "'=1"
    assert inert("  @x") == "'  @x"
    assert inert("sw-core-01") == "sw-core-01"
    assert inert(-5) == -5


def test_xlsx_has_its_six_sheets_and_no_formula_or_link(hostile: Store, kept: Store, tmp_path: Path) -> None:
    for store in (hostile, kept):
        book = openpyxl.load_workbook(io.BytesIO(packed(store, "xlsx", tmp_path)))
        assert book.sheetnames == ["Devices", "Switch ports", "Wi-Fi", "Broadband", "Findings", "About"]
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
        book.close()


def test_xlsx_keeps_dates_as_dates(kept: Store, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(packed(kept, "xlsx", tmp_path)))
    sheet = book["Devices"]
    heads = [cell.value for cell in sheet[1]]
    assert {row[heads.index("Last seen")].value.date() for row in sheet.iter_rows(min_row=2)} == {
        seed.LAST,
        date(2026, 11, 14),
    }
    assert book["Switch ports"].max_row == 1 + 12 + 5 * 48
    assert book["Broadband"].max_row == 11
    book.close()


def test_json_says_the_same_as_the_sheets(kept: Store, tmp_path: Path) -> None:
    said = json.loads(packed(kept, "json", tmp_path))
    assert len(said["Devices"]) == 70
    assert {"Clause", "Verdict", "Since"} <= said["Findings"][0].keys()
    assert packed(kept, "json", tmp_path) == packed(kept, "json", tmp_path)


def test_a_format_or_site_that_is_not_there_is_refused_in_a_sentence(kept: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="use csv, xlsx, json"):
        export(kept, "pdf", None, None, seed.TENANT)
    with pytest.raises(BadInput, match="There is no site 'nowhere': ashfield"):
        export(kept, "csv", None, "nowhere", seed.TENANT)
    with pytest.raises(BadInput, match="cannot be written"):
        export(kept, "csv", tmp_path / "no" / "such", None, seed.TENANT)


def test_pages_send_the_files_under_a_plain_name(kept: Store, tmp_path: Path) -> None:
    with reading(kept, tmp_path) as client:
        for format in ("csv", "xlsx", "json"):
            answer = client.get(f"/export/register.{format}")
            assert (
                answer.headers["content-disposition"] == f'attachment; filename="register-ashfield-2026-11-24.{format}"'
            )
        assert client.get("/export/register.exe").status_code == 404
        rows = csv_rows(client.get("/export/plan_tech_answers.csv").content)
        assert rows[0][:2] == ["Question", "Suggested answer"]


def test_plan_technology_is_answered_only_from_fresh_evidence(kept: Store) -> None:
    with kept.reading() as conn:
        place = places(conn, seed.TENANT)[0]
        fresh = {row[0]: row for row in answers(conn, seed.TENANT, place, seed.NOW.date())}
        stale = answers(conn, seed.TENANT, place, date(2027, 1, 10))
    assert fresh["does-internet-service-meet-minimum-speeds"][1] == "Yes"
    assert fresh["do-you-have-backup-broadband-connection"][1] == "No"
    assert fresh["do-you-follow-321-backup-plan"][1] == UNSURE
    assert len(fresh) == len(QUESTIONS)
    assert {row[1] for row in stale} == {UNSURE}


def test_payloads_reach_the_exports_as_text(hostile: Store, tmp_path: Path) -> None:
    said = json.loads(packed(hostile, "json", tmp_path))
    names = {row["Name on the network"] for row in said["Devices"]}
    assert PAYLOADS[0] in names
    assert len(said["Devices"]) == len(PAYLOADS)


def test_a_personal_device_is_in_no_page_and_no_file(sqlite_store: Store, tmp_path: Path) -> None:
    seed.seed(sqlite_store, 3)
    with sqlite_store.writing() as conn:
        conn.execute(update(t.entry).where(t.entry.c.entry == "CT-000060").values(private=True))
    name = seed.school()[59].name
    for format in ("csv", "json"):
        assert name.encode() not in packed(sqlite_store, format, tmp_path)
    with reading(sqlite_store, tmp_path) as client:
        assert name not in client.get("/register", params={"q": name}).text.replace(f"“{name}”", "").replace(
            f'"{name}"', ""
        )
        assert client.get("/register/CT-000060").status_code == 404
