import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cloneRoot } from '../paths.ts';
import { folders, places, unitNames } from './places.ts';

const dir = join(cloneRoot, 'packaging/systemd');
const linesOf = (name: string): string[] => readFileSync(join(dir, name), 'utf8').split('\n');

test('units run what is installed, with the settings beside it and those of the operator', () => {
  expect(readdirSync(dir).sort()).toEqual([...unitNames].sort());
  for (const name of unitNames) {
    const part = name.match(/tatami-(\w+)/)?.[1];
    const text = linesOf(name).join('\n');
    expect(text).toContain(`${places.node} ${places.current}/${part}.mjs\n`);
    const files = [...text.matchAll(/^EnvironmentFile=-?(.*)$/gm)].map(([, file]) => file);
    // The later one wins.
    expect(files).toEqual([`${places.current}/${part}.env`, places.settings]);
    expect(text).toContain(`RequiresMountsFor=${folders.dataDir}\n`);
    expect(text).toMatch(/^RestartPreventExitStatus=2$/m);
  }
});

test('neither unit takes the other with it when it restarts', () => {
  for (const name of unitNames)
    for (const line of linesOf(name))
      expect(line).not.toMatch(/^(Requires|BindsTo|PartOf|PropagatesStopTo)=.*tatami-/);
});
