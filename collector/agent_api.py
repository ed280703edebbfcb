"""What agents ask of the collector: take this report, and where had I got to?"""

import asyncio
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from sqlalchemy import select
from starlette.requests import ClientDisconnect

from collector import tables as t
from collector.api import Now, StoreOf
from collector.intake import PACKED_LIMIT, Forked, NotYours, Receipt, TooLarge, take
from collector.sites import Agent, find_agent
from probes.errors import BadInput
from probes.vocabulary import Noun

BODY_SECONDS = 60
# A report unpacked and checked takes up to some hundred MiB: two at once, the others wait.
TOGETHER = CapacityLimiter(2)
STATUS: dict[type[BadInput], int] = {TooLarge: 413, NotYours: 403, Forked: 409}

router = APIRouter(prefix="/api/v1")


class Standing(Noun):
    """Where an agent stands: what it may go on from after it lost its own state."""

    agent: str
    site: str
    last_sequence: int
    last_sha256: str


def agent_of(request: Request, store: StoreOf, now: Now) -> Agent:
    """The agent whose bearer token came with the request, unless it asks more often than it may."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    with store.reading() as connection:
        agent = find_agent(connection, token.strip()) if kind.lower() == "bearer" and token.strip() else None
    if agent is None:
        raise HTTPException(401, "This token is not known here.", headers={"WWW-Authenticate": "Bearer"})
    seconds = request.app.state.rate.wait(f"{agent.tenant}/{agent.id}", now)
    if seconds:
        words = "This agent asks too often: keep the report and try again later."
        raise HTTPException(429, words, headers={"Retry-After": str(seconds)})
    return agent


AgentOf = Annotated[Agent, Depends(agent_of)]


@router.post("/reports", response_model=Receipt, status_code=201)
async def post_report(request: Request, response: Response, agent: AgentOf, store: StoreOf, now: Now) -> Receipt:
    """Store a sealed report: 201 when it is new and on the disk, 200 when it was already."""
    if request.headers.get("Content-Encoding", "").lower() != "gzip":
        raise HTTPException(415, "Send the report with Content-Encoding: gzip.")
    packed = await _read_body(request)
    try:
        taken = await to_thread.run_sync(take, store, agent, packed, now, limiter=TOGETHER)
    except BadInput as error:
        raise HTTPException(STATUS.get(type(error), 422), str(error)) from error
    response.status_code = 201 if taken.new else 200
    return taken.receipt


async def _read_body(request: Request) -> bytes:
    """The body, up to 8 MiB and one minute."""
    declared = request.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > PACKED_LIMIT:
        raise HTTPException(413, "The report is larger than 8 MiB.")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > PACKED_LIMIT:
                    raise HTTPException(413, "The report is larger than 8 MiB.")
    except TimeoutError as error:
        raise HTTPException(408, "The report took longer than a minute to come.") from error
    except ClientDisconnect as error:
        raise HTTPException(400, "The agent went away before its report was whole.") from error
    return bytes(body)


@router.get("/agents/self")
def get_standing(agent: AgentOf, store: StoreOf) -> Standing:
    """The last report of this agent that is stored."""
    raw = t.raw_report.c
    chosen = select(raw.sequence, raw.sha256).where(raw.tenant == agent.tenant, raw.agent == agent.id)
    with store.reading() as connection:
        last = connection.execute(chosen.order_by(raw.sequence.desc()).limit(1)).one_or_none()
    sequence, sha256 = (last.sequence, last.sha256) if last is not None else (0, "")
    return Standing(agent=agent.id, site=agent.site, last_sequence=sequence, last_sha256=sha256)


@router.get("/health")
def get_health(store: StoreOf) -> dict[str, str]:
    """Whether the collector can read its database. Says nothing else."""
    with store.reading() as connection:
        connection.execute(select(1))
    return {"status": "ok"}
