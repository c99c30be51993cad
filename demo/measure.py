"""Prints what a record costs beside other tools, and how fast the tab is: `make bench`.

    python demo/measure.py [--rounds 5] [--skip-tab]

Times are ratios of CPU time at one thread, medians of interleaved rounds within this run.
"""

import argparse
import os
from collections.abc import Mapping

os.environ.setdefault("KINETO_LOG_LEVEL", "99")

import torch

from bench import attribution, completeness, meaning, patterns
from bench import map as map_bench
from bench.capture import MEGABYTE, CaptureCost, measure
from bench.dashboard import TabTimes, measure_tab
from bench.networks import workloads

Row = tuple[str, str, str]


def capture_rows(cost: CaptureCost) -> list[Row]:
    """Return the rows of one workload: what, figure, goal."""
    allowed = cost.largest_output + 64 * MEGABYTE
    rows = [
        (f"logging step / plain step, {name}", f"{ratio:.2f} ×", "")
        for name, ratio in cost.step_ratios.items()
    ]
    return [
        *rows,
        ("record / bare probe forward", f"{cost.record_ratio:.2f} ×", "≤ 1.3 ×"),
        ("record with attributions / bare probe forward", f"{cost.explained_ratio:.2f} ×", ""),
        ("bare probe forward, share of a record", f"{1 / cost.record_ratio:.0%}", ""),
        (
            "extra peak memory of a record",
            f"{cost.extra_bytes / MEGABYTE:.1f} MB",
            f"≤ {allowed / MEGABYTE:.1f} MB (largest output + 64)",
        ),
        ("`activations`, a unit and record", f"{cost.bytes_a_unit:.1f} B", "≤ 10 B"),
        ("whole record with attributions, a unit", f"{cost.record_bytes_a_unit:.1f} B", ""),
    ]


def attribution_rows(ratios: Mapping[str, tuple[str, str]]) -> list[Row]:
    """Return the rows of attribution's ratios."""
    return [(name, figure, goal) for name, (figure, goal) in ratios.items()]


def print_curves() -> None:
    """Print how exact conductance is for its passes, by both rules."""
    print("\n### completeness gap of conductance, by steps\n")
    print("| network, rule | " + " | ".join(map(str, completeness.STEPS)) + " |")
    print("|---|" + "---|" * len(completeness.STEPS))
    for network, rule, gaps in completeness.curves():
        row = " | ".join(f"{gap:.2%}" for gap in gaps)
        print(f"| {network}, {rule} | {row} |", flush=True)


def tab_rows(times: TabTimes) -> list[Row]:
    """Return the rows of the tab."""
    return [
        ("from opening the tab to the first picture", f"{times.first_picture:.0f} ms", "< 1,000"),
        ("page's work for a film frame", f"{times.frame:.1f} ms", "≤ 16.7 ms"),
        ("drawn film frames a second", f"{times.frame_rate:.0f}", "60"),
        ("animation frames the browser gave", f"{times.refresh_rate:.0f} a second", ""),
    ]


def map_rows(times: map_bench.MapTimes) -> list[Row]:
    """Return the rows of the Map."""
    return [
        ("all records laid out, from the files", f"{times.first:.1f} s", ""),
        ("the same again", f"{1000 * times.warm:.0f} ms", "< 300 ms"),
        ("first answer on another record", f"{1000 * times.answer:.0f} ms", "< 300 ms"),
        ("all records on another record", f"{times.other_anchor:.1f} s", ""),
    ]


def print_table(title: str, rows: list[Row]) -> None:
    """Print rows as a Markdown table."""
    print(f"\n### {title}\n\n| what | figure | goal |\n|---|---|---|", flush=True)
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="what a record costs, and how fast the tab is")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default 5)")
    parser.add_argument("--skip-tab", action="store_true", help="leave the browser out")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for workload in workloads():
        cost = measure(workload, arguments.rounds)
        title = f"{workload.name}: {cost.layers} layers, {cost.units:,} units"
        print_table(title, capture_rows(cost))
    for workload in workloads():
        sweeps = attribution.measure(workload, arguments.rounds)
        title = f"attribution, {workload.name}: {sweeps.layers} layers"
        print_table(title, attribution_rows(sweeps.ratios))
    parts = attribution.measure_parts(workloads()[-1], max(2, arguments.rounds // 2))
    print_table(f"flow, maps and trust, {workloads()[-1].name}", attribution_rows(parts))
    print_curves()
    wide = f"{meaning.UNITS:,} units × {meaning.EXAMPLES} examples × {meaning.RECORDS} records"
    print_table(f"routes of responses: {wide}", meaning.rows())
    print_table(f"pattern matrix and groups: {wide}", patterns.rows())
    if not arguments.skip_tab:
        title = f"{map_bench.UNITS:,} units × {map_bench.EXAMPLES} examples × {map_bench.RECORDS}"
        print_table(f"Map, PCA: {title} records", map_rows(map_bench.measure()))
        times = measure_tab()
        title = f"tab: {times.units:,} units × {times.records} records, Chromium {times.chromium}"
        print_table(title, tab_rows(times))


if __name__ == "__main__":
    main()
