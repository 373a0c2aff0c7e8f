import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { ApiError, ask, pathWith } from '../../api/client';
import { useMinute } from '../../api/clock';
import { reads, useSession } from '../../api/reads';
import { useRights } from '../../api/rights';
import { clock } from '../../api/times';
import { refTo, type Team, type User } from '../../api/types';
import { NotFound } from '../../frame';
import { Button, Crumbs, Empty, Failure, KeyField, Part, Sect, Tabs, useTitle, Waiting, When } from '../../parts/base';
import { ActDialog, Choice, Dialog, TextArea, TextField, useAct } from '../../parts/forms';
import { useGrowing } from '../../parts/growing';
import { Icon } from '../../parts/icons';
import { Avatar, Person, RefLink, ServiceChip } from '../../parts/state';
import { AskAdmins, onlyFor } from '../../parts/ask_admins';
import { imports, resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';

function PeopleTabs({ current }: { current: 'users' | 'teams' }) {
  return <Tabs label="People" tabs={[
    { name: 'Users', href: '/console/users', current: current === 'users' }, { name: 'Teams', href: '/console/teams', current: current === 'teams' },
    { name: 'Escalation Policies and Schedules', href: '/console/on-call', current: false }, { name: 'My On-Call Shifts', href: '/console/on-call/mine', current: false },
  ]} />;
}

export const roles = [['admin', 'Administrator'], ['user', 'Manager'], ['limited_user', 'Responder'], ['observer', 'Observer'], ['restricted_access', 'Restricted'], ['read_only_user', 'Stakeholder']] as const;
export const roleWord = (role: string): string => role === 'owner' ? 'Owner' : roles.find(([key]) => key === role)?.[1] ?? role.replaceAll('_', ' ');

interface Invitation {
  url: string;
  expires_at: string;
}
export const invite = (id: string) => ask<{ invitation: Invitation }>('POST', '/console/invitations', { invitation: { user: refTo('user', id) } }).then((answer) => answer.invitation);

export function InvitationDialog({ invitation, name, onClose }: { invitation: Invitation; name: string; onClose: () => void }) {
  return (
    <Dialog title={`Invite ${name}`} onClose={onClose} footer={<Button look="ink" onClick={onClose}>Done</Button>}>
      <p className="dim">At this address they choose a password. It counts until <When at={invitation.expires_at} />; whoever has it can choose it, so send it to them alone.</p>
      <KeyField once label="Invitation" value={invitation.url} />
    </Dialog>
  );
}

function AddUser({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState('limited_user');
  const [made, setMade] = useState<Invitation>();
  const act = useAct(async () => {
    const { user } = await ask<{ user: User }>('POST', '/users', { user: { type: 'user', name: name.trim(), email: email.trim(), role } });
    return invite(user.id);
  }, setMade);
  if (made) return <InvitationDialog invitation={made} name={name} onClose={onClose} />;
  return (
    <ActDialog title="Add a user" act="Add" busy={act.isPending} error={act.error} failed="Not added." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} required autoFocus member="name" />
      <TextField label="E-mail" type="email" value={email} onChange={setEmail} required member="email" />
      <Choice member="role" label="Role" value={role} onChange={setRole} options={roles} />
    </ActDialog>
  );
}

function UserTable({ users, list, onCall }: { users: User[]; list: string; onCall: (id: string) => string }) {
  const now = useMinute();
  const { drawn, rest } = useGrowing(users, list);
  return (
    <>
      <div className="tablewrap"><table className="cards">
        <thead><tr><th>Name</th><th>Role</th><th>On call now</th><th>Their time</th><th>Teams</th></tr></thead>
        <tbody>
          {drawn.map((user) => (
            <tr key={user.id}>
              <td><div className="row tight"><Avatar user={user} /><div><b><a href={`/console/users/${user.id}`}>{user.name}</a></b><span className="meta">{user.email}</span></div></div></td>
              <td>{roleWord(user.role)}</td>
              <td data-l="on call">{onCall(user.id)}</td>
              <td data-l="their time">{user.time_zone ? <>{clock(now, user.time_zone)} <span className="meta hide-s">{user.time_zone}</span></> : 'not known'}</td>
              <td>{user.teams.map((team, i) => <span key={team.id}>{i > 0 ? ', ' : ''}<RefLink to={team} /></span>)}</td>
            </tr>
          ))}
        </tbody>
      </table></div>
      {rest}
    </>
  );
}

function Users() {
  useTitle('Users');
  const router = useRouter();
  const { query: text = '' } = useSearch({ strict: false }) as { query?: string };
  const known = useQuery(reads.users);
  const searched = useQuery({ ...reads.usersWith(text.trim()), enabled: known.data?.complete === false && text.trim() !== '' });
  const users = searched.isEnabled ? searched : known;
  const onCalls = useQuery(reads.onCalls({}));
  const awake = useMemo(() => new Set(onCalls.data?.rows.map((row) => row.user.id)), [onCalls.data]);
  const { capabilities } = useSession();
  const [adding, setAdding] = useState(false);
  useApi(['/users', '/oncalls'], imports('pagerduty_user', users.data?.rows ?? []));
  return (
    <>
      <div className="head"><h1>Users</h1>{capabilities.manage_users ? <Button look="ink" icon="plus" onClick={() => setAdding(true)}>Add a user</Button> : null}</div>
      <PeopleTabs current="users" />
      {capabilities.manage_users ? null : <AskAdmins what="add users" />}
      <div className="filters"><TextField label="Find" type="search" value={text} onChange={(query) => router.history.replace(pathWith('/console/users', { query }))} /></div>
      <Part query={users} what="The users">
        {({ rows }) => {
          const shown = rows.filter((one) => `${one.name} ${one.email}`.toLowerCase().includes(text.trim().toLowerCase()));
          if (shown.length === 0) return <Empty title="Nobody has these words in name or address." />;
          return <UserTable users={shown} list={text} onCall={(id) => (!onCalls.data ? '' : awake.has(id) ? 'Yes' : onCalls.data.complete ? 'No' : 'not known')} />;
        }}
      </Part>
      {adding ? <AddUser onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function TeamForm({ of, onClose }: { of?: Team; onClose: () => void }) {
  const router = useRouter();
  const [name, setName] = useState(of?.name ?? '');
  const [description, setDescription] = useState(of?.description ?? '');
  const act = useAct(() => ask<{ team: Team }>(of ? 'PUT' : 'POST', of ? `/teams/${of.id}` : '/teams', { team: { type: 'team', name: name.trim(), description } }), ({ team }) => { onClose(); if (!of) router.history.push(`/console/teams/${team.id}`); });
  return (
    <ActDialog title={of ? `Change ${of.name}` : 'New team'} act="Save" busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} required autoFocus member="name" />
      <TextArea member="description" label="Description" value={description} onChange={setDescription} />
    </ActDialog>
  );
}

export function TeamsPage() {
  useTitle('Teams');
  const teams = useQuery({ ...reads.teams, meta: {} });
  const may = useRights().may('manage');
  const [adding, setAdding] = useState(false);
  useApi(['/teams'], imports('pagerduty_team', teams.data?.rows ?? []));
  return (
    <>
      <div className="head"><h1>Teams</h1>{may ? <Button look="ink" icon="plus" onClick={() => setAdding(true)}>New team</Button> : null}</div>
      <PeopleTabs current="teams" />
      <Part query={teams} what="The teams">
        {({ rows }) => rows.length === 0 ? <Empty title="There is no team yet.">A team owns services, policies and schedules.</Empty> : <ul className="list">{rows.map((team) => <li key={team.id}><Icon name="people" /><div className="grow"><b><RefLink to={{ ...team, type: 'team', summary: team.name }} /></b><small>{team.description}</small></div></li>)}</ul>}
      </Part>
      {adding ? <TeamForm onClose={() => setAdding(false)} /> : null}
    </>
  );
}

/** What a member may do with what is the team's. */
const teamRoles = ['observer', 'responder', 'manager'];

function Members({ team }: { team: Team }) {
  const query = useQuery(reads.members(team.id));
  const users = useQuery(reads.users).data?.rows ?? [];
  const may = useRights().may('manage', [team]);
  const add = useAct((user: string) => ask('PUT', `/teams/${team.id}/users/${user}`, { role: 'responder' }), () => tell('Added as responder.'));
  const remove = useAct((user: { id: string; summary: string }) => ask('DELETE', `/teams/${team.id}/users/${user.id}`), (_, user) => tell(`${user.summary} is no member any more.`));
  const change = useAct(({ user, role }: { user: { id: string; summary: string }; role: string }) => ask('PUT', `/teams/${team.id}/users/${user.id}`, { role }), (_, { user, role }) => tell(`${user.summary} is ${role} of ${team.name}.`));
  const error = add.error ?? remove.error ?? change.error;
  return (
    <Sect title="Members" aside={query.data ? String(query.data.rows.length) : ''}>
      {error ? <Failure error={error} what="Not changed." /> : null}
      <Part query={query} what="The members">
        {({ rows }) => (
          <>
            {rows.length === 0 ? <p className="dim">Nobody is in this team.</p> : <ul className="list">{rows.map(({ user, role }) => <li key={user.id}><Person user={user} end={may ? (
              <span className="row tight">
                <select className="in" aria-label={`Role of ${user.summary} in ${team.name}`} value={role} onChange={(event) => change.mutate({ user, role: event.target.value })}>{teamRoles.map((one) => <option key={one}>{one}</option>)}</select>
                <Button size="sm" look="quiet" onClick={() => remove.mutate(user)}>Remove<span className="vh"> {user.summary}</span></Button>
              </span>
            ) : null}>{may ? '' : role}</Person></li>)}</ul>}
            {may ? <div className="filters"><Choice label="Add a person" value="" onChange={(id) => id && add.mutate(id)} options={[['', 'Choose'], ...users.filter((one) => !rows.some((row) => row.user.id === one.id)).map((one) => [one.id, one.name] as const)]} /></div> : null}
          </>
        )}
      </Part>
    </Sect>
  );
}

function DeleteTeam({ team, onClose }: { team: Team; onClose: () => void }) {
  const router = useRouter();
  const act = useAct(() => ask('DELETE', `/teams/${team.id}`), () => { tell(`${team.name} is deleted.`); router.history.replace('/console/teams'); });
  return <ActDialog title={`Delete ${team.name}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}><p>Its services, policies and schedules stay. This cannot be undone.</p></ActDialog>;
}

function ShownTeam({ team }: { team: Team }) {
  const services = useQuery(reads.services);
  const policies = useQuery(reads.policies);
  const schedules = useQuery(reads.schedules);
  const may = useRights().may('manage', [team]);
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  useApi([`/teams/${team.id}`, `/teams/${team.id}/members`], resource('pagerduty_team', team.name, { name: team.name, description: team.description ?? undefined }, team.id));
  const own = (teams: { id: string }[]) => teams.some((one) => one.id === team.id);
  return (
    <>
      <Crumbs><a href="/console/teams">Teams</a></Crumbs>
      <div className="head"><h1>{team.name}</h1>{may ? <div className="row"><Button onClick={() => setDialog('edit')}>Change</Button><Button look="quiet" onClick={() => setDialog('delete')}>Delete</Button></div> : null}</div>
      {team.description ? <p className="dim lead">{team.description}</p> : null}
      <div className="split mid">
        <div>
          <Sect title="Services" end={<a className="small" href={`/console/incidents?team=${team.id}`}>Open incidents</a>}><Part query={services} what="The services">{({ rows }) => { const mine = rows.filter((one) => own(one.teams)); return mine.length === 0 ? <p className="dim">None.</p> : <ul className="list">{mine.map((one) => <li key={one.id}><div className="grow"><RefLink to={{ ...one, type: 'service', summary: one.name }} /></div><ServiceChip status={one.status} /></li>)}</ul>; }}</Part></Sect>
          <Sect title="Escalation policies"><Part query={policies} what="The policies">{({ rows }) => { const mine = rows.filter((one) => own(one.teams)); return mine.length === 0 ? <p className="dim">None.</p> : <ul className="list">{mine.map((one) => <li key={one.id}><RefLink to={one} /></li>)}</ul>; }}</Part></Sect>
          <Sect title="Schedules"><Part query={schedules} what="The schedules">{({ rows }) => { const mine = rows.filter((one) => own(one.teams)); return mine.length === 0 ? <p className="dim">None.</p> : <ul className="list">{mine.map((one) => <li key={one.id}><RefLink to={one} /></li>)}</ul>; }}</Part></Sect>
        </div>
        <Members team={team} />
      </div>
      {dialog === 'edit' ? <TeamForm of={team} onClose={() => setDialog(null)} /> : null}
      {dialog === 'delete' ? <DeleteTeam team={team} onClose={() => setDialog(null)} /> : null}
    </>
  );
}

export function TeamPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.team(id));
  useTitle(query.data?.name ?? 'Team');
  if (query.data) return <ShownTeam key={id} team={query.data} />;
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.error) return <><h1>Team</h1><Failure error={query.error} what="The team cannot be shown." retry={() => void query.refetch()} /></>;
  return <Waiting />;
}

export const UsersPage = onlyFor(({ may }) => may('view'), 'Users', 'see the people of the account', Users);
