"""Runs processes and measures what they cost, in rounds, so that a drifting machine meets all of them alike."""
import os
import statistics
import subprocess
import tempfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    wall: float  # seconds
    cpu: float  # seconds, user and system
    peak: int  # bytes
    written: int  # bytes, to files
    output: str
    said: str  # on standard error


class Process:
    """A command under way."""

    def __init__(self, measure, command):
        self.command = command
        handle, self.cost = tempfile.mkstemp()
        os.close(handle)
        self.child = subprocess.Popen([measure, self.cost, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      text=True)

    def wait(self):
        output, said = self.child.communicate()
        with open(self.cost, encoding="ascii") as file:
            numbers = file.read().split()
        os.unlink(self.cost)
        if self.child.returncode != 0:
            raise RuntimeError(f"exit status {self.child.returncode}: {' '.join(self.command)}\n{said}")
        return Run(float(numbers[0]), float(numbers[1]), int(numbers[2]) << 10, int(numbers[3]) << 10, output, said)


class Machine:
    def __init__(self, measure):
        self.measure = measure
        self.cpus = sorted(os.sched_getaffinity(0))

    def run(self, command):
        return Process(self.measure, command).wait()

    def run_together(self, commands):
        """The wall seconds until the last of them has ended."""
        processes = [Process(self.measure, command) for command in commands]
        return max(process.wait().wall for process in processes)

    def rounds(self, times, commands, before=lambda: None):
        """commands: by name. Each round runs each once; gives the runs of each name."""
        runs = {name: [] for name in commands}
        for _ in range(times):
            for name, command in commands.items():
                before()
                runs[name].append(self.run(command))
        return runs


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def ratio(runs, to_runs, field="wall"):
    """How many times what `to_runs` cost, the median over the rounds."""
    return statistics.median(getattr(a, field) / getattr(b, field) for a, b in zip(runs, to_runs))


def drop_from_cache(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def free_memory():
    with open("/proc/meminfo", encoding="ascii") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("MemAvailable"))
