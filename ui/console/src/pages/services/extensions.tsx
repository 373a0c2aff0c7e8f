// Extensions, of one service or all: where else incidents are told, in the channel of a chat or at an address.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import { refTo, type Extension, type ExtensionSchema, type Service } from '../../api/types';
import { AskAdmins } from '../../parts/ask_admins';
import { Button, Empty, Failure, Part, Sect } from '../../parts/base';
import { ActDialog, Check, Choice, TextArea, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Chip } from '../../parts/state';
import { resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { draftOf, isById, kindOf, membersOf, schemaOf, topics, whereOf, type Draft, type Topic } from './extension_form';
import { ServicesField, type Picked } from './services_field';

const block = (one: Extension) => resource('pagerduty_extension', one.name, {
  name: one.name, endpoint_url: one.endpoint_url ?? undefined, extension_schema: one.extension_schema.id,
  extension_objects: one.extension_objects.map((service) => service.id), config: JSON.stringify(one.config),
}, one.id);

function Topics({ told, change }: { told: ReadonlySet<Topic>; change: (told: ReadonlySet<Topic>) => void }) {
  const toggle = (topic: Topic) => {
    const next = new Set(told);
    if (!next.delete(topic)) next.add(topic);
    change(next);
  };
  return (
    <fieldset><legend className="lbl">Told of, besides each new incident</legend>
      {topics.map(([topic, words]) => <Check key={topic} label={words} checked={told.has(topic)} onChange={() => toggle(topic)} />)}
    </fieldset>
  );
}

function ExtensionForm({ of, service, schemas, onClose }: { of?: Extension | undefined; service: Service | undefined; schemas: ExtensionSchema[]; onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(of));
  const [services, setServices] = useState<Picked[]>(of?.extension_objects ?? (service ? [{ id: service.id, summary: service.name }] : []));
  const [chosen, setChosen] = useState(of?.extension_schema.id ?? schemas.find((one) => one.key === 'slack')?.id ?? '');
  const schema = schemas.find((one) => one.id === chosen);
  const key = schema?.key ?? '';
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const act = useAct(() => ask<{ extension: Extension }>(of ? 'PUT' : 'POST', of ? `/extensions/${of.id}` : '/extensions', {
    extension: {
      type: 'extension', ...membersOf(draft, key, of?.config), extension_objects: services.map((one) => refTo('service', one.id)),
      ...(of ? {} : { extension_schema: refTo('extension_schema', chosen) }),
    },
  }), ({ extension }) => { tell(of ? 'Saved.' : `${extension.name} hears of the next incident.`); onClose(); });
  const kind = kindOf(key);
  const target = { value: draft.target, onChange: (text: string) => set({ target: text }), required: true, hint: kind.hint, placeholder: kind.placeholder };
  return (
    <ActDialog title={of ? `Change ${of.name}` : 'Add an extension'} act={of ? 'Save' : 'Add it'} busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={onClose}>
      {of ? null : <Choice label="Tell it to" value={chosen} onChange={setChosen} member="extension_schema" hint={schema?.description} options={schemas.map((one) => [one.id, one.label] as const)} />}
      <TextField label="Name" value={draft.name} onChange={(name) => set({ name })} required maxLength={255} member="name" hint="What people know the place by: “Shop channel”." />
      {isById(key) ? <TextField label="Channel" {...target} maxLength={64} member="config_channel" /> : <TextField label="Address" type="url" {...target} maxLength={2048} member="endpoint_url" />}
      {key === 'generic_v2_webhook' ? <TextArea label="Headers, one a line (optional)" value={draft.headers} onChange={(headers) => set({ headers })} member="config_headers" hint="As X-Token: secret. Nothing else proves that it comes from here." /> : null}
      <Topics told={draft.told} change={(told) => set({ told })} />
      <ServicesField chosen={services} change={setServices} member="extension_objects" />
    </ActDialog>
  );
}

function Delete({ of, onClose }: { of: Extension; onClose: () => void }) {
  const act = useAct(() => ask('DELETE', `/extensions/${of.id}`), () => { tell(`${of.name} is deleted.`); onClose(); });
  const others = of.extension_objects.length - 1;
  return (
    <ActDialog title={`Delete ${of.name}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p>Nothing is told there any more{others > 0 ? `, of ${others === 1 ? 'the other service' : `the ${others} other services`} neither` : ''}. People are called as before. This cannot be undone.</p>
    </ActDialog>
  );
}

function Row({ one, schema, service, onEdit, onDelete, onEnable }: { one: Extension; schema: ExtensionSchema | undefined; service: Service | undefined; onEdit: () => void; onDelete: () => void; onEnable: () => void }) {
  const others = one.extension_objects.filter((other) => other.id !== service?.id).map((other) => other.summary);
  const silent = topics.filter(([topic]) => one.config.notify_types?.[topic] === false).map(([, words]) => words.toLowerCase());
  const which = <span className="vh"> {one.name}</span>;
  return (
    <li className="wrap">
      <Icon name="sms" />
      <div className="grow"><b>{one.name}</b> {one.temporarily_disabled ? <Chip weight="plain" icon="disabled">Disabled</Chip> : null}
        <small>{[schema?.label ?? one.extension_schema.summary, whereOf(one)].filter(Boolean).join(', ')}{others.length > 0 ? `; for ${others.join(', ')}${service ? ' too' : ''}` : ''}{silent.length > 0 ? `; not of: ${silent.join(', ')}` : ''}</small>
        {one.temporarily_disabled ? <small className="c-trig">It refused three messages one after the other and is left alone for a day. Nothing is told there meanwhile.</small> : null}</div>
      <span className="row tight wrap">
        {one.temporarily_disabled ? <Button size="sm" onClick={onEnable}>Enable{which}</Button> : null}
        <a className="btn sm" href={`/console/integrations/extensions/${one.id}`}>Deliveries<span className="vh"> to{which}</span></a>
        <Button size="sm" onClick={onEdit}>Change{which}</Button>
        <Button size="sm" look="quiet" onClick={onDelete}>Delete{which}</Button>
      </span>
    </li>
  );
}

/** Those of `service`, or of the account. */
export function Extensions({ service }: { service?: Service }) {
  const may = useRights().may('manage');
  const query = useQuery({ ...reads.extensions(service?.id), enabled: may });
  const schemas = useQuery(reads.extensionSchemas).data?.rows;
  const [open, setOpen] = useState<{ kind: 'form'; of?: Extension } | { kind: 'delete'; of: Extension } | null>(null);
  const close = () => setOpen(null);
  const enable = useAct((one: Extension) => ask('POST', `/extensions/${one.id}/enable`), (_, one) => tell(`${one.name} hears of incidents again.`));
  useApi([service ? `/extensions?extension_object_id=${service.id}` : '/extensions', '/extension_schemas'], (query.data?.rows ?? []).map(block).join('\n\n'));
  return (
    <Sect title="Extensions" aside={`Where else ${service ? 'its incidents' : 'incidents of services'} are told: Slack, Teams, Telegram, Mattermost, a webhook.`} end={may && schemas ? <Button onClick={() => setOpen({ kind: 'form' })}>Add an extension</Button> : null}>
      {enable.error ? <Failure error={enable.error} what="Not enabled." /> : null}
      {may ? (
        <Part query={query} what="The extensions">
          {({ rows }) => rows.length === 0 ? <Empty title={`${service ? 'Its incidents' : 'Incidents'} are told to people only.`}>A channel can read along: add it, and the next incident stands there.</Empty> : (
            <ul className="list">{rows.map((one) => <Row key={one.id} one={one} service={service} schema={schemaOf(schemas ?? [], one)} onEdit={() => setOpen({ kind: 'form', of: one })} onDelete={() => setOpen({ kind: 'delete', of: one })} onEnable={() => enable.mutate(one)} />)}</ul>
          )}
        </Part>
      ) : <AskAdmins what="see or change extensions" />}
      {open?.kind === 'form' && schemas ? <ExtensionForm of={open.of} service={service} schemas={schemas} onClose={close} /> : null}
      {open?.kind === 'delete' ? <Delete of={open.of} onClose={close} /> : null}
    </Sect>
  );
}
