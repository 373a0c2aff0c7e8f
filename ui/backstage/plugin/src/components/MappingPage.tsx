// The page: which entity has which service, and the few settings.

import { alertApiRef, storageApiRef, useApi } from '@backstage/core-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Alert, Button, SearchField, Select, Tab, TabList, TabPanel, Tabs } from '@backstage/ui';
import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router-dom';
import { pagerDutyApiRef } from '../api/client.js';
import type { MappedEntity, MappingColumn, MappingQuery, MappingStatus } from '../api/types.js';
import { useNow, usePolled, useSettled } from '../hooks.js';
import { saveFile } from '../save.js';
import { useStyles } from '../styles.js';
import type { Tone } from '../text.js';
import { ago, unquoted } from '../text.js';
import { AutoMatchDialog } from './AutoMatchDialog.js';
import { Failure, Missing, Outside, Pages, ToneMark, Waiting } from './basic.js';
import { CustomFields } from './CustomFields.js';
import { ImportDialog } from './ImportDialog.js';
import { MappingDialog } from './MappingDialog.js';
import type { May } from './permissions.js';
import { WhyNot, useMay } from './permissions.js';
import { SettingsPanel } from './SettingsPanel.js';

const STATUS: Record<MappingStatus, { tone: Tone; word: string }> = {
  InSync: { tone: 'quiet', word: 'In sync' },
  OutOfSync: { tone: 'acknowledged', word: 'Out of sync' },
  NotMapped: { tone: 'unknown', word: 'Not mapped' },
  ErrorWhenFetchingService: { tone: 'triggered', word: 'Service not known' },
};

const ANY = 'any';
const PAGE_SIZES = [10, 25, 50, 100];
/** Lists of services are kept for five minutes. */
const OLD_MS = 6 * 60_000;
/** Slowly: the table is read and worked on, not watched. */
const TABLE_POLL_MS = 60_000;

function SortHead(props: {
  label: string;
  column: MappingColumn;
  sort: NonNullable<MappingQuery['sort']>;
  onSort: (sort: NonNullable<MappingQuery['sort']>) => void;
}) {
  const { label, column, sort, onSort } = props;
  const active = sort.column === column;
  const opposite = sort.direction === 'ascending' ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={active ? sort.direction : 'none'}>
      <button type="button" onClick={() => onSort({ column, direction: active ? opposite : 'ascending' })}>
        {label}
        <span aria-hidden="true">{active ? (sort.direction === 'ascending' ? '▲' : '▼') : ''}</span>
      </button>
    </th>
  );
}

export const refOf = (entity: MappedEntity) => `${entity.type}:${entity.namespace}/${entity.name}`.toLowerCase();

function OwnerLink({ owner }: { owner: string }) {
  const ref = unquoted(owner);
  if (!ref) return null;
  try {
    return <EntityRefLink entityRef={parseEntityRef(ref, { defaultKind: 'group' })} hideIcon className="cbp-link" />;
  } catch {
    return <>{ref}</>;
  }
}

interface Column {
  id: string;
  label: string;
  /** By which the backend can sort. */
  sort?: MappingColumn;
  /** Cannot be hidden. */
  fixed?: boolean;
  cell(entity: MappedEntity): ReactNode;
}

const COLUMNS: Column[] = [
  { id: 'entity', label: 'Entity', sort: 'name', fixed: true, cell: entity => <EntityRefLink entityRef={refOf(entity)} hideIcon className="cbp-link" /> },
  { id: 'owner', label: 'Owner', cell: entity => <OwnerLink owner={entity.owner} /> },
  { id: 'system', label: 'System', cell: entity => unquoted(entity.system) },
  { id: 'lifecycle', label: 'Lifecycle', cell: entity => unquoted(entity.lifecycle) },
  { id: 'service', label: 'Service', sort: 'serviceName', cell: entity => <Outside href={entity.serviceUrl}>{entity.serviceName}</Outside> },
  { id: 'serviceId', label: 'Id of the service', cell: entity => entity.serviceId },
  { id: 'team', label: 'Team', sort: 'team', cell: entity => entity.team },
  { id: 'policy', label: 'Escalation policy', cell: entity => entity.escalationPolicy },
  { id: 'account', label: 'Account', cell: entity => entity.account },
  {
    id: 'status',
    label: 'Status',
    sort: 'status',
    cell: entity => <ToneMark tone={STATUS[entity.status].tone}>{STATUS[entity.status].word}</ToneMark>,
  },
];

