"""The numbered checks of a verdict, one file each (protocol section 7)."""
