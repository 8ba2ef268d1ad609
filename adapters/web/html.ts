/** A Doc as HTML: every kind of block and inline, every character of it escaped. */
import { plainOf } from "../../src/view/line.ts";
import { STATE_SIGNS, STATE_WORDS } from "../../src/view/doc.ts";
import type {
  Action,
  Block,
  Branch,
  Doc,
  Field,
  Inline,
  Line,
  Mark,
  Section,
  State,
  Station,
} from "../../src/view/doc.ts";

/** Levels of a tree shown open; deeper branches are folded unless something is wrong below. */
const TREE_OPEN = 3;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  // A parser would turn these two into others inside an attribute.
  "\r": "&#13;",
  "\n": "&#10;",
};

/** Text that means itself between tags and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\r\n]/g, (char) => ENTITIES[char]!);
}

/** What stays the same over one page; ids begin with `key`, so that several answers can stand in one document. */
interface Frame {
  key: string;
  count: number;
}

function nextId(frame: Frame): string {
  frame.count += 1;
  return escapeHtml(`${frame.key}-${frame.count}`);
}

type Renderers<T extends { kind: string }, Rest extends unknown[]> = {
  [K in T["kind"]]: (each: Extract<T, { kind: K }>, ...rest: Rest) => string;
};

const INLINES: Renderers<Inline, []> = {
  text: ({ text, strong }) => (strong ? `<strong>${escapeHtml(text)}</strong>` : escapeHtml(text)),
  code: ({ text }) => `<code>${escapeHtml(text)}</code>`,
  link: ({ text, url }) =>
    isHttps(url)
      ? `<a href="${escapeHtml(url)}" target="_blank" rel="noopener noreferrer">${escapeHtml(text)}</a>`
      : `${escapeHtml(text)} (<code>${escapeHtml(url)}</code>)`,
  time: ({ at }) => {
    const iso = escapeHtml(plainOf([{ kind: "time", at }]));
    return `<time datetime="${iso}">${iso}</time>`;
  },
};

function isHttps(url: string): boolean {
  return URL.parse(url)?.protocol === "https:";
}

function inline(each: Inline): string {
  // The table is total by its type; the compiler cannot follow a kind to its own renderer.
  return (INLINES[each.kind] as (each: Inline) => string)(each);
}

function lineHtml(line: Line): string {
  return line.map(inline).join("");
}

function wordsOf(line: Line): string {
  return plainOf(line).replaceAll("`", "");
}

/** Sign and word of a state: neither needs colour. */
function badge(state: State | "info"): string {
  return `<span class="badge ${state}"><span class="sign" aria-hidden="true">${escapeHtml(STATE_SIGNS[state])}</span> ${escapeHtml(STATE_WORDS[state])}</span>`;
}

const BLOCKS: Renderers<Block, [Frame]> = {
  text: ({ line }) => `<p>${lineHtml(line)}</p>`,
  record: ({ label, text, copy, note }) => {
    const button = `<button type="button" class="copy" data-copy="${escapeHtml(copy ?? text)}">Copy<span class="unseen"> ${escapeHtml(label)}</span></button>`;
    const below = note === undefined ? "" : `<p class="note">${lineHtml(note)}</p>`;
    return `<figure class="record"><figcaption>${escapeHtml(label)}</figcaption>${button}<pre><code>${escapeHtml(text)}</code></pre>${below}</figure>`;
  },
  facts: ({ rows }) =>
    `<dl>${rows.map(({ label, line }) => `<div><dt>${escapeHtml(label)}</dt><dd>${lineHtml(line)}</dd></div>`).join("")}</dl>`,
  list: ({ items, ordered }) => {
    const tag = ordered ? "ol" : "ul";
    return `<${tag} class="list">${items.map((item) => `<li>${lineHtml(item)}</li>`).join("")}</${tag}>`;
  },
  table: ({ caption, head, rows }) => {
    const heads = head.map((each) => `<th scope="col">${escapeHtml(each)}</th>`).join("");
    const body = rows
      .map((row) => `<tr>${row.map((cell) => `<td>${lineHtml(cell)}</td>`).join("")}</tr>`)
      .join("");
    return `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(caption)}"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`;
  },
  tree: ({ label, root }) =>
    `<div class="tree"><p class="note">${escapeHtml(label)}</p><ul aria-label="${escapeHtml(label)}">${branchHtml(root, 0)}</ul></div>`,
  way: ({ label, stations }) =>
    `<div class="way"><p class="note">${escapeHtml(label)}</p><ol aria-label="${escapeHtml(label)}">${stations.map(stationHtml).join("")}</ol></div>`,
  finding: ({ state, title, why, fix, ref, action }, frame) =>
    `<section class="finding ${state}">${badge(state)}<h4>${lineHtml(title)}</h4><p>${lineHtml(why)}</p><p class="fix"><strong>What to do</strong> ${lineHtml(fix)}</p><p class="ref">${escapeHtml(ref)}</p>${actionsHtml(action === undefined ? [] : [action], frame)}</section>`,
};

