"""What the program does when the system fails it: never a crash or a hang, never a wrong report with status 0, and
nothing left behind.

fault.py PROGRAM INJECT TRACEGEN [NAME...]      INJECT: inject.c as a library; NAME: only those groups

Each run is disturbed in one way. It may give the report of the undisturbed run, byte for byte; or status 2, which
says why; or status 3, where input was lost, which says so. Its temporary files are gone then, and beside its output
and index lies nothing.
"""
import concurrent.futures
import errno
import gzip
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

TIMEOUT = 60
OK, ERROR, DAMAGED = 0, 2, 3


class Run:
    """One command in a folder of its own, where tmp, out and idx are its to write in."""

    def __init__(self, bench, command, stdin=None, stdout=None, before=(), prepare=None, **environment):
        self.bench, self.command, self.stdin, self.stdout = bench, command, stdin, stdout
        self.before, self.prepare, self.environment = before, prepare, environment

    def __call__(self):
        self.folder = Path(tempfile.mkdtemp(dir=self.bench.work))
        try:
            return self.run()
        finally:
            shutil.rmtree(self.folder)

    def run(self):
        for name in "tmp", "out", "idx":
            (self.folder / name).mkdir()
        for name in self.before:
            shutil.copy(self.bench.work / name, self.folder / "idx")
        environment = {"PATH": "/bin:/usr/bin", "LC_ALL": "C", "COLUMNS": "100", "TMPDIR": str(self.folder / "tmp"),
                       "FAULT_REACHED": str(self.folder / "reached")}
        for name in os.environ:
            if name.endswith("SAN_OPTIONS"):
                environment[name] = os.environ[name]
        for name, value in self.environment.items():
            environment[name] = value.format(folder=self.folder)
        with open(self.folder / "stdout", "w+b") as out:
            stdin = subprocess.DEVNULL if self.stdin is None else self.stdin
            process = subprocess.Popen([self.bench.program, *self.command], cwd=self.folder, env=environment,
                                       stdin=subprocess.PIPE if isinstance(stdin, bytes) else stdin,
                                       stdout=self.stdout or out, stderr=subprocess.PIPE,
                                       preexec_fn=self.prepare)
            try:
                err = process.communicate(stdin if isinstance(stdin, bytes) else None, timeout=TIMEOUT)[1]
                self.status = process.returncode
            except subprocess.TimeoutExpired:
                process.kill()
                err = process.communicate()[1]
                self.status = "hangs"
        self.out = (self.folder / "stdout").read_bytes()
        self.err = err.decode(errors="replace")
        self.reached = (self.folder / "reached").exists()
        self.files = {str(path.relative_to(self.folder)): path.read_bytes() for name in ("tmp", "out", "idx")
                      for path in (self.folder / name).rglob("*") if path.is_file()}
        return self

    def report(self):
        """An index that cannot be read is no index."""
        return self.files.get("out/report", self.out).replace(b'"source": "index"', b'"source": "json"')

    def wrong(self, whole, allowed):
        """What is wrong with it, beside the undisturbed run; None: nothing."""
        if self.status not in allowed:
            return f"status {self.status}"
        killed = self.status not in (OK, ERROR, DAMAGED)
        if self.status != whole.status and not killed and not self.err.startswith("tracecmp: ") and not self.silent():
            return f"status {self.status}, and says {self.err!r}"
        if self.status == whole.status and not self.silent() and self.report() != whole.report():
            return "another report"
        if self.status == ERROR and "out/report" in self.files:
            return "an error, and yet a report"
        for name, content in self.files.items():
            if name not in whole.files:
                return f"{name} is left behind"
            if name.startswith("idx/") and content != whole.files[name]:
                return f"{name} is another index"
        return None

    def silent(self):
        return self.prepare in (close_all, close_error)


def limit(what, value):
    def prepare():
        resource.setrlimit(what, (value, value))
    return prepare


def close_input():
    os.close(0)


def close_output():
    os.close(1)


def close_error():
    os.close(2)


def close_all():
    os.closerange(0, 3)


