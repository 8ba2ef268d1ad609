import js from "@eslint/js";
import * as regexp from "eslint-plugin-regexp";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "coverage/", "reports/", ".stryker-tmp/", "data/"] },
  js.configs.recommended,
  regexp.configs.recommended,
  {
    rules: {
      "regexp/no-super-linear-backtracking": "error",
      "regexp/no-super-linear-move": "error",
      "no-control-regex": "off",
    },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Index access is already `| undefined` by noUncheckedIndexedAccess; `!` marks the places where a bound was checked.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
    },
  },
  {
    files: ["**/*.test.ts", "test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
    },
  },
  {
    files: ["bin/*.cjs"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { require: "readonly", process: "readonly", module: "readonly", __dirname: "readonly" },
    },
  },
  {
    files: ["adapters/web/page/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "document",
          "window",
          "fetch",
          "FormData",
          "URLSearchParams",
          "HTMLElement",
          "navigator",
          "AbortController",
          "setTimeout",
          "clearTimeout",
          "history",
          "location",
          "HTMLFormElement",
          "HTMLInputElement",
          "HTMLButtonElement",
          "Event",
          "KeyboardEvent",
          "DOMParser",
          "Element",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
);
