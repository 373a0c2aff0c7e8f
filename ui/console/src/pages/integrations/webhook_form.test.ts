import { expect, test } from 'vitest';
import type { OAuthClient, WebhookSubscription } from '../../api/types';
import { clientDraftOf, clientMembersOf, draftOf, hears, membersOf, toggled, topics } from './webhook_form';

const known: WebhookSubscription = {
  id: 'P1', active: false, description: 'The bot', events: ['incident.triggered', 'incident.task.created'], filter: { type: 'team_reference', id: 'T1' },
  delivery_method: { url: 'https://bot.example.com/hook', secret: null, temporarily_disabled: false, temporarily_disabled_reason: null },
  oauth_client: { id: 'C1', type: 'oauth_client_reference', summary: 'Gateway' },
};

test('only what was changed is sent, and events that the form does not know stay', () => {
  const draft = draftOf(known);
  expect(membersOf(draft, known)).toEqual({ type: 'webhook_subscription' });
  expect(membersOf({ ...draft, active: true, subject: 'account' }, known)).toEqual({ type: 'webhook_subscription', active: true, filter: { type: 'account_reference' } });
  expect(membersOf({ ...draft, events: toggled(draft.events, ['incident.resolved']) }, known).events).toEqual([...known.events, 'incident.resolved']);
});

test('a topic is left out with all of its events and added with all of them', () => {
  const opened = topics[0][1];
  const without = toggled(new Set(known.events), opened);
  expect([...without]).toEqual(['incident.task.created']);
  expect(hears(without, opened)).toBe(false);
  expect([...toggled(without, opened)]).toEqual(['incident.task.created', ...opened]);
});

test('a new one goes to an address, for the whole account unless something else is said', () => {
  const made = membersOf({ ...draftOf(undefined), url: ' https://bot.example.com ', headers: 'X-Token: a:b' });
  expect(made.filter).toEqual({ type: 'account_reference' });
  expect(made.delivery_method).toEqual({ type: 'http_delivery_method', url: 'https://bot.example.com', custom_headers: [{ name: 'X-Token', value: 'a:b' }] });
});

test('a client is chosen, changed and left out', () => {
  const draft = draftOf(known);
  expect(membersOf({ ...draft, client: '' }, known)).toEqual({ type: 'webhook_subscription', oauth_client_id: null });
  expect(membersOf({ ...draft, client: 'C2' }, known).oauth_client_id).toBe('C2');
  expect('oauth_client_id' in membersOf(draftOf(undefined))).toBe(false);
});

test('the secret of a client goes out only when it was typed', () => {
  const client: OAuthClient = { id: 'C1', name: 'Gateway', client_id: 'bot', scope: 'hooks', token_url: 'https://id.example.com/token', status: 'active', error: null };
  const draft = clientDraftOf(client);
  expect(clientMembersOf(draft, client)).toEqual({});
  expect(clientMembersOf({ ...draft, scope: ' ', secret: 'hush' }, client)).toEqual({ client_secret: 'hush', scope: null });
  expect(clientMembersOf({ name: 'Gateway', tokenUrl: 'https://id.example.com/token', clientId: 'bot', secret: 'hush', scope: '' })).toEqual({
    name: 'Gateway', token_url: 'https://id.example.com/token', client_id: 'bot', client_secret: 'hush', grant_type: 'client_credentials' });
});
