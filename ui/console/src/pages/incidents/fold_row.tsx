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
import { titleWords, type Fold } from './fold';

/** What a fold is in a list with these filters. */
export const foldQuery = (query: Query, fold: Fold): Query => ({ ...query, service_ids: [fold.service.id], statuses: [fold.status] });

/** How many there really are, where not all was read, and the oldest of them. */
function useWhole(fold: Fold, query: Query, complete: boolean): { total: number | undefined; oldest: string | undefined } {
  const { data } = useQuery({ ...reads.firstIncident(foldQuery(query, fold)), enabled: !complete });
  const first = fold.rows.map((row) => row.created_at).sort()[0];
  return complete ? { total: fold.rows.length, oldest: first } : { total: data?.total, oldest: data?.first?.created_at };
}

export function FoldRow({ fold, query, complete, me, cursor, selected, open, responds, busy, place, onSelect, onToggle, onAcknowledge }: {
  fold: Fold; query: Query; complete: boolean; me: string; cursor: boolean; selected: boolean; open: boolean; responds: boolean; busy: boolean; place: Place;
  onSelect: (id: string, range: boolean) => void; onToggle: (id: string) => void; onAcknowledge: (fold: Fold) => void;
}) {
  const now = useSecond();
  const lost = useLostSince() !== null;
  const { total, oldest } = useWhole(fold, query, complete);
  const newest = fold.rows.map((row) => row.created_at).sort().at(-1) ?? '';
  const people = [...new Map(fold.rows.flatMap((row) => (row.status === 'acknowledged' ? row.acknowledgements.map((one) => one.acknowledger) : row.assignments.map((one) => one.assignee))).map((user) => [user.id, user])).values()];
  const ago = (at: string) => span((now - Date.parse(at)) / 1000);
  const count = total ?? `more than ${fold.rows.length}`;
  const hot = fold.status === 'triggered' && fold.rows.some((row) => row.urgency === 'high');
  const verb = fold.status === 'acknowledged' ? (people.length === 1 && people[0]?.id !== me ? 'has' : 'have') : '';
  return (
    <li className={`inc app-inc fold ${hot ? 'hot' : 'calm'} ${cursor ? 'cursor' : ''}`} data-id={fold.id} {...place} aria-current={cursor || undefined}>
      <label className="pickbox">
        <input type="checkbox" aria-label={`Select all ${count} of ${fold.service.summary}`} checked={selected} disabled={!responds} onClick={(event) => onSelect(fold.id, event.shiftKey)} onChange={() => undefined} />
      </label>
      <Age at={oldest ?? newest} />
      <IncidentChip incident={fold} />
      <div className="c-main">
        <button type="button" className="title" aria-expanded={open} onClick={() => onToggle(fold.id)}><Icon name={open ? 'down' : 'right'} tone="" />{fold.service.summary}: {count} incidents</button>
        <span className="sub">{oldest ? `oldest ${ago(oldest)}, ` : ''}newest {ago(newest)}; {titleWords(fold.rows)}</span>
      </div>
      <div className="next"><Who people={people} me={me} fold={fold} lost={lost} verb={verb} /></div>
      <div className="acts">{responds && fold.status === 'triggered' ? <Button look="ack" size={hot ? '' : 'sm'} busy={busy} onClick={() => onAcknowledge(fold)}>Acknowledge all<span className="vh"> {count} of {fold.service.summary}</span></Button> : null}</div>
    </li>
  );
}

function Who({ people, me, fold, lost, verb }: { people: Ref[]; me: string; fold: Fold; lost: boolean; verb: string }) {
  const shown = people.slice(0, 3);
  const more = people.length > 3 ? ` and ${people.length - 3} more` : '';
  if (fold.status === 'acknowledged') return <><People users={shown} me={me} capital />{more} {verb} them.</>;
  return <>{fold.rows.some((row) => row.urgency === 'high') ? (lost ? 'Rang ' : 'Ringing ') : lost ? 'Waited for ' : 'Wait for '}<People users={shown} me={me} />{more}.</>;
}
