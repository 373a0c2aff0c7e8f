// The ways in which people can be told: words, shapes and what an address of each looks like.

import type { ContactMethod, Provider } from '../../api/types';
import type { IconName } from '../../parts/icons';

interface KindOf {
  word: string;
  icon: IconName;
  /** What its address is called. */
  address: string;
  hint: string;
  /** What a provider carries for it. */
  messages: string;
  numbered?: boolean;
}

export const kinds = {
  phone: { word: 'Phone', icon: 'phone', messages: 'telephone calls', address: 'Number', hint: 'Rings, and reads the incident out. National, without the 0 in front.', numbered: true },
  sms: { word: 'SMS', icon: 'sms', messages: 'text messages', address: 'Number', hint: 'National, without the 0 in front.', numbered: true },
  push_notification: { word: 'Push', icon: 'push', messages: 'push messages', address: 'Topic', hint: 'The topic that the app on the telephone listens to: letters, digits, _ and -.' },
  email: { word: 'E-mail', icon: 'email', messages: 'e-mail', address: 'Address', hint: 'Wakes nobody. Good for low urgency.' },
  whatsapp: { word: 'WhatsApp', icon: 'sms', messages: 'text messages', address: 'Number', hint: 'National, without the 0 in front.', numbered: true },
  slack: { word: 'Slack', icon: 'sms', messages: 'Slack', address: 'Member or channel', hint: 'Its id, as U024BE7LH.' },
  teams: { word: 'Teams', icon: 'sms', messages: 'Microsoft Teams', address: 'Incoming webhook', hint: 'Its address, https://…' },
  telegram: { word: 'Telegram', icon: 'sms', messages: 'Telegram', address: 'Chat', hint: 'Its number, as 123456789.' },
  mattermost: { word: 'Mattermost', icon: 'sms', messages: 'Mattermost', address: 'Incoming webhook', hint: 'Its address, https://…' },
  webhook: { word: 'Webhook', icon: 'sms', messages: 'webhooks', address: 'Webhook', hint: 'Its address, https://… REST tells the secret that it is signed with.' },
} satisfies Record<string, KindOf>;

/** Whether this server has a provider for it; undefined: not known. WhatsApp numbers are told by text message. */
export function isCarried(method: Pick<ContactMethod, 'type'>, providers: Provider[] | undefined): boolean | undefined {
  const name = kindNameOf(method);
  const channel = name === 'whatsapp' ? 'sms' : name === 'push_notification' ? 'push' : name;
  return providers?.find((one) => one.channel === channel)?.configured;
}
export const noProvider = (method: Pick<ContactMethod, 'type'>): string => `This server has no provider for ${kindOf(method).messages}.`;

export type Kind = keyof typeof kinds;

export const kindNameOf = (method: Pick<ContactMethod, 'type'>): Kind => {
  const name = method.type.replace(/_contact_method(_reference)?$/, '');
  return name in kinds ? (name as Kind) : 'push_notification';
};
export const kindOf = (method: Pick<ContactMethod, 'type'>): KindOf => kinds[kindNameOf(method)];

export const addressOf = (method: ContactMethod): string => (method.address ? (method.country_code && kindOf(method).numbered ? `+${method.country_code} ${method.address}` : method.address) : '');
