// Cards for a home page: one service, and what concerns the person who looks.

import { useApi } from '@backstage/core-plugin-api';
import { Button } from '@backstage/ui';
import { pagerDutyApiRef } from '../api/client.js';
import { POLL_MS, useNow, usePolled } from '../hooks.js';
import { clock, listed, plural, span, turnsOf } from '../text.js';
import { Failure, Foot, Frame, Gap, Head, Missing, Waiting } from './basic.js';
import { IncidentRows } from './Incidents.js';
import { PagerDutyCard } from './PagerDutyCard.js';

export interface HomePageCardProps {
  name?: string;
  serviceId?: string;
  integrationKey?: string;
  account?: string;
  readOnly?: boolean;
}

/** One service, named by its id (or by the key of an integration, which works too but is better kept out of a page). */
export function HomePagePagerDutyCard(props: HomePageCardProps) {
  const { name, serviceId, integrationKey, account, readOnly } = props;
  if (!serviceId && !integrationKey) {
    return (
      <Frame label="Incidents and on-call">
        <div className="cbp-part" style={{ borderTop: 0 }}>
          <Gap shape="unknown" title="No service is chosen yet">
            Give this card the id of a service in its settings.
          </Gap>
        </div>
      </Frame>
    );
  }
  const selector = serviceId ? { service_id: serviceId, account } : { integration_key: integrationKey, account };
  return <PagerDutyCard selectors={[selector]} name={name ?? 'Service'} readOnly={readOnly} disableChangeEvents showEntity />;
}

const TURNS_MAX = 6;

function turnText({ from, until }: { from: string | null; until: string | null }, now: number): string {
  if (!until) return 'always';
  if (!from || Date.parse(from) <= now) return `now, until ${clock(until, now)} (${span(Date.parse(until) - now)} more)`;
  return `${clock(from, now)} to ${clock(until, now)}`;
}

/** When the signed-in person is on call next, and what they have to do: in all accounts, unless one is named. */
export function MyOnCallCard({ account }: { account?: string }) {
  const api = useApi(pagerDutyApiRef);
  const now = useNow(30_000);
  const polled = usePolled(`mine ${account ?? ''}`, async signal => {
    const [shifts, incidents] = await Promise.all([api.getMyShifts(account, signal), api.getMyIncidents(account, signal)]);
    const missing = [...new Set([...shifts.missing_accounts, ...incidents.missing_accounts])];
    const older = Date.parse(shifts.as_of) < Date.parse(incidents.as_of) ? shifts : incidents;
    return { turns: turnsOf(shifts.shifts), incidents: incidents.incidents, may: incidents.permissions, missing, said: older };
  }, POLL_MS, listener => api.onChange(listener));
  const mine = polled.value;
  if (!mine) {
    return (
      <Frame label="My on-call">
        {polled.error ? (
          (polled.error as { status?: number }).status === 404 ? (
            <div className="cbp-part" style={{ borderTop: 0 }}>
              <Gap shape="unknown" title="You are not known there">
                {polled.error.message} The address in your profile and the one in PagerDuty have to be the same.
              </Gap>
            </div>
          ) : (
            <Failure error={polled.error} retry={<Button size="small" onPress={polled.refresh}>Try again</Button>} />
          )
        ) : (
          <Waiting label="My on-call" />
        )}
      </Frame>
    );
  }
  const several = new Set(mine.turns.map(turn => turn.account)).size > 1;
  const current = mine.turns.filter(turn => !turn.from || Date.parse(turn.from) <= now);
  const ringing = mine.incidents.filter(incident => incident.status === 'triggered').length;
  const headline = ringing
    ? ({ tone: 'triggered', text: `${plural(ringing, 'incident')} ${ringing === 1 ? 'is' : 'are'} waiting for you` } as const)
    : mine.incidents.length
      ? ({ tone: 'acknowledged', text: `You have ${plural(mine.incidents.length, 'incident')}` } as const)
      : ({ tone: 'quiet', text: current.length ? 'You are on call, and all is quiet' : 'You are not on call' } as const);
  return (
    <Frame label="My on-call">
      <Head headline={headline} />
      <Missing accounts={mine.missing} />
      <div className="cbp-part">
        <h3>My incidents</h3>
        {mine.incidents.length ? (
          <IncidentRows incidents={mine.incidents} mayRespond={mine.may.respond} account={account} changed={polled.refresh} />
        ) : (
          <p className="cbp-dim">None is open.</p>
        )}
      </div>
      <div className="cbp-part">
        <h3>
          My on-call <span>the next 30 days</span>
        </h3>
        {mine.turns.length === 0 && <p className="cbp-dim">No turns.</p>}
        <ul className="cbp-rows">
          {mine.turns.slice(0, TURNS_MAX).map(turn => (
            <li key={`${turn.name} ${turn.level} ${turn.from}`}>
              <div className="cbp-grow">
                {turn.name}
                <span className="cbp-tag">{`level ${turn.level}`}</span>
                <span className="cbp-meta">
                  {turnText(turn, now)}
                  {turn.policies.length > 0 && ` · ${listed(turn.policies)}`}
                  {several && ` · ${turn.account}`}
                </span>
              </div>
            </li>
          ))}
        </ul>
      </div>
      <Foot polled={polled} said={mine.said} />
    </Frame>
  );
}
