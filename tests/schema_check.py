"""Checks the JSON of summary and compare: keys, their order, null rules and sums. Called by schema.sh."""
import glob
import json
import os
import subprocess
import sys
from decimal import Decimal

STATS = ["count", "total_us", "mean_us", "min_us", "p50_us", "p95_us", "p99_us", "max_us", "stddev_us"]
TIMES = ["base_us", "test_us", "gap_us"]
TIMELINE = ["device", "events", "span_us", "busy_us", "idle_us", "compute_us", "comm_us", "exposed_comm_us", "copy_us",
            "exposed_copy_us"]
STATUSES = {"slower", "faster", "similar", "base_only", "test_only"}
KINDS = {"same", "replaced", "fused", "split", "base_only", "test_only"}
METHODS = {"module", "period", "attention", "none"}
PHASES = {"prefill", "decode", "mixed", "none"}

# Objects by key: a list of keys in order, each a name or (name, content). Arrays: [content of each item]. None: anything.
TRACE = ["name", "bytes", "bytes_uncompressed", "compression", "source", "complete", "events", "platform",
         ("device", ["name", "compute_capability", "total_memory_bytes", "sm_count", "warp_size"]), "devices", "architecture"]
GPU = ["events", "total_us", ("kernel", ["count", "total_us"]), ("memcpy", ["count", "total_us"]),
       ("memset", ["count", "total_us"])]
ATTRIBUTION = [("launch", ["resolved", "unresolved"]), ("cpu_op", ["enclosing", "external_id", "none"]),
               ("stack", ["with", "without", "distinct"])]
OUTLINE = [("trace", TRACE), ("gpu", GPU), ("attribution", ATTRIBUTION), ("timeline", [TIMELINE])]
SUMMARY = ["schema", "version", *OUTLINE,
           ("operations", [["operation", *STATS, "share", "phases", "cpu_op", "kernels"]]),
           ("kernels", [["name", "category", "operation", "rule", *STATS, "cpu_op",
                         ("stacks", ["distinct", ("top", ["count", "frames"])])]]),
           ("cpu_ops", [["name", "calls", "cpu_total_us", "gpu_count", "gpu_total_us"]]),
           ("top_ops", [["name", "gpu_count", "gpu_total_us"]]),
           ("phases", [["phase", "count", "total_us"]]),
           ("steps", ["count", "kind", ("span_us", STATS), ("gpu_us", STATS),
                      ("list", [["name", "phase", "start_us", "span_us", "gpu_us", "gpu_events"]])]),
           ("layers", ["method", "count", ("list", [["layer", "count", "total_us", "mean_us"]])]),
           ("diagnostics", [["code", "severity", "count", "message", "first_byte", "gpu_us"]])]
COMPARE = ["schema", "version", ("base", OUTLINE), ("test", OUTLINE), "per", ("steps", ["base", "test"]),
           ("total", [*TIMES, "ratio"]),
           ("span", [*TIMES, "gap_compute_us", "gap_exposed_comm_us", "gap_exposed_copy_us", "gap_idle_us"]),
           ("operations", [["operation", ("base", STATS), ("test", STATS), "gap_us", "ratio", "share_of_gap", "gap_count_us",
                            "gap_speed_us", "ci95_us", "status", ("phases", [["phase", *TIMES, "ratio"]]), "kernels",
                            "base_cpu_op", "test_cpu_op"]]),
           ("kernels", [["name", "operation", ("base", STATS), ("test", STATS), "gap_us", "ratio", "status"]]),
           ("phases", [["phase", *TIMES, "ratio"]]),
           ("layers", [["layer", *TIMES, "ratio", "status",
                        ("pairs", [["operation", "base_kernels", "test_kernels", *TIMES, "kind"]])]]),
           ("fusion", [["side", "fused", "separate", "occurrences", "confidence", "gap_us"]]),
           ("same_kernels", [["name", "base_mean_us", "test_mean_us", "ratio", "gap_us"]]),
           ("warnings", [["code", "message"]])]

failures = []
checked = 0


def expect(condition, where, what):
    global checked
    checked += 1
    if not condition:
        failures.append(f"{where}: {what}")


