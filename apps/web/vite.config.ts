import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // What is built in asks for its licence to come along.
  build: { outDir: 'dist', assetsInlineLimit: 0, license: { fileName: 'assets/licenses.md' } },
});
