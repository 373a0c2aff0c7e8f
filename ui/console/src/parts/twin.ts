// What the page on the screen is by API: the frame shows it, so that every page has it in the same place.

import { useEffect, useSyncExternalStore } from 'react';
import type { Asked } from '../api/client';

export interface Twin {
  reads: Asked[];
  /** HCL; empty when Terraform has no such thing. */
  terraform: string;
}

/** Of every part of the page that says something, in the order in which they came. */
const parts = new Map<object, Twin>();
let shown: Twin = { reads: [], terraform: '' };
const listeners = new Set<() => void>();

function changed(): void {
  const all = [...parts.values()];
  shown = { reads: all.flatMap((one) => one.reads), terraform: all.map((one) => one.terraform).filter(Boolean).join('\n\n') };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says what this page, or a part of it, is by API: paths that are read, or whole requests. */
export function useApi(reads: (string | Asked)[], terraform = ''): void {
  const text = JSON.stringify([reads, terraform]);
  useEffect(() => {
    const part = {};
    parts.set(part, { reads: reads.map((one) => (typeof one === 'string' ? { method: 'GET', path: one } : one)), terraform });
    changed();
    return () => {
      parts.delete(part);
      changed();
    };
    // The text stands for both.
  }, [text]);
}

export const useTwin = (): Twin => useSyncExternalStore(subscribe, () => shown);
