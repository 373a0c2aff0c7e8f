// What a role lets somebody do with what, as the server will judge it (src/domain/access/access.cpp).

import type { Incident, Session } from './types';

const levels = ['anyone', 'view', 'respond', 'manage', 'admin'] as const;
export type Need = (typeof levels)[number];

const ofRole: Record<string, Need> = {
  owner: 'admin', admin: 'admin', user: 'manage', limited_user: 'respond', observer: 'view', read_only_user: 'view', restricted_access: 'anyone', read_only_limited_user: 'anyone',
};
const ofTeamRole: Record<Session['team_roles'][number]['role'], Need> = { observer: 'view', responder: 'respond', manager: 'manage' };

/** The others have the same rights everywhere, whatever a team gives them. */
const flexible = ['user', 'limited_user', 'observer', 'restricted_access'];

export type Standing = Pick<Session, 'role' | 'team_roles'>;
export interface Team {
  id: string;
}

const reaches = (has: Need, need: Need): boolean => levels.indexOf(need) <= levels.indexOf(has);
const isFlexible = (standing: Standing): boolean => flexible.includes(standing.role);

/** With what belongs to these teams; to none: with what is everybody's. */
export function may(standing: Standing, need: Need, teams: readonly Team[] = []): boolean {
  const base = ofRole[standing.role] ?? 'anyone';
  const own = standing.team_roles.filter((one) => teams.some((team) => team.id === one.team)).map((one) => ofTeamRole[one.role]);
  return own.length > 0 && isFlexible(standing) ? own.some((has) => reaches(has, need)) : reaches(base, need);
}

export const sameStanding = (one: Standing, other: Standing): boolean =>
  one.role === other.role && JSON.stringify(one.team_roles) === JSON.stringify(other.team_roles);

/** Whatever there is is some team's, and they are in none: every list is empty. */
export const seesNothing = (standing: Standing): boolean => !may(standing, 'view') && standing.team_roles.length === 0;

/** With something there may be. */
export const maySomewhere = (standing: Standing, need: Need): boolean =>
  may(standing, need) || (isFlexible(standing) && standing.team_roles.some((one) => reaches(ofTeamRole[one.role], need)));

/** Whoever has it responds to it, whatever their role. */
export const mayRespondTo = (standing: Standing, me: string, incident: Pick<Incident, 'assignments' | 'teams'>): boolean =>
  may(standing, 'respond', incident.teams) || (isFlexible(standing) && incident.assignments.some((one) => one.assignee.id === me));
