import { expect, test } from 'vitest';
import { snippetsFor } from './snippets';

const key = 'c5ij1comqbjvkxtwyluuaflambvsmrae';
const snippets = snippetsFor({ name: 'Edge "a"' }, key, { id: 'P6L0J7176UBMME', name: 'Checkout' }, 'https://pager.example.com');

test('every snippet that sends events names the key and our address', () => {
  for (const name of ['curl', 'Alertmanager', 'Grafana']) {
    const text = snippets.find((one) => one.name === name)?.text ?? '';
    expect(text).toContain(key);
    expect(text).toContain('https://pager.example.com/v2/enqueue');
  }
});

test('the body of the curl line is an event', () => {
  const text = snippets.find((one) => one.name === 'curl')?.text ?? '';
  const body = JSON.parse(text.slice(text.indexOf("'{") + 1, text.lastIndexOf("'"))) as { routing_key: string; payload: { severity: string } };
  expect(body.routing_key).toBe(key);
  expect(body.payload.severity).toBe('critical');
});

test('names are quoted for Terraform', () => {
  expect(snippets.find((one) => one.name === 'Terraform')?.text).toContain('name    = "Edge \\"a\\""');
});