def check_keys(where, value, keys):
    """Every key is there, and those that are meant come in this order; others may stand between."""
    names = [key if isinstance(key, str) else key[0] for key in keys]
    expect([key for key in value if key in names] == names, where, f"keys {[key for key in value if key in names]}")
    for key in keys:
        if not isinstance(key, str) and value.get(key[0]) is not None:
            check_content(f"{where}.{key[0]}", value[key[0]], key[1])


def check_content(where, value, content):
    if isinstance(content[0], list):
        expect(isinstance(value, list), where, "is no array")
        for row in value:
            check_keys(where, row, content[0])
    else:
        check_keys(where, value, content)


def check_numbers(where, value):
    """Times have at most 3 decimals."""
    if isinstance(value, dict):
        for key, member in value.items():
            if isinstance(member, Decimal) and key.endswith("_us"):
                expect(member.as_tuple().exponent >= -3, where, f"{key} is {member}")
            check_numbers(where, member)
    elif isinstance(value, list):
        for member in value:
            check_numbers(where, member)


def check_stats(where, row):
    expect(row["min_us"] <= row["p50_us"] <= row["p95_us"] <= row["p99_us"] <= row["max_us"], where, "percentiles in order")
    expect(row["min_us"] <= row["mean_us"] <= row["max_us"], where, "the mean within the extremes")
    expect(abs(row["mean_us"] * row["count"] - row["total_us"]) <= Decimal("0.0005") * row["count"], where, "the mean")


def check_sorted(where, rows, value, name):
    keys = [(-value(row), name(row).encode("utf-8", "surrogatepass")) for row in rows]
    expect(keys == sorted(keys), where, "largest first, ties by name")


def total(rows, key):
    return sum((row[key] for row in rows), Decimal(0))


def check_summary(where, report):
    check_keys(where, report, SUMMARY)
    check_numbers(where, report)
    expect(report["schema"] == "tracecmp.summary/1", where, "schema")
    gpu = report["gpu"]
    for table in ("operations", "kernels", "phases"):
        expect(total(report[table], "total_us") == gpu["total_us"], where, f"{table} sum to the total")
        expect(sum(row["count"] for row in report[table]) == gpu["events"], where, f"{table} count all events")
    for table in ("cpu_ops", "top_ops"):
        expect(total(report[table], "gpu_total_us") == gpu["total_us"], where, f"{table} sum to the total")
    for row in report["operations"] + report["kernels"]:
        check_stats(where, row)
    check_sorted(where + " kernels", report["kernels"], lambda row: row["total_us"], lambda row: row["name"])
    check_sorted(where + " operations", report["operations"], lambda row: row["total_us"], lambda row: row["operation"])
    expect(report["trace"]["compression"] in (None, "gzip", "zstd"), where, "compression")
    expect(report["trace"]["architecture"] in ("transformer", "ssm", "hybrid", "unknown"), where, "architecture")
    expect(report["layers"]["method"] in METHODS, where, "method of layers")
    expect(report["layers"]["count"] == len(report["layers"]["list"]), where, "number of layers")
    expect((report["layers"]["method"] == "none") == (report["layers"]["count"] == 0), where, "layers and their method")
    expect(report["steps"]["count"] == len(report["steps"]["list"]), where, "number of steps")
    for row in report["kernels"]:
        top = row["stacks"]["top"]
        expect((top is None) == (row["stacks"]["distinct"] == 0), where, "the most frequent stack")


def check_ratio(where, row):
    if not row["base_us"]:
        expect(row["ratio"] is None, where, "ratio without base")
    else:
        exact = Decimal(row["test_us"]) / row["base_us"]
        expect(abs(row["ratio"] - exact) <= abs(exact) * Decimal("0.00001"), where, f"ratio {row['ratio']}, not {exact}")


def check_row(where, row):
    expect(row["test_us"] - row["base_us"] == row["gap_us"], where, "gap")
    check_ratio(where, row)


def check_sided(where, row):
    """A row that one side may lack."""
    check_row(where, row)
    expect(row["status"] in STATUSES, where, "status")
    expect((row["base"] is None) == (row["status"] == "test_only"), where, "base is null of what only test has")
    expect((row["test"] is None) == (row["status"] == "base_only"), where, "test is null of what only base has")
    interval = row["ci95_us"]
    if interval is not None:
        expect(interval[0] <= row["gap_us"] <= interval[1], where, "the gap within its interval")
        if interval[0] <= 0 <= interval[1] and row["base"] and row["test"]:
            expect(row["status"] == "similar", where, "similar, for the interval contains 0")


