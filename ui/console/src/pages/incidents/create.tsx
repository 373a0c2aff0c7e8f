import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ask, question } from '../../api/client';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import { refTo, type Incident, type Simulation } from '../../api/types';
import { span } from '../../api/times';
import { Button, Crumbs, Failure, Part, Rail, RailEntry, Sect, useTitle } from '../../parts/base';
import { onlyFor } from '../../parts/ask_admins';
import { Cancel } from '../../parts/draft_guard';
import { ActForm, Choice, TextArea, TextField, useAct } from '../../parts/forms';
import { channelIcon, channelWords } from '../../parts/icons';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';

/** Who would be rung, before anybody is. */
function Preview({ service, urgency, now }: { service: string; urgency: string; now: string }) {
  const query = useQuery({
    queryKey: ['simulation', service, urgency, now],
    queryFn: async ({ signal }) => (await question<{ simulation: Simulation }>('/console/simulations', { simulation: { service: refTo('service', service), ...(urgency ? { urgency } : {}) } }, signal)).simulation,
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
                <RailEntry key={i} time={<time>{one.after_seconds === 0 ? 'at once' : `after ${span(one.after_seconds)}`}</time>} icon={channelIcon(one.channel)} reason={one.problem ?? one.to}><b>{one.user.summary}</b> by {channelWords(one.channel)}</RailEntry>
              ))}
            </Rail>
          </>
        )}
      </Part>
    </Sect>
  );
}

function Create() {
  useTitle('New incident');
  const router = useRouter();
  const asked = useSearch({ strict: false }) as { service?: string };
  const services = useQuery(reads.services);
  const { may } = useRights();
  const users = useQuery(reads.users);
  const [title, setTitle] = useState('');
  const [service, setService] = useState(asked.service ?? '');
  const [urgency, setUrgency] = useState('');
  const [details, setDetails] = useState('');
  const [assignee, setAssignee] = useState('');
  const body = {
    incident: {
      type: 'incident', title, service: refTo('service', service), ...(urgency ? { urgency } : {}),
      ...(details.trim() ? { body: { type: 'incident_body', details } } : {}), ...(assignee ? { assignments: [{ assignee: refTo('user', assignee) }] } : {}),
    },
  };
  const act = useAct(
    () => ask<{ incident: Incident }>('POST', '/incidents', body),
    ({ incident }) => { tell(`Incident #${incident.incident_number} is open.`); router.history.push(`/console/incidents/${incident.id}`); },
  );
  useApi([{ method: 'POST', path: '/incidents', body }]);
  const chosen = services.data?.rows.find((one) => one.id === service);
  return (
    <>
      <Crumbs><a href="/console/incidents">Incidents</a></Crumbs>
      <h1>New incident</h1>
      <div className="split mid">
        <ActForm className="stack-4" error={act.error} onAct={() => act.mutate(undefined)}>
          <TextField label="What is wrong, in one line" value={title} onChange={setTitle} required maxLength={1024} member="title" hint="What somebody reads at 3 a.m. “Checkout answers in 4.8 s, limit is 2 s” says more than “latency critical”." />
          <Choice label="Service" value={service} onChange={setService} required member="service" options={[['', 'Choose a service'], ...(services.data?.rows ?? []).filter((one) => may('respond', one.teams)).map((one) => [one.id, one.name] as const)]} />
          <Choice member="urgency" label="Urgency" value={urgency} onChange={setUrgency} options={[['', 'By the rules of the service'], ['high', 'High'], ['low', 'Low']]} />
          <Choice member="assignments" label="Give it to" value={assignee} onChange={setAssignee} options={[['', 'Who is on call'], ...(users.data?.rows ?? []).map((one) => [one.id, one.name] as const)]} />
          <TextArea member="body" label="Details (optional)" value={details} onChange={setDetails} rows={5} />
          {act.error ? <Failure error={act.error} what="The incident was not opened." /> : null}
          <div className="row"><Button look="trig" type="submit" busy={act.isPending}>{chosen ? `Open it on ${chosen.name}` : 'Open it'}</Button><Cancel to="/console/incidents" /></div>
        </ActForm>
        {service && !assignee ? <Preview service={service} urgency={urgency} now="" /> : null}
      </div>
    </>
  );
}

export const CreateIncidentPage = onlyFor(({ maySomewhere }) => maySomewhere('respond'), 'New incident', 'open incidents', Create);
