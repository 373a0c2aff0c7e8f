// Bundles both apps into dist/, when anything of them is newer than what is there.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const out = join(here, '../dist');
const workspace = join(here, '../..');

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map(name => newest(join(path, name))));
}

const sources = [here, join(workspace, 'plugin/src'), join(workspace, 'package-lock.json')];
const made = join(out, 'new.js');
if (!existsSync(made) || statSync(made).mtimeMs < Math.max(...sources.map(newest))) {
  rmSync(out, { recursive: true, force: true });
  await build({
    entryPoints: { new: join(here, 'new.jsx'), old: join(here, 'old.jsx') },
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.APP_CONFIG': 'undefined', 'process.env': '{}', global: 'globalThis' },
    inject: [join(here, 'node-globals.js')],
    alias: { stream: join(here, 'no-streams.js') },
    loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl' },
    logLevel: 'error',
  });
}
