// How an app is bundled, whatever is in it.
import { join } from 'node:path';

export const settings = {
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.APP_CONFIG': 'undefined', 'process.env': '{}', global: 'globalThis' },
  inject: [join(import.meta.dirname, 'node-globals.js')],
  alias: { stream: join(import.meta.dirname, 'no-streams.js') },
  loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl' },
  logLevel: 'error',
};
