"use strict";

/* The page of one trace. */

const DEVICE_COLUMNS = [
    { title: "device", kind: "number", value: (row) => row.device },
    { title: "GPU events", kind: "count", value: (row) => row.events },
    { title: "span", kind: "time", value: (row) => row.span_us },
    { title: "busy", kind: "time", value: (row) => row.busy_us },
    { title: "idle", kind: "time", value: (row) => row.idle_us },
    { title: "compute", kind: "time", value: (row) => row.compute_us },
    { title: "exposed communication", kind: "time", value: (row) => row.exposed_comm_us },
    { title: "exposed copy", kind: "time", value: (row) => row.exposed_copy_us },
];

const STATS_COLUMNS = [
    { title: "total", kind: "time", value: (row) => row.total_us },
    { title: "count", kind: "count", value: (row) => row.count },
    { title: "mean", kind: "time", value: (row) => row.mean_us },
    { title: "p50", kind: "time", value: (row) => row.p50_us },
    { title: "p99", kind: "time", value: (row) => row.p99_us },
    { title: "max", kind: "time", value: (row) => row.max_us },
];

function tile(label, value, remark) {
    return make("div", { class: "tile" }, make("dt", {}, label), make("dd", {}, value),
        remark ? make("p", { class: "remark" }, remark) : null);
}

function summaryAnswer(report) {
    const sum = sumTimeline(report.timeline), gpu = report.gpu;
    const busy = (sum.busy_us || 0) / (sum.span_us || 1);
    const widest = report.operations.slice(0, CONTRIBUTORS);
    const grave = report.diagnostics.filter((row) => row.severity !== "info");
    return make("section", { id: "answer", class: "answer is-same", "aria-label": "The answer" },
        make("h2", {}, widest.length > 0 ? widest[0].operation + " takes " + formatPercent(widest[0].share) + " of the GPU time" :
            "There is no GPU time in this trace"),
        widest.length > 1 ? make("p", { class: "times" }, "Then " + widest.slice(1).map((row) => row.operation + " " +
            formatPercent(row.share)).join(", ") + ".") : null,
        make("dl", { class: "tiles" },
            tile("GPU time", formatTime(gpu.total_us), formatCount(gpu.kernel.count) + " kernels, " +
                formatCount(gpu.memcpy.count) + " memcpy, " + formatCount(gpu.memset.count) + " memset"),
            sum.span_us ? [tile("Span", formatTime(sum.span_us), report.timeline.length > 1 ? report.timeline.length + " devices" : null),
                tile("Busy", formatPercent(busy), formatTime(sum.idle_us) + " idle")] : null,
            sum.exposed_comm_us > 0 ? tile("Exposed communication", formatPercent(sum.exposed_comm_us / sum.span_us),
                formatTime(sum.exposed_comm_us)) : null,
            report.steps.count > 0 ? tile("Steps", formatCount(report.steps.count), formatTime(report.steps.span_us.p50_us) +
                " span at the median") : null,
            tile("Launches found", formatPercent(report.attribution.launch.resolved / (gpu.events || 1)), "stacks: " +
                formatPercent(report.attribution.stack.with / (gpu.events || 1)))),
        mind(grave.map((row) => formatCount(row.count) + "× " + row.message)));
}

function operationShares(report) {
    return section("operations", "Where the time goes", null, make("div", { class: "columns" },
        make("div", { class: "card" }, make("h3", {}, "By operation"), shares("Operations", report.operations.map((row) =>
            ({ label: row.operation, us: row.total_us, share: row.share })), "")),
        make("div", { class: "card" }, make("h3", {}, "By kernel"), shares("Kernels", report.kernels.map((row) =>
            ({ label: shortName(row.readable || row.name), us: row.total_us, share: row.total_us / (report.gpu.total_us || 1) }))
            .slice(0, Math.max(8, Math.round(report.operations.length * 0.64))), "long"))));
}

