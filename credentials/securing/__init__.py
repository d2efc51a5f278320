"""Securing mechanisms: how a credential is bound to a key."""
