// What the reader may do: a button is shown to those who may press it.

import { useSession } from './reads';
import { may, mayRespondTo, maySomewhere, type Need, type Team } from './standing';
import type { Incident } from './types';

export type Rights = ReturnType<typeof useRights>;
export function useRights() {
  const session = useSession();
  return {
    may: (need: Need, teams: readonly Team[] = []) => may(session, need, teams),
    maySomewhere: (need: Need) => maySomewhere(session, need),
    mayRespondTo: (incident: Pick<Incident, 'assignments' | 'teams'>) => mayRespondTo(session, session.user.id, incident),
  };
}
