// What all cards are made of.

import { useApi } from '@backstage/core-plugin-api';
import { Alert, Button, Card, Link, Select, Skeleton } from '@backstage/ui';
import type { ReactNode } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { Part } from '../api/types.js';
import type { Polled } from '../hooks.js';
import { useBackendNow, useNow, usePolled } from '../hooks.js';
import { useStyles } from '../styles.js';
import type { Headline, Tone } from '../text.js';
import { STATE_TITLES, advice, ago, isIncomplete, isOld, missingAccounts, plural, skewOf, span, webAddress } from '../text.js';
import { PagerDutyIcon } from './PagerDutyIcon.js';

const SHAPES: Record<string, ReactNode> = {
  triggered: (
    <>
      <path d="M8 1.8 14.4 13.6H1.6Z" fill="currentColor" />
      <path d="M8 6.2v3.4M8 11.7v.1" stroke="var(--cbp-cut)" strokeWidth="1.9" />
    </>
  ),
  acknowledged: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4Z" fill="currentColor" />
    </>
  ),
  quiet: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="m5.2 8.2 2 2 3.7-4.3" />
    </>
  ),
  maintenance: (
    <>
      <path d="M8 1.6 13.6 4.8v6.4L8 14.4 2.4 11.2V4.8Z" />
      <circle cx="8" cy="8" r="2.1" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 7.3V11M8 5v.1" />
    </>
  ),
  lock: (
    <>
      <rect x="3" y="7" width="10" height="7" rx="1.2" />
      <path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2" />
    </>
  ),
  wait: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 4.4V8l2.4 1.6" />
    </>
  ),
  change: <path d="M2.5 5.5h9M9 2.8l2.7 2.7L9 8.2M13.5 10.5h-9M7 7.8l-2.7 2.7L7 13.2" />,
  no: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="m5.7 5.7 4.6 4.6M10.3 5.7l-4.6 4.6" />
    </>
  ),
  more: <path d="M3.5 8h.1M8 8h.1M12.5 8h.1" strokeWidth="2.6" />,
};

export function Icon({ shape }: { shape: string }) {
  return (
    <svg className="cbp-icon" viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[shape]}
    </svg>
  );
}

export function ToneMark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`cbp-tone ${tone}`}>
      <Icon shape={tone} />
      {children}
    </span>
  );
}

/** A link to another site, in a new tab; plain text when there is no address that can be followed. */
export function Outside({ href, children, label }: { href: string | null | undefined; children: ReactNode; label?: string }) {
  const address = webAddress(href);
  if (!address) return <>{children}</>;
  return (
    <a className="cbp-link" href={address} target="_blank" rel="noopener noreferrer" aria-label={label}>
      {children}
    </a>
  );
}

/** A link within Backstage. */
export function Inside({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="cbp-link">
      {children}
    </Link>
  );
}

export function Frame({ label, children }: { label: string; children: ReactNode }) {
  useStyles();
  return (
    <Card className="cbp-card">
      <section className="cbp" aria-label={label}>
        {children}
      </section>
    </Card>
  );
}

export function Head({ headline, below, actions }: { headline: Headline; below?: ReactNode; actions?: ReactNode }) {
  return (
    <header className={`cbp-head ${headline.tone}`}>
      <div className="cbp-grow">
        <h3 className={`cbp-title ${headline.tone}`}>
          <Icon shape={headline.tone} />
          <span>{headline.text}</span>
        </h3>
        {below && <div className="cbp-dim">{below}</div>}
      </div>
      {actions && <div className="cbp-acts">{actions}</div>}
    </header>
  );
}

export function Gap({ shape, title, children }: { shape: string; title: string; children?: ReactNode }) {
  return (
    <div className="cbp-gap">
      <Icon shape={shape} />
      <div className="cbp-grow">
        <b>{title}</b>
        {children && <span className="cbp-meta">{children}</span>}
      </div>
    </div>
  );
}

const GAP_SHAPES = { no_permission: 'lock', not_in_plan: 'lock', throttled: 'wait', upstream_down: 'wait', not_configured: 'unknown', not_found: 'unknown' };

/** One part of a card: what came, what is known from before, or why there is nothing. */
export function PartView<Data>(props: {
  title: string;
  note?: string;
  part: Part<Data> | undefined;
  empty: ReactNode;
  children: (data: Data) => ReactNode;
}) {
  const { title, part } = props;
  const now = useBackendNow(10_000);
  if (!part) return null;
  const incomplete = isIncomplete(part);
  const old = isOld(part);
  // Under pressure answers are kept for longer than a page is open between two questions.
  const note = part.as_of && (old || now - Date.parse(part.as_of) > 60_000) ? `as of ${ago(part.as_of, now)}` : props.note;
  let body: ReactNode = null;
  if (part.data !== null && part.state !== 'empty') body = props.children(part.data);
  return (
    <div className="cbp-part" data-part={title} data-state={part.state}>
      <h3>
        {title} {note && <span>{note}</span>}
      </h3>
      {incomplete && (
        <Gap
          shape={GAP_SHAPES[part.state as keyof typeof GAP_SHAPES]}
          title={STATE_TITLES[part.state as keyof typeof STATE_TITLES]}
        >
          {part.message} {advice(part)} {part.state === 'not_configured' && <TokenHelp />}
        </Gap>
      )}
      {part.state === 'empty' && <div className="cbp-dim">{props.empty}</div>}
      {body && <div className={old ? 'cbp-stale' : undefined}>{body}</div>}
    </div>
  );
}

