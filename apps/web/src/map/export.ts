/** What an exported drawing takes along of the page's styles. */
const properties = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap'],
  ...['stroke-linejoin', 'opacity', 'font-size', 'font-weight', 'font-family', 'text-anchor'],
];
const genericFonts: [RegExp, string][] = [
  [/mono/i, 'monospace'],
  [/./, 'sans-serif'],
];
const headPx = 30;
const footPx = 10;
const pngScale = 2;

/** A drawing as a file of its own: styles inline, generic fonts, nothing from elsewhere. */
export function svgText(svg: SVGSVGElement, heading: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg, copy].map((root) => [...root.querySelectorAll<SVGElement>('*')]);
  for (const [index, element] of (to ?? []).entries()) {
    const source = from?.[index];
    if (source) inline(source, element);
  }
  const [, , width = 0, height = 0] = (svg.getAttribute('viewBox') ?? '').split(' ').map(Number);
  const style = getComputedStyle(svg);
  copy.setAttribute('viewBox', `0 ${-headPx} ${width} ${height + headPx + footPx}`);
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height + headPx + footPx));
  copy.setAttribute('role', 'img');
  copy.setAttribute('aria-label', heading);
  copy.removeAttribute('class');
  for (const one of copy.querySelectorAll('.map-leaving')) one.remove();
  copy.prepend(...headOf(heading, width, height, style));
  for (const one of copy.querySelectorAll('*'))
    for (const name of ['class', 'tabindex', 'data-item', 'data-facts', 'data-testid'])
      one.removeAttribute(name);
  return new XMLSerializer().serializeToString(copy);
}

const named = <K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, string>,
) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

function headOf(heading: string, width: number, height: number, style: CSSStyleDeclaration) {
  const paper = named('rect', {
    ...{ x: '0', y: String(-headPx), width: String(width) },
    ...{
      height: String(height + headPx + footPx),
      fill: style.getPropertyValue('background-color'),
    },
  });
  const text = named('text', {
    ...{ x: '10', y: '-10', fill: style.color, 'font-family': 'sans-serif', 'font-size': '14' },
  });
  text.textContent = heading;
  return [paper, text];
}

function inline(source: SVGElement, element: SVGElement): void {
  const style = getComputedStyle(source);
  for (const name of properties) {
    const value = style.getPropertyValue(name);
    const generic = genericFonts.find(([pattern]) => pattern.test(value))?.[1] ?? 'sans-serif';
    element.setAttribute(name, name === 'font-family' ? generic : value);
  }
}

/** The same as pixels. */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width * pngScale;
  canvas.height = image.height * pngScale;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'),
  );
}

/** `tatami-map-LAB-2026-01-02T03-04-05.svg` */
export const fileName = (lab: string, at: number, ending: 'svg' | 'png'): string =>
  `tatami-map-${lab}-${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}.${ending}`;

/** Gives the browser a file to save. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
