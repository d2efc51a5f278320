"""The ledger on this desk: a real engine with a past, the contracts on it, and the people who use them."""
