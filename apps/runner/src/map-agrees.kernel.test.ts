import {
  CheckSpec,
  type MapPicture,
  type MapProcess,
  type NamespaceKind,
  type Reason,
  type Verdict,
} from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { expect, test } from 'vitest';
import { run } from '../test/lesson-machine.ts';
import { MapClient } from '../test/map-client.ts';
import { MapWitness, othersThan, tableOf } from '../test/map-witness.ts';
import { withNothingLeft } from '../test/nothing-left.ts';
import { startRunner } from '../test/running-runner.ts';

withNothingLeft();

const prompt = /[$#] $/;

const machineOf = ({ processes }: MapPicture) =>
  processes.find(({ pids }) => pids.length === 1 && pids[0] === 1);
const differs = (process: MapProcess, picture: MapPicture, kind: NamespaceKind) =>
  process.ns[kind] !== machineOf(picture)?.ns[kind];
const hostnameOf = ({ ns }: MapProcess, { namespaces }: MapPicture) =>
  namespaces.find(({ kind, inode }) => kind === 'uts' && inode === ns.uts)?.hostname;

/** What a check asks of a process, and the same read off a picture of the map. */
const asked: Record<string, { spec: object; shown: (p: MapProcess, in_: MapPicture) => boolean }> =
  {
    'own-uts': { spec: { differs: ['uts'] }, shown: (p, map) => differs(p, map, 'uts') },
    named: {
      spec: { differs: ['uts'], hostname: { is: 'alpha' } },
      shown: (p, map) => differs(p, map, 'uts') && hostnameOf(p, map) === 'alpha',
    },
    'first-inside': {
      spec: { differs: ['pid'], innerPid: 1 },
      shown: (p, map) => differs(p, map, 'pid') && p.pids.at(-1) === 1,
    },
    'ipc-alone': {
      spec: { differs: ['ipc'], same: ['uts', 'pid'] },
      shown: (p, map) =>
        differs(p, map, 'ipc') && !differs(p, map, 'uts') && !differs(p, map, 'pid'),
    },
    'children-elsewhere': {
      spec: { same: ['pid'], pidForChildren: 'new' },
      shown: (p, map) => !differs(p, map, 'pid') && p.pidForChildren !== p.ns.pid,
    },
    never: { spec: { differs: ['cgroup'] }, shown: (p, map) => differs(p, map, 'cgroup') },
  };
const entered = CheckSpec.parse({
  id: 'entered',
  target: { hostname: 'alpha' },
  commands: [{ program: 'id', sameAsTarget: ['uts'] }],
});

/** What a learner types; each line leaves the checks and the map something to say. */
const lines: [terminal: 0 | 1, text: string][] = [
  [0, 'sudo unshare --ipc sleep 1'],
  [0, 'sudo unshare --pid bash --norc -c "echo $(id -u); exec sleep 1"'],
  [0, 'sudo unshare --uts --pid --fork bash'],
  [0, 'hostname alpha'],
  [1, 'sudo nsenter -t $(pgrep -P $(pgrep -x unshare)) --uts id'],
];

test('checks, map and lsns see one machine: no verdict says what no picture shows, nor the other way', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const events = await runner.events(id);
  const map = new MapClient(runner, id);
  const terminals = [await runner.terminal(id, '1'), await runner.terminal(id, '2')] as const;
  for (const terminal of terminals) await terminal.expect(prompt);
  await map.shows('both shells', ({ processes }) =>
    ['1', '2'].every((name) => processes.some(({ terminals }) => terminals.includes(name))),
  );
  const checks = Object.entries(asked).map(([name, { spec }]) =>
    CheckSpec.parse({ id: name, process: spec }),
  );
  const body = { stepId: 'one', setup: '', checks: [...checks, entered] };
  await runner.request('PUT', `/sandboxes/${id}/step`, body);
  const openedAt = Date.now();
  for (const [terminal, text] of lines) await run(terminals[terminal], text);

  const said = (): [string, Verdict][] =>
    events.flatMap((event) =>
      event.type === 'verdict' ? [[event.verdict.checkId, event.verdict.verdict]] : [],
    );
  const passedOn = (name: string) => {
    const verdicts = said().flatMap(([check, verdict]) => (check === name ? verdict : []));
    const passed = verdicts.find(({ status }) => status === 'passed');
    return passed?.status === 'passed' ? passed.evidence : undefined;
  };
  await until(() => passedOn('entered') !== undefined, { what: 'the last check passes' });
  const last = await map.still();

  for (const [name, { shown }] of Object.entries(asked)) {
    const first = map.pictures.find(
      (picture) =>
        picture.at >= openedAt &&
        picture.processes.some((process) => process.pids[0] !== 1 && shown(process, picture)),
    );
    const at = passedOn(name)?.at;
    expect([name, at && Date.parse(at)]).toEqual([name, first?.at]);
  }
  expect(Object.keys(asked).filter((name) => !passedOn(name))).toEqual(['never']);

  // What a reason speaks of is a process that the map has shown.
  const reasons = said().flatMap(([, verdict]): Reason[] =>
    'reason' in verdict ? [verdict.reason] : [],
  );
  const pointedAt = new Set(reasons.flatMap(({ params }) => params.process ?? []));
  const ids = new Set(map.pictures.flatMap(({ processes }) => processes.map(({ id: one }) => one)));
  expect(pointedAt.size).toBeGreaterThan(0);
  expect([...pointedAt].filter((one) => !ids.has(String(one)))).toEqual([]);

  // An event is told alike.
  const evidence = passedOn('entered');
  const then = map.pictures.find(({ at }) => at === Date.parse(evidence?.at ?? ''));
  const deed = then?.deeds.at(-1);
  const fact = (name: string) => evidence?.facts.find((one) => one.name === name)?.value;
  expect(deed).toMatchObject({
    ...{ what: 'entered', kinds: ['uts'], terminal: '2' },
    whose: { type: 'hostname', text: 'alpha' },
  });
  expect([fact('entered'), fact('ns-uts')]).toEqual(['uts', `uts:[${deed?.ns.uts}]`]);

  const listed = await new MapWitness(terminals[1]).lsns();
  expect(tableOf(last).size).toBeGreaterThan(1);
  expect(tableOf(last)).toEqual(othersThan(last, listed));
});
