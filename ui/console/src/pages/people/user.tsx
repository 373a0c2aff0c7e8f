import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, ask } from '../../api/client';
import { useMinute } from '../../api/clock';
import { reads, useSession } from '../../api/reads';
import { clock, moment } from '../../api/times';
import { type ContactMethod, type NotificationRule, type Urgency, type User } from '../../api/types';
import { NotFound } from '../../frame';
import { ApiDrawer } from '../../parts/api_drawer';
import { Button, Crumbs, Failure, Part, Sect, Tabs, useTitle, Waiting } from '../../parts/base';
import { ActDialog, Choice, sentencesFor, TextField, useAct, useFocusOnFirstProblem } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Avatar, RefLink } from '../../parts/state';
import { tell } from '../../parts/toasts';
import { InvitationDialog, invite, roles, roleWord } from './people';
import { kindOf, readiness } from './readiness';

const kindWords = { email: 'E-mail', sms: 'SMS', phone: 'Phone', push: 'Push' };
const addressOf = (method: ContactMethod): string => method.address ? (method.country_code ? `+${method.country_code} ${method.address}` : method.address) : '';

function Verdict({ user }: { user: User }) {
  const result = readiness(user.name, user.notification_rules);
  const look = { ready: ['resolved', 'resolved', 'res'], weak: ['acknowledged', 'weak', 'ack'], unreachable: ['triggered', 'triggered', 'trig'] } as const;
  const [slab, icon, tone] = look[result.verdict];
  return (
    <section className={`slab app ${slab}`} style={{ marginTop: 16 }} aria-labelledby="readiness">
      <h2 id="readiness"><Icon name={icon} tone={tone} /> {result.sentence}</h2>
      <ul className="lead">{result.checks.map((check) => <li key={check.what} className="small"><Icon name={check.met ? 'resolved' : 'weak'} tone={check.met ? 'res' : 'ack'} /> {check.what}<span className="vh">: {check.met ? 'yes' : 'no'}</span></li>)}</ul>
      <p className="small dim lead">By what is set up, not by what was tried.</p>
    </section>
  );
}

function MethodForm({ user, of, onClose }: { user: User; of?: ContactMethod | undefined; onClose: () => void }) {
  const [kind, setKind] = useState<'email' | 'sms' | 'phone'>(of ? (kindOf(of) as 'email') : 'phone');
  const [label, setLabel] = useState(of?.label ?? '');
  const [address, setAddress] = useState(of?.address ?? '');
  const [country, setCountry] = useState(String(of?.country_code ?? 1));
  const act = useAct(() => ask(of ? 'PUT' : 'POST', `/users/${user.id}/contact_methods${of ? `/${of.id}` : ''}`, {
    contact_method: { type: `${kind}_contact_method`, label: label.trim() || kindWords[kind], address: address.trim(), ...(kind === 'email' ? {} : { country_code: Number(country) }) },
  }), () => { tell(of ? 'Changed.' : 'Added. Now let a rule use it.'); onClose(); });
  useFocusOnFirstProblem(act.error);
  return (
    <ActDialog title={of ? 'Change a contact method' : 'Add a contact method'} act="Save" busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={onClose}>
      {of ? null : <Choice label="By" value={kind} onChange={(value) => setKind(value as 'email')} options={[['phone', 'Phone'], ['sms', 'SMS'], ['email', 'E-mail']]} />}
      {kind === 'email' ? null : <TextField label="Country code" inputMode="numeric" value={country} onChange={setCountry} required problems={sentencesFor(act.error, 'country')} />}
      <TextField label={kind === 'email' ? 'Address' : 'Number'} type={kind === 'email' ? 'email' : 'tel'} value={address} onChange={setAddress} required problems={sentencesFor(act.error, 'address')} />
      <TextField label="Label" value={label} onChange={setLabel} placeholder={kindWords[kind]} />
    </ActDialog>
  );
}

