// Nothing jumps: while somebody points at a list, has rows selected or has scrolled, rows stay where they are and new
// ones wait.

export interface Steady<T> {
  /** In the order in which they are shown. */
  rows: T[];
  /** Whose place is kept though the newest answer no longer has them. */
  gone: Set<string>;
  /** How many of the newest answer are not shown yet. */
  waiting: number;
  /** The group that each row is shown in. */
  groups: Map<string, string>;
}

/** What to show now, from what is shown and the newest answer. `hold`: keep places. */
export function steady<T extends { id: string }>(before: Steady<T> | null, newest: T[], groupOf: (row: T) => string, hold: boolean): Steady<T> {
  if (!before || !hold)
    return { rows: newest, gone: new Set(), waiting: 0, groups: new Map(newest.map((row) => [row.id, groupOf(row)])) };
  const known = new Map(newest.map((row) => [row.id, row]));
  const rows = before.rows.map((row) => known.get(row.id) ?? row);
  const shown = new Set(before.rows.map((row) => row.id));
  return {
    rows,
    gone: new Set(before.rows.filter((row) => !known.has(row.id)).map((row) => row.id)),
    waiting: newest.filter((row) => !shown.has(row.id)).length,
    groups: before.groups,
  };
}
