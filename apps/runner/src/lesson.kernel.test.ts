import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { loadLabs } from '@tatami/lab-format/loader';
import type { RunnerEvent, Verdict } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { describe, expect, test } from 'vitest';
import { startRunner, type TestTerminal } from '../test/running-runner.ts';
import { watchEveryMs } from './machines/step-watch.ts';

const labsFolder = new URL('../../../labs', import.meta.url).pathname;
const { labs } = await loadLabs(labsFolder);
const lab = labs.find(({ id }) => id === '03-unshare-nsenter');
if (!lab) throw new Error('lab 03 has problems: see the unit tests of @tatami/lab-format');

const prompt = /(?:learner|root)@[\w-]+\S*:\S*[$#] /;
const shownAndPrompt = new RegExp(`[\\s\\S]*?${prompt.source}`);

/** A command of the lesson, as a learner types it. */
function commandText(stepId: string, id: string): string {
  const step = lab?.content('zh-CN').steps.find((one) => one.id === stepId);
  return present(step?.commands.find((command) => command.id === id)).text;
}

/** Opens a step of the lesson on a fresh machine. */
async function openStep(runner: Awaited<ReturnType<typeof startRunner>>, stepId: string) {
  const step = lab?.step(stepId)?.draw('');
  const commands = lab?.content('zh-CN').steps.find(({ id }) => id === stepId)?.commands;
  if (!step || !commands) throw new Error(`no step ${stepId}`);
  const { id } = await runner.create();
  const events = await runner.events(id);
  const { setup, checks } = step;
  const open = async () => {
    const body = { stepId, setup, checks, passed: [] };
    const answer = await runner.request('PUT', `/sandboxes/${id}/step`, body);
    expect(answer).toMatchObject({ status: 200 });
  };
  await open();
  const terminals = new Map<string, TestTerminal>();
  for (const terminal of ['1', '2']) {
    const opening = await runner.terminal(id, terminal);
    await opening.expect(prompt);
    terminals.set(terminal, opening);
  }
  return {
    commands,
    checks,
    events,
    open,
    terminal: (name: string) => present(terminals.get(name)),
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there');
  return value;
}

/** The newest verdict of each check. */
function verdicts(events: RunnerEvent[]): Map<string, Verdict> {
  const given = events.flatMap((event) => {
    if (event.type === 'state') return event.verdicts;
    return event.type === 'verdict' ? [event.verdict] : [];
  });
  return new Map(given.map(({ checkId, verdict }) => [checkId, verdict]));
}

const passed = (events: RunnerEvent[]) =>
  [...verdicts(events)].filter(([, { status }]) => status === 'passed').map(([id]) => id);

/** Types one block and awaits a prompt for each of its lines. Returns what the terminal showed. */
async function run(terminal: TestTerminal, text: string): Promise<string> {
  const lines = text.split('\n');
  terminal.text = '';
  terminal.type(`${lines.join('\r')}\r`);
  let shown = '';
  for (const _ of lines) shown += (await terminal.expect(shownAndPrompt))[0];
  return stripVTControlCharacters(shown).replaceAll('\r', '');
}

const ready = lab
  .content('zh-CN')
  .steps.filter(({ status }) => status === 'ready')
  .map(({ id }) => id);

describe.each(ready)('step %s', (stepId) => {
  test('ticks nothing on the untouched machine, everything by its commands', async () => {
    await using runner = await startRunner({ TATAMI_WARM: 0 });
    const { commands, checks, events, terminal } = await openStep(runner, stepId);
    await until(() => verdicts(events).size === checks.length, {
      what: 'all checks are looked at',
    });
    await delay(2 * watchEveryMs);
    expect(passed(events)).toEqual([]);

    for (const { terminal: name, text } of commands) {
      // A learner looks around before leaving; here a look of the watch is all that must fit.
      if (text === 'exit') await delay(2 * watchEveryMs);
      await run(terminal(name), text);
    }
    expect(passed(events).sort()).toEqual(checks.map(({ id }) => id).sort());
  });
});

test('the machine shows what the prose of the first steps says', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const { terminal } = await openStep(runner, '01-unshare');
  const one = terminal('1');
  await run(one, 'sudo unshare --pid /bin/bash');
  expect(await run(one, 'echo $$')).not.toMatch(/^1$/m);
  expect(await run(one, 'ps aux')).toContain('/bin/bash --l');
  expect(await run(one, 'ps aux')).toContain('fork: Cannot allocate memory');
  await run(one, 'exit');

  await run(one, 'sudo unshare --pid --fork /bin/bash');
  expect(await run(one, 'echo $$')).toMatch(/^1$/m);
  expect(await run(one, 'ps aux')).toContain('/bin/bash --l');
  expect(await run(one, 'readlink /proc/self')).toMatch(/^\d{2,}$/m);
  await run(one, 'exit');

  await run(one, 'sudo unshare --pid --fork --mount-proc /bin/bash');
  await run(one, 'sleep 3600 &');
  // Between fork and exec, ps still calls it /bin/bash.
  await until(
    async () => / 1 .*\/bin\/bash\n.* 2 .*sleep 3600\n.*ps aux\n/.test(await run(one, 'ps aux')),
    { what: 'bash and sleep are PID 1 and 2' },
  );
  const outside = await run(terminal('2'), commandText('02-namespaces', 'pid-outside'));
  // After the echoed command: two sudo, unshare, bash and sleep.
  expect(outside.match(/^root .*$/gm)).toHaveLength(5);
  const both = await run(terminal('2'), commandText('02-namespaces', 'pid-both'));
  expect(both).toMatch(/NSpid:\t\d{2,}\t2\n/);
  await run(one, 'exit');
  expect(await run(terminal('2'), 'pgrep -ax sleep')).not.toContain('3600');
});

test('opening the step again repairs a machine that was changed by mistake', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const { open, events, terminal } = await openStep(runner, '02-namespaces');
  await run(
    terminal('1'),
    'mkdir /tmp/myroot; sudo mount -t tmpfs none /tmp/myroot; sudo hostname other; ipcmk -M 1024',
  );
  const reason = (id: string) => {
    const verdict = verdicts(events).get(id);
    return verdict && 'reason' in verdict ? verdict.reason.key : undefined;
  };
  const spoilt = {
    'ns.mount': 'reason.mount-on-machine',
    'ns.uts': 'reason.machine-hostname-changed',
    'ns.ipc': 'reason.shm-on-machine',
  };
  for (const [id, key] of Object.entries(spoilt))
    await until(() => reason(id) === key, { what: `${id} says ${key}` });
  await open();
  for (const [id, key] of Object.entries(spoilt))
    await until(() => reason(id) !== key, { what: `${id} no longer says ${key}` });
  expect(await run(terminal('1'), 'hostname; ls -d /tmp/myroot')).toMatch(/^lab-host\n.*No such/m);
});

