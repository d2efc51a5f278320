"""A node's database as one file that another machine can take over: written, checked, put in place."""
