// Hears that something was committed and asks again for what is on the screen. Never on a hidden page, and never more
// than once in two seconds, or in four times as long as the last time took, on a weak link; what changed meanwhile is asked for when the page is seen again.
// Each answer of the stream is one of its own, so it ends often and the browser asks again; when it does not answer, connection.ts is told.

import type { QueryClient } from '@tanstack/react-query';
import { onSilence } from './client';
import { serverNow } from './clock';
import { connection } from './connection';

/** Between two questions to a server that does not answer. */
const againMs = 2_000;
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
  let again: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let refused = false;
  const close = () => {
    source?.close();
    source = undefined;
    clearTimeout(again);
    again = undefined;
    asking = false;
  };
  /** A stream that knows of nothing is answered at once: that is how to find out whether the server is there. */
  const open = () => {
    close();
    const mine = new EventSource('/console/live');
    let answered = false;
    source = mine;
    asking = true;
    mine.addEventListener('open', () => {
      answered = true;
      asking = false;
      refused = false;
      // What was missed is asked for even when nothing was committed: some of it may have failed to be read.
      if (connection.heard(serverNow())) changed();
    });
    mine.addEventListener('error', () => {
      // The end of an answer: the browser asks again by itself.
      if (answered && mine.readyState === EventSource.CONNECTING) {
        answered = false;
        return;
      }
      // An answer, but no stream: whoever is logged out is led to where one logs in.
      if (mine.readyState === EventSource.CLOSED && !refused) {
        refused = true;
        void client.refetchQueries({ queryKey: ['session'] });
      }
      close();
      connection.failed(serverNow());
      again = setTimeout(open, againMs);
    });
    mine.addEventListener('changed', (event) => {
      // The first one says where we are, not that something happened.
      if (heard && event.lastEventId !== heard) changed();
      heard = event.lastEventId;
    });
  };
  // A stream that waits on a dead link hears nothing of it for long; a read or the browser may know sooner.
  const doubt = () => {
    if (document.hidden) return;
    connection.failed(serverNow());
    if (!again && !asking) open();
  };
  const forget = onSilence(doubt);
  window.addEventListener('offline', doubt);
  window.addEventListener('online', doubt);
  const watch = setInterval(() => {
    if (!document.hidden && connection.look(serverNow()) && !again && !asking) open();
  }, 1_000);
  const seen = () => {
    if (document.hidden) return close();
    connection.resumed(serverNow());
    if (!source) open();
    if (missed || Date.now() - renewedAt > 30_000) {
      missed = false;
      changed();
    }
  };
  renewedAt = Date.now();
  connection.resumed(serverNow());
  if (!document.hidden) open();
  document.addEventListener('visibilitychange', seen);
  return () => {
    document.removeEventListener('visibilitychange', seen);
    window.removeEventListener('offline', doubt);
    window.removeEventListener('online', doubt);
    forget();
    clearInterval(watch);
    close();
    clearTimeout(due);
  };
}
