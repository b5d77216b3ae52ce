"""What an operator does to the simulator itself: the `/_sim` routes, and the logic behind the `billyard` command.

The command line only parses, prints and exits; what it prints is computed here, so that a route can answer the same.
"""


class Refused(Exception):
    """What was asked for cannot be done. The message is a sentence for the operator."""


def refusal_of(problem: Exception) -> Refused | None:
    """What the operator is told instead of a stack trace, where there is something they can do about the problem."""
    if isinstance(problem, Refused):
        return problem
    # SQLAlchemy's errors are told by name: importing it here would make every command slow.
    if type(problem).__module__ == "sqlalchemy.exc" and (cause := getattr(problem, "orig", None)) is not None:
        return Refused(f"The database refused: {cause}".strip())
    return None
