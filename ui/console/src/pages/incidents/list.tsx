import { useQueries, useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { pathWith, type Query, type Rows } from '../../api/client';
import { serverNow } from '../../api/clock';
import { useLostSince } from '../../api/connection';
import { reads, useSession } from '../../api/reads';
import { useRights } from '../../api/rights';
import type { Incident } from '../../api/types';
import { Button, Empty, Part, Tabs, useTitle, When } from '../../parts/base';
import { Choice, Field } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { useKeys } from '../../parts/keys';
import { Blocks } from '../../parts/blocks';
import { useApi } from '../../parts/twin';
import { tellFailure } from '../../parts/toasts';
import { IncidentDialog, openIncidents, useAcknowledge, type Kind } from './acts';
import { foldQuery, isFold, linesOf, stateOf, type Fold, type Line } from './fold';
import { FoldRow } from './fold_row';
import { IncidentRow } from './row';
import { SavedViews } from './saved_views';
import { steady, type Steady } from './steady';

/** The address' words. Lists are `a,b`; `user=me` and `team=mine` are the reader's. */
export interface Filters {
  status?: string;
  urgency?: string;
  service?: string;
  team?: string;
  user?: string;
  since?: string;
  until?: string;
}

const open = 'triggered,acknowledged';

export function queryOf(filters: Filters, me: { id: string; teams: { id: string }[] }): Query {
  const list = (text: string | undefined) => (text ? text.split(',') : undefined);
  const status = filters.status ?? open;
  return {
    ...(status === 'any' ? {} : { statuses: list(status) }),
    urgencies: list(filters.urgency),
    service_ids: list(filters.service),
    team_ids: filters.team === 'mine' ? me.teams.map((team) => team.id) : list(filters.team),
    user_ids: filters.user === 'me' ? [me.id] : list(filters.user),
    since: filters.since,
    until: filters.until,
    sort_by: 'created_at:desc',
  };
}

const groupOf = (incident: Incident): string => incident.status;
/** With the words for what is not known to be so any more. */
const groups = [['triggered', 'Nobody has it yet', 'Nobody had it'], ['acknowledged', 'Someone has it', 'Someone had it'], ['resolved', 'Resolved', 'Resolved']] as const;

/** What rings stands above what can wait; both in the order in which they came. */
const ringingFirst = (rows: Incident[]): Incident[] => [...rows].sort((a, b) => Number(isRinging(b)) - Number(isRinging(a)));
const isRinging = (row: Incident): boolean => row.status === 'triggered' && row.urgency === 'high';

/** `proven`: quiet means that nothing is broken, since events arrive and people could be told. */
function headline({ rows, complete }: Rows<Incident>, me: string, filters: Filters, proven: boolean): string {
  const ringing = rows.filter((one) => one.status === 'triggered');
  const mine = ringing.filter((one) => one.assignments.some((assignment) => assignment.assignee.id === me)).length;
  const others = ringing.length - mine;
  if (filters.status === 'resolved') return 'Resolved incidents';
  const words = ['None', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];
  const count = (n: number) => (complete ? words[n] ?? String(n) : `More than ${n}`);
  const is = (n: number) => (n === 1 && complete ? 'is' : 'are');
  if (mine > 0) return `${count(mine)} ${is(mine)} waiting for you.${others > 0 ? ` ${count(others)} more for others.` : ''}`;
  if (others > 0) return `${count(others)} ${is(others)} waiting for others.`;
  if (!complete) return 'Incidents';
  if (rows.some((one) => one.status === 'acknowledged')) return 'Somebody has all of it.';
  return proven ? 'Nothing is broken.' : 'Nothing is open.';
}

function Counted({ filters }: { filters: Filters }) {
  const { user } = useSession();
  const found = useQuery(reads.incidents(queryOf({}, user))).data;
  const all = found?.rows;
  const mine = all?.filter((one) => one.assignments.some((assignment) => assignment.assignee.id === user.id)).length;
  const teams = new Set(user.teams.map((team) => team.id));
  const ours = all?.filter((one) => one.teams.some((team) => teams.has(team.id))).length;
  // Of so many that not all were read, there may be more.
  const counted = (n: number | undefined) => (n === undefined || found?.complete ? n : `${n}+`);
  const at = (query: string) => `/console/incidents${query}`;
  const resolved = filters.status === 'resolved';
  return (
    <Tabs label="Whose incidents" tabs={[
      { name: 'Mine', href: at('?user=me'), current: !resolved && filters.user === 'me', count: counted(mine) },
      { name: 'My teams', href: at('?team=mine'), current: !resolved && filters.team === 'mine', count: counted(ours) },
      { name: 'All', href: at(''), current: !resolved && filters.user !== 'me' && filters.team !== 'mine', count: counted(all?.length) },
      { name: 'Resolved', href: at('?status=resolved'), current: resolved },
    ]} />
  );
}

function FilterBar({ filters, change }: { filters: Filters; change: (filters: Filters) => void }) {
  const services = useQuery(reads.services).data?.rows ?? [];
  const teams = useQuery(reads.teams).data?.rows ?? [];
  const users = useQuery(reads.users).data?.rows ?? [];
  const set = (name: keyof Filters) => (value: string) => change({ ...filters, [name]: value || undefined });
  const day = (value: string | undefined) => value?.slice(0, 10) ?? '';
  return (
    <div className="filters" role="group" aria-label="Filters">
      <Choice label="Status" value={filters.status ?? open} onChange={(value) => set('status')(value === open ? '' : value)}
        options={[[open, 'Open'], ['triggered', 'Triggered'], ['acknowledged', 'Acknowledged'], ['resolved', 'Resolved'], ['any', 'Any']]} />
      <Choice label="Urgency" value={filters.urgency ?? ''} onChange={set('urgency')} options={[['', 'Any'], ['high', 'High'], ['low', 'Low']]} />
      <Choice label="Service" value={filters.service ?? ''} onChange={set('service')} options={[['', 'Any'], ...services.map((one) => [one.id, one.name] as const)]} />
      <Choice label="Team" value={filters.team ?? ''} onChange={set('team')} options={[['', 'Any'], ['mine', 'My teams'], ...teams.map((one) => [one.id, one.name] as const)]} />
      <Choice label="Assigned to" value={filters.user ?? ''} onChange={set('user')} options={[['', 'Anybody'], ['me', 'Me'], ...users.map((one) => [one.id, one.name] as const)]} />
      <Field label="Opened since">{(ids) => <input className="in" type="date" {...ids} value={day(filters.since)} onChange={(event) => set('since')(event.target.value)} />}</Field>
      <Field label="until">{(ids) => <input className="in" type="date" {...ids} value={day(filters.until)} onChange={(event) => set('until')(event.target.value)} />}</Field>
      {Object.values(filters).some(Boolean) ? <a className="btn sm quiet" href="/console/incidents">Clear</a> : null}
    </div>
  );
}

/** True while somebody points at the list or has scrolled. */
function useHolding(list: React.RefObject<HTMLElement | null>): boolean {
  const [holding, setHolding] = useState(false);
  useEffect(() => {
    let inside = false;
    const look = () => setHolding(inside || window.scrollY > 40);
    const over = (event: PointerEvent) => {
      inside = event.pointerType === 'mouse' && list.current !== null && event.target instanceof Node && list.current.contains(event.target);
      look();
    };
    document.addEventListener('pointerover', over);
    document.addEventListener('scroll', look, { passive: true });
    return () => {
      document.removeEventListener('pointerover', over);
      document.removeEventListener('scroll', look);
    };
  }, [list]);
  return holding;
}

/** For an account that has nothing yet. */
function FirstSteps() {
  const { data } = useQuery(reads.services);
  return data?.rows.length === 0 ? <a className="btn ink" href="/console/setup">First steps</a> : null;
}

/** When the last event came: a quiet list proves that it would not be quiet otherwise. */
function Proof() {
  const { data } = useQuery(reads.health);
  if (!data) return null;
  return <>{data.last_event_at ? <>The last event came <When at={data.last_event_at} relative />.</> : 'No event has ever come in.'}{data.verdict === 'well' ? '' : ` The pager is ${data.verdict}: ${data.reasons.join(' ')}`}</>;
}

/** Tells screen readers of what has come since the last answer; eyes see it in the list. */
function NewOnes({ rows }: { rows: Incident[] | undefined }) {
  const known = useRef<Set<string> | null>(null);
  const [words, setWords] = useState('');
  useEffect(() => {
    if (!rows) return;
    const fresh = rows.filter((one) => one.status === 'triggered' && known.current && !known.current.has(one.id));
    known.current = new Set(rows.map((one) => one.id));
    if (fresh.length === 1) setWords(`New incident: ${fresh[0]?.title}, ${fresh[0]?.urgency} urgency, ${fresh[0]?.service.summary}.`);
    if (fresh.length > 1) setWords(`${fresh.length} new incidents.`);
  }, [rows]);
  return <p className="vh" role="status">{words}</p>;
}

export function IncidentsPage() {
  useTitle('Incidents');
  const filters = useSearch({ strict: false }) as Filters;
  const router = useRouter();
  const { user } = useSession();
  const { maySomewhere, mayRespondTo } = useRights();
  const query = queryOf(filters, user);
  const found = useQuery(reads.incidents(query));
  const health = useQuery(reads.health).data;
  const lost = useLostSince() !== null;
  useApi([pathWith('/incidents', query)]);
  const listRef = useRef<HTMLDivElement>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  // On a phone the boxes come when they are asked for.
  const [selecting, setSelecting] = useState(false);
  const [cursor, setCursor] = useState('');
  const [dialog, setDialog] = useState<{ kind: Kind; incidents: Incident[] } | null>(null);
  const holding = useHolding(listRef) || selected.size > 0;
  const shownRef = useRef<{ key: string; state: Steady<Incident> } | null>(null);
  const acknowledge = useAcknowledge();

  // Another filter is another list; the same list may be held.
  const key = pathWith('', query);
  const [, redraw] = useState(0);
  const previous = shownRef.current?.key === key ? shownRef.current.state : null;
  const state = found.data ? steady(previous, ringingFirst(found.data.rows), groupOf, holding) : null;
  if (state) shownRef.current = { key, state };
  const release = () => {
    if (found.data) shownRef.current = { key, state: steady(null, ringingFirst(found.data.rows), groupOf, false) };
    redraw((n) => n + 1);
  };

  // Whoever looks at one service sees its incidents.
  const folds = filters.status !== 'resolved' && !/^[^,]+$/.test(filters.service ?? '');
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const linesByGroup = new Map(groups.map(([group]) => {
    const rows = state?.rows.filter((row) => state.groups.get(row.id) === group) ?? [];
    const lines: Line[] = folds && group !== 'resolved' ? linesOf(rows, group, unfolded) : rows.map((incident) => ({ id: incident.id, incident }));
    return [group as string, { count: rows.length, lines }];
  }));
  const ordered = [...linesByGroup.values()].flatMap(({ lines }) => lines);
  const orderRef = useRef<string[]>([]);
  orderRef.current = ordered.map((row) => row.id);
  const byKey = useRef(false);
  const at = ordered.findIndex((row) => row.id === cursor);
  useEffect(() => {
    // After it has been drawn: the row may have been far away.
    const row = listRef.current?.querySelector(`[data-id="${cursor}"]`);
    row?.scrollIntoView({ block: 'nearest' });
    // A screen reader says what has the focus.
    if (byKey.current) row?.querySelector<HTMLElement>('.title')?.focus({ preventScroll: true });
    byKey.current = false;
  }, [cursor]);
  const move = (by: number) => {
    const next = ordered[Math.min(ordered.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : ordered.length - 1) : at + by))];
    if (!next) return;
    byKey.current = true;
    setCursor(next.id);
  };
  const select = useCallback((id: string, range: boolean) => {
    setSelected((before) => {
      const after = new Set(before);
      const ids = orderRef.current;
      const last = [...before].at(-1);
      if (range && last) {
        const [from, to] = [ids.indexOf(last), ids.indexOf(id)].sort((a, b) => a - b) as [number, number];
        for (const one of ids.slice(from, to + 1)) after.add(one);
      } else if (!after.delete(id)) after.add(id);
      return after;
    });
    setCursor(id);
  }, []);
  const everything = found.data?.complete ?? true;
  /** All of a fold, also what lies beyond what was read. */
  const wholeOf = async (fold: Fold): Promise<Incident[]> => (everything ? fold.rows : (await openIncidents(foldQuery(query, fold))).rows);
  const [gathering, setGathering] = useState(false);
  const targets = async (): Promise<Incident[]> => {
    const chosen = ordered.filter((line) => selected.has(line.id));
    const one = ordered[at];
    const lines = chosen.length > 0 ? chosen : one ? [one] : [];
    const rows = await Promise.all(lines.map((line) => (line.fold ? wholeOf(line.fold) : [line.incident])));
    return [...new Map(rows.flat().map((row) => [row.id, row])).values()].filter((row) => row.status !== 'resolved' && mayRespondTo(row));
  };
  const doWith = async (which: () => Promise<Incident[]>, kind: Kind | 'acknowledge') => {
    if (gathering) return;
    setGathering(true);
    const incidents = await which().catch((error: unknown) => (tellFailure('Nothing was done: they cannot be read.', error), []));
    setGathering(false);
    if (incidents.length === 0) return;
    if (kind === 'acknowledge') {
      acknowledge.now(incidents);
      setSelected(new Set());
    } else setDialog({ kind, incidents });
  };
  const act = (kind: Kind | 'acknowledge') => void doWith(targets, kind);
  const toggle = useCallback((id: string) => {
    setUnfolded((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
    setCursor(id);
  }, []);
  // Of a fold its own number; which of them is in it besides stands in the list alone.
  const selectedFolds = ordered.flatMap((line) => (line.fold && selected.has(line.id) ? [line.fold] : []));
  const inFolds = new Set(selectedFolds.flatMap((fold) => fold.rows.map((row) => row.id)));
  const wholes = useQueries({ queries: selectedFolds.map((fold) => ({ ...reads.firstIncident(foldQuery(query, fold)), enabled: !everything })) });
  const foldCounts = selectedFolds.map((fold, i) => (everything ? fold.rows.length : wholes[i]?.data?.total));
  const selectedCount = [...selected].filter((id) => !isFold(id) && !inFolds.has(id)).length + foldCounts.reduce<number>((sum, n, i) => sum + (n ?? selectedFolds[i]?.rows.length ?? 0), 0);
  const selectedWords = `${foldCounts.includes(undefined) ? 'More than ' : ''}${selectedCount} selected`;
  useKeys({
    j: () => move(1), k: () => move(-1), x: () => cursor && select(cursor, false), X: () => cursor && select(cursor, true),
    Enter: () => { if (isFold(cursor)) toggle(cursor); else if (cursor) router.history.push(`/console/incidents/${cursor}`); },
    a: () => act('acknowledge'), r: () => act('resolve'), e: () => act('escalate'), z: () => act('snooze'), s: () => act('snooze'), m: () => act('merge'), n: () => act('note'),
    ...(selected.size > 0 ? { Escape: () => setSelected(new Set()) } : {}),
  });
  const acknowledgeOne = useCallback((incident: Incident) => acknowledge.now([incident]), [acknowledge]);
  const withFold = (fold: Fold, kind: Kind | 'acknowledge') => {
    setCursor(fold.id);
    void doWith(async () => (await wholeOf(fold)).filter((row) => row.status !== 'resolved' && mayRespondTo(row)), kind);
  };
  const resolveOne = useCallback((incident: Incident) => setDialog({ kind: 'resolve', incidents: [incident] }), []);
  const change = (next: Filters) => router.history.push(pathWith('/console/incidents', next as Query));

  return (
    <>
      <div className="head">
        <h1>{found.data && !lost ? headline(found.data, user.id, filters, health?.verdict !== 'down' && health?.last_event_at !== null) : 'Incidents'}</h1>
        <div className="row">
          {maySomewhere('respond') && ordered.some((line) => (line.fold ? stateOf(line.fold) : line.incident.status) !== 'resolved') ? (
            <Button size="sm" className="only-s" onClick={() => { setSelecting(!selecting); setSelected(new Set()); }}>{selecting ? 'Done' : 'Select'}</Button>
          ) : null}
          {maySomewhere('respond') ? <a className="btn sm" href="/console/incidents/new"><Icon name="plus" tone="" />New incident</a> : null}
        </div>
      </div>
      <Counted filters={filters} />
      <SavedViews search={pathWith('', filters as Query)} />
      <details className="filterbox" open={Object.keys(filters).some((name) => !['user', 'team', 'status'].includes(name)) || undefined}>
        <summary className="small dim hit">Filters</summary>
        <FilterBar filters={filters} change={change} />
      </details>
      <div aria-live="polite">
        {state && state.waiting > 0 ? <Button className="waits" look="ink" onClick={release}>{state.waiting} new</Button> : null}
      </div>
      <p className="vh" role="status">{selected.size > 0 ? selectedWords : ''}</p>
      <NewOnes key={key} rows={found.data?.rows} />
      <div ref={listRef} className={selecting ? 'selecting' : ''}>
        <Part query={found} what="Incidents" saysCut>
          {(data) => (state && state.rows.length === 0 ? (
            <Empty title={filters.status === 'resolved' ? 'Nothing was resolved.' : 'Nothing is open here.'} act={<FirstSteps />}><Proof /></Empty>
          ) : (
            <>
              {groups.map(([group, words, before]) => {
                const { count, lines } = linesByGroup.get(group) ?? { count: 0, lines: [] };
                if (count === 0) return null;
                return (
                  <section key={group} className="group" aria-labelledby={`group-${group}`}>
                    <h2 id={`group-${group}`}>{lost ? before : words} <span>{data.complete ? count : `${count}+`}</span></h2>
                    <Blocks rows={lines} keep={cursor} rowHeight={60}>
                      {({ fold, incident }, place) => (fold ? (
                        <FoldRow key={fold.id} place={place} fold={fold} query={query} complete={data.complete} me={user.id} cursor={cursor === fold.id} selected={selected.has(fold.id)} open={unfolded.has(fold.id)}
                          responds={fold.rows.some(mayRespondTo)} busy={(acknowledge.pending || gathering) && cursor === fold.id} onSelect={select} onToggle={toggle} onAcknowledge={(one) => withFold(one, 'acknowledge')} onResolve={(one) => withFold(one, 'resolve')} />
                      ) : (
                        <IncidentRow place={place} key={incident.id} incident={incident} me={user.id} cursor={cursor === incident.id} selected={selected.has(incident.id)}
                          gone={state?.gone.has(incident.id) ?? false} responds={mayRespondTo(incident)} busy={acknowledge.pending && cursor === incident.id}
                          onSelect={select} onAcknowledge={acknowledgeOne} onResolve={resolveOne} />
                      ))}
                    </Blocks>
                  </section>
                );
              })}
              {data.complete ? null : <p className="dim">These are the newest {data.rows.length}{data.total === undefined ? '' : ` of ${data.total}`}. Filters show others.</p>}
            </>
          ))}
        </Part>
      </div>
      {selected.size > 0 ? (
        <div className="bulk of-list" role="group" aria-label="With the selected ones">
          <b className="grow">{selectedWords}</b>
          <Button look="ack" busy={gathering} onClick={() => act('acknowledge')}>Acknowledge</Button>
          <Button look="res-line" onClick={() => act('resolve')}>Resolve</Button>
          <Button onClick={() => act('reassign')}>Reassign</Button>
          <Button onClick={() => act('snooze')}>Snooze</Button>
          <Button onClick={() => act('merge')} disabled={selectedCount < 2}>Merge</Button>
          <Button look="quiet" onClick={() => setSelected(new Set())}>Clear</Button>
        </div>
      ) : null}
      <p className="keyline">
        {[['j k', 'move'], ['x', 'select'], ['a', 'acknowledge'], ['r', 'resolve'], ['e', 'escalate'], ['z', 'snooze'], ['?', 'all keys']].map(([keys, what]) => (
          <span key={what}>{keys?.split(' ').map((one) => <kbd key={one}>{one}</kbd>)} {what}</span>
        ))}
        <span className="end">As of <When at={new Date(found.dataUpdatedAt ? serverNow() - (Date.now() - found.dataUpdatedAt) : serverNow()).toISOString()} exact /></span>
      </p>
      {dialog ? <IncidentDialog {...dialog} onClose={() => setDialog(null)} onDone={() => { setDialog(null); setSelected(new Set()); }} /> : null}
    </>
  );
}
