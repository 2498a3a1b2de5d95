"use strict";

/* Sortable, searchable tables in pages. A column is {title, value(row), kind, show(row)}; kinds but "text" are
 * numbers, right-aligned and sorted largest first. `show` gives another look than the kind's. */

const PAGE_ROWS = 50;

const CELL = {
    text: (value) => value === null || value === undefined ? NONE : String(value),
    name: (value) => value === null || value === undefined ? NONE : shortName(String(value)),
    time: (value) => formatTime(value),
    gap: (value) => formatTime(value, true),
    count: formatCount,
    share: (value) => formatPercent(value),
    ratio: formatRatio,
    number: (value) => value === null || value === undefined ? NONE : value.toLocaleString("en-US"),
    status: (value) => statusBadge(value),
};

function isTextKind(kind) {
    return kind === "text" || kind === "name" || kind === "status";
}

function compareValues(a, b, kind, direction) {
    const missing = (a === null || a === undefined) - (b === null || b === undefined);
    if (missing !== 0 || a === null || a === undefined)
        return missing;
    const order = isTextKind(kind) ? (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0) : a - b;
    return order * direction;
}

class Table {
    constructor(name, columns, rows, options) {
        Object.assign(this, { name, columns, rows, options: options || {} });
        this.words = null;
        this.query = "";
        this.sorted = { column: -1, direction: 1 };
        this.page = 0;
        this.visible = rows;
        this.headers = columns.map((column, index) => this.header(column, index));
        this.body = make("tbody", {});
        this.search = make("input", { type: "search", placeholder: "Search " + name, "aria-label": "Search " + name,
            oninput: () => { this.query = this.search.value.trim().toLowerCase(); this.select(); } });
        this.count = make("span", { class: "remark", "aria-live": "polite" });
        this.back = this.pagerButton("Previous", -1);
        this.on = this.pagerButton("Next", 1);
        this.element = make("div", { class: "table" },
            make("div", { class: "tools" }, rows.length > 5 ? this.search : null, this.count,
                make("span", { class: "pager" }, this.back, this.on)),
            make("div", { class: "scroll" }, make("table", { class: "grid", "data-table": name },
                make("caption", {}, name),
                make("thead", {}, make("tr", {}, this.headers)), this.body)));
        this.select();
    }

    pagerButton(text, step) {
        return make("button", { type: "button", onclick: () => { this.page += step; this.show(); } }, text);
    }

    header(column, index) {
        return make("th", { scope: "col", class: isTextKind(column.kind) ? "text" : "figure", "aria-sort": "none" },
            make("button", { type: "button", onclick: () => this.sort(index) }, column.title));
    }

    sort(index) {
        const natural = isTextKind(this.columns[index].kind) ? 1 : -1;
        const same = this.sorted.column === index;
        this.sorted = { column: index, direction: same ? -this.sorted.direction : natural };
        this.headers.forEach((header, at) => header.setAttribute("aria-sort", at !== index ? "none" :
            this.sorted.direction > 0 ? "ascending" : "descending"));
        this.select();
    }

    matches(index) {
        this.words = this.words || this.rows.map((row) => this.columns.filter((column) => isTextKind(column.kind))
            .map((column) => column.value(row) ?? "").join("\n").toLowerCase());
        return this.query.split(/\s+/).every((word) => this.words[index].includes(word));
    }

    select() {
        this.visible = this.query ? this.rows.filter((row, index) => this.matches(index)) : this.rows;
        const { column, direction } = this.sorted;
        if (column >= 0) {
            const { value, kind } = this.columns[column];
            this.visible = this.visible.map((row) => [value(row), row])
                .sort((a, b) => compareValues(a[0], b[0], kind, direction)).map((pair) => pair[1]);
        }
        this.page = 0;
        this.show();
    }

    show() {
        const pages = Math.max(1, Math.ceil(this.visible.length / PAGE_ROWS));
        const from = this.page * PAGE_ROWS, rows = this.visible.slice(from, from + PAGE_ROWS);
        this.body.replaceChildren(...rows.map((row) => this.row(row)));
        this.back.disabled = this.page === 0;
        this.on.disabled = this.page + 1 >= pages;
        this.back.parentNode.hidden = pages === 1;
        const all = this.visible.length === this.rows.length;
        this.count.textContent = (pages > 1 ? formatCount(from + 1) + "\u2013" + formatCount(from + rows.length) + " of " : "") +
            plural(this.visible.length, "row") + (all ? "" : " (of " + formatCount(this.rows.length) + ")");
    }

    row(row) {
        const cells = this.columns.map((column, index) => {
            const value = column.value(row);
            const shown = column.show ? column.show(row) : CELL[column.kind](value);
            const tint = column.kind !== "gap" ? "" : " " + (row.status === "similar" ? "is-same" : gapClass(value));
            const content = column.kind === "name" ? make("span", { class: "name", title: String(value ?? "") }, shown) : shown;
            return make(index === 0 ? "th" : "td", { scope: index === 0 ? "row" : null,
                class: (isTextKind(column.kind) ? "text" : "figure") + tint },
            index === 0 && this.options.details !== false ? this.opener(row, content) : content);
        });
        return make("tr", { onclick: (event) => this.toggle(event.currentTarget, row, event) }, cells);
    }

    opener(row, content) {
        return make("button", { type: "button", class: "opener", "aria-expanded": "false" }, content);
    }

    toggle(line, row, event) {
        const opener = line.querySelector(".opener");
        const selecting = String(window.getSelection()).length > 0 && !event.target.closest(".opener");
        if (!opener || selecting)
            return;
        const open = opener.getAttribute("aria-expanded") === "true";
        opener.setAttribute("aria-expanded", String(!open));
        line.classList.toggle("open", !open);
        if (open)
            line.nextElementSibling.remove();
        else
            line.after(make("tr", { class: "details" }, make("td", { colspan: this.columns.length },
                describe(this.options.source ? this.options.source(row) : row))));
    }
}

/* Several tables of which one is seen; each is built when it is first asked for. */
function tabs(tables) {
    const present = tables.filter((table) => table.rows.length > 0);
    const panel = make("div", { role: "tabpanel", class: "card panel" });
    const buttons = present.map((table) => make("button", { type: "button", role: "tab", "aria-selected": "false",
        tabindex: "-1", onclick: () => choose(table) }, table.name, " ",
    make("span", { class: "remark" }, formatCount(table.rows.length))));
    function choose(table) {
        buttons.forEach((button, index) => button.setAttribute("aria-selected", String(present[index] === table)));
        table.built = table.built || new Table(table.name, table.columns, table.rows, table.options);
        panel.replaceChildren(...(table.remark ? [make("p", { class: "remark" }, table.remark)] : []), table.built.element);
        panel.setAttribute("aria-label", table.name);
    }
    const bar = make("div", { role: "tablist", class: "tabs", "aria-label": "Tables" }, buttons);
    if (present.length > 0)
        choose(present[0]);
    rove(bar, "[role=tab]");
    return make("div", {}, bar, panel);
}
