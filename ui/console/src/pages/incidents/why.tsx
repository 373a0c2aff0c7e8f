import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { pathWith } from '../../api/client';
import { reads } from '../../api/reads';
import type { NamedConfig } from '../../api/types';
import { Crumbs, Empty, Part, Sect, useTitle, When } from '../../parts/base';
import { Choice } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Person, RefLink } from '../../parts/state';
import { useApi } from '../../parts/twin';
import { ended, isOutdated, kindWords } from './why_config';
import { Decisions } from './why_rail';

/** Leads to the thing as it is now: what it was then only its version tells. */
function Settings({ config }: { config: NamedConfig[] }) {
  return (
    <Sect title="Settings that decided" aside="as they were then">
      {config.length === 0 ? <p className="dim">None was recorded.</p> : (
        <ul className="list">
          {config.map((one) => (
            <li key={`${one.kind} ${one.object.id} ${one.version}`}>
              <div className="grow"><b><RefLink to={{ ...one.object, summary: one.name || one.object.summary }} /></b>
                <small>{kindWords[one.kind]}, version {one.version}{one.since ? <>, since <When at={one.since} /></> : ''}{isOutdated(one, config) ? '; changed while this was open' : ''}</small></div>
            </li>
          ))}
        </ul>
      )}
      {config.length === 0 ? null : <p className="small dim">Each is named at the first decision in which it had a say. The links lead to what is there today, which may have changed since.</p>}
    </Sect>
  );
}

export function WhyPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const { user } = useSearch({ strict: false }) as { user?: string };
  const router = useRouter();
  const incident = useQuery(reads.incident(id));
  const why = useQuery(reads.why(id, user));
  const users = useQuery(reads.users);
  useTitle('Why');
  useApi([pathWith(`/incidents/${id}/why`, { user })]);
  const name = users.data?.rows.find((one) => one.id === user)?.name;
  return (
    <>
      <Crumbs><a href="/console/incidents">Incidents</a> / <a href={`/console/incidents/${id}`}>{incident.data ? `#${incident.data.incident_number} ${incident.data.title}` : id}</a></Crumbs>
      <h1>{name ? `Why ${name}, or why not?` : 'Who was told, and why?'}</h1>
      <Part query={why} what="The reasons">
        {(story) => (
          <>
            {story.escalation_policy ? <p className="dim lead">By <RefLink to={story.escalation_policy} />, version {story.escalation_policy_version}.</p> : null}
            <div className="split wide">
              <div>
                <Sect title="People">
                  <div className="filters">
                    <Choice label="Ask about anybody" value={user ?? ''} options={[['', 'Everybody concerned'], ...(users.data?.rows ?? []).map((one) => [one.id, one.name] as const)]}
                      onChange={(value) => router.history.push(`/console/incidents/${id}/why${value ? `?user=${value}` : ''}`)} />
                  </div>
                  {story.people.length === 0 ? <Empty title="Nobody.">Nobody was to be told of this.</Empty> : (
                    <ul className="list">
                      {story.people.map((one) => (
                        <li key={one.user.id}>
                          <Person user={one.user} end={<Icon name={one.told ? 'resolved' : 'info'} />}>{ended(one.sentence)}{one.level ? ` Level ${one.level}.` : ''}</Person>
                        </li>
                      ))}
                    </ul>
                  )}
                </Sect>
                <Settings config={story.config} />
              </div>
              <Sect title="Decisions" aside={String(story.decisions.length)}>
                {story.decisions.length === 0 ? <p className="dim">None was about this person.</p> : <Decisions decisions={story.decisions} config={story.config} />}
                {story.decisions_left_out > 0 ? <p className="small dim">{story.decisions_left_out} more are not listed.</p> : null}
              </Sect>
            </div>
          </>
        )}
      </Part>
    </>
  );
}
