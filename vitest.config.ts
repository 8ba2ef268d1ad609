import { defineConfig } from "vitest/config";

const long = process.env["LONG"] === "1";

export default defineConfig({
  test: {
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
          testTimeout: long ? 600_000 : 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: long ? 600_000 : 90_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
    coverage: { provider: "v8", include: ["src/**", "adapters/**"], reporter: ["text", "json-summary"] },
  },
});
