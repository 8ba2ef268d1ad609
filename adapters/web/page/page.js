/** The page's script: sends lines, shows answers, copies records. What an answer says is the server's business. */
import { bodyOf, isBare, isTriage, questionOf } from "./question.js";

/** @typedef {import("./question.js").Question} Question */

const log = /** @type {HTMLElement} */ (document.querySelector("#log"));
const ask = /** @type {HTMLFormElement} */ (document.querySelector("#ask"));
const box = /** @type {HTMLTextAreaElement} */ (document.querySelector("#line"));
const about = /** @type {HTMLElement} */ (document.querySelector("#about-line"));

/** Lines sent from the box, oldest first, and where the arrows are among them. @type {string[]} */
const sent = [];
let recalled = 0;

/**
 * An element with a class and text.
 * @param {string} tag
 * @param {string} className
 * @param {string} words
 */
function element(tag, className, words) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = words;
  return made;
}

/**
 * Asks and shows: what was said, then an article that is busy until the answer takes its place.
 * @param {Question} question
 * @param {{ focus?: boolean }} [how]
 */
async function say(question, { focus = false } = {}) {
  const said = saidOf(question);
  const working = element("article", "answer working", "");
  working.setAttribute("aria-busy", "true");
  working.setAttribute("aria-label", "Working");
  working.append(element("p", "", "Working…"));
  log.append(said, working);
  said.scrollIntoView({ block: "start" });
  const answer = await fetchAnswer(question);
  if (/^setup \S+ tell$/.test(question.line)) waitForNews();
  localise(answer);
  working.replaceWith(answer);
  // `triage` alone is its form: it opens, and what is typed next goes into it.
  const form =
    question.line === "triage" && isBare(question) ? answer.querySelector("button[aria-controls]") : null;
  if (form instanceof HTMLElement) unfold(form);
  said.scrollIntoView({ block: "start" });
  if (!focus || form !== null) return;
  answer.tabIndex = -1;
  answer.focus({ preventScroll: true });
}

/**
 * What was said, as a bubble; of a pasted text and a file only that there was one.
 * @param {Question} question
 */
function saidOf({ line, fields = {}, file = null }) {
  const said = element("p", "said", "");
  const isPaste = isTriage(line);
  // Behind `triage` in one line stands the text itself.
  const shown = isPaste ? (/^\/?triage(?: kept:[a-z2-7]{26})?/i.exec(line)?.[0] ?? "triage") : line;
  said.append(element("span", "unseen", "You: "), element("code", "", shown));
  for (const [name, value] of Object.entries(fields)) {
    if (value === "" || (isPaste && name === "text")) continue;
    said.append(" ", element("code", "", value.length > 120 ? `${value.slice(0, 120)}…` : value));
  }
  if (file !== null) said.append(" (a file)");
  else if (isPaste && (fields["text"] ?? "") !== "") said.append(" (a pasted text)");
  return said;
}

/** Set while somebody wants to be told something later, so that a page opened again goes on asking. */
const WAITING = "waxseal-waiting";
const NEWS_EVERY_MS = 15_000;
let asking = 0;

function waitForNews() {
  window.localStorage.setItem(WAITING, "yes");
  if (asking === 0) asking = window.setInterval(() => void askForNews(), NEWS_EVERY_MS);
}

/** Shows what has been kept to be said; a server that does not answer is asked again. */
async function askForNews() {
  try {
    const response = await fetch("/told", { method: "POST" });
    const { answers } = await response.json();
    for (const { html } of answers) {
      const article = new DOMParser().parseFromString(html, "text/html").querySelector("article");
      if (article === null) continue;
      const answer = document.importNode(article, true);
      localise(answer);
      log.append(answer);
      answer.scrollIntoView({ block: "nearest" });
    }
    if (answers.length === 0) return;
    window.localStorage.removeItem(WAITING);
    window.clearInterval(asking);
    asking = 0;
  } catch {
    // Asked again at its time.
  }
}

if (window.localStorage.getItem(WAITING) !== null) {
  void askForNews();
  waitForNews();
}

/**
 * The answer as an article; where there is none, an article that says so and offers to try again.
 * @param {Question} question
 * @returns {Promise<HTMLElement>}
 */
async function fetchAnswer(question) {
  try {
    const response = await fetch("/ask", { method: "POST", ...bodyOf(question) });
    if (!response.ok) return failure(`Waxseal did not answer: ${(await response.text()).trim()}`, question);
    const { html } = await response.json();
    const article = new DOMParser().parseFromString(html, "text/html").querySelector("article");
    if (article === null) return failure("Waxseal sent something this page cannot read.", question);
    return document.importNode(article, true);
  } catch {
    return failure("Could not reach Waxseal: is it still running?", question);
  }
}

