// Walks through the plugin in a real browser, as people do: `node walk.mjs WORLD.json` reads the name of a walk a line, and answers each
// with a line of JSON: {} or {error}. A walk that takes an argument is one for each frontend system and is called `name[new]` or
// `name[old]`; the argument is what the paths of that system begin with.
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { close, faults, leave } from './browser.mjs';
import * as fresh from './fresh/walks.mjs';
import * as official from './official/walks.mjs';
import * as card from './walks/card.mjs';
import * as fields from './walks/fields.mjs';
import * as many from './walks/many.mjs';
import * as mapping from './walks/mapping.mjs';

const walks = { ...card, ...fields, ...fresh, ...many, ...mapping, ...official };
const BASES = { new: '', old: '/old' };

async function run(called) {
  const [, name, system] = called.match(/^(\w+)(?:\[(new|old)\])?$/);
  let failure;
  try {
    await walks[name](BASES[system]);
  } catch (error) {
    failure = error;
  }
  const { complaints, texts } = await leave(called, failure !== undefined);
  await faults({});
  if (failure) return { error: [failure.stack, ...texts].join('\n---\n') };
  try {
    assert.deepEqual(complaints, []);
  } catch (error) {
    return { error: error.message };
  }
  return {};
}

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(await run(line))}\n`);
await close();
