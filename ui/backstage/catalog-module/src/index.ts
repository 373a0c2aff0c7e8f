import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { PagerDutyProcessor } from './processor.js';

export {
  ACCOUNT_OF_FILE,
  DEPENDS_ON_FROM,
  INTEGRATION_KEY_OF_FILE,
  PagerDutyProcessor,
  SERVICE_ID_OF_FILE,
  stillTrue,
  withAnnotated,
  withDependencies,
  withKey,
  withMapping,
  withoutService,
} from './processor.js';
export type { Mapping, ProcessorOptions, Told } from './processor.js';

/** The module of the catalog: `backend.add(import('@callboard/backstage-plugin-catalog-backend-module'))`. */
export default createBackendModule({
  pluginId: 'catalog',
  moduleId: 'callboard-pagerduty',
  register(env) {
    env.registerInit({
      deps: {
        catalog: catalogProcessingExtensionPoint,
        auth: coreServices.auth,
        discovery: coreServices.discovery,
        logger: coreServices.logger,
      },
      async init({ catalog, auth, discovery, logger }) {
        catalog.addProcessor(new PagerDutyProcessor({ auth, discovery, logger }));
      },
    });
  },
});
