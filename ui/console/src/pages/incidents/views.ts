// Saved views of the list: a name and an address, kept in this browser for whoever is logged in.

export interface SavedView {
  name: string;
  /** The address' query, "?urgency=high&team=mine". */
  search: string;
}

const viewsMax = 20;
const keyOf = (user: string): string => `callboard.views.${user}`;

function isView(value: unknown): value is SavedView {
  const view = value as Partial<SavedView> | null;
  return typeof view?.name === 'string' && typeof view.search === 'string' && view.search.startsWith('?');
}

export function readViews(user: string): SavedView[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(user)) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isView).slice(0, viewsMax) : [];
  } catch {
    return [];
  }
}

/** A view of that name is replaced; of too many the oldest goes. */
export function withView(views: SavedView[], added: SavedView): SavedView[] {
  return [...views.filter((one) => one.name !== added.name), added].slice(-viewsMax);
}

export const writeViews = (user: string, views: SavedView[]): void => localStorage.setItem(keyOf(user), JSON.stringify(views));
