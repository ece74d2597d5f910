import type { Given, Sources } from './sources.ts';
import { type Setting, type SettingName, settings } from './table.ts';

const shownLength = 80;
/** Settings that mean something only together. */
const pairs: readonly [SettingName, SettingName][] = [['TATAMI_TLS_CERT', 'TATAMI_TLS_KEY']];

/** What is wrong with the values that are given for `names`, a sentence each. */
export function faultsOf(given: Sources['given'], names: Iterable<SettingName>): string[] {
  const wanted = new Set(names);
  const wrong = [...given].flatMap(([name, value]) =>
    wanted.has(name) ? faultOf(name, value) : [],
  );
  return [
    ...wrong,
    ...pairs.filter(([one]) => wanted.has(one)).flatMap((pair) => halfOf(given, pair)),
  ];
}

/** Those of `names` that have no default and are not given. */
export const missing = (given: Sources['given'], names: Iterable<SettingName>): string[] =>
  [...names]
    .filter((name) => !given.has(name) && !settings[name].schema.safeParse(undefined).success)
    .map(
      (name) =>
        `${name} is not set (${settings[name].help}): it takes ${settings[name].takes}; tatami start and installed services set it themselves.`,
    );

function faultOf(name: SettingName, { text, where }: Given): string[] {
  const { schema, takes, secret } = settings[name] as Setting;
  if (schema.safeParse(text).success) return [];
  const shown = secret ? 'not what it may be' : JSON.stringify(text.slice(0, shownLength));
  return [`${name} is ${shown} (${where}); it takes ${takes}.`];
}

function halfOf(given: Sources['given'], [one, other]: [SettingName, SettingName]): string[] {
  if (given.has(one) === given.has(other)) return [];
  const [there, absent] = given.has(one) ? [one, other] : [other, one];
  return [
    `${there} is set (${given.get(there)?.where}) and ${absent} is not; a certificate needs its key: set both, or neither.`,
  ];
}

/** A message as programs print it. */
export const asSentence = (message: string): string =>
  message.endsWith('.') ? message : `${message}.`;
