// Which fields every service has, and which every incident.

import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ask } from '../../api/client';
import { reads, type FieldSubject } from '../../api/reads';
import { useRights } from '../../api/rights';
import type { CustomField } from '../../api/types';
import { Button, Empty, Part, Tabs, useTitle } from '../../parts/base';
import { ActDialog, Check, Choice, TextArea, TextField, useAct } from '../../parts/forms';
import { AskAdmins, onlyFor } from '../../parts/ask_admins';
import { resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { textOf, ValueField, valueOf } from './field_values';
import { ServiceTabs } from './tabs';

const shapes = [['single_value', 'One value'], ['single_value_fixed', 'One of these options'], ['multi_value', 'Several values'], ['multi_value_fixed', 'Any of these options']] as const;
const types = [['string', 'Text'], ['url', 'Link'], ['integer', 'Whole number'], ['float', 'Number'], ['boolean', 'Yes or no'], ['datetime', 'Date and time']] as const;
const word = (pairs: readonly (readonly [string, string])[], key: string): string => pairs.find(([one]) => one === key)?.[1] ?? key;

/** "Cost centre" is cost_centre. */
const nameFrom = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 50);

function Form({ subject, of, onClose }: { subject: FieldSubject; of?: CustomField | undefined; onClose: () => void }) {
  const [display, setDisplay] = useState(of?.display_name ?? '');
  const [description, setDescription] = useState(of?.description ?? '');
  const [shape, setShape] = useState<string>(of?.field_type ?? 'single_value');
  const [type, setType] = useState<string>(of?.data_type ?? 'string');
  const [enabled, setEnabled] = useState(of?.enabled ?? true);
  const [usual, setUsual] = useState(textOf(of?.default_value ?? null));
  const known = of?.field_options ?? [];
  const [options, setOptions] = useState(known.map((one) => one.data.value).join('\n'));
  const fixed = shape.endsWith('fixed');
  const kind = { data_type: shape === 'single_value' ? type as CustomField['data_type'] : 'string', field_type: shape as CustomField['field_type'] };
  const lines = options.split('\n').map((line) => line.trim()).filter(Boolean);
  const act = useAct(() => ask(of ? 'PUT' : 'POST', `/${subject}/custom_fields${of ? `/${of.id}` : ''}`, {
    field: {
      display_name: display.trim(), description, enabled, ...(of ? {} : { name: nameFrom(display), ...kind }),
      ...(subject === 'incidents' ? { default_value: valueOf(kind, usual) } : {}),
      // An option that is still there keeps its id.
      ...(fixed ? { field_options: lines.map((value) => ({ ...(known.find((one) => one.data.value === value) ?? {}), data: { data_type: 'string', value } })) } : {}),
    },
  }), () => { tell('Saved.'); onClose(); });
  return (
    <ActDialog title={of ? `Change ${of.display_name}` : 'New field'} act="Save" busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <TextField label="Name" value={display} onChange={setDisplay} required maxLength={50} autoFocus member={['display_name', 'name']} hint={of ? <>In the API it stays <code>{of.name}</code>.</> : display ? <>In the API <code>{nameFrom(display)}</code>, for good.</> : undefined} />
      <TextArea label="Description" value={description} onChange={setDescription} member="description" />
      {of ? null : (
        <div className="cols">
          <Choice label="Holds" value={shape} onChange={setShape} options={shapes} member="field_type" />
          {shape === 'single_value' ? <Choice label="Of what kind" value={type} onChange={setType} options={types} member="data_type" /> : null}
        </div>
      )}
      {fixed ? <TextArea label="Options, one a line" value={options} onChange={setOptions} rows={5} required member="field_options" /> : null}
      {subject === 'incidents' ? <ValueField field={{ id: '', name: '', display_name: 'New incidents begin with', description: null, value: null, ...kind }} member="default_value" options={lines} text={usual} change={setUsual} /> : null}
      <Check label="Shown" checked={enabled} onChange={setEnabled} hint="Off: its values are kept and not shown." />
    </ActDialog>
  );
}

