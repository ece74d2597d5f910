import { join } from 'node:path';
import type { z } from 'zod';
import { readText, UnreadableFile } from './read-text.ts';
import { parseYaml, unread, type YamlFile } from './yaml-file.ts';

/** Reads `dir/name` against a schema; undefined when there is no such file. */
export async function readYaml<T>(
  dir: string,
  folder: string,
  name: string,
  schema: z.ZodType<T>,
): Promise<YamlFile<T> | undefined> {
  const file = `${folder}/${name}`;
  try {
    const text = await readText(join(dir, name));
    return text === undefined ? undefined : parseYaml(file, text, schema);
  } catch (error) {
    if (error instanceof UnreadableFile) return unread(file, error.message);
    throw error;
  }
}
