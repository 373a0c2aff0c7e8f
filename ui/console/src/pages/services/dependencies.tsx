// What it stands on and what stands on it: a drawing, and the same as two lists.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import { reads } from '../../api/reads';
import type { Relationship } from '../../api/types';
import { Button, Failure, Part, Sect } from '../../parts/base';
import { ActDialog, Choice, useAct } from '../../parts/forms';
import { ServiceChip } from '../../parts/state';

interface End {
  id: string;
  type: string;
  name: string;
}

function Graph({ name, below, above }: { name: string; below: End[]; above: End[] }) {
  const rows = Math.max(below.length, above.length, 1);
  const height = rows * 44 + 8;
  const y = (i: number, of: number) => (height / (of + 1)) * (i + 1);
  const short = (text: string) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);
  const box = (x: number, at: number, text: string, self = false) => (
    <g key={`${x}-${at}`}><rect className={self ? 'self' : ''} x={x} y={at - 16} width="200" height="32" rx="6" /><text x={x + 10} y={at + 5}>{short(text)}</text></g>
  );
  return (
    <svg className="graph" viewBox={`-1 0 762 ${height}`} role="img" aria-label={`${name} depends on ${below.map((one) => one.name).join(', ') || 'nothing'}; ${above.map((one) => one.name).join(', ') || 'nothing'} depends on it. The lists under this say the same.`}>
      {above.map((_, i) => <path key={i} d={`M200 ${y(i, above.length)} C 240 ${y(i, above.length)}, 240 ${height / 2}, 280 ${height / 2}`} />)}
      {below.map((_, i) => <path key={i} d={`M480 ${height / 2} C 520 ${height / 2}, 520 ${y(i, below.length)}, 560 ${y(i, below.length)}`} />)}
      {above.map((one, i) => box(0, y(i, above.length), one.name))}
      {box(280, height / 2, name, true)}
      {below.map((one, i) => box(560, y(i, below.length), one.name))}
    </svg>
  );
}

type Kind = 'technical_service' | 'business_service';

/** A service of either kind. */
export interface Node {
  id: string;
  kind: Kind;
  name: string;
}

const body = (supporting: { id: string; type: string }, dependent: { id: string; type: string }) =>
  ({ relationships: [{ supporting_service: { id: supporting.id, type: supporting.type }, dependent_service: { id: dependent.id, type: dependent.type } }] });

const isBusiness = (end: { type: string }): boolean => end.type.startsWith('business');
export const serviceHref = (end: { id: string; type: string }): string => (isBusiness(end) ? `/console/business-services/${end.id}` : `/console/service-directory/${end.id}`);

function Add({ node, onClose }: { node: Node; onClose: () => void }) {
  const services = useQuery(reads.services).data?.rows ?? [];
  const business = useQuery(reads.businessServices).data?.rows ?? [];
  const [side, setSide] = useState<'below' | 'above'>('below');
  const [which, setWhich] = useState('');
  const others = [...services.map((one) => ({ id: one.id, type: 'technical_service', name: one.name })), ...business.map((one) => ({ id: one.id, type: 'business_service', name: `${one.name} (business service)` }))].filter((one) => one.id !== node.id);
  const self = { id: node.id, type: node.kind };
  const act = useAct(() => {
    const other = others.find((one) => one.id === which);
    return other ? ask('POST', '/service_dependencies/associate', side === 'below' ? body(other, self) : body(self, other)) : Promise.resolve();
  }, onClose);
  return (
    <ActDialog title="Add a dependency" act="Add" busy={act.isPending} error={act.error} failed="Not added." onAct={() => which && act.mutate(undefined)} onClose={onClose}>
      <Choice label="Which way" value={side} onChange={(value) => setSide(value as 'below')} options={[['below', `${node.name} depends on it`], ['above', `It depends on ${node.name}`]]} />
      <Choice member={['relationships', 'supporting_service', 'dependent_service']} label="Service" required value={which} onChange={setWhich} options={[['', 'Choose a service'], ...others.map((one) => [one.id, one.name] as const)]} />
    </ActDialog>
  );
}

export function Dependencies({ node, may }: { node: Node; may: boolean }) {
  const query = useQuery(reads.dependencies(node.id, node.kind));
  const services = useQuery(reads.services);
  const business = useQuery(reads.businessServices);
  const [adding, setAdding] = useState(false);
  const remove = useAct((relation: Relationship) => ask('POST', '/service_dependencies/disassociate', body(relation.supporting_service, relation.dependent_service)));
  const end = ({ id, type }: { id: string; type: string }): End => ({
    id, type, name: services.data?.rows.find((one) => one.id === id)?.name ?? business.data?.rows.find((one) => one.id === id)?.name ?? id,
  });
  return (
    <Sect title="Dependencies" end={may ? <Button size="sm" onClick={() => setAdding(true)}>Add a dependency</Button> : null}>
      {remove.error ? <Failure error={remove.error} what="Not removed." /> : null}
      <Part query={query} what="The dependencies">
        {(relations) => {
          const below = relations.filter((one) => one.dependent_service.id === node.id);
          const above = relations.filter((one) => one.supporting_service.id === node.id);
          const list = (rows: Relationship[], side: 'supporting_service' | 'dependent_service') => (
            <ul className="list">
              {rows.map((one) => {
                const other = end(one[side]);
                const status = services.data?.rows.find((service) => service.id === other.id)?.status;
                return <li key={one.id} className="wrap"><span className="grow"><a href={serviceHref(other)}>{other.name}</a>{isBusiness(other) ? <span className="dim small"> business service</span> : null}</span>{status ? <ServiceChip status={status} /> : null}
                  {may ? <Button size="sm" look="quiet" onClick={() => remove.mutate(one)}>Remove<span className="vh"> {other.name}</span></Button> : null}</li>;
              })}
            </ul>
          );
          if (relations.length === 0) return <p className="dim">Nobody has said what {node.name} stands on, or what stands on it.</p>;
          return (
            <>
              <div className="hide-s"><Graph name={node.name} below={below.map((one) => end(one.supporting_service))} above={above.map((one) => end(one.dependent_service))} /></div>
              <div className="cols">
                <div><h3>Depends on it</h3>{above.length > 0 ? list(above, 'dependent_service') : <p className="dim">Nothing.</p>}</div>
                <div><h3>It depends on</h3>{below.length > 0 ? list(below, 'supporting_service') : <p className="dim">Nothing.</p>}</div>
              </div>
            </>
          );
        }}
      </Part>
      {adding ? <Add node={node} onClose={() => setAdding(false)} /> : null}
    </Sect>
  );
}
