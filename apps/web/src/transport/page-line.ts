import { Line } from './line.ts';

/** The line of this page; what worked is remembered as long as its browser tab. */
export const pageLine = new Line({
  origin: location.origin,
  fetch: (input, init) => fetch(input, init),
  memory: sessionStorage,
});

// A tunnel would be missed by the server only after a while.
addEventListener('pagehide', () => pageLine.close());
