import { span } from '../../api/times';

export const duration = (seconds: number | null | undefined): string => (seconds === null || seconds === undefined ? 'none' : span(seconds));

interface Measured {
  mean: number | null;
  p50: number | null | undefined;
  p95: number | null | undefined;
}

/** A mean says little where one night was long: half of them were faster than the median, and one of twenty slower than p95. */
export function Spread({ p50, p95 }: Omit<Measured, 'mean'>) {
  return p50 === null || p50 === undefined ? null : <span className="meta">median {duration(p50)}<br />p95 {duration(p95)}</span>;
}

export function TimesCell({ label, mean, ...rest }: Measured & { label: string }) {
  return <td className="num" data-l={label}>{duration(mean)}<Spread {...rest} /></td>;
}
