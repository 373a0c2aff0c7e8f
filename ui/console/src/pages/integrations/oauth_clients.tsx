// OAuth clients: with what access tokens are asked for, for receivers of webhooks that want one.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import type { OAuthClient, WebhookSubscription } from '../../api/types';
import { AskAdmins } from '../../parts/ask_admins';
import { Button, Empty, Part, Sect } from '../../parts/base';
import { ActDialog, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Chip } from '../../parts/state';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { clientDraftOf, clientMembersOf, nameOf, type ClientDraft } from './webhook_form';

const path = '/webhook_subscriptions/oauth_clients';

function ClientForm({ of, onClose }: { of?: OAuthClient | undefined; onClose: () => void }) {
  const [draft, setDraft] = useState<ClientDraft>(() => clientDraftOf(of));
  const set = (change: Partial<ClientDraft>) => setDraft({ ...draft, ...change });
  const act = useAct(() => ask<{ oauth_client: OAuthClient }>(of ? 'PUT' : 'POST', of ? `${path}/${of.id}` : path, { oauth_client: clientMembersOf(draft, of) }),
    ({ oauth_client: client }) => { tell(of ? 'Saved; a token was given.' : `A token was given: webhooks can name ${client.name}.`); onClose(); });
  return (
    <ActDialog title={of ? `Change ${of.name}` : 'New OAuth client'} act={of ? 'Save' : 'Add it'} busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p className="dim">It is kept once the token URL has given it a token.</p>
      <TextField label="Name" value={draft.name} onChange={(name) => set({ name })} required maxLength={255} autoFocus member="name" hint="What webhooks choose it by." />
      <TextField label="Token URL" type="url" value={draft.tokenUrl} onChange={(tokenUrl) => set({ tokenUrl })} required maxLength={255} member="token_url" placeholder="https://…" hint="Where tokens are asked for, by client credentials." />
      <TextField label="Client ID" value={draft.clientId} onChange={(clientId) => set({ clientId })} required maxLength={255} member="client_id" autoComplete="off" />
      <TextField label="Client Secret" type="password" value={draft.secret} onChange={(secret) => set({ secret })} required={!of} maxLength={255} member="client_secret" autoComplete="new-password"
        hint={of ? 'Empty: it stays the one that is kept. It is shown nowhere.' : 'It goes to the token URL only, and is shown nowhere.'} />
      <TextField label="Scope (optional)" value={draft.scope} onChange={(scope) => set({ scope })} maxLength={255} member="scope" />
    </ActDialog>
  );
}

function Delete({ of, users, onClose }: { of: OAuthClient; users: WebhookSubscription[]; onClose: () => void }) {
  const act = useAct(() => ask('DELETE', `${path}/${of.id}`), () => { tell(`${of.name} is deleted.`); onClose(); });
  return (
    <ActDialog title={`Delete ${of.name}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p>{users.length === 0 ? 'No webhook uses it.' : `Without a token from then on: ${users.map(nameOf).join(', ')}.`} This cannot be undone.</p>
    </ActDialog>
  );
}

function Row({ one, users, onEdit, onDelete }: { one: OAuthClient; users: WebhookSubscription[]; onEdit: () => void; onDelete: () => void }) {
  const which = <span className="vh"> {one.name}</span>;
  return (
    <li className="wrap">
      <Icon name="code" />
      <div className="grow"><b>{one.name}</b> {one.status === 'error' ? <Chip weight="plain" icon="disabled">No token</Chip> : null}
        <small>{new URL(one.token_url).host}{one.scope ? `, scope ${one.scope}` : ''}; {users.length === 0 ? 'no webhook uses it' : `for ${users.map(nameOf).join(', ')}`}</small>
        {one.error ? <small className="c-trig">Nothing is sent where it is needed: {one.error}</small> : null}</div>
      <span className="row tight wrap">
        <Button size="sm" onClick={onEdit}>Change{which}</Button>
        <Button size="sm" look="quiet" onClick={onDelete}>Delete{which}</Button>
      </span>
    </li>
  );
}

export function OAuthClients() {
  const may = useRights().may('admin');
  const query = useQuery({ ...reads.oauthClients, enabled: may });
  const webhooks = useQuery({ ...reads.webhooks, enabled: may }).data?.rows ?? [];
  const usersOf = (client: OAuthClient) => webhooks.filter((one) => one.oauth_client?.id === client.id);
  const [open, setOpen] = useState<{ kind: 'form'; of?: OAuthClient } | { kind: 'delete'; of: OAuthClient } | null>(null);
  const close = () => setOpen(null);
  useApi(may ? [path] : []);
  return (
    <Sect title="OAuth clients" aside="For receivers that take a webhook only with an access token." end={may ? <Button onClick={() => setOpen({ kind: 'form' })}>New OAuth client</Button> : null}>
      {may ? (
        <Part query={query} what="The OAuth clients">
          {(clients) => clients.length === 0 ? <Empty title="Webhooks go out without a token.">They are signed in any case. A client is needed where the receiver’s gateway asks for a token first.</Empty> : (
            <ul className="list">{clients.map((one) => <Row key={one.id} one={one} users={usersOf(one)} onEdit={() => setOpen({ kind: 'form', of: one })} onDelete={() => setOpen({ kind: 'delete', of: one })} />)}</ul>
          )}
        </Part>
      ) : <AskAdmins what="see or change OAuth clients" />}
      {open?.kind === 'form' ? <ClientForm of={open.of} onClose={close} /> : null}
      {open?.kind === 'delete' ? <Delete of={open.of} users={usersOf(open.of)} onClose={close} /> : null}
    </Sect>
  );
}
