import { expect, test } from 'vitest';
import type { WebhookSubscription } from '../../api/types';
import { draftOf, hears, membersOf, toggled, topics } from './webhook_form';

const known: WebhookSubscription = {
  id: 'P1', active: false, description: 'The bot', events: ['incident.triggered', 'incident.task.created'], filter: { type: 'team_reference', id: 'T1' },
  delivery_method: { url: 'https://bot.example.com/hook', secret: null, temporarily_disabled: false, temporarily_disabled_reason: null },
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
