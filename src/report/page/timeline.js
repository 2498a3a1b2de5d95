"use strict";

/* The strip of steps in time, coloured by phase; the two sides of a comparison share one scale. */

const STRIP_UNITS = 1000, STRIP_MOST = 1500;

function stripMarks(steps, start, scale) {
    return steps.map((step) => ({ left: (step.start_us - start) * scale, width: Math.max(step.span_us * scale, 0.6),
        phase: step.phase, step }));
}

/* Too many steps to tell apart: each unit of the strip has the colour of the phase with the most GPU time in it. */
function stripBins(steps, start, scale) {
    const bins = new Map();
    for (const step of steps) {
        const at = Math.min(STRIP_UNITS - 1, Math.floor((step.start_us - start) * scale));
        const bin = bins.get(at) || { left: at, width: Math.max(1, step.span_us * scale), times: {}, count: 0, us: 0 };
        bin.times[step.phase] = (bin.times[step.phase] || 0) + step.gpu_us;
        bin.count++;
        bin.us += step.gpu_us;
        bins.set(at, bin);
    }
    return [...bins.values()].map((bin) => ({ ...bin, phase: Object.keys(bin.times).reduce((best, phase) =>
        bin.times[phase] > bin.times[best] ? phase : best) }));
}

function stepWords(step, start) {
    return [step.name, step.phase === "none" ? null : step.phase, "starts at " + formatTime(step.start_us - start),
        "spans " + formatTime(step.span_us), formatTime(step.gpu_us) + " of GPU time",
        plural(step.gpu_events, "GPU event")].filter(Boolean).join(" · ");
}

function markWords(mark, start) {
    return mark.step ? stepWords(mark.step, start) : formatCount(mark.count) + " steps, mostly " + mark.phase + " · " +
        formatTime(mark.us) + " of GPU time";
}

function strip(label, steps, span, readout) {
    const start = steps[0].start_us;
    const scale = STRIP_UNITS / (span || 1);
    const marks = (steps.length > STRIP_MOST ? stripBins : stripMarks)(steps, start, scale);
    const tell = (mark) => { readout.textContent = label + ": " + markWords(mark, start); };
    const shapes = marks.map((mark) => draw("rect", { x: mark.left, y: 0, width: Math.max(mark.width - 0.3, 0.5),
        height: 10, class: "phase-" + mark.phase, tabindex: -1, role: "img", "aria-label": markWords(mark, start),
        onpointerenter: () => tell(mark), onfocus: () => tell(mark) }, draw("title", {}, markWords(mark, start))));
    const picture = draw("svg", { class: "strip", viewBox: "0 0 " + STRIP_UNITS + " 10", preserveAspectRatio: "none",
        role: "group", "aria-label": label + ": steps in time" }, shapes);
    rove(picture, "rect");
    return picture;
}

function stepsSpan(steps) {
    return steps.reduce((end, step) => Math.max(end, step.start_us + step.span_us), -Infinity) - steps[0].start_us;
}

function scaleTicks(span) {
    return make("div", { class: "ticks", "aria-hidden": "true" }, [0, 0.25, 0.5, 0.75, 1].map((part) =>
        make("span", {}, part === 0 ? "0" : formatTime(span * part))));
}

function phaseLegend(phases) {
    const known = PHASE_ORDER.filter((phase) => phases.includes(phase));
    return legend(known.map((phase) => ["phase-" + phase, phase === "none" ? "no phase" : phase]));
}

/* sides: [{label, className, steps, count, timeline, phases: [{phase, us}]}] */
function timelineSection(sides) {
    const readout = make("p", { class: "readout", "aria-live": "polite" }, "Point at a step, or reach it with Tab and the arrow keys.");
    const stepped = sides.filter((side) => side.steps.length > 0);
    const span = Math.max(...stepped.map((side) => stepsSpan(side.steps)), 0);
    const cut = stepped.filter((side) => side.steps.length < side.count);
    const strips = stepped.map((side) => make("div", { class: "lane" },
        make("span", { class: "lane-name " + side.className }, side.label),
        strip(side.label, side.steps, span, readout)));
    const phases = sides.map((side) => side.phases);
    const told = phases.flat().some((row) => row.phase !== "none");
    const most = Math.max(...phases.map((rows) => rows.reduce((sum, row) => sum + row.us, 0)), 0) || 1;
    const phaseBars = sides.map((side) => make("div", { class: "lane" },
        make("span", { class: "lane-name " + side.className }, side.label),
        stackedBar(side.label + ", GPU time by phase", PHASE_ORDER.flatMap((phase) =>
            side.phases.filter((row) => row.phase === phase)).map((row) => ({ className: "phase-" + row.phase,
            label: row.phase === "none" ? "no phase" : row.phase, us: row.us })), most)));
    const spans = sides.map((side) => sumTimeline(side.timeline));
    const longest = Math.max(...spans.map((sum) => sum.span_us || 0), 0) || 1;
    const parts = sides.map((side, index) => make("div", { class: "lane" },
        make("span", { class: "lane-name " + side.className }, side.label),
        stackedBar(side.label + ", span", PARTS.map(([part, label, key]) => ({ className: "part-" + part, label,
            us: spans[index][key] })), longest)));
    const partsThere = PARTS.filter(([, , key]) => spans.some((sum) => sum[key] > 0));
    const allPhases = sides.flatMap((side) => [...side.steps.map((step) => step.phase), ...side.phases.map((row) => row.phase)]);
    return section("timeline", "In time", null, make("div", { class: "card" },
        stepped.length > 0 ? [make("h3", {}, told ? "Steps, by phase" : "Steps"), ...strips,
            make("div", { class: "lane" }, make("span", { class: "lane-name" }), scaleTicks(span)), readout,
            cut.length > 0 ? make("p", { class: "remark" }, cut.map((side) => side.label + ": the first " +
                formatCount(side.steps.length) + " of " + formatCount(side.count) + " steps are drawn.").join(" ")) : null]
            : make("p", { class: "remark" }, "No steps were recognised; --step names the annotations that are steps."),
        told ? [make("h3", {}, "GPU time by phase"), ...phaseBars, phaseLegend(allPhases)] : null,
        make("h3", {}, "The span, from the first start to the last end"), ...parts,
        legend(partsThere.map(([part, label]) => ["part-" + part, label]))));
}
