import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LabId } from '@tatami/protocol';
import { type ReadLab, readLab } from './read-lab.ts';
import type { GlossaryFile, LabFile } from './schema.ts';
import { unread } from './yaml-file.ts';

/** Reads every folder below `dir` whose name does not begin with a dot, sorted by name. */
export async function readLabs(dir: string): Promise<ReadLab[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const ids = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
  return Promise.all(
    ids.map((id) => {
      if (!LabId.safeParse(id).success)
        return unreadable(id, 'a folder here is a lab: lower-case letters, digits and dashes');
      return readLab(join(dir, id), id, ids).catch((error: Error) => unreadable(id, error.message));
    }),
  );
}

/** A lab of which nothing is known but that it is there. */
function unreadable(id: string, reason: string): ReadLab {
  const problem = { file: id, line: 1, reason };
  return {
    id,
    yaml: unread<LabFile>(`${id}/lab.yaml`, reason),
    glossary: unread<GlossaryFile>(`${id}/glossary.yaml`, reason),
    ...{ sourceMap: undefined, steps: [], problems: [problem], parts: undefined },
  };
}
