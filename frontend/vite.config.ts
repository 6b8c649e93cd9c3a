import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { defineConfig, type Plugin } from "vite";

/** What the desk loads when it is first needed, under addresses that the page is told: `desk/views.py`. */
const LATER = {
  "desk-board": "src/components/board/screens.ts",
  "desk-contacts": "src/components/contact/screens.ts",
  "desk-messages": "src/components/Messages.tsx",
  "desk-noise": "src/noise/switch.ts",
  "desk-sends": "src/components/sends/GroupSends.tsx",
  "desk-settings": "src/components/settings.ts",
  "desk-words-board-de": "src/i18n/board/de.ts",
  "desk-words-board-en": "src/i18n/board/en.ts",
  "desk-words-contacts-de": "src/i18n/contacts/de.ts",
  "desk-words-contacts-en": "src/i18n/contacts/en.ts",
  "desk-words-de": "src/i18n/de.ts",
  "desk-words-en": "src/i18n/en.ts",
  "desk-words-messages-de": "src/i18n/messages/de.ts",
  "desk-words-messages-en": "src/i18n/messages/en.ts",
  "desk-words-sends-de": "src/i18n/sends/de.ts",
  "desk-words-sends-en": "src/i18n/sends/en.ts",
  "desk-words-settings-de": "src/i18n/settings/de.ts",
  "desk-words-settings-en": "src/i18n/settings/en.ts",
};

const SUPPRESSOR = "@sapphi-red/web-noise-suppressor";

/** What runs beside the page as it comes: the page is told where it is, and nothing is shared with it. */
const noiseFiles: Plugin = {
  name: "noise-files",
  generateBundle() {
    const bring = (name: string) =>
      readFileSync(createRequire(import.meta.url).resolve(`${SUPPRESSOR}/${name}`));
    for (const fileName of ["rnnoise.wasm", "rnnoise_simd.wasm"])
      this.emitFile({ type: "asset", fileName, source: bring(fileName) });
    // Its map is not brought, and Django's storage would miss it.
    const worklet = bring("rnnoiseWorklet.js")
      .toString()
      .replace(/^\/\/# sourceMappingURL=.*$/m, "");
    this.emitFile({ type: "asset", fileName: "noiseWorklet.js", source: worklet });
  },
};

const CORE = /\.tsx?$|preact/;
/** What several of those that are loaded later need, and the first page does not. */
const LATER_SHARED = /\/AddNote\.tsx$/;

/** Stable names: Django's static files storage adds the content hashes, and puts them into what imports `./desk-….js`. */
export default defineConfig({
  base: "./",
  plugins: [noiseFiles],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    target: "es2022",
    // No preloading code: the page says itself what it needs at once.
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      // What is loaded later is asked for by its names.
      preserveEntrySignatures: "allow-extension",
      input: {
        desk: "src/main.tsx",
        ...LATER,
        alarms: "src/adapters/alarms.worker.ts",
        serviceWorker: "src/serviceWorker.ts",
        site: "src/styles/site.css",
        tokens: "src/styles/tokens.css",
      },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: "[name][extname]",
        // What more than one of them needs is one file, and nothing in it needs any of them: names that hang on what
        // is in the files cannot go in a circle.
        codeSplitting: {
          groups: [
            { name: "desk-core", minShareCount: 2, test: (id) => CORE.test(id) && !LATER_SHARED.test(id) },
            { name: "desk-shared", test: LATER_SHARED, includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
});
