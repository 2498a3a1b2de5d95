"use strict";

/* What got slower, by how much and why, in sentences: those of the text report. */

const CONTRIBUTORS = 3, MIND_SHOWN = 4;
const SMALL_SHARE = 0.01; /* parts of a gap below this share are not worth a word */

function isNoise(interval) {
    return Boolean(interval) && interval[0] <= 0 && interval[1] >= 0;
}

function verdict(total) {
    if (total.gap_us === 0)
        return "Test takes as long as base";
    if (total.base_us === 0)
        return "Base has no GPU time to compare with";
    return "Test is " + formatPercent(Math.abs(total.gap_us / total.base_us)) + (total.gap_us > 0 ? " slower" : " faster") +
        (isNoise(total.ci95_us) ? ", within the noise" : "");
}

function totalSentence(total, perStep) {
    const sure = total.ci95_us && total.ci95_us[0] !== total.ci95_us[1] ?
        ", 95" + NARROW + "% sure: " + formatTime(total.ci95_us[0], true) + " to " + formatTime(total.ci95_us[1], true) : "";
    return formatTime(total.base_us) + " \u2192 " + formatTime(total.test_us) + " of GPU time" + (perStep ? " per step" : "") +
        " (" + formatTime(total.gap_us, true) + sure + ")";
}

function usedSteps(side, steps) {
    const left = steps[side + "_left_out"] || {};
    const reasons = [["warm-up", left.warm_up], ["clipped", left.clipped], ["without a counterpart", left.unmatched]]
        .filter(([, count]) => count > 0).map(([what, count]) => formatCount(count) + " " + what);
    return side + " " + formatCount(steps[side + "_used"]) + (reasons.length > 0 ? " (" + reasons.join(", ") + " left out)" : "");
}

function stepsSentence(report) {
    if (report.per !== "step")
        return null;
    const steps = report.steps, kinds = (steps.strata || []).length;
    return make("p", { class: "remark" }, "Every amount is a mean per step" + (kinds > 0 ? ": " + usedSteps("base", steps) + ", " +
        usedSteps("test", steps) : "") + (kinds > 1 ? "; steps of " + kinds + " kinds, each weighing the same on both sides" : "") + ".");
}

/* When not GPU time but what lies between it makes the difference. */
function waitingSentence(span, perStep) {
    const waiting = span.gap_us - span.gap_compute_us;
    if (Math.abs(span.gap_us / span.base_us) <= SMALL_SHARE || !(waiting / span.gap_us >= 0.5))
        return null;
    const parts = PARTS.slice(1).map(([part, label]) => [label, span["gap_" + part + "_us"]])
        .filter(([, gap]) => Math.abs(gap / span.gap_us) > SMALL_SHARE).map(([label, gap]) => formatTime(gap, true) + " " + label);
    return make("li", {}, "The span" + (perStep ? " of a step" : "") + " changed by ",
        make("b", { class: gapClass(span.gap_us) }, formatTime(span.gap_us, true)), ", and not mainly by computing: ",
        parts.join(", ") + ".");
}

/* Why an operation's time differs: more launches, or slower ones. Counts are of whole traces. */
function reason(row, perStep) {
    if (!row.base || !row.test)
        return "only in " + (row.base ? "base" : "test");
    const speed = Math.abs(row.gap_speed_us / row.gap_us) > SMALL_SHARE;
    const launches = perStep ? "" : " (" + formatCount(row.base.count) + " \u2192 " + formatCount(row.test.count) + ")";
    return [
        speed ? formatTime(row.gap_speed_us, true) + " by " + (row.gap_speed_us > 0 ? "slower" : "faster") + " launches" : null,
        Math.abs(row.gap_count_us / row.gap_us) > SMALL_SHARE ? formatTime(row.gap_count_us, true) + " by " +
            (row.gap_count_us > 0 ? "more" : "fewer") + (speed ? " of them" : " launches") + launches : null,
    ].filter(Boolean).join(", ");
}

