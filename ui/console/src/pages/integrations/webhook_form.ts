// What the form of a webhook makes of what was typed.

import type { WebhookSubscription } from '../../api/types';
import { headersOf } from '../services/extension_form';

/** Events that belong together, by what people call them. The API knows more: those stay as they are. */
export const topics = [
  ['Opened, or open again', ['incident.triggered', 'incident.reopened']],
  ['Acknowledged, or ringing again', ['incident.acknowledged', 'incident.unacknowledged']],
  ['Resolved', ['incident.resolved']],
  ['Given to others', ['incident.reassigned', 'incident.escalated', 'incident.delegated']],
  ['Asked for help, and the answer', ['incident.responder.added', 'incident.responder.replied']],
  ['Notes and status updates', ['incident.annotated', 'incident.status_update_published']],
  ['Changed otherwise', ['incident.priority_updated', 'incident.service_updated', 'incident.custom_field_values.updated', 'incident.conference_bridge.updated']],
  ['Services are made, changed and deleted', ['service.created', 'service.updated', 'service.deleted', 'service.custom_field_values.updated']],
] as const;

export const hears = (events: ReadonlySet<string>, of: readonly string[]): boolean => of.some((event) => events.has(event));
export function toggled(events: ReadonlySet<string>, of: readonly string[]): Set<string> {
  return new Set(hears(events, of) ? [...events].filter((event) => !of.includes(event)) : [...events, ...of]);
}

export interface Draft {
  description: string;
  url: string;
  headers: string;
  /** "account", "service ID", "team ID" */
  subject: string;
  events: ReadonlySet<string>;
  active: boolean;
}
export const draftOf = (of: WebhookSubscription | undefined): Draft => ({
  description: of?.description ?? '',
  url: of?.delivery_method.url ?? '',
  headers: '',
  subject: of?.filter.id ? `${of.filter.type.replace('_reference', '')} ${of.filter.id}` : 'account',
  events: new Set(of?.events ?? topics.slice(0, 4).flatMap(([, events]) => events)),
  active: of?.active ?? true,
});

const sameEvents = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.size === b.size && [...a].every((event) => b.has(event));

/** Of one that exists only what was changed, so that what others change meanwhile stays; where it goes cannot be. */
export function membersOf(draft: Draft, of?: WebhookSubscription) {
  const before = of ? draftOf(of) : undefined;
  const [kind, id] = draft.subject.split(' ');
  const headers = headersOf(draft.headers);
  return {
    type: 'webhook_subscription',
    ...(draft.description === before?.description ? {} : { description: draft.description.trim() }),
    ...(before && sameEvents(draft.events, before.events) ? {} : { events: [...draft.events] }),
    ...(draft.active === before?.active ? {} : { active: draft.active }),
    ...(draft.subject === before?.subject ? {} : { filter: { type: `${kind}_reference`, ...(id ? { id } : {}) } }),
    ...(of ? {} : { delivery_method: { type: 'http_delivery_method', url: draft.url.trim(), ...(headers.length > 0 ? { custom_headers: headers } : {}) } }),
  };
}
