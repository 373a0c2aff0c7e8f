import { afterEach, expect, test, vi } from 'vitest';
import { every } from './client';

const rowsOf = (count: number) => vi.stubGlobal('fetch', (path: string) => {
  const query = new URL(path, 'http://callboard').searchParams;
  const [limit, offset] = [Number(query.get('limit')), Number(query.get('offset'))];
  const rows = Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, i) => ({ id: String(offset + i) }));
  return Promise.resolve(Response.json({ rows, more: offset + limit < count, total: query.get('total') ? count : null }));
});

afterEach(() => void vi.unstubAllGlobals());

test('a list that is cut off says so, and how long it is when it was asked for', async () => {
  rowsOf(734);
  const cut = await every('/rows', 'rows', { total: true }, undefined, 500);
  expect([cut.rows.length, cut.complete, cut.total]).toEqual([500, false, 734]);
  const all = await every('/rows', 'rows', {}, undefined, 1000);
  expect([all.rows.length, all.complete, all.total]).toEqual([734, true, undefined]);
});
