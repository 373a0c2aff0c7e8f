// The page: custom fields, and the configuration.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { appears, dialogOf, entity, looksRight, open, rest, says, until, world } from '../browser.mjs';

export async function custom_fields_are_kept_and_filled_on_the_page(base) {
  const [service] = world.services;
  const page = await open(`${base}/pagerduty`, { scheme: base ? 'dark' : 'light' });
  await page.getByRole('tab', { name: 'Custom fields' }).click();
  const panel = page.getByRole('tabpanel');
  await says(panel, 'There are no fields yet');
  if (!base) await says(panel, 'No value has been written yet');
  await panel.getByRole('button', { name: 'Add a field…' }).click();
  const dialog = dialogOf(page);
  const add = dialog.getByRole('button', { name: 'Add', exact: true });
  await dialog.getByLabel('Name').fill('Stage');
  assert.ok(await add.isDisabled());
  await dialog.getByLabel('Where its value is in the entity').fill('spec..lifecycle');
  await add.click();
  await says(dialog, /names with dots between them/);
  await dialog.getByLabel('Where its value is in the entity').fill('spec.lifecycle');
  await looksRight(page, `field-dialog${base && '-old'}`);
  await add.click();
  const row = page.locator('tr[data-field="Stage"]');
  await says(row, 'spec.lifecycle');
  const valueOf = async () => {
    const { custom_fields: fields } = await rest('GET', `/services/${service.id}/custom_fields/values`);
    return fields.find(field => field.display_name === 'Stage')?.value;
  };
  assert.equal(await valueOf(), null);
  await panel.getByText('Fill the fields from the catalog').click();
  await until('the value on the service', async () => (await valueOf()) === 'production');
  const log = page.getByRole('region', { name: 'Entries of the log' });
  await says(log, service.name);
  await says(log.locator('tr', { hasText: service.name }), /Written.*Stage.*spec\.lifecycle/s);
  await looksRight(page, `custom-fields${base && '-old'}`);
  await panel.getByRole('button', { name: /^Outcome|Outcome$/ }).click();
  await page.getByRole('option', { name: 'Error' }).click();
  await says(panel, 'Nothing fits these filters');
  await panel.getByRole('button', { name: /^Outcome|Outcome$/ }).click();
  await page.getByRole('option', { name: 'Any' }).click();
  await says(log, service.name);
  const [file] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name: 'Download as CSV' }).click()]);
  const csv = readFileSync(await file.path(), 'utf8');
  assert.match(csv, /^timestamp,errorCode,customFieldName/);
  assert.ok(csv.includes(`"Stage","spec.lifecycle","${service.id}"`), csv);

  await row.getByRole('button', { name: 'Change Stage' }).click();
  await dialog.getByLabel('Where its value is in the entity').fill('metadata.title');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await says(row, 'metadata.title');
  await until('the other value on the service', async () => (await valueOf()) === service.name);
  await row.getByRole('switch', { name: 'Fill Stage' }).click({ force: true });
  await until('the field to be off', async () => !(await rest('GET', '/services/custom_fields')).fields.find(field => field.display_name === 'Stage').enabled);
  await row.getByRole('button', { name: 'Remove Stage' }).click();
  await says(dialog, 'removed from PagerDuty too');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await row.waitFor({ state: 'detached' });
  assert.deepEqual((await rest('GET', '/services/custom_fields')).fields, []);
  await panel.getByText('Fill the fields from the catalog').click();
}

export async function the_side_that_says_what_depends_on_what_is_chosen_and_stays_chosen(base) {
  const page = await open(`${base}/pagerduty`, { scheme: base ? 'dark' : 'light' });
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await appears(page.getByRole('radio', { name: /^Disabled/ }));
  assert.ok(await page.getByRole('radio', { name: /^Disabled/ }).isChecked(), 'off unless chosen');
  await page.getByText(/^Both: each side/).click();
  await says(page.getByRole('tabpanel'), 'Dependencies can be lost');
  await looksRight(page, `configuration-warning${base && '-old'}`);
  await page.getByRole('button', { name: 'Save' }).click();
  const save = page.getByRole('button', { name: 'Save' });
  await until('the choice to be kept', () => save.isDisabled());
  await page.reload();
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await appears(page.getByRole('radio', { name: /^Both/ }));
  assert.ok(await page.getByRole('radio', { name: /^Both/ }).isChecked());
  await page.getByText(/^Disabled: /).click();
  await save.click();
  await until('the choice to be kept', () => save.isDisabled());
  await page.getByRole('button', { name: 'Synchronise now' }).click();
  await says(page.getByRole('region', { name: 'Synchronisation' }), /Last run/);
  await looksRight(page, `configuration${base && '-old'}`);
}
