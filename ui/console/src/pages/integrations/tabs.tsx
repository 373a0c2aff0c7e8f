import { Tabs } from '../../parts/base';

export function DeveloperTabs({ current }: { current: 'keys' | 'apps' }) {
  return (
    <Tabs label="Developer tools" tabs={[
      { name: 'API Access Keys', href: '/console/integrations/api-access-keys', current: current === 'keys' },
      { name: 'App Registration', href: '/console/integrations/app-registration', current: current === 'apps' },
    ]} />
  );
}
