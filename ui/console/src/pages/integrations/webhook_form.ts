// What the form of a webhook makes of what was typed.

import type { OAuthClient, WebhookSubscription } from '../../api/types';
import { headersOf, whereOf } from '../services/extension_form';

export const hostOf = (one: WebhookSubscription): string => whereOf({ config: {}, endpoint_url: one.delivery_method.url });
export const nameOf = (one: WebhookSubscription): string => one.description || hostOf(one);

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
  /** The OAuth client's id; empty: none. */
  client: string;
  events: ReadonlySet<string>;
  active: boolean;
}
export const draftOf = (of: WebhookSubscription | undefined): Draft => ({
  description: of?.description ?? '',
  url: of?.delivery_method.url ?? '',
  headers: '',
  subject: of?.filter.id ? `${of.filter.type.replace('_reference', '')} ${of.filter.id}` : 'account',
  client: of?.oauth_client?.id ?? '',
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
    ...(draft.client === (before?.client ?? '') ? {} : { oauth_client_id: draft.client || null }),
    ...(of ? {} : { delivery_method: { type: 'http_delivery_method', url: draft.url.trim(), ...(headers.length > 0 ? { custom_headers: headers } : {}) } }),
  };
}

export interface ClientDraft {
  name: string;
  tokenUrl: string;
  clientId: string;
  secret: string;
  scope: string;
}
export const clientDraftOf = (of: OAuthClient | undefined): ClientDraft => ({ name: of?.name ?? '', tokenUrl: of?.token_url ?? '', clientId: of?.client_id ?? '', secret: '', scope: of?.scope ?? '' });

/** What was not changed is not sent; a secret that is not typed again stays. */
export function clientMembersOf(draft: ClientDraft, of?: OAuthClient) {
  const before = of ? clientDraftOf(of) : undefined;
  const scope = draft.scope.trim();
  return {
    ...(draft.name === before?.name ? {} : { name: draft.name.trim() }),
    ...(draft.tokenUrl === before?.tokenUrl ? {} : { token_url: draft.tokenUrl.trim() }),
    ...(draft.clientId === before?.clientId ? {} : { client_id: draft.clientId.trim() }),
    ...(draft.secret ? { client_secret: draft.secret } : {}),
    ...(scope === (before?.scope ?? '') ? {} : { scope: scope || null }),
    ...(of ? {} : { grant_type: 'client_credentials' }),
  };
}
