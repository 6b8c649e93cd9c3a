import { defineConfig } from "vite";

/** Stable names: Django's static files storage adds the content hashes. */
export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    target: "es2022",
    // One module and no preloading code: the page loads nothing that it does not name itself.
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: {
        desk: "src/main.tsx",
        alarms: "src/adapters/alarms.worker.ts",
        serviceWorker: "src/serviceWorker.ts",
        site: "src/styles/site.css",
        tokens: "src/styles/tokens.css",
      },
      output: {
        entryFileNames: "[name].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
});
