// What the page does while one types: completions of the last word, and answers in place. Without it the form works as
// forms do.
"use strict";

const PAUSE = 150; // milliseconds without a key after which the server is asked
const MOST = 5; // completions of each kind

const form = document.getElementById("search");
const box = document.getElementById("q");
const list = document.getElementById("completions");
const status = document.getElementById("status");
const told = document.getElementById("told");

let waiting = 0;
let asking = null;
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

// The address of the page for what stands in the form now.
function address(typing) {
  const fields = new FormData(form);
  const pairs = [...fields].filter(([, value]) => value !== "");
  if (typing) pairs.push(["typing", "1"]);
  return `${form.action}?${new URLSearchParams(pairs)}`;
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
  told.textContent = form.dataset.told.replace("{count}", digits(texts.length));
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
    box.value = items[chosen].textContent;
  }
}

function submit() {
  close();
  clearTimeout(waiting);
  form.requestSubmit();
}

// Put the answers to what stands in the box into the page, unless something else has been typed meanwhile.
async function answer() {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const page = address(true);
  const query = new URLSearchParams({ q: box.value, limit: MOST });
  try {
    const [answers, completions] = await Promise.all([
      fetch(`${page}&part=answers`, { signal }),
      box.value.trim() ? fetch(`${form.dataset.suggest}?${query}`, { signal }) : null,
    ]);
    if (answers.ok && document.getElementById("answers")) {
      const parsed = new DOMParser().parseFromString(await answers.text(), "text/html");
      const made = parsed.getElementById("answers");
      document.getElementById("answers").replaceWith(document.adoptNode(made));
      status.textContent = made.dataset.status;
      widen();
      history.replaceState(null, "", address(false));
    }
    const found = completions?.ok ? await completions.json() : [];
    if (!signal.aborted) show(found);
  } catch (error) {
    if (error.name !== "AbortError") close(); // the server is gone; the form still says so when it is sent
  }
}

function onInput() {
  typed = box.value;
  clearTimeout(waiting);
  waiting = setTimeout(answer, PAUSE);
}

function onKey(event) {
  const count = list.children.length;
  if (event.isComposing) return;
  if (event.key === "ArrowDown" && count) choose(chosen + 1 < count ? chosen + 1 : -1);
  else if (event.key === "ArrowUp" && count) choose(chosen < 0 ? count - 1 : chosen - 1);
  else if (event.key === "Escape" && count) {
    choose(-1);
    close();
  } else return;
  event.preventDefault();
}

function onShortcut(event) {
  const { target } = event;
  const typing = target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "n" || event.key === "p") {
    document.querySelector(`.marks a[rel="${event.key === "n" ? "next" : "prev"}"]`)?.click();
  }
}

if (form) {
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "completions");
  box.setAttribute("aria-expanded", "false");
  box.addEventListener("input", onInput);
  box.addEventListener("keydown", onKey);
  box.addEventListener("blur", close);
  form.addEventListener("submit", () => clearTimeout(waiting));
  document.addEventListener("keydown", onShortcut);
}

widen();
