// The decisions in their order, each with its reason. The same part answers "why me?" and "why not Ben?".

import type { Decision, NamedConfig, Why } from '../../api/types';
import { Rail, RailEntry, When } from '../../parts/base';
import type { IconName } from '../../parts/icons';
import { basesOf, ended } from './why_config';

const marks: Record<string, IconName> = {
  opened: 'triggered', assigned: 'next', escalated: 'next', told: 'push', acknowledged: 'acknowledged', snoozed: 'snoozed', resolved: 'resolved', not_reached: 'weak',
};

/** With `config` each says on which settings it was based. */
export function Decisions({ decisions, config }: { decisions: Decision[]; config?: NamedConfig[] }) {
  const bases = config ? basesOf(decisions, config) : [];
  return (
    <Rail>
      {decisions.map((one, i) => (
        <RailEntry key={`${one.at}-${i}`} time={<When at={one.at} exact />} icon={marks[one.reason] ?? 'info'} reason={bases[i] ? `By ${bases[i]}.` : null}>{ended(one.sentence)}</RailEntry>
      ))}
    </Rail>
  );
}

export function WhyRail({ story, me, short }: { story: Why; me: string; short?: boolean }) {
  const mine = story.people.find((one) => one.user.id === me);
  return (
    <>
      {mine ? <p className="verdict">{ended(mine.sentence)}</p> : <p className="dim">This did not concern you: you are on no level of its policy.</p>}
      <Decisions decisions={short ? story.decisions.slice(0, 6) : story.decisions} />
      {story.decisions_left_out > 0 ? <p className="small dim">{story.decisions_left_out} more decisions are not listed.</p> : null}
    </>
  );
}
