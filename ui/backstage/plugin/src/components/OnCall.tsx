import { Avatar } from '@backstage/ui';
import type { OnCallData, Part, PersonOnCall, ServiceData } from '../api/types.js';
import { useNow } from '../hooks.js';
import { clock, emptyLevels, localTime, nobodyOnCall, whoIsNext } from '../text.js';
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
        <span className="cbp-tag">{first ? `on call · level ${level}` : `level ${level}`}</span>
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

/** All levels that have somebody now, the first is asked first; of those that have nobody, when that ends. */
export function OnCall({ part, service }: { part: Part<OnCallData> | undefined; service: ServiceData | null | undefined }) {
  const policy = service?.escalation_policy;
  const now = useNow(30_000);
  return (
    <PartView
      title="On call now"
      part={part}
      empty={
        <>
          {nobodyOnCall(part?.data?.empty_levels ?? [], now)}. Somebody should be put on{' '}
          <Outside href={policy?.html_url}>{policy?.name ?? 'the escalation policy'}</Outside>.
        </>
      }
    >
      {data => {
        const [first, ...later] = data.levels;
        return (
          <>
            <ul className="cbp-people">
              {first?.people.map(person => <Person key={person.id} person={person} level={first.level} first />)}
            </ul>
            {emptyLevels(data, now).map(sentence => (
              <p key={sentence} className="cbp-dim" style={{ marginTop: 8 }}>
                {sentence}
              </p>
            ))}
            {later.length > 0 && (
              <details style={{ marginTop: 10 }}>
                <summary>{whoIsNext(data.levels, service?.escalation_delays ?? [])}</summary>
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
