import { useQuery } from '@tanstack/react-query';
import { reads } from '../../api/reads';
import { Tabs } from '../../parts/base';

export function ServiceTabs({ current }: { current: 'services' | 'business' | 'orchestrations' | 'fields' | 'maintenance' }) {
  const services = useQuery(reads.services).data?.rows.length;
  const business = useQuery(reads.businessServices).data?.rows.length;
  return (
    <Tabs label="Services" tabs={[
      { name: 'Service Directory', href: '/console/service-directory', current: current === 'services', count: services },
      { name: 'Business services', href: '/console/business-services', current: current === 'business', count: business },
      { name: 'Event orchestrations', href: '/console/event-orchestrations', current: current === 'orchestrations' },
      { name: 'Maintenance', href: '/console/service-directory/maintenance-windows', current: current === 'maintenance' },
      { name: 'Custom fields', href: '/console/custom-fields', current: current === 'fields' },
    ]} />
  );
}
