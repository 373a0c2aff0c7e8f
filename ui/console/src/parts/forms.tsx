// Fields, dialogs, and what happens when the server refuses: the API is the validator, its sentences go to the fields
// they speak of, and typed text is never lost.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useId, useLayoutEffect, useRef, useState, type FormEvent, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from 'react';
import { ApiError, lastActOf } from '../api/client';
import { Button, Failure } from './base';
import { forgetDraft, useDraft } from './drafts';
import { Icon } from './icons';

/** What the server refused of the form around a field. */
export const Refusal = createContext<unknown>(null);

/** The member of the request that a field fills, or several: "name", "schedule_layers users". */
type Member = string | readonly string[];

/** What the server says of it. */
export function useProblems(member: Member = []): string[] {
  const error = useContext(Refusal);
  return [...new Set([member].flat().flatMap((one) => sentencesFor(error, one)))];
}

/** The server's sentences that speak of this field: "Name can't be blank" is about "name", what stands at "event.name" too. */
export function sentencesFor(error: unknown, field: string): string[] {
  if (!(error instanceof ApiError)) return [];
  const placed = Object.entries(error.places).filter(([place]) => place === field || place.endsWith(`.${field}`) || place.includes(`.${field}.`));
  if (placed.length > 0) return placed.flatMap(([, sentences]) => sentences);
  const name = field.replaceAll('_', ' ').toLowerCase();
  // Of many at once: "Incidents Resolution is too long".
  return error.errors.filter((sentence) => sentence.toLowerCase().replaceAll('_', ' ').replace(/^incidents (?=.)/, '').startsWith(name));
}

export interface FieldProps {
  label: string;
  hint?: ReactNode;
  /** What is wrong with it, when the form itself knows; what the server says of `member` comes by itself. */
  problems?: string[] | undefined;
  member?: Member | undefined;
}

export function Field({ label, hint, problems: own = [], member, children }: FieldProps & { children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }) => ReactNode }) {
  const id = useId();
  const problems = [...own, ...useProblems(member)];
  const bad = problems.length > 0;
  const described = [hint ? `${id}-h` : '', bad ? `${id}-e` : ''].filter(Boolean).join(' ');
  return (
    <div className={`field ${bad ? 'err' : ''}`}>
      <label className="lbl" htmlFor={id}>{label}</label>
      {children({ id, ...(described ? { 'aria-describedby': described } : {}), ...(bad ? { 'aria-invalid': true } : {}) })}
      {hint ? <span className="hint" id={`${id}-h`}>{hint}</span> : null}
      {bad ? <Wrong id={`${id}-e`} sentences={problems} /> : null}
    </div>
  );
}

const Wrong = ({ id, sentences }: { id?: string; sentences: string[] }) => <span className="errmsg" id={id}><Icon name="triggered" />{sentences.join('. ')}</span>;

/** What is wrong with a group of fields, where the server does not say with which. */
export function Problems({ member }: { member: Member }) {
  const problems = useProblems(member);
  return problems.length === 0 ? null : <div className="field err" tabIndex={-1} data-wrong=""><Wrong sentences={problems} /></div>;
}

