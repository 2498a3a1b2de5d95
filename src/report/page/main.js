"use strict";

function themeButton() {
    const root = document.documentElement;
    const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const button = make("button", { type: "button", class: "theme", "aria-label": "Dark colours" });
    const show = () => {
        button.textContent = dark() ? "Light" : "Dark";
        button.setAttribute("aria-pressed", String(dark()));
    };
    button.addEventListener("click", () => {
        root.dataset.theme = dark() ? "light" : "dark";
        show();
    });
    show();
    return button;
}

function pageLinks(sections) {
    return make("nav", { class: "links", "aria-label": "Parts of the page" }, sections.filter((part) => part.querySelector("h2[id]"))
        .map((part) => make("a", { href: "#" + part.id }, part.querySelector("h2").textContent)));
}

function readData(id) {
    return document.getElementById(id).textContent;
}

function start() {
    const text = readData("report");
    const report = JSON.parse(text), drawn = JSON.parse(readData("drawn"));
    report.kernels.filter((row) => row.readable).forEach((row) => READABLE.set(row.name, row.readable));
    const compared = report.schema.startsWith("tracecmp.compare/");
    const page = (compared ? comparePage : summaryPage)(report, drawn);
    const sections = [...page.sections.filter(Boolean), documentSection(report, compared ? text : JSON.stringify(report))];
    document.title = "tracecmp: " + page.title;
    document.getElementById("page").replaceChildren(
        make("header", { class: "page-head" }, make("div", { class: "brand" }, make("h1", {}, compared ? "Comparison" : "Summary"),
            themeButton()), page.head, pageLinks(sections)),
        make("main", {}, sections),
        make("footer", {}, "tracecmp " + report.version));
}

document.addEventListener("DOMContentLoaded", start);
