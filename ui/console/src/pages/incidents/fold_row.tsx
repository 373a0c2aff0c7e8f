// One line for a service's storm: how many, since when, until when; what is done with it is done with all of them.

import { useQuery } from '@tanstack/react-query';
import type { Query } from '../../api/client';
import { useSecond } from '../../api/clock';
import { useLostSince } from '../../api/connection';
import { reads } from '../../api/reads';
import { span } from '../../api/times';
import type { Ref } from '../../api/types';
import { Age, Button } from '../../parts/base';
import type { Place } from '../../parts/blocks';
import { Icon } from '../../parts/icons';
import { IncidentChip, People } from '../../parts/state';
import { foldQuery, stateOf, titleWords, type Fold } from './fold';

/** How many there really are, where not all was read, and the oldest of them. */
function useWhole(fold: Fold, query: Query, complete: boolean): { total: number | undefined; oldest: string | undefined } {
  const { data } = useQuery({ ...reads.firstIncident(foldQuery(query, fold)), enabled: !complete });
  const first = fold.rows.map((row) => row.created_at).sort()[0];
  return complete ? { total: fold.rows.length, oldest: first } : { total: data?.total, oldest: data?.first?.created_at };
}

export function FoldRow({ fold, query, complete, me, cursor, selected, open, responds, busy, place, onSelect, onToggle, onAcknowledge, onResolve }: {
  fold: Fold; query: Query; complete: boolean; me: string; cursor: boolean; selected: boolean; open: boolean; responds: boolean; busy: boolean; place: Place;
  onSelect: (id: string, range: boolean) => void; onToggle: (id: string) => void; onAcknowledge: (fold: Fold) => void; onResolve: (fold: Fold) => void;
}) {
  const now = useSecond();
  const lost = useLostSince() !== null;
  const { total, oldest } = useWhole(fold, query, complete);
  const newest = fold.rows.map((row) => row.created_at).sort().at(-1) ?? '';
  const status = stateOf(fold);
  const people = [...new Map(fold.rows.filter((row) => row.status === status).flatMap((row) => (row.status === 'acknowledged' ? row.acknowledgements.map((one) => one.acknowledger) : row.assignments.map((one) => one.assignee))).map((user) => [user.id, user])).values()];
  const ago = (at: string) => span((now - Date.parse(at)) / 1000);
  const count = total ?? `more than ${fold.rows.length}`;
  const others = fold.rows.filter((row) => row.status !== status);
  const hot = status === 'triggered' && fold.rows.some((row) => row.urgency === 'high');
  return (
    <li className={`inc app-inc fold ${hot ? 'hot' : 'calm'} ${cursor ? 'cursor' : ''}`} data-id={fold.id} {...place} aria-current={cursor || undefined}>
      <label className="pickbox">
        <input type="checkbox" aria-label={`Select all ${count} of ${fold.service.summary}`} checked={selected} disabled={!responds} onClick={(event) => onSelect(fold.id, event.shiftKey)} onChange={() => undefined} />
      </label>
      <Age at={oldest ?? newest} />
      <IncidentChip incident={{ status }} />
      <div className="c-main">
        <button type="button" className="title" aria-expanded={open} onClick={() => onToggle(fold.id)}><Icon name={open ? 'down' : 'right'} tone="" />{fold.service.summary}: {count} incidents</button>
        <span className="sub">{oldest ? `oldest ${ago(oldest)}, ` : ''}newest {ago(newest)}{others.length > 0 ? `, ${others.length} answered meanwhile` : ''}; {titleWords(fold.rows)}</span>
      </div>
      <div className="next"><Who people={people} me={me} status={status} hot={hot} lost={lost} /></div>
      <div className="acts">{responds && status === 'triggered' ? <Button look="ack" size="sm" busy={busy} onClick={() => onAcknowledge(fold)}>Acknowledge all<span className="vh"> {count} of {fold.service.summary}</span></Button>
        : responds && status === 'acknowledged' ? <Button look="res-line" size="sm" onClick={() => onResolve(fold)}>Resolve all<span className="vh"> {count} of {fold.service.summary}</span></Button> : null}</div>
    </li>
  );
}

function Who({ people, me, status, hot, lost }: { people: Ref[]; me: string; status: Fold['status']; hot: boolean; lost: boolean }) {
  const shown = <><People users={people.slice(0, 3)} me={me} capital={status === 'acknowledged'} />{people.length > 3 ? ` and ${people.length - 3} more` : ''}</>;
  switch (status) {
    case 'triggered': return <>{hot ? (lost ? 'Rang ' : 'Ringing ') : lost ? 'Waited for ' : 'Wait for '}{shown}.</>;
    case 'acknowledged': return <>{shown} {people.length === 1 && people[0]?.id !== me ? 'has' : 'have'} them.</>;
    case 'resolved': return 'All are resolved.';
  }
}
