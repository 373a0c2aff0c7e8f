// Can this person be woken? Judged by what is set up: which methods are there and enabled, and which of them make a noise
// for high urgency, and how soon.

import type { ContactMethod, NotificationRule } from '../../api/types';

export interface Readiness {
  verdict: 'ready' | 'weak' | 'unreachable';
  sentence: string;
  checks: { what: string; met: boolean }[];
}

export const kindOf = (method: Pick<ContactMethod, 'type'>): 'email' | 'sms' | 'phone' | 'push' => {
  if (method.type.startsWith('email')) return 'email';
  if (method.type.startsWith('sms')) return 'sms';
  return method.type.startsWith('phone') ? 'phone' : 'push';
};

const usable = (method: ContactMethod): boolean => method.enabled !== false && method.blacklisted !== true;
const noisy = (method: ContactMethod): boolean => kindOf(method) !== 'email';

export function readiness(name: string, rules: NotificationRule[]): Readiness {
  const high = rules.filter((rule) => rule.urgency === 'high' && usable(rule.contact_method));
  const loud = high.filter((rule) => noisy(rule.contact_method));
  const soonest = Math.min(...loud.map((rule) => rule.start_delay_in_minutes));
  const calls = loud.filter((rule) => kindOf(rule.contact_method) === 'phone');
  const channels = new Set(high.map((rule) => kindOf(rule.contact_method)));
  const checks = [
    { what: 'A rule for high urgency', met: high.length > 0 },
    { what: 'One that makes a noise', met: loud.length > 0 },
    { what: 'A noise within 2 minutes', met: soonest <= 2 },
    { what: 'A call', met: calls.length > 0 },
    { what: 'Two different channels', met: channels.size > 1 },
  ];
  if (high.length === 0) return { verdict: 'unreachable', sentence: `${name} cannot be woken: no rule says how, for high urgency.`, checks };
  if (loud.length === 0) return { verdict: 'unreachable', sentence: `${name} cannot be woken: only e-mail is set up, and e-mail rings nobody.`, checks };
  if (soonest > 2) return { verdict: 'weak', sentence: `${name} is rung only after ${soonest} minutes.`, checks };
  if (channels.size === 1) return { verdict: 'weak', sentence: `${name} has one way to be reached. When it fails, nothing else is tried.`, checks };
  return { verdict: 'ready', sentence: `${name} can be woken, in ${channels.size} ways.`, checks };
}
