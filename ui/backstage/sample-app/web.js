// Serves the two frontends, instead of app-backend: that one knows a single app, built by Backstage's own, heavy, tools.
//   /      the app in the new frontend system
//   /old   the one in the old
import { join } from 'node:path';
import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import express from 'express';

const page = (name, config) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Callboard sample</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/${name}.css">
<script type="backstage.io/config">${JSON.stringify([{ context: 'app', data: config }]).replaceAll('<', '\\u003c')}</script>
<style>body { margin: 0 }</style>
</head>
<body><div id="root"></div><script type="module" src="/static/${name}.js"></script></body>
</html>
`;

/** Of the configuration only what a browser may know. */
function configOf(config, path) {
  const shown = {};
  for (const key of ['organization', 'discovery']) if (config.has(key)) shown[key] = config.get(key);
  const app = config.get('app');
  return { ...shown, app: { ...app, baseUrl: app.baseUrl + path }, backend: { baseUrl: config.getString('backend.baseUrl') } };
}

export default createBackendPlugin({
  pluginId: 'app',
  register(env) {
    env.registerInit({
      deps: { config: coreServices.rootConfig, http: coreServices.httpRouter },
      async init({ config, http }) {
        const router = express.Router();
        router.use('/static', express.static(join(import.meta.dirname, 'dist')), (_, response) => response.sendStatus(404));
        router.get(/^\/old(\/|$)/, (_, response) => response.send(page('old', configOf(config, '/old'))));
        router.get('*', (_, response) => response.send(page('new', configOf(config, ''))));
        http.use(router);
        http.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
      },
    });
  },
});