function RemoveMethod({ user, of, onClose }: { user: User; of: ContactMethod; onClose: () => void }) {
  const act = useAct(() => ask('DELETE', `/users/${user.id}/contact_methods/${of.id}`), () => { tell('Deleted, with the rules that used it.'); onClose(); });
  return <ActDialog title={`Delete ${kindWords[kindOf(of)]} ${addressOf(of)}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}><p>{user.name} is not told by it any more. Rules that use it go with it.</p></ActDialog>;
}

function Methods({ user, may }: { user: User; may: boolean }) {
  const [dialog, setDialog] = useState<{ kind: 'form' | 'delete'; of?: ContactMethod } | null>(null);
  const close = () => setDialog(null);
  return (
    <Sect title="Contact methods" end={may ? <Button size="sm" onClick={() => setDialog({ kind: 'form' })}>Add a contact method</Button> : null}>
      {user.contact_methods.length === 0 ? <p className="dim">None: nothing can reach {user.name}.</p> : (
        <ul className="list">
          {user.contact_methods.map((method) => {
            const kind = kindOf(method);
            return (
              <li key={method.id}><Icon name={kind} /><div className="grow"><b>{kindWords[kind]}</b>{addressOf(method) ? `, ${addressOf(method)}` : ''}<small>{method.label ?? method.summary}{method.enabled === false ? ', switched off' : ''}{method.blacklisted ? <b className="c-trig">, the provider refuses it</b> : null}</small></div>
                {may ? <>{kind === 'push' ? null : <Button size="sm" look="quiet" onClick={() => setDialog({ kind: 'form', of: method })}>Change<span className="vh"> {kindWords[kind]} {addressOf(method)}</span></Button>}<Button size="sm" look="quiet" onClick={() => setDialog({ kind: 'delete', of: method })}>Delete<span className="vh"> {kindWords[kind]} {addressOf(method)}</span></Button></> : null}</li>
            );
          })}
        </ul>
      )}
      {dialog?.kind === 'form' ? <MethodForm user={user} of={dialog.of} onClose={close} /> : null}
      {dialog?.kind === 'delete' && dialog.of ? <RemoveMethod user={user} of={dialog.of} onClose={close} /> : null}
    </Sect>
  );
}

function AddRule({ user, urgency, onClose }: { user: User; urgency: Urgency; onClose: () => void }) {
  const [method, setMethod] = useState(user.contact_methods[0]?.id ?? '');
  const [delay, setDelay] = useState('0');
  const act = useAct(() => {
    const chosen = user.contact_methods.find((one) => one.id === method);
    return ask('POST', `/users/${user.id}/notification_rules`, { notification_rule: { type: 'assignment_notification_rule', start_delay_in_minutes: Number(delay), urgency, contact_method: { id: method, type: chosen?.type.replace(/_reference$/, '') ?? '' } } });
  }, () => { tell('The rule counts from now on.'); onClose(); });
  return (
    <ActDialog title={`A rule for ${urgency} urgency`} act="Add" busy={act.isPending} error={act.error} failed="Not added." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <Choice label="Tell by" value={method} onChange={setMethod} required options={user.contact_methods.map((one) => [one.id, `${kindWords[kindOf(one)]} ${addressOf(one)}`] as const)} />
      <Choice label="After" value={delay} onChange={setDelay} options={[['0', 'at once'], ...[1, 2, 3, 5, 10, 15, 30].map((n) => [String(n), `${n} min`] as const)]} />
    </ActDialog>
  );
}

function Rules({ user, urgency, may }: { user: User; urgency: Urgency; may: boolean }) {
  const [adding, setAdding] = useState(false);
  const rules = user.notification_rules.filter((rule) => rule.urgency === urgency).sort((a, b) => a.start_delay_in_minutes - b.start_delay_in_minutes);
  const client = useQueryClient();
  const remove = useAct((rule: NotificationRule) => ask('DELETE', `/users/${user.id}/notification_rules/${rule.id}`), (_, rule) => tell('The rule is gone.', async () => {
    await ask('POST', `/users/${user.id}/notification_rules`, { notification_rule: { type: rule.type, start_delay_in_minutes: rule.start_delay_in_minutes, urgency, contact_method: { id: rule.contact_method.id, type: rule.contact_method.type } } });
    await client.invalidateQueries();
  }));
  return (
    <Sect title={`${urgency === 'high' ? 'High' : 'Low'} urgency`} end={may ? <Button size="sm" onClick={() => setAdding(true)} disabled={user.contact_methods.length === 0}>Add a rule<span className="vh"> for {urgency} urgency</span></Button> : null}>
      {remove.error ? <Failure error={remove.error} what="Not deleted." /> : null}
      {rules.length === 0 ? <p className={urgency === 'high' ? 'c-trig' : 'dim'}>No rule: {urgency === 'high' ? 'nothing rings' : 'nothing is sent'}.</p> : (
        <ol className="rail">
          {rules.map((rule) => (
            <li key={rule.id}><time>{rule.start_delay_in_minutes === 0 ? 'at once' : `${rule.start_delay_in_minutes} min`}</time><span className="mk"><Icon name={kindOf(rule.contact_method)} /></span>
              <div className="tx row between"><span>{kindWords[kindOf(rule.contact_method)]} <span className="dim">{addressOf(rule.contact_method)}</span></span>{may ? <Button size="sm" look="quiet" onClick={() => remove.mutate(rule)}>Delete<span className="vh"> the rule by {kindWords[kindOf(rule.contact_method)]}</span></Button> : null}</div></li>
          ))}
        </ol>
      )}
      {adding ? <AddRule user={user} urgency={urgency} onClose={() => setAdding(false)} /> : null}
    </Sect>
  );
}

function Shifts({ user }: { user: User }) {
  const now = useMinute();
  const [begin] = useState(() => Math.floor(now / 3_600_000) * 3_600_000);
  const query = useQuery(reads.onCalls({ user_ids: [user.id], since: new Date(begin).toISOString(), until: new Date(begin + 28 * 86_400_000).toISOString() }));
  return (
    <Sect title="On call" aside="next four weeks">
      <Part query={query} what="The shifts">
        {({ rows }) => rows.length === 0 ? <p className="dim">Not in the next four weeks.</p> : <ul className="list">{rows.map((row, i) => <li key={i}><div className="grow"><RefLink to={row.escalation_policy} />, level {row.escalation_level}<small>{row.start && row.end ? `${moment(row.start, now)} to ${moment(row.end, now)}` : 'always'}{row.schedule ? `, by ${row.schedule.summary}` : ''}</small></div></li>)}</ul>}
      </Part>
    </Sect>
  );
}

function EditUser({ user, onClose }: { user: User; onClose: () => void }) {
  const { capabilities, user: me, time_zone: accountZone } = useSession();
  const [name, setName] = useState(user.name);
  const [title, setTitle] = useState(user.job_title ?? '');
  const [zone, setZone] = useState(user.time_zone ?? accountZone);
  const [role, setRole] = useState(user.role);
  const roleIsFree = capabilities.manage_users && user.role !== 'owner' && user.id !== me.id;
  const act = useAct(() => ask('PUT', `/users/${user.id}`, { user: { type: 'user', name: name.trim(), email: user.email, job_title: title, time_zone: zone, ...(roleIsFree && role !== user.role ? { role } : {}) } }), () => { tell('Saved.'); onClose(); });
  return (
    <ActDialog title={`Change ${user.name}`} act="Save" busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} required problems={sentencesFor(act.error, 'name')} />
      <TextField label="Job title" value={title} onChange={setTitle} />
      <Choice label="Time zone" value={zone} onChange={setZone} options={[...new Set([zone, ...Intl.supportedValuesOf('timeZone')])].map((one) => [one, one] as const)} />
      {roleIsFree ? <Choice label="Role" value={role} onChange={setRole} options={roles.some(([key]) => key === role) ? roles : [...roles, [role, roleWord(role)] as const]} /> : null}
    </ActDialog>
  );
}

function DeleteUser({ user, onClose }: { user: User; onClose: () => void }) {
  const router = useRouter();
  const act = useAct(() => ask('DELETE', `/users/${user.id}`), () => { tell(`${user.name} is deleted.`); router.history.replace('/console/users'); });
  return <ActDialog title={`Delete ${user.name}?`} act="Delete" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}><p>They can no longer log in and are told of nothing. The server refuses while schedules, policies or open incidents need them. This cannot be undone.</p></ActDialog>;
}

function Shown({ user }: { user: User }) {
  const { tab = 'methods' } = useSearch({ strict: false }) as { tab?: string };
  const session = useSession();
  const now = useMinute();
  const self = session.user.id === user.id;
  const may = self || session.capabilities.manage_users;
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  const [drawer, setDrawer] = useState(false);
  const [invitation, setInvitation] = useState<Awaited<ReturnType<typeof invite>>>();
  const inviting = useAct(() => invite(user.id), setInvitation);
  const at = (name: string) => `/console/users/${user.id}${name === 'methods' ? '' : `?tab=${name}`}`;
  return (
    <>
      <Crumbs><a href="/console/users">Users</a></Crumbs>
      <div className="head">
        <div className="person"><Avatar user={user} large /><div className="grow"><h1>{user.name}</h1><span className="dim">{[user.job_title, roleWord(user.role), user.time_zone ? `${clock(now, user.time_zone)} there now (${user.time_zone})` : ''].filter(Boolean).join(' · ')}</span></div></div>
        <div className="row">
          <Button size="sm" look="quiet" icon="code" onClick={() => setDrawer(!drawer)}>API</Button>
          {session.capabilities.manage_users && !self ? <Button busy={inviting.isPending} onClick={() => inviting.mutate(undefined)}>Invite</Button> : null}
          {may ? <Button onClick={() => setDialog('edit')}>Change</Button> : null}
          {session.capabilities.manage_users && !self ? <Button look="quiet" onClick={() => setDialog('delete')}>Delete</Button> : null}
        </div>
      </div>
      {inviting.error ? <Failure error={inviting.error} what="Not invited." /> : null}
      <Tabs label="User" tabs={[{ name: 'Contact methods', href: at('methods'), current: tab === 'methods' }, { name: 'Notification rules', href: at('rules'), current: tab === 'rules' }, { name: 'Shifts', href: at('shifts'), current: tab === 'shifts' }]} />
      {tab === 'shifts' ? <Shifts user={user} /> : <Verdict user={user} />}
      {tab === 'methods' ? (
        <div className="split mid"><Methods user={user} may={may} />
          <Sect title="Facts"><dl className="facts"><dt>E-mail</dt><dd>{user.email}</dd><dt>Teams</dt><dd>{user.teams.length === 0 ? 'None' : user.teams.map((team, i) => <span key={team.id}>{i > 0 ? ', ' : ''}<RefLink to={team} /></span>)}</dd></dl></Sect></div>
      ) : null}
      {tab === 'rules' ? <div className="split wide"><Rules user={user} urgency="high" may={may} /><Rules user={user} urgency="low" may={may} /></div> : null}
      {dialog === 'edit' ? <EditUser user={user} onClose={() => setDialog(null)} /> : null}
      {dialog === 'delete' ? <DeleteUser user={user} onClose={() => setDialog(null)} /> : null}
      {invitation ? <InvitationDialog invitation={invitation} name={user.name} onClose={() => setInvitation(undefined)} /> : null}
      {drawer ? <ApiDrawer reads={[{ method: 'GET', path: `/users/${user.id}?include[]=contact_methods&include[]=notification_rules` }]} onClose={() => setDrawer(false)} /> : null}
    </>
  );
}

export function UserPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.user(id));
  useTitle(query.data?.name ?? 'User');
  if (query.data) return <Shown key={id} user={query.data} />;
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.error) return <><h1>User</h1><Failure error={query.error} what="The user cannot be shown." retry={() => void query.refetch()} /></>;
  return <Waiting />;
}
