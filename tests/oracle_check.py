#!/usr/bin/env python3
"""Compares tracecmp's JSON with reference numbers, and checks that comparisons of real traces add up.

    oracle_check.py PROGRAM REFERENCE      REFERENCE/traces/NAME.json.gz, REFERENCE/oracle/expected/NAME.json

Times are compared as integers of nanoseconds. Percentiles may differ by 1 %, as promised, and the standard deviation by
1 ns; all else is exact.
"""
import hashlib
import json
import os
import subprocess
import sys
from decimal import Decimal

# Reference numbers know only the present categories of events; the program reads the old ones too.
OLD_CATEGORIES = {"hta_inference_rank1": 4}  # and the GPU events that the program finds there

PAIRS = [("tl_h100_qwen15", "tl_mi300_qwen15"), ("tl_h100_bert", "tl_mi300_bert"),
         ("hta_trace_diff_control", "hta_trace_diff_test"), ("hta_filter_rank0", "hta_filter_rank1"),
         ("tl_vllm_decode_full", "tl_vllm_piecewise")]

STATUS_SWAPPED = {"slower": "faster", "faster": "slower", "similar": "similar",
                  "base_only": "test_only", "test_only": "base_only"}


class Checker:
    """Counts comparisons; prints those that fail."""

    def __init__(self):
        self.passed, self.failed, self.where = 0, 0, ""

    def true(self, what, holds, detail=""):
        if holds:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= 100:
            print("oracle: %s: %s %s" % (self.where, what, detail))

    def equal(self, what, got, wanted):
        self.true(what, got == wanted, "is %r, reference %r" % (got, wanted))


def ns(us):
    """Microseconds of a JSON number as integer nanoseconds."""
    value = Decimal(us) * 1000
    assert value == value.to_integral_value(), us
    return int(value)


def parse(text):
    return json.loads(text, parse_float=Decimal)


def open_trace(reference, name):
    path = os.path.join(reference, "traces", name + ".json.gz")
    return subprocess.Popen(["gzip", "-dc", path], stdout=subprocess.PIPE)


def run(arguments, **how):
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)
    if done.returncode != 0:
        sys.exit("oracle: %s: exit %d: %s" % (" ".join(arguments), done.returncode, done.stderr.decode()))
    return parse(done.stdout.decode("utf-8"))


def summarise(program, reference, name):
    with open_trace(reference, name) as trace:
        return run([program, "summary", "--format", "json", "-"], stdin=trace.stdout)


def compare(program, reference, base, test, *options):
    with open_trace(reference, base) as one, open_trace(reference, test) as two:
        descriptors = [one.stdout.fileno(), two.stdout.fileno()]
        return run([program, "compare", "--format", "json", *options] + ["/dev/fd/%d" % d for d in descriptors],
                   pass_fds=descriptors)


def sha1(text):
    return hashlib.sha1(text.encode("utf-8")).hexdigest()


def shortened(name):
    """As reference numbers write long names."""
    return name if len(name) <= 200 else name[:140] + "... sha1=" + sha1(name)


def check_input(check, got, wanted):
    check.equal("bytes", got["trace"]["bytes"], wanted["input"]["uncompressed_bytes"])
    check.equal("events", got["trace"]["events"], wanted["input"]["events"])
    check.true("complete", got["trace"]["complete"])


def check_device(check, got, wanted):
    device, trace = wanted["device"], got["trace"]
    check.equal("device entries", trace["devices"], device["deviceProperties_entries"])
    if device["platform"] != "unknown":  # the program also infers it from names
        check.equal("platform", trace["platform"], device["platform"])
    if device["deviceProperties_entries"] == 0:
        check.equal("device", trace["device"], None)
        return
    for key, other in (("name", "name"), ("sm_count", "numSms"), ("warp_size", "warpSize"),
                       ("total_memory_bytes", "totalGlobalMem")):
        check.equal("device " + key, trace["device"][key], device[other])
    if device["computeMajor"] is not None:
        check.equal("compute capability", trace["device"]["compute_capability"],
                    "%d.%d" % (device["computeMajor"], device["computeMinor"]))


def check_totals(check, got, wanted):
    check.equal("GPU events", got["gpu"]["events"], wanted["gpu"]["events"])
    check.equal("GPU total", ns(got["gpu"]["total_us"]), ns(wanted["gpu"]["total_us"]))
    by_category = {"kernel": [0, 0], "memcpy": [0, 0], "memset": [0, 0]}
    for category, row in wanted["gpu"]["by_category"].items():
        cell = by_category[category.replace("gpu_", "").replace("concurrent_", "")]
        cell[0] += row["count"]
        cell[1] += ns(row["total_us"])
    for category, cell in by_category.items():
        row = got["gpu"][category]
        check.equal(category, [row["count"], ns(row["total_us"])], cell)
    for key in ("resolved", "unresolved"):
        check.equal("launches " + key, got["attribution"]["launch"][key], wanted["launch"][key])


def near(got, wanted):
    return abs(ns(got) - ns(wanted)) * 100 <= ns(wanted)


