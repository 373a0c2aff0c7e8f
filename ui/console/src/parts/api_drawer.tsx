// This view, or the last act, as it is done without the console. Opens beside; the key is $KEY.

import { useState } from 'react';
import { lastActOf, type Asked } from '../api/client';
import { useSession } from '../api/reads';
import { Button, CopyButton } from './base';

/** In single quotes for a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export function curlOf(asked: Asked, base: string, from: string): string {
  const lines = [`curl -g ${asked.method === 'GET' ? '' : `-X ${asked.method} `}${quoted(base + asked.path)}`, `-H "Authorization: Token token=$KEY"`];
  if (asked.method !== 'GET') lines.push(`-H ${quoted(`From: ${from}`)}`);
  if (asked.body !== undefined) lines.push(`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(asked.body))}`);
  return lines.join(' \\\n  ');
}

export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className="codebox">
      <div className="row small"><b className="grow">{label}</b><CopyButton text={text} /></div>
      <pre className="code" tabIndex={0}>{text}</pre>
    </div>
  );
}

export function ApiDrawer({ reads, terraform, onClose }: { reads: Asked[]; terraform?: string; onClose: () => void }) {
  const { public_url, user } = useSession();
  const [act] = useState(lastActOf());
  return (
    <aside className="drawer" aria-label="The same by API">
      <header className="row"><h2 className="grow">By API</h2><Button size="sm" look="quiet" onClick={onClose}>Close</Button></header>
      <p className="small dim">Put an API access key into <code>KEY</code>.</p>
      {reads.map((read) => <Code key={read.path} label="This view" text={curlOf(read, public_url, user.email)} />)}
      {act ? <Code label="The last act here" text={curlOf(act, public_url, user.email)} /> : null}
      {terraform ? <Code label="Terraform" text={terraform} /> : null}
    </aside>
  );
}
