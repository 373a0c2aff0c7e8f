// The ways in which people can be told: words, shapes and what an address of each looks like.

import type { ContactMethod } from '../../api/types';
import type { IconName } from '../../parts/icons';

interface KindOf {
  word: string;
  icon: IconName;
  /** What its address is called. */
  address: string;
  hint: string;
  numbered?: boolean;
}

export const kinds = {
  phone: { word: 'Phone', icon: 'phone', address: 'Number', hint: 'Rings, and reads the incident out. National, without the 0 in front.', numbered: true },
  sms: { word: 'SMS', icon: 'sms', address: 'Number', hint: 'National, without the 0 in front.', numbered: true },
  push_notification: { word: 'Push', icon: 'push', address: 'Topic', hint: 'The topic that the app on the telephone listens to: letters, digits, _ and -.' },
  email: { word: 'E-mail', icon: 'email', address: 'Address', hint: 'Wakes nobody. Good for low urgency.' },
  whatsapp: { word: 'WhatsApp', icon: 'sms', address: 'Number', hint: 'National, without the 0 in front.', numbered: true },
  slack: { word: 'Slack', icon: 'sms', address: 'Member or channel', hint: 'Its id, as U024BE7LH.' },
  teams: { word: 'Teams', icon: 'sms', address: 'Incoming webhook', hint: 'Its address, https://…' },
  telegram: { word: 'Telegram', icon: 'sms', address: 'Chat', hint: 'Its number, as 123456789.' },
  mattermost: { word: 'Mattermost', icon: 'sms', address: 'Incoming webhook', hint: 'Its address, https://…' },
  webhook: { word: 'Webhook', icon: 'sms', address: 'Webhook', hint: 'Its address, https://… REST tells the secret that it is signed with.' },
} satisfies Record<string, KindOf>;

export type Kind = keyof typeof kinds;

export const kindNameOf = (method: Pick<ContactMethod, 'type'>): Kind => {
  const name = method.type.replace(/_contact_method(_reference)?$/, '');
  return name in kinds ? (name as Kind) : 'push_notification';
};
export const kindOf = (method: Pick<ContactMethod, 'type'>): KindOf => kinds[kindNameOf(method)];

export const addressOf = (method: ContactMethod): string => (method.address ? (method.country_code && kindOf(method).numbered ? `+${method.country_code} ${method.address}` : method.address) : '');
