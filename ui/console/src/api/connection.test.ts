import { expect, test } from 'vitest';
import { Connection } from './connection';

const watched = () => {
  let changes = 0;
  const connection = new Connection(1_000, () => ++changes);
  return { connection, changes: () => changes };
};

test('a question that fails once says nothing yet', () => {
  const { connection, changes } = watched();
  connection.failed(2_000);
  connection.look(4_000);
  expect(connection.heard(4_500)).toBe(false);
  connection.look(8_000);
  expect([connection.lostSince, changes()]).toEqual([null, 0]);
});

test('after three seconds of failures it is lost since the last answer, until the next one', () => {
  const { connection, changes } = watched();
  connection.failed(2_000);
  connection.failed(5_000);
  expect([connection.lostSince, changes()]).toEqual([1_000, 1]);
  connection.failed(9_000);
  expect([connection.lostSince, changes()]).toEqual([1_000, 1]);
  expect(connection.heard(10_000)).toBe(true);
  expect([connection.lostSince, changes()]).toEqual([null, 2]);
});

test('a server that says nothing for longer than it lets anybody wait is lost without a failure', () => {
  const { connection } = watched();
  expect(connection.look(30_000)).toBe(false);
  expect(connection.look(42_000)).toBe(true);
  expect(connection.lostSince).toBe(1_000);
});

test('a page that was hidden has not lost anything', () => {
  const { connection } = watched();
  connection.resumed(600_000);
  expect(connection.look(610_000)).toBe(false);
  expect(connection.lostSince).toBe(null);
});
