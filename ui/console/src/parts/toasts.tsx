// Short messages at the lower edge: what was done, with an undo for a minute where undoing is true, and what failed.

import { useSyncExternalStore } from 'react';
import { ApiError } from '../api/client';
import { Button } from './base';
import { Icon } from './icons';
import { useKeys } from './keys';

interface Toast {
  id: number;
  kind: 'done' | 'bad';
  text: string;
  undo?: (() => Promise<unknown>) | undefined;
}

let toasts: Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();
const set = (changed: Toast[]) => {
  toasts = changed;
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const drop = (id: number) => set(toasts.filter((toast) => toast.id !== id));

/** `undo` must bring back what was before; it is offered for 60 s, and may say what became of it. */
export function tell(text: string, undo?: () => Promise<unknown>): void {
  const id = next++;
  set([...toasts.slice(-2), { id, kind: 'done', text, undo }]);
  setTimeout(() => drop(id), undo ? 60_000 : 6_000);
}

export function tellFailure(what: string, error: unknown): void {
  const why = error instanceof ApiError ? [error.message, ...error.errors].join(' ') : 'Something in this page went wrong.';
  const id = next++;
  set([...toasts.slice(-2), { id, kind: 'bad', text: `${what} ${why}` }]);
  setTimeout(() => drop(id), 20_000);
}

function takeBack(toast: Toast): void {
  drop(toast.id);
  toast.undo?.().then((said) => tell(typeof said === 'string' ? said : 'Undone.'), (error: unknown) => tellFailure('Not undone.', error));
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  const newest = shown.findLast((toast) => toast.undo);
  useKeys({ u: newest && (() => takeBack(newest)) }, true);
  const row = (toast: Toast) => (
    <div key={toast.id} className={`toast ${toast.kind}`}>
      <Icon name={toast.kind === 'bad' ? 'triggered' : 'resolved'} />
      <span className="grow">{toast.text}</span>
      {toast.undo ? <Button size="sm" onClick={() => takeBack(toast)}>Undo{toast === newest ? <kbd className="hide-m" aria-hidden="true">u</kbd> : null}</Button> : null}
      <button type="button" className="x" aria-label="Close this message" onClick={() => drop(toast.id)}><Icon name="close" /></button>
    </div>
  );
  return (
    <div className="toasts">
      <div role="status">{shown.filter((toast) => toast.kind === 'done').map(row)}</div>
      <div role="alert">{shown.filter((toast) => toast.kind === 'bad').map(row)}</div>
    </div>
  );
}
