import { alertApiRef, useApi } from '@backstage/core-plugin-api';
import { Alert, Button, Radio, RadioGroup } from '@backstage/ui';
import { useState } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { DependencyStrategy, SyncState } from '../api/types.js';
import { useNow, usePolled } from '../hooks.js';
import { ago, plural } from '../text.js';
import { Failure, Waiting } from './basic.js';
import type { May } from './permissions.js';
import { WhyNot, useMay } from './permissions.js';

const CHOICES: [DependencyStrategy, string, string][] = [
  ['disabled', 'Disabled', 'neither side changes the other'],
  ['backstage', 'Backstage', 'what components depend on is written to PagerDuty, and removed there when it was written from here'],
  ['pagerduty', 'PagerDuty', 'what services depend on is shown in Backstage, in the place of what the files say'],
  ['both', 'Both', 'each side has what either of them knows'],
];

/** What follows from a choice that was not in force before. */
const LOSSES: Partial<Record<DependencyStrategy, string>> = {
  pagerduty: 'Backstage shows no more what files say of dependencies between entities with a service.',
  backstage: 'Dependencies that were written from here and that no file names any more are removed from PagerDuty.',
  both: 'Dependencies that were written from here and that no file names any more are removed from PagerDuty.',
};

const RUN_POLL_MS = 5_000;

/** One sentence of what the last run did. */
export function runSentence(last: NonNullable<SyncState['last']>): string {
  if (last.entities === 0) return 'nothing is chosen to be kept the same, or no entity has a service.';
  const done = [
    last.dependencies_added && `${plural(last.dependencies_added, 'dependency', 'dependencies')} added`,
    last.dependencies_removed && `${plural(last.dependencies_removed, 'dependency', 'dependencies')} removed`,
    last.values_written && `${plural(last.values_written, 'value')} written`,
  ].filter(Boolean);
  return `${plural(last.entities, 'entity', 'entities')} with a service: ${done.length ? done.join(', ') : 'nothing to change'}.`;
}

/** The synchronisation in the background: when it ran, what it did, and what failed. */
function LastRun({ may }: { may: May }) {
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const polled = usePolled('sync', signal => api.getSync(signal), RUN_POLL_MS);
  const now = useNow(10_000);
  const [asked, setAsked] = useState(false);
  const state = polled.value;
  if (!state) return polled.error ? <Failure error={polled.error} /> : <Waiting label="Synchronisation" />;
  const start = async (again: boolean) => {
    setAsked(true);
    try {
      await api.startSync(again);
      polled.refresh();
    } catch (error) {
      alerts.post({ message: `It was not started. ${(error as Error).message}`, severity: 'error' });
    } finally {
      setAsked(false);
    }
  };
  const { last } = state;
  return (
    <section className="cbp-box" aria-label="Synchronisation">
      <h3>Synchronisation</h3>
      <div className="cbp-form">
        <p role="status">
          {state.running_since && `Running since ${ago(state.running_since, now)}. `}
          {last ? `Last run ${ago(last.ended_at, now)}: ${runSentence(last)}` : 'It has not run yet.'}
        </p>
        {last && last.failures > 0 && (
          <Alert
            status="warning"
            icon
            title={`${plural(last.failures, 'thing')} did not work and will be tried again`}
            description={last.problems.join(' ')}
          />
        )}
        <div className="cbp-acts">
          <Button variant="secondary" isPending={asked} {...may.off} onPress={() => void start(false)}>
            Synchronise now
          </Button>
          <Button variant="secondary" {...may.off} isDisabled={asked || !may.may} onPress={() => void start(true)}>
            Write all values again
          </Button>
        </div>
        <p className="cbp-dim">It runs by itself after each change made here and every few minutes. Writing again undoes what was changed by hand in PagerDuty.</p>
      </div>
    </section>
  );
}

/** How dependencies of services are kept the same on both sides. */
export function SettingsPanel() {
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const [saving, setSaving] = useState(false);
  const polled = usePolled('strategy', async () => (await api.getDependencyStrategy()) ?? 'disabled', 10 * 60_000);
  const [chosen, setChosen] = useState<DependencyStrategy | undefined>();
  const may = useMay('configure');
  if (polled.value === undefined) {
    return polled.error ? <Failure error={polled.error} /> : <Waiting label="Configuration" />;
  }
  const stored = polled.value;
  const value = chosen ?? stored;
  const save = async () => {
    setSaving(true);
    try {
      await api.setDependencyStrategy(value);
      alerts.post({ message: 'The configuration is saved.', severity: 'success', display: 'transient' });
      polled.refresh();
    } catch (error) {
      alerts.post({ message: `The configuration was not saved. ${(error as Error).message}`, severity: 'error' });
    } finally {
      setSaving(false);
    }
  };
  return (
    <div className="cbp-form" style={{ maxWidth: 640 }}>
      <WhyNot of={may} />
      <RadioGroup
        isDisabled={!may.may}
        label="Dependencies of services"
        description="Which side says what depends on what. Only entities with a service take part."
        value={value}
        onChange={next => setChosen(next as DependencyStrategy)}
      >
        {CHOICES.map(([id, name, meaning]) => (
          <Radio key={id} value={id}>
            {`${name}: ${meaning}`}
          </Radio>
        ))}
      </RadioGroup>
      {value !== stored && LOSSES[value] && <Alert status="warning" icon title="Dependencies can be lost" description={LOSSES[value]} />}
      <div>
        <Button {...may.off} isDisabled={value === stored || !may.may} isPending={saving} onPress={() => void save()}>
          Save
        </Button>
      </div>
      <LastRun may={may} />
    </div>
  );
}
