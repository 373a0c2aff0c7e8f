// What a browser calls itself, in words that people know.

const browsers = [[/Edg(e|A|iOS)?\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\/|FxiOS\//, 'Firefox'], [/Chrome\/|CriOS\/|HeadlessChrome\//, 'Chrome'], [/Safari\//, 'Safari']] as const;
const systems = [[/iPhone/, 'an iPhone'], [/iPad/, 'an iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X|Macintosh/, 'a Mac'], [/CrOS/, 'ChromeOS'], [/Linux|X11/, 'Linux']] as const;

const first = (words: readonly (readonly [RegExp, string])[], text: string): string => words.find(([shape]) => shape.test(text))?.[1] ?? '';

/** "Firefox on Windows"; its own words when they say neither. */
export function browserWords(agent: string): string {
  const browser = first(browsers, agent);
  const system = first(systems, agent);
  if (!browser) return agent || 'An unknown browser';
  return system ? `${browser} on ${system}` : browser;
}
