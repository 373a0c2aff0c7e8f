// Bundles both apps into dist/, when anything of them is newer than what is there.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { settings } from './settings.js';

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
    ...settings,
  });
}
