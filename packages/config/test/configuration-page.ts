import {
  defaultOf,
  exitCodeMeanings,
  exitCodes,
  operatorSettings,
  programSettings,
  type SettingName,
  settings,
  testSettings,
} from '../src/index.ts';

/** docs/configuration.md as it must be, from the table of settings and that of exit codes. */
export function configurationPage(): string {
  return `# Configuration

Generated from \`packages/config/src\`; after a change there run
\`UPDATE_DOCS=1 npx vitest run --project unit packages/config\` and format.

A setting is a variable of the environment, or a line of the settings file \`/etc/tatami/tatami.env\`; \`TATAMI_CONFIG\` names
another file, or, when it is empty, none. Nobody has to set anything: without settings Tatami listens on loopback.

- What is typed as an option of \`tatami start\` wins over the environment, the environment over the file, the file over the
  default. An empty variable is as if it were not set, in the file too.
- The file has lines \`NAME=VALUE\`, empty lines, and comments on lines of their own that begin with \`#\`. A value stands there as it
  is: no quotes, no \`$\`, \`#\` or \`\\\`, no spaces around it, and no \`export\` before the name. So systemd's \`EnvironmentFile=\`, Docker's \`env_file\` and
  Tatami read the same.
- A name that begins with \`TATAMI_\` and is not in these tables is refused, with the nearest name that is; so is a value that
  a setting does not take. Nothing is started then, and each fault is one sentence that names variable, or file and line.
- \`tatami config\` prints what is in effect and where each comes from, \`tatami config check\` what is wrong, \`tatami config --help\`
  these tables. Secrets are never printed.

## Settings

${table(operatorSettings)}

## Between Tatami's own programs

\`tatami start\`, installed units and container images set these for the services, in the environment; the file must not have them.

${table(programSettings)}

## Of tests

${table(testSettings)}

## Exit codes

Of every command and both services. A systemd unit need not restart what ended with 2.

| Code | Meaning |
| --- | --- |
${Object.entries(exitCodes)
  .map(([key, code]) => `| ${code} | ${exitCodeMeanings[key as keyof typeof exitCodes]} |`)
  .join('\n')}
`;
}

function table(group: Partial<typeof settings>): string {
  const rows = (Object.keys(group) as SettingName[]).map((name) => {
    const { help, takes, readBy } = settings[name];
    const fallback = defaultOf(name);
    const absent = fallback === undefined || fallback === '' ? '' : `\`${fallback}\``;
    return `| \`${name}\` | ${help} | ${takes} | ${absent} | ${readBy.join(', ')} |`;
  });
  return `| Name | Meaning | Takes | Default | Read by |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`;
}
