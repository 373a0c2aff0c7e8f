// What people noted about a service or an incident in fields of their own.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import { reads, type FieldSubject } from '../../api/reads';
import { useRights } from '../../api/rights';
import type { CustomField, FieldValue } from '../../api/types';
import { Button, Empty, OutsideLink, Part, Sect, When } from '../../parts/base';
import { ActDialog, Check, Choice, Problems, TextArea, TextField, useAct } from '../../parts/forms';
import { resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';

export type Value = FieldValue['value'];

/** What a field of a form holds for a value. */
export const textOf = (value: Value): string => (value === null ? '' : Array.isArray(value) ? value.join('\n') : String(value));

/** The value that a form's text means for this field; null where nothing was typed. */
export function valueOf(field: Pick<FieldValue, 'data_type' | 'field_type'>, text: string): Value {
  if (field.field_type.startsWith('multi')) {
    const lines = text.split('\n').map((line) => line.trim()).filter(Boolean);
    return lines.length > 0 ? lines : null;
  }
  const typed = text.trim();
  if (!typed) return null;
  if (field.data_type === 'boolean') return typed === 'true';
  // What is no number stays text, and the server says what is wrong with it.
  if ((field.data_type === 'integer' || field.data_type === 'float') && !Number.isNaN(Number(typed))) return Number(typed);
  return typed;
}

export function Shown({ field }: { field: FieldValue }) {
  const { value } = field;
  if (value === null) return <span className="dim">not said</span>;
  if (Array.isArray(value)) return <>{value.map((one) => <span key={one} className="token">{one}</span>)}</>;
  if (field.data_type === 'url') return <OutsideLink href={String(value)}>{String(value)}</OutsideLink>;
  if (field.data_type === 'datetime') return <When at={String(value)} exact />;
  if (typeof value === 'boolean') return <>{value ? 'Yes' : 'No'}</>;
  return <span className="said">{String(value)}</span>;
}

export function ValueField({ field, options, text, change, member = `Value of ${field.name}` }: { field: FieldValue; options: string[]; text: string; change: (text: string) => void; member?: string }) {
  const shared = { label: field.display_name, hint: field.description, value: text, onChange: change, member };
  const lines = text.split('\n').filter(Boolean);
  switch (field.field_type) {
    case 'single_value_fixed': return <Choice {...shared} options={[['', 'Not said'], ...options.map((one) => [one, one] as const)]} />;
    case 'multi_value_fixed':
      return (
        <fieldset><legend className="lbl">{field.display_name}</legend>
          {options.map((one) => <Check key={one} label={one} checked={lines.includes(one)} onChange={(on) => change((on ? [...lines, one] : lines.filter((line) => line !== one)).join('\n'))} />)}
          {field.description ? <span className="hint">{field.description}</span> : null}<Problems member={member} /></fieldset>
      );
    case 'multi_value': return <TextArea {...shared} hint={<>{field.description} One a line.</>} />;
    case 'single_value':
      if (field.data_type === 'boolean') return <Choice {...shared} options={[['', 'Not said'], ['true', 'Yes'], ['false', 'No']]} />;
      return <TextField {...shared} inputMode={field.data_type === 'integer' ? 'numeric' : field.data_type === 'float' ? 'decimal' : field.data_type === 'url' ? 'url' : 'text'} placeholder={field.data_type === 'datetime' ? '2026-10-20T03:15:00Z' : field.data_type === 'url' ? 'https://…' : undefined} />;
  }
}

function Edit({ of, id, name, values, fields, onClose }: Owner & { values: FieldValue[]; fields: CustomField[]; onClose: () => void }) {
  const [texts, setTexts] = useState<Record<string, string>>(() => Object.fromEntries(values.map((one) => [one.id, textOf(one.value)])));
  const changed = values.filter((one) => texts[one.id] !== textOf(one.value));
  const act = useAct(() => ask('PUT', `/${of}/${id}/custom_fields/values`, { custom_fields: changed.map((one) => ({ id: one.id, value: valueOf(one, texts[one.id] ?? '') })) }), () => { tell('Saved.'); onClose(); });
  return (
    <ActDialog title={`Fields of ${name}`} act="Save" busy={act.isPending} error={act.error} failed="Not saved." onAct={() => (changed.length === 0 ? onClose() : act.mutate(undefined))} onClose={onClose}>
      {values.map((one) => (
        <ValueField key={one.id} field={one} options={fields.find((field) => field.id === one.id)?.field_options?.map((option) => option.data.value) ?? []} text={texts[one.id] ?? ''} change={(text) => setTexts({ ...texts, [one.id]: text })} />
      ))}
    </ActDialog>
  );
}

/** A service or an incident. */
interface Owner {
  of: FieldSubject;
  id: string;
  name: string;
}

const purposes: Record<FieldSubject, string> = {
  services: 'A field is what you want to know of every service: its runbook, its tier, its cost centre.',
  incidents: 'A field is what you want to know of every incident: the environment, who is hurt, its cause.',
};

/** The provider takes each value as JSON. */
const valuesBlock = (service: string, name: string, values: FieldValue[]): string => resource('pagerduty_service_custom_field_value', name, {
  service_id: service, custom_fields: values.filter((one) => one.value !== null).map((one) => ({ name: one.name, value: JSON.stringify(one.value) })),
}, service);

/** `quiet`: nothing is shown as long as there are no fields, and those without a value are only named. */
export function FieldValues({ of, id, name, may, quiet }: Owner & { may: boolean; quiet?: boolean }) {
  const query = useQuery(reads.fieldValues(of, id));
  const fields = useQuery(reads.customFields(of));
  const addsFields = useRights().may('manage');
  const [editing, setEditing] = useState(false);
  const path = `/${of}/${id}/custom_fields/values`;
  // Terraform knows no incidents.
  useApi([path], of === 'services' && query.data ? valuesBlock(id, name, query.data) : '');
  const page = `/console/custom-fields${of === 'incidents' ? '?of=incidents' : ''}`;
  if (quiet && (query.data?.length ?? 0) === 0) return null;
  return (
    <Sect title="Custom fields" aside={<a href={page}>All fields</a>} end={may && query.data && query.data.length > 0 ? <Button size="sm" onClick={() => setEditing(true)}>Change<span className="vh"> the custom fields</span></Button> : null}>
      <Part query={query} what="The fields">
        {(all) => { const values = quiet ? all.filter((one) => one.value !== null) : all; return all.length === 0 ? <Empty title="There are no fields yet.">{purposes[of]} {addsFields ? <a href={page}>Add the first</a> : null}</Empty> : (
          <>
            <dl className="facts wide">{values.map((one) => <div key={one.id} style={{ display: 'contents' }}><dt>{one.display_name}</dt><dd><Shown field={one} /></dd></div>)}</dl>
            {values.length < all.length ? <p className="dim small">Not said yet: {all.filter((one) => one.value === null).map((one) => one.display_name).join(', ')}.</p> : null}
          </>
        ); }}
      </Part>
      {editing && query.data ? <Edit of={of} id={id} name={name} values={query.data} fields={fields.data ?? []} onClose={() => setEditing(false)} /> : null}
    </Sect>
  );
}
