import { describe, expect, it, vi } from 'vitest';
import {
  ACCOUNT,
  DEPENDS_ON_FROM,
  INTEGRATION_KEY,
  INTEGRATION_KEY_OF_FILE,
  PagerDutyProcessor,
  SERVICE_ID,
  SERVICE_ID_OF_FILE,
  withAnnotated,
  withKey,
  withMapping,
  withoutService,
} from './processor.js';

const component = (annotations?: Record<string, string>) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'Shop', ...(annotations && { annotations }) },
});

function processorWith(answer: typeof fetch, deadlineMs = 200) {
  const logger = { warn: vi.fn() };
  const processor = new PagerDutyProcessor({
    auth: {
      getOwnServiceCredentials: async () => ({ $$type: '@backstage/BackstageCredentials', principal: { type: 'service', subject: 'plugin:catalog' } }),
      getPluginRequestToken: async () => ({ token: 'a-token' }),
    },
    discovery: { getBaseUrl: async () => 'http://backend.test/api/pagerduty' },
    logger,
    deadlineMs,
    fetch: answer,
  });
  return { processor, logger };
}

const location = { type: 'url', target: 'https://files.test/catalog-info.yaml' };
const emit = vi.fn();

const json = (status: number, body: unknown) => async () => new Response(JSON.stringify(body), { status });

describe('an entity with a mapping', () => {
  it('gets the service and the account', () => {
    const mapped = withMapping(component(), { serviceId: 'PSVC', account: 'acme' });
    expect(mapped.metadata.annotations).toEqual({ [SERVICE_ID]: 'PSVC', [ACCOUNT]: 'acme' });
  });

  it('keeps what its file said, beside what the mapping says', () => {
    const mapped = withMapping(component({ [SERVICE_ID]: 'POWN', other: 'x' }), { serviceId: 'PSVC', account: null });
    expect(mapped.metadata.annotations).toEqual({ [SERVICE_ID]: 'PSVC', [SERVICE_ID_OF_FILE]: 'POWN', other: 'x' });
  });

  it('keeps its list of services when the mapped one is in it', () => {
    const entity = component({ [SERVICE_ID]: 'PONE, PTWO' });
    expect(withMapping(entity, { serviceId: 'PTWO' })).toEqual(entity);
  });

  it('is changed in no other way, and the one that came in is not changed at all', () => {
    const entity = Object.freeze(component({ [SERVICE_ID]: 'POWN' }));
    withMapping(entity, { serviceId: 'PSVC' });
    expect(entity.metadata.annotations).toEqual({ [SERVICE_ID]: 'POWN' });
    expect(withMapping(entity, undefined)).toBe(entity);
    expect(withMapping(entity, { serviceId: '' })).toBe(entity);
  });
});

describe('an entity that was unmapped on the page', () => {
  it('has the service no more, and what its file says is kept beside', () => {
    expect(withoutService(component({ [SERVICE_ID]: 'POWN', other: 'x' })).metadata.annotations).toEqual({ [SERVICE_ID_OF_FILE]: 'POWN', other: 'x' });
    const entity = component();
    expect(withoutService(entity)).toBe(entity);
  });
});

describe('an entity that names its service by a key', () => {
  it('gets the service as well, and nothing of its file changes', () => {
    const named = withAnnotated(component({ [INTEGRATION_KEY]: 'k' }), { serviceId: 'PSVC', account: 'eu' });
    expect(named.metadata.annotations).toEqual({ [INTEGRATION_KEY]: 'k', [SERVICE_ID]: 'PSVC', [ACCOUNT]: 'eu' });
    const own = withAnnotated(component({ [INTEGRATION_KEY]: 'k', [ACCOUNT]: 'us' }), { serviceId: 'PSVC', account: 'eu' });
    expect(own.metadata.annotations?.[ACCOUNT]).toBe('us');
  });

  it('stays unmapped when the page took the service away', () => {
    const left = withKey(withoutService(component({ [INTEGRATION_KEY]: 'k' }), 'PSVC'), null);
    expect(left.metadata.annotations).toEqual({ [SERVICE_ID_OF_FILE]: 'PSVC', [INTEGRATION_KEY_OF_FILE]: 'k' });
  });

  it('has another key, none, or its own, as it is told, and keeps that of its file', () => {
    const entity = component({ [INTEGRATION_KEY]: 'k', other: 'x' });
    expect(withKey(entity, 'l').metadata.annotations).toEqual({ [INTEGRATION_KEY]: 'l', [INTEGRATION_KEY_OF_FILE]: 'k', other: 'x' });
    expect(withKey(entity, null).metadata.annotations).toEqual({ [INTEGRATION_KEY_OF_FILE]: 'k', other: 'x' });
    expect(withKey(component({ other: 'x' }), 'l').metadata.annotations).toEqual({ [INTEGRATION_KEY]: 'l', other: 'x' });
    expect(withKey(entity, undefined)).toBe(entity);
    expect(withKey(entity, 'k')).toBe(entity);
  });
});

