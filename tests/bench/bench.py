"""Measures tracecmp beside what else could read a trace, and prints the figures as Markdown.

bench.py PROGRAM DIRECTORY    DIRECTORY holds tracegen, measure and perhaps peer_simdjson; traces are made and kept there
BENCH_QUICK=1                 a smaller trace, fewer runs, without the slowest peers
"""
import datetime
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from bench_process import Machine, drop_from_cache, free_memory, median, ratio

MIB = 1 << 20
QUOTED = {"919M": 17, "1.1G": 22, "2G": 38}  # seconds of the Python implementation, not measured here
PEER_PYTHON = str(Path(__file__).with_name("peer_python.py"))


UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "bytes": 1, "KiB": 1 << 10, "MiB": MIB, "GiB": 1 << 30}


def amounts(pattern, run):
    """What --stats said of each trace, as (number, unit) that the pattern finds."""
    found = re.findall(pattern, run.said, re.MULTILINE)
    return [float(number.replace(",", "")) * UNITS[unit] for number, unit in found]


def seconds_of_reading(run):
    """Several traces are read at the same time."""
    return max(amounts(r"^  read .*: ([\d.,]+) (\w+)$", run))


def seconds_of_resolving(run):
    return sum(amounts(r"^  resolve .*: ([\d.,]+) (\w+)$", run))


def bytes_spilled(run):
    return sum(amounts(r"^  resolve .*, ([\d.,]+) (\w+) written", run))


def median_of(runs, measure):
    return statistics.median(map(measure, runs))


