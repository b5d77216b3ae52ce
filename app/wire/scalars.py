"""The parameter types that are sent as one string, and how a wrong one is refused. Lists and hashes are in `params`."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, Self

from marshmallow import ValidationError

from app.declaring import DeclaredField
from app.domain.currencies import SUPPORTED
from app.errors import InvalidRequest

# Our choice: names and values are repeated in a message up to this many characters, so that an answer stays small.
_ECHO_MAX = 500
_INTEGER = re.compile(r"-?[0-9]{1,19}")
# Our choice: 18 digits before the point, so that a price still fits a 64-bit column.
_DECIMAL = re.compile(r"-?(?=[.0-9])[0-9]{0,18}(?:\.([0-9]+))?")
_PLACES = {2: "two", 4: "four", 12: "twelve"}  # the numbers of decimal places that are declared, in words
_LATEST_UNIX_SECOND = 253402300799  # 9999-12-31T23:59:59Z, the end of the calendar


class Refusal(ValidationError):
    """What is wrong with one value. The error is made once the containers around it have completed its path."""

    def __init__(self, error_at: Callable[[str], InvalidRequest]) -> None:
        super().__init__("refused")
        self._error_at = error_at
        self._keys: list[str] = []

    def under(self, key: str) -> Self:
        """Add one level outside those already there."""
        self._keys.append(key)
        return self

    def error(self) -> InvalidRequest:
        path = ""
        for key in reversed(self._keys):
            path = path_to(path, key)
        return self._error_at(printable(path))


def refusal(message: str, *, code: str | None = None) -> Refusal:
    """A refusal whose message does not name the parameter."""
    return Refusal(lambda path: InvalidRequest(message, code=code, param=path))


class Unknown(NamedTuple):
    """A parameter that is not declared: its full path, its own name, and the names that are declared beside it."""

    path: str
    key: str
    known: Iterable[str]


class Parameter(DeclaredField):
    """Any one parameter. `unsettable` says that the empty string is accepted and unsets it."""

    nests = False

    def __init__(self, *, unsettable: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.unsettable = unsettable

    def convert(self, value: Any) -> Any:
        """The value of what was sent, which is not the empty string; raises Refusal."""
        raise NotImplementedError

    def unset(self) -> Any:
        """The value that the empty string stands for."""
        return None

    def find_unknown(self, value: Any, path: str, found: list[Unknown]) -> None:
        """Add the unknown parameters inside; only containers have any."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if value != "":
            return self.convert(value)
        if self.unsettable:
            return self.unset()
        raise Refusal(_empty)


class Text(Parameter):
    """A string of at most `max` characters; unset is None."""

    def __init__(self, max: int = 5000, **options: Any) -> None:
        super().__init__(**options)
        self.max = max

    def convert(self, value: Any) -> str:
        text = string(value)
        if len(text) > self.max:
            shown = f"{text[:4]}...{text[-4:]}" if len(text) > 8 else text
            raise refusal(f"Invalid string: {printable(shown)}; must be at most {self.max} characters")
        return text


class Enum(Parameter):
    """One of a few words; unset is None."""

    def __init__(self, values: Iterable[str], **options: Any) -> None:
        super().__init__(**options)
        self.values = tuple(values)

    def convert(self, value: Any) -> str:
        word = string(value)
        if word not in self.values:
            raise Refusal(
                lambda path: InvalidRequest(f"Invalid {path}: must be one of {_any_of(self.values)}", param=path)
            )
        return word


