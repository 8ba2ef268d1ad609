/** A URL that a stranger wrote -> where to ask and for what, or why it is not asked for. */
import net from "node:net";
import { NAME_MAX, URL_MAX } from "./limits.ts";

/** What of a URL a request needs. */
export interface Target {
  /** A name of at least two labels, in lower case, without a final dot. */
  host: string;
  /** Path and query. */
  path: string;
}

/** Why a URL is not asked for; only an address in place of a name is one of `FetchFailure`'s own words. */
export type BadTarget = "url" | "scheme" | "credentials" | "port" | "name" | "address";

const LABEL = /^[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?$/;

/** Reads `https://name/path`; never throws, asks nobody. */
export function readTarget(text: string): Target | BadTarget {
  if (text.length > URL_MAX || !URL.canParse(text)) return "url";
  const url = new URL(text);
  if (url.protocol !== "https:") return "scheme";
  if (url.username !== "" || url.password !== "") return "credentials";
  if (url.port !== "") return "port";
  // The URL parser has turned 0x7f.1 and 2130706433 into dotted quads.
  const host = url.hostname.replace(/\.$/, "");
  if (host.startsWith("[") || net.isIP(host) !== 0) return "address";
  if (!isName(host)) return "name";
  return { host, path: `${url.pathname}${url.search}` };
}

function isName(host: string): boolean {
  const labels = host.split(".");
  return host.length <= NAME_MAX && labels.length >= 2 && labels.every((label) => LABEL.test(label));
}
