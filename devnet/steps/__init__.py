"""The steps of the scenario, one each: `act`, what is `expected` of it, and how to `observe` it."""
