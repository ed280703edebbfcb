"""What every stage of a night carries with it: the configuration, the secrets, the guard, the notebook, the clock."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from agent.config import Config
from agent.credentials import Secrets
from agent.notebook import Notebook
from agent.plan import Ground
from agent.progress import Progress
from probes.transport.guard import Guard
from probes.vocabulary import Outcome, Recording


@dataclass(frozen=True)
class Round:
    """One night's round. `known_hosts` is the file of trusted SSH host keys, `engines` the bound SNMP engine ids."""

    config: Config
    secrets: Secrets
    scopes: tuple[str, ...]
    ground: Ground
    interface: str | None
    guard: Guard
    notebook: Notebook
    progress: Progress
    now: Callable[[], datetime]
    clock: Callable[[], float]
    engines: dict[str, str]
    known_hosts: str | None = None

    @property
    def vantage(self) -> str:
        return self.config.agent.vantage

    def skips(self, probe: str) -> bool:
        """Whether a person switched this probe off."""
        return probe in self.config.probes.skip

    def note(self, probe: str, target: str, outcome: Outcome, reason: str) -> None:
        """Keep that something was not asked, or went wrong, as coverage."""
        at = self.now()
        self.notebook.add(
            Recording(
                probe=probe, target=target, vantage=self.vantage, started=at, ended=at, outcome=outcome, reason=reason
            )
        )

    async def keep(self, probe: str, target: str, work: Awaitable[Recording | Iterable[Recording]]) -> None:
        """Do one piece of work and keep what it brought; whatever it raises becomes coverage, never a lost night."""
        began = self.now()
        try:
            brought = await work
        except Exception as error:
            reason = f"The probe itself failed: {type(error).__name__}."
            self.notebook.add(
                Recording(
                    probe=probe, target=target, vantage=self.vantage, started=began, ended=self.now(),
                    outcome=Outcome.GARBLED, reason=reason,
                )
            )  # fmt: skip
            return
        self.notebook.add(*([brought] if isinstance(brought, Recording) else brought))
