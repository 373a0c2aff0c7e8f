// What shows many services, or a person's own: roll-ups, the home page.
import assert from 'node:assert/strict';
import { appears, cardOf, entity, looksRightInBoth, makeIncident, open, part, resolveAll, says, world } from '../browser.mjs';

export async function many_services_are_rolled_up_the_worst_first() {
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
    await looksRightInBoth(page, `roll-up-${path.split('/')[3]}`);
    await page.close();
  }
  const page = await open(`/old${entity('sample-shop', 'system')}`);
  await cardOf(page).getByRole('link', { name: 'Map it' }).click();
  await page.waitForURL('**/old/pagerduty?name=not-connected');
  await resolveAll(busy.id);
}

export async function the_old_frontend_system_has_the_same_cards() {
  const [service] = world.services;
  const page = await open(`/old${entity('both-annotations')}`);
  const cards = page.getByRole('region', { name: /^Incidents and on-call: / });
  await says(part(cards.first(), 'On call now'), 'primary');
  const small = cards.nth(1);
  await small.getByText('Insights and standards').click();
  await says(part(small, 'Numbers'), 'standards met');
  await small.getByText('On call', { exact: true }).click();
  await says(part(small, 'On call now'), 'primary');
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

export async function the_page_is_in_the_sidebar() {
  const page = await open('/catalog');
  const item = page.getByRole('navigation').getByRole('link', { name: 'PagerDuty' }).first();
  await appears(item);
  assert.equal(await item.locator('svg').count(), 1);
  await item.click();
  await page.waitForURL('**/pagerduty');
  await appears(page.getByRole('tab', { name: 'Services of entities' }));
}
