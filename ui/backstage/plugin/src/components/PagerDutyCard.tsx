// One service: the large card, the small one, and what both are made of.

import { useApi } from '@backstage/core-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Button, ButtonIcon, Menu, MenuItem, MenuTrigger, Select } from '@backstage/ui';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { Card, MetricsData, Part, PartName, Selector, ServiceStatus, StandardsData } from '../api/types.js';
import type { Polled } from '../hooks.js';
import { ClockSkew, POLL_MS, useBackendNow, useNow, usePolled } from '../hooks.js';
import { STATUS_WORDS, ago, beforeIncident, comesIn, duration, headline, isIncomplete, lastIncident, maintenanceSaid, plural, rowState, skewOf, worstOf } from '../text.js';
import { Failure, Foot, Frame, Head, Icon, Outside, PartView, ToneMark, Waiting } from './basic.js';
import { IncidentRows } from './Incidents.js';
import { OnCall } from './OnCall.js';
import { EndMaintenanceDialog, MaintenanceDialog, TakeOverDialog, schedulesOf } from './ServiceDialogs.js';
import { TriggerDialog } from './TriggerDialog.js';

export interface PagerDutyCardProps {
  /** One service, or several that can be switched between. */
  selectors: Selector[];
  /** What it is called until the service's name is known. */
  name: string;
  /** Nothing can be changed from this card, whoever looks at it. */
  readOnly?: boolean;
  disableChangeEvents?: boolean;
  disableOnCall?: boolean;
  /** Hides the numbers of the last 30 days. */
  disableInsights?: boolean;
  /** Headline and the button to page someone; on call, numbers and standards in panels that open. */
  compact?: boolean;
  /** Says which entity the service belongs to, for pages that are not that entity's. */
  showEntity?: boolean;
  /** What an administrator is offered when no service is linked. */
  offer?: ReactNode;
}

function partsOf(props: PagerDutyCardProps): PartName[] {
  const parts: PartName[] = ['service', 'standards'];
  if (!props.disableOnCall) parts.push('on_call');
  if (!props.disableInsights) parts.push('metrics');
  parts.push('incidents');
  if (!props.disableChangeEvents && !props.compact) parts.push('change_events');
  return parts;
}

function StandardsNumber({ data }: { data: StandardsData }) {
  const { passing, total } = data;
  if (passing === null || !total) return <b>-</b>;
  const share = passing / total;
  const level = share < 0.5 ? 'poor' : share < 0.8 ? 'fair' : 'good';
  return (
    <>
      <b>{`${passing} of ${total}`}</b>
      standards met
      <span className="cbp-bar" aria-hidden="true">
        <i className={level} style={{ width: `${Math.round(share * 100)}%` }} />
      </span>
    </>
  );
}

