// A list whose order is changed by dragging, by touch, or by the keyboard (Enter on the handle, arrows, Enter). In the lazy part:
// React Aria brings the keyboard way and the words for screen readers.

import type { ReactNode } from 'react';
import { Button, GridList, GridListItem, useDragAndDrop } from 'react-aria-components';
import { Icon } from './icons';

// React Aria would add a style element, which the pages' policy forbids; it adds none where this is. app.css has its rule.
const pressableStyle = 'react-aria-pressable-style';
if (!document.getElementById(pressableStyle)) {
  const mark = document.createElement('meta');
  mark.id = pressableStyle;
  document.head.append(mark);
}

export interface Item {
  key: string;
  name: string;
  content: ReactNode;
}

export function moved<T>(items: T[], from: number, to: number): T[] {
  const rest = items.toSpliced(from, 1);
  return rest.toSpliced(from < to ? to - 1 : to, 0, items[from] as T);
}

interface Ordered {
  label: string;
  items: Item[];
  onMove: (from: number, to: number) => void;
}

/** `fixed`: for those who may not change the order. */
export function ReorderList({ fixed, ...list }: Ordered & { fixed?: boolean }) {
  if (!fixed) return <MovableList {...list} />;
  return <ol className="reorder fixed" aria-label={list.label}>{list.items.map((item) => <li key={item.key}>{item.content}</li>)}</ol>;
}

function MovableList({ label, items, onMove }: Ordered) {
  const place = (key: unknown) => items.findIndex((item) => item.key === key);
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ 'text/plain': String(key) })),
    onReorder: (event) => {
      const [key] = event.keys;
      onMove(place(key), place(event.target.key) + (event.target.dropPosition === 'after' ? 1 : 0));
    },
  });
  return (
    <GridList aria-label={label} className="reorder" items={items} dragAndDropHooks={dragAndDropHooks} renderEmptyState={() => <span className="dim">Nobody yet.</span>}>
      {(item) => (
        <GridListItem id={item.key} textValue={item.name}>
          <Button slot="drag" className="handle" aria-label={`Move ${item.name}`}><Icon name="drag" /></Button>
          {item.content}
        </GridListItem>
      )}
    </GridList>
  );
}
