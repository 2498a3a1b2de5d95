"""The HTML report as a browser shows it: page_check.py PROGRAM DRIVER CHROMIUM FOLDER"""

import json
import os
import re
import subprocess
import sys
import time

from page_browser import Browser

HOSTILE = ["<script>document.title='owned'</script>", "</script><script>document.title='owned'</script>",
           "<!--<script>", "a\u2028b\u2029c", "<img src=x onerror=\"document.title='owned'\">", "&lt;b&gt; \"quoted\" 'too'",
           "__proto__", "]]>"]
OPEN_SECONDS = 30  # on a machine with other things to do
ACT_SECONDS = 10
KERNELS = 5000
KEYS = {"right": "\ue014", "down": "\ue015", "enter": "\ue007"}

failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)
        print("page: failed: " + what)


def kernel_events(names, slower=1.0):
    events = []
    for index, name in enumerate(names):
        start = 1000 + 10 * index
        events.append({"ph": "X", "cat": "python_function", "name": f"serve.py({index % 40}): {name}", "pid": 1, "tid": 1,
                       "ts": start, "dur": 8, "args": {}})
        events.append({"ph": "X", "cat": "cpu_op", "name": "op " + name, "pid": 1, "tid": 1, "ts": start + 1, "dur": 5})
        events.append({"ph": "X", "cat": "cuda_runtime", "name": "cudaLaunchKernel", "pid": 1, "tid": 1, "ts": start + 2,
                       "dur": 1, "args": {"correlation": index + 1}})
        events.append({"ph": "X", "cat": "kernel", "name": name, "pid": 0, "tid": 7, "ts": start + 5,
                       "dur": round((1 + index % 97) * slower, 3), "args": {"device": 0, "stream": 7, "correlation": index + 1}})
    return events


def write_trace(path, names, slower=1.0):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"traceEvents": kernel_events(names, slower)}, file)
    return path


def page(program, path, *arguments):
    """Writes the page and gives its path back."""
    command = [program, arguments[0], "--format", "html", "-o", path, *arguments[1:]]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    expect(done.returncode == 0, f"{' '.join(command)}: exit {done.returncode}, {done.stderr.decode()}")
    return path


