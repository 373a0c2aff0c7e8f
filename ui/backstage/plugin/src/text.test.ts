import { describe, expect, it } from 'vitest';
import type { Card, Incident, Part, PartState, RollUpRow } from './api/types.js';
import { STATUS_WORDS, ago, allOf, beforeIncident, clock, comesIn, duration, emptyLevels, headline, isIncomplete, lastIncident, maintenanceOf, listed, localTime, missingAccounts, nobodyOnCall, offset, onCallAcross, previewLines, readMappings, rollUpHeadline, rowDetail, rowState, skewOf, span, turnsOf, unquoted, webAddress, whoIsNext, whyNot, worstOf } from './text.js';

const NOW = Date.parse('2026-11-26T12:00:00Z');

function part<Data>(data: Data | null, state: PartState = 'ok', as_of: string | null = '2026-11-26T12:00:00Z'): Part<Data> {
  return { state, as_of, message: null, scope: null, retry_after_seconds: null, data };
}

const incident = (values: Partial<Incident>): Incident => ({
  id: 'I',
  number: 1,
  title: 'Slow',
  status: 'triggered',
  urgency: 'high',
  html_url: null,
  created_at: '2026-11-26T11:00:00Z',
  assignees: [{ id: 'A', name: 'Ana Ruiz' }],
  priority: null,
  acknowledged_by: null,
  escalates_at: null,
  next: [],
  ...values,
});

function card(open: Incident[] | null, options: { state?: PartState; as_of?: string; status?: string; until?: string } = {}): Card {
  const service = { id: 'P', name: 'Shop', status: options.status ?? 'active', maintenance_until: options.until ?? null, maintenance: [] };
  const incidents = open && { open, total: open.length, older_open_url: null };
  return {
    now: '2026-11-26T12:00:00Z',
    as_of: '2026-11-26T12:00:00Z',
    account: 'acme',
    permissions: { view: true, trigger: true, respond: true, map: true, configure: true },
    parts: { service: part(service as never), incidents: part(incidents, options.state ?? 'ok', options.as_of ?? null) },
  };
}

it('knows when the first of the parts that are throttled can be had', () => {
  const throttled = (retry_after_seconds: number | null) => ({ ...part(null, 'throttled'), retry_after_seconds });
  expect(comesIn([part('there'), throttled(7), throttled(4), throttled(null), undefined])).toBe(4);
  expect(comesIn([part('there'), { ...part('old', 'stale'), retry_after_seconds: 4 }, throttled(null)])).toBe(undefined);
});

describe('the headline', () => {
  it('says whom an incident is ringing', () => {
    expect(headline(card([incident({})]), NOW)).toEqual({ tone: 'triggered', text: '1 is ringing Ana Ruiz' });
    const two = [incident({}), incident({ assignees: [{ id: 'B', name: 'Ben Ode' }] })];
    expect(headline(card(two), NOW).text).toBe('2 are ringing Ana Ruiz and Ben Ode');
  });

  it('says so when there is nobody to ring', () => {
    expect(headline(card([incident({ assignees: [] })]), NOW).text).toBe('1 incident and nobody to ring');
  });

  it('does not say of low urgency that it rings', () => {
    const low = incident({ urgency: 'low' });
    expect(headline(card([low]), NOW)).toEqual({ tone: 'acknowledged', text: '1 waits for Ana Ruiz' });
    const two = [low, incident({ urgency: 'low', assignees: [{ id: 'B', name: 'Ben Ode' }] })];
    expect(headline(card(two), NOW).text).toBe('2 wait for Ana Ruiz and Ben Ode');
    expect(headline(card([...two, incident({ assignees: [{ id: 'C', name: 'Cy' }] })]), NOW)).toEqual({ tone: 'triggered', text: '1 is ringing Cy' });
    expect(headline(card([incident({ urgency: 'low', assignees: [] })]), NOW).text).toBe('1 incident and nobody to tell');
    const taken = incident({ status: 'acknowledged', acknowledged_by: 'Ana Ruiz' });
    expect(headline(card([low, taken]), NOW).text).toBe('Ana Ruiz has it');
    const old = { state: 'throttled' as const, as_of: '2026-11-26T11:57:00Z' };
    expect(headline(card([low], old), NOW).text).toBe('1 was waiting 3 min ago');
  });

  it('counts what is acknowledged only when nothing rings', () => {
    const taken = incident({ status: 'acknowledged', acknowledged_by: 'Ana Ruiz' });
    expect(headline(card([taken]), NOW)).toEqual({ tone: 'acknowledged', text: 'Ana Ruiz has it' });
    expect(headline(card([taken, taken]), NOW).text).toBe('Ana Ruiz has all 2');
    expect(headline(card([taken, incident({})]), NOW).tone).toBe('triggered');
  });

  it('speaks of the past when what is known is old', () => {
    const old = { state: 'throttled' as const, as_of: '2026-11-26T11:57:00Z' };
    expect(headline(card([incident({})], old), NOW).text).toBe('1 was ringing 3 min ago');
    expect(headline(card([], old), NOW).text).toBe('All was quiet 3 min ago');
    const stale = { state: 'stale' as const, as_of: '2026-11-26T11:57:00Z' };
    expect(headline(card([], stale), NOW).text).toBe('All was quiet 3 min ago');
    expect(isIncomplete(card([], stale).parts.incidents!)).toBe(false);
  });

  it('does not call quiet what is not known', () => {
    expect(headline(card(null, { state: 'upstream_down' }), NOW)).toEqual({ tone: 'unknown', text: 'Incidents are not known for now' });
  });

  it('knows maintenance and disabled services', () => {
    const window = card([], { status: 'maintenance', until: '2026-11-26T14:30:00Z' });
    expect(headline(window, NOW).text).toMatch(/^In maintenance until \d\d:30$/);
    expect(headline(card([], { status: 'disabled' }), NOW).text).toContain('Disabled');
    expect(headline(card([incident({})], { status: 'maintenance' }), NOW).tone).toBe('triggered');
    expect(headline(card([]), NOW)).toEqual({ tone: 'quiet', text: 'All quiet' });
  });

  it('names what is wrong with the service itself', () => {
    const without = card([]);
    without.parts.service = part(null, 'not_configured') as never;
    expect(headline(without, NOW)).toEqual({ tone: 'unknown', text: 'Missing or invalid PagerDuty Token' });
  });
});

