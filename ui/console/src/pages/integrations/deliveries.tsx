// What was sent to a webhook or an extension in the last days, what became of it, and once more.

import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ApiError, ask } from '../../api/client';
import { reads } from '../../api/reads';
import type { Delivery } from '../../api/types';
import { NotFound } from '../../frame';
import { onlyFor } from '../../parts/ask_admins';
import { Button, Crumbs, Empty, Failure, Part, useTitle, Waiting, When } from '../../parts/base';
import { useAct } from '../../parts/forms';
import { Chip, RefLink } from '../../parts/state';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { nameOf } from './webhook_form';

type Kind = 'webhook_subscriptions' | 'extensions';
const days = 7;
const most = 200;

function Outcome({ one }: { one: Delivery }) {
  const tries = one.attempts === 0 ? '' : one.attempts === 1 ? 'One try.' : `${one.attempts} tries.`;
  return (
    <>
      {one.status === 'delivered' ? <Chip weight="resolved" icon="resolved">Delivered</Chip> : one.status === 'dropped' ? <Chip weight="plain" icon="triggered">Not delivered</Chip>
        : <Chip weight="plain" icon="next">{one.status === 'sending' ? 'On its way' : 'Waits'}</Chip>}
      <span className="meta">{[one.detail?.replace(/\.?$/, '.'), tries].filter(Boolean).join(' ')}{one.next_attempt_at ? <> Next <When at={one.next_attempt_at} exact />.</> : null}</span>
    </>
  );
}

function Log({ kind, id, name }: { kind: Kind; id: string; name: string }) {
  const path = `/console/${kind}/${id}/deliveries`;
  const query = useQuery(reads.deliveries(path, most));
  const again = useAct((one: Delivery) => ask('POST', `${path}/${one.id}/resend`), (_, one) => tell(`${one.event_type} is on its way to ${name} again.`));
  useApi([kind === 'extensions' ? `/extensions/${id}` : `/webhook_subscriptions/${id}`, path]);
  return (
    <>
      {again.error ? <Failure error={again.error} what="Not sent again." /> : null}
      <Part query={query} what="What was sent" saysCut>
        {({ rows, complete }) => rows.length === 0 ? <Empty title={`Nothing was sent in the last ${days} days.`}>What happens is written down here as soon as it is to be told.</Empty> : (
          <>
            <div className="tablewrap"><table className="cards">
              <thead><tr><th>Happened</th><th>Event</th><th>About</th><th>What became of it</th><th><span className="vh">Acts</span></th></tr></thead>
              <tbody>
                {rows.map((one) => (
                  <tr key={one.id}>
                    <td><When at={one.occurred_at} exact /></td>
                    <td><code>{one.event_type}</code>{one.event_id === one.id ? null : <span className="meta">sent again by hand</span>}</td>
                    <td>{one.subject ? <RefLink to={one.subject} /> : null}</td>
                    <td><Outcome one={one} /></td>
                    <td className="acts">{one.can_be_sent_again ? <Button size="sm" onClick={() => again.mutate(one)} disabled={again.isPending}>Send again<span className="vh"> {one.event_type}{one.subject ? ` of ${one.subject.summary}` : ''}</span></Button> : null}</td>
                  </tr>
                ))}
              </tbody>
            </table></div>
            {complete ? null : <p className="dim">These are the last {rows.length}.</p>}
          </>
        )}
      </Part>
    </>
  );
}

function Shown({ kind, title, query }: { kind: Kind; title: string | undefined; query: { error: unknown; refetch: () => unknown } }) {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  useTitle(title ? `Deliveries to ${title}` : 'Deliveries');
  if (title !== undefined)
    return (
      <>
        <Crumbs>Integrations / <a href="/console/integrations/extensions">Extensions</a></Crumbs>
        <h1>Deliveries to {title}</h1>
        <p className="dim lead">What was sent in the last {days} days. What is sent again {kind === 'extensions' ? 'says what was true then.' : 'is signed anew and keeps its X-Webhook-Id, by which the receiver knows what it has already.'}</p>
        <Log kind={kind} id={id} name={title} />
      </>
    );
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.error) return <><h1>Deliveries</h1><Failure error={query.error} what="They cannot be shown." retry={() => void query.refetch()} /></>;
  return <Waiting />;
}

function OfWebhook() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.webhook(id));
  return <Shown kind="webhook_subscriptions" title={query.data && nameOf(query.data)} query={query} />;
}

function OfExtension() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.extension(id));
  return <Shown kind="extensions" title={query.data?.name} query={query} />;
}

export const WebhookDeliveriesPage = onlyFor(({ may }) => may('manage'), 'Deliveries', 'see what webhooks were sent', OfWebhook);
export const ExtensionDeliveriesPage = onlyFor(({ may }) => may('manage'), 'Deliveries', 'see what extensions were sent', OfExtension);
