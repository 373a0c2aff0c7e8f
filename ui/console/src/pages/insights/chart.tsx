import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Series {
  label: string;
  /** A custom property of the style sheet. */
  color: string;
  values: (number | null)[];
}

/** Bars over time. Its text twin is the table beside it. */
export function Chart({ times, series, label }: { times: number[]; series: Series[]; label: string }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    const style = getComputedStyle(box);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const axis = { stroke: color('--text-2'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line'), width: 1 }, font: `12px ${style.fontFamily}` };
    const bars = uPlot.paths.bars?.({ size: [0.7, 60] });
    const plot = new uPlot({
      width: box.clientWidth, height: 240, legend: { live: false }, axes: [axis, { ...axis, size: 44 }], scales: { y: { range: (_, __, most) => [0, Math.max(1, most)] } },
      series: [{}, ...series.map((one) => ({ label: one.label, stroke: color(one.color), fill: color(one.color), ...(bars ? { paths: bars } : {}), points: { show: false } }))],
    }, [times, ...series.map((one) => one.values)], box);
    const resize = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: 240 }));
    resize.observe(box);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [times, series]);
  return <div className="chart" ref={ref} role="img" aria-label={`${label}. The table says the same.`} />;
}
