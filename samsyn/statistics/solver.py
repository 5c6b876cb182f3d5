"""HiGHS, the solver of linear programs, without its greeting: what a process writes is one JSON line each."""

import highspy


class Solver(highspy.Highs):
    """A silent HiGHS on one processor: many of them work beside each other."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.setOptionValue("threads", 1)

    def enableCallbacks(self) -> None:  # noqa: N802 - the first thing that the constructor does, and it greets
        """Fall silent first."""
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]

    def settle(self) -> highspy.HighsModelStatus:
        """Solve, beginning where the last answer was; what isn't solved so is asked again from the beginning.

        Only a solved program is believed at once: a start from elsewhere may call a bounded program unbounded.
        """
        self.run()
        for presolve in ("off", "on"):
            if self.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                break
            before = self.getOptionValue("presolve")[1]
            self.clearSolver()
            self.setOptionValue("presolve", presolve)
            self.run()
            self.setOptionValue("presolve", before)
            # Presolve calls some unbounded programs infeasible: an answer without it stands.
            if self.getModelStatus() == highspy.HighsModelStatus.kUnbounded:
                break
        return self.getModelStatus()
