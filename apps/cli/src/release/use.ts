import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveOf, publishedPackages } from './packages.ts';
import { unpack } from './sources.ts';
import { tool } from './tool.ts';

/**
 * Installs the packed packages of `artefacts` into an empty project below the clone (which lends it npm's packages),
 * imports each of their exports, and compiles against them. @throws saying what cannot be used.
 */
export async function usePackages(clone: string, artefacts: string): Promise<void> {
  const project = join(clone, '.release/project');
  await mkdir(project, { recursive: true });
  const names: string[] = [];
  for (const { manifest } of publishedPackages(clone)) {
    const installed = join(project, 'node_modules', manifest.name);
    await unpack(join(artefacts, archiveOf(manifest)), installed);
    names.push(...Object.keys(manifest.exports).map((name) => join(manifest.name, name)));
  }
  const imports = names.map((name, n) => `import * as part${n} from '${name}';\n`).join('');
  const parts = names.map((_, n) => `part${n}`).join(', ');
  const program = `${imports}\nexport const sizes = [${parts}].map((part) => Object.keys(part).length);\n`;
  const print = 'process.stdout.write(JSON.stringify(sizes));\n';
  await writeFile(join(project, 'package.json'), '{ "type": "module" }\n');
  await writeFile(join(project, 'use.js'), `${program}${print}`);
  await writeFile(join(project, 'use.ts'), program);
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['use.ts'] }),
  );
  const place = { cwd: project };
  const sizes = JSON.parse(await tool(process.execPath, ['use.js'], place)) as number[];
  const empty = names.filter((_, n) => !sizes[n]);
  if (empty.length > 0) throw new Error(`${empty.join(', ')} export nothing`);
  await tool(
    process.execPath,
    [join(clone, 'node_modules/typescript/bin/tsc'), '-p', project],
    place,
  );
}

/** As somebody else's project may have them. */
const compilerOptions = {
  target: 'ES2023',
  module: 'nodenext',
  strict: true,
  noEmit: true,
  types: ['node'],
};