describe('many services', () => {
  const row = (values: Partial<RollUpRow>): RollUpRow => ({
    entity_ref: 'component:default/shop',
    state: 'ok',
    service: { id: 'P', name: 'Shop', status: 'active', html_url: 'https://x.test' },
    open: { triggered: 0, triggered_low: 0, acknowledged: 0 },
    on_call: ['Ana Ruiz'],
    ...values,
  });

  it('are summed up by the worst of them', () => {
    const unmapped = row({ service: null, state: 'not_configured' });
    expect(rollUpHeadline([row({ open: { triggered: 2, triggered_low: 0, acknowledged: 0 } }), row({}), unmapped]).text).toBe('1 of 2 services needs someone');
    expect(rollUpHeadline([row({ open: { triggered: 0, triggered_low: 0, acknowledged: 1 } }), row({})]).text).toBe('1 of 2 services being worked on');
    expect(rollUpHeadline([row({}), unmapped])).toEqual({ tone: 'quiet', text: 'All quiet' });
    const low = row({ open: { triggered: 2, triggered_low: 2, acknowledged: 0 } });
    expect(rollUpHeadline([low, row({})])).toEqual({ tone: 'acknowledged', text: '1 of 2 services has what can wait' });
    expect(rollUpHeadline([low, row({ open: { triggered: 3, triggered_low: 2, acknowledged: 0 } })]).text).toBe('1 of 2 services needs someone');
    expect(rollUpHeadline([unmapped]).text).toBe('No services are linked');
    expect(rollUpHeadline([row({ state: 'upstream_down' }), row({})]).tone).toBe('unknown');
  });

  it('begin with the one that needs someone, then with one that is worked on, then with the first', () => {
    const rowOf = (id: string, triggered: number, acknowledged: number) =>
      row({ service: { id, name: id, status: 'active', html_url: '' }, open: { triggered, triggered_low: 0, acknowledged } });
    const selectors = ['PA', 'PB', 'PC'].map(service_id => ({ service_id }));
    expect(worstOf(selectors, [rowOf('PC', 1, 0), rowOf('PB', 0, 1), rowOf('PA', 0, 0)])).toBe(2);
    expect(worstOf(selectors, [rowOf('PB', 0, 1), rowOf('PA', 0, 0), rowOf('PC', 0, 0)])).toBe(1);
    expect(worstOf(selectors, [rowOf('PB', 0, 0), rowOf('PC', 0, 0)])).toBe(0);
    expect(worstOf(selectors, [])).toBe(0);
  });

  it('say what each is in', () => {
    expect(rowState(row({})).word).toBe('Quiet');
    expect(rowState(row({ on_call: [] })).detail).toBe('nobody is on call');
    expect(rowState(row({ on_call: null })).detail).toBe('who is on call is not known');
    expect(rowState(row({ open: { triggered: 0, triggered_low: 0, acknowledged: 1 } })).word).toBe('Acknowledged');
    expect(rowState(row({ service: null, state: 'not_configured' })).word).toBe('Not mapped');
    expect(rowState(row({ state: 'throttled' })).word).toBe('Throttled');
  });
});

