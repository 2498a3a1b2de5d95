#!/usr/bin/env python3
"""Does `tail` follow a trace as it is written, whatever its writer does, and end with the report of `summary`?"""

import concurrent.futures
import fcntl
import gzip
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

PROGRAM = os.environ["TRACECMP"]
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLES = os.path.join(ROOT, "samples")
DATA = os.path.join(ROOT, "tests", "data")
PATIENCE = 40  # seconds for anything to come to an end
ENVIRONMENT = dict(os.environ, COLUMNS="100", LC_ALL="C", NO_COLOR="1", TERM="xterm")
failures = []
checks = 0


def expect(holds, case, what):
    global checks
    checks += 1
    if not holds:
        failures.append(f"{case}: {what}")


def sample(name="nvidia_serving.json"):
    with open(os.path.join(SAMPLES, name), "rb") as file:
        return file.read()


class Folder:
    """A directory of its own for each case."""

    def __enter__(self):
        self.path = tempfile.mkdtemp()
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def file(self, name="trace.json", content=None):
        path = os.path.join(self.path, name)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content)
        return path


class Tail:
    """A running `tail`, whose output goes to files."""

    def __init__(self, folder, *arguments, stdin=subprocess.DEVNULL):
        self.out, self.err = tempfile.TemporaryFile(dir=folder.path), tempfile.TemporaryFile(dir=folder.path)
        self.process = subprocess.Popen([PROGRAM, "tail", *arguments], stdin=stdin, stdout=self.out, stderr=self.err,
                                        env=ENVIRONMENT)

    def wait(self):
        try:
            self.status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            self.status = "it did not end"
        self.out.seek(0)
        self.err.seek(0)
        self.stdout, self.stderr = self.out.read(), self.err.read().decode()
        self.out.close()
        self.err.close()
        return self

    def shows(self, pattern, what="out"):
        """Waits until it has written that; false if it never does."""
        end = time.monotonic() + PATIENCE
        file = self.out if what == "out" else self.err
        while time.monotonic() < end and self.process.poll() is None:
            if re.search(pattern, os.pread(file.fileno(), 1 << 24, 0)):
                return True
            time.sleep(0.02)
        return re.search(pattern, os.pread(file.fileno(), 1 << 24, 0)) is not None


