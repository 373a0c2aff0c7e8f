// This page, or the last act, as it is done without the console. Opens beside; the key is $KEY. Lazy: it comes when it is opened.

import { useEffect, useRef, useState } from 'react';
import { lastActOf, type Asked } from '../api/client';
import { useSession } from '../api/reads';
import { Button } from './base';
import { Code } from './code';
import { useTwin } from './twin';

/** In single quotes for a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** What somebody typed to be kept from others does not stand there for whoever looks over their shoulder. */
const withoutSecrets = (name: string, value: unknown): unknown => (name === 'client_secret' ? 'SECRET' : value);

export function curlOf(asked: Asked, base: string, from: string): string {
  const lines = [`curl -g ${asked.method === 'GET' ? '' : `-X ${asked.method} `}${quoted(base + asked.path)}`, `-H "Authorization: Token token=$KEY"`];
  if (asked.method !== 'GET') lines.push(`-H ${quoted(`From: ${from}`)}`);
  if (asked.body !== undefined) lines.push(`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(asked.body, withoutSecrets))}`);
  return lines.join(' \\\n  ');
}

/** What one of several requests is about: "Read incidents, alerts" of an incident's alerts. */
export const nameOf = ({ method, path }: Asked): string =>
  `${method === 'GET' ? 'Read' : method} ${(path.split('?')[0] ?? '').split('/').filter((part) => part && !/^[A-Z0-9]{14}$/.test(part)).join(', ').replaceAll('_', ' ')}`;

export function ApiDrawer({ onClose }: { onClose: () => void }) {
  const { public_url, user } = useSession();
  const { reads, terraform } = useTwin();
  const [act] = useState(lastActOf());
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <aside className="drawer" aria-label="The same by API" onKeyDown={(event) => { if (event.key === 'Escape') { event.stopPropagation(); onClose(); } }}>
      <header className="row"><h2 className="grow" tabIndex={-1} ref={heading}>By API</h2><Button size="sm" look="quiet" onClick={onClose}>Close</Button></header>
      <p className="small dim">Put an API access key into <code>KEY</code>.</p>
      {reads.map((read) => <Code key={read.method + read.path} label={nameOf(read)} text={curlOf(read, public_url, user.email)} />)}
      {act ? <Code label="The last act here" text={curlOf(act, public_url, user.email)} /> : null}
      {terraform ? <Code label="Terraform" text={terraform} /> : <p className="small dim">Terraform keeps what stays; it has nothing for this page.</p>}
    </aside>
  );
}