function summaryTables(report) {
    const share = { title: "share", kind: "share", value: (row) => row.share ?? (row.total_us ?? row.gpu_total_us) /
        (report.gpu.total_us || 1) };
    const phases = report.phases;
    return [
        { name: "Operations", rows: report.operations, columns: [
            { title: "operation", kind: "text", value: (row) => row.operation }, share, ...STATS_COLUMNS,
            { title: "CPU operator", kind: "text", value: (row) => row.cpu_op }] },
        { name: "Kernels", rows: report.kernels, columns: [
            { title: "kernel", kind: "name", value: (row) => row.readable || row.name }, share, ...STATS_COLUMNS,
            { title: "operation", kind: "text", value: (row) => row.operation },
            { title: "CPU operator", kind: "text", value: (row) => row.cpu_op }] },
        { name: "CPU operators", rows: report.cpu_ops, remark: "By the innermost operator around the launch.", columns: [
            { title: "operator", kind: "text", value: (row) => row.name }, share,
            { title: "GPU time", kind: "time", value: (row) => row.gpu_total_us },
            { title: "GPU events", kind: "count", value: (row) => row.gpu_count },
            { title: "calls", kind: "count", value: (row) => row.calls },
            { title: "CPU time", kind: "time", value: (row) => row.cpu_total_us }] },
        { name: "Outermost operators", rows: report.top_ops, columns: [
            { title: "operator", kind: "text", value: (row) => row.name }, share,
            { title: "GPU time", kind: "time", value: (row) => row.gpu_total_us },
            { title: "GPU events", kind: "count", value: (row) => row.gpu_count }] },
        { name: "Phases", rows: phases, columns: [
            { title: "phase", kind: "text", value: (row) => row.phase }, share,
            { title: "GPU time", kind: "time", value: (row) => row.total_us },
            { title: "GPU events", kind: "count", value: (row) => row.count }] },
        { name: "Steps", rows: sinceFirst(report.steps.list), columns: STEP_COLUMNS },
        { name: "Layers", rows: report.layers.list, columns: [
            { title: "layer", kind: "number", value: (row) => row.layer },
            { title: "runs", kind: "count", value: (row) => row.count },
            { title: "total", kind: "time", value: (row) => row.total_us },
            { title: "mean", kind: "time", value: (row) => row.mean_us }] },
        { name: "Devices", rows: report.timeline, columns: DEVICE_COLUMNS },
        { name: "Diagnostics", rows: report.diagnostics, columns: [
            { title: "code", kind: "text", value: (row) => row.code },
            { title: "severity", kind: "text", value: (row) => row.severity },
            { title: "count", kind: "count", value: (row) => row.count },
            { title: "GPU time touched", kind: "time", value: (row) => row.gpu_us || null },
            { title: "what it says", kind: "text", value: (row) => row.message },
            { title: "first at byte", kind: "number", value: (row) => row.first_byte }] },
    ];
}

function traceCard(trace) {
    const device = trace.device || {};
    const facts = [trace.platform === "unknown" ? null : trace.platform, device.name || null,
        device.sm_count ? device.sm_count + " SMs" : null, device.total_memory_bytes ? formatBytes(device.total_memory_bytes) : null,
        trace.architecture === "unknown" ? null : trace.architecture, plural(trace.events, "event"), formatBytes(trace.bytes) +
            (trace.compression ? " " + trace.compression : ""), trace.complete ? null : "damaged or incomplete"];
    return make("div", { class: "sides-head" }, make("div", { class: "side-card" }, make("p", {},
        make("b", { class: "trace-name" }, trace.name), make("br"), make("span", { class: "remark" }, facts.filter(Boolean).join(" · ")))));
}

/* The document in a page has numbers for the frames of stacks. */
function nameFrames(kernels, frames) {
    for (const kernel of kernels)
        if (kernel.stacks.top)
            kernel.stacks.top.frames = kernel.stacks.top.frames.map((number) => frames[number]);
}

function summaryPage(report, drawn) {
    nameFrames(report.kernels, drawn.frames);
    return {
        title: report.trace.name,
        head: traceCard(report.trace),
        sections: [summaryAnswer(report), report.operations.length > 0 ? operationShares(report) : null,
            timelineSection([{ label: "trace", className: "side-test", steps: report.steps.list, count: report.steps.count,
                timeline: report.timeline, phases: report.phases.map((row) => ({ phase: row.phase, us: row.total_us })) }]),
            summaryLayersSection(report.layers), icicleSection(drawn.paths, [1]),
            section("tables", "Tables", "A click on a row shows all its numbers, on a heading sorts.", tabs(summaryTables(report)))],
    };
}
