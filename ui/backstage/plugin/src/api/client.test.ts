import { describe, expect, it, vi } from 'vitest';
import { PagerDutyClient, PagerDutyError, UnauthorizedError, messagesOf, queryOf } from './client.js';

function clientOf(answer: (url: string, init: RequestInit) => Response | Promise<Response>) {
  const fetch = vi.fn(async (url: string, init: RequestInit = {}) => answer(url, init));
  const client = new PagerDutyClient({
    discoveryApi: { getBaseUrl: async id => `https://backend.test/api/${id}` },
    fetchApi: { fetch: fetch as never },
  });
  return { client, fetch };
}

const json = (body: unknown, status = 200, headers = {}) => new Response(JSON.stringify(body), { status, headers });

describe('a request', () => {
  it('escapes what it is given', async () => {
    const { client, fetch } = clientOf(() => json({}));
    await client.getCard({ service_id: 'P&account=evil', account: 'a b' }, ['service', 'on_call']);
    const url = new URL(fetch.mock.calls[0]?.[0] as string);
    expect(url.pathname).toBe('/api/pagerduty/card');
    expect(Object.fromEntries(url.searchParams)).toEqual({ service_id: 'P&account=evil', account: 'a b', parts: 'service,on_call' });
  });

  it('names the incident in its path and the account in its body', async () => {
    const { client, fetch } = clientOf(() => json({ incident: { id: 'Q/1' } }));
    await client.change('snooze', 'Q/1', { seconds: 60 }, 'acme');
    const [url, init] = fetch.mock.calls[0] as [string, RequestInit];
    expect(url).toBe('https://backend.test/api/pagerduty/incidents/Q%2F1/snooze');
    expect(JSON.parse(init.body as string)).toEqual({ seconds: 60, account: 'acme' });
  });

  it('leaves out of its query what is not given', () => {
    expect(queryOf({ a: '', b: undefined })).toBe('');
    expect(queryOf({ a: 'x y', b: undefined })).toBe('?a=x+y');
  });
});

