"""A trace cut at each of its bytes, and damaged at random: never a crash, never fewer GPU events with status 0, and what
is lost is the damaged event and at most its neighbour. damage.py PROGRAM [SEED]"""

import concurrent.futures
import json
import os
import random
import subprocess
import sys

OK, ERROR, DAMAGED = 0, 2, 3
GPU = {"kernel", "gpu_memcpy", "gpu_memset"}
TRIALS = 250 if os.environ.get("WAYS") == "small" else 900
STRAY = [b'"', b"{", b"}", b"\\", b",", b"[", b"]", b":", b"\x01", b"\n", b"\x00", b'""', b"{}", b'"}', b"},", b"}}", b"{{",
         b'\\"', b'"{', b",,", b"\xff", b"]}", b'"ph"', b"NaN"]


def event(ph, cat, name, pid, tid, ts, dur, **args):
    return {"ph": ph, "cat": cat, "name": name, "pid": pid, "tid": tid, "ts": ts, "dur": dur, "args": args}


def sample():
    """Every kind of event, and keys on both sides of them; indented, as profilers write it."""
    events = [{"ph": "M", "name": "process_name", "pid": 1, "tid": 0, "ts": 0.5, "args": {"name": "python"}},
              event("X", "user_annotation", "ProfilerStep#1", 1, 1, 0.25, 900.125)]
    for n in range(4):
        at = 10 + 100 * n
        events += [event("X", "python_function", f"model.py({n}): forward", 1, 1, at, 50.5),
                   event("X", "cpu_op", "aten::mm", 1, 1, at + 1, 40, **{"External id": n + 1}),
                   event("X", "cuda_runtime", "cudaLaunchKernel", 1, 1, at + 2, 5, correlation=n + 1),
                   event("X", "gpu_memcpy" if n == 2 else "kernel", f'gemm<{n}, "tn">', 0, 7, at + 20.125, 30.5,
                         correlation=n + 1, device=0, stream=7)]
    whole = {"schemaVersion": 1, "deviceProperties": [{"id": 0, "name": "NVIDIA H100", "warpSize": 32}], "traceEvents": events,
             "traceName": "a.json"}
    return json.dumps(whole, indent=1).encode()


def gpu_events(whole):
    """How many there are in valid JSON; None: that is not for us to say."""
    try:
        events = json.loads(whole)["traceEvents"]
        return sum(1 for row in events if row.get("cat") in GPU and row.get("ph") == "X")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


class Bench:
    def __init__(self, program):
        self.program, self.whole = os.path.abspath(program), sample()
        self.begin = self.whole.index(b'"traceEvents"') + len(b'"traceEvents": [')
        self.count = gpu_events(self.whole)

    def run(self, data):
        command = [self.program, "summary", "-f", "json", "--index", "off", "--threads", "1", "-"]
        done = subprocess.run(command, input=data, capture_output=True, timeout=60)
        return done.returncode, json.loads(done.stdout) if done.stdout else None

    def cut(self, at):
        """Returns the GPU events found, and what is wrong."""
        status, report = self.run(self.whole[:at])
        if status == ERROR and at < self.begin:
            return 0, None
        if status not in (OK, DAMAGED):
            return 0, f"cut at {at}: status {status}"
        found = report["gpu"]["events"]
        return found, None if (status == OK) == (at == len(self.whole)) else f"cut at {at}: status {status}"

    def damage(self, seed):
        choose = random.Random(seed)
        at, stray = choose.randrange(len(self.whole)), choose.choice(STRAY)
        gone = choose.choice((0, 0, 0, 1, 2)) if stray != b"\xff" else 0  # in a letter's place it makes another word
        data = self.whole[:at] + (stray if gone == 0 or choose.random() < 0.5 else b"") + self.whole[at + gone:]
        status, report = self.run(data)
        wrong = self.judge(status, report, gpu_events(data), at)
        return wrong and f"seed {seed}, {wrong}: {data[max(0, at - 40):at + 40]}"

    def judge(self, status, report, valid, at):
        if status == ERROR:
            return None if at < self.begin else "no report"
        if status not in (OK, DAMAGED):
            return f"status {status}"
        found, least = report["gpu"]["events"], self.count if valid is None else valid
        lost = any(row["severity"] in ("data_loss", "error") for row in report["diagnostics"])
        if lost != (status == DAMAGED):
            return f"status {status}, and yet {report['diagnostics']}"
        if status == OK and found < least:
            return f"{found} GPU events of {least} with status 0"
        if at >= self.begin and not self.count - 2 <= found <= self.count:
            return f"{found} GPU events of {self.count}"
        return None


def main():
    bench, first = Bench(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    small = os.environ.get("WAYS") == "small"
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        cuts = list(pool.map(bench.cut, range(1, len(bench.whole) + 1, 7 if small else 1)))
        failures = [wrong for _, wrong in cuts if wrong]
        failures += [f"a longer cut has fewer GPU events: {a} {b}" for (a, _), (b, _) in zip(cuts, cuts[1:]) if b < a]
        failures += [wrong for wrong in pool.map(bench.damage, range(first, first + TRIALS)) if wrong]
    for wrong in failures:
        print(f"damage: {wrong}", file=sys.stderr)
    print(f"damage: {len(cuts)} cuts, {TRIALS} damages: {len(failures)} failed")
    return 1 if failures or cuts[-1][0] != bench.count and not small else 0


sys.exit(main())
