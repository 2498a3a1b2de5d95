"""What a Python user would write: load the whole trace, sum the GPU time of each kernel name.

peer_python.py json|orjson TRACE    prints the seconds that loads() alone took
"""
import importlib
import sys
import time


def main():
    loads = importlib.import_module(sys.argv[1]).loads
    with open(sys.argv[2], "rb") as file:
        text = file.read()
    start = time.perf_counter()
    trace = loads(text)
    seconds = time.perf_counter() - start
    totals = {}
    for event in trace["traceEvents"]:
        if event.get("cat") == "kernel":
            totals[event["name"]] = totals.get(event["name"], 0) + event["dur"]
    print(seconds, len(totals))


main()
