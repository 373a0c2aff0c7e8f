// Walks through the cards in a real browser, as people do: `node cards.mjs WALK WORLD.json`. A walk that fails ends with status 1 and says
// where. WORLD.json says where everything is; test_cards.py writes it.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , walkName, worldFile] = process.argv;
const world = JSON.parse(readFileSync(worldFile, 'utf8'));
const require = createRequire(join(world.workspace, 'package.json'));
const { chromium } = require('playwright-core');

/** What a card shows first may be some seconds old: the backend keeps answers for ten. */
const DEADLINE = 28_000;

const entity = (name, kind = 'component') => `/catalog/default/${kind}/${name}`;

// --- the servers ---

async function rest(method, path, body) {
  const headers = { Authorization: `Token token=${world.apiKey}`, 'Content-Type': 'application/json', From: world.owner };
  const answer = await fetch(world.callboard + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** From now on the account answers so: {"/oncalls": {status, headers}}, by the beginning of the path. */
const faults = rules => fetch(`${world.proxy}/_faults`, { method: 'POST', body: JSON.stringify(rules) });

async function makeIncident(service, title) {
  const incident = { type: 'incident', title, urgency: 'high', service: { id: service, type: 'service_reference' } };
  return (await rest('POST', '/incidents', { incident })).incident;
}

const incidentNow = async id => (await rest('GET', `/incidents/${id}?include[]=body`)).incident;

async function resolveAll(service) {
  const { incidents } = await rest('GET', `/incidents?statuses[]=triggered&statuses[]=acknowledged&service_ids[]=${service}`);
  for (const { id } of incidents) await rest('PUT', `/incidents/${id}`, { incident: { type: 'incident', status: 'resolved' } });
}

async function until(what, condition) {
  const deadline = Date.now() + DEADLINE;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `waited in vain for: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

// --- the browser ---

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const problems = [];

async function open(path, { scheme = 'light', width = 1280, prepare } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 1100 }, colorScheme: scheme });
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE);
  page.on('pageerror', error => problems.push(`${path}: ${error}`));
  // Signed in before, as a guest.
  await page.addInitScript(() => localStorage.setItem('@backstage/core:SignInPage:provider', 'guest'));
  await page.clock.install();
  await prepare?.(page);
  await page.goto(world.app + path);
  return page;
}

const cardOf = page => page.getByRole('region', { name: /^Incidents and on-call: / }).first();
/** Menus and lists that open are dialogs to ARIA too, and stay for a moment when they close. */
const dialogOf = page => page.locator('section[role=dialog]');
const part = (card, name) => card.locator(`[data-part="${name}"]`);
/** The page's clock is moved on to when the cards ask again, so that nobody waits for that. */
async function appears(locator, state = 'visible') {
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

const says = (locator, text) => appears(locator.filter({ hasText: text }));


async function screenshot(page, name) {
  if (!process.env.CALLBOARD_SHOTS) return;
  mkdirSync(process.env.CALLBOARD_SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.CALLBOARD_SHOTS, `${name}.png`), fullPage: true });
}

/** What is ours on the page breaks no rule of WCAG 2.2 AA that can be checked so. */
async function accessible(page, where) {
  await page.evaluate(readFileSync(require.resolve('axe-core'), 'utf8'));
  const violations = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const include = document.querySelector('[role=dialog]') ? [['[role=dialog]']] : [['.cbp']];
    const result = await window.axe.run({ include }, { runOnly: { type: 'tag', values: tags } });
    return result.violations.map(one => `${one.id}: ${one.nodes.map(node => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
  });
  assert.deepEqual(violations, [], where);
}

// --- the walks ---

const walks = {
  async one_request_fills_the_card_and_no_key_reaches_the_browser() {
    const [service] = world.services;
    await resolveAll(service.id);
    const incident = await makeIncident(service.id, 'Checkout answers slowly');
    const asked = [];
    const page = await open(entity('both-annotations'), {
      prepare: page =>
        page.on('response', async response => {
          if (!response.url().startsWith(world.plugin) || response.request().method() === 'OPTIONS') return;
          asked.push({ url: response.url(), body: await response.text().catch(() => '') });
        }),
    });
    const card = cardOf(page);
    await says(card.getByRole('heading'), /1 is ringing \w+/);
    await says(part(card, 'Incidents'), incident.title);
    await says(part(card, 'On call now'), 'primary · level 1');
    await says(part(card, 'On call now'), /until .* then /);
    await part(card, 'On call now').getByText(/If there is no answer: /).click();
    await says(part(card, 'On call now'), 'level 2');
    await says(part(card, 'Changes'), /Deploy/);
    await says(part(card, 'Numbers'), /interruptions.*high urgency.*incidents.*standards met/s);
    await card.getByText('Which standards').click();
    await says(part(card, 'Numbers'), '(met)');
    await says(card, /Live.*as of \d+ s ago/s);
    const cards = asked.filter(one => one.url.includes('/card?'));
    assert.equal(cards.length, 1, asked.map(one => one.url).join('\n'));
    for (const { url, body } of asked) assert.ok(!(url + body).includes(service.integration_key), `a key went through ${url}`);
    const link = part(card, 'Incidents').getByRole('link', { name: incident.title });
    assert.equal(await link.getAttribute('href'), incident.html_url);
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
    await screenshot(page, 'card-light');
  },

  async an_incident_is_answered_from_the_card() {
    const [, , service] = world.services;
    await resolveAll(service.id);
    const incident = await makeIncident(service.id, 'Search is empty');
    const page = await open(entity('integration-key-only'));
    const row = cardOf(page).locator(`[data-incident="${incident.id}"]`);
    await appears(row);
    const menu = async item => {
      await row.getByRole('button', { name: `More for ${incident.title}` }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await row.getByRole('button', { name: `Acknowledge ${incident.title}` }).click();
    await says(row, 'Acknowledged');
    await until('the acknowledgement', async () => (await incidentNow(incident.id)).status === 'acknowledged');
    await menu('Add a note…');
    await dialogOf(page).getByLabel('Note').fill('The index was rebuilt');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await dialogOf(page).waitFor({ state: 'detached' });
    const { notes } = await rest('GET', `/incidents/${incident.id}/notes`);
    assert.deepEqual(notes.map(note => note.content), ['The index was rebuilt']);
    await menu('Snooze for 1 hour');
    await until('the snooze', async () => (await incidentNow(incident.id)).pending_actions.some(one => one.type === 'unacknowledge'));
    await menu('Reassign…');
    const dialog = dialogOf(page);
    assert.ok(await dialog.getByRole('button', { name: 'Reassign' }).isDisabled());
    await dialog.getByRole('searchbox').fill('Yuki');
    await dialog.getByRole('checkbox', { name: 'Yuki Tanabe' }).check();
    await dialog.getByRole('button', { name: 'Reassign to Yuki Tanabe' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual((await incidentNow(incident.id)).assignments.map(one => one.assignee.summary), ['Yuki Tanabe']);
    await says(row, 'Triggered');
    await menu('Escalate to the next level');
    await until('the escalation', async () => (await incidentNow(incident.id)).assignments[0].assignee.summary !== 'Yuki Tanabe');
    await menu('Resolve');
    await appears(row, 'detached');
    await says(cardOf(page).getByRole('heading'), 'All quiet');
    assert.equal((await incidentNow(incident.id)).status, 'resolved');
  },

  async the_form_says_who_is_paged_and_makes_the_incident() {
    const [service] = world.services;
    await resolveAll(service.id);
    const page = await open(entity('both-annotations'));
    await cardOf(page).getByRole('button', { name: 'Page someone' }).click();
    const dialog = page.getByRole('dialog', { name: /^Page someone/ });
    const send = dialog.locator('button').filter({ hasText: /^(Page|Tell|Create)/ });
    await says(dialog, `Page someone about ${service.name}`);
    await says(dialog.locator('.cbp-rail'), /0:00.*Priya Nair.*5:00.*Ben Okafor/s);
    await says(dialog.locator('.cbp-rail'), /It is \d\d:\d\d in Kolkata/);
    await says(send, 'Page Priya Nair now');
    assert.ok(await send.isDisabled());
    await dialog.getByLabel('What is wrong, in one line').fill('   ');
    assert.ok(await send.isDisabled());
    await dialog.getByLabel('What is wrong, in one line').fill('Gift cards are charged twice');
    await dialog.getByLabel('What you saw').fill('Orders 88121 and 88124');
    await accessible(page, 'the form');
    await screenshot(page, 'form-light');
    await dialog.getByText('Low, no need to wake anybody').click();
    await says(send, 'Tell Priya Nair now');
    await dialog.getByRole('button', { name: /Priority/ }).click();
    await page.getByRole('option', { name: 'P3' }).click();
    await send.click();
    await dialog.waitFor({ state: 'detached' });
    await says(part(cardOf(page), 'Incidents'), 'Gift cards are charged twice');
    const { incidents } = await rest('GET', `/incidents?statuses[]=triggered&service_ids[]=${service.id}&include[]=body`);
    const made = incidents.find(one => one.title === 'Gift cards are charged twice');
    assert.equal(made.urgency, 'low');
    assert.equal(made.priority.summary, 'P3');
    const details = JSON.stringify(made.body);
    for (const text of ['Orders 88121', 'component:default/both-annotations', world.app + entity('both-annotations')]) assert.ok(details.includes(text), details);
    await rest('PUT', `/incidents/${made.id}`, { incident: { type: 'incident', status: 'resolved' } });
  },

  async each_part_fails_alone() {
    const [, service] = world.services;
    await faults({
      '/oncalls': { status: 403 },
      [`/services/${service.id}/change_events`]: { status: 402 },
      '/incidents': { status: 503 },
      '/analytics': { status: 500 },
      '/standards': { status: 404 },
    });
    try {
      const page = await open(entity('service-id-only'));
      const card = cardOf(page);
      const states = { 'On call now': 'no_permission', Changes: 'not_in_plan', Incidents: 'upstream_down', Numbers: 'upstream_down' };
      for (const [name, state] of Object.entries(states)) await appears(card.locator(`[data-part="${name}"][data-state="${state}"]`));
      await says(part(card, 'On call now'), /oncalls\.read/);
      await says(part(card, 'Numbers'), /Unable to retrieve Scores/);
      await says(card, service.name);
      await says(card.getByRole('heading'), 'Incidents are not known for now');
      await says(card, '5 of 6 parts incomplete');
      await accessible(page, 'a card whose parts fail');
      await screenshot(page, 'card-failures');
      await faults({});
      await appears(card.locator('[data-part="Incidents"][data-state="ok"], [data-part="Incidents"][data-state="empty"]'));
      await says(part(card, 'On call now'), 'primary');
      // Whoever is throttled asks for nothing else, and says so.
      await faults({ '/incidents': { status: 429, headers: { 'Retry-After': '3' } } });
      const throttled = await open(`/old/?service=${world.services[5].id}`);
      await appears(cardOf(throttled).locator('[data-part="Incidents"][data-state="throttled"]'));
      await says(part(cardOf(throttled), 'Incidents'), /Asked again in [123] s/);
      await screenshot(throttled, 'card-throttled');
    } finally {
      await faults({});
    }
  },

  async a_card_without_an_answer_says_why() {
    const errors = { 401: 'Missing or invalid credentials', 403: 'Unauthorized', 404: 'PagerDuty Service Not Found', 429: 'Could not be loaded' };
    for (const [status, title] of Object.entries(errors)) {
      const page = await open(entity('both-annotations'), {
        prepare: page =>
          page.route('**/api/pagerduty/card?*', route =>
            route.fulfill({ status: Number(status), json: { errors: ['This is the reason.'] }, headers: { 'Access-Control-Allow-Origin': '*' } }),
          ),
      });
      await says(cardOf(page), title);
      await says(cardOf(page), 'This is the reason.');
      await page.context().close();
    }
    const page = await open(entity('both-annotations'), { prepare: page => page.route('**/api/pagerduty/card?*', route => route.abort()) });
    await says(cardOf(page), 'could not be reached');
    await page.unroute('**/api/pagerduty/card?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await says(part(cardOf(page), 'On call now'), 'primary');
    const unknown = await open('/old/?service=PNOSUCHSERVICE');
    await says(cardOf(unknown), 'Not found');
    await screenshot(unknown, 'card-unknown');
  },

  async who_may_only_look_gets_no_buttons() {
    const [service] = world.services;
    await resolveAll(service.id);
    await makeIncident(service.id, 'Not for everybody');
    const page = await open(entity('both-annotations'), {
      prepare: page =>
        page.route('**/api/pagerduty/card?*', async route => {
          const response = await route.fetch();
          const json = await response.json();
          await route.fulfill({ response, json: { ...json, permissions: { ...json.permissions, trigger: false, respond: false } } });
        }),
    });
    const card = cardOf(page);
    await says(part(card, 'Incidents'), 'Not for everybody');
    assert.equal(await card.getByRole('button').count(), 0);
    await resolveAll(service.id);
  },

  async many_services_are_rolled_up_the_worst_first() {
    const [, busy] = world.services;
    await resolveAll(busy.id);
    await makeIncident(busy.id, 'Cards are declined');
    for (const path of [entity('sample-shop', 'system'), entity('sample-trade', 'domain'), entity('sample-team', 'group')]) {
      const page = await open(path);
      const card = cardOf(page);
      await says(card.getByRole('heading'), /\d of 5 services needs? someone/);
      const rows = card.locator('[data-entity]');
      assert.equal(await rows.count(), 6);
      await says(rows.first(), 'Triggered');
      await says(card.locator('[data-entity="component:default/not-connected"]'), 'Not mapped');
      await accessible(page, path);
      await screenshot(page, `roll-up-${path.split('/')[3]}`);
      await page.context().close();
    }
    const page = await open(`/old${entity('sample-shop', 'system')}`);
    await cardOf(page).getByRole('link', { name: 'Map it' }).click();
    await page.waitForURL('**/old/pagerduty?name=not-connected');
    await resolveAll(busy.id);
  },

  async one_of_several_services_can_be_looked_at() {
    const [, , , first, second] = world.services;
    const page = await open(entity('several-services'));
    const card = cardOf(page);
    await says(card.locator('.cbp-head'), first.name);
    await card.getByRole('button', { name: /One of 2 services/ }).click();
    await page.getByRole('option', { name: new RegExp(`^${second.name}: `) }).click();
    await says(card.locator('.cbp-head'), second.name);
    await accessible(page, 'several services');
    await screenshot(page, 'several');
  },

  async the_old_frontend_system_has_the_same_cards() {
    const [service] = world.services;
    const page = await open(`/old${entity('both-annotations')}`, { scheme: 'dark' });
    const cards = page.getByRole('region', { name: /^Incidents and on-call: / });
    await says(part(cards.first(), 'On call now'), 'primary');
    const small = cards.nth(1);
    await small.getByText('Insights and standards').click();
    await says(part(small, 'Numbers'), 'standards met');
    await small.getByText('On call', { exact: true }).click();
    await says(part(small, 'On call now'), 'primary');
    assert.equal(await part(small, 'Incidents').count(), 0);
    await accessible(page, 'both cards');
    await screenshot(page, 'old-dark');
    const home = await open(`/old/?service=${service.id}`);
    await says(cardOf(home), service.name);
    const mine = home.getByRole('region', { name: 'My on-call' });
    await says(mine, /My incidents.*My on-call/s);
    await says(mine, /level \d/);
    await accessible(home, 'the home page');
    await screenshot(home, 'home');
  },

  async the_home_page_shows_what_is_mine_and_asks_which_service() {
    const page = await open('/');
    const mine = page.getByRole('region', { name: 'My on-call' });
    await says(mine, /My incidents.*My on-call/s);
    await says(mine, /level \d/);
    await says(page.locator('.cbp-gap'), 'No service is chosen yet');
    await accessible(page, 'the widgets');
    await screenshot(page, 'home-new');
  },

  async entities_are_mapped_on_the_page() {
    const [, , , , , , service] = world.services;
    const row = page => page.locator('tr[data-entity="component:default/not-connected"]');
    const page = await open('/pagerduty');
    await says(row(page), 'Not mapped');
    for (const name of ['both-annotations', 'several-services']) await says(page.locator(`tr[data-entity="component:default/${name}"]`), 'In sync');
    await accessible(page, 'the page');
    await screenshot(page, 'mapping');
    await page.getByRole('searchbox', { name: 'Entity' }).fill('not-conn');
    await page.locator('tr[data-entity="component:default/both-annotations"]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Change the service of not-connected' }).click();
    const dialog = dialogOf(page);
    await dialog.getByRole('searchbox').fill(service.name);
    await dialog.getByRole('radio', { name: new RegExp(`^${service.name}`) }).check();
    await accessible(page, 'the choice of a service');
    await screenshot(page, 'mapping-dialog');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await says(row(page), service.name);
    await page.getByRole('button', { name: 'Change the service of not-connected' }).click();
    await dialog.getByRole('radio', { name: 'None' }).check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await says(row(page), 'Not mapped');
    await page.getByRole('button', { name: 'Match by name…' }).click();
    await dialog.getByRole('button', { name: 'Look for matches' }).click();
    await says(dialog, /Nothing is that alike|% alike/);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.getByText(/^Both: each side/).click();
    await says(page.getByRole('tabpanel'), 'Dependencies can be lost');
    await accessible(page, 'the configuration');
    await page.getByRole('button', { name: 'Save' }).click();
    const again = await open('/old/pagerduty');
    await again.getByRole('tab', { name: 'Configuration' }).click();
    assert.ok(await again.getByRole('radio', { name: /^Both/ }).isChecked());
    await again.getByText(/^Disabled: /).click();
    await again.getByRole('button', { name: 'Save' }).click();
  },

  async what_changes_elsewhere_shows_by_itself_and_a_hidden_page_asks_nothing() {
    const [service] = world.services;
    await resolveAll(service.id);
    const incident = await makeIncident(service.id, 'Seen without a reload');
    let asked = 0;
    const page = await open(entity('both-annotations'), {
      scheme: 'dark',
      width: 420,
      prepare: page => page.on('request', request => (asked += request.url().includes('/card?') && request.method() === 'GET' ? 1 : 0)),
    });
    const card = cardOf(page);
    await says(part(card, 'Incidents'), incident.title);
    await accessible(page, 'a narrow dark card');
    await screenshot(page, 'card-dark-narrow');
    const hide = hidden =>
      page.evaluate(hidden => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await hide(true);
    await resolveAll(service.id);
    const before = asked;
    await page.clock.runFor(90_000);
    assert.equal(asked, before);
    await hide(false);
    await says(card.getByRole('heading'), 'All quiet');
  },
};

let status = 0;
try {
  await walks[walkName]();
  assert.deepEqual(problems, []);
} catch (error) {
  console.error(error.stack);
  for (const context of browser.contexts()) for (const page of context.pages()) console.error((await page.locator('body').innerText().catch(() => '')).slice(0, 3000));
  if (process.env.CALLBOARD_SHOTS) for (const [i, page] of browser.contexts().flatMap(one => one.pages()).entries()) await screenshot(page, `failed-${walkName}-${i}`);
  status = 1;
}
await browser.close();
process.exit(status);
