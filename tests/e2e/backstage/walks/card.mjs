// The card of one service.
import assert from 'node:assert/strict';
import { accessible, appears, cardOf, changed, configured, dialogOf, entity, faults, incidentNow, looksRight, looksRightInBoth, makeIncident, open, part, resolveAll, rest, says, screenshot, until, world } from '../browser.mjs';

export async function one_request_fills_the_card_and_no_key_reaches_the_browser() {
  const [service] = world.services;
  await resolveAll(service.id);
  const incident = await makeIncident(service.id, 'Checkout answers slowly');
  const asked = [];
  const page = await open(entity('both-annotations'), {
    prepare: page =>
      page.on('response', async response => {
        if (!response.url().startsWith(world.plugin) || response.request().method() === 'OPTIONS') return;
        asked.push({ url: response.url(), body: await response.text().catch(() => '') });
      }),
  });
  const card = cardOf(page);
  await says(card.getByRole('heading'), /1 is ringing \w+/);
  await says(part(card, 'Incidents'), incident.title);
  await says(part(card, 'On call now'), 'on call · level 1');
  await says(part(card, 'On call now'), /until .* then /);
  await part(card, 'On call now').getByText(/If there is no answer in 5 min: .* 15 min later /).click();
  await says(part(card, 'On call now'), 'level 2');
  await says(part(card, 'Changes'), /Deploy/);
  await says(part(card, 'Numbers'), /interruptions.*high urgency.*incidents.*to acknowledge.*to resolve.*standards met/s);
  await card.getByText('Which standards').click();
  await says(part(card, 'Numbers'), '(met)');
  await says(card, /Live.*as of \d+ s ago/s);
  // The first answer had all of it, and nothing else was asked for.
  const cards = asked.filter(one => one.url.includes('/card?'));
  assert.deepEqual(Object.keys(JSON.parse(cards[0].body).parts).sort(), ['change_events', 'incidents', 'metrics', 'on_call', 'service', 'standards']);
  const routes = new Set(asked.map(one => new URL(one.url).pathname.replace('/api/pagerduty', '')));
  assert.deepEqual([...routes].filter(route => route !== '/changes'), ['/card']);
  for (const { url, body } of asked) assert.ok(!(url + body).includes(service.integration_key), `a key went through ${url}`);
  const link = part(card, 'Incidents').getByRole('link', { name: incident.title });
  assert.equal(await link.getAttribute('href'), incident.html_url);
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
  const row = part(card, 'Incidents').locator(`[data-incident="${incident.id}"]`);
  await says(row, /Triggered.*high urgency · ringing \w+.* · for \d+ s/s);
  const [assignment] = incident.assignments;
  assert.equal(await row.getByRole('link', { name: assignment.assignee.summary }).getAttribute('href'), assignment.assignee.html_url);
  const onCall = part(card, 'On call now');
  assert.match(await onCall.getByRole('link', { name: /@/ }).first().getAttribute('href'), /^mailto:/);
  for (const name of ['Priya Nair', /first line$/]) assert.match(await onCall.getByRole('link', { name }).first().getAttribute('href'), /^http.*\/(users|escalation_policies|console)\//);
  assert.ok((await part(card, 'Changes').locator('li').count()) <= 5);
  assert.match(await card.locator('.cbp-head').getByRole('link', { name: service.name }).getAttribute('href'), new RegExp(service.id));
  await looksRightInBoth(page, 'card');
}

export async function the_logo_is_green_and_in_the_dark_white() {
  const page = await open(entity('both-annotations'));
  const colour = async () => {
    const logo = cardOf(page).getByRole('img', { name: 'PagerDuty', exact: true });
    await appears(logo);
    return logo.evaluate(one => getComputedStyle(one.querySelector('svg path')).fill);
  };
  assert.equal(await colour(), 'rgb(18, 101, 58)');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('[data-theme-mode=dark]').first().waitFor({ state: 'attached' });
  assert.equal(await colour(), 'rgb(255, 255, 255)');
}

export async function an_incident_is_answered_from_the_card(base) {
  const [, , service] = world.services;
  await resolveAll(service.id);
  const incident = await makeIncident(service.id, 'Search is empty');
  const page = await open(base + entity('integration-key-only'));
  const row = cardOf(page).locator(`[data-incident="${incident.id}"]`);
  await appears(row);
  const menu = async item => {
    await row.getByRole('button', { name: `More for ${incident.title}` }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await row.getByRole('button', { name: `Acknowledge ${incident.title}` }).click();
  await says(row, 'Acknowledged');
  await until('the acknowledgement', async () => (await incidentNow(incident.id)).status === 'acknowledged');
  await menu('Add a note…');
  await dialogOf(page).getByLabel('Note').fill('The index was rebuilt');
  await page.getByRole('button', { name: 'Add the note' }).click();
  await dialogOf(page).waitFor({ state: 'detached' });
  const { notes } = await rest('GET', `/incidents/${incident.id}/notes`);
  assert.deepEqual(notes.map(note => note.content), ['The index was rebuilt']);
  await menu('Snooze for 1 hour');
  await until('the snooze', async () => (await incidentNow(incident.id)).pending_actions.some(one => one.type === 'unacknowledge'));
  await menu('Reassign…');
  const dialog = dialogOf(page);
  assert.ok(await dialog.getByRole('button', { name: 'Reassign' }).isDisabled());
  await dialog.getByRole('searchbox').fill('Yuki');
  await dialog.getByRole('checkbox', { name: 'Yuki Tanabe' }).check();
  await dialog.getByRole('button', { name: 'Reassign to Yuki Tanabe' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual((await incidentNow(incident.id)).assignments.map(one => one.assignee.summary), ['Yuki Tanabe']);
  await says(row, 'Triggered');
  await menu('Escalate to the next level');
  await until('the escalation', async () => (await incidentNow(incident.id)).assignments[0].assignee.summary !== 'Yuki Tanabe');
  await menu('Resolve');
  await appears(row, 'detached');
  await says(cardOf(page).getByRole('heading'), 'All quiet');
  await says(cardOf(page).locator('.cbp-head'), /last incident \d+ (s|min) ago/);
  await says(part(cardOf(page), 'Incidents'), /Nice! No incidents are open\. View older incidents, \d+ in the last 30 days/);
  assert.match(await part(cardOf(page), 'Incidents').getByRole('link', { name: 'View older incidents' }).getAttribute('href'), new RegExp(service.id));
  assert.equal((await incidentNow(incident.id)).status, 'resolved');
}

export async function the_form_says_who_is_paged_and_makes_the_incident(base) {
  const [service] = world.services;
  await resolveAll(service.id);
  const page = await open(base + entity('both-annotations'));
  await cardOf(page).getByRole('button', { name: 'Page someone' }).click();
  const dialog = page.getByRole('dialog', { name: /^Page someone/ });
  const send = dialog.locator('button').filter({ hasText: /^(Page|Tell|Create)/ });
  await says(dialog, `Page someone about ${service.name}`);
  await says(dialog.locator('.cbp-rail'), /0:00.*Priya Nair.*5:00.*Ben Okafor/s);
  await says(dialog.locator('.cbp-rail'), /It is \d\d:\d\d in Kolkata/);
  await says(send, 'Page Priya Nair now');
  assert.ok(await dialog.getByRole('radio', { name: 'As the service decides' }).isChecked());
  assert.ok(await send.isDisabled());
  await dialog.getByLabel('What is wrong, in one line').fill('   ');
  assert.ok(await send.isDisabled());
  await dialog.getByLabel('What is wrong, in one line').fill('Gift cards are charged twice');
  await dialog.getByLabel('What you saw').fill('Orders 88121 and 88124');
  await says(dialog, /another way is better.*Your name and a link to this page go along/s);
  await looksRight(page, `form${base && '-old'}`);
  await dialog.getByText('Low, no need to wake anybody').click();
  await says(send, 'Tell Priya Nair now');
  await dialog.getByRole('button', { name: /Priority/ }).click();
  await page.getByRole('option', { name: 'P3' }).click();
  await send.click();
  await dialog.waitFor({ state: 'detached' });
  await appears(page.getByText(/^Incident #\d+ is made/));
  await says(part(cardOf(page), 'Incidents'), 'Gift cards are charged twice');
  await says(cardOf(page).getByRole('heading'), /1 waits for Priya Nair/);
  const { incidents } = await rest('GET', `/incidents?statuses[]=triggered&service_ids[]=${service.id}&include[]=body`);
  const made = incidents.find(one => one.title === 'Gift cards are charged twice');
  assert.equal(made.urgency, 'low');
  assert.equal(made.priority.summary, 'P3');
  const details = JSON.stringify(made.body);
  for (const text of ['Orders 88121', 'component:default/both-annotations', world.app + base + entity('both-annotations')]) assert.ok(details.includes(text), details);
  await rest('PUT', `/incidents/${made.id}`, { incident: { type: 'incident', status: 'resolved' } });
}

export async function an_incident_has_the_urgency_that_the_service_decides() {
  const { service: model } = await rest('GET', `/services/${world.services[5].id}`);
  const { id, type } = model.escalation_policy;
  const rule = { type: 'constant', urgency: 'low' };
  const { service } = await rest('POST', '/services', { service: { type: 'service', name: 'Newsletter', escalation_policy: { id, type }, incident_urgency_rule: rule } });
  const page = await open(`/old/?service=${service.id}`);
  await cardOf(page).getByRole('button', { name: 'Page someone' }).click();
  const dialog = dialogOf(page);
  await dialog.getByLabel('What is wrong, in one line').fill('Nobody gets it');
  await dialog.locator('button').filter({ hasText: /^(Page|Create)/ }).click();
  await dialog.waitFor({ state: 'detached' });
  const { incidents } = await rest('GET', `/incidents?service_ids[]=${service.id}`);
  assert.deepEqual(incidents.map(one => [one.title, one.urgency]), [['Nobody gets it', 'low']]);
  await resolveAll(service.id);
  await rest('DELETE', `/services/${service.id}`);
}

export async function people_are_asked_to_help_and_what_is_one_thing_becomes_one_incident(base) {
  const [, , service] = world.services;
  await resolveAll(service.id);
  const first = await makeIncident(service.id, 'Search is slow');
  const second = await makeIncident(service.id, 'Search is slow again');
  const page = await open(base + entity('integration-key-only'));
  const row = cardOf(page).locator(`[data-incident="${second.id}"]`);
  const menu = async item => {
    await row.getByRole('button', { name: `More for ${second.title}` }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await appears(row);
  await menu('Add responders…');
  const dialog = dialogOf(page);
  await dialog.getByRole('searchbox').fill('Yuki');
  await dialog.getByRole('checkbox', { name: 'Yuki Tanabe' }).check();
  await dialog.getByLabel('What for').fill('You know the index');
  await looksRight(page, `responders${base && '-old'}`);
  await dialog.getByRole('button', { name: 'Ask Yuki Tanabe to help' }).click();
  await dialog.waitFor({ state: 'detached' });
  const { incident } = await rest('GET', `/incidents/${second.id}`);
  assert.deepEqual(incident.incidents_responders.map(one => [one.user.summary, one.message]), [['Yuki Tanabe', 'You know the index']]);
  await menu('Merge into another…');
  assert.ok(await dialog.getByRole('button', { name: 'Merge' }).isDisabled());
  await dialog.getByRole('radio', { name: `#${first.incident_number} ${first.title}` }).check({ force: true });
  await looksRight(page, `merge${base && '-old'}`);
  // Somebody else was quicker: the form says so and stays.
  await rest('PUT', `/incidents/${first.id}`, { incident: { type: 'incident', status: 'resolved' } });
  await dialog.getByRole('button', { name: 'Merge' }).click();
  await says(dialog, 'Nothing was changed');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  const third = await makeIncident(service.id, 'Search is down');
  await appears(cardOf(page).locator(`[data-incident="${third.id}"]`));
  await menu('Merge into another…');
  await dialog.getByRole('radio', { name: `#${third.incident_number} ${third.title}` }).check({ force: true });
  await dialog.getByRole('button', { name: 'Merge' }).click();
  await dialog.waitFor({ state: 'detached' });
  await appears(row, 'detached');
  assert.equal((await incidentNow(second.id)).status, 'resolved');
  await resolveAll(service.id);
}

export async function what_is_open_already_gets_a_note_instead_of_a_second_incident(base) {
  const [service] = world.services;
  await resolveAll(service.id);
  const incident = await makeIncident(service.id, 'Checkout is slow');
  const page = await open(base + entity('both-annotations'));
  await appears(cardOf(page).locator(`[data-incident="${incident.id}"]`));
  await cardOf(page).getByRole('button', { name: 'Page someone' }).click();
  const dialog = dialogOf(page);
  await says(dialog, /Maybe the same thing\?.*Checkout is slow is open and nobody has it yet/s);
  const add = dialog.getByRole('button', { name: `Add yours as a note to ${incident.title}` });
  assert.ok(await add.isDisabled());
  await dialog.getByLabel('What is wrong, in one line').fill('Paying takes a minute');
  await dialog.getByLabel('What you saw').fill('Order 88121');
  await looksRight(page, `form-same${base && '-old'}`);
  await add.click();
  await dialog.waitFor({ state: 'detached' });
  await appears(page.getByText('has your note. Nobody else was paged.'));
  const { notes } = await rest('GET', `/incidents/${incident.id}/notes`);
  assert.equal(notes.length, 1);
  assert.ok(notes[0].content.startsWith('Paying takes a minute\nOrder 88121\n'), notes[0].content);
  const { incidents } = await rest('GET', `/incidents?statuses[]=triggered&service_ids[]=${service.id}`);
  assert.deepEqual(incidents.map(one => one.title), ['Checkout is slow']);
  await resolveAll(service.id);
}

export async function a_shift_is_taken_over_and_maintenance_started_from_the_card(base) {
  const [service] = world.services;
  await resolveAll(service.id);
  const { users: all } = await rest('GET', '/users?limit=100');
  const helper = all.find(({ email }) => email !== world.owner);
  const page = await open(base + entity('both-annotations'));
  const card = cardOf(page);
  const menu = async item => {
    await card.getByRole('button', { name: `More for ${service.name}` }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await says(part(card, 'On call now'), 'on call · level 1');
  await menu('Take over on call…');
  const dialog = dialogOf(page);
  await dialog.getByText('Until a time of your own').click();
  assert.ok(await dialog.getByRole('button', { name: 'Take over' }).isDisabled());
  await dialog.getByText('2 hours, until').click();
  await dialog.getByText('Who takes over: you').click();
  await dialog.getByText(helper.name, { exact: true }).click();
  await says(dialog, `From now on ${helper.name} is called instead.`);
  await looksRight(page, `take-over${base && '-old'}`);
  await dialog.getByText('You', { exact: true }).click();
  await dialog.getByRole('button', { name: /^Take over until/ }).click();
  await dialog.waitFor({ state: 'detached' });
  const { users } = await rest('GET', `/users?query=${encodeURIComponent(world.owner)}`);
  await says(part(card, 'On call now').locator('li').first(), users[0].name);
  const { oncalls } = await rest('GET', `/oncalls?user_ids[]=${users[0].id}`);
  const taken = oncalls.find(one => one.schedule && one.escalation_level === 1 && one.end);
  assert.ok(Math.abs(Date.parse(taken.end) - Date.now() - 2 * 3_600_000) < 120_000, taken.end);
  const { overrides } = await rest('GET', `/schedules/${taken.schedule.id}/overrides?since=${new Date(Date.now() - 60_000).toISOString()}&until=${new Date(Date.now() + 86_400_000).toISOString()}`);
  // One that a walk before has ended stays in the list.
  for (const one of overrides.filter(({ end }) => Date.parse(end) > Date.now())) await rest('DELETE', `/schedules/${taken.schedule.id}/overrides/${one.id}`);
  await menu('Start maintenance…');
  await dialog.getByLabel('What for').fill('Moving the database');
  await dialog.getByText('30 minutes, until').click();
  await looksRight(page, `maintenance${base && '-old'}`);
  await dialog.getByRole('button', { name: /^Tell nobody until/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await says(card.locator('.cbp-title.maintenance'), /^In maintenance until /);
  const { maintenance_windows: windows } = await rest('GET', `/maintenance_windows?filter=ongoing&service_ids[]=${service.id}`);
  assert.deepEqual(windows.map(one => one.description), ['Moving the database']);
  await says(card, 'Moving the database');
  await menu('End maintenance…');
  await says(dialog, 'Moving the database');
  await looksRight(page, `end-maintenance${base && '-old'}`);
  await dialog.getByRole('button', { name: 'End it now' }).click();
  await dialog.waitFor({ state: 'detached' });
  await card.locator('.cbp-title.maintenance').waitFor({ state: 'detached' });
  const { maintenance_windows: left } = await rest('GET', `/maintenance_windows?filter=ongoing&service_ids[]=${service.id}`);
  assert.deepEqual(left, []);
}

/** Nothing but keys, from the card to what became of it, on a telephone and in the dark. */
export async function the_card_is_used_by_keyboard_alone() {
  const [service] = world.services;
  await resolveAll(service.id);
  const incident = await makeIncident(service.id, 'By keys alone');
  const page = await open(entity('both-annotations'), { width: 360, scheme: 'dark' });
  const card = cardOf(page);
  await appears(card.locator(`[data-incident="${incident.id}"]`));
  await accessible(page, 'a card at 360');
  // Everything that can be pressed is reached by Tab, in the order in which it is read, and shows that it has the focus.
  const wanted = card.locator('a[href], button:not([disabled]), summary');
  await wanted.first().focus();
  const focused = () =>
    page.evaluate(() => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      const seen = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
      return { mine: one.closest('.cbp') !== null, name: one.getAttribute('aria-label') || one.textContent.trim(), seen };
    });
  const names = [];
  for (let i = 0; i < 60; ++i) {
    await page.keyboard.press('Tab');
    const { mine, name, seen } = await focused();
    if (!mine) break;
    names.push(name);
    assert.ok(seen, `nothing shows that ${name} has the focus`);
  }
  for (const name of ['Page someone', `More for ${service.name}`, `Acknowledge ${incident.title}`, `More for ${incident.title}`]) assert.ok(names.includes(name), names.join(', '));
  const go = async name => {
    await card.getByRole('button', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
  };
  await go(`Acknowledge ${incident.title}`);
  await until('the acknowledgement', async () => (await incidentNow(incident.id)).status === 'acknowledged');
  await appears(card.getByRole('button', { name: `Resolve ${incident.title}` }));
  await go(`More for ${incident.title}`);
  await appears(page.getByRole('menu'));
  for (let i = 0; i < 12 && !(await page.evaluate(() => document.activeElement.textContent)).startsWith('Add a note'); ++i) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const note = dialogOf(page).getByLabel('Note');
  await appears(note);
  for (let i = 0; i < 5 && !(await note.evaluate(one => one === document.activeElement)); ++i) await page.keyboard.press('Tab');
  await page.keyboard.type('Typed without a mouse');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await dialogOf(page).waitFor({ state: 'detached' });
  assert.deepEqual((await rest('GET', `/incidents/${incident.id}/notes`)).notes.map(one => one.content), ['Typed without a mouse']);
  await go('Page someone');
  await appears(dialogOf(page));
  await page.keyboard.press('Escape');
  await dialogOf(page).waitFor({ state: 'detached' });
  await until('the focus to be where it was', async () => (await focused()).name === 'Page someone');
  await looksRight(page, 'card-keys-dark');
  const light = await open(entity('both-annotations'), { width: 360 });
  await appears(cardOf(light).locator(`[data-incident="${incident.id}"]`));
  await looksRight(light, 'card-keys');
  await resolveAll(service.id);
}

/** An entity's page may have no card and a button all the same. */
export async function a_button_of_its_own_pages_someone() {
  const [service] = world.services;
  await resolveAll(service.id);
  const page = await open(`/old${entity('both-annotations')}`);
  await page.getByRole('button', { name: 'Create new incident' }).click();
  const dialog = dialogOf(page);
  await says(dialog, `Page someone about ${service.name}`);
  await dialog.getByLabel('What is wrong, in one line').fill('By the button');
  await dialog.locator('button').filter({ hasText: /^(Page|Tell|Create)/ }).click();
  await dialog.waitFor({ state: 'detached' });
  const { incidents } = await rest('GET', `/incidents?statuses[]=triggered&service_ids[]=${service.id}`);
  assert.deepEqual(incidents.map(one => one.title), ['By the button']);
  await resolveAll(service.id);
  const closed = await open(`/old${entity('both-annotations')}`, { prepare: changed('card', card => (card.permissions.trigger = false)) });
  const off = closed.getByRole('button', { name: 'You may not create incidents' });
  await appears(off);
  assert.ok(await off.isDisabled());
}

export async function each_part_fails_alone() {
  const [, service] = world.services;
  await faults({
    '/oncalls': { status: 403 },
    [`/services/${service.id}/change_events`]: { status: 402 },
    '/change_events': { status: 402 },
    '/incidents': { status: 503 },
    '/analytics': { status: 500 },
    '/standards': { status: 404 },
  });
  try {
    const page = await open(entity('service-id-only'));
    const card = cardOf(page);
    const states = { 'On call now': 'no_permission', Changes: 'not_in_plan', Incidents: 'upstream_down', Numbers: 'upstream_down' };
    for (const [name, state] of Object.entries(states)) await appears(card.locator(`[data-part="${name}"][data-state="${state}"]`));
    await says(part(card, 'On call now'), /oncalls\.read/);
    await says(part(card, 'Numbers'), /Unable to retrieve Scores/);
    await says(card, service.name);
    await says(card.getByRole('heading'), 'Incidents are not known for now');
    await says(card, '5 of 6 parts incomplete');
    assert.deepEqual(await part(card, 'Numbers').locator('b').allInnerTexts(), ['-', '-', '-', '-']);
    await looksRightInBoth(page, 'card-failures');
    await faults({});
    await appears(card.locator('[data-part="Incidents"][data-state="ok"], [data-part="Incidents"][data-state="empty"]'));
    await says(part(card, 'On call now'), 'on call · level 1');
    // Whoever is throttled asks for nothing else, and says so of what nobody has read before; the rest is shown as it was.
    const { service: model } = await rest('GET', `/services/${world.services[5].id}`);
    const { id, type } = model.escalation_policy;
    const { service: unread } = await rest('POST', '/services', { service: { type: 'service', name: 'Never read', escalation_policy: { id, type } } });
    await faults({ '/incidents': { status: 429, headers: { 'Retry-After': '3' } } });
    const throttled = await open(`/old/?service=${unread.id}`);
    await appears(cardOf(throttled).locator('[data-part="Incidents"][data-state="throttled"]'));
    await says(part(cardOf(throttled), 'Incidents'), /Asked again in [123] s/);
    await screenshot(throttled, 'card-throttled');
    await appears(card.locator('[data-part="Incidents"][data-state="stale"]'));
    await says(part(card, 'Incidents'), /as of \d+ (s|min) ago/);
    await rest('DELETE', `/services/${unread.id}`);
  } finally {
    await faults({});
  }
}

export async function a_card_without_an_answer_says_why(base) {
  const errors = { 401: 'Missing or invalid PagerDuty Token', 403: 'Unauthorized', 404: 'PagerDuty Service Not Found', 429: 'Could not be loaded' };
  let status = 401;
  const page = await open(base + entity('both-annotations'), {
    prepare: page =>
      page.route('**/api/pagerduty/card?*', route =>
        status ? route.fulfill({ status, json: { errors: [`This is the reason for ${status}.`] }, headers: { 'Access-Control-Allow-Origin': '*' } }) : route.abort(),
      ),
  });
  const again = cardOf(page).getByRole('button', { name: 'Try again' });
  for (const [each, title] of Object.entries(errors)) {
    await says(cardOf(page), title);
    await says(cardOf(page), `This is the reason for ${each}.`);
    if (each === '401') assert.match(await cardOf(page).getByRole('link', { name: 'Read more' }).getAttribute('href'), /^https:\/\/pagerduty\.github\.io\//);
    // From the least to the greatest; at last nobody is there.
    status = Number(Object.keys(errors).find(one => one > each) ?? 0);
    // One that is not found is not asked for again, but offered to be mapped.
    if (each === '404') await page.reload();
    else await again.click();
  }
  await says(cardOf(page), 'could not be reached');
  await page.unroute('**/api/pagerduty/card?*');
  await again.click();
  await says(part(cardOf(page), 'On call now'), 'on call · level 1');
  const unknown = await open('/old/?service=PNOSUCHSERVICE');
  await says(cardOf(unknown), 'Not found');
  await looksRight(unknown, 'card-unknown');
}

export async function who_may_only_look_gets_no_buttons(base) {
  const [service] = world.services;
  await resolveAll(service.id);
  await makeIncident(service.id, 'Not for everybody');
  const page = await open(base + entity('both-annotations'), {
    prepare: page =>
      page.route('**/api/pagerduty/card?*', async route => {
        const response = await route.fetch();
        const json = await response.json();
        await route.fulfill({ response, json: { ...json, permissions: { ...json.permissions, trigger: false, respond: false, configure: false } } });
      }),
  });
  const card = cardOf(page);
  await says(part(card, 'Incidents'), 'Not for everybody');
  assert.equal(await card.getByRole('button').count(), 0);
  await resolveAll(service.id);
}

/** A card of several services that begins with this one. What it begins with it keeps, and the backend may know a service as it was some seconds ago. */
async function cardThatBeginsWith(service, base) {
  let page;
  await until(`a card that begins with ${service.name}`, async () => {
    await page?.close();
    page = await open(base + entity('several-services'));
    const [, , , first, second] = world.services;
    await says(cardOf(page).locator('.cbp-head'), new RegExp(`${first.name}|${second.name}`));
    return (await cardOf(page).locator('.cbp-head').innerText()).includes(service.name);
  });
  return page;
}

export async function one_of_several_services_can_be_looked_at(base) {
  const [, , , first, second] = world.services;
  await resolveAll(first.id);
  await resolveAll(second.id);
  const page = await cardThatBeginsWith(first, base);
  const card = cardOf(page);
  await card.getByRole('button', { name: /One of 2 services/ }).click();
  await page.getByRole('option', { name: new RegExp(`^${second.name}: `) }).click();
  await says(card.locator('.cbp-head'), second.name);
  await accessible(page, 'several services');
  await screenshot(page, `several${base && '-old'}`);
  await makeIncident(second.id, 'The second of two is in need');
  await cardThatBeginsWith(second, base);
  await resolveAll(second.id);
}

export async function what_changes_elsewhere_shows_by_itself_and_a_hidden_page_asks_nothing() {
  const [service] = world.services;
  await resolveAll(service.id);
  const incident = await makeIncident(service.id, 'Seen without a reload');
  let asked = 0;
  const page = await open(entity('both-annotations'), {
    scheme: 'dark',
    width: 420,
    prepare: page => page.on('request', request => (asked += request.url().includes('/card?') && request.method() === 'GET' ? 1 : 0)),
  });
  const card = cardOf(page);
  await says(part(card, 'Incidents'), incident.title);
  await accessible(page, 'a narrow dark card');
  await screenshot(page, 'card-dark-narrow');
  const hide = hidden =>
    page.evaluate(hidden => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await hide(true);
  await resolveAll(service.id);
  const before = asked;
  await page.clock.runFor(90_000);
  assert.equal(asked, before);
  await hide(false);
  await says(card.getByRole('heading'), 'All quiet');
}

export async function the_headline_says_how_the_service_is() {
  const { service: model } = await rest('GET', `/services/${world.services[5].id}`);
  const { id, type } = model.escalation_policy;
  const { service } = await rest('POST', '/services', { service: { type: 'service', name: 'Loyalty points', escalation_policy: { id, type } } });
  const page = await open(`/old/?service=${service.id}`);
  const card = cardOf(page);
  const headline = (tone, text) => says(card.locator(`.cbp-title.${tone}`), text);
  const status = (tone, word) => says(card.locator(`.cbp-status .cbp-tone.${tone}`), word);
  await headline('quiet', 'All quiet');
  await status('quiet', 'OK');
  const incident = await makeIncident(service.id, 'Points are lost');
  await headline('triggered', /1 is ringing/);
  await status('triggered', 'ALARM');
  await rest('PUT', `/incidents/${incident.id}`, { incident: { type: 'incident', status: 'acknowledged' } });
  await headline('acknowledged', / has it$/);
  await status('acknowledged', 'ACTIVE');
  await rest('PUT', `/incidents/${incident.id}`, { incident: { type: 'incident', status: 'resolved' } });
  await headline('quiet', 'All quiet');
  const now = Date.now();
  const at = hours => new Date(now + hours * 3_600_000).toISOString();
  const { maintenance_window: window } = await rest('POST', '/maintenance_windows', {
    maintenance_window: { type: 'maintenance_window', start_time: at(0), end_time: at(2), description: 'Moving', services: [{ id: service.id, type: 'service_reference' }] },
  });
  await headline('maintenance', /^In maintenance until /);
  await status('maintenance', 'MAINTENANCE');
  await looksRightInBoth(page, 'card-maintenance');
  await rest('DELETE', `/maintenance_windows/${window.id}`);
  await rest('PUT', `/services/${service.id}`, { service: { type: 'service', status: 'disabled' } });
  await headline('maintenance', 'Disabled: nobody is told of anything');
  await status('unknown', 'DISABLED');
  assert.equal(await card.getByRole('button', { name: 'Page someone' }).count(), 0);
  await rest('DELETE', `/services/${service.id}`);
}

export async function standards_are_coloured_by_their_share() {
  let passing = 1;
  const page = await open(`/old/?service=${world.services[5].id}`, {
    prepare: changed('card', card => {
      card.parts.standards = { ...card.parts.standards, state: 'ok', data: { ...card.parts.standards.data, passing, total: 9 } };
    }),
  });
  const numbers = part(cardOf(page), 'Numbers');
  for (const [count, level] of Object.entries({ 4: 'poor', 5: 'fair', 7: 'fair', 8: 'good' })) {
    passing = count;
    await page.clock.runFor(21_000);
    await says(numbers, `${count} of 9`);
    await appears(numbers.locator(`.cbp-bar > .${level}`));
  }
}

export async function nobody_is_on_call_or_only_a_later_level() {
  const [, , person] = (await rest('GET', '/users?limit=3')).users;
  const later = new Date(Date.now() + 6 * 3_600_000).toISOString().slice(11, 19);
  const user = { user: { id: person.id, type: 'user_reference' } };
  const { schedule } = await rest('POST', '/schedules', {
    schedule: {
      type: 'schedule',
      name: 'An hour a day',
      time_zone: 'Etc/UTC',
      schedule_layers: [
        {
          start: '2026-01-01T00:00:00Z',
          rotation_virtual_start: '2026-01-01T00:00:00Z',
          rotation_turn_length_seconds: 86_400,
          users: [user],
          restrictions: [{ type: 'daily_restriction', start_time_of_day: later, duration_seconds: 3600 }],
        },
      ],
    },
  });
  const level = (id, type) => ({ escalation_delay_in_minutes: 10, targets: [{ id, type }] });
  const serviceWith = async (name, rules) => {
    const { escalation_policy: policy } = await rest('POST', '/escalation_policies', { escalation_policy: { type: 'escalation_policy', name, escalation_rules: rules } });
    const escalation_policy = { id: policy.id, type: 'escalation_policy_reference' };
    return (await rest('POST', '/services', { service: { type: 'service', name, escalation_policy } })).service;
  };
  const first = level(schedule.id, 'schedule_reference');
  const empty = await serviceWith('Night sales', [first]);
  const second = await serviceWith('Day sales', [first, level(person.id, 'user_reference')]);
  const page = await open(`/old/?service=${empty.id}&service=${second.id}`);
  const onCall = name => part(page.getByRole('region', { name: /^Incidents and on-call: / }).filter({ hasText: name }), 'On call now');
  await says(onCall('Night sales'), new RegExp(`Nobody is on call until .*, then ${person.name}\\. Somebody should be put on Night sales\\.`));
  await says(onCall('Day sales'), new RegExp(`${person.name}.*Level 1 has nobody until .*, then ${person.name}: level 2 is asked first`, 's'));
  await looksRight(page, 'card-nobody');
}

export async function the_form_says_what_went_wrong_and_keeps_what_was_typed(base) {
  let answer;
  const refusal = { errors: ['This cannot be.'], fields: { title: 'Say it otherwise.' } };
  const headers = { 'Access-Control-Allow-Origin': world.app, 'Access-Control-Allow-Credentials': 'true' };
  const page = await open(base + entity('both-annotations'), {
    scheme: 'dark',
    // Before anything is loaded: what is asked later may have been let through already.
    prepare: page =>
      page.route('**/api/pagerduty/trigger', async route => {
        if (route.request().method() === 'OPTIONS') return route.fallback();
        await answer;
        return route.fulfill({ status: 400, json: refusal, headers });
      }),
  });
  await cardOf(page).getByRole('button', { name: 'Page someone' }).click();
  const dialog = dialogOf(page);
  const title = dialog.getByLabel('What is wrong, in one line');
  await title.fill('Checkout is down');
  let give;
  answer = new Promise(resolve => (give = resolve));
  const send = dialog.locator('button').filter({ hasText: /^Page/ });
  await send.click();
  // While it is sent, a second click sends nothing.
  await appears(send.and(page.locator('[data-pending], [aria-disabled=true], :disabled')));
  give();
  await says(dialog, /No incident was made.*This cannot be\./s);
  await says(dialog, 'Say it otherwise.');
  assert.equal(await title.inputValue(), 'Checkout is down');
  await looksRight(page, `form-refused${base && '-old'}`);
}

export async function a_card_is_as_old_as_what_it_shows_and_not_as_its_answer() {
  const page = await open(entity('both-annotations'), {
    prepare: changed('card', card => {
      card.as_of = new Date(Date.parse(card.now) - 240_000).toISOString();
      card.parts.metrics.as_of = new Date(Date.parse(card.now) - 40 * 60_000).toISOString();
    }),
  });
  await says(cardOf(page), /as of 4 min ago/);
  await says(part(cardOf(page), 'Numbers'), /as of 4\d min ago/);
}

export async function options_hide_their_parts_for_everybody() {
  const all = { readOnly: true, disableChangeEvents: true, disableOnCall: true, disableInsights: true };
  const small = { readOnly: true, disableOnCall: true, disableInsights: true };
  const page = await open(entity('both-annotations'), {
    prepare: configured({ 'entity-card:pagerduty': { config: all }, 'entity-card:pagerduty/small': { disabled: false, config: small } }),
  });
  const cards = page.getByRole('region', { name: /^Incidents and on-call: / });
  await appears(cards.nth(1));
  await says(cards.nth(0), 'standards met');
  await says(cards.nth(1), 'Standards');
  for (const card of [cards.nth(0), cards.nth(1)]) {
    assert.equal(await card.getByRole('button').count(), 0);
    const text = await card.innerText();
    for (const hidden of ['On call', 'Changes', 'interruptions']) assert.ok(!text.includes(hidden), text);
  }
  await looksRight(page, 'card-options');
}

export async function an_entity_that_names_no_service_has_no_card(base) {
  const page = await open(base + entity('not-connected'));
  await appears(page.getByRole('heading', { name: 'not-connected' }));
  // What belongs to the entity's page has been drawn by then.
  await page.getByRole('tab', { name: 'Overview' }).or(page.getByRole('link', { name: 'Overview' })).first().waitFor();
  assert.equal(await page.getByRole('region', { name: /^Incidents and on-call: / }).count(), 0);
}

export async function a_card_shows_that_it_waits_and_follows_to_another_entity(base) {
  let let_through;
  const gate = new Promise(resolve => (let_through = resolve));
  const page = await open(base + entity('both-annotations'), {
    prepare: page =>
      page.route('**/api/pagerduty/card?*', async route => {
        await gate;
        await route.fallback();
      }),
  });
  // The page's clock is not moved on here: that would end the plugin's patience, and with it the waiting that is looked for.
  await page.getByRole('status', { name: /is being loaded$/ }).first().waitFor();
  let_through();
  await says(cardOf(page), world.services[0].name);
  await page.evaluate(path => {
    history.pushState(null, '', path);
    dispatchEvent(new PopStateEvent('popstate'));
  }, base + entity('service-id-only'));
  await says(cardOf(page), world.services[1].name);
  assert.equal(await page.getByText(world.services[0].name, { exact: true }).count(), 0);
}

export async function what_an_annotation_says_is_text_and_never_part_of_an_address() {
  const hostile = `"><img src=x onerror=alert(1)>`;
  const asked = [];
  const page = await open(entity('service-id-only'), {
    prepare: async page => {
      await page.route('**/api/catalog/entities/by-name/component/default/service-id-only', async route => {
        const response = await route.fetch();
        const json = await response.json();
        json.metadata.annotations['pagerduty.com/service-id'] = `../../users?x=${hostile}&account=other`;
        await route.fulfill({ response, json });
      });
      page.on('request', request => request.url().includes('/api/pagerduty/') && asked.push(new URL(request.url())));
      page.on('dialog', () => assert.fail('a script of the annotation has run'));
    },
  });
  await says(cardOf(page), /Not found|PagerDuty Service Not Found/);
  assert.equal(await page.locator('img[src=x]').count(), 0);
  const [card] = asked.filter(url => url.pathname.endsWith('/card'));
  assert.equal(card.searchParams.get('service_id'), `../../users?x=${hostile}&account=other`);
  assert.equal(card.searchParams.get('account'), null);
  assert.deepEqual([...new Set(asked.map(url => url.pathname))].filter(path => !path.endsWith('/changes')), ['/api/pagerduty/card']);
}
