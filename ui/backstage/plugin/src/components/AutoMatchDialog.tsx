import { useApi } from '@backstage/core-plugin-api';
import { Alert, Button, Dialog, DialogBody, DialogFooter, DialogHeader, Slider, TextField } from '@backstage/ui';
import { useEffect, useRef, useState } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { Match } from '../api/types.js';
import { plural } from '../text.js';
import { Missing } from './basic.js';
import { WhyNot, useMay } from './permissions.js';

const ASK_EVERY_MS = 500;
const keyOf = (match: Match) => `${match.pagerDutyService.serviceId} ${match.backstageComponent.entityRef}`;

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Proposes a service for each entity by name and team; nothing is stored before it is confirmed. */
export function AutoMatchDialog(props: { account?: string; close: () => void; saved: (message: string) => void }) {
  const { account, close, saved } = props;
  const api = useApi(pagerDutyApiRef);
  const [threshold, setThreshold] = useState(85);
  const [team, setTeam] = useState('');
  const [running, setRunning] = useState(false);
  const [matches, setMatches] = useState<Match[] | undefined>();
  const [chosen, setChosen] = useState(new Set<string>());
  const [error, setError] = useState<string | undefined>();
  const [missing, setMissing] = useState<string[] | undefined>();
  const may = useMay('map');
  const controller = useRef(new AbortController());
  useEffect(() => {
    controller.current = new AbortController();
    return () => controller.current.abort();
  }, []);

  const look = async () => {
    setRunning(true);
    setError(undefined);
    try {
      const { signal } = controller.current;
      const jobId = await api.startAutoMatch(threshold, team.trim() || undefined, account);
      let job = await api.getAutoMatch(jobId, signal);
      while ((job.status === 'pending' || job.status === 'running') && !signal.aborted) {
        await wait(ASK_EVERY_MS, signal);
        job = await api.getAutoMatch(jobId, signal);
      }
      if (job.status === 'failed') throw new Error(job.error ?? 'The search failed.');
      const found = job.result?.matches ?? [];
      setMatches(found);
      setMissing(job.result?.missing_accounts);
      setChosen(new Set(found.map(keyOf)));
    } catch (reason) {
      setError((reason as Error).message);
    } finally {
      setRunning(false);
    }
  };

  const confirm = async () => {
    setRunning(true);
    setError(undefined);
    try {
      const mappings = (matches ?? [])
        .filter(match => chosen.has(keyOf(match)))
        .map(match => ({
          entityRef: match.backstageComponent.entityRef,
          serviceId: match.pagerDutyService.serviceId,
          account: match.pagerDutyService.account || undefined,
        }));
      const result = await api.putMappings(mappings);
      const left = [...result.skipped.map(one => one.reason), ...result.errors.map(one => one.error)];
      saved(`${plural(result.successCount, 'entity has its service', 'entities have their service')}.${left.length ? ` Left out: ${left.join(' ')}` : ''}`);
    } catch (reason) {
      setError((reason as Error).message);
      setRunning(false);
    }
  };

  const toggle = (key: string) => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    setChosen(next);
  };

  return (
    <Dialog isOpen onOpenChange={open => !open && close()} width={620}>
      <DialogHeader>Match entities and services by name</DialogHeader>
      <DialogBody>
        <div className="cbp cbp-form">
          <div className="cbp-two">
            <Slider label="At least this alike" minValue={50} maxValue={100} value={threshold} onChange={value => setThreshold(Number(value))} />
            <TextField label="Only of this team" secondaryLabel="Optional" value={team} onChange={setTeam} />
          </div>
          <WhyNot of={may} />
          <Missing accounts={missing} />
          {matches && matches.length === 0 && <p className="cbp-dim">Nothing is that alike.</p>}
          {matches && matches.length > 0 && (
            <ul className="cbp-picks" aria-label="Proposals">
              {matches.map(match => (
                <li key={keyOf(match)}>
                  <label>
                    <input type="checkbox" checked={chosen.has(keyOf(match))} onChange={() => toggle(keyOf(match))} />
                    <span>
                      {match.backstageComponent.name} → {match.pagerDutyService.name}
                      <span className="cbp-meta">{`${match.score} % alike · ${match.backstageComponent.entityRef}`}</span>
                    </span>
                  </label>
                </li>
              ))}
            </ul>
          )}
          {error && <Alert status="danger" icon title="That did not work" description={error} />}
        </div>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={close}>
          Cancel
        </Button>
        <Button variant={matches?.length ? 'secondary' : 'primary'} isPending={running && !matches?.length} isDisabled={running || !may.may} onPress={() => void look()}>
          {matches ? 'Look again' : 'Look for matches'}
        </Button>
        {matches && matches.length > 0 && (
          <Button isDisabled={running || !may.may || chosen.size === 0} onPress={() => void confirm()}>
            {`Map ${plural(chosen.size, 'entity', 'entities')}`}
          </Button>
        )}
      </DialogFooter>
    </Dialog>
  );
}
