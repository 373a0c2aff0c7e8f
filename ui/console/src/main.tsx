// Takes over a page that the server has written, when its address is one that the application knows; the server's page
// stays to be seen until the first data is there. Links are ordinary: one listener follows those to known addresses
// without loading a page.

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client';
import { listenForChanges } from './api/live';
import { reads } from './api/reads';
import { setZone } from './api/times';
import './app.css';
import { Frame, NotFound, PageFailure } from './frame';
import { takeFormToken } from './log_out';
import { applyTheme } from './theme';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // 4xx will be the same next time; with 429 and 503 the part says when it asks again.
      retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status === 500 || error.status === 502),
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
    // Whoever acts is told at once that nothing went out. It is not kept, to go out when nobody means it any more.
    mutations: { networkMode: 'always' },
  },
});

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound, errorComponent: PageFailure });
type Loader = Parameters<typeof lazyRouteComponent>[0];
const page = (path: string, load: Loader, name: string) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, name) });

const incidents = () => import('./pages/incidents/list');
const incident = () => import('./pages/incidents/incident');
const directory = () => import('./pages/services/directory');
const service = () => import('./pages/services/service');
const maintenance = () => import('./pages/services/maintenance');
const business = () => import('./pages/services/business');
const orchestrations = () => import('./pages/orchestration/orchestrations');
const integration = () => import('./pages/services/integration');
const keys = () => import('./pages/integrations/api_keys');
const apps = () => import('./pages/integrations/oauth_apps');
const deliveries = () => import('./pages/integrations/deliveries');
const onCall = () => import('./pages/oncall/now');
const policy = () => import('./pages/oncall/policy');
const schedule = () => import('./pages/oncall/schedule');
const people = () => import('./pages/people/people');
const user = () => import('./pages/people/user');
const insights = () => import('./pages/insights/insights');
const health = () => import('./pages/insights/health');

const router = createRouter({
  basepath: '/console',
  scrollRestoration: true,
  defaultPendingMs: 300,
  // Filters are plain words in the address; `a,b` is a list.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(
      Object.entries(search).filter(([, value]) => value !== undefined && value !== '').map(([key, value]) => [key, String(value)]),
    ).toString();
    return text ? `?${text.replaceAll('%2C', ',')}` : '';
  },
  routeTree: root.addChildren([
    page('/', incidents, 'IncidentsPage'),
    page('/incidents', incidents, 'IncidentsPage'),
    page('/setup', () => import('./pages/setup'), 'SetupPage'),
    page('/incidents/new', () => import('./pages/incidents/create'), 'CreateIncidentPage'),
    page('/incidents/$id', incident, 'IncidentPage'),
    page('/incidents/$id/log_entries/$entry', incident, 'IncidentPage'),
    page('/incidents/$id/why', () => import('./pages/incidents/why'), 'WhyPage'),
    page('/alerts/$id', () => import('./pages/incidents/alert'), 'AlertPage'),
    page('/service-directory', directory, 'DirectoryPage'),
    page('/service-directory/new', () => import('./pages/services/create'), 'CreateServicePage'),
    page('/service-directory/maintenance-windows', maintenance, 'MaintenancePage'),
    page('/service-directory/maintenance-windows/new', maintenance, 'CreateMaintenancePage'),
    page('/service-directory/maintenance-windows/$id', maintenance, 'MaintenanceWindowPage'),
    page('/service-directory/$id', service, 'ServicePage'),
    page('/business-services', business, 'BusinessServicesPage'),
    page('/business-services/new', business, 'CreateBusinessServicePage'),
    page('/business-services/$id', business, 'BusinessServicePage'),
    page('/event-orchestrations', orchestrations, 'OrchestrationsPage'),
    page('/event-orchestrations/$id', orchestrations, 'OrchestrationPage'),
    page('/custom-fields', () => import('./pages/services/custom_fields'), 'CustomFieldsPage'),
    page('/services/$id/integrations/new', integration, 'AddIntegrationPage'),
    page('/services/$id/integrations/$integration', integration, 'IntegrationPage'),
    page('/integrations', keys, 'ApiKeysPage'),
    page('/integrations/api-access-keys', keys, 'ApiKeysPage'),
    page('/integrations/api-access-keys/new', keys, 'CreateApiKeyPage'),
    page('/integrations/app-registration', apps, 'OAuthAppsPage'),
    page('/integrations/extensions', () => import('./pages/integrations/extensions'), 'ExtensionsPage'),
    page('/integrations/extensions/$id', deliveries, 'ExtensionDeliveriesPage'),
    page('/integrations/webhooks/$id', deliveries, 'WebhookDeliveriesPage'),
    page('/on-call', onCall, 'OnCallPage'),
    page('/on-call/mine', () => import('./pages/oncall/mine'), 'MyShiftsPage'),
    page('/escalation_policies', onCall, 'OnCallPage'),
    page('/escalation_policies/new', policy, 'CreatePolicyPage'),
    page('/escalation_policies/$id', policy, 'PolicyPage'),
    page('/escalation_policies/$id/edit', policy, 'EditPolicyPage'),
    page('/schedules', onCall, 'OnCallPage'),
    page('/schedules/new', () => import('./pages/oncall/schedule_editor'), 'CreateSchedulePage'),
    page('/schedules/$id', schedule, 'SchedulePage'),
    page('/schedules/$id/edit', () => import('./pages/oncall/schedule_editor'), 'EditSchedulePage'),
    page('/users', people, 'UsersPage'),
    page('/users/$id', user, 'UserPage'),
    page('/teams', people, 'TeamsPage'),
    page('/teams/$id', people, 'TeamPage'),
    page('/insights', insights, 'InsightsPage'),
    page('/health', health, 'HealthPage'),
  ]),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

