// First steps of a new account: a way to reach its owner, a test of it, and the first service. Each step is done when what
// it makes is there, whoever made it.

import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ask } from '../api/client';
import { reads, useSession } from '../api/reads';
import { useRights } from '../api/rights';
import { refTo, type ContactMethod, type Integration, type Service, type User } from '../api/types';
import { Button, Failure, KeyField, Note, Part, useTitle } from '../parts/base';
import { ActForm, Choice, TextField, useAct } from '../parts/forms';
import { Icon } from '../parts/icons';
import { RefLink } from '../parts/state';
import { resource } from '../parts/terraform';
import { tell } from '../parts/toasts';
import { useApi } from '../parts/twin';
import { addressOf, isCarried, kindOf, noProvider } from './people/kinds';
import { MethodForm, methodBody, Test, Verify } from './people/methods';
import { serviceBlock } from './services/settings';

function Step({ number, title, done, children }: { number: number; title: string; done: boolean; children: ReactNode }) {
  return (
    <section className="panel" aria-label={title}>
      <header><h2>{number}. {title}</h2>{done ? <span className="end st resolved"><Icon name="resolved" />Done</span> : null}</header>
      <div className="body stack-4">{children}</div>
    </section>
  );
}

/** A new way rings for high urgency at once: that is what it was added for. */
const ruleBody = ({ id, type }: Pick<ContactMethod, 'id' | 'type'>) => ({ notification_rule: { type: 'assignment_notification_rule', start_delay_in_minutes: 0, urgency: 'high', contact_method: { id, type } } });
const ringBy = (user: User, method: ContactMethod) => ask('POST', `/users/${user.id}/notification_rules`, ruleBody(method));

