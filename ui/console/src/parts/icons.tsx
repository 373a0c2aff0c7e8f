import type { ReactNode } from 'react';

// One grid of 16 px. The shapes of states are the same as on the server's pages (src/http/console/view.cpp).
const drawings = {
  triggered: <><path className="full" d="M8 1.8 14.4 13.6H1.6Z" /><path className="cut" d="M8 6.2v3.4M8 11.7v.1" /></>,
  acknowledged: <><circle cx="8" cy="8" r="6.2" /><path className="full" d="M8 1.8a6.2 6.2 0 0 1 0 12.4Z" /></>,
  resolved: <><circle cx="8" cy="8" r="6.2" /><path d="m5.2 8.2 2 2 3.7-4.3" /></>,
  snoozed: <path d="M13.6 9.6A6 6 0 1 1 6.4 2.4a4.8 4.8 0 0 0 7.2 7.2Z" />,
  suppressed: <><circle cx="8" cy="8" r="6.2" strokeDasharray="2.6 2.4" /><path d="M4.4 11.6 11.6 4.4" /></>,
  maintenance: <><path d="M8 1.6 13.6 4.8v6.4L8 14.4 2.4 11.2V4.8Z" /><circle cx="8" cy="8" r="2.1" /></>,
  disabled: <><rect x="2.5" y="2.5" width="11" height="11" rx="1" /><path d="m5.5 5.5 5 5" /></>,
  info: <><circle cx="8" cy="8" r="6.2" /><path d="M8 7.3V11M8 5v.1" /></>,
  next: <path d="M3 8h9.500M9 4.500 12.500 8 9 11.500" />,
  right: <path d="m6 3.500 4.500 4.500L6 12.500" />,
  down: <path d="M3.500 6 8 10.500 12.500 6" />,
  change: <path d="M2.500 5.500h9M9 2.800l2.700 2.700L9 8.200M13.500 10.500h-9M7 7.800l-2.700 2.700L7 13.200" />,
  weak: <><path d="M8 2 14.500 13.500h-13Z" /><path d="M8 6.500v3.200M8 11.600v.1" /></>,
  pulse: <path d="M1.500 8.500h3l1.500-4 3 7.500 1.700-3.500h3.800" />,
  bell: <path d="M3 11.500h10c-1.200-1.300-1.500-2.600-1.500-5a3.500 3.500 0 0 0-7 0c0 2.400-.3 3.700-1.500 5ZM6.700 13.800h2.600" />,
  grid: <><rect x="2" y="2" width="5" height="5" rx="1" /><rect x="9" y="2" width="5" height="5" rx="1" /><rect x="2" y="9" width="5" height="5" rx="1" /><rect x="9" y="9" width="5" height="5" rx="1" /></>,
  calendar: <><rect x="2" y="3" width="12" height="11" rx="1.200" /><path d="M2 6.500h12M5.200 1.500V4M10.800 1.500V4" /></>,
  people: <><circle cx="6" cy="5.600" r="2.500" /><path d="M1.500 13.200c.4-2.700 2.100-3.900 4.500-3.900s4.100 1.200 4.500 3.900M10.800 3.400a2.400 2.400 0 0 1 0 4.500M12 9.600c1.500.5 2.300 1.700 2.600 3.600" /></>,
  more: <path d="M3 8h.1M8 8h.1M13 8h.1" strokeWidth="2.6" />,
  search: <><circle cx="7" cy="7" r="4.500" /><path d="m10.500 10.500 3.500 3.500" /></>,
  plus: <path d="M8 3v10M3 8h10" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  code: <path d="M5.500 4.500 2 8l3.500 3.500M10.500 4.500 14 8l-3.500 3.500" />,
  phone: <path d="M3.400 2h2.200l1.200 3-1.500 1.200a8.500 8.500 0 0 0 4.400 4.400L10.900 9.100l3 1.200v2.300A1.400 1.400 0 0 1 12.500 14 11 11 0 0 1 2 3.400 1.400 1.400 0 0 1 3.400 2Z" />,
  sms: <><path d="M2 3h12v8.200H7.500L4.500 14v-2.800H2Z" /><path d="M5 7h.1M8 7h.1M11 7h.1" strokeWidth="2" /></>,
  push: <><rect x="4.200" y="1.500" width="7.600" height="13" rx="1.600" /><path d="M7.200 12.300h1.600" /></>,
  email: <><rect x="1.800" y="3.200" width="12.400" height="9.600" rx="1" /><path d="m2.200 4 5.800 4.700L13.800 4" /></>,
  note: <><path d="M3 2.500h10v8L9.500 14H3Z" /><path d="M5.500 6h5M5.500 9h3" /></>,
  link: <path d="M6.500 9.500 9.500 6.500M7 4.800l1.700-1.700a3 3 0 0 1 4.200 4.200L11.200 9M9 11.200l-1.700 1.700a3 3 0 0 1-4.200-4.200L4.800 7" />,
  drag: <path d="M6 4h.1M10 4h.1M6 8h.1M10 8h.1M6 12h.1M10 12h.1" strokeWidth="2.2" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof drawings;

const tones: Partial<Record<IconName, string>> = {
  triggered: 'trig', acknowledged: 'ack', resolved: 'res', suppressed: 'sup', maintenance: 'mnt',
};

export function Icon({ name, tone }: { name: IconName; tone?: string }) {
  return (
    <svg className={`i ${tone ?? tones[name] ?? ''}`} viewBox="0 0 16 16" aria-hidden="true">
      {drawings[name]}
    </svg>
  );
}

const channels: Record<string, string> = { api: 'API', email: 'e-mail', sms: 'text message', phone: 'telephone call', push: 'push message', whatsapp: 'WhatsApp', slack: 'Slack', teams: 'Microsoft Teams', telegram: 'Telegram', mattermost: 'Mattermost' };

/** What the API calls "sms", as people do. */
export const channelWords = (channel: string): string => channels[channel] ?? channel;

/** What a message was carried by. */
export function channelIcon(channel: string): IconName {
  if (channel.startsWith('email')) return 'email';
  if (channel.startsWith('sms')) return 'sms';
  if (channel.startsWith('phone')) return 'phone';
  return 'push';
}
