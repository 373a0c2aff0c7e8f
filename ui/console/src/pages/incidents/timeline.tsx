import { useState, type ReactNode } from 'react';
import type { LogEntry } from '../../api/types';
import { Button, Rail, RailEntry, When } from '../../parts/base';
import { channelIcon, channelWords, type IconName } from '../../parts/icons';
import { RefLink } from '../../parts/state';

const mark = (entry: LogEntry): IconName => {
  const type = entry.type.replace('_log_entry', '');
  if (type === 'notify') return channelIcon(entry.summary ? (entry.channel as { notification?: { type?: string } }).notification?.type ?? '' : '');
  const marks: Record<string, IconName> = {
    trigger: 'triggered', unacknowledge: 'triggered', exhaust_escalation_path: 'triggered', acknowledge: 'acknowledged', resolve: 'resolved', snooze: 'snoozed',
    assign: 'next', escalate: 'next', delegate: 'next', repeat_escalation_path: 'next', annotate: 'note', merge: 'change',
  };
  return marks[type] ?? 'info';
};

/** One plain sentence for what happened; the server's own words for what we do not know. */
function sentence(entry: LogEntry): ReactNode {
  const byPerson = entry.agent?.type.startsWith('user') ?? false;
  const who = entry.agent ? byPerson ? <b><RefLink to={entry.agent} /></b> : <RefLink to={entry.agent} /> : 'Callboard';
  // A link that a whole channel sees: the note says which, and nobody knows who followed it.
  const somebody = entry.agent?.type.startsWith('service') && entry.note?.startsWith('By ');
  const users = entry.assignees ?? (entry.user ? [entry.user] : []);
  const names = users.map((user) => user.summary).join(' and ');
  switch (entry.type.replace('_log_entry', '')) {
    case 'trigger': return <><b>Triggered</b> by {who}</>;
    case 'acknowledge': return <>{somebody ? 'Somebody' : who} <b>acknowledged</b></>;
    case 'unacknowledge': return byPerson ? <>{who} gave it back: it <b>needs somebody again</b></> : <b>Needs somebody again</b>;
    case 'resolve': return somebody ? <>Somebody <b>resolved</b> it</> : <><b>Resolved</b> by {who}</>;
    case 'assign': return !names ? entry.summary : byPerson ? <>{who} assigned it to <b>{names}</b></> : <>Assigned to <b>{names}</b></>;
    case 'escalate': return !names ? entry.summary : byPerson ? <>{who} escalated it to <b>{names}</b></> : <>Escalated to <b>{names}</b></>;
    case 'delegate': return <>{who} moved it to another policy{names ? <>, which called <b>{names}</b></> : null}</>;
    case 'reopen': return <>{who} <b>reopened</b> it</>;
    case 'merge': return <>{who} merged other incidents into this one</>;
    case 'urgency_change': return byPerson ? <>{who} changed the urgency</> : <>The urgency was changed by {who}</>;
    case 'field_value_change': return <>{who} changed a field</>;
    case 'custom_field_value_change': return <>{who} changed a custom field</>;
    case 'repeat_escalation_path': return 'The policy starts over';
    case 'exhaust_escalation_path': return 'The policy has ended: nobody else is told';
    case 'annotate': return <>Note by {who}</>;
    case 'snooze': return <>Snoozed by {who}</>;
    case 'notify': return entry.note ?? entry.summary;
    default: return entry.summary;
  }
}

function reason(entry: LogEntry): ReactNode {
  if (entry.type.startsWith('notify')) return null;
  if (entry.note === entry.summary) return null;
  if (entry.note) return <span className="said">{entry.note}</span>;
  if (entry.type.startsWith('acknowledge') && !['auto', 'website'].includes(entry.channel.type)) return `by ${channelWords(entry.channel.type)}`;
  return null;
}

const newest = 15;

/** Newest first, at first the newest alone: what stands under it is to be reached by a thumb. `marked` is the one that the
    address points at; `rest` is what stands under the oldest. */
export function Timeline({ entries, marked, rest }: { entries: LogEntry[]; marked?: string | undefined; rest?: ReactNode }) {
  const [all, setAll] = useState(() => entries.findIndex((entry) => entry.id === marked) >= newest);
  const earlier = all ? 0 : entries.length - newest;
  return (
    <>
      <Rail>
        {(all ? entries : entries.slice(0, newest)).map((entry) => (
          <RailEntry key={entry.id} time={<When at={entry.created_at} exact />} icon={mark(entry)} reason={reason(entry)}>
            {entry.id === marked ? <mark>{sentence(entry)}</mark> : sentence(entry)}
          </RailEntry>
        ))}
      </Rail>
      {earlier > 0 ? <Button size="sm" onClick={() => setAll(true)}>{earlier} earlier</Button> : rest}
    </>
  );
}
