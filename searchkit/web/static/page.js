// What the page does while one types: completions of the last word, and answers in place. Without it the form works as
// forms do.
"use strict";

const PAUSE = 150; // milliseconds without a key after which the server is asked
const REST = 1000; // milliseconds after which what is new is told to who listens
const MOST = 5; // completions of each kind

const form = document.getElementById("search");
const box = document.getElementById("q");
const list = document.getElementById("completions");
const status = document.getElementById("status");
const told = document.getElementById("told");
const keys = document.querySelector("#keys input");

let waiting = 0;
let telling = 0;
let asking = null;
let entry = false; // whether the history has an entry for what is being typed
let chosen = -1;
let typed = box ? box.value : "";

function digits(number) {
  const own = Array.from(form.dataset.digits);
  return String(number).replace(/\d/g, (digit) => own[Number(digit)]);
}

// On a wide screen there is room for what narrows the answers.
function widen() {
  if (!window.matchMedia("(min-width: 56rem)").matches) return;
  document.querySelectorAll(".filters details").forEach((each) => each.setAttribute("open", ""));
}

// The address of the page for what stands in the form now, or for the answers to it while it is still being typed.
function address() {
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  if (box.value.trim()) pairs.push(["typing", "1"]);
  return `${form.action}?${new URLSearchParams(pairs)}`;
}

// What is heard: one sentence when the typing has come to rest, not one a letter.
function tell(...sentences) {
  clearTimeout(telling);
  telling = setTimeout(() => (told.textContent = sentences.filter(Boolean).join(" ")), REST);
}

function close() {
  list.hidden = true;
  list.replaceChildren();
  chosen = -1;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function show(completions) {
  close();
  const texts = [...new Set(completions.map((each) => each.text))].filter((text) => text !== typed);
  if (!texts.length || document.activeElement !== box) return;
  texts.forEach((text, number) => {
    const item = document.createElement("li");
    item.id = `completion-${number}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dir = "auto";
    item.textContent = text;
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the box keeps the focus
      choose(number);
      submit();
    });
    list.append(item);
  });
  list.hidden = false;
  box.setAttribute("aria-expanded", "true");
  tell(status?.textContent, form.dataset.told.replace("{count}", digits(texts.length)));
}

function choose(number) {
  const items = [...list.children];
  chosen = number < 0 || number >= items.length ? -1 : number;
  items.forEach((item, each) => item.setAttribute("aria-selected", String(each === chosen)));
  if (chosen < 0) {
    box.removeAttribute("aria-activedescendant");
    box.value = typed;
  } else {
    box.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
    box.value = items[chosen].textContent;
  }
}

function submit() {
  close();
  form.requestSubmit();
}

// Put the answers of a page into this one.
function put(made) {
  const old = document.getElementById("answers");
  const open = old.querySelector(".filters details")?.open;
  const answers = document.adoptNode(made);
  old.replaceWith(answers);
  if (open === undefined) widen();
  else answers.querySelector(".filters details")?.toggleAttribute("open", open);
  status.textContent = answers.dataset.status;
  document.title = answers.dataset.title;
  document.querySelector("main h1").textContent = answers.dataset.heading;
  const language = document.querySelector(".language");
  const there = new URL(language.href);
  there.searchParams.set("q", box.value);
  language.href = there;
}

async function fetchAnswers(page, signal) {
  if (!document.getElementById("answers")) return false;
  try {
    const answers = await fetch(`${page}&part=answers`, { signal });
    if (!answers.ok) throw new Error(answers.statusText);
    const parsed = new DOMParser().parseFromString(await answers.text(), "text/html");
    put(parsed.getElementById("answers"));
    return true;
  } catch (error) {
    if (error.name !== "AbortError") status.textContent = form.dataset.lost; // the form still works when it is sent
    return false;
  }
}

async function fetchCompletions(signal) {
  if (!box.value.trim()) return [];
  try {
    const found = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: box.value, limit: MOST })}`, { signal });
    return found.ok ? await found.json() : [];
  } catch {
    return [];
  }
}

function begin() {
  clearTimeout(waiting);
  asking?.abort();
  asking = new AbortController();
  return asking.signal;
}

// Put the answers to what stands in the box into the page, unless something else has been typed meanwhile. The first of
// them makes an entry of the history, so that "back" leads to what was there before the typing.
async function answer() {
  const signal = begin();
  const page = address();
  const completions = fetchCompletions(signal);
  if (await fetchAnswers(page, signal)) {
    history[entry ? "replaceState" : "pushState"](null, "", page);
    entry = true;
  }
  const found = await completions;
  if (signal.aborted) return;
  tell(status?.textContent);
  show(found);
}

// Completions alone; what is under way goes on.
async function complete() {
  const asked = box.value;
  const found = await fetchCompletions();
  if (asked === box.value) show(found);
}

// "back" and "forward" within what was typed here.
function onHistory() {
  if (!document.getElementById("answers")) return;
  box.value = typed = new URLSearchParams(location.search).get("q") ?? "";
  close();
  entry = false;
  fetchAnswers(location.search ? location.href.split("#")[0] : `${location.pathname}?`, begin());
}

function onInput() {
  typed = box.value;
  clearTimeout(waiting);
  waiting = setTimeout(answer, PAUSE);
}

function onKey(event) {
  const count = list.children.length;
  if (event.isComposing || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowDown" && count) choose(chosen + 1 < count ? chosen + 1 : -1);
  else if (event.key === "ArrowUp" && count) choose(chosen < 0 ? count - 1 : chosen - 1);
  else if (event.key === "ArrowDown" && box.value.trim()) complete();
  else if (event.key === "Escape" && count) {
    choose(-1);
    close();
  } else return;
  event.preventDefault();
}

// Who goes on with the Tab key takes what is chosen.
function onBlur() {
  const taken = chosen >= 0;
  close();
  if (taken) onInput();
}

// Who speaks to the machine, or touches keys by mistake, can do without keys that act by themselves (WCAG 2.1.4).
function offerKeys() {
  try {
    keys.checked = localStorage.getItem("keys") !== "off";
    keys.addEventListener("change", () => localStorage.setItem("keys", keys.checked ? "on" : "off"));
  } catch {
    // Nothing can be kept here: what is chosen counts for this page.
  }
  keys.parentElement.hidden = false;
}

function onShortcut(event) {
  const { target } = event;
  const typing = target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select"));
  if (!keys.checked || typing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  // A key is the same in every layout: of the Persian one, "n" is another letter.
  if (event.key === "/" || (event.code === "Slash" && !event.shiftKey)) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.code === "KeyN" || event.code === "KeyP") {
    document.querySelector(`.marks a[rel="${event.code === "KeyN" ? "next" : "prev"}"]`)?.click();
  }
}

if (form) {
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "completions");
  box.setAttribute("aria-expanded", "false");
  box.addEventListener("input", onInput);
  box.addEventListener("keydown", onKey);
  box.addEventListener("blur", onBlur);
  form.addEventListener("submit", begin);
  window.addEventListener("popstate", onHistory);
  document.addEventListener("keydown", onShortcut);
  offerKeys();
}

widen();
