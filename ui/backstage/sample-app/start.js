// Renders the catalog, starts the plugin's backend beside it if asked to, tells Backstage's configuration where everything is, starts
// Backstage and says what to try.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const usage = readFileSync(new URL('usage.txt', import.meta.url), 'utf8').trimEnd();

function options() {
  const fail = why => {
    console.error(`start: ${why}\n${usage}`);
    process.exit(2);
  };
  try {
    const { values } = parseArgs({
      options: {
        callboard: { type: 'string' },
        'demo-json': { type: 'string' },
        program: { type: 'string' },
        plugin: { type: 'string' },
        modules: { type: 'string' },
        'plugin-port': { type: 'string' },
        port: { type: 'string', default: '7007' },
        token: { type: 'string', default: 'callboard-sample-token' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    if (!values['demo-json']) fail('--demo-json is missing');
    const demo = JSON.parse(readFileSync(values['demo-json'], 'utf8'));
    if (!demo.api_key || !demo.services?.length) fail(`${values['demo-json']} has no api_key or no services`);
    return { ...values, demo };
  } catch (e) {
    return fail(e.message);
  }
}

/**
 * The template with each ${service.N.field} replaced. Documents that name a service the account lacks are dropped, and without our backend
 * those that only it knows what to do with.
 */
function renderCatalog(template, services, ours) {
  return template
    .split(/^---$/m)
    .filter(document => ours || !document.includes("Only with Callboard's backend"))
    .filter(document => [...document.matchAll(/\$\{service\.(\d+)\./g)].every(([, n]) => services[n]))
    .map(document => document.replace(/\$\{service\.(\d+)\.(\w+)\}/g, (_, n, field) => JSON.stringify(services[n][field]).slice(1, -1)))
    .join('---');
}

/**
 * A subscription by which Callboard tells the plugin's backend of changes, so that they show at once; the one of a run before goes.
 * Its secret; undefined where Callboard sends no webhooks to addresses like this, and cards ask by themselves.
 */
async function subscribe(callboardUrl, key, address) {
  const ask = async (method, path, body) => {
    const headers = { Authorization: `Token token=${key}`, 'Content-Type': 'application/json' };
    const answer = await fetch(callboardUrl + path, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(10_000) });
    return answer.ok && answer.status !== 204 ? answer.json() : undefined;
  };
  const { webhook_subscriptions: known = [] } = (await ask('GET', '/webhook_subscriptions?limit=100')) ?? {};
  const before = known.filter(one => one.delivery_method.url === address);
  for (const { id } of before) await ask('DELETE', `/webhook_subscriptions/${id}`);
  const events = ['acknowledged', 'annotated', 'escalated', 'reassigned', 'reopened', 'resolved', 'triggered', 'unacknowledged'];
  const made = await ask('POST', '/webhook_subscriptions', {
    webhook_subscription: {
      type: 'webhook_subscription',
      description: 'The plugin in Backstage',
      events: [...events.map(event => `incident.${event}`), 'service.created', 'service.deleted', 'service.updated'],
      filter: { type: 'account_reference' },
      delivery_method: { type: 'http_delivery_method', url: address },
    },
  });
  return made?.webhook_subscription.delivery_method.secret;
}

/** `callboard backstage` in front of the same account; ends with this process. */
async function startPluginBackend(program, folder, { url, backstage, callboardUrl, demo }) {
  const secret = await subscribe(callboardUrl, demo.api_key, `${url}/api/pagerduty/webhooks/demo`);
  const config = join(folder, 'backstage.toml');
  const lines = [
    '[backstage]',
    `listen = "${new URL(url).host}"`,
    `data = "${join(folder, 'plugin')}"`,
    `backend-url = "${backstage}"`,
    `app-url = "${backstage}"`,
    `origins = ["${backstage}"]`,
    // Makes the guest one of the account's people.
    '[backstage.people]',
    `"user:default/guest" = "${demo.owner.email}"`,
    '[[backstage.accounts]]',
    'id = "demo"',
    `api-url = "${callboardUrl}"`,
    `events-url = "${callboardUrl}/v2"`,
    'token = "${CALLBOARD_API_KEY}"',
    ...(secret ? ['webhook-secret = "${CALLBOARD_WEBHOOK_SECRET}"'] : []),
  ];
  writeFileSync(config, lines.join('\n'));
  const environment = { ...process.env, CALLBOARD_API_KEY: demo.api_key, CALLBOARD_WEBHOOK_SECRET: secret };
  const child = spawn(program, ['backstage', '--config', config], { stdio: ['ignore', 'inherit', 'inherit'], env: environment });
  process.on('exit', () => child.kill());
  child.on('error', e => giveUp(e));
  child.on('exit', status => giveUp(new Error(`the plugin's backend ended with status ${status}`)));
  for (;;) {
    try {
      if ((await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) })).ok) return;
    } catch {
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

// Backstage only logs what goes wrong at its start, such as a port in use, and then waits for ever.
const giveUp = e => {
  console.error(`start: ${e.message}`);
  process.exit(1);
};

const { callboard, demo, port, token, program, plugin, modules, 'plugin-port': pluginPort = `${Number(port) + 1}` } = options();
const modulesFile = modules ? resolve(modules) : './modules.js';
const callboardUrl = (callboard ?? demo.base_url).replace(/\/+$/, '');
const baseUrl = `http://127.0.0.1:${port}`;

// Without this the official plugin would let the first request wait for a minute, and then for ever.
try {
  await fetch(`${callboardUrl}/readyz`, { signal: AbortSignal.timeout(5000) });
} catch (e) {
  console.error(`start: no Callboard at ${callboardUrl} (${e.cause?.message ?? e.message})`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'callboard-backstage-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const catalog = join(folder, 'catalog.yaml');
const template = readFileSync(join(import.meta.dirname, 'catalog.yaml'), 'utf8');
writeFileSync(catalog, renderCatalog(template, demo.services, Boolean(program || plugin)));

let pluginBackend = plugin ?? `${baseUrl}/api/pagerduty`;
if (program && !plugin) {
  const url = `http://127.0.0.1:${pluginPort}`;
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));
  await startPluginBackend(program, folder, { url, backstage: baseUrl, callboardUrl, demo });
  pluginBackend = `${url}/api/pagerduty`;
}
await import('./frontend/build.js');

Object.assign(process.env, {
  PLUGIN_BACKEND: pluginBackend,
  PLUGIN_ORIGIN: new URL(pluginBackend).origin,
  SAMPLE_PORT: port,
  SAMPLE_TOKEN: token,
  SAMPLE_CATALOG: catalog,
  CALLBOARD_URL: callboardUrl,
  CALLBOARD_API_KEY: demo.api_key,
  // Not a production set-up; says so to the packages that ask.
  NODE_ENV: process.env.NODE_ENV ?? 'development',
  LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
});
process.argv.push('--config', join(import.meta.dirname, 'app-config.yaml'));

// Backstage reads its package.json from the working directory.
process.chdir(import.meta.dirname);

process.on('uncaughtException', giveUp);
const { sampleBackend } = await import('./index.js');
await sampleBackend((await import(modulesFile)).modules).start();
process.off('uncaughtException', giveUp);

const [service] = demo.services;
console.log(`
Backstage is ready
  app          ${baseUrl}/catalog/default/component/both-annotations
  old system   ${baseUrl}/old/catalog/default/component/both-annotations
  plugin       ${pluginBackend}   (${program || plugin ? "Callboard's" : "PagerDuty's own"}, PagerDuty's API at ${callboardUrl})
  catalog      ${baseUrl}/api/catalog/entities
  sign in      guest, ${baseUrl}/api/auth/guest/refresh

Ask the official plugin for a service:
  curl -s -H 'Authorization: Bearer ${token}' ${baseUrl}/api/pagerduty/services/${service.id}
`);
