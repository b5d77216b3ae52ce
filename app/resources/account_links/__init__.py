"""Account links: addresses that lead the owner of a connected account to a form on this server, once."""
