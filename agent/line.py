"""The site's line to the internet, its filter, and the agent's own host."""

import asyncio
from collections.abc import Sequence

from agent.round import Round
from probes.seen import DhcpServer
from probes.vocabulary import Outcome
from probes.wire import broadband, filter_check, own_host


async def look_at_self(round_: Round) -> None:
    """The agent's own host: it is an asset like any other."""
    await round_.keep(
        "own.host", "self", own_host.collect(round_.vantage, round_.now, state_dir=round_.config.agent.state_dir)
    )


async def measure_line(round_: Round) -> None:
    """Measure against each endpoint the site named, one after another."""
    section = round_.config.broadband
    if not section.endpoints or round_.skips("broadband.line"):
        reason = "No endpoint is named under [broadband], so the line was not measured."
        round_.note("broadband.line", "site", Outcome.SKIPPED, reason)
        return
    for endpoint in section.endpoints:
        round_.progress.step(f"measuring the broadband line against {endpoint.name}")
        target = broadband.Endpoint.model_validate(endpoint.model_dump())
        work = broadband.collect(
            round_.guard, target, round_.vantage, round_.now, egress_url=section.egress_url,
            main_egress=section.main_egress, backup_egress=section.backup_egress,
        )  # fmt: skip
        await round_.keep("broadband.line", endpoint.name, work)
    round_.progress.done("the broadband line is measured")


async def check_filtering(round_: Round) -> None:
    """Ask each resolver for each name the site chose; the ones DHCP hands out when none are named."""
    section = round_.config.filtering
    resolvers = list(section.resolvers) or sorted({d for _, seen in round_.notebook.seen(DhcpServer) for d in seen.dns})
    if not section.tests or round_.skips("dns.filter"):
        round_.note("dns.filter", "site", Outcome.SKIPPED, "No test names under [filtering], so it was not checked.")
        return
    if not resolvers:
        round_.note("dns.filter", "site", Outcome.SKIPPED, "No resolver is known; name them under filtering.resolvers.")
    tests = [filter_check.FilterTest.model_validate(test.model_dump()) for test in section.tests]
    await asyncio.gather(*(_check(round_, ip, tests) for ip in resolvers))


async def _check(round_: Round, resolver: str, tests: Sequence[filter_check.FilterTest]) -> None:
    pages = round_.config.filtering.block_pages
    work = filter_check.collect(round_.guard, resolver, tests, round_.vantage, round_.now, block_pages=pages)
    await round_.keep("dns.filter", resolver, work)