/**
 * @param {string} words
 * @param {Question} question
 */
function failure(words, question) {
  const article = element("article", "answer unknown", "");
  article.setAttribute("aria-label", "No answer");
  const again = element("button", "primary", "Try again");
  again.setAttribute("type", "button");
  again.addEventListener("click", () => void say(question, { focus: true }));
  const actions = element("div", "actions", "");
  actions.append(again);
  const verdict = element("h2", "verdict", "");
  const badge = element("span", "badge unknown", "");
  badge.append(element("span", "sign", "?"), " No answer");
  verdict.append(badge, " ", element("span", "headline", words));
  article.append(verdict, actions);
  return article;
}

/**
 * Times in the reader's zone; the UTC text stays as the title.
 * @param {Element} answer
 */
function localise(answer) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const time of answer.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = time.dateTime;
    time.textContent = format.format(at);
  }
}

/**
 * Puts text on the clipboard, the old way where the page has no leave for the new one (http on another name than loopback).
 * @param {string} words
 */
async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    const area = document.createElement("textarea");
    const before = document.activeElement;
    area.value = words;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    return done;
  }
}

/** @param {HTMLElement} button */
async function copyFrom(button) {
  const kept = [...button.childNodes];
  button.textContent = (await copy(button.dataset["copy"] ?? "")) ? "Copied" : "Select and copy by hand";
  setTimeout(() => button.replaceChildren(...kept), 1600);
}

/** @param {HTMLElement} button */
function unfold(button) {
  const form = document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (form === null) return;
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  if (form.hidden) return;
  const first = form.querySelector("input, textarea, select");
  if (first instanceof HTMLElement) first.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (button === null) return;
  if (button.dataset["line"] !== undefined) void say({ line: button.dataset["line"] }, { focus: true });
  else if (button.dataset["copy"] !== undefined) void copyFrom(button);
  else if (button.hasAttribute("aria-controls")) unfold(button);
});

/** The box as high as its text; of what was pasted it is said what it will be taken for. */
function fitBox() {
  box.rows = Math.min(8, box.value.split("\n").length);
  const isPaste = questionOf(box.value).fields !== undefined;
  about.textContent = isPaste
    ? "This reads like a failing message: triage will say what broke and who has to act."
    : "";
  about.hidden = !isPaste;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  if (form === ask) {
    const question = questionOf(box.value);
    if (question.line === "") return;
    // What was pasted is not to be recalled.
    const { line } = question;
    if (!isTriage(line) && sent.at(-1) !== line) sent.push(line);
    recalled = sent.length;
    box.value = "";
    fitBox();
    void say(question);
    return;
  }
  /** @type {Record<string, string>} */
  const fields = {};
  /** @type {File | null} */
  let file = null;
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") fields[name] = value;
    // A file field that nobody filled in holds a file without a name.
    else if (value.name !== "") file = value;
  }
  void say({ line: form.dataset["line"] ?? "", fields, file }, { focus: true });
  // The text is kept nowhere, this page included.
  if (isTriage(form.dataset["line"] ?? "")) form.reset();
});

box.addEventListener("input", fitBox);

box.addEventListener("keydown", (event) => {
  // A line feed is typed with Shift, as in any chat.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    ask.requestSubmit();
    return;
  }
  if (box.value.includes("\n")) return;
  const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  const next = recalled + step;
  if (step === 0 || next < 0 || next > sent.length) return;
  event.preventDefault();
  recalled = next;
  box.value = sent[next] ?? "";
  box.setSelectionRange(box.value.length, box.value.length);
  fitBox();
});

// --- files dropped on the page ---

/** Whether what is dragged holds a file. @param {DragEvent} event */
function hasFile(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

document.addEventListener("dragover", (event) => {
  if (!hasFile(event)) return;
  // Else the browser would open the file in place of the page.
  event.preventDefault();
  document.body.classList.add("dropping");
});

for (const kind of ["dragleave", "dragend", "drop"])
  document.addEventListener(kind, () => document.body.classList.remove("dropping"));

document.addEventListener("drop", (event) => {
  if (!hasFile(event)) return;
  event.preventDefault();
  const [file] = event.dataTransfer?.files ?? [];
  if (file === undefined) return;
  // On a form that takes a file it becomes the form's; anywhere else it is asked about.
  const field =
    event.target instanceof Element
      ? event.target.closest("form")?.querySelector('input[type="file"]')
      : null;
  if (field instanceof HTMLInputElement && event.dataTransfer !== null)
    field.files = event.dataTransfer.files;
  else void say({ line: "triage", file }, { focus: true });
});
