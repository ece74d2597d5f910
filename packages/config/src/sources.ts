import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { closestMatch } from 'leven';
import {
  defaultOf,
  isSetting,
  operatorSettings,
  programSettings,
  type SettingName,
} from './table.ts';

/** The text of one setting, and where it stands: "the environment", or a file and its line. */
export interface Given {
  text: string;
  where: string;
}

/** What environment and file say, and what they should not, a sentence each. */
export interface Sources {
  given: Map<SettingName, Given>;
  faults: string[];
}

export type Environment = Record<string, string | undefined>;

const theEnvironment = 'the environment';
const prefix = 'TATAMI_';

/** Reads the settings file, and over it the environment: an empty value there is as if the setting were not set. */
export function readSources(env: Environment): Sources {
  const { given, faults } = readSettingsFile(env);
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(prefix) || text === undefined) continue;
    if (!isSetting(name)) faults.push(unknown(name, theEnvironment));
    else if (text === '') given.delete(name);
    else given.set(name, { text, where: theEnvironment });
  }
  return { given, faults };
}

/** Only one that was asked for must be there. */
function readSettingsFile(env: Environment): Sources {
  const path = env.TATAMI_CONFIG ?? String(defaultOf('TATAMI_CONFIG'));
  if (path === '') return { given: new Map(), faults: [] };
  try {
    return parseSettings(readFileSync(path, 'utf8'), path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const given = new Map();
    if (code === 'ENOENT' && !env.TATAMI_CONFIG) return { given, faults: [] };
    const advice = env.TATAMI_CONFIG
      ? 'set TATAMI_CONFIG to a file that can be read'
      : 'let those who run Tatami read it';
    return { given, faults: [`the settings file ${path} cannot be read (${code}); ${advice}.`] };
  }
}

/** Values that systemd, Docker and Node.js do not all read as they stand. */
const ambiguous = /^\s|\s$|["'`#$\\]/;

/** The settings in the text of a file, each with its line. */
export function parseSettings(content: string, path: string): Sources {
  const values = parseEnv(content);
  const given = new Map<SettingName, Given>();
  const faults: string[] = [];
  for (const [index, line] of content.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const where = `${path}, line ${index + 1}`;
    const [, name, text = ''] = /^(\w+)=(.*)$/s.exec(line) ?? [];
    if (name === undefined)
      faults.push(`${where}: this is not NAME=VALUE; write it so, or # before a comment.`);
    else if (!Object.hasOwn(operatorSettings, name)) faults.push(misplaced(name, where));
    else if (ambiguous.test(text))
      faults.push(
        `${where}: write the value of ${name} without quotes, $, # and \\, and without spaces around it; systemd, Docker and Node.js read those differently.`,
      );
    else if (given.has(name as SettingName))
      faults.push(`${where}: ${name} was set above; keep one of the two.`);
    else if (values[name]) given.set(name as SettingName, { text: values[name], where });
  }
  return { given, faults };
}

const misplaced = (name: string, where: string): string =>
  isSetting(name)
    ? `${name} (${where}) is passed between Tatami's own programs; take it out of the file.`
    : unknown(name, where);

function unknown(name: string, where: string): string {
  const known =
    where === theEnvironment ? { ...operatorSettings, ...programSettings } : operatorSettings;
  const nearest = closestMatch(name, Object.keys(known));
  return `there is no setting ${name} (${where}); the nearest name is ${nearest}, and tatami config --help lists them all.`;
}
