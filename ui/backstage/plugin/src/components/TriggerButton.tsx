// A button of its own that pages somebody about an entity, for pages that have no card.

import { useApi } from '@backstage/core-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Button } from '@backstage/ui';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { Selector } from '../api/types.js';
import { selectorsOrMapping } from '../entity.js';
import { usePolled } from '../hooks.js';
import { useStyles } from '../styles.js';
import { TriggerDialog } from './TriggerDialog.js';

export interface TriggerButtonProps {
  /** "Create new incident" unless given. */
  children?: ReactNode;
}

const BUTTON_POLL_MS = 60_000;

/** Why there is nothing to press; undefined when there is. */
function obstacleOf(error: Error | undefined, card: { permissions: { trigger: boolean } } | undefined, disabled: boolean): string | undefined {
  if ((error as { status?: number } | undefined)?.status === 404) return 'No service is connected';
  if (!card) return error ? 'Not reachable for now' : undefined;
  if (!card.permissions.trigger) return 'You may not create incidents';
  return disabled ? 'The service is disabled' : undefined;
}

/** Makes an incident of the entity's service; of several services, the first one's. */
export function TriggerButton({ children }: TriggerButtonProps) {
  useStyles();
  const { entity } = useEntity();
  const api = useApi(pagerDutyApiRef);
  const [shown, setShown] = useState(false);
  const [selector] = selectorsOrMapping(entity) as [Selector];
  const polled = usePolled(
    `button ${JSON.stringify(selector)}`,
    signal => api.getCard(selector, ['service', 'on_call', 'incidents'], signal),
    BUTTON_POLL_MS,
  );
  const card = polled.value;
  const service = card?.parts.service?.data;
  const obstacle = obstacleOf(polled.error, card, service?.status === 'disabled');
  return (
    <>
      <Button destructive className="cbp-danger" isDisabled={!card || obstacle !== undefined} onPress={() => setShown(true)}>
        {obstacle ?? children ?? 'Create new incident'}
      </Button>
      {shown && card && (
        <TriggerDialog
          name={service?.name ?? entity.metadata.title ?? entity.metadata.name}
          selector={{ ...selector, account: selector.account ?? card.account }}
          onCall={card.parts.on_call?.data}
          open={card.parts.incidents?.data?.open}
          mayRespond={card.permissions.respond}
          close={() => setShown(false)}
          made={polled.refresh}
        />
      )}
    </>
  );
}
