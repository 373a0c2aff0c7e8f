// PagerDuty's own card and page, from the source of their package, in front of our backend: what they show is what the account has, and
// what they send arrives. npm has no such package; official_plugins.py says how to get it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { annotatedService, appears, entity, makeIncident, open, plugin, resolveAll, rest, says, screenshot, until, world } from '../browser.mjs';

const BASE = '/official';
const STATUS_LABELS = { active: 'OK', warning: 'ACTIVE', critical: 'ALARM' };

/** Of React and of Backstage there is one copy, ours; what only card and page need is found beside them. */
const oursFirst = {
  name: 'ours-first',
  setup(build) {
    build.onResolve({ filter: /^@?[a-z]/ }, async ({ path, importer, kind, pluginData }) => {
      if (pluginData === 'asked' || importer.startsWith(world.workspace)) return undefined;
      const found = await build.resolve(path, { kind, importer, resolveDir: join(world.workspace, 'sample-app'), pluginData: 'asked' });
      return found.errors.length ? undefined : found;
    });
  },
};

async function bundle(plugins) {
  const app = join(world.workspace, 'sample-app/frontend');
  const { settings } = await import(join(app, 'settings.js'));
  const { build } = createRequire(join(app, 'build.js'))('esbuild');
  const alias = { ...settings.alias, '@pagerduty/backstage-plugin': join(plugins, 'backstage-plugin'), '@pagerduty/backstage-plugin-common': join(plugins, 'backstage-plugin-common/src') };
  const entryPoints = [join(import.meta.dirname, 'app.jsx')];
  const { outputFiles } = await build({ ...settings, entryPoints, outdir: '/', splitting: false, write: false, alias, plugins: [oursFirst] });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [path, text]));
}

let bundled;

/** For `prepare`: the app below BASE, beside those that Backstage serves. */
async function official(page) {
  const files = await (bundled ??= bundle(process.env.CALLBOARD_OFFICIAL_PLUGINS));
  const old = await (await fetch(`${world.app}/old`)).text();
  const config = { app: { baseUrl: world.app + BASE }, pagerDuty: { eventsBaseUrl: `${world.callboard}/v2` } };
  const html = old
    .replaceAll('/static/old.', `${BASE}/app.`)
    .replace(/(<script type="backstage.io\/config">)(.*?)(<\/script>)/s, (_, begin, text, end) => {
      const [{ context, data }] = JSON.parse(text);
      return begin + JSON.stringify([{ context, data: { ...data, ...config, app: { ...data.app, ...config.app } } }]) + end;
    });
  await page.route(
    url => url.origin === world.app && url.pathname.startsWith(`${BASE}/`),
    route => {
      const file = new URL(route.request().url()).pathname.slice(BASE.length);
      if (!(file in files)) return route.fulfill({ contentType: 'text/html', body: html });
      return route.fulfill({ contentType: file.endsWith('.js') ? 'text/javascript' : 'text/css', body: files[file] });
    },
  );
}

