import { resolve } from 'node:path';
import { exitCodes } from '@tatami/config';
import { version } from '@tatami/protocol';
import { InvalidArgumentError, program } from 'commander';
import { judgeBench } from './bench/judge/judge-bench.ts';
import { mapBench } from './bench/map/map-bench.ts';
import { mapPictures } from './bench/map/pictures.ts';
import { sandboxBench } from './bench/sandbox-bench.ts';
import { terminalBench } from './bench/terminal/terminal-bench.ts';
import { type WorkshopBenchOptions, workshopBench } from './bench/workshop/workshop-bench.ts';
import { testContainers } from './containers/test-containers.ts';
import { doctor } from './doctor.ts';
import { evidenceVerify } from './evidence/verify.ts';
import { install } from './install/install.ts';
import { installProgram } from './install/program.ts';
import { uninstall } from './install/uninstall.ts';
import { labLint, ownLabsDir } from './lab/lint.ts';
import { labNew } from './lab/new.ts';
import { labTest } from './lab/test/command.ts';
import { packRoot } from './prepare/archive.ts';
import { prepareImage } from './prepare/image.ts';
import { release } from './release/command.ts';
import { addConfigCommand } from './settings/command.ts';
import { applySettings, pathOption, settingOption } from './settings/option.ts';
import { exitCodesText } from './settings/text.ts';
import { ownAddresses, roomAddress } from './start/room.ts';
import { printSetupLink } from './start/setup-link.ts';
import { addressOf, start } from './start/start.ts';
import { runTests } from './test.ts';
import { upkeep } from './upkeep.ts';
import { UserError } from './user-error.ts';
import { sandboxVerify } from './verify/command.ts';
import { runVmTests } from './vm/test-vm.ts';
import { workshopRehearse } from './workshop/rehearse.ts';

/** Where Tatami is reached and what it keeps: options of more than one command. */
const shared = {
  host: settingOption('TATAMI_HOST', '--host <address>'),
  port: settingOption('TATAMI_PORT', '--port <number>'),
  publicUrl: settingOption('TATAMI_PUBLIC_URL', '--public-url <url>'),
  data: pathOption('TATAMI_DATA', '--data <folder>'),
  run: pathOption('TATAMI_RUN', '--run <folder>'),
};

interface UpkeepFlags {
  data: string;
  run: string;
  over?: boolean;
  check?: boolean;
}

program
  .name('tatami')
  .description('Hands-on Linux labs in the browser, graded by the kernel.')
  .version(version, '--version')
  .addHelpText('after', () => `\n${exitCodesText()}`)
  .exitOverride(({ exitCode }) =>
    process.exit(exitCode === 0 ? exitCodes.done : exitCodes.cannotRun),
  )
  .hook('preAction', (_, command) => applySettings(command));

program
  .command('start')
  .description('install and build what is missing, then run Tatami')
  .addOption(shared.host)
  .addOption(shared.port)
  .addOption(shared.publicUrl)
  .addOption(shared.data)
  .addOption(shared.run)
  .addOption(pathOption('TATAMI_LABS', '--labs <folder>'))
  .option(
    '--room [address]',
    'for a workshop: listen on the local network, print address, join codes and QR codes',
  )
  .addOption(pathOption('TATAMI_TLS_CERT', '--tls-cert <file>'))
  .addOption(pathOption('TATAMI_TLS_KEY', '--tls-key <file>'))
  .action(
    async (options: {
      host: string;
      port: number;
      publicUrl?: string;
      data: string;
      run: string;
      labs?: string;
      room?: string | true;
      tlsCert?: string;
      tlsKey?: string;
    }) => {
      const { port, publicUrl, data, run, labs, room } = options;
      const asked = typeof room === 'string' ? room : undefined;
      await start({
        ...{ port, publicUrl, dataDir: data, runDir: run, labsDir: labs },
        host: room === undefined ? options.host : roomAddress(asked, ownAddresses()),
        room: room !== undefined,
        certificate: certificateOf(options.tlsCert, options.tlsKey),
      });
    },
  );

program
  .command('install')
  .description('install and build what is missing, and services of systemd that run Tatami')
  .option('--program', 'no more than the program, for an image of a container')
  .action(async ({ program: only }: { program?: boolean }) => {
    if (only) await installProgram();
    else process.exitCode = await install();
  });

program
  .command('uninstall')
  .description('end and remove these services and their program; progress stays')
  .action(uninstall);