function Reach({ user }: { user: User }) {
  const readiness = useQuery(reads.readiness(user.id));
  const [open, setOpen] = useState<'add' | { kind: 'verify' | 'test'; of: ContactMethod } | null>(null);
  const rule = useAct((method: ContactMethod) => ringBy(user, method), () => tell('It rings for high urgency from now on.'));
  const loud = user.contact_methods.filter((method) => !method.type.startsWith('email'));
  const providers = useQuery(reads.health).data?.providers;
  // As long as nobody knows, nothing is done.
  const carried = (method: ContactMethod) => isCarried(method, providers);
  const heard = loud.filter(carried);
  const way = (method: ContactMethod) => readiness.data?.ways.find((one) => one.contact_method.id === method.id);
  const example = methodBody('phone', '', '5550123456', '1').contact_method;
  useApi([`/users/${user.id}/readiness`, { method: 'POST', path: `/users/${user.id}/contact_methods`, body: { contact_method: example } }, { method: 'POST', path: `/users/${user.id}/notification_rules`, body: ruleBody({ id: 'CONTACT_METHOD_ID', type: example.type }) }],
    [resource('pagerduty_user_contact_method', `${user.name} phone`, { user_id: user.id, ...example }),
      resource('pagerduty_user_notification_rule', `${user.name} high`, { user_id: user.id, start_delay_in_minutes: 0, urgency: 'high', contact_method: { type: example.type, id: 'CONTACT_METHOD_ID' } })].join('\n\n'));
  return (
    <>
      <Step number={1} title="A way to wake you" done={heard.length > 0}>
        <p className="dim">E-mail wakes nobody. Add a telephone, or the app that takes pushes.</p>
        <ul className="list">{loud.map((method) => <li key={method.id}><Icon name={kindOf(method).icon} /><div className="grow"><b>{kindOf(method).word}</b>, {addressOf(method)}<small>{carried(method) === false ? noProvider(method) : way(method)?.reason}</small></div></li>)}</ul>
        {rule.error ? <Failure error={rule.error} what="No rule was made." /> : null}
        {loud.length > 0 && providers && heard.length === 0 ? <Note kind="warn">Nothing of this wakes you yet: add a way that <a href="/console/health">this server can use</a>, or have a provider configured.</Note> : null}
        <Button look={heard.length > 0 ? '' : 'ink'} onClick={() => setOpen('add')}>Add a contact method</Button>
      </Step>
      <Step number={2} title="A test page" done={heard.some((method) => way(method)?.ready)}>
        <p className="dim">A code proves that messages arrive; a test shows how a page sounds.</p>
        {loud.length === 0 ? <p className="dim">After the first step.</p> : (
          <ul className="list">{loud.map((method) => (
            <li key={method.id} className="wrap"><Icon name={way(method)?.ready ? 'resolved' : 'weak'} tone={way(method)?.ready ? 'res' : 'ack'} /><span className="grow">{kindOf(method).word}, {addressOf(method)}</span>
              <span className="row tight"><Button size="sm" onClick={() => setOpen({ kind: 'verify', of: method })}>Verify<span className="vh"> {kindOf(method).word}</span></Button><Button size="sm" onClick={() => setOpen({ kind: 'test', of: method })}>Send a test<span className="vh"> to {kindOf(method).word}</span></Button></span></li>
          ))}</ul>
        )}
      </Step>
      {open === 'add' ? <MethodForm user={user} onClose={(made) => { setOpen(null); if (made) rule.mutate(made); }} /> : null}
      {open && open !== 'add' && open.kind === 'verify' ? <Verify user={user} method={open.of} onClose={() => setOpen(null)} /> : null}
      {open && open !== 'add' && open.kind === 'test' ? <Test user={user} method={open.of} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

const constantUrgency = { type: 'constant', urgency: 'high' } as const;
const serviceBody = (name: string, policy: string) => ({ service: { type: 'service', name, escalation_policy: refTo('escalation_policy', policy), alert_creation: 'create_alerts_and_incidents', incident_urgency_rule: constantUrgency } });
const keyBody = { integration: { type: 'events_api_v2_inbound_integration', name: 'Events API v2' } };

async function makeService(name: string, policy: string): Promise<{ service: Service; integration: Integration }> {
  const { service } = await ask<{ service: Service }>('POST', '/services', serviceBody(name, policy));
  const { integration } = await ask<{ integration: Integration }>('POST', `/services/${service.id}/integrations`, keyBody);
  return { service, integration };
}

function FirstService() {
  const { public_url } = useSession();
  const { may } = useRights();
  const policies = useQuery(reads.policies);
  const services = useQuery(reads.services);
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState('');
  const make = useAct((policy: string) => makeService(name.trim(), policy));
  const first = make.data?.service ?? services.data?.rows[0];
  // Where there is one only, there is nothing to choose.
  const usable = (policies.data?.rows ?? []).filter((one) => may('manage', one.teams));
  const only = usable.length === 1 ? usable[0] : undefined;
  const policy = only?.id ?? chosen;
  const body = serviceBody(name.trim(), policy);
  useApi([{ method: 'POST', path: '/services', body }, { method: 'POST', path: '/services/SERVICE_ID/integrations', body: keyBody }],
    `${serviceBlock({ ...body.service, description: null })}\n\n${resource('pagerduty_service_integration', keyBody.integration.name, { ...keyBody.integration, service: 'SERVICE_ID' })}`);
  return (
    <Step number={3} title="The first service" done={first !== undefined}>
      <p className="dim">What can break: it has a key for events, and a policy that says who is called. {first ? <>{first.name} is called by <RefLink to={first.escalation_policy} />.</> : only ? <>It will be called by <a href={`/console/escalation_policies/${only.id}`}>{only.name}</a>.</> : null}</p>
      {make.data ? (
        <>
          <KeyField label={`Integration Key of ${make.data.service.name}`} secret value={make.data.integration.integration_key ?? ''} />
          <KeyField label="Integration URL" value={`${public_url}/v2/enqueue`} />
          <p><a className="btn ink" href={`/console/services/${make.data.service.id}/integrations/${make.data.integration.id}`}>Send the first event</a></p>
        </>
      ) : first ? <p><a href={`/console/service-directory/${first.id}`}>{first.name}</a> is there. <a href="/console/service-directory/new">Another</a></p> : (
        <ActForm className="stack-4" error={make.error} onAct={() => policy && make.mutate(policy)}>
          <TextField label="Name of the service" value={name} onChange={setName} required member="name" />
          {usable.length > 1 ? <Choice label="Escalation Policy" value={chosen} onChange={setChosen} required member="escalation_policy" options={[['', 'Choose who is called'], ...usable.map((one) => [one.id, one.name] as const)]} /> : null}
          {make.error ? <Failure error={make.error} what="The service was not made." /> : null}
          {policies.data && usable.length === 0 ? <Note kind="warn">There is no escalation policy yet. <a href="/console/escalation_policies/new">Make one</a></Note> : <Button look="ink" type="submit" busy={make.isPending}>Create the service</Button>}
        </ActForm>
      )}
    </Step>
  );
}

export function SetupPage() {
  useTitle('First steps');
  const { user } = useSession();
  const { maySomewhere } = useRights();
  const query = useQuery(reads.user(user.id));
  return (
    <>
      <h1>First steps</h1>
      <p className="dim lead">Two minutes, and a problem wakes you. Everything can be changed later.</p>
      <div className="stack-5 lead setup">
        <Part query={query} what="Your contact methods">{(me) => <Reach user={me} />}</Part>
        {maySomewhere('manage') ? <FirstService /> : null}
      </div>
      <p className="lead"><a href="/console/incidents">To the incidents</a></p>
    </>
  );
}
