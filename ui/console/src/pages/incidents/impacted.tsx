// Business services that an incident impacts, by what they stand on, and what people say of it by hand.

import { useQuery } from '@tanstack/react-query';
import { ask } from '../../api/client';
import { reads } from '../../api/reads';
import type { Incident } from '../../api/types';
import { Button, Failure, Part, Sect } from '../../parts/base';
import { Choice, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { RefLink } from '../../parts/state';
import { tell } from '../../parts/toasts';

export function Impacted({ incident, may }: { incident: Incident; may: boolean }) {
  const query = useQuery(reads.impactOf(incident.id));
  const all = useQuery(reads.businessServices).data?.rows ?? [];
  const say = useAct(({ id, relation }: { id: string; relation: 'impacted' | 'not_impacted' }) => ask('PUT', `/incidents/${incident.id}/business_services/${id}/impacts`, { relation }),
    (_, { id, relation }) => tell(`${all.find((one) => one.id === id)?.name ?? 'It'} is ${relation === 'impacted' ? 'marked as impacted' : 'not impacted'}.`));
  if (all.length === 0 || incident.status === 'resolved') return null;
  return (
    <Sect title="Business impact">
      {say.error ? <Failure error={say.error} what="Not changed." /> : null}
      <Part query={query} what="The impact">
        {(rows) => (
          <>
            {rows.length === 0 ? <p className="dim">{incident.priority ? 'No business service stands on this.' : 'Without a priority it counts only for what is named here by hand.'}</p> : (
              <ul className="list">{rows.map((one) => <li key={one.id}><Icon name="weak" tone="trig" /><span className="grow"><RefLink to={{ id: one.id, type: 'business_service', summary: one.name }} /></span>{may ? <Button size="sm" look="quiet" onClick={() => say.mutate({ id: one.id, relation: 'not_impacted' })}>Not impacted<span className="vh"> {one.name}</span></Button> : null}</li>)}</ul>
            )}
            {may ? <div className="filters"><Choice label="Also impacted" value="" onChange={(id) => id && say.mutate({ id, relation: 'impacted' })} options={[['', 'Choose'], ...all.filter((one) => !rows.some((row) => row.id === one.id)).map((one) => [one.id, one.name] as const)]} /></div> : null}
          </>
        )}
      </Part>
    </Sect>
  );
}
