import { version } from '@tatami/protocol';
import { z } from 'zod';
import { isKnownSchema, knownSchema } from '../store/making.ts';
import { Refusal } from './refusal.ts';

/** No part begins with a dot or holds a slash, so that none leads out of the folder. */
const part = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';

/** Where a file of the archive goes, below the data folder. */
export const MemberPath = z
  .string()
  .regex(new RegExp(`^(?:server|runner/recordings/${part})/${part}$`));

/** The archive's member that says what it holds, and the last one, which says the digest of that. */
export const manifestName = 'manifest.json';
export const digestName = 'manifest.sha256';

const format = 1;

/** One file of an archive. */
export const MemberFile = z.strictObject({
  path: MemberPath,
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type MemberFile = z.infer<typeof MemberFile>;

/** What an archive says of itself. */
export const Manifest = z.strictObject({
  format: z.literal(format),
  /** Of the Tatami that wrote it. */
  version: z.string(),
  /** The newest migration of its database. */
  schema: z.string(),
  createdAt: z.iso.datetime(),
  files: z.array(MemberFile),
});
export type Manifest = z.infer<typeof Manifest>;

export const newManifest = (schema: string, createdAt: string, files: MemberFile[]): Manifest => ({
  ...{ format, version, schema, createdAt, files },
});

const Head = z.looseObject({ format: z.int(), version: z.string(), schema: z.string() });

/** @throws Refusal when it is none, or of a later version. */
export function readManifest(text: string): Manifest {
  const head = Head.safeParse(parseJson(text));
  if (!head.success) throw new Refusal(`${manifestName} is damaged`, 'damaged');
  const { schema } = head.data;
  if (head.data.format > format || !isKnownSchema(schema))
    throw new Refusal(
      `the archive was made by Tatami ${head.data.version} (schema ${schema}), and this is Tatami ${version}, which knows schemas up to ${knownSchema}: restore it with ${head.data.version} or later`,
    );
  const manifest = Manifest.safeParse(head.data);
  if (!manifest.success) throw new Refusal(`${manifestName} is damaged`, 'damaged');
  return manifest.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
