import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, ask } from '../../api/client';
import { useMinute } from '../../api/clock';
import { reads, useSession } from '../../api/reads';
import { useRights } from '../../api/rights';
import { clock, moment, span } from '../../api/times';
import { type HandoffRule, type NotificationRule, type Urgency, type User } from '../../api/types';
import { NotFound } from '../../frame';
import { Denied } from '../../parts/ask_admins';
import { Button, Crumbs, Failure, Part, Sect, Tabs, useTitle, Waiting } from '../../parts/base';
import { ActDialog, Choice, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Avatar, RefLink } from '../../parts/state';
import { resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { InvitationDialog, invite, roles, roleWord } from './people';
import { addressOf, kindOf } from './kinds';
import { Methods, Verdict } from './methods';
import { Sessions } from './sessions';

function AddRule({ user, urgency, onClose }: { user: User; urgency: Urgency; onClose: () => void }) {
  const [method, setMethod] = useState(user.contact_methods[0]?.id ?? '');
  const [delay, setDelay] = useState('0');
  const act = useAct(() => {
    const chosen = user.contact_methods.find((one) => one.id === method);
    return ask('POST', `/users/${user.id}/notification_rules`, { notification_rule: { type: 'assignment_notification_rule', start_delay_in_minutes: Number(delay), urgency, contact_method: { id: method, type: chosen?.type.replace(/_reference$/, '') ?? '' } } });
  }, () => { tell('The rule counts from now on.'); onClose(); });
  return (
    <ActDialog title={`A rule for ${urgency} urgency`} act="Add" busy={act.isPending} error={act.error} failed="Not added." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <Choice member="contact_method" label="Tell by" value={method} onChange={setMethod} required options={user.contact_methods.map((one) => [one.id, `${kindOf(one).word} ${addressOf(one)}`] as const)} />
      <Choice member="start_delay_in_minutes" label="After" value={delay} onChange={setDelay} options={[['0', 'at once'], ...[1, 2, 3, 5, 10, 15, 30].map((n) => [String(n), `${n} min`] as const)]} />
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
            <li key={rule.id}><time>{rule.start_delay_in_minutes === 0 ? 'at once' : `${rule.start_delay_in_minutes} min`}</time><span className="mk"><Icon name={kindOf(rule.contact_method).icon} /></span>
              <div className="tx row between"><span>{kindOf(rule.contact_method).word} <span className="dim">{addressOf(rule.contact_method)}</span></span>{may ? <Button size="sm" look="quiet" onClick={() => remove.mutate(rule)}>Delete<span className="vh"> the rule for {urgency} urgency by {kindOf(rule.contact_method).word} {rule.start_delay_in_minutes === 0 ? 'at once' : `after ${rule.start_delay_in_minutes} min`}</span></Button> : null}</div></li>
          ))}
        </ol>
      )}
      {adding ? <AddRule user={user} urgency={urgency} onClose={() => setAdding(false)} /> : null}
    </Sect>
  );
}

const handoffs = [['both', 'going on and off call'], ['oncall', 'going on call'], ['offcall', 'going off call']] as const;
const ahead = (minutes: number): string => (minutes === 0 ? 'then' : `${span(minutes * 60)} ahead`);

function AddHandoffRule({ user, onClose }: { user: User; onClose: () => void }) {
  const [method, setMethod] = useState(user.contact_methods[0]?.id ?? '');
  const [kind, setKind] = useState('both');
  const [minutes, setMinutes] = useState('60');
  const act = useAct(() => ask('POST', `/users/${user.id}/oncall_handoff_notification_rules`, {
    oncall_handoff_notification_rule: { type: 'oncall_handoff_notification_rule', handoff_type: kind, notify_advance_in_minutes: Number(minutes), contact_method: { id: method, type: user.contact_methods.find((one) => one.id === method)?.type ?? '' } },
  }), () => { tell('The rule counts from now on.'); onClose(); });
  return (
    <ActDialog title="A rule for hand-offs" act="Add" busy={act.isPending} error={act.error} failed="Not added." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <Choice member="handoff_type" label="Tell of" value={kind} onChange={setKind} options={handoffs} />
      <Choice member="notify_advance_in_minutes" label="How long before" value={minutes} onChange={setMinutes} options={[0, 15, 60, 240, 1440].map((n) => [String(n), n === 0 ? 'when it happens' : span(n * 60)] as const)} />
      <Choice member="contact_method" label="By" value={method} onChange={setMethod} required options={user.contact_methods.map((one) => [one.id, `${kindOf(one).word} ${addressOf(one)}`] as const)} />
    </ActDialog>
  );
}