/** The sign of the sidebar, so that a card among those of other plugins is known for whose it is. */
function Logo() {
  return (
    <span className="cbp-logo" role="img" aria-label="PagerDuty">
      <PagerDutyIcon />
    </span>
  );
}

/** How to come by a token, in PagerDuty's words. */
export function TokenHelp() {
  return <Outside href="https://pagerduty.github.io/backstage-plugin-docs/getting-started/pagerduty/">Read more</Outside>;
}

/** That something is not in a list, because nobody could be asked for it. */
export function Missing({ accounts }: { accounts: string[] | undefined }) {
  const sentence = missingAccounts(accounts);
  return sentence ? (
    <p className="cbp-missing" role="status">
      <Icon shape="wait" />
      {sentence}
    </p>
  ) : null;
}

/** How old what is shown is, and whether newer can be had. */
export function Foot(props: {
  polled: Polled<unknown>;
  /** What the backend says of what came; `services_as_of` where its list of services has an age of its own. */
  said: { now: string; as_of: string; services_as_of?: string };
  incomplete?: number;
  of?: number;
}) {
  const { polled, said, incomplete = 0, of = 0 } = props;
  const now = useNow() - skewOf(said.now, polled.at);
  const ageNow = (asOf: string) => now - Date.parse(asOf);
  const servicesAge = said.services_as_of ? ageNow(said.services_as_of) : 0;
  let state = <ToneMark tone="quiet">Live</ToneMark>;
  if (polled.error) state = <ToneMark tone="unknown">Not live: {polled.error.message}</ToneMark>;
  else if (incomplete > 0) state = <ToneMark tone="unknown">{`${incomplete} of ${of} parts incomplete`}</ToneMark>;
  return (
    <footer className="cbp-foot">
      {state}
      <span className="cbp-foot-end">
        {`as of ${span(ageNow(said.as_of))} ago`}
        {servicesAge >= 60_000 && `, names and states of services as of ${span(servicesAge)} ago`}
        <Logo />
      </span>
    </footer>
  );
}

/** While nothing has come yet. */
export function Waiting({ label }: { label: string }) {
  return (
    <div className="cbp-part" style={{ borderTop: 0 }} role="status" aria-label={`${label} is being loaded`}>
      <Skeleton width="60%" height={22} />
      <Skeleton width="40%" height={14} style={{ marginTop: 10 }} />
      <Skeleton width="100%" height={56} style={{ marginTop: 18 }} />
    </div>
  );
}

/** Instead of a card that could not be had at all. */
export function Failure({ error, retry }: { error: Error; retry?: ReactNode }) {
  const status = (error as { status?: number }).status;
  const titles: Record<number, string> = {
    401: 'Missing or invalid PagerDuty Token',
    403: 'Unauthorized',
    404: 'PagerDuty Service Not Found',
  };
  const help: Record<number, string> = {
    401: 'The request needs a valid token. Sign in again, or have an administrator look at the configuration of the plugin’s backend.',
    403: 'An administrator can grant what is missing.',
    404: 'See whether the annotation or the mapping of this entity names an existing service.',
  };
  return (
    <div className="cbp-part" style={{ borderTop: 0 }}>
      <Alert
        status={status === 404 ? 'warning' : 'danger'}
        icon
        title={titles[status ?? 0] ?? 'Could not be loaded'}
        description={
          <>
            {`${error.message} ${help[status ?? 0] ?? 'It is tried again by itself.'} `}
            {status === 401 && <TokenHelp />}
          </>
        }
        customActions={retry}
      />
    </div>
  );
}

/** Below a long table: where in it this is, and the ways on. */
export function Pages(props: {
  page: number;
  limit: number;
  total: number;
  sizes: number[];
  noun: [string, string];
  onPage: (page: number) => void;
  onLimit: (limit: number) => void;
}) {
  const { page, limit, total, onPage } = props;
  return (
    <div className="cbp-acts" style={{ marginTop: 14 }}>
      <span className="cbp-dim" role="status">
        {total === 0 ? '' : `${page * limit + 1} to ${Math.min((page + 1) * limit, total)} of ${plural(total, ...props.noun)}`}
      </span>
      <Button size="small" variant="secondary" isDisabled={page === 0} onPress={() => onPage(page - 1)}>
        Previous
      </Button>
      <Button size="small" variant="secondary" isDisabled={(page + 1) * limit >= total} onPress={() => onPage(page + 1)}>
        Next
      </Button>
      <Select
        size="small"
        className="cbp-rows-of-page"
        aria-label="Rows on a page"
        selectionMode="single"
        options={props.sizes.map(size => ({ id: String(size), label: `${size} rows` }))}
        value={String(limit)}
        onChange={value => props.onLimit(Number(value))}
      />
    </div>
  );
}

/** Chooses one of several accounts; nothing where there is one. */
export function AccountSelect({ value, onChange }: { value: string | undefined; onChange: (account: string) => void }) {
  const api = useApi(pagerDutyApiRef);
  const accounts = usePolled('accounts', () => api.getAccounts(), 10 * 60_000).value ?? [];
  if (accounts.length < 2) return null;
  return (
    <Select
      size="small"
      label="Account"
      selectionMode="single"
      options={accounts.map(({ id }) => ({ id, label: id }))}
      value={value ?? accounts.find(({ isDefault }) => isDefault)?.id ?? accounts[0]?.id}
      onChange={chosen => onChange(String(chosen))}
    />
  );
}
