// The plugin for Backstage's new frontend system: `export default`.

import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import {
  ApiBlueprint,
  PageBlueprint,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { HomePageWidgetBlueprint } from '@backstage/plugin-home-react/alpha';
import { z } from 'zod';
import { PagerDutyClient, pagerDutyApiRef } from './api/client.js';
import { isGatheringEntity, isPluginApplicableToEntity } from './entity.js';
import { PagerDutyIcon } from './components/PagerDutyIcon.js';
import { rootRouteRef } from './routes.js';

export * from './exports.js';

const api = ApiBlueprint.make({
  params: define =>
    define({
      api: pagerDutyApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new PagerDutyClient(deps),
    }),
});

const page = PageBlueprint.make({
  params: {
    path: '/pagerduty',
    title: 'PagerDuty',
    icon: <PagerDutyIcon />,
    routeRef: convertLegacyRouteRef(rootRouteRef),
    loader: () => import('./components/MappingPage.js').then(({ PagerDutyPageContent }) => <PagerDutyPageContent />),
  },
});

const option = z.boolean().optional();

/** Id `entity-card:pagerduty`. */
const entityCard = EntityCardBlueprint.makeWithOverrides({
  configSchema: {
    readOnly: option,
    disableChangeEvents: option,
    disableOnCall: option,
    disableInsights: option,
  },
  factory(original, { config }) {
    const { readOnly, disableChangeEvents, disableOnCall, disableInsights } = config;
    const options = { readOnly, disableChangeEvents, disableOnCall, disableInsights };
    return original({
      filter: isPluginApplicableToEntity,
      loader: () =>
        import('./components/EntityCards.js').then(({ EntityPagerDutyCard }) => <EntityPagerDutyCard {...options} />),
    });
  },
});

/** Id `entity-card:pagerduty/small`; off unless the app's configuration turns it on. */
const smallCard = EntityCardBlueprint.makeWithOverrides({
  name: 'small',
  disabled: true,
  configSchema: { readOnly: option, disableOnCall: option, disableInsights: option },
  factory(original, { config: { readOnly, disableOnCall, disableInsights } }) {
    const options = { readOnly, disableOnCall, disableInsights };
    return original({
      filter: isPluginApplicableToEntity,
      loader: () =>
        import('./components/EntityCards.js').then(({ EntityPagerDutySmallCard }) => (
          <EntityPagerDutySmallCard {...options} />
        )),
    });
  },
});

/** Id `entity-card:pagerduty/roll-up`: systems, domains, groups and users. */
const rollUpCard = EntityCardBlueprint.make({
  name: 'roll-up',
  params: {
    filter: isGatheringEntity,
    loader: () =>
      import('./components/EntityCards.js').then(({ EntityPagerDutyRollUpCard }) => <EntityPagerDutyRollUpCard />),
  },
});

const serviceWidget = HomePageWidgetBlueprint.make({
  name: 'service',
  params: {
    name: 'PagerDutyService',
    title: 'Incidents and on-call of a service',
    description: 'Who is on call and what is open, for one service',
    components: () =>
      import('./components/HomeCards.js').then(({ HomePagePagerDutyCard }) => ({ Content: HomePagePagerDutyCard })),
    layout: { width: { minColumns: 4, defaultColumns: 6 }, height: { minRows: 4, defaultRows: 8 } },
    settings: {
      schema: {
        title: 'Service',
        type: 'object',
        properties: {
          name: { title: 'Name', type: 'string' },
          serviceId: { title: 'Id of the service', type: 'string' },
          integrationKey: { title: 'Or the key of one of its integrations', type: 'string' },
          account: { title: 'Account', type: 'string' },
          readOnly: { title: 'Read only', type: 'boolean' },
        },
      },
    },
  },
});

const mineWidget = HomePageWidgetBlueprint.make({
  name: 'mine',
  params: {
    name: 'MyOnCall',
    title: 'My on-call',
    description: 'When you are on call, and the incidents that wait for you',
    components: () => import('./components/HomeCards.js').then(({ MyOnCallCard }) => ({ Content: MyOnCallCard })),
    layout: { width: { minColumns: 4, defaultColumns: 6 }, height: { minRows: 4, defaultRows: 8 } },
  },
});

/** The plugin `pagerduty` for Backstage's new frontend system. */
export default createFrontendPlugin({
  pluginId: 'pagerduty',
  title: 'PagerDuty',
  icon: <PagerDutyIcon />,
  info: { packageJson: () => import('../package.json', { with: { type: 'json' } }) as Promise<never> },
  routes: { root: convertLegacyRouteRef(rootRouteRef) },
  extensions: [api, page, entityCard, smallCard, rollUpCard, serviceWidget, mineWidget],
});
