// What somebody has typed and not sent. Whoever leaves its page by a link or the back button is asked first
// (draft_guard.tsx).

import { useEffect, useId } from 'react';

const drafts = new Set<string>();

export const thereAreDrafts = (): boolean => drafts.size > 0;

/** Sent, or given up on purpose: nobody is asked about it. At once, since what follows may be another page. */
export const forgetDraft = (key: string): void => void drafts.delete(key);
export const forgetDrafts = (): void => drafts.clear();

/** While `changed`, leaving loses something. */
export function useDraft(changed: boolean, key?: string): void {
  const own = useId();
  const name = key ?? own;
  useEffect(() => {
    if (!changed) return;
    drafts.add(name);
    return () => forgetDraft(name);
  }, [changed, name]);
}
