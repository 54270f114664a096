"""Where updates go: the address and the token, from the mapping file and the environment."""

from collections.abc import Mapping
from pathlib import Path

from importer.address import base_url
from importer.engage import Engage, Token
from importer.errors import ConfigError
from importer.settings.config import Config
from importer.settings.sections import Group

CREDENTIAL = "mixpanel_token"
"""The name of the credential that holds the token, under systemd."""

_QUOTES = "\"'\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"

# What a file without a token is checked with: as long as a real one, so that sizes come out right.
_NO_TOKEN = Token("0" * 32)


def resolve_destination(
    config: Config, folder: Path, environment: Mapping[str, str], *, sends: bool
) -> Engage:
    """Bring file and environment together into the place that updates are sent to.

    A dry run (`sends` false) needs no token. Raises ConfigError.
    """
    try:
        base = base_url(config.project, environment)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    return Engage(
        base_url=base,
        token=find_token(config, folder, environment) if sends else _NO_TOKEN,
        touch_updated_at=config.delivery.touch_updated_at,
        group_key=config.profiles.group_key if isinstance(config.profiles, Group) else None,
        ignore_alias=config.ignore_alias,
    )


def known_token(config: Config, folder: Path, environment: Mapping[str, str]) -> Token | None:
    """Return the token for a rehearsal, which can do without."""
    try:
        return find_token(config, folder, environment)
    except ConfigError:
        return None


def find_token(config: Config, folder: Path, environment: Mapping[str, str]) -> Token:
    """Return the project token: of the environment, of systemd's credentials, of the file's file.

    Raises ConfigError where there is none.
    """
    if token := environment.get("MIXPANEL_TOKEN", "").strip():
        return _checked(token, "MIXPANEL_TOKEN")
    # systemd.exec(5), LoadCredential=: a folder that only the service can read.
    if credentials := environment.get("CREDENTIALS_DIRECTORY"):
        path = Path(credentials, CREDENTIAL)
        if path.exists() or config.project.token_file is None:
            return _token_in(path, f"credential {CREDENTIAL}")
    if config.project.token_file is None:
        raise ConfigError(
            "no project token: set the environment variable MIXPANEL_TOKEN, "
            "or name a file that holds it as project.token_file"
        )
    return _token_in(folder / config.project.token_file, "project.token_file")


def _token_in(path: Path, what: str) -> Token:
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise ConfigError(f"{what}: {path}: {reason}") from error
    if not token:
        raise ConfigError(f"{what}: {path}: is empty")
    return _checked(token, f"{what}: {path}")


def _checked(token: str, where: str) -> Token:
    """Refuse what no token is: the API answers an unknown one as if it had taken the updates."""
    if token[0] in _QUOTES and token[-1] in _QUOTES:
        raise ConfigError(f"{where}: has quotes around the token; leave them out")
    if not token.isprintable() or len(token.split()) > 1:
        raise ConfigError(f"{where}: is more than one word; a project token has no white space")
    return Token(token)
