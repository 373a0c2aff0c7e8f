// What is around every page: the bar, the phone's bottom bar, search, the keys, messages.

import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouter, useRouterState, type ErrorComponentProps } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { useMinute } from './api/clock';
import { useLostSince } from './api/connection';
import { reads, useSession } from './api/reads';
import { seesNothing } from './api/standing';
import { moment, span } from './api/times';
import type { Health } from './api/types';
import { logOut } from './log_out';
import { AskAdmins } from './parts/ask_admins';
import { Button, Failure, useTitle, Waiting, When } from './parts/base';
import { DraftGuard } from './parts/draft_guard';
import { Check, Choice, Dialog } from './parts/forms';
import { channelWords, Icon, type IconName } from './parts/icons';
import { allKeys, singleKeysAreOn, switchSingleKeys, useKeys } from './parts/keys';
import { initials } from './parts/state';
import { Toasts } from './parts/toasts';
import { useColorOf } from './api/reads';
import { applyTheme, theme, themes, type Theme } from './theme';

interface Place {
  word: string;
  href: string;
  icon: IconName;
  /** The first word of the addresses that belong here. */
  holds: string[];
  phone: boolean;
}

const places: Place[] = [
  { word: 'Incidents', href: '/console/incidents', icon: 'bell', holds: ['', 'incidents', 'alerts'], phone: true },
  { word: 'Services', href: '/console/service-directory', icon: 'grid', holds: ['service-directory', 'services', 'business-services', 'event-orchestrations', 'custom-fields'], phone: true },
  { word: 'On call', href: '/console/on-call', icon: 'calendar', holds: ['on-call', 'escalation_policies', 'schedules'], phone: true },
  { word: 'People', href: '/console/users', icon: 'people', holds: ['users', 'teams'], phone: true },
  { word: 'Insights', href: '/console/insights', icon: 'change', holds: ['insights'], phone: false },
  { word: 'Integrations', href: '/console/integrations', icon: 'code', holds: ['integrations'], phone: false },
];

function PagerHealth() {
  const { data, error } = useQuery(reads.health);
  const lost = useLostSince() !== null;
  const verdict = error || lost ? 'unknown' : data?.verdict;
  const icon = verdict === 'well' ? 'pulse' : verdict === 'weak' ? 'weak' : 'triggered';
  const tone = verdict === 'well' ? 'res' : verdict === 'weak' ? 'ack' : 'trig';
  if (!verdict) return null;
  const words = verdict === 'unknown' ? 'Pager: not known' : `Pager ${verdict}`;
  return (
    <>
      <button type="button" className="dot" popoverTarget="pager-health" title={lost ? undefined : data?.reasons.join(' ')}>
        <Icon name={icon} tone={tone} /><span className="hide-m">{words}</span><span className="vh only-m">{words}</span>
      </button>
      <div id="pager-health" popover="auto" className="lamps" role="region" aria-label="Health of the pager">
        {data && !lost ? <Lights health={data} /> : <p>The server cannot be asked.</p>}
        <p><a href="/console/health" onClick={() => document.getElementById('pager-health')?.hidePopover()}>All of it</a></p>
      </div>
    </>
  );
}

/** The pager's own state in six lines. */
function Lights({ health }: { health: Health }) {
  const carried = health.providers.filter((one) => one.configured);
  const failing = carried.filter((one) => one.last_failed_at && (!one.last_sent_at || one.last_sent_at < one.last_failed_at));
  const rows: [string, ReactNode][] = [
    ['Last event', health.last_event_at ? <When at={health.last_event_at} relative /> : 'None yet'],
    ['Work that is due waits', span(health.oldest_due_seconds)],
    ['Messages waiting', health.messages_waiting],
    ['Channels', carried.length === 0 ? 'None is configured' : failing.length === 0 ? `${carried.map((one) => channelWords(one.channel)).join(', ')}: well` : `${failing.map((one) => channelWords(one.channel)).join(', ')}: failing`],
    ['Store', String(health.store.engine)],
    ['Version', health.version],
  ];
  return (
    <>
      {health.reasons.map((reason) => <p key={reason}><b>{reason}</b></p>)}
      <ul className="lights">{rows.map(([name, value]) => <li key={name}><span>{name}</span><b>{value}</b></li>)}</ul>
    </>
  );
}

