"""Phone numbers, in the one form in which they are kept."""

from __future__ import annotations


def international(number: str, country: str) -> str | None:
    """The number in E.164, `+14155552671`, as it is dialled in `country` unless it begins with a plus; None for what is none.

    A number that nobody has is taken like any other, because test numbers are such: `0000000000` is `+10000000000`.
    """
    # Hardly any process needs it, and it takes a while to load.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