class Bench:
    def __init__(self, program, directory, quick):
        self.program, self.directory, self.quick = program, Path(directory), quick
        self.machine = Machine(str(self.directory / "measure"))
        self.threads = len(self.machine.cpus)
        self.sizes = ["150M", "300M"] if quick else ["919M", "1.1G", "2G"]
        self.main = "300M" if quick else "919M"  # what the peers read
        self.half, self.whole = ("150M", "300M") if quick else ("1.1G", "2G")
        self.fast_runs, self.slow_runs, self.cold_runs = (3, 1, 3) if quick else (5, 3, 5)
        self.off = ["--index", "off"] if "--index" in self.machine.run([program, "summary", "--help"]).output else []
        self.traces, self.events = {}, {}

    def say(self, what):
        print(f"bench: {what}", file=sys.stderr, flush=True)

    def tool(self, command, traces, *options):
        return [self.program, command, *self.off, *options, *(str(self.traces[size]) for size in traces)]

    def summary(self, *options):
        return self.tool("summary", [self.main], *options)

    def rounds(self, times, commands, **how):
        self.say(f"{times} x {', '.join(commands)}")
        return self.machine.rounds(times, commands, **how)

    def bytes(self, size):
        return self.traces[size].stat().st_size

    def make_traces(self):
        """A seed of their own, so that a comparison has something to find."""
        generator = self.directory / "tracegen"
        for seed, size in enumerate(self.sizes, 1):
            trace = self.traces[size] = self.directory / f"trace_{size}.json"
            if not trace.exists() or trace.stat().st_mtime < generator.stat().st_mtime:
                self.say(f"making {trace}")
                part = trace.with_suffix(".part")
                with open(part, "wb") as file:
                    subprocess.run([generator, "--bytes", size, "--seed", str(seed)], stdout=file, check=True)
                part.rename(trace)
            report = self.machine.run(self.tool("summary", [size], "--format", "json")).output  # warms the cache
            self.events[size] = json.loads(report)["trace"]["events"]

    # Tables

    def speed_table(self):
        """One row a command, size and number of threads."""
        lines = ["| command | trace | threads | GB/s | M events/s | wall s | read s | resolve s | CPU s | peak MiB "
                 "| spilled MiB |", "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
        asked = [("summary", [size]) for size in self.sizes]
        asked += [("compare", list(pair)) for pair in zip(self.sizes, self.sizes[1:])]
        self.summaries = {}
        for command, sizes in asked:
            name = f"{command} of {' and '.join(sizes)}"
            runs = self.rounds(self.fast_runs, {
                f"{name}, {threads} threads": self.tool(command, sizes, "--stats", "--threads", str(threads))
                for threads in sorted({1, self.threads})})
            for threads, runs_of in zip(sorted({1, self.threads}), runs.values()):
                lines.append(self.speed_row(command, sizes, threads, runs_of))
            if command == "summary":
                self.summaries[sizes[0]] = runs_of  # those with most threads
        return lines

    def speed_row(self, command, sizes, threads, runs):
        wall = median(runs, "wall")
        size, events = sum(map(self.bytes, sizes)), sum(self.events[each] for each in sizes)
        read, resolve, spilled = (median_of(runs, of) for of in (seconds_of_reading, seconds_of_resolving, bytes_spilled))
        return (f"| {command} | {' + '.join(sizes)} | {threads} | {size / wall / 1e9:.2f} | {events / wall / 1e6:.2f} "
                f"| {wall:.2f} | {read:.2f} | {resolve:.2f} | {median(runs, 'cpu'):.2f} "
                f"| {median(runs, 'peak') / MIB:.0f} | {spilled / MIB:.0f} |")

    def peers(self):
        """name: (command, runs, bytes of memory for each byte of trace); those that are installed."""
        trace = str(self.traces[self.main])
        simdjson = self.directory / "peer_simdjson"
        found = {"`cat FILE > /dev/null`": (["sh", "-c", 'exec cat "$0" > /dev/null', trace], self.fast_runs, 0),
                 "`wc -l`": (["wc", "-l", trace], self.fast_runs, 0)}
        if simdjson.exists():
            found["simdjson on-demand, C++"] = ([str(simdjson), trace], self.fast_runs, 3)
        for module in ("json",) if self.quick else ("orjson", "json"):
            if subprocess.run([sys.executable, "-c", f"import {module}"], stderr=subprocess.DEVNULL,
                              check=False).returncode == 0:
                found[f"Python, {module}.loads"] = ([sys.executable, PEER_PYTHON, module, trace], self.slow_runs, 12)
        if shutil.which("jq") and not self.quick:
            sums = 'reduce (.traceEvents[] | select(.cat == "kernel")) as $e ({}; .[$e.name] += $e.dur)'
            found["jq, durations by kernel"] = (["jq", sums, trace], 1, 16)
        return {name: peer for name, peer in found.items() if self.fits(name, peer[2])}

    def fits(self, name, share):
        fits = share * self.bytes(self.main) < free_memory()
        if not fits:
            self.say(f"left out, memory is too small: {name}")
        return fits

    def peer_table(self):
        lines = [f"| reads {self.main} | times tracecmp's wall | times its CPU | wall s | CPU s | peak MiB | runs |",
                 "|---|--:|--:|--:|--:|--:|--:|"]
        self.peer_runs, self.beside = {}, {}
        for name, (command, times, _) in self.peers().items():
            runs = self.rounds(times, {"tracecmp": self.summary(), name: command})
            self.peer_runs[name], self.beside[name] = runs[name], runs["tracecmp"]
            lines.append(f"| {name} | {ratio(runs[name], runs['tracecmp']):.2f} "
                         f"| {ratio(runs[name], runs['tracecmp'], 'cpu'):.2f} | {median(runs[name], 'wall'):.2f} "
                         f"| {median(runs[name], 'cpu'):.2f} | {median(runs[name], 'peak') / MIB:.0f} | {times} |")
        own = [run for runs in self.beside.values() for run in runs]
        lines.insert(2, f"| tracecmp summary, {self.threads} threads | 1 | 1 | {median(own, 'wall'):.2f} "
                        f"| {median(own, 'cpu'):.2f} | {median(own, 'peak') / MIB:.0f} | {len(own)} |")
        for size in self.sizes:
            if size in QUOTED:
                wall = median(self.summaries[size], "wall")
                lines.append(f"| the Python implementation it replaces, {size} (quoted, another machine) "
                             f"| {QUOTED[size] / wall:.1f} | | {QUOTED[size]} | | | |")
        return lines

    # Goals: each gives (what, bound, measured, met); None: cannot be measured here

    def goal_simdjson(self):
        name = "simdjson on-demand, C++"
        if name not in self.peer_runs:
            return None
        times = ratio(self.peer_runs[name], self.beside[name])
        return f"summary of {self.main}, times as fast as simdjson", ">= 4", f"{times:.2f}", times >= 4

    def goal_python(self):
        name = "Python, json.loads"
        if name not in self.peer_runs:
            return None
        loads = [float(run.output.split()[0]) for run in self.peer_runs[name]]
        times = sorted(alone / run.wall for alone, run in zip(loads, self.beside[name]))[len(loads) // 2]
        return f"summary of {self.main}, times as fast as json.loads alone", ">= 60", f"{times:.1f}", times >= 60

    def goal_threads(self):
        if self.threads < 2:
            return None
        one, shares = self.summary("--threads", "1"), []
        self.say(f"{self.fast_runs} x {self.threads} threads against {self.threads} processes")
        for _ in range(self.fast_runs):
            threaded = self.machine.run(self.summary("--threads", str(self.threads))).wall
            shares.append(self.machine.run_together([one] * self.threads) / (self.threads * threaded))
        share = sorted(shares)[len(shares) // 2]
        return (f"throughput of {self.threads} threads / of {self.threads} processes with one each", ">= 0.85",
                f"{share:.2f}", share >= 0.85)

    def goal_one_worker(self):
        if self.threads < 2 or not shutil.which("taskset"):
            return None
        pinned = ["taskset", "-c", str(self.machine.cpus[0])]
        runs = self.rounds(self.fast_runs, {"1 thread, one CPU": pinned + self.summary("--threads", "1"),
                                            "2 threads, one CPU": pinned + self.summary("--threads", "2")})
        times = ratio(*runs.values())
        return "time of 1 thread / of 2 that share one CPU", "<= 1.03", f"{times:.2f}", times <= 1.03

    def goal_cold(self):
        trace = str(self.traces[self.main])
        runs = self.rounds(self.cold_runs, {"cold summary": self.summary(),
                                            "cold cat": ["sh", "-c", 'exec cat "$0" > /dev/null', trace]},
                           before=lambda: drop_from_cache(trace))
        times = ratio(*runs.values())
        return "cold file: summary / `cat FILE > /dev/null`", "<= 1.15", f"{times:.2f}", times <= 1.15

    def goal_linear(self):
        runs = self.rounds(self.fast_runs, {size: self.tool("summary", [size]) for size in (self.whole, self.half)})
        times = 2 * ratio(*runs.values()) * self.bytes(self.half) / self.bytes(self.whole)
        return f"twice the bytes ({self.whole} against {self.half}), times the time", "<= 2.1", f"{times:.2f}", times <= 2.1

    def goal_spill(self):
        little = "4M" if self.quick else "16M"
        runs = self.rounds(self.fast_runs, {little: self.summary("--memory", little, "--stats"),
                                            "4G": self.summary("--memory", "4G")})
        times, spilled = ratio(*runs.values()), median_of(runs[little], bytes_spilled) / MIB
        return f"--memory {little} ({spilled:.0f} MiB spilled) / without spilling", "<= 2", f"{times:.2f}", times <= 2

    def goal_memory(self, size):
        peak = median(self.rounds(1, {f"--memory {size}M": self.summary("--memory", f"{size}M")})[f"--memory {size}M"],
                      "peak") / MIB
        return f"peak MiB of {self.main} with --memory {size}M", f"<= {size + 64}", f"{peak:.0f}", peak <= size + 64

    def indexed(self, command, sizes):
        where = ["--index", str(self.directory)]
        return [self.program, command, *where, *(str(self.traces[size]) for size in sizes)]

    def goal_index(self, command, sizes):
        if not self.off:
            return None
        for size in sizes:
            index = self.directory / f"{self.traces[size].name}.trace.idx"
            index.unlink(missing_ok=True)
        self.machine.run(self.indexed(command, sizes))  # writes the indexes
        name = f"{command} of {' and '.join(sizes)}"
        few_ms = 3 * self.fast_runs  # so short a run tells little by itself
        runs = self.rounds(few_ms, {f"{name}, from the trace": self.tool(command, sizes),
                                    f"{name}, from its index": self.indexed(command, sizes)})
        times = ratio(*runs.values())
        wall = median(runs[f"{name}, from its index"], "wall") * 1000
        return f"{name} from the index ({wall:.0f} ms), times as fast", ">= 50", f"{times:.0f}", times >= 50

    def goal_index_written(self):
        if not self.off:
            return None
        index = self.directory / f"{self.traces[self.main].name}.trace.idx"
        without, written = "without", "with its index written"
        runs = self.rounds(3 * self.fast_runs,
                           {without: self.summary(), written: self.indexed("summary", [self.main])},
                           before=lambda: index.unlink(missing_ok=True))
        times = ratio(runs[written], runs[without])
        share = index.stat().st_size / self.bytes(self.main) if index.exists() else 0
        return (f"first load of {self.main} that writes its index ({100 * share:.1f} % of the trace) / without",
                "<= 1.05", f"{times:.2f}", times <= 1.05)

    def goal_gzip(self):
        """Neither unpacking nor reading is to wait for the other."""
        if not shutil.which("igzip"):
            return None
        plain, packed = self.traces[self.main], self.directory / f"{self.traces[self.main].name}.gz"
        if not packed.exists() or packed.stat().st_mtime < plain.stat().st_mtime:
            subprocess.run(["igzip", "-f", "-k", "-o", str(packed), str(plain)], check=True)
        unpack = ["sh", "-c", 'exec igzip -dc "$0" > /dev/null', str(packed)]
        runs = self.rounds(self.fast_runs, {"gzip": [self.program, "summary", *self.off, str(packed)],
                                            "plain": self.summary(), "igzip -dc": unpack})
        times = sorted(a.wall / max(b.wall, c.wall) for a, b, c in zip(*runs.values()))[self.fast_runs // 2]
        return (f"{self.main} compressed by igzip / plain, or `igzip -dc FILE > /dev/null` if longer", "<= 1.15",
                f"{times:.2f}", times <= 1.15)

    def goal_table(self):
        goals = [self.goal_simdjson(), self.goal_python(), self.goal_threads(), self.goal_one_worker(),
                 self.goal_cold(), self.goal_linear(), self.goal_spill(), self.goal_memory(256), self.goal_memory(64),
                 self.goal_index("summary", [self.main]), self.goal_index("compare", self.sizes[:2]),
                 self.goal_index_written(), self.goal_gzip()]
        lines = ["| goal | bound | measured | |", "|---|--:|--:|---|"]
        return lines + [f"| {what} | {bound} | {measured} | {'met' if met else 'missed'} |"
                        for what, bound, measured, met in filter(None, goals)]

    def describe_machine(self):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")),
                         platform.machine())
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
        busy = f" The machine had other work: load {self.load:.1f}." if self.load > 0.5 else ""
        return (f"{datetime.date.today()}, {model}, {self.threads} cores, {memory} GiB, Linux {platform.release()}. "
                f"Medians; warm page cache; tracecmp and each peer in turns. The peers only read and sum.{busy}")

    def report(self):
        self.load = os.getloadavg()[0]
        self.make_traces()
        speed, peers, goals = self.speed_table(), self.peer_table(), self.goal_table()
        return "\n".join([self.describe_machine(), "", *peers, "", *speed, "", *goals, ""])


def main():
    bench = Bench(sys.argv[1], sys.argv[2], os.environ.get("BENCH_QUICK", "") not in ("", "0"))
    report = bench.report()
    print(report)
    (bench.directory / "report.md").write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
