import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { reads } from '../../api/reads';
import { Crumbs, Empty, Part, Sect, useTitle } from '../../parts/base';
import { Choice } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Person, RefLink } from '../../parts/state';
import { Decisions } from './why_rail';

export function WhyPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const { user } = useSearch({ strict: false }) as { user?: string };
  const router = useRouter();
  const incident = useQuery(reads.incident(id));
  const why = useQuery(reads.why(id, user));
  const users = useQuery(reads.users);
  useTitle('Why');
  const name = users.data?.rows.find((one) => one.id === user)?.name;
  return (
    <>
      <Crumbs><a href="/console/incidents">Incidents</a> / <a href={`/console/incidents/${id}`}>{incident.data ? `#${incident.data.incident_number} ${incident.data.title}` : id}</a></Crumbs>
      <h1>{name ? `Why ${name}, or why not?` : 'Who was told, and why?'}</h1>
      <Part query={why} what="The reasons">
        {(story) => (
          <>
            {story.escalation_policy ? <p className="dim lead">By <RefLink to={story.escalation_policy} />, version {story.escalation_policy_version} of its rules.</p> : null}
            <div className="split wide">
              <Sect title="People">
                <div className="filters">
                  <Choice label="Ask about anybody" value={user ?? ''} options={[['', 'Everybody concerned'], ...(users.data?.rows ?? []).map((one) => [one.id, one.name] as const)]}
                    onChange={(value) => router.history.push(`/console/incidents/${id}/why${value ? `?user=${value}` : ''}`)} />
                </div>
                {story.people.length === 0 ? <Empty title="Nobody.">Nobody was to be told of this.</Empty> : (
                  <ul className="list">
                    {story.people.map((one) => (
                      <li key={one.user.id}>
                        <Person user={one.user} end={<Icon name={one.told ? 'resolved' : 'info'} />}>{one.sentence}{one.level ? ` Level ${one.level}.` : ''}</Person>
                      </li>
                    ))}
                  </ul>
                )}
              </Sect>
              <Sect title="Decisions" aside={String(story.decisions.length)}>
                {story.decisions.length === 0 ? <p className="dim">None was about this person.</p> : <Decisions decisions={story.decisions} />}
                {story.decisions_left_out > 0 ? <p className="small dim">{story.decisions_left_out} more are not listed.</p> : null}
              </Sect>
            </div>
          </>
        )}
      </Part>
    </>
  );
}
