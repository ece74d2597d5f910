import { exitCodes, faultsOf, readSources } from '@tatami/config';
import type { Command } from 'commander';
import { effectiveText, settingsText } from './text.ts';

/** Adds `tatami config`, which shows what is set and says what is wrong with it. */
export function addConfigCommand(program: Command): void {
  const config = program
    .command('config')
    .description('print the settings in effect and where each comes from')
    .addHelpText('after', () => `\n${settingsText()}`)
    .action(() => {
      const { given } = readSources(process.env);
      process.stdout.write(effectiveText(given));
      process.exitCode = tellFaults();
    });
  config
    .command('check')
    .description('say what is wrong with the settings, a sentence a fault')
    .action(() => {
      process.exitCode = tellFaults();
      if (process.exitCode === exitCodes.done) process.stdout.write('The settings are in order.\n');
    });
}

function tellFaults(): number {
  const { given, faults } = readSources(process.env);
  const all = [...faults, ...faultsOf(given, given.keys())];
  for (const fault of all) process.stderr.write(`tatami: ${fault}\n`);
  return all.length > 0 ? exitCodes.cannotRun : exitCodes.done;
}
