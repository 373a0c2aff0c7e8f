// The try-it box: an event of the past, or one that is typed, against the rules as they stand in the editor. Nothing happens.

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { get, question } from '../../api/client';
import { useMinute } from '../../api/clock';
import { moment } from '../../api/times';
import { Button, Failure, Part } from '../../parts/base';
import { Choice } from '../../parts/forms';
import { bodyOf, outcomeWords, sampleEvent, type Names, type OrchestrationPath, type RecentEvent, type Trial } from './paths';
import { EventField } from './rule_form';

export type Owner = { orchestration: { id: string } } | { service: { id: string } };

const ownerQuery = (owner: Owner) => ('orchestration' in owner ? { orchestration_id: owner.orchestration.id } : { service_id: owner.service.id });

function parsed(text: string): { event: object | null; problem: string } {
  try {
    const event: unknown = JSON.parse(text);
    return typeof event === 'object' && event !== null && !Array.isArray(event) ? { event, problem: '' } : { event: null, problem: 'must be one object' };
  } catch (error) {
    return { event: null, problem: `is not JSON: ${String((error as Error).message)}` };
  }
}

/** The trial of what is chosen, and of the rules as they are drawn; asked again when either changes. */
export function useTrial(owner: Owner, drafts: Record<string, OrchestrationPath>, event: object | null) {
  const paths = useDeferredValue(drafts);
  const body = { ...owner, paths: Object.fromEntries(Object.entries(paths).map(([kind, path]) => [kind, bodyOf(path).orchestration_path])), event };
  return useQuery({
    queryKey: ['trial', JSON.stringify(body)],
    queryFn: async ({ signal }) => (await question<{ trial: Trial }>('/console/orchestration_trials', body, signal)).trial,
    enabled: event !== null, placeholderData: keepPreviousData, retry: false, meta: { live: false },
  });
}

export function TryIt({ owner, trial, onEvent, names }: { owner: Owner; trial: ReturnType<typeof useTrial>; onEvent: (event: object | null) => void; names: Names }) {
  const now = useMinute();
  const recent = useQuery({ queryKey: ['/console/recent_events', ownerQuery(owner)], queryFn: async ({ signal }) => (await get<{ events: RecentEvent[] }>('/console/recent_events', { ...ownerQuery(owner), limit: 25 }, signal)).events, meta: { live: false }, staleTime: 60_000 });
  const [text, setText] = useState(sampleEvent);
  const [problem, setProblem] = useState('');
  const [tried, setTried] = useState(false);
  const choose = (id: string) => {
    const found = recent.data?.[Number(id)];
    if (!id || !found?.event) return;
    setText(JSON.stringify(found.event, null, 2));
    setProblem('');
    setTried(true);
    onEvent(found.event);
  };
  const run = () => {
    const result = parsed(text);
    setProblem(result.problem);
    setTried(result.event !== null);
    onEvent(result.event);
  };
  return (
    <section className="panel" aria-labelledby="try-it">
      <header><h2 id="try-it">Try it</h2></header>
      <div className="body stack-4">
        <Part query={recent} what="Past events">
          {(events) => events.length === 0 ? <p className="dim small">No event has come this way yet. Write one.</p> : <Choice label="An event of the past" value="" onChange={choose} options={[['', 'Choose'], ...events.flatMap((one, i) => (one.event ? [[String(i), `${moment(one.at, now)} ${one.summary}`] as const] : []))]} />}
        </Part>
        <form className="stack-4" onSubmit={(event) => { event.preventDefault(); run(); }}>
          <EventField text={text} change={setText} problem={problem} />
          <Button type="submit" busy={trial.isFetching}>Try it</Button>
        </form>
        <div aria-live="polite">
          {tried && trial.error ? <Failure error={trial.error} what="Not tried." /> : null}
          {tried && trial.data && !trial.error ? (
            <>
              <p className="verdict">{outcomeWords(trial.data.outcome, names)[0] ?? 'Nothing changes.'}</p>
              <ul className="plainlist">{outcomeWords(trial.data.outcome, names).slice(1).map((one) => <li key={one}>{one}</li>)}</ul>
              <details><summary className="small hit">The event afterwards</summary><pre className="code" tabIndex={0}>{JSON.stringify(trial.data.event, null, 2)}</pre></details>
              <p className="small dim">Each rule shows what it found. By the rules as they stand here, saved or not. Nothing was sent, and nobody was told.</p>
            </>
          ) : <p className="small dim">Shows at each rule whether the event meets it, and what becomes of it. Nothing is sent.</p>}
        </div>
      </div>
    </section>
  );
}