function Delete({ subject, of, onClose }: { subject: FieldSubject; of: CustomField; onClose: () => void }) {
  const act = useAct(() => ask('DELETE', `/${subject}/custom_fields/${of.id}`), () => { tell(`“${of.display_name}” is deleted.`); onClose(); });
  return <ActDialog title={`Delete “${of.display_name}”?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}><p>What every {subject === 'services' ? 'service' : 'incident'} says in it is lost. This cannot be undone; hiding it can.</p></ActDialog>;
}

const serviceBlock = (field: CustomField): string => resource('pagerduty_service_custom_field', field.name, {
  name: field.name, display_name: field.display_name, description: field.description ?? undefined, data_type: field.data_type, field_type: field.field_type, enabled: field.enabled,
  field_option: field.field_options?.length ? field.field_options.map((one) => ({ data_type: 'string', value: one.data.value })) : undefined,
}, field.id);

/** Its options are resources of their own; a default is JSON but for a single value. */
const incidentBlock = (field: CustomField): string => [
  resource('pagerduty_incident_custom_field', field.name, {
    name: field.name, display_name: field.display_name, description: field.description ?? undefined, data_type: field.data_type, field_type: field.field_type,
    default_value: field.default_value === null || field.default_value === undefined ? undefined : Array.isArray(field.default_value) ? JSON.stringify(field.default_value) : String(field.default_value),
  }, field.id),
  ...(field.field_options ?? []).map((one) => resource('pagerduty_incident_custom_field_option', `${field.name} ${one.data.value}`, { field: field.id, data_type: 'string', value: one.data.value })),
].join('\n\n');

const subjects = { services: { word: 'Of services', lead: 'What is noted about every service. At most 15.', empty: 'Runbook, tier, cost centre: what you look for at night.' }, incidents: { word: 'Of incidents', lead: 'What is noted about every incident. At most 10.', empty: 'Environment, who is hurt, cause: what the report asks for.' } } as const;

function Fields() {
  useTitle('Custom fields');
  const { of } = useSearch({ strict: false }) as { of?: string };
  const subject: FieldSubject = of === 'incidents' ? 'incidents' : 'services';
  const query = useQuery({ ...reads.customFields(subject), meta: {} });
  const rights = useRights();
  const [open, setOpen] = useState<{ kind: 'form'; of?: CustomField } | { kind: 'delete'; of: CustomField } | null>(null);
  const close = () => setOpen(null);
  const may = rights.may('manage');
  useApi([`/${subject}/custom_fields?include[]=field_options`], query.data?.map(subject === 'services' ? serviceBlock : incidentBlock).join('\n\n'));
  return (
    <>
      <div className="head"><h1>Custom fields</h1>{may ? <Button look="ink" icon="plus" onClick={() => setOpen({ kind: 'form' })}>New field</Button> : null}</div>
      <ServiceTabs current="fields" />
      <Tabs label="Custom fields" tabs={(Object.keys(subjects) as FieldSubject[]).map((key) => ({ name: subjects[key].word, href: `/console/custom-fields${key === 'services' ? '' : `?of=${key}`}`, current: key === subject }))} />
      <p className="dim lead">{subjects[subject].lead}</p>
      {may ? null : <AskAdmins what="add or change fields" />}
      <Part query={query} what="The fields">
        {(rows) => rows.length === 0 ? <Empty title="There is no field yet.">{subjects[subject].empty}</Empty> : (
          <div className="tablewrap"><table className="cards">
            <thead><tr><th>Name</th><th>Holds</th><th>In the API</th><th><span className="vh">Acts</span></th></tr></thead>
            <tbody>
              {rows.map((field) => (
                <tr key={field.id}>
                  <td><b className={field.enabled ? '' : 'dim'}>{field.display_name}</b>{field.enabled ? '' : ', hidden'}{field.description ? <span className="meta">{field.description}</span> : null}</td>
                  <td data-l="holds">{field.field_type === 'single_value' ? word(types, field.data_type) : word(shapes, field.field_type)}{field.field_options && field.field_options.length > 0 ? <span className="meta">{field.field_options.map((one) => one.data.value).join(', ')}</span> : null}</td>
                  <td data-l="in the API"><code>{field.name}</code></td>
                  <td className="acts">{may ? <><Button size="sm" look="quiet" onClick={() => setOpen({ kind: 'form', of: field })}>Change<span className="vh"> {field.display_name}</span></Button><Button size="sm" look="quiet" onClick={() => setOpen({ kind: 'delete', of: field })}>Delete<span className="vh"> {field.display_name}</span></Button></> : null}</td>
                </tr>
              ))}
            </tbody>
          </table></div>
        )}
      </Part>
      {open?.kind === 'form' ? <Form subject={subject} of={open.of} onClose={close} /> : null}
      {open?.kind === 'delete' ? <Delete subject={subject} of={open.of} onClose={close} /> : null}
    </>
  );
}

export const CustomFieldsPage = onlyFor(({ may }) => may('view'), 'Custom fields', 'see the custom fields', Fields);
