// Comfort for the guided canvas; it works without: what is typed is kept after each pause, lists grow, faults stand beside their fields.
"use strict";

const quiet = ["csrf_token", "expected_version", "brief_version", "seen"];

// One more empty row for a list in a form: a copy of the last one under the next number.
function listed(box) {
  const add = () => {
    const rows = all("[data-row]", box);
    const last = rows[rows.length - 1];
    const copy = last.cloneNode(true);
    const from = last.dataset.row, to = String(Number(from) + 1);
    copy.dataset.row = to;
    all(".fault", copy).forEach((fault) => fault.remove());
    all("[name]", copy).forEach((entry) => {
      entry.name = entry.name.replace(`.${from}.`, `.${to}.`);
      entry.id = entry.id.replace(`-${from}-`, `-${to}-`);
      entry.removeAttribute("aria-invalid");
      entry.removeAttribute("aria-describedby");
      entry.setAttribute("aria-label", entry.getAttribute("aria-label").replace(`row ${Number(from) + 1}`, `row ${Number(to) + 1}`));
      if (entry.tagName !== "SELECT") entry.value = "";
    });
    last.after(copy);
    return copy;
  };
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Add a row";
  button.setAttribute("aria-label", `Add a row: ${box.querySelector(".listed-name").textContent}`);
  button.addEventListener("click", () => add().querySelector("input, select, textarea").focus());
  box.append(button);
  box.addRow = add;
}

function entryOf(form, name) {
  const entries = all(`[name="${CSS.escape(name)}"]`, form);
  if (entries.length) return entries[entries.length - 1];
  const row = name.match(/^(.+?)\.(\d{1,3})\..+$/);
  const box = row && form.querySelector(`[data-listed="${CSS.escape(row[1])}"]`);
  if (!box) return null;
  while (all("[data-row]", box).length <= Number(row[2])) box.addRow();
  return form.querySelector(`[name="${CSS.escape(name)}"]`);
}

function put(form, name, value) {
  const entry = entryOf(form, name);
  if (entry && entry.type === "checkbox") entry.checked = value !== "";
  else if (entry) entry.value = value;
}

// What the server says of each entry, beside it; an answered entry is no longer marked as filled in.
function beside(form, faults) {
  all(".fault", form).forEach((fault) => fault.remove());
  all("[aria-invalid]", form).forEach((entry) => entry.removeAttribute("aria-invalid"));
  Object.entries(faults).forEach(([path, said]) => {
    const id = path.replace(/\./g, "-");
    const entry = document.getElementById(id);
    if (!entry) return;
    const told = document.createElement("p");
    told.className = "fault";
    told.id = `${id}-fault`;
    told.textContent = said;
    if (entry.matches("input, select, textarea")) {
      entry.before(told);
      entry.setAttribute("aria-invalid", "true");
      entry.setAttribute("aria-describedby", told.id);
    } else entry.after(told);
    if (entry.closest("details")) entry.closest("details").open = true;
  });
}

class Keeper {
  constructor(form) {
    this.form = form;
    this.said = form.querySelector("[data-saved]");
    this.place = `unsaved ${form.dataset.who} ${form.action}`; // another person who signs in at this window types for themselves
    this.timer = 0; this.underWay = null; this.sending = false; this.changed = false; this.stopped = false;
    form.addEventListener("input", (event) => this.typed(event.target));
    form.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("online", () => this.later(0));
    window.addEventListener("pagehide", () => { if (this.changed) this.stash(); });
    if (form.dataset.both === undefined) this.restore();
    else { this.changed = true; this.stash(); } // both stand here now, and neither is saved yet
  }

  hidden(name) { return this.form.querySelector(`[name=${name}]`); }

  fields() { return [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && !quiet.includes(name)); }

  later(pause) { clearTimeout(this.timer); this.timer = setTimeout(() => this.send(), pause); }

