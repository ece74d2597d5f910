import {
  defaultOf,
  exitCodeMeanings,
  exitCodes,
  isSetting,
  operatorSettings,
  programSettings,
  type Setting,
  type SettingName,
  type Sources,
  settings,
  testSettings,
} from '@tatami/config';

const groups = [
  ['Settings, in the environment or in /etc/tatami/tatami.env', operatorSettings],
  ["Passed between Tatami's own programs, in the environment", programSettings],
  ['Read by tests', testSettings],
] as const;

/** Every setting with its meaning, values and default, for `tatami config --help`. */
export function settingsText(): string {
  return groups
    .map(([title, group]) => {
      const names = Object.keys(group).filter(isSetting);
      return `${title}:\n${names.map((name) => settingText(name)).join('')}`;
    })
    .join('\n');
}

function settingText(name: SettingName): string {
  const { help, takes } = settings[name];
  const fallback = defaultOf(name);
  const absent = fallback === undefined || fallback === '' ? '' : `; ${fallback} by default`;
  return `  ${name}\n      ${help}: ${takes}${absent}\n`;
}

/** What operators' settings are now, and all others that are given; no secret among them is shown. */
export function effectiveText(given: Sources['given']): string {
  // TATAMI_ROOT is always given: our own launcher sets it.
  const names = (Object.keys(settings) as SettingName[]).filter(
    (name) => name in operatorSettings || (given.has(name) && name !== 'TATAMI_ROOT'),
  );
  const rows = names.map((name) => {
    const { secret } = settings[name] as Setting;
    const set = given.get(name);
    const value = set?.text ?? defaultOf(name);
    return [
      name,
      value === undefined ? '-' : secret ? '(secret)' : String(value),
      set?.where ?? (value === undefined ? 'not set' : 'default'),
    ] as const;
  });
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [first, second] = [width(0), width(1)];
  return rows
    .map(([name, value, where]) => `${name.padEnd(first)}  ${value.padEnd(second)}  ${where}\n`)
    .join('');
}

/** The exit codes, for `tatami --help`. */
export const exitCodesText = (): string =>
  `Exit codes:\n${(Object.keys(exitCodes) as (keyof typeof exitCodes)[])
    .map((key) => `  ${exitCodes[key]}  ${exitCodeMeanings[key]}\n`)
    .join('')}`;
