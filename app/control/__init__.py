"""What an operator does to the simulator itself: the `/_sim` routes, and the logic behind the `billyard` command.

The command line only parses, prints and exits; what it prints is computed here, so that a route can answer the same.
"""


class Refused(Exception):
    """What was asked for cannot be done. The message is a sentence for the operator."""
