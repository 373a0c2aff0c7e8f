// The small parts that every page is made of.

import { useEffect, useId, useRef, useState, type ButtonHTMLAttributes, type ReactNode } from 'react';
import { ApiError, type Rows } from '../api/client';
import { useMinute } from '../api/clock';
import { ago, clockWithSeconds, moment, span, utc } from '../api/times';
import { Icon, type IconName } from './icons';

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Callboard`;
  }, [title]);
}

type Look = 'ack' | 'res' | 'trig' | 'ink' | 'quiet' | 'danger' | 'res-line' | '';

/** `busy` keeps the width and says so; a button that is not allowed has its reason beside it, not in it. */
export function Button({ look = '', size = '', busy, icon, children, ...rest }: {
  look?: Look; size?: '' | 'sm' | 'big'; busy?: boolean | undefined; icon?: IconName;
} & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button type="button" {...rest} className={`btn ${look} ${size} ${rest.className ?? ''}`} aria-busy={busy || undefined}
      disabled={rest.disabled || busy}>
      {busy ? <span className="spin" aria-hidden="true" /> : icon ? <Icon name={icon} tone="" /> : null}
      {children}
    </button>
  );
}

/** A time in the reader's zone, the same in UTC on hover and focus. */
export function When({ at, exact, relative }: { at: string; exact?: boolean; relative?: boolean }) {
  const now = useMinute();
  return (
    <time dateTime={at} title={utc(at)}>
      {relative ? ago(at, now) : moment(at, now, exact)}
    </time>
  );
}

export function Age({ at }: { at: string }) {
  const now = useMinute();
  const seconds = (now + 30_000 - Date.parse(at)) / 1000;
  return <time className="age" dateTime={at} title={utc(at)}>{seconds < 60 ? 'just now' : span(seconds)}</time>;
}

export function Sect({ title, aside, end, children, id }: { title: string; aside?: ReactNode; end?: ReactNode; children: ReactNode; id?: string }) {
  const own = useId();
  return (
    <section className="sect" aria-labelledby={id ?? own}>
      <header>
        <h2 id={id ?? own}>{title}</h2>
        {aside === undefined ? null : <span className="dim small">{aside}</span>}
        {end ? <span className="end row">{end}</span> : null}
      </header>
      <div className="body">{children}</div>
    </section>
  );
}

export function Note({ kind = '', children, live }: { kind?: '' | 'bad' | 'warn' | 'good'; children: ReactNode; live?: boolean }) {
  const icon: IconName = kind === 'bad' ? 'triggered' : kind === 'warn' ? 'weak' : kind === 'good' ? 'resolved' : 'info';
  return (
    <div className={`note ${kind}`} role={live ? (kind === 'bad' ? 'alert' : 'status') : undefined}>
      <Icon name={icon} />
      <div className="grow">{children}</div>
    </div>
  );
}

export function Empty({ title, children, act }: { title: string; children?: ReactNode; act?: ReactNode }) {
  return (
    <div className="empty">
      <p><b>{title}</b></p>
      {children ? <p className="dim">{children}</p> : null}
      {act ? <p>{act}</p> : null}
    </div>
  );
}

export const Waiting = ({ what = 'Reading' }: { what?: string }) => (
  <p className="dim waiting" aria-busy="true">{what} …</p>
);

/** What did not happen, what to do about it, and the number to name when asking for help. */
export function Failure({ error, what, retry }: { error: unknown; what: string; retry?: (() => void) | undefined }) {
  const api = error instanceof ApiError ? error : null;
  const [left, setLeft] = useState(api?.retryAfterSeconds ?? 0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => {
      if (left === 1) retry?.();
      setLeft(left - 1);
    }, 1000);
    return () => clearTimeout(timer);
  }, [left, retry]);
  return (
    <div className="note bad" role="alert">
      <Icon name="triggered" />
      <div className="grow">
        <b>{what}</b> {api ? api.message : 'Something in this page went wrong.'}
        {api && api.errors.length > 0 ? <ul className="plainlist">{api.errors.map((one) => <li key={one}>{one}</li>)}</ul> : null}
        {left > 0 ? <p className="small">{retry ? 'Asking again' : 'Try again'} in {left > 120 ? `${Math.ceil(left / 60)} min` : `${left} s`}.</p> : null}
        {api && (api.code || api.requestId) ? (
          <p className="small mono dim">{api.status} {api.code || ''} {api.requestId ?? ''}</p>
        ) : null}
      </div>
      {retry ? <Button size="sm" onClick={retry}>Try again</Button> : null}
    </div>
  );
}

const isCut = (data: unknown): data is Rows<unknown> => typeof data === 'object' && data !== null && (data as Partial<Rows<unknown>>).complete === false;

/** A list that was cut off says so. */
export const Cut = ({ of }: { of: unknown }) => (isCut(of) ? <p className="small dim lead">These are the first {of.rows.length}{of.total === undefined ? '' : ` of ${of.total}`}.</p> : null);

/** A part of a page that reads something: its own waiting, its own failure, never the page's. `saysCut`: the children say themselves
    what of a list they show. */
export function Part<T>({ query, what, saysCut, children }: {
  query: { data: T | undefined; error: unknown; refetch: () => unknown; isPending: boolean; dataUpdatedAt: number };
  what: string;
  saysCut?: boolean;
  children: (data: T) => ReactNode;
}) {
  const retry = () => void query.refetch();
  if (query.data === undefined)
    return query.error ? <Failure error={query.error} what={`${what} cannot be shown.`} retry={retry} /> : <Waiting />;
  return (
    <>
      {query.error ? (
        <Note kind="warn">
          {what} could not be read again. This is what we knew at {clockWithSeconds(query.dataUpdatedAt)}.{' '}
          <button type="button" className="linkish" onClick={retry}>Try again</button>
        </Note>
      ) : null}
      {children(query.data)}
      {saysCut ? null : <Cut of={query.data} />}
    </>
  );
}

export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [done, setDone] = useState<'' | 'Copied' | 'Not copied'>('');
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(''), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () => {
    writeClipboard(text).then(() => setDone('Copied'), () => setDone('Not copied'));
  };
  return (
    <button type="button" onClick={copy} className="copy">
      <span aria-live="polite">{done || label}</span>
    </button>
  );
}

/** The clipboard's API exists only on https and localhost; consoles in a plain network get the old way. */
async function writeClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (!copied) throw new Error('not copied');
}

export const mask = (key: string): string => (key.length < 12 ? '•'.repeat(key.length) : `${key.slice(0, 4)}${'•'.repeat(8)}${key.slice(-4)}`);

/** `secret`: masked in the middle until shown. `once`: it will never be shown again. */
export function KeyField({ label, value, secret, once, hint }: { label: string; value: string; secret?: boolean; once?: boolean; hint?: ReactNode }) {
  const [shown, setShown] = useState(!secret || once);
  const id = useId();
  return (
    <div className="field" role="group" aria-labelledby={id}>
      <span className="lbl" id={id}>{label}</span>
      <div className={`key ${once ? 'once' : ''}`}>
        <code>{shown ? value : mask(value)}</code>
        {secret && !once ? <button type="button" onClick={() => setShown(!shown)}>{shown ? 'Hide' : 'Show'}</button> : null}
        <CopyButton text={value} />
      </div>
      {hint ? <span className="hint">{hint}</span> : null}
    </div>
  );
}

export function Tabs({ label, tabs }: { label: string; tabs: { name: string; href: string; current: boolean; count?: number | string | undefined }[] }) {
  const ref = useRef<HTMLElement>(null);
  const current = tabs.find((tab) => tab.current)?.name;
  // Where not all fit beside each other, the one that is open is seen.
  useEffect(() => {
    const bar = ref.current;
    if (!bar) return;
    // At once, and again when its width changes: it may not be shown yet.
    const observer = new ResizeObserver(() => {
      const tab = bar.querySelector<HTMLElement>('[aria-current]');
      if (tab) bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
    });
    observer.observe(bar);
    return () => observer.disconnect();
  }, [current]);
  return (
    <nav className="tabs" aria-label={label} ref={ref}>
      {tabs.map((tab) => (
        <a key={tab.name} href={tab.href} aria-current={tab.current ? 'page' : undefined}>
          {tab.name}{tab.count === undefined ? null : <> <span className="n">{tab.count}</span></>}
        </a>
      ))}
    </nav>
  );
}

export function Rail({ children }: { children: ReactNode }) {
  return <ol className="rail">{children}</ol>;
}
export function RailEntry({ time, icon, tone, children, reason }: { time: ReactNode; icon: IconName; tone?: string; children: ReactNode; reason?: ReactNode }) {
  return (
    <li>
      {time}
      <span className="mk"><Icon name={icon} {...(tone === undefined ? {} : { tone })} /></span>
      <div className="tx">{children}{reason ? <small>{reason}</small> : null}</div>
    </li>
  );
}

/** An address that others chose leads somewhere only when it is one of the web. */
export function OutsideLink({ href, children }: { href: string; children: ReactNode }) {
  return isWebAddress(href) ? <a href={href} rel="noreferrer noopener" target="_blank">{children}</a> : <span className="mono">{href}</span>;
}
export function isWebAddress(href: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(href).protocol);
  } catch {
    return false;
  }
}

export function Crumbs({ children }: { children: ReactNode }) {
  return <p className="crumbs">{children}</p>;
}
