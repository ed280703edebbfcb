"""The annual review: page one says how blind we were, and nothing is called met without evidence."""

import io
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pypdf
import pytest

from collector.evidence import Sealed, by_month, digest
from collector.read.places import places
from collector.review import draft, review, school_year
from collector.review_facts import Review
from collector.review_pdf import plain_text, write_pdf
from collector.review_xlsx import write_xlsx
from collector.store import Store
from probes.errors import BadInput
from tests.collector import seed
from tests.collector.hostile import hostile_devices, plant_words
from tests.timing import least

NOW = seed.NOW


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(str(tmp_path_factory.mktemp("review") / "c.db"))
    seed.seed(opened, 450)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def made(store: Store) -> Review:
    return review(store, 2025, None, None, tenant=seed.TENANT, now=NOW)


@pytest.fixture(scope="module")
def pdf(made: Review) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(write_pdf(made)))


def page(pdf: pypdf.PdfReader, number: int) -> str:
    return " ".join(pdf.pages[number - 1].extract_text().split())


def test_page_one_says_nights_coverage_blind_spots_and_what_to_decide(pdf: pypdf.PdfReader) -> None:
    first = page(pdf, 1)
    assert "364 of 365 nights" in first
    assert "95%" in first
    assert "The CCTV network (VLAN 60) was never reached" in first
    assert "files-01 (Windows Server 2012 R2) has had no support since 10 October 2023" in first
    assert "Where we are blind" in first
    assert "To decide" in first
    assert "1 Support and needs" not in first


def test_the_five_parts_and_the_annex_follow(pdf: pypdf.PdfReader) -> None:
    whole = " ".join(page(pdf, number) for number in range(1, len(pdf.pages) + 1))
    parts = ("Support and needs", "Meeting the standards", "Performance", "Contracts, procurement and value")
    for number, part in enumerate((*parts, "Report and changes"), 1):
        assert f"{number} {part}" in whole
    assert "Annex: evidence and method" in whole
    assert "compliant" not in whole.lower()


def test_the_pdf_is_tagged_titled_and_in_british_english(pdf: pypdf.PdfReader) -> None:
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in root
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Annual review of IT support: evidence for Ashfield School"
    assert b"pdfuaid" in pdf.xmp_metadata.stream.get_data() if pdf.xmp_metadata else False


def test_a_clause_that_only_a_person_knows_is_attested_or_without_evidence_never_met(made: Review) -> None:
    by_person = [*made.attested, *made.no_evidence, *made.expired]
    assert all(one.verdict != "met" for one in by_person)
    assert {one.clause.id for one in made.attested} >= {"governance.slt-lead", "cyber.rep.log"}
    word = next(one for one in made.attested if one.clause.id == "governance.slt-lead").attestation
    assert word is not None
    assert (word.who, word.until) == ("Lena Marsh", date(2026, 12, 13))


def test_an_attestation_that_ended_is_to_be_renewed(store: Store) -> None:
    now = review(store, 2026, None, None, tenant=seed.TENANT, now=NOW)
    assert [one.clause.id for one in now.expired] == ["filtering.annual-review"]
    assert any("Renew 1 expired attestation: filtering.annual-review" in words for words in now.decide)
    assert not now.finished


def test_a_finding_of_after_the_year_is_not_in_it(made: Review) -> None:
    assert "cyber.fw.firmware" not in {gap.clause for gap in made.gaps}
    assert "switching.lldp-med" in {gap.clause for gap in made.gaps}
    assert made.until == date(2026, 8, 31)


def test_the_forecast_has_overdue_first_and_counts_what_has_no_date(made: Review) -> None:
    whens = [due.when for due in made.support.forecast]
    assert whens[0] == "Overdue"
    assert whens[-1] == "No date known"
    assert sum(due.count for due in made.support.forecast) == made.support.size == 70
    assert "files-01" in made.support.forecast[0].names


def test_a_persons_replacement_date_comes_before_the_makers(made: Review) -> None:
    planned = next(due for due in made.support.forecast if due.when == "2026 to 2027")
    assert "planned" in planned.why