def summary(*arguments, **keywords):
    return subprocess.run([PROGRAM, "summary", "--index", "off", *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=ENVIRONMENT, timeout=PATIENCE, **keywords)


def documents(text):
    decoder, at, found = json.JSONDecoder(), 0, []
    text = text.decode()
    while at < len(text):
        document, at = decoder.raw_decode(text, at)
        found.append(document)
        at += 1
    return found


def write(path, pieces, pause):
    with open(path, "ab", buffering=0) as file:
        for piece in pieces:
            file.write(piece)
            time.sleep(pause)


def cut(data, places):
    ends = [0, *sorted(set(places)), len(data)]
    return [data[a:b] for a, b in zip(ends, ends[1:])]


def expect_end(case, tail, wanted):
    """Its last report and its exit status are those of `summary`."""
    expect(tail.status == wanted.returncode, case, f"exit status {tail.status}, not {wanted.returncode}: {tail.stderr}")
    expect(tail.stdout.endswith(wanted.stdout), case, "the last report is not that of summary")


def codes(document):
    return [diagnostic["code"] for diagnostic in document["diagnostics"]]


def a_finished_file_gives_one_report():
    for form in ["text", "json", "csv", "html"]:
        path = os.path.join(SAMPLES, "amd_serving.json")
        with Folder() as folder:
            tail = Tail(folder, "-f", form, path).wait()
        wanted = summary("-f", form, path)
        expect(tail.stdout == wanted.stdout and tail.status == 0, form, "not the report of summary alone")
        expect(tail.stderr == "", form, tail.stderr)


def every_small_input_ends_as_in_summary(name):
    """The file is there whole; what does not close ends when it is idle."""
    path = os.path.join(DATA, name)
    with Folder() as folder:
        tail = Tail(folder, "-f", "json", "--until-idle", "0.7", "--interval", "50", path).wait()
    wanted = summary("-f", "json", path)
    expect(tail.stdout == wanted.stdout, name, "another report than that of summary")
    expect(tail.status == wanted.returncode, name, f"exit status {tail.status}, not {wanted.returncode}")
    if wanted.returncode == 2:
        expect(tail.stderr == wanted.stderr.decode(), name, tail.stderr)


def a_slow_writer():
    data = sample()
    with Folder() as folder:
        path = folder.file()
        tail = Tail(folder, "-f", "json", "--interval", "0.3", path)
        time.sleep(0.3)
        write(path, cut(data, [len(data) * i // 12 for i in range(12)]), 0.15)
        tail.wait()
        expect_end("slow", tail, summary("-f", "json", path))
    found = documents(tail.stdout)
    on_the_way, last = found[:-1], found[-1]
    expect(len(on_the_way) >= 3, "slow", f"{len(on_the_way)} reports on the way")
    expect(all(d["schema"] == "tracecmp.summary/1" for d in found), "slow", "schema")
    expect(all("still_growing" in codes(d) for d in on_the_way), "slow", "no still_growing on the way")
    expect("still_growing" not in codes(last) and last["trace"]["complete"], "slow", "the last one is not the end")
    sizes = [d["trace"]["bytes"] for d in on_the_way]
    expect(all(a < b for a, b in zip(sizes, sizes[1:])), "slow", f"the same report twice: {sizes}")
    for document in on_the_way:
        if not document["trace"]["complete"] and document["gpu"]["events"] > 0:
            prefix = summary("-f", "json", "-", input=data[:document["trace"]["bytes"]])
            same = json.loads(prefix.stdout)
            for key in ["gpu", "attribution", "timeline", "operations", "kernels", "phases", "steps", "layers"]:
                expect(document[key] == same[key], "slow", f"{key} is not that of what was read")


def reports_in_text_and_csv_are_told_apart():
    for form, between in [("text", rb"^== so far: .* events.* ==\n\nTrace "), ("csv", rb"\n\noperation,")]:
        data = sample("nvidia_before.json")
        with Folder() as folder:
            path = folder.file(content=b"")
            tail = Tail(folder, "-f", form, "--interval", "0.2", path)
            write(path, cut(data, [len(data) * 2 // 3]), 0.8)
            tail.wait()
            expect_end(form, tail, summary("-f", form, path))
        expect(re.search(between, tail.stdout, re.M), form, "no sign between two reports")
        if form == "text":
            expect(b"\n\n== the end: " in tail.stdout, form, "no sign before the last report")
            expect(tail.stdout.count(b"== so far") == tail.stdout.count(b"Still being written"), form, "what is so far")


def bursts(seed):
    data, seeded = sample("nvidia_before.json"), random.Random(seed)
    with Folder() as folder:
        path = folder.file(content=b"")
        tail = Tail(folder, "-f", "json", "--interval", "0.1", "--threads", str(1 + seed), "--memory", "100K", path)
        with open(path, "ab", buffering=0) as file:
            at = 0
            while at < len(data):
                size = seeded.choice([1, 17, 3000, 40000, 150000])
                file.write(data[at:at + size])
                at += size
                if seeded.random() < 0.3:
                    time.sleep(seeded.random() / 4)
        tail.wait()
        expect_end(f"bursts {seed}", tail, summary("-f", "json", path))


def pauses_inside_everything():
    """In a key, an escape, a character of UTF-8, a number, a name of the document's end."""
    event = ('{"ph":"X","cat":"kernel","name":"ядро\\u0041\\"内","pid":0,"tid":7,"ts":1234.567,"dur":89.125,'
             '"args":{"correlation":1}}').encode()
    data = b'{"schemaVersion":1,"traceEvents":[' + event + b",\n" + event + b'],"traceName":"x"}\n'
    marks = [b"traceEv", b'"ph":', "яд".encode()[:3], b"\\u00", b"\\", b"1234.", b"89.1", b"corr", b"}},", b"}]", b'"tra']
    places = [data.index(mark) + len(mark) for mark in marks] + [len(data) - 2]
    with Folder() as folder:
        path = folder.file(content=b"")
        tail = Tail(folder, "-f", "json", "--interval", "0.1", path)
        write(path, cut(data, places), 0.22)
        tail.wait()
        expect_end("pauses", tail, summary("-f", "json", path))
    found = documents(tail.stdout)
    expect(len(found) >= 5, "pauses", f"{len(found)} reports")
    expect(all("item_not_json" not in codes(d) and "invalid_text" not in codes(d) for d in found), "pauses",
           "half of an item was taken for one")


def compressed_files_grow():
    data = sample("amd_serving.json")
    packed = {"gz": gzip.compress(data)}
    if shutil.which("zstd"):
        packed["zst"] = subprocess.run(["zstd", "-qc"], input=data, stdout=subprocess.PIPE, check=True).stdout
    for name, content in packed.items():
        with Folder() as folder:
            path = folder.file("trace." + name)
            tail = Tail(folder, "-f", "json", "--interval", "0.2", path)
            write(path, cut(content, [1, 3, 20, len(content) // 2, len(content) - 5]), 0.3)
            tail.wait()
            expect_end(name, tail, summary("-f", "json", path))
        expect(len(documents(tail.stdout)) >= 2, name, "no report on the way")


def a_closed_document_waits_for_the_end_of_its_stream():
    """gzip's last bytes come behind the whole document: late, or never."""
    content = gzip.compress(sample("nvidia_before.json"))
    for late, status in [(content[-5:], 0), (b"", 3)]:
        with Folder() as folder:
            path = folder.file("trace.gz", content[:-5])
            tail = Tail(folder, "-f", "json", path)
            time.sleep(2)
            write(path, [late], 0)
            tail.wait()
            expect_end(f"gzip, {len(late)} bytes late", tail, summary("-f", "json", path))
            expect(tail.status == status, f"gzip, {len(late)} bytes late", f"exit status {tail.status}")


def pipes():
    data = sample("nvidia_before.json")
    with Folder() as folder:
        path = folder.file("fifo")
        os.mkfifo(path)
        tail = Tail(folder, "-f", "json", "--interval", "0.2", path)
        write(path, cut(data, [1000, len(data) // 2, len(data) - 10]), 0.3)
        tail.wait()
        wanted = summary("-f", "json", "-", input=data)
        got = re.sub(rb'"name": "[^"]*fifo"', b'"name": "-"', tail.stdout)
        expect(got.endswith(wanted.stdout) and tail.status == 0, "fifo", "the last report is not that of summary")
        expect(len(documents(tail.stdout)) >= 2, "fifo", "no report on the way")
        for broken in [False, True]:  # the end of standard input is the end, closed or not
            content = data[:len(data) // 2] if broken else data
            tail = Tail(folder, "-f", "json", "-", stdin=subprocess.PIPE)
            tail.process.stdin.write(content)
            tail.process.stdin.close()
            tail.wait()
            expect_end("standard input", tail, summary("-f", "json", "-", input=content))
        with open(folder.file("cut.json", data[:100000]), "rb") as file:
            tail = Tail(folder, "-f", "json", "-", stdin=file).wait()
            expect(tail.status == 3, "redirected", f"exit status {tail.status}")


def signals_end_it():
    data = sample("nvidia_before.json")
    for name in ["SIGINT", "SIGTERM"]:
        with Folder() as folder:
            path = folder.file(content=data[:len(data) // 2])
            tail = Tail(folder, "-f", "json", "--interval", "0.2", path)
            expect(tail.shows(b"still_growing"), name, "no report on the way")
            tail.process.send_signal(getattr(signal, name))
            tail.wait()
            expect_end(name, tail, summary("-f", "json", path))
            expect(tail.status == 3, name, f"exit status {tail.status}")
            missing = folder.file("missing.json")
            tail = Tail(folder, missing)
            time.sleep(0.5)
            tail.process.send_signal(getattr(signal, name))
            tail.wait()
            expect(tail.status == 2 and "missing.json: No such file" in tail.stderr, name, "of a file that never came")


def idle_ends_it():
    data = sample("nvidia_before.json")
    events = data[data.index(b"[", data.index(b'"traceEvents"')):data.rindex(b"]")]
    cases = [("cut in the middle", data[:len(data) // 2], 3), ("an array never closed", events, 0),
             ("an array cut in an item", events[:-30], 3)]
    for name, content, status in cases:
        with Folder() as folder:
            path = folder.file(content=content[:1000])
            tail = Tail(folder, "-f", "json", "--interval", "0.2", "--until-idle", "1.5", path)
            began = time.monotonic()
            write(path, cut(content[1000:], [50000]), 0.4)
            tail.wait()
            taken = time.monotonic() - began
            expect_end(name, tail, summary("-f", "json", path))
            expect(tail.status == status, name, f"exit status {tail.status}")
            expect(taken > 1.8, name, f"it ended after {taken:.1f} s")
    with Folder() as folder:
        tail = Tail(folder, "--until-idle", "0.5", folder.file("never.json")).wait()
        expect(tail.status == 2 and "never.json: No such file" in tail.stderr, "never there", tail.stderr)
        os.mkfifo(folder.file("silent"))
        tail = Tail(folder, "--until-idle", "0.5", folder.file("silent")).wait()
        expect(tail.status == 2 and "the input is empty" in tail.stderr, "a silent FIFO", tail.stderr)


def another_content():
    """What is there in the end counts; what was read before is reported, and said to be no part of it."""
    first, second = sample("nvidia_before.json"), sample("amd_serving.json")

    def rewritten(path):
        with open(path, "wb") as file:
            file.write(second)

    def truncated(path):
        with open(path, "wb"):
            pass
        time.sleep(0.4)
        write(path, cut(second, [100000]), 0.3)

    def replaced(path):
        with open(path + ".new", "wb") as file:
            file.write(second)
        os.rename(path + ".new", path)

    def rotated(path):
        os.rename(path, path + ".1")
        time.sleep(0.5)
        write(path, cut(second, [100000]), 0.3)

    cases = [(rewritten, 100000, ["truncated|written anew"]), (rewritten, len(first) // 2, ["truncated|written anew"]),
             (truncated, 200000, ["truncated"]), (replaced, 200000, ["another file has its name"]),
             (rotated, 200000, ["removed or renamed", "another file has its name"])]
    for change, size, said in cases:
        name = f"{change.__name__} after {size}"
        with Folder() as folder:
            path = folder.file(content=first[:size])
            tail = Tail(folder, "-f", "json", "--interval", "0.3", path)
            expect(tail.shows(b"still_growing"), name, "no report of the first content")
            change(path)
            tail.wait()
            expect_end(name, tail, summary("-f", "json", path))
        for words in said:
            expect(re.search(words, tail.stderr), name, f"not said: {words}: {tail.stderr}")
        expect(len(tail.stderr.splitlines()) == len(said), name, tail.stderr)
        old = [d for d in documents(tail.stdout) if d["trace"]["bytes"] == size]
        expect(len(old) == 1, name, f"{len(old)} reports of what was read before")


def a_change_before_the_first_report():
    first, second = sample("nvidia_before.json"), sample("amd_serving.json")
    for size, reports in [(200000, 2), (20, 1)]:  # 20 bytes are no trace yet, and no report can be made of them
        with Folder() as folder:
            path = folder.file(content=first[:size])
            tail = Tail(folder, "-f", "json", "--interval", "30", path)
            time.sleep(0.6)
            folder.file(content=second)
            tail.wait()
            expect_end(f"early change at {size}", tail, summary("-f", "json", path))
        found = documents(tail.stdout)
        expect(len(found) == reports, f"early change at {size}", f"{len(found)} reports")


def rates_make_sense_when_it_begins_anew():
    first, second = sample("nvidia_before.json"), sample("amd_serving.json")
    with Folder() as folder:
        path = folder.file(content=first[:400000])
        tail = Tail(folder, "--interval", "0.2", path)
        expect(tail.shows(b"Still being written"), "rates", "no report of the first content")
        folder.file(content=second[:150000])
        expect(tail.shows(b"truncated|written anew", "err"), "rates", "not said that it begins anew")
        expect(tail.shows(rb"\(146 KiB, "), "rates", "no report of the second content")
        tail.process.send_signal(signal.SIGINT)
        tail.wait()
    rates = re.findall(rb"; ([0-9.]+) MB/s, ([0-9,]+) events/s ==", tail.stdout)
    expect(len(rates) >= 2, "rates", f"{len(rates)} reports on the way")
    for megabytes, events in rates:
        expect(float(megabytes) < 100 and len(events) < 8, "rates", f"{megabytes} MB/s, {events} events/s")


def the_output_file_holds_the_newest():
    data = sample("nvidia_before.json")
    for form in ["json", "html"]:
        with Folder() as folder:
            path, out = folder.file(content=data[:len(data) // 2]), folder.file("report")
            tail = Tail(folder, "-f", form, "--interval", "0.2", "-o", out, path)
            end = time.monotonic() + PATIENCE
            while not os.path.exists(out) and time.monotonic() < end:
                time.sleep(0.02)
            with open(out, "rb") as file:
                expect(b"still_growing" in file.read(), form, "no report on the way in --output")
            write(path, [data[len(data) // 2:]], 0)
            tail.wait()
            with open(out, "rb") as file:
                expect(file.read() == summary("-f", form, path).stdout, form, "the last report is not in --output")
            expect(tail.stdout == b"" and tail.status == 0, form, "something else was written")


def what_is_no_trace_is_told_at_once():
    with Folder() as folder:
        path = folder.file(content=b"this is not JSON\n")
        tail = Tail(folder, path).wait()
        expect(tail.status == 2 and f"{path}: byte 0: not JSON" in tail.stderr, "no JSON", tail.stderr)
        tail = Tail(folder, "-", stdin=subprocess.PIPE)
        tail.process.stdin.write(b"[1] garbage")  # the writer stays
        tail.process.stdin.flush()
        tail.wait()
        expect(tail.status == 3 and tail.stderr.count("\n") >= 1, "silent garbage", f"{tail.status} {tail.stderr}")
        tail.process.stdin.close()
        tail = Tail(folder, folder.path).wait()
        expect(tail.status == 2 and "is a directory" in tail.stderr, "directory", tail.stderr)


def a_closed_standard_output_ends_it():
    data = sample("nvidia_before.json")
    with Folder() as folder:
        path = folder.file(content=data[:100000])
        process = subprocess.Popen([PROGRAM, "tail", "--interval", "0.2", path], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=ENVIRONMENT)
        process.stdout.readline()
        process.stdout.close()
        write(path, cut(data[100000:-10], [1000, 100000]), 0.4)
        try:
            status = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            status = "it did not end"
        expect(status == 2 and b"standard output" in process.stderr.read(), "closed", f"exit status {status}")
        process.stderr.close()


def waiting_costs_nothing():
    """At most 2 % of a core. Measured: a tenth of that."""
    data = sample("nvidia_before.json")
    with Folder() as folder:
        path = folder.file(content=data[:len(data) // 2])
        for arguments in [["--interval", "0.5", path], [folder.file("missing.json")]]:
            tail = Tail(folder, *arguments)
            time.sleep(1.5)
            before, seconds = cpu_seconds(tail.process.pid), 5
            time.sleep(seconds)
            used = cpu_seconds(tail.process.pid) - before
            tail.process.send_signal(signal.SIGINT)
            tail.wait()
            expect(used <= 0.02 * seconds, "idle", f"{used:.2f} s of {seconds} s")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Terminal:
    """`tail` on a terminal of its own."""

    def __init__(self, rows, columns, *arguments):
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execve(PROGRAM, [PROGRAM, "tail", *arguments], ENVIRONMENT)
        self.output = b""

    def read(self, seconds, until=None):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until and until in self.output):
            if not select.select([self.descriptor], [], [], 0.05)[0]:
                continue
            try:
                piece = os.read(self.descriptor, 1 << 16)
            except OSError:
                return
            if not piece:
                return
            self.output += piece

    def finish(self):
        self.read(PATIENCE)
        os.close(self.descriptor)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def a_terminal_is_drawn_over(rows, columns):
    data, case = sample("nvidia_before.json"), f"terminal of {rows} x {columns}"
    with Folder() as folder:
        path = folder.file()
        terminal = Terminal(rows, columns, "--interval", "0.2", path)
        terminal.read(PATIENCE, b"waiting for it to appear")
        write(path, [data[:len(data) // 2]], 0)
        terminal.read(PATIENCE, b"KiB, ")
        terminal.read(10, b"nothing new for 2 s")
        write(path, [data[len(data) // 2:]], 0)
        status = terminal.finish()
        wanted = subprocess.run([PROGRAM, "summary", "--index", "off", path], stdout=subprocess.PIPE, check=True,
                                env=dict(ENVIRONMENT, COLUMNS=str(columns))).stdout
    output = terminal.output.decode().replace("\r\n", "\n")
    expect(status == 0, case, f"exit status {status}")
    expect(output.endswith("\033[J" + wanted.decode()), case, "the end is not the report of summary on an empty screen")
    frames = re.split("\r(?:\033\\[[0-9]+A)?", output.removesuffix(wanted.decode()))
    ups = [int(up) for up in re.findall("\r\033\\[([0-9]+)A", output)]
    drawn = [frame.count("\n") for frame in frames]
    expect(len(ups) >= 4, case, f"drawn over {len(ups)} times")
    expect(all(up == lines for up, lines in zip(ups, [n for n in drawn if n])), case, f"{ups} of {drawn}")
    expect(max(drawn) < rows, case, f"{max(drawn)} lines")
    lines = [re.sub("\033\\[[0-9]*[A-Z]", "", line) for frame in frames for line in frame.split("\n")]
    expect(max(map(len, lines)) <= columns, case, f"a line of {max(map(len, lines))} columns")
    for word in ["KiB, ", "events", "GPU time", "MB/s", "nothing new for"]:
        expect(any(word in line for line in lines), case, f"not shown: {word}")
    if rows >= 24:
        for word in ["Where the time goes", "Dense GEMM", "Phases", "prefill"]:
            expect(any(word in line for line in lines), case, f"not shown: {word}")


class Collector:
    """What a pipe brings, gathered by a thread, so that its writer never waits."""

    def __init__(self, pipe):
        self.pipe, self.output = pipe, b""
        self.thread = threading.Thread(target=self.gather, daemon=True)
        self.thread.start()

    def gather(self):
        while piece := os.read(self.pipe.fileno(), 1 << 16):
            self.output += piece

    def shows(self, text, times):
        """Waits until that is there so many times; false if it never is."""
        end = time.monotonic() + PATIENCE
        while self.output.count(text) < times and time.monotonic() < end:
            time.sleep(0.02)
        return self.output.count(text) >= times

    def take(self):
        self.thread.join(PATIENCE)
        return self.output


def memory_stays_within_its_budget():
    """Reports on the way share the budget; some 70 MiB of events, pushed through a FIFO."""
    if "-fsanitize" in os.environ.get("CFLAGS", "") or "/san/" in PROGRAM:
        return
    with Folder() as folder:
        process = subprocess.Popen([PROGRAM, "tail", "-f", "csv", "--memory", "2M", "--interval", "0.1", "-"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT)
        collector = Collector(process.stdout)
        process.stdin.write(b"[")
        for block in range(100):
            if block in [30, 60, 90]:
                process.stdin.flush()
                expect(collector.shows(b"operation,", block // 30), "memory", f"no report on the way by block {block}")
            process.stdin.write(b"".join(made_events(block * 1000, 1000)))
        process.stdin.write(b"{}]")
        process.stdin.close()
        output = collector.take()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    expect(process.returncode == 0, "memory", f"exit status {process.returncode}")
    expect(b"\nDense GEMM,100000," in output, "memory", "another count of events")
    expect(usage.ru_maxrss <= 66 * 1024, "memory", f"peak {usage.ru_maxrss} KiB")


def made_events(first, count):
    for i in range(first, first + count):
        at, other = i * 10, (i * 7919) % 100000 * 10
        yield (b'{"ph":"X","cat":"cpu_op","name":"aten::mm_%d","pid":1,"tid":2,"ts":%d,"dur":9,"args":{"External id":%d}},'
               b'{"ph":"X","cat":"python_function","name":"frame_%d","pid":1,"tid":2,"ts":%d,"dur":9},'
               b'{"ph":"X","cat":"cuda_runtime","name":"cudaLaunchKernel","pid":1,"tid":2,"ts":%d,"dur":1,'
               b'"args":{"correlation":%d}},'
               b'{"ph":"X","cat":"kernel","name":"nvjet_%d","pid":0,"tid":7,"ts":%d,"dur":3,"args":{"device":0,"stream":7,'
               b'"correlation":%d}},' % (i % 50, other, i, i % 200, other, other + 1, i, i % 9, at, i))


def main():
    small = sorted(name for name in os.listdir(DATA) if name.endswith(".json"))
    cases = [a_finished_file_gives_one_report, a_slow_writer, reports_in_text_and_csv_are_told_apart,
             pauses_inside_everything, compressed_files_grow,
             a_closed_document_waits_for_the_end_of_its_stream, pipes, signals_end_it, idle_ends_it, another_content,
             a_change_before_the_first_report, rates_make_sense_when_it_begins_anew,
             the_output_file_holds_the_newest, what_is_no_trace_is_told_at_once,
             a_closed_standard_output_ends_it, waiting_costs_nothing, memory_stays_within_its_budget]
    calls = [(case, ()) for case in cases]
    calls += [(bursts, (seed,)) for seed in range(3)]
    calls += [(a_terminal_is_drawn_over, size) for size in [(24, 80), (50, 120), (8, 60)]]
    calls += [(every_small_input_ends_as_in_summary, (name,)) for name in small]
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        for (case, arguments), future in [(call, pool.submit(call[0], *call[1])) for call in calls]:
            error = future.exception()
            expect(error is None, f"{case.__name__}{arguments}", repr(error))
    for failure in failures:
        print(f"tail: {failure}", file=sys.stderr)
    print(f"tail: {checks - len(failures)} passed, {len(failures)} failed")
    sys.exit(1 if failures or checks < 100 else 0)


if __name__ == "__main__":
    main()