program
  .command('setup-link')
  .description('print the link that makes the first account, as long as there is none')
  .option('--new', 'make one although there are accounts: nobody can sign in any more')
  .addOption(shared.host)
  .addOption(shared.port)
  .addOption(shared.publicUrl)
  .addOption(shared.data)
  .action(
    async (given: {
      new?: boolean;
      host: string;
      port: number;
      publicUrl?: string;
      data: string;
    }) => {
      const { new: fresh = false, host, port, publicUrl, data } = given;
      const address = addressOf({ host, port, publicUrl });
      await printSetupLink({ dataDir: data, address, fresh });
    },
  );

addConfigCommand(program);

program
  .command('backup')
  .description('write all that is durable into one archive, while everything runs')
  .argument('<file|folder>', 'where to; in a folder it gets a name of its own')
  .option('--over', 'take the place of a file that is there')
  .addOption(shared.data)
  .addOption(shared.run)
  .action(async (file: string, { data, run, over = false }: UpkeepFlags) => {
    const options = { file: resolve(file), dataDir: resolve(data), runDir: resolve(run) };
    process.exitCode = await upkeep('backup', { ...options, over, check: false });
  });

program
  .command('restore')
  .description('put an archive of backup back, while nothing runs (docs/operations.md)')
  .argument('<file>', 'the archive')
  .option('--over', 'move aside what the data folder holds')
  .option('--check', 'only say whether the archive is as it was made')
  .addOption(shared.data)
  .addOption(shared.run)
  .action(async (file: string, { data, run, over = false, check = false }: UpkeepFlags) => {
    const options = { file: resolve(file), dataDir: resolve(data), runDir: resolve(run) };
    process.exitCode = await upkeep('restore', { ...options, over, check });
  });

program
  .command('image')
  .description("build the learner's root filesystem unless it is there, and print its path")
  .option('--archive <file>', 'pack it too, for the images of containers (docs/containers.md)')
  .action(async ({ archive }: { archive?: string }) => {
    const root = await prepareImage();
    if (archive !== undefined) await packRoot(root, resolve(archive));
    process.stdout.write(`${root}\n`);
  });

program
  .command('test')
  .description('set up what the tests need and run them')
  .option('--only <part>', 'unit, kernel, lessons or browser')
  .option(
    '--vm',
    'install and boot a whole host in a virtual machine, and run kernel tests in another',
  )
  .option('--containers', 'build the container images and try docker-compose.yml')
  .option('--json', 'with --vm or --containers: print its targets as JSON at the end')
  .action(
    async (options: { only?: string; vm?: boolean; containers?: boolean; json?: boolean }) => {
      const { only, vm, containers, json = false } = options;
      if (containers) process.exitCode = await testContainers({ json });
      else process.exitCode = vm ? await runVmTests({ json }) : await runTests(only);
    },
  );

program
  .command('release')
  .description(
    "build the artefacts of this commit's version twice, compare them, and tag the commit",
  )
  .option('--dry-run', 'tag nothing')
  .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
    process.exitCode = await release({ dryRun });
  });

program
  .command('doctor')
  .description('try each feature this host needs in a throw-away namespace; changes nothing')
  .option('--json', 'print the findings as JSON')
  .addOption(settingOption('TATAMI_SEATS', '--seats <n>'))
  .action(async ({ json = false, seats }: { json?: boolean; seats: number }) => {
    process.exitCode = await doctor({ json, seats });
  });

const sandbox = program.command('sandbox').description('work with sandboxes');

sandbox
  .command('verify')
  .description('hold a sandbox to what the host does: unshare, nsenter, lsns and ipcs')
  .option('--json', 'print the outcomes as JSON')
  .action(async ({ json = false }: { json?: boolean }) => {
    process.exitCode = await sandboxVerify({ json });
  });

sandbox
  .command('bench')
  .description('measure sandboxes through a real runner against their targets')
  .option('--json', 'print the figures as JSON')
  .option('--sandboxes <n>', 'how many to keep alive at once', '20')
  .action(async (options: { json?: boolean; sandboxes: string }) => {
    process.exitCode = await sandboxBench(options);
  });

const evidence = program.command('evidence').description('work with what servers have sealed');

evidence
  .command('verify')
  .description(
    'say whether an incident report is as its server sealed it, or which byte was changed',
  )
  .argument('<file>', 'the report, an HTML file')
  .option('--key <file|url>', "the server's public key, which it gives at /api/evidence/key")
  .addHelpText(
    'after',
    '\nExit codes: 0 sealed by that key; 1 changed, not sealed, or of an unknown signer; 3 unchanged, but no key to trust was given.',
  )
  .action(async (file: string, options: { key?: string }) => {
    process.exitCode = await evidenceVerify(file, options);
  });

