import type { NamespaceKind } from '@tatami/protocol';

/** A sign per kind, in a square of 12: colour is never the only one. */
const paths: Record<NamespaceKind, string> = {
  pid: 'M4 4l2-2v8M4 10h4',
  mnt: 'M1 3h4l1 1.5h5V10H1z',
  net: 'M6 1v4M6 5L2 9M6 5l4 4M1 9.5h2M9 9.5h2M5 1h2',
  uts: 'M1 4l4-3h6v7l-4 3H1zM8.4 3.4h.2',
  ipc: 'M1 1h6v6H1zM5 5h6v6H5z',
  user: 'M6 1.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4M2 11c0-5 8-5 8 0',
  cgroup: 'M1 2h10M1 6h7M1 10h4',
  time: 'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1M6 3v3.2l2 1.6',
};

export const KindGlyph = ({ kind, x, y }: { kind: NamespaceKind; x: number; y: number }) => (
  <path className="map-glyph" d={paths[kind]} transform={`translate(${x} ${y})`} />
);
