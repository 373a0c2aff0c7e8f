// Night, as the server decides it, unless the reader chose otherwise on this device. Never switches by itself while a
// page is open.

export const themes = [['night', 'Dark at night'], ['system', 'As the system'], ['dark', 'Dark'], ['light', 'Light']] as const;
export type Theme = (typeof themes)[number][0];

const setting = 'callboard.theme';
const byServer = document.documentElement.dataset.theme;

export function theme(): Theme {
  const stored = localStorage.getItem(setting);
  return themes.find(([name]) => name === stored)?.[0] ?? 'night';
}

export function applyTheme(chosen: Theme = theme()): void {
  localStorage.setItem(setting, chosen);
  const value = chosen === 'night' ? byServer : chosen === 'system' ? undefined : chosen;
  if (value) document.documentElement.dataset.theme = value;
  else delete document.documentElement.dataset.theme;
}
