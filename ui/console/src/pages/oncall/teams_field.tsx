// Whose a policy or a schedule is: the managers of its teams may change it. Whoever may manage what is their teams' only
// has to name one of those.

import { useQuery } from '@tanstack/react-query';
import { reads, useSession } from '../../api/reads';
import { useRights } from '../../api/rights';
import type { Ref } from '../../api/types';
import { Choice } from '../../parts/forms';
import { Icon } from '../../parts/icons';

export type TeamOf = Pick<Ref, 'id' | 'summary'>;

/** Of somebody who manages one team, what they make is that team's. */
export function useOwnTeams(): TeamOf[] {
  const { team_roles: roles, user } = useSession();
  const managed = roles.filter((one) => one.role === 'manager');
  const [only] = managed;
  return only && managed.length === 1 ? [{ id: only.team, summary: user.teams.find((team) => team.id === only.team)?.summary ?? only.team }] : [];
}

export function TeamsField({ chosen, change, most }: { chosen: TeamOf[]; change: (teams: TeamOf[]) => void; most?: 1 }) {
  const { may } = useRights();
  const all = useQuery(reads.teams).data?.rows ?? [];
  const everywhere = may('manage');
  const left = all.filter((team) => may('manage', [team]) && !chosen.some((one) => one.id === team.id));
  const full = most !== undefined && chosen.length >= most;
  return (
    <div className="stack">
      <span className="lbl">{most === 1 ? 'Team' : 'Teams'}</span>
      {chosen.map((one) => (
        <span key={one.id} className="pill"><Icon name="people" />{one.summary}
          <button type="button" className="x" aria-label={`Not of ${one.summary}`} onClick={() => change(chosen.filter((other) => other.id !== one.id))}><Icon name="close" /></button></span>
      ))}
      {chosen.length === 0 && everywhere ? <p className="dim small">None: it is everybody’s.</p> : null}
      {full || (left.length === 0 && chosen.length > 0) ? null : (
        <Choice label="Add a team" member="teams" value="" required={!everywhere && chosen.length === 0} onChange={(id) => { const team = left.find((one) => one.id === id); if (team) change([...chosen, { id, summary: team.summary }]); }}
          options={[['', 'Choose'], ...left.map((one) => [one.id, one.summary] as const)]} hint={everywhere ? 'Its managers may change this too.' : 'You manage what is your teams’.'} />
      )}
    </div>
  );
}
