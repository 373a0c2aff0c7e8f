// Fields, dialogs, and what happens when the server refuses: the API is the validator, its sentences go to the fields
// they speak of, and typed text is never lost.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useId, useRef, type FormEvent, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from 'react';
import { ApiError } from '../api/client';
import { Button, Failure } from './base';
import { Icon } from './icons';

/** The server's sentences that speak of this field: "Name can't be blank" is about "name". */
export function sentencesFor(error: unknown, field: string): string[] {
  if (!(error instanceof ApiError)) return [];
  const name = field.replaceAll('_', ' ').toLowerCase();
  return error.errors.filter((sentence) => sentence.toLowerCase().startsWith(name));
}

export function Field({ label, hint, problems = [], children }: { label: string; hint?: ReactNode; problems?: string[] | undefined; children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }) => ReactNode }) {
  const id = useId();
  const bad = problems.length > 0;
  const described = [hint ? `${id}-h` : '', bad ? `${id}-e` : ''].filter(Boolean).join(' ');
  return (
    <div className={`field ${bad ? 'err' : ''}`}>
      <label className="lbl" htmlFor={id}>{label}</label>
      {children({ id, ...(described ? { 'aria-describedby': described } : {}), ...(bad ? { 'aria-invalid': true } : {}) })}
      {hint ? <span className="hint" id={`${id}-h`}>{hint}</span> : null}
      {bad ? <span className="errmsg" id={`${id}-e`}><Icon name="triggered" />{problems.join('. ')}</span> : null}
    </div>
  );
}

type InputRest = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'>;
export function TextField({ label, hint, problems, value, onChange, ...rest }: { label: string; hint?: ReactNode; problems?: string[] | undefined; value: string; onChange: (text: string) => void } & InputRest) {
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(ids) => <input className="in" {...rest} {...ids} value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

export function TextArea({ label, hint, problems, value, onChange, rows = 3, ...rest }: { label: string; hint?: ReactNode; problems?: string[] | undefined; value: string; onChange: (text: string) => void; rows?: number; required?: boolean; autoFocus?: boolean }) {
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(ids) => <textarea className="in" rows={rows} {...rest} {...ids} value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

export function Choice({ label, hint, problems, value, onChange, options, ...rest }: { label: string; hint?: ReactNode; problems?: string[] | undefined; value: string; onChange: (value: string) => void; options: readonly (readonly [value: string, word: string])[] } & Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'>) {
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(ids) => (
        <select className="in" {...rest} {...ids} value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map(([key, word]) => <option key={key} value={key}>{word}</option>)}
        </select>
      )}
    </Field>
  );
}

export function Check({ label, checked, onChange, hint }: { label: ReactNode; checked: boolean; onChange: (on: boolean) => void; hint?: ReactNode }) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}{hint ? <span className="hint">{hint}</span> : null}</span>
    </label>
  );
}

/** A bottom sheet on the phone. Native: it traps the focus, gives it back, and Escape closes it. */
export function Dialog({ title, children, footer, onClose, wide }: { title: string; children: ReactNode; footer?: ReactNode; onClose: () => void; wide?: boolean }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog ref={ref} className={`dialog ${wide ? 'wide' : ''}`} aria-labelledby={id}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onMouseDown={(event) => { if (event.target === ref.current) onClose(); }}>
      <div className="dialog-in">
        <header><h2 id={id}>{title}</h2></header>
        <div className="body stack-4">{children}</div>
        {footer ? <footer>{footer}</footer> : null}
      </div>
    </dialog>
  );
}

/** A dialog that is a form: one act, its refusal above the buttons. */
export function ActDialog({ title, children, act, look = 'ink', busy, error, failed, onAct, onClose, extra, wide }: {
  title: string; children: ReactNode; act: string; look?: 'ink' | 'res' | 'ack' | 'trig' | 'danger'; busy: boolean; error: unknown; failed: string;
  onAct: () => void; onClose: () => void; extra?: ReactNode; wide?: boolean;
}) {
  const form = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAct();
  };
  return (
    <Dialog title={title} onClose={onClose} {...(wide ? { wide } : {})}
      footer={<>
        {extra}
        <Button onClick={onClose}>Cancel</Button>
        <Button look={look} type="submit" form={form} busy={busy}>{act}</Button>
      </>}>
      <form id={form} onSubmit={submit} className="stack-4">
        {children}
        {error ? <Failure error={error} what={failed} /> : null}
      </form>
    </Dialog>
  );
}

/** An act by REST; everything on the screen is asked again afterwards. */
export function useAct<V, R = unknown>(act: (input: V) => Promise<R>, done?: (result: R, input: V) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (result, input) => {
      void client.invalidateQueries();
      done?.(result, input);
    },
  });
}

/** After a refusal the focus goes to the first field that was refused. */
export function useFocusOnFirstProblem(error: unknown): void {
  useEffect(() => {
    if (error) document.querySelector<HTMLElement>('.field.err [aria-invalid]')?.focus();
  }, [error]);
}
