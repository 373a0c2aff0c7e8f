// The plugin for Backstage's old frontend system, under the names of PagerDuty's own plugin.

import { Content, Header, Page } from '@backstage/core-components';
import {
  createApiFactory,
  createComponentExtension,
  createPlugin,
  createRoutableExtension,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { createCardExtension } from '@backstage/plugin-home-react';
import { PagerDutyClient, pagerDutyApiRef } from './api/client.js';
import type { HomePageCardProps } from './components/HomeCards.js';
import { PagerDutyIcon } from './components/PagerDutyIcon.js';
import { isPluginApplicableToEntity } from './entity.js';
import { rootRouteRef } from './routes.js';

export * from './exports.js';
export { PagerDutyIcon };

/** Other names that PagerDuty's own plugin has for it. */
export { isPluginApplicableToEntity as isPagerDutyAvailable, isPluginApplicableToEntity as isPagerDutySmallCardAvailable };
export type { EntityCardProps as EntityPagerDutyCardProps, EntityCardProps as EntityPagerDutySmallCardProps } from './components/EntityCards.js';
export type { HomePageCardProps as HomePagePagerDutyCardProps } from './components/HomeCards.js';

export const pagerDutyPlugin = createPlugin({
  id: 'pagerduty',
  apis: [
    createApiFactory({
      api: pagerDutyApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new PagerDutyClient(deps),
    }),
  ],
  routes: { root: rootRouteRef },
});

/** As some apps import it. */
export { pagerDutyPlugin as plugin };

/** Makes an incident of the entity's service, wherever a page wants a button for that. */
export const TriggerButton = pagerDutyPlugin.provide(
  createComponentExtension({
    name: 'TriggerButton',
    component: { lazy: () => import('./components/TriggerButton.js').then(m => m.TriggerButton) },
  }),
);

/** Everything about the service of an entity. */
export const EntityPagerDutyCard = pagerDutyPlugin.provide(
  createComponentExtension({
    name: 'EntityPagerDutyCard',
    component: { lazy: () => import('./components/EntityCards.js').then(m => m.EntityPagerDutyCard) },
  }),
);

/** The state of the service of an entity, with the rest in panels that open. */
export const EntityPagerDutySmallCard = pagerDutyPlugin.provide(
  createComponentExtension({
    name: 'EntityPagerDutySmallCard',
    component: { lazy: () => import('./components/EntityCards.js').then(m => m.EntityPagerDutySmallCard) },
  }),
);

/** All services of a system, a domain, a group or a user. */
export const EntityPagerDutyRollUpCard = pagerDutyPlugin.provide(
  createComponentExtension({
    name: 'EntityPagerDutyRollUpCard',
    component: { lazy: () => import('./components/EntityCards.js').then(m => m.EntityPagerDutyRollUpCard) },
  }),
);

/** The page of mappings and settings; goes to a route of the app. */
export const PagerDutyPage = pagerDutyPlugin.provide(
  createRoutableExtension({
    name: 'PagerDutyPage',
    mountPoint: rootRouteRef,
    component: () =>
      import('./components/MappingPage.js').then(({ PagerDutyPageContent }) => () => (
        <Page themeId="home">
          <Header title="PagerDuty" subtitle="Services of entities, and settings" />
          <Content noPadding>
            <PagerDutyPageContent />
          </Content>
        </Page>
      )),
  }),
);

/** One service, on a home page. */
export const HomePagePagerDutyCard = pagerDutyPlugin.provide(
  createCardExtension<HomePageCardProps>({
    name: 'HomePagePagerDutyCard',
    title: 'PagerDuty',
    components: () => import('./components/HomeCards.js').then(m => ({ Content: m.HomePagePagerDutyCard })),
    layout: { width: { minColumns: 4, defaultColumns: 6 }, height: { minRows: 4, defaultRows: 8 } },
    settings: {
      schema: {
        title: 'PagerDuty',
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
  }),
);

/** What PagerDuty's documentation calls it. */
export { HomePagePagerDutyCard as PagerDutyHomepageCard };

/** When the signed-in person is on call, and the incidents that wait for them; on a home page. */
export const HomePageMyOnCallCard = pagerDutyPlugin.provide(
  createCardExtension<{ account?: string }>({
    name: 'HomePageMyOnCallCard',
    title: 'My on-call',
    components: () => import('./components/HomeCards.js').then(m => ({ Content: m.MyOnCallCard })),
    layout: { width: { minColumns: 4, defaultColumns: 6 }, height: { minRows: 4, defaultRows: 8 } },
  }),
);
