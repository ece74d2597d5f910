const programs: [RegExp, string][] = [
  [/Edg/, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** A browser in two words, by its User-Agent: enough to tell one's own apart, and no more is kept. */
export function browserName(userAgent = ''): string {
  const first = (names: [RegExp, string][]) => names.find(([mark]) => mark.test(userAgent))?.[1];
  return [first(programs), first(systems)].filter(Boolean).join(', ');
}
