// The page: which entity has which service.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { accessible, annotatedService, appears, dialogOf, looksRight, open, plugin, rest, says, screenshot, until, world } from '../browser.mjs';

const rowOf = (page, name) => page.locator(`tr[data-entity="component:default/${name}"]`);

export async function entities_are_mapped_on_the_page(base) {
  const [, , , , , , service] = world.services;
  const page = await open(`${base}/pagerduty`, { scheme: base ? 'dark' : 'light' });
  await says(rowOf(page, 'not-connected'), 'Not mapped');
  for (const name of ['both-annotations', 'several-services', 'integration-key-only']) await says(rowOf(page, name), 'In sync');
  await looksRight(page, `mapping${base && '-old'}`);
  await page.getByRole('searchbox', { name: 'Entity' }).fill('not-conn');
  await rowOf(page, 'both-annotations').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Change the service of not-connected' }).click();
  const dialog = dialogOf(page);
  await dialog.getByRole('searchbox').fill(service.name);
  await dialog.getByRole('radio', { name: new RegExp(`^${service.name}`) }).check();
  await looksRight(page, `mapping-dialog${base && '-old'}`);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  await says(rowOf(page, 'not-connected'), service.name);
  // The catalog was told to look at the entity again, so the card is there.
  await until('the annotation in the catalog', async () => (await annotatedService('not-connected')) === service.id);
  await says(rowOf(page, 'not-connected'), 'In sync');
  await page.getByRole('button', { name: 'Change the service of not-connected' }).click();
  await dialog.getByRole('radio', { name: 'None' }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await says(rowOf(page, 'not-connected'), 'Not mapped');
  await until('the catalog without the annotation', async () => (await annotatedService('not-connected')) === undefined);
}

export async function names_that_are_alike_are_proposed_and_mapped_when_confirmed(base) {
  const page = await open(`${base}/pagerduty`, { scheme: base ? 'dark' : 'light' });
  const dialog = dialogOf(page);
  await page.getByRole('button', { name: 'Match by name…' }).click();
  await dialog.getByRole('slider').fill('50');
  await dialog.getByRole('button', { name: 'Look for matches' }).click();
  const proposals = dialog.getByRole('list', { name: 'Proposals' });
  await says(proposals, /% alike · component:default\//);
  const confirm = dialog.getByRole('button', { name: /^Map / });
  for (const box of await proposals.getByRole('checkbox').all()) await box.uncheck();
  assert.ok(await confirm.isDisabled());
  const [first] = await proposals.getByRole('listitem').all();
  const [, ref, named] = [null, (await first.innerText()).match(/component:default\/\S+/)[0], (await first.innerText()).match(/→ (.*)/)[1]];
  await first.getByRole('checkbox').check();
  await looksRight(page, `mapping-match${base && '-old'}`);
  await confirm.click();
  await dialog.waitFor({ state: 'detached' });
  const name = ref.split('/')[1];
  await says(rowOf(page, name), named.trim());
  // As before: its row goes, and with it what the page has said.
  const { services } = await rest('GET', `/services?query=${encodeURIComponent(named.trim())}`);
  await plugin('DELETE', `/mapping/entity/service/${services[0].id}`);
}

export async function the_table_of_mappings_is_filtered_and_shows_what_one_wants_to_see(base) {
  const page = await open(`${base}/pagerduty`, { scheme: base ? 'dark' : 'light' });
  const row = name => rowOf(page, name);
  await says(row('both-annotations'), world.services[0].name);
  const { services } = await rest('GET', '/services?include[]=teams&limit=100');
  const team = services.find(({ id }) => id === world.services[0].id).teams[0].summary;
  await page.getByRole('searchbox', { name: 'Team', exact: true }).fill(team.slice(1));
  await row('not-connected').waitFor({ state: 'detached' });
  await says(row('both-annotations'), team);
  await page.getByRole('searchbox', { name: 'Team', exact: true }).fill('');
  await appears(row('not-connected'));
  await page.getByRole('button', { name: /^Status|Status$/ }).first().click();
  await page.getByRole('option', { name: 'Not mapped' }).click();
  await row('both-annotations').waitFor({ state: 'detached' });
  await says(row('not-connected'), 'Not mapped');
  await page.getByRole('button', { name: /^Status|Status$/ }).first().click();
  await page.getByRole('option', { name: 'Any' }).click();
  await page.getByRole('searchbox', { name: 'Service', exact: true }).fill(world.services[0].name);
  await row('not-connected').waitFor({ state: 'detached' });
  await page.getByRole('searchbox', { name: 'Service', exact: true }).fill('');
  await appears(row('not-connected'));
  const names = async () => (await page.locator('tr[data-entity]').evaluateAll(rows => rows.map(one => one.dataset.entity))).join();
  const before = await names();
  await page.getByRole('columnheader', { name: 'Entity' }).getByRole('button').click();
  await until('the other order', async () => (await names()) === before.split(',').reverse().join());
  await page.getByRole('button', { name: 'Rows on a page' }).click();
  assert.deepEqual(await page.getByRole('option').allInnerTexts(), ['10 rows', '25 rows', '50 rows', '100 rows']);
  await page.keyboard.press('Escape');
  const columns = page.getByRole('button', { name: /^Columns|Columns$/ });
  await columns.click();
  await page.getByRole('option', { name: 'Escalation policy' }).click();
  await page.getByRole('option', { name: 'Id of the service' }).click();
  await page.keyboard.press('Escape');
  await says(row('both-annotations'), world.services[0].id);
  assert.equal(await page.getByRole('columnheader', { name: 'Escalation policy' }).count(), 0);
  await accessible(page, 'the table with other columns');
  await screenshot(page, `mapping-columns${base && '-old'}`);
  await page.reload();
  await page.getByRole('columnheader', { name: 'Id of the service' }).waitFor();
  await page.getByRole('button', { name: 'Change the service of both-annotations' }).click();
  const dialog = dialogOf(page);
  await dialog.getByRole('searchbox').fill(world.services[5].id);
  await says(dialog, world.services[5].name);
  await dialog.getByRole('searchbox').fill('');
  await dialog.getByRole('button', { name: /Of the team/ }).click();
  await page.getByRole('option', { name: team }).click();
  await says(dialog.getByRole('radiogroup'), team);
  await screenshot(page, `mapping-dialog-team${base && '-old'}`);
}

export async function who_may_not_change_the_page_is_told_why(base) {
  const page = await open(`${base}/pagerduty`, {
    scheme: base ? 'dark' : 'light',
    prepare: page =>
      page.route('**/api/pagerduty/permissions', async route => {
        if (route.request().method() === 'OPTIONS') return route.fallback();
        const response = await route.fetch();
        const json = await response.json();
        return route.fulfill({ response, json: { ...json, permissions: { ...json.permissions, map: false, configure: false } } });
      }),
  });
  const off = async button => {
    await until('a button that is off', () => button.isDisabled());
    const why = await button.getAttribute('aria-describedby');
    assert.match(await page.locator(`[id="${why}"]`).innerText(), /that needs the permission (map|configure), which an administrator grants/);
  };
  await says(page.locator('.cbp-missing'), 'You may not change which entity has which service: that needs the permission map');
  for (const name of ['Change the service of both-annotations', 'Match by name…', 'Import…']) await off(page.getByRole('button', { name }));
  assert.ok(await page.getByRole('button', { name: 'Export' }).isEnabled());
  await looksRight(page, `mapping-not-allowed${base && '-old'}`);
  await page.getByRole('tab', { name: 'Custom fields' }).click();
  await off(page.getByRole('button', { name: 'Add a field…' }));
  await says(page.getByRole('tabpanel'), 'needs the permission configure');
  assert.ok(await page.getByRole('switch', { name: 'Fill the fields from the catalog' }).isDisabled());
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await off(page.getByRole('button', { name: 'Synchronise now' }));
  assert.ok(await page.getByRole('radio', { name: /^Both/ }).isDisabled());
  await looksRight(page, `configuration-not-allowed${base && '-old'}`);
}

export async function mappings_come_from_a_file_and_go_into_one() {
  const [, , , , , , service] = world.services;
  // What the page has said of it before counts.
  await plugin('DELETE', `/mapping/entity/service/${service.id}`);
  const page = await open('/pagerduty');
  await says(rowOf(page, 'not-connected'), 'Not mapped');
  await page.getByRole('button', { name: 'Import…' }).click();
  const dialog = dialogOf(page);
  const file = text => ({ name: 'mappings.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await dialog.getByLabel('A file of mappings').setInputFiles(file('{"mappings": 7}'));
  await says(dialog, 'This is no list of mappings');
  const official = { entityName: '', integrationKey: '', serviceName: '', team: '', escalationPolicy: '', serviceUrl: '', account: '' };
  const mappings = [
    { ...official, entityRef: 'component:default/not-connected', serviceId: service.id, status: 'InSync' },
    { ...official, entityRef: '', serviceId: world.services[0].id, status: 'NotMapped' },
    { ...official, entityRef: 'component:default/gone', serviceId: 'PGONE12', status: 'InSync' },
  ];
  await dialog.getByLabel('A file of mappings').setInputFiles(file(JSON.stringify({ mappings })));
  await says(dialog, '3 lines to import.');
  await dialog.getByRole('button', { name: 'Import' }).click();
  await says(dialog, /1 mapping is imported; 1 line had no entity\..*1 line was left out.*PGONE12.*No account has a service PGONE12/s);
  await looksRight(page, 'mapping-import');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await says(rowOf(page, 'not-connected'), service.name);
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  const exported = JSON.parse(readFileSync(await saved.path(), 'utf8'));
  assert.deepEqual(exported.mappings.filter(one => one.serviceId === service.id).map(one => one.entityRef), ['component:default/not-connected']);
  await plugin('DELETE', `/mapping/entity/service/${service.id}`);
  await until('the catalog without the annotation', async () => (await annotatedService('not-connected')) === undefined);
}

export async function several_accounts_have_a_column_and_a_choice(base) {
  let asked;
  const page = await open(`${base}/pagerduty`, {
    scheme: base ? 'dark' : 'light',
    prepare: async page => {
      await page.route('**/api/pagerduty/accounts', async route => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { accounts: [{ id: 'demo', isDefault: true }, { id: 'elsewhere', isDefault: false }] } });
      });
      await page.route('**/api/pagerduty/mapping/entities', async route => {
        if (route.request().method() === 'OPTIONS') return route.fallback();
        const response = await route.fetch();
        return route.fulfill({ response, json: { ...(await response.json()), missing_accounts: ['elsewhere'] } });
      });
      await page.route('**/api/pagerduty/services?*', async route => {
        if (route.request().method() === 'OPTIONS') return route.fallback();
        const response = await route.fetch();
        return route.fulfill({ response, headers: { ...response.headers(), 'x-callboard-missing-accounts': 'elsewhere' } });
      });
      page.on('request', request => request.url().endsWith('/mapping/entities') && request.method() === 'POST' && (asked = request.postDataJSON()));
    },
  });
  await says(rowOf(page, 'both-annotations'), 'demo');
  await appears(page.getByRole('columnheader', { name: 'Account' }));
  const missing = 'The account elsewhere could not be asked: what is of it is missing here.';
  await says(page.getByRole('tabpanel'), missing);
  await page.getByRole('button', { name: 'Change the service of both-annotations' }).click();
  await says(dialogOf(page), missing);
  await looksRight(page, `mapping-missing${base && '-old'}`);
  await page.keyboard.press('Escape');
  await dialogOf(page).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Account|Account$/ }).click();
  await page.getByRole('option', { name: 'elsewhere' }).click();
  await rowOf(page, 'both-annotations').waitFor({ state: 'detached' });
  assert.equal(asked.account, 'elsewhere');
  await page.getByRole('tab', { name: 'Custom fields' }).click();
  await appears(page.getByRole('tabpanel', { name: 'Custom fields' }).getByRole('button', { name: /Account/ }));
}