def test_an_outage_is_counted_apart_from_an_agent_that_was_off(made: Review) -> None:
    line = made.performance.line
    assert line.down_nights == [date(2026, 5, 7)]
    assert line.off_nights == [date(2026, 7, 26)]
    assert made.nights.run == 364


def test_a_year_nobody_looked_is_a_blind_spot_and_no_area_is_met(store: Store) -> None:
    nothing = review(store, 2023, None, None, tenant=seed.TENANT, now=NOW)
    assert nothing.nights.run == 0
    assert "nothing is known" in nothing.blind[0][0]
    assert not any(area.counts.get("met") for area in nothing.areas)
    assert "0 of 366 nights" in page(pypdf.PdfReader(io.BytesIO(write_pdf(nothing))), 1)


def test_the_workbook_says_the_same_as_the_pdf(made: Review) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(made)))
    rows = {row[0].value: row[1].value for row in book["Summary"].iter_rows(min_row=2)}
    assert rows["Nights run"] == 364
    assert book["Gaps"].max_row == len(made.gaps) + 1
    assert book["Unknown"].max_row == 1 + len(made.no_evidence) + len(made.not_assessed)
    book.close()


def test_the_digest_names_an_altered_report(made: Review) -> None:
    sealed = [Sealed(date(2026, 9, day), "staff", "agent-1", day, f"{day:064x}") for day in range(1, 4)]
    altered = [*sealed[:2], Sealed(date(2026, 9, 3), "staff", "agent-1", 3, "f" * 64)]
    assert digest(sealed) != digest(altered)
    assert digest(sealed) == digest(list(sealed))
    assert by_month(sealed)[0].reports == 3
    assert sum(month.reports for month in made.months) == 364


def test_a_register_of_payloads_makes_a_tagged_pdf_in_which_they_are_only_text(tmp_path: Path) -> None:
    opened = Store(str(tmp_path / "c.db"))
    seed.seed(opened, 20, hostile_devices())
    plant_words(opened)
    made = review(opened, 2026, tmp_path / "r.pdf", tmp_path / "r.xlsx", tenant=seed.TENANT, now=NOW)
    opened.close()
    read = pypdf.PdfReader(tmp_path / "r.pdf")
    text = " ".join(one.extract_text() for one in read.pages)
    assert "alert(1)" in text
    assert "/JavaScript" not in str(read.trailer["/Root"])
    assert not [
        one for one in read.pages if "/Annots" in one and any("/URI" in str(a.get_object()) for a in one["/Annots"])
    ]
    assert made.gaps
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    book.close()


def test_a_year_of_nights_is_reviewed_in_seconds(store: Store, tmp_path: Path) -> None:
    def seconds() -> float:
        started = time.perf_counter()
        review(store, 2025, tmp_path / "r.pdf", tmp_path / "r.xlsx", tenant=seed.TENANT, now=NOW)
        return time.perf_counter() - started

    assert least(seconds, 10) < 10


def test_what_cannot_be_reviewed_is_refused_in_a_sentence(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has not begun"):
        review(store, 2027, None, None, tenant=seed.TENANT, now=NOW)
    with pytest.raises(BadInput, match="There is no site 'x': ashfield"):
        review(store, 2025, None, None, site="x", tenant=seed.TENANT, now=NOW)
    with pytest.raises(BadInput, match="cannot be written"):
        review(store, 2025, tmp_path / "no" / "r.pdf", None, tenant=seed.TENANT, now=NOW)


def test_the_school_year_begins_in_september() -> None:
    assert school_year(2026) == (date(2026, 9, 1), date(2027, 8, 31))


def test_a_running_year_is_drafted_up_to_now(store: Store) -> None:
    with store.reading() as conn:
        drafted = draft(conn, seed.TENANT, places(conn, seed.TENANT)[0], 2026, datetime(2026, 11, 24).date())
    assert drafted.until == date(2026, 11, 24)
    assert drafted.nights.of == 85


def test_letters_that_no_font_has_become_question_marks() -> None:
    assert plain_text("Élan – 你好 → \u202eabc") == "Élan – ?? → abc"
