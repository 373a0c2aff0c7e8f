import { describe, expect, it, vi } from 'vitest';
import { ACCOUNT, PagerDutyProcessor, SERVICE_ID, SERVICE_ID_OF_FILE, withMapping } from './processor.js';

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

describe('the processor', () => {
  it('asks once for a component, in the name of the catalog', async () => {
    const answer = vi.fn(json(200, { mapping: { serviceId: 'PSVC' } }));
    const { processor } = processorWith(answer as unknown as typeof fetch);
    const mapped = await processor.preProcessEntity(component());
    expect(mapped.metadata.annotations?.[SERVICE_ID]).toBe('PSVC');
    expect(answer).toHaveBeenCalledTimes(1);
    const [url, init] = answer.mock.calls[0] as unknown as [string, RequestInit];
    expect(url).toBe('http://backend.test/api/pagerduty/mapping/entity/component/default/shop');
    expect(init.headers).toEqual({ Authorization: 'Bearer a-token' });
  });

  it('asks nothing for other kinds', async () => {
    const answer = vi.fn();
    const { processor } = processorWith(answer as unknown as typeof fetch);
    await processor.preProcessEntity({ ...component(), kind: 'Group' });
    expect(answer).not.toHaveBeenCalled();
  });

  it('leaves an entity without a mapping alone', async () => {
    const { processor, logger } = processorWith(json(404, 'not found') as typeof fetch);
    const entity = component({ [SERVICE_ID]: 'POWN' });
    expect(await processor.preProcessEntity(entity)).toBe(entity);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it.each([
    ['a server error', json(500, {})],
    ['an answer that is no JSON', async () => new Response('<html>')],
    ['nobody there', async () => Promise.reject(new TypeError('fetch failed'))],
  ])('throws nothing after %s, and then rests', async (_, answer) => {
    const asked = vi.fn(answer);
    const { processor, logger } = processorWith(asked as unknown as typeof fetch);
    const entity = component({ [SERVICE_ID]: 'POWN' });
    expect(await processor.preProcessEntity(entity)).toBe(entity);
    expect(await processor.preProcessEntity(entity)).toBe(entity);
    expect(asked).toHaveBeenCalledTimes(1);
    expect(logger.warn).toHaveBeenCalledTimes(1);
  });

  it('does not wait beyond its deadline', async () => {
    const { processor, logger } = processorWith((() => new Promise(() => {})) as typeof fetch, 50);
    const began = Date.now();
    const entity = component();
    expect(await processor.preProcessEntity(entity)).toBe(entity);
    expect(Date.now() - began).toBeLessThan(1000);
    expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('within 50 ms'));
  });
});
