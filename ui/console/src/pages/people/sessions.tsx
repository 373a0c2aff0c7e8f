// Where somebody is signed in, and signing out elsewhere.

import { useQuery } from '@tanstack/react-query';
import { ask } from '../../api/client';
import { reads, useSession } from '../../api/reads';
import type { User, UserSession } from '../../api/types';
import { Button, Failure, Part, Sect, When } from '../../parts/base';
import { useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { browserWords } from './browsers';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';

export function Sessions({ user, self }: { user: User; self: boolean }) {
  const query = useQuery(reads.sessions(user.id));
  const pathOf = (one: UserSession) => `/users/${user.id}/sessions/${one.type}/${one.id}`;
  useApi([`/users/${user.id}/sessions`]);
  const end = useAct((one: UserSession) => ask('DELETE', pathOf(one)), () => tell('Signed out there.'));
  const { id: here } = useSession();
  const others = (query.data ?? []).filter((one) => one.id !== here);
  const elsewhere = useAct(() => Promise.all(others.map((one) => ask('DELETE', pathOf(one)))), () => tell(self ? 'Signed out everywhere else.' : `${user.name} is signed out.`));
  const error = end.error ?? elsewhere.error;
  return (
    <Sect title="Where signed in" aside={query.data ? String(query.data.length) : ''} end={others.length > 0 ? <Button size="sm" look="danger" busy={elsewhere.isPending} onClick={() => elsewhere.mutate(undefined)}>{self ? 'Sign out elsewhere' : 'Sign out everywhere'}</Button> : null}>
      {error ? <Failure error={error} what="Not signed out." /> : null}
      <Part query={query} what="The sessions">
        {(rows) => rows.length === 0 ? <p className="dim">Nowhere.</p> : (
          <ul className="list">
            {rows.map((one) => (
              <li key={one.id}><Icon name={one.type === 'browser' ? 'push' : 'code'} />
                <div className="grow"><b title={one.summary}>{browserWords(one.summary)}</b>{one.id === here ? ', here' : ''}<small>{one.type === 'browser' ? 'Browser' : 'App'}, since <When at={one.created_at} /></small></div>
                <Button size="sm" onClick={() => end.mutate(one)}>Sign out<span className="vh"> {browserWords(one.summary)}</span></Button></li>
            ))}
          </ul>
        )}
      </Part>
    </Sect>
  );
}