def check_layer(where, layer):
    check_row(where, layer)
    expect(layer["status"] in STATUSES, where, "status")
    for pair in layer["pairs"]:
        sizes = len(pair["base_kernels"]), len(pair["test_kernels"])
        expect(pair["kind"] in KINDS, where, "kind")
        expect((sizes[0] == 0) == (pair["kind"] == "test_only") and (sizes[1] == 0) == (pair["kind"] == "base_only"), where,
               "one-sided pairs")
        expect((sizes[0] > sizes[1] > 0) == (pair["kind"] == "fused"), where, f"fused: {sizes}")
        expect((0 < sizes[0] < sizes[1]) == (pair["kind"] == "split"), where, f"split: {sizes}")
        if pair["kind"] == "same":
            expect(pair["base_kernels"] == pair["test_kernels"], where, "names of the same kernels")
    if layer["pairs"]:
        for key in TIMES:
            expect(total(layer["pairs"], key) == layer[key], where, f"pairs sum to the layer's {key}")


def check_compare(where, report):
    check_keys(where, report, COMPARE)
    check_numbers(where, report)
    expect(report["schema"] == "tracecmp.compare/1", where, "schema")
    gap = report["total"]["gap_us"]
    check_row(where, report["total"])
    for table in ("operations", "kernels", "phases"):
        for key in TIMES:
            expect(total(report[table], key) == report["total"][key], where, f"{table} sum to the total's {key}")
        widest = sorted(report[table], key=lambda row: -abs(row["gap_us"]))
        if table != "phases":
            expect([abs(row["gap_us"]) for row in report[table]] == [abs(row["gap_us"]) for row in widest], where,
                   f"{table}: widest gap first")
    span = report["span"]
    parts = sum(span[f"gap_{part}_us"] for part in ("compute", "exposed_comm", "exposed_copy", "idle"))
    expect(parts == span["gap_us"] == span["test_us"] - span["base_us"], where, "parts of the span")
    for row in report["operations"]:
        what = f"{where}: {row['operation']}"
        check_sided(what, row)
        expect(row["gap_count_us"] + row["gap_speed_us"] == row["gap_us"], what, "launches and speed")
        expect(total(row["phases"], "gap_us") == row["gap_us"], what, "phases sum to the gap")
        expect({phase["phase"] for phase in row["phases"]} <= PHASES, what, "names of phases")
        share = Decimal(row["gap_us"]) / gap if gap else Decimal(0)
        expect(abs(row["share_of_gap"] - share) <= max(abs(share), 1) * Decimal("0.00001"), what, "share of the gap")
        for side in ("base", "test"):
            if row[side] is None:
                expect(row[side + "_cpu_op"] is None, what, "cpu_op of a side that has none")
    for row in report["kernels"]:
        check_sided(f"{where}: {row['name'][:60]}", row)
    both = sorted(row["name"] for row in report["kernels"] if row["base"] and row["test"])
    expect(sorted(row["name"] for row in report["same_kernels"]) == both, where, "same_kernels are those of both sides")
    for row in report["same_kernels"]:
        check_ratio(where, {"base_us": row["base_mean_us"], "test_us": row["test_mean_us"], "ratio": row["ratio"]})
    for layer in report["layers"]:
        check_layer(f"{where}: layer {layer['layer']}", layer)
    for row in report["fusion"]:
        few, many = (row["fused"], row["separate"])
        expect(0 < len(few) < len(many) and row["occurrences"] > 0 and 0 <= row["confidence"] <= 1, where, "fusion")
    expect(len({row["code"] + row["message"] for row in report["warnings"]}) == len(report["warnings"]), where, "warnings twice")


def check_itself(where, report):
    expect(report["total"]["gap_us"] == 0 and report["span"]["gap_us"] == 0, where, "gap to itself")
    for table in ("operations", "kernels"):
        expect(all(row["status"] == "similar" and row["gap_us"] == 0 for row in report[table]), where, f"{table}: similar")
    expect(all(pair["kind"] == "same" for layer in report["layers"] for pair in layer["pairs"]), where, "all pairs the same")
    expect(report["fusion"] == [], where, "no fusion with itself")


