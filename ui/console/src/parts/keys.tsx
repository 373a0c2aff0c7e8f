// The keyboard: single keys, and `g` followed by one. They never fire in fields, in dialogs and popovers, or with a modifier, and can
// be switched off (WCAG 2.1.4).

import { useEffect, useRef } from 'react';

type Keys = Record<string, (() => void) | undefined>;

const setting = 'callboard.single-keys';
export const singleKeysAreOn = (): boolean => localStorage.getItem(setting) !== 'off';
export const switchSingleKeys = (on: boolean): void => localStorage.setItem(setting, on ? 'on' : 'off');

const layers: { current: Keys }[] = [];
let afterG = 0;

/** What a key press means: "g i" within a second of "g", "X" with shift. Empty when it is not for us. */
export function meaningOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'>, gBefore: boolean): string {
  if (event.ctrlKey || event.altKey || event.metaKey) return '';
  return gBefore ? `g ${event.key}` : event.key;
}

function isTyping(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : null;
  if (!element) return false;
  return element.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName) && (element as HTMLInputElement).type !== 'checkbox';
}

/** Enter presses what has the focus. */
const isPressing = (event: KeyboardEvent): boolean => event.key === 'Enter' && event.target instanceof Element && event.target.closest('a, button, summary') !== null;

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || isTyping(event.target) || isPressing(event) || !singleKeysAreOn() || document.querySelector('dialog[open], :popover-open')) return;
  const now = Date.now();
  const meaning = meaningOf(event, now - afterG < 1000);
  if (!meaning) return;
  afterG = meaning === 'g' ? now : 0;
  for (const layer of [...layers].reverse()) {
    const act = layer.current[meaning];
    if (!act) continue;
    event.preventDefault();
    act();
    return;
  }
}

/** Those of what is shown last come first; those of the frame, `below` all others, whenever it was shown. */
export function useKeys(keys: Keys, below = false): void {
  const layer = useRef(keys);
  layer.current = keys;
  useEffect(() => {
    if (layers.length === 0) document.addEventListener('keydown', press);
    if (below) layers.unshift(layer);
    else layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) document.removeEventListener('keydown', press);
    };
  }, []);
}

export const allKeys: [group: string, keys: [key: string, what: string][]][] = [
  ['Everywhere', [['/', 'search'], ['?', 'these keys'], ['g i', 'incidents'], ['g s', 'services'], ['g c', 'on call and schedules'],
    ['g p', 'people'], ['g o', 'my on-call shifts'], ['c', 'this page by API'], ['u', 'undo what was done just now'], ['Esc', 'back out']]],
  ['In lists', [['j', 'next'], ['k', 'previous'], ['x', 'select'], ['X', 'select up to here'], ['Enter', 'open']]],
  ['On an incident, or on the selected ones', [['a', 'acknowledge'], ['r', 'resolve'], ['e', 'escalate'], ['z', 'snooze (s too)'], ['n', 'note'],
    ['w', 'why'], ['m', 'merge']]],
];