describe('a row of a service', () => {
  const shop = { id: 'P', name: 'Shop', status: 'active' as const, html_url: '', last_incident_at: '2026-11-23T12:00:00Z' };
  const row = (values: Partial<RollUpRow>): RollUpRow => ({
    entity_ref: 'component:default/shop',
    state: 'ok',
    service: shop,
    open: { triggered: 0, triggered_low: 0, acknowledged: 0 },
    on_call: ['Ana'],
    worst: null,
    maintenance: null,
    ...values,
  });

  it('says who has the worst incident, or whom it rings and where it goes next', () => {
    const open = { triggered: 1, triggered_low: 0, acknowledged: 0 };
    const escalates_at = '2026-11-26T12:10:00Z';
    const says = (values: Partial<Incident>, opened = open) => rowDetail(row({ open: opened, worst: incident(values) }), NOW);
    const at = clock(escalates_at, NOW);
    expect(says({ escalates_at, next: ['Ben'] })).toBe(`ringing Ana Ruiz, Ben at ${at}`);
    expect(says({ escalates_at })).toBe(`ringing Ana Ruiz, the next level at ${at}`);
    expect(says({ urgency: 'low' })).toBe('waits for Ana Ruiz, 1 h');
    expect(says({ assignees: [] })).toBe('assigned to nobody');
    expect(says({ status: 'acknowledged', acknowledged_by: 'Ben' }, { triggered: 0, triggered_low: 0, acknowledged: 3 })).toBe('Ben has it, 1 h · 2 more open');
  });

  it('says of a service with an open incident that new ones are held, and of several until when the last is in maintenance', () => {
    const held = { status: 'maintenance' as const, id: 'P', name: 'Shop', html_url: '' };
    const first = row({ service: held, open: { triggered: 1, triggered_low: 0, acknowledged: 0 }, worst: incident({}), maintenance: { until: '2026-11-26T14:00:00Z', by: 'Tom' } });
    const second = row({ service: held, maintenance: { until: '2026-11-26T15:00:00Z', by: null } });
    expect(rowDetail(first, NOW)).toContain(`in maintenance until ${clock('2026-11-26T14:00:00Z', NOW)} by Tom`);
    expect(maintenanceOf([first, second, row({})], NOW)).toBe(`2 services in maintenance until ${clock('2026-11-26T15:00:00Z', NOW)}`);
    expect(maintenanceOf([row({})], NOW)).toBe('');
  });

  it('says how long it has been quiet, and until when it is in maintenance', () => {
    expect(rowDetail(row({}), NOW)).toBe('last incident 3 days ago · on call: Ana');
    expect(rowDetail(row({ service: { ...shop, status: 'critical' } }), NOW)).toBe('last incident 3 days ago · on call: Ana');
    expect(rowDetail(row({ service: { ...shop, last_incident_at: null } }), NOW)).toBe('no incident yet · on call: Ana');
    const maintenance = { until: '2026-11-26T14:00:00Z', by: 'Tom' };
    expect(rowDetail(row({ service: { ...shop, status: 'maintenance' }, maintenance }), NOW)).toBe(`in maintenance until ${clock(maintenance.until, NOW)} by Tom · on call: Ana`);
    expect(rowDetail(row({ state: 'throttled' }), NOW)).toBe('Its incidents are not known for now.');
  });

  it('with others tells who is on call for how many of them', () => {
    const pay = row({ service: { ...shop, id: 'Q', name: 'Pay' }, on_call: ['Ben', 'Ana'] });
    expect(onCallAcross([row({}), pay, row({ on_call: null }), row({ service: null })])).toEqual([
      { name: 'Ana', services: ['Shop', 'Pay'] },
      { name: 'Ben', services: ['Pay'] },
    ]);
  });
});

it('a service without open incidents says when the last one began', () => {
  expect(lastIncident('2026-11-23T12:00:00Z', NOW)).toBe('last incident 3 days ago');
  expect(lastIncident(null, NOW)).toBe('no incident yet');
});

