"""A disk whose syncs are slow."""

TASKS = 36000  # with their log rows more than 55,000 rows
SLOW = 300  # milliseconds


def test_slow_disk(trial):
    """Its syncs come with each batch, so batches become larger, not more."""
    quick = trial.done("flush", "--yes")
    trial.renew()
    slow = trial.done("flush", "--yes", sync=f"slow {SLOW}")
    assert slow["longest_transaction_ms"] >= SLOW, f"the syncs were not slow: {slow['longest_transaction_ms']} ms"
    assert slow["batches"] <= 1.5 * quick["batches"], f"{quick['batches']} batches, and {slow['batches']} on a slow disk"
    trial.take_back()
    print(f"{quick['batches']} batches, {slow['batches']} of {slow['longest_transaction_ms']} ms at most on a slow disk")