  typed(entry) {
    this.changed = true;
    const marked = entry.closest(".field");
    if (marked) all(".mark-filled", marked).forEach((mark) => mark.remove());
    this.stash();
    this.later(1000);
  }

  // Kept in this window until the server has it, with what it was typed over.
  stash() {
    const over = quiet.slice(1).map((name) => [name, this.hidden(name).value]);
    try {
      sessionStorage.setItem(this.place, JSON.stringify({ over, fields: this.fields() }));
    } catch (error) {
      this.said.textContent = "This window has no room to keep what you type; save it now.";
    }
  }

  restore() {
    const unsaved = JSON.parse(sessionStorage.getItem(this.place) || "null");
    if (!unsaved) return;
    unsaved.fields.forEach(([name, value]) => put(this.form, name, value));
    unsaved.over.forEach(([name, value]) => { this.hidden(name).value = value; });
    this.said.textContent = "What you typed and could not save is back.";
    this.changed = true;
    this.later(1000);
  }

  // One save at a time: who asks while one is under way waits for it.
  send() {
    if (!(this.sending || this.stopped) && this.changed) this.underWay = this.post();
    return this.underWay;
  }

  async post() {
    this.sending = true; this.changed = false;
    const body = new FormData(this.form);
    const sent = Object.fromEntries(this.fields());
    body.delete("seen");
    this.said.textContent = "Saving\u2026";
    try {
      const answer = await fetch(this.form.action, { method: "POST", body, headers: { accept: "application/json" } });
      if (answer.redirected) throw new Error("Not saved: you are no longer signed in. Your text stays in this window; sign in, then come back here.");
      const plain = !(answer.headers.get("content-type") || "").includes("json");
      if (plain) throw new Error("Not saved: the server cannot take this text; it may be too long. It stays in this window: shorten it, then it is saved.");
      const told = await answer.json();
      if (answer.status === 409) { this.compare(told.error); return; }
      if (!answer.ok) throw new Error(`Not saved: ${told.error || told.what || "the server refused it."} Your text stays in this window.`);
      this.kept(told, sent);
    } catch (error) {
      this.changed = true;
      this.stash();
      this.said.textContent = error instanceof TypeError ? "Not saved: the connection is lost. Your text stays in this window; trying again." : error.message;
    } finally {
      this.sending = false;
      if (this.changed) this.later(5000);
    }
  }

  kept(told, sent) {
    this.hidden("expected_version").value = told.version;
    this.hidden("seen").value = JSON.stringify(sent);
    if (!this.changed) sessionStorage.removeItem(this.place);
    const faults = Object.keys(told.faults).length;
    this.said.textContent = `Kept just now.${faults ? ` ${faults} ${faults === 1 ? "entry needs" : "entries need"} another look.` : ""}`;
    Object.entries(told.live).forEach(([name, text]) => all(`[data-live=${name}]`).forEach((place) => { place.textContent = text; }));
    beside(this.form, told.faults);
  }

  // Somebody saved this step meanwhile: nothing is sent by itself any more; the next page shows both, and until it does the text stays in this window.
  compare(what) {
    this.stopped = true;
    this.stash();
    this.said.textContent = `${what} Nothing was overwritten, and your text stays here. `;
    const button = document.createElement("button");
    button.className = "button";
    button.name = "go";
    button.value = "stay";
    button.textContent = "Show both";
    this.said.append(button);
  }

  // The page is left only once the server has what was typed, or with somebody else's entries to compare.
  async submit(event) {
    if (this.stopped || !(this.changed || this.sending)) {
      this.changed = false;
      clearTimeout(this.timer);
      return;
    }
    event.preventDefault();
    await this.underWay;
    clearTimeout(this.timer);
    await this.send();
    if (!this.changed && !this.sending) this.form.requestSubmit(event.submitter);
  }
}

all("[data-listed]").forEach(listed);
all("[data-autosave]").forEach((form) => new Keeper(form));
