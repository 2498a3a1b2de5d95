"use strict";

/* The layers: one cell each, and the aligned layer as two lanes of kernels in the order of time. */

function laneBlock(pair, side, left, width, choose) {
    const kernels = pair[side + "_kernels"];
    return make("button", { type: "button", tabindex: "-1", class: "block kind-" + pair.kind,
        style: { left: left + "%", width: width + "%" }, title: kernels.map(shortName).join("\n"),
        "aria-label": side + ": " + pair.operation + ", " + STATUS_WORDS[pair.kind] + ", " +
            plural(kernels.length, "kernel") + ", " + formatTime(pair[side + "_us"]),
        onclick: () => choose(pair) },
    kernels.map((_, index) => make("span", { class: "kernel" }, index === 0 && width > 5 ? pair.operation : "")));
}

function ribbon(pair, base, test) {
    const points = [[base[0], 0], [base[0] + base[1], 0], [test[0] + test[1], 10], [test[0], 10]];
    return draw("polygon", { class: "ribbon kind-" + pair.kind, points: points.map((point) => point.join(",")).join(" ") });
}

function lanes(layer, choose) {
    const most = Math.max(...["base_us", "test_us"].map((key) => layer.pairs.reduce((sum, pair) => sum + pair[key], 0)));
    const scale = 100 / (most || 1);
    const ends = { base: 0, test: 0 }, blocks = { base: [], test: [] }, ribbons = [];
    for (const pair of layer.pairs) {
        const at = {};
        for (const side of ["base", "test"]) {
            at[side] = [ends[side], pair[side + "_us"] * scale];
            if (pair[side + "_kernels"].length > 0)
                blocks[side].push(laneBlock(pair, side, at[side][0], at[side][1], choose));
            ends[side] += at[side][1];
        }
        if (pair.base_kernels.length > 0 && pair.test_kernels.length > 0)
            ribbons.push(ribbon(pair, at.base, at.test));
    }
    const lane = (side) => make("div", { class: "lane" }, make("span", { class: "lane-name side-" + side }, side),
        make("div", { class: "blocks", role: "group", "aria-label": side + ": kernels of the layer" }, blocks[side]));
    const picture = make("div", { class: "lanes" }, lane("base"),
        make("div", { class: "lane" }, make("span", { class: "lane-name" }),
            draw("svg", { class: "ribbons", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, ribbons)),
        lane("test"));
    rove(picture, ".block");
    return make("div", { class: "scroll" }, picture);
}

const CELL_NAME = 72; /* characters of a kernel's name in a cell */

const PAIR_COLUMNS = [
    { title: "operation", kind: "text", value: (pair) => pair.operation },
    { title: "pairing", kind: "status", value: (pair) => pair.kind },
    { title: "base", kind: "time", value: (pair) => pair.base_us },
    { title: "test", kind: "time", value: (pair) => pair.test_us },
    { title: "gap", kind: "gap", value: (pair) => pair.gap_us },
    { title: "base kernels", kind: "text", value: (pair) => pair.base_kernels.map(shortName).join(" + "), show: kernelCell("base") },
    { title: "test kernels", kind: "text", value: (pair) => pair.test_kernels.map(shortName).join(" + "), show: kernelCell("test") },
];

function kernelCell(side) {
    return (row) => {
        const names = row[side + "_kernels"];
        return names.length === 0 ? NONE : make("ul", { class: "kernels" }, names.map((name) =>
            make("li", { class: "name", title: name }, briefName(name, CELL_NAME))));
    };
}

function alignedLayer(layer) {
    const kinds = ["same", "replaced", "fused", "split", "base_only", "test_only"]
        .filter((kind) => layer.pairs.some((pair) => pair.kind === kind));
    const details = make("div", { class: "chosen", "aria-live": "polite" });
    const choose = (pair) => details.replaceChildren(make("h4", {}, pair.operation + ", " + STATUS_WORDS[pair.kind]), describe(pair));
    return make("div", {}, lanes(layer, choose), legend(kinds.map((kind) => ["kind-" + kind, STATUS_WORDS[kind]])), details,
        new Table("Pairs of layer " + layer.layer, PAIR_COLUMNS, layer.pairs).element);
}

function layerColor(gap, widest) {
    const strength = Math.sqrt(Math.abs(gap) / (widest || 1)) * 100;
    return `color-mix(in oklab, var(${gap > 0 ? "--heat-slower" : "--heat-faster"}) ${strength.toFixed(1)}%, var(--heat-same))`;
}

function layerCells(layers, words, color, choose) {
    const cells = make("div", { class: "layer-cells", role: "group", "aria-label": "Layers" }, layers.map((layer) =>
        make("button", { type: "button", tabindex: "-1", "aria-pressed": "false", title: words(layer),
            "aria-label": words(layer), style: { background: color(layer) }, onclick: (event) => {
                cells.querySelectorAll("[aria-pressed=true]").forEach((cell) => cell.setAttribute("aria-pressed", "false"));
                event.currentTarget.setAttribute("aria-pressed", "true");
                choose(layer);
            } }, String(layer.layer))));
    rove(cells, "button");
    return cells;
}

/* How layers were found, when both sides have some. */
const LAYER_METHODS = { module: "by the modules of Python stacks", period: "by the period of the kernels",
    attention: "from one attention kernel to the next" };

function layerMethods(base, test) {
    const words = [base, test].map((side) => LAYER_METHODS[side.method]);
    if (!words[0] || !words[1])
        return "";
    return " Found " + (words[0] === words[1] ? words[0] : words[0] + " in base, " + words[1] + " in test") + ".";
}

function comparedLayersSection(report) {
    const layers = report.layers;
    if (layers.length === 0)
        return null;
    const widest = Math.max(...layers.map((layer) => Math.abs(layer.gap_us)));
    const view = make("div", {});
    const choose = (layer) => view.replaceChildren(
        make("h3", {}, "Layer " + layer.layer + ": " + formatTime(layer.base_us) + " → " + formatTime(layer.test_us) + " (" +
            formatTime(layer.gap_us, true) + ")"),
        (layer.pairs || []).length > 0 ? alignedLayer(layer) : make("p", { class: "remark" }, "Its kernels were not aligned."));
    const cells = layerCells(layers, (layer) => "layer " + layer.layer + ": " + formatTime(layer.base_us) + " → " +
        formatTime(layer.test_us) + ", " + formatTime(layer.gap_us, true), (layer) => layerColor(layer.gap_us, widest), choose);
    const first = layers.findIndex((layer) => (layer.pairs || []).length > 0);
    cells.children[Math.max(first, 0)].click();
    return section("layers", "Layers", "The mean of a run of each layer, coloured by its gap. Below, the kernels of the chosen one side by side." +
        layerMethods(report.base.layers, report.test.layers),
        make("div", { class: "card" }, cells, view));
}

function summaryLayersSection(layers) {
    if (layers.list.length === 0)
        return null;
    const means = layers.list.map((layer) => layer.mean_us), low = Math.min(...means), high = Math.max(...means);
    const view = make("div", { class: "chosen", "aria-live": "polite" });
    const color = (layer) => `color-mix(in oklab, var(--heat-module) ${(high > low ?
        (layer.mean_us - low) / (high - low) * 100 : 0).toFixed(1)}%, var(--heat-same))`;
    const cells = layerCells(layers.list, (layer) => "layer " + layer.layer + ": " + formatTime(layer.mean_us) + " a run, " +
        formatCount(layer.count) + " runs", color, (layer) => view.replaceChildren(make("h3", {}, "Layer " + layer.layer),
        describe(layer)));
    return section("layers", "Layers", "Found by " + layers.method + ". From " + formatTime(low) + " to " + formatTime(high) +
        " a run; the darker, the longer.", make("div", { class: "card" }, cells, view));
}
