import { defineConfig } from "vite";

/** What pages of Django admin load beside Django's own: built after the desk, into the same folder, and for itself, so
 *  that neither loads a part of the other. */
export default defineConfig({
  base: "./",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { "route-editor": "src/admin/routes/main.tsx" },
      output: { entryFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
});
