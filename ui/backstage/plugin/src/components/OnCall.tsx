import { Avatar } from '@backstage/ui';
import type { OnCallData, Part, PersonOnCall, ServiceData } from '../api/types.js';
import { useNow } from '../hooks.js';
import { clock, localTime } from '../text.js';
import { Outside, PartView } from './basic.js';

function whenAndNext(person: PersonOnCall, now: number): string {
  const parts: string[] = [];
  if (person.until) {
    const next = person.next;
    parts.push(`until ${clock(person.until, now)}${next ? `, then ${next.name}` : ''}`);
    // Somebody may be missing in between.
    if (next && Date.parse(next.from) > Date.parse(person.until)) parts.push(`${next.name} from ${clock(next.from, now)}`);
  } else {
    parts.push('always');
  }
  const there = localTime(person.time_zone, now);
  if (there) parts.push(there);
  return parts.join(' · ');
}

function Person({ person, level, first }: { person: PersonOnCall; level: number; first: boolean }) {
  const now = useNow(30_000);
  return (
    <li>
      <Avatar src={person.avatar_url ?? ''} name={person.name} size="small" purpose="decoration" />
      <div className="cbp-grow">
        <b>
          <Outside href={person.html_url}>{person.name}</Outside>
        </b>
        <span className="cbp-tag">{first ? `primary · level ${level}` : `level ${level}`}</span>
        <span className="cbp-meta">
          {person.schedule && (
            <>
              <Outside href={person.schedule.html_url}>{person.schedule.name}</Outside>
              {' · '}
            </>
          )}
          {whenAndNext(person, now)}
        </span>
        {person.email && (
          <span className="cbp-meta">
            <a className="cbp-link cbp-mail" href={`mailto:${person.email}`}>
              {person.email}
            </a>
          </span>
        )}
      </div>
    </li>
  );
}

/** All levels that have somebody now; the first is asked first. */
export function OnCall({ part, service }: { part: Part<OnCallData> | undefined; service: ServiceData | null | undefined }) {
  const policy = service?.escalation_policy;
  return (
    <PartView
      title="On call now"
      part={part}
      empty={
        <>
          Nobody is on call. Somebody should be put on{' '}
          <Outside href={policy?.html_url}>{policy?.name ?? 'the escalation policy'}</Outside>.
        </>
      }
    >
      {({ levels }) => {
        const [first, ...later] = levels;
        return (
          <>
            <ul className="cbp-people">
              {first?.people.map(person => <Person key={person.id} person={person} level={first.level} first />)}
            </ul>
            {first && first.level > 1 && (
              <p className="cbp-dim" style={{ marginTop: 8 }}>
                Level 1 has nobody now: level {first.level} is asked first.
              </p>
            )}
            {later.length > 0 && (
              <details style={{ marginTop: 10 }}>
                <summary>
                  If there is no answer: {later.map(({ people }) => people.map(person => person.name).join(', ')).join(', then ')}
                </summary>
                <ul className="cbp-people">
                  {later.flatMap(({ level, people }) =>
                    people.map(person => <Person key={`${level} ${person.id}`} person={person} level={level} first={false} />),
                  )}
                </ul>
              </details>
            )}
            {policy && (
              <p className="cbp-dim" style={{ marginTop: 8 }}>
                by <Outside href={policy.html_url}>{policy.name}</Outside>
              </p>
            )}
          </>
        );
      }}
    </PartView>
  );
}
