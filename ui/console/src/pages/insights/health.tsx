import { useQuery } from '@tanstack/react-query';
import { reads } from '../../api/reads';
import { span } from '../../api/times';
import type { Health, Provider } from '../../api/types';
import { Note, Part, Sect, useTitle, When } from '../../parts/base';
import { channelWords, Icon, type IconName } from '../../parts/icons';
import { useApi } from '../../parts/twin';

function stateOf(provider: Provider): [IconName, string, string] {
  if (!provider.configured) return ['disabled', '', 'not configured'];
  const failing = provider.last_failed_at && (!provider.last_sent_at || provider.last_sent_at < provider.last_failed_at);
  return failing ? ['weak', 'ack', 'the last message failed'] : ['resolved', 'res', provider.last_sent_at ? 'works' : 'never used'];
}

function Shown({ health }: { health: Health }) {
  const kind = health.verdict === 'well' ? 'good' : health.verdict === 'weak' ? 'warn' : 'bad';
  const sentence = { well: 'The pager is well.', weak: 'The pager is weak.', down: 'The pager is down.' }[health.verdict];
  return (
    <>
      <h1>{sentence}</h1>
      <div style={{ marginTop: 16 }}>
        {health.reasons.length === 0 ? <Note kind={kind}>Work is done in time, and no channel fails.</Note> : health.reasons.map((reason) => <Note key={reason} kind={kind}>{reason}</Note>)}
      </div>
      <div className="split mid">
        <Sect title="Channels">
          <table className="cards">
            <thead><tr><th>Channel</th><th>State</th><th>Last sent</th><th>Last failed</th></tr></thead>
            <tbody>
              {health.providers.map((provider) => {
                const [icon, tone, state] = stateOf(provider);
                return (
                  <tr key={provider.channel}><td><b className="first-up">{channelWords(provider.channel)}</b></td><td><Icon name={icon} tone={tone} /> {state}</td>
                    <td data-l="last sent">{provider.last_sent_at ? <When at={provider.last_sent_at} relative /> : 'Never'}</td>
                    <td data-l="last failed">{provider.last_failed_at ? <><When at={provider.last_failed_at} relative /><span className="meta">{provider.last_error}</span></> : 'Never'}</td></tr>
                );
              })}
            </tbody>
          </table>
        </Sect>
        <Sect title="Now">
          <ul className="lights">
            <li><span>Last event</span><b>{health.last_event_at ? <When at={health.last_event_at} relative /> : 'None yet'}</b></li>
            <li><span>Work that is due waits</span><b>{span(health.oldest_due_seconds)}</b></li>
            <li><span>Messages waiting</span><b>{health.messages_waiting}</b></li>
            <li><span>The oldest of them waits</span><b>{span(health.oldest_message_seconds)}</b></li>
            <li><span>Store</span><b>{String(health.store.engine)}</b></li>
            <li><span>Version</span><b>{health.version}</b></li>
          </ul>
        </Sect>
      </div>
    </>
  );
}

export function HealthPage() {
  useTitle('Pager health');
  useApi(['/console/pager_health']);
  const query = useQuery(reads.health);
  return <>{query.data ? null : <h1>Pager health</h1>}<Part query={query} what="The pager’s health">{(health) => <Shown health={health} />}</Part></>;
}
