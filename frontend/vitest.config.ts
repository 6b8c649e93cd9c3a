import { defineConfig } from "vitest/config";

// These stand in for whole modules, load them anew (`vi.resetModules`), stand in for what a page has only one of, or speak
// another language than the rest.
const OWN_PAGE = ["src/adapters/**/*.test.{ts,tsx}", "src/serviceWorker.test.ts", "gallery/**/*.test.ts"];

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The samples of the contract are shared with the server’s tests.
  server: { fs: { allow: [".."] } },
  test: {
    testTimeout: 30_000,
    environment: "happy-dom",
    // The palette and the areas of a phone are read by tests; other styles mean nothing here.
    css: { include: [/(tokens|narrow|rooms|threads)\.css/] },
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    // Loading the desk anew takes longer than most files' tests: one page serves many of them.
    projects: [
      { extends: true, test: { name: "own page", include: OWN_PAGE } },
      {
        extends: true,
        test: {
          name: "one page",
          include: ["src/**/*.test.{ts,tsx}"],
          exclude: OWN_PAGE,
          isolate: false,
        },
      },
    ],
  },
});
