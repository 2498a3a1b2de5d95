"use strict";

/* What got slower, by how much and why, in sentences: those of the text report. */

const CONTRIBUTORS = 3, MIND_SHOWN = 4, LAYERS_NAMED = 3, SENTENCE_NAME = 56;
const SURE = 0.5; /* fusions that are less sure are in the table only */
const SMALL_SHARE = 0.01; /* parts of a gap below this share are not worth a word */

function isNoise(interval) {
    return Boolean(interval) && interval[0] <= 0 && interval[1] >= 0;
}

function verdict(total) {
    if (total.gap_us === 0)
        return "Test takes as long as base";
    if (total.base_us === 0 || total.test_us === 0)
        return (total.base_us === 0 ? "Base" : "Test") + " has no GPU time to compare with";
    const fold = Math.max(total.test_us / total.base_us, total.base_us / total.test_us);
    const times = fold.toFixed(fold < 100 ? 1 : 0);
    if (fold > 2 && !isNoise(total.ci95_us))
        return "Test takes " + (total.gap_us > 0 ? times + " times as long as base" : "1/" + times + " of base\u2019s time");
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
    return side + " " + plural(steps[side + "_used"], "step") + (reasons.length > 0 ? " (" + reasons.join(", ") + " left out)" : "");
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
    const launches = perStep || row.base.count === row.test.count ? "" : " (" + formatCount(row.base.count) + " \u2192 " + formatCount(row.test.count) + ")";
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
        make("code", { title: kernel.name }, briefName(kernel.name, SENTENCE_NAME))] : null;
}

/* A layer that only one side has makes a gap that is in no other layer.
 * Layers are alike when their gaps differ by less than half of their mean; one stands for the gap when it has more than
 * half of what all have together. */
function layersClause(operation, report) {
    const layers = report.layers;
    if (report.base.layers.count !== report.test.layers.count || layers.some((layer) => layer.status.endsWith("_only")))
        return null;
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

/* What the operations that changed add and save together. Where these cancel each other, shares of the gap say nothing. */
function movementOf(operations) {
    const sum = (sign) => operations.filter((row) => row.status !== "similar" && row.gap_us * sign > 0)
        .reduce((total, row) => total + Math.abs(row.gap_us), 0);
    const added = sum(1), saved = sum(-1);
    return { added, saved, cancel: Math.min(added, saved) * 10 > Math.abs(added - saved) };
}

function movementSentence(movement) {
    return movement.cancel ? make("p", { class: "remark" }, "Some operations take ", make("b", { class: "is-slower" },
        formatTime(movement.added) + " more"), ", others ", make("b", { class: "is-faster" }, formatTime(movement.saved) + " less"), ":") :
        null;
}

function shareClause(row, movement) {
    if (!movement.cancel)
        return row.share_of_gap > 0 && row.share_of_gap <= 1 ? ", " + formatPercent(row.share_of_gap) + " of the gap" : "";
    const share = Math.abs(row.gap_us) / (row.gap_us > 0 ? movement.added : movement.saved);
    return share < 1 ? ", " + formatPercent(share) + " of what is " + (row.gap_us > 0 ? "added" : "saved") : "";
}

function contributor(row, report, kernels, movement) {
    return make("li", {}, make("b", {}, row.operation), " ",
        make("b", { class: gapClass(row.gap_us) }, formatTime(row.gap_us, true)),
        shareClause(row, movement) + ": " + reason(row, report.per === "step"),
        layersClause(row.operation, report), widestKernel(row, kernels), ".");
}

/* When one side has layers more: how many, and which only one has. */
function depthSentence(report) {
    const counts = ["base", "test"].map((side) => report[side].layers.count);
    if (counts[0] === counts[1] || counts[0] === 0 || counts[1] === 0)
        return null;
    const lone = ["base", "test"].map((side) => {
        const only = report.layers.filter((layer) => layer.status === side + "_only").map((layer) => layer.layer);
        return only.length === 0 ? "" : "; only in " + side + ": " + only.slice(0, LAYERS_NAMED).join(", ") +
            (only.length > LAYERS_NAMED ? " and " + (only.length - LAYERS_NAMED) + " more" : "");
    });
    return make("p", { class: "remark" }, "Base has " + plural(counts[0], "layer") + ", test " + formatCount(counts[1]) +
        lone.join("") + ".");
}

function namesOf(kernels) {
    return make("b", { title: kernels.join("\n") }, kernels.map((name) => briefName(name, SENTENCE_NAME)).join(" + "));
}

function fusionSentence(fusion) {
    return make("li", {}, (fusion.side === "test" ? "Test" : "Base") + " fuses ",
        namesOf(fusion.separate), " into ", namesOf(fusion.fused),
        ", " + plural(fusion.occurrences, "time") + ": ",
        make("b", { class: gapClass(fusion.gap_us) }, formatTime(fusion.gap_us, true)), ".");
}

/* The widest one, and what the others that are sure come to. */
function fusionSentences(fusions) {
    const [first, ...others] = fusions.filter((fusion) => fusion.confidence >= SURE);
    const sum = (key) => others.reduce((total, fusion) => total + fusion[key], 0);
    return [first ? fusionSentence(first) : null,
        others.length > 0 ? make("li", {}, plural(others.length, "other fusion") + ", " + plural(sum("occurrences"), "time") + " in all: ",
            make("b", { class: gapClass(sum("gap_us")) }, formatTime(sum("gap_us"), true)), ".") : null];
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
    const movement = movementOf(report.operations);
    const tint = isNoise(report.total.ci95_us) || report.total.base_us === 0 ? "is-same" : gapClass(report.total.gap_us);
    return make("section", { id: "answer", class: "answer " + tint, "aria-label": "The answer" },
        make("h2", {}, verdict(report.total)), make("p", { class: "times" }, totalSentence(report.total, perStep)),
        stepsSentence(report), depthSentence(report), movementSentence(movement),
        make("ul", { class: "reasons" },
            real.slice(0, CONTRIBUTORS).map((row) => contributor(row, report, kernels, movement)),
            fusionSentences(report.fusion), waitingSentence(report.span, perStep),
            real.length === 0 ? make("li", {}, report.operations.length > 0 ? "No operation differs by more than the noise." :
                "There is no GPU time on either side.") : null),
        mind(report.warnings.map((warning) => warning.message)));
}
