import type { Problem } from '../problem.ts';
import { lineOf } from '../prose-config.ts';
import type { ReadLab } from '../read-lab.ts';
import type { ReadProse } from '../read-prose.ts';

/** Links that lead nowhere. `labs` are all there are. */
export const linkProblems = ({ steps }: ReadLab, labs: ReadLab[]): Problem[] =>
  steps.flatMap(({ prose }) =>
    prose.flatMap((one) =>
      [...one.prose.ast.walk()].flatMap((node) => {
        if (node.type !== 'link') return [];
        const reason = deadness(String(node.attributes.href), one, labs);
        return reason ? { file: one.file, line: lineOf(node) + 1, reason } : [];
      }),
    ),
  );

function deadness(href: string, { prose }: ReadProse, labs: ReadLab[]): string | undefined {
  if (href.startsWith('#'))
    return prose.anchors.some(({ name }) => name === href.slice(1))
      ? undefined
      : `dead link: this step has no anchor ${href}`;
  if (href.startsWith('https:')) return badAddress(href);
  return badPage(href, labs);
}

function badAddress(href: string): string | undefined {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  // A name without a dot is one of some private network.
  if (!url?.hostname.includes('.')) return `dead link: ${href} is no public address`;
  if (url.username || url.password) return `a link carries no name or password: ${href}`;
  return undefined;
}

/** The pages there are: the catalogue and the labs, whose anchors are those of all their steps. */
function badPage(href: string, labs: ReadLab[]): string | undefined {
  if (href === '/') return undefined;
  const [, id, anchor] = /^\/labs\/([^/#]+)(?:#(.+))?$/.exec(href) ?? [];
  const lab = labs.find((one) => one.id === id);
  if (!lab) return `dead link: there is no page ${href}`;
  const isThere = lab.steps.some(
    (step) =>
      step.id === anchor ||
      step.prose.some(({ prose }) => prose.anchors.some(({ name }) => name === anchor)),
  );
  return anchor === undefined || isThere ? undefined : `dead link: ${id} has no anchor #${anchor}`;
}