it('who is asked next is told with how long that takes, as far as it is known', () => {
  const level = (number: number, ...names: string[]) => ({ level: number, people: names.map(name => ({ name })) as never });
  const levels = [level(1, 'Ana'), level(2, 'Ben', 'Cem'), level(3, 'Mikkel')];
  expect(whoIsNext(levels, [5, 15, 30])).toBe('If there is no answer in 5 min: Ben, Cem, 15 min later Mikkel');
  expect(whoIsNext(levels.slice(1), [5, 15, 30])).toBe('If there is no answer in 15 min: Mikkel');
  expect(whoIsNext(levels, [])).toBe('If there is no answer: Ben, Cem, then Mikkel');
});

it('a change shortly before an incident says so', () => {
  const open = [incident({ created_at: '2026-11-26T11:00:00Z' })];
  expect(beforeIncident('2026-11-26T10:51:00Z', open)).toBe('9 min before the incident');
  expect(beforeIncident('2026-11-26T10:51:00Z', [...open, incident({ created_at: '2026-11-26T10:55:00Z' })])).toBe('4 min before an incident');
  for (const other of ['2026-11-26T11:01:00Z', '2026-11-26T09:59:00Z']) expect(beforeIncident(other, open)).toBe('');
});

it('ways to reach somebody are all named', () => {
  expect([['push'], ['push', 'SMS'], ['push', 'SMS', 'e-mail']].map(allOf)).toEqual(['push', 'push and SMS', 'push, SMS and e-mail']);
});

it('times to answer are as long as people say', () => {
  expect([null, 0, 45, 130, 120, 3900, 49 * 3600].map(duration)).toEqual(['-', '0 s', '45 s', '2 min 10 s', '2 min', '1 h 5 min', '2 days']);
});

describe('times', () => {
  it('are as long as people say', () => {
    expect([4_000, 61_000, 3_600_000, 47 * 3_600_000, 49 * 3_600_000, -5].map(span)).toEqual(['4 s', '1 min', '1 h', '47 h', '2 days', '0 s']);
  });

  it('carry their day unless it is today', () => {
    expect(clock('2026-11-26T15:05:00Z', NOW, 'UTC')).toBe('15:05');
    expect(clock('2026-11-30T08:00:00Z', NOW, 'UTC')).toBe('Mon 08:00');
    expect(clock('2026-12-12T08:00:00Z', NOW, 'UTC')).toBe('12 Dec 08:00');
    // Today in UTC is tomorrow there.
    expect(clock('2026-11-26T16:00:00Z', NOW, 'Asia/Tokyo')).toBe('Fri 01:00');
  });

  it('of others are told in their zone, and not when it is the reader’s', () => {
    expect(localTime('Asia/Kolkata', NOW, 'Europe/Madrid')).toBe('17:30 in Kolkata');
    expect(localTime('America/New_York', NOW, 'Europe/Madrid')).toBe('07:00 in New York');
    expect(localTime('Europe/Madrid', NOW, 'Europe/Madrid')).toBe('');
    expect(localTime('Nowhere/At_All', NOW, 'Europe/Madrid')).toBe('');
  });

  it('of a preview count from the start', () => {
    expect([0, 150, 3_900].map(offset)).toEqual(['0:00', '2:30', '1:05:00']);
  });
});

it('several ways at one moment are one line', () => {
  const step = (at_seconds: number, id: string, channel: 'push' | 'sms' | 'phone' | null) => ({ at_seconds, channel, reason: '', person: { id, name: id, time_zone: '' } });
  const lines = previewLines([step(0, 'ana', 'push'), step(0, 'ana', 'sms'), step(0, 'ana', 'sms'), step(60, 'ana', 'phone'), step(60, 'ben', null)]);
  expect(lines.map(line => [line.at, line.name, line.channels])).toEqual([
    [0, 'ana', ['push', 'SMS']],
    [60, 'ana', ['phone call']],
    [60, 'ben', []],
  ]);
});

it('a turn that serves several policies is one turn, and turns come in order', () => {
  const shift = (policy: string, from: string | null, schedule: string | null = 'Primary') => ({
    level: 1,
    escalation_policy: { id: policy, name: policy },
    schedule: schedule ? { id: schedule, name: schedule } : null,
    from,
    until: from && '2026-12-31T00:00:00Z',
  });
  const turns = turnsOf([shift('Pay', '2026-12-01T00:00:00Z'), shift('Shop', '2026-11-01T00:00:00Z'), shift('Pay', '2026-11-01T00:00:00Z'), shift('Always', null, null)]);
  expect(turns.map(turn => [turn.name, turn.policies, turn.from])).toEqual([
    ['Always', [], null],
    ['Primary', ['Shop', 'Pay'], '2026-11-01T00:00:00Z'],
    ['Primary', ['Pay'], '2026-12-01T00:00:00Z'],
  ]);
});

