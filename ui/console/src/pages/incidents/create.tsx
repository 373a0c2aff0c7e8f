import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ask } from '../../api/client';
import { reads } from '../../api/reads';
import { refTo, type Incident, type Simulation } from '../../api/types';
import { span } from '../../api/times';
import { Button, Crumbs, Failure, Part, Rail, RailEntry, Sect, useTitle } from '../../parts/base';
import { Choice, sentencesFor, TextArea, TextField, useAct, useFocusOnFirstProblem } from '../../parts/forms';
import { channelIcon } from '../../parts/icons';
import { tell } from '../../parts/toasts';

/** Who would be rung, before anybody is. */
function Preview({ service, urgency, now }: { service: string; urgency: string; now: string }) {
  const query = useQuery({
    queryKey: ['simulation', service, urgency, now],
    queryFn: async ({ signal }) => (await ask<{ simulation: Simulation }>('POST', '/console/simulations', { simulation: { service: refTo('service', service), ...(urgency ? { urgency } : {}) } }, signal)).simulation,
    meta: { live: false },
  });
  return (
    <Sect title="Who is rung">
      <Part query={query} what="The forecast">
        {(result) => (
          <>
            <p className="dim">{result.outcome}</p>
            <Rail>
              {result.notifications.slice(0, 12).map((one, i) => (
                <RailEntry key={i} time={<time>{one.after_seconds === 0 ? 'at once' : `after ${span(one.after_seconds)}`}</time>} icon={channelIcon(one.channel)} reason={one.to}><b>{one.user.summary}</b> by {one.channel}</RailEntry>
              ))}
            </Rail>
          </>
        )}
      </Part>
    </Sect>
  );
}

export function CreateIncidentPage() {
  useTitle('New incident');
  const router = useRouter();
  const asked = useSearch({ strict: false }) as { service?: string };
  const services = useQuery(reads.services);
  const users = useQuery(reads.users);
  const [title, setTitle] = useState('');
  const [service, setService] = useState(asked.service ?? '');
  const [urgency, setUrgency] = useState('');
  const [details, setDetails] = useState('');
  const [assignee, setAssignee] = useState('');
  const act = useAct(
    () => ask<{ incident: Incident }>('POST', '/incidents', {
      incident: {
        type: 'incident', title, service: refTo('service', service), ...(urgency ? { urgency } : {}),
        ...(details.trim() ? { body: { type: 'incident_body', details } } : {}), ...(assignee ? { assignments: [{ assignee: refTo('user', assignee) }] } : {}),
      },
    }),
    ({ incident }) => { tell(`Incident #${incident.incident_number} is open.`); router.history.push(`/console/incidents/${incident.id}`); },
  );
  useFocusOnFirstProblem(act.error);
  const chosen = services.data?.rows.find((one) => one.id === service);
  return (
    <>
      <Crumbs><a href="/console/incidents">Incidents</a></Crumbs>
      <h1>New incident</h1>
      <div className="split mid">
        <form className="stack-4" onSubmit={(event) => { event.preventDefault(); act.mutate(undefined); }}>
          <TextField label="What is wrong, in one line" value={title} onChange={setTitle} required maxLength={1024} problems={sentencesFor(act.error, 'title')} hint="What somebody reads at 3 a.m. “Checkout answers in 4.8 s, limit is 2 s” says more than “latency critical”." />
          <Choice label="Service" value={service} onChange={setService} required problems={sentencesFor(act.error, 'service')} options={[['', 'Choose a service'], ...(services.data?.rows ?? []).map((one) => [one.id, one.name] as const)]} />
          <Choice label="Urgency" value={urgency} onChange={setUrgency} options={[['', 'By the rules of the service'], ['high', 'High'], ['low', 'Low']]} />
          <Choice label="Give it to" value={assignee} onChange={setAssignee} options={[['', 'Who is on call'], ...(users.data?.rows ?? []).map((one) => [one.id, one.name] as const)]} />
          <TextArea label="Details (optional)" value={details} onChange={setDetails} rows={5} />
          {act.error ? <Failure error={act.error} what="The incident was not opened." /> : null}
          <div className="row"><Button look="trig" type="submit" busy={act.isPending}>{chosen ? `Open it on ${chosen.name}` : 'Open it'}</Button><a className="btn" href="/console/incidents">Cancel</a></div>
        </form>
        {service && !assignee ? <Preview service={service} urgency={urgency} now="" /> : null}
      </div>
    </>
  );
}
