// What the form of an extension makes of what was typed.

import type { Extension, ExtensionConfig, ExtensionSchema } from '../../api/types';

/** Chats whose channels have ids; all others have an address. */
export const isById = (key: string): boolean => key === 'slack' || key === 'telegram';

export interface Kind {
  /** Where to find it. */
  hint: string;
  placeholder: string;
}
const kinds: Record<string, Kind> = {
  slack: { hint: 'The id of the channel, in Slack at the foot of the channel’s details. The bot has to be in it.', placeholder: 'C024BE91L' },
  telegram: { hint: 'The number of the group; of groups it begins with a minus. The bot has to be in it.', placeholder: '-1001234567890' },
  microsoft_teams: { hint: 'The address of an incoming webhook of the channel. Who has it can write there.', placeholder: 'https://…' },
  mattermost: { hint: 'The address of an incoming webhook of the channel. Who has it can write there.', placeholder: 'https://…/hooks/…' },
};
export const kindOf = (key: string): Kind => kinds[key] ?? { hint: 'Each event is sent there as JSON by POST.', placeholder: 'https://…' };

export const topics = [['acknowledge', 'Acknowledged, or ringing again'], ['resolve', 'Resolved'], ['assignments', 'Given to others']] as const;
export type Topic = (typeof topics)[number][0];

/** "X-Token: abc", one a line. */
export const textOfHeaders = (headers: ExtensionConfig['headers'] = []): string => headers.map((one) => `${one.name}: ${one.value}`).join('\n');
export const headersOf = (text: string): { name: string; value: string }[] =>
  text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
    const at = line.indexOf(':');
    return at < 0 ? { name: line, value: '' } : { name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() };
  });

export interface Draft {
  name: string;
  /** The channel's id, or the address. */
  target: string;
  told: ReadonlySet<Topic>;
  headers: string;
}
export const draftOf = (of: Extension | undefined): Draft => ({
  name: of?.name ?? '',
  target: of?.config.channel ?? of?.endpoint_url ?? '',
  told: new Set(topics.map(([topic]) => topic).filter((topic) => of?.config.notify_types?.[topic] !== false)),
  headers: textOfHeaders(of?.config.headers),
});

/** What others wrote into its configuration stays. */
export function membersOf(draft: Draft, key: string, before: ExtensionConfig = {}): { name: string; endpoint_url?: string; config: ExtensionConfig } {
  const config: ExtensionConfig = { ...before, notify_types: Object.fromEntries(topics.map(([topic]) => [topic, draft.told.has(topic)])) };
  const target = draft.target.trim();
  if (isById(key)) return { name: draft.name.trim(), config: { ...config, channel: target } };
  if (key === 'generic_v2_webhook') config.headers = headersOf(draft.headers);
  return { name: draft.name.trim(), endpoint_url: target, config };
}

/** The channel, or the server: the rest of an address lets in whoever has it. */
export function whereOf({ config, endpoint_url: address }: Pick<Extension, 'config' | 'endpoint_url'>): string {
  if (config.channel) return `channel ${config.channel}`;
  try {
    return new URL(address ?? '').host;
  } catch {
    return '';
  }
}

/** The schema as it is in the list, by the reference's id. */
export const schemaOf = (schemas: readonly ExtensionSchema[], of: Pick<Extension, 'extension_schema'>): ExtensionSchema | undefined => schemas.find((one) => one.id === of.extension_schema.id);
