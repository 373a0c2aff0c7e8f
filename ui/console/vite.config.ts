import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  base: '/console/app/',
  build: {
    manifest: true,
    target: 'es2022',
    // The pages' security policy allows no data: addresses.
    assetsInlineLimit: 0,
    rollupOptions: { input: 'src/main.tsx' },
  },
  test: { include: ['src/**/*.test.ts'] },
});
