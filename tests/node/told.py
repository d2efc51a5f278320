"""Whom long work tells how far it is."""


class Told:
    """How far each part of the work was said to be last, and the sentences."""

    def __init__(self) -> None:
        self.parts: dict[str, tuple[int, int | None]] = {}
        self.sentences: list[str] = []

    def reach(self, what: str, done: int, total: int | None = None) -> None:
        self.parts[what] = (done, total)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)


class Interrupting(Told):
    """Somebody presses Ctrl-C when the `part` is told of."""

    def __init__(self, part: str, *, times: int = 1) -> None:
        super().__init__()
        self._part, self._left = part, times

    def reach(self, what: str, done: int, total: int | None = None) -> None:
        super().reach(what, done, total)
        if what == self._part:
            self._left -= 1
            if self._left <= 0:
                raise KeyboardInterrupt
