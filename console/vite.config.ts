/** How the console is built. `build.ts` runs it, and keeps what it has made. */
import { defineConfig } from 'vite';
import { definitions } from './definitions';

export default defineConfig({
  base: '/console/',
  plugins: [definitions()],
  // The browser's own console reports what a component does wrong, so the build needs no other plugin.
  oxc: { jsx: { runtime: 'automatic' } },
  resolve: {
    alias: {
      // Cloudscape's messages are parsed when Cloudscape is built, so the page needs no parser.
      '@formatjs/icu-messageformat-parser': '@formatjs/icu-messageformat-parser/no-parser.js',
    },
  },
  build: {
    target: 'es2022',
    // The first that know `light-dark()`. For older ones it would be replaced by something that reads no colour scheme.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    minify: 'terser',
    terserOptions: { compress: { passes: 3 } },
    // The policy of the page allows no data URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2_000,
  },
});
