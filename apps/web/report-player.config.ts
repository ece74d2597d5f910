import { defineConfig } from 'vite';

/** The program that replays recordings in an incident report, as one script to be put into an HTML file. */
export default defineConfig({
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    copyPublicDir: false,
    lib: {
      entry: 'src/report-player/main.ts',
      formats: ['iife'],
      name: 'reportPlayer',
      fileName: () => 'report-player.js',
    },
  },
});
