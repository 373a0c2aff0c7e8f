import { Tabs } from '../../parts/base';

export function IntegrationTabs({ current }: { current: 'keys' | 'apps' | 'extensions' }) {
  return (
    <Tabs label="Integrations" tabs={[
      { name: 'API Access Keys', href: '/console/integrations/api-access-keys', current: current === 'keys' },
      { name: 'App Registration', href: '/console/integrations/app-registration', current: current === 'apps' },
      { name: 'Extensions', href: '/console/integrations/extensions', current: current === 'extensions' },
    ]} />
  );
}
