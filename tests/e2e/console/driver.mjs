// Chromium for the tests: reads one JSON object a line, {"page", "call", "args"}, does it, and answers {"value"} or {"error"}.
// `call` is a method of Playwright's page, of a locator ("locator:<method>", its selector first), or one of `own`.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../../../ui/console/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const browser = await chromium.launch({ executablePath: process.env.CALLBOARD_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const pages = new Map();

const own = {
  async open(name, { cookies = [], ...options }) {
    const context = await browser.newContext(options);
    await context.addCookies(cookies);
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const problems = [];
    const loaded = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(`${message.type()}: ${message.text()} (${message.location().url})`));
    page.on('pageerror', (error) => problems.push(String(error.stack)));
    // What is being read; the stream of changes never ends.
    const reading = new Set();
    const ended = (request) => reading.delete(request);
    page.on('request', (request) => request.url().endsWith('/console/live') || reading.add(request));
    page.on('requestfinished', (request) => ended(request) && loaded.push(request));
    page.on('requestfailed', ended);
    pages.set(name, { page, context, problems, loaded, reading });
  },
  async close(name) {
    await pages.get(name).context.close();
    pages.delete(name);
  },
  problems: (name) => pages.get(name).problems.splice(0),
  /** [resource type, address, bytes on the wire without headers] of everything so far */
  loaded: (name) => Promise.all(pages.get(name).loaded.map(async (one) => [one.resourceType(), one.url(), (await one.sizes()).responseBodySize])),
  /** Of the whole page, or of what is there by this selector. */
  async axe(name, within) {
    const { page } = pages.get(name);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(async (where) => {
      // Rows that are drawn only when they are near have no places of their own until then, and would seem to lie on each other.
      const drawn = new CSSStyleSheet();
      drawn.replaceSync('* { content-visibility: visible !important; }');
      document.adoptedStyleSheets.push(drawn);
      const found = await globalThis.axe.run(where ?? document, { resultTypes: ['violations'] });
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== drawn);
      return found;
    }, within);
    return violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} (${node.any[0]?.message ?? node.all[0]?.message ?? ''})`).join(' | ')}`);
  },
  /** What a screen reader finds, in its order: [role, name, level of a heading, what it is inside of]. */
  async tree(name) {
    const { page, context } = pages.get(name);
    const session = await context.newCDPSession(page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    await session.detach();
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    const above = (node) => {
      const roles = [];
      for (let one = byId.get(node.parentId); one; one = byId.get(one.parentId)) if (!one.ignored) roles.push(one.role?.value);
      return roles;
    };
    const found = [];
    const walk = (node) => {
      const level = node.properties?.find((one) => one.name === 'level')?.value?.value ?? 0;
      if (!node.ignored) found.push([node.role?.value ?? '', node.name?.value ?? '', level, above(node)]);
      for (const id of node.childIds ?? []) if (byId.has(id)) walk(byId.get(id));
    };
    walk(nodes[0]);
    return found;
  },
  /** Requests to addresses that match fail, or get this answer. */
  async refuse(name, pattern, status, body) {
    await pages.get(name).page.route(pattern, (route) => (status ? route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) }) : route.abort()));
  },
  /** The network of a slow telephone, and a processor that many times slower. */
  async slow(name, kilobitsPerSecond, latencyMs, processor) {
    const { page, context } = pages.get(name);
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: latencyMs, downloadThroughput: (kilobitsPerSecond * 1000) / 8, uploadThroughput: (kilobitsPerSecond * 1000) / 8 });
    await session.send('Emulation.setCPUThrottlingRate', { rate: processor });
  },
  /** Waits until all of a page is there: nothing is being read, for long enough that what was read has asked for no more. */
  async settled(name) {
    const { page, reading } = pages.get(name);
    const end = Date.now() + 15_000;
    for (let quiet = 0; quiet < 3; await page.waitForTimeout(25)) {
      if (Date.now() > end) throw new Error(`still being read: ${[...reading].map((one) => one.url())}; waiting: ${await page.locator('#app .waiting, #app [aria-busy=true]').allInnerTexts()}`);
      const waits = reading.size > 0 || (await page.evaluate(() => document.querySelector('#app .waiting, #app [aria-busy=true]') !== null || document.querySelector('#app h1') === null));
      quiet = waits ? 0 : quiet + 1;
    }
  },
  /** As if a link to that address were on the page. */
  follow: (name, path) => pages.get(name).page.evaluate((href) => {
    const link = Object.assign(document.createElement('a'), { href });
    document.querySelector('#app').append(link);
    link.click();
    link.remove();
  }, path),
  press: (name, key) => pages.get(name).page.keyboard.press(key),
  async drag(name, selector, from, to) {
    const { page } = pages.get(name);
    const box = await page.locator(selector).first().boundingBox();
    const at = (share) => [box.x + box.width * share, box.y + box.height / 2];
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at((from + to) / 2));
    await page.mouse.move(...at(to));
    await page.mouse.up();
  },
};

async function run({ page: name, call, args = [] }) {
  if (own[call]) return own[call](name, ...args);
  const { page } = pages.get(name);
  if (!call.startsWith('locator:')) return page[call](...args);
  const [selector, ...rest] = args;
  return page.locator(selector)[call.slice('locator:'.length)](...rest);
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const value = await run(JSON.parse(line));
    answer = { value: ['string', 'number', 'boolean'].includes(typeof value) || Array.isArray(value) ? value : null };
  } catch (error) {
    answer = { error: String(error.message) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
