// Webhooks: addresses that hear of events about the account, a service or a team.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import type { WebhookSubscription } from '../../api/types';
import { AskAdmins } from '../../parts/ask_admins';
import { Button, Empty, Failure, KeyField, Part, Sect } from '../../parts/base';
import { ActDialog, Check, Choice, Dialog, Problems, TextArea, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Chip } from '../../parts/state';
import { resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { draftOf, hears, hostOf, membersOf, nameOf, toggled, topics, type Draft } from './webhook_form';

const subjectOf = ({ filter }: WebhookSubscription): string => (filter.type === 'account_reference' ? 'the whole account' : filter.summary ?? filter.id ?? '');

const block = (one: WebhookSubscription) => resource('pagerduty_webhook_subscription', nameOf(one), {
  description: one.description, active: String(one.active), events: one.events,
  delivery_method: { type: 'http_delivery_method', url: one.delivery_method.url }, filter: { type: one.filter.type, ...(one.filter.id ? { id: one.filter.id } : {}) },
}, one.id);

/** Shown once, as an API key is. */
function SecretOnce({ made, onDone }: { made: WebhookSubscription; onDone: () => void }) {
  const [stored, setStored] = useState(false);
  return (
    <Dialog title="Copy the secret now" onClose={() => stored && onDone()} footer={<Button look="ink" disabled={!stored} onClick={onDone}>Done</Button>}>
      <p className="dim">Each request is signed with it, in X-PagerDuty-Signature: so the receiver knows that it comes from here. It is not shown again.</p>
      <KeyField once label={`Secret of ${nameOf(made)}`} value={made.delivery_method.secret ?? ''} />
      <Check label="I have stored it" checked={stored} onChange={setStored} />
    </Dialog>
  );
}

function WebhookForm({ of, onClose }: { of?: WebhookSubscription | undefined; onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(of));
  const [made, setMade] = useState<WebhookSubscription>();
  const services = useQuery(reads.services).data?.rows ?? [];
  const teams = useQuery(reads.teams).data?.rows ?? [];
  // Those of others are named by administrators only; what was chosen stays.
  const clients = useQuery({ ...reads.oauthClients, enabled: useRights().may('admin') }).data ?? [];
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const act = useAct(() => ask<{ webhook_subscription: WebhookSubscription }>(of ? 'PUT' : 'POST', of ? `/webhook_subscriptions/${of.id}` : '/webhook_subscriptions', { webhook_subscription: membersOf(draft, of) }),
    ({ webhook_subscription: saved }) => {
      if (!of) return setMade(saved);
      tell('Saved.');
      onClose();
    });
  if (made) return <SecretOnce made={made} onDone={onClose} />;
  return (
    <ActDialog title={of ? `Change ${nameOf(of)}` : 'New Webhook'} act={of ? 'Save' : 'Add Webhook'} busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={onClose}>
      {of ? null : <TextField label="Webhook URL" type="url" value={draft.url} onChange={(url) => set({ url })} required maxLength={2048} autoFocus member="delivery_method_url" placeholder="https://…" hint="Each event is sent there as JSON by POST. It cannot be changed later." />}
      <TextField label="Description" value={draft.description} onChange={(description) => set({ description })} member="description" hint="Who listens there, so that others know what breaks when it goes." />
      <Choice label="Scope" value={draft.subject} onChange={(subject) => set({ subject })} member="filter"
        options={[['account', 'The whole account'], ...teams.map((one) => [`team ${one.id}`, `Team ${one.name}`] as const), ...services.map((one) => [`service ${one.id}`, one.name] as const)]} />
      <fieldset><legend className="lbl">Told of</legend>
        {topics.map(([words, events]) => <Check key={words} label={words} checked={hears(draft.events, events)} onChange={() => set({ events: toggled(draft.events, events) })} />)}
        <Problems member="events" />
      </fieldset>
      {clients.length > 0 ? <Choice label="Access token of" value={draft.client} onChange={(client) => set({ client })} member="oauth_client_id" options={[['', 'None'], ...clients.map((one) => [one.id, one.name] as const)]} hint="Each request carries one, beside its signature." /> : null}
      {of ? <Check label="Active" checked={draft.active} onChange={(active) => set({ active })} hint="What happens while it is not is never told there." /> : (
        <TextArea label="Headers, one a line (optional)" value={draft.headers} onChange={(headers) => set({ headers })} member="delivery_method_custom_headers" hint="As X-Token: secret." />
      )}
    </ActDialog>
  );
}

function Delete({ of, onClose }: { of: WebhookSubscription; onClose: () => void }) {
  const act = useAct(() => ask('DELETE', `/webhook_subscriptions/${of.id}`), () => { tell(`${nameOf(of)} is deleted.`); onClose(); });
  return (
    <ActDialog title={`Delete ${nameOf(of)}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p>Nothing is told there any more, and its secret is gone. This cannot be undone.</p>
    </ActDialog>
  );
}

function Row({ one, onAct, onEdit, onDelete }: { one: WebhookSubscription; onAct: (act: 'ping' | 'enable') => void; onEdit: () => void; onDelete: () => void }) {
  const { temporarily_disabled: disabled, temporarily_disabled_reason: reason } = one.delivery_method;
  const told = topics.filter(([, events]) => hears(new Set(one.events), events)).map(([words]) => words.toLowerCase());
  const which = <span className="vh"> {nameOf(one)}</span>;
  return (
    <li className="wrap">
      <Icon name="link" />
      <div className="grow"><b>{nameOf(one)}</b> {disabled ? <Chip weight="plain" icon="disabled">Disabled</Chip> : one.active ? null : <Chip weight="plain" icon="disabled">Not active</Chip>}
        <small>{hostOf(one)}, of {subjectOf(one)}{told.length > 0 ? `: ${told.join('; ')}` : ''}{one.oauth_client ? `; with the token of ${one.oauth_client.summary}` : ''}</small>
        {disabled ? <small className="c-trig">It refused three messages one after the other and is left alone for a day. {reason ? `The last answer: ${reason}` : ''}</small> : null}</div>
      <span className="row tight wrap">
        {disabled ? <Button size="sm" onClick={() => onAct('enable')}>Enable{which}</Button> : <Button size="sm" onClick={() => onAct('ping')}>Send a test{which}</Button>}
        <a className="btn sm" href={`/console/integrations/webhooks/${one.id}`}>Deliveries<span className="vh"> to{which}</span></a>
        <Button size="sm" onClick={onEdit}>Change{which}</Button>
        <Button size="sm" look="quiet" onClick={onDelete}>Delete{which}</Button>
      </span>
    </li>
  );
}

export function Webhooks() {
  const may = useRights().may('manage');
  const query = useQuery({ ...reads.webhooks, enabled: may });
  const [open, setOpen] = useState<{ kind: 'form'; of?: WebhookSubscription } | { kind: 'delete'; of: WebhookSubscription } | null>(null);
  const close = () => setOpen(null);
  const act = useAct(({ one, act: what }: { one: WebhookSubscription; act: 'ping' | 'enable' }) => ask('POST', `/webhook_subscriptions/${one.id}/${what}`), (_, { one, act: what }) =>
    tell(what === 'ping' ? `A test is on its way to ${hostOf(one)}.` : `${nameOf(one)} hears of events again.`));
  useApi(['/webhook_subscriptions'], (query.data?.rows ?? []).map(block).join('\n\n'));
  return (
    <Sect title="Webhooks" aside="Programs that hear of what happens, signed, as version 3 of PagerDuty’s webhooks." end={may ? <Button onClick={() => setOpen({ kind: 'form' })}>New Webhook</Button> : null}>
      {act.error ? <Failure error={act.error} what="Not done." /> : null}
      {may ? (
        <Part query={query} what="The webhooks">
          {({ rows }) => rows.length === 0 ? <Empty title="No program is told.">A webhook is called for each event that it asks for, so nothing has to ask again and again.</Empty> : (
            <ul className="list">{rows.map((one) => <Row key={one.id} one={one} onAct={(what) => act.mutate({ one, act: what })} onEdit={() => setOpen({ kind: 'form', of: one })} onDelete={() => setOpen({ kind: 'delete', of: one })} />)}</ul>
          )}
        </Part>
      ) : <AskAdmins what="see or change webhooks" />}
      {open?.kind === 'form' ? <WebhookForm of={open.of} onClose={close} /> : null}
      {open?.kind === 'delete' ? <Delete of={open.of} onClose={close} /> : null}
    </Sect>
  );
}
