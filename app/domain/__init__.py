"""Arithmetic and timelines of billing: values in, values out.

Nothing here reads a clock, a database or a request. Amounts are integers in the currency's minor unit, times are
integer unix seconds in UTC, and `Decimal` appears only for prices below the minor unit and for percentages.
"""