class Integer(Parameter):
    """A 64-bit integer within bounds, both inclusive; unset is None."""

    def __init__(self, minimum: int | None = None, maximum: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.minimum = minimum
        self.maximum = maximum

    def convert(self, value: Any) -> Any:
        number = _integer(value)
        if number is None:
            raise refusal(f"Invalid integer: {_shown(value)}", code="parameter_invalid_integer")
        _check_range(number, self.minimum, self.maximum, code="parameter_invalid_integer")
        return number


class Boolean(Parameter):
    """`true` or `false` in any letter case; unset is None."""

    def convert(self, value: Any) -> Any:
        word = value.lower() if isinstance(value, str) else None
        if word not in ("true", "false"):
            raise refusal(f"Invalid boolean: {_shown(value)}")
        return word == "true"


class DecimalNumber(Parameter):
    """A Decimal of at most `max_places` places after the point and within bounds, both inclusive; unset is None."""

    def __init__(
        self, max_places: int = 12, minimum: int | None = None, maximum: int | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.max_places = max_places
        self.minimum = minimum
        self.maximum = maximum

    def convert(self, value: Any) -> Decimal:
        match = _DECIMAL.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise refusal(f"Invalid decimal: {_shown(value)}")
        if len(match[1] or "") > self.max_places:
            places = _PLACES.get(self.max_places, self.max_places)
            raise refusal(f"Invalid decimal: {_shown(value)}; must contain at maximum {places} decimal places.")
        number = Decimal(value)
        _check_range(number, self.minimum, self.maximum)
        return number


class Percent(DecimalNumber):
    """A Decimal from 0 to 100, with two places unless another number is declared; unset is None."""

    def __init__(self, max_places: int = 2, minimum: int = 0, maximum: int = 100, **options: Any) -> None:
        super().__init__(max_places, minimum, maximum, **options)


class Timestamp(Parameter):
    """A moment in unix seconds; unset is None. Whether it must lie in the future is for the operation to say."""

    def convert(self, value: Any) -> Any:
        moment = _integer(value)
        # Our choice: a moment outside 1970 to 9999 (milliseconds, most often) is refused here and not in the calendar.
        if moment is None or not 0 <= moment <= _LATEST_UNIX_SECOND:
            raise refusal("Invalid timestamp: must be an integer")
        return moment


class _OrWords(Parameter):
    """Mixed in before another type: these words are taken as they are."""

    def __init__(self, *words: str, **options: Any) -> None:
        super().__init__(**options)
        self.words = words

    def convert(self, value: Any) -> Any:
        return value if value in self.words else super().convert(value)


class TimestampOr(_OrWords, Timestamp):
    """`TimestampOr("now")`: unix seconds or one of the words."""


class IntegerOr(_OrWords, Integer):
    """`IntegerOr("inf")`: an integer or one of the words."""


class BooleanOr(_OrWords, Boolean):
    """`BooleanOr("one_off", "recurring")`: a boolean or one of the words."""


class Currency(Parameter):
    """A supported currency's ISO code in lower case; unset is None."""

    def convert(self, value: Any) -> str:
        currency = string(value).lower()
        if currency not in SUPPORTED:
            listed = ", ".join(SUPPORTED)
            raise refusal(f"Invalid currency: {_shown(value)}. Stripe currently supports these currencies: {listed}")
        return currency


def path_to(path: str, key: str) -> str:
    """The path of what stands under `key` in the hash or list at `path`; the empty path is the top."""
    return f"{path}[{key}]" if path else key


def printable(text: str) -> str:
    """The text as it may stand in a message: not too long, and with no unpaired surrogate, which no encoder accepts."""
    if len(text) > _ECHO_MAX:
        text = text[:_ECHO_MAX] + "..."
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def string(value: Any) -> str:
    """The value if it is a string that every database and every encoder accepts; raises Refusal."""
    if not isinstance(value, str):
        raise refusal(f"Invalid string: {_shown(value)}")
    if "\0" in value or not (value.isascii() or _is_unicode(value)):
        raise refusal("Invalid string: must not contain NUL characters or unpaired surrogates")
    return value


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _shown(value: Any) -> str:
    """The value as Stripe repeats it in a message: a string as it is, a hash or list as the JSON of a hash."""
    if isinstance(value, str):
        return printable(value)
    return printable(json.dumps(_as_hash(value), ensure_ascii=False, separators=(",", ":"), default=str))


def _as_hash(value: Any) -> Any:
    if isinstance(value, list):
        return {str(index): _as_hash(element) for index, element in enumerate(value)}
    if isinstance(value, dict):
        return {str(key): _as_hash(inner) for key, inner in value.items()}
    return value


def _integer(value: Any) -> int | None:
    if not isinstance(value, str) or not _INTEGER.fullmatch(value):
        return None
    number = int(value)
    return number if -(2**63) <= number < 2**63 else None


def _check_range(number: int | Decimal, minimum: int | None, maximum: int | None, code: str | None = None) -> None:
    if minimum is not None and number < minimum:
        raise refusal(f"This value must be greater than or equal to {minimum}.", code=code)
    if maximum is not None and number > maximum:
        raise refusal(f"This value must be less than or equal to {maximum}.", code=code)


def _any_of(words: tuple[str, ...]) -> str:
    """`["a"]`, `a or b`, `a, b, or c`."""
    if len(words) == 1:
        return f'["{words[0]}"]'
    if len(words) == 2:
        return f"{words[0]} or {words[1]}"
    return f"{', '.join(words[:-1])}, or {words[-1]}"


def _empty(path: str) -> InvalidRequest:
    return InvalidRequest(
        f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; however"
        f" '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty value.",
        code="parameter_invalid_empty",
        param=path,
    )
