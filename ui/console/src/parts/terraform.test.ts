import { expect, test } from 'vitest';
import { imports, labelOf, resource } from './terraform';

test('a resource is aligned, nested and adopted by its id', () => {
  expect(resource('pagerduty_escalation_policy', 'Shop: night', { name: 'Shop: night', num_loops: 2, description: undefined, rule: [{ escalation_delay_in_minutes: 5, target: { type: 'user_reference', id: 'PU1' } }] }, 'PE1')).toBe(
    'resource "pagerduty_escalation_policy" "shop_night" {\n  name      = "Shop: night"\n  num_loops = 2\n  rule {\n    escalation_delay_in_minutes = 5\n    target {\n      type = "user_reference"\n      id   = "PU1"\n    }\n  }\n}\n\n# terraform import pagerduty_escalation_policy.shop_night PE1');
});

test('what others named is text and no expression', () => {
  expect(resource('pagerduty_team', '${path.root}', { name: '${path.root} "x"' })).toBe('resource "pagerduty_team" "path_root" {\n  name = "$${path.root} \\"x\\""\n}');
  expect(labelOf('24/7 desk')).toBe('_24_7_desk');
  expect(labelOf('日本')).toBe('this');
});

test('what a list shows is adopted at once, each under a name of its own', () => {
  const text = imports('pagerduty_service', [{ id: 'P1', summary: 'Checkout API' }, { id: 'P2', summary: 'Checkout-API' }]);
  expect(text).toBe('# terraform plan -generate-config-out=generated.tf\n\nimport {\n  to = pagerduty_service.checkout_api\n  id = "P1"\n}\n\nimport {\n  to = pagerduty_service.checkout_api_p2\n  id = "P2"\n}');
  expect(imports('pagerduty_service', [])).toBe('');
  expect(imports('pagerduty_user', Array.from({ length: 53 }, (_, i) => ({ id: `P${i}`, summary: `${i}` })))).toContain('# and 3 more, each by its id');
});
