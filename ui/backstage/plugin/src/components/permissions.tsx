// What the person who looks may do, so that a page offers that and says why it offers no more.

import { useApi } from '@backstage/core-plugin-api';
import { useId } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { Action } from '../api/types.js';
import { usePolled } from '../hooks.js';
import { whyNot } from '../text.js';
import { Icon } from './basic.js';

const PERMISSIONS_POLL_MS = 60_000;

export interface May {
  /** What is not known is tried: the backend decides anyway. */
  may: boolean;
  /** Undefined when it is allowed. */
  why: string | undefined;
  /** For a button that is off: {isDisabled, 'aria-describedby'}. */
  off: { isDisabled: boolean; 'aria-describedby': string | undefined };
  id: string;
}

export function useMay(action: Action): May {
  const api = useApi(pagerDutyApiRef);
  const known = usePolled('permissions', signal => api.getPermissions(signal), PERMISSIONS_POLL_MS).value;
  const id = useId();
  const may = known?.[action] ?? true;
  const why = may ? undefined : whyNot(action);
  return { may, why, off: { isDisabled: !may, 'aria-describedby': may ? undefined : id }, id };
}

/** Why something is off; nothing where it is not. */
export function WhyNot({ of }: { of: May }) {
  if (!of.why) return null;
  return (
    <p className="cbp-missing" id={of.id} role="status">
      <Icon shape="lock" />
      {of.why}
    </p>
  );
}
