import { useQuery } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { reads } from '../api/reads';
import { useRights, type Rights } from '../api/rights';
import { Note, useTitle } from './base';
import { RefLink } from './state';

/** Whom to ask, for those whose role does not reach. */
export function AskAdmins({ what }: { what: string }) {
  const users = useQuery(reads.users).data?.rows ?? [];
  const admins = users.filter((one) => one.role === 'owner' || one.role === 'admin').slice(0, 5);
  return (
    <Note>
      Your role does not {what}. {admins.length === 0 ? 'Ask the owner of the account.' : <>Ask {admins.map((one, i) => <span key={one.id}>{i === 0 ? '' : i + 1 === admins.length ? ' or ' : ', '}<RefLink to={{ ...one, type: 'user', summary: one.name }} /></span>)}.</>}
    </Note>
  );
}

export function Denied({ title, what }: { title: string; what: string }) {
  useTitle(title);
  return <><h1>{title}</h1><div className="lead"><AskAdmins what={what} /></div></>;
}

/** A page that is a form: whoever could not send it is told so before they fill it in. */
export const onlyFor = (fits: (rights: Rights) => boolean, title: string, what: string, Page: ComponentType) =>
  function Guarded() {
    return fits(useRights()) ? <Page /> : <Denied title={title} what={what} />;
  };