type InputRest = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'>;
export function TextField({ label, hint, problems, member, value, onChange, ...rest }: FieldProps & { value: string; onChange: (text: string) => void } & InputRest) {
  return (
    <Field label={label} hint={hint} problems={problems} member={member}>
      {(ids) => <input className="in" {...rest} {...ids} value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

export function TextArea({ label, hint, problems, member, value, onChange, rows = 3, ...rest }: FieldProps & { value: string; onChange: (text: string) => void; rows?: number; required?: boolean; autoFocus?: boolean }) {
  return (
    <Field label={label} hint={hint} problems={problems} member={member}>
      {(ids) => <textarea className="in" rows={rows} {...rest} {...ids} value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

export function Choice({ label, hint, problems, member, value, onChange, options, ...rest }: FieldProps & { value: string; onChange: (value: string) => void; options: readonly (readonly [value: string, word: string])[] } & Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'>) {
  return (
    <Field label={label} hint={hint} problems={problems} member={member}>
      {(ids) => (
        <select className="in" {...rest} {...ids} value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map(([key, word]) => <option key={key} value={key}>{word}</option>)}
        </select>
      )}
    </Field>
  );
}

export function Check({ label, checked, onChange, hint, member }: { label: ReactNode; checked: boolean; onChange: (on: boolean) => void; hint?: ReactNode; member?: Member }) {
  const problems = useProblems(member);
  return (
    <label className={`check ${problems.length > 0 ? 'err' : ''}`}>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} aria-invalid={problems.length > 0 || undefined} />
      <span>{label}{hint ? <span className="hint">{hint}</span> : null}{problems.length > 0 ? <Wrong sentences={problems} /> : null}</span>
    </label>
  );
}

/** A bottom sheet on the phone. Native: it traps the focus, and Escape closes it. Closing gives the focus back to what opened
    it; where that is gone, the page has it. Its head and foot are no landmarks: the page has those. */
export function Dialog({ title, children, footer, onClose, wide }: { title: string; children: ReactNode; footer?: ReactNode; onClose: () => void; wide?: boolean }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before it leaves the page: afterwards the browser would not know whom to give the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog ref={ref} className={`dialog ${wide ? 'wide' : ''}`} aria-labelledby={id}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onMouseDown={(event) => { if (event.target === ref.current) onClose(); }}>
      <div className="dialog-in">
        <header role="none"><h2 id={id}>{title}</h2></header>
        <div className="body stack-4">{children}</div>
        {footer ? <footer role="none">{footer}</footer> : null}
      </div>
    </dialog>
  );
}

/** A form: its fields show what the server says of them, and after a refusal the focus goes to the first of those. What was
    typed stays, and leaving asks first; `changed` says whether there is something to lose where that is more than what was
    typed. */
export function ActForm({ error, onAct, changed, children, ...rest }: { error: unknown; onAct: () => void; changed?: boolean; children: ReactNode; id?: string; className?: string }) {
  const ref = useRef<HTMLFormElement>(null);
  const own = useId();
  const draft = rest.id ?? own;
  const [typed, setTyped] = useState(false);
  const [sent, setSent] = useState(false);
  useDraft((changed ?? typed) && !sent, draft);
  useEffect(() => {
    if (error) setSent(false);
  }, [error]);
  const touched = () => {
    setTyped(true);
    setSent(false);
  };
  useEffect(() => {
    if (error) ref.current?.querySelector<HTMLElement>('.err [aria-invalid], .err[data-wrong]')?.focus();
  }, [error]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    forgetDraft(draft);
    setSent(true);
    onAct();
  };
  return <form ref={ref} {...rest} onSubmit={submit} onChange={touched}><Refusal value={error}>{children}</Refusal></form>;
}

/** A dialog that is a form: one act, its refusal above the buttons. */
export function ActDialog({ title, children, act, look = 'ink', busy, error, failed, onAct, onClose, extra, wide, waits }: {
  title: string; children: ReactNode; act: string; look?: 'ink' | 'res' | 'ack' | 'trig' | 'danger'; busy: boolean; error: unknown; failed: string;
  onAct: () => void; onClose: () => void; extra?: ReactNode; wide?: boolean; waits?: boolean;
}) {
  const form = useId();
  const close = () => {
    forgetDraft(form);
    onClose();
  };
  return (
    <Dialog title={title} onClose={close} {...(wide ? { wide } : {})}
      footer={<>
        {extra}
        <Button onClick={close}>Cancel</Button>
        <Button look={look} type="submit" form={form} busy={busy} disabled={waits}>{act}</Button>
      </>}>
      <ActForm id={form} className="stack-4" error={error} onAct={onAct}>
        {children}
        {error ? <Failure error={error} what={failed} /> : null}
      </ActForm>
    </Dialog>
  );
}

/** An act by REST; everything on the screen is asked again afterwards, but for what the act has deleted. */
export function useAct<V, R = unknown>(act: (input: V) => Promise<R>, done?: (result: R, input: V) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (result, input) => {
      const act = lastActOf();
      const gone = act?.method === 'DELETE' ? act.path.split('/').at(-1) ?? '' : '';
      void client.invalidateQueries({ predicate: (query) => gone === '' || !JSON.stringify(query.queryKey).includes(gone) });
      done?.(result, input);
    },
  });
}