const told = (more: object = {}) => ({ mapping: null, annotated: null, unmapped: false, dependsOn: { instead: null, also: [] }, ...more });

describe('the processor', () => {
  it('asks once for a component, in the name of the catalog', async () => {
    const answer = vi.fn(json(200, told({ mapping: { serviceId: 'PSVC' } })));
    const { processor } = processorWith(answer as unknown as typeof fetch);
    const dependent = { ...component({ [SERVICE_ID]: 'PA, PB', [INTEGRATION_KEY]: ' k ' }), spec: { dependsOn: ['component:pay', 'nothing'] } };
    const mapped = await processor.preProcessEntity(dependent, location, emit);
    expect(mapped.metadata.annotations?.[SERVICE_ID]).toBe('PSVC');
    expect(answer).toHaveBeenCalledTimes(1);
    const [url, init] = answer.mock.calls[0] as unknown as [string, RequestInit];
    expect(url).toBe('http://backend.test/api/pagerduty/catalog/process');
    expect(init.headers).toMatchObject({ Authorization: 'Bearer a-token' });
    expect(JSON.parse(init.body as string)).toEqual({
      entityRef: 'component:default/shop',
      serviceId: 'PA',
      integrationKey: 'k',
      dependsOn: ['component:default/pay'],
    });
  });

  it('asks nothing for other kinds', async () => {
    const answer = vi.fn();
    const { processor } = processorWith(answer as unknown as typeof fetch);
    await processor.preProcessEntity({ ...component(), kind: 'Group' }, location, emit);
    expect(answer).not.toHaveBeenCalled();
  });

  it('leaves an entity without a mapping alone', async () => {
    const { processor, logger } = processorWith(json(200, told()) as typeof fetch);
    const entity = component({ [SERVICE_ID]: 'POWN' });
    expect(await processor.preProcessEntity(entity, location, emit)).toBe(entity);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('leaves the service away that somebody took away', async () => {
    const { processor } = processorWith(json(200, told({ unmapped: true })) as typeof fetch);
    const entity = await processor.preProcessEntity(component({ [SERVICE_ID]: 'POWN' }), location, emit);
    expect(entity.metadata.annotations).toEqual({ [SERVICE_ID_OF_FILE]: 'POWN' });
  });

  it('puts the key on an entity when the backend wants that', async () => {
    const { processor } = processorWith(json(200, told({ mapping: { serviceId: 'PSVC' }, integrationKey: 'k' })) as typeof fetch);
    const entity = await processor.preProcessEntity(component(), location, emit);
    expect(entity.metadata.annotations).toEqual({ [SERVICE_ID]: 'PSVC', [INTEGRATION_KEY]: 'k' });
  });

  it('puts dependencies in the place of the entity’s own, and says that they are not its own', async () => {
    const answer = told({ dependsOn: { instead: ['component:default/pay'], also: [] } });
    const { processor } = processorWith(json(200, answer) as typeof fetch);
    const entity = await processor.preProcessEntity({ ...component(), spec: { dependsOn: ['component:mail'], type: 'x' } }, location, emit);
    expect(entity.spec).toEqual({ dependsOn: ['component:default/pay'], type: 'x' });
    expect(entity.metadata.annotations?.[DEPENDS_ON_FROM]).toBe('pagerduty');
  });

  it('shows further dependencies as relations, from both ends, and leaves what the file says', async () => {
    const { processor } = processorWith(json(200, told({ dependsOn: { instead: null, also: ['component:default/pay'] } })) as typeof fetch);
    const emitted = vi.fn();
    const own = component();
    expect(await processor.preProcessEntity(own, location, emitted)).toBe(own);
    const shop = { kind: 'component', namespace: 'default', name: 'shop' };
    const pay = { ...shop, name: 'pay' };
    expect(emitted.mock.calls.map(([result]) => result)).toEqual([
      { type: 'relation', relation: { type: 'dependsOn', source: shop, target: pay } },
      { type: 'relation', relation: { type: 'dependencyOf', source: pay, target: shop } },
    ]);
  });

  it.each([
    ['a server error', json(500, {})],
    ['an answer that is no JSON', async () => new Response('<html>')],
    ['nobody there', async () => Promise.reject(new TypeError('fetch failed'))],
  ])('throws nothing after %s, and then rests', async (_, answer) => {
    const asked = vi.fn(answer);
    const { processor, logger } = processorWith(asked as unknown as typeof fetch);
    const entity = component({ [SERVICE_ID]: 'POWN' });
    expect(await processor.preProcessEntity(entity, location, emit)).toBe(entity);
    expect(await processor.preProcessEntity(entity, location, emit)).toBe(entity);
    expect(asked).toHaveBeenCalledTimes(1);
    expect(logger.warn).toHaveBeenCalledTimes(1);
  });

  it('says once what many entities meet together', async () => {
    const { processor, logger } = processorWith(json(500, {}) as typeof fetch);
    await Promise.all([1, 2, 3].map(() => processor.preProcessEntity(component(), location, emit)));
    expect(logger.warn).toHaveBeenCalledTimes(1);
  });

  it('does not wait beyond its deadline', async () => {
    const { processor, logger } = processorWith((() => new Promise(() => {})) as typeof fetch, 50);
    const began = Date.now();
    const entity = component();
    expect(await processor.preProcessEntity(entity, location, emit)).toBe(entity);
    expect(Date.now() - began).toBeLessThan(1000);
    expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('within 50 ms'));
  });
});

describe('while the backend does not answer', () => {
  /** As the catalog keeps it: what one run sets the next one gets. */
  function cacheOf() {
    const values = new Map<string, unknown>();
    return {
      get: async (key: string) => values.get(key) as never,
      set: async (key: string, value: unknown) => void values.set(key, value),
    };
  }
  const away = (async () => Promise.reject(new TypeError('fetch failed'))) as unknown as typeof fetch;
  const process = (processor: PagerDutyProcessor, entity: ReturnType<typeof component>, cache: ReturnType<typeof cacheOf>) =>
    processor.preProcessEntity(entity, location, emit, location, cache);

  it('an entity keeps the service that it was mapped to, also after a restart of the catalog', async () => {
    const cache = cacheOf();
    const before = await process(processorWith(json(200, told({ mapping: { serviceId: 'PSVC' } })) as typeof fetch).processor, component(), cache);
    expect(before.metadata.annotations).toEqual({ [SERVICE_ID]: 'PSVC' });
    const { processor, logger } = processorWith(away);
    expect(await process(processor, component(), cache)).toEqual(before);
    // And while it rests.
    expect(await process(processor, component(), cache)).toEqual(before);
    expect(logger.warn).toHaveBeenCalledTimes(1);
  });

  it('an answer that cannot be read takes nothing away', async () => {
    const cache = cacheOf();
    const before = await process(processorWith(json(200, told({ mapping: { serviceId: 'PSVC' } })) as typeof fetch).processor, component(), cache);
    expect(await process(processorWith(json(200, { hello: 1 }) as typeof fetch).processor, component(), cache)).toEqual(before);
    expect(await process(processorWith(away).processor, component(), cache)).toEqual(before);
  });

  it('what was told of a file that says otherwise by now does not stand; a mapping does', async () => {
    const unmapped = cacheOf();
    await process(processorWith(json(200, told({ unmapped: true, integrationKey: null })) as typeof fetch).processor, component({ [SERVICE_ID]: 'PONE' }), unmapped);
    const changed = component({ [SERVICE_ID]: 'PTWO', [INTEGRATION_KEY]: 'k' });
    expect(await process(processorWith(away).processor, changed, unmapped)).toEqual(changed);
    const mapped = cacheOf();
    await process(processorWith(json(200, told({ mapping: { serviceId: 'PSVC' } })) as typeof fetch).processor, component(), mapped);
    const left = await process(processorWith(away).processor, component({ [SERVICE_ID]: 'PTWO' }), mapped);
    expect(left.metadata.annotations).toEqual({ [SERVICE_ID]: 'PSVC', [SERVICE_ID_OF_FILE]: 'PTWO' });
  });

  it('an entity that was unmapped before does not get its mapping back', async () => {
    const cache = cacheOf();
    await process(processorWith(json(200, told({ mapping: { serviceId: 'PSVC' } })) as typeof fetch).processor, component(), cache);
    await process(processorWith(json(200, told()) as typeof fetch).processor, component(), cache);
    const entity = component();
    expect(await process(processorWith(away).processor, entity, cache)).toEqual(entity);
  });
});

it('a key in the file gives way to a mapping, is kept beside, and is back when the mapping goes', async () => {
  const entity = component({ [INTEGRATION_KEY]: 'k' });
  const mapped = processorWith(json(200, told({ mapping: { serviceId: 'PSVC' }, integrationKey: null })) as typeof fetch);
  const kept = await mapped.processor.preProcessEntity(entity, location, emit);
  expect(kept.metadata.annotations).toEqual({ [SERVICE_ID]: 'PSVC', [INTEGRATION_KEY_OF_FILE]: 'k' });
  const gone = processorWith(json(200, told({ annotated: { serviceId: 'PKEY' } })) as typeof fetch);
  const back = await gone.processor.preProcessEntity(entity, location, emit);
  expect(back.metadata.annotations).toEqual({ [SERVICE_ID]: 'PKEY', [INTEGRATION_KEY]: 'k' });
});
