"""Tokens: secrets of a card, a bank account or a person, handed on once without being shown."""
