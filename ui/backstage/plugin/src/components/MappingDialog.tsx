import { useApi } from '@backstage/core-plugin-api';
import { Alert, Button, Dialog, DialogBody, DialogFooter, DialogHeader, SearchField, Select } from '@backstage/ui';
import { useEffect, useState } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { FoundServices, MappedEntity } from '../api/types.js';
import { usePolled } from '../hooks.js';
import { Missing } from './basic.js';
import { WhyNot, useMay } from './permissions.js';

const refOf = (entity: MappedEntity) => `${entity.type}:${entity.namespace}/${entity.name}`.toLowerCase();

const NONE = '';
const ANY_TEAM = 'any';

/** Chooses the service of an entity: those that are called like it are offered first. */
export function MappingDialog(props: { entity: MappedEntity; close: () => void; saved: (message: string) => void }) {
  const { entity, close, saved } = props;
  const api = useApi(pagerDutyApiRef);
  const [query, setQuery] = useState('');
  const [team, setTeam] = useState(ANY_TEAM);
  const teams = usePolled('teams', signal => api.getTeams(signal), 10 * 60_000).value ?? [];
  const [found, setFound] = useState<FoundServices | undefined>();
  const [chosen, setChosen] = useState(entity.serviceId || NONE);
  const [error, setError] = useState<Error | undefined>();
  const [saving, setSaving] = useState(false);
  const may = useMay('map');
  const likeName = entity.name.split(/[-_.]/)[0] ?? '';

  useEffect(() => {
    const controller = new AbortController();
    const ask = async () => {
      // Suggestions by the name, and some of all of them when there are none.
      const teamId = team === ANY_TEAM ? undefined : team;
      const first = await api.findServices(query.trim() || likeName, teamId, controller.signal);
      const services = first.services.length || query.trim() ? first : await api.findServices('', teamId, controller.signal);
      if (!controller.signal.aborted) setFound(services);
    };
    const timer = setTimeout(() => ask().catch((reason: Error) => !controller.signal.aborted && setError(reason)), query ? 250 : 0);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [api, query, team, likeName]);

  const services = [...(found?.services ?? [])];
  if (entity.serviceId && !services.some(service => service.id === entity.serviceId)) {
    services.unshift({ id: entity.serviceId, name: entity.serviceName || entity.serviceId, html_url: entity.serviceUrl, account: entity.account });
  }
  const save = async () => {
    setSaving(true);
    setError(undefined);
    try {
      if (chosen === NONE) {
        await api.putMapping({ entityRef: '', serviceId: entity.serviceId, account: entity.account || undefined });
        saved(`${entity.name} has no service any more.`);
      } else {
        const service = services.find(one => one.id === chosen);
        await api.putMapping({ entityRef: refOf(entity), serviceId: chosen, account: service?.account || undefined });
        saved(`${entity.name} has the service ${service?.name ?? chosen}.`);
      }
    } catch (reason) {
      setError(reason as Error);
      setSaving(false);
    }
  };

  return (
    <Dialog isOpen onOpenChange={open => !open && close()} width={520}>
      <DialogHeader>{`Service of ${entity.name}`}</DialogHeader>
      <DialogBody>
        <div className="cbp cbp-form">
          <WhyNot of={may} />
          <div className="cbp-two">
            <SearchField label="Find a service" placeholder="Part of its name, or its id" value={query} onChange={setQuery} autoFocus />
            {teams.length > 0 && (
              <Select
                label="Of the team"
                selectionMode="single"
                options={[{ id: ANY_TEAM, label: 'Any' }, ...teams.map(({ id, name }) => ({ id, label: name }))]}
                value={team}
                onChange={value => setTeam(String(value ?? ANY_TEAM))}
              />
            )}
          </div>
          <ul className="cbp-picks" role="radiogroup" aria-label="Services">
            <li role="none">
              <label>
                <input type="radio" name="service" checked={chosen === NONE} onChange={() => setChosen(NONE)} />
                None
              </label>
            </li>
            {services.map(service => (
              <li key={`${service.account} ${service.id}`} role="none">
                <label>
                  <input type="radio" name="service" checked={chosen === service.id} onChange={() => setChosen(service.id)} />
                  <span>
                    {service.name}
                    <span className="cbp-meta">
                      {[service.teams?.[0]?.summary ?? service.teams?.[0]?.name, service.account, service.id].filter(Boolean).join(' · ')}
                    </span>
                  </span>
                </label>
              </li>
            ))}
          </ul>
          <Missing accounts={found?.missing_accounts} />
          {found && found.services.length === 0 && <p className="cbp-dim">No service is called that.</p>}
          <p className="cbp-dim">A service without an integration for Backstage gets one.</p>
          {error && <Alert status="danger" icon title="That did not work" description={error.message} />}
        </div>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={close}>
          Cancel
        </Button>
        <Button isPending={saving} isDisabled={!may.may || chosen === (entity.serviceId || NONE)} onPress={() => void save()}>
          Save
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
