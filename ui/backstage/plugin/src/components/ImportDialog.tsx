import { useApi } from '@backstage/core-plugin-api';
import { Alert, Button, Dialog, DialogBody, DialogFooter, DialogHeader, Switch } from '@backstage/ui';
import { useState } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { ImportResult, StoredMapping } from '../api/types.js';
import { plural, readMappings } from '../text.js';
import { WhyNot, useMay } from './permissions.js';

/** What is named of what was left out; the rest is counted. */
const NAMED_MAX = 20;

function LeftOut({ result }: { result: ImportResult }) {
  const lines = [
    ...result.errors.map(one => `${one.serviceId ?? '?'} ${one.entityRef ?? ''}: ${one.error}`),
    ...result.skipped.map(one => `${one.serviceId} ${one.entityRef}: ${one.reason}`),
  ];
  if (lines.length === 0) return null;
  return (
    <details open>
      <summary>{plural(lines.length, 'line was left out', 'lines were left out')}</summary>
      <ul className="cbp-picks" tabIndex={0} aria-label="Left out">
        {lines.slice(0, NAMED_MAX).map(line => (
          <li key={line}>{line}</li>
        ))}
        {lines.length > NAMED_MAX && <li>{`and ${lines.length - NAMED_MAX} more`}</li>}
      </ul>
    </details>
  );
}

/** Takes over mappings from a file: an export of this page, or what PagerDuty's own backend answers to GET /mapping/entity. */
export function ImportDialog(props: { close: () => void; imported: () => void }) {
  const api = useApi(pagerDutyApiRef);
  const may = useMay('map');
  const [mappings, setMappings] = useState<StoredMapping[] | undefined>();
  const [replace, setReplace] = useState(false);
  const [error, setError] = useState<string | undefined>();
  const [running, setRunning] = useState(false);
  const [result, setResult] = useState<ImportResult | undefined>();

  const read = async (file: File | undefined) => {
    setError(undefined);
    setResult(undefined);
    try {
      setMappings(file && readMappings(await file.text()));
    } catch (reason) {
      setMappings(undefined);
      setError((reason as Error).message);
    }
  };
  const send = async () => {
    setRunning(true);
    setError(undefined);
    try {
      setResult(await api.importMappings(mappings ?? [], replace));
      props.imported();
    } catch (reason) {
      setError((reason as Error).message);
    } finally {
      setRunning(false);
    }
  };

  return (
    <Dialog isOpen onOpenChange={open => !open && props.close()} width={560}>
      <DialogHeader>Import mappings</DialogHeader>
      <DialogBody>
        <div className="cbp cbp-form">
          <WhyNot of={may} />
          <label className="cbp-file">
            <span>A file of mappings</span>
            <input type="file" accept=".json,application/json" onChange={event => void read(event.target.files?.[0])} />
          </label>
          <p className="cbp-dim">
            Of this page, or the answer of PagerDuty’s own backend to GET /mapping/entity. No integration is made for what is imported.
          </p>
          <Switch label="Replace what is mapped here already" isSelected={replace} onChange={setReplace} />
          {mappings && !result && <p role="status">{`${plural(mappings.length, 'line')} to import.`}</p>}
          {result && (
            <div role="status">
              <p>
                {`${plural(result.importedCount, 'mapping is', 'mappings are')} imported; ${plural(result.notMappedCount, 'line')} had no entity.`}
              </p>
              <LeftOut result={result} />
            </div>
          )}
          {error && <Alert status="danger" icon title="That did not work" description={error} />}
        </div>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={props.close}>
          {result ? 'Done' : 'Cancel'}
        </Button>
        <Button isPending={running} isDisabled={!mappings?.length || !may.may || Boolean(result)} onPress={() => void send()}>
          Import
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
