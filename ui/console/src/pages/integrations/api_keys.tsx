import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { ask, every } from '../../api/client';
import { useSession } from '../../api/reads';
import type { ApiKey } from '../../api/types';
import { Button, Crumbs, Empty, Failure, KeyField, Part, useTitle, When } from '../../parts/base';
import { Code } from '../../parts/code';
import { ActDialog, Check, Dialog, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Chip } from '../../parts/state';
import { AskAdmins } from '../../parts/ask_admins';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { IntegrationTabs } from './tabs';

const change = (key: ApiKey, members: object) => ask('PUT', `/console/api_keys/${key.id}`, { api_key: members });

/** Shown once. Closing asks for a promise that it is stored, because nobody can show it again. */
function ShownOnce({ made, onDone }: { made: ApiKey & { key: string }; onDone: () => void }) {
  const { public_url } = useSession();
  const [stored, setStored] = useState(false);
  return (
    <Dialog title="Copy the key now" onClose={() => stored && onDone()} footer={<Button look="ink" disabled={!stored} onClick={onDone}>Done</Button>}>
      <p className="dim">It is kept only as a fingerprint. Nobody, not even Callboard, can show it again.</p>
      <KeyField once label={`${made.description} (${made.read_only ? 'read-only' : 'full access'})`} value={made.key} />
      <Code label="Try it" text={`curl ${public_url}/abilities -H 'Authorization: Token token=${made.key}'`} />
      <Check label="I have stored it" checked={stored} onChange={setStored} />
    </Dialog>
  );
}

function Create({ onClose }: { onClose: () => void }) {
  const [description, setDescription] = useState('');
  const [readOnly, setReadOnly] = useState(false);
  const [made, setMade] = useState<ApiKey & { key: string }>();
  const act = useAct(() => ask<{ api_key: ApiKey & { key: string } }>('POST', '/console/api_keys', { api_key: { description: description.trim(), read_only: readOnly } }), (answer) => setMade(answer.api_key));
  if (made) return <ShownOnce made={made} onDone={onClose} />;
  return (
    <ActDialog title="Create a New API Key" act="Create Key" busy={act.isPending} error={act.error} failed="The key was not made." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <TextField label="Description" value={description} onChange={setDescription} required maxLength={200} autoFocus member="description" hint="Who will use it, so that others know what breaks when it goes." />
      <Check label="Read-only API Key" checked={readOnly} onChange={setReadOnly} hint="May look at everything and change nothing." />
    </ActDialog>
  );
}

function Rename({ of, onClose }: { of: ApiKey; onClose: () => void }) {
  const [description, setDescription] = useState(of.description);
  const act = useAct(() => change(of, { description: description.trim() }), onClose);
  return (
    <ActDialog title="Change the description" act="Save" busy={act.isPending} error={act.error} failed="Not changed." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <TextField label="Description" value={description} onChange={setDescription} required maxLength={200} member="description" />
    </ActDialog>
  );
}

function Delete({ of, onClose }: { of: ApiKey; onClose: () => void }) {
  const act = useAct(() => ask('DELETE', `/console/api_keys/${of.id}`), () => { tell(`“${of.description}” is deleted.`); onClose(); });
  return (
    <ActDialog title={`Delete “${of.description}”?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p>Whoever uses this key is refused from now on. {of.last_used_at ? <>It was last used <When at={of.last_used_at} relative />.</> : 'It was never used.'} Disabling it can be taken back; this cannot.</p>
    </ActDialog>
  );
}

export function ApiKeysPage({ creating = false }: { creating?: boolean }) {
  useTitle('API Access Keys');
  const router = useRouter();
  const { capabilities } = useSession();
  const query = useQuery({ queryKey: ['/console/api_keys'], queryFn: ({ signal }) => every<ApiKey>('/console/api_keys', 'api_keys', {}, signal), enabled: capabilities.manage_keys });
  const [dialog, setDialog] = useState<{ kind: 'rename' | 'delete'; of: ApiKey } | null>(null);
  const disable = useAct(({ key, disabled }: { key: ApiKey; disabled: boolean }) => change(key, { disabled }), (_, { key, disabled }) =>
    disabled ? tell(`“${key.description}” is disabled.`, async () => { await change(key, { disabled: false }); await query.refetch(); }) : tell(`“${key.description}” works again.`));
  const list = '/console/integrations/api-access-keys';
  useApi(['/console/api_keys']);
  return (
    <>
      <Crumbs>Integrations / Developer tools</Crumbs>
      <div className="head">
        <h1>API Access Keys</h1>
        {capabilities.manage_keys ? <div className="row"><a className="btn ink" href={`${list}/new`}><Icon name="plus" tone="" />Create New API Key</a></div> : null}
      </div>
      <p className="dim lead">For the REST API. Events are sent with a service’s integration key, not with these.</p>
      <IntegrationTabs current="keys" />
      {capabilities.manage_keys ? null : <AskAdmins what="make API keys" />}
      {disable.error ? <Failure error={disable.error} what="Not changed." /> : null}
      {capabilities.manage_keys ? (
        <Part query={query} what="The keys">
          {({ rows }) => rows.length === 0 ? <Empty title="There is no key yet.">Backstage, Terraform and scripts each need one.</Empty> : (
            <div className="tablewrap"><table className="cards">
              <thead><tr><th>Description</th><th>Access</th><th>Ends in</th><th>Created</th><th>Last used</th><th><span className="vh">Acts</span></th></tr></thead>
              <tbody>
                {rows.map((key) => (
                  <tr key={key.id}>
                    <td><b className={key.disabled ? 'dim' : ''}>{key.description}</b>{key.user ? <span className="meta">acts as {key.user.summary}</span> : null}</td>
                    <td>{key.disabled ? <Chip weight="plain" icon="disabled">Disabled</Chip> : key.read_only ? 'Read-only' : 'Full access'}</td>
                    <td data-l="ends in"><code>…{key.truncated_token}</code></td>
                    <td data-l="created"><When at={key.created_at} />{key.created_by ? `, ${key.created_by.summary}` : ''}</td>
                    <td data-l="last used">{key.last_used_at ? <When at={key.last_used_at} relative /> : 'Never'}</td>
                    <td className="acts">
                      <Button size="sm" look="quiet" onClick={() => setDialog({ kind: 'rename', of: key })}>Rename<span className="vh"> {key.description}</span></Button>
                      <Button size="sm" look="quiet" onClick={() => disable.mutate({ key, disabled: !key.disabled })}>{key.disabled ? 'Enable' : 'Disable'}<span className="vh"> {key.description}</span></Button>
                      <Button size="sm" look="quiet" onClick={() => setDialog({ kind: 'delete', of: key })}>Delete<span className="vh"> {key.description}</span></Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table></div>
          )}
        </Part>
      ) : null}
      {creating && capabilities.manage_keys ? <Create onClose={() => router.history.push(list)} /> : null}
      {dialog?.kind === 'rename' ? <Rename of={dialog.of} onClose={() => setDialog(null)} /> : null}
      {dialog?.kind === 'delete' ? <Delete of={dialog.of} onClose={() => setDialog(null)} /> : null}
    </>
  );
}

export const CreateApiKeyPage = () => <ApiKeysPage creating />;
