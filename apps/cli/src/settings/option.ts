import { resolve } from 'node:path';
import {
  defaultOf,
  faultsOf,
  readSources,
  type Setting,
  type SettingName,
  settings,
} from '@tatami/config';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UserError } from '../user-error.ts';

const named = new WeakMap<Option, SettingName>();

/** As {@link settingOption}, of a path: what is typed may be relative to the folder that one is in. */
export const pathOption = (name: SettingName, flags: string): Option =>
  settingOption(name, flags, (typed) => resolve(typed));

/** An option that is a setting too: its text, values and default are the table's. */
export function settingOption(
  name: SettingName,
  flags: string,
  fromTyped: (text: string) => string = (text) => text,
): Option {
  const { help, takes, schema } = settings[name] as Setting;
  const option = new Option(flags, `${help} [${name}]`).argParser((text: string) => {
    const parsed = schema.safeParse(fromTyped(text));
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`It takes ${takes}.`);
  });
  const fallback = defaultOf(name);
  if (fallback !== undefined) option.default(fallback);
  named.set(option, name);
  return option;
}

/**
 * Gives options that were not typed what environment and file say; commands without such options read neither.
 * @throws UserError with a sentence for each fault of the settings.
 */
export function applySettings(command: Command): void {
  const options = command.options.filter((option) => named.has(option));
  if (options.length === 0) return;
  const { given, faults } = readSources(process.env);
  const all = [...faults, ...faultsOf(given, given.keys())];
  if (all.length > 0) throw new UserError(all.join('\ntatami: '));
  for (const option of options) {
    const name = named.get(option) as SettingName;
    const text = given.get(name)?.text;
    const attribute = option.attributeName();
    if (text === undefined || command.getOptionValueSource(attribute) === 'cli') continue;
    command.setOptionValueWithSource(attribute, settings[name].schema.parse(text), 'config');
  }
}

/** All settings that are given, as a service started by us finds them in its environment: it reads no file. */
export function settingsForServices(): Record<string, string> {
  const { given } = readSources(process.env);
  const texts = [...given].map(([name, { text }]) => [name, text]);
  return { ...Object.fromEntries(texts), TATAMI_CONFIG: '' };
}
