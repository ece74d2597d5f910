/** What a changelog in the form of "Keep a Changelog" says of a version; null where it has no dated entry. */
export function entryOf(changelog: string, version: string): string | null {
  for (const section of changelog.split(/^## /m).slice(1)) {
    const [heading = '', ...lines] = section.split('\n');
    const [, named] = /^\[([^\]]+)\] - \d{4}-\d{2}-\d{2}$/.exec(heading) ?? [];
    if (named === version) return lines.join('\n').trim() || null;
  }
  return null;
}
