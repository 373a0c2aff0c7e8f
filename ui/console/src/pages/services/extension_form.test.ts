import { expect, test } from 'vitest';
import type { Extension } from '../../api/types';
import { draftOf, headersOf, membersOf, textOfHeaders, whereOf } from './extension_form';

const kept = { id: 'P1', name: 'Shop', endpoint_url: null, config: { channel: 'C1', notify_types: { resolve: false }, restrict: 'any' } } as unknown as Extension;

test('a chat that knows its channels by id has no address', () => {
  expect(membersOf({ ...draftOf(undefined), name: ' Shop ', target: ' C024BE91L ' }, 'slack')).toEqual({
    name: 'Shop', config: { channel: 'C024BE91L', notify_types: { acknowledge: true, resolve: true, assignments: true } } });
  expect(membersOf({ ...draftOf(undefined), target: 'https://x' }, 'mattermost')).toMatchObject({ endpoint_url: 'https://x' });
});

test('what the form does not show stays', () => {
  expect(membersOf(draftOf(kept), 'slack', kept.config)).toEqual({
    name: 'Shop', config: { channel: 'C1', restrict: 'any', notify_types: { acknowledge: true, resolve: false, assignments: true } } });
});

test('headers are written one a line', () => {
  const headers = [{ name: 'X-Token', value: 'a:b' }, { name: 'Broken', value: '' }];
  expect(headersOf(' X-Token:  a:b \n\nBroken')).toEqual(headers);
  expect(headersOf(textOfHeaders(headers))).toEqual(headers);
});

test('an address is shown by its server alone', () => {
  expect(whereOf(kept)).toBe('channel C1');
  expect(whereOf({ config: {}, endpoint_url: 'https://chat.example.com/hooks/secret' })).toBe('chat.example.com');
  expect(whereOf({ config: {}, endpoint_url: 'nothing' })).toBe('');
});
