// The page: which entity has which service, and the few settings.

import { alertApiRef, useApi } from '@backstage/core-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Alert, Button, SearchField, Select, Tab, TabList, TabPanel, Tabs } from '@backstage/ui';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { pagerDutyApiRef } from '../api/client.js';
import type { MappedEntity, MappingColumn, MappingQuery, MappingStatus } from '../api/types.js';
import { usePolled } from '../hooks.js';
import { useStyles } from '../styles.js';
import type { Tone } from '../text.js';
import { plural, unquoted } from '../text.js';
import { AutoMatchDialog } from './AutoMatchDialog.js';
import { Failure, Outside, ToneMark } from './basic.js';
import { MappingDialog } from './MappingDialog.js';
import { SettingsPanel } from './SettingsPanel.js';

const STATUS: Record<MappingStatus, { tone: Tone; word: string }> = {
  InSync: { tone: 'quiet', word: 'In sync' },
  OutOfSync: { tone: 'acknowledged', word: 'Out of sync' },
  NotMapped: { tone: 'unknown', word: 'Not mapped' },
  ErrorWhenFetchingService: { tone: 'triggered', word: 'Service not found' },
};

const ANY = 'any';
const PAGE_SIZES = [10, 25, 50, 100];
/** Slowly: the table is read and worked on, not watched. */
const TABLE_POLL_MS = 60_000;

/** What is typed, a moment after the last key. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), 300);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

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

function Table(props: {
  entities: MappedEntity[];
  accounts: boolean;
  sort: NonNullable<MappingQuery['sort']>;
  onSort: (sort: NonNullable<MappingQuery['sort']>) => void;
  onEdit: (entity: MappedEntity) => void;
}) {
  const { entities, accounts, sort, onSort, onEdit } = props;
  return (
    <div className="cbp-scroll" tabIndex={0} role="region" aria-label="Entities and their services">
      <table className="cbp-table">
        <thead>
          <tr>
            <SortHead label="Entity" column="name" sort={sort} onSort={onSort} />
            <th scope="col">Owner</th>
            <SortHead label="Service" column="serviceName" sort={sort} onSort={onSort} />
            <SortHead label="Team" column="team" sort={sort} onSort={onSort} />
            <th scope="col">Escalation policy</th>
            {accounts && <th scope="col">Account</th>}
            <SortHead label="Status" column="status" sort={sort} onSort={onSort} />
            <th scope="col">
              <span aria-hidden="true">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {entities.map(entity => (
            <tr key={entity.id || refOf(entity)} data-entity={refOf(entity)}>
              <td>
                <EntityRefLink entityRef={refOf(entity)} hideIcon className="cbp-link" />
              </td>
              <td>
                <OwnerLink owner={entity.owner} />
              </td>
              <td>
                <Outside href={entity.serviceUrl}>{entity.serviceName}</Outside>
              </td>
              <td>{entity.team}</td>
              <td>{entity.escalationPolicy}</td>
              {accounts && <td>{entity.account}</td>}
              <td>
                <ToneMark tone={STATUS[entity.status].tone}>{STATUS[entity.status].word}</ToneMark>
              </td>
              <td>
                <Button size="small" variant="secondary" aria-label={`Change the service of ${entity.name}`} onPress={() => onEdit(entity)}>
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

function Mappings() {
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const [parameters] = useSearchParams();
  const [name, setName] = useState(parameters.get('name') ?? '');
  const [team, setTeam] = useState('');
  const [service, setService] = useState('');
  const [status, setStatus] = useState<string>(ANY);
  const [account, setAccount] = useState(ANY);
  const [sort, setSort] = useState<NonNullable<MappingQuery['sort']>>({ column: 'name', direction: 'ascending' });
  const [limit, setLimit] = useState(25);
  const [page, setPage] = useState(0);
  const [editing, setEditing] = useState<MappedEntity | undefined>();
  const [matching, setMatching] = useState(false);
  const accounts = usePolled('accounts', () => api.getAccounts(), 10 * 60_000).value ?? [];

  const filters = {
    name: useSettled(name),
    teamName: useSettled(team),
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
  const total = table?.totalCount ?? 0;
  const saved = (message: string) => {
    alerts.post({ message, severity: 'success', display: 'transient' });
    setEditing(undefined);
    setMatching(false);
    polled.refresh();
  };

  return (
    <>
      <div className="cbp-tools">
        <SearchField size="small" label="Entity" placeholder="Part of its name" value={name} onChange={setName} />
        <SearchField size="small" label="Owner" placeholder="Part of its name" value={team} onChange={setTeam} />
        <SearchField size="small" label="Service" placeholder="Part of its name" value={service} onChange={setService} />
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
        <Button variant="secondary" onPress={() => setMatching(true)}>
          Match by name…
        </Button>
      </div>
      {!table && polled.error && <Failure error={polled.error} retry={<Button size="small" onPress={polled.refresh}>Try again</Button>} />}
      {table && polled.error && <Alert status="warning" icon title="Not current" description={polled.error.message} />}
      {table && table.entities.length === 0 && (
        <p className="cbp-dim">{Object.values(filters).some(Boolean) ? 'Nothing fits these filters.' : 'The catalog has no components.'}</p>
      )}
      {table && table.entities.length > 0 && (
        <Table entities={table.entities} accounts={accounts.length > 1} sort={sort} onSort={setSort} onEdit={setEditing} />
      )}
      {table && (
        <div className="cbp-acts" style={{ marginTop: 14 }}>
          <span className="cbp-dim" role="status">
            {total === 0 ? '' : `${page * limit + 1} to ${Math.min((page + 1) * limit, total)} of ${plural(total, 'entity', 'entities')}`}
          </span>
          <Button size="small" variant="secondary" isDisabled={page === 0} onPress={() => setPage(page - 1)}>
            Previous
          </Button>
          <Button size="small" variant="secondary" isDisabled={(page + 1) * limit >= total} onPress={() => setPage(page + 1)}>
            Next
          </Button>
          <Select
            size="small"
            className="cbp-rows-of-page"
            aria-label="Rows on a page"
            selectionMode="single"
            options={PAGE_SIZES.map(size => ({ id: String(size), label: `${size} rows` }))}
            value={String(limit)}
            onChange={value => setLimit(Number(value))}
          />
        </div>
      )}
      {editing && <MappingDialog entity={editing} close={() => setEditing(undefined)} saved={saved} />}
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
          <Tab id="settings">Configuration</Tab>
        </TabList>
        <TabPanel id="mappings">
          <div style={{ paddingTop: 16 }}>
            <Mappings />
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
