// What shows many services, or a person's own: roll-ups, the home page.
import assert from 'node:assert/strict';
import { appears, cardOf, entity, looksRightInBoth, makeIncident, open, part, resolveAll, rest, says, world } from '../browser.mjs';

export async function many_services_are_rolled_up_the_worst_first(base) {
  const [, busy] = world.services;
  await resolveAll(busy.id);
  await makeIncident(busy.id, 'Cards are declined');
  for (const path of [entity('sample-shop', 'system'), entity('sample-trade', 'domain'), entity('sample-team', 'group')]) {
    const page = await open(base + path);
    const card = cardOf(page);
    await says(card.getByRole('heading'), /\d of 5 services needs? someone/);
    const rows = card.locator('[data-entity]');
    assert.equal(await rows.count(), 6);
    await says(rows.first(), /Triggered.*Cards are declined.*ringing [A-Z]/s);
    await says(rows.filter({ hasText: 'Quiet' }).first(), /(last incident \d+ \S+ ago|no incident yet) · on call: /);
    // Called like its entity, whose name stands above: not said twice.
    await appears(card.locator('[data-entity="component:default/both-annotations"]').getByRole('link', { name: `service ${world.services[0].name}`, exact: true }));
    await says(part(card, 'On call across'), /On call across the (system|domain|group)/);
    await says(card.locator('[data-entity="component:default/not-connected"]'), 'Not mapped');
    if (!base) await looksRightInBoth(page, `roll-up-${path.split('/')[3]}`);
    await page.close();
  }
  const page = await open(`${base}${entity('sample-shop', 'system')}`);
  await cardOf(page).getByRole('link', { name: 'Map it' }).click();
  await page.waitForURL(`**${base}/pagerduty?name=not-connected`);
  await resolveAll(busy.id);
}

/** For `prepare`: answers of a route that is asked by POST, or without a query. */
const answered = ({ route, change }) => page =>
  page.route(route, async caught => {
    if (caught.request().method() === 'OPTIONS') return caught.fallback();
    const response = await caught.fetch();
    const json = await response.json();
    change(json);
    return caught.fulfill({ response, json });
  });

export async function an_account_that_could_not_be_asked_is_named() {
  const page = await open(entity('sample-shop', 'system'), {
    prepare: answered({
      route: '**/api/pagerduty/roll-up',
      change: rollUp => {
        rollUp.missing_accounts = ['acme-eu'];
        rollUp.services_as_of = new Date(Date.parse(rollUp.now) - 240_000).toISOString();
        Object.assign(rollUp.rows.find(one => one.entity_ref === 'component:default/not-connected'), { state: 'upstream_down' });
      },
    }),
  });
  const card = cardOf(page);
  await says(card, 'The account acme-eu could not be asked: what is of it is missing here.');
  await says(card.locator('[data-entity="component:default/not-connected"]'), 'Not reachable');
  await says(card.locator('.cbp-foot'), /as of \d+ s ago, names and states of services as of 4 min ago/);
  await looksRightInBoth(page, 'roll-up-missing');
  const home = await open('/', { prepare: answered({ route: '**/api/pagerduty/my/*', change: mine => (mine.missing_accounts = ['acme-eu', 'acme-us']) }) });
  await says(home.getByRole('region', { name: 'My on-call' }), 'The accounts acme-eu and acme-us could not be asked');
}

export async function the_old_frontend_system_has_the_same_cards() {
  const [service] = world.services;
  const page = await open(`/old${entity('both-annotations')}`);
  const cards = page.getByRole('region', { name: /^Incidents and on-call: / });
  await says(part(cards.first(), 'On call now'), 'on call · level 1');
  const small = cards.nth(1);
  await small.getByText('Insights and standards').click();
  await says(part(small, 'Numbers'), 'standards met');
  await small.getByText('On call', { exact: true }).click();
  await says(part(small, 'On call now'), 'on call · level 1');
  assert.equal(await part(small, 'Incidents').count(), 0);
  await looksRightInBoth(page, 'old');
  const home = await open(`/old/?service=${service.id}`);
  await says(cardOf(home), service.name);
  const mine = home.getByRole('region', { name: 'My on-call' });
  await says(mine, /My incidents.*My on-call/s);
  await says(mine, /level \d/);
  await looksRightInBoth(home, 'home-old');
}

export async function the_home_page_shows_what_is_mine_and_asks_which_service() {
  const page = await open('/');
  const mine = page.getByRole('region', { name: 'My on-call' });
  await says(mine, /My incidents.*My on-call/s);
  await says(mine, /level \d/);
  await says(page.locator('.cbp-gap'), 'No service is chosen yet');
  await looksRightInBoth(page, 'home-new');
}

export async function the_service_of_a_home_page_widget_is_chosen_in_its_settings() {
  const [, , service] = world.services;
  const page = await open('/');
  await says(page.locator('.cbp-gap'), 'No service is chosen yet');
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.locator('[title="Edit settings"]').click();
  const settings = page.locator('.widgetSettingsDialog');
  await settings.getByLabel('Name').fill('What I look after');
  await settings.getByLabel('Or the key of one of its integrations').fill(service.integration_key);
  await settings.locator('button[type=submit]').click();
  await page.getByRole('button', { name: 'Save' }).click();
  await says(cardOf(page), service.name);
  await page.reload();
  await says(cardOf(page), service.name);
}

export async function a_home_page_has_one_card_for_each_service() {
  const [first, second] = world.services;
  const page = await open(`/old/?service=${first.id}&service=${second.id}`);
  const cards = page.getByRole('region', { name: /^Incidents and on-call: / });
  await says(cards.nth(0), first.name);
  await says(cards.nth(1), second.name);
  assert.equal(await cards.count(), 2);
}

export async function what_is_mine_leads_to_the_entity_of_its_service() {
  const [service] = world.services;
  await resolveAll(service.id);
  const incident = await makeIncident(service.id, 'From the monitoring');
  const { users } = await rest('GET', `/users?query=${encodeURIComponent(world.owner)}`);
  await rest('PUT', `/incidents/${incident.id}`, { incident: { type: 'incident', assignments: [{ assignee: { id: users[0].id, type: 'user_reference' } }] } });
  const page = await open(`/old/?service=${service.id}`);
  const mine = page.getByRole('region', { name: 'My on-call' });
  const row = mine.locator(`[data-incident="${incident.id}"]`);
  await appears(row);
  const ofService = await row.getByRole('link', { name: service.name }).getAttribute('href');
  assert.match(ofService, /\/catalog\/default\/component\//);
  const card = cardOf(page);
  await says(card.locator('.cbp-head'), / · entity /);
  assert.ok((await card.locator('.cbp-head a').evaluateAll(all => all.map(one => one.getAttribute('href')))).includes(ofService));
  await looksRightInBoth(page, 'home-entity');
  await resolveAll(service.id);
}

export async function the_page_is_in_the_sidebar() {
  const page = await open('/catalog');
  const item = page.getByRole('navigation').getByRole('link', { name: 'PagerDuty' }).first();
  await appears(item);
  assert.equal(await item.locator('svg').count(), 1);
  await item.click();
  await page.waitForURL('**/pagerduty');
  await appears(page.getByRole('tab', { name: 'Services of entities' }));
}