SWAPPED = {"slower": "faster", "faster": "slower", "similar": "similar", "base_only": "test_only", "test_only": "base_only",
           "fused": "split", "split": "fused", "same": "same", "replaced": "replaced", "base": "test", "test": "base"}


def check_swapped(where, there, back):
    for table, name in (("operations", "operation"), ("kernels", "name"), ("layers", "layer"), ("phases", "phase")):
        expect([row[name] for row in there[table]] == [row[name] for row in back[table]], where, f"{table}: order")
        for row, other in zip(there[table], back[table]):
            for key in ("gap_us", "gap_count_us", "gap_speed_us"):
                expect(row.get(key, 0) == -other.get(key, 0), where, f"{table}: {row[name]}: {key}")
            if "status" in row:
                expect(SWAPPED[row["status"]] == other["status"], where, f"{table}: {row[name]}: status")
    expect(len(there["fusion"]) == len(back["fusion"]), where, "number of fusions")
    for row, other in zip(there["fusion"], back["fusion"]):
        mirrored = {**row, "side": SWAPPED[row["side"]], "gap_us": -row["gap_us"]}
        expect(mirrored == other, where, f"fusion {row} became {other}")
    for layer, other in zip(there["layers"], back["layers"]):
        kinds = [SWAPPED[pair["kind"]] for pair in layer["pairs"]]
        expect(sorted(kinds) == sorted(pair["kind"] for pair in other["pairs"]), where, f"layer {layer['layer']}: kinds")


def run(program, *arguments):
    done = subprocess.run([program, *arguments, "--index", "off", "--format", "json"], capture_output=True, check=False)
    if done.returncode not in (0, 3):
        return None
    return json.loads(done.stdout, parse_float=Decimal, parse_constant=lambda text: failures.append(f"{arguments}: {text}"))


def check_pair(program, base, test):
    where = f"{os.path.basename(base)}, {os.path.basename(test)}"
    there = run(program, "compare", base, test)
    if there is None:
        failures.append(f"{where}: no report")
        return
    check_compare(where, there)
    if base == test:
        check_itself(where, there)
    else:
        check_swapped(where, there, run(program, "compare", test, base))


REAL_PAIRS = [("tl_h100_qwen15", "tl_mi300_qwen15"), ("tl_h100_bert", "tl_mi300_bert"),
              ("hta_trace_diff_control", "hta_trace_diff_test"), ("hta_filter_rank0", "hta_filter_rank1"),
              ("tl_vllm_decode_full", "tl_vllm_piecewise"), ("hta_compare_base", "hta_compare_test"),
              ("tl_b200_eager", "tl_mi300_resnet_ckpt"), ("tl_b200_eager", "tl_vllm_piecewise"),
              ("hta_cpu_only", "hta_mi250_minitoy"), ("tl_mi210_gpu_only", "tl_mi300_resnet_ckpt")]


def main():
    program, folder = sys.argv[1:]
    samples = sorted(glob.glob("samples/*.json"))
    traces = [os.path.join(folder, name + ".json.gz") for name in sorted({name for pair in REAL_PAIRS for name in pair})]
    traces = [trace for trace in traces if os.path.exists(trace)]
    for trace in samples + traces:
        report = run(program, "summary", trace)
        if report is None:
            failures.append(f"{trace}: no report")
            continue
        check_summary(os.path.basename(trace), report)
        check_pair(program, trace, trace)
    for index, base in enumerate(samples):
        check_pair(program, base, samples[(index + 1) % len(samples)])
    check_pair(program, "samples/nvidia_before.json", "samples/nvidia_fused.json")
    check_pair(program, "samples/nvidia_before.json", "samples/nvidia_after.json")
    for pair in REAL_PAIRS:
        base, test = (os.path.join(folder, name + ".json.gz") for name in pair)
        if base in traces and test in traces:
            check_pair(program, base, test)
    if not traces:
        print("schema: real traces skipped: not at hand")
    for failure in failures[:40]:
        print("schema: " + failure, file=sys.stderr)
    print(f"schema: {checked - len(failures)} of {checked} passed")
    sys.exit(1 if failures else 0)


main()
