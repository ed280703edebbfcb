"""Every page, as one router."""

from fastapi import APIRouter

from collector.pages import morning, register, sign_in

router = APIRouter(include_in_schema=False)
for page in (sign_in, morning, register):
    router.include_router(page.router)
