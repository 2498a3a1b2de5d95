"use strict";

/* Bars. Positions are percent of the track they lie on, so that charts follow the width of the page. */

const WATERFALL_ROWS = 10;
const PARTS = [["compute", "compute", "compute_us"], ["exposed_comm", "exposed communication", "exposed_comm_us"],
    ["exposed_copy", "exposed copy", "exposed_copy_us"], ["idle", "idle", "idle_us"]];
const PHASE_ORDER = ["prefill", "mixed", "decode", "none"];

/* From base to test, one gap a row: rows are {label, gap, title}, widest first; what is narrow becomes one row. */
function waterfallRows(gaps) {
    const there = gaps.filter((row) => row.gap !== 0);
    const widest = Math.max(...there.map((row) => Math.abs(row.gap)), 0);
    const shown = there.filter((row, index) => index < WATERFALL_ROWS && Math.abs(row.gap) >= widest / 200);
    const rest = there.filter((row) => !shown.includes(row));
    const status = rest.every((row) => row.status === "similar") ? "similar" : null;
    if (rest.length === 0)
        return shown;
    const gap = rest.reduce((sum, row) => sum + row.gap, 0);
    return [...shown, { label: rest.length === 1 ? rest[0].label : rest.length + " others", gap, status,
        title: rest.map((row) => row.label).join(", ") }];
}

/* An axis from 0, unless more than half of it would say nothing. */
function waterfallAxis(stops) {
    const low = Math.min(...stops), high = Math.max(...stops);
    const start = low - (high - low) * 0.4;
    const from = high > low && start > high * 0.5 ? start : 0;
    const scale = 97 / ((high - from) || 1);
    return { from, at: (value) => (value - from) * scale };
}

function waterfallLine(kind, label, bar, value, title) {
    return make("li", { class: "fall " + kind, title }, make("span", { class: "fall-label" }, label),
        make("span", { class: "track" }, bar), make("span", { class: "fall-value" }, value));
}

function waterfall(label, base, test, gaps) {
    const rows = waterfallRows(gaps);
    const stops = [base];
    rows.forEach((row) => stops.push(stops[stops.length - 1] + row.gap));
    const axis = waterfallAxis([...stops, test]);
    const broken = axis.from > 0 ? " broken" : "";
    const total = (name, value) => waterfallLine("total", name,
        spot("bar " + name + broken, 0, axis.at(value)), formatTime(value), formatExact(value));
    const steps = rows.map((row, index) => {
        const from = Math.min(stops[index], stops[index + 1]), to = Math.max(stops[index], stops[index + 1]);
        return waterfallLine("step " + (row.status === "similar" ? "is-same" : gapClass(row.gap)), row.label,
            [spot("joint", axis.at(stops[index]), 0), spot("bar", axis.at(from), axis.at(to) - axis.at(from))],
            formatTime(row.gap, true), (row.title ? row.title + ": " : "") + formatExact(row.gap));
    });
    return make("div", {},
        make("ol", { class: "waterfall", "aria-label": label }, total("base", base), steps, total("test", test)),
        axis.from > 0 ? make("p", { class: "remark axis" }, "The axis starts at " + formatTime(axis.from) + ".") : null);
}

/* Both sides of each operation, and how its gap splits into more launches and slower ones. */
function operationRow(row, scale, split) {
    const bar = (side, us) => make("span", { class: "pair-line" },
        make("span", { class: "track" }, spot("bar " + side, 0, us * scale)),
        make("span", { class: "pair-value" }, us > 0 ? formatTime(us) : NONE));
    const halves = [["launches", row.gap_count_us], ["speed", row.gap_speed_us]].map(([name, us]) =>
        make("span", { class: "split-line", title: name + ": " + formatExact(us) },
            make("span", { class: "split-name" }, name),
            make("span", { class: "track middle" }, spot("bar " + (row.status === "similar" ? "is-same" : gapClass(us)), us < 0 ? 50 + us * split : 50,
                Math.abs(us) * split)),
            make("span", { class: "split-value" }, us === 0 ? NONE : formatTime(us, true))));
    const ci = row.ci95_us && row.ci95_us[0] !== row.ci95_us[1] ? make("span", { class: "interval", title: "95 % interval of the gap (Welch)" },
        formatTime(row.ci95_us[0], true) + " to " + formatTime(row.ci95_us[1], true)) : null;
    return make("li", { class: "operation" },
        make("span", { class: "operation-name" }, row.operation, " ", statusBadge(row.status)),
        make("span", { class: "pair" }, bar("base", row.base_us), bar("test", row.test_us)),
        make("span", { class: "operation-gap " + statusClass(row) }, make("b", {}, formatTime(row.gap_us, true)),
            make("span", { class: "remark" }, row.ratio === null ? "" : formatPercent(row.ratio - 1, true)), ci),
        make("span", { class: "splits" }, halves));
}

function sideBySide(rows, shown) {
    const widest = Math.max(...rows.map((row) => Math.max(row.base_us, row.test_us)), 0) || 1;
    const split = 50 / (Math.max(...rows.map((row) => Math.max(Math.abs(row.gap_count_us),
        Math.abs(row.gap_speed_us))), 0) || 1);
    const items = (some) => some.map((row) => operationRow(row, 100 / widest, split));
    const chart = make("ol", { class: "operations", "aria-label": "Operations, base and test" },
        items(rows.slice(0, shown)));
    return make("div", {}, chart, rows.length > shown ? moreButton(rows.length - shown, () =>
        chart.append(...items(rows.slice(shown)))) : null);
}

function moreButton(count, show) {
    const button = make("button", { type: "button", class: "more", onclick: () => {
        show();
        button.remove();
    } }, "Show " + formatCount(count) + " more");
    return button;
}

function shareRow(row) {
    return make("li", { class: "share", title: row.label + ": " + formatExact(row.us) },
        make("span", { class: "share-name" }, row.label),
        make("span", { class: "track" }, spot("bar whole", 0, row.part * 100)),
        make("span", { class: "share-part" }, formatPercent(row.share)),
        make("span", { class: "share-value" }, formatTime(row.us)));
}

/* Rows {label, us, share}; bars are relative to the widest. */
function shares(label, rows, className) {
    const widest = Math.max(...rows.map((row) => row.share), 0) || 1;
    rows.forEach((row) => { row.part = row.share / widest; });
    return make("ol", { class: "shares " + className, "aria-label": label }, rows.map(shareRow));
}

function sumTimeline(timeline) {
    const sum = {};
    for (const row of timeline)
        for (const [key, value] of Object.entries(row))
            if (key !== "device")
                sum[key] = (sum[key] || 0) + value;
    return sum;
}

/* One bar cut into parts: [{className, label, us}], as long as `most`. */
function stackedBar(label, parts, most) {
    const there = parts.filter((part) => part.us > 0);
    let left = 0;
    return make("span", { class: "track stacked", role: "img", "aria-label": label + ": " +
        there.map((part) => part.label + " " + formatTime(part.us)).join(", ") },
    there.map((part) => {
        const width = part.us / most * 100;
        left += width;
        return spot("bar " + part.className, left - width, width, { title: part.label + ": " + formatExact(part.us) });
    }));
}