/* The kernel that has most of an operation's gap, unless it is its only one. */
function widestKernel(row, kernels) {
    const kernel = row.kernels.length < 2 ? null : kernels.get(row.kernels[0]);
    const share = kernel ? kernel.gap_us / row.gap_us : 0;
    return share >= 0.5 && share <= 1 ? ["; " + formatPercent(share) + " of it is ",
        make("code", {}, shortName(kernel.readable || kernel.name))] : null;
}

/* Layers are alike when their gaps differ by less than half of their mean; one stands for the gap when it has more than
 * half of what all have together. */
function layersClause(operation, layers) {
    const gaps = layers.filter((layer) => (layer.pairs || []).length > 0 && layer.base_us !== null && layer.test_us !== null)
        .map((layer) => ({ layer: layer.layer, gap: layer.pairs.filter((pair) => pair.operation === operation)
            .reduce((sum, pair) => sum + pair.gap_us, 0) }));
    const sum = Math.abs(gaps.reduce((total, row) => total + row.gap, 0));
    if (gaps.length < 2 || sum === 0)
        return null;
    const values = gaps.map((row) => row.gap);
    if ((Math.max(...values) - Math.min(...values)) * 2 * gaps.length < sum)
        return "; layers " + gaps[0].layer + "\u2013" + gaps[gaps.length - 1].layer + " alike";
    const most = gaps.reduce((a, b) => Math.abs(b.gap) > Math.abs(a.gap) ? b : a);
    return Math.abs(most.gap) * 2 > sum ? "; mostly in layer " + most.layer : null;
}

function contributor(row, report, kernels) {
    /* Gaps that cancel each other make shares that say nothing. */
    const share = row.share_of_gap > 0 && row.share_of_gap <= 1 ? ", " + formatPercent(row.share_of_gap) + " of the gap" : "";
    return make("li", {}, make("b", {}, row.operation), " ",
        make("b", { class: gapClass(row.gap_us) }, formatTime(row.gap_us, true)), share + ": " + reason(row, report.per === "step"),
        layersClause(row.operation, report.layers), widestKernel(row, kernels), ".");
}

function fusionSentence(fusion) {
    return make("li", {}, (fusion.side === "test" ? "Test" : "Base") + " fuses ",
        make("b", {}, fusion.separate.map(shortName).join(" + ")), " into ", make("b", {}, fusion.fused.map(shortName).join(" + ")),
        ", " + plural(fusion.occurrences, "time") + ": ",
        make("b", { class: gapClass(fusion.gap_us) }, formatTime(fusion.gap_us, true)), ".");
}

/* What is doubtful, the first few lines at once. */
function mind(messages) {
    if (messages.length === 0)
        return null;
    const lines = (some) => some.map((message) => make("li", {}, message));
    const shown = make("ul", {}, lines(messages.slice(0, MIND_SHOWN)));
    return make("div", { class: "warnings", role: "note" }, make("h3", {}, "Mind"), shown,
        messages.length > MIND_SHOWN ? moreButton(messages.length - MIND_SHOWN, () => shown.append(...lines(messages.slice(MIND_SHOWN))))
            : null);
}

function answer(report) {
    const perStep = report.per === "step";
    const kernels = new Map(report.kernels.map((row) => [row.name, row]));
    const real = report.operations.filter((row) => row.gap_us !== 0 && row.status !== "similar");
    const tint = isNoise(report.total.ci95_us) || report.total.base_us === 0 ? "is-same" : gapClass(report.total.gap_us);
    return make("section", { id: "answer", class: "answer " + tint, "aria-label": "The answer" },
        make("h2", {}, verdict(report.total)), make("p", { class: "times" }, totalSentence(report.total, perStep)),
        stepsSentence(report),
        make("ul", { class: "reasons" },
            real.slice(0, CONTRIBUTORS).map((row) => contributor(row, report, kernels)),
            report.fusion.slice(0, 1).map(fusionSentence), waitingSentence(report.span, perStep),
            real.length === 0 ? make("li", {}, report.operations.length > 0 ? "No operation differs by more than the noise." :
                "There is no GPU time on either side.") : null),
        mind(report.warnings.map((warning) => warning.message)));
}
