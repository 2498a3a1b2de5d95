"use strict";

/* Call stacks, callers above what they call; as wide as their GPU time, in a comparison that of both sides together. */

const ICICLE_LEAST = 0.16; /* percent of the width: narrower boxes are left out */

/* rows: [caller, name, count, us, (count, us)]. Self times become whole ones, callers being before what they call. */
function buildPaths(paths, divisors) {
    const sides = divisors.length;
    const nodes = paths.rows.map((row, index) => ({ caller: null, frames: index === 0 ? [] :
        [row[1] < 0 ? "(others)" : paths.names[row[1]]], calls: [],
    count: divisors.map((_, side) => row[2 + 2 * side]), self: divisors.map((by, side) => row[3 + 2 * side] / by),
    whole: divisors.map((by, side) => row[3 + 2 * side] / by) }));
    for (let index = nodes.length - 1; index > 0; index--) {
        const node = nodes[index], caller = nodes[paths.rows[index][0]];
        node.caller = caller;
        caller.calls.push(node);
        for (let side = 0; side < sides; side++) {
            caller.whole[side] += node.whole[side];
            caller.count[side] += node.count[side];
        }
    }
    splitRoot(nodes[0], paths.rows[0], sides);
    return nodes;
}

/* What has no stack is a box of its own. */
function splitRoot(root, row, sides) {
    if (root.self.every((us) => us === 0))
        return;
    root.calls.push({ caller: root, frames: ["(no stack)"], calls: [], self: root.self, whole: root.self,
        count: Array.from({ length: sides }, (_, side) => row[2 + 2 * side]) });
    root.self = root.self.map(() => 0);
}

function width(node) {
    return node.whole.reduce((sum, us) => sum + us, 0);
}

/* A path without branches and without time of its own becomes one box. */
function folded(node, caller) {
    const frames = [...node.frames];
    while (node.calls.length === 1 && node.self.every((us) => us === 0) && node.caller) {
        node = node.calls[0];
        frames.push(...node.frames);
    }
    const box = { ...node, frames, caller, calls: [] };
    box.calls = node.calls.filter((call) => width(call) > 0).map((call) => folded(call, box))
        .sort((a, b) => width(b) - width(a));
    return box;
}

function frameLabel(frame) {
    return frame.replace(/^nn\.Module: /, "").replace(/^(?:.*\/)?([^/]+?)(?:\(\d+\))?: /, "$1: ");
}

function boxLabel(box) {
    if (box.frames.length === 0)
        return "all GPU time";
    const module = box.frames.filter((frame) => frame.startsWith("nn.Module: ")).pop();
    return frameLabel(module || box.frames[box.frames.length - 1]);
}

function gapOf(node) {
    return node.whole[1] - node.whole[0];
}

class Icicle {
    constructor(paths, divisors) {
        this.compared = divisors.length === 2;
        this.divided = divisors.some((by) => by !== 1);
        this.root = folded(buildPaths(paths, divisors)[0], null);
        this.widestGap = 0;
        this.measure([this.root]);
        this.focus = this.root;
        this.crumbs = make("nav", { class: "crumbs", "aria-label": "Callers of the widest box" });
        this.boxes = make("div", { class: "icicle", role: "group", "aria-label": "Call stacks" });
        this.readout = make("div", { class: "readout icicle-readout", "aria-live": "polite" });
        this.search = make("input", { type: "search", placeholder: "Find a frame", "aria-label": "Find a frame",
            oninput: () => this.mark() });
        this.boxes.addEventListener("keydown", (event) => this.walk(event));
        this.element = make("div", { class: "card" }, make("div", { class: "tools" }, this.search, this.scaleLegend()),
            this.crumbs, this.boxes, this.readout);
        this.zoom(this.root);
    }

    measure(boxes) {
        for (const box of boxes) {
            this.widestGap = Math.max(this.widestGap, this.compared ? Math.abs(gapOf(box)) : 0);
            this.measure(box.calls);
        }
    }

    scaleLegend() {
        return this.compared ? legend([["heat-faster", "test faster"], ["heat-same", "alike"], ["heat-slower", "test slower"]])
            : legend([["heat-module", "module"], ["heat-same", "function"]]);
    }

    color(box) {
        if (!this.compared)
            return box.frames.some((frame) => frame.startsWith("nn.Module: ")) ? "var(--heat-module)" : "var(--heat-same)";
        const gap = gapOf(box), strength = Math.sqrt(Math.abs(gap) / (this.widestGap || 1)) * 100;
        return `color-mix(in oklab, var(${gap > 0 ? "--heat-slower" : "--heat-faster"}) ${strength.toFixed(1)}%, var(--heat-same))`;
    }

