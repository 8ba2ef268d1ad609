/** The page's script: sends lines, shows answers, copies records. What an answer says is the server's business. */

const log = /** @type {HTMLElement} */ (document.querySelector("#log"));
const ask = /** @type {HTMLFormElement} */ (document.querySelector("#ask"));
const box = /** @type {HTMLInputElement} */ (document.querySelector("#line"));

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
 * @param {string} line
 * @param {{ fields?: Record<string, string>, focus?: boolean }} [how]
 */
async function say(line, { fields = {}, focus = false } = {}) {
  const said = element("p", "said", "");
  said.append(element("span", "unseen", "You: "), element("code", "", line));
  for (const value of Object.values(fields))
    if (value !== "")
      said.append(" ", element("code", "", value.length > 120 ? `${value.slice(0, 120)}…` : value));
  const working = element("article", "answer working", "");
  working.setAttribute("aria-busy", "true");
  working.setAttribute("aria-label", "Working");
  working.append(element("p", "", "Working…"));
  log.append(said, working);
  said.scrollIntoView({ block: "start" });
  const answer = await fetchAnswer(line, fields);
  if (/^setup \S+ tell$/.test(line)) waitForNews();
  localise(answer);
  working.replaceWith(answer);
  said.scrollIntoView({ block: "start" });
  if (!focus) return;
  answer.tabIndex = -1;
  answer.focus({ preventScroll: true });
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
 * @param {string} line
 * @param {Record<string, string>} fields
 * @returns {Promise<HTMLElement>}
 */
async function fetchAnswer(line, fields) {
  try {
    const response = await fetch("/ask", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ line, fields }),
    });
    if (!response.ok)
      return failure(`Waxseal did not answer: ${(await response.text()).trim()}`, line, fields);
    const { html } = await response.json();
    const article = new DOMParser().parseFromString(html, "text/html").querySelector("article");
    if (article === null) return failure("Waxseal sent something this page cannot read.", line, fields);
    return document.importNode(article, true);
  } catch {
    return failure("Could not reach Waxseal: is it still running?", line, fields);
  }
}

/**
 * @param {string} words
 * @param {string} line
 * @param {Record<string, string>} fields
 */
function failure(words, line, fields) {
  const article = element("article", "answer unknown", "");
  article.setAttribute("aria-label", "No answer");
  const again = element("button", "primary", "Try again");
  again.setAttribute("type", "button");
  again.addEventListener("click", () => void say(line, { fields, focus: true }));
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
  if (button.dataset["line"] !== undefined) void say(button.dataset["line"], { focus: true });
  else if (button.dataset["copy"] !== undefined) void copyFrom(button);
  else if (button.hasAttribute("aria-controls")) unfold(button);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  if (form === ask) {
    const line = box.value.trim();
    if (line === "") return;
    if (sent.at(-1) !== line) sent.push(line);
    recalled = sent.length;
    box.value = "";
    void say(line);
    return;
  }
  /** @type {Record<string, string>} */
  const fields = {};
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields[name] = value;
  void say(form.dataset["line"] ?? "", { fields, focus: true });
});

box.addEventListener("keydown", (event) => {
  const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  const next = recalled + step;
  if (step === 0 || next < 0 || next > sent.length) return;
  event.preventDefault();
  recalled = next;
  box.value = sent[next] ?? "";
  box.setSelectionRange(box.value.length, box.value.length);
});
