// A long table: at first its beginning, more of it as one scrolls there. Rows of tables cannot be left out and keep their widths.

import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Button } from './base';

const step = 150;

/** As many rows as are to be drawn now, and what stands under them. `key`: another one is another list, and begins anew. */
export function useGrowing<T>(rows: T[], key: string): { drawn: T[]; rest: ReactNode } {
  const [most, setMost] = useState({ key, rows: step });
  const now = most.key === key ? most.rows : step;
  const more = rows.length - now;
  return {
    drawn: more > 0 ? rows.slice(0, now) : rows,
    rest: more > 0 ? <More left={more} onMore={() => setMost({ key, rows: now + step })} /> : null,
  };
}

function More({ left, onMore }: { left: number; onMore: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  const act = useRef(onMore);
  act.current = onMore;
  useEffect(() => {
    if (!ref.current) return;
    // Anew for each step: one that stays near is told of once.
    const observer = new IntersectionObserver(([entry]) => { if (entry?.isIntersecting) act.current(); }, { rootMargin: '1200px 0px' });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [left]);
  return <div ref={ref} className="row lead"><Button size="sm" onClick={onMore}>{left} more</Button></div>;
}