def check_kernels(check, got, wanted):
    rows = {shortened(row["name"]): row for row in got["kernels"] if row["category"] == "kernel"}
    check.equal("kernel names", sorted(rows), sorted(wanted["kernels"]["by_name"]))
    for name, reference in wanted["kernels"]["by_name"].items():
        row = rows.get(name)
        if row is None:
            continue
        what = "kernel %s: " % name
        check.equal(what + "count", row["count"], reference["count"])
        for key in ("total_us", "min_us", "max_us"):
            check.equal(what + key, ns(row[key]), ns(reference[key]))
        # The reference comes from doubles: a half may have gone the other way.
        check.true(what + "stddev_us", abs(ns(row["stddev_us"]) - ns(reference["stddev_population_us"])) <= 1,
                   "is %s, reference %s" % (row["stddev_us"], reference["stddev_population_us"]))
        count = row["count"]
        check.equal(what + "mean_us", ns(row["mean_us"]), (2 * ns(row["total_us"]) + count) // (2 * count))
        for key, other in (("p50_us", "p50_nearest_us"), ("p95_us", "p95_us")):
            check.true(what + key, near(row[key], reference[other]),
                       "is %s, reference %s" % (row[key], reference[other]))


def check_table(check, what, rows, reference):
    """rows: {name: (count, ns)} of ours; reference: the top rows, and the sum of the others."""
    check.equal(what + ": names", len(rows), reference["names"])
    left = dict(rows)
    for row in reference["top"]:
        check.equal("%s: %s" % (what, row["name"]), left.pop(row["name"], None), (row["count"], ns(row["total_us"])))
    others = (sum(count for count, _ in left.values()), sum(total for _, total in left.values()))
    check.equal(what + ": others", others, (reference["other"]["count"], ns(reference["other"]["total_us"])))


def check_cpu_ops(check, got, wanted):
    ops = wanted["cpu_op"]
    called = {shortened(r["name"]): (r["calls"], ns(r["cpu_total_us"])) for r in got["cpu_ops"] if r["calls"] > 0}
    inner = {shortened(r["name"]): (r["gpu_count"], ns(r["gpu_total_us"])) for r in got["cpu_ops"] if r["gpu_count"] > 0}
    top = {shortened(r["name"]): (r["gpu_count"], ns(r["gpu_total_us"])) for r in got["top_ops"]}
    check_table(check, "cpu ops", called, ops["by_name"])
    check_table(check, "GPU time by innermost cpu op", inner, ops["gpu_by_innermost"])
    check_table(check, "GPU time by outermost cpu op", top, ops["gpu_by_top_level"])
    for key, other in (("enclosing", "containment"), ("external_id", "external id"), ("none", "none")):
        check.equal("cpu op found by " + key, got["attribution"]["cpu_op"][key],
                    ops["method"].get(other, {"count": 0})["count"])


def check_stacks(check, got, wanted):
    python = wanted["python"]
    counts = got["attribution"]["stack"]
    check.equal("events with a stack", counts["with"], python["gpu_events_with_stack"])
    check.equal("events with and without", counts["with"] + counts["without"], got["gpu"]["events"])
    check.equal("distinct stacks", counts["distinct"], python["distinct_stacks_nonempty"])
    rows = {shortened(row["name"]): row["stacks"] for row in got["kernels"] if row["category"] == "kernel"}
    for reference in python["top_kernels"]:
        what = "stacks of %s: " % reference["kernel"]
        stacks, distinct = rows[reference["kernel"]], reference["distinct_stacks"]
        # In the reference the empty stack is one of them, with us it is none.
        if reference["best_depth"] == 0:
            check.equal(what + "distinct", stacks["distinct"], distinct - 1)
            check.true(what + "top", stacks["top"] is None or stacks["top"]["count"] <= reference["best_count"])
            continue
        least = distinct - (counts["without"] > 0)
        check.true(what + "distinct", least <= stacks["distinct"] <= distinct,
                   "is %d, reference %d" % (stacks["distinct"], distinct))
        frames = stacks["top"]["frames"] if stacks["top"] else []
        check.equal(what + "count of the most frequent", stacks["top"] and stacks["top"]["count"],
                    reference["best_count"])
        check.equal(what + "depth", len(frames), reference["best_depth"])
        check.equal(what + "frames", sha1("\n".join(frames)), reference["best_sha1"])


def check_phases(check, got, wanted):
    rows = {row["phase"]: (row["count"], ns(row["total_us"])) for row in got["phases"]}
    reference = {phase: (row["count"], ns(row["total_us"])) for phase, row in wanted["annotations"]["phase"].items()}
    check.equal("phases", rows, reference)


def check_timeline(check, got, wanted):
    rows = {str(row["device"]): row for row in got["timeline"]}
    reference = wanted["timeline_per_device"]
    check.equal("devices", sorted(rows), sorted(reference))
    for device in set(rows) & set(reference):
        row, other = rows[device], reference[device]
        check.equal("device %s: events" % device, row["events"], other["events"])
        for key in ("span", "busy", "idle", "compute", "comm", "exposed_comm", "exposed_copy"):
            check.equal("device %s: %s" % (device, key), ns(row[key + "_us"]), other[key + "_ns"])
        check.equal("device %s: copy" % device, ns(row["copy_us"]), other["memcpy_memset_ns"])


def check_sums(check, got):
    """Every GPU nanosecond is in exactly one row of each table."""
    total = (got["gpu"]["events"], ns(got["gpu"]["total_us"]))

    def sums(rows, count, time):
        return sum(row[count] for row in rows), sum(ns(row[time]) for row in rows)

    for table in ("kernels", "operations", "phases"):
        check.equal("sum of " + table, sums(got[table], "count", "total_us"), total)
    for table in ("cpu_ops", "top_ops"):
        check.equal("sum of " + table, sums(got[table], "gpu_count", "gpu_total_us"), total)
    for row in got["timeline"]:
        parts = sum(ns(row[key]) for key in ("compute_us", "exposed_comm_us", "exposed_copy_us", "idle_us"))
        check.equal("parts of the span", parts, ns(row["span_us"]))


def check_summaries(check, program, reference):
    folder = os.path.join(reference, "oracle", "expected")
    names = sorted(name[:-len(".json")] for name in os.listdir(folder) if name.endswith(".json"))
    check.true("there are reference numbers", bool(names))
    for name in names:
        check.where = name
        with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
            wanted = parse(file.read())
        got = summarise(program, reference, name)
        check_input(check, got, wanted)
        check_sums(check, got)
        if name in OLD_CATEGORIES:
            check.equal("GPU events", got["gpu"]["events"], OLD_CATEGORIES[name])
            continue
        for part in (check_device, check_totals, check_kernels, check_cpu_ops, check_stacks, check_phases,
                     check_timeline):
            part(check, got, wanted)


def check_diff_sums(check, diff):
    gap = ns(diff["total"]["gap_us"])
    check.equal("total gap", ns(diff["total"]["test_us"]) - ns(diff["total"]["base_us"]), gap)
    for table in ("operations", "kernels", "phases"):
        check.equal("gaps of " + table, sum(ns(row["gap_us"]) for row in diff[table]), gap)
    span = diff["span"]
    check.equal("span gap", ns(span["test_us"]) - ns(span["base_us"]), ns(span["gap_us"]))
    parts = [ns(span["gap_%s_us" % part]) for part in ("compute", "exposed_comm", "exposed_copy", "idle")]
    check.equal("parts of the span gap", sum(parts), ns(span["gap_us"]))
    for row in diff["operations"]:
        what = "operation %s: " % row["operation"]
        check.equal(what + "launches and speed", ns(row["gap_count_us"]) + ns(row["gap_speed_us"]), ns(row["gap_us"]))
        check.equal(what + "phases", sum(ns(phase["gap_us"]) for phase in row["phases"]), ns(row["gap_us"]))
    listed = sorted(name for row in diff["operations"] for name in row["kernels"])
    check.equal("kernels of operations", listed, sorted(row["name"] for row in diff["kernels"]))


def check_no_gap(check, diff):
    check.equal("gap to itself", [ns(diff["total"]["gap_us"]), ns(diff["span"]["gap_us"])], [0, 0])
    for table in ("operations", "kernels", "phases"):
        check.true("gaps of %s to themselves" % table, all(ns(row["gap_us"]) == 0 for row in diff[table]))
    for table in ("operations", "kernels"):
        check.true("status of %s" % table, all(row["status"] == "similar" for row in diff[table]))


def check_swapped(check, diff, swapped):
    for table, key in (("operations", "operation"), ("kernels", "name"), ("phases", "phase")):
        rows = {row[key]: row for row in diff[table]}
        others = {row[key]: row for row in swapped[table]}
        check.equal("names of " + table, sorted(rows), sorted(others))
        for name, row in rows.items():
            other = others[name]
            for gap in ("gap_us", "gap_count_us", "gap_speed_us"):
                if gap in row:
                    check.equal("%s of %s, swapped" % (gap, name), ns(other[gap]), -ns(row[gap]))
            if "status" in row:
                check.equal("status of %s, swapped" % name, other["status"], STATUS_SWAPPED[row["status"]])


def check_comparisons(check, program, reference):
    for base, test in PAIRS:
        check.where = "%s, %s" % (base, test)
        for per in ("auto", "total"):
            options = [] if per == "auto" else ["--per", per]
            diff = compare(program, reference, base, test, *options)
            check_diff_sums(check, diff)
            check_swapped(check, diff, compare(program, reference, test, base, *options))
            if diff["per"] == "total":
                for side in ("base", "test"):
                    check.equal(side, ns(diff["total"][side + "_us"]), ns(diff[side]["gpu"]["total_us"]))
        check_no_gap(check, compare(program, reference, base, base))


def main():
    program, reference = sys.argv[1:3]
    check = Checker()
    check_summaries(check, program, reference)
    check_comparisons(check, program, reference)
    print("oracle: %d figures agree, %d do not" % (check.passed, check.failed))
    sys.exit(1 if check.failed or not check.passed else 0)


if __name__ == "__main__":
    main()
