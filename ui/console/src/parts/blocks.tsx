// A long list, drawn where it is looked at: blocks of rows, of which those far from the window are only as tall as they were.

import { useEffect, useRef, useState, type ReactNode } from 'react';

const rowsPerBlock = 40;
/** Shorter lists are drawn whole. */
const wholeUpTo = 120;
/** How far outside the window a block is drawn already. */
const margin = '1500px 0px';

/** `at` to `at + rows.length` of `of`: the places are told to screen readers, since not all rows are there. */
function Block<T>({ rows, at, of, keep, rowHeight, children }: { rows: T[]; at: number; of: number; keep: boolean; rowHeight: number; children: (row: T, place: Place) => ReactNode }) {
  const ref = useRef<HTMLUListElement>(null);
  const [near, setNear] = useState(at === 0);
  const height = useRef(0);
  useEffect(() => {
    const list = ref.current;
    if (!list) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry) return;
      // Its height is kept while it is still drawn.
      if (!entry.isIntersecting && list.childElementCount > 0) height.current = list.offsetHeight;
      setNear(entry.isIntersecting);
    }, { rootMargin: margin });
    observer.observe(list);
    return () => observer.disconnect();
  }, []);
  const drawn = near || keep;
  return (
    <ul ref={ref} style={drawn ? undefined : { height: height.current || rows.length * rowHeight }}>
      {drawn ? rows.map((row, i) => children(row, { 'aria-posinset': at + i + 1, 'aria-setsize': of })) : null}
    </ul>
  );
}

export type Place = { 'aria-posinset'?: number; 'aria-setsize'?: number };

export function Blocks<T extends { id: string }>({ rows, keep, rowHeight, children }: { rows: T[]; /** The row that stays drawn. */ keep: string; rowHeight: number; children: (row: T, place: Place) => ReactNode }) {
  if (rows.length <= wholeUpTo) return <ul>{rows.map((row) => children(row, {}))}</ul>;
  const blocks = Array.from({ length: Math.ceil(rows.length / rowsPerBlock) }, (_, i) => rows.slice(i * rowsPerBlock, (i + 1) * rowsPerBlock));
  return blocks.map((some, i) => <Block key={i} rows={some} at={i * rowsPerBlock} of={rows.length} keep={some.some((row) => row.id === keep)} rowHeight={rowHeight}>{children}</Block>);
}
