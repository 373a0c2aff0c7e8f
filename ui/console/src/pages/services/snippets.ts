// What to paste where, for each tool. The key stands in them in full: the page is for those who may see it.

import type { Integration, Service } from '../../api/types';

export interface Snippet {
  name: string;
  text: string;
}

export function snippetsFor(integration: Pick<Integration, 'name'>, key: string, service: Pick<Service, 'id' | 'name'>, url: string): Snippet[] {
  const event = JSON.stringify({ routing_key: key, event_action: 'trigger', payload: { summary: 'Disk is full on db1', source: 'db1.example.com', severity: 'critical' } }, null, 2);
  return [
    { name: 'curl', text: `curl ${url}/v2/enqueue -H 'Content-Type: application/json' -d '${event}'` },
    {
      name: 'Backstage',
      text: `# catalog-info.yaml of the component; the key stays on the server\nmetadata:\n  annotations:\n    pagerduty.com/service-id: ${service.id}\n\n# app-config.yaml, once, for Callboard's plugin\ndiscovery:\n  endpoints:\n    - target: ${url}/api/pagerduty\n      plugins: [pagerduty]\nbackend:\n  csp:\n    connect-src: ["'self'", '${url}']\n\n# or for PagerDuty's own\npagerDuty:\n  apiBaseUrl: ${url}\n  eventsBaseUrl: ${url}/v2\n  apiToken: \${CALLBOARD_API_KEY}\n\n# or by the key, without a service-id:\n#   pagerduty.com/integration-key: ${key}`,
    },
    { name: 'Alertmanager', text: `receivers:\n  - name: callboard\n    pagerduty_configs:\n      - routing_key: ${key}\n        url: ${url}/v2/enqueue\n        severity: '{{ .CommonLabels.severity | default "critical" }}'\n        send_resolved: true` },
    { name: 'Grafana', text: `# provisioning/alerting/contact-points.yaml\napiVersion: 1\ncontactPoints:\n  - orgId: 1\n    name: Callboard\n    receivers:\n      - uid: callboard\n        type: pagerduty\n        settings:\n          integrationKey: ${key}\n          client_url: ${url}\n          url: ${url}/v2/enqueue` },
    {
      name: 'Terraform',
      text: `provider "pagerduty" {\n  api_url_override = "${url}"\n}\n\nresource "pagerduty_service_integration" "this" {\n  name    = ${JSON.stringify(integration.name)}\n  type    = "events_api_v2_inbound_integration"\n  service = "${service.id}"\n}`,
    },
  ];
}
