// How a service responds: urgency, grouping, pauses, time-outs.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import { reads, useSession } from '../../api/reads';
import { refTo, type Service, type UrgencyRule } from '../../api/types';
import { span } from '../../api/times';
import { Button, Sect } from '../../parts/base';
import { ActDialog, Check, Choice, Field, Problems, TextField, useAct } from '../../parts/forms';
import { RefLink } from '../../parts/state';
import { resource, type Block } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { bySupportHours, days, urgencies, urgencyBody, urgencyDraftOf, urgencyWords, type UrgencyDraft } from './urgency';

export const groupings = [['', 'Off: each alert is an incident'], ['time', 'By time: what comes while it is open'], ['content_based', 'By content: the same component']] as const;

export function groupingWords({ alert_grouping_parameters: { type, config } }: Pick<Service, 'alert_grouping_parameters'>): string {
  switch (type) {
    case 'time': return config?.timeout ? `Alerts within ${config.timeout} min join the open incident` : 'Alerts join the open incident';
    case 'content_based': return `Alerts with the same ${(config?.fields ?? []).join(' and ') || 'content'} join the open incident`;
    case 'intelligent': return 'Alerts with similar words join the open incident';
    default: return 'Off: each alert is an incident of its own';
  }
}

/** What the API takes for the two settings of the form. */
export const groupingOf = (type: string) => type === 'time' ? { type, config: { timeout: 10 } } : type === 'content_based' ? { type, config: { aggregate: 'all', fields: ['component'], time_window: 3600 } } : { type: null };

type Written = Pick<Service, 'name' | 'description' | 'incident_urgency_rule'> & { id?: string; escalation_policy: { id: string } }
  & Partial<Pick<Service, 'acknowledgement_timeout' | 'auto_resolve_timeout' | 'support_hours' | 'scheduled_actions'>> & { auto_pause_notifications_parameters?: { enabled: boolean; timeout: number | null } };

const ruleBlock = ({ type, urgency }: UrgencyRule): Block => ({ type, urgency });

export function serviceBlock(service: Written): string {
  const { incident_urgency_rule: rule, support_hours: hours, auto_pause_notifications_parameters: pause } = service;
  const { during_support_hours: during, outside_support_hours: outside } = rule;
  return resource('pagerduty_service', service.name, {
    name: service.name, description: service.description ?? undefined, escalation_policy: service.escalation_policy.id, alert_creation: 'create_alerts_and_incidents',
    // The provider takes seconds as text, and "null" for never.
    ...(service.id ? { acknowledgement_timeout: String(service.acknowledgement_timeout), auto_resolve_timeout: String(service.auto_resolve_timeout) } : {}),
    incident_urgency_rule: during && outside ? { type: rule.type, during_support_hours: ruleBlock(during), outside_support_hours: ruleBlock(outside) } : ruleBlock(rule),
    ...(hours ? { support_hours: { ...hours } } : {}),
    ...((service.scheduled_actions ?? []).length > 0 ? { scheduled_actions: (service.scheduled_actions ?? []).map(({ type, to_urgency, at }) => ({ type, to_urgency, at: { ...at } })) } : {}),
    ...(pause?.enabled ? { auto_pause_notifications_parameters: { enabled: true, timeout: pause.timeout ?? undefined } } : {}),
  }, service.id);
}

/** The urgency of its incidents, and the hours that it may depend on. */
export function UrgencyFields({ draft, change }: { draft: UrgencyDraft; change: (draft: UrgencyDraft) => void }) {
  const set = (part: Partial<UrgencyDraft>) => change({ ...draft, ...part });
  const zones = Intl.supportedValuesOf('timeZone');
  return (
    <>
      <Choice member="incident_urgency_rule" label="Urgency" value={draft.urgency} onChange={(urgency) => set({ urgency })} options={[...urgencies, bySupportHours]} />
      {draft.urgency !== 'support_hours' ? null : (
        <fieldset className="stack-4"><legend className="lbl">Support hours</legend>
          <div className="row tight wrap" role="group" aria-label="Days">{days.map(([day, name]) => <Check key={day} label={name} checked={draft.days.includes(day)} onChange={(on) => set({ days: on ? [...draft.days, day] : draft.days.filter((one) => one !== day) })} />)}</div>
          {draft.days.length === 0 ? <p className="errmsg">Choose a day at least.</p> : null}
          <Problems member={['support_hours', 'scheduled_actions']} />
          <div className="cols">
            <Field label="From">{(ids) => <input className="in" type="time" required {...ids} value={draft.from} onChange={(event) => set({ from: event.target.value })} />}</Field>
            <Field label="Until" hint={draft.to === draft.from ? 'The whole day.' : draft.to < draft.from ? 'Of the next day.' : undefined}>{(ids) => <input className="in" type="time" required {...ids} value={draft.to} onChange={(event) => set({ to: event.target.value })} />}</Field>
            <Choice label="Time zone" value={draft.zone} onChange={(zone) => set({ zone })} options={[...new Set([draft.zone, 'Etc/UTC', ...zones])].map((zone) => [zone, zone] as const)} />
          </div>
          <div className="cols">
            <Choice label="In these hours" value={draft.during} onChange={(during) => set({ during })} options={urgencies} />
            <Choice label="Outside" value={draft.outside} onChange={(outside) => set({ outside })} options={urgencies} />
          </div>
          <Check label="When they begin, ring for what is open and waits" checked={draft.raise} onChange={(raise) => set({ raise })} hint="What came at night and could wait does not wait for ever." />
        </fieldset>
      )}
    </>
  );
}

