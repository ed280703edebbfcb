"""Suggested answers for the DfE's "Plan technology for your school": it takes no files, so a person types them in.

Only what the nights or an attestation show is suggested as yes or no; everything else, and everything stale, is
"I'm not sure". The slugs are those of the service's questions as of November 2025.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from collector.read.places import DARK_AFTER, Place, last_nights
from collector.read.standing import Standing, standing
from collector.words import listed

HEADS = ("Question", "Suggested answer", "Evidence", "Evidence dated", "Clauses")
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "does-internet-service-meet-minimum-speeds": ("broadband.speed-primary", "broadband.speed-secondary"),
    "do-you-have-full-fibre-broadband": ("broadband.full-fibre",),
    "do-you-have-backup-broadband-connection": ("broadband.backup-exists",),
    "is-your-backup-broadband-different-type-of-connection": ("broadband.backup-diverse-type",),
    "if-broadband-fails-do-you-have-automatic-backup": ("broadband.backup-auto-failover",),
    "can-backup-broadband-keep-essential-systems-operational": ("broadband.backup-essential-ops",),
    "do-you-have-up-to-date-documentation-of-network-switches": ("switching.docs-current",),
    "are-network-switches-managed-on-central-management-tool": ("switching.central-mgmt",),
    "does-your-wifi-have-central-management": ("wireless.central-mgmt",),
    "are-network-switches-in-warranty": ("switching.warranty-5y", "switching.supported-firmware"),
    "are-core-network-switches-connected-to-backup-power": ("switching.core-ups",),
    "do-you-have-switch-renewal-plan": ("switching.renewal-plan",),
    "do-you-have-plan-to-upgrade-wifi": ("wireless.upgrade-plan",),
    "do-you-use-dtrs-to-plan-for-future": ("governance.registers-used",),
    "does-wireless-network-use-wifi-6e": ("wireless.wifi7",),
    "is-wifi-coverage-consistent": ("wireless.coverage",),
    "is-your-wifi-secure": ("wireless.encryption", "wireless.guest-segregated"),
    "is-your-wifi-enterprise-grade": ("wireless.enterprise-grade",),
    "does-your-wifi-get-software-updates": ("wireless.auto-security-updates",),
    "do-you-have-record-of-digital-technology": ("governance.asset-register",),
    "do-you-review-register-every-term": ("governance.asset-termly",),
    "do-you-know-what-digital-technology-you-have": ("governance.asset-register",),
    "do-you-record-end-of-support-dates": ("governance.asset-eos",),
    "do-you-have-firewall": ("cyber.fw.present",),
    "is-firewall-configured-to-meet-schools-needs": ("cyber.fw.inbound-block", "cyber.fw.rules-minimal"),
    "do-you-check-firewall": ("cyber.fw.termly-check",),
    "do-you-keep-software-firmware-hardware-supported-up-to-date": (
        "switching.supported-firmware",
        "cyber.fw.firmware",
    ),
    "do-you-perform-security-updates": ("cyber.lic.patch-14d",),
    "does-school-network-identify-prevent-attempts-to-bypass-filtering-system": ("filtering.bypass-blocked",),
    "does-schools-filtering-system-apply-all-devices-connected-network": ("filtering.all-devices",),
    "does-schools-filtering-system-apply-all-internet-feeds": ("filtering.all-feeds",),
    "can-you-trace-filtering-incident-back-to-individual": ("monitoring.identifiable",),
    "different-filtering-profiles-pupils-adults": ("filtering.profiles",),
    "do-you-know-what-is-critical-tech": ("governance.critical-known",),
    "do-you-secure-data-devices-with-anti-malware-software": ("cyber.am.all-devices",),
    "do-you-use-multi-factor-authentication": ("cyber.acc.mfa-staff", "cyber.acc.mfa-admin"),
    "do-you-follow-321-backup-plan": ("cyber.bak.321",),
}
UNSURE = "I'm not sure"


def answers(conn: Connection, tenant: str, place: Place, today: date) -> list[Sequence[object]]:
    """One row for each question we know something about. Rows are suggestions and say what they rest on."""
    every = {one.clause.id: one for one in standing(conn, tenant, place, today)}
    nights = last_nights(conn, tenant, place.id)
    fresh = bool(nights) and today - nights[0].night <= DARK_AFTER
    dated = nights[0].night if nights else None
    rows: list[Sequence[object]] = []
    for question, names in QUESTIONS.items():
        bearing = [every[name] for name in names if name in every]
        answer, evidence = _suggest(bearing) if fresh else (UNSURE, "No recent night has been reported.")
        rows.append((question, answer, evidence, dated, " ".join(one.clause.id for one in bearing)))
    return rows


def _suggest(bearing: Sequence[Standing]) -> tuple[str, str]:
    telling = [one for one in bearing if one.verdict != "not-applicable"]
    failing = [one for one in telling if one.verdict in ("not-met-now", "not-met-at-replacement")]
    if failing:
        return "No", failing[0].sentence
    if telling and all(one.verdict in ("met", "attested") for one in telling):
        return "Yes", " ".join(_evidence(one) for one in telling)
    open_ = [one.clause.id for one in telling if one.verdict not in ("met", "attested")]
    return (
        UNSURE,
        f"Not shown by the nights and not attested: {listed(open_)}." if open_ else "No clause bears on this.",
    )


def _evidence(one: Standing) -> str:
    word = one.attestation
    if one.verdict == "attested" and word is not None:
        return f"Attested by {word.who} ({word.role}) on {word.on}, until {word.until}."
    return one.sentence