describe('what only looks like a shell that is PID 1 does not pass', () => {
  test.each([
    {
      name: 'a script named bash that prints 1',
      before: ["mkdir -p ~/bin; printf '#!/bin/sh\\necho 1; sleep 2\\n' > ~/bin/bash"],
      start: 'chmod +x ~/bin/bash; PATH=~/bin:$PATH bash &',
      reason: 'reason.no-namespace',
    },
    {
      name: 'a program named bash that is none',
      before: ['cp /usr/bin/sleep /tmp/bash'],
      start: 'sudo unshare --pid --fork --mount-proc /tmp/bash 60 &',
      reason: 'reason.not-shell',
    },
    {
      name: 'a program that renames itself bash',
      before: [],
      start: `sudo unshare --pid --fork --mount-proc perl -e '$0 = "/bin/bash"; sleep 60' &`,
      reason: 'reason.not-shell',
    },
    {
      name: 'a tmpfs in place of /proc',
      before: ['sudo unshare --pid --fork --mount /bin/bash'],
      start: 'mount -t tmpfs proc /proc; mkdir /proc/1; echo bash > /proc/1/comm',
      reason: 'reason.proc-not-own',
    },
    {
      name: "the machine's /proc bound over itself",
      before: ['sudo unshare --pid --fork --mount /bin/bash'],
      start: 'mount --bind /proc /proc',
      reason: 'reason.proc-not-own',
    },
  ])('$name', async ({ before, start, reason }) => {
    await using runner = await startRunner({ TATAMI_WARM: 0 });
    const { events, terminal } = await openStep(runner, '00-quickstart');
    for (const text of before) await run(terminal('1'), text);
    await run(terminal('1'), start);
    const reasonNow = () => {
      const verdict = verdicts(events).get('quickstart.pid1');
      return verdict && 'reason' in verdict ? verdict.reason.key : undefined;
    };
    await until(() => reasonNow() === reason, { what: `the reason is ${reason}` });
    await delay(2 * watchEveryMs);
    expect(passed(events)).toEqual([]);
  });
});
