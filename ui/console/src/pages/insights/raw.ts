import { question } from '../../api/client';
import type { Cell } from './csv';
import type { RawAnswers } from './answers';
import type { RawInterruption } from './interruptions';

/** With many columns more. */
export interface RawIncident extends RawAnswers {
  interruptions: RawInterruption[];
}

export const cellOf = (row: RawIncident, column: string): Cell => (row as unknown as Record<string, Cell>)[column];

/** Every incident of the range, page after page. */
export async function everyRaw(filters: object, signal?: AbortSignal): Promise<RawIncident[]> {
  const rows: RawIncident[] = [];
  let after: string | null = null;
  for (;;) {
    const page: { data: RawIncident[]; last: string | null; more: boolean } = await question('/analytics/raw/incidents', { filters, limit: 1000, ...(after ? { starting_after: after } : {}) }, signal);
    rows.push(...page.data);
    if (!page.more || !page.last || page.data.length === 0) return rows;
    after = page.last;
  }
}
