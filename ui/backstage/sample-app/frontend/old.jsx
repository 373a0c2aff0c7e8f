// The same cards in Backstage's old frontend system.

import '@backstage/ui/css/styles.css';
import { createApp } from '@backstage/app-defaults';
import { AppRouter, FlatRoutes } from '@backstage/core-app-api';
import { AlertDisplay, Content, Header, OAuthRequestDialog, Page, SignInPage } from '@backstage/core-components';
import { CatalogEntityPage, CatalogIndexPage, EntityLayout, EntitySwitch, catalogPlugin } from '@backstage/plugin-catalog';
import {
  EntityPagerDutyCard,
  EntityPagerDutyRollUpCard,
  EntityPagerDutySmallCard,
  HomePageMyOnCallCard,
  HomePagePagerDutyCard,
  PagerDutyPage,
  TriggerButton,
  isGatheringEntity,
  isPagerDutyAvailable,
} from '@callboard/backstage-plugin/legacy';
import { createRoot } from 'react-dom/client';
import { Route } from 'react-router-dom';

const grid = { display: 'grid', gap: 24, gridTemplateColumns: 'repeat(auto-fit, minmax(min(420px, 100%), 1fr))', alignItems: 'start' };

const entityPage = (
  <EntityLayout>
    <EntityLayout.Route path="/" title="Overview">
      <EntitySwitch>
        <EntitySwitch.Case if={isGatheringEntity}>
          <EntityPagerDutyRollUpCard />
        </EntitySwitch.Case>
        <EntitySwitch.Case if={isPagerDutyAvailable}>
          <div style={grid}>
            <EntityPagerDutyCard />
            <EntityPagerDutySmallCard />
            <TriggerButton />
          </div>
        </EntitySwitch.Case>
      </EntitySwitch>
    </EntityLayout.Route>
  </EntityLayout>
);

/** `?service=ID` chooses the service of the first card; each more of them adds one. */
function Home() {
  const chosen = new URLSearchParams(window.location.search).getAll('service');
  return (
    <Page themeId="home">
      <Header title="Home" />
      <Content>
        <div style={grid}>
          {(chosen.length ? chosen : [undefined]).map(serviceId => (
            <HomePagePagerDutyCard key={serviceId} name="A service" serviceId={serviceId} />
          ))}
          <HomePageMyOnCallCard />
        </div>
      </Content>
    </Page>
  );
}

const app = createApp({
  plugins: [catalogPlugin],
  components: { SignInPage: props => <SignInPage {...props} auto providers={['guest']} /> },
});

const Root = app.createRoot(
  <>
    <AlertDisplay />
    <OAuthRequestDialog />
    <AppRouter>
      <FlatRoutes>
        <Route path="/" element={<Home />} />
        <Route path="/catalog" element={<CatalogIndexPage />} />
        <Route path="/catalog/:namespace/:kind/:name" element={<CatalogEntityPage />}>
          {entityPage}
        </Route>
        <Route path="/pagerduty" element={<PagerDutyPage />} />
      </FlatRoutes>
    </AppRouter>
  </>,
);
createRoot(document.getElementById('root')).render(<Root />);