function HandoffRules({ user, may }: { user: User; may: boolean }) {
  const query = useQuery(reads.handoffRules(user.id));
  const [adding, setAdding] = useState(false);
  const remove = useAct((rule: HandoffRule) => ask('DELETE', `/users/${user.id}/oncall_handoff_notification_rules/${rule.id}`), () => tell('The rule is gone.'));
  return (
    <Sect title="Hand-offs" end={may ? <Button size="sm" onClick={() => setAdding(true)} disabled={user.contact_methods.length === 0}>Add a rule<span className="vh"> for hand-offs</span></Button> : null}>
      {remove.error ? <Failure error={remove.error} what="Not deleted." /> : null}
      <Part query={query} what="The rules">
        {(rules) => rules.length === 0 ? <p className="dim">No rule: {user.name} is not told before going on or off call.</p> : (
          <ul className="list">{rules.map((rule) => <li key={rule.id}><Icon name={kindOf(rule.contact_method).icon} /><div className="grow">{kindOf(rule.contact_method).word} when {handoffs.find(([key]) => key === rule.handoff_type)?.[1]}, {ahead(rule.notify_advance_in_minutes)}</div>{may ? <Button size="sm" look="quiet" onClick={() => remove.mutate(rule)}>Delete<span className="vh"> the rule by {kindOf(rule.contact_method).word} {ahead(rule.notify_advance_in_minutes)}</span></Button> : null}</li>)}</ul>
        )}
      </Part>
      {adding ? <AddHandoffRule user={user} onClose={() => setAdding(false)} /> : null}
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
      <TextField label="Name" value={name} onChange={setName} required member="name" />
      <TextField member="job_title" label="Job title" value={title} onChange={setTitle} />
      <Choice member="time_zone" label="Time zone" value={zone} onChange={setZone} options={[...new Set([zone, ...Intl.supportedValuesOf('timeZone')])].map((one) => [one, one] as const)} />
      {roleIsFree ? <Choice member="role" label="Role" value={role} onChange={setRole} options={roles.some(([key]) => key === role) ? roles : [...roles, [role, roleWord(role)] as const]} /> : null}
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
  const [invitation, setInvitation] = useState<Awaited<ReturnType<typeof invite>>>();
  const inviting = useAct(() => invite(user.id), setInvitation);
  useApi([`/users/${user.id}?include[]=contact_methods&include[]=notification_rules`, `/users/${user.id}/readiness`],
    resource('pagerduty_user', user.name, { name: user.name, email: user.email, role: user.role, time_zone: user.time_zone ?? undefined, job_title: user.job_title ?? undefined }, user.id));
  const at = (name: string) => `/console/users/${user.id}${name === 'methods' ? '' : `?tab=${name}`}`;
  return (
    <>
      <Crumbs><a href="/console/users">Users</a></Crumbs>
      <div className="head">
        <div className="person"><Avatar user={user} large /><div className="grow"><h1>{user.name}</h1><span className="dim">{[user.job_title, roleWord(user.role), user.time_zone ? `${clock(now, user.time_zone)} there now (${user.time_zone})` : ''].filter(Boolean).join(' · ')}</span></div></div>
        <div className="row">
          {session.capabilities.manage_users && !self ? <Button busy={inviting.isPending} onClick={() => inviting.mutate(undefined)}>Invite</Button> : null}
          {may ? <Button onClick={() => setDialog('edit')}>Change</Button> : null}
          {session.capabilities.manage_users && !self ? <Button look="quiet" onClick={() => setDialog('delete')}>Delete</Button> : null}
        </div>
      </div>
      {inviting.error ? <Failure error={inviting.error} what="Not invited." /> : null}
      <Tabs label="User" tabs={[{ name: 'Contact methods', href: at('methods'), current: tab === 'methods' }, { name: 'Notification rules', href: at('rules'), current: tab === 'rules' }, { name: 'Shifts', href: at('shifts'), current: tab === 'shifts' },
        ...(may ? [{ name: 'Sessions', href: at('sessions'), current: tab === 'sessions' }] : [])]} />
      {tab === 'shifts' ? <Shifts user={user} /> : tab === 'sessions' && may ? <Sessions user={user} self={self} /> : <Verdict user={user} />}
      {tab === 'methods' ? (
        <div className="split mid"><Methods user={user} may={may} />
          <Sect title="Facts"><dl className="facts"><dt>E-mail</dt><dd>{user.email}</dd><dt>Teams</dt><dd>{user.teams.length === 0 ? 'None' : user.teams.map((team, i) => <span key={team.id}>{i > 0 ? ', ' : ''}<RefLink to={team} /></span>)}</dd></dl></Sect></div>
      ) : null}
      {tab === 'rules' ? <div className="split wide"><Rules user={user} urgency="high" may={may} /><div><Rules user={user} urgency="low" may={may} /><HandoffRules user={user} may={may} /></div></div> : null}
      {dialog === 'edit' ? <EditUser user={user} onClose={() => setDialog(null)} /> : null}
      {dialog === 'delete' ? <DeleteUser user={user} onClose={() => setDialog(null)} /> : null}
      {invitation ? <InvitationDialog invitation={invitation} name={user.name} onClose={() => setInvitation(undefined)} /> : null}
    </>
  );
}

export function UserPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const { user: me } = useSession();
  const sees = useRights().may('view') || id === me.id;
  const query = useQuery({ ...reads.user(id), enabled: sees });
  useTitle(query.data?.name ?? 'User');
  if (!sees) return <Denied title="User" what="see other people" />;
  if (query.data) return <Shown key={id} user={query.data} />;
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.error) return <><h1>User</h1><Failure error={query.error} what="The user cannot be shown." retry={() => void query.refetch()} /></>;
  return <Waiting />;
}
