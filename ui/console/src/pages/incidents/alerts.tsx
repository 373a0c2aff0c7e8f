import { useState } from 'react';
import type { Alert } from '../../api/types';
import { Button, isWebAddress, OutsideLink, When } from '../../parts/base';
import { Icon } from '../../parts/icons';
import { stormFrom } from './storm';

/** The event's members as a list; what is nested stays JSON; addresses of the web are links. */
export function Details({ value }: { value: unknown }) {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object' || Array.isArray(value)) return <p className="said mono">{typeof value === 'string' ? value : JSON.stringify(value)}</p>;
  return (
    <dl className="facts">
      {Object.entries(value).map(([name, member]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{typeof member === 'string' ? isWebAddress(member) ? <OutsideLink href={member}>{member}</OutsideLink> : <span className="said">{member}</span> : <code>{JSON.stringify(member)}</code>}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What every event may say, under its own names. */
export function EventFacts({ alert }: { alert: Alert }) {
  const cef = alert.body?.cef_details;
  return (
    <dl className="facts">
      <dt>Key</dt><dd className="mono">{alert.alert_key}</dd>
      {cef?.source_origin ? <><dt>Source</dt><dd>{cef.source_origin}</dd></> : null}
      {cef?.source_component ? <><dt>Component</dt><dd>{cef.source_component}</dd></> : null}
      {cef?.service_group ? <><dt>Group</dt><dd>{cef.service_group}</dd></> : null}
      {cef?.event_class ? <><dt>Class</dt><dd>{cef.event_class}</dd></> : null}
      {alert.integration ? <><dt>Came through</dt><dd>{alert.integration.summary}</dd></> : null}
      {cef?.client_url ? <><dt>Client</dt><dd><OutsideLink href={cef.client_url}>{cef.client ?? cef.client_url}</OutsideLink></dd></> : null}
    </dl>
  );
}

function AlertRow({ alert }: { alert: Alert }) {
  const over = alert.status === 'resolved';
  return (
    <li>
      <Icon name={over ? 'resolved' : alert.suppressed ? 'suppressed' : 'triggered'} />
      <details className="grow">
        <summary>
          <span className={over ? 'dim' : ''}>{alert.summary}</span> <span className="small dim nowrap">{alert.severity}, {over && alert.resolved_at ? <>resolved <When at={alert.resolved_at} /></> : <When at={alert.created_at} exact />}</span>
        </summary>
        <EventFacts alert={alert} />
        <Details value={alert.body?.details} />
        {(alert.body?.contexts ?? []).filter((one) => one.href).map((one) => <p key={one.href}><OutsideLink href={one.href ?? ''}>{one.text || one.href}</OutsideLink></p>)}
        <p className="small"><a href={`/console/alerts/${alert.id}`}>The alert's own page</a></p>
      </details>
    </li>
  );
}

const shownAtOnceMax = 100;

function GroupRows({ rows }: { rows: Alert[] }) {
  const [all, setAll] = useState(false);
  const rest = rows.length - shownAtOnceMax;
  return (
    <>
      <ul className="list">{(all ? rows : rows.slice(0, shownAtOnceMax)).map((alert) => <AlertRow key={alert.id} alert={alert} />)}</ul>
      {!all && rest > 0 ? <Button size="sm" onClick={() => setAll(true)}>{rest} more</Button> : null}
    </>
  );
}

export function AlertList({ alerts }: { alerts: Alert[] }) {
  if (alerts.length < stormFrom) return <ul className="list">{alerts.map((alert) => <AlertRow key={alert.id} alert={alert} />)}</ul>;
  const groups = grouped(alerts);
  return (
    <ul className="list">
      {[...groups].sort((a, b) => b[1].length - a[1].length).map(([name, rows]) => (
        <li key={name}>
          <details className="grow">
            <summary><b>{rows.length}</b> {name}, {rows.filter((one) => one.status === 'triggered').length} open</summary>
            <GroupRows rows={rows} />
          </details>
        </li>
      ))}
    </ul>
  );
}

function hostAndClass(alert: Alert): string {
  const cef = alert.body?.cef_details;
  return [cef?.source_origin ?? 'no source', cef?.event_class].filter(Boolean).join(', ');
}

function grouped(alerts: Alert[]): Map<string, Alert[]> {
  const groups = new Map<string, Alert[]>();
  for (const alert of alerts) groups.set(hostAndClass(alert), [...(groups.get(hostAndClass(alert)) ?? []), alert]);
  return groups;
}
