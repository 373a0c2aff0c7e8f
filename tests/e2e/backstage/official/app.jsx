// An app of the old frontend system with PagerDuty's own card on the page of an entity, and its page. They and their client are taken one by one:
// the package's index also wants what Backstage's frontend-plugin-api has no more since 1.0.

import '@backstage/ui/css/styles.css';
import { createApp } from '@backstage/app-defaults';
import { AppRouter, FlatRoutes } from '@backstage/core-app-api';
import { AlertDisplay, SignInPage } from '@backstage/core-components';
import { configApiRef, createApiFactory, discoveryApiRef, fetchApiRef } from '@backstage/core-plugin-api';
import { CatalogEntityPage, CatalogIndexPage, EntityLayout, catalogPlugin } from '@backstage/plugin-catalog';
import { PagerDutyClient, pagerDutyApiRef } from '@pagerduty/backstage-plugin/src/api';
import { EntityPagerDutyCard } from '@pagerduty/backstage-plugin/src/components/EntityPagerDutyCard';
import { PagerDutyPage } from '@pagerduty/backstage-plugin/src/components/PagerDutyPage';
import { createRoot } from 'react-dom/client';
import { Route } from 'react-router-dom';

const app = createApp({
  plugins: [catalogPlugin],
  apis: [
    createApiFactory({
      api: pagerDutyApiRef,
      deps: { configApi: configApiRef, discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ configApi, ...others }) => PagerDutyClient.fromConfig(configApi, others),
    }),
  ],
  components: { SignInPage: props => <SignInPage {...props} auto providers={['guest']} /> },
});

const Root = app.createRoot(
  <>
    <AlertDisplay />
    <AppRouter>
      <FlatRoutes>
        <Route path="/pagerduty" element={<PagerDutyPage />} />
        <Route path="/catalog" element={<CatalogIndexPage />} />
        <Route path="/catalog/:namespace/:kind/:name" element={<CatalogEntityPage />}>
          <EntityLayout>
            <EntityLayout.Route path="/" title="Overview">
              <EntityPagerDutyCard />
            </EntityLayout.Route>
          </EntityLayout>
        </Route>
      </FlatRoutes>
    </AppRouter>
  </>,
);
createRoot(document.getElementById('root')).render(<Root />);
