// Asks before a draft is lost, once for all forms; a browser that goes elsewhere asks in its own words.

import { useBlocker } from '@tanstack/react-router';
import { Button } from './base';
import { forgetDrafts, thereAreDrafts } from './drafts';
import { Dialog } from './forms';

export function DraftGuard() {
  const { status, proceed, reset } = useBlocker({ shouldBlockFn: thereAreDrafts, enableBeforeUnload: thereAreDrafts, withResolver: true });
  if (status !== 'blocked') return null;
  const leave = () => {
    forgetDrafts();
    proceed();
  };
  return (
    <Dialog title="Leave and lose the draft?" onClose={reset} footer={<><Button look="ink" onClick={reset}>Stay</Button><Button look="danger" onClick={leave}>Leave</Button></>}>
      <p>What you have changed here is not saved.</p>
    </Dialog>
  );
}

/** Gives the form up. */
export const Cancel = ({ to }: { to: string }) => <a className="btn" href={to} onClick={forgetDrafts}>Cancel</a>;
