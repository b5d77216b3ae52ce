"""The borders between sandboxes, and between the accounts of one."""
