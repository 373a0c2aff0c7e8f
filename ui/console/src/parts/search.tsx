// One field that finds services, people, teams, policies, schedules, and incidents by number or words.

import { useQuery } from '@tanstack/react-query';
import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import { reads } from '../api/reads';
import { clock, weekday } from '../api/times';
import type { Incident } from '../api/types';
import { Button, Waiting } from './base';
import { Dialog } from './forms';
import { pathOf } from './state';

interface Hit {
  kind: string;
  name: string;
  href: string;
}

/** Every word must occur; names that begin with the text come first. */
export function ranked(hits: Hit[], text: string, most: number): Hit[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const found = hits.filter((hit) => words.every((word) => hit.name.toLowerCase().includes(word)));
  const begins = (hit: Hit) => (hit.name.toLowerCase().startsWith(text.toLowerCase().trim()) ? 0 : 1);
  return found.sort((a, b) => begins(a) - begins(b)).slice(0, most);
}

export function Search({ onClose, go }: { onClose: () => void; go: (href: string) => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const services = useQuery(reads.services);
  const users = useQuery(reads.users);
  const teams = useQuery(reads.teams);
  const policies = useQuery(reads.policies);
  const schedules = useQuery(reads.schedules);
  const ofShifts = useQuery(reads.shiftSchedules);
  const business = useQuery(reads.businessServices);
  const incidents = useQuery(reads.incidents({ statuses: ['triggered', 'acknowledged'], sort_by: 'created_at:desc' }));
  // What is over is asked for when somebody searches, and not again meanwhile.
  const asked = text.trim().length > 1;
  const over = useQuery({ ...reads.lately, enabled: asked });
  const number = /^#?(\d{1,10})$/.exec(text.trim())?.[1];
  const byNumber = useQuery({ ...reads.incidentByNumber(number ?? ''), enabled: number !== undefined });
  const all = useMemo(() => {
    const hits: Hit[] = [];
    const seen = new Set<string>();
    const add = (one: Incident) => {
      if (seen.has(one.id)) return;
      seen.add(one.id);
      const when = `${weekday(one.created_at)} ${clock(one.created_at)}`;
      hits.push({ kind: one.status === 'resolved' ? `incident, resolved, opened ${when}` : 'incident', name: `#${one.incident_number} ${one.title}`, href: pathOf.incident + one.id });
    };
    if (byNumber.data) add(byNumber.data);
    incidents.data?.rows.forEach(add);
    for (const [kind, rows] of [['service', services.data?.rows], ['user', users.data?.rows], ['team', teams.data?.rows], ['escalation_policy', policies.data?.rows], ['schedule', schedules.data?.rows], ['schedule_v3', ofShifts.data?.rows], ['business_service', business.data?.rows]] as const)
      for (const one of rows ?? []) hits.push({ kind: kind === 'schedule_v3' ? 'schedule' : kind.replace('_', ' '), name: one.summary, href: (pathOf[kind] ?? '') + one.id });
    // What is over stands below what there is.
    over.data?.rows.forEach(add);
    return hits;
  }, [incidents.data, over.data, byNumber.data, services.data, users.data, teams.data, policies.data, schedules.data, ofShifts.data, business.data]);
  const hits = ranked(all, text, 12);
  const chosen = hits[Math.min(at, hits.length - 1)];
  const key = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, hits.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter' && chosen) {
      onClose();
      go(chosen.href);
    } else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search" onClose={onClose} footer={<Button onClick={onClose}>Close</Button>}>
      <input className="in" autoFocus aria-label="Services, people, policies, schedules, incidents" placeholder="Service, person, policy, schedule, incident"
        role="combobox" aria-expanded={hits.length > 0} aria-controls={list} aria-activedescendant={chosen ? `${list}-${hits.indexOf(chosen)}` : undefined}
        value={text} onChange={(event) => { setText(event.target.value); setAt(0); }} onKeyDown={key} />
      <ul id={list} role="listbox" aria-label="Found" className="hits">
        {hits.map((hit, i) => (
          <li key={hit.href} id={`${list}-${i}`} role="option" aria-selected={hit === chosen} onClick={() => { onClose(); go(hit.href); }}>
            <b>{hit.name}</b> <span className="dim small">{hit.kind}</span>
          </li>
        ))}
      </ul>
      {asked && over.data ? <p className="small dim">Of incidents that are over: {over.data.complete ? 'those of the last 30 days' : `the last ${over.data.rows.length}`}, and any by its number.</p> : null}
      {text && hits.length === 0 ? (services.isPending || over.isFetching || byNumber.isFetching ? <Waiting /> : <p className="dim">Nothing has these words in its name.</p>) : null}
    </Dialog>
  );
}
