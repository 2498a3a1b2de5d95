"use strict";

/* All that the document says of one thing. Any value can be shown, also of keys that this page has never heard of. */

const WIDE_LIST = 60;

function formatScalar(key, value) {
    if (value === null)
        return NONE;
    if (typeof value !== "number")
        return String(value);
    if (/_us$/.test(key))
        return formatExact(value);
    if (/^(share|share_of_gap|confidence)$/.test(key))
        return formatPercent(value);
    if (key === "ratio")
        return formatRatio(value);
    if (/bytes/.test(key))
        return grouped(value) + " bytes";
    return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

function wording(key) {
    return key.replace(/_us$/, "").replaceAll("_", " ");
}

function isPlain(value) {
    return value === null || typeof value !== "object";
}

/* Two objects of numbers side by side, with their difference. */
function sidesTable(base, test) {
    const keys = Object.keys(base || test);
    const cell = (side, key) => make("td", {}, side ? formatScalar(key, side[key]) : NONE);
    return make("table", { class: "sides" },
        make("thead", {}, make("tr", {}, ["", "base", "test", "difference"].map((text) =>
            make("th", { scope: "col" }, text)))),
        make("tbody", {}, keys.map((key) => make("tr", {},
            make("th", { scope: "row" }, wording(key)), cell(base, key), cell(test, key),
            make("td", {}, base && test && isNumber(base[key]) && isNumber(test[key]) ?
                signed(formatScalar(key, Math.abs(test[key] - base[key])), test[key] - base[key], true) : NONE)))));
}

function list(values) {
    const items = (some) => some.map((value) => make("li", {}, isPlain(value) ? String(value) : describe(value)));
    const shown = make("ol", { class: "values" }, items(values.slice(0, WIDE_LIST)));
    if (values.length <= WIDE_LIST)
        return shown;
    const more = make("button", { type: "button", class: "link", onclick: () => {
        shown.append(...items(values.slice(WIDE_LIST)));
        more.remove();
    } }, "show all " + formatCount(values.length));
    return make("div", {}, shown, more);
}

function rowsTable(rows) {
    const keys = [...new Set(rows.flatMap(Object.keys))];
    return make("table", { class: "sides" },
        make("thead", {}, make("tr", {}, keys.map((key) => make("th", { scope: "col" }, wording(key))))),
        make("tbody", {}, rows.map((row) => make("tr", {}, keys.map((key) =>
            make("td", {}, isPlain(row[key]) ? formatScalar(key, row[key] ?? null) : describe(row[key])))))));
}

function describeArray(values) {
    if (values.length === 0)
        return make("p", { class: "remark" }, "none");
    const flat = values.every((value) => !isPlain(value) && !Array.isArray(value) && Object.values(value).every(isPlain));
    return flat && values.length <= 100 ? rowsTable(values) : list(values);
}

function describeObject(object) {
    const entries = Object.entries(object);
    const paired = "base" in object && "test" in object && [object.base, object.test].every((side) =>
        side === null || (typeof side === "object" && Object.values(side).every(isPlain))) && (object.base || object.test);
    const plain = entries.filter(([, value]) => isPlain(value) && !(paired && value === null));
    const nested = entries.filter(([key, value]) => !isPlain(value) && !(paired && (key === "base" || key === "test")));
    return make("div", { class: "facts" },
        make("dl", {}, plain.filter(([key]) => !(paired && (key === "base" || key === "test")))
            .map(([key, value]) => make("div", {},
                make("dt", {}, wording(key)), make("dd", {}, formatScalar(key, value))))),
        paired ? sidesTable(object.base, object.test) : null,
        nested.map(([key, value]) => make("div", { class: "fact-group" },
            make("h4", {}, wording(key)), describe(value))));
}

function describe(value) {
    if (isPlain(value))
        return make("span", {}, String(value));
    return Array.isArray(value) ? describeArray(value) : describeObject(value);
}

/* The whole document as a tree that opens where it is clicked. */

const BRANCH = 200;

function treeEntries(value) {
    const entries = Object.entries(value);
    if (entries.length <= BRANCH)
        return entries;
    const parts = [];
    for (let from = 0; from < entries.length; from += BRANCH) {
        const part = entries.slice(from, from + BRANCH);
        parts.push([part[0][0] + " to " + part[part.length - 1][0], Object.fromEntries(part)]);
    }
    return parts;
}

function treeNode(key, value) {
    if (isPlain(value))
        return make("div", { class: "leaf" }, make("b", {}, key), " ", make("code", {}, JSON.stringify(value)));
    const size = Object.keys(value).length;
    const name = isPlain(value.name ?? value.operation) ? value.name ?? value.operation ?? "" : "";
    const node = make("details", { class: "branch" }, make("summary", {}, make("b", {}, key), " ",
        make("span", { class: "remark" }, name ? shortName(String(name)).slice(0, 90) : plural(size, "entr") .replace(
            /entrs?$/, size === 1 ? "entry" : "entries"))));
    node.addEventListener("toggle", () => {
        node.append(...treeEntries(value).map(([child, below]) => treeNode(child, below)));
    }, { once: true });
    return node;
}

function documentSection(report, text) {
    const save = make("button", { type: "button", onclick: () => {
        const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
        make("a", { href: url, download: "tracecmp.json" }).click();
        setTimeout(() => URL.revokeObjectURL(url), 1000);
    } }, "Save as JSON");
    return section("document", "Everything", "The JSON document this page is made of, to the last digit.",
        make("div", { class: "card" }, save,
            make("div", { class: "tree" }, treeEntries(report).map(([key, value]) => treeNode(key, value)))));
}
