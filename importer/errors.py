"""Everything that can go wrong, as a tree, with the exit code each ending has.

ImporterError                      1    a fault of the program itself
├── NothingToDo                    0    a run that is at its end (3 or 7 where some of it is left),
│                                       a retry of nothing
├── BooksDoNotBalance              1    rows were counted twice or not at all
├── ConfigError                    2    the configuration file, the environment, an option
│   └── MappingError               2    the mapping does not fit the file
├── SourceError                    2    the file cannot be read at all
│   └── SourceBroken               4    the file breaks off on the way (2 where nothing was sent)
│       └── SourceChanged          4    a resumed run's file is not what it was (2 likewise)
├── TransformFailed                4    the user's own transform went wrong (2 before sending)
├── ReportError                    2    the report folder cannot be written (4 on the way)
│   └── StateError                 2    what is remembered between runs cannot be kept (likewise)
└── Stopped                        4    a run that ended before its last row
    ├── RefusedByServer            4    the server refuses everything
    ├── TooManyFailures            4    more rows failed than the user allows
    ├── TookTooLong                4    more time went by than the user allows
    ├── AlreadyRunning             4    another run of the same source is under way
    ├── Drifted                    4    the source no longer looks like the one before
    ├── Unreachable                5    no answer, or no room, for too long
    ├── CredentialsRefused         6    401 or 403
    └── Interrupted                130  a signal (128 + its number)
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ends, for scripts and schedulers."""

    OK = 0
    BUG = 1
    WRONG_INPUT = 2
    ROWS_FAILED = 3
    GUARD = 4
    UNREACHABLE = 5
    CREDENTIALS = 6
    IN_DOUBT = 7


class ImporterError(Exception):
    """The root; its text is one line for the user: what, where, what to do."""

    exit_code: int = ExitCode.BUG


class NothingToDo(ImporterError):
    """What was asked for is done already."""

    exit_code: int = ExitCode.OK


class BooksDoNotBalance(ImporterError):
    """Rows imported, failed, in doubt and not attempted do not add up to the rows read."""


class ConfigError(ImporterError):
    exit_code = ExitCode.WRONG_INPUT


class MappingError(ConfigError):
    """The mapping asks for something that the file does not have."""


class SourceError(ImporterError):
    exit_code = ExitCode.WRONG_INPUT


class SourceBroken(SourceError):
    """The source was readable up to a point; rows before it may have been sent."""

    exit_code = ExitCode.GUARD


class SourceChanged(SourceBroken):
    """A run goes on with its source, and the source is not the same."""


class TransformFailed(ImporterError):
    """The callable that the mapping names raised, or returned what is no transformed chunk."""

    exit_code = ExitCode.GUARD


class ReportError(ImporterError):
    exit_code = ExitCode.WRONG_INPUT


class StateError(ReportError):
    """What is remembered from run to run cannot be read or written."""


class Stopped(ImporterError):
    exit_code: int = ExitCode.GUARD


class RefusedByServer(Stopped):
    pass


class TooManyFailures(Stopped):
    pass


class TookTooLong(Stopped):
    pass


class AlreadyRunning(Stopped):
    pass


class Drifted(Stopped):
    """The source no longer looks like the one before; its text has a line for each finding."""


class Unreachable(Stopped):
    exit_code = ExitCode.UNREACHABLE


class CredentialsRefused(Stopped):
    exit_code = ExitCode.CREDENTIALS


class Interrupted(Stopped):
    """A signal asked the run to end."""

    def __init__(self, signal_number: int) -> None:
        super().__init__("interrupted")
        self.exit_code = 128 + signal_number

    def __reduce__(self) -> tuple[type["Interrupted"], tuple[int]]:
        return Interrupted, (self.exit_code - 128,)  # reports go from machine to machine


def exit_code(*, failed: int, in_doubt: int, stop: ImporterError | None, sent: bool) -> int:
    """Choose the exit code of a run that was begun: the one place where it is chosen.

    `sent` says whether any request was begun: a source that breaks off, or a disk that is
    full, before the first one is wrong input (2), afterwards a guard that stopped the run (4).
    """
    if isinstance(stop, SourceBroken | ReportError | TransformFailed):
        return ExitCode.GUARD if sent else ExitCode.WRONG_INPUT
    if stop is not None:
        return stop.exit_code
    if in_doubt:
        return ExitCode.IN_DOUBT
    return ExitCode.ROWS_FAILED if failed else ExitCode.OK
