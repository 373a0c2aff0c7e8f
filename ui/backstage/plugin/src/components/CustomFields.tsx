// Fields of services that are filled from entities: which, whether, and what became of their values.

import { alertApiRef, useApi } from '@backstage/core-plugin-api';
import { Alert, Button, Dialog, DialogBody, DialogFooter, DialogHeader, SearchField, Select, Switch, TextField } from '@backstage/ui';
import { useEffect, useState } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { CustomField, LogSeverity, SyncLogQuery } from '../api/types.js';
import { usePolled, useSettled } from '../hooks.js';
import { saveFile } from '../save.js';
import type { Tone } from '../text.js';
import { plural, severityOf } from '../text.js';
import { AccountSelect, Failure, Pages, ToneMark, Waiting } from './basic.js';
import type { May } from './permissions.js';
import { WhyNot, useMay } from './permissions.js';

const ANY = 'any';
const LOG_PAGE_SIZES = [20, 50, 100];
const LIST_POLL_MS = 60_000;

const SEVERITY: Record<LogSeverity, { tone: Tone; word: string }> = {
  error: { tone: 'triggered', word: 'Error' },
  warning: { tone: 'acknowledged', word: 'Warning' },
  info: { tone: 'quiet', word: 'Written' },
};

/** Adds a field, or changes one. */
function FieldDialog(props: { field?: CustomField; account?: string; close: () => void; saved: (message: string) => void }) {
  const { field, account, close, saved } = props;
  const api = useApi(pagerDutyApiRef);
  const [name, setName] = useState(field?.pagerdutyCustomFieldDisplayName ?? '');
  const [entityPath, setEntityPath] = useState(field?.backstageEntityMappingPath ?? '');
  const [description, setDescription] = useState(field?.description ?? '');
  const [error, setError] = useState<Error | undefined>();
  const [saving, setSaving] = useState(false);
  const may = useMay('configure');
  const save = async () => {
    setSaving(true);
    setError(undefined);
    try {
      const sent = { name: name.trim(), entityPath: entityPath.trim(), description: description.trim() || undefined };
      if (field) await api.updateCustomField(field.id, sent, account);
      else await api.createCustomField(sent, account);
      saved(`The field ${sent.name} is ${field ? 'changed' : 'added'}.`);
    } catch (reason) {
      setError(reason as Error);
      setSaving(false);
    }
  };
  return (
    <Dialog isOpen onOpenChange={open => !open && close()} width={520}>
      <DialogHeader>{field ? `Field ${field.pagerdutyCustomFieldDisplayName}` : 'Add a field'}</DialogHeader>
      <DialogBody>
        <div className="cbp cbp-form">
          <WhyNot of={may} />
          <TextField label="Name" description="As people see it on the service in PagerDuty." value={name} onChange={setName} autoFocus isRequired />
          <TextField
            label="Where its value is in the entity"
            description="Names with dots between them: spec.lifecycle, metadata.labels.tier, metadata.annotations['example.com/tier']"
            value={entityPath}
            onChange={setEntityPath}
            isRequired
          />
          <TextField label="Description" secondaryLabel="Optional" value={description} onChange={setDescription} />
          {error && <Alert status="danger" icon title="That did not work" description={error.message} />}
        </div>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={close}>
          Cancel
        </Button>
        <Button isPending={saving} isDisabled={!may.may || !name.trim() || !entityPath.trim()} onPress={() => void save()}>
          {field ? 'Save' : 'Add'}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

function RemoveDialog(props: { field: CustomField; account?: string; close: () => void; saved: (message: string) => void }) {
  const { field, account, close, saved } = props;
  const api = useApi(pagerDutyApiRef);
  const [error, setError] = useState<Error | undefined>();
  const [removing, setRemoving] = useState(false);
  const may = useMay('configure');
  const name = field.pagerdutyCustomFieldDisplayName;
  const remove = async () => {
    setRemoving(true);
    try {
      await api.deleteCustomField(field.id, account);
      saved(`The field ${name} is removed.`);
    } catch (reason) {
      setError(reason as Error);
      setRemoving(false);
    }
  };
  return (
    <Dialog isOpen onOpenChange={open => !open && close()} width={440}>
      <DialogHeader>{`Remove the field ${name}?`}</DialogHeader>
      <DialogBody>
        <div className="cbp cbp-form">
          <WhyNot of={may} />
          <p>It is removed from PagerDuty too, with its value on every service.</p>
          {error && <Alert status="danger" icon title="That did not work" description={error.message} />}
        </div>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={close}>
          Cancel
        </Button>
        <Button destructive className="cbp-danger" isDisabled={!may.may} isPending={removing} onPress={() => void remove()}>
          Remove
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

function FieldTable(props: {
  fields: CustomField[];
  onToggle: (field: CustomField, enabled: boolean) => void;
  onEdit: (field: CustomField) => void;
  onRemove: (field: CustomField) => void;
  may: May;
}) {
  const { off } = props.may;
  return (
    <div className="cbp-scroll" tabIndex={0} role="region" aria-label="Custom fields">
      <table className="cbp-table">
        <thead>
          <tr>
            <th scope="col">Field in PagerDuty</th>
            <th scope="col">Value in the entity</th>
            <th scope="col">Description</th>
            <th scope="col">Filled</th>
            <th scope="col">
              <span aria-hidden="true">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.fields.map(field => {
            const name = field.pagerdutyCustomFieldDisplayName;
            return (
              <tr key={field.id} data-field={name}>
                <td>{name}</td>
                <td>
                  <code>{field.backstageEntityMappingPath}</code>
                </td>
                <td>{field.description}</td>
                <td>
                  <Switch
                    aria-label={`Fill ${name}`}
                    isDisabled={off.isDisabled}
                    isSelected={field.pagerdutyCustomFieldEnabled}
                    onChange={enabled => props.onToggle(field, enabled)}
                  />
                </td>
                <td>
                  <span className="cbp-acts" style={{ justifyContent: 'flex-end', flexWrap: 'nowrap' }}>
                    <Button size="small" variant="secondary" {...off} aria-label={`Change ${name}`} onPress={() => props.onEdit(field)}>
                      Change
                    </Button>
                    <Button size="small" variant="tertiary" {...off} aria-label={`Remove ${name}`} onPress={() => props.onRemove(field)}>
                      Remove
                    </Button>
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** What became of the values, newest first. */
function SyncLog({ account }: { account?: string }) {
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const [search, setSearch] = useState('');
  const [severity, setSeverity] = useState<string>(ANY);
  const [field, setField] = useState<string>(ANY);
  const [path, setPath] = useState<string>(ANY);
  const [service, setService] = useState<string>(ANY);
  const [limit, setLimit] = useState(20);
  const [page, setPage] = useState(0);
  const chosen = (value: string) => (value === ANY ? undefined : value);
  const filter: SyncLogQuery = {
    account,
    severity: chosen(severity) as LogSeverity | undefined,
    search: useSettled(search) || undefined,
    customFieldName: chosen(field),
    entityPath: chosen(path),
    serviceName: chosen(service),
  };
  const question = JSON.stringify([filter, limit]);
  useEffect(() => setPage(0), [question]);
  const polled = usePolled(
    `log ${question} ${page}`,
    signal => api.getSyncLogs({ ...filter, limit, offset: page * limit }, signal),
    LIST_POLL_MS,
  );
  const [kept, setKept] = useState(polled.value);
  useEffect(() => {
    if (polled.value) setKept(polled.value);
  }, [polled.value]);
  const log = polled.value ?? (polled.error ? undefined : kept);
  const options = (label: string, names: string[]) => [{ id: ANY, label }, ...names.map(name => ({ id: name, label: name }))];
  const download = async () => {
    try {
      saveFile('sync-logs.csv', await api.getSyncLogFile(filter));
    } catch (error) {
      alerts.post({ message: `The log could not be had. ${(error as Error).message}`, severity: 'error' });
    }
  };
  const filtered = [filter.severity, filter.search, filter.customFieldName, filter.entityPath, filter.serviceName].some(Boolean);
  const choose = (set: (value: string) => void) => (value: unknown) => set(String(value ?? ANY));
  return (
    <section aria-label="Log" className="cbp-box">
      <h3>What became of the values</h3>
      <div className="cbp-tools">
        <SearchField size="small" label="Search the log" placeholder="Message, service, field" value={search} onChange={setSearch} />
        <Select
          size="small"
          label="Outcome"
          selectionMode="single"
          options={[{ id: ANY, label: 'Any' }, ...Object.entries(SEVERITY).map(([id, { word }]) => ({ id, label: word }))]}
          value={severity}
          onChange={choose(setSeverity)}
        />
        <Select size="small" label="Field" selectionMode="single" options={options('Any', log?.customFieldNames ?? [])} value={field} onChange={choose(setField)} />
        <Select size="small" label="Path" selectionMode="single" options={options('Any', log?.entityPaths ?? [])} value={path} onChange={choose(setPath)} />
        <Select size="small" label="Service" selectionMode="single" options={options('Any', log?.serviceNames ?? [])} value={service} onChange={choose(setService)} />
        <Button variant="secondary" isDisabled={!log?.total} onPress={() => void download()}>
          Download as CSV
        </Button>
      </div>
      {!log && polled.error && <Failure error={polled.error} />}
      {!log && !polled.error && <Waiting label="Log" />}
      {log && log.total === 0 && <p className="cbp-dim">{filtered ? 'Nothing fits these filters.' : 'No value has been written yet.'}</p>}
      {log && log.total > 0 && (
        <>
          <div className="cbp-scroll" tabIndex={0} role="region" aria-label="Entries of the log">
            <table className="cbp-table cbp-read">
              <thead>
                <tr>
                  {['When', 'Outcome', 'Service', 'Field', 'Path', 'Message'].map(head => (
                    <th key={head} scope="col">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {log.logs.map(entry => (
                  <tr key={entry.id}>
                    <td>
                      <time dateTime={entry.timestamp}>{new Date(entry.timestamp).toLocaleString()}</time>
                    </td>
                    <td>
                      <ToneMark tone={SEVERITY[severityOf(entry.errorCode)].tone}>{SEVERITY[severityOf(entry.errorCode)].word}</ToneMark>
                    </td>
                    <td>{entry.serviceName}</td>
                    <td>{entry.customFieldName}</td>
                    <td>
                      <code>{entry.entityPath}</code>
                    </td>
                    <td>{entry.errorMessage}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Pages page={page} limit={limit} total={log.total} sizes={LOG_PAGE_SIZES} noun={['entry', 'entries']} onPage={setPage} onLimit={setLimit} />
        </>
      )}
    </section>
  );
}

export function CustomFields() {
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const [account, setAccount] = useState<string | undefined>();
  const [editing, setEditing] = useState<CustomField | 'new' | undefined>();
  const [removing, setRemoving] = useState<CustomField | undefined>();
  const fields = usePolled(`fields ${account ?? ''}`, signal => api.getCustomFields(account, signal), LIST_POLL_MS);
  const may = useMay('configure');
  const filling = usePolled('data sync', signal => api.getDataSync(signal), LIST_POLL_MS);

  const done = (message: string) => {
    alerts.post({ message, severity: 'success', display: 'transient' });
    setEditing(undefined);
    setRemoving(undefined);
    fields.refresh();
  };
  const attempt = async (change: () => Promise<void>, after: () => void) => {
    try {
      await change();
    } catch (error) {
      alerts.post({ message: `That did not work. ${(error as Error).message}`, severity: 'error' });
    }
    after();
  };
  if (fields.value === undefined || filling.value === undefined) {
    const error = fields.error ?? filling.error;
    return error ? <Failure error={error} /> : <Waiting label="Custom fields" />;
  }
  return (
    <div className="cbp-form">
      <WhyNot of={may} />
      <div className="cbp-tools">
        <AccountSelect value={account} onChange={setAccount} />
        <Switch
          className="cbp-tight"
          label="Fill the fields from the catalog"
          isDisabled={!may.may}
          isSelected={filling.value}
          onChange={on => void attempt(() => api.setDataSync(on), filling.refresh)}
        />
        <Button variant="secondary" {...may.off} onPress={() => setEditing('new')}>
          Add a field…
        </Button>
      </div>
      <p className="cbp-dim">
        The value at a path of an entity is written to each of its services, when it has changed. {plural(fields.value.length, 'field', 'fields')}; PagerDuty allows 15 or
        30, by plan.
      </p>
      {fields.value.length === 0 ? (
        <p className="cbp-dim">There are no fields yet.</p>
      ) : (
        <FieldTable
          fields={fields.value}
          onToggle={(field, enabled) => void attempt(() => api.enableCustomField(field.id, enabled, account), fields.refresh)}
          onEdit={setEditing}
          onRemove={setRemoving}
          may={may}
        />
      )}
      <SyncLog account={account} />
      {editing && <FieldDialog field={editing === 'new' ? undefined : editing} account={account} close={() => setEditing(undefined)} saved={done} />}
      {removing && <RemoveDialog field={removing} account={account} close={() => setRemoving(undefined)} saved={done} />}
    </div>
  );
}
