// An app that Backstage's own tool has made and bundled, in which getting-started was followed; world.fresh is where its bundle is. It is
// laid over the sample app, whose backend it asks.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { appears, cardOf, entity, open, says, screenshot, world } from '../browser.mjs';

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };

/** For `prepare`. Its configuration is what its own app-config.yaml says of the frontend, the card first, and where the sample's backends are. */
async function fresh(page) {
  const discovery = { endpoints: [{ target: world.plugin, plugins: ['pagerduty'] }] };
  const app = { title: 'Fresh', baseUrl: world.app, packages: 'all', extensions: [{ 'page:catalog': { config: { path: '/' } } }, 'entity-card:pagerduty'] };
  const config = [{ context: 'app', data: { app, discovery, organization: { name: 'Fresh' }, backend: { baseUrl: world.app } } }];
  const html = readFileSync(join(world.fresh, 'index.html'), 'utf8')
    .replace(/<script type="backstage.io\/config">.*?<\/script>/s, '')
    .replace('</head>', () => `<script type="backstage.io/config">${JSON.stringify(config)}</script></head>`);
  await page.route(
    url => url.origin === world.app && !url.pathname.startsWith('/api/'),
    route => {
      const { pathname } = new URL(route.request().url());
      const file = join(world.fresh, pathname);
      if (!extname(pathname) || !existsSync(file)) return route.fulfill({ contentType: 'text/html', body: html });
      return route.fulfill({ contentType: TYPES[extname(pathname)], body: readFileSync(file) });
    },
  );
}

export async function a_fresh_app_has_the_card_and_the_page() {
  const page = await open(entity('both-annotations'), { prepare: fresh });
  await appears(cardOf(page));
  await says(cardOf(page), 'On call');
  const top = async locator => (await locator.first().boundingBox()).y;
  assert.ok((await top(cardOf(page))) < (await top(page.getByText('Relations', { exact: true }))));
  await screenshot(page, 'fresh-card');
  await page.getByRole('link', { name: 'PagerDuty', exact: true }).click();
  await says(page.locator('tr[data-entity="component:default/both-annotations"]'), world.services[0].name);
  await screenshot(page, 'fresh-page');
}