class Bench:
    def __init__(self, program, inject, tracegen, work):
        self.program, self.inject, self.work = os.path.abspath(program), os.path.abspath(inject), Path(work)
        self.runs, self.failures = 0, 0
        self.pool = concurrent.futures.ThreadPoolExecutor(max_workers=len(os.sched_getaffinity(0)))
        self.make_inputs(tracegen)

    def make_inputs(self, tracegen):
        """Two traces that differ, small for every call of a run to be tried, yet with all there is in them."""
        small = ["--steps", "2", "--layers", "2"]
        for name, options in ("a", []), ("b", ["--add-kernel", "1", "--seed", "2"]):
            text = subprocess.run([tracegen, *small, *options], capture_output=True, check=True).stdout
            (self.work / f"{name}.json").write_bytes(text)
            (self.work / f"{name}.json.gz").write_bytes(gzip.compress(text, 6, mtime=0))
        self.json, self.gz = (str(self.work / name) for name in ("a.json", "a.json.gz"))
        self.other = str(self.work / "b.json")
        self.zst = str(self.work / "b.json.zst")
        self.rules = str(self.work / "rules")
        Path(self.rules).write_text("Router = ^elementwise_\n")
        if shutil.which("zstd"):
            subprocess.run(["zstd", "-q", self.other, "-o", self.zst], check=True)
        else:
            shutil.copy(self.work / "b.json.gz", self.zst)
        os.mkdir(self.work / "empty")
        made = Run(self, ["index", "--index", "idx", self.json])()
        (self.work / "a.json.trace.idx").write_bytes(made.files["idx/a.json.trace.idx"])

    # The commands that are disturbed

    def summary(self, **how):
        """A compressed file; records go to disk, the report and the index too; on two threads."""
        return Run(self, ["summary", "-f", "json", "-o", "out/report", "--index", "idx", "--memory", "1", "--threads",
                          "2", "--rules", self.rules, self.gz], **how)

    def compare(self, **how):
        return Run(self, ["compare", "--all", "--layers", "--index", "off", "--threads", "1", "--fail-on",
                          "total>900%", self.json, self.zst], **how)

    def page(self, **how):
        return Run(self, ["compare", "-f", "html", "--index", "off", "--threads", "2", self.json, self.other], **how)

    def pipe(self, data, **how):
        return Run(self, ["summary", "-f", "csv", "--threads", "1", "-"], stdin=data, **how)

    def indexed(self, **how):
        return Run(self, ["summary", "-f", "json", "--index", "idx", self.json], before=["a.json.trace.idx"], **how)

    def index(self, **how):
        return Run(self, ["index", "--index", "idx", "--threads", "1", self.json], **how)

    def tail(self, **how):
        return Run(self, ["tail", "-f", "json", "--interval", "1000", "--until-idle", "0.1", self.json], **how)

    # Judging

    def undisturbed(self, name, make):
        whole = make()()
        if whole.status != OK or not (whole.report() or "index" in whole.command):
            raise RuntimeError(f"{name}: undisturbed, and yet status {whole.status}: {whole.err}")
        return whole

    def judge(self, name, run, whole, allowed):
        self.runs += 1
        wrong = run.wrong(whole, {whole.status, *allowed})
        if wrong:
            self.failures += 1
            print(f"fault: {name}: {wrong}\n    {run.err[-300:]}", file=sys.stderr)

    def each(self, name, make, disturbances, allowed=(ERROR,)):
        """One run for each of the disturbances, which are (its name, how to run)."""
        whole = self.undisturbed(name, make)
        disturbed = [(what, make(**how)) for what, how in disturbances]
        for (what, _), run in zip(disturbed, self.pool.map(lambda pair: pair[1](), disturbed)):
            self.judge(f"{name}, {what}", run, whole, allowed)

    def injected(self, fault):
        """How to run with the fault; a sanitizer's own functions lie behind ours."""
        verify = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        return {"FAULT": fault, "LD_PRELOAD": self.inject, "ASAN_OPTIONS": verify}

    def sweep(self, name, make, kind, number, allowed=(ERROR,), step=1, lasting=""):
        """The call of that kind that fails is the first one, the second one, and so on to the last of the run."""
        whole = self.undisturbed(name, make)
        batch = 4 * self.pool._max_workers
        reached, at, before = True, 1, self.runs
        while reached:
            faults = [f"{kind}:{n}{lasting}:{number}" for n in range(at, at + batch * step, step)]
            for fault, run in zip(faults, self.pool.map(lambda fault: make(**self.injected(fault))(), faults)):
                self.judge(f"{name}, {fault}", run, whole, allowed)
                reached = reached and run.reached
            at += batch * step
        if self.runs - before <= batch and kind == "alloc":
            self.failures += 1
            print(f"fault: {name}: hardly any call failed: is the library in use?", file=sys.stderr)

    # The groups

    def allocations(self):
        for make, name in ((self.summary, "summary"), (self.compare, "compare"), (self.indexed, "from an index")):
            self.sweep(name, make, "alloc", errno.ENOMEM)
        self.sweep("index", self.index, "alloc", errno.ENOMEM, step=5)
        self.sweep("page", self.page, "alloc", errno.ENOMEM, step=17)
        self.sweep("tail", self.tail, "alloc", errno.ENOMEM, step=17)
        for make, name in ((self.summary, "summary"), (self.compare, "compare"), (self.indexed, "from an index")):
            self.sweep(name, make, "alloc", errno.ENOMEM, step=23, lasting="+")

    def calls(self):
        data = Path(self.gz).read_bytes()
        lost = (ERROR, DAMAGED)
        self.sweep("summary", self.summary, "read", errno.EIO, allowed=lost)
        self.sweep("compare", self.compare, "read", errno.EIO, allowed=lost)
        self.sweep("pipe", lambda **how: self.pipe(data, **how), "read", errno.EIO, allowed=lost)
        self.sweep("from an index", self.indexed, "read", errno.EIO, allowed=lost)
        self.sweep("index", self.index, "read", errno.EIO, allowed=lost)
        self.sweep("tail", self.tail, "read", errno.EIO, allowed=lost)
        self.sweep("from an index", self.indexed, "map", errno.ENOMEM)
        for number in errno.EIO, errno.ENOSPC:
            self.sweep("summary", self.summary, "write", number)
            self.sweep("index", self.index, "write", number)
        for make, name in ((self.summary, "summary"), (self.compare, "compare"), (self.indexed, "from an index"),
                           (self.index, "index")):
            self.sweep(name, make, "open", errno.EMFILE)
        # Where the file system has no files without a name they have one.
        for make, name in (self.summary, "summary"), (self.index, "index"):
            self.sweep(name, make, "open", errno.EOPNOTSUPP)
        for fault in "short", f"again:{errno.EINTR}":
            for make, name in ((self.summary, "summary"), (self.indexed, "from an index"), (self.index, "index"),
                               (lambda **how: self.pipe(data, **how), "pipe")):
                self.each(name, make, [(fault, self.injected(fault))], allowed=())
        self.each("pipe", lambda **how: self.pipe(data, **how), [("EAGAIN", self.injected(f"again:{errno.EAGAIN}"))],
                  allowed=())

    def signals(self):
        """While an index is written: there is none then, or all of it."""
        for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
            self.sweep("index", self.index, "signal", int(number), allowed=(-number,))

    def threads(self):
        for make, name in ((self.summary, "summary"), (self.compare, "compare"), (self.page, "page"),
                           (self.tail, "tail")):
            self.each(name, make, [(f"{n} threads", self.injected(f"threads:{n}")) for n in range(9)])

    def descriptors(self):
        limits = [(f"ulimit -n {n}", {"prepare": limit(resource.RLIMIT_NOFILE, n)}) for n in range(4, 26)]  # with 3 the loader of libraries fails
        for make, name in ((self.summary, "summary"), (self.compare, "compare"), (self.indexed, "from an index"),
                           (self.index, "index"), (self.tail, "tail")):
            self.each(name, make, limits)
        closed = [("no input", {"prepare": close_input}), ("no errors", {"prepare": close_error})]
        for make, name in ((self.summary, "summary"), (self.compare, "compare"), (self.index, "index")):
            self.each(name, make, closed, allowed=())
        self.each("summary", self.summary, [("no output", {"prepare": close_output}), ("none", {"prepare": close_all})],
                  allowed=())
        data = Path(self.json).read_bytes()
        self.each("pipe", lambda **how: self.pipe(data, **how), [("no input", {"prepare": close_input})])
        # The report is nowhere then.
        for make, name in ((self.compare, "compare"), (self.page, "page")):
            for what, prepare in ("no output", close_output), ("none", close_all):
                self.must_fail(name, make, what, prepare=prepare)

    def must_fail(self, name, make, what, **how):
        whole = self.undisturbed(name, make)
        run = make(**how)()
        run.status = "0 without a report" if run.status == OK else run.status
        self.judge(f"{name}, {what}", run, whole, (ERROR,))

    def room(self):
        sizes = [0, 1, 100, 511, 512, 4096, 10000, 1 << 15, 1 << 16, 1 << 18]
        limits = [(f"files of {n} bytes", {"prepare": limit(resource.RLIMIT_FSIZE, n)}) for n in sizes]
        self.each("summary", self.summary, limits)
        self.each("index", self.index, limits)
        places = [(f"TMPDIR is {where}", {"TMPDIR": where})
                  for where in ("{folder}/nowhere", "/dev/null", "/proc", self.json, "/" + "x" * 5000)]
        self.each("summary", self.summary, places)
        for make, name in ((self.compare, "compare"), (self.page, "page")):
            with open("/dev/full", "wb") as full:
                self.must_fail(name, make, "/dev/full", stdout=full)
            ends = os.pipe()
            os.close(ends[0])
            self.must_fail(name, make, "a closed pipe", stdout=ends[1])
            os.close(ends[1])


def main():
    program, inject, tracegen, *names = sys.argv[1:]
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(program, inject, tracegen, work)
        for name in names or ("allocations", "calls", "signals", "threads", "descriptors", "room"):
            before = bench.runs, bench.failures
            getattr(bench, name)()
            print(f"fault: {name}: {bench.runs - before[0]} runs, {bench.failures - before[1]} failed", flush=True)
    return 1 if bench.failures or not bench.runs else 0


sys.exit(main())
