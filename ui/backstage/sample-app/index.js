import { createBackend } from '@backstage/backend-defaults';

const backend = createBackend();
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'));
backend.add(import('@backstage/plugin-scaffolder-backend'));
backend.add(import('@callboard/backstage-plugin-catalog-backend-module'));
backend.add(import('@callboard/backstage-plugin-scaffolder-backend-module'));
backend.add(import('@pagerduty/backstage-plugin-backend'));
backend.add(import('./web.js'));

export default backend;
