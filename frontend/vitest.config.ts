import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The samples of the contract are shared with the server’s tests.
  server: { fs: { allow: [".."] } },
  test: {
    testTimeout: 30_000,
    environment: "happy-dom",
    // The palette is read by a test; other styles mean nothing here.
    css: { include: [/tokens\.css/] },
    include: ["{src,gallery}/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
  },
});
