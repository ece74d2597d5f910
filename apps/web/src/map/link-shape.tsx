import type { Link } from './links.ts';

/** A bridge with a port at each end, or an arrow through a door. */
export function LinkShape({ link }: { link: Link }) {
  const { type, kinds, path, ends } = link;
  const [kind] = kinds;
  const end = ends.at(-1);
  return (
    <g className="map-link" data-type={type} data-kind={kinds.length === 1 ? kind : 'several'}>
      <path d={path} />
      {type === 'bridge'
        ? ends.map(({ x, y }, index) => (
            <rect key={index} x={x - 5} y={y - 7} width={10} height={14} rx={3} />
          ))
        : end && <circle cx={end.x} cy={end.y} r={4} />}
    </g>
  );
}
