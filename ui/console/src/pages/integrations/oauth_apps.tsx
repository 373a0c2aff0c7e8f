import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ask, every, get } from '../../api/client';
import { useSession } from '../../api/reads';
import type { OAuthApp } from '../../api/types';
import { Button, Crumbs, Empty, KeyField, Part, useTitle, When } from '../../parts/base';
import { Code } from '../../parts/code';
import { ActDialog, Check, Dialog, Problems, sentencesFor, TextArea, TextField, useAct } from '../../parts/forms';
import { AskAdmins } from '../../parts/ask_admins';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { IntegrationTabs } from './tabs';

type Issued = OAuthApp & { client_secret: string };
const sample = (url: string, app: Issued) =>
  `curl ${url}/oauth/token -d grant_type=client_credentials \\\n  -d client_id=${app.client_id} -d client_secret=${app.client_secret} \\\n  -d 'scope=${app.scopes.join(' ')}'`;

function ShownOnce({ app, onDone }: { app: Issued; onDone: () => void }) {
  const { public_url } = useSession();
  const [stored, setStored] = useState(false);
  return (
    <Dialog title="Copy the secret now" onClose={() => stored && onDone()} footer={<Button look="ink" disabled={!stored} onClick={onDone}>Done</Button>}>
      <p className="dim">It is kept only as a fingerprint. If it is lost, make a new one; the old one ends then.</p>
      <KeyField label="Client ID" value={app.client_id} />
      <KeyField once label="Client Secret" value={app.client_secret} />
      <Code label="Get a token, good for a day" text={sample(public_url, app)} />
      <Check label="I have stored it" checked={stored} onChange={setStored} />
    </Dialog>
  );
}

function Scopes({ chosen, change }: { chosen: ReadonlySet<string>; change: (chosen: ReadonlySet<string>) => void }) {
  const query = useQuery({ queryKey: ['/console/oauth_scopes'], queryFn: ({ signal }) => get<{ oauth_scopes: { name: string; group: string }[] }>('/console/oauth_scopes', {}, signal), meta: { live: false } });
  const [text, setText] = useState('');
  return (
    <Part query={query} what="The scopes">
      {({ oauth_scopes: scopes }) => {
        const groups = [...new Set(scopes.map((scope) => scope.group))];
        const shown = (name: string) => name.includes(text.toLowerCase());
        const toggle = (name: string) => {
          const next = new Set(chosen);
          if (!next.delete(name)) next.add(name);
          change(next);
        };
        return (
          <>
            <TextField label="Find a scope" value={text} onChange={setText} hint={`${chosen.size} of ${scopes.length} chosen. Give an app no more than it needs.`} />
            {groups.filter((group) => scopes.some((scope) => scope.group === group && shown(scope.name))).map((group) => (
              <fieldset key={group}>
                <legend className="lbl">{group}</legend>
                {scopes.filter((scope) => scope.group === group && shown(scope.name)).map((scope) => <Check key={scope.name} label={<code>{scope.name}</code>} checked={chosen.has(scope.name)} onChange={() => toggle(scope.name)} />)}
              </fieldset>
            ))}
          </>
        );
      }}
    </Part>
  );
}

function Register({ of, onClose }: { of?: OAuthApp | undefined; onClose: () => void }) {
  const [step, setStep] = useState<1 | 2>(1);
  const [name, setName] = useState(of?.name ?? '');
  const [description, setDescription] = useState(of?.description ?? '');
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set(of?.scopes));
  const [issued, setIssued] = useState<Issued>();
  const act = useAct(() => {
    const body = { oauth_app: { name: name.trim(), description: description.trim(), scopes: [...scopes] } };
    return of ? ask<{ oauth_app: OAuthApp }>('PUT', `/console/oauth_apps/${of.id}`, body) : ask<{ oauth_app: OAuthApp }>('POST', '/console/oauth_apps', body);
  }, ({ oauth_app: app }) => {
    if (app.client_secret) setIssued(app as Issued);
    else { tell(`“${app.name}” is changed. Tokens with other scopes have ended.`); onClose(); }
  });
  // What was refused is shown where it was said.
  useEffect(() => {
    if (['name', 'description'].some((member) => sentencesFor(act.error, member).length > 0)) setStep(1);
  }, [act.error]);
  if (issued) return <ShownOnce app={issued} onDone={onClose} />;
  return (
    <ActDialog wide title={of ? `Change ${of.name}` : '+ New App'} act={step === 1 ? 'Next' : of ? 'Save' : 'Register App'} busy={act.isPending} error={act.error} failed="Not registered."
      onAct={() => (step === 1 ? setStep(2) : act.mutate(undefined))} onClose={onClose} extra={step === 2 ? <Button onClick={() => setStep(1)}>Back</Button> : undefined}>
      {step === 1 ? (
        <>
          <TextField label="App name" value={name} onChange={setName} required maxLength={100} autoFocus member="name" />
          <TextArea member="description" label="Description (optional)" value={description} onChange={setDescription} />
          <p><b>OAuth 2.0</b><span className="meta">By client credentials: the app gets tokens for itself, no person is asked.</span></p>
        </>
      ) : (
        <><h3>Scoped OAuth</h3><Problems member="scopes" /><Scopes chosen={scopes} change={setScopes} /></>
      )}
    </ActDialog>
  );
}

