// PagerDuty's own card, from the source of its package, in front of our backend: what it shows is what the account has, and what it
// sends opens an incident. npm has no such package, so CALLBOARD_OFFICIAL_CARD says where its source is.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { appears, entity, makeIncident, open, resolveAll, rest, says, screenshot, until, world } from '../browser.mjs';

const BASE = '/official';
const STATUS_LABELS = { active: 'OK', warning: 'ACTIVE', critical: 'ALARM' };

/** Of React and of Backstage there is one copy, ours; what only the card needs is found beside it. */
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

async function bundle(source) {
  const app = join(world.workspace, 'sample-app/frontend');
  const { settings } = await import(join(app, 'settings.js'));
  const { build } = createRequire(join(app, 'build.js'))('esbuild');
  const alias = { ...settings.alias, '@pagerduty/backstage-plugin': source, '@pagerduty/backstage-plugin-common': join(dirname(source), 'backstage-plugin-common/src') };
  const entryPoints = [join(import.meta.dirname, 'app.jsx')];
  const { outputFiles } = await build({ ...settings, entryPoints, outdir: '/', splitting: false, write: false, alias, plugins: [oursFirst] });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [path, text]));
}

/** For `prepare`: the app below BASE, beside those that Backstage serves. */
const served = files => async page => {
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
};

export async function the_official_card_shows_what_the_account_has_and_opens_an_incident() {
  const [{ id, name }] = world.services;
  await resolveAll(id);
  const incident = await makeIncident(id, 'Seen by the official card');
  const { service } = await rest('GET', `/services/${id}`);
  const { oncalls } = await rest('GET', `/oncalls?escalation_policy_ids[]=${service.escalation_policy.id}&include[]=users`);
  const { change_events: changes } = await rest('GET', `/services/${id}/change_events?limit=5`);
  const { score } = await rest('GET', `/standards/scores/technical_services/${id}`);
  const page = await open(BASE + entity('both-annotations'), { prepare: served(await bundle(process.env.CALLBOARD_OFFICIAL_CARD)) });
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
