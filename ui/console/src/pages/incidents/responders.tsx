// People who were asked to help: who joined, who has not answered, asking more of them, and answering for oneself.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import { reads, useSession } from '../../api/reads';
import { refTo, type Incident, type Ref, type Responder } from '../../api/types';
import { Button, Failure, Sect, When } from '../../parts/base';
import { ActDialog, Choice, TextArea, useAct } from '../../parts/forms';
import { Icon, type IconName } from '../../parts/icons';
import { Chip, Person, RefLink } from '../../parts/state';
import { tell } from '../../parts/toasts';

const states: Record<Responder['state'], [weight: string, icon: IconName, word: string]> = {
  pending: ['plain', 'next', 'Asked'], joined: ['acknowledged', 'acknowledged', 'Joined'], declined: ['plain', 'suppressed', 'Declined'], user_cancelled: ['plain', 'disabled', 'Taken back'],
};

const target = ({ id, type }: { id: string; type: string }) => ({ responder_request_target: { id, type } });

function Ask({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const { user } = useSession();
  const users = useQuery(reads.users).data?.rows ?? [];
  const policies = useQuery(reads.policies).data?.rows ?? [];
  const [chosen, setChosen] = useState<{ id: string; type: string; summary: string }[]>([]);
  const [message, setMessage] = useState(`Please help with: ${incident.title}`);
  const add = (value: string) => {
    const [kind = '', id = ''] = value.split(':');
    const found = (kind === 'user' ? users : policies).find((one) => one.id === id);
    if (found && !chosen.some((one) => one.id === id)) setChosen([...chosen, { ...refTo(kind, id), summary: found.summary }]);
  };
  const act = useAct(() => ask('POST', `/incidents/${incident.id}/responder_requests`, { requester_id: user.id, message, responder_request_targets: chosen.map(target) }),
    () => { tell(`${chosen.map((one) => one.summary).join(', ')} asked to help.`); onClose(); });
  return (
    <ActDialog title="Ask for help" act={chosen.length === 0 ? 'Ask' : `Wake ${chosen.map((one) => one.summary).join(', ')}`} look="trig" busy={act.isPending} error={act.error} failed="Nobody was asked."
      onAct={() => chosen.length > 0 && act.mutate(undefined)} onClose={onClose}>
      <p className="dim">They are rung by their rules for high urgency until they join or decline. Who has the incident stays the same.</p>
      {chosen.length > 0 ? <div>{chosen.map((one) => <span key={one.id} className="pill"><Icon name={one.type.startsWith('user') ? 'people' : 'next'} />{one.summary}<button type="button" className="x" aria-label={`Do not ask ${one.summary}`} onClick={() => setChosen(chosen.filter((other) => other !== one))}><Icon name="close" /></button></span>)}</div> : null}
      <Choice label="Person or policy" value="" onChange={add} required={chosen.length === 0} member="responder_request_targets" options={[['', 'Choose'],
        ...users.map((one) => [`user:${one.id}`, one.name] as const), ...policies.map((one) => [`escalation_policy:${one.id}`, `Policy: ${one.name}`] as const)]} />
      <TextArea label="What they are told" value={message} onChange={setMessage} required member="message" />
    </ActDialog>
  );
}

/** Policies of which nobody has been found yet, or is still to answer. */
const askedPolicies = (incident: Incident): Ref[] => {
  const all = (incident.responder_requests ?? []).flatMap((request) => request.responder_request_targets.map((one) => one.responder_request_target));
  return [...new Map(all.filter((one) => one.type.startsWith('escalation_policy') && one.incidents_responders.length === 0).map((one) => [one.id, one])).values()];
};

/** Asks the person who looks, when they were asked: the first thing under the state. */
export function AskedOfMe({ incident }: { incident: Incident }) {
  const { user } = useSession();
  const mine = incident.incidents_responders?.find((one) => one.user.id === user.id);
  const reply = useAct((state: 'joined' | 'declined') => ask('PUT', `/incidents/${incident.id}/responder_requests/reply`, { responder_reply: { state } }), (_, state) => tell(state === 'joined' ? 'You have joined.' : 'You have declined; nobody rings you about it any more.'));
  if (mine?.state !== 'pending' || incident.status === 'resolved') return null;
  return (
    <div className="note warn" role="status">
      <Icon name="people" />
      <div className="grow"><b>{mine.requester.summary} asks you to help.</b> <span className="said">{mine.message}</span>{reply.error ? <Failure error={reply.error} what="Not answered." /> : null}</div>
      <div className="row tight"><Button look="ink" busy={reply.isPending} onClick={() => reply.mutate('joined')}>Join</Button><Button disabled={reply.isPending} onClick={() => reply.mutate('declined')}>Decline</Button></div>
    </div>
  );
}

export function Responders({ incident, may }: { incident: Incident; may: boolean }) {
  const { user } = useSession();
  const [asking, setAsking] = useState(false);
  const people = incident.incidents_responders ?? [];
  const policies = askedPolicies(incident);
  const takeBack = useAct((one: Ref) => ask('PUT', `/incidents/${incident.id}/responder_requests/cancel`, { requester_id: user.id, responder_request_targets: [target({ id: one.id, type: one.type })] }), (_, one) => tell(`${one.summary} is not asked any more.`));
  const button = (one: Ref) => may && incident.status !== 'resolved' ? <Button size="sm" look="quiet" onClick={() => takeBack.mutate(one)}>Take back<span className="vh"> the request to {one.summary}</span></Button> : null;
  return (
    <Sect title="Responders" aside={people.length > 0 ? `${people.filter((one) => one.state === 'joined').length} of ${people.length} joined` : ''} end={may && incident.status !== 'resolved' ? <Button size="sm" onClick={() => setAsking(true)}>Ask for help</Button> : null}>
      {takeBack.error ? <Failure error={takeBack.error} what="Not taken back." /> : null}
      {people.length + policies.length === 0 ? <p className="dim">Nobody else was asked to help.</p> : (
        <ul className="list">
          {people.map((one) => {
            const [weight, icon, word] = states[one.state];
            return <li key={one.user.id}><Person user={one.user} end={<span className="row tight wrap"><Chip weight={weight} icon={icon}>{word}</Chip>{one.state === 'pending' ? button(one.user) : null}</span>}>asked by {one.requester.summary} <When at={one.requested_at} />{one.escalation_policy_requests.length > 0 ? `, as ${one.escalation_policy_requests.join(', ')}` : ''}{one.state === 'pending' ? '' : <>; since <When at={one.updated_at} /></>}</Person></li>;
          })}
          {policies.map((one) => <li key={one.id}><Icon name="next" /><div className="grow"><RefLink to={one} /><small>Nobody of this policy has been found yet.</small></div>{button(one)}</li>)}
        </ul>
      )}
      {asking ? <Ask incident={incident} onClose={() => setAsking(false)} /> : null}
    </Sect>
  );
}
