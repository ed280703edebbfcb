"""Every page, as one router."""

from fastapi import APIRouter

from collector.pages import (
    broadband,
    export,
    morning,
    people,
    register,
    review,
    said,
    sign_in,
    sites,
    standards,
    thing,
    topology,
)

router = APIRouter(include_in_schema=False)
for page in (sign_in, morning, register, thing, standards, said, topology, broadband, sites, people, export, review):
    router.include_router(page.router)
