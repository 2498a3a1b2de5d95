"use strict";

/* Elements. Every text of a trace enters the page through here, as a text node or an attribute's value: nothing is
 * ever parsed as HTML. */

const SVG = "http://www.w3.org/2000/svg";

function dress(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
        if (value === undefined || value === null || value === false)
            continue;
        if (name.startsWith("on"))
            node.addEventListener(name.slice(2), value);
        else if (name === "style")
            for (const [property, setting] of Object.entries(value))
                node.style.setProperty(property, setting);
        else
            node.setAttribute(name, value === true ? "" : String(value));
    }
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return node;
}

function make(tag, attributes, ...children) {
    return dress(document.createElement(tag), attributes, children);
}

function draw(tag, attributes, ...children) {
    return dress(document.createElementNS(SVG, tag), attributes, children);
}

function spot(className, left, width, more) {
    return make("span", { class: className, style: { left: left + "%", width: Math.max(width, 0) + "%" }, ...more });
}

/* A part of the page: a heading, an optional remark, and what it shows. */
function section(id, title, remark, ...content) {
    return make("section", { id, "aria-labelledby": id + "-title" },
        make("header", { class: "section-head" },
            make("h2", { id: id + "-title" }, title),
            remark ? make("p", { class: "remark" }, remark) : null),
        ...content);
}

function legend(items) {
    return make("ul", { class: "legend" },
        items.map(([className, text]) => make("li", {}, make("i", { class: "swatch " + className }), text)));
}

/* One element of a group takes part in the order of Tab; arrow keys move within the group. */
function rove(group, selector) {
    const members = () => [...group.querySelectorAll(selector)];
    const first = members()[0];
    if (first)
        first.tabIndex = 0;
    group.addEventListener("focusin", (event) => {
        const member = event.target.closest(selector);
        if (!member)
            return;
        members().forEach((other) => { other.tabIndex = -1; });
        member.tabIndex = 0;
    });
    group.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        const all = members(), at = all.indexOf(document.activeElement);
        if (!step || at < 0 || event.defaultPrevented)
            return;
        event.preventDefault();
        all[Math.min(Math.max(at + step, 0), all.length - 1)].focus();
    });
}
