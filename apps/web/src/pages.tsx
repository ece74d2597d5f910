import type { ComponentType, ReactNode } from 'react';
import { CataloguePage } from './catalogue/catalogue-page.tsx';
import { Later } from './later.tsx';
import { decoded } from './navigation.ts';

interface Page {
  path: RegExp;
  /** What is drawn at this path; `loading` until the page's program is there. */
  draw: (path: string, loading: ReactNode) => ReactNode;
}

/** A page whose program comes when it is opened; `propsOf` is given the path's parts in brackets. */
function page<P extends object>(
  path: RegExp,
  load: () => Promise<{ default: ComponentType<P> }>,
  propsOf: (...parts: string[]) => P,
): Page {
  const draw = (address: string, loading: ReactNode) => {
    const parts = path.exec(address)?.slice(1) ?? [];
    const props = propsOf(...parts.map((part) => decoded(part ?? '')));
    return (
      <Later key={address} load={load} props={props}>
        {loading}
      </Later>
    );
  };
  return { path, draw };
}

/** Every page but the catalogue, which does not wait for the terminal, most of the program; the server serves them by `pages` in apps/server/src/web/routes.ts. */
const pages: readonly Page[] = [
  page(
    /^\/labs\/([^/]+)\/?$/,
    () => import('./lab/lab-page.tsx'),
    (lab = '') => ({ lab }),
  ),
  page(
    /^\/labs\/([^/]+)\/map\/?$/,
    () => import('./map/map-page.tsx'),
    (lab = '') => ({ lab }),
  ),
  page(
    /^\/labs\/([^/]+)\/terminals\/([1-9])\/recording\/?$/,
    () => import('./player/player-page.tsx'),
    (lab = '', terminal = '') => ({ lab, terminal }),
  ),
  page(
    /^\/labs\/([^/]+)\/report\/?$/,
    () => import('./report/report-page.tsx'),
    (lab = '') => ({ lab }),
  ),
  page(
    /^\/staff\/lti\/?$/,
    () => import('./lti/platforms-page.tsx'),
    () => ({}),
  ),
  page(
    /^\/labs\/([^/]+)\/marks\/?$/,
    () => import('./marks/own-marks-page.tsx'),
    (lab = '') => ({ lab }),
  ),
  page(
    /^\/workshops\/([0-9a-f]{16})\/marks\/?$/,
    () => import('./marks/workshop-marks-page.tsx'),
    (workshop = '') => ({ workshop }),
  ),
  page(
    /^\/privacy\/?$/,
    () => import('./privacy/privacy-page.tsx'),
    () => ({}),
  ),
  page(
    /^\/staff\/?$/,
    () => import('./staff/staff-page.tsx'),
    () => ({}),
  ),
  page(
    /^\/staff\/join\/?$/,
    () => import('./staff/join-page.tsx'),
    () => ({}),
  ),
  page(
    /^\/workshops\/([0-9a-f]{16})\/board\/?$/,
    () => import('./room/board-page.tsx'),
    (workshop = '') => ({ workshop }),
  ),
  page(
    /^\/workshops\/([0-9a-f]{16})\/projector\/?$/,
    () => import('./room/projector-page.tsx'),
    (workshop = '') => ({ workshop }),
  ),
  page(
    /^\/workshops\/([0-9a-f]{16})\/summary\/?$/,
    () => import('./room/summary-page.tsx'),
    (workshop = '') => ({ workshop }),
  ),
  page(
    /^\/join(?:\/([^/]+))?\/?$/,
    () => import('./workshops/join-page.tsx'),
    (code = '') => ({ code }),
  ),
  page(
    /^\/seat\/?$/,
    () => import('./workshops/seat-page.tsx'),
    () => ({}),
  ),
  page(
    /^\/workshops\/?$/,
    () => import('./workshops/list-page.tsx'),
    () => ({}),
  ),
  page(
    /^\/workshops\/new\/?$/,
    () => import('./workshops/new-page.tsx'),
    () => ({}),
  ),
  page(
    /^\/workshops\/([0-9a-f]{16})\/?$/,
    () => import('./workshops/workshop-page.tsx'),
    (id = '') => ({ id }),
  ),
  page(
    /^\/workshops\/([0-9a-f]{16})\/slips\/?$/,
    () => import('./workshops/slips-page.tsx'),
    (id = '') => ({ id }),
  ),
  page(
    /^\/check\/?$/,
    () => import('./workshops/check-page.tsx'),
    () => ({}),
  ),
];

/** Whether a link to this path leads to a page of ours. */
export const isPage = (path: string): boolean =>
  path === '/' || pages.some((one) => one.path.test(path));

/** The page at a path: the catalogue where there is no other. */
export function pageAt(path: string, loading: ReactNode): ReactNode {
  const found = pages.find((one) => one.path.test(path));
  return found ? found.draw(path, loading) : <CataloguePage />;
}