const base = '/console';
/** Below an address that is known the router finds that one, and what is left over under "**". */
function isKnown(path: string): boolean {
  if (!path.startsWith(`${base}/`)) return false;
  const [, parameters, found] = router.getMatchedRoutes(path.slice(base.length));
  return found !== undefined && !('**' in parameters);
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link?.href || link.target || link.hasAttribute('download')) return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || !isKnown(to.pathname)) return;
  if (to.pathname === location.pathname && to.hash) return;
  event.preventDefault();
  router.history.push(to.pathname + to.search + to.hash);
}

/** What the server wrote stays until ours is complete, or has been waited for long enough. */
function takeOver(mount: HTMLElement): void {
  const shown = () => {
    mount.hidden = false;
    // Our own style sheets are in the server's body.
    document.head.append(...document.body.querySelectorAll('link[rel=stylesheet]'));
    for (const child of [...document.body.childNodes]) if (child !== mount) child.remove();
    // Opened while it could not be seen: such a dialog has no focus yet.
    for (const dialog of mount.querySelectorAll<HTMLDialogElement>('dialog[open]')) {
      dialog.close();
      dialog.showModal();
    }
    stop();
    clearTimeout(late);
  };
  let started = false;
  const stop = queries.getQueryCache().subscribe(() => {
    started ||= queries.isFetching() > 0;
    if (started) queueMicrotask(look);
  });
  let looking = false;
  const look = () => {
    if (looking) return;
    looking = true;
    // Two frames later: what has been read is drawn, and asks for more when it needs more.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      looking = false;
      if (mount.isConnected && mount.hidden && queries.isFetching() === 0 && mount.querySelector('h1')) shown();
    }));
  };
  const late = setTimeout(shown, 4_000);
}

/** The page's own script comes beside the session instead of after it. */
function preloadPage(): void {
  const [, , found] = router.getMatchedRoutes(location.pathname.slice(base.length));
  const component = found?.options.component as { preload?: () => Promise<unknown> } | undefined;
  void component?.preload?.().catch(() => undefined);
}

async function start(): Promise<void> {
  if (!isKnown(location.pathname)) return;
  takeFormToken();
  applyTheme();
  preloadPage();
  const session = await queries.fetchQuery(reads.session);
  setZone(session.time_zone);
  const mount = document.createElement('div');
  mount.id = 'app';
  mount.hidden = true;
  document.body.append(mount);
  takeOver(mount);
  document.addEventListener('click', followLink);
  listenForChanges(queries);
  createRoot(mount).render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
}

// When the session cannot be read, the server's page stays: it is whole without us.
start().catch((error: unknown) => console.warn('The application did not start.', error));
