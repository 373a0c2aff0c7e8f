import { useApi } from '@backstage/core-plugin-api';
import { SearchField } from '@backstage/ui';
import { useEffect, useState } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { Assignees, Named } from '../api/types.js';

/** What there is to choose from, looked up a moment after the last key. */
export function useAssignees(query: string, account: string | undefined) {
  const api = useApi(pagerDutyApiRef);
  const [found, setFound] = useState<{ assignees?: Assignees; error?: Error }>({});
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(
      () => {
        api.getAssignees(query, account, controller.signal).then(
          assignees => setFound({ assignees }),
          (error: Error) => {
            if (!controller.signal.aborted) setFound(before => ({ ...before, error }));
          },
        );
      },
      query ? 250 : 0,
    );
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [api, query, account]);
  return found;
}

/** Some people, chosen from those that a search finds. */
export function PeoplePicker(props: {
  label: string;
  account: string | undefined;
  chosen: Named[];
  onChange: (people: Named[]) => void;
}) {
  const { label, account, chosen, onChange } = props;
  const [query, setQuery] = useState('');
  const { assignees, error } = useAssignees(query, account);
  const isChosen = (person: Named) => chosen.some(one => one.id === person.id);
  const others = (assignees?.users ?? []).filter(person => !isChosen(person));
  const toggle = (person: Named) =>
    onChange(isChosen(person) ? chosen.filter(one => one.id !== person.id) : [...chosen, person]);
  return (
    <div>
      <SearchField label={label} placeholder="Part of a name or address" size="small" value={query} onChange={setQuery} />
      {error && <p className="cbp-dim">{error.message}</p>}
      {assignees?.problems.users && <p className="cbp-dim">People cannot be listed: {assignees.problems.users}</p>}
      <ul className="cbp-picks" style={{ maxHeight: 190, marginTop: 6 }} aria-label={label}>
        {[...chosen, ...others].map(person => (
          <li key={person.id}>
            <label>
              <input type="checkbox" checked={isChosen(person)} onChange={() => toggle(person)} />
              {person.name}
            </label>
          </li>
        ))}
      </ul>
      {assignees && !assignees.problems.users && others.length === 0 && chosen.length === 0 && <p className="cbp-dim">Nobody is called that.</p>}
    </div>
  );
}
