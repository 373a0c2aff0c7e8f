// The services that something is for: each can be left out, others are added.

import { useQuery } from '@tanstack/react-query';
import { reads } from '../../api/reads';
import type { Ref } from '../../api/types';
import { Choice } from '../../parts/forms';
import { Icon } from '../../parts/icons';

export type Picked = Pick<Ref, 'id' | 'summary'>;

export function ServicesField({ chosen, change, member }: { chosen: Picked[]; change: (chosen: Picked[]) => void; member: string }) {
  const all = useQuery(reads.services).data?.rows ?? [];
  const add = (id: string) => {
    const found = all.find((one) => one.id === id);
    if (found) change([...chosen, { id, summary: found.name }]);
  };
  return (
    <div>
      {chosen.map((one) => <span key={one.id} className="pill">{one.summary}<button type="button" className="x" aria-label={`Leave out ${one.summary}`} onClick={() => change(chosen.filter((other) => other !== one))}><Icon name="close" /></button></span>)}
      <Choice label="Add a service" value="" onChange={add} required={chosen.length === 0} member={member} options={[['', 'Choose'], ...all.filter((one) => !chosen.some((other) => other.id === one.id)).map((one) => [one.id, one.name] as const)]} />
    </div>
  );
}
