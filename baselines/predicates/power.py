"""Power for when the mains fails: UPS minutes, load and battery, as UPS-MIB (RFC 1628) gives them."""

from collections.abc import Iterator

from baselines.judgement import Judgement, Says
from baselines.reading import about, described, fact, fact_shown, of_kind, seen_tonight, setting, sure
from baselines.vocabulary import Clause, Night


def ups_minutes(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Minutes the battery would last at the load it has now."""
    need = int(setting(clause, "minutes", 30))
    for ups in of_kind(night, "ups"):
        found = fact(night, ups, "ups.minutes")
        if found is None:
            yield about(ups, Says.SILENT, f"{described(ups)} did not say how long its battery would last.")
            continue
        text = f"{described(ups)} would last {found.value} minutes at its present load"
        if found.value < need:
            yield about(ups, Says.FAILS, f"{text}; the standard asks for {need}.", "short", fact_shown(found))
        elif sure(found):
            text += "; whether the servers shut down by themselves is for a test to show"
            yield about(ups, Says.HOLDS, f"{text}.", "", fact_shown(found))
        else:
            yield about(ups, Says.SILENT, f"{text}, by an answer that was not complete.", "", fact_shown(found))


def ups_load(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Load in percent of what the UPS can give."""
    limit = int(setting(clause, "percent", 80))
    for ups in of_kind(night, "ups"):
        found = fact(night, ups, "ups.load")
        if found is None:
            yield about(ups, Says.SILENT, f"{described(ups)} did not say how much it is loaded.")
        elif found.value >= limit:
            text = f"{described(ups)} is loaded to {found.value} %; above {limit} % it has nothing to spare."
            yield about(ups, Says.FAILS, text, "load", fact_shown(found))
        else:
            says = Says.HOLDS if sure(found) else Says.SILENT
            yield about(ups, says, f"{described(ups)} is loaded to {found.value} %.", "", fact_shown(found))


def ups_battery(night: Night, _: Clause) -> Iterator[Judgement]:
    """A battery that is low, spent or asks to be replaced, or a UPS that has no mains."""
    for ups in of_kind(night, "ups"):
        state, replace = fact(night, ups, "ups.battery"), fact(night, ups, "ups.replace-battery")
        evidence = (*fact_shown(state), *fact_shown(replace))
        if not seen_tonight(night, ups):
            continue
        if replace and replace.value is True:
            yield about(ups, Says.FAILS, f"{described(ups)} asks for a new battery.", "replace", evidence)
        elif state and state.value in ("low", "depleted"):
            yield about(
                ups, Says.FAILS, f"The battery of {described(ups)} is {state.value}.", str(state.value), evidence
            )
        elif state and state.value == "normal" and sure(state) and replace and sure(replace):
            yield about(ups, Says.HOLDS, f"The battery of {described(ups)} is normal.", "", evidence)
        else:
            text = f"{described(ups)} did not say both how its battery is and whether it wants a new one."
            yield about(ups, Says.SILENT, text, "", evidence)


def ups_on_battery(night: Night, _: Clause) -> Iterator[Judgement]:
    """A UPS that ran from its battery when it was asked."""
    for ups in of_kind(night, "ups"):
        found = fact(night, ups, "ups.on-battery")
        if found and found.value is True:
            yield about(
                ups, Says.FAILS, f"{described(ups)} was running from its battery.", "on-battery", fact_shown(found)
            )
        elif found and sure(found):
            yield about(ups, Says.HOLDS, f"{described(ups)} had mains power.", "", fact_shown(found))
        else:
            yield about(ups, Says.SILENT, f"{described(ups)} did not say where its power came from.")
