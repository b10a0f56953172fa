// Comfort only: every page works without this file. Theme, tables, progress of jobs, double submits.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function theme(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = event.submitter.value;
    document.cookie = `theme=${value};path=/;max-age=31536000;samesite=lax`;
    document.documentElement.dataset.theme = value;
    form.querySelector(value === "dark" ? ".to-light" : ".to-dark").focus();
  });
}

// A form that takes thought waits in this window, for whoever typed it, until the server has it.
function waits(form) {
  const place = `waiting ${form.dataset.waits} ${form.action}`;
  const entries = all("input:not([type=hidden]), select, textarea", form);
  new Map(JSON.parse(sessionStorage.getItem(place) || "[]")).forEach((value, name) => {
    const entry = entries.find((one) => one.name === name);
    if (entry) entry.value = value;
  });
  form.addEventListener("input", () => {
    sessionStorage.setItem(place, JSON.stringify(entries.map((entry) => [entry.name, entry.value])));
  });
}

function cellText(cell) {
  const entry = cell.querySelector("select, input:not([type=hidden])");
  if (entry) return entry.selectedOptions ? entry.selectedOptions[0].textContent : entry.value;
  return cell.textContent.trim().replace(/\s+/g, " ");
}

function cellValue(row, column) {
  const cell = row.cells[column];
  const text = cell.dataset.value ?? cellText(cell);
  const number = Number(text.replace(/,/g, "").replace("−", "-").replace(/\s*%$/, ""));
  return text !== "" && !Number.isNaN(number) ? number : text.toLowerCase();
}

function sort(table, column, head) {
  const up = head.getAttribute("aria-sort") !== "ascending";
  all("th[aria-sort]", table.tHead).forEach((th) => th.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const rows = [...table.tBodies[0].rows].map((row) => [cellValue(row, column), row]);
  rows.sort(([a], [b]) => {
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return (a < b ? -1 : a > b ? 1 : 0) * (up ? 1 : -1);
  });
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

function csvCell(cell) {
  const text = cellText(cell);
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return `"${safe.replace(/"/g, '""')}"`;
}

function download(table, name) {
  const lines = [...table.rows].filter((row) => !row.hidden).map((row) => [...row.cells].map(csvCell).join(","));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\r\n")], { type: "text/csv" }));
  link.download = `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function tools(box) {
  const table = box.querySelector("table");
  const rows = [...table.tBodies[0].rows];
  const name = box.dataset.table;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (head.dataset.fixed !== undefined) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, column, head));
    head.append(button);
  });
  if (rows.length < 8) return;
  const bar = document.createElement("div");
  bar.className = "table-tools";
  const filter = document.createElement("input");
  filter.type = "search";
  filter.placeholder = "Filter rows";
  filter.setAttribute("aria-label", `Filter: ${name}`);
  const count = document.createElement("p");
  count.className = "small";
  count.setAttribute("role", "status");
  const tell = () => { count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows`; };
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase();
    rows.forEach((row) => { row.hidden = ![...row.cells].map(cellText).join(" ").toLowerCase().includes(words); });
    tell();
  });
  const save = document.createElement("button");
  save.type = "button";
  save.className = "button";
  save.textContent = "Export CSV";
  save.addEventListener("click", () => download(table, name));
  bar.append(filter, save, count);
  box.prepend(bar);
  tell();
}

function again() {
  const here = new URL(window.location.href);
  here.searchParams.delete("done");
  window.history.replaceState(null, "", here);
  window.location.reload();
}

function job(box) {
  const source = new EventSource(box.dataset.job);
  source.onmessage = (event) => {
    const news = JSON.parse(event.data);
    box.querySelector("[data-job-text]").textContent = news.error || news.progress || news.state;
    box.querySelector("progress").value = news.share;
    if (news.finished) { source.close(); again(); }
  };
}

function once(form) {
  const sent = [];
  form.addEventListener("submit", (event) => setTimeout(() => {
    if (event.defaultPrevented) return;
    sent.push(...all("button", form).filter((b) => !b.disabled));
    sent.forEach((b) => { b.disabled = true; });
  }, 0));
  window.addEventListener("pageshow", () => sent.splice(0).forEach((b) => { b.disabled = false; }));
}

all("[data-theme-form]").forEach(theme);
all("[data-table]").forEach(tools);
all("[data-job]").forEach(job);
all("form[method=post]:not([data-theme-form], [action$='/draft'])").forEach(once);  // a draft is downloaded: its page stays

window.addEventListener("load", () => {  // after the browser went to the address's place, which takes the focus away
  const wrong = document.querySelector("[aria-invalid=true]");
  if (!wrong) return;
  const shut = wrong.closest("details");
  if (shut) shut.open = true;
  wrong.focus();
});
if (new URLSearchParams(location.search).get("done") === "started") {
  Object.keys(sessionStorage).filter((place) => place.startsWith("waiting ")).forEach((place) => sessionStorage.removeItem(place));
}
all("[data-waits]").forEach(waits);
