/** The record to publish instead: what is published, mended, merged and tidied. Whoever offers it reads it back first. */
import { readable } from "../text/octets.ts";
import { mergeRecords, tidyRecord, type Broken, type Edit } from "./edit.ts";
import { mendRecord, type Change } from "./mend.ts";
import { isSpf, parseSpf } from "./parse.ts";
import type { SpfTree } from "./tree.ts";

export interface Proposal {
  text: string;
  /** Slips that were mended, then edits, in the order made. */
  changes: readonly Change[];
  edits: readonly Edit[];
}

/** Proposes a record for a domain whose policy has been read; null where nothing is to be changed or nothing can be told. */
export function proposeRecord(tree: SpfTree): Proposal | null {
  const { published } = tree;
  switch (published.kind) {
    case "failed":
    case "none":
      return null;
    case "no-spf":
      return published.nearMisses.length === 0 ? null : repair(published.nearMisses, []);
    case "several":
      return repair(published.texts, []);
    case "record":
      return repair([published.record.text], brokenTerms(tree));
  }
}

function repair(texts: readonly string[], broken: readonly Broken[]): Proposal | null {
  const mended = texts.map(mendRecord);
  if (mended.some(({ complete }) => !complete)) return null;
  const changes = mended.flatMap((each) => each.changes);
  const one =
    mended.length === 1 ? { text: mended[0]!.text, edits: [] } : mergeRecords(mended.map(({ text }) => text));
  if (!isSpf(one.text)) return null;
  // Places of broken terms hold only in the record as published.
  const tidied = tidyRecord(parseSpf(one.text), changes.length === 0 && texts.length === 1 ? broken : []);
  if (changes.length === 0 && texts.length === 1 && tidied.edits.length === 0) return null;
  if (tidied.text.trim() === readable(texts[0]!).trim() && texts.length === 1) return null;
  return { text: tidied.text, changes, edits: [...one.edits, ...tidied.edits] };
}

/** Terms of the domain's own record that are an error for everyone who reaches them. */
function brokenTerms({ root }: SpfTree): Broken[] {
  return root.children.flatMap(({ trouble, term }): Broken[] => {
    if (term === null) return [];
    if (trouble?.code === "no-target") return [{ index: term.index, reason: "no-target" }];
    return trouble?.code === "loop" ? [{ index: term.index, reason: "loop" }] : [];
  });
}