function blockHtml(block: Block, frame: Frame): string {
  return (BLOCKS[block.kind] as (block: Block, frame: Frame) => string)(block, frame);
}

function blocksHtml(blocks: readonly Block[], frame: Frame): string {
  return blocks.map((block) => blockHtml(block, frame)).join("");
}

/** A stop: a sign on the line of the way, its name, and what was judged there. */
function stationHtml({ name, note, marks, state }: Station): string {
  const sign = `<span class="node" aria-hidden="true">${state === undefined ? "" : escapeHtml(STATE_SIGNS[state])}</span>`;
  const word = state === undefined ? "" : `<span class="unseen">${escapeHtml(STATE_WORDS[state])}: </span>`;
  const below = note === undefined || note.length === 0 ? "" : ` <span class="note">${lineHtml(note)}</span>`;
  const judged = marks.length === 0 ? "" : ` <span class="marks">${marks.map(markHtml).join(" ")}</span>`;
  return `<li class="stop${state === undefined ? "" : ` ${state}`}">${sign}<div class="what">${word}<span class="name">${lineHtml(name)}</span>${below}${judged}</div></li>`;
}

function markHtml({ text, state }: Mark): string {
  if (state === undefined) return `<span class="mark">${escapeHtml(text)}</span>`;
  const sign = `<span class="sign" aria-hidden="true">${escapeHtml(STATE_SIGNS[state])}</span><span class="unseen">${escapeHtml(STATE_WORDS[state])}: </span>`;
  return `<span class="mark ${state}">${sign}${escapeHtml(text)}</span>`;
}

function isTroubled(branch: Branch): boolean {
  return (branch.state ?? "ok") !== "ok" || branch.children.some(isTroubled);
}

function branchHtml(branch: Branch, depth: number): string {
  const { label, mark, note, state, children } = branch;
  const words = [
    lineHtml(label),
    state === undefined ? "" : badge(state),
    note === undefined || note.length === 0 ? "" : `<span class="note">${lineHtml(note)}</span>`,
  ];
  const what = `<span class="what">${words.filter((each) => each !== "").join(" ")}</span>`;
  const shown = mark === undefined ? what : `${markHtml(mark)} ${what}`;
  if (children.length === 0) return `<li><div class="branch">${shown}</div></li>`;
  const open = depth < TREE_OPEN || isTroubled(branch) ? " open" : "";
  const below = children.map((child) => branchHtml(child, depth + 1)).join("");
  return `<li><details${open}><summary class="branch">${shown}</summary><ul>${below}</ul></details></li>`;
}

function sectionHtml({ id, title, folded, blocks }: Section, open: string | undefined, frame: Frame): string {
  const isOpen = !folded || open?.split(":")[0] === id;
  return `<details class="section"${isOpen ? " open" : ""}><summary><h3>${escapeHtml(title)}</h3></summary><div class="blocks">${blocksHtml(blocks, frame)}</div></details>`;
}

