import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { actionsOf } from './actions.js';
import { Backend } from './backend.js';

export { actionsOf } from './actions.js';
export { Backend } from './backend.js';
export type { BackendOptions, Outcome } from './backend.js';

/** The module of the scaffolder: `backend.add(import('@callboard/backstage-plugin-scaffolder-backend-module'))`. */
export default createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'callboard-pagerduty',
  register(env) {
    env.registerInit({
      deps: { scaffolder: scaffolderActionsExtensionPoint, auth: coreServices.auth, discovery: coreServices.discovery },
      async init({ scaffolder, auth, discovery }) {
        scaffolder.addActions(...actionsOf(new Backend({ auth, discovery })));
      },
    });
  },
});
