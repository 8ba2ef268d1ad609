/** Where an answer came from, as a result shows it: with the command that repeats the question. */
import type { Told } from "./ports.ts";
import type { ToldData } from "./results/spf.ts";

/** The JSON of an answer's origin; `name` and `type` are those that were asked. `ttl`: seconds, null where none was told. */
export function toldData(told: Told & { ttl?: number }, name: string, type = "TXT"): ToldData {
  const { server, at, aliases } = told;
  return { server, at, ttl: told.ttl ?? null, aliases, dig: digLine(server, name, type) };
}

/** `dig` for the server that was asked; quoted, so that no name can say more than its name. */
function digLine(server: string, name: string, type: string): string {
  const quoted = /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
  const https = /^https:\/\/([^/]+)/.exec(server)?.[1];
  if (https !== undefined) return `dig +https @${https} ${quoted} ${type}`;
  const [, bracketed, plain, port] = /^(?:\[([\da-f:.]+)\]|([\da-f:.]+?))(?::(\d+))?$/i.exec(server) ?? [];
  const address = bracketed ?? plain;
  if (address === undefined) return `dig ${quoted} ${type}`;
  const at = port === undefined || port === "53" ? "" : `-p ${port} `;
  return `dig ${at}@${address} ${quoted} ${type}`;
}
