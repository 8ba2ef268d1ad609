/** The tests that judge mutants: the tables of SPF and text alone, since each runs hundreds of times. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "test/spf/*.test.ts",
      "test/text/*.test.ts",
      "test/conformance/rfc7208.test.ts",
      "test/conformance/bad-spf.test.ts",
    ],
    exclude: ["test/spf/agreement.test.ts"],
    // What goes over the wire takes seconds, and shows nothing of these folders that memory does not.
    testNamePattern: /^(?!.* on the wire)/,
    testTimeout: 10_000,
  },
});
