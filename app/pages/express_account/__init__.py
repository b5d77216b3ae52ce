"""The page on which the owner of an Express account sees money, payouts and details."""