def report_of(path):
    """The document in a page, as any JSON reader sees it."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return text, json.loads(re.search(r'id="report">(.*?)</script>', text, re.S).group(1))


def with_report(path, target, change):
    """A copy of the page whose document was changed."""
    text, report = report_of(path)
    change(report)
    data = json.dumps(report).replace("<", "\\u003c")
    begin = text.index('id="report">') + len('id="report">')
    with open(target, "w", encoding="utf-8") as file:
        file.write(text[:begin] + data + text[text.index("</script>", begin):])
    return target


def check_clean(browser, what):
    messages = [entry["message"] for entry in browser.log("browser")]
    expect(not messages, f"{what}: the console says {messages[:3]}")
    foreign = [url for url in browser.requests() if not url.startswith(("file:", "data:", "blob:"))]
    expect(not foreign, f"{what}: asked for {foreign[:3]}")


def opened(browser, path, what):
    browser.open(path)
    expect(browser.run("return document.querySelectorAll('main > section').length") >= 5, f"{what}: parts of the page")
    check_clean(browser, what)


def count(browser, selector):
    return browser.run("return document.querySelectorAll(arguments[0]).length", selector)


def texts(browser, selector):
    return browser.run("return [...document.querySelectorAll(arguments[0])].map((node) => node.textContent)", selector)


def tab(browser, name):
    browser.run("[...document.querySelectorAll('#tables [role=tab]')].find((tab) => "
                "tab.textContent.startsWith(arguments[0])).click()", name)


def sort(browser, title):
    browser.run("[...document.querySelectorAll('#tables thead button')].find((button) => "
                "button.textContent === arguments[0]).click()", title)


def search(browser, words):
    browser.run("const field = document.querySelector('#tables input'); field.value = arguments[0];"
                "field.dispatchEvent(new Event('input'))", words)


def first_column(browser):
    return texts(browser, "#tables tbody > tr > th")


def check_width(browser, what):
    for width in (1280, 400):
        browser.screen(width)
        wide = browser.run("return document.documentElement.scrollWidth")
        expect(wide <= width, f"{what}: {wide} pixels wide at {width}")
    browser.screen(1280)


def check_themes(browser, what):
    shade = "return getComputedStyle(document.body).backgroundColor"
    light = browser.run(shade)
    browser.screen(1280, scheme="dark")
    dark = browser.run(shade)
    expect(light != dark, f"{what}: prefers-color-scheme changes nothing")
    browser.run("document.querySelector('.theme').click()")
    expect(browser.run(shade) == light, f"{what}: the button does not leave the dark")
    browser.screen(1280)


def check_compare(browser, program, work):
    path = page(program, work + "/compare.html", "compare", "samples/nvidia_before.json", "samples/nvidia_after.json")
    _, report = report_of(path)
    opened(browser, path, "compare")
    expect("8.6" in texts(browser, "#answer h2")[0] and "slower" in texts(browser, "#answer h2")[0], "compare: the answer")
    expect(texts(browser, "#answer .reasons b")[0] == report["operations"][0]["operation"], "compare: the first reason")
    expect(count(browser, ".strip rect") == report["steps"]["base"] + report["steps"]["test"], "compare: steps of the strip")
    expect(count(browser, "#waterfall .waterfall") == 2, "compare: waterfalls")
    expect(count(browser, ".waterfall:first-of-type .fall.step") >= 3, "compare: bars of the waterfall")
    shown = count(browser, ".operations > .operation")
    browser.run("document.querySelector('#operations .more').click()")
    expect(shown < count(browser, ".operations > .operation") == len(report["operations"]), "compare: operations")
    expect(count(browser, ".layer-cells button") == len(report["layers"]) > 0, "compare: cells of the layers")
    pairs = next(layer["pairs"] for layer in report["layers"] if layer["pairs"])
    expect(count(browser, ".block") == sum(bool(pair[side]) for pair in pairs for side in ("base_kernels", "test_kernels")),
           "compare: blocks of the lanes")
    check_table(browser, report)
    check_icicle(browser, report)
    check_width(browser, "compare")
    check_themes(browser, "compare")
    check_clean(browser, "compare, used")


def check_table(browser, report):
    tab(browser, "Kernels")
    expect(len(first_column(browser)) == len(report["kernels"]), "kernels: rows")
    sort(browser, "base")
    largest = max(report["kernels"], key=lambda row: row["base_us"])
    expect(largest["name"].split("<")[0].removeprefix("void ") in first_column(browser)[0], "kernels: sorted by base")
    sort(browser, "kernel")
    names = first_column(browser)
    expect(texts(browser, "#tables th[aria-sort=ascending]") == ["kernel"], "kernels: aria-sort")
    sort(browser, "kernel")
    expect(first_column(browser) == names[::-1], "kernels: sorted the other way")
    search(browser, "rms_norm")
    expect(len(first_column(browser)) == 1, "kernels: search")
    search(browser, "no such kernel")
    expect(first_column(browser) == [], "kernels: search for nothing")
    search(browser, "")
    browser.run("document.querySelector('#tables .opener').click()")
    facts = texts(browser, "#tables .details")
    row = next(row for row in report["kernels"] if row["name"] in facts[0])
    exact = f"{(row['base'] or row['test'])['stddev_us']:,}"
    expect(exact in facts[0], f"kernels: details lack {exact}")


def check_icicle(browser, report):
    root = texts(browser, ".icicle-readout b")
    expect(root and root[0] == "all GPU time", "icicle: the readout")
    boxes = count(browser, ".icicle .box")
    expect(boxes >= 10, f"icicle: {boxes} boxes")
    browser.run("document.querySelectorAll('.icicle .box')[0].focus()")
    browser.press(KEYS["down"], KEYS["enter"])
    expect(count(browser, ".crumbs:not([hidden]) button") == 2, "icicle: zoomed by keys")
    browser.run("document.querySelector('.crumbs button').click()")
    expect(count(browser, ".icicle .box") == boxes, "icicle: back at the top")
    expect(report["total"]["gap_us"] > 0 and count(browser, ".icicle-readout b.is-slower") == 1, "icicle: the gap")


def check_layers(browser, program, work):
    """Layers, fusion and intervals as the interface words them."""
    def pair(kind, base, test, base_us, test_us):
        return {"operation": "RMSNorm", "base_kernels": base, "test_kernels": test, "base_us": base_us, "test_us": test_us,
                "gap_us": test_us - base_us, "kind": kind}

    def change(report):
        pairs = [pair("fused", ["norm", "gemm"], ["norm_gemm"], 14, 11), pair("same", ["rope"], ["rope"], 2, 2),
                 pair("split", ["attention"], ["partial", HOSTILE[0]], 30, 31), pair("base_only", ["add"], [], 3, 0),
                 pair("test_only", [], ["copy"], 0, 4), pair("replaced", ["Cijk"], ["nvjet"], 20, 25)]
        report["layers"] = [{"layer": number, "base_us": 69, "test_us": 73, "gap_us": 4, "ratio": 1.06, "status": "slower",
                             "pairs": pairs if number == 3 else []} for number in range(24)]
        report["fusion"] = [{"side": "test", "fused": ["norm_gemm"], "separate": ["norm", HOSTILE[1]], "occurrences": 192,
                             "confidence": 0.97, "gap_us": -576}]
        report["same_kernels"] = [{"name": "rope", "base_mean_us": 2, "test_mean_us": 2, "ratio": 1, "gap_us": 0}]
        for row in report["operations"]:
            row["ci95_us"] = None
        report["operations"][0]["ci95_us"] = [2000, 2400]
        report["warnings"] = [{"code": "x", "message": HOSTILE[4]}]

    path = page(program, work + "/plain.html", "compare", "samples/nvidia_before.json", "samples/nvidia_fused.json")
    opened(browser, with_report(path, work + "/layers.html", change), "layers")
    expect(count(browser, ".layer-cells button") == 24, "layers: cells")
    expect(texts(browser, ".layer-cells [aria-pressed=true]") == ["3"], "layers: the first aligned one is chosen")
    expect(count(browser, ".block") == 10, "layers: blocks of the lanes")
    expect(count(browser, ".ribbon") == 4, "layers: ribbons")
    expect(count(browser, ".block .kernel") == 12, "layers: kernels in the blocks")
    expect(any("192 times" in text for text in texts(browser, "#answer li")), "layers: the fusion is told")
    expect(count(browser, ".interval") == 1, "layers: the interval")
    expect(texts(browser, ".warnings li") == [HOSTILE[4]], "layers: the warning is text")
    tab(browser, "Fusion")
    expect(HOSTILE[1] in texts(browser, "#tables tbody tr")[0], "layers: names of the fusion are text")
    browser.run("document.querySelectorAll('.layer-cells button')[5].click()")
    expect(count(browser, ".block") == 0, "layers: another layer is shown")
    check_width(browser, "layers")
    check_clean(browser, "layers, used")


def check_summary(browser, program, work):
    path = page(program, work + "/summary.html", "summary", "samples/nvidia_serving.json")
    _, report = report_of(path)
    opened(browser, path, "summary")
    expect(report["operations"][0]["operation"] in texts(browser, "#answer h2")[0], "summary: the answer")
    expect(count(browser, ".strip rect") == report["steps"]["count"], "summary: steps of the strip")
    expect(count(browser, ".shares:not(.long) > .share") == len(report["operations"]), "summary: shares")
    tab(browser, "Kernels")
    browser.run("document.querySelector('#tables .opener').click()")
    expect("nn.Module: MergedColumnParallelLinear__0" in texts(browser, "#tables .details")[0], "summary: the stack")
    browser.run("document.querySelectorAll('#document details').forEach((branch) => { branch.open = true; })")
    check_width(browser, "summary")
    check_themes(browser, "summary")
    check_clean(browser, "summary, used")


def check_diagnostics(browser, program, work):
    path = page(program, work + "/diagnostics.html", "summary", "tests/data/device_clocks.json")
    _, report = report_of(path)
    opened(browser, path, "diagnostics")
    tab(browser, "Diagnostics")
    column = texts(browser, "#tables thead th").index("GPU time touched") + 1
    cells = texts(browser, f"#tables tbody > tr > :nth-child({column})")
    times = [float(cell.split()[0]) if cell.endswith("\u00b5s") else 0 for cell in cells]
    expect(sorted(times) == sorted(row["gpu_us"] for row in report["diagnostics"]) and max(times) > 0,
           f"diagnostics: GPU time touched {cells}")
    check_width(browser, "diagnostics")
    check_clean(browser, "diagnostics")


def check_hostile(browser, program, work):
    """Text from a trace stays text: in names of kernels, operators and frames, and in the name of the trace."""
    trace = write_trace(work + "/<i>&name.json", HOSTILE)
    for command, traces in (("summary", [trace]), ("compare", [trace, trace])):
        path = page(program, f"{work}/hostile-{command}.html", command, *traces)
        text, report = report_of(path)
        expect(text.count("</script") == 3, f"hostile {command}: an end of a script in the data")
        expect("\u2028" not in text and "<!--" not in text, f"hostile {command}: separators or comments in the data")
        expect(sorted(row["name"] for row in report["kernels"]) == sorted(HOSTILE), f"hostile {command}: names changed")
        opened(browser, path, "hostile " + command)
        layers = report["layers"]["list"] if command == "summary" else report["layers"]
        expect(not layers and count(browser, "#layers") == 0, f"hostile {command}: layers where there are none")
        tab(browser, "Kernels")
        browser.run("document.querySelectorAll('#tables .opener').forEach((opener) => opener.click())")
        titles = browser.run("return [...document.querySelectorAll('#tables tbody > tr > th .name')].map((node) => node.title)")
        expect(sorted(titles) == sorted(HOSTILE), f"hostile {command}: names in the table")
        expect(count(browser, "main img, main script, main i:not(.swatch)") == 0, f"hostile {command}: text became elements")
        expect(browser.run("return document.title").startswith("tracecmp: "), f"hostile {command}: a script ran")
        check_clean(browser, "hostile " + command)


def check_many(browser, program, work):
    """5,000 kernels: opens, sorts and searches without a wait, and draws what fits."""
    names = [f"void space::kernel_{index}<float, {index % 7}>(float*, int)" for index in range(KERNELS)]
    base, test = write_trace(work + "/base.json", names), write_trace(work + "/test.json", names, 1.1)
    path = page(program, work + "/many.html", "compare", base, test)
    size = os.path.getsize(path)
    expect(size < 12 << 20, f"many: a page of {size} bytes")
    start = time.monotonic()
    opened(browser, path, "many")
    expect(time.monotonic() - start < OPEN_SECONDS, f"many: opened in {time.monotonic() - start:.1f} s")
    start = time.monotonic()
    tab(browser, "Kernels")
    expect(len(first_column(browser)) == 50, "many: rows of the first page")
    sort(browser, "gap")
    search(browser, "kernel_4999")
    expect(first_column(browser) == ["space::kernel_4999<float, 1>"], "many: search")
    search(browser, "")
    browser.run("[...document.querySelectorAll('.pager button')].pop().click()")
    expect("51\u2013100 of 5,000 rows" in texts(browser, "#tables .tools")[0], "many: the second page")
    expect(time.monotonic() - start < ACT_SECONDS, f"many: used in {time.monotonic() - start:.1f} s")
    expect(count(browser, "*") < 12000, f"many: {count(browser, '*')} elements")
    check_clean(browser, "many")
    path = page(program, work + "/many-summary.html", "summary", base)
    opened(browser, path, "many, summary")


def main():
    program, driver, chromium, work = sys.argv[1:]
    browser = Browser(driver, chromium)
    try:
        browser.screen(1280)
        for check in (check_compare, check_layers, check_summary, check_diagnostics, check_hostile, check_many):
            check(browser, program, work)
    finally:
        browser.close()
    if failures:
        sys.exit(1)
    print("page: passed")


main()
