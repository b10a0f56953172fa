// Comfort only: every page works without this file. Theme, tables, live calculator, progress of jobs, double submits.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const plain = (value) => Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1);

function theme(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = event.submitter.value;
    document.cookie = `theme=${value};path=/;max-age=31536000;samesite=lax`;
    document.documentElement.dataset.theme = value;
    form.querySelector(value === "dark" ? ".to-light" : ".to-dark").focus();
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

function calculator(box) {
  const slider = box.querySelector("input");
  const worth = (hits) => hits * Number(box.dataset.hit) + (100 - hits) * Number(box.dataset.miss);
  const show = () => {
    box.querySelector("[data-hits]").textContent = slider.value;
    box.querySelector("[data-worth]").textContent = plain(worth(Number(slider.value))).replace("-", "−");
  };
  slider.addEventListener("input", show);
  show();
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

// What is typed into a step of the canvas is kept after each pause; while the line is down it stays in this window.
function autosave(form) {
  const version = form.querySelector("[name=expected_version]");
  const said = form.querySelector("[data-saved]");
  const progress = document.querySelector("[data-progress]");
  const place = `unsaved ${form.action}`;
  const fields = () => [...new FormData(form)].filter(([name]) => name !== "csrf_token" && name !== "expected_version");
  let timer = 0, sending = false, changed = false, stopped = false;
  const later = (pause) => { clearTimeout(timer); timer = setTimeout(send, pause); };
  async function send() {
    if (sending || stopped || !changed) return;
    sending = true; changed = false; said.textContent = "Saving\u2026";
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { accept: "application/json" } });
      const told = await answer.json();
      if (!answer.ok) { stopped = answer.status === 409; throw new Error(told.error || "It was not saved."); }
      version.value = told.version;
      sessionStorage.removeItem(place);
      const faults = Object.keys(told.faults).length;
      said.textContent = `Kept just now.${faults ? ` ${faults} ${faults === 1 ? "entry needs" : "entries need"} another look.` : ""}`;
      if (progress) progress.textContent = told.progress;
    } catch (error) {
      changed = true;
      sessionStorage.setItem(place, JSON.stringify(fields()));
      said.textContent = error instanceof TypeError ? "Not saved: the connection is lost. Your text stays in this window; trying again." : error.message || error;
      if (!stopped) later(5000);
    } finally { sending = false; if (changed && !stopped) later(5000); }
  }
  form.addEventListener("input", () => { changed = true; later(1000); });
  form.addEventListener("submit", () => { stopped = true; clearTimeout(timer); sessionStorage.removeItem(place); });
  window.addEventListener("online", () => later(0));
  window.addEventListener("beforeunload", (event) => { if (changed && !form.dataset.sent) event.preventDefault(); });
  form.addEventListener("submit", () => { form.dataset.sent = "yes"; });
  const unsaved = JSON.parse(sessionStorage.getItem(place) || "null");
  if (unsaved) {
    unsaved.forEach(([name, value]) => {
      const entries = all(`[name="${CSS.escape(name)}"]`, form);
      const entry = entries[entries.length - 1];
      if (entry && entry.type === "checkbox") entry.checked = value !== "";
      else if (entry) entry.value = value;
    });
    said.textContent = "What you typed while the connection was lost is back; it is saved with the next change.";
    changed = true; later(1000);
  }
}

// One more empty row for a list in a form: a copy of the last one under the next number.
function listed(box) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Add a row";
  button.addEventListener("click", () => {
    const rows = all("[data-row]", box);
    const last = rows[rows.length - 1];
    const copy = last.cloneNode(true);
    const from = last.dataset.row, to = String(Number(from) + 1);
    copy.dataset.row = to;
    all("[name]", copy).forEach((entry) => {
      entry.name = entry.name.replace(`.${from}.`, `.${to}.`);
      entry.id = entry.id.replace(`-${from}-`, `-${to}-`);
      entry.setAttribute("aria-label", entry.getAttribute("aria-label").replace(`row ${Number(from) + 1}`, `row ${Number(to) + 1}`));
      if (entry.tagName !== "SELECT") entry.value = "";
    });
    last.after(copy);
    copy.querySelector("input, select, textarea").focus();
  });
  box.append(button);
}

function once(form) {
  form.addEventListener("submit", () => setTimeout(() => all("button", form).forEach((b) => { b.disabled = true; }), 0));
  window.addEventListener("pageshow", () => all("button", form).forEach((b) => { b.disabled = false; }));
}

all("[data-theme-form]").forEach(theme);
all("[data-table]").forEach(tools);
all("[data-calculator]").forEach(calculator);
all("[data-job]").forEach(job);
all("[data-listed]").forEach(listed);
all("[data-autosave]").forEach(autosave);
all("form[method=post]:not([data-theme-form], [action$='/draft'])").forEach(once);  // a draft is downloaded: its page stays

window.addEventListener("load", () => {  // after the browser went to the address's place, which takes the focus away
  const wrong = document.querySelector("[aria-invalid=true]");
  if (!wrong) return;
  const shut = wrong.closest("details");
  if (shut) shut.open = true;
  wrong.focus();
});
