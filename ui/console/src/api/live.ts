// Hears that something was committed and asks again for what is on the screen. Never on a hidden page, and never more
// than once in two seconds, or in four times as long as the last time took, on a weak link; what changed meanwhile is asked for when the page is seen again.

import type { QueryClient } from '@tanstack/react-query';

const quietMs = 2000;
const restFactor = 4;

export function listenForChanges(client: QueryClient): () => void {
  let source: EventSource | undefined;
  let due: ReturnType<typeof setTimeout> | undefined;
  let renewedAt = 0;
  let tookMs = 0;
  let missed = false;

  const renew = () => {
    due = undefined;
    if (document.hidden) {
      missed = true;
      return;
    }
    renewedAt = Date.now();
    void client.invalidateQueries({ predicate: (query) => query.meta?.live !== false }).then(() => (tookMs = Date.now() - renewedAt));
  };
  const changed = () => {
    due ??= setTimeout(renew, Math.max(0, renewedAt + Math.max(quietMs, tookMs * restFactor) - Date.now()));
  };
  let heard = '';
  const open = () => {
    source = new EventSource('/console/live');
    source.addEventListener('changed', (event) => {
      // The first one says where we are, not that something happened.
      if (heard && event.lastEventId !== heard) changed();
      heard = event.lastEventId;
    });
  };
  const seen = () => {
    if (document.hidden) {
      source?.close();
      source = undefined;
      return;
    }
    if (!source) open();
    if (missed || Date.now() - renewedAt > 30_000) {
      missed = false;
      changed();
    }
  };
  renewedAt = Date.now();
  if (!document.hidden) open();
  document.addEventListener('visibilitychange', seen);
  return () => {
    document.removeEventListener('visibilitychange', seen);
    source?.close();
    clearTimeout(due);
  };
}