function Sure({ kind, of, onClose, onIssued }: { kind: 'delete' | 'rotate'; of: OAuthApp; onClose: () => void; onIssued: (app: Issued) => void }) {
  const act = useAct(() => kind === 'delete' ? ask<undefined>('DELETE', `/console/oauth_apps/${of.id}`) : ask<{ oauth_app: Issued }>('POST', `/console/oauth_apps/${of.id}/rotate_secret`, {}), (answer) => {
    if (answer) onIssued(answer.oauth_app);
    else { tell(`“${of.name}” is deleted.`); onClose(); }
  });
  return (
    <ActDialog title={kind === 'delete' ? `Delete “${of.name}”?` : `A new secret for “${of.name}”?`} act={kind === 'delete' ? 'Delete it' : 'Make a new secret'} look="danger" busy={act.isPending}
      error={act.error} failed="Not done." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p>{kind === 'delete' ? 'Its tokens end at once.' : 'The old secret and every token made with it end at once.'} This cannot be undone.</p>
    </ActDialog>
  );
}

export function OAuthAppsPage() {
  useTitle('App Registration');
  const { capabilities } = useSession();
  const query = useQuery({ queryKey: ['/console/oauth_apps'], queryFn: ({ signal }) => every<OAuthApp>('/console/oauth_apps', 'oauth_apps', {}, signal), enabled: capabilities.manage_keys });
  const [dialog, setDialog] = useState<{ kind: 'new' } | { kind: 'edit' | 'delete' | 'rotate'; of: OAuthApp } | null>(null);
  const [issued, setIssued] = useState<Issued>();
  const close = () => setDialog(null);
  useApi(['/console/oauth_apps', '/console/oauth_scopes']);
  return (
    <>
      <Crumbs>Integrations / Developer tools</Crumbs>
      <div className="head">
        <h1>App Registration</h1>
        {capabilities.manage_keys ? <Button look="ink" onClick={() => setDialog({ kind: 'new' })}>+ New App</Button> : null}
      </div>
      <p className="dim lead">Programs with scopes of their own, by OAuth 2.0. The Backstage plugin can use one instead of a key.</p>
      <IntegrationTabs current="apps" />
      {capabilities.manage_keys ? (
        <Part query={query} what="The apps">
          {({ rows }) => rows.length === 0 ? <Empty title="No app is registered.">An app may do only what its scopes say, which an API key cannot promise.</Empty> : (
            <div className="tablewrap"><table className="cards">
              <thead><tr><th>Name</th><th>Client ID</th><th>Scopes</th><th>Created</th><th>Last used</th><th><span className="vh">Acts</span></th></tr></thead>
              <tbody>
                {rows.map((app) => (
                  <tr key={app.id}>
                    <td><b>{app.name}</b>{app.description ? <span className="meta">{app.description}</span> : null}</td>
                    <td><code>{app.client_id}</code></td>
                    <td><details><summary>{app.scopes.length} {app.scopes.length === 1 ? 'scope' : 'scopes'}</summary>{app.scopes.map((scope) => <div key={scope}><code>{scope}</code></div>)}</details></td>
                    <td data-l="created"><When at={app.created_at} /></td>
                    <td data-l="last used">{app.last_used_at ? <When at={app.last_used_at} relative /> : 'Never'}</td>
                    <td className="acts">
                      <Button size="sm" look="quiet" onClick={() => setDialog({ kind: 'edit', of: app })}>Change<span className="vh"> {app.name}</span></Button>
                      <Button size="sm" look="quiet" onClick={() => setDialog({ kind: 'rotate', of: app })}>New secret<span className="vh"> for {app.name}</span></Button>
                      <Button size="sm" look="quiet" onClick={() => setDialog({ kind: 'delete', of: app })}>Delete<span className="vh"> {app.name}</span></Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table></div>
          )}
        </Part>
      ) : <AskAdmins what="register apps" />}
      {dialog?.kind === 'new' ? <Register onClose={close} /> : null}
      {dialog?.kind === 'edit' ? <Register of={dialog.of} onClose={close} /> : null}
      {dialog?.kind === 'delete' || dialog?.kind === 'rotate' ? <Sure kind={dialog.kind} of={dialog.of} onClose={close} onIssued={(app) => { close(); setIssued(app); }} /> : null}
      {issued ? <ShownOnce app={issued} onDone={() => setIssued(undefined)} /> : null}
    </>
  );
}
