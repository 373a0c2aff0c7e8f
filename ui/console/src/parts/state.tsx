// States and people: shape, word and weight; hue only helps.

import type { ReactNode } from 'react';
import { useColorOf } from '../api/reads';
import type { Incident, Ref, Service } from '../api/types';
import { Icon, type IconName } from './icons';

export function Chip({ weight, icon, children }: { weight: string; icon: IconName; children: ReactNode }) {
  return <span className={`st ${weight}`}><Icon name={icon} />{children}</span>;
}

/** An acknowledgement that ends at a time set by hand is a snooze when nobody is told of it before: the server says so
    only by the log; a list shows it as acknowledged. */
export function IncidentChip({ incident }: { incident: Pick<Incident, 'status'> }) {
  switch (incident.status) {
    case 'triggered': return <Chip weight="triggered" icon="triggered">Triggered</Chip>;
    case 'acknowledged': return <Chip weight="acknowledged" icon="acknowledged">Acknowledged</Chip>;
    case 'resolved': return <Chip weight="resolved" icon="resolved">Resolved</Chip>;
  }
}

const serviceStates: Record<Service['status'], [string, IconName, string]> = {
  active: ['resolved', 'resolved', 'Nothing open'],
  warning: ['acknowledged', 'acknowledged', 'Someone has it'],
  critical: ['triggered', 'triggered', 'Needs someone'],
  maintenance: ['maintenance', 'maintenance', 'Maintenance'],
  disabled: ['plain', 'disabled', 'Disabled'],
};
export function ServiceChip({ status }: { status: Service['status'] }) {
  const [weight, icon, word] = serviceStates[status];
  return <Chip weight={weight} icon={icon}>{word}</Chip>;
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? '')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return first + last;
}

export function Avatar({ user, large, small }: { user: { id: string; summary: string } | null; large?: boolean; small?: boolean }) {
  const colorOf = useColorOf();
  const size = large ? 'lg' : small ? 'xs' : '';
  if (!user) return <span className={`av nobody ${size}`} aria-hidden="true">!</span>;
  return <span className={`av p${colorOf(user.id)} ${size}`} aria-hidden="true">{initials(user.summary)}</span>;
}

export const Nobody = () => <b className="c-trig">Nobody</b>;

export const pathOf: Record<string, string> = {
  user: '/console/users/', business_service: '/console/business-services/', service: '/console/service-directory/', escalation_policy: '/console/escalation_policies/',
  schedule: '/console/schedules/', schedule_v3: '/console/schedules/', team: '/console/teams/', incident: '/console/incidents/',
};

/** A thing by its name, leading to its page when it has one. */
export function RefLink({ to }: { to: Ref }) {
  const path = pathOf[to.type.replace(/_reference$/, '')];
  return path ? <a href={path + to.id}>{to.summary}</a> : <>{to.summary}</>;
}

/** "Ana Ruiz, Ben Okafor and Priya Nair"; "Nobody" when there is none; "you" for the reader. */
export function People({ users, me, capital }: { users: Ref[]; me?: string; capital?: boolean }) {
  if (users.length === 0) return <Nobody />;
  return users.map((user, i) => (
    <span key={user.id}>
      {i === 0 ? '' : i + 1 === users.length ? ' and ' : ', '}
      <b>{user.id === me ? (capital && i === 0 ? 'You' : 'you') : <a className="plain" href={`/console/users/${user.id}`}>{user.summary}</a>}</b>
    </span>
  ));
}

export function Person({ user, children, end }: { user: Ref | null; children?: ReactNode; end?: ReactNode }) {
  return (
    <div className="person">
      <Avatar user={user} />
      <div className="grow">
        {user ? <b><a className="plain" href={`/console/users/${user.id}`}>{user.summary}</a></b> : <Nobody />}
        {children ? <span className="meta">{children}</span> : null}
      </div>
      {end}
    </div>
  );
}