const bench = program.command('bench').description('measure parts of Tatami against their targets');

bench
  .command('judge')
  .description(
    'the kernel as judge: how soon, how completely and how truly it tells (docs/benches.md)',
  )
  .option('--json', 'print the figures as JSON')
  .option('--only <names>', 'these targets only, with commas')
  .action(async (options: { json?: boolean; only?: string }) => {
    process.exitCode = await judgeBench(options);
  });

bench
  .command('map')
  .description('the namespace map: live, smooth, cheap, true, open to all (docs/benches.md)')
  .option('--json', 'print the figures as JSON')
  .option('--only <names>', 'these targets only, with commas')
  .option(
    '--pictures <folder>',
    'measure nothing; draw the recorded situations into the folder, print what docs/map.md says of them',
  )
  .action(async (options: { json?: boolean; only?: string; pictures?: string }) => {
    if (options.pictures !== undefined) return mapPictures(options.pictures);
    process.exitCode = await mapBench(options);
  });

bench
  .command('terminal')
  .description('the terminal: keys, output, floods, reconnects, memory (docs/benches.md)')
  .option('--json', 'print the figures as JSON')
  .option('--only <names>', 'these targets only, with commas')
  .option('--with <names>', 'beside these too, where installed: ttyd, gotty, wetty, with commas')
  .action(async (options: { json?: boolean; only?: string; with?: string }) => {
    process.exitCode = await terminalBench(options);
  });

bench
  .command('workshop')
  .description('a room of 200, and a whole lesson of 40 (docs/benches.md)')
  .option('--json', 'print the figures as JSON')
  .option('--only <names>', 'these targets only, with commas')
  .option('--seats <n>', 'so many instead of 200, for development', count, 200)
  .option('--lesson-seats <n>', 'so many instead of 40, for development', count, 40)
  .option('--no-largest', 'try no larger rooms through the whole lesson')
  .action(async (options: WorkshopBenchOptions) => {
    process.exitCode = await workshopBench(options);
  });

const lab = program.command('lab').description('make lessons and keep them right');
const labsFolder = ['--labs <folder>', 'where the lessons are', ownLabsDir] as const;

lab
  .command('new')
  .description('write a small lesson to begin from')
  .argument('<id>', 'as in 05-first-look')
  .option(...labsFolder)
  .action(async (id: string, { labs }: { labs: string }) => {
    await labNew(id, resolve(labs));
  });

lab
  .command('lint')
  .description('name whatever is wrong with the files of lessons, by file and line')
  .argument('[lab...]', 'these only')
  .option(...labsFolder)
  .option('--json', 'print the faults as JSON')
  .action(async (only: string[], { labs, json = false }: { labs: string; json?: boolean }) => {
    process.exitCode = await labLint(only, { labsDir: resolve(labs), json });
  });

lab
  .command('test')
  .description('play every command of lessons on real machines, and prove every check')
  .argument('[lab...]', 'these only; else every lesson that is ready')
  .option(...labsFolder)
  .option('--only <step>', 'this step only, for development')
  .option('--machines <n>', 'machines at once', count)
  .option('--json', 'print the targets as JSON at the end')
  .action(
    async (
      names: string[],
      options: { labs: string; only?: string; machines?: number; json?: boolean },
    ) => {
      const { labs, only, machines, json = false } = options;
      const labsDir = resolve(labs);
      process.exitCode = await labTest(names, { labsDir, only, machines, json });
    },
  );

program
  .command('workshop')
  .description('prepare workshops')
  .command('rehearse')
  .description('play a room of learners through a lesson on this machine, and say how many fit')
  .requiredOption('--seats <n>', 'learners', count)
  .requiredOption('--lab <lesson>', 'as in 03-unshare-nsenter, or its number')
  .option(...labsFolder)
  .action(async ({ seats, lab, labs }: { seats: number; lab: string; labs: string }) => {
    process.exitCode = await workshopRehearse({ seats, lab, labsDir: resolve(labs) });
  });

function certificateOf(cert: string | undefined, key: string | undefined) {
  if (cert && key) return { cert, key };
  if (cert || key)
    throw new UserError('a certificate needs its key: give --tls-cert and --tls-key.');
  return undefined;
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It is a whole number above 0.');
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`tatami: ${error.message}\n`);
  process.exitCode = exitCodes.cannotRun;
}
