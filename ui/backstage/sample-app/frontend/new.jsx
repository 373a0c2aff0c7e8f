// The app in Backstage's new frontend system: three plugins, nothing of its own but the way to sign in.

import '@backstage/ui/css/styles.css';
import { SignInPage } from '@backstage/core-components';
import { createApp } from '@backstage/frontend-defaults';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import homePlugin from '@backstage/plugin-home/alpha';
import pagerDutyPlugin from '@callboard/backstage-plugin';
import { createRoot } from 'react-dom/client';

const signIn = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SignInPageBlueprint.make({
      params: { loader: async () => props => <SignInPage {...props} auto providers={['guest']} /> },
    }),
  ],
});

const app = createApp({ features: [catalogPlugin, homePlugin, pagerDutyPlugin, signIn] });
createRoot(document.getElementById('root')).render(app.createRoot());