    zoom(box) {
        this.focus = box;
        this.drawn = new Map();
        const elements = [];
        let deepest = 0;
        const place = (node, left, percent, depth) => {
            deepest = Math.max(deepest, depth);
            elements.push(this.box(node, left, percent, depth));
            let at = left;
            for (const call of node.calls) {
                const part = percent * width(call) / (width(node) || 1);
                if (part >= ICICLE_LEAST)
                    place(call, at, part, depth + 1);
                at += part;
            }
        };
        place(box, 0, 100, 0);
        this.boxes.style.setProperty("--rows", deepest + 1);
        this.boxes.replaceChildren(...elements);
        elements[0].tabIndex = 0;
        this.showCrumbs(box);
        this.tell(box);
        this.mark();
    }

    box(node, left, percent, depth) {
        const element = make("button", { type: "button", tabindex: "-1", class: "box", "aria-label": this.words(node),
            style: { left: left + "%", width: percent + "%", "--row": depth, background: this.color(node) },
            onclick: () => { this.zoom(node); this.boxes.firstChild.focus({ preventScroll: true }); },
            onpointerenter: () => this.tell(node), onfocus: () => this.tell(node) },
        percent > 2 ? boxLabel(node) : "");
        this.drawn.set(node, element);
        element.node = node;
        return element;
    }

    words(node) {
        const times = this.compared ? formatTime(node.whole[0]) + " to " + formatTime(node.whole[1]) + ", " +
            formatTime(gapOf(node), true) : formatTime(node.whole[0]);
        return boxLabel(node) + ": " + times;
    }

    showCrumbs(box) {
        const chain = [];
        for (let node = box; node; node = node.caller)
            chain.unshift(node);
        this.crumbs.replaceChildren(...chain.map((node) => make("button", { type: "button", class: "link",
            "aria-current": node === box ? "true" : null, onclick: () => this.zoom(node) }, boxLabel(node))));
        this.crumbs.hidden = chain.length < 2;
    }

    tell(node) {
        const of = (values) => this.compared ? [formatTime(values[0]), " → ", formatTime(values[1]), " (",
            make("b", { class: gapClass(values[1] - values[0]) }, formatTime(values[1] - values[0], true)), ")"]
            : [formatTime(values[0]), " (", formatPercent(values[0] / (this.root.whole[0] || 1)), ")"];
        this.readout.replaceChildren(
            make("p", {}, make("b", {}, boxLabel(node)), " ", of(node.whole), node.self.some((us) => us > 0) &&
                node.calls.length > 0 ? [" · of its own ", of(node.self)] : null, " · ",
            node.count.map(formatCount).join(" → "), " GPU events"),
            node.frames.length > 0 ? make("ol", { class: "frames" },
                node.frames.map((frame) => make("li", {}, frame))) :
                make("p", { class: "remark" }, "Point at a box for its frames. Enter zooms in, Escape out; the arrow keys move."));
    }

    mark() {
        const wanted = this.search.value.trim().toLowerCase();
        for (const [node, element] of this.drawn)
            element.classList.toggle("dim", wanted !== "" &&
                !node.frames.some((frame) => frame.toLowerCase().includes(wanted)));
    }

    walk(event) {
        const node = event.target.node;
        if (!node)
            return;
        const siblings = node.caller ? node.caller.calls : [node];
        const at = siblings.indexOf(node);
        const next = { ArrowDown: node.calls[0], ArrowUp: node.caller, ArrowRight: siblings[at + 1],
            ArrowLeft: siblings[at - 1] }[event.key];
        if (event.key === "Escape")
            this.zoom(this.root);
        else if (!next)
            return;
        else if (event.key === "ArrowUp" && node === this.focus)
            this.zoom(next);
        event.preventDefault();
        const element = this.drawn.get(next) || this.boxes.firstChild;
        element.focus();
    }
}

function icicleSection(paths, divisors) {
    const stacked = paths.rows.length > 1;
    const remark = !stacked ? null : (divisors.length === 2 ? "As wide as the GPU time of both sides, coloured by the gap. " :
        "As wide as the GPU time launched from there. ") + "A click zooms in." +
        (divisors.some((by) => by !== 1) ? " Times are divided by the number of steps, those left out included, and hold what lies outside steps too." : "");
    return section("stacks", "Call stacks", remark, stacked ? new Icicle(paths, divisors).element :
        make("p", { class: "card remark" }, "No Python stacks: the trace has none, or --no-stacks was given."));
}
