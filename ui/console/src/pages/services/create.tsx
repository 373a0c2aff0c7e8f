// New Service: five steps, in PagerDuty's order. Nothing is made before the last.

import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ask } from '../../api/client';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import { refTo, type Integration, type Service } from '../../api/types';
import { Button, Crumbs, Empty, Failure, KeyField, Note, Part, useTitle } from '../../parts/base';
import { onlyFor } from '../../parts/ask_admins';
import { Cancel } from '../../parts/draft_guard';
import { useDraft } from '../../parts/drafts';
import { ActForm, Choice, sentencesFor, TextArea, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { resource } from '../../parts/terraform';
import { useApi } from '../../parts/twin';
import { useSession } from '../../api/reads';
import { addIntegration, integrationBody, useVendors } from './integration';
import { groupingOf, groupings, serviceBlock, UrgencyFields } from './settings';
import { newUrgency, urgencyBody } from './urgency';

/** What each step fills of the request. */
const membersOf = [['name', 'description'], ['escalation_policy'], ['alert_grouping_parameters'], ['incident_urgency_rule', 'support_hours', 'auto_pause_notifications_parameters'], []];

const steps = ['Name', 'Escalation Policy', 'Alert grouping', 'Quiet rules', 'Integrations'];

interface Made {
  service: Service;
  integrations: Integration[];
  failed: string[];
}

function Keys({ made }: { made: Made }) {
  const { public_url } = useSession();
  return (
    <>
      <h1>{made.service.name} is ready</h1>
      {made.failed.length > 0 ? <Note kind="warn">These could not be added; add them on the service’s page: {made.failed.join(', ')}.</Note> : null}
      {made.integrations.map((one) => (
        <section key={one.id} className="sect"><header><h2>{one.name}</h2></header>
          <div className="cols">
            {one.integration_key ? <KeyField label="Integration Key" secret value={one.integration_key} /> : null}
            <KeyField label="Integration URL (Alert Events)" value={one.integration_email ?? `${public_url}/v2/enqueue`} />
          </div>
          <p className="lead"><a href={`/console/services/${made.service.id}/integrations/${one.id}`}>Snippets, and the first event</a></p>
        </section>
      ))}
      <p className="lead"><a className="btn ink" href={`/console/service-directory/${made.service.id}`}>To the service</a></p>
    </>
  );
}

function Create() {
  useTitle('New Service');
  const router = useRouter();
  const policies = useQuery(reads.policies);
  const [step, setStep] = useState(0);
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [policy, setPolicy] = useState('');
  const [grouping, setGrouping] = useState('time');
  const { time_zone: zone } = useSession();
  const { may } = useRights();
  const [urgency, setUrgency] = useState(() => newUrgency(zone));
  const [pause, setPause] = useState('0');
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [made, setMade] = useState<Made>();
  const vendors = useVendors(text);
  const all = useQuery(reads.vendors).data?.rows ?? [];
  const tools = all.filter((one) => chosen.has(one.id));
  const body = {
    service: {
      type: 'service', name: name.trim(), description, escalation_policy: refTo('escalation_policy', policy), alert_creation: 'create_alerts_and_incidents',
      ...urgencyBody(urgency), alert_grouping_parameters: groupingOf(grouping),
      ...(pause === '0' ? {} : { auto_pause_notifications_parameters: { enabled: true, timeout: Number(pause) } }),
    },
  };
  const act = useAct(async (): Promise<Made> => {
    const { service } = await ask<{ service: Service }>('POST', '/services', body);
    const integrations: Integration[] = [];
    const failed: string[] = [];
    for (const vendor of tools)
      await addIntegration(service.id, vendor).then((answer) => integrations.push(answer.integration), () => failed.push(vendor.name));
    return { service, integrations, failed };
  }, (result) => (result.integrations.length + result.failed.length > 0 ? setMade(result) : router.history.push(`/console/service-directory/${result.service.id}`)));
  // What was refused is shown where it was said.
  useEffect(() => {
    const refused = membersOf.findIndex((members) => members.some((member) => sentencesFor(act.error, member).length > 0));
    if (refused >= 0) setStep(refused);
  }, [act.error]);
  useDraft(!made && !act.isPending && (name !== '' || description !== '' || policy !== ''));
  useApi([{ method: 'POST', path: '/services', body }, ...tools.map((one) => ({ method: 'POST', path: '/services/SERVICE_ID/integrations', body: integrationBody(one) }))],
    [serviceBlock({ ...body.service, description }), ...tools.map((one) => resource('pagerduty_service_integration', one.name, { name: one.name, type: one.generic_service_type, service: 'SERVICE_ID', vendor: one.id }))].join('\n\n'));
  if (made) return <Keys made={made} />;
  const last = step === steps.length - 1;
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const names = [name, policies.data?.rows.find((one) => one.id === policy)?.name ?? '', grouping || 'off', pause === '0' ? 'none' : `${Number(pause) / 60} min`, `${chosen.size} chosen`];
  return (
    <>
      <Crumbs><a href="/console/service-directory">Services</a></Crumbs>
      <h1>New Service</h1>
      <ol className="steps">{steps.map((word, i) => <li key={word} aria-current={i === step ? 'step' : undefined}>{i < step ? <Icon name="resolved" /> : null} {i + 1} {word}{i < step ? <b>: {names[i]}</b> : null}</li>)}</ol>
      <ActForm key={step} className={last ? 'lead' : 'form stack-4'} error={act.error} onAct={() => (last ? act.mutate(undefined) : setStep(step + 1))}>
        {step === 0 ? (
          <>
            <TextField label="Name" value={name} onChange={setName} required autoFocus member="name" hint="What people call it when it is down." />
            <TextArea member="description" label="Description" value={description} onChange={setDescription} hint="What it does, and who misses it. Responders read this at night." />
          </>
        ) : null}
        {step === 1 ? (
          <Part query={policies} what="The policies">
            {({ rows }) => rows.length === 0 ? <Empty title="There is no escalation policy yet." act={<a className="btn" href="/console/escalation_policies/new">New policy</a>}>A policy says who is called, and who next.</Empty> : (
              <Choice member="escalation_policy" label="Escalation Policy" value={policy} onChange={setPolicy} required options={[['', 'Choose who is called'], ...rows.filter((one) => may('manage', one.teams)).map((one) => [one.id, one.name] as const)]} />
            )}
          </Part>
        ) : null}
        {step === 2 ? <Choice member="alert_grouping_parameters" label="Alert grouping" value={grouping} onChange={setGrouping} options={groupings} hint="A storm of alerts becomes one incident, and one call." /> : null}
        {step === 3 ? (
          <>
            <UrgencyFields draft={urgency} change={setUrgency} />
            <Choice member="auto_pause_notifications_parameters" label="Hold new alerts for" value={pause} onChange={setPause} options={[['0', 'Not at all'], ['120', '2 min'], ['300', '5 min'], ['600', '10 min']]} hint="Those that resolve in this time wake nobody." />
          </>
        ) : null}
        {last ? (
          <>
            <TextField label="Search integrations" type="search" value={text} onChange={setText} hint={`${vendors.rows.length} of ${all.length}`} />
            <div className="pick" role="group" aria-label="Integrations">
              {vendors.rows.map((vendor) => <label key={vendor.id}><input type="checkbox" checked={chosen.has(vendor.id)} onChange={() => toggle(vendor.id)} /><span><b>{vendor.name}</b><span className="meta">{vendor.description}</span></span></label>)}
            </div>
            <Note>After Create Service you get one key and one URL for each integration, and the page listens for the first event.</Note>
          </>
        ) : null}
        {act.error ? <Failure error={act.error} what="The service was not made." /> : null}
        <div className="row" style={{ marginTop: 16 }}>
          <Button look="ink" type="submit" busy={act.isPending} disabled={step === 3 && urgency.urgency === 'support_hours' && urgency.days.length === 0}>{last ? 'Create Service' : 'Next'}</Button>
          {step > 0 ? <Button onClick={() => setStep(step - 1)}>Back</Button> : <Cancel to="/console/service-directory" />}
        </div>
      </ActForm>
    </>
  );
}

export const CreateServicePage = onlyFor(({ maySomewhere }) => maySomewhere('manage'), 'New Service', 'add services', Create);
