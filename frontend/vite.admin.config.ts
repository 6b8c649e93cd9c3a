import { defineConfig } from "vite";

const PAGES: Record<string, string> = {
  "route-editor": "src/admin/routes/main.tsx",
  "hours-form": "src/admin/hours/main.tsx",
};

/** What a page of Django admin loads beside Django's own, one page at a time: `--mode route-editor`. Built after the
 *  desk, into the same folder, and each for itself, so that none loads a part of another. */
export default defineConfig(({ mode }) => ({
  base: "./",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { [mode]: PAGES[mode] ?? "" },
      output: { entryFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
}));
