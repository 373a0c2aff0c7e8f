// What the walks are made of: the servers, and pages of one real browser. WORLD.json, the argument of the program, says where everything
// is; conftest.py writes it.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const world = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const require = createRequire(join(world.workspace, 'package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Twice what the plugin waits for an answer, and the ten seconds for which the backend keeps what it knows. */
const DEADLINE = 50_000;

export const entity = (name, kind = 'component') => `/catalog/default/${kind}/${name}`;

// --- the servers ---

export async function rest(method, path, body) {
  const headers = { Authorization: `Token token=${world.apiKey}`, 'Content-Type': 'application/json', From: world.owner };
  const answer = await fetch(world.callboard + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** The plugin's backend, asked by the guest: the answer's JSON; undefined where there is nothing. */
export async function plugin(method, path, body) {
  const { backstageIdentity } = await (await fetch(`${world.app}/api/auth/guest/refresh`)).json();
  const headers = { Authorization: `Bearer ${backstageIdentity.token}`, 'Content-Type': 'application/json' };
  const answer = await fetch(world.plugin + path, { method, headers, body: body && JSON.stringify(body) });
  if (answer.status === 404) return undefined;
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** What the catalog says that an entity's service is. */
export async function annotatedService(name) {
  const answer = await fetch(`${world.app}/api/catalog/entities/by-name/component/default/${name}`, { headers: { Authorization: `Bearer ${world.token}` } });
  return (await answer.json()).metadata.annotations?.['pagerduty.com/service-id'];
}

/** From now on the account answers so: {"/oncalls": {status, headers}}, by the beginning of the path. */
export const faults = rules => fetch(`${world.proxy}/_faults`, { method: 'POST', body: JSON.stringify(rules) });

export async function makeIncident(service, title) {
  const incident = { type: 'incident', title, urgency: 'high', service: { id: service, type: 'service_reference' } };
  return (await rest('POST', '/incidents', { incident })).incident;
}

export const incidentNow = async id => (await rest('GET', `/incidents/${id}?include[]=body`)).incident;

export async function resolveAll(service) {
  const { incidents } = await rest('GET', `/incidents?statuses[]=triggered&statuses[]=acknowledged&service_ids[]=${service}`);
  await Promise.all(incidents.map(({ id }) => rest('PUT', `/incidents/${id}`, { incident: { type: 'incident', status: 'resolved' } })));
}

/** `what`: the words for it, or what gives them when they are needed. */
export async function until(what, condition) {
  const deadline = Date.now() + DEADLINE;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `waited in vain for: ${typeof what === 'function' ? what() : what}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

// --- the browser ---

// An app whose configuration a walk has changed comes from nowhere to Chromium, and what comes from nowhere may not ask this machine.
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-features=LocalNetworkAccessChecks'];

let browser;
let context;
let problems = [];
/** What the pages of a walk have asked for and not been answered, and since when. */
const waiting = new Map();

/** All pages of a walk are one person's: the second is opened from what the first has loaded. */
async function person() {
  if (context) return context;
  if (!browser?.isConnected()) browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });
  context = await browser.newContext();
  context.setDefaultTimeout(DEADLINE);
  // Signed in before, as a guest.
  await context.addInitScript(() => localStorage.setItem('@backstage/core:SignInPage:provider', 'guest'));
  await context.clock.install();
  return context;
}

export async function open(path, { scheme = 'light', width = 1280, prepare } = {}) {
  const page = await (await person()).newPage();
  page.on('pageerror', error => problems.push(`${path}: ${error}`));
  page.on('request', request => waiting.set(request, Date.now()));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, request => waiting.delete(request));
  await page.setViewportSize({ width, height: 1100 });
  await page.emulateMedia({ colorScheme: scheme });
  await prepare?.(page);
  await page.goto(world.app + path, { waitUntil: 'commit' });
  return page;
}

/** For `prepare`: the plugin's answers to `route` as `change` makes them. */
export const changed = (route, change) => page =>
  page.route(`**/api/pagerduty/${route}?*`, async caught => {
    const response = await caught.fetch();
    const json = await response.json();
    change(json);
    await caught.fulfill({ response, json });
  });

/** For `prepare`: the app with these extensions configured, as its app-config.yaml would. */
export const configured = extensions => page =>
  page.route(
    url => url.origin === world.app && url.pathname.startsWith('/catalog/'),
    async route => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/(<script type="backstage.io\/config">)(.*?)(<\/script>)/s, (_, begin, text, end) => {
        const [{ context, data }] = JSON.parse(text);
        const kept = data.app.extensions.filter(one => !(one in extensions));
        data.app.extensions = [...Object.entries(extensions).map(([id, value]) => ({ [id]: value })), ...kept];
        return begin + JSON.stringify([{ context, data }]).replaceAll('<', '\\u003c') + end;
      });
      await route.fulfill({ response, body });
    },
  );

/** Ends what a walk has open; gives what its pages complained of and, `asWell`, the text of each. */
export async function leave(walk, asWell) {
  const pages = context?.pages() ?? [];
  const texts = asWell ? await Promise.all(pages.map(page => page.locator('body').innerText({ timeout: 2000 }).catch(() => ''))) : [];
  if (asWell) for (const [i, page] of pages.entries()) await screenshot(page, `failed-${walk}-${i}`).catch(() => {});
  if (asWell) texts.push([...waiting].map(([request, since]) => `unanswered for ${Date.now() - since} ms: ${request.url()}`).join('\n'));
  // What a walk answers itself may be on its way still: that it cannot end is no fault, and would end this program.
  await Promise.all(pages.map(page => page.unrouteAll({ behavior: 'ignoreErrors' })));
  await context?.close();
  waiting.clear();
  context = undefined;
  const complaints = problems;
  problems = [];
  return { complaints, texts: texts.map(text => text.slice(0, 3000)) };
}

export const close = () => browser?.close();

export const cardOf = page => page.getByRole('region', { name: /^Incidents and on-call: / }).first();
/** Menus and lists that open are dialogs to ARIA too, and stay for a moment when they close. */
export const dialogOf = page => page.locator('section[role=dialog]');
export const part = (card, name) => card.locator(`[data-part="${name}"]`);
/** The page's clock is moved on to when the cards ask again, so that nobody waits for that. */
export async function appears(locator, state = 'visible') {
  const deadline = Date.now() + DEADLINE;
  for (;;) {
    try {
      return await locator.first().waitFor({ state, timeout: 2500 });
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await locator.page().clock.runFor(21_000);
    }
  }
}

export const says = (locator, text) => appears(locator.filter({ hasText: text }));

export async function screenshot(page, name) {
  if (!process.env.CALLBOARD_SHOTS) return;
  mkdirSync(process.env.CALLBOARD_SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.CALLBOARD_SHOTS, `${name}.png`), fullPage: true });
}

/**
 * Waits until nothing is on its way in or out. A list that closes hides the rest of the page from screen readers until it is gone, so
 * that what is looked at before is not what people have.
 */
async function still(page) {
  await until('the page to be still', () =>
    page.evaluate(() => {
      const shown = document.querySelector('section[role=dialog]') ?? document.querySelector('.cbp');
      const moving = shown
        ?.getAnimations({ subtree: true })
        // What goes on for ever, or follows the scroll bar, is no movement.
        .some(({ playState, timeline, effect }) => playState === 'running' && timeline === document.timeline && effect.getComputedTiming().endTime !== Infinity);
      const passing = document.querySelector('[data-entering], [data-exiting]');
      return shown && !moving && !passing && !shown.closest('[aria-hidden=true], [inert]');
    }),
  );
}

/** What is ours on the page breaks no rule of WCAG 2.2 AA that can be checked so. */
export async function accessible(page, where) {
  await page.evaluate(axe);
  await still(page);
  const violations = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const include = document.querySelector('section[role=dialog]') ? [['section[role=dialog]']] : [['.cbp']];
    const result = await window.axe.run({ include }, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return result.violations.map(one => `${one.id}: ${one.nodes.map(node => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
  });
  assert.deepEqual(violations, [], where);
}

/** It is accessible, on a telephone too, where nothing of ours sticks out of the page. */
export async function looksRight(page, name) {
  await accessible(page, name);
  await screenshot(page, name);
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width: 390, height });
  await accessible(page, `${name}, narrow`);
  // The grid of a home page moves its cards to where they belong some time after the window has changed.
  let wide;
  await until(() => `${name} to be no wider than a telephone, as are: ${wide}`, async () => {
    wide = await page.evaluate(() => {
      const right = document.documentElement.clientWidth;
      const sticksOut = one => one.getBoundingClientRect().right > right + 1 && !one.closest('.cbp-scroll');
      return [...document.querySelectorAll('.cbp, .cbp *')].filter(sticksOut).slice(0, 3).map(one => one.outerHTML.slice(0, 120));
    });
    return wide.length === 0;
  });
  await screenshot(page, `${name}-narrow`);
  await page.setViewportSize({ width, height });
}

/** As above, in both themes. Backstage makes everything anew when the theme changes: for what has nothing open. */
export async function looksRightInBoth(page, name) {
  await looksRight(page, name);
  await page.evaluate(() => document.querySelectorAll('.cbp').forEach(one => one.setAttribute('data-light', '')));
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('[data-theme-mode=dark]').first().waitFor({ state: 'attached' });
  await page.locator('.cbp:not([data-light]) h3').first().waitFor();
  await looksRight(page, `${name}-dark`);
}
