/** Empty places for stores. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openStore, type StoreOptions } from "../../adapters/sql/store.ts";
import type { Store } from "../../src/store.ts";
import type { Home } from "../contracts/store.ts";

/** A store that must open. */
export async function opened(url: string, options: StoreOptions = {}): Promise<Store> {
  const open = await openStore(url, options);
  if (!open.ok) throw new Error(`${open.why}: ${open.detail}`);
  return open.store;
}

/** A folder of its own with a database file in it. */
export function sqliteHome(): Home & { file: string; url: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "waxseal-store-"));
  const file = path.join(folder, "data", "waxseal.db");
  const url = `sqlite:${file}`;
  return {
    file,
    url,
    open: (options) => opened(url, options),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}