const SHOWN_AT_FIRST = ['owner', 'service', 'team', 'policy', 'account', 'status'];

/** The columns that this person wants to see, kept by Backstage for them. */
function useShownColumns(): [string[], (shown: string[]) => void] {
  const storage = useApi(storageApiRef);
  const bucket = useMemo(() => storage.forBucket('callboard-pagerduty'), [storage]);
  const [shown, setShown] = useState(() => bucket.snapshot<string[]>('columns').value ?? SHOWN_AT_FIRST);
  useEffect(() => {
    const following = bucket.observe$<string[]>('columns').subscribe(({ value }) => value && setShown([...value]));
    return () => following.unsubscribe();
  }, [bucket]);
  return [
    [...shown],
    next => {
      setShown(next);
      void bucket.set('columns', next);
    },
  ];
}

function Table(props: {
  entities: MappedEntity[];
  columns: Column[];
  sort: NonNullable<MappingQuery['sort']>;
  onSort: (sort: NonNullable<MappingQuery['sort']>) => void;
  onEdit: (entity: MappedEntity) => void;
  may: May;
}) {
  const { entities, columns, sort, onSort, onEdit, may } = props;
  return (
    <div className="cbp-scroll" tabIndex={0} role="region" aria-label="Entities and their services">
      <table className="cbp-table">
        <thead>
          <tr>
            {columns.map(({ id, label, sort: column }) =>
              column ? (
                <SortHead key={id} label={label} column={column} sort={sort} onSort={onSort} />
              ) : (
                <th key={id} scope="col">
                  {label}
                </th>
              ),
            )}
            <th scope="col">
              <span aria-hidden="true">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {entities.map(entity => (
            <tr key={entity.id || refOf(entity)} data-entity={refOf(entity)}>
              {columns.map(({ id, cell }) => (
                <td key={id}>{cell(entity)}</td>
              ))}
              <td>
                <Button size="small" variant="secondary" {...may.off} aria-label={`Change the service of ${entity.name}`} onPress={() => onEdit(entity)}>
                  Change
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** That what is shown was read a while ago; nothing while it is of now. */
function Age({ asOf }: { asOf: string }) {
  const now = useNow(10_000);
  if (!(now - Date.parse(asOf) >= OLD_MS)) return null;
  return <p className="cbp-dim" role="status">{`As of ${ago(asOf, now)}; newer lists are being read.`}</p>;
}

function Mappings() {
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const [parameters] = useSearchParams();
  const [name, setName] = useState(parameters.get('name') ?? '');
  const [owner, setOwner] = useState('');
  const [team, setTeam] = useState('');
  const [service, setService] = useState('');
  const [status, setStatus] = useState<string>(ANY);
  const [account, setAccount] = useState(ANY);
  const [sort, setSort] = useState<NonNullable<MappingQuery['sort']>>({ column: 'name', direction: 'ascending' });
  const [limit, setLimit] = useState(25);
  const [page, setPage] = useState(0);
  const [editing, setEditing] = useState<MappedEntity | undefined>();
  const [matching, setMatching] = useState(false);
  const [importing, setImporting] = useState(false);
  const may = useMay('map');
  const accounts = usePolled('accounts', () => api.getAccounts(), 10 * 60_000).value ?? [];

  const filters = {
    name: useSettled(name),
    teamName: useSettled(owner),
    serviceTeamName: useSettled(team),
    serviceName: useSettled(service),
    status: status === ANY ? ('' as const) : (status as MappingStatus),
  };
  const question = JSON.stringify([filters, account, sort, limit]);
  // Another question begins at its first page.
  useEffect(() => setPage(0), [question]);
  const query: MappingQuery = { offset: page * limit, limit, filters, sort, account: account === ANY ? undefined : account };
  const polled = usePolled(JSON.stringify(query), signal => api.getMappedEntities(query, signal), TABLE_POLL_MS);
  const [kept, setKept] = useState(polled.value);
  useEffect(() => {
    if (polled.value) setKept(polled.value);
  }, [polled.value]);
  const table = polled.value ?? (polled.error ? undefined : kept);
  const [shown, setShown] = useShownColumns();
  const offered = COLUMNS.filter(({ id }) => id !== 'account' || accounts.length > 1);
  const saved = (message: string) => {
    alerts.post({ message, severity: 'success', display: 'transient' });
    setEditing(undefined);
    setMatching(false);
    polled.refresh();
  };

  const exportAll = async () => {
    try {
      saveFile('mappings.json', JSON.stringify(await api.exportMappings(), null, 2), 'application/json');
    } catch (error) {
      alerts.post({ message: `The mappings could not be had. ${(error as Error).message}`, severity: 'error' });
    }
  };

  return (
    <>
      <WhyNot of={may} />
      <div className="cbp-tools">
        <SearchField size="small" label="Entity" placeholder="Part of its name" value={name} onChange={setName} />
        <SearchField size="small" label="Owner" placeholder="Part of its name" value={owner} onChange={setOwner} />
        <SearchField size="small" label="Service" placeholder="Part of its name" value={service} onChange={setService} />
        <SearchField size="small" label="Team" placeholder="Part of its name" value={team} onChange={setTeam} />
        <Select
          size="small"
          label="Status"
          selectionMode="single"
          options={[{ id: ANY, label: 'Any' }, ...Object.entries(STATUS).map(([id, { word }]) => ({ id, label: word }))]}
          value={status}
          onChange={value => setStatus(String(value ?? ANY))}
        />
        {accounts.length > 1 && (
          <Select
            size="small"
            label="Account"
            selectionMode="single"
            options={[{ id: ANY, label: 'Any' }, ...accounts.map(({ id }) => ({ id, label: id }))]}
            value={account}
            onChange={value => setAccount(String(value ?? ANY))}
          />
        )}
        <Select
          size="small"
          label="Columns"
          selectionMode="multiple"
          options={offered.filter(({ fixed }) => !fixed).map(({ id, label }) => ({ id, label }))}
          value={shown}
          onChange={value => setShown([...(value as Iterable<string>)].map(String))}
        />
        <Button variant="secondary" {...may.off} onPress={() => setMatching(true)}>
          Match by name…
        </Button>
        <Button variant="secondary" {...may.off} onPress={() => setImporting(true)}>
          Import…
        </Button>
        <Button variant="secondary" onPress={() => void exportAll()}>
          Export
        </Button>
      </div>
      {!table && !polled.error && <Waiting label="Mappings" />}
      {!table && polled.error && <Failure error={polled.error} retry={<Button size="small" onPress={polled.refresh}>Try again</Button>} />}
      {table && polled.error && <Alert status="warning" icon title="Not current" description={polled.error.message} />}
      {table && <Age asOf={table.as_of} />}
      {table && <Missing accounts={table.missing_accounts} />}
      {table && table.entities.length === 0 && (
        <p className="cbp-dim">{Object.values(filters).some(Boolean) ? 'Nothing fits these filters.' : 'The catalog has no components.'}</p>
      )}
      {table && table.entities.length > 0 && (
        <Table
          entities={table.entities}
          columns={offered.filter(({ id, fixed }) => fixed || shown.includes(id))}
          sort={sort}
          onSort={setSort}
          onEdit={setEditing}
          may={may}
        />
      )}
      {table && (
        <Pages page={page} limit={limit} total={table.totalCount} sizes={PAGE_SIZES} noun={['entity', 'entities']} onPage={setPage} onLimit={setLimit} />
      )}
      {editing && <MappingDialog entity={editing} close={() => setEditing(undefined)} saved={saved} />}
      {importing && <ImportDialog close={() => setImporting(false)} imported={polled.refresh} />}
      {matching && <AutoMatchDialog account={query.account} close={() => setMatching(false)} saved={saved} />}
    </>
  );
}

/** Without a header of its own, for an app that has one. */
export function PagerDutyPageContent() {
  useStyles();
  return (
    <main className="cbp cbp-page">
      <Tabs>
        <TabList>
          <Tab id="mappings">Services of entities</Tab>
          <Tab id="fields">Custom fields</Tab>
          <Tab id="settings">Configuration</Tab>
        </TabList>
        <TabPanel id="mappings">
          <div style={{ paddingTop: 16 }}>
            <Mappings />
          </div>
        </TabPanel>
        <TabPanel id="fields">
          <div style={{ paddingTop: 16 }}>
            <CustomFields />
          </div>
        </TabPanel>
        <TabPanel id="settings">
          <div style={{ paddingTop: 16 }}>
            <SettingsPanel />
          </div>
        </TabPanel>
      </Tabs>
    </main>
  );
}
