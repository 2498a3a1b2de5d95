"use strict";

/* The page of a comparison. */

function sideCard(name, side, steps) {
    const trace = side.trace, device = trace.device && trace.device.name;
    return make("div", { class: "side-card" }, make("span", { class: "lane-name side-" + name }, name),
        make("p", {}, make("b", { class: "trace-name" }, trace.name), make("br"),
            make("span", { class: "remark" }, [trace.platform === "unknown" ? null : trace.platform, device || null,
                formatTime(side.gpu.total_us) + " of GPU time", plural(side.gpu.events, "GPU event"),
                plural(steps, "step"), trace.complete ? null : "damaged or incomplete"].filter(Boolean).join(" · "))));
}

function spanGaps(span) {
    return PARTS.map(([part, label]) => ({ label, gap: span["gap_" + part + "_us"] }));
}

function bySize(rows) {
    return [...rows].sort((a, b) => Math.abs(b.gap) - Math.abs(a.gap));
}

function waterfallSection(report) {
    const gaps = report.operations.map((row) => ({ label: row.operation, gap: row.gap_us, status: row.status }));
    return section("waterfall", "From base to test", report.per === "step" ? "Means per step of those that are used." : null,
        make("div", { class: "columns" },
            make("div", { class: "card" }, make("h3", {}, "GPU time, by operation"),
                waterfall("GPU time from base to test", report.total.base_us, report.total.test_us, bySize(gaps))),
            make("div", { class: "card" }, make("h3", {}, "The span, by what the GPU does"),
                waterfall("Span from base to test", report.span.base_us, report.span.test_us, bySize(spanGaps(report.span))))));
}

function operationsSection(report) {
    const real = report.operations.filter((row) => row.status !== "similar").length;
    return section("operations", "Operations, side by side",
        "Launches: the part of a gap that comes from more or fewer of them; speed: from slower or faster ones." +
        (report.operations.some((row) => row.ci95_us) ? " Below a gap: its 95 % interval." : ""),
        make("div", { class: "card" }, sideBySide(report.operations, Math.max(8, real))));
}

const AMOUNTS = [
    { title: "base", kind: "time", value: (row) => row.base_us },
    { title: "test", kind: "time", value: (row) => row.test_us },
    { title: "gap", kind: "gap", value: (row) => row.gap_us },
    { title: "ratio", kind: "ratio", value: (row) => row.ratio },
];
const STATUS = { title: "status", kind: "status", value: (row) => row.status };
const COUNTS = [
    { title: "base count", kind: "count", value: (row) => row.base && row.base.count },
    { title: "test count", kind: "count", value: (row) => row.test && row.test.count },
];

const STEP_COLUMNS = [
    { title: "step", kind: "text", value: (step) => step.name },
    { title: "phase", kind: "text", value: (step) => step.phase },
    { title: "start", kind: "time", value: (step) => step.after_us },
    { title: "span", kind: "time", value: (step) => step.span_us },
    { title: "GPU time", kind: "time", value: (step) => step.gpu_us },
    { title: "GPU events", kind: "count", value: (step) => step.gpu_events },
];

/* Steps with their start since the first one. */
function sinceFirst(steps) {
    return steps.map((step) => ({ ...step, after_us: step.start_us - steps[0].start_us }));
}

function compareTables(report, drawn) {
    return [
        { name: "Operations", rows: report.operations, columns: [
            { title: "operation", kind: "text", value: (row) => row.operation }, ...AMOUNTS,
            { title: "launches", kind: "gap", value: (row) => row.gap_count_us },
            { title: "speed", kind: "gap", value: (row) => row.gap_speed_us }, STATUS, ...COUNTS] },
        { name: "Kernels", rows: report.kernels, columns: [
            { title: "kernel", kind: "name", value: (row) => row.readable || row.name }, ...AMOUNTS, STATUS,
            { title: "operation", kind: "text", value: (row) => row.operation }, ...COUNTS] },
        { name: "Phases", rows: report.phases, columns: [
            { title: "phase", kind: "text", value: (row) => row.phase }, ...AMOUNTS] },
        { name: "Layers", rows: report.layers, columns: [
            { title: "layer", kind: "number", value: (row) => row.layer }, ...AMOUNTS, STATUS] },
        { name: "Fusion", rows: report.fusion, columns: [
            { title: "fused into", kind: "text", value: (row) => row.fused.map(shortName).join(" + ") },
            { title: "in", kind: "text", value: (row) => row.side },
            { title: "separate", kind: "text", value: (row) => row.separate.map(shortName).join(" + ") },
            { title: "times", kind: "count", value: (row) => row.occurrences },
            { title: "confidence", kind: "share", value: (row) => row.confidence },
            { title: "gap", kind: "gap", value: (row) => row.gap_us }] },
        { name: "Same kernels", rows: report.same_kernels, remark: "Kernels of one name on both sides: means per launch.", columns: [
            { title: "kernel", kind: "name", value: (row) => row.name },
            { title: "base mean", kind: "time", value: (row) => row.base_mean_us },
            { title: "test mean", kind: "time", value: (row) => row.test_mean_us },
            { title: "ratio", kind: "ratio", value: (row) => row.ratio },
            { title: "gap", kind: "gap", value: (row) => row.gap_us }] },
        ...["base", "test"].map((side) => ({ name: "Steps of " + side, rows: sinceFirst(drawn.steps[side].list),
            columns: STEP_COLUMNS })),
        { name: "Devices", rows: ["base", "test"].flatMap((side) => report[side].timeline.map((row) => ({ side, ...row }))),
            columns: [{ title: "side", kind: "text", value: (row) => row.side }, ...DEVICE_COLUMNS] },
        { name: "Warnings", rows: report.warnings, options: { details: false }, columns: [
            { title: "code", kind: "text", value: (row) => row.code },
            { title: "what it says", kind: "text", value: (row) => row.message }] },
    ];
}

function comparedSide(report, drawn, name) {
    return { label: name, className: "side-" + name, steps: drawn.steps[name].list, count: drawn.steps[name].count,
        timeline: report[name].timeline, phases: report.phases.map((row) => ({ phase: row.phase, us: row[name + "_us"] })) };
}

function comparePage(report, drawn) {
    const divisors = ["base", "test"].map((side) => report.per === "step" ? report.steps[side] || 1 : 1);
    return {
        title: report.base.trace.name + " → " + report.test.trace.name,
        head: make("div", { class: "sides-head" }, ["base", "test"].map((side) => sideCard(side, report[side], report.steps[side]))),
        sections: [answer(report), waterfallSection(report), operationsSection(report),
            timelineSection(["base", "test"].map((name) => comparedSide(report, drawn, name))),
            comparedLayersSection(report), icicleSection(drawn.paths, divisors),
            section("tables", "Tables", "A click on a row shows all its numbers, on a heading sorts.", tabs(compareTables(report, drawn)))],
    };
}