function actionsHtml(actions: readonly Action[], frame: Frame): string {
  if (actions.length === 0) return "";
  return `<div class="actions">${actions.map((action) => actionHtml(action, frame)).join("")}</div>`;
}

function actionHtml({ label, line, fields, primary }: Action, frame: Frame): string {
  const look = primary ? ' class="primary"' : "";
  const [words, typed] = [escapeHtml(label), escapeHtml(line)];
  if (fields === undefined || fields.length === 0)
    return `<button type="button"${look} data-line="${typed}">${words}</button>`;
  // A button, not a summary: the contract promises that every action is one, and a summary's role differs by browser.
  const id = nextId(frame);
  const inputs = fields.map((field) => fieldHtml(field, nextId(frame))).join("");
  return `<button type="button"${look} aria-expanded="false" aria-controls="${id}">${words}</button><form id="${id}" hidden method="post" action="/ask" aria-label="${words}" data-line="${typed}">${inputs}<button type="submit" class="primary">Continue</button></form>`;
}

function fieldHtml({ name, label, hint, ...rest }: Field, id: string): string {
  const told = hint === undefined ? "" : ` aria-describedby="${id}-hint"`;
  const attributes = `id="${id}" name="${escapeHtml(name)}"${told}${rest.required ? " required" : ""}`;
  const optional = rest.required ? "" : ' <span class="note">optional</span>';
  const below = hint === undefined ? "" : `<p class="note" id="${id}-hint">${escapeHtml(hint)}</p>`;
  return `<div class="field"><label for="${id}">${escapeHtml(label)}${optional}</label>${controlHtml(rest, attributes)}${below}</div>`;
}

function controlHtml(
  { value, placeholder, long, file, choices }: Omit<Field, "name" | "label" | "hint">,
  attributes: string,
): string {
  if (choices !== undefined) {
    const known = choices.some((choice) => choice.value === value);
    const options = [...(known ? [] : [{ label: "", value: "" }]), ...choices].map(
      (choice) =>
        `<option value="${escapeHtml(choice.value)}"${choice.value === value ? " selected" : ""}>${escapeHtml(choice.label)}</option>`,
    );
    return `<select ${attributes}>${options.join("")}</select>`;
  }
  if (file) return `<input type="file" ${attributes}>`;
  const hinted = placeholder === undefined ? "" : ` placeholder="${escapeHtml(placeholder)}"`;
  const typing = `${attributes}${hinted} autocomplete="off" autocapitalize="none" spellcheck="false"`;
  return long
    ? `<textarea rows="8" ${typing}>${escapeHtml(value ?? "")}</textarea>`
    : `<input type="text" value="${escapeHtml(value ?? "")}" ${typing}>`;
}

/** The page as one `<article>`: all text escaped, links to https: only; ids begin with `key`, which is unique in a document. */
export function renderPage(doc: Doc, key = "answer"): string {
  const frame: Frame = { key, count: 0 };
  const name = escapeHtml(`${wordsOf(doc.title)}: ${STATE_WORDS[doc.state]}`);
  const head = `<header><p class="subject">${lineHtml(doc.title)}</p><h2 class="verdict">${badge(doc.state)} <span class="headline">${lineHtml(doc.headline)}</span></h2></header>`;
  const lead = doc.lead.length === 0 ? "" : `<div class="lead blocks">${blocksHtml(doc.lead, frame)}</div>`;
  const early = actionsHtml(
    doc.actions.filter((action) => action.early === true),
    frame,
  );
  const actions = actionsHtml(
    doc.actions.filter((action) => action.early !== true),
    frame,
  );
  const sections = doc.sections.map((section) => sectionHtml(section, doc.open, frame)).join("");
  return `<article class="answer ${doc.state}" aria-label="${name}">${head}${lead}${early}${sections}${actions}</article>`;
}
