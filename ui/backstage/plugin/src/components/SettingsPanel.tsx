import { alertApiRef, useApi } from '@backstage/core-plugin-api';
import { Alert, Button, Radio, RadioGroup } from '@backstage/ui';
import { useState } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { DependencyStrategy } from '../api/types.js';
import { usePolled } from '../hooks.js';
import { Failure, Waiting } from './basic.js';

const CHOICES: [DependencyStrategy, string][] = [
  ['disabled', 'Disabled: neither side changes the other'],
  ['backstage', 'Backstage: what components depend on is written to PagerDuty'],
  ['pagerduty', 'PagerDuty: what services depend on is shown in Backstage'],
  ['both', 'Both: each side has what either of them knows'],
];

/**
 * How dependencies of services are kept the same on both sides. The setting is kept for PagerDuty's own entity processor, which reads it;
 * our catalog module changes no dependencies.
 */
export function SettingsPanel() {
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const [saving, setSaving] = useState(false);
  const polled = usePolled('strategy', async () => (await api.getDependencyStrategy()) ?? 'disabled', 10 * 60_000);
  const [chosen, setChosen] = useState<DependencyStrategy | undefined>();
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
      <RadioGroup
        label="Dependencies of services"
        description="Carried out by PagerDuty’s own entity processor, where that is installed."
        value={value}
        onChange={next => setChosen(next as DependencyStrategy)}
      >
        {CHOICES.map(([id, label]) => (
          <Radio key={id} value={id}>
            {label}
          </Radio>
        ))}
      </RadioGroup>
      {value !== stored && value !== 'disabled' && (
        <Alert
          status="warning"
          icon
          title="Dependencies can be lost"
          description="The side that follows loses what the other does not know. Only entities with a service take part."
        />
      )}
      <div>
        <Button isDisabled={value === stored} isPending={saving} onPress={() => void save()}>
          Save
        </Button>
      </div>
    </div>
  );
}