function Standards({ part }: { part: Part<StandardsData> | undefined }) {
  if (!part?.data) return null;
  return (
    <details style={{ marginTop: 10 }}>
      <summary>Which standards</summary>
      <ul className="cbp-checks">
        {part.data.list.map(standard => (
          <li key={standard.id}>
            <Icon shape={standard.pass ? 'quiet' : 'no'} />
            <div>
              {standard.name} <span className="cbp-dim">{standard.pass ? '(met)' : '(not met)'}</span>
              <span className="cbp-meta">{standard.description}</span>
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** They are kept for longer than what is open, which the card's own age says nothing of. */
const NUMBERS_OLD_MS = 60_000;

/** The numbers of the last days and the standards, in one row; what is missing says why. */
function Numbers({ metrics, standards }: { metrics: Part<MetricsData> | undefined; standards: Part<StandardsData> | undefined }) {
  const now = useBackendNow(30_000);
  const oldest = [metrics, standards].map(part => part?.as_of).filter(asOf => typeof asOf === 'string').sort()[0];
  const shown = (value: number | null | undefined) => value ?? '-';
  const why = Object.entries({ Numbers: metrics, Standards: standards }).filter(([, part]) => part && isIncomplete(part));
  return (
    <div className="cbp-part" data-part="Numbers" data-state={metrics?.state ?? standards?.state}>
      <h3>
        {metrics ? `Last ${metrics.data?.range_days ?? 30} days` : 'Standards'}
        {oldest && now - Date.parse(oldest) > NUMBERS_OLD_MS && <span>{`as of ${ago(oldest, now)}`}</span>}
      </h3>
      <div className="cbp-nums">
        {metrics && (
          <>
            <div>
              <b>{shown(metrics.data?.interruptions)}</b>interruptions
            </div>
            <div>
              <b>{shown(metrics.data?.high_urgency)}</b>high urgency
            </div>
            <div>
              <b>{shown(metrics.data?.incidents)}</b>incidents
            </div>
            {metrics.data && (
              <>
                <div title="On average (MTTA)">
                  <b>{duration(metrics.data.seconds_to_acknowledge)}</b>to acknowledge
                </div>
                <div title="On average (MTTR)">
                  <b>{duration(metrics.data.seconds_to_resolve)}</b>to resolve
                </div>
              </>
            )}
          </>
        )}
        {standards && <div>{standards.data ? <StandardsNumber data={standards.data} /> : <><b>-</b>Unable to retrieve Scores</>}</div>}
      </div>
      {why.map(([name, part]) => (
        <p key={name} className="cbp-dim" style={{ marginTop: 8 }}>
          {name}: {part?.message}
        </p>
      ))}
      <Standards part={standards} />
    </div>
  );
}

function Changes({ card }: { card: Card }) {
  const now = useNow(30_000);
  return (
    <PartView title="Changes" note="the latest five" part={card.parts.change_events} empty="None is known.">
      {events => (
        <ul className="cbp-rows">
          {events.map(event => {
            const before = beforeIncident(event.timestamp, card.parts.incidents?.data?.open ?? []);
            const links = event.links.filter(link => link.href !== event.html_url);
            return (
              <li key={event.id}>
                <span className={before ? 'cbp-suspect' : undefined}>
                  <Icon shape="change" />
                </span>
                <div className="cbp-grow">
                  <Outside href={event.html_url}>{event.summary}</Outside>
                  <span className="cbp-meta">
                    {event.source && `${event.source} · `}
                    {ago(event.timestamp, now)}
                    {before && (
                      <>
                        , <b>{before}</b>
                      </>
                    )}
                    {links.map(link => (
                      <span key={link.href}>
                        {' · '}
                        <Outside href={link.href}>{link.text || 'link'}</Outside>
                      </span>
                    ))}
                  </span>
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </PartView>
  );
}

function OpenIncidents(props: { card: Card; readOnly: boolean; account?: string; changed: () => void }) {
  const { card, readOnly, account, changed } = props;
  const part = card.parts.incidents;
  const url = card.parts.service?.data?.html_url;
  const count = card.parts.metrics?.data?.incidents;
  const more = part?.data ? part.data.total - part.data.open.length : 0;
  return (
    <PartView
      title="Incidents"
      note="open"
      part={part}
      empty={
        <>
          Nice! No incidents are open. <Outside href={url}>View older incidents</Outside>
          {count !== null && count !== undefined && `, ${count} in the last ${card.parts.metrics?.data?.range_days} days`}
        </>
      }
    >
      {data => (
        <>
          <IncidentRows incidents={data.open} mayRespond={!readOnly && card.permissions.respond} account={account} changed={changed} />
          {more > 0 && (
            <p className="cbp-dim" style={{ marginTop: 8 }}>
              <Outside href={url}>{`${more} more`}</Outside>
            </p>
          )}
        </>
      )}
    </PartView>
  );
}

/** The service's state, in the word that PagerDuty has for it. */
function Status({ status }: { status: ServiceStatus }) {
  const { word, tone, meaning } = STATUS_WORDS[status];
  return (
    <span className="cbp-status" title={meaning}>
      <ToneMark tone={tone}>{word}</ToneMark>
    </span>
  );
}

function countIncomplete(card: Card): [number, number] {
  const parts = Object.values(card.parts) as Part<unknown>[];
  return [parts.filter(isIncomplete).length, parts.length];
}

/** What is under the headline. */
function Body(props: { card: Card; options: PagerDutyCardProps; account?: string; changed: () => void }) {
  const { card, options, account, changed } = props;
  const { parts } = card;
  if (parts.service && !parts.service.data) {
    return (
      <PartView title="Service" part={parts.service} empty="">
        {() => null}
      </PartView>
    );
  }
  const numbers = <Numbers metrics={parts.metrics} standards={parts.standards} />;
  const onCall = parts.on_call && <OnCall part={parts.on_call} service={parts.service?.data} />;
  if (!options.compact) {
    return (
      <>
        {onCall}
        <OpenIncidents card={card} readOnly={options.readOnly ?? false} account={account} changed={changed} />
        <Changes card={card} />
        {numbers}
      </>
    );
  }
  return (
    <>
      {onCall && (
        <details className="cbp-part">
          <summary>On call</summary>
          <div style={{ margin: '8px -18px -13px' }}>{onCall}</div>
        </details>
      )}
      <details className="cbp-part">
        <summary>{parts.metrics ? 'Insights and standards' : 'Standards'}</summary>
        <div style={{ margin: '8px -18px -13px' }}>{numbers}</div>
      </details>
    </>
  );
}

/** Who may do more than look: what is arranged for a while, and the form that pages somebody. */
function Actions(props: { card: Card; selector: Selector; options: PagerDutyCardProps; changed: () => void }) {
  const { card, selector, options, changed } = props;
  const [shown, setShown] = useState<'page' | 'maintenance' | 'end-maintenance' | 'take-over' | undefined>();
  const service = card.parts.service?.data;
  const onCall = card.parts.on_call?.data;
  if (options.readOnly || !service) return null;
  const name = service.name ?? options.name;
  const close = () => setShown(undefined);
  const mayTrigger = card.permissions.trigger && service.status !== 'disabled';
  const mayTakeOver = card.permissions.respond && schedulesOf(onCall).length > 0;
  const mayConfigure = card.permissions.configure && service.status !== 'disabled';
  return (
    <>
      {mayTrigger && (
        <Button size="small" variant="secondary" onPress={() => setShown('page')}>
          Page someone
        </Button>
      )}
      {(mayTakeOver || mayConfigure) && (
        <MenuTrigger>
          <ButtonIcon size="small" variant="tertiary" icon={<Icon shape="more" />} aria-label={`More for ${name}`} />
          <Menu>
            {mayTakeOver && <MenuItem onAction={() => setShown('take-over')}>Take over on call…</MenuItem>}
            {mayConfigure && <MenuItem onAction={() => setShown('maintenance')}>Start maintenance…</MenuItem>}
            {mayConfigure && service.maintenance.length > 0 && <MenuItem onAction={() => setShown('end-maintenance')}>End maintenance…</MenuItem>}
          </Menu>
        </MenuTrigger>
      )}
      {shown === 'page' && (
        <TriggerDialog
          name={name}
          selector={{ ...selector, account: selector.account ?? card.account }}
          onCall={onCall}
          open={card.parts.incidents?.data?.open}
          mayRespond={card.permissions.respond}
          close={close}
          made={changed}
        />
      )}
      {shown === 'maintenance' && <MaintenanceDialog service={service} account={card.account} close={close} made={changed} />}
      {shown === 'end-maintenance' && <EndMaintenanceDialog service={service} account={card.account} close={close} made={changed} />}
      {shown === 'take-over' && onCall && <TakeOverDialog onCall={onCall} account={card.account} close={close} made={changed} />}
    </>
  );
}

/** Below the headline: the service, whose it is, and how long it has been quiet. */
function About({ card, options, now }: { card: Card; options: PagerDutyCardProps; now: number }) {
  const service = card.parts.service?.data;
  const quiet = card.parts.incidents?.data?.open.length === 0 || (!card.parts.incidents && service?.status === 'active');
  return (
    <>
      {service && <Status status={service.status} />}
      <Outside href={service?.html_url}>{service?.name ?? options.name}</Outside>
      {service?.team && ` · ${service.team.name}`}
      {service && quiet && ` · ${lastIncident(service.last_incident_at, now)}`}
      {service?.maintenance.map(window => <span key={window.id}>{` · ${maintenanceSaid(window, now, quiet)}`}</span>)}
      {options.showEntity && card.entity_ref && (
        <>
          {' · entity '}
          <EntityRefLink entityRef={card.entity_ref} className="cbp-link" hideIcon />
        </>
      )}
    </>
  );
}

function OneService(props: { polled: Polled<Card>; selector: Selector; options: PagerDutyCardProps; picker: ReactNode }) {
  const { polled, selector, options, picker } = props;
  const now = useNow(5000);
  const card = polled.value;
  if (!card) {
    const unmapped = (polled.error as { status?: number } | undefined)?.status === 404;
    const again = <Button size="small" onPress={polled.refresh}>Try again</Button>;
    return (
      <>
        {picker}
        {polled.error ? (
          <Failure error={polled.error} retry={(unmapped && options.offer) || again} />
        ) : (
          <Waiting label={options.name} />
        )}
      </>
    );
  }
  const [incomplete, of] = countIncomplete(card);
  const skew = skewOf(card.now, polled.at);
  return (
    <ClockSkew.Provider value={skew}>
      {picker}
      <Head
        headline={headline(card, now - skew)}
        below={<About card={card} options={options} now={now - skew} />}
        actions={<Actions card={card} selector={selector} options={options} changed={polled.refresh} />}
      />
      <Body card={card} options={options} account={card.account} changed={polled.refresh} />
      <Foot polled={polled} said={card} incomplete={incomplete} of={of} />
    </ClockSkew.Provider>
  );
}

/** Several services of one entity: their states at a glance, and which one is shown below. */
function useChosen(selectors: Selector[]) {
  const api = useApi(pagerDutyApiRef);
  const several = selectors.length > 1;
  const [picked, setPicked] = useState<number | undefined>();
  const states = usePolled(`states ${JSON.stringify(selectors)}`, signal =>
    several ? api.rollUp(selectors, signal) : Promise.resolve(undefined),
  );
  // It is found once: a card that is read does not turn to another service by itself.
  const first = useRef<number | undefined>(undefined);
  if (states.value) first.current ??= worstOf(selectors, states.value.rows);
  else if (!several || states.error) first.current ??= 0;
  const wanted = picked ?? first.current;
  if (wanted === undefined) return { chosen: undefined, picker: null };
  const index = Math.min(wanted, selectors.length - 1);
  const chosen = selectors[index] as Selector;
  if (!several) return { chosen, picker: null };
  const options = selectors.map((selector, i) => {
    const row = states.value?.rows.find(one => one.service && one.service.id === selector.service_id);
    return {
      id: String(i),
      label: row?.service ? `${row.service.name}: ${rowState(row).word}` : (selector.service_id ?? `service ${i + 1}`),
    };
  });
  const picker = (
    <div className="cbp-part" style={{ borderTop: 0 }}>
      <Select
        label={`One of ${plural(selectors.length, 'service')}`}
        size="small"
        selectionMode="single"
        options={options}
        value={String(index)}
        onChange={key => setPicked(Number(key))}
      />
    </div>
  );
  return { chosen, picker };
}

function ChosenService({ chosen, options, picker }: { chosen: Selector; options: PagerDutyCardProps; picker: ReactNode }) {
  const api = useApi(pagerDutyApiRef);
  const parts = partsOf(options);
  const polled = usePolled(
    JSON.stringify([chosen, parts]),
    signal => api.getCard(chosen, parts, signal),
    POLL_MS,
    listener => api.onChange(listener),
    card => comesIn(Object.values(card.parts)),
  );
  return <OneService polled={polled} selector={chosen} options={options} picker={picker} />;
}

/** The card of one service, or of several that can be switched between: at first the one that is in most need. */
export function PagerDutyCard(props: PagerDutyCardProps) {
  const { chosen, picker } = useChosen(props.selectors);
  return (
    <Frame label={`Incidents and on-call: ${props.name}`}>
      {chosen ? <ChosenService chosen={chosen} options={props} picker={picker} /> : <Waiting label={props.name} />}
    </Frame>
  );
}