export async function the_official_card_shows_what_the_account_has_and_opens_an_incident() {
  const [{ id, name }] = world.services;
  await resolveAll(id);
  const incident = await makeIncident(id, 'Seen by the official card');
  const { service } = await rest('GET', `/services/${id}`);
  const { oncalls } = await rest('GET', `/oncalls?escalation_policy_ids[]=${service.escalation_policy.id}&include[]=users`);
  const { change_events: changes } = await rest('GET', `/services/${id}/change_events?limit=5`);
  const { score } = await rest('GET', `/standards/scores/technical_services/${id}`);
  const page = await open(BASE + entity('both-annotations'), { prepare: official });
  const card = page.getByTestId('pagerduty-card');
  await appears(card.getByText(STATUS_LABELS[service.status], { exact: true }));
  await says(card, new RegExp(`${score.passing}\\s*/${score.total}`));
  await says(card, /\d+\s*interruptions\s*\d+\s*high urgency\s*\d+\s*incidents/i);
  const row = card.getByRole('listitem').filter({ hasText: incident.title });
  await says(row, new RegExp(`triggered.*high urgency.*assigned to ${incident.assignments[0].assignee.summary}`, 'is'));
  for (const { user } of oncalls.filter(one => one.escalation_level === 1)) await says(card, new RegExp(`${user.name}\\s*${user.email}`));
  await says(card, service.escalation_policy.summary);
  await screenshot(page, 'official-card');
  await card.getByRole('tab', { name: 'Change Events' }).click();
  for (const { summary, source } of changes) await says(card.getByRole('listitem').filter({ hasText: summary }), `Triggered from ${source} `);
  await card.getByRole('tab', { name: /^Incidents/ }).click();
  await card.getByLabel('create-incident').click();
  await says(page.getByRole('dialog'), 'This action will trigger an incident for "both-annotations"');
  await page.getByTestId('trigger-input').fill('Sent by the official card');
  await page.getByTestId('trigger-button').click();
  await appears(page.getByText('Alarm successfully triggered'));
  await says(card.getByRole('listitem'), 'Sent by the official card');
  const { incidents } = await rest('GET', `/incidents?statuses[]=triggered&service_ids[]=${id}`);
  const made = incidents.find(one => one.title === 'Sent by the official card');
  assert.equal(made.service.summary, name);
  const { alerts } = await rest('GET', `/incidents/${made.id}/alerts`);
  const details = JSON.stringify(alerts.map(one => one.body));
  for (const text of ['guest', 'manual trigger', `${world.app}${BASE}${entity('both-annotations')}`]) assert.ok(details.includes(text), details);
  await resolveAll(id);
  await until('nothing open', async () => (await rest('GET', `/services/${id}`)).service.status === 'active');
}

/** What the page's form sends for a row: another choice of its only list. */
async function choose(page, service, entityName) {
  await page.getByRole('row').filter({ hasText: service }).getByLabel('Edit').click();
  const dialog = page.getByRole('dialog').filter({ hasText: 'Update Entity Mapping' });
  await dialog.getByRole('combobox').click();
  await page.getByRole('option', { name: entityName, exact: true }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
}

export async function the_official_page_maps_and_unmaps_services_and_keeps_the_chosen_strategy() {
  const [, , , , , , { id, name }] = world.services;
  const ref = 'component:default/not-connected';
  const page = await open(`${BASE}/pagerduty`, { prepare: official });
  const row = page.getByRole('row').filter({ hasText: name });
  // The page asks once, and the backend looks through the catalog every quarter of a minute.
  const becomes = text =>
    until(`${name} to be ${text}`, async () => {
      await page.reload();
      await appears(row);
      return text.test(await row.innerText());
    });
  const { services } = await rest('GET', '/services?include[]=teams&include[]=escalation_policies&sort_by=name&limit=10');
  for (const { name, teams, escalation_policy: policy } of services) {
    await says(page.getByRole('row').filter({ hasText: name }), new RegExp(`demo.*${teams[0]?.name ?? ''}.*${policy.name}`, 's'));
  }
  await says(page.getByRole('row').filter({ hasText: world.services[0].name }), /both-annotations\s*In Sync/);
  await page.getByLabel('Show/Hide search').click();
  await page.getByPlaceholder('Search').fill(name);
  await page.getByRole('row').filter({ hasText: world.services[0].name }).waitFor({ state: 'detached' });
  await says(row, 'Not Mapped');
  await screenshot(page, 'official-page');
  await choose(page, name, 'not-connected');
  const { mapping } = await plugin('GET', `/mapping/entity/service/${id}`);
  assert.equal(mapping.entityRef, ref);
  await until('the annotation in the catalog', async () => (await annotatedService('not-connected')) === id);
  await becomes(/not-connected\s*In Sync/);
  await choose(page, name, 'None');
  assert.equal((await plugin('GET', `/mapping/entity/service/${id}`)).mapping.entityRef, '');
  await until('the catalog without the annotation', async () => (await annotatedService('not-connected')) === undefined);
  await becomes(/Not Mapped/);
  await plugin('DELETE', `/mapping/entity/service/${id}`);

  const strategy = 'settings::service-dependency-sync-strategy';
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await until('nothing chosen', () => page.getByRole('radio', { name: 'Disabled' }).isChecked());
  for (const [label, value] of [['Both', 'both'], ['Disabled', 'disabled']]) {
    await page.getByText(label, { exact: true }).click();
    await until(`${value} in the backend`, async () => (await plugin('GET', `/settings/${strategy}`))?.value === value);
    await page.reload();
    await until(`${label} on the page`, () => page.getByRole('radio', { name: label }).isChecked());
  }
}
