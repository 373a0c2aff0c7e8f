import { KeyField, Sect } from '../../parts/base';

/** The schedule in a calendar. Whoever has the address can read it. */
export function CalendarFeed({ url }: { url: string | undefined }) {
  if (!url) return null;
  return <Sect title="In your calendar"><KeyField label="Address of the feed" secret value={url} hint="Subscribe to it in your calendar. Whoever has it can see who is on call." /></Sect>;
}
