/** An Http that answers from literal documents, with a log; the tests' world of the web. */
import type { Fetched, Http } from "../../src/ports.ts";

/** A text, octets, or what a fetch comes to. */
export type Document = string | Uint8Array | Fetched | { text: string; type: string | null };

/** Documents by URL; any other URL is a host without an address. Each URL asked for is pushed to `log`. */
export function documentsHttp(documents: Readonly<Record<string, Document>>, log: string[] = []): Http {
  return {
    get(url, octets) {
      log.push(url);
      const document = Object.hasOwn(documents, url) ? documents[url]! : undefined;
      return Promise.resolve(
        document === undefined ? { kind: "failed", why: "no-address" } : fetchedOf(document, octets),
      );
    },
  };
}

function fetchedOf(document: Document, limit: number): Fetched {
  if (typeof document === "object" && "kind" in document) return document;
  const [text, contentType] =
    typeof document === "object" && "text" in document
      ? [document.text, document.type]
      : [document, "text/plain"];
  const octets = typeof text === "string" ? new TextEncoder().encode(text) : text;
  if (octets.length > limit) return { kind: "failed", why: "too-large", status: 200 };
  return { kind: "document", octets, contentType, at: 0, address: "192.0.2.1" };
}
