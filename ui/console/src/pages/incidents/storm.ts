// A storm: so many alerts in one incident that one row has to stand for them.

import type { Alert } from '../../api/types';

export const stormFrom = 20;

export interface StormShape {
  /** Alerts in each equal part of the storm's life, oldest first. */
  bars: number[];
  secondsPerBar: number;
  hosts: number;
  trend: 'growing' | 'slowing' | 'steady';
}

/** What is known of its hosts and course, when only the newest alerts have been read. */
export const stormWords = ({ hosts, trend }: StormShape, read: number, all: number): string =>
  `${read < all ? `the newest ${read} of ${all} are ` : ''}from ${hosts} ${hosts === 1 ? 'host' : 'hosts'}, ${trend}`;

/** Bars of 10 s, or of as many times 10 s as keep them to `most`. */
export function stormShape(alerts: Pick<Alert, 'created_at' | 'body'>[], now: number, most = 42): StormShape {
  const times = alerts.map((alert) => Date.parse(alert.created_at));
  const begin = Math.min(...times, now);
  const secondsPerBar = Math.max(1, Math.ceil((now - begin) / 1000 / 10 / most)) * 10;
  const bars = new Array<number>(Math.max(1, Math.ceil((now - begin + 1) / 1000 / secondsPerBar))).fill(0);
  for (const time of times) {
    const place = Math.min(bars.length - 1, Math.floor((time - begin) / 1000 / secondsPerBar));
    bars[place] = (bars[place] ?? 0) + 1;
  }
  const hosts = new Set(alerts.map((alert) => alert.body?.cef_details?.source_origin ?? '')).size;
  const part = Math.max(1, Math.floor(bars.length / 4));
  const sum = (some: number[]) => some.reduce((a, b) => a + b, 0);
  const last = sum(bars.slice(-part));
  // What the newest quarter would be if all of it had come evenly.
  const before = bars.length > part ? (sum(bars.slice(0, -part)) / (bars.length - part)) * part : last;
  return { bars, secondsPerBar, hosts, trend: last > before * 1.2 ? 'growing' : last < before * 0.8 ? 'slowing' : 'steady' };
}