export function EditService({ service, onClose }: { service: Service; onClose: () => void }) {
  const policies = useQuery(reads.policies);
  const [name, setName] = useState(service.name);
  const [description, setDescription] = useState(service.description ?? '');
  const [policy, setPolicy] = useState(service.escalation_policy.id);
  const { time_zone: zone } = useSession();
  const [urgency, setUrgency] = useState(() => urgencyDraftOf(service, zone));
  const [grouping, setGrouping] = useState(service.alert_grouping_parameters.type ?? '');
  const [pause, setPause] = useState(String(service.auto_pause_notifications_parameters.enabled ? service.auto_pause_notifications_parameters.timeout ?? 0 : 0));
  const [ack, setAck] = useState(String(service.acknowledgement_timeout ?? 0));
  const [resolve, setResolve] = useState(String(service.auto_resolve_timeout ?? 0));
  const [off, setOff] = useState(service.status === 'disabled');
  const minutes = [['0', 'Never'], ['600', '10 min'], ['1800', '30 min'], ['3600', '1 h'], ['14400', '4 h'], ['28800', '8 h'], ['86400', '24 h']] as [string, string][];
  const withNow = (value: string) => (minutes.some(([key]) => key === value) ? minutes : [...minutes, [value, span(Number(value))] as [string, string]]);
  const act = useAct(() => ask('PUT', `/services/${service.id}`, {
    service: {
      type: 'service', name: name.trim(), description, escalation_policy: refTo('escalation_policy', policy),
      ...urgencyBody(urgency, service.support_hours !== null),
      ...(grouping === (service.alert_grouping_parameters.type ?? '') ? {} : { alert_grouping_parameters: groupingOf(grouping) }),
      auto_pause_notifications_parameters: pause === '0' ? { enabled: false } : { enabled: true, timeout: Number(pause) },
      acknowledgement_timeout: Number(ack) || null, auto_resolve_timeout: Number(resolve) || null,
      ...(off ? { status: 'disabled' } : service.status === 'disabled' ? { status: 'active' } : {}),
    },
  }), () => { tell('Saved.'); onClose(); });
  return (
    <ActDialog wide title={`Settings of ${service.name}`} act="Save" waits={urgency.urgency === 'support_hours' && urgency.days.length === 0} busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} required member="name" />
      <TextField member="description" label="Description" value={description} onChange={setDescription} />
      <Choice member="escalation_policy" label="Escalation Policy" value={policy} onChange={setPolicy} options={(policies.data?.rows ?? [service.escalation_policy]).map((one) => [one.id, one.summary] as const)} />
      <UrgencyFields draft={urgency} change={setUrgency} />
      <Choice member="alert_grouping_parameters" label="Alert grouping" value={grouping} onChange={setGrouping} options={grouping && !groupings.some(([key]) => key === grouping) ? [...groupings, [grouping, grouping] as const] : groupings} />
      <div className="cols">
        <Choice member="auto_pause_notifications_parameters" label="Hold new alerts for" value={pause} onChange={setPause} hint="Those that resolve in this time wake nobody." options={[['0', 'Not at all'], ['120', '2 min'], ['180', '3 min'], ['300', '5 min'], ['600', '10 min'], ['900', '15 min']]} />
        <Choice member="acknowledgement_timeout" label="Ring again after an acknowledgement of" value={ack} onChange={setAck} options={withNow(ack)} />
        <Choice member="auto_resolve_timeout" label="Resolve by itself after" value={resolve} onChange={setResolve} options={withNow(resolve)} />
      </div>
      <Check member="status" label="Disabled" checked={off} onChange={setOff} hint="Events are accepted and open nothing." />
    </ActDialog>
  );
}

export function ResponseSettings({ service, onEdit }: { service: Service; onEdit: (() => void) | undefined }) {
  const pause = service.auto_pause_notifications_parameters;
  return (
    <Sect title="Response settings" end={onEdit ? <Button size="sm" onClick={onEdit}>Change</Button> : null}>
      <dl className="facts wide">
        <dt>Who is called</dt><dd>By <RefLink to={service.escalation_policy} /></dd>
        <dt>Urgency</dt><dd>{urgencyWords(service).map((one) => <div key={one}>{one}</div>)}</dd>
        <dt>Alert grouping</dt><dd>{groupingWords(service)}</dd>
        <dt>New alerts</dt><dd>{pause.enabled && pause.timeout ? `Held for ${span(pause.timeout)}: those that resolve meanwhile wake nobody` : 'Ring at once'}</dd>
        <dt>Acknowledged</dt><dd>{service.acknowledgement_timeout ? `Rings again after ${span(service.acknowledgement_timeout)}` : 'Stays so until somebody resolves it'}</dd>
        <dt>Forgotten</dt><dd>{service.auto_resolve_timeout ? `Resolved by itself after ${span(service.auto_resolve_timeout)}` : 'Never resolved by itself'}</dd>
      </dl>
    </Sect>
  );
}
