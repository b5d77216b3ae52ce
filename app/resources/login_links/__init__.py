"""Login links: addresses that lead the owner of an Express account to the account's page on this server, once."""
