"""Why a run ends early, in words: what is wrong, where, what to do.

The server's own words are masked: they may echo what they were sent, and these lines are logged.
"""

from importer.errors import CredentialsRefused, RefusedByServer, Unreachable
from importer.masking import masked_words


def denied(base_url: str, message: str) -> CredentialsRefused:
    return CredentialsRefused(
        f"{base_url} refused the project token ({masked_words(message)}); "
        "check the token and the region"
    )


def not_the_api(base_url: str, message: str) -> RefusedByServer:
    return RefusedByServer(
        f"{base_url} does not answer as the profile API does ({masked_words(message)}); "
        "check the address: MIXPANEL_URL or MIXPANEL_REGION, else project.url or project.region"
    )


def refuses_everything(base_url: str, batches: int, message: str) -> RefusedByServer:
    return RefusedByServer(
        f"{base_url} refused {batches} batches in a row ({masked_words(message)}); "
        "mend the token and go on, or mend the mapping and begin a new run"
    )


def unreachable(base_url: str, seconds: float, message: str, asked: float) -> Unreachable:
    """Say that nothing gets through, or that the server `asked` for more seconds than that."""
    message = masked_words(message)
    if asked > seconds:
        return Unreachable(
            f"{base_url}: asks for {asked:g} s until the next request, and delivery.give_up_after "
            f"is {seconds:g} s without progress ({message}); go on then"
        )
    return Unreachable(
        f"{base_url}: nothing gets through within {seconds:g} s ({message}); "
        "go on when it can be reached"
    )


def held_up(base_url: str, message: str, pause: float, give_up_after: float, *, again: bool) -> str:
    """Say what holds a run up, and for how long; whether what was lost goes `again`."""
    then = "trying again" if again else "what it was to answer is in doubt; going on"
    return (
        f"{base_url}: {masked_words(message)}; {then} in {pause:.1f} s, "
        f"for at most {give_up_after:g} s without progress"
    )