it('names are listed as people do', () => {
  expect([[], ['Ana'], ['Ana', 'Ben'], ['Ana', 'Ben', 'Cy', 'Di']].map(listed)).toEqual(['', 'Ana', 'Ana and Ben', 'Ana, Ben and 2 more']);
});

it('owners lose their quotes and nothing else', () => {
  expect(['"group:default/sre"', 'plain', '"broken', ''].map(unquoted)).toEqual(['group:default/sre', 'plain', '"broken', '']);
});

it('only addresses of the web are followed', () => {
  expect(['https://x.test/a', 'http://x.test', 'javascript:alert(1)', 'data:text/html,x', '', null].map(webAddress)).toEqual([
    'https://x.test/a',
    'http://x.test',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

describe('levels that have nobody', () => {
  const next = (level: number, name: string, from: string) => ({ level, next: { id: name, name, from } });
  const later = [next(1, 'Ben', '2026-11-30T09:00:00Z'), next(3, 'Ana', '2026-11-26T18:00:00Z')];

  it('says who comes first where nobody is on call at all', () => {
    expect(nobodyOnCall(later, NOW, 'UTC')).toBe('Nobody is on call until 18:00, then Ana');
    expect(nobodyOnCall([], NOW, 'UTC')).toBe('Nobody is on call');
  });

  it('says of each until when, and who is asked first instead', () => {
    const on = (level: number) => [{ level, people: [] }];
    expect(emptyLevels({ levels: on(2), empty_levels: later }, NOW, 'UTC')).toEqual([
      'Level 1 has nobody until Mon 09:00, then Ben: level 2 is asked first.',
      'Level 3 has nobody until 18:00, then Ana.',
    ]);
    expect(emptyLevels({ levels: on(2), empty_levels: [] }, NOW, 'UTC')).toEqual(['Level 1 has nobody now: level 2 is asked first.']);
    expect(emptyLevels({ levels: on(1), empty_levels: [] }, NOW, 'UTC')).toEqual([]);
  });
});

it('the age of an answer is what it had when it came and what has passed since, whatever the two clocks say', () => {
  const at = Date.parse('2030-01-01T00:00:00Z');
  const backendNow = at + 5_000 - skewOf('2026-11-26T12:00:00Z', at);
  expect(ago('2026-11-26T11:59:50Z', backendNow)).toBe('15 s ago');
  expect(skewOf('2026-11-26T12:00:00Z', undefined)).toBe(0);
});

it('the accounts that could not be asked are named', () => {
  expect(missingAccounts(undefined)).toBe('');
  expect(missingAccounts([])).toBe('');
  expect(missingAccounts(['eu'])).toBe('The account eu could not be asked: what is of it is missing here.');
  expect(missingAccounts(['eu', 'us'])).toBe('The accounts eu and us could not be asked: what is of them is missing here.');
});

it('a service of an account that is away is neither unmapped nor quiet', () => {
  const row: RollUpRow = {
    entity_ref: 'component:default/shop',
    state: 'upstream_down',
    service: null,
    open: { triggered: 0, triggered_low: 0, acknowledged: 0 },
    on_call: [],
  };
  const quiet: RollUpRow = { ...row, state: 'ok', service: { id: 'P', name: 'Shop', status: 'active', html_url: '' } };
  expect(rowState(row)).toMatchObject({ tone: 'unknown', word: 'Not reachable' });
  expect(rollUpHeadline([row]).text).toBe('The state of the services is not known');
  expect(rollUpHeadline([quiet, row])).toEqual({ tone: 'unknown', text: 'The state of some services is not known' });
});

it('a service is called what PagerDuty calls it', () => {
  expect(Object.values(STATUS_WORDS).map(({ word }) => word)).toEqual(['OK', 'ACTIVE', 'ALARM', 'MAINTENANCE', 'DISABLED']);
});

it('a file of mappings is the answer of a backend or its rows, and nothing else', () => {
  const rows = [{ serviceId: 'P1', entityRef: 'component:default/shop' }];
  expect(readMappings(JSON.stringify(rows))).toEqual(rows);
  expect(readMappings(JSON.stringify({ mappings: rows }))).toEqual(rows);
  for (const text of ['{}', '7', 'null', '[{}]', '{"mappings":[7]}']) expect(() => readMappings(text)).toThrow('no list of mappings');
  expect(() => readMappings('x')).toThrow();
});

it('what is not allowed is named with the permission that it needs', () => {
  expect(whyNot('map')).toMatch(/change which entity has which service: that needs the permission map,/);
});
