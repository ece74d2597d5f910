import { program } from 'commander';
import { doctor } from './doctor.ts';
import { prepareImage } from './prepare/image.ts';
import { runTests } from './test.ts';
import { UserError } from './user-error.ts';

program.name('tatami').description('Hands-on Linux labs in the browser, graded by the kernel.');

program
  .command('image')
  .description("build the learner's root filesystem unless it is there, and print its path")
  .action(async () => {
    process.stdout.write(`${await prepareImage()}\n`);
  });

program
  .command('test')
  .description('set up what the tests need and run them')
  .option('--only <part>', 'unit or kernel')
  .action(async ({ only }: { only?: string }) => {
    process.exitCode = await runTests(only);
  });

program
  .command('doctor')
  .description('try each feature this host needs in a throw-away namespace; changes nothing')
  .option('--json', 'print the findings as JSON')
  .action(async ({ json }: { json?: boolean }) => {
    process.exitCode = await doctor(json ?? false);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`tatami: ${error.message}\n`);
  process.exitCode = 2;
}
