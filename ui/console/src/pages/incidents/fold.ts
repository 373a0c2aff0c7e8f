// A storm of incidents that are not grouped: those of one service stand as one line that counts them, until somebody unfolds it.

import type { Query } from '../../api/client';
import type { Incident, Ref } from '../../api/types';

/** From so many of one service in one state on. */
export const foldFrom = 10;

export interface Fold {
  /** "fold:triggered:PSERVICE" */
  id: string;
  service: Ref;
  status: Incident['status'];
  /** Those that were read, in the order of the list. */
  rows: Incident[];
}

export type Line = { id: string; incident: Incident; fold?: undefined } | { id: string; fold: Fold; incident?: undefined };

export const isFold = (id: string): boolean => id.startsWith('fold:');

/** What they are now: places are kept while somebody looks, though all of them may have been answered meanwhile. */
export const stateOf = ({ rows, status }: Pick<Fold, 'rows' | 'status'>): Incident['status'] => {
  const first = rows[0]?.status ?? status;
  return rows.every((row) => row.status === first) ? first : status;
};

/** What a fold is in a list with these filters. */
export const foldQuery = (query: Query, fold: Fold): Query => ({ ...query, service_ids: [fold.service.id], statuses: [stateOf(fold)] });

/** The lines of one group: a service with many stands where its first incident does, its incidents under it when it is open. */
export function linesOf(rows: Incident[], status: Incident['status'], open: ReadonlySet<string>): Line[] {
  const byService = new Map<string, Incident[]>();
  for (const row of rows) {
    const known = byService.get(row.service.id);
    if (known) known.push(row);
    else byService.set(row.service.id, [row]);
  }
  const said = new Set<string>();
  return rows.flatMap((incident): Line[] => {
    const { service } = incident;
    const all = byService.get(service.id) ?? [];
    if (all.length < foldFrom) return [{ id: incident.id, incident }];
    if (said.has(service.id)) return [];
    said.add(service.id);
    const id = `fold:${status}:${service.id}`;
    return [{ id, fold: { id, service, status, rows: all } }, ...(open.has(id) ? all.map((one) => ({ id: one.id, incident: one })) : [])];
  });
}

/** The numbers, hosts and such that differ between titles that say the same. */
const patternOf = (title: string): string => title.replaceAll(/\S*\d\S*/g, '…').replaceAll(/…(\s+…)+/g, '…');

/** "“Disk … is full” and 2 other titles" */
export function titleWords(rows: Pick<Incident, 'title'>[]): string {
  const counts = new Map<string, number>();
  for (const { title } of rows) counts.set(patternOf(title), (counts.get(patternOf(title)) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  const others = counts.size - 1;
  return `“${most?.[0] ?? ''}”${others === 0 ? '' : others === 1 ? ' and another title' : ` and ${others} other titles`}`;
}