/** In few words on the phone, by its sign alone where there is no room for any. */
function Shift({ on, long, short }: { on?: boolean; long: string; short: string }) {
  return (
    <a href="/console/on-call/mine" className="shift" title={long}>
      <Icon name={on ? 'phone' : 'calendar'} tone="" /><span className="hide-m">{long}</span><span className="vh only-m">{long}</span><span className="only-s" aria-hidden="true">{short}</span>
    </a>
  );
}

function MyShift() {
  const { user } = useSession();
  const now = useMinute();
  const { data } = useQuery(reads.onCalls({ user_ids: [user.id], earliest: true }));
  if (!data) return null;
  const current = data.rows.filter((row) => !row.start || Date.parse(row.start) <= now);
  if (current.length === 0) {
    const next = data.rows.map((row) => row.start).filter((start) => start !== null).sort()[0];
    return <Shift long={next ? `On call ${moment(next, now)}` : 'Not on call'} short={next ? moment(next, now) : 'Not on call'} />;
  }
  const ends = current.map((row) => row.end);
  const until = ends.includes(null) ? null : (ends as string[]).sort().at(-1);
  return <Shift on long={until ? `On call until ${moment(until, now)}` : 'Always on call'} short={until ? `until ${moment(until, now)}` : 'Always'} />;
}

function Me() {
  const { user, version } = useSession();
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<Theme>(theme());
  const [keysOn, setKeysOn] = useState(singleKeysAreOn());
  const colorOf = useColorOf();
  return (
    <>
      <button type="button" className={`me p${colorOf(user.id)}`} onClick={() => setOpen(true)}>
        <span aria-hidden="true">{initials(user.name)}</span><span className="vh">{user.name}, your account</span>
      </button>
      {open ? (
        <Dialog title={user.name} onClose={() => setOpen(false)} footer={<><Button onClick={logOut}>Log out</Button><Button look="ink" onClick={() => setOpen(false)}>Done</Button></>}>
          <p><a href={`/console/users/${user.id}`} onClick={() => setOpen(false)}>Your contact methods and rules</a></p>
          <p><a href="/console/on-call/mine" onClick={() => setOpen(false)}>My On-Call Shifts</a></p>
          <p><a href="/console/password">Change your password</a></p>
          <Choice label="Look" value={chosen} options={themes} onChange={(value) => { setChosen(value as Theme); applyTheme(value as Theme); }}
            hint="Dark at night: from 22:00 to 07:00 your time; by day as the system." />
          <Check label="Single keys act" hint="j, k, a, r and the others. Press ? to see them." checked={keysOn}
            onChange={(on) => { setKeysOn(on); switchSingleKeys(on); }} />
          <p className="small dim">Callboard {version}</p>
        </Dialog>
      ) : null}
    </>
  );
}

function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose} footer={<Button look="ink" onClick={onClose}>Done</Button>}>
      {allKeys.map(([group, keys]) => (
        <div key={group}>
          <h3>{group}</h3>
          <dl className="keylist">
            {keys.map(([key, what]) => <div key={key}><dt>{key.split(' ').map((one) => <kbd key={one}>{one}</kbd>)}</dt><dd>{what}</dd></div>)}
          </dl>
        </div>
      ))}
    </Dialog>
  );
}

function MoreMenu({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="More" onClose={onClose} footer={<Button onClick={onClose}>Close</Button>}>
      <ul className="menu">
        {places.filter((place) => !place.phone).map((place) => <li key={place.href}><a href={place.href} onClick={onClose}>{place.word}</a></li>)}
        <li><a href="/console/on-call/mine" onClick={onClose}>My On-Call Shifts</a></li>
        <li><a href="/console/integrations/app-registration" onClick={onClose}>App Registration</a></li>
        <li><a href="/console/integrations/extensions" onClick={onClose}>Extensions</a></li>
        <li><a href="/console/health" onClick={onClose}>Pager health</a></li>
      </ul>
    </Dialog>
  );
}

/** An empty page must not look like a quiet night. */
function WithoutTeam() {
  return seesNothing(useSession()) ? <div className="lead"><AskAdmins what="see more than what your teams have, and you are in no team yet" /></div> : null;
}

/** In one place for all pages: whatever is below it is of that time. */
function NotConnected() {
  const lost = useLostSince();
  return (
    <div role="status" className="lost">
      {lost === null ? null : <p><Icon name="weak" tone="ack" /><span><b>Not connected since <When at={new Date(lost).toISOString()} />.</b> What you see may be old.</span></p>}
    </div>
  );
}

