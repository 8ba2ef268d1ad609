/** Pasted texts in lines: what is taken out, what may be shown, what may be stored. */
import { describe, expect, it } from "vitest";
import { isTriage, looksPasted, shownLine, storableLine, takePaste } from "../../src/text/paste.ts";

const KEPT = `kept:${"a".repeat(26)}`;

describe("a line with a pasted text", () => {
  it.each([
    // line, without its text, shown, stored
    ["triage 550 no", "triage", "triage", "triage"],
    ["/triage 550 no", "triage", "/triage", "triage"],
    ["TRIAGE\n550 no", "triage", "TRIAGE", "triage"],
    [`triage ${KEPT}`, `triage ${KEPT}`, `triage ${KEPT}`, `triage ${KEPT}`],
    [`triage ${KEPT} 550 no`, `triage ${KEPT}`, `triage ${KEPT}`, "triage"],
    ["triage --ip 192.0.2.1 550 no", "triage --ip 192.0.2.1", "triage", "triage"],
  ])("%j", (line, taken, shown, stored) => {
    expect(takePaste(line).line).toBe(taken);
    expect(shownLine(line)).toBe(shown);
    expect(storableLine(line)).toBe(stored);
    expect(isTriage(line)).toBe(true);
  });

  it.each(["triage: 550 no", "550 no such user", "<a@b.example> failed", "two\nlines"])(
    "%j is stored by its command alone, though nobody typed that",
    (line) => {
      expect(storableLine(line)).toBe("triage");
      expect(isTriage(line)).toBe(false);
    },
  );

  it.each(["spf example.com", "/check example.com", "help", "triages"])("%j stays as it is", (line) => {
    expect(storableLine(line)).toBe(line);
    expect(shownLine(line)).toBe(line);
    expect(takePaste(line)).toEqual({ line });
    expect(looksPasted(line)).toBe(false);
  });

  it.each(["550 5.1.1 no", "421-4.7.0 wait", "<a@b.example>", "one\ntwo"])("%j was not typed", (line) => {
    expect(looksPasted(line)).toBe(true);
  });
});
