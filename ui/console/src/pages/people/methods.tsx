// Contact methods: added, proven by a code, tried by a test message, and what is known of each.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask, get } from '../../api/client';
import { useMinute } from '../../api/clock';
import { reads } from '../../api/reads';
import { span } from '../../api/times';
import type { ContactMethod, Readiness, SentMessage, User, Verification } from '../../api/types';
import { Button, Note, Part, Sect, When } from '../../parts/base';
import { ActDialog, Choice, Dialog, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { tell } from '../../parts/toasts';
import { addressOf, kindNameOf, kindOf, kinds, type Kind } from './kinds';

const pathOf = (user: User, method?: ContactMethod): string => `/users/${user.id}/contact_methods${method ? `/${method.id}` : ''}`;

/** "reachable in 2 ways; last proven 6 days ago" */
export function verdictWords(readiness: Readiness, now: number): string {
  const proven = readiness.ways.filter((way) => way.ready).map((way) => way.proven_at).filter((at) => at !== null).sort().at(-1);
  return proven ? `${readiness.verdict}; last proven ${span((now - Date.parse(proven)) / 1000)} ago` : readiness.verdict;
}

const looks = [['triggered', 'triggered', 'trig'], ['acknowledged', 'weak', 'ack'], ['resolved', 'resolved', 'res']] as const;

export function Verdict({ user }: { user: User }) {
  const query = useQuery(reads.readiness(user.id));
  const now = useMinute();
  return (
    <Part query={query} what="The verdict">
      {(readiness) => {
        const [slab, icon, tone] = looks[Math.min(2, readiness.ways.filter((way) => way.ready).length)] ?? looks[0];
        return (
          <section className={`slab app ${slab}`} style={{ marginTop: 16 }} aria-labelledby="readiness">
            <h2 id="readiness"><Icon name={icon} tone={tone} /> {user.name} is {verdictWords(readiness, now)}.</h2>
            <ul className="lead stack">
              {readiness.ways.map((way) => {
                const method = user.contact_methods.find((one) => one.id === way.contact_method.id);
                return <li key={way.contact_method.id} className="small"><Icon name={way.ready ? 'resolved' : 'weak'} tone={way.ready ? 'res' : 'ack'} /> <b>{kindOf(way.contact_method).word}</b> {method ? addressOf(method) : ''}<span className="vh">: {way.ready ? 'ready' : 'not ready'}.</span> {way.reason}</li>;
              })}
            </ul>
          </section>
        );
      }}
    </Part>
  );
}

export function methodBody(name: Kind, label: string, address: string, country: string) {
  const kind: (typeof kinds)[Kind] & { numbered?: boolean } = kinds[name];
  return { contact_method: { type: `${name}_contact_method`, label: label.trim() || kind.word, address: address.trim(), ...(kind.numbered ? { country_code: Number(country) } : {}) } };
}

export function MethodForm({ user, of, onClose }: { user: User; of?: ContactMethod | undefined; onClose: (made?: ContactMethod) => void }) {
  const [name, setName] = useState<Kind>(of ? kindNameOf(of) : 'phone');
  const [label, setLabel] = useState(of?.label ?? '');
  const [address, setAddress] = useState(of?.address ?? '');
  const [country, setCountry] = useState(String(of?.country_code ?? 1));
  const kind: (typeof kinds)[Kind] & { numbered?: boolean } = kinds[name];
  const act = useAct(() => ask<{ contact_method: ContactMethod }>(of ? 'PUT' : 'POST', pathOf(user, of), methodBody(name, label, address, country)), ({ contact_method: made }) => { tell(of ? 'Changed.' : 'Added. Verify it, and let a rule use it.'); onClose(made); });
  return (
    <ActDialog title={of ? 'Change a contact method' : 'Add a contact method'} act="Save" busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={() => onClose()}>
      {of ? null : <Choice member="type" label="By" value={name} onChange={(value) => setName(value as Kind)} options={Object.entries(kinds).map(([key, one]) => [key, one.word] as const)} />}
      {kind.numbered ? <TextField label="Country code" inputMode="numeric" value={country} onChange={setCountry} required member="country_code" /> : null}
      <TextField label={kind.address} type={name === 'email' ? 'email' : kind.numbered ? 'tel' : 'text'} value={address} onChange={setAddress} required hint={kind.hint} member="address" />
      <TextField member="label" label="Label" value={label} onChange={setLabel} placeholder={kind.word} hint="How you tell it from others." />
    </ActDialog>
  );
}

/** What became of a message that was just sent there: asked again until it is known. */
function Sent({ id }: { id: string }) {
  const { data } = useQuery({
    queryKey: ['/notifications', id],
    queryFn: async ({ signal }) => (await get<{ notification: SentMessage }>(`/notifications/${id}`, {}, signal)).notification,
    refetchInterval: (query) => (query.state.data && query.state.data.status !== 'queued' && query.state.data.status !== 'sending' ? false : 2_000),
  });
  if (!data) return null;
  const words: Record<string, string> = { queued: 'waits to be sent', sending: 'is on its way', sent: 'was sent', failed: 'failed' };
  return <Note live kind={data.status === 'failed' ? 'bad' : data.status === 'sent' ? 'good' : ''}>The message {words[data.status] ?? data.status}{data.detail ? `: ${data.detail}` : '.'}</Note>;
}

export function Verify({ user, method, onClose }: { user: User; method: ContactMethod; onClose: () => void }) {
  const path = `${pathOf(user, method)}/verification`;
  const [code, setCode] = useState('');
  const [sent, setSent] = useState<Verification>();
  const send = useAct(() => ask<{ verification: Verification }>('POST', path), (answer) => setSent(answer.verification));
  const enter = useAct(() => ask<{ verification: Verification }>('PUT', path, { verification: { code: code.trim() } }), () => { tell(`${kindOf(method).word} is verified: messages arrive there.`); onClose(); });
  return (
    <ActDialog title={`Verify ${kindOf(method).word} ${addressOf(method)}`} act={sent ? 'Verify' : 'Send a code'} busy={send.isPending || enter.isPending} error={enter.error ?? send.error} failed={sent ? 'Not verified.' : 'No code was sent.'}
      onAct={() => (sent ? enter : send).mutate(undefined)} onClose={onClose} extra={sent ? <Button busy={send.isPending} onClick={() => send.mutate(undefined)}>Send another</Button> : undefined}>
      {sent ? (
        <>
          {sent.notification ? <Sent id={sent.notification.id} /> : null}
          <TextField label="Code" inputMode="numeric" autoComplete="one-time-code" value={code} onChange={setCode} required autoFocus hint="The six digits of the message. They count for a few minutes." member="code" />
        </>
      ) : <p>A code of six digits is sent there. Entering it here proves that messages arrive.</p>}
    </ActDialog>
  );
}

export function Test({ user, method, onClose }: { user: User; method: ContactMethod; onClose: () => void }) {
  const [message, setMessage] = useState('');
  const act = useAct(() => ask<{ notification: SentMessage }>('POST', `${pathOf(user, method)}/test`), (answer) => setMessage(answer.notification.id));
  if (message) return <Dialog title="Test message" onClose={onClose} footer={<Button look="ink" onClick={onClose}>Done</Button>}><Sent id={message} /><p className="dim">Look at the device: it should say that this is a test.</p></Dialog>;
  return (
    <ActDialog title={`Send a test to ${kindOf(method).word} ${addressOf(method)}?`} act="Send a test" busy={act.isPending} error={act.error} failed="Not sent." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p>{user.name} is told at once, by the same way as of an incident. It says that it is a test.</p>
    </ActDialog>
  );
}

function Remove({ user, of, onClose }: { user: User; of: ContactMethod; onClose: () => void }) {
  const act = useAct(() => ask('DELETE', pathOf(user, of)), () => { tell('Deleted, with the rules that used it.'); onClose(); });
  return <ActDialog title={`Delete ${kindOf(of).word} ${addressOf(of)}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}><p>{user.name} is not told by it any more. Rules that use it go with it.</p></ActDialog>;
}

type Open = { kind: 'form'; of?: ContactMethod } | { kind: 'verify' | 'test' | 'delete'; of: ContactMethod };

export function Methods({ user, may }: { user: User; may: boolean }) {
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  return (
    <Sect title="Contact methods" end={may ? <Button size="sm" onClick={() => setOpen({ kind: 'form' })}>Add a contact method</Button> : null}>
      {user.contact_methods.length === 0 ? <p className="dim">None: nothing can reach {user.name}.</p> : (
        <ul className="list">
          {user.contact_methods.map((method) => {
            const { word, icon } = kindOf(method);
            const which = <span className="vh"> {word} {addressOf(method)}</span>;
            return (
              <li key={method.id} className="wrap"><Icon name={icon} />
                <div className="grow"><b>{word}</b>{addressOf(method) ? `, ${addressOf(method)}` : ''}<small>{method.label ?? method.summary}{method.last_proven_at ? <>, proven <When at={method.last_proven_at} relative /></> : ', never proven'}{method.blacklisted ? <b className="c-trig">, the provider refuses it</b> : null}</small></div>
                {may ? (
                  <div className="row tight wrap">
                    <Button size="sm" onClick={() => setOpen({ kind: 'verify', of: method })}>Verify{which}</Button>
                    <Button size="sm" onClick={() => setOpen({ kind: 'test', of: method })}>Test{which}</Button>
                    <Button size="sm" look="quiet" onClick={() => setOpen({ kind: 'form', of: method })}>Change{which}</Button>
                    <Button size="sm" look="quiet" onClick={() => setOpen({ kind: 'delete', of: method })}>Delete{which}</Button>
                  </div>
                ) : null}</li>
            );
          })}
        </ul>
      )}
      {open?.kind === 'form' ? <MethodForm user={user} of={open.of} onClose={close} /> : null}
      {open?.kind === 'verify' ? <Verify user={user} method={open.of} onClose={close} /> : null}
      {open?.kind === 'test' ? <Test user={user} method={open.of} onClose={close} /> : null}
      {open?.kind === 'delete' ? <Remove user={user} of={open.of} onClose={close} /> : null}
    </Sect>
  );
}