const Search = lazy(() => import('./parts/search').then(({ Search: shown }) => ({ default: shown })));
const ApiDrawer = lazy(() => import('./parts/api_drawer').then(({ ApiDrawer: shown }) => ({ default: shown })));

/** The phone's bottom bar gives way to a page's own action bar (incident.tsx sets data-actionbar). */
export function Frame() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const router = useRouter();
  const go = (to: string) => router.history.push(to);
  const first = path.replace(/^\/console/, '').split('/')[1] ?? '';
  const [dialog, setDialog] = useState<'' | 'search' | 'keys' | 'more'>('');
  const [drawer, setDrawer] = useState(false);
  const apiButton = useRef<HTMLButtonElement>(null);
  const closeDrawer = () => {
    setDrawer(false);
    apiButton.current?.focus();
  };
  useKeys({
    '/': () => setDialog('search'),
    '?': () => setDialog('keys'),
    'g i': () => go('/console/incidents'),
    'g s': () => go('/console/service-directory'),
    'g c': () => go('/console/on-call'),
    'g p': () => go('/console/users'),
    'g o': () => go('/console/on-call/mine'),
    c: () => (drawer ? closeDrawer() : setDrawer(true)),
    // A form is left by its own buttons: what was typed would be gone.
    Escape: () => (/\/(new|edit)$/.test(path) ? undefined : history.back()),
  }, true);
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    // After a change of page the reading position is its beginning, as it would be after loading it.
    if (before.current !== path) main.current?.focus({ preventScroll: true });
    before.current = path;
    setDialog('');
    setDrawer(false);
  }, [path]);
  const current = (place: Place) => (place.holds.includes(first) ? 'page' : undefined);
  return (
    <>
      <a className="skip" href="#main" onClick={() => main.current?.focus()}>To the content</a>
      <header className="top app-top">
        <a className="brand" href="/console/incidents" aria-label="Callboard">
          <svg viewBox="0 0 20 24" aria-hidden="true"><circle cx="10" cy="7" r="5.2" /><circle className="lamp" cx="10" cy="7" r="1.9" /><path d="M10 12.2V21M5 22h10" /></svg>
          <span>Callboard</span>
        </a>
        <nav className="nav" aria-label="Main">
          {places.map((place) => <a key={place.href} href={place.href} aria-current={current(place)}>{place.word}</a>)}
        </nav>
        <div className="top-end">
          <button type="button" className="searchbox" onClick={() => setDialog('search')} aria-label="Search">
            <Icon name="search" tone="" /><span className="hide-m">Search <kbd>/</kbd></span>
          </button>
          <button type="button" ref={apiButton} className="searchbox" aria-expanded={drawer} onClick={() => (drawer ? closeDrawer() : setDrawer(true))} aria-label="This page by API">
            <Icon name="code" tone="" /><span className="hide-m">API</span>
          </button>
          <PagerHealth />
          <MyShift />
          <Me />
        </div>
      </header>
      <NotConnected />
      <main className="page" id="main" tabIndex={-1} ref={main}>
        <WithoutTeam />
        <Suspense fallback={<Waiting />}><Outlet /></Suspense>
      </main>
      <nav className="tabbar" aria-label="Places">
        {places.filter((place) => place.phone).map((place) => (
          <a key={place.href} href={place.href} aria-current={current(place)}><Icon name={place.icon} tone="" />{place.word}</a>
        ))}
        <button type="button" onClick={() => setDialog('more')}><Icon name="more" />More</button>
      </nav>
      <Toasts />
      <DraftGuard />
      {drawer ? <Suspense><ApiDrawer onClose={closeDrawer} /></Suspense> : null}
      {dialog === 'search' ? <Suspense><Search onClose={() => setDialog('')} go={go} /></Suspense> : null}
      {dialog === 'keys' ? <KeysHelp onClose={() => setDialog('')} /> : null}
      {dialog === 'more' ? <MoreMenu onClose={() => setDialog('')} /> : null}
    </>
  );
}

export function NotFound() {
  useTitle('Nothing here');
  return (
    <>
      <h1>There is nothing at this address</h1>
      <p className="dim lead">It may have been deleted, or the address has a typing error. <a href="/console/incidents">Open incidents</a></p>
    </>
  );
}

export function PageFailure({ error }: ErrorComponentProps) {
  return (
    <main className="page">
      <h1>This page could not be shown</h1>
      <Failure error={error} what="The page failed." retry={() => location.reload()} />
      <p><a href="/console/incidents">Incidents</a></p>
    </main>
  );
}
