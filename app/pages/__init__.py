"""What a person opens in a browser: pages and files behind addresses that are secrets of their own, without a key."""
