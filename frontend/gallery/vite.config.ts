import { defineConfig } from "vite";

/** The state gallery: development only, never part of dist/. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  publicDir: "../public",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { fs: { allow: ["../.."] } },
  build: {
    outDir: "../screenshots/gallery",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});
