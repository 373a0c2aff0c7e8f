// All that is told elsewhere: in chats and at addresses, of whichever service.

import { Crumbs, useTitle } from '../../parts/base';
import { Extensions } from '../services/extensions';
import { OAuthClients } from './oauth_clients';
import { IntegrationTabs } from './tabs';
import { Webhooks } from './webhooks';

export function ExtensionsPage() {
  useTitle('Extensions');
  return (
    <>
      <Crumbs>Integrations</Crumbs>
      <h1>Extensions</h1>
      <p className="dim lead">Where else incidents are told, besides the people who are called.</p>
      <IntegrationTabs current="extensions" />
      <Extensions />
      <Webhooks />
      <OAuthClients />
    </>
  );
}