describe('a refusal', () => {
  it('is read in all the shapes that the backend has', () => {
    expect(messagesOf({ errors: ['a', 'b', 3] })).toEqual(['a', 'b']);
    expect(messagesOf({ error: 'a' })).toEqual(['a']);
    expect(messagesOf({ error: { message: 'a' } })).toEqual(['a']);
    expect(messagesOf('Bad Request: a')).toEqual(['Bad Request: a']);
    expect([undefined, null, [], {}, 7].flatMap(messagesOf)).toEqual([]);
  });

  it('carries its status, the fields and when to ask again', async () => {
    const { client } = clientOf(() => json({ errors: ['No.'], fields: { title: 'A title is needed.' } }, 429, { 'Retry-After': '7' }));
    const error = await client.trigger({ title: '' }).catch(reason => reason);
    expect(error).toBeInstanceOf(PagerDutyError);
    expect(error).toMatchObject({ status: 429, message: 'No.', fields: { title: 'A title is needed.' }, retryAfterSeconds: 7 });
  });

  it('that is no JSON still says something', async () => {
    const { client } = clientOf(() => new Response('<html>', { status: 502 }));
    await expect(client.getAccounts()).rejects.toThrow('The plugin’s backend answered with status 502.');
  });

  it('of nobody is told apart', async () => {
    const { client } = clientOf(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(client.getAccounts()).rejects.toMatchObject({ status: 0, message: 'The plugin’s backend could not be reached.' });
  });

  it('is none when the caller gave up', async () => {
    const controller = new AbortController();
    controller.abort();
    const { client } = clientOf(() => Promise.reject(new DOMException('aborted', 'AbortError')));
    await expect(client.rollUp([], controller.signal)).rejects.not.toBeInstanceOf(PagerDutyError);
  });
});

it('a setting that was never made is not an error', async () => {
  const { client } = clientOf(() => json({}, 404));
  expect(await client.getDependencyStrategy()).toBeUndefined();
  const { client: broken } = clientOf(() => json({}, 500));
  await expect(broken.getDependencyStrategy()).rejects.toBeInstanceOf(PagerDutyError);
});

it('an entity that is not mapped shows no service, whatever its annotation names', async () => {
  const row = { name: 'shop', serviceId: 'PSVC', serviceName: 'Shop', team: 'Web' };
  const { client } = clientOf(() => json({ totalCount: 2, entities: [{ ...row, status: 'NotMapped' }, { ...row, status: 'InSync' }] }));
  const { entities } = await client.getMappedEntities({ offset: 0, limit: 10, filters: {} });
  expect(entities.map(one => [one.serviceId, one.serviceName, one.team])).toEqual([
    ['', '', ''],
    ['PSVC', 'Shop', 'Web'],
  ]);
});

it('who is not known is told so by an error of its own, as of PagerDuty’s own plugin', async () => {
  const { client } = clientOf(() => json({ errors: ['No.'] }, 401));
  const error = await client.getAccounts().catch(reason => reason);
  expect(error).toBeInstanceOf(UnauthorizedError);
  expect(error).toBeInstanceOf(PagerDutyError);
  expect(error).toMatchObject({ name: 'UnauthorizedError', status: 401, message: 'No.' });
});

it('permissions that cannot be found out are not taken for refused', async () => {
  const permissions = { view: true, map: false };
  const { client } = clientOf(() => json({ permissions, groups_known: true }));
  expect(await client.getPermissions()).toEqual(permissions);
  const { client: unsure } = clientOf(() => json({ permissions, groups_known: false }));
  expect(await unsure.getPermissions()).toBeUndefined();
});

it('a long file of mappings goes by pieces, without what only makes it longer', async () => {
  const rows = Array.from({ length: 2_001 }, (_, i) => ({ serviceId: `P${i}`, entityRef: `component:default/c${i}`, serviceName: 'x' }));
  const left = { entityRef: 'a', serviceId: 'P', reason: 'It is here already' };
  const { client, fetch } = clientOf((_, init) =>
    json({ total: JSON.parse(init.body as string).length, importedCount: 1, notMappedCount: 0, skippedCount: 1, errorCount: 0, skipped: [left], errors: [] }),
  );
  expect(await client.importMappings(rows, true)).toMatchObject({ total: 2_001, importedCount: 2, skippedCount: 2, skipped: [left, left] });
  const [first, second] = fetch.mock.calls;
  expect(first?.[0]).toBe('https://backend.test/api/pagerduty/mapping/import?replace=true');
  expect(JSON.parse(second?.[1]?.body as string)).toEqual([{ serviceId: 'P2000', entityRef: 'component:default/c2000' }]);
});

it('a search for services tells which accounts it could not look into', async () => {
  const { client } = clientOf(() => json([{ id: 'P1', name: 'Shop' }], 200, { 'X-Callboard-Missing-Accounts': 'eu,far%20away' }));
  expect(await client.findServices('Sh')).toEqual({ services: [{ id: 'P1', name: 'Shop' }], missing_accounts: ['eu', 'far away'] });
  const { client: whole } = clientOf(() => json([]));
  expect(await whole.findServices('Sh')).toEqual({ services: [], missing_accounts: [] });
});

it('an incident without an urgency is sent without one', async () => {
  const { client, fetch } = clientOf(() => json({ incident: { id: 'Q' }, steps: [], sentence: '' }));
  await client.trigger({ title: 'x', service_id: 'P', urgency: undefined });
  expect(JSON.parse(fetch.mock.calls[0]?.[1]?.body as string)).toEqual({ title: 'x', service_id: 'P' });
  await client.preview({ service_id: 'P' }, undefined);
  expect(fetch.mock.calls[1]?.[0]).toBe('https://backend.test/api/pagerduty/preview?service_id=P');
});
