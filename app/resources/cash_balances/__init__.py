"""Cash balances: money that customers have sent by bank transfer, and what it has paid."""
