import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { ServerConfig } from '../config.ts';

/**
 * Certificate and key of a server that speaks https itself.
 * @throws one sentence when they cannot be read or do not belong together.
 */
export async function readTls(config: ServerConfig): Promise<{ cert: Buffer; key: Buffer } | null> {
  const { TATAMI_TLS_CERT: certPath, TATAMI_TLS_KEY: keyPath } = config;
  if (!certPath || !keyPath) return null;
  const cert = await read(certPath, 'TATAMI_TLS_CERT');
  const key = await read(keyPath, 'TATAMI_TLS_KEY');
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new Error(
      `${certPath} and ${keyPath} are no certificate with its key (${(cause as Error).message}); set TATAMI_TLS_CERT and TATAMI_TLS_KEY to PEM files that belong together.`,
      { cause },
    );
  }
  return { cert, key };
}

const read = (path: string, setting: string): Promise<Buffer> =>
  readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(
      `${path} cannot be read (${cause.code}); set ${setting} to a file that user ${process.getuid?.()} may read.`,
      { cause },
    );
  });
