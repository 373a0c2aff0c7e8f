import { expect, test } from 'vitest';
import { may, mayRespondTo, maySomewhere } from './standing';

const team = { id: 'T1' };
const other = { id: 'T2' };
const standing = (role: string, ...roles: ('observer' | 'responder' | 'manager')[]) => ({ role, team_roles: roles.map((one) => ({ team: team.id, role: one })) });

test('a role on a team counts on what is the team’s, and nowhere else', () => {
  expect(may(standing('observer', 'manager'), 'manage', [team])).toBe(true);
  expect(may(standing('observer', 'manager'), 'respond', [other])).toBe(false);
  expect(may(standing('observer', 'manager'), 'manage')).toBe(false);
  expect(maySomewhere(standing('observer', 'manager'), 'manage')).toBe(true);
});

test('it lowers as well as raises, and of several the highest counts', () => {
  expect(may(standing('user', 'observer'), 'respond', [team])).toBe(false);
  expect(may(standing('user', 'observer'), 'manage', [other])).toBe(true);
  expect(may({ role: 'user', team_roles: [{ team: 'T1', role: 'observer' }, { team: 'T2', role: 'responder' }] }, 'respond', [team, other])).toBe(true);
});

test('administrators and stakeholders stay what they are', () => {
  expect(may(standing('admin', 'observer'), 'admin', [team])).toBe(true);
  expect(may(standing('read_only_user', 'manager'), 'respond', [team])).toBe(false);
  expect(maySomewhere(standing('read_only_limited_user', 'manager'), 'view')).toBe(false);
});

test('whoever has an incident responds to it, but for those who only look on', () => {
  const incident = { teams: [], assignments: [{ at: '', assignee: { id: 'ME', type: 'user_reference', summary: 'Me' } }] };
  expect(mayRespondTo(standing('restricted_access'), 'ME', incident)).toBe(true);
  expect(mayRespondTo(standing('observer'), 'SOMEBODY', incident)).toBe(false);
  expect(mayRespondTo(standing('read_only_user'), 'ME', incident)).toBe(false);
});
