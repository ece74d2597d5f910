import { errorTable } from '../src/errors.ts';

/** docs/errors.md as it must be, from the table of errors. */
export function errorsPage(): string {
  const rows = Object.entries(errorTable).map(
    ([code, [number, status, doc]]) => `| ${number} | \`${code}\` | ${status} | ${doc} |`,
  );
  return `# Errors

Generated from \`packages/protocol/src/errors.ts\`; after a change there run
\`UPDATE_DOCS=1 npx vitest run --project unit packages/protocol\` and format.

Every error that crosses a process boundary has a number that never changes and is shown to the user.
HTTP answers carry it as \`{"error": {"code", "number", "message"}}\`. Terminal streams close with the
codes of [protocol.md](protocol.md) instead.

| Number | Code | HTTP status | Meaning and what to do |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
