"use strict";

/* Numbers as people read them. Times come in microseconds. */

const MINUS = "\u2212", NARROW = "\u202f", NONE = "\u2013";

function isNumber(value) {
    return typeof value === "number" && Number.isFinite(value);
}

function signed(text, value, sign) {
    return (value < 0 ? MINUS : sign && value > 0 ? "+" : "") + text;
}

function grouped(value, decimals) {
    return value.toLocaleString("en-US", { minimumFractionDigits: decimals || 0, maximumFractionDigits: decimals || 0 });
}

function formatCount(value) {
    return isNumber(value) ? signed(grouped(Math.abs(value)), value, false) : NONE;
}

function formatTime(us, sign) {
    if (!isNumber(us))
        return NONE;
    const size = Math.abs(us);
    const [unit, scale] = size >= 1e6 ? ["s", 1e6] : size >= 1e3 ? ["ms", 1e3] : ["µs", 1];
    const value = size / scale;
    const decimals = value === 0 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3;
    return signed(grouped(value, decimals), us, sign) + NARROW + unit;
}

/* All digits that the document has. */
function formatExact(us) {
    return isNumber(us) ? signed(Math.abs(us).toLocaleString("en-US", { maximumFractionDigits: 3 }), us, false) + NARROW +
        "µs" : NONE;
}

function formatPercent(share, sign) {
    if (!isNumber(share))
        return NONE;
    const size = Math.abs(share) * 100;
    return signed(size >= 9999.5 ? grouped(size) : size.toFixed(size > 0 && size < 0.1 ? 2 : 1), share, sign) +
        NARROW + "%";
}

function formatRatio(ratio) {
    return isNumber(ratio) ? (ratio >= 100 ? grouped(ratio) : ratio.toFixed(3)) + "×" : NONE;
}

function formatBytes(bytes) {
    if (!isNumber(bytes))
        return NONE;
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    for (; bytes >= 1024 && unit + 1 < units.length; unit++)
        bytes /= 1024;
    return bytes.toFixed(unit ? 1 : 0) + NARROW + units[unit];
}

/* Kernels by their names in the trace, where these are mangled; main fills it. */
const READABLE = new Map();

/* C++ names without return type and parameter list: what tells kernels apart is the rest. */
function shortName(name) {
    let text = (READABLE.get(name) || name).replace(/^void |^std::enable_if<.*?>::type /, "");
    if (text.endsWith(")") || text.endsWith(") const")) {
        let depth = 0, at = text.lastIndexOf(")");
        for (; at > 0; at--) {
            depth += (text[at] === ")") - (text[at] === "(");
            if (depth === 0)
                break;
        }
        if (at > 0 && /[\w>}]/.test(text[at - 1]))
            text = text.slice(0, at);
    }
    return text.replaceAll("(anonymous namespace)::", "");
}

function isPlainArgument(argument) {
    return /^\s*(\(\w+\))?[\s\d]*\w?$|^[\s*&]*((bool|char|short|int|long|float|double|void|const|unsigned|signed|true|false)[\s*&]*)+$/
        .test(argument);
}

/* Without template arguments that are only numbers or built-in types, innermost first. */
function dropPlainArguments(text) {
    for (let before = ""; before !== text;) {
        before = text;
        text = text.replace(/\s*<([^<>]*)>/g, (_, list) => {
            const kept = list.split(",").filter((argument) => !isPlainArgument(argument)).map((argument) => argument.trim());
            return kept.length > 0 ? "\u2039" + kept.join(", ") + "\u203a" : "";
        });
    }
    return text.replaceAll("\u2039", "<").replaceAll("\u203a", ">");
}

/* Only what tells kernels apart: no namespaces, lambdas or parameter lists; the middle of a long one is left out. */
function briefName(name, most) {
    let text = shortName(name);
    for (let before = ""; before !== text;) {
        before = text;
        text = text.replace(/([\w>})])\([^()]*\)/g, "$1").replace(/\{[^{}]*\}/g, "");
    }
    text = text.replace(/(::|\boperator\b|\s*\bconst\b)+(?=[>,]|$)/g, "").replace(/\b\w+::/g, "");
    text = dropPlainArguments(text) || name;
    const head = Math.ceil(most * 0.6);
    return text.length > most ? text.slice(0, head) + "\u2026" + text.slice(text.length - (most - head - 1)) : text;
}

function plural(count, word) {
    return formatCount(count) + " " + word + (count === 1 ? "" : "s");
}

function gapClass(gap) {
    return gap > 0 ? "is-slower" : gap < 0 ? "is-faster" : "is-same";
}

/* What is within the noise has no colour. */
function statusClass(row) {
    return row.status === "similar" ? "is-same" : gapClass(row.gap_us);
}

const STATUS_WORDS = { slower: "slower", faster: "faster", similar: "similar", base_only: "only base",
    test_only: "only test", same: "same", replaced: "replaced", fused: "fused", split: "split" };

function statusBadge(status) {
    return make("span", { class: "badge badge-" + status }, STATUS_WORDS[status] || String(status));
}
