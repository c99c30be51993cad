"""The peak of the memory that PyTorch allocates on the CPU while something runs."""

from collections.abc import Callable

from torch.profiler import ProfilerActivity, profile


def peak_bytes(action: Callable[[], object]) -> int:
    """Return the largest sum of live CPU allocations made by an action, in bytes."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        action()
    results = profiler.profiler.kineto_results  # pyright: ignore[reportOptionalMemberAccess]
    assert results is not None
    events = [event for event in results.events() if event.name() == "[memory]"]
    live = peak = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        live += event.nbytes()  # pyright: ignore[reportAttributeAccessIssue]
        peak = max(peak, live)
    return peak
