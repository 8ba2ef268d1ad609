import { defineConfig } from "vitest/config";

/** Files that run at once, on two cores. */
const WORKERS = 4;

/** What must be told within a second is asked when nothing else runs. */
const PACED = ["test/e2e/*dead-dns.test.ts", "test/e2e/start.test.ts"];

const long = process.env["LONG"] === "1";

export default defineConfig({
  test: {
    // Most files wait for servers, browsers and clocks rather than for a core.
    maxWorkers: WORKERS,
    projects: [
      {
        test: {
          name: "structure",
          include: ["test/boundaries.test.ts", "test/parity.test.ts"],
        },
      },
      {
        test: {
          name: "behaviour",
          include: ["test/**/*.test.ts"],
          exclude: ["test/boundaries.test.ts", "test/parity.test.ts", "test/e2e/**"],
          // No file leaves anything behind for the next: loading all anew for each took most of the time.
          isolate: false,
          testTimeout: long ? 600_000 : 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          exclude: PACED,
          testTimeout: long ? 600_000 : 90_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "paced",
          include: PACED,
          testTimeout: long ? 600_000 : 90_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: { provider: "v8", include: ["src/**", "adapters/**"], reporter: ["text", "json-summary"] },
  },
});
