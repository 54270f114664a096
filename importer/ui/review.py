"""A mapping as it stands on the page: its text, its faults, the commands that do the same."""

import shlex
from pathlib import Path
from typing import Any

from importer.address import base_url
from importer.errors import ConfigError
from importer.settings.config_file import digest_of, parse_config
from importer.ui.desk import Desk, OpenSource
from importer.ui.documents import Document, unmarked
from importer.ui.orders import check_arguments, run_arguments
from importer.ui.sheet import Sheet
from importer.updates.mapping import resolve_mapping


def review(
    desk: Desk, source: OpenSource, document: Document, sheet: Sheet, path: str
) -> dict[str, Any]:
    """Say everything there is to say of a mapping before it is saved at a path."""
    named = Path(path or "config.yaml")
    faults: list[str] = []
    warnings: list[str] = []
    text, address, digest, deletes, token_file = "", "", "", False, False
    try:
        text = desk.write(document, source, sheet)
        config = parse_config(unmarked(text), Path(named.name), warnings.append)
        digest = digest_of(config)
        deletes, token_file = config.deletes, config.project.token_file is not None
        if config.transform is None:
            resolve_mapping(config, source.look.width, source.look.names)
        address = base_url(config.project, desk.environment(with_token=False))
    except (ConfigError, ValueError) as error:
        faults = str(error).splitlines()
    csv = source.look.path
    check = check_arguments(csv, named, desk.report_dir)
    run = run_arguments(csv, named, desk.report_dir, deletes=deletes)
    return {
        "text": text,
        "touched": text != document.text,
        "changed": text != document.text or document.path is None,
        "mapping": digest,
        "faults": faults,
        "warnings": warnings,
        "commands": [shlex.join(["importer", *arguments]) for arguments in (check, run)],
        "address": address,
        "deletes": deletes,
        "token_file": token_file,
    }
