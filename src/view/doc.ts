/** Doc: the platform-neutral page. A rim draws it; it decides nothing. Made from a Result alone; plain data. */
import type { State } from "../finding.ts";
import type { Foreign } from "../text/foreign.ts";

export type { State } from "../finding.ts";

/** A piece of a line, always literal: the rim escapes. `at` is milliseconds since 1970; a rim shows it in the reader's zone. */
export type Inline =
  | { kind: "text"; text: string; strong?: true }
  | { kind: "code"; text: Foreign }
  | { kind: "link"; text: string; url: string }
  | { kind: "time"; at: number };

export type Line = readonly Inline[];

/** A field of a form; its value comes back as `Request.fields[name]`. */
export interface Field {
  name: string;
  label: string;
  /** Says what goes in, and where to find it. */
  hint?: string | undefined;
  placeholder?: string | undefined;
  value?: string | undefined;
  required?: true | undefined;
  /** A text of several lines. */
  long?: true | undefined;
  /** A file; it comes back among `Request.files`. */
  file?: true | undefined;
  /** One of these. */
  choices?: readonly { label: string; value: string }[] | undefined;
}

/** A button: a command line sent again. With `fields` it first asks for them: a form is a command line with named fields. */
export interface Action {
  label: string;
  line: string;
  fields?: readonly Field[] | undefined;
  /** The next step; at most one of a page. */
  primary?: true | undefined;
  /** Right below the lead, where a rim can put it there. */
  early?: true | undefined;
}

/** A short figure or word shown beside a name: "4", "void", "SPF fail". */
export interface Mark {
  text: string;
  state?: State;
}

/** A branch of a tree. */
export interface Branch {
  label: Line;
  mark?: Mark;
  note?: Line;
  state?: State;
  children: readonly Branch[];
}

/** A stop on a way. `state` says how it came out there; `marks` are what was judged there, each with its word. */
export interface Station {
  name: Line;
  note?: Line;
  marks: readonly Mark[];
  state?: State;
}

export type Block =
  | { kind: "text"; line: Line }
  /**
   * Literal text to read or to copy, in a fixed-width face. `copy`: what the clipboard gets, where it differs from `text`. `lines`: its
   * lines, where the line feeds in it are ours.
   */
  | { kind: "record"; label: string; text: Foreign; lines?: readonly Foreign[]; copy?: string; note?: Line }
  | { kind: "facts"; rows: readonly { label: string; line: Line }[] }
  | { kind: "list"; items: readonly Line[]; ordered?: true }
  | { kind: "table"; caption: string; head: readonly string[]; rows: readonly (readonly Line[])[] }
  | { kind: "tree"; label: string; root: Branch }
  /** Stops in the order of travel. */
  | { kind: "way"; label: string; stations: readonly Station[] }
  | {
      kind: "finding";
      state: State | "info";
      title: Line;
      why: Line;
      fix: Line;
      ref: string;
      action?: Action;
    };

/** A part of a page under a heading. `folded`: behind "More" until asked for. `id` is what `--more` names. */
export interface Section {
  id: string;
  title: string;
  folded: boolean;
  blocks: readonly Block[];
}

export interface Doc {
  /** The line that was understood, as it can be sent again. */
  line: string;
  /** "info" where nothing was judged. */
  state: State | "info";
  /** "SPF · example.com". */
  title: Line;
  /** The verdict in one line. */
  headline: Line;
  /** The next step and what must be read without a click. */
  lead: readonly Block[];
  sections: readonly Section[];
  actions: readonly Action[];
  /** A section asked for by `--more SECTION[:PART]`: the one to be shown open. */
  open?: string;
  /** No answer yet: shown while the line is worked on, and replaced. */
  pending?: true;
}

/** The word for each state, for readers who see neither colour nor sign. */
export const STATE_WORDS: Record<State | "info", string> = {
  ok: "Good",
  warning: "Warning",
  error: "Problem",
  unknown: "Could not check",
  info: "Note",
};

/** The sign for each state: a tick, a warning, a cross, a question mark. */
export const STATE_SIGNS: Record<State | "info", string> = {
  ok: "✓",
  warning: "!",
  error: "✗",
  unknown: "?",
  info: "i",
};
