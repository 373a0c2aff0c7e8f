import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { weekday } from '../../api/times';

export interface Series {
  label: string;
  /** A custom property of the style sheet. */
  color: string;
  values: (number | null)[];
}

/** One bar for each unit of time, which begins where its bar stands. Its text twin is the table beside it. */
export function Chart({ times, series, label, unitSeconds }: { times: number[]; series: Series[]; label: string; unitSeconds: number }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    const style = getComputedStyle(box);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const axis = { stroke: color('--text-2'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line'), width: 1 }, font: `12px ${style.fontFamily}` };
    const bars = uPlot.paths.bars?.({ size: [0.7, 60] });
    const half = unitSeconds / 2;
    const dates = { ...axis, space: 70, values: (_: uPlot, at: number[]) => at.map((one) => weekday(one * 1000)) };
    const plot = new uPlot({
      width: box.clientWidth, height: 240, legend: { live: false }, axes: [dates, { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] }],
      scales: { x: { range: (_, first, last) => [first - half, last + half] }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] } },
      series: [{}, ...series.map((one) => ({ label: one.label, stroke: color(one.color), fill: color(one.color), ...(bars ? { paths: bars } : {}), points: { show: false } }))],
    }, [times, ...series.map((one) => one.values)], box);
    const resize = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: 240 }));
    resize.observe(box);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [times, series, unitSeconds]);
  return <div className="chart" ref={ref} role="img" aria-label={`${label}. The table says the same.`} />;
}
