/** Every pattern that headers and messages meet in src/triage: none of them walks back without an end (recheck). */
import { check } from "recheck";
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const FOLDER = path.join(import.meta.dirname, "../../src/triage");
const ADAPTER = path.join(import.meta.dirname, "../../adapters/mailauth/verify.ts");

function patternsOf(file: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The files that read headers and messages. */
const READING =
  "arc,authors,headers,hops,input,lex,lines,message,mime,names,replay,replay-dkim,results,signatures,start,trust".split(
    ",",
  );

const files = [...READING.map((name) => path.join(FOLDER, `${name}.ts`)), ADAPTER];

describe("patterns", () => {
  test.each(files.map((file) => [path.basename(file), file] as const))(
    "of %s are safe",
    async (_name, file) => {
      const told = await Promise.all(
        patternsOf(file).map(async (text) => {
          const end = text.lastIndexOf("/");
          const { status } = await check(text.slice(1, end), text.slice(end + 1), { timeout: 10_000 });
          return status === "safe" ? null : `${status}: ${text}`;
        }),
      );
      expect(told.filter((each) => each !== null)).toEqual([]);
    },
  );
});
