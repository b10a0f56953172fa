// The what-if moves as its sliders move: the server answers, this file only asks it and puts the answer in place.
"use strict";

(() => {
  const form = document.querySelector("[data-what-if]");
  if (!form) return;
  const place = form.querySelector("[data-answer]");
  const spoken = form.querySelector("[data-spoken]");
  const leads = form.querySelector("[data-leads]");
  const named = (name) => form.querySelector(`input[type=text][name="${CSS.escape(name)}"]`);
  const number = (text) => Number(text.replace(/,/g, "").replace("\u2212", "-"));
  let timer = 0, turn = 0, speak = 0, asking = null;

  // A range follows its entry; where the entry lies beyond its ends, the ends give way.
  function follow(box) {
    const range = box.querySelector("[data-range]"), value = number(named(box.dataset.slider).value);
    if (!Number.isFinite(value)) return;
    if (value < Number(range.min)) range.min = value;
    if (value > Number(range.max)) range.max = value;
    range.value = value;
    range.setAttribute("aria-valuetext", `${named(box.dataset.slider).value} ${box.querySelector(".unit").textContent}`);
  }

  // Low and high keep their distance from the most likely value.
  function shift(name, from, to) {
    if (!name.endsWith(".mode") || !Number.isFinite(from) || !Number.isFinite(to)) return;
    ["low", "high"].forEach((end) => {
      const entry = named(name.replace(/mode$/, end));
      if (!entry || entry.value === "") return;
      const moved = number(entry.value) + to - from;
      entry.value = String(Number((name.startsWith("share") ? Math.min(100, Math.max(0, moved)) : moved).toPrecision(10)));
    });
  }

  function query(extra) {
    const sent = new URLSearchParams();
    new FormData(form).forEach((value, name) => {
      const base = named(name)?.dataset.base;
      const same = base !== undefined && value !== "" && Math.abs(number(value) - Number(base)) < 1e-9;
      if (name === "csrf_token" || name.startsWith("seen.") || value === "" || same) return;
      if ((name === "precision" || name === "recall" || name === "by" || name === "accuracy" || name === "error") && !form.dataset.quality) return;
      sent.set(name, value);
    });
    // One end of a value alone says too little: when one of three is sent, all three are.
    [...sent.keys()].filter((name) => /\.(low|mode|high)$/.test(name)).forEach((name) => {
      ["low", "mode", "high"].forEach((end) => {
        const entry = named(name.replace(/(low|mode|high)$/, end));
        if (entry && entry.value !== "") sent.set(entry.name, entry.value);
      });
    });
    Object.entries(extra || {}).forEach(([name, value]) => sent.set(name, value));
    return sent.toString();
  }

  function apply(values, faults) {
    Object.entries(values).forEach(([name, value]) => {
      const entry = named(name);
      if (entry && entry !== document.activeElement) entry.value = value;
    });
    form.querySelectorAll("input[type=text]").forEach((entry) => {
      if (faults[entry.name]) entry.setAttribute("aria-invalid", "true");
      else entry.removeAttribute("aria-invalid");
    });
    form.querySelectorAll("[data-fault]").forEach((said) => {
      said.hidden = !faults[said.dataset.fault];
      said.querySelector("span").textContent = faults[said.dataset.fault] || "";
    });
    form.querySelectorAll("[data-slider]").forEach((box) => {
      if (!box.contains(document.activeElement) || document.activeElement.type !== "range") follow(box);
    });
  }

  async function ask() {
    const mine = ++turn;
    asking?.abort();
    asking = new AbortController();
    form.classList.add("is-working");
    try {
      const answer = await fetch(`${form.action}?${query({ part: "answer" })}`, { signal: asking.signal, headers: { accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error("The server did not answer; what you typed is still here.");
      const text = await answer.text();
      if (mine !== turn) return;
      const open = [...place.querySelectorAll("details[open][data-keep]")].map((one) => one.dataset.keep);
      place.innerHTML = text;
      open.forEach((name) => place.querySelector(`[data-keep="${name}"]`)?.setAttribute("open", ""));
      const told = place.querySelector("[data-fragment]").dataset;
      apply(JSON.parse(told.values), JSON.parse(told.faults));
      clearTimeout(speak);
      speak = setTimeout(() => { spoken.textContent = told.says || "An entry needs another look."; }, 700);
      const held = query();
      window.history.replaceState(null, "", held ? `?${held}` : window.location.pathname);
    } catch (error) {
      if (error.name !== "AbortError") spoken.textContent = error instanceof TypeError ? "The connection is lost; what you typed is still here." : error.message;
    } finally { if (mine === turn) form.classList.remove("is-working"); }
  }

  function changed(name) {
    if (name === "precision" || name === "recall" || name === "accuracy" || name === "error") {
      form.dataset.quality = "yes";
      if (leads && name !== "accuracy" && name !== "error") leads.value = name;
    }
    clearTimeout(timer);
    timer = setTimeout(ask, 90);
  }

  form.querySelectorAll("[data-slider]").forEach((box) => {
    const range = box.querySelector("[data-range]"), name = box.dataset.slider, entry = named(name);
    range.hidden = false;
    follow(box);
    let before = number(entry.value);
    range.addEventListener("pointerdown", () => { before = number(entry.value); });
    range.addEventListener("input", () => {
      before = number(entry.value);
      entry.value = String(Number(Number(range.value).toPrecision(10)));
      shift(name, before, number(entry.value));
      range.setAttribute("aria-valuetext", `${entry.value} ${box.querySelector(".unit").textContent}`);
      changed(name);
    });
    entry.addEventListener("focus", () => { before = number(entry.value); });
    entry.addEventListener("change", () => { shift(name, before, number(entry.value)); before = number(entry.value); changed(name); });
  });
  form.addEventListener("input", (event) => {
    if (event.target.type === "text") { const box = event.target.closest("[data-slider]"); changed(event.target.name); if (event.target.name === box.dataset.slider) follow(box); }
  });
  form.addEventListener("submit", (event) => { if (!event.submitter || event.submitter.dataset.workOut !== undefined) { event.preventDefault(); ask(); } });
  if (/[?&](precision|recall|accuracy|error)=/.test(window.location.search)) form.dataset.quality = "yes";
})();
