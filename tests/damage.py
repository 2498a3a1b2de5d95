"""A trace in each of its forms, cut at each of its bytes, and damaged at random: never a crash, never fewer GPU events with
status 0, and what is lost is the damaged event and at most its neighbour. damage.py PROGRAM [SEED [TRIALS]]"""

import concurrent.futures
import json
import os
import random
import subprocess
import sys

OK, ERROR, DAMAGED = 0, 2, 3
GPU = {"kernel", "gpu_memcpy", "gpu_memset"}
SMALL = os.environ.get("WAYS") == "small"
STRAY = [b'"', b"{", b"}", b"\\", b",", b"[", b"]", b":", b"\x01", b"\n", b"\x00", b'""', b"{}", b'"}', b"},", b"}}", b"{{",
         b'\\"', b'"{', b",,", b"\xff", b"]}", b'"ph"', b"NaN"]


def event(ph, cat, name, pid, tid, ts, dur, **args):
    return {"ph": ph, "cat": cat, "name": name, "pid": pid, "tid": tid, "ts": ts, "dur": dur, "args": args}


def sample_events(repeats):
    """Every kind of event."""
    events = [{"ph": "M", "name": "process_name", "pid": 1, "tid": 0, "ts": 0.5, "args": {"name": "python"}},
              event("X", "user_annotation", "ProfilerStep#1", 1, 1, 0.25, 900.125)]
    for n in range(repeats):
        at = 10 + 100 * n
        events += [event("X", "python_function", f"model.py({n}): forward", 1, 1, at, 50.5),
                   event("X", "cpu_op", "aten::mm", 1, 1, at + 1, 40, **{"External id": n + 1}),
                   event("X", "cuda_runtime", "cudaLaunchKernel", 1, 1, at + 2, 5, correlation=n + 1),
                   event("X", "gpu_memcpy" if n == 2 else "kernel", f'gemm<{n}, "tn">', 0, 7, at + 20.125, 30.5,
                         correlation=n + 1, device=0, stream=7)]
    return events


def as_object():
    """With keys on both sides of the events; indented, as profilers write it."""
    whole = {"schemaVersion": 1, "deviceProperties": [{"id": 0, "name": "NVIDIA H100", "warpSize": 32}],
             "traceEvents": sample_events(4), "traceName": "a.json"}
    return json.dumps(whole, indent=1).encode()


def as_array():
    return b"[\n" + b",\n".join(json.dumps(row).encode() for row in sample_events(3)) + b"\n]\n"


def as_lines():
    return b"".join(json.dumps(row).encode() + b"\n" for row in sample_events(3))


class Form:
    """whole: the bytes; begin: damage before it may leave no trace; first: nor may a cut before that; trials: of damage."""

    def __init__(self, name, whole, begin, first, trials, parse):
        self.name, self.whole, self.begin, self.first, self.trials, self.parse = name, whole, begin, first, trials, parse
        self.count = self.gpu_events(whole)

    def gpu_events(self, data):
        """How many there are in valid JSON; None: that is not for us to say."""
        try:
            return sum(1 for row in self.parse(data) if row.get("cat") in GPU and row.get("ph") == "X")
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def may_end(self, at):
        """Is that a whole document? Of an array and of lines, what ends between two events is one."""
        return at == len(self.whole) or (self.name != "object" and self.whole[:at].rstrip()[-1:] in (b"}", b",", b"[", b"]")
                                         and self.whole[:at].count(b"{") == self.whole[:at].count(b"}"))


def forms():
    whole, array, lines = as_object(), as_array(), as_lines()
    begin = whole.index(b'"traceEvents"') + len(b'"traceEvents": [')
    return [Form("object", whole, begin, begin, 250 if SMALL else 900, lambda data: json.loads(data)["traceEvents"]),
            Form("array", array, 1, 1, 120 if SMALL else 450, json.loads),
            Form("lines", lines, 1, lines.index(b"\n"), 120 if SMALL else 450,
                 lambda data: [json.loads(line) for line in data.splitlines()])]


class Bench:
    def __init__(self, program, form):
        self.program, self.form = os.path.abspath(program), form

    def run(self, data):
        command = [self.program, "summary", "-f", "json", "--index", "off", "--threads", "1", "-"]
        done = subprocess.run(command, input=data, capture_output=True, timeout=60)
        return done.returncode, json.loads(done.stdout) if done.stdout else None

    def cut(self, at):
        """Returns the GPU events found, and what is wrong."""
        status, report = self.run(self.form.whole[:at])
        if status == ERROR and at < self.form.first:
            return 0, None
        if status not in (OK, DAMAGED):
            return 0, f"cut at {at}: status {status}"
        found = report["gpu"]["events"]
        return found, None if (status == OK) == self.form.may_end(at) else f"cut at {at}: status {status}"

    def damage(self, seed):
        choose, whole = random.Random(seed), self.form.whole
        at, stray = choose.randrange(len(whole)), choose.choice(STRAY)
        gone = choose.choice((0, 0, 0, 1, 2)) if stray != b"\xff" else 0  # in a letter's place it makes another word
        data = whole[:at] + (stray if gone == 0 or choose.random() < 0.5 else b"") + whole[at + gone:]
        status, report = self.run(data)
        wrong = self.judge(status, report, self.form.gpu_events(data), at)
        return wrong and f"seed {seed}, {wrong}: {data[max(0, at - 40):at + 40]}"

    def judge(self, status, report, valid, at):
        if status == ERROR:
            return None if at < self.form.begin else "no report"
        if status not in (OK, DAMAGED):
            return f"status {status}"
        count = self.form.count
        found, least = report["gpu"]["events"], count if valid is None else valid
        lost = any(row["severity"] in ("data_loss", "error") for row in report["diagnostics"])
        if lost != (status == DAMAGED):
            return f"status {status}, and yet {report['diagnostics']}"
        if status == OK and found < least:
            return f"{found} GPU events of {least} with status 0"
        if at >= self.form.begin and not count - 2 <= found <= count:
            return f"{found} GPU events of {count}"
        return None


def check(pool, bench, first, trials):
    """Returns what is wrong with a form."""
    whole, step = bench.form.whole, 7 if SMALL else 1
    cuts = list(pool.map(bench.cut, range(1, len(whole), step))) + [bench.cut(len(whole))]
    failures = [wrong for _, wrong in cuts if wrong]
    failures += [f"a longer cut has fewer GPU events: {a} {b}" for (a, _), (b, _) in zip(cuts, cuts[1:]) if b < a]
    failures += ["undamaged, and yet not all GPU events"] if cuts[-1][0] != bench.form.count else []
    failures += [wrong for wrong in pool.map(bench.damage, range(first, first + trials)) if wrong]
    for wrong in failures:
        print(f"damage: {bench.form.name}: {wrong}", file=sys.stderr)
    print(f"damage: {bench.form.name}: {len(cuts)} cuts, {trials} damages: {len(failures)} failed")
    return failures


def main():
    first, trials = (int(word) for word in (sys.argv[2:] + ["0", "0"][len(sys.argv) - 2:])[:2])
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        failures = [wrong for form in forms() for wrong in check(pool, Bench(sys.argv[1], form), first, trials or form.trials)]
    return 1 if failures else 0


sys.exit(main())
