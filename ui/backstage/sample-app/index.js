import { createBackend } from '@backstage/backend-defaults';

/** `modules`: what joins the catalog and the scaffolder to the plugin's backend. */
export function sampleBackend(modules) {
  const backend = createBackend();
  backend.add(import('@backstage/plugin-auth-backend'));
  backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
  backend.add(import('@backstage/plugin-catalog-backend'));
  backend.add(import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'));
  backend.add(import('@backstage/plugin-scaffolder-backend'));
  backend.add(import('@pagerduty/backstage-plugin-backend'));
  backend.add(import('./web.js'));
  for (const module of modules) backend.add(module);
  return backend;
}
