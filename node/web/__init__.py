"""Pages for people: rendered on the server, in several languages, without anything of a third party."""
